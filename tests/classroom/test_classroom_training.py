"""Parts that train, search or read code: A4.3 to A4.5 and A6, with solutions that cheat."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import REFERENCES, SharedGrader, changed

from minigan.classroom import PartReport, Settings, assignment
from minigan.classroom.assignments.a6 import loops, solution


def graded_part(id: str, where: str, code: str) -> PartReport:
    one = assignment(id)
    with SharedGrader(one, Settings(one.seconds, parts=(where,))) as grader:
        return grader.grade(changed(id, code)).parts[0]


# -------------------------------------------------------------------------------------------- A4


def test_a_linear_autoencoder_may_be_trained() -> None:
    code = """
def linear_autoencoder(X, k, generator):
    mean, std = X.mean(0), X.std()
    Z = (X - mean) / std
    W = np.linalg.qr(generator.normal(size=(X.shape[1], k)))[0]
    for _ in range(3000):
        W = np.linalg.lstsq(Z @ W, Z, rcond=None)[0].T
        W = np.linalg.qr(W)[0]
    return (lambda X: (X - mean) / std @ W), (lambda h: h @ W.T * std + mean)
"""
    assert graded_part("A4", "4.3", code).status == "passed"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("return (lambda Z: np.zeros((len(Z), k))), (lambda h: X)", "shape"),
        (
            "return (lambda Z: Z[:, :k] ** 2), (lambda h: np.ones((len(h), X.shape[1])))",
            "not affine",
        ),
        (
            "return (lambda Z: np.cbrt(Z[:, :k])), (lambda h: np.zeros((len(h), X.shape[1])))",
            "affine",
        ),
        ("return (lambda Z: Z), (lambda h: h)", "must return an array"),
        (
            "return (lambda Z: Z[:, :k]), (lambda h: np.pad(h, ((0, 0), (0, X.shape[1] - k))))",
            "PCA",
        ),
        ("return None", "error"),
    ],
)
def test_a_linear_autoencoder_that_is_wrong(code: str, words: str) -> None:
    found = graded_part("A4", "4.3", f"def linear_autoencoder(X, k, generator):\n    {code}\n")
    assert found.score == 0 and (words in found.message or found.status == words)


CHEATS = {
    "the decoder remembers what the encoder saw": """
seen = {}
class E(nn.Module):
    def forward(self, x):
        for row in x.numpy():
            seen[len(seen)] = row
        h = np.zeros((len(x), K), np.float32)
        h[:, 0] = range(len(x))
        return minigan.tensor(h)
class D(nn.Module):
    def forward(self, h):
        empty = np.zeros((1, 8, 8), np.float32)
        return minigan.tensor(np.stack([seen.get(int(v), empty) for v in h.numpy()[:, 0]]))
def build_and_train(images, k, generator):
    global K
    K = k
    return E(), D()
""",
    "the mean image": """
class E(nn.Module):
    def forward(self, x): return minigan.zeros(len(x), self.k)
class D(nn.Module):
    def forward(self, h): return minigan.tensor(np.repeat(self.mean[None], len(h), 0))
def build_and_train(images, k, generator):
    e, d = E(), D()
    e.k, d.mean = k, images.mean(0)
    return e, d
""",
    "the identity": """
def build_and_train(images, k, generator):
    return nn.Identity(), nn.Identity()
""",
    "too many parameters": """
def build_and_train(images, k, generator):
    wide, narrow = (nn.Linear(*n, generator=generator) for n in ((64, 2000), (2000, k)))
    last = nn.Linear(k, 64, generator=generator)
    decoder = nn.Sequential(last, nn.Unflatten(1, (1, 8, 8)))
    return nn.Sequential(nn.Flatten(), wide, narrow), decoder
""",
}


@pytest.mark.parametrize("name", CHEATS)
def test_an_autoencoder_that_cheats_earns_nothing(name: str) -> None:
    found = graded_part("A4", "4.4", CHEATS[name])
    assert found.score == 0 and found.smallest is None and not found.visible


def test_an_autoencoder_without_pickle_is_graded_too() -> None:
    code = """
def build_and_train(images, k, generator, right=build_and_train):
    encoder, decoder = right(images, k, generator)
    class Local(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = decoder
        def forward(self, h):
            return self.inner(h)
    return encoder, Local()
"""
    assert graded_part("A4", "4.4", code).score == 20


@pytest.mark.parametrize(
    "errors", ["[0.5]", "[0.01] * 3", "[2.0] * 3", "['a'] * 3", "[float('nan')] * 3", "None"]
)
def test_layer_errors_that_are_made_up_earn_nothing(errors: str) -> None:
    code = f"def layer_errors(encoder, images, generator):\n    return {errors}\n"
    found = graded_part("A4", "4.5", code)
    assert found.score == 0 and found.status == "failed"


def test_layer_errors_of_trained_decoders() -> None:
    code = """
import minigan
def layer_errors(encoder, images, generator):
    split, out = len(images) * 3 // 4, []
    y = images.reshape(len(images), -1)
    base = ((y[split:] - y[:split].mean(0)) ** 2).mean()
    x = minigan.tensor(images)
    for layer in encoder:
        with minigan.no_grad():
            x = layer(x)
        h = x.numpy().reshape(len(images), -1)
        net = nn.Linear(h.shape[1], 64, generator=generator)
        opt = optim.Adam(net.parameters(), lr=1e-2)
        for step in range(300):
            opt.param_groups[0]["lr"] = 1e-2 * (1 - step / 300)
            rows = generator.integers(split, size=64)
            loss = F.mse_loss(net(minigan.tensor(h[rows])), minigan.tensor(y[rows]))
            opt.zero_grad(); loss.backward(); opt.step()
        with minigan.no_grad():
            error = (net(minigan.tensor(h[split:])).numpy() - y[split:]) ** 2
        out.append(float(error.mean() / base))
    return out
"""
    assert graded_part("A4", "4.5", code).status == "passed"


# -------------------------------------------------------------------------------------------- A6

STEP = """
import minigan

def train_step(G, D, optimizer_G, optimizer_D, real, h):
    one, zero = minigan.ones(len(real)).double(), minigan.zeros(len(real)).double()
    bce = F.binary_cross_entropy_with_logits
    with minigan.no_grad():
        fake = G(h)
    D.zero_grad()
    first = bce(D(real), one) + bce(D(fake), zero)
    first.backward()
    optimizer_D.step()
    G.zero_grad()
    second = bce(D(G(h)), one)
    second.backward()
    optimizer_G.step()
    D.zero_grad()
    return np.float64(first.item()), [second.item()][0]
"""


def test_a_training_step_in_another_style() -> None:
    assert graded_part("A6", "6.1", STEP).status == "passed"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("return None", "dictionary"),
        ("return {'steps': 10**6}", "steps > 3000"),
        ("return {'data': 'gaussian'}", "cannot be used"),
        ("return {'lr': 'fast'}", "refused"),
        ("return {'steps': 1, 'batch': 2}", "too few of the seeds"),
    ],
)
def test_ring_settings_that_do_not_work(code: str, words: str) -> None:
    found = graded_part("A6", "6.2", f"def ring_settings():\n    {code}\n")
    assert found.score == 0 and words in found.message


def test_every_fault_is_named_in_many_loops() -> None:
    for seed in range(40):
        rng = np.random.default_rng(seed)
        for fault in loops.FAULTS:
            source, log = loops.loop(fault, rng)
            compile(source, "loop", "exec")
            assert solution.name_the_fault(source, log) == fault, source
            assert len(log) == 12 and set(log[0]) == {"step", "loss_D", "loss_G"}


def test_loops_differ_between_students() -> None:
    texts = {loops.loop("labels-swapped", np.random.default_rng(seed))[0] for seed in range(30)}
    assert len(texts) == 30


@pytest.mark.parametrize("key", [*loops.FAULTS, "none of them"])
def test_one_answer_for_all_loops_earns_little(key: str) -> None:
    code = f"def name_the_fault(loop_source, log):\n    return {key!r}\n"
    found = graded_part("A6", "6.3", code)
    assert found.score == (3 if key in loops.FAULTS else 0)
    assert found.misconception in loops.FAULTS and not found.visible


@pytest.mark.parametrize(
    "code",
    [
        "return np.zeros((len(images), 3)), np.zeros(len(images))",
        "return np.zeros((len(images), 3)), np.full(len(images), np.inf)",
        "h, e = right(G, images, generator)\n    return h, np.where(np.isfinite(e), e, 1.0)",
        "h, e = right(G, images, generator)\n    return h, e + 0.1",
        "return 1",
    ],
)
def test_an_inversion_that_is_wrong(code: str) -> None:
    text = f"def invert(G, images, generator, right=invert):\n    {code}\n"
    assert graded_part("A6", "6.4", text).score == 0


DIGITS = {
    "noise": """
def train_digits(images, generator):
    return nn.Sequential(nn.Linear(16, 64, generator=generator), nn.Unflatten(1, (1, 8, 8)))
""",
    "copies": """
class Copy(nn.Module):
    def forward(self, h):
        rows = np.random.default_rng(0).integers(len(self.images), size=len(h))
        return minigan.tensor(self.images[rows])

def train_digits(images, generator):
    G = Copy()
    G.images = images
    return G
""",
    "one picture": """
class One(nn.Module):
    def forward(self, h):
        return minigan.tensor(np.repeat(self.mean[None], len(h), 0))

def train_digits(images, generator):
    G = One()
    G.mean = images.mean(0)
    return G
""",
    "nothing": """
def train_digits(images, generator):
    return nn.Identity()
""",
}


@pytest.mark.parametrize("name", DIGITS)
def test_digits_that_are_not_learned(name: str) -> None:
    found = graded_part("A6", "6.5", "import minigan\n" + DIGITS[name])
    assert found.score <= (4 if name == "noise" else 0), found.message
    assert found.status == "failed"


def test_references_hold_together() -> None:
    assert "import minigan" in assignment("A6").imports
    assert set(REFERENCES) == {"A1", "A2", "A3", "A4", "A5", "A6"}
