"""The functions of A5 with their misconceptions: each is the right function, changed by flags."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.classroom.model import Array, Flags

LN2 = float(np.log(2))

# ------------------------------------------------------------- 5.1: entropy and its relatives


def _xlog(x: Array, y: Array, **flags: Any) -> Array:
    """Return x * log(y); flags: `base2`, and `naive` (0 log 0 is nan)."""
    with np.errstate(all="ignore"):
        log = np.log2(y) if flags.get("base2") else np.log(y)
        return x * log if flags.get("naive") else np.where(x > 0, x * log, 0.0)


def entropy(p: Array, **flags: Any) -> Any:
    """Return the entropy."""
    return -_xlog(p, p, **flags).sum(axis=-1)


def kl(p: Array, q: Array, **flags: Any) -> Any:
    """Return KL(p | q), and KL(q | p) if `reverse`."""
    if flags.get("reverse"):
        p, q = q, p
    return (_xlog(p, p, **flags) - _xlog(p, q, **flags)).sum(axis=-1)


def js(p: Array, q: Array, **flags: Any) -> Any:
    """Return JSD; flags: `double`, and `mixture` ("kl", "entropy": m = p + q in that formula)."""
    mixture = flags.get("mixture")
    m = p + q if mixture else (p + q) / 2
    if mixture == "entropy":
        found = entropy(m, **flags) - (entropy(p, **flags) + entropy(q, **flags)) / 2
    else:
        found = (kl(p, m, **flags) + kl(q, m, **flags)) / 2
    return found * (2 if flags.get("double") else 1)


_LOGS: dict[str, list[Flags]] = {
    "log-base-2": [{"base2": True}],
    "zero-log-zero-is-nan": [{"naive": True}],
}
ENTROPY: dict[str, list[Flags]] = _LOGS
KL: dict[str, list[Flags]] = {**_LOGS, "kl-reversed": [{"reverse": True}]}
JS: dict[str, list[Flags]] = {
    **KL,
    "js-doubled": [{"double": True}],
    "mixture-not-halved": [{"mixture": "kl"}, {"mixture": "entropy"}],
}

# ------------------------------------------------------------------------------------- 5.2: D*


def d_star(p: Array, g: Array, **flags: Any) -> Any:
    """Return D*; flags: `model` (g in the numerator), `naive` (0 / 0 is nan)."""
    top = g if flags.get("model") else p
    with np.errstate(all="ignore"):
        found = top / (p + g)
    return found if flags.get("naive") else np.where(p + g > 0, found, 0.5)


D_STAR: dict[str, list[Flags]] = {
    "d-star-of-the-model": [{"model": True}],
    "no-mass-is-nan": [{"naive": True}],
}

# --------------------------------------------------------------------------------- 5.3: the proof


def _value(D: Array, p: Array, g: Array, **flags: Any) -> Any:
    return (_xlog(p, D, **flags) + _xlog(g, 1 - D, **flags)).sum()


def proof(p: Array, g: Array, **flags: Any) -> list[tuple[Any, Any]]:
    """Return the six pairs; flags are those above, and `once` (pairs with JSD for 2 JSD).

    `constant` is what stands for 2 ln 2. `nan_in` names the sums that are naive.
    """

    def of(name: str) -> dict[str, Any]:
        return {**flags, "naive": True} if name in flags.get("nan_in", ()) else flags

    two = flags.get("constant", 2 * LN2)
    m = p + g if flags.get("mixture") else (p + g) / 2
    best = _value(d_star(p, g, **of("D")), p, g, **of("V"))
    half = _value(np.full(p.shape, 0.5), p, g, **flags)
    s = p + g
    ratio = (_xlog(p, p, **of("ratio")) - _xlog(p, s, **of("ratio"))).sum()
    ratio += (_xlog(g, g, **of("ratio")) - _xlog(g, s, **of("ratio"))).sum()
    both = kl(p, m, **flags) + kl(g, m, **flags)
    cross = -(_xlog(p, m, **flags) + _xlog(g, m, **flags)).sum()
    cross = cross - entropy(p, **of("cross")) - entropy(g, **of("cross"))
    mixed = entropy(m, **flags) - (entropy(p, **flags) + entropy(g, **flags)) / 2
    divergence, once = js(p, g, **flags), flags.get("once", ())
    fifth, sixth = (divergence if n in once else 2 * divergence for n in (5, 6))
    return [(best, ratio), (ratio, both - two), (both, cross), (mixed, divergence),
            (best, fifth - two), (best - half, sixth)]  # fmt: skip


PROOF: dict[str, list[Flags]] = {
    "js-for-twice-js": [{"once": (5, 6)}, {"once": (5,)}, {"once": (6,)}],
    "js-doubled": [{"double": True}],
    "log-base-2": [{"base2": True}, {"base2": True, "constant": 2.0}],
    "zero-log-zero-is-nan": [
        {"naive": True},
        *({"nan_in": ("V", *more)} for more in ((), ("ratio",), ("ratio", "cross"))),
        *({"nan_in": ("D", "V", *more)} for more in ((), ("ratio",), ("ratio", "cross"))),
        {"nan_in": ("ratio",)},
    ],
    "kl-reversed": [{"reverse": True}],
    "mixture-not-halved": [{"mixture": "kl"}, {"mixture": "entropy"}],
    "d-star-of-the-model": [{"model": True}],
}

# -------------------------------------------------------------------------------- 5.4: the losses


def _softplus(x: Array, naive: Any = None) -> Any:
    """Return ln(1 + e^x); naive: "plain", "ratio", "exp", or a number below which it is cut."""
    if naive is None:
        return np.logaddexp(0.0, x)
    if naive == "exp":
        return np.log(1 + np.exp(x))
    if naive == "ratio":
        return -np.log(1 - np.exp(x) / (1 + np.exp(x)))
    below = 1 / (1 + np.exp(x))  # 1 - sigmoid(x)
    return -np.log(below) if naive == "plain" else -np.log(np.maximum(below, naive))


def _mean(x: Array, flags: Flags) -> Any:
    return x.sum() if flags.get("sum") else x.mean()


def d_loss(real: Array, fake: Array, **flags: Any) -> Any:
    """Return D's loss; flags: `naive`, `sum`, `labels` (swapped)."""
    real, fake = (-real, -fake) if flags.get("labels") else (real, fake)
    first, second = _softplus(-real, flags.get("naive")), _softplus(fake, flags.get("naive"))
    return _mean(first, flags) + _mean(second, flags)


def g_minimax(fake: Array, **flags: Any) -> Any:
    """Return G's minimax loss; flags: `naive`, `sum`, `sign`."""
    found = _mean(_softplus(fake, flags.get("naive")), flags)
    return found if flags.get("sign") else -found


def g_non_saturating(fake: Array, **flags: Any) -> Any:
    """Return G's other loss; flags: `naive`, `sum`."""
    return _mean(_softplus(-fake, flags.get("naive")), flags)


_ADDED = (1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16, 1e-20, 1e-30, 1e-100, 1e-300)
_LOSSES: dict[str, list[Flags]] = {
    "sigmoid-then-log": [
        *({"naive": way} for way in ("plain", "exp", "ratio")),
        *({"naive": number} for number in _ADDED),
        {"naive": 2.0**-52}, {"naive": 2.0**-23},
    ],
    "sum-for-mean": [{"sum": True}],
}  # fmt: skip
D_LOSS: dict[str, list[Flags]] = {**_LOSSES, "labels-swapped": [{"labels": True}]}
G_MINIMAX: dict[str, list[Flags]] = {**_LOSSES, "sign-of-g": [{"sign": True}]}
G_NON_SATURATING: dict[str, list[Flags]] = _LOSSES

# ----------------------------------------------------------------- 5.5: two parts of a loss


def decompose(loss_d: float, jsd: float, **flags: Any) -> Any:
    """Return the regret; flags: `once` (JSD for 2 JSD), `constant` (2 for 2 ln 2), `double`."""
    times = 1 if flags.get("once") else 4 if flags.get("double") else 2
    return loss_d - flags.get("constant", 2 * LN2) + times * jsd


def what_is_wrong(loss_d: float, jsd: float, **flags: Any) -> str:
    """Return who is wrong."""
    g, d = jsd > 1e-3, decompose(loss_d, jsd, **flags) > 1e-3
    return "both" if g and d else "G" if g else "D" if d else "neither"


DECOMPOSE: dict[str, list[Flags]] = {
    "js-for-twice-js": [{"once": True}],
    "js-doubled": [{"double": True}],
    "log-base-2": [{"constant": 2.0}],
}
