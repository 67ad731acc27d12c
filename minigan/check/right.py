"""The right functions that `minigan.check.wrong` gets wrong: a few lines of plain NumPy each.

Shapes are PyTorch's without the batch axis: x (C, X, X'), y (K, Y, Y'), w (K, C, k, k'). Strides,
paddings and dilations are pairs in two dimensions and integers in one. s, p, q and d stand for
stride, padding, output_padding and dilation; o and p count positions in y, i and j taps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Pair = tuple[int, int]


def conv2d(
    x: Array, w: Array, stride: Pair = (1, 1), padding: Pair = (0, 0), dilation: Pair = (1, 1)
) -> Array:
    """Return y[k, o, p] = sum of x[c, s*o + d*i - padding, ...] w[k, c, i, j] over c, i and j.

    >>> conv2d(np.ones((1, 3, 3)), np.ones((1, 1, 2, 2)), stride=(2, 1))
    array([[[4., 4.]]])
    """
    x = padded(x, padding, padding)
    Y = [
        (X - d * (k - 1) - 1) // s + 1
        for X, k, s, d in zip(x.shape[1:], w.shape[2:], stride, dilation, strict=True)
    ]
    y = np.zeros((len(w), *Y), np.result_type(x, w))
    for i, j in np.ndindex(*w.shape[2:]):
        y += np.einsum("kc,cop->kop", w[:, :, i, j], x[reached(i, j, Y, stride, dilation)])
    return y


def conv_transpose2d(
    y: Array,
    w: Array,
    stride: Pair = (1, 1),
    padding: Pair = (0, 0),
    output_padding: Pair = (0, 0),
    dilation: Pair = (1, 1),
) -> Array:
    """Return x, to which each y[k, o, p] has added its multiple of the kernel w[k].

    >>> conv_transpose2d(np.ones((1, 1, 2)), np.ones((1, 1, 1, 3)), stride=(1, 2))
    array([[[1., 1., 2., 1., 1.]]])
    """
    crop = tuple(-p for p in padding)
    return padded(scattered(y, w, stride, dilation), crop, plus(crop, output_padding))


def conv_transpose2d_backward(
    g: Array, y: Array, w: Array, stride: Pair = (1, 1), padding: Pair = (0, 0)
) -> tuple[Array, Array, Array]:
    """Return the gradients of y, w and a bias (C,), if g (C, X, X') is that of the output."""
    gw, x = np.zeros(w.shape, np.result_type(g, y)), padded(g, padding, padding)
    for i, j in np.ndindex(*w.shape[2:]):
        gw[:, :, i, j] = np.einsum("kop,cop->kc", y, x[reached(i, j, y.shape[1:], stride)])
    return conv2d(g, w, stride, padding), gw, g.sum((1, 2))


def conv_matrix(w: Array, size: int, stride: int = 1, padding: int = 0) -> Array:
    """Return M (Y, size) such that M @ x is the convolution of x (size,) with w (k,), not flipped.

    >>> conv_matrix(np.array([1, 2]), 3)
    array([[1, 2, 0],
           [0, 1, 2]])
    """
    Y = (size + 2 * padding - len(w)) // stride + 1
    M = np.zeros((Y, size), w.dtype)
    for o in range(Y):
        for i, weight in enumerate(w):
            if 0 <= (h := stride * o + i - padding) < size:
                M[o, h] = weight
    return M


def conv_transpose_by_matrix(
    y: Array, w: Array, size: int, stride: int = 1, padding: int = 0
) -> Array:
    """Return M.T @ y, the transposed convolution of y (Y,) with w (k,), of shape (size,)."""
    return conv_matrix(w, size, stride, padding).T @ y


def output_size(
    size: int, kernel: int, stride: int, padding: int, output_padding: int = 0, dilation: int = 1
) -> int:
    """Return the size that a transposed convolution makes of `size`.

    >>> output_size(4, kernel=3, stride=2, padding=1, output_padding=1)
    8
    """
    return stride * (size - 1) + dilation * (kernel - 1) + 1 - 2 * padding + output_padding


def legal_output_paddings(
    size: int, out: int, kernel: int, stride: int, padding: int, dilation: int = 1
) -> list[int]:
    """Return the output_padding, in a list, with which `size` becomes `out`; ValueError if none.

    >>> legal_output_paddings(4, 8, kernel=3, stride=2, padding=1)
    [1]
    """
    legal = range(max(stride, dilation))
    found = [q for q in legal if output_size(size, kernel, stride, padding, q, dilation) == out]
    if not found:
        raise ValueError(f"legal_output_paddings: no output_padding in {legal} makes {out}")
    return found


def useful_multiplications(size: int, kernel: int, stride: int) -> int:
    """Return how many products of a tap and a true input the holes view has, without padding."""
    return size * kernel


RIGHT: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        conv2d,
        conv_transpose2d,
        conv_transpose2d_backward,
        conv_matrix,
        conv_transpose_by_matrix,
        output_size,
        legal_output_paddings,
        useful_multiplications,
    )
}

# ----------------------------------------------------------------------------------------- parts


def plus(a: Any, b: Any) -> tuple[int, ...]:
    """Return the sums of two pairs, member by member."""
    return tuple(m + n for m, n in zip(a, b, strict=True))


def padded(x: Array, before: Any, after: Any) -> Array:
    """Return x (C, X, X') with zeros added before and after; negative numbers crop."""
    x = np.pad(x, [(0, 0), *((max(a, 0), max(b, 0)) for a, b in zip(before, after, strict=True))])
    cut = [
        slice(max(-a, 0), size - max(-b, 0))
        for size, a, b in zip(x.shape[1:], before, after, strict=True)
    ]
    return x[:, cut[0], cut[1]]


def reached(i: int, j: int, Y: Any, stride: Pair, dilation: Pair = (1, 1)) -> Any:
    """Return the index of all places in x (C, X, X') that the tap (i, j) joins to the Y of y."""
    starts = dilation[0] * i, dilation[1] * j
    return slice(None), *(
        slice(start, start + s * (size - 1) + 1, s)
        for start, s, size in zip(starts, stride, Y, strict=True)
    )


def scattered(y: Array, w: Array, stride: Pair, dilation: Pair = (1, 1)) -> Array:
    """Return the transposed convolution before anything is cropped."""
    Y = y.shape[1:]
    X = [
        s * (size - 1) + d * (k - 1) + 1
        for s, size, d, k in zip(stride, Y, dilation, w.shape[2:], strict=True)
    ]
    x = np.zeros((w.shape[1], *X), np.result_type(y, w))
    for i, j in np.ndindex(*w.shape[2:]):
        x[reached(i, j, Y, stride, dilation)] += np.einsum("kop,kc->cop", y, w[:, :, i, j])
    return x
