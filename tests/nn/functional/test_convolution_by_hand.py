"""Convolutions by loops over single numbers, with PyTorch's formulas: no code of minigan.conv."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

import minigan
from minigan import nn
from minigan.nn import functional as F


def whole(*shape: int) -> np.ndarray:
    return np.random.default_rng([11, *shape]).integers(-4, 5, shape).astype(float)


def conv(x, w, b, stride, padding, dilation, groups):
    """y[n,k,o] is b[k] + sum of w[k,c,i] x[n, first + c, stride o + dilation i - padding]."""
    (N, _, *X), (K, C, *taps), D = x.shape, w.shape, x.ndim - 2
    Y = [
        (X[a] + 2 * padding[a] - dilation[a] * (taps[a] - 1) - 1) // stride[a] + 1 for a in range(D)
    ]
    y = np.zeros((N, K, *Y))
    for n, k, *o in product(range(N), range(K), *map(range, Y)):
        first = k // (K // groups) * C
        total = b[k]
        for c, *i in product(range(C), *map(range, taps)):
            h = [stride[a] * o[a] + dilation[a] * i[a] - padding[a] for a in range(D)]
            if all(0 <= h[a] < X[a] for a in range(D)):
                total += w[(k, c, *i)] * x[(n, first + c, *h)]
        y[(n, k, *o)] = total
    return y


def conv_transpose(x, w, b, stride, padding, output_padding, dilation, groups):
    """Add w[c,k,i] x[n,c,o] at position stride o + dilation i - padding of channel first + k."""
    (N, C, *X), (_, K, *taps), D = x.shape, w.shape, x.ndim - 2
    Y = [
        (X[a] - 1) * stride[a]
        - 2 * padding[a]
        + dilation[a] * (taps[a] - 1)
        + output_padding[a]
        + 1
        for a in range(D)
    ]
    y = np.zeros((N, K * groups, *Y)) + np.reshape(b, (-1, *[1] * D))
    for n, c, k, *at in product(range(N), range(C), range(K), *map(range, X), *map(range, taps)):
        o, i = at[:D], at[D:]
        h = [stride[a] * o[a] + dilation[a] * i[a] - padding[a] for a in range(D)]
        if all(0 <= h[a] < Y[a] for a in range(D)):
            y[(n, c // (C // groups) * K + k, *h)] += w[(c, k, *i)] * x[(n, c, *o)]
    return y


SETTINGS = {
    # number of axes: stride, padding, dilation, output_padding
    1: [((1,), (0,), (1,), (0,)), ((2,), (1,), (1,), (1,)), ((3,), (2,), (2,), (2,))],
    2: [((2, 1), (0, 1), (1, 2), (1, 0)), ((1, 3), (2, 0), (2, 1), (1, 2))],
    3: [((1, 1, 1), (0, 0, 0), (1, 1, 1), (0, 0, 0)), ((2, 1, 3), (1, 0, 2), (1, 2, 1), (1, 1, 2))],
}
CASES = [(D, groups, *each) for D, table in SETTINGS.items() for groups in (1, 2) for each in table]
SIZES, TAPS = {1: (9,), 2: (6, 7), 3: (4, 5, 3)}, {1: (3,), 2: (2, 3), 3: (2, 1, 3)}


def calls(name: str, xs: list[Any], **settings: Any) -> list[np.ndarray]:
    """Return the result of the function of minigan and the gradients of <y, g>; g are integers."""
    tensors = [minigan.tensor(x, requires_grad=True) for x in xs]
    y = getattr(F, name)(*tensors, **settings)
    g = np.random.default_rng(2).integers(-3, 4, tuple(y.shape)).astype(float)
    return [
        y.detach().numpy(),
        g,
        *(x.numpy() for x in minigan.grad(y, tensors, minigan.tensor(g))),
    ]


def slopes(function: Any, xs: list[np.ndarray], g: np.ndarray) -> list[np.ndarray]:
    """Return the gradients of <function(*xs), g>: exact differences, for it is linear in each x."""
    found = [np.zeros_like(x) for x in xs]
    start = function(*xs)
    for x, slope in zip(xs, found, strict=True):
        for at in np.ndindex(*x.shape):
            x[at] += 1
            slope[at] = np.sum((function(*xs) - start) * g)
            x[at] -= 1
    return found


@pytest.mark.parametrize(("D", "groups", "stride", "padding", "dilation", "more"), CASES)
def test_conv(D, groups, stride, padding, dilation, more):
    xs = [whole(1, 4, *SIZES[D]), whole(6, 4 // groups, *TAPS[D]), whole(6)]
    y, *_ = calls(f"conv{D}d", xs, stride=stride, padding=padding, dilation=dilation, groups=groups)
    np.testing.assert_array_equal(y, conv(*xs, stride, padding, dilation, groups))


@pytest.mark.parametrize(("D", "groups", "stride", "padding", "dilation", "more"), CASES)
def test_conv_transpose(D, groups, stride, padding, dilation, more):
    xs = [whole(1, 4, *SIZES[D]), whole(4, 6 // groups, *TAPS[D]), whole(6)]
    y, *_ = calls(
        f"conv_transpose{D}d", xs,
        stride=stride, padding=padding, output_padding=more, dilation=dilation, groups=groups,
    )  # fmt: skip
    np.testing.assert_array_equal(y, conv_transpose(*xs, stride, padding, more, dilation, groups))


@pytest.mark.parametrize("groups", [1, 2])
def test_gradients_of_conv3d(groups):
    how = (2, 1, 1), (1, 0, 1), (1, 2, 1)
    xs = [whole(1, 2, 3, 4, 3), whole(2, 2 // groups, 2, 2, 2), whole(2)]
    _, g, *found = calls(
        "conv3d", xs, stride=how[0], padding=how[1], dilation=how[2], groups=groups
    )
    for a, b in zip(found, slopes(lambda *xs: conv(*xs, *how, groups), xs, g), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("groups", [1, 2])
def test_gradients_of_conv_transpose3d(groups):
    how = (2, 1, 1), (1, 0, 1), (1, 0, 0), (1, 2, 1)
    xs = [whole(1, 2, 2, 2, 3), whole(2, 2 // groups, 2, 2, 2), whole(2)]
    _, g, *found = calls(
        "conv_transpose3d", xs,
        stride=how[0], padding=how[1], output_padding=how[2], dilation=how[3], groups=groups,
    )  # fmt: skip
    for a, b in zip(
        found, slopes(lambda *xs: conv_transpose(*xs, *how, groups), xs, g), strict=True
    ):
        np.testing.assert_array_equal(a, b)


# the row 1 2 3 4 5 with two numbers before it and one after it
PADDED = {
    "zeros": [0, 0, 1, 2, 3, 4, 5, 0],
    "reflect": [3, 2, 1, 2, 3, 4, 5, 4],
    "replicate": [1, 1, 1, 2, 3, 4, 5, 5],
    "circular": [4, 5, 1, 2, 3, 4, 5, 1],
}


@pytest.mark.parametrize("mode", PADDED)
def test_padding_modes(mode):
    row = minigan.tensor([[1.0, 2.0, 3.0, 4.0, 5.0]], dtype="float64")
    if mode != "zeros":
        assert F.pad(row, (2, 1), mode).tolist() == [PADDED[mode]]
    line = [*PADDED[mode], {"zeros": 0, "reflect": 3, "replicate": 5, "circular": 2}[mode]]
    layer = nn.Conv1d(1, 1, 3, padding=2, padding_mode=mode, bias=False, generator=0).double()
    layer.weight.data = np.array([[[1.0, 10.0, 100.0]]])
    wanted = [line[o] + 10 * line[o + 1] + 100 * line[o + 2] for o in range(7)]
    assert layer(row).tolist() == [wanted]


@pytest.mark.parametrize("mode", PADDED)
def test_padding_same_in_two_and_three_dimensions(mode):
    """A kernel of ones gives the sums of windows of the padded array; NumPy pads it here."""
    numpys = {"zeros": "constant", "replicate": "edge", "circular": "wrap"}.get(mode, mode)
    for D, kernel in ((2, (3, 2)), (3, (2, 3, 1))):
        x = whole(1, 1, *(5, 4, 3)[:D])
        make = nn.Conv2d if D == 2 else nn.Conv3d
        layer = make(1, 1, kernel, padding="same", padding_mode=mode, bias=False).double()
        layer.weight.data = np.ones(layer.weight.shape)
        sides = [((k - 1) // 2, k - 1 - (k - 1) // 2) for k in kernel]
        full = np.pad(x, [(0, 0), (0, 0), *sides], mode=numpys)
        windows = np.lib.stride_tricks.sliding_window_view(full, kernel, tuple(range(2, 2 + D)))
        wanted = windows.sum(tuple(range(-D, 0)))
        np.testing.assert_array_equal(layer(minigan.tensor(x)).detach().numpy(), wanted)
