"""Argument checks of `theory`: what is a distribution, and what is a discriminator.

Each function returns the checked arrays, or raises an error that names function and argument.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from minigan.theory.summands import Array, log_sigmoids


def numbers(function: str, name: str, value: ArrayLike) -> tuple[Array, float]:
    """Return the argument as float64, and the rounding error that its dtype allows in a sum.

    Raises TypeError if it does not hold real numbers.

    >>> numbers("kl", "p", [0, 1])
    (array([0., 1.]), 1e-09)
    """
    array = np.asarray(value)
    if array.dtype.kind not in "biufO":
        raise TypeError(f"{function}: {name} of dtype {array.dtype} must hold real numbers")
    rounding = 16 * float(np.finfo(array.dtype).eps) if array.dtype.kind == "f" else 0.0
    try:
        return array.astype(np.float64), max(1e-9, rounding)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{function}: {name} must hold real numbers ({error})") from error


def probabilities(function: str, **arguments: ArrayLike) -> list[Array]:
    """Return the arguments as probabilities (..., K) of K outcomes, each divided by its sum.

    Raises ValueError for an argument that is negative, not finite, or has a sum other than 1 (up to
    rounding), and if the numbers of outcomes differ.

    >>> probabilities("kl", p=[0.5, 0.5])
    [array([0.5, 0.5])]
    """
    checked: dict[str, Array] = {}
    for name, value in arguments.items():
        p, rounding = numbers(function, name, value)
        if p.ndim == 0:
            raise ValueError(
                f"{function}: {name}={p} is a number (legal: an array, outcomes along its last "
                "axis)"
            )
        if not (p >= 0).all():
            raise ValueError(f"{function}: {name} holds {p.min()} (legal: probabilities >= 0)")
        sums = p.sum(axis=-1, keepdims=True)
        off = abs(sums - 1).max(initial=0.0)
        if not off <= rounding:
            worst = sums.flat[int(abs(sums - 1).argmax())]
            raise ValueError(
                f"{function}: {name} sums to {worst} along the last axis (legal: 1, up to "
                f"{rounding:.0e})"
            )
        checked[name] = p / sums
    require_match(function, checked)
    return list(checked.values())


def log_discriminator(
    function: str, d: ArrayLike, logits: bool, **distributions: Array
) -> tuple[Array, Array]:
    """Return log D and log(1 - D) of probabilities d, or of logits; one number serves all outcomes.

    Raises ValueError if d is outside [0, 1] or nan, and if it has another number of outcomes than
    the distributions.

    >>> log_discriminator("value", 0.5, logits=False)[0].round(6)
    np.float64(-0.693147)
    """
    array, _ = numbers(function, "d", d)
    if np.isnan(array).any() or not (logits or ((array >= 0) & (array <= 1)).all()):
        legal = "logits, not nan" if logits else "probabilities in [0, 1]; logits with logits=True"
        raise ValueError(f"{function}: d goes from {array.min()} to {array.max()} (legal: {legal})")
    if array.ndim:
        require_match(function, {"d": array, **distributions})
    if logits:
        return log_sigmoids(array)
    with np.errstate(divide="ignore"):
        return np.log(array), np.log1p(-array)


def require_match(function: str, arrays: dict[str, Array]) -> None:
    """Raise ValueError unless the last axes are equal and the leading axes broadcast.

    >>> require_match("kl", {"p": np.zeros((5, 1, 3)), "q": np.zeros((4, 3))})
    """
    shapes = {name: array.shape for name, array in arrays.items()}
    try:
        np.broadcast_shapes(*(shape[:-1] for shape in shapes.values()))
        if len({shape[-1] for shape in shapes.values()}) == 1:
            return
    except ValueError:
        pass
    listed = " and ".join(f"{name} of shape {shape}" for name, shape in shapes.items())
    raise ValueError(
        f"{function}: {listed} do not match (legal: as many outcomes, leading axes that broadcast)"
    )
