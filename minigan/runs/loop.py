"""The loop around every training: progress bar, log, checkpoints, and a clean end on a signal."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np

from minigan.parallel import Group
from minigan.progress import Bar
from minigan.runs.directory import Run, RunError
from minigan.runs.task import Task
from minigan.threads import one_blas_thread

_SECONDS = 15.0  # between checkpoints: a kill loses no more work than that
_FRAMES = 40  # pictures of the progress
_LINES = 2000  # in a log at most


class Interrupted(Exception):
    """The user stopped the run; its state is saved."""


def advance(run: Run, task: Task, steps: int) -> Iterator[int]:
    """Train until `steps` updates are made in all; yield their number after each checkpoint.

    Of several ranks, this is rank 0, and the others call `accompany`. Raises RunError if a loss or
    a weight is not finite; the last checkpoint is kept. Raises Interrupted after Ctrl-C or SIGTERM,
    on any rank; the state is saved first.
    """
    saved_number, saved_at = task.number, time.monotonic()
    picture_every, log_every = max(1, steps // _FRAMES), max(1, steps // _LINES)
    # the limit is set once for the whole run, not for each product
    with (
        one_blas_thread,
        _signals() as received,
        Bar(steps, done=saved_number, unit="update") as bar,
    ):
        run.remove_partial_files()
        run.cut_log(saved_number)
        while task.number < steps:
            losses = task.step()
            stop = _agreed(task.group, received)
            number = task.number
            for name, loss in losses.items():
                _require(math.isfinite(loss), f"{name} is {loss}", run, number, saved_number)
            if number % log_every == 0 or number == steps:
                run.log({"update": number, **losses})
            if number % picture_every == 0 or number == steps:
                task.picture()
            bar.update(losses)
            if number == steps or stop or time.monotonic() - saved_at > _SECONDS:
                _require(task.is_finite(), "a weight is not finite", run, number, saved_number)
                run.save(task.state_dict())
                saved_number, saved_at = number, time.monotonic()
                yield number
            if stop and number < steps:
                raise Interrupted(
                    f"stopped after update {number}; its state is saved in {run.path}"
                )


def accompany(task: Task) -> None:
    """Make the updates of `advance` on a rank other than 0, without any output.

    Raises Interrupted if the ranks stop after a signal to one of them.
    """
    steps = task.config.steps
    with one_blas_thread, _signals() as received:
        while task.number < steps:
            task.step()
            if _agreed(task.group, received) and task.number < steps:
                raise Interrupted(f"stopped after update {task.number}")


def _agreed(group: Group, received: list[int]) -> list[int]:
    """Return the signals that this process has received, or that any rank of several has received.

    All ranks return the same, so all of them stop after the same update.
    """
    if group.size == 1:
        return received  # it may still grow
    (ranks,) = group.all_sum(np.array([bool(received)], np.int64))
    return [int(ranks[0])] if ranks[0] else []


def _require(fine: bool, problem: str, run: Run, number: int, saved_number: int) -> None:
    """Raise RunError, which names the problem, if the condition does not hold."""
    if not fine:
        raise RunError(
            f"update {number}: {problem}; the run is stopped, and its last good state, update "
            f"{saved_number}, is kept in {run.path} (a smaller `lr` may help)"
        )


@contextmanager
def _signals() -> Iterator[list[int]]:
    """Yield a list that receives Ctrl-C and SIGTERM, so that an update is always completed.

    A second Ctrl-C raises KeyboardInterrupt at once. In a thread other than the main one, Python
    lets nobody handle signals, and the list stays empty.
    """
    received: list[int] = []
    before: dict[signal.Signals, Any] = {}

    def receive(number: int, frame: Any) -> None:
        if received:
            raise KeyboardInterrupt
        received.append(number)

    with suppress(ValueError):  # only the main thread may handle signals
        for number in (signal.SIGINT, signal.SIGTERM):
            before[number] = signal.signal(number, receive)
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
