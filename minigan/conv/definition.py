"""The definition: a convolution is an einsum with an indicator tensor S per axis; the oracle of all
the others.

    T(x, w, y) = sum S[o,i,h] ... x[n,c,h,..] w[k,c,i,..] y[n,k,o,..],  S = 1 where stride*o +
    dilation*i - padding = h

One trilinear form, three faces: each leaves one of x, w, y out of the sum.
"""

from __future__ import annotations

from itertools import pairwise
from math import prod
from typing import Any

from minigan.backend import Array, namespace
from minigan.geometry import Axis, Geometry
from minigan.threads import one_blas_thread


def conv(x: Array, w: Array, geometry: Geometry) -> Array:
    """y[n,k,o,..] = sum S[o,i,h] ... x[n,c,h,..] w[k,c,i,..]."""
    return _contract("y", "x", x, "w", w, geometry)


def conv_transpose(y: Array, w: Array, geometry: Geometry) -> Array:
    """x[n,c,h,..] = sum S[o,i,h] ... y[n,k,o,..] w[k,c,i,..]."""
    return _contract("x", "y", y, "w", w, geometry)


def conv_weight(x: Array, y: Array, geometry: Geometry) -> Array:
    """w[k,c,i,..] = sum S[o,i,h] ... x[n,c,h,..] y[n,k,o,..]."""
    return _contract("w", "x", x, "y", y, geometry)


def indicator(axis: Axis, xp: Any, dtype: Any) -> Array:
    """S of shape (y, taps, x): 1 where tap i sees position h from position o."""
    o, i, h = (xp.arange(size) for size in (axis.Y, axis.taps, axis.X))
    return (axis.position(o[:, None, None], i[None, :, None]) == h).astype(dtype)


def multiplications(face: str, geometry: Geometry, N: int, C: int, K: int) -> int:
    """Those with S, axis by axis, and those with the last array."""
    size, other = _sizes(face, geometry, N, C, K), C if face == "conv_transpose" else K
    summed = geometry.Y if face == "conv_transpose" else geometry.X
    return (
        sum(a * b for a, b in zip(size[1:], summed, strict=True))
        + size[-1] * other // geometry.groups
    )


def memory(face: str, geometry: Geometry, N: int, C: int, K: int, itemsize: int) -> int:
    """The S, and an array before and after a contraction; what einsum copies for itself comes on
    top.
    """
    size, w = _sizes(face, geometry, N, C, K), K * C // geometry.groups * prod(geometry.taps)
    result = {
        "conv": N * K * prod(geometry.Y),
        "conv_transpose": N * C * prod(geometry.X),
        "conv_weight": w,
    }[face]
    S = sum(axis.Y * axis.taps * axis.X for axis in geometry.axes)
    return itemsize * (S + max(a + b for a, b in pairwise([*size, result])))


def _sizes(face: str, geometry: Geometry, N: int, C: int, K: int) -> list[int]:
    """How large x (or y, for conv_transpose) is before it meets the first S, and after each."""
    sizes = [N * K * prod(geometry.Y) if face == "conv_transpose" else N * C * prod(geometry.X)]
    for axis in geometry.axes:
        old, new = (axis.Y, axis.X) if face == "conv_transpose" else (axis.X, axis.Y)
        sizes.append(sizes[-1] // old * axis.taps * new)
    return sizes


_LETTERS = {"x": ("ngc", "huv"), "w": ("gkc", "ijl"), "y": ("ngk", "opq")}
_GROUPED = {"x": 1, "w": 0, "y": 1}  # the axis that is split into groups


def _contract(
    wanted: str, first: str, a: Array, second: str, b: Array, geometry: Geometry
) -> Array:
    """The einsum of a, b and the indicators: a meets them axis by axis, then b."""
    D, xp = len(geometry.axes), namespace(a, b)
    S = [indicator(axis, xp, xp.result_type(a, b)) for axis in geometry.axes]
    letters = {name: channels + space[:D] for name, (channels, space) in _LETTERS.items()}
    spaces = ("".join(space[n] for space in ("opq", "ijl", "huv")) for n in range(D))
    terms = ",".join([letters[second], letters[first], *spaces]) + "->" + letters[wanted]
    path = ["einsum_path", *[(1, 2)] * D, (0, 1)]
    with one_blas_thread:
        y = xp.einsum(
            terms, _split(second, b, geometry), _split(first, a, geometry), *S, optimize=path
        )
    axis = _GROUPED[wanted]
    return y.reshape(
        *y.shape[:axis], y.shape[axis] * y.shape[axis + 1], *y.shape[axis + 2 :]
    )  # (.., G, C/G, ..)


def _split(name: str, a: Array, geometry: Geometry) -> Array:
    """(.., C, ..) -> (.., G, C/G, ..): groups become an axis of their own."""
    axis = _GROUPED[name]
    return a.reshape(
        *a.shape[:axis], geometry.groups, a.shape[axis] // geometry.groups, *a.shape[axis + 1 :]
    )
