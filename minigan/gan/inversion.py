"""Inversion of a generator: for each target x, find h = argmin |G(h) - x|^2.

A generator has no explicit inverse, but the distance has a gradient in h. Adam descends from
several random starts (Zhu et al. 2016; Lipton & Tripathi 2017). Near the minimum the surface is
flat in some directions and steep in others, so the best start of each target is refined by steps
that use the curvature (Levenberg 1944, Marquardt 1963): with the Jacobian J of G, the step is
(J'J + damping)^-1 J'(x - G(h)). For a sample of G itself, h is found up to rounding. For another
image the remaining difference is what G cannot draw.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from minigan import nn, optim
from minigan.autograd import Tensor, grad
from minigan.backend import Seed, as_generator
from minigan.functions import tensor
from minigan.models import evaluating, outputs
from minigan.threads import matmul

Array = np.ndarray[Any, Any]
_LEAST = 1e-9  # damping: the rounding of J'J in float32, relative to its mean eigenvalue


@dataclass(frozen=True)
class Inversion:
    """The state of a search after `number` steps: for each of N targets the best of its starts.

    `h` is (N, latent), `samples` = G(h) is (N, ...), and `residuals` (N,) are the roots of the mean
    squared differences from the targets.
    """

    number: int
    h: Array
    samples: Array
    residuals: Array


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
    """Return a search of h for targets (N, ...), as an iterator over its states.

    There are `steps` of Adam from `restarts` starts for each target, then `refinements`. The first
    state is that of the starts, so there are 1 + steps + refinements. Adam's learning rate falls
    from lr x latent_std to 0 by half a cosine. G is in evaluation mode, and its weights receive no
    gradient. Raises ValueError if targets are not finite or not of the shape of G's samples, and
    for numbers that are not positive.

    >>> G = nn.Linear(2, 3, generator=0)
    >>> search = inversions(G, np.zeros((1, 3)), 2, steps=4, refinements=2, generator=1)
    >>> [state.number for state in search]
    [0, 1, 2, 3, 4, 5, 6]
    """
    targets = np.asarray(targets)
    if (
        min(steps, restarts, latent) < 1
        or refinements < 0
        or not (0 < lr < math.inf and 0 < latent_std < math.inf)
    ):
        raise ValueError(
            f"inversions: steps={steps}, refinements={refinements}, restarts={restarts}, "
            f"latent={latent}, lr={lr}, latent_std={latent_std} (legal: refinements >= 0, all "
            "others > 0)"
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
    """Return the last state of `inversions`, which has the same options and errors.

    >>> G = nn.Linear(2, 3, generator=0)
    >>> invert(G, outputs(G, np.array([[0.5, -1]])), 2, generator=1).h.round(4)
    array([[ 0.5, -1. ]])
    """
    *_, last = inversions(G, targets, latent, **options)
    return last


def recovery(h: Array, found: Array) -> Array:
    """Return |found - h| / |h| (N,) for latent vectors h and found (N, latent).

    It is 0 for the same vector, and about sqrt(2) for an independent one. Raises ValueError for
    other shapes, and if a row of h is 0.

    >>> recovery(np.array([[3.0, 4]]), np.array([[3.0, 5]]))
    array([0.2])
    """
    if np.shape(h) != np.shape(found) or np.ndim(h) != 2:
        raise ValueError(
            f"recovery: h of shape {np.shape(h)}, found of shape {np.shape(found)} (legal: (N, "
            "latent))"
        )
    lengths = np.linalg.norm(h, axis=1)
    if not lengths.all():
        raise ValueError("recovery: a row of h is 0 (legal: vectors of length > 0)")
    distances: Array = np.linalg.norm(np.subtract(found, h), axis=1) / lengths
    return distances


def _search(
    G: nn.Module, targets: Array, starts: Array, steps: int, refinements: int, lr: float
) -> Iterator[Inversion]:
    """Yield the states of the search: those of Adam, then those of the refinement."""
    number = 0
    for number, (h, samples) in enumerate(_descent(G, targets, starts, steps, lr)):
        best = _best(number, h, samples, targets)
        yield best
    for h, samples in _refined(G, targets, best.h, best.samples, refinements):
        number += 1
        yield _best(number, h, samples, targets)


def _best(number: int, h: Array, samples: Array, targets: Array) -> Inversion:
    """Return the state with the best of h (RN, latent), R starts for each of N targets."""
    squares, N = _squares(samples, targets), len(targets)
    rows = squares.reshape(-1, N).argmin(axis=0) * N + np.arange(N)  # (RN,) -> (R, N)
    return Inversion(number, h[rows], samples[rows], np.sqrt(squares[rows]))


def _descent(
    G: nn.Module, targets: Array, starts: Array, steps: int, lr: float
) -> Iterator[tuple[Array, Array]]:
    """Yield h (RN, latent) and G(h), before each step of Adam and after the last one."""
    h = _like(G, starts, requires_grad=True)
    wanted = _like(G, np.concatenate([targets] * (len(starts) // len(targets))))
    optimizer = optim.Adam([h], lr)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        with evaluating(G):
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
    """Yield h (N, latent) and G(h) after each Levenberg-Marquardt step.

    If a step increases the distance of a target, its h stays and its damping grows.
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
        new_h = h + move[:, :, 0]
        new_samples = outputs(G, new_h)
        better = _squares(new_samples, targets) < squares
        h = np.where(better[:, None], new_h, h)
        per_sample = better.reshape(-1, *[1] * (samples.ndim - 1))  # (N,) -> (N, 1, ...)
        samples = np.where(per_sample, new_samples, samples)
        squares = _squares(samples, targets)
        damping = np.maximum(np.where(better, damping / 5, damping * 4), _LEAST)
        yield h, samples


def jacobian(G: nn.Module, h: Array) -> Array:
    """Return dG/dh (N, ..., latent) in float64 at latent vectors h (N, latent), column by column.

    G is in evaluation mode. The gradient of u.G(h) with respect to h is J'u, which is linear in u.
    Its gradient with respect to u, for the k-th unit vector as cotangent, is the k-th column of J:
    two backward passes give a forward derivative.

    >>> G = nn.Linear(2, 3, generator=0)
    >>> bool((jacobian(G, np.zeros((1, 2)))[0] == G.weight.data).all())
    True
    """
    at = _like(G, h, requires_grad=True)
    with evaluating(G):
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
    """Return the mean squared differences (RN,) of samples (RN, ...) from targets (N, ...)."""
    pairs = samples.reshape(-1, len(targets), targets[0].size)  # (RN, ...) -> (R, N, numbers)
    squares: Array = ((pairs - targets.reshape(len(targets), -1)) ** 2).mean(
        axis=2, dtype=np.float64
    )
    return squares.ravel()


def _like(G: nn.Module, array: Array, requires_grad: bool = False) -> Tensor:
    """Return the array as a tensor of G's dtype, on G's device."""
    weight = next(iter(G.parameters()))
    return tensor(array, dtype=weight.dtype, device=weight.device, requires_grad=requires_grad)
