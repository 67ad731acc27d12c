"""Pictures of the way from h to x and back: maps on a line, walks through h, images and their h."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from minigan.gan import lerp, slerp
from minigan.models import outputs
from minigan.runs import GANTask, RunError
from minigan.studies import Bijection
from minigan.viz.canvas import BLUE, INK, PALE, VERMILION, WHITE, Path_, in_own_style, save_png
from minigan.viz.pictures import grid

Array = np.ndarray[Any, Any]


def inversion_figure(
    path: Path_, targets: Array, found: Array, names: list[str], title: str = ""
) -> None:
    """Write targets (N, C, H, W) in [-1, 1], below them what G draws, and the differences."""
    difference = np.abs(targets - found).clip(0, 2) - 1  # black where they agree
    rows = np.concatenate([targets, found, difference])
    note = ", ".join(names) + "; black where both agree"
    grid(
        rows, path, title, columns=len(targets), rows=("target x", "G(h)", "|x - G(h)|"), note=note
    )


def draw_latent_walk(
    task: GANTask, path: Path_, pairs: int = 4, steps: int = 9, seed: int = 0
) -> None:
    """Write what G draws on walks from one latent vector to another: straight, and along an arc.

    A conditional G draws one class on each walk. Raises RunError for data that are points.
    """
    if task.data.kind == "points":
        raise RunError(f"{task.data.name}: points have no images to walk between")
    labels = np.arange(pairs) % max(1, task.classes)
    inputs = task.latents(2 * pairs, seed, np.tile(labels, 2)).numpy()  # h, then the class
    first, last = np.split(inputs, 2)
    t, h = np.linspace(0, 1, steps), slice(task.config.latent)
    # (pairs, straight and arc, steps, latent + classes)
    walks = np.tile(first[:, None, None], (1, 2, steps, 1))
    for walk, a, b in zip(walks, first, last, strict=True):
        walk[..., h] = lerp(a[h], b[h], t), slerp(a[h], b[h], t)
    images = outputs(task.generator, walks.reshape(-1, inputs.shape[1]))
    note = "on a straight line, h is shorter in the middle; on an arc it is not"
    classes = task.data.classes or range(task.classes)
    rows = [
        f"{classes[label]}: {name}" if task.classes else name
        for label in labels
        for name in ("straight", "arc")
    ]
    grid(images, path, "From one h to another", columns=steps, rows=rows, note=note)


@in_own_style
def bijection_figure(found: Bijection, path: Path_) -> None:
    """Write the graphs of the exact G = F^-1 o Phi and of a trained one, and their slopes."""
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
    exact, trained = found.steepest
    title = f"Slopes dG/dh: the largest are {exact:.0f} (exact) and {trained:.0f} (trained)"
    _draw(right, found.h, found.slopes, title)
    right.set(yscale="log", ylim=(0.05, 3000))
    save_png(drawn, path)


def _draw(axes: Any, h: Array, curves: tuple[Array, Array], title: str) -> None:
    axes.plot(h, curves[1], color=VERMILION, lw=2.4, alpha=0.8, label="a trained G")
    axes.plot(h, curves[0], color=BLUE, lw=1.6, ls=(0, (4, 2)), label="the exact G = F⁻¹ ∘ Φ")
    axes.set_xlim(-3, 3)
    axes.set_title(title, loc="left", fontsize=12, color=INK)
    axes.set_xlabel("h, drawn from N(0, 1)", fontsize=11, color=INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=10, colors=INK)
