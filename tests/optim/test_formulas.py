"""Five steps of every optimizer, and every schedule, by the formulas of their docstrings.

The formulas are written with plain floats, for one parameter. Its gradients are a fixed list.
"""

from __future__ import annotations

from math import cos, pi, sqrt
from typing import Any

import numpy as np
import pytest

import minigan
from minigan import optim

GRADIENTS = [0.5, -2.0, 0.25, 3.0, -0.125]
START = 1.5


def sgd(lr=1e-3, momentum=0, dampening=0, weight_decay=0, nesterov=False):
    p, b = START, 0.0
    for t, g in enumerate(GRADIENTS, 1):
        g = g + weight_decay * p
        b = g if t == 1 else momentum * b + (1 - dampening) * g
        step = g if momentum == 0 else g + momentum * b if nesterov else b
        p = p - lr * step
        yield p


def adam(lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, amsgrad=False, decoupled=False):
    p, m, v, largest = START, 0.0, 0.0, 0.0
    for t, g in enumerate(GRADIENTS, 1):
        if decoupled:
            p = (1 - lr * weight_decay) * p
        else:
            g = g + weight_decay * p
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g**2
        largest = max(largest, v)
        m_hat = m / (1 - betas[0] ** t)
        v_hat = (largest if amsgrad else v) / (1 - betas[1] ** t)
        p = p - lr * m_hat / (sqrt(v_hat) + eps)
        yield p


def adamw(weight_decay=1e-2, **settings):
    return adam(weight_decay=weight_decay, decoupled=True, **settings)


def rmsprop(lr=1e-2, alpha=0.99, eps=1e-8, weight_decay=0, momentum=0, centered=False):
    p, v, mean, b = START, 0.0, 0.0, 0.0
    for g in GRADIENTS:
        g = g + weight_decay * p
        v = alpha * v + (1 - alpha) * g**2
        mean = alpha * mean + (1 - alpha) * g
        root = sqrt(v - mean**2) if centered else sqrt(v)
        b = momentum * b + g / (root + eps)
        p = p - lr * b
        yield p


def adagrad(lr=1e-2, lr_decay=0, weight_decay=0, initial_accumulator_value=0, eps=1e-10):
    p, s = START, initial_accumulator_value
    for t, g in enumerate(GRADIENTS, 1):
        g = g + weight_decay * p
        s = s + g**2
        p = p - lr / (1 + (t - 1) * lr_decay) * g / (sqrt(s) + eps)
        yield p


def adadelta(lr=1.0, rho=0.9, eps=1e-6, weight_decay=0):
    p, v, u = START, 0.0, 0.0
    for g in GRADIENTS:
        g = g + weight_decay * p
        v = rho * v + (1 - rho) * g**2
        d = sqrt(u + eps) / sqrt(v + eps) * g
        u = rho * u + (1 - rho) * d**2
        p = p - lr * d
        yield p


FORMULAS = {
    "SGD": (
        sgd,
        [
            {"lr": 0.1},
            {"weight_decay": 0.2},
            {"momentum": 0.9},
            {"momentum": 0.9, "dampening": 0.3},
            {"momentum": 0.9, "nesterov": True},
            {"lr": 0.5, "momentum": 0.5, "nesterov": True, "weight_decay": 0.3},
        ],
    ),
    "Adam": (
        adam,
        [
            {"lr": 0.1},
            {"betas": (0.5, 0.8)},
            {"betas": (0.0, 0.9)},
            {"eps": 0.3},
            {"weight_decay": 0.2},
            {"amsgrad": True, "betas": (0.5, 0.2)},
        ],
    ),
    "AdamW": (
        adamw,
        [
            {"lr": 0.1},
            {"weight_decay": 0.4},
            {"weight_decay": 0.0},
            {"lr": 0.3, "weight_decay": 0.2, "eps": 0.1, "amsgrad": True, "betas": (0.5, 0.2)},
        ],
    ),
    "RMSprop": (
        rmsprop,
        [
            {"lr": 0.1},
            {"alpha": 0.5},
            {"eps": 0.3},
            {"weight_decay": 0.2},
            {"momentum": 0.9},
            {"centered": True},
            {"alpha": 0.6, "centered": True, "momentum": 0.4, "weight_decay": 0.1, "eps": 0.2},
        ],
    ),
    "Adagrad": (
        adagrad,
        [
            {"lr": 0.1},
            {"lr_decay": 0.3},
            {"weight_decay": 0.2},
            {"initial_accumulator_value": 0.7},
            {"eps": 0.5},
        ],
    ),
    "Adadelta": (
        adadelta,
        [{"lr": 0.1}, {"rho": 0.5}, {"rho": 1.0}, {"eps": 0.3}, {"weight_decay": 0.2}],
    ),
}
CASES = [(name, settings) for name, (_, table) in FORMULAS.items() for settings in ({}, *table)]


def steps(name: str, settings: dict[str, Any], sign: float = 1.0) -> list[float]:
    """Return the parameter after each step of the library's optimizer."""
    p = minigan.tensor([START], dtype="float64", requires_grad=True)
    optimizer, seen = getattr(optim, name)([p], **settings), []
    for g in GRADIENTS:
        p.grad = minigan.tensor([sign * g], dtype="float64")
        optimizer.step()
        seen.append(p.item())
    return seen


@pytest.mark.parametrize(("name", "settings"), CASES)
def test_five_steps(name, settings):
    wanted = list(FORMULAS[name][0](**settings))
    np.testing.assert_allclose(steps(name, settings), wanted, rtol=1e-13)
    # maximize: the step goes along the gradient, which is a step against the opposite gradient
    np.testing.assert_allclose(steps(name, settings | {"maximize": True}, -1.0), wanted, rtol=1e-13)


BASE = 0.8
# the rate in epochs 0 to 7, by the formula of each class
SCHEDULES = [
    ("StepLR", {"step_size": 3, "gamma": 0.5}, lambda e: BASE * 0.5 ** (e // 3)),
    ("StepLR", {"step_size": 2}, lambda e: BASE * 0.1 ** (e // 2)),
    (
        "MultiStepLR",
        {"milestones": [2, 5, 5], "gamma": 0.5},
        lambda e: BASE * 0.5 ** ((e >= 2) + 2 * (e >= 5)),
    ),
    ("MultiStepLR", {"milestones": [4]}, lambda e: BASE * 0.1 ** (e >= 4)),
    ("ExponentialLR", {"gamma": 0.9}, lambda e: BASE * 0.9**e),
    ("LinearLR", {}, lambda e: BASE * (1 / 3 + 2 / 3 * min(e, 5) / 5)),
    (
        "LinearLR",
        {"start_factor": 0.25, "end_factor": 0.75, "total_iters": 4},
        lambda e: BASE * (0.25 + 0.5 * min(e, 4) / 4),
    ),
    ("ConstantLR", {}, lambda e: BASE * (1 / 3 if e < 5 else 1)),
    ("ConstantLR", {"factor": 0.25, "total_iters": 2}, lambda e: BASE * (0.25 if e < 2 else 1)),
    ("PolynomialLR", {}, lambda e: BASE * max(0.0, 1 - e / 5)),
    (
        "PolynomialLR",
        {"total_iters": 6, "power": 2.0},
        lambda e: BASE * max(0.0, 1 - e / 6) ** 2,
    ),
    ("CosineAnnealingLR", {"T_max": 4}, lambda e: BASE * (1 + cos(pi * e / 4)) / 2),
    (
        "CosineAnnealingLR",
        {"T_max": 3, "eta_min": 0.2},
        lambda e: 0.2 + (BASE - 0.2) * (1 + cos(pi * e / 3)) / 2,
    ),
    ("LambdaLR", {"lr_lambda": lambda e: 1 / (e + 1)}, lambda e: BASE / (e + 1)),
    ("MultiplicativeLR", {"lr_lambda": lambda e: 0.7}, lambda e: BASE * 0.7**e),
]


@pytest.mark.parametrize(("name", "settings", "rate"), SCHEDULES)
def test_a_schedule_is_its_formula(name, settings, rate):
    optimizer = optim.SGD([minigan.zeros(1, requires_grad=True)], lr=BASE)
    scheduler = getattr(optim.lr_scheduler, name)(optimizer, **settings)
    for epoch in range(8):
        assert scheduler.get_last_lr() == [optimizer.param_groups[0]["lr"]]
        assert scheduler.get_last_lr()[0] == pytest.approx(rate(epoch), rel=1e-12, abs=1e-15)
        scheduler.step()
