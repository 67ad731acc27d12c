"""Schedulers continue from a state and check their settings; test_torch_optim has the rest."""

import numpy as np
import pytest
from optimizer_suite import parameters

from minigan import optim


@pytest.mark.parametrize("make", [
    lambda o: optim.lr_scheduler.StepLR(o, 2), lambda o: optim.lr_scheduler.CosineAnnealingLR(o, 5),
    lambda o: optim.lr_scheduler.LambdaLR(o, lambda epoch: 0.5**epoch),
])  # fmt: skip
def test_schedulers_continue(make):
    straight, first, second = (
        optim.SGD(parameters(np.random.default_rng(0)), lr=0.3) for _ in range(3)
    )
    a, b = make(straight), make(first)
    for _ in range(3):
        a.step(), b.step()
    c = make(second)
    second.load_state_dict(first.state_dict())
    c.load_state_dict(b.state_dict())
    for _ in range(3):
        a.step(), c.step()
        assert a.get_last_lr() == c.get_last_lr() == [second.param_groups[0]["lr"]]


@pytest.mark.parametrize("make", [
    lambda o: optim.lr_scheduler.StepLR(o, 2, gamma="a"),
    lambda o: optim.lr_scheduler.ExponentialLR(o, float("nan")),
    lambda o: optim.lr_scheduler.MultiStepLR(o, 3),
    lambda o: optim.lr_scheduler.MultiStepLR(o, ["a"]),
    lambda o: optim.lr_scheduler.CosineAnnealingLR(o, 3, eta_min="a"),
])  # fmt: skip
def test_settings_of_schedulers_are_checked(make):
    with pytest.raises((TypeError, ValueError), match=r"LR: (gamma|milestones|eta_min)="):
        make(optim.SGD(parameters(np.random.default_rng(0)), lr=0.3))
