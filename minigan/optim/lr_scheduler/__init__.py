"""Schedules of the learning rate: a scheduler sets the `lr` of each group of an optimizer.

It does so when it is made (epoch 0) and at each `step()`. As in PyTorch, the next rate is computed
from the present one, so several schedulers of one optimizer combine.
"""

from minigan.optim.absent import no_scheduler
from minigan.optim.lr_scheduler.base import LRScheduler as LRScheduler
from minigan.optim.lr_scheduler.one_cycle import OneCycleLR as OneCycleLR
from minigan.optim.lr_scheduler.plateau import ReduceLROnPlateau as ReduceLROnPlateau
from minigan.optim.lr_scheduler.schedules import ConstantLR as ConstantLR
from minigan.optim.lr_scheduler.schedules import CosineAnnealingLR as CosineAnnealingLR
from minigan.optim.lr_scheduler.schedules import ExponentialLR as ExponentialLR
from minigan.optim.lr_scheduler.schedules import LambdaLR as LambdaLR
from minigan.optim.lr_scheduler.schedules import LinearLR as LinearLR
from minigan.optim.lr_scheduler.schedules import MultiplicativeLR as MultiplicativeLR
from minigan.optim.lr_scheduler.schedules import MultiStepLR as MultiStepLR
from minigan.optim.lr_scheduler.schedules import PolynomialLR as PolynomialLR
from minigan.optim.lr_scheduler.schedules import StepLR as StepLR
from minigan.optim.lr_scheduler.sequential import SequentialLR as SequentialLR

globals()["__getattr__"] = no_scheduler  # type checkers shall still find misspelt names
