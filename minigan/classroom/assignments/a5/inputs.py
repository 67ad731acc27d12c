"""Inputs of A5: drawn for a student, and small ones for finding the smallest failure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from minigan.classroom.assignments.a5.models import LN2
from minigan.classroom.drawing import Generator, between, normal
from minigan.classroom.model import Array, Inputs

FLOOR = 1e-6  # float32 inside may leave this much where the right answer is 0


def distribution(generator: Generator, n: int, zeros: tuple[int, ...] = ()) -> Array:
    """Return n probabilities that sum to 1, none of them close to 0 but those in `zeros`."""
    weights = generator.uniform(0.2, 1.0, n)
    weights[list(zeros)] = 0.0
    found: Array = weights / weights.sum()
    return found


def _pair(generator: Generator, how: str) -> tuple[Array, Array]:
    """Return two distributions; `how` says where they have zeros."""
    n = between(generator, 4, 7)
    i, j, k = (int(v) for v in generator.permutation(n)[:3])
    p_zeros, q_zeros = {
        "none": ((), ()),
        "p": ((i, j), ()),
        "q": ((), (i,)),
        "both": ((i, j), (i,)),  # and some where neither has mass
        "apart": ((i,), (k,)),
    }[how]
    return distribution(generator, n, p_zeros), distribution(generator, n, q_zeros)


def _rows(generator: Generator, *shape: int, n: int, zeros: bool) -> Array:
    """Return distributions along the last axis of an array."""
    found = np.zeros((*shape, n))
    for index in np.ndindex(shape):
        skipped = (between(generator, 0, n - 1),) if zeros else ()
        found[index] = distribution(generator, n, skipped)
    return found


def entropy(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of entropy."""
    for how in ("none", "p"):
        yield {"p": _pair(generator, how)[0]}
    yield {"p": np.eye(between(generator, 3, 5))[1]}
    yield {"p": _rows(generator, 3, n=5, zeros=True)}
    yield {"p": _rows(generator, 2, 3, n=between(generator, 4, 6), zeros=False)}


def pairs(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of kl and js."""
    for how in ("none", "p", "both", "q", "apart", "none"):
        p, q = _pair(generator, how)
        yield {"p": p, "q": q}
    p = distribution(generator, 5, (2,))
    yield {"p": p, "q": p.copy()}
    for zeros, n in ((True, 6), (False, between(generator, 4, 6))):
        shape = (3,) if zeros else (2, 3)
        p, q = (_rows(generator, *shape, n=n, zeros=zeros) for _ in range(2))
        yield {"p": p, "q": q}


def games(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of optimal_discriminator."""
    for inputs in list(pairs(generator)):
        yield {"p": inputs["p"], "g": inputs["q"]}


def proofs(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of proof."""
    for how in ("none", "p", "both", "q", "apart", "none"):
        p, g = _pair(generator, how)
        yield {"p": p, "g": g}


def _logits(generator: Generator, shape: tuple[int, ...], extreme: float) -> Array:
    found = 2 * normal(generator, *shape)
    if extreme:
        found.flat[between(generator, 0, found.size - 1)] = extreme
    return found


def d_losses(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of d_loss: ordinary logits, then some of +-1e4."""
    for a, b in ((0, 0), (0, 0), (1e4, -1e4), (-1e4, 0), (0, 1e4), (-1e4, 1e4)):
        n, m = between(generator, 3, 5), between(generator, 6, 9)
        yield {"real": _logits(generator, (n,), a), "fake": _logits(generator, (m,), b)}
    yield {"real": _logits(generator, (4, 1), 0), "fake": _logits(generator, (3, 1), 0)}


def g_losses(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of G's losses."""
    for inputs in list(d_losses(generator)):
        yield {"fake": inputs["fake"]}
        yield {"fake": -inputs["fake"]}


def parts_of_loss(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of decompose and what_is_wrong: each is at most 1e-9, or at least 0.05."""
    for g_wrong, d_wrong in ((1, 1), (1, 0), (0, 1), (0, 0), (1, 1), (1, 0), (0, 1), (1, 1)):
        jsd = float(generator.uniform(0.06, 0.65)) if g_wrong else 0.0
        regret = float(generator.uniform(0.06, 0.65)) if d_wrong else 1e-9
        yield {"loss_d": 2 * LN2 - 2 * jsd + regret, "jsd": jsd}


# -------------------------------------------------------------------- small inputs, and probes

_SMALL = ([1.0], [0.5, 0.5], [1.0, 0.0], [0.0, 1.0], [0.75, 0.25], [0.25, 0.75],
          [0.5, 0.25, 0.25], [0.5, 0.5, 0.0], [0.0, 0.5, 0.5], [0.25, 0.0, 0.75])  # fmt: skip


def small_entropy() -> Iterator[Inputs]:
    """Yield small inputs of entropy."""
    for p in _SMALL:
        yield {"p": np.array(p)}
    yield {"p": np.array([[0.5, 0.5], [0.75, 0.25]])}
    yield {"p": np.array([[[0.5, 0.5], [0.75, 0.25]], [[0.25, 0.75], [1.0, 0.0]]])}


def _small_pairs(second: str) -> Iterator[Inputs]:
    for p, q in product(_SMALL, _SMALL):
        if len(p) == len(q):
            yield {"p": np.array(p), second: np.array(q)}


def small_pairs() -> Iterator[Inputs]:
    """Yield small inputs of kl and js."""
    yield from _small_pairs("q")
    p = np.array([[0.5, 0.5], [0.75, 0.25]])
    yield {"p": p, "q": p[::-1].copy()}
    yield {"p": np.array([p, p]), "q": np.array([p[::-1], p])}


def small_games() -> Iterator[Inputs]:
    """Yield small inputs of optimal_discriminator."""
    for inputs in small_pairs():
        yield {"p": inputs["p"], "g": inputs["q"]}


def small_proofs() -> Iterator[Inputs]:
    """Yield small inputs of proof."""
    yield from _small_pairs("g")


_LOGITS = ([0.0], [1.0], [-1.0], [2.0], [1e4], [-1e4], [1.0, -1.0], [0.0, 2.0], [1.0, 2.0, -1.0],
           [1e4, 0.0], [-1e4, 1.0])  # fmt: skip


def small_g_losses() -> Iterator[Inputs]:
    """Yield small inputs of G's losses."""
    for logits in _LOGITS:
        yield {"fake": np.array(logits)}


def small_d_losses() -> Iterator[Inputs]:
    """Yield small inputs of d_loss."""
    for real, fake in sorted(product(_LOGITS, _LOGITS), key=lambda pair: sum(map(len, pair))):
        yield {"real": np.array(real), "fake": np.array(fake)}


def probe_d_losses() -> Iterator[Inputs]:
    """Yield the detector's inputs of d_loss."""
    for number, inputs in enumerate(small_d_losses()):
        if number % 2 == 0:
            yield inputs


def small_parts() -> Iterator[Inputs]:
    """Yield small inputs of decompose and what_is_wrong."""
    for jsd, regret in product((0.0, 0.1, 0.25, 0.5), (0.0, 0.1, 0.25, 0.75)):
        yield {"loss_d": 2 * LN2 - 2 * jsd + regret, "jsd": jsd}
