"""A run: a training whose directory holds its settings, log, checkpoints and results.

>>> from minigan import runs
>>> sorted(runs.KINDS)
['autoencoder', 'gan']
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from minigan.gan import OBJECTIVES
from minigan.runs.autoencoder import AutoencoderTask
from minigan.runs.config import POINTS, AutoencoderConfig, Config, DecodersConfig, GANConfig
from minigan.runs.data import SPLITS
from minigan.runs.directory import Run, RunError
from minigan.runs.gan import GANTask, sample
from minigan.runs.loop import Interrupted, advance
from minigan.runs.task import Task


class Kind(NamedTuple):
    """A kind of run: the class of its config, and the class of the task made from a config."""

    config: type[Config]
    task: type[Any]


KINDS = {"gan": Kind(GANConfig, GANTask), "autoencoder": Kind(AutoencoderConfig, AutoencoderTask)}


def configure(kind: str, settings: dict[str, Any]) -> Config:
    """Return the config of a run from some settings; the others have their defaults.

    Raises RunError for settings that are not legal.

    >>> configure("gan", {"data": "ring8"}).latent
    256
    """
    if kind not in KINDS:
        raise RunError(f"configure: kind={kind!r} is not legal (legal: {', '.join(KINDS)})")
    return KINDS[kind].config.with_defaults(settings)


def begin(
    config: Config, out: str | os.PathLike[str] | None = None
) -> tuple[Run, GANTask | AutoencoderTask]:
    """Make a new run directory, by default the next free runs/KIND-NNN; return run and task.

    The first checkpoint is the state before the first update, so the run can be resumed whenever it
    is killed. Raises RunError if the config cannot be carried out or `out` exists, and OSError if a
    file cannot be written; then no directory is left.
    """
    if out is not None and os.path.lexists(out):  # refused before any work is done
        name = repr(os.fspath(out))
        raise RunError(
            f"out={name} exists already; name a new directory, or continue a run with "
            f"runs.load({name})"
        )
    task: GANTask | AutoencoderTask = KINDS[config.kind].task(config)
    task.picture()
    run = Run.create(out, config.kind)
    try:
        run.write_json("config.json", config.as_json())
        run.save(task.state_dict())
    except BaseException:
        run.remove()
        raise
    return run, task


def load(
    path: str | os.PathLike[str], steps: int | None = None, kind: str | None = None
) -> tuple[Run, Any]:
    """Return the run in a directory and its task, in the state of its last checkpoint.

    `steps` replaces the number of updates to train to in all. `kind` is the only legal kind of run,
    by default any. Raises RunError if there is no such run.
    """
    run = Run.open(path)
    settings = run.read_json("config.json")
    found = settings.get("kind") if isinstance(settings, dict) else None
    if not isinstance(found, str) or found not in KINDS or kind not in (None, found):
        raise RunError(
            f"{path}: is a run of kind {found!r} (legal here: {kind or ', '.join(KINDS)})"
        )
    config = KINDS[found].config.from_json(settings)
    if steps is not None:
        config = replace(config, steps=steps)
    task = KINDS[found].task(config)
    state = run.load()
    try:
        task.load_state_dict(state)
    except (KeyError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        raise RunError(f"{path}: checkpoint.npz does not fit config.json ({error})") from error
    if steps is not None:
        if steps < task.number:
            raise RunError(
                f"steps={steps}: {path} has made {task.number} updates already "
                f"(legal: at least {task.number})"
            )
        run.write_json("config.json", config.as_json())
    return run, task


def train(run: Run, task: Task) -> Iterator[int]:
    """Train to the last update of the config; yield the number of updates after each checkpoint.

    At the end metrics.json is written. Raises RunError if a loss or a weight is not finite, and
    Interrupted after Ctrl-C or SIGTERM.
    """
    yield from advance(run, task, task.config.steps)
    log = run.read_log()
    if not log or not any(name.startswith("loss") for name in log[-1]):
        # the run was finished before, and its log was lost since
        raise RunError(
            f"{run.path}: log.jsonl has lost its records (train to more `steps` to write new ones)"
        )
    run.write_json("metrics.json", task.metrics(log))


__all__ = [
    "OBJECTIVES",
    "POINTS",
    "SPLITS",
    "AutoencoderTask",
    "AutoencoderConfig",
    "DecodersConfig",
    "Config",
    "GANConfig",
    "Run",
    "RunError",
    "GANTask",
    "Task",
    "sample",
    "Interrupted",
    "Kind",
    "KINDS",
    "configure",
    "begin",
    "load",
    "train",
]
