"""The way from h to X and back as pictures: the exact generator in one dimension, and images sought
by their h.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from minigan import datasets, nn, optim
from minigan.backend import Seed, as_generator
from minigan.gan import Average, Game, exact_generator, lerp, slerp
from minigan.models import MLPDiscriminator, MLPGenerator, outputs
from minigan.runs import GANTask, RunError
from minigan.theory import Gaussian, GaussianMixture
from minigan.viz.canvas import BLUE, INK, PALE, VERMILION, WHITE, Path_, save_png
from minigan.viz.pictures import grid

Array = np.ndarray[Any, Any]
_MODES, _STD = [-2.0, 2.0], 0.5


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


class Gap(NamedTuple):
    """The steepest slope between the modes, and the share of samples there: of the exact G, and of
    a learned one.
    """

    slopes: tuple[float, float]
    shares: tuple[float, float]


def train_generator(steps: int = 1500, generator: Seed = 0) -> nn.Module:
    """The averaged G, a perceptron from N(0, 1) to numbers, of a GAN that has played for two
    modes.
    """
    start_G, start_D, data, noise = as_generator(generator).spawn(4)
    G, D = (
        MLPGenerator(1, 1, (64, 64), generator=start_G),
        MLPDiscriminator(1, (64, 64), generator=start_D),
    )
    average = Average(G, 0.99)
    game = Game(
        G,
        D,
        datasets.mixture(_MODES, _STD).batches(256, data),
        optim.Adam(G.parameters(), 1e-3, betas=(0.5, 0.99)),
        optim.Adam(D.parameters(), 1e-3, betas=(0.5, 0.99)),
        latent=1,
        generator=noise,
    )
    for _ in game.play(steps):
        average.update()
    return average.model


def bijection_figure(path: Path_, steps: int = 1500, generator: Seed = 0) -> Gap:
    """Write G = F^-1 o Phi beside a G learned from samples in so many steps, and their slopes;
    returns the gap's.
    """
    P = GaussianMixture(_MODES, _STD)
    exact, model = exact_generator(P), train_generator(steps, generator)
    h = np.linspace(-4, 4, 8001)
    learned = outputs(model, h[:, None])[:, 0].astype(np.float64)  # (n,) -> (n, 1) -> (n,)
    if learned[-1] < learned[0]:
        learned = learned[::-1]  # G(-h) is as good a generator, and this one rises
    curves, slopes = (exact.forward(h), learned), (exact.slope(h), np.gradient(learned, h))
    edge, mass = _MODES[1] - 3 * _STD, Gaussian().density(h)
    between = np.linspace(-edge, edge, 1001)
    shares = np.trapezoid(P.density(between), between), mass[abs(learned) < edge].sum() / mass.sum()
    gap = Gap(
        (float(slopes[0].max()), float(slopes[1].max())), (float(shares[0]), float(shares[1]))
    )
    drawn = Figure(figsize=(9.5, 4.2), dpi=150, layout="constrained", facecolor=WHITE)
    FigureCanvasAgg(drawn)
    left, right = drawn.subplots(1, 2)
    left.axhspan(-edge, edge, color="#F0F0F0", lw=0)
    _draw(left, h, curves, "Two modes from one Gaussian")
    left.text(
        -2.9,
        0,
        f"the gap: {gap.shares[0]:.2%} of the data,\n{gap.shares[1]:.2%} of what G draws",
        color=PALE,
        va="center",
    )
    left.set_ylabel("x = G(h)", fontsize=11, color=INK)
    left.legend(loc="lower right", frameon=False, fontsize=10)
    _draw(
        right,
        h,
        slopes,
        f"Slopes where G rises: at the gap {gap.slopes[0]:.0f}, learned {gap.slopes[1]:.0f}",
    )
    right.set(yscale="log", ylim=(0.05, 3000))
    save_png(drawn, path)
    return gap


def _draw(axes: Any, h: Array, curves: tuple[Array, Array], title: str) -> None:
    axes.plot(h, curves[1], color=VERMILION, lw=2.4, alpha=0.8, label="a learned G")
    axes.plot(h, curves[0], color=BLUE, lw=1.6, ls=(0, (4, 2)), label="the exact G = F⁻¹ ∘ Φ")
    axes.set_xlim(-3, 3)
    axes.set_title(title, loc="left", fontsize=12, color=INK)
    axes.set_xlabel("h, drawn from N(0, 1)", fontsize=11, color=INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=10, colors=INK)
