"""Inversion of a generator: for each target x, find h = argmin |G(h) - x|^2.

A generator has no explicit inverse, but the distance has a gradient in h. Adam descends from
several starts (Zhu et al. 2016; Lipton & Tripathi 2017): a linear estimate of h, and random points
around it. Near the minimum the surface is flat in some directions and steep in others, so the best
start of each target is refined by steps that use the curvature (Levenberg 1944, Marquardt 1963):
with the Jacobian J of G, the step is (J'J + damping)^-1 J'(x - G(h)). If G ends with tanh, all but
the second half of these steps measure distances before tanh, where few local minima are.

The search may end in a local minimum. So a large remaining difference shows that G cannot draw a
target only if the same search finds the h of G's own samples.
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
from minigan.gan.latent_starts import BeforeTanh, linear_estimate
from minigan.models import evaluating, outputs
from minigan.threads import matmul

Array = np.ndarray[Any, Any]
_LEAST = 1e-9  # damping: the rounding of J'J in float32, relative to its mean eigenvalue
_AROUND = 0.5  # the standard deviation of the starts around the estimate, over that of h


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
    rounding: float | None = None,
    generator: Seed = None,
) -> Iterator[Inversion]:
    """Return a search of h for targets (N, ...), as an iterator over its states.

    There are `steps` of Adam from `restarts` starts for each target, then `refinements`. The first
    state is that of the starts, so there are 1 + steps + refinements. Adam's learning rate falls
    from lr x latent_std to 0 by half a cosine. G is in evaluation mode, and its weights receive no
    gradient. `rounding` is for a G that ends with tanh: the largest rounding error of the targets,
    0 for samples of G, 1/255 for pictures of bytes. Then Adam and the first half of the refinements
    measure distances before tanh; the last half measures them in x, as `residuals` does. By default
    all distances are in x. Raises ValueError if targets are not finite or not of the shape of G's
    samples, for numbers that are not positive, and with `rounding` for targets outside [-1, 1].

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
    rng = as_generator(generator)
    shape = outputs(G, np.zeros((1, latent))).shape[1:]
    if shape != targets.shape[1:]:
        raise ValueError(
            f"inversions: targets of shape {targets.shape} (legal: (N, ...) of G's samples, "
            f"{shape})"
        )
    if rounding is not None and not (0 <= rounding < 1 and np.abs(targets).max() <= 1):
        raise ValueError(
            f"inversions: rounding={rounding} with targets up to {np.abs(targets).max():.4g} "
            "(legal: a rounding in [0, 1) and targets in [-1, 1], or rounding=None)"
        )
    scaled = G if rounding is None else BeforeTanh(G, rounding)
    estimate = linear_estimate(scaled, _scaled(scaled, targets), latent, latent_std, rng)
    others = rng.standard_normal((restarts - 1, *estimate.shape)) * _AROUND * latent_std
    starts = np.concatenate([estimate[None], estimate + others]).reshape(-1, latent)  # (RN, latent)
    return _search(G, targets, scaled, starts, steps, refinements, lr * latent_std)


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
    G: nn.Module,
    targets: Array,
    scaled: nn.Module,
    starts: Array,
    steps: int,
    refinements: int,
    lr: float,
) -> Iterator[Inversion]:
    """Yield the states of the search: those of Adam, then those of the refinement.

    `scaled` is G, or G before its tanh. Adam and half of the refinements use it.
    """
    wanted, half = _scaled(scaled, targets), 0 if scaled is G else refinements // 2
    number = -1
    for state in _descent(scaled, wanted, starts, steps, lr):
        number += 1
        found = _best(*state, wanted)
        yield _state(number, found[0], _restored(scaled, found[1]), targets)
    for h, values in _refined(scaled, wanted, *found, half):
        number, found = number + 1, (h, values)
        yield _state(number, h, _restored(scaled, values), targets)
    last = found[0]
    samples = found[1] if scaled is G else outputs(G, last)
    for h, drawn in _refined(G, targets, last, samples, refinements - half):
        number += 1
        yield _state(number, h, drawn, targets)


def _scaled(scaled: nn.Module, samples: Array) -> Array:
    """Return samples of G in the scale of `scaled`."""
    return scaled.values(samples) if isinstance(scaled, BeforeTanh) else samples


def _restored(scaled: nn.Module, values: Array) -> Array:
    """Return the samples of G with these values in the scale of `scaled`."""
    return scaled.samples(values) if isinstance(scaled, BeforeTanh) else values


def _best(h: Array, samples: Array, targets: Array) -> tuple[Array, Array]:
    """Return the best of h (RN, latent), R for each of N targets, and its samples."""
    N = len(targets)
    rows = _squares(samples, targets).reshape(-1, N).argmin(axis=0) * N + np.arange(N)
    return h[rows], samples[rows]  # (RN,) -> (R, N) -> (N,)


def _state(number: int, h: Array, samples: Array, targets: Array) -> Inversion:
    """Return the state with h (N, latent) and G(h), one for each target."""
    return Inversion(number, h, samples, np.sqrt(_squares(samples, targets)))


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
    >>> bool((jacobian(G, np.zeros((1, 2)))[0] == G.weight.numpy()).all())
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
