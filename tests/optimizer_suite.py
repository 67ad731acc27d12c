"""Optimizers and schedulers with settings; random parameters and gradients for them."""

# ruff: noqa: C408 - settings are written as the arguments that they are

import numpy as np

import minigan
from minigan import optim

KINDS = [
    lambda p: optim.SGD(p, lr=0.1, momentum=0.9),
    lambda p: optim.Adam(p, lr=0.1, amsgrad=True),
    lambda p: optim.AdamW(p, lr=0.1),
    lambda p: optim.RMSprop(p, lr=0.1, centered=True, momentum=0.5),
    lambda p: optim.Adagrad(p, lr=0.1, lr_decay=0.1),
    lambda p: optim.Adadelta(p, lr=0.1, weight_decay=0.1),
    lambda p: optim.Adamax(p, lr=0.1),
    lambda p: optim.NAdam(p, lr=0.1, momentum_decay=0.3),
    lambda p: optim.RAdam(p, lr=0.1, betas=(0.5, 0.9)),
]


def parameters(rng, dtype=np.float32, shapes=((3, 4), (), (5,), (200, 130))):
    return [
        minigan.tensor(rng.standard_normal(shape).astype(dtype), requires_grad=True)
        for shape in shapes
    ]


def with_gradients(params, seed):
    rng = np.random.default_rng(seed)
    for p in params:
        p.grad = minigan.tensor(rng.standard_normal(p.shape).astype(p.dtype))


OPTIMIZERS = [
    ("SGD", dict()),
    ("SGD", dict(lr=0.1, momentum=0.9)),
    ("SGD", dict(lr=0.1, momentum=0.9, dampening=0.3, weight_decay=0.1)),
    ("SGD", dict(lr=0.1, momentum=0.9, nesterov=True, maximize=True)),
    ("Adam", dict()),
    ("Adam", dict(lr=2e-4, betas=(0.5, 0.999))),
    ("Adam", dict(lr=0.1, betas=(0.0, 0.9), eps=1e-3)),
    ("Adam", dict(lr=0.1, weight_decay=0.1, amsgrad=True, maximize=True)),
    ("AdamW", dict(lr=0.1)),
    ("AdamW", dict(lr=0.1, weight_decay=0.3, amsgrad=True)),
    ("RMSprop", dict(lr=0.1)),
    ("RMSprop", dict(lr=0.1, alpha=0.5, centered=True, momentum=0.9, weight_decay=0.1)),
    ("RMSprop", dict(centered=True, maximize=True)),
    ("Adagrad", dict(lr=0.1)),
    ("Adagrad", dict(lr=0.1, lr_decay=0.2, weight_decay=0.1, initial_accumulator_value=0.5)),
    ("Adagrad", dict(eps=0.1, maximize=True)),
    ("Adadelta", dict()),
    ("Adadelta", dict(lr=0.3, rho=0.5, eps=1e-2, weight_decay=0.2)),
    ("Adadelta", dict(rho=0.0, maximize=True)),
    ("Adamax", dict()),
    ("Adamax", dict(lr=0.1, betas=(0.5, 0.8), eps=0.1, weight_decay=0.2)),
    ("Adamax", dict(lr=0.1, maximize=True)),
    ("NAdam", dict()),
    ("NAdam", dict(lr=0.1, betas=(0.5, 0.8), eps=0.1, momentum_decay=0.3, weight_decay=0.2)),
    ("NAdam", dict(lr=0.1, weight_decay=0.3, decoupled_weight_decay=True, maximize=True)),
    ("RAdam", dict()),
    ("RAdam", dict(lr=0.1, betas=(0.5, 0.9), eps=0.1, weight_decay=0.2)),
    ("RAdam", dict(lr=0.1, weight_decay=0.3, decoupled_weight_decay=True, maximize=True)),
]

SCHEDULERS = [
    ("StepLR", dict(step_size=3, gamma=0.5)),
    ("MultiStepLR", dict(milestones=[2, 5, 5], gamma=0.5)),
    ("ExponentialLR", dict(gamma=0.9)),
    ("LinearLR", dict(start_factor=0.25, end_factor=0.75, total_iters=4)),
    ("LinearLR", dict()),
    ("CosineAnnealingLR", dict(T_max=7, eta_min=0.01)),
    ("CosineAnnealingLR", dict(T_max=1)),
    ("LambdaLR", dict(lr_lambda=lambda epoch: 1 / (epoch + 1))),
    ("ConstantLR", dict(factor=0.25, total_iters=4)),
    ("PolynomialLR", dict(total_iters=9, power=0.5)),
    ("MultiplicativeLR", dict(lr_lambda=lambda epoch: 0.9)),
    ("LambdaLR", dict(lr_lambda=[lambda epoch: 0.9**epoch, lambda epoch: 1 - epoch / 100])),
]

METRICS = [3.0, 2.0, 2.0, 1.9999, 1.5, 1.6, 1.7, float("nan"), 1.4, 1.4, 1.4, 1.4, 1.4, 2.0, 0.1]
PLATEAUS = [
    dict(),
    dict(patience=1),
    dict(patience=0, factor=0.5, cooldown=2),
    dict(patience=1, mode="max", threshold=0.2),
    dict(patience=0, mode="max", threshold=0.3, threshold_mode="abs", min_lr=0.02),
    dict(patience=0, threshold=0.3, threshold_mode="abs", min_lr=[0.1, 0.01]),
    dict(patience=0, factor=0.9999, eps=1e-2),
]
