"""The parts of A6 that train, search or read code; their results are judged here."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan import datasets
from minigan.classroom.assignments.a4.graders import array, drive, failed, replied, what
from minigan.classroom.assignments.a4.inputs import images as digits
from minigan.classroom.assignments.a6 import loops
from minigan.classroom.model import Array
from minigan.classroom.sandbox.launcher import Ended
from minigan.classroom.session import Session
from minigan.classroom.verdicts import Stop, Verdict
from minigan.metrics.kernel import mmd
from minigan.metrics.modes import count_modes
from minigan.metrics.neighbours import one_nn
from minigan.runs import RunError, configure

# ----------------------------------------------------------------------------------- 6.2: a ring

LEGAL = ("objective", "latent", "batch", "steps", "lr", "lr_d", "critic_steps", "penalty", "clip",
         "spectral_norm", "pack", "latent_std", "decay")  # fmt: skip
_SEEDS, _ENOUGH, _MODES = 10, 7, 7
_MOST = {"steps": 3000, "batch": 512, "latent": 512, "critic_steps": 5}
_RING = """
def run(submission, ask):
    return submission.ring_settings()
"""
_PLAY = """
from minigan.runs import GANTask, configure
from minigan.models import outputs

def run(submission, ask, settings):
    task = GANTask(configure("gan", settings))
    for _ in range(task.config.steps):
        task.game.step()
    return outputs(task.generator, task.latents(2500, np.random.default_rng(settings["seed"])))
"""


def ring(session: Session) -> Verdict:
    """Train with the student's settings on ring8 from ten seeds that are not shown."""
    name = "ring_settings"
    settings = drive(session, name, _RING).value
    if not isinstance(settings, dict):
        return failed(session, name, "no-dict", type=what(settings))
    unknown = [key for key in settings if key not in LEGAL]
    for key, most in _MOST.items():
        value = settings.get(key, 1)
        if not isinstance(value, int) or value > most:
            unknown.append(f"{key} > {most}")
    if unknown:
        text = ", ".join(map(str, unknown))
        return failed(session, name, "settings", which=text, legal=", ".join(LEGAL))
    seeds = session.generator().integers(1 << 30, size=_SEEDS)
    reached = 0
    for number, seed in enumerate(seeds):
        chosen = {**settings, "data": "ring8", "seed": int(seed)}
        try:
            configure("gan", chosen)
        except (RunError, TypeError) as error:
            return failed(session, name, "illegal", text=str(error)[:200])
        reached += _modes(session, name, chosen) >= _MODES
        if reached == _ENOUGH:
            return Verdict(session.part.points, "passed", session.say("passed"))
        if number + 1 - reached > _SEEDS - _ENOUGH:
            break
    return failed(session, name, "modes", 2 * reached, reached=reached)


def _modes(session: Session, name: str, settings: dict[str, Any]) -> int:
    """Return how many modes are reached, in a process without the submission."""
    try:
        with session.sandbox.open([], session.seconds) as process:
            reply = process.drive(_PLAY, settings=settings)
    except Ended as ended:
        raise Stop(session.ended(name, ended)) from None
    samples = reply.value
    if reply.error is not None or not isinstance(samples, np.ndarray):
        return 0
    samples = np.nan_to_num(samples, nan=1e6, posinf=1e6, neginf=-1e6)
    mixture = datasets.load("ring8")
    assert isinstance(mixture, datasets.Mixture)
    return count_modes(samples, mixture).modes


# ------------------------------------------------------------------------------ 6.3: the fault

_NAME = """
def run(submission, ask, source, log):
    return submission.name_the_fault(source, log)
"""
_LOOPS = 3  # for each fault


def faults(session: Session) -> Verdict:
    """Grade name_the_fault: three points for each fault that is named in all of its loops."""
    name, generator = "name_the_fault", session.generator()
    each = session.part.points // len(loops.FAULTS)
    points, missed = 0, []
    with session.started(name) as process:
        for fault in loops.FAULTS:
            right = True
            for _ in range(_LOOPS):
                source, log = loops.loop(fault, generator)
                reply = replied(session, name, process, _NAME, source=source, log=log)
                right = right and reply.value == fault
            points += each * right
            missed += [fault] * (not right)
    if not missed:
        return Verdict(session.part.points, "passed", session.say("passed"))
    return Verdict(points, "failed", session.idea(name, missed[0]), missed[0])


# ---------------------------------------------------------------------------------- 6.4: inversion

_INVERT = """
import minigan
from minigan import nn

def generator_of(seed):
    rng = np.random.default_rng(seed)
    return nn.Sequential(nn.Linear(3, 24, generator=rng), nn.Tanh(),
                         nn.Linear(24, 64, generator=rng), nn.Unflatten(1, (1, 8, 8)))

def run(submission, ask, images, seed):
    found = submission.invert(generator_of(seed), images.copy(), np.random.default_rng(seed))
    return [v.numpy() if hasattr(v, "numpy") else np.asarray(v, float) for v in found]
"""
_NEAR = 1e-3


def inversion(session: Session) -> Verdict:
    """Grade invert: images of G are found, and images that G cannot draw are reported as inf."""
    import minigan

    name, generator = "invert", session.generator()
    seed = int(generator.integers(1 << 30))
    names: dict[str, Any] = {"np": np}
    exec(_INVERT, names)
    G = names["generator_of"](seed)

    def draw(h: Array) -> Array:
        with minigan.no_grad():
            found: Array = G(minigan.tensor(h.astype(np.float32))).numpy()
        return found

    own = draw(generator.normal(size=(5, 3)))
    foreign = generator.normal(size=(3, 1, 8, 8)).astype(np.float32)
    order = generator.permutation(8)
    images = np.concatenate([own, foreign])[order]
    h, errors = drive(session, name, _INVERT, images=images, seed=seed).value
    codes = array(h, (8, 3))
    if codes is None or not isinstance(errors, np.ndarray) or errors.shape != (8,):
        return failed(session, name, "inverse-shape", type=what(h))
    actual = ((draw(codes) - images) ** 2).mean(axis=(1, 2, 3))
    for number, place in enumerate(order):
        told = float(errors[number])
        if place < 5 and actual[number] > _NEAR:
            return failed(session, name, "not-found", error=round(float(actual[number]), 4))
        if place < 5 and not abs(told - actual[number]) <= _NEAR:
            return failed(
                session, name, "wrong-error", yours=told, right=round(float(actual[number]), 5)
            )
        if place >= 5 and told != np.inf:
            return failed(session, name, "not-inf", yours=told)
    return Verdict(session.part.points, "passed", session.say("passed"))


# ------------------------------------------------------------------------------------- 6.5: digits

_DIGITS = """
import minigan

def run(submission, ask, images, seed):
    G = submission.train_digits(images.copy(), np.random.default_rng(seed))
    G.eval()
    with minigan.no_grad():
        return G(minigan.tensor(ask())).numpy()
"""
_COUNT = 200
_BANDS = ((0.85, 12), (0.92, 8), (0.97, 4))  # accuracy of the nearest neighbour, and points


def trained_digits(session: Session) -> Verdict:
    """Grade train_digits by two-sample tests of its samples and of digits that are held out."""
    name, generator = "train_digits", session.generator()
    train, held = digits(generator)
    h = generator.normal(size=(_COUNT, 16)).astype(np.float32)
    seed = int(generator.integers(1 << 30))
    value = drive(session, name, _DIGITS, lambda: h, images=train, seed=seed).value
    samples = np.asarray(value, np.float64) if isinstance(value, np.ndarray) else np.zeros(0)
    if samples.size != _COUNT * 64 or not np.isfinite(samples).all():
        return failed(session, name, "no-images", type=what(value))
    x, real = samples.reshape(_COUNT, 64), held[:_COUNT].reshape(_COUNT, 64).astype(np.float64)
    rows = train.reshape(len(train), 64).astype(np.float64)
    if np.median(_nearest(x, rows)) < 0.2 * np.median(_nearest(real, rows)):
        return failed(session, name, "copies")
    accuracy = one_nn(real, x).accuracy
    if mmd(real, x, generator=0).p_value >= 0.01:
        return Verdict(session.part.points, "passed", session.say("passed"))
    points = next((points for most, points in _BANDS if accuracy <= most), 0)
    return failed(session, name, "told-apart", points, percent=round(100 * accuracy))


def _nearest(a: Array, b: Array) -> Array:
    """Return the distance of each row of a to the nearest row of b."""
    squares = (a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.T
    found: Array = np.sqrt(np.maximum(squares.min(axis=1), 0))
    return found
