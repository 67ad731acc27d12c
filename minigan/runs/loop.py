"""The loop around any training: progress, log, checkpoints, and a clean end whatever happens."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from tqdm import tqdm

from minigan.backend import one_blas_thread
from minigan.runs.directory import Run, RunError

_SECONDS = 15.0  # of work at most that a kill can lose
_FRAMES = 40  # pictures of the progress
_LINES = 2000  # in a log at most


class Task(Protocol):
    """What can be trained: it counts its updates, makes one, takes a picture, and gives and takes its whole state."""

    @property
    def number(self) -> int:
        """How many updates have been made."""

    def step(self) -> dict[str, float]:
        """Make one update; the losses, by name."""

    def picture(self) -> None:
        """Remember what the models make at this moment."""

    def state_dict(self) -> dict[str, Any]:
        """Everything that the future depends on."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from a state."""


class Interrupted(Exception):
    """The user stopped the run; its state is saved."""


def advance(run: Run, task: Task, steps: int) -> Iterator[int]:
    """Train until `steps` updates are made in all; yields their number whenever a checkpoint has been written.

    The first checkpoint is the start, so that a run can be resumed from wherever it is killed. Raises RunError, the
    last checkpoint kept, if a loss is no finite number; Interrupted, the state saved, after Ctrl-C or SIGTERM.
    """
    if not run.has_checkpoint:
        task.picture()
        run.save(task.state_dict())
    run.cut_log(task.number)
    good, saved = task.number, time.monotonic()
    every, logged = max(1, steps // _FRAMES), max(1, steps // _LINES)
    # one limit for the whole run spares each product its own
    with (
        one_blas_thread,
        _signals() as stop,
        tqdm(total=steps, initial=task.number, unit="update", mininterval=0.5) as bar,
    ):
        while task.number < steps:
            losses = task.step()
            number = task.number
            if bad := [name for name, loss in losses.items() if not math.isfinite(loss)]:
                raise RunError(
                    f"update {number}: {bad[0]} is {losses[bad[0]]}; the run is stopped, and its last good state, "
                    f"update {good}, kept in {run.path} (a smaller --lr may help)"
                )
            if number % logged == 0 or number == steps:
                run.log({"update": number, **losses})
            if number % every == 0:
                task.picture()
            bar.set_postfix({name: f"{loss:.3f}" for name, loss in losses.items()}, refresh=False)
            bar.update()
            if number == steps or stop or time.monotonic() - saved > _SECONDS:
                run.save(task.state_dict())
                good, saved = number, time.monotonic()
                yield number
            if stop and number < steps:
                raise Interrupted(f"stopped after update {number}; continue with --resume {run.path}")


@contextmanager
def _signals() -> Iterator[list[int]]:
    """A list that receives Ctrl-C and SIGTERM, so that no update is cut in two; a second Ctrl-C is Python's own."""
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
