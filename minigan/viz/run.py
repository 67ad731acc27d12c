"""The pictures of a run, drawn from its log and from the frames of its task."""

from __future__ import annotations

from typing import Any

from minigan.backend import Array
from minigan.runs import AutoencoderTask, GANTask, Run, Task
from minigan.viz.autoencoder import draw_latent, draw_pairs, draw_training, draw_walk, in_pairs
from minigan.viz.pictures import gif, samples
from minigan.viz.plots import curves
from minigan.viz.recording import losses_at_zero


def draw_samples(run: Run, task: GANTask | AutoencoderTask) -> None:
    """Write samples.png: samples of a GAN, or reconstructions, at the last frame of the task."""
    last, path = task.frames[-1], run.path / "samples.png"
    title = f"{run.path.name}, update {task.numbers[-1]}"
    if task.kind == "gan":
        samples(last, path, f"Samples: {title}", **_background(task))
    else:
        note = f"{len(last)} held-out images, a reconstruction below each"
        draw_pairs(task.test[: len(last)], last, path, f"Reconstructions: {title}", note)


def draw_run(run: Run, task: GANTask | AutoencoderTask) -> None:
    """Write all pictures of a finished run. `explain.write_report` writes its page report.html."""
    draw_samples(run, task)
    if task.kind == "gan":
        _draw_gan(run, task)
    else:
        _draw_autoencoder(run, task)


def _draw_gan(run: Run, task: GANTask) -> None:
    path, name = run.path, run.path.name
    gif(_captioned(task, task.frames), path / "samples.gif", "Samples", **_background(task))
    curves(
        run.read_log(),
        path / "curves.png",
        f"Losses of G and D: {name}",
        unit=task.config.game.unit,
        references=losses_at_zero(task.config.game),
    )


def _draw_autoencoder(run: Run, task: AutoencoderTask) -> None:
    path = run.path
    pages = [2 * in_pairs(task.test[: len(frame)], frame, 8) - 1 for frame in task.frames]
    title = "Held-out images and their reconstructions"
    gif(_captioned(task, pages), path / "samples.gif", title, columns=8)
    title = f"Loss on the batch of each update: {path.name}"
    curves(run.read_log(), path / "curves.png", title, unit="per pixel")
    draw_training(task, path / "training.png")
    draw_walk(task, path / "walk.png")
    if task.config.latent == 2:
        draw_latent(task, path / "latent.png")


def _captioned(task: Task, frames: list[Array]) -> list[tuple[Array, str]]:
    """Return each frame with the number of its update as caption."""
    return [(frame, f"update {number}") for frame, number in zip(frames, task.numbers, strict=True)]


def _background(task: GANTask) -> dict[str, Any]:
    """Return the data and the modes that samples are drawn over, if they are points."""
    if task.data.kind == "images":
        return {}
    return {"data": task.data.sample(len(task.frames[-1]), 0), "centers": task.data.centers}
