"""Pictures of an auto-encoder: how it learns, where it puts classes, what lies between two images,
layer by layer.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import numpy as np
from matplotlib.ticker import NullLocator

from minigan.backend import Array
from minigan.runs import AutoencoderTask
from minigan.studies import LayerStudy
from minigan.viz.canvas import INK, OKABE_ITO, WHITE, YELLOW, Path_, figure, save_png
from minigan.viz.pictures import grid

_DARK = tuple(
    color for color in OKABE_ITO if color != YELLOW
)  # which is too pale for digits on white
_COLUMNS = 10
_MOMENTS = 7


def draw_pairs(
    images: Array, reconstructions: Array, path: Path_, title: str, note: str, columns: int = 8
) -> None:
    """Write rows of images (N, C, H, W) in [0, 1], each above the row of their reconstructions."""
    grid(
        2 * in_pairs(images, reconstructions, columns) - 1, path, title, columns=columns, note=note
    )


def in_pairs(images: Array, reconstructions: Array, columns: int) -> Array:
    """Rows of images, each followed by the row of their reconstructions: (2N, C, H, W)."""
    starts = range(0, len(images), columns)
    return np.concatenate(
        [part[start : start + columns] for start in starts for part in (images, reconstructions)]
    )


def draw_training(task: AutoencoderTask, path: Path_) -> None:
    """Write held-out images, and below them what became of them at some moments of the training."""
    last = len(task.frames) - 1
    chosen = sorted(
        {round(last * (number / (_MOMENTS - 1)) ** 2) for number in range(_MOMENTS)}
    )  # more of the beginning
    rows = ["images", *(f"update {task.numbers[number]}" for number in chosen)]
    shown = [task.test[:_COLUMNS], *(task.frames[number][:_COLUMNS] for number in chosen)]
    columns = len(shown[0])
    note = "the same held-out images in each row"
    grid(
        2 * np.concatenate(shown) - 1, path, "Held-out images while it learns", columns, rows, note
    )


def draw_latent(task: AutoencoderTask, path: Path_) -> None:
    """Write h (N, 2) of the held-out images, each image as the number of its class.

    ValueError if h is not of 2.
    """
    if task.config.latent != 2:
        raise ValueError(
            f"draw_latent: latent={task.config.latent} cannot be drawn in a plane (legal: 2)"
        )
    h = task.encode(task.test)
    labels = task.labels("test")
    drawn, axes = figure(
        7.2, 6.6, "Where the encoder puts held-out images, each drawn as its class"
    )
    for label in np.unique(labels):
        name, color = (
            task.data.classes[label] if task.data.classes else str(label),
            _DARK[label % len(_DARK)],
        )
        here = h[labels == label]
        marker = f"${name}$" if len(name) < 3 else "o"
        axes.scatter(*here.T, s=34, marker=marker, color=color, lw=0.3, alpha=0.75)
        middle = np.median(here, axis=0)
        halo = {"boxstyle": "circle,pad=0.2", "fc": WHITE, "ec": color, "lw": 1.6, "alpha": 0.9}
        axes.text(
            *middle,
            name,
            fontsize=10.5,
            weight="bold",
            color=INK,
            ha="center",
            va="center",
            bbox=halo,
        )
    axes.set_xscale(
        "asinh", linear_width=_width(h[:, 0])
    )  # nothing holds h together: a few images lie far out
    axes.set_yscale("asinh", linear_width=_width(h[:, 1]))
    for axis, name, values in ((axes.xaxis, "first", h[:, 0]), (axes.yaxis, "second", h[:, 1])):
        ticks = _ticks(values)
        axis.set_ticks(ticks, labels=[f"{tick:.3g}" for tick in ticks])
        axis.set_minor_locator(NullLocator())
        axis.set_label_text(f"{name} number of h (asinh scale)", fontsize=11.5, color=INK)
    save_png(drawn, path)


def _width(values: Array) -> float:
    """Where a scale of these values turns from linear to logarithmic."""
    return max(1e-6, float(np.median(np.abs(values))))


def _ticks(values: Array) -> list[float]:
    """Zero and powers of ten among the values, or where there are too few, their ends."""
    first, last = np.log10([_width(values), max(_width(values), float(np.abs(values).max()))])
    powers = [10.0**n for n in range(int(np.ceil(first)), int(last) + 1)]
    marks = [*(-power for power in reversed(powers)), 0.0, *powers]
    low, high = float(values.min()), float(values.max())
    inside = [mark for mark in marks if low <= mark <= high]
    return inside if len(inside) > 1 else [low, high]


def draw_walk(
    task: AutoencoderTask, path: Path_, pairs: int = 4, steps: int = 9, seed: int = 0
) -> None:
    """Write walks from one held-out image to another: along a line of h, and below it, along a line
    of pixels.
    """
    ends = task.ends(pairs, seed)
    in_h = [task.walk(a, b, steps) for a, b in ends]
    t = np.linspace(0, 1, steps, dtype=np.float32).reshape(-1, 1, 1, 1)  # (steps, 1, 1, 1)
    in_pixels = [(1 - t) * a + t * b for a, b in ends]
    images = np.concatenate(list(chain.from_iterable(zip(in_h, in_pixels, strict=True))))
    note = (
        "each first row: images of h on a line between two h; each second: a line between the "
        "two images themselves"
    )
    grid(
        2 * images - 1,
        path,
        "From one held-out image to another",
        steps,
        ["in h", "in pixels"] * pairs,
        note,
    )


def draw_layers(study: LayerStudy, path: Path_) -> None:
    """Write held-out images and what decoders bring back of them from each layer, with the layer's
    size and error.
    """
    rows = ["images"]
    for layer in study.layers:
        size = "x".join(map(str, layer.shape))
        rows.append(f"{layer.name} ({size}): {layer.normalised:.2g}")
    shown = np.concatenate([study.images[: study.shown.shape[1]], *study.shown])
    title = f"What each layer remembers: {Path(study.encoder.name).name}"
    note = "at each layer: its numbers, and the held-out squared error over that of the mean image"
    grid(2 * shown - 1, path, title, study.shown.shape[1], rows, note)
