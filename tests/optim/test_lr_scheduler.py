"""Schedulers continue from a state and check their settings; test_torch_optim has the rest."""

import numpy as np
import pytest
from optimizer_suite import parameters

from minigan import optim

S = optim.lr_scheduler


@pytest.mark.parametrize("make", [
    lambda o: S.StepLR(o, 2), lambda o: S.MultiStepLR(o, [2, 4]), lambda o: S.ExponentialLR(o, 0.9),
    lambda o: S.CosineAnnealingLR(o, 5), lambda o: S.LambdaLR(o, lambda epoch: 0.5**epoch),
    lambda o: S.LinearLR(o, total_iters=5), lambda o: S.ConstantLR(o, total_iters=4),
    lambda o: S.PolynomialLR(o, 5), lambda o: S.OneCycleLR(o, 1.0, 9),
    lambda o: S.MultiplicativeLR(o, lambda epoch: 0.5**epoch),
    lambda o: S.SequentialLR(o, [S.LinearLR(o), S.StepLR(o, 1)], [4]),
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


def test_a_plateau_continues():
    losses = [3.0, 2.0, 2.0, 2.0, 2.0, 2.0, 1.0, 1.0, 1.0, 1.0]
    for saved_at in range(1, 9):
        optimizers = [optim.SGD(parameters(np.random.default_rng(0)), lr=0.3) for _ in range(3)]
        a, b, c = (S.ReduceLROnPlateau(o, "min", 0.5, patience=1, cooldown=1) for o in optimizers)
        for loss in losses[:saved_at]:
            a.step(loss), b.step(loss)
        optimizers[2].load_state_dict(optimizers[1].state_dict())
        c.load_state_dict(b.state_dict())
        for loss in losses[saved_at:]:
            a.step(loss), c.step(loss)
            assert a.get_last_lr() == c.get_last_lr() == [optimizers[2].param_groups[0]["lr"]]
    assert a.get_last_lr() == [0.3 / 4]  # after the 4th and the 9th loss


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
