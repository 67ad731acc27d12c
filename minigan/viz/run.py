"""The pictures of a run, drawn from its log and from what its task remembers: samples.png, samples.gif, curves.png."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.datasets import Dataset
from minigan.runs import GANTask, Run, Task
from minigan.viz.pictures import gif, grid, samples
from minigan.viz.plots import curves


def draw_samples(run: Run, task: Task) -> None:
    """Write samples.png: what the models make now."""
    last, path, title = task.frames[-1], run.path / "samples.png", f"{run.path.name}, update {task.numbers[-1]}"
    if isinstance(task, GANTask):
        samples(last, path, f"Samples: {title}", **_beside(task))
    else:
        note = f"{len(last)} held-out images, a reconstruction below each"
        grid(_pairs(task, last), path, f"Reconstructions: {title}", columns=_ROW, note=note)


def draw_run(run: Run, task: Task) -> None:
    """Write all pictures of a finished run."""
    draw_samples(run, task)
    path, log = run.path, run.read_log()
    captions = [f"update {number}" for number in task.numbers]
    if isinstance(task, GANTask):
        gif(zip(task.frames, captions, strict=True), path / "samples.gif", "Samples", **_beside(task))
        title = f"What the players lose: {path.name}"
        # the levels that curves marks are those of this objective
        curves(log, path / "curves.png", title, references=task.config.objective == "non-saturating")
    else:
        pairs = zip((_pairs(task, frame) for frame in task.frames), captions, strict=True)
        gif(pairs, path / "samples.gif", "Held-out images and their reconstructions", columns=_ROW)
        curves(log, path / "curves.png", f"Squared error on the batch of each update: {path.name}", unit="per pixel")


def _beside(task: GANTask) -> dict[str, Any]:
    """What points are drawn over: as many of the data, and the modes."""
    if isinstance(task.data, Dataset):
        return {}
    return {"data": task.data.sample(len(task.frames[-1]), 0), "centers": task.data.centers}


_ROW = 8


def _pairs(task: Any, reconstructions: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Rows of images, each above the row of its reconstructions, in [-1, 1]."""
    images = task.test[: len(reconstructions)]
    rows = [
        part
        for start in range(0, len(images), _ROW)
        for part in (images[start : start + _ROW], reconstructions[start : start + _ROW])
    ]
    return 2 * np.concatenate(rows) - 1
