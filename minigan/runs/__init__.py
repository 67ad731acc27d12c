"""A run: its directory, its config, its checkpoints; begun, continued, opened again.

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
from minigan.runs.autoencoder import DIGITS8, SPLITS, AutoencoderTask, usual_config
from minigan.runs.config import AutoencoderConfig, Config, DecodersConfig, GANConfig
from minigan.runs.directory import Run, RunError
from minigan.runs.gan import POINTS, GANTask, sample
from minigan.runs.loop import Interrupted, advance
from minigan.runs.task import Task


class Kind(NamedTuple):
    """A kind of run: the class of what it is told, and that of what it does; a task is made from a
    config.
    """

    config: type[Config]
    task: type[Any]


KINDS = {"gan": Kind(GANConfig, GANTask), "autoencoder": Kind(AutoencoderConfig, AutoencoderTask)}

# where data are points, perceptrons play; on a line, a perceptron against an affine map
_POINTS = {"latent": 256, "batch": 256, "steps": 10_000, "lr": 1e-3, "lr_d": 1e-3, "decay": 0.0}
_LINE = {**_POINTS, "latent": 1, "steps": 4000, "lr": 3e-4, "lr_d": 1e-3}


def configure(kind: str, given: dict[str, Any]) -> Config:
    """The config of a run from the settings given; the rest follows data and objective.

    RunError for what cannot be.
    """
    if kind == "autoencoder":
        return usual_config(given)
    data = given.get("data")
    of_data = _LINE if data == "gaussian" else _POINTS if data in POINTS else {}
    return GANConfig(**{**GANConfig.follow(given), **of_data, **given})


def default_text(kind: str, name: str) -> str:
    """The default of a setting as --help shows it."""
    default = getattr(KINDS[kind].config(), name)
    of_data = {"points": _POINTS, "gaussian": _LINE} if kind == "gan" else {"digits8": DIGITS8}
    cases = {data: usual[name] for data, usual in of_data.items() if name in usual}
    if kind == "gan":
        cases |= {
            game: GANConfig.follow({"objective": game}).get(name, default) for game in OBJECTIVES
        }
    others = [f"; for {case} {value}" for case, value in cases.items() if value != default]
    return f"{default}{''.join(others)}"


def begin(config: Config, out: str | os.PathLike[str] | None = None) -> tuple[Run, Task]:
    """A new run and its task; its first checkpoint is the start, so that it can be resumed wherever
    it is killed.

    RunError if the config cannot be carried out, or `out` exists; OSError as files do. Then nothing
    is left behind.
    """
    if out is not None and os.path.lexists(out):
        Run.create(out, config.kind)  # refuses, before any work is done
    task: Task = KINDS[config.kind].task(config)
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
    """A run and its task as its checkpoint left them: models, config and all.

    RunError if there is none.

    `steps` is the number of updates to train to in all, where it is to be another; `kind` the only
    kind wanted.
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
                f"--steps {steps}: {path} has made {task.number} updates already (legal: that or "
                "more)"
            )
        run.write_json("config.json", config.as_json())
    return run, task


def train(run: Run, task: Task) -> Iterator[int]:
    """Train to the end of the config; yields at each checkpoint, and ends with metrics.json.

    Raises as `advance`.
    """
    yield from advance(run, task, task.config.steps)
    log = run.read_log()
    if not log or not any(
        name.startswith("loss") for name in log[-1]
    ):  # of a finished run, nothing writes it again
        raise RunError(
            f"{run.path}: log.jsonl has lost its records (train on, to more --steps, to write new "
            "ones)"
        )
    run.write_json("metrics.json", task.metrics(log))


__all__ = [
    "OBJECTIVES",
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
    "default_text",
    "begin",
    "load",
    "train",
]
