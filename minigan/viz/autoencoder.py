"""Pictures of an auto-encoder: its training, the plane of h, walks through h, and its layers."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import numpy as np
from matplotlib.ticker import NullLocator

from minigan.backend import Array
from minigan.runs import AutoencoderTask
from minigan.studies import LayerStudy
from minigan.viz.canvas import (
    INK,
    OKABE_ITO,
    WHITE,
    YELLOW,
    Path_,
    figure,
    in_own_style,
    plain_text,
    save_png,
)
from minigan.viz.pictures import grid

_DARK = tuple(color for color in OKABE_ITO if color != YELLOW)  # yellow is too pale on white
_COLUMNS = 10  # images in a row of the picture of the training
_MOMENTS = 7  # rows of reconstructions in that picture


def draw_pairs(
    images: Array, reconstructions: Array, path: Path_, title: str, note: str, columns: int = 8
) -> None:
    """Write rows of images (N, C, H, W) in [0, 1], each above the row of their reconstructions."""
    rows = in_pairs(images, reconstructions, columns)
    grid(2 * rows - 1, path, title, columns=columns, note=note)


def in_pairs(images: Array, reconstructions: Array, columns: int) -> Array:
    """Return rows of images, each followed by the row of their reconstructions (2N, C, H, W)."""
    starts = range(0, len(images), columns)
    return np.concatenate(
        [part[start : start + columns] for start in starts for part in (images, reconstructions)]
    )


def draw_training(task: AutoencoderTask, path: Path_) -> None:
    """Write held-out images, and below them their reconstructions at moments of the training."""
    last = len(task.frames) - 1
    # squares: more moments from the beginning
    chosen = sorted({round(last * (k / (_MOMENTS - 1)) ** 2) for k in range(_MOMENTS)})
    rows = ["images", *(f"update {task.numbers[number]}" for number in chosen)]
    shown = [task.test[:_COLUMNS], *(task.frames[number][:_COLUMNS] for number in chosen)]
    columns = len(shown[0])
    title, note = "Reconstructions during the training", "the same held-out images in each row"
    grid(2 * np.concatenate(shown) - 1, path, title, columns, rows, note)


@in_own_style
def draw_latent(task: AutoencoderTask, path: Path_) -> None:
    """Write the plane of h, with the class of each held-out image at its h (2,).

    Raises ValueError if h does not have two numbers.
    """
    if task.config.latent != 2:
        raise ValueError(
            f"draw_latent: latent={task.config.latent} cannot be drawn in a plane (legal: 2)"
        )
    h = task.encode(task.test)
    labels = task.labels("test")
    drawn, axes = figure(7.2, 6.6, "h of held-out images, each drawn as its class")
    for label in np.unique(labels):
        name = task.data.classes[label] if task.data.classes else str(label)
        color, points = _DARK[label % len(_DARK)], h[labels == label]
        # a short name is its own marker, if no letter of it has a meaning in formulas
        marker = f"${name}$" if len(name) < 3 and name.isascii() and name.isalnum() else "o"
        axes.scatter(*points.T, s=34, marker=marker, color=color, lw=0.3, alpha=0.75)
        middle = np.median(points, axis=0)
        halo = {"boxstyle": "circle,pad=0.2", "fc": WHITE, "ec": color, "lw": 1.6, "alpha": 0.9}
        text, family = plain_text(name, 10.5, bold=True)
        axes.text(
            *middle,
            text,
            color=INK,
            ha="center",
            va="center",
            bbox=halo,
            parse_math=False,
            **family,
        )
    # h is not bounded, and a few images lie far out
    axes.set_xscale("asinh", linear_width=_linear_width(h[:, 0]))
    axes.set_yscale("asinh", linear_width=_linear_width(h[:, 1]))
    for axis, name, values in ((axes.xaxis, "first", h[:, 0]), (axes.yaxis, "second", h[:, 1])):
        ticks = _ticks(values)
        axis.set_ticks(ticks, labels=[f"{tick:.3g}" for tick in ticks])
        axis.set_minor_locator(NullLocator())
        axis.set_label_text(f"{name} number of h (asinh scale)", fontsize=11.5, color=INK)
    save_png(drawn, path)


def _linear_width(values: Array) -> float:
    """Return the absolute value up to which an asinh scale is about linear."""
    return max(1e-6, float(np.median(np.abs(values))))


def _ticks(values: Array) -> list[float]:
    """Return 0 and the powers of ten in the range of the values, or its ends if there are few."""
    width = _linear_width(values)
    first, last = np.log10([width, max(width, float(np.abs(values).max()))])
    powers = [10.0**n for n in range(int(np.ceil(first)), int(last) + 1)]
    marks = [*(-power for power in reversed(powers)), 0.0, *powers]
    low, high = float(values.min()), float(values.max())
    inside = [mark for mark in marks if low <= mark <= high]
    return inside if len(inside) > 1 else [low, high]


def draw_walk(
    task: AutoencoderTask, path: Path_, pairs: int = 4, steps: int = 9, seed: int = 0
) -> None:
    """Write walks from one held-out image to another: on a line in h, and below in pixels."""
    ends = task.ends(pairs, seed)
    in_h = [task.walk(a, b, steps) for a, b in ends]
    t = np.linspace(0, 1, steps, dtype=np.float32).reshape(-1, 1, 1, 1)  # (steps, 1, 1, 1)
    in_pixels = [(1 - t) * a + t * b for a, b in ends]
    images = np.concatenate(list(chain.from_iterable(zip(in_h, in_pixels, strict=True))))
    note = "in h: images of the points on a line between two h; in pixels: mixtures of two images"
    grid(
        2 * images - 1,
        path,
        "From one held-out image to another",
        steps,
        ["in h", "in pixels"] * pairs,
        note,
    )


def draw_layers(study: LayerStudy, path: Path_) -> None:
    """Write held-out images, and their reconstructions from each layer with its size and error."""
    rows = ["images"]
    for layer in study.layers:
        size = "x".join(map(str, layer.shape))
        rows.append(f"{layer.name} ({size}): {layer.normalised:.2g}")
    shown = np.concatenate([study.images[: study.shown.shape[1]], *study.shown])
    title = f"What each layer remembers: {Path(study.encoder.name).name}"
    note = "at each layer: its numbers, and the held-out squared error over that of the mean image"
    grid(2 * shown - 1, path, title, study.shown.shape[1], rows, note)
