"""The explorer of a training: the frames of a game on toy data, and two futures side by side.

By default the page shows the built-in recordings; `training_recording` makes them. Of a run of
one's own it shows the recording, without another future.
"""

from __future__ import annotations

from typing import Any

from minigan import theory
from minigan.explain.explorers import training_recording
from minigan.gan import Game, LineRecorder, Objective, PlaneRecorder
from minigan.metrics import JSDBound, count_modes
from minigan.runs import GANTask, configure
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
    """Return the recordings of a page as JSON: those of a task, by default the built-in ones.

    Raises ValueError unless `source` is a GAN's task on toy data that has records.
    """
    if source is None:
        return {"games": {name: _built_in(name, kept) for name, kept in _kept().items()}}
    if not isinstance(source, GANTask) or source.recorder is None:
        raise ValueError(
            f"training: {type(source).__name__} has no recording (legal: the task of a GAN on "
            "points, such as ring8 or gaussian)"
        )
    game = {
        **description_of(source.recorder),
        "words": f"{source.summary}. {source.data.description}.",
        "tracks": {"own": Recording.of(source.recorder).as_json()},
    }
    return {"games": {"own": game}}


def _kept() -> dict[str, dict[str, Recording]]:
    return training_recording.load()


def _built_in(name: str, tracks: dict[str, Recording]) -> dict[str, Any]:
    """Return a built-in game as JSON, with the update at which the futures part."""
    task = GANTask(configure("gan", training_recording.SETTINGS[name]))
    assert task.recorder is not None
    return {
        **description_of(task.recorder),
        "words": f"{task.summary}. {task.data.description}.",
        "fork": training_recording.FORK,
        "tracks": {change: recording.as_json() for change, recording in tracks.items()},
    }
