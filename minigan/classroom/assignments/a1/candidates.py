"""Right and wrong transposed convolutions for part 1.3, and the grading of a student's check.

The candidates run in the grader's process: the check gets a function that sends its arguments here
and returns the answer, so it can see nothing but values. Every candidate is checked in a process of
its own, in an order that nobody can foresee.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from minigan.classroom import messages
from minigan.classroom.model import Array
from minigan.classroom.sandbox.launcher import Ended, Error
from minigan.classroom.session import Session
from minigan.classroom.verdicts import Stop, Verdict
from minigan.conv import FORMULATIONS
from minigan.geometry import Geometry

Pair = tuple[int, int]
NAME = "check_conv_transpose2d"
_RIGHT = ("loops", "im2col", "holes", "matrix", "polyphase")
_ROUNDS = 3  # how often each right candidate is checked, if there is time


@dataclass(frozen=True)
class Candidate:
    """A transposed convolution for a student's check: y, w, stride, padding -> x."""

    name: str
    function: Callable[[Array, Array, Pair, Pair], Array]
    right: bool = False

    def answer(self, y: Any, w: Any, stride: Any = (1, 1), padding: Any = (0, 0)) -> Array:
        """Return what the candidate computes, as float64.

        Raises ValueError if the arguments are no input of a transposed convolution.
        """
        y, w = np.asarray(y, np.float64), np.asarray(w, np.float64)
        s, p = _pair("stride", stride, 1), _pair("padding", padding, 0)
        if y.ndim != 3 or w.ndim != 4 or y.shape[0] != w.shape[0] or 0 in (*y.shape, *w.shape):
            raise ValueError(
                f"conv_transpose2d: y has shape {y.shape} and w {w.shape}; they must be (K, Y, Y') "
                "and (K, C, k, k')"
            )
        sizes = [
            (n - 1) * a + k - 2 * b
            for n, k, a, b in zip(y.shape[1:], w.shape[2:], s, p, strict=True)
        ]
        if min(sizes) < 1:
            raise ValueError(f"conv_transpose2d: the output would have size {sizes}")
        return np.ascontiguousarray(self.function(y, w, s, p), np.float64)


def _pair(name: str, value: Any, least: int) -> Pair:
    pair = (value, value) if isinstance(value, int | np.integer) else tuple(value)
    if len(pair) != 2 or any(v != int(v) or v < least for v in pair):
        raise ValueError(f"conv_transpose2d: {name}={value!r} must be two integers >= {least}")
    return int(pair[0]), int(pair[1])


# ---------------------------------------------------------------------------------- right ones


def _by(name: str, dtype: Any = np.float64) -> Callable[[Array, Array, Pair, Pair], Array]:
    """Return the transposed convolution by one of the library's formulations."""

    def function(y: Array, w: Array, s: Pair, p: Pair) -> Array:
        geometry = Geometry.conv_transpose(y.shape[1:], w.shape[2:], s, p)
        batch = y.astype(dtype)[None]
        found: Array = FORMULATIONS[name].conv_transpose(batch, w.astype(dtype), geometry)
        return found.reshape(found.shape[1:])

    return function


# im2col rounds to float32: a check must allow for rounding
RIGHT = tuple(
    Candidate(name, _by(name, np.float32 if name == "im2col" else np.float64), right=True)
    for name in _RIGHT
)

# ---------------------------------------------------------------------------------- wrong ones


def painted(
    y: Array,
    w: Array,
    s: Pair,
    p: Pair,
    *,
    write: str = "add",
    step: Pair | None = None,
    first: Pair | None = None,
    inputs: Pair | None = None,
) -> Array:
    """Return the transposed convolution by painting, with something changed.

    `write` is "add", "last" or "last-tap" (windows, or taps, overwrite); `step` is the distance of
    the windows in an output that keeps its size; `first` is what is cropped at the start; `inputs`
    is how many inputs of each axis are used.
    """
    (_, Y, Z), (_, C, k, l) = y.shape, w.shape
    out = (Y - 1) * s[0] + k - 2 * p[0], (Z - 1) * s[1] + l - 2 * p[1]
    (a, b), (f, g), (n, m) = step or s, first or p, inputs or (Y, Z)
    wide = np.zeros((C, (Y - 1) * max(a, s[0]) + k + f, (Z - 1) * max(b, s[1]) + l + g))
    places = [(o, u) for o in range(min(n, Y)) for u in range(min(m, Z))]
    if write == "last-tap":
        for i in range(k):
            for j in range(l):
                for o, u in places:
                    wide[:, o * a + i, u * b + j] = y[:, o, u] @ w[:, :, i, j]
    else:
        for o, u in places:
            window = wide[:, o * a : o * a + k, u * b : u * b + l]
            window[...] = np.tensordot(y[:, o, u], w, 1) + (window if write == "add" else 0)
    found: Array = wide[:, f : f + out[0], g : g + out[1]]
    return found


def _sized(y: Array, w: Array, s: Pair, before: Pair, after: Pair) -> Array:
    """Return the transposed convolution with so much cropped; negative numbers add zeros."""
    x = painted(y, w, s, (0, 0))
    x = np.pad(x, [(0, 0), *((max(-a, 0), max(-b, 0)) for a, b in zip(before, after, strict=True))])
    cut = [slice(max(a, 0), n - max(b, 0))
           for n, a, b in zip(x.shape[1:], before, after, strict=True)]  # fmt: skip
    return x[:, cut[0], cut[1]]


def _beyond(y: Array, w: Array, s: Pair, p: Pair) -> Array:
    """Return the right result, moved by one row where the padding exceeds kernel - 1."""
    x = painted(y, w, s, p)
    far = [axis + 1 for axis in (0, 1) if p[axis] > w.shape[2 + axis] - 1]
    return np.roll(x, 1, far) if far else x


def _twice(p: Pair) -> Pair:
    return 2 * p[0], 2 * p[1]


def _reach(y: Array, w: Array) -> Array:
    """Return w with its axes exchanged, if the kernel is square."""
    return w.swapaxes(2, 3) if w.shape[2] == w.shape[3] else w


_NONE = (0, 0)
WRONG = tuple(
    Candidate(name, function)
    for name, function in {
        # the shape is wrong
        "stride-ignored": lambda y, w, s, p: _sized(y, w, (1, 1), _NONE, _NONE),
        "s-holes-instead-of-s-minus-1": lambda y, w, s, p: painted(y, w, (s[0] + 1, s[1] + 1), p),
        "holes-after-the-last": lambda y, w, s, p: _sized(
            y, w, s, p, (p[0] - s[0] + 1, p[1] - s[1] + 1)
        ),
        "padding-added-not-cropped": lambda y, w, s, p: _sized(
            y, w, s, (-p[0], -p[1]), (-p[0], -p[1])
        ),
        "crops-first-side-only": lambda y, w, s, p: _sized(y, w, s, p, _NONE),
        "stride-axes-swapped": lambda y, w, s, p: painted(y, w, s[::-1], p)
        if min((n - 1) * a + k - 2 * b for n, a, k, b in zip(
            y.shape[1:], s[::-1], w.shape[2:], p, strict=True)) > 0 else painted(y, w, s, p),
        # the shape is right
        "overlap-overwritten": lambda y, w, s, p: painted(y, w, s, p, write="last"),
        "overlap-overwritten-by-taps": lambda y, w, s, p: painted(y, w, s, p, write="last-tap"),
        "kernel-flipped": lambda y, w, s, p: painted(y, w[:, :, ::-1, ::-1], s, p),
        "kernel-rows-flipped": lambda y, w, s, p: painted(y, w[:, :, ::-1], s, p),
        "kernel-columns-flipped": lambda y, w, s, p: painted(y, w[:, :, :, ::-1], s, p),
        "kernel-axes-swapped-if-square": lambda y, w, s, p: painted(y, _reach(y, w), s, p),
        "channels-swapped-if-as-many": lambda y, w, s, p: painted(
            y, w.swapaxes(0, 1) if w.shape[0] == w.shape[1] else w, s, p
        ),
        "windows-not-moved-by-stride": lambda y, w, s, p: painted(y, w, s, p, step=(1, 1)),
        "windows-moved-by-2-at-most": lambda y, w, s, p: painted(
            y, w, s, p, step=(min(s[0], 2), min(s[1], 2))
        ),
        "crops-2p-at-the-start": lambda y, w, s, p: painted(y, w, s, p, first=_twice(p)),
        "crops-2p-at-the-end": lambda y, w, s, p: painted(y, w, s, p, first=_NONE),
        "wrong-beyond-kernel-minus-1": _beyond,
        "last-row-left-out": lambda y, w, s, p: painted(
            y, w, s, p, inputs=(y.shape[1] - 1, y.shape[2])
        ),
        "columns-counted-as-rows": lambda y, w, s, p: painted(
            y, w, s, p, inputs=(y.shape[1], y.shape[1])
        ),
        "first-channel-only": lambda y, w, s, p: painted(y[:1], w[:1], s, p),
        "negative-inputs-left-out": lambda y, w, s, p: painted(np.maximum(y, 0), w, s, p),
        "square-output-turned": lambda y, w, s, p: (
            lambda x: x.swapaxes(1, 2) if x.shape[1] == x.shape[2] else x
        )(painted(y, w, s, p)),
        "one-percent-too-large": lambda y, w, s, p: 1.01 * painted(y, w, s, p),
    }.items()
)  # fmt: skip

# --------------------------------------------------------------------------- grading a check

_DRIVER = """
def run(submission, ask):
    def conv_transpose2d(y, w, stride=(1, 1), padding=(0, 0)):
        return ask(np.asarray(y), np.asarray(w), stride, padding)
    try:
        submission.check_conv_transpose2d(conv_transpose2d)
    except AssertionError:
        return True
    return False
"""


def grade(session: Session) -> Verdict:
    """Return what a student's check earns: a point for each wrong candidate that it rejects."""
    with session.started(NAME):
        pass
    half = time.monotonic() + session.seconds / 2
    order = list(RIGHT + WRONG)
    secrets.SystemRandom().shuffle(order)
    rejected: dict[str, bool] = {}
    errors: dict[str, Error] = {}
    for candidate in order:
        rejected[candidate.name] = _rejects(session, candidate, errors)
        if candidate.right and rejected[candidate.name]:
            return _settled(session, "rejects-right", 0, candidate)
    # A check that draws lots is found out by repeating: a right one must pass each time, and a
    # wrong one counts only if it is rejected again.
    for _ in range(1, _ROUNDS):
        for candidate in order:
            if time.monotonic() > half:
                break
            if candidate.right or rejected[candidate.name]:
                again = _rejects(session, candidate, errors)
                if candidate.right and again:
                    return _settled(session, "rejects-right", 0, candidate)
                rejected[candidate.name] = again
    killed = [candidate for candidate in WRONG if rejected[candidate.name]]
    points = session.part.points * len(killed) // len(WRONG)
    if len(killed) == len(WRONG):
        return Verdict(points, "passed", session.say("passed"))
    verdict = _settled(session, "kills" if killed else "kills-none", points, None, rejected)
    for name, error in errors.items():
        first, words = verdict.message.rstrip(".。"), session.words(error)
        return replace(verdict, message=session.say("kills-raised", first=first, to=name, **words))
    return verdict


def _rejects(session: Session, candidate: Candidate, errors: dict[str, Error]) -> bool:
    """Return whether the check rejects a candidate, in a process of its own.

    Only AssertionError rejects. Another exception at a wrong candidate is put into `errors`; at a
    right one, which must pass, it raises Stop.
    """
    try:
        with session.open() as process:
            process.answers = candidate.answer
            reply = process.drive(_DRIVER)
    except Ended as ended:
        raise Stop(session.ended(NAME, ended)) from None
    if reply.uses:
        raise Stop(session.used(NAME, reply.uses))
    if reply.error is not None:
        if candidate.right or reply.error.type in ("NotImplementedError", "MemoryError"):
            raise Stop(session.raised(NAME, reply.error))
        errors.setdefault(candidate.name, reply.error)
    return reply.value is True


def _settled(
    session: Session,
    key: str,
    points: int,
    candidate: Candidate | None,
    rejected: dict[str, bool] | None = None,
) -> Verdict:
    """Return the verdict about a check that is not perfect, with the table of what it lets pass."""
    separator = {"en": ", ", "zh": "、"}[session.settings.language]
    passed = [c.name for c in WRONG if rejected is not None and not rejected[c.name]]
    killed = len(WRONG) - len(passed)
    values = {"name": NAME, "killed": killed, "all": len(WRONG), "passed": separator.join(passed)}
    right = "" if candidate is None else candidate.name
    text = messages.say(key, session.settings.language, right=right, **values)
    return Verdict(points, "failed", text)
