"""Small wrong convolutions and transposed convolutions, each with the key of its wrong idea.

Tests plant them as faults that a check must catch, and `fits` says which of them gives a wrong
answer. `WRONG` lists them all. A key may have several variants, also for several functions. A
`Wrong` is called like the function of `minigan.check.right` that it is a version of; it raises an
exception where its idea does not work at all.

In the table s, p, q and d stand for stride, padding, output_padding and dilation.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from minigan.check.right import (
    RIGHT,
    Array,
    Pair,
    conv2d,
    conv_matrix,
    conv_transpose2d,
    conv_transpose2d_backward,
    legal_output_paddings,
    output_size,
    padded,
    plus,
    reached,
    scattered,
)


@dataclass(frozen=True)
class Wrong:
    """A wrong version of one function."""

    key: str
    of: str  # the name of the function, a key of RIGHT
    idea: str  # what it does, as a sentence with "it" as its subject
    function: Callable[..., Any]  # takes all arguments by position

    @cached_property
    def _signature(self) -> inspect.Signature:
        return inspect.signature(RIGHT[self.of])

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the wrong value; arguments and defaults are those of the right function."""
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return self.function(*bound.arguments.values())


def wrong(of: str, key: str | None = None) -> list[Wrong]:
    """Return the wrong versions of a function; with a key only those of this idea.

    >>> [version.idea for version in wrong("conv_transpose2d", "stride-ignored")]
    ['it takes stride 1 whatever the stride is']
    """
    return [w for w in WRONG if w.of == of and key in (None, w.key)]


def fits(
    of: str, cases: Sequence[tuple[Sequence[Any], Mapping[str, Any]]], answers: Sequence[Any]
) -> list[Wrong]:
    """Return the wrong versions of a function that give these answers in all cases.

    A case is (args, kwargs). A version that is right in all cases is not among them.
    """
    found = []
    for version in wrong(of):
        values = [_value(version, case) for case in cases]
        right = [_value(RIGHT[of], case) for case in cases]
        if all(map(equal, values, answers)) and not all(map(equal, values, right)):
            found.append(version)
    return found


def equal(a: Any, b: Any) -> bool:
    """Return whether two values have the same shapes and, up to rounding, the same numbers."""
    if isinstance(a, list | tuple) or isinstance(b, list | tuple):
        both = isinstance(a, list | tuple) and isinstance(b, list | tuple) and len(a) == len(b)
        return both and all(map(equal, a, b))
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape or {a.dtype.kind, b.dtype.kind} - set("biuf"):
        return False
    return bool(np.allclose(a, b, rtol=0, atol=1e-6 * max(1.0, float(abs(b).max(initial=0.0)))))


def _value(function: Callable[..., Any], case: tuple[Sequence[Any], Mapping[str, Any]]) -> Any:
    try:
        return function(*case[0], **case[1])
    except Exception:  # the idea does not work here, or it works on other sizes only
        return None


# ----------------------------------------------------------------------------------------- parts


def _overwritten(y: Array, w: Array, s: Pair, p: Pair, q: Pair, d: Pair) -> Array:
    """Return the transposed convolution, position by position of y, with = instead of +=."""
    x = 0 * scattered(y, w, s, d)
    i, j = (np.arange(k) for k in w.shape[2:])
    for o, u in np.ndindex(*y.shape[1:]):
        rows, columns = s[0] * o + d[0] * i, s[1] * u + d[1] * j
        x[:, rows[:, None], columns] = np.tensordot(y[:, o, u], w, 1)
    return _cropped(x, p, q)


def _overwritten_by_taps(y: Array, w: Array, s: Pair, p: Pair, q: Pair, d: Pair) -> Array:
    """Return the transposed convolution, tap by tap, with = instead of +=."""
    x = 0 * scattered(y, w, s, d)
    for i, j in np.ndindex(*w.shape[2:]):
        x[reached(i, j, y.shape[1:], s, d)] = np.einsum("kop,kc->cop", y, w[:, :, i, j])
    return _cropped(x, p, q)


def _by_holes(
    y: Array,
    w: Array,
    s: Pair,
    p: Pair,
    q: Pair,
    d: Pair,
    *,
    step: Pair | None = None,
    more: Pair = (0, 0),
    flip: bool = True,
    swap: bool = True,
    before: Any = None,
) -> Array:
    """Return the transposed convolution as a convolution of y with holes, a step of it changed.

    `step` is the distance between the numbers of y, by default s; `more` counts zeros after the
    last; `before` is the padding p', by default d*(k - 1) - p.
    """
    step = step or s
    z = np.zeros([len(y), *(a * (Y - 1) + 1 for a, Y in zip(step, y.shape[1:], strict=True))])
    z[:, :: step[0], :: step[1]] = y
    if before is None:
        before = [b * (k - 1) - a for b, k, a in zip(d, w.shape[2:], p, strict=True)]
    z = padded(z, before, plus(plus(before, q), more))
    w = np.flip(w, (2, 3)) if flip else w
    return conv2d(z, w.swapaxes(0, 1) if swap else w, dilation=d)


def _cropped(x: Array, p: Any, q: Any, before: Any = None, after: Any = None) -> Array:
    """Return x with p places removed at every end and q added at the last; or other crops."""
    before, after = (p if crop is None else crop for crop in (before, after))
    return padded(x, [-a for a in before], [b - a for a, b in zip(after, q, strict=True)])


def _p_prime(w: Array, p: Pair, d: Pair, sign: int) -> list[int]:
    return [b * (k - 1) + sign * a for b, k, a in zip(d, w.shape[2:], p, strict=True)]


def _twice(p: Pair) -> Pair:
    return 2 * p[0], 2 * p[1]


def _below_stride(Y: int, X: int, k: int, s: int, p: int, d: int) -> list[int]:
    """Return the legal output_padding below the stride; ValueError if there is none."""
    found = [q for q in legal_output_paddings(Y, X, k, s, p, d) if q < s]
    if not found:
        raise ValueError(f"no output_padding below {s} makes {X}")
    return found


def _backward(
    change: Callable[[Array, Array, Array], tuple[Array, Array, Array]],
) -> Callable[..., Any]:
    """Return a backward pass whose gradients (gy, gw, gb) are changed."""
    return lambda g, y, w, s, p: change(*conv_transpose2d_backward(g, y, w, s, p))


# ----------------------------------------------------------------------------------------- table

_T, _C, _B = "conv_transpose2d", "conv2d", "conv_transpose2d_backward"
_NONE = (0, 0)

WRONG: tuple[Wrong, ...] = (
    Wrong("overlap-overwritten", _T, "it overwrites where kernels overlap; they must be added",
          _overwritten),
    Wrong("overlap-overwritten", _T, "it overwrites where kernels overlap; they must be added",
          _overwritten_by_taps),
    Wrong("kernel-not-flipped", _T,
          "its kernel is the wrong way round: a scatter takes w as it is, holes need it flipped",
          lambda y, w, s, p, q, d: _by_holes(y, w, s, p, q, d, flip=False)),
    Wrong("channels-not-swapped", _T, "it does not swap the channel axes of w for the convolution",
          lambda y, w, s, p, q, d: _by_holes(y, w, s, p, q, d, swap=False)),
    Wrong("stride-axes-swapped", _T, "it uses the row stride for columns and the reverse",
          lambda y, w, s, p, q, d: conv_transpose2d(y, w, s[::-1], p, q, d)),
    Wrong("kernel-axes-swapped", _T, "it swaps the rows and columns of the kernel",
          lambda y, w, s, p, q, d: conv_transpose2d(y, w.swapaxes(2, 3), s, p, q, d)),
    Wrong("stride-ignored", _T, "it takes stride 1 whatever the stride is",
          lambda y, w, s, p, q, d: conv_transpose2d(y, w, (1, 1), p, q, d)),
    Wrong("s-holes-instead-of-s-minus-1", _T, "it puts s zeros between two numbers, not s - 1",
          lambda y, w, s, p, q, d: _by_holes(y, w, s, p, q, d, step=(s[0] + 1, s[1] + 1))),
    Wrong("holes-after-the-last", _T, "it puts s - 1 zeros after the last number of y, too",
          lambda y, w, s, p, q, d: _by_holes(y, w, s, p, q, d, more=(s[0] - 1, s[1] - 1))),
    Wrong("padding-added-not-cropped", _T, "it pads with k - 1 + p instead of k - 1 - p",
          lambda y, w, s, p, q, d: _by_holes(y, w, s, p, q, d, before=_p_prime(w, p, d, 1))),
    Wrong("padding-added-not-cropped", _T, "it puts zeros around the output; padding crops it",
          lambda y, w, s, p, q, d: padded(scattered(y, w, s, d), p, plus(p, q))),
    Wrong("padding-p-instead-of-p-prime", _T, "it pads with p instead of p' = k - 1 - p",
          lambda y, w, s, p, q, d: _by_holes(y, w, s, p, q, d, before=p)),
    Wrong("crops-one-side-only", _T, "it crops p places at the first end only",
          lambda y, w, s, p, q, d: _cropped(scattered(y, w, s, d), p, q, after=_NONE)),
    Wrong("crops-one-side-only", _T, "it crops p places at the last end only",
          lambda y, w, s, p, q, d: _cropped(scattered(y, w, s, d), p, q, before=_NONE)),
    Wrong("crops-one-side-only", _T, "it crops 2p places at the first end and none at the last",
          lambda y, w, s, p, q, d: _cropped(scattered(y, w, s, d), p, q, _twice(p), _NONE)),
    Wrong("crops-one-side-only", _T, "it crops 2p places at the last end and none at the first",
          lambda y, w, s, p, q, d: _cropped(scattered(y, w, s, d), p, q, _NONE, _twice(p))),
    Wrong("padding-ignored", _T, "it ignores the padding",
          lambda y, w, s, p, q, d: conv_transpose2d(y, w, s, _NONE, q, d)),
    Wrong("output-padding-ignored", _T, "it ignores output_padding",
          lambda y, w, s, p, q, d: conv_transpose2d(y, w, s, p, _NONE, d)),
    Wrong("output-padding-before", _T, "it adds output_padding to the size of the input",
          lambda y, w, s, p, q, d: conv_transpose2d(padded(y, _NONE, q), w, s, p, _NONE, d)),
    Wrong("output-padding-at-the-start", _T, "it adds output_padding at the first end",
          lambda y, w, s, p, q, d: padded(conv_transpose2d(y, w, s, p, _NONE, d), q, _NONE)),
    Wrong("dilation-ignored", _T, "it ignores the dilation",
          lambda y, w, s, p, q, d: conv_transpose2d(y, w, s, p, q, (1, 1))),
    Wrong("size-off-by-one", _T, "its output lacks the last row and column",
          lambda y, w, s, p, q, d: conv_transpose2d(y, w, s, p, q, d)[:, :-1, :-1]),
    Wrong("size-off-by-one", _T, "its output has a row and a column too many",
          lambda y, w, s, p, q, d: padded(conv_transpose2d(y, w, s, p, q, d), _NONE, (1, 1))),
    Wrong("kernel-flipped", _C, "it flips the kernel; a convolution here does not",
          lambda x, w, s, p, d: conv2d(x, np.flip(w, (2, 3)), s, p, d)),
    Wrong("stride-axes-swapped", _C, "it uses the row stride for columns and the reverse",
          lambda x, w, s, p, d: conv2d(x, w, s[::-1], p, d)),
    Wrong("kernel-axes-swapped", _C, "it swaps the rows and columns of the kernel",
          lambda x, w, s, p, d: conv2d(x, w.swapaxes(2, 3), s, p, d)),
    Wrong("stride-ignored", _C, "it takes stride 1 whatever the stride is",
          lambda x, w, s, p, d: conv2d(x, w, (1, 1), p, d)),
    Wrong("padding-ignored", _C, "it ignores the padding",
          lambda x, w, s, p, d: conv2d(x, w, s, _NONE, d)),
    Wrong("pads-one-side-only", _C, "it pads the first end only",
          lambda x, w, s, p, d: conv2d(padded(x, p, _NONE), w, s, _NONE, d)),
    Wrong("pads-one-side-only", _C, "it pads the last end only",
          lambda x, w, s, p, d: conv2d(padded(x, _NONE, p), w, s, _NONE, d)),
    Wrong("dilation-ignored", _C, "it ignores the dilation",
          lambda x, w, s, p, d: conv2d(x, w, s, p, (1, 1))),
    Wrong("size-off-by-one", _C, "its output lacks the last row and column",
          lambda x, w, s, p, d: conv2d(x, w, s, p, d)[:, :-1, :-1]),
    Wrong("weight-gradient-flipped", _B, "its gradient of w is flipped",
          _backward(lambda gy, gw, gb: (gy, np.flip(gw, (2, 3)), gb))),
    Wrong("bias-gradient-averaged", _B, "its gradient of the bias is the mean of g, not the sum",
          lambda g, y, w, s, p: (
              *conv_transpose2d_backward(g, y, w, s, p)[:2], g.mean((1, 2)))),
    Wrong("input-gradient-without-stride", _B, "its gradient of y ignores the stride",
          lambda g, y, w, s, p: (
              conv2d(g, w, (1, 1), p), *conv_transpose2d_backward(g, y, w, s, p)[1:])),
    Wrong("matrix-not-transposed", "conv_transpose_by_matrix", "it returns M @ y, not M.T @ y",
          lambda y, w, size, s, p: conv_matrix(w, size, s, p) @ y),
    Wrong("kernel-flipped", "conv_matrix", "it flips the kernel; a convolution here does not",
          lambda w, size, s, p: conv_matrix(w[::-1], size, s, p)),
    Wrong("size-off-by-one", "output_size", "it is one too small: s*(Y - 1) + d*(k - 1) - 2p + q",
          lambda Y, k, s, p, q, d: output_size(Y, k, s, p, q, d) - 1),
    Wrong("size-off-by-one", "output_size", "it is one too large",
          lambda Y, k, s, p, q, d: output_size(Y, k, s, p, q, d) + 1),
    Wrong("stride-ignored", "output_size", "it takes stride 1 whatever the stride is",
          lambda Y, k, s, p, q, d: output_size(Y, k, 1, p, q, d)),
    Wrong("padding-added-not-cropped", "output_size", "it adds 2p instead of subtracting it",
          lambda Y, k, s, p, q, d: output_size(Y, k, s, -p, q, d)),
    Wrong("crops-one-side-only", "output_size", "it subtracts p instead of 2p",
          lambda Y, k, s, p, q, d: output_size(Y, k, s, p, q, d) + p),
    Wrong("output-padding-ignored", "output_size", "it ignores output_padding",
          lambda Y, k, s, p, q, d: output_size(Y, k, s, p, 0, d)),
    Wrong("output-padding-before", "output_size", "it adds output_padding to the size of the input",
          lambda Y, k, s, p, q, d: output_size(Y + q, k, s, p, 0, d)),
    Wrong("dilation-ignored", "output_size", "it ignores the dilation",
          lambda Y, k, s, p, q, d: output_size(Y, k, s, p, q, 1)),
    Wrong("only-zero-to-stride", "legal_output_paddings", "it tries 0 to stride - 1 only",
          _below_stride),
    Wrong("counts-holes-as-useful", "useful_multiplications", "it counts products with holes, too",
          lambda Y, k, s: ((Y - 1) * s + 1) * k),
)  # fmt: skip
