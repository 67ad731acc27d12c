"""The way from h to X and back as pictures: the exact generator in one dimension, and images sought
by their h.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from minigan import datasets
from minigan.gan import lerp, slerp
from minigan.models import outputs
from minigan.runs import GANTask, RunError
from minigan.studies import Bijection
from minigan.viz.canvas import BLUE, INK, PALE, VERMILION, WHITE, Path_, save_png
from minigan.viz.pictures import grid

Array = np.ndarray[Any, Any]


def inversion_figure(
    path: Path_, targets: Array, found: Array, names: list[str], title: str = ""
) -> None:
    """Write targets (N, C, H, W) in [-1, 1], below each what was found for it, and their
    difference.
    """
    difference = np.abs(targets - found).clip(0, 2) - 1  # black where they agree
    rows = np.concatenate([targets, found, difference])
    note = ", ".join(names) + "; black where both agree"
    grid(
        rows, path, title, columns=len(targets), rows=("target x", "G(h)", "|x - G(h)|"), note=note
    )


def draw_latent_walk(
    task: GANTask, path: Path_, pairs: int = 4, steps: int = 9, seed: int = 0
) -> None:
    """Write what G draws on the way from one latent vector to another: straight, and below along
    the arc.

    A conditional G is held to one class on each way. Raises RunError for data that are points.
    """
    if not isinstance(task.data, datasets.Dataset):
        raise RunError(f"{task.data.name}: points have no images to walk between")
    labels = np.arange(pairs) % max(1, task.classes)
    given, h = task.latents(2 * pairs, seed, np.tile(labels, 2)).numpy(), slice(task.config.latent)
    first, last = np.split(given, 2)
    t = np.linspace(0, 1, steps)
    ways = np.tile(
        first[:, None, None], (1, 2, steps, 1)
    )  # (pairs, straight and arc, steps, latent + classes)
    for way, a, b in zip(ways, first, last, strict=True):
        way[..., h] = lerp(a[h], b[h], t), slerp(a[h], b[h], t)
    images = outputs(task.generator, ways.reshape(-1, given.shape[1]))
    note = "straight through h, where vectors get shorter on the way; along the arc they do not"
    rows = [
        f"{label}: {way}" if task.classes else way
        for label in labels
        for way in ("straight", "arc")
    ]
    grid(images, path, "From one h to another", columns=steps, rows=rows, note=note)


def bijection_figure(found: Bijection, path: Path_) -> None:
    """Write the exact G = F^-1 o Phi beside the learned one, and the slopes of both."""
    drawn = Figure(figsize=(9.5, 4.2), dpi=150, layout="constrained", facecolor=WHITE)
    FigureCanvasAgg(drawn)
    left, right = drawn.subplots(1, 2)
    left.axhspan(*found.gap, color="#F0F0F0", lw=0)
    _draw(left, found.h, found.curves, "Two modes from one Gaussian")
    in_data, in_model = found.in_gap
    words = f"the gap: {in_data:.2%} of the data,\n{in_model:.2%} of what G draws"
    left.text(-2.9, 0, words, color=PALE, va="center")
    left.set_ylabel("x = G(h)", fontsize=11, color=INK)
    left.legend(loc="lower right", frameon=False, fontsize=10)
    exact, learned = found.steepest
    title = f"Slopes where G rises: at the gap {exact:.0f}, learned {learned:.0f}"
    _draw(right, found.h, found.slopes, title)
    right.set(yscale="log", ylim=(0.05, 3000))
    save_png(drawn, path)


def _draw(axes: Any, h: Array, curves: tuple[Array, Array], title: str) -> None:
    axes.plot(h, curves[1], color=VERMILION, lw=2.4, alpha=0.8, label="a learned G")
    axes.plot(h, curves[0], color=BLUE, lw=1.6, ls=(0, (4, 2)), label="the exact G = F⁻¹ ∘ Φ")
    axes.set_xlim(-3, 3)
    axes.set_title(title, loc="left", fontsize=12, color=INK)
    axes.set_xlabel("h, drawn from N(0, 1)", fontsize=11, color=INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=10, colors=INK)
