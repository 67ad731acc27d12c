"""Interpolation between latent vectors: along a line (lerp), or along a sphere (slerp).

Vectors of N(0, I) in many dimensions lie near a sphere; a line between two of them leaves it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

Array = np.ndarray[Any, Any]


def lerp(a: ArrayLike, b: ArrayLike, t: ArrayLike) -> Array:
    """Return (1 - t) a + t b of latent vectors (..., D).

    The result is (..., D) for a number t, and (T, ..., D) for t (T,). Halfway between two vectors
    of N(0, I) the length is about sqrt(2) times too small. Raises ValueError for vectors of
    different shapes.

    >>> lerp([1, 0], [0, 1], 0.5)
    array([0.5, 0.5])
    """
    u, v, s = _checked("lerp", a, b, t)
    between: Array = (1 - s) * u + s * v
    return between


def slerp(a: ArrayLike, b: ArrayLike, t: ArrayLike) -> Array:
    """Return (sin((1 - t) w) a + sin(t w) b) / sin w, with w the angle between a and b (..., D).

    The shapes are those of `lerp`. Between vectors of equal length all results have that length
    (Shoemake 1985; White 2016). Raises ValueError as `lerp` does, for a vector of zeros, and for
    vectors in opposite directions, between which there is no unique arc.

    >>> slerp([1, 0], [0, 1], [0, 0.5]).round(3)
    array([[1.   , 0.   ],
           [0.707, 0.707]])
    """
    u, v, s = _checked("slerp", a, b, t)
    lengths = [np.linalg.norm(w, axis=-1, keepdims=True) for w in (u, v)]
    if not all(length.all() for length in lengths):
        raise ValueError("slerp: a or b is 0 (legal: vectors of length > 0)")
    first, second = u / lengths[0], v / lengths[1]
    difference, sum_ = (
        np.linalg.norm(w, axis=-1, keepdims=True) for w in (first - second, first + second)
    )
    if (sum_ < 1e-7).any():
        raise ValueError("slerp: a and b point in opposite directions (legal: any others)")
    angle = 2 * np.arctan2(difference, sum_)  # exact also where the cosine rounds to 1
    weight_a, weight_b = (
        part * np.sinc(part * angle / np.pi) / np.sinc(angle / np.pi) for part in (1 - s, s)
    )
    between: Array = weight_a * u + weight_b * v
    return between


def _checked(function: str, a: ArrayLike, b: ArrayLike, t: ArrayLike) -> tuple[Array, Array, Array]:
    """Return the vectors and t as floats, t with one more axis for each axis of the vectors."""
    u, v, s = np.asarray(a), np.asarray(b), np.asarray(t, np.float64)
    if u.shape != v.shape or u.ndim < 1 or u.size == 0 or s.ndim > 1 or not np.isfinite(s).all():
        raise ValueError(
            f"{function}: a of shape {u.shape}, b of shape {v.shape}, t={s.tolist()} "
            "(legal: a and b (..., D), t a finite number or (T,))"
        )
    dtype = np.result_type(u, v, np.float32)
    s = s.reshape(s.shape + (1,) * u.ndim) if s.ndim else s  # (T,) -> (T, 1, ..., 1)
    return u.astype(dtype), v.astype(dtype), s.astype(dtype)
