"""Names of torch.optim that are not here, each with what to write in its place."""

from __future__ import annotations

from typing import NoReturn

from minigan.checks import absent

_ADAM = "write optim.Adam or optim.AdamW"
_OPTIMIZERS = {
    **dict.fromkeys(("SparseAdam", "Adafactor"), _ADAM),
    "LBFGS": "write optim.Adam with many steps: there is no line search here",
    "ASGD": "write optim.SGD, and average the parameters yourself",
    "Rprop": "write optim.RMSprop",
    "swa_utils": "keep a copy.deepcopy(model), and average its parameters under no_grad",
}
_FORMULA = "write lr_scheduler.LambdaLR(optimizer, lambda epoch: factor), with its formula"
_SCHEDULERS = {
    **dict.fromkeys(("CyclicLR", "CosineAnnealingWarmRestarts"), _FORMULA),
    "ChainedScheduler": "call step() of each scheduler in turn",
}


def no_optimizer(name: str) -> NoReturn:
    """Raise AttributeError for a name that minigan.optim does not have."""
    raise absent("minigan.optim", name, _OPTIMIZERS)


def no_scheduler(name: str) -> NoReturn:
    """Raise AttributeError for a name that minigan.optim.lr_scheduler does not have."""
    raise absent("minigan.optim.lr_scheduler", name, _SCHEDULERS)
