"""Wrong solutions of A5 in three styles for each misconception, independent of the detector's."""

from __future__ import annotations

_PROOF = """
def _plog(a, b):
    return sum(float(u) * np.log(float(v)) for u, v in zip(a, b) if u > 0)

def proof(p, g):
    m = (p + g) / 2
    ln2 = np.log(2)
    D = np.array([a / (a + b) if a + b > 0 else 0.5 for a, b in zip(p, g)])
    V = _plog(p, D) + _plog(g, 1 - D)
    S = _plog(p, p) - _plog(p, p + g) + _plog(g, g) - _plog(g, p + g)
    both = _plog(p, p) - _plog(p, m) + _plog(g, g) - _plog(g, m)
    J = both / 2
    H = lambda q: -_plog(q, q)
    CHANGED
    return [(V, S), (S, both - 2 * ln2), (both, -_plog(p, m) - H(p) - _plog(g, m) - H(g)),
            (H(m) - (H(p) + H(g)) / 2, J), (V, FIVE - 2 * ln2), (V + 2 * ln2, SIX)]
"""


def _proof(change: str = "pass", five: str = "2 * J", six: str = "2 * J") -> tuple[str, str]:
    text = _PROOF.replace("CHANGED", change).replace("FIVE", five).replace("SIX", six)
    return "5.3", text


WRONG: dict[str, list[tuple[str, str]]] = {
    "log-base-2": [
        ("5.1", "def entropy(p):\n    return -np.where(p > 0, p * np.log2(np.where(p > 0, p, 1)), 0).sum(-1)"),
        (
            "5.1",
            """
def kl(p, q):
    with np.errstate(all="ignore"):
        terms = np.where(p > 0, p * np.log(p / q) / np.log(2), 0.0)
    return terms.sum(axis=-1)
""",
        ),
        (
            "5.1",
            """
def js(p, q):
    m = (p + q) / 2
    h = lambda r: -np.where(r > 0, r * np.log2(np.where(r > 0, r, 1.0)), 0.0).sum(axis=-1)
    return h(m) - h(p) / 2 - h(q) / 2
""",
        ),
    ],
    "kl-reversed": [
        (
            "5.1",
            """
def kl(p, q):
    with np.errstate(all="ignore"):
        return np.where(q > 0, q * np.log(q / p), 0.0).sum(axis=-1)
""",
        ),
        (
            "5.1",
            """
def kl(p, q):
    out = np.zeros(p.shape[:-1])
    for i in np.ndindex(out.shape):
        for a, b in zip(q[i], p[i]):
            if a > 0:
                out[i] += a * (np.log(a) - np.log(b)) if b > 0 else np.inf
    return out if out.ndim else float(out)
""",
        ),
        (
            "5.1",
            """
def js(p, q):
    m = 0.5 * (p + q)
    return 0.5 * (kl(m, p) + kl(m, q))
""",
        ),
    ],
    "js-doubled": [
        ("5.1", "def js(p, q):\n    m = (p + q) / 2\n    return kl(p, m) + kl(q, m)"),
        ("5.1", "def js(p, q):\n    return 2 * entropy((p + q) / 2) - entropy(p) - entropy(q)"),
        (
            "5.1",
            """
def js(p, q):
    m = np.mean([p, q], axis=0)
    with np.errstate(all="ignore"):
        first = np.where(p > 0, p * np.log(p / m), 0)
        second = np.where(q > 0, q * np.log(q / m), 0)
    return (first + second).sum(axis=-1)
""",
        ),
    ],
    "mixture-not-halved": [
        ("5.1", "def js(p, q):\n    m = p + q\n    return (kl(p, m) + kl(q, m)) / 2"),
        ("5.1", "def js(p, q):\n    m = q + p\n    return entropy(m) - (entropy(p) + entropy(q)) / 2"),
        (
            "5.1",
            """
def js(p, q):
    with np.errstate(all="ignore"):
        a = np.where(p > 0, p * np.log(p / (p + q)), 0).sum(axis=-1)
        b = np.where(q > 0, q * np.log(q / (p + q)), 0).sum(axis=-1)
    return 0.5 * a + 0.5 * b
""",
        ),
    ],
    "zero-log-zero-is-nan": [
        ("5.1", "def entropy(p):\n    return -(p * np.log(p)).sum(axis=-1)"),
        ("5.1", "def kl(p, q):\n    return np.sum(p * np.log(p / q), axis=-1)"),
        (
            "5.1",
            """
def js(p, q):
    m = (p + q) / 2
    return 0.5 * np.sum(p * (np.log(p) - np.log(m)) + q * (np.log(q) - np.log(m)), -1)
""",
        ),
    ],
    "js-for-twice-js": [
        _proof(five="J", six="J"),
        ("5.5", "def decompose(loss_d, jsd):\n    return loss_d - (2 * np.log(2) - jsd)"),
        (
            "5.5",
            """
def what_is_wrong(loss_d, jsd):
    regret = loss_d + jsd - np.log(4)
    if jsd > 1e-3:
        return "both" if regret > 1e-3 else "G"
    return "D" if regret > 1e-3 else "neither"
""",
        ),
    ],
    "d-star-of-the-model": [
        ("5.2", "def optimal_discriminator(p, g):\n    t = p + g\n    return np.where(t > 0, g / np.where(t > 0, t, 1), 0.5)"),
        (
            "5.2",
            """
def optimal_discriminator(p, g):
    D = np.full(p.shape, 0.5)
    mass = p + g > 0
    D[mass] = 1 - p[mass] / (p[mass] + g[mass])
    return D
""",
        ),
        _proof("D = 1 - D; V = _plog(p[D > 0], D[D > 0]) + _plog(g[D < 1], 1 - D[D < 1])\n"
               "    V = V if not ((p > 0) & (D == 0)).any() and not ((g > 0) & (D == 1)).any() else -np.inf"),
    ],
    "no-mass-is-nan": [
        ("5.2", "def optimal_discriminator(p, g):\n    return p / (p + g)"),
        ("5.2", "def optimal_discriminator(p, g):\n    return 1 / (1 + g / p) if (p > 0).all() else np.divide(p, p + g)"),
        (
            "5.2",
            """
def optimal_discriminator(p, g):
    D = np.empty_like(p)
    with np.errstate(all="ignore"):
        for i in np.ndindex(p.shape):
            D[i] = np.float64(p[i]) / np.float64(p[i] + g[i])
    return D
""",
        ),
    ],
    "sigmoid-then-log": [
        (
            "5.4",
            """
def sigmoid(a):
    return 1 / (1 + np.exp(-a))

def d_loss(real, fake):
    return -np.log(sigmoid(real)).mean() - np.log(1 - sigmoid(fake)).mean()
""",
        ),
        ("5.4", "def g_loss_non_saturating(fake):\n    D = 1 / (1 + np.exp(-fake))\n    return -np.mean(np.log(D + 1e-8))"),
        ("5.4", "def g_loss_minimax(fake):\n    D = np.clip(1 / (1 + np.exp(-fake)), 1e-12, 1 - 1e-12)\n    return np.mean(np.log(1 - D))"),
        ("5.4", "def g_loss_minimax(fake):\n    return -np.mean(np.log(1 + np.exp(fake)))"),
    ],
    "labels-swapped": [
        ("5.4", "def d_loss(real, fake):\n    return np.logaddexp(0, real).mean() + np.logaddexp(0, -fake).mean()"),
        ("5.4", "def d_loss(real, fake):\n    return softplus(real).mean() + softplus(-fake).mean()"),
        (
            "5.4",
            """
def d_loss(real, fake):
    loss = lambda a, y: np.mean(np.maximum(a, 0) - a * y + np.log1p(np.exp(-np.abs(a))))
    return loss(real, 0) + loss(fake, 1)
""",
        ),
    ],
    "sign-of-g": [
        ("5.4", "def g_loss_minimax(fake):\n    return np.mean(np.logaddexp(0, fake))"),
        ("5.4", "def g_loss_minimax(fake):\n    return float(softplus(fake).mean())"),
        ("5.4", "def g_loss_minimax(fake):\n    return np.mean(np.maximum(fake, 0) + np.log1p(np.exp(-np.abs(fake))))"),
    ],
    "sum-for-mean": [
        ("5.4", "def d_loss(real, fake):\n    return np.logaddexp(0, -real).sum() + np.logaddexp(0, fake).sum()"),
        ("5.4", "def g_loss_minimax(fake):\n    return -np.sum(softplus(fake))"),
        ("5.4", "def g_loss_non_saturating(fake):\n    return sum(np.logaddexp(0, -a) for a in fake.ravel())"),
    ],
}  # fmt: skip
