# assignment: A5
"""The reference solution of A5: what a student could hand in."""

import numpy as np

# 5.1


def xlog(x, y):
    """Return x * ln(y), and 0 where x = 0; -inf where x > 0 = y."""
    with np.errstate(divide="ignore"):
        return np.where(x > 0, x * np.log(np.where(x > 0, y, 1.0)), 0.0)


def entropy(p):
    """Return the entropy of p along the last axis."""
    return -xlog(p, p).sum(axis=-1)


def kl(p, q):
    """Return KL(p | q) along the last axis; inf where p > 0 = q."""
    return (xlog(p, p) - xlog(p, q)).sum(axis=-1)


def js(p, q):
    """Return the Jensen-Shannon divergence of p and q along the last axis."""
    m = (p + q) / 2
    return (kl(p, m) + kl(q, m)) / 2


# 5.2


def optimal_discriminator(p, g):
    """Return D* = p / (p + g), and 1/2 where neither has mass."""
    total = p + g
    return np.where(total > 0, p / np.where(total > 0, total, 1.0), 0.5)


# 5.3


def value(D, p, g):
    """Return V(D, G) = sum p ln D + g ln(1 - D)."""
    return (xlog(p, D) + xlog(g, 1 - D)).sum()


def proof(p, g):
    """Return the six (left, right) pairs of the proof."""
    m, two = (p + g) / 2, 2 * np.log(2)
    best = value(optimal_discriminator(p, g), p, g)
    half = value(np.full(p.shape, 0.5), p, g)
    ratio = (xlog(p, p) - xlog(p, p + g) + xlog(g, g) - xlog(g, p + g)).sum()
    two_kl = kl(p, m) + kl(g, m)
    cross = -xlog(p, m).sum() - entropy(p) - xlog(g, m).sum() - entropy(g)
    return [
        (best, ratio),
        (ratio, two_kl - two),
        (two_kl, cross),
        (entropy(m) - (entropy(p) + entropy(g)) / 2, js(p, g)),
        (best, 2 * js(p, g) - two),
        (best - half, 2 * js(p, g)),
    ]


# 5.4


def softplus(x):
    """Return ln(1 + e^x), without overflow."""
    return np.logaddexp(0.0, x)


def d_loss(real, fake):
    """Return D's loss from logits."""
    return np.mean(softplus(-real)) + np.mean(softplus(fake))


def g_loss_minimax(fake):
    """Return G's loss in the minimax game."""
    return -np.mean(softplus(fake))


def g_loss_non_saturating(fake):
    """Return G's loss that does not saturate."""
    return np.mean(softplus(-fake))


# 5.5


def decompose(loss_d, jsd):
    """Return D's regret: what its loss exceeds that of the best D by."""
    return loss_d - (2 * np.log(2) - 2 * jsd)


def what_is_wrong(loss_d, jsd):
    """Return "G", "D", "neither" or "both": whose part of the loss is over 1e-3."""
    g, d = jsd > 1e-3, decompose(loss_d, jsd) > 1e-3
    return {(True, False): "G", (False, True): "D", (False, False): "neither"}.get((g, d), "both")
