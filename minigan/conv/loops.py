"""Loops: put the window at one position after another; the only formulation that can be watched.

Each face is a generator of its steps, and its value is that generator run to the end. A step joins
one window of x, one kernel and one position of y; taps that fall outside x are left out, so nothing
is multiplied in vain.
"""

from __future__ import annotations

from collections.abc import Generator
from math import prod
from typing import NamedTuple

import numpy as np

from minigan.backend import Array
from minigan.geometry import Geometry, Slices


class WindowStep(NamedTuple):
    """One position of the window: which part of each array is joined, the products, and the result
    so far.
    """

    position: tuple[int, ...]  # o, in y
    taps: Slices  # i, in w
    window: Slices  # h, in x
    products: Array  # (N, G, K/G, C/G, *taps)
    result: Array


Steps = Generator[WindowStep, None, Array]


def conv(x: Array, w: Array, geometry: Geometry) -> Array:
    """y (N, K, *Y): at each position, the sum of window times kernel."""
    return run(steps(x, w, geometry))


def conv_transpose(y: Array, w: Array, geometry: Geometry) -> Array:
    """x (N, C, *X): from each position, a kernel times y added into the window."""
    return run(steps_transpose(y, w, geometry))


def conv_weight(x: Array, y: Array, geometry: Geometry) -> Array:
    """w (K, C/G, *taps): from each position, the window times y added up."""
    return run(steps_weight(x, y, geometry))


def steps(x: Array, w: Array, geometry: Geometry) -> Steps:
    """The steps of conv: each *gathers* a window into one position of y."""
    G, N, K = geometry.groups, len(x), len(w)
    y: Array = np.zeros((N, K, *geometry.Y), np.result_type(x, w))
    for o, i, h in geometry.windows():
        products = _by_input(x[..., *h], G) * _by_both(w[..., *i], G)
        y[..., *o] = products.sum(axis=tuple(range(3, products.ndim))).reshape(N, K)
        yield WindowStep(o, i, h, products, y)
    return y


def steps_transpose(y: Array, w: Array, geometry: Geometry) -> Steps:
    """The steps of conv_transpose: each *scatters* one position of y over a window."""
    G, N, C, one = geometry.groups, len(y), geometry.groups * w.shape[1], (1,) * len(geometry.axes)
    x: Array = np.zeros((N, C, *geometry.X), np.result_type(y, w))
    for o, i, h in geometry.windows():
        products = _by_output(y[..., *o].reshape(*y.shape[:2], *one), G) * _by_both(w[..., *i], G)
        window = x[..., *h]
        window += products.sum(axis=2).reshape(window.shape)
        yield WindowStep(o, i, h, products, x)
    return x


def steps_weight(x: Array, y: Array, geometry: Geometry) -> Steps:
    """The steps of conv_weight: each adds what one position of y makes of its window."""
    G, K, one = geometry.groups, y.shape[1], (1,) * len(geometry.axes)
    w: Array = np.zeros((K, x.shape[1] // G, *geometry.taps), np.result_type(x, y))
    for o, i, h in geometry.windows():
        products = _by_input(x[..., *h], G) * _by_output(y[..., *o].reshape(*y.shape[:2], *one), G)
        taps = w[..., *i]
        taps += products.sum(axis=0).reshape(taps.shape)
        yield WindowStep(o, i, h, products, w)
    return w


def run(steps: Steps) -> Array:
    """The result of a generator of steps."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def multiplications(face: str, geometry: Geometry, N: int, C: int, K: int) -> int:
    """Only the useful ones, whichever the face."""
    return geometry.multiplications(N, C, K)


def memory(face: str, geometry: Geometry, N: int, C: int, K: int, itemsize: int) -> int:
    """The result, a window's products and their sum, or the products of two steps while one
    replaces the other.
    """
    G, T = geometry.groups, prod(geometry.taps)
    result, total = {
        "conv": (N * K * prod(geometry.Y), N * K),
        "conv_transpose": (N * C * prod(geometry.X), N * C * T),
        "conv_weight": (K * C // G * T, K * C // G * T),
    }[face]
    products = N * K * C // G * T
    return itemsize * (result + products + max(products * (prod(geometry.Y) > 1), total))


def _by_input(x: Array, G: int) -> Array:
    """(N, C, ..) -> (N, G, 1, C/G, ..)."""
    return x.reshape(len(x), G, 1, x.shape[1] // G, *x.shape[2:])


def _by_output(y: Array, G: int) -> Array:
    """(N, K, ..) -> (N, G, K/G, 1, ..)."""
    return y.reshape(len(y), G, y.shape[1] // G, 1, *y.shape[2:])


def _by_both(w: Array, G: int) -> Array:
    """(K, C/G, ..) -> (G, K/G, C/G, ..)."""
    return w.reshape(G, len(w) // G, *w.shape[1:])
