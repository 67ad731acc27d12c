"""The way back from X to h: a generator has no inverse at hand, but its distance to an image has a
gradient in h.

For each target x, h = argmin |G(h) - x|^2: Adam goes down from several starts, drawn as latent
vectors are (Zhu et al. 2016; Lipton & Tripathi 2017). Valleys are long and flat there, so the best
of the starts goes on by steps that know the curvature (Levenberg 1944, Marquardt 1963), with the
Jacobian J of G: d = (J'J + damping)^-1 J'(x - G(h)). What G itself has drawn then comes back to the
last digits; what is left of another image is what G cannot draw.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from minigan import nn, optim
from minigan.autograd import Tensor, grad
from minigan.backend import Seed, as_generator
from minigan.functions import tensor
from minigan.models import outputs
from minigan.threads import matmul

Array = np.ndarray[Any, Any]
_LEAST = 1e-9  # damping: what float32 knows of J'J, relative to its mean eigenvalue


@dataclass(frozen=True)
class Inversion:
    """Where the search stands: of each of N targets the best of its starts."""

    number: int  # of steps made
    h: Array  # (N, latent)
    samples: Array  # (N, ...), G(h)
    residuals: Array  # (N,), the root of the mean squared difference to the target


def inversions(
    G: nn.Module,
    targets: Array,
    latent: int,
    *,
    latent_std: float = 1.0,
    steps: int = 300,
    refinements: int = 100,
    restarts: int = 8,
    lr: float = 0.1,
    generator: Seed = None,
) -> Iterator[Inversion]:
    """Search h for targets (N, ...), step by step: `steps` of Adam from `restarts` starts each,
    then `refinements`.

    The first Inversion is of the starts, so there are 1 + steps + refinements of them.
    Adam's rate falls from lr x latent_std to 0 by half a cosine. G is in evaluation mode, and no
    gradient of its weights is computed. Raises ValueError for targets that are no samples of G's
    shape, or not finite, and for numbers that are not positive.
    """
    targets = np.asarray(targets)
    if (
        min(steps, restarts, latent) < 1
        or refinements < 0
        or not (0 < lr < math.inf and 0 < latent_std < math.inf)
    ):
        given = (
            f"steps={steps}, refinements={refinements}, restarts={restarts}, latent={latent}, "
            f"lr={lr}"
        )
        raise ValueError(
            f"inversions: {given}, latent_std={latent_std} (legal: all > 0; no refinements, 0)"
        )
    if not targets.size or targets.ndim < 1 or not np.isfinite(targets).all():
        raise ValueError(
            f"inversions: targets of shape {targets.shape} (legal: at least one, all finite)"
        )
    starts = as_generator(generator).standard_normal((restarts * len(targets), latent)) * latent_std
    shape = outputs(G, starts[:1]).shape[1:]
    if shape != targets.shape[1:]:
        raise ValueError(
            f"inversions: targets of shape {targets.shape} (legal: (N, ...) of G's samples, "
            f"{shape})"
        )
    return _search(G, targets, starts, steps, refinements, lr * latent_std)


def invert(G: nn.Module, targets: Array, latent: int, **options: Any) -> Inversion:
    """The last of `inversions`, which says what the options are.

    >>> G = nn.Linear(2, 3, generator=0)
    >>> invert(G, outputs(G, np.array([[0.5, -1]])), 2, generator=1).h.round(4)
    array([[ 0.5, -1. ]])
    """
    *_, last = inversions(G, targets, latent, **options)
    return last


def recovery(h: Array, found: Array) -> Array:
    """How far found latent vectors (N, latent) are from the true ones, relative to their length:
    (N,).

    0 is the vector itself; one drawn anew would be off by sqrt(2) or so. Raises ValueError for
    other shapes, and for an h of zeros, which has no length.
    """
    if np.shape(h) != np.shape(found) or np.ndim(h) != 2:
        raise ValueError(
            f"recovery: h of shape {np.shape(h)}, found of shape {np.shape(found)} (legal: (N, "
            "latent))"
        )
    lengths = np.linalg.norm(h, axis=1)
    if not lengths.all():
        raise ValueError("recovery: a row of h is 0 (legal: vectors that have a length)")
    distances: Array = np.linalg.norm(np.subtract(found, h), axis=1) / lengths
    return distances


def _search(
    G: nn.Module, targets: Array, starts: Array, steps: int, refinements: int, lr: float
) -> Iterator[Inversion]:
    number = 0
    for number, (h, samples) in enumerate(_descent(G, targets, starts, steps, lr)):
        best = _best(number, h, samples, targets)
        yield best
    for h, samples in _refined(G, targets, best.h, best.samples, refinements):
        number += 1
        yield _best(number, h, samples, targets)


def _best(number: int, h: Array, samples: Array, targets: Array) -> Inversion:
    """Of h (RN, latent), R for each of N targets, the nearest ones."""
    squares, N = _squares(samples, targets), len(targets)
    rows = squares.reshape(-1, N).argmin(axis=0) * N + np.arange(N)  # (RN,) -> (R, N)
    return Inversion(number, h[rows], samples[rows], np.sqrt(squares[rows]))


def _descent(
    G: nn.Module, targets: Array, starts: Array, steps: int, lr: float
) -> Iterator[tuple[Array, Array]]:
    """h (RN, latent) and G(h), before each step of Adam and after the last."""
    h = _like(G, starts, requires_grad=True)
    wanted = _like(G, np.concatenate([targets] * (len(starts) // len(targets))))
    optimizer = optim.Adam([h], lr)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        with _evaluating(G):
            samples = G(h)
        yield h.numpy().astype(np.float64), samples.numpy()
        optimizer.zero_grad()
        ((samples - wanted) ** 2).flatten(1).mean(1).sum().backward(inputs=[h])
        optimizer.step()
        schedule.step()
    last = h.numpy().astype(np.float64)
    yield last, outputs(G, last)


def _refined(
    G: nn.Module, targets: Array, h: Array, samples: Array, count: int
) -> Iterator[tuple[Array, Array]]:
    """h (N, latent) and G(h) after each step of Levenberg and Marquardt; a step that leads away is
    not made.
    """
    (N, latent), damping, squares = h.shape, np.full(len(h), 1e-2), _squares(samples, targets)
    for _ in range(count):
        J = jacobian(G, h).reshape(N, -1, latent)  # (N, ..., latent) -> (N, numbers, latent)
        rest = (targets - samples).reshape(N, -1, 1)  # (N, ...) -> (N, numbers, 1)
        curvature = matmul(J.swapaxes(1, 2), J)  # (N, latent, latent)
        scale = np.maximum(np.trace(curvature, axis1=1, axis2=2) / latent, 1e-30) * damping
        move = np.linalg.solve(
            curvature + scale[:, None, None] * np.eye(latent), matmul(J.swapaxes(1, 2), rest)
        )
        tried = h + move[:, :, 0]
        there = outputs(G, tried)
        better = _squares(there, targets) < squares
        h = np.where(better[:, None], tried, h)
        samples = np.where(
            better.reshape(-1, *[1] * (samples.ndim - 1)), there, samples
        )  # (N,) -> (N, 1, ...)
        squares = _squares(samples, targets)
        damping = np.maximum(np.where(better, damping / 5, damping * 4), _LEAST)
        yield h, samples


def jacobian(G: nn.Module, h: Array) -> Array:
    """dG/dh at latent vectors (N, latent), G in evaluation mode: (N, ..., latent) in float64, one
    column at a time.

    The gradient J'u of u.G(h) is linear in u, so its gradient in u along the k-th axis is J's k-th
    column: two backward passes make a forward one.

    >>> G = nn.Linear(2, 3, generator=0)
    >>> bool((jacobian(G, np.zeros((1, 2)))[0] == G.weight.data).all())
    True
    """
    at = _like(G, h, requires_grad=True)
    with _evaluating(G):
        samples = G(at)
    u = _like(G, np.zeros(samples.shape), requires_grad=True)
    pulled: Any  # a tensor: both gradients exist
    column: Any
    (pulled,) = grad(samples, [at], grad_outputs=u, create_graph=True)
    columns = []
    for axis in np.eye(h.shape[1]):
        along = _like(G, np.broadcast_to(axis, h.shape))
        (column,) = grad(pulled, [u], grad_outputs=along, retain_graph=True)
        columns.append(column.numpy())
    return np.stack(columns, axis=-1).astype(np.float64)


def _squares(samples: Array, targets: Array) -> Array:
    """The mean squared difference of samples (RN, ...) to targets (N, ...), (RN,)."""
    pairs = samples.reshape(-1, len(targets), targets[0].size)  # (RN, ...) -> (R, N, numbers)
    squares: Array = ((pairs - targets.reshape(len(targets), -1)) ** 2).mean(
        axis=2, dtype=np.float64
    )
    return squares.ravel()


def _like(G: nn.Module, array: Array, requires_grad: bool = False) -> Tensor:
    weight = next(iter(G.parameters()))
    return tensor(array, dtype=weight.dtype, device=weight.device, requires_grad=requires_grad)


@contextmanager
def _evaluating(model: nn.Module) -> Iterator[None]:
    mode = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(mode)
