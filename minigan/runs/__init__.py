"""A run: its directory, its config, its checkpoints; begun, continued, opened again.

>>> from minigan import runs
>>> sorted(runs.KINDS)
['autoencoder', 'gan']
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from minigan.runs import autoencoder, gan
from minigan.runs.autoencoder import AutoencoderTask
from minigan.runs.config import AutoencoderConfig, Config, GANConfig
from minigan.runs.directory import Run, RunError
from minigan.runs.gan import GANTask, sample
from minigan.runs.loop import Interrupted

KINDS: dict[str, tuple[type[Config], type[Any], Any]] = {
    "gan": (GANConfig, GANTask, gan.train),
    "autoencoder": (AutoencoderConfig, AutoencoderTask, autoencoder.train),
}

# where data are points, perceptrons play
_POINTS = {"latent": 256, "batch": 256, "steps": 10_000, "lr": 1e-4, "lr_d": 1e-4, "decay": 0.0}


def configure(kind: str, given: dict[str, Any]) -> Config:
    """The config of a run from the settings given; the rest follows the data. RunError for what is not legal."""
    config, task, _ = KINDS[kind]
    return config(**{**(_POINTS if task is GANTask and given.get("data") in gan.POINTS else {}), **given})


def default_text(kind: str, name: str) -> str:
    """The default of a setting as --help shows it."""
    value = str(getattr(KINDS[kind][0](), name))
    return f"{value}; for points {_POINTS[name]}" if kind == "gan" and name in _POINTS else value


def begin(config: Config, out: str | os.PathLike[str] | None = None) -> tuple[Run, Any]:
    """A new run and its task. RunError if the config cannot be carried out, or `out` exists: nothing is left behind."""
    if out is not None and os.path.lexists(out):
        Run.create(out, config.kind)  # refuses, before any work is done
    task = KINDS[config.kind][1](config)
    run = Run.create(out, config.kind)
    try:
        run.write_json("config.json", config.as_json())
    except OSError:
        run.path.rmdir()
        raise
    return run, task


def load(path: str | os.PathLike[str], steps: int | None = None, kind: str | None = None) -> tuple[Run, Any]:
    """A run and its task as its checkpoint left them: models, config and all. RunError if there is none.

    `steps` is the number of updates to train to in all, where it is to be another; `kind` the only kind wanted.
    """
    run = Run.open(path)
    settings = run.read_json("config.json")
    found = settings.get("kind") if isinstance(settings, dict) else None
    if found not in KINDS or kind not in (None, found):
        raise RunError(f"{path}: is a run of kind {found!r} (legal here: {kind or ', '.join(KINDS)})")
    config = KINDS[found][0].from_json(settings)
    if steps is not None:
        config = replace(config, steps=steps)
    task = KINDS[found][1](config)
    state = run.load()
    try:
        task.load_state_dict(state)
    except (KeyError, ValueError, TypeError, RuntimeError) as error:
        raise RunError(f"{path}: checkpoint.npz does not fit config.json ({error})") from error
    if steps is not None:
        run.write_json("config.json", config.as_json())
    return run, task


def train(run: Run, task: Any) -> Iterator[int]:
    """Train to the end of the config; yields at each checkpoint. Raises RunError and Interrupted as `loop.advance`."""
    yield from KINDS[task.config.kind][2](run, task)


__all__ = [
    "AutoencoderTask",
    "AutoencoderConfig",
    "Config",
    "GANConfig",
    "Run",
    "RunError",
    "GANTask",
    "sample",
    "Interrupted",
    "KINDS",
    "configure",
    "default_text",
    "begin",
    "load",
    "train",
]
