"""Between two latent vectors: straight through the inside of the sphere, or along its surface where
h is drawn.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

Array = np.ndarray[Any, Any]


def lerp(a: ArrayLike, b: ArrayLike, t: ArrayLike) -> Array:
    """(1 - t) a + t b of latent vectors (..., D): (..., D) for a number t, (T, ..., D) for T of
    them.

    Halfway between two vectors of N(0, 1) the length is sqrt(2) too short for N(0, 1). Raises
    ValueError for vectors of different sizes.

    >>> lerp([1, 0], [0, 1], 0.5)
    array([0.5, 0.5])
    """
    u, v, share = _checked("lerp", a, b, t)
    between: Array = (1 - share) * u + share * v
    return between


def slerp(a: ArrayLike, b: ArrayLike, t: ArrayLike) -> Array:
    """(sin((1 - t) w) a + sin(t w) b) / sin w, w the angle between latent vectors (..., D): shapes
    as in `lerp`.

    Vectors of equal length keep it on the way (Shoemake 1985; White 2016). Raises ValueError as
    `lerp`, and where there is no one arc: for a vector of zeros, or two that point in opposite
    directions.

    >>> slerp([1, 0], [0, 1], [0, 0.5]).round(3)
    array([[1.   , 0.   ],
           [0.707, 0.707]])
    """
    u, v, share = _checked("slerp", a, b, t)
    lengths = [np.linalg.norm(w, axis=-1, keepdims=True) for w in (u, v)]
    if not all(length.all() for length in lengths):
        raise ValueError("slerp: a or b is 0 (legal: vectors that have a direction)")
    first, second = u / lengths[0], v / lengths[1]
    apart, together = (
        np.linalg.norm(w, axis=-1, keepdims=True) for w in (first - second, first + second)
    )
    if (together < 1e-7).any():
        raise ValueError("slerp: a and b point in opposite directions (legal: any others)")
    angle = 2 * np.arctan2(apart, together)  # exact also where the cosine rounds to 1
    toward_a, toward_b = (
        part * np.sinc(part * angle / np.pi) / np.sinc(angle / np.pi) for part in (1 - share, share)
    )
    between: Array = toward_a * u + toward_b * v
    return between


def _checked(function: str, a: ArrayLike, b: ArrayLike, t: ArrayLike) -> tuple[Array, Array, Array]:
    """The vectors as floats, and t with an axis of its own for each of theirs."""
    u, v, share = np.asarray(a), np.asarray(b), np.asarray(t, np.float64)
    if (
        u.shape != v.shape
        or u.ndim < 1
        or u.size == 0
        or share.ndim > 1
        or not np.isfinite(share).all()
    ):
        raise ValueError(
            f"{function}: a of shape {u.shape}, b of shape {v.shape}, t={share.tolist()} "
            "(legal: a and b (..., D), t a finite number or (T,))"
        )
    dtype = np.result_type(u, v, np.float32)
    share = (
        share.reshape(share.shape + (1,) * u.ndim) if share.ndim else share
    )  # (T,) -> (T, 1, ..., 1)
    return u.astype(dtype), v.astype(dtype), share.astype(dtype)
