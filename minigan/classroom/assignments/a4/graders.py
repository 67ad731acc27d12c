"""The parts of A4 that hand back functions or networks: they run in the submission's process, and
their results are judged here.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.classroom.assignments.a4 import inputs, solution
from minigan.classroom.comparison import kind_of
from minigan.classroom.model import Array
from minigan.classroom.sandbox.launcher import Answer, Ended
from minigan.classroom.session import Session
from minigan.classroom.verdicts import Stop, Verdict

# ratio of the held-out error to that of PCA, and the points
BANDS = ((0.85, 20), (1.0, 16), (1.15, 10), (1.5, 5))
_MOST_PARAMETERS = 120_000


def drive(session: Session, name: str, driver: str, answers: Any = None, **values: Any) -> Answer:
    """Run a driver in a new process. Raises Stop if it fails."""
    with session.started(name) as process:
        process.answers = answers
        return replied(session, name, process, driver, **values)


def replied(session: Session, name: str, process: Any, driver: str, **values: Any) -> Answer:
    """Run a driver in a process that was started. Raises Stop if it fails."""
    try:
        reply: Answer = process.drive(driver, **values)
    except Ended as ended:
        raise Stop(session.ended(name, ended)) from None
    if reply.uses:
        raise Stop(session.used(name, reply.uses))
    if reply.error is not None:
        raise Stop(session.raised(name, reply.error))
    return reply


def failed(session: Session, name: str, key: str, points: int = 0, **values: Any) -> Verdict:
    """Return the verdict with one of the messages of this assignment."""
    language = session.settings.language
    text = session.assignment.text(language, "messages", key).format(**values)
    return Verdict(points, "failed", f"`{name}`: {text}")


def what(value: Any) -> str:
    """Return the type of a value, with its shape if it is an array."""
    shape = f" of shape {value.shape}" if isinstance(value, np.ndarray) else ""
    return kind_of(value) + shape


def array(value: Any, shape: tuple[int, ...]) -> Array | None:
    """Return a value as a finite array of floats of this shape, None if it is not one."""
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
        return None
    if value.shape != shape or not np.isfinite(value).all():
        return None
    return value.astype(np.float64)


# --------------------------------------------------------------------- 4.3: a linear auto-encoder

_LINEAR = """
def run(submission, ask, X, k, seed):
    made = submission.linear_autoencoder(X.copy(), k, np.random.default_rng(seed))
    encode, decode = made
    h = encode(X.copy())
    more = ask("rows")
    return [h, encode(more), decode(ask("codes", np.asarray(h))), h.copy()]
"""


def linear(session: Session) -> Verdict:
    """Grade linear_autoencoder: its error is that of PCA, and both functions are affine."""
    name, generator = "linear_autoencoder", session.generator()
    for k in (2, 4):
        X = inputs.cloud(generator)
        mix = generator.uniform(-1.0, 1.0, (5, len(X)))
        mix += (1 - mix.sum(axis=1, keepdims=True)) / len(X)  # each row sums to 1

        def answers(what: str, codes: Any = None, X: Array = X, mix: Array = mix) -> Any:
            if what == "rows":
                return mix @ X
            return np.concatenate([codes[::-1], mix @ codes])  # another order, and mixtures

        seed = int(generator.integers(1 << 30))
        reply = drive(session, name, _LINEAR, answers, X=X, k=k, seed=seed)
        verdict = _judge_linear(session, name, X, k, mix, reply.value)
        if verdict is not None:
            return verdict
    return Verdict(session.part.points, "passed", session.say("passed"))


def _judge_linear(
    session: Session, name: str, X: Array, k: int, mix: Array, value: Any
) -> Verdict | None:
    n, d = X.shape
    h, mixed, decoded = (
        array(value[0], (n, k)), array(value[1], (5, k)), array(value[2], (n + 5, d))
    )  # fmt: skip
    if h is None or mixed is None or decoded is None:
        wrong = value[0] if h is None else value[2]
        return failed(session, name, "linear-shape", n=n, d=d, k=k, type=what(wrong))
    found, of_mixtures = decoded[:n][::-1], decoded[n:]
    scale = np.abs(X).max()
    if not np.allclose(mixed, mix @ h, atol=1e-3 * max(scale, np.abs(h).max())):
        return failed(session, name, "not-linear", which="encode")
    if not np.allclose(of_mixtures, mix @ found, atol=1e-3 * scale):
        return failed(session, name, "not-linear", which="decode")
    best = pca(X, X, k)
    error, least = ((found - X) ** 2).mean(), ((best - X) ** 2).mean()
    if error <= 1.01 * least:
        return None
    if np.allclose(found, pca(X, X, k, centred=False), atol=0.02 * scale):
        verdict = Verdict(0, "failed", session.idea(name, "uncentred-pca"), "uncentred-pca")
        shown = {"X": [[1.0, 1.0], [1.0, 2.0], [1.0, 3.0]], "k": 1}
        yours = pca(*(np.array(shown["X"]),) * 2, 1, centred=False)
        small = {"input": shown, "yours": np.round(yours, 3), "right": np.array(shown["X"])}
        return Verdict(0, "failed", verdict.message, "uncentred-pca", small)
    return failed(session, name, "not-best", ratio=round(float(error / least), 3))


def pca(train: Array, rows: Array, k: int, centred: bool = True) -> Array:
    """Return rows (n, d) projected on the first k components of the training rows."""
    mean = train.mean(axis=0) if centred else np.zeros(train.shape[1])
    components = np.linalg.svd(train - mean, full_matrices=False)[2][:k]
    found: Array = (rows - mean) @ components.T @ components + mean
    return found


# ------------------------------------------------------------------------ 4.4: build and train

# The decoder is stored before the encoder sees an image that is held out, and it decodes in another
# process: it can hand nothing on but its weights.
_TRAIN = """
import pickle
import minigan

def run(submission, ask, images, k, seed):
    made = submission.build_and_train(images.copy(), k, np.random.default_rng(seed))
    encoder, decoder = made
    count = sum(p.numel() for m in (encoder, decoder) for p in m.parameters())
    for model in (encoder, decoder):
        model.eval()
    try:
        stored = np.frombuffer(pickle.dumps(decoder), np.uint8)
    except Exception:
        stored = np.zeros(0, np.uint8)
    held = ask("held", count, stored)
    with minigan.no_grad():
        h = encoder(minigan.tensor(held)).numpy()
        there = None if len(stored) else decoder(minigan.tensor(h)).numpy()
    return [int(count), h, stored, there]
"""
_DECODE = """
import pickle
import minigan

def run(submission, ask, stored, h):
    decoder = pickle.loads(stored.tobytes())
    decoder.eval()
    with minigan.no_grad():
        return decoder(minigan.tensor(h)).numpy()
"""


def trained(session: Session) -> Verdict:
    """Grade build_and_train by its error on images that it has not seen, against PCA's."""
    name, generator = "build_and_train", session.generator()
    train, held = inputs.images(generator)
    k, seed = int(generator.integers(4, 9)), int(generator.integers(1 << 30))

    def answers(*_: Any) -> Array:
        return held

    reply = drive(session, name, _TRAIN, answers, images=train, k=k, seed=seed)
    count, h, stored, there = reply.value
    codes = array(h, (len(held), k))
    if codes is None:
        return failed(session, name, "codes", n=len(held), k=k, type=what(h))
    if count > _MOST_PARAMETERS:
        return failed(session, name, "too-many", count=count, most=_MOST_PARAMETERS)
    if len(stored):
        there = drive(session, name, _DECODE, stored=stored, h=h).value
    pixels = np.asarray(there) if isinstance(there, np.ndarray) else np.zeros(0)
    if pixels.size != held.size or not np.isfinite(pixels).all():
        return failed(session, name, "images", shape=held.shape, type=what(there))
    rows, tests = train.reshape(len(train), -1), held.reshape(len(held), -1)
    error = ((pixels.reshape(tests.shape) - tests) ** 2).mean()
    ratio = float(error / ((pca(rows, tests, k) - tests) ** 2).mean())
    points = next((points for most, points in BANDS if ratio <= most), 0)
    if points == session.part.points:
        return Verdict(points, "passed", session.say("passed"))
    return failed(session, name, "ratio", points, ratio=round(ratio, 2))


# ------------------------------------------------------------------- 4.5: what each layer keeps

_LAYERS = """
import minigan
from minigan import nn

def encoder(seed):
    rng = np.random.default_rng(seed)
    return nn.Sequential(
        nn.Sequential(nn.Conv2d(1, 4, 3, padding=1, generator=rng), nn.Tanh()),
        nn.Sequential(nn.Conv2d(4, 6, 4, stride=2, padding=1, generator=rng), nn.Tanh()),
        nn.Sequential(nn.Flatten(), nn.Linear(96, 8, generator=rng)),
    )

def run(submission, ask, images, seed):
    model = encoder(seed)
    before = [p.numpy().tobytes() for p in model.parameters()]
    errors = submission.layer_errors(model, images.copy(), np.random.default_rng(seed))
    same = before == [p.numpy().tobytes() for p in model.parameters()]
    return [errors, same]
"""


def layers(session: Session) -> Verdict:
    """Grade layer_errors: beside linear decoders, and the encoder keeps its weights."""
    name, generator = "layer_errors", session.generator()
    images, _ = inputs.images(generator)
    seed = int(generator.integers(1 << 30))
    reply = drive(session, name, _LAYERS, images=images[:700], seed=seed)
    errors, same = reply.value
    if same is not True:
        text = session.idea(name, "trains-the-encoder-too")
        return Verdict(0, "failed", text, "trains-the-encoder-too")
    names: dict[str, Any] = {"np": np}
    exec(_LAYERS, names)
    right = solution.layer_errors(names["encoder"](seed), images[:700], np.random.default_rng(seed))
    if not isinstance(errors, list | tuple | np.ndarray) or len(errors) != len(right):
        return failed(session, name, "as-many-errors", right=len(right), type=what(errors))
    for number, (one, other) in enumerate(zip(errors, right, strict=True)):
        if not isinstance(one, int | float | np.integer | np.floating) or isinstance(one, bool):
            return failed(session, name, "as-many-errors", right=len(right), type=what(one))
        if not 0.25 * other <= float(one) <= 1.5 * other + 0.12:
            return failed(session, name, "layer-error", layer=number, yours=round(float(one), 3))
    return Verdict(session.part.points, "passed", session.say("passed"))
