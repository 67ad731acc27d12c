"""The explorer of a training: the frames of a game on toy data, and two futures side by side.

By default the page shows the built-in recordings; `training_recording` makes them. Of a run of
one's own it shows the recording, without another future.
"""

from __future__ import annotations

import os
from typing import Any

from minigan import theory
from minigan.datasets.catalogue import TOYS
from minigan.explain.explorers import training_recording
from minigan.gan import Game, LineRecorder, Objective, PlaneRecorder
from minigan.metrics import JSDBound, count_modes
from minigan.printable import printable
from minigan.runs import GANConfig, GANTask, Run, RunError, load
from minigan.viz.recording import Recording, description_of

CODE = (
    Game._update_D,
    Game._update_G,
    Objective.discriminator,
    Objective.generator,
    LineRecorder._look,
    PlaneRecorder._look,
    JSDBound,
    count_modes,
    theory.decompose,
    theory.optimal_logit,
    training_recording._WithoutDetach,
    training_recording._swap_labels,
    training_recording._learn_faster,
)


def data(source: object = None) -> dict[str, Any]:
    """Return the recordings of a page as JSON: those of a run, by default the built-in ones.

    `source` is the directory of a run, or a run and its task, as `runs.load` returns them. Raises
    RunError if the run cannot be loaded, or has no recording: only a GAN on points has one. Raises
    TypeError for any other source.
    """
    if source is None:
        kept = training_recording.load()
        return {"games": {name: _built_in(name, tracks) for name, tracks in kept.items()}}
    run, task = _loaded(source)
    if task.recorder is None or not task.recorder.records:
        raise RunError(
            f"{run.path}: this run of {task.config.data} has no recording (legal: a GAN on points, "
            f"that is, on {', '.join(TOYS)}, after its first update)"
        )
    game = {
        **description_of(task.recorder),
        "name": printable(run.path.name),
        "words": f"{task.summary}. {task.data.description}.",
        "tracks": {"own": Recording.of(task.recorder).as_json()},
    }
    return {"games": {"own": game}}


def _loaded(source: object) -> tuple[Run, GANTask]:
    """Return a run and its task from the directory of the run, or as they are."""
    if isinstance(source, str | os.PathLike):
        source = load(source, kind="gan")
    match source:
        case (Run() as run, GANTask() as task):
            return run, task
    raise TypeError(
        f"training: source is {source!r} (legal: the directory of a run, or what runs.load returns)"
    )


def _built_in(name: str, tracks: dict[str, Recording]) -> dict[str, Any]:
    """Return a built-in game as JSON, with the last update before the futures part."""
    task = GANTask(GANConfig.with_defaults(training_recording.SETTINGS[name]))
    return {
        **description_of(training_recording.recorder_of(task)),
        "words": f"{task.summary}. {task.data.description}.",
        "fork": training_recording.FORK,
        "tracks": {change: recording.as_json() for change, recording in tracks.items()},
    }
