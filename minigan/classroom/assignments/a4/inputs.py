"""Inputs of A4: drawn for a student, and small ones for finding the smallest failure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from minigan import datasets
from minigan.classroom.drawing import Generator, between, counting, digits, normal
from minigan.classroom.model import Array, Inputs

# ------------------------------------------------------------------------------------ the mirror


def mirrors(generator: Generator) -> Iterator[Inputs]:
    """Draw encoders of two to four layers, some of whose sizes do not divide."""
    for layers, rests in ((2, 1), (3, 1), (2, 0), (4, 1), (3, 2), (3, 1)):
        yield _encoder(generator, layers, rests)


def _encoder(generator: Generator, layers: int, rests: int) -> Inputs:
    """Return an encoder with at least so many layers that need output_padding."""
    while True:
        size, found, extras = between(generator, 20, 40), [], 0
        n, channels = size, between(generator, 1, 3)
        for _ in range(layers):
            stride = between(generator, 1, 3)
            kernel = between(generator, stride, 5)
            padding = between(generator, 0, kernel // 2)
            wider = channels + between(generator, 1, 6)
            found.append((channels, wider, kernel, stride, padding))
            out = (n + 2 * padding - kernel) // stride + 1
            extras += (n + 2 * padding - kernel) % stride > 0
            n, channels = out, wider
            if n < 2:
                break
        if n >= 2 and (extras >= rests if rests else extras == 0):
            return {"encoder": found, "size": size}


def small_mirrors() -> Iterator[Inputs]:
    """Yield small encoders."""
    for layers in (
        [(1, 2, 1, 1, 0)], [(1, 2, 2, 2, 0)], [(1, 2, 3, 2, 1)], [(1, 2, 2, 1, 0)],
        [(1, 2, 2, 2, 0), (2, 3, 2, 2, 0)], [(1, 2, 3, 2, 1), (2, 3, 3, 2, 1)],
        [(1, 2, 3, 1, 1), (2, 3, 4, 2, 1)], [(2, 1, 3, 2, 0), (1, 4, 2, 3, 0)],
    ):  # fmt: skip
        for size in (4, 5, 8, 9, 13):
            yield {"encoder": layers, "size": size}


# --------------------------------------------------------------------------------- the gradients


def gradients(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of loss_and_gradients: sizes that the strides divide."""
    kinds = (((3, 2), (1, 1), (1, 0)), ((2, 3), (2, 1), (0, 1)), ((4, 3), (2, 3), (1, 0)),
             ((3, 4), (1, 2), (0, 1)), ((2, 2), (2, 2), (0, 0)))  # fmt: skip
    for number, (kernel, stride, padding) in enumerate(kinds):
        C, K = ((1, 2), (2, 3), (3, 2), (2, 2), (1, 1))[number]
        out = between(generator, 2, 4), between(generator, 5, 6)
        sizes = _sizes(out, kernel, stride, padding)
        x, w, v = normal(generator, C, *sizes), *(
            normal(generator, K, C, *kernel) for _ in range(2)
        )  # fmt: skip
        yield {"x": x, "w": w, "v": v, "stride": stride, "padding": padding}


def _sizes(out: Any, kernel: Any, stride: Any, padding: Any) -> list[int]:
    four = zip(out, kernel, stride, padding, strict=True)
    return [(o - 1) * s + k - 2 * p for o, k, s, p in four]


def small_gradients() -> Iterator[Inputs]:
    """Yield small inputs of loss_and_gradients."""
    for make in (counting, digits):
        for C, K, kernel, stride, out in (
            (1, 1, (1, 1), (1, 1), (1, 1)), (1, 1, (2, 2), (2, 2), (1, 1)),
            (1, 1, (2, 2), (1, 1), (2, 2)), (1, 2, (2, 2), (1, 1), (1, 2)),
            (2, 1, (2, 3), (1, 2), (2, 2)), (2, 3, (3, 2), (2, 1), (2, 3)),
        ):  # fmt: skip
            x, w = make(C, *_sizes(out, kernel, stride, (0, 0))), make(K, C, *kernel)
            v = digits(K, C, *kernel, seed=1) / 8
            yield {"x": x, "w": w / 8, "v": v, "stride": stride, "padding": (0, 0)}


# ------------------------------------------------------------------------------------------ data


def images(generator: Generator) -> tuple[Array, Array]:
    """Return (train, held out): handwritten digits (N, 1, 8, 8) in [-1, 1], split at random."""
    whole = datasets.digits8().scaled()
    order = generator.permutation(len(whole))
    return whole[order[:1397]], whole[order[1397:]]


def cloud(generator: Generator) -> Array:
    """Return points (n, d) far from 0, with a few directions of large variance."""
    n, d = between(generator, 60, 80), between(generator, 9, 12)
    scales = 3.0 * 0.6 ** np.arange(d)
    turned = np.linalg.qr(generator.normal(size=(d, d)))[0]
    found: Array = generator.normal(size=(n, d)) * scales @ turned
    return np.asarray(found + 4.0 * generator.normal(size=d))
