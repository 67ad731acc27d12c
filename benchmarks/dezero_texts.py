"""The same updates in DeZero's own words; imported only in its process."""

# mypy: disable-error-code="import-not-found"

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

setattr(np, "int", int)  # noqa: B010  # DeZero 0.0.13 is older than NumPy 2

import dezero.functions as F  # noqa: E402
import dezero.layers as L  # noqa: E402
from dezero import Variable  # noqa: E402
from dezero.models import Sequential  # noqa: E402
from dezero.optimizers import Adam  # noqa: E402


def dcgan(Z: int, W: int, C: int, SIZE: int, B: int) -> Callable[[], None]:
    """The update of `workloads.dcgan`.

    DeZero has no cross entropy from logits, so this one clips its probabilities.
    """
    width = W * SIZE // 8
    layers: list[Any] = [
        L.Deconv2d(width, 4, 1, 0, nobias=True, in_channels=Z),
        L.BatchNorm(),
        F.relu,
    ]
    while width > W:
        width //= 2
        layers += [
            L.Deconv2d(width, 4, 2, 1, nobias=True, in_channels=2 * width),
            L.BatchNorm(),
            F.relu,
        ]
    G = Sequential(*layers, L.Deconv2d(C, 4, 2, 1, nobias=True, in_channels=W), F.tanh)

    layers = [L.Conv2d(W, 4, 2, 1, nobias=True, in_channels=C), F.leaky_relu]
    while width < W * SIZE // 8:
        width *= 2
        layers += [
            L.Conv2d(width, 4, 2, 1, nobias=True, in_channels=width // 2),
            L.BatchNorm(),
            F.leaky_relu,
        ]
    D = Sequential(
        *layers, L.Conv2d(1, 4, 1, 0, nobias=True, in_channels=width), F.flatten, F.sigmoid
    )

    optimizer_G, optimizer_D = (Adam(2e-4, beta1=0.5).setup(model) for model in (G, D))
    rng = np.random.default_rng(0)
    real = rng.standard_normal((B, C, SIZE, SIZE), np.float32)
    noise = rng.standard_normal((B, Z, 1, 1), np.float32)
    ones, zeros = np.ones((B, 1), np.float32), np.zeros((B, 1), np.float32)

    def update() -> None:
        fake = G(noise)
        loss_D = F.binary_cross_entropy(D(real), ones) + F.binary_cross_entropy(
            D(Variable(fake.data)), zeros
        )
        D.cleargrads()
        loss_D.backward()
        optimizer_D.update()
        loss_G = F.binary_cross_entropy(D(fake), ones)
        G.cleargrads()
        loss_G.backward()
        optimizer_G.update()

    return update
