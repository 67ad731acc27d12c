"""What counts as a distribution, and as a discriminator; everything else is an error that says
why.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from minigan.theory.summands import Array, log_sigmoids


def numbers(function: str, name: str, given: ArrayLike) -> tuple[Array, float]:
    """The argument as float64, and the rounding that its own dtype may bring to a sum; TypeError if
    not real.
    """
    array = np.asarray(given)
    if array.dtype.kind not in "biufO":
        raise TypeError(f"{function}: {name} of dtype {array.dtype} must hold real numbers")
    rounding = 16 * float(np.finfo(array.dtype).eps) if array.dtype.kind == "f" else 0.0
    try:
        return array.astype(np.float64), max(1e-9, rounding)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{function}: {name} must hold real numbers ({error})") from error


def distributions(function: str, **arguments: ArrayLike) -> list[Array]:
    """The arguments as distributions: last axis outcomes, >= 0, of sum 1 (up to their rounding,
    which is divided out).

    Raises ValueError, naming function and argument, for what is negative, not finite, unnormalised
    or does not match.
    """
    checked: dict[str, Array] = {}
    for name, given in arguments.items():
        p, rounding = numbers(function, name, given)
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
    match(function, checked)
    return list(checked.values())


def discriminator(
    function: str, d: ArrayLike, logits: bool, **beside: Array
) -> tuple[Array, Array]:
    """log D and log(1 - D) of probabilities d, or of logits; a number serves all outcomes.

    Raises ValueError for a d outside [0, 1], nan, or of another number of outcomes than the
    distributions beside it.
    """
    array, _ = numbers(function, "d", d)
    if np.isnan(array).any() or not (logits or ((array >= 0) & (array <= 1)).all()):
        legal = "logits, not nan" if logits else "probabilities in [0, 1]; logits with logits=True"
        raise ValueError(f"{function}: d goes from {array.min()} to {array.max()} (legal: {legal})")
    if array.ndim:
        match(function, {"d": array, **beside})
    if logits:
        return log_sigmoids(array)
    with np.errstate(divide="ignore"):
        return np.log(array), np.log1p(-array)


def match(function: str, arrays: dict[str, Array]) -> None:
    """Raise ValueError unless the arrays have one number of outcomes, and leading axes that
    broadcast.
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


def log(p: Array) -> Array:
    """log p, -inf where p is 0."""
    with np.errstate(divide="ignore"):
        logs: Array = np.log(p)
    return logs
