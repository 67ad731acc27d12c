"""The pictures of a run, drawn from its log and from what its task remembers: samples.png,
samples.gif, curves.png.

Of a toy's game, also report.html.
"""

from __future__ import annotations

from typing import Any

from minigan.datasets import Dataset
from minigan.runs import AutoencoderTask, GANTask, Run, Task
from minigan.viz.autoencoder import draw_latent, draw_pairs, draw_training, draw_walk, in_pairs
from minigan.viz.pictures import gif, samples
from minigan.viz.plots import curves
from minigan.viz.report import draw_report


def draw_samples(run: Run, task: Task) -> None:
    """Write samples.png: what the models make now."""
    last, path, title = (
        task.frames[-1],
        run.path / "samples.png",
        f"{run.path.name}, update {task.numbers[-1]}",
    )
    if isinstance(task, GANTask):
        samples(last, path, f"Samples: {title}", **_beside(task))
    elif isinstance(task, AutoencoderTask):
        note = f"{len(last)} held-out images, a reconstruction below each"
        draw_pairs(task.test[: len(last)], last, path, f"Reconstructions: {title}", note)


def draw_run(run: Run, task: Task) -> None:
    """Write all pictures of a finished run."""
    draw_samples(run, task)
    path, log = run.path, run.read_log()
    captions = [f"update {number}" for number in task.numbers]
    if isinstance(task, GANTask):
        gif(
            zip(task.frames, captions, strict=True),
            path / "samples.gif",
            "Samples",
            **_beside(task),
        )
        title = f"What the players lose: {path.name}"
        # the levels that curves marks are those of this objective
        name = task.config.objective
        logarithmic = name in ("non-saturating", "minimax", "r1") or name.startswith("f-")
        curves(
            log,
            path / "curves.png",
            title,
            unit="nats" if logarithmic else "",
            references=name == "non-saturating",
        )
        if task.recorder:
            words = f"{task.summary}. {task.data.description}."
            draw_report(task.recorder, path / "report.html", f"Flight recorder: {path.name}", words)
    elif isinstance(task, AutoencoderTask):
        pages = (2 * in_pairs(task.test[: len(frame)], frame, 8) - 1 for frame in task.frames)
        title = "Held-out images and their reconstructions"
        gif(zip(pages, captions, strict=True), path / "samples.gif", title, columns=8)
        curves(
            log,
            path / "curves.png",
            f"Loss on the batch of each update: {path.name}",
            unit="per pixel",
        )
        draw_training(task, path / "training.png")
        draw_walk(task, path / "walk.png")
        if task.config.latent == 2:
            draw_latent(task, path / "latent.png")


def _beside(task: GANTask) -> dict[str, Any]:
    """What points are drawn over: as many of the data, and the modes."""
    if isinstance(task.data, Dataset):
        return {}
    return {"data": task.data.sample(len(task.frames[-1]), 0), "centers": task.data.centers}
