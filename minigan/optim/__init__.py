"""Optimizers: each is its equation, applied to all parameters at once.

>>> import minigan
>>> from minigan import nn, optim
>>> net = nn.Linear(3, 1, generator=0)
>>> optimizer = optim.Adam(net.parameters(), lr=0.01)
>>> loss = net(minigan.ones(1, 3)).square().sum()
>>> loss.backward()
>>> optimizer.step()
>>> net(minigan.ones(1, 3)).square().sum() < loss
tensor(True)
"""

from minigan.optim import lr_scheduler as lr_scheduler
from minigan.optim.absent import no_optimizer
from minigan.optim.adagrad import *
from minigan.optim.adam import *
from minigan.optim.adam_variants import *
from minigan.optim.optimizer import *
from minigan.optim.rmsprop import *
from minigan.optim.sgd import *

globals()["__getattr__"] = no_optimizer  # type checkers shall still find misspelt names
