"""Seven steps of every optimizer, and every schedule, by the formulas of their docstrings.

The formulas are written with plain floats, for one parameter. Its gradients are a fixed list.
"""

from __future__ import annotations

from math import cos, pi, sqrt
from typing import Any

import numpy as np
import pytest

import minigan
from minigan import optim

GRADIENTS = [0.5, -2.0, 0.25, 3.0, -0.125, 1.5, -0.75]
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


def adamax(lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0):
    p, m, u = START, 0.0, 0.0
    for t, g in enumerate(GRADIENTS, 1):
        g = g + weight_decay * p
        m = betas[0] * m + (1 - betas[0]) * g
        u = max(betas[1] * u, abs(g) + eps)
        p = p - lr * (m / (1 - betas[0] ** t)) / u
        yield p


def nadam(
    lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, momentum_decay=4e-3,
    decoupled_weight_decay=False,
):  # fmt: skip
    p, m, v, product = START, 0.0, 0.0, 1.0
    for t, g in enumerate(GRADIENTS, 1):
        if decoupled_weight_decay:
            p = (1 - lr * weight_decay) * p
        else:
            g = g + weight_decay * p
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g**2
        mu, following = (betas[0] * (1 - 0.96 ** (s * momentum_decay) / 2) for s in (t, t + 1))
        product = float(np.float32(product) * np.float32(mu))  # as it is kept
        d = (1 - mu) / (1 - product) * g + following / (1 - product * following) * m
        p = p - lr * d / (sqrt(v / (1 - betas[1] ** t)) + eps)
        yield p


def radam(lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, decoupled_weight_decay=False):
    p, m, v = START, 0.0, 0.0
    for t, g in enumerate(GRADIENTS, 1):
        if decoupled_weight_decay:
            p = (1 - lr * weight_decay) * p
        else:
            g = g + weight_decay * p
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g**2
        R, left = 2 / (1 - betas[1]) - 1, 1 - betas[1] ** t
        rho = R - 2 * t * betas[1] ** t / left
        step = lr * m / (1 - betas[0] ** t)
        if rho > 5:
            r = sqrt((rho - 4) * (rho - 2) * R / ((R - 4) * (R - 2) * rho))
            step *= r * sqrt(left) / (sqrt(v) + eps)
        p = p - step
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
    "Adamax": (
        adamax,
        [{"lr": 0.1}, {"betas": (0.5, 0.3)}, {"eps": 0.3}, {"weight_decay": 0.2}],
    ),
    "NAdam": (
        nadam,
        [
            {"lr": 0.1},
            {"betas": (0.5, 0.8)},
            {"eps": 0.3},
            {"momentum_decay": 0.5},
            {"momentum_decay": 0.0},
            {"weight_decay": 0.2},
            {"lr": 0.3, "weight_decay": 0.2, "decoupled_weight_decay": True},
        ],
    ),
    "RAdam": (  # rho is above 5 from the sixth step on, with beta2 = 0.8 from the seventh
        radam,
        [
            {"lr": 0.1},
            {"betas": (0.5, 0.9)},
            {"betas": (0.5, 0.8)},
            {"betas": (0.5, 0.99), "eps": 0.3},
            {"weight_decay": 0.2},
            {"lr": 0.3, "weight_decay": 0.2, "decoupled_weight_decay": True},
        ],
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
def test_seven_steps(name, settings):
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
    (
        "OneCycleLR",  # 0.1 at step 0, 2.5 at step 2, 1e-5 at step 7
        {"max_lr": 2.5, "total_steps": 8, "pct_start": 0.375, "cycle_momentum": False},
        lambda e: (
            2.5 + (0.1 - 2.5) * (1 + cos(pi * e / 2)) / 2
            if e <= 2
            else 1e-5 + (2.5 - 1e-5) * (1 + cos(pi * (e - 2) / 5)) / 2
        ),
    ),
    (
        "OneCycleLR",  # up to step 2, down to step 4, and to a hundredth at step 8
        {
            "max_lr": 2.0, "epochs": 3, "steps_per_epoch": 3, "pct_start": 1 / 3,
            "anneal_strategy": "linear", "cycle_momentum": False, "div_factor": 4.0,
            "final_div_factor": 100.0, "three_phase": True,
        },
        lambda e: [0.5, 1.25, 2.0, 1.25, 0.5, 0.37625, 0.2525, 0.12875][e],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "settings", "rate"), SCHEDULES)
def test_a_schedule_is_its_formula(name, settings, rate):
    optimizer = optim.SGD([minigan.zeros(1, requires_grad=True)], lr=BASE)
    scheduler = getattr(optim.lr_scheduler, name)(optimizer, **settings)
    for epoch in range(8):
        assert scheduler.get_last_lr() == [optimizer.param_groups[0]["lr"]]
        assert scheduler.get_last_lr()[0] == pytest.approx(rate(epoch), rel=1e-12, abs=1e-15)
        scheduler.step()


def rates_of(scheduler, count):
    optimizer, seen = scheduler.optimizer, []
    for _ in range(count):
        seen.append(optimizer.param_groups[0]["lr"])
        scheduler.step()
    return seen


def test_schedules_one_after_the_other():
    """Each begins at its epoch 0 with the initial rate, also one that ends before its milestone."""
    optimizer = optim.SGD([minigan.zeros(1, requires_grad=True)], lr=BASE)
    lrs = optim.lr_scheduler
    parts = [
        lrs.LinearLR(optimizer, start_factor=0.5, total_iters=2),
        lrs.CosineAnnealingLR(optimizer, T_max=4),
        lrs.LambdaLR(optimizer, lambda e: 3.0 - e),
    ]
    scheduler = lrs.SequentialLR(optimizer, parts, milestones=[3, 5])
    cosine = BASE * (1 + cos(pi / 4)) / 2
    wanted = [BASE * f for f in (0.5, 0.75, 1.0, 1.0)] + [cosine] + [BASE * f for f in (3, 2, 1)]
    np.testing.assert_allclose(rates_of(scheduler, 8), wanted, rtol=1e-12)
    assert [part.last_epoch for part in parts] == [2, 1, 3] and scheduler.last_epoch == 8


@pytest.mark.parametrize(("make", "value"), [
    (lambda p: optim.SGD(p, momentum=0.5), lambda group: group["momentum"]),
    (lambda p: optim.NAdam(p, betas=(0.5, 0.8)), lambda group: group["betas"][0]),
])  # fmt: skip
def test_one_cycle_of_momentum(make, value):
    optimizer = make([minigan.zeros(1, requires_grad=True)])
    scheduler = optim.lr_scheduler.OneCycleLR(
        optimizer, 1.0, 6, pct_start=0.5, anneal_strategy="linear", base_momentum=0.2,
        max_momentum=0.8,
    )  # fmt: skip
    seen = []
    for _ in range(6):
        seen.append(value(optimizer.param_groups[0]))
        scheduler.step()
    np.testing.assert_allclose(seen, [0.8, 0.5, 0.2, 0.4, 0.6, 0.8], rtol=1e-12)
    assert optimizer.param_groups[0].get("betas", (0, 0.8))[1] == 0.8  # the other stays
