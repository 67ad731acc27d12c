"""The pictures of a run, drawn from its log and from what its task remembers: samples.png, samples.gif, curves.png."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.runs import GANTask, Run
from minigan.viz.pictures import gif, grid, samples
from minigan.viz.plots import curves


def draw_samples(run: Run, task: Any) -> None:
    """Write samples.png: what the models make now."""
    last, number = task.frames[-1], task.numbers[-1]
    path, title = run.path / "samples.png", f"{run.path.name}, update {number}"
    if isinstance(task, GANTask):
        samples(last, path, title=f"Samples: {title}")
    else:
        grid(_pairs(task, last), path, f"Held-out images above, reconstructions below: {title}", columns=_ROW)


def draw_run(run: Run, task: Any) -> None:
    """Write all pictures of a finished run."""
    draw_samples(run, task)
    frames = zip(task.frames, task.numbers, strict=True)
    game = isinstance(task, GANTask)
    gif(
        [(frame if game else _pairs(task, frame), f"update {number}") for frame, number in frames],
        run.path / "samples.gif",
        title="Samples" if game else "Held-out images and their reconstructions",
        columns=None if game else _ROW,
    )
    title = "What the players lose" if game else "Squared error on the batch of each update"
    curves(
        run.read_log(), run.path / "curves.png", title=f"{title}: {run.path.name}", unit=None if game else "per pixel"
    )


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
