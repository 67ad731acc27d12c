"""The loop around any training: progress, log, checkpoints, and a clean end whatever happens."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm

from minigan.runs.directory import Run, RunError
from minigan.runs.task import Task
from minigan.threads import one_blas_thread

_SECONDS = 15.0  # of work at most that a kill can lose
_FRAMES = 40  # pictures of the progress
_LINES = 2000  # in a log at most


class Interrupted(Exception):
    """The user stopped the run; its state is saved."""


def advance(run: Run, task: Task, steps: int) -> Iterator[int]:
    """Train until `steps` updates are made in all; yields their number whenever a checkpoint has
    been written.

    Raises RunError, the last checkpoint kept, if a loss or a weight is no finite number;
    Interrupted, the state saved, after Ctrl-C or SIGTERM.
    """
    good, saved = task.number, time.monotonic()
    every, logged = max(1, steps // _FRAMES), max(1, steps // _LINES)
    # one limit for the whole run spares each product its own
    with (
        one_blas_thread,
        _signals() as stop,
        tqdm(total=steps, initial=good, unit="update", mininterval=0.5) as bar,
    ):
        run.tidy()
        run.cut_log(good)
        while task.number < steps:
            losses = task.step()
            number = task.number
            for name, loss in losses.items():
                _require(math.isfinite(loss), f"{name} is {loss}", run, number, good)
            if number % logged == 0 or number == steps:
                run.log({"update": number, **losses})
            if number % every == 0 or number == steps:
                task.picture()
            bar.set_postfix({name: f"{loss:.3f}" for name, loss in losses.items()}, refresh=False)
            bar.update()
            if number == steps or stop or time.monotonic() - saved > _SECONDS:
                _require(task.is_finite(), "a weight is no finite number", run, number, good)
                run.save(task.state_dict())
                good, saved = number, time.monotonic()
                yield number
            if stop and number < steps:
                raise Interrupted(
                    f"stopped after update {number}; continue with --resume {run.path}"
                )


def _require(fine: bool, what: str, run: Run, number: int, good: int) -> None:
    if not fine:
        raise RunError(
            f"update {number}: {what}; the run is stopped, and its last good state, update "
            f"{good}, kept in {run.path} "
            "(a smaller --lr may help)"
        )


@contextmanager
def _signals() -> Iterator[list[int]]:
    """A list that receives Ctrl-C and SIGTERM, so that no update is cut in two; a second Ctrl-C is
    Python's own.
    """
    received: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield received
        return

    def receive(number: int, frame: Any) -> None:
        if received:
            raise KeyboardInterrupt
        received.append(number)

    before = {number: signal.signal(number, receive) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
