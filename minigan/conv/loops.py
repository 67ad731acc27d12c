"""Loops: place the window at one position after another; each step can be watched.

Each face is a generator of steps, and the value of the face is this generator run to its end. A
step joins one window of x, the kernel and one position of y. Taps that see the padding are left
out, so that every multiplication is useful.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import NamedTuple

from minigan.backend import Array, namespace
from minigan.geometry import Geometry, Slices


class WindowStep(NamedTuple):
    """One position of the window: the parts that it joins, their products, and the result so far.

    w[..., *taps] lies over x[..., *window] and belongs to y[..., *position].
    """

    position: tuple[int, ...]  # o, in y
    taps: Slices  # i, in w
    window: Slices  # h, in x
    products: Array  # (N, G, K/G, C/G, *taps)
    result: Array  # the array that the steps fill, itself and not a copy


Steps = Generator[WindowStep, None, Array]


def conv(x: Array, w: Array, geometry: Geometry) -> Array:
    """Return y (N, K, *Y): at each position, the sum of window times kernel.

    >>> import numpy as np
    >>> conv(np.array([[[1, 2, 3, 4]]]), np.array([[[10, 1]]]), Geometry.conv((4,), (2,), stride=2))
    array([[[12, 34]]])
    """
    return run(steps(x, w, geometry))


def conv_transpose(y: Array, w: Array, geometry: Geometry) -> Array:
    """Return x (N, C, *X): from each position, y times the kernel is added into the window.

    >>> import numpy as np
    >>> conv_transpose(np.array([[[1, 2]]]), np.array([[[10, 1]]]), Geometry.conv((3,), (2,)))
    array([[[10, 21,  2]]])
    """
    return run(steps_transpose(y, w, geometry))


def conv_weight(x: Array, y: Array, geometry: Geometry) -> Array:
    """Return w (K, C/G, *taps): the sum of window times y over all positions.

    >>> import numpy as np
    >>> conv_weight(np.array([[[1, 2, 3]]]), np.array([[[10, 1]]]), Geometry.conv((3,), (2,)))
    array([[[12, 23]]])
    """
    return run(steps_weight(x, y, geometry))


def steps(x: Array, w: Array, geometry: Geometry) -> Steps:
    """Yield the steps of conv: each one *gathers* a window into one position of y.

    >>> import numpy as np
    >>> x, w = np.array([[[1, 2, 3]]]), np.array([[[10, 1]]])
    >>> [step.products.ravel().tolist() for step in steps(x, w, Geometry.conv((3,), (2,)))]
    [[10, 2], [20, 3]]
    """
    G, N, K = geometry.groups, len(x), len(w)
    xp = namespace(x, w)
    y: Array = xp.zeros((N, K, *geometry.Y), xp.result_type(x, w))
    for o, i, h in geometry.windows():
        products = _x_factor(x[..., *h], G) * _w_factor(w[..., *i], G)
        y[..., *o] = products.sum(axis=tuple(range(3, products.ndim))).reshape(N, K)
        yield WindowStep(o, i, h, products, y)
    return y


def steps_transpose(y: Array, w: Array, geometry: Geometry) -> Steps:
    """Yield the steps of conv_transpose: each one *scatters* one position of y over a window."""
    G, N, C = geometry.groups, len(y), geometry.groups * w.shape[1]
    xp = namespace(y, w)
    x: Array = xp.zeros((N, C, *geometry.X), xp.result_type(y, w))
    for o, i, h in geometry.windows():
        products = _y_factor(y[..., *o], geometry) * _w_factor(w[..., *i], G)
        window = x[..., *h]
        window += products.sum(axis=2).reshape(window.shape)
        yield WindowStep(o, i, h, products, x)
    return x


def steps_weight(x: Array, y: Array, geometry: Geometry) -> Steps:
    """Yield the steps of conv_weight: each one adds a window times one position of y to w."""
    G, K, C = geometry.groups, y.shape[1], x.shape[1]
    xp = namespace(x, y)
    w: Array = xp.zeros((K, C // G, *geometry.taps), xp.result_type(x, y))
    for o, i, h in geometry.windows():
        products = _x_factor(x[..., *h], G) * _y_factor(y[..., *o], geometry)
        taps = w[..., *i]
        taps += products.sum(axis=0).reshape(taps.shape)
        yield WindowStep(o, i, h, products, w)
    return w


def run(steps: Steps) -> Array:
    """Return the result of a generator of steps, run to its end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


# Each factor gets the axes (N, G, K/G, C/G, *taps), with size 1 where it does not vary.


def _x_factor(window: Array, G: int) -> Array:
    """(N, C, *taps) -> (N, G, 1, C/G, *taps)."""
    N, C, *taps = window.shape
    return window.reshape(N, G, 1, C // G, *taps)


def _y_factor(y: Array, geometry: Geometry) -> Array:
    """(N, K) -> (N, G, K/G, 1, *ones)."""
    (N, K), G = y.shape, geometry.groups
    return y.reshape(N, G, K // G, 1, *(1 for _ in geometry.axes))


def _w_factor(w: Array, G: int) -> Array:
    """(K, C/G, *taps) -> (G, K/G, C/G, *taps)."""
    return w.reshape(G, len(w) // G, *w.shape[1:])
