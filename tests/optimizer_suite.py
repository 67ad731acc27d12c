"""Optimizers, and random parameters and gradients for them."""

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
