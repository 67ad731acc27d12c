"""Plots: the losses of a run, and samples of toy data over the data themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite, log
from numbers import Real
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from minigan.backend import Array, to_numpy
from minigan.viz.canvas import (
    BLUE,
    GREEN,
    INK,
    OKABE_ITO,
    SKY,
    VERMILION,
    Path_,
    figure,
    in_own_style,
    save_png,
)

# the losses of the non-saturating game if D cannot tell data from samples: D(x) = 1/2
CANNOT_TELL = {"loss_D": 2 * log(2), "loss_G": log(2)}
_NAMES = {
    "loss_D": "D's loss",
    "loss_G": "G's loss",
    "loss_train": "training data",
    "loss_test": "held-out data",
    "loss": "training data",
}
Box = tuple[tuple[float, float], ...]


@in_own_style
def curves(
    log: Iterable[Mapping[str, Any]],
    path: Path_,
    title: str = "Losses",
    x: str = "update",
    unit: str | None = None,
    references: Mapping[str, float] | bool | None = None,
) -> None:
    """Write the losses of a log as curves over `x`.

    A record of the log has `update` and losses, whose names begin with `loss`. Each loss is drawn
    pale, and its moving mean over it. `unit` is the unit of the losses, "" if they have none; by
    default nats for a GAN. `references` are the values of losses at which D cannot tell data from
    samples, by the name of the loss. They are marked. By default, and for True, they are those of a
    non-saturating GAN: 2 ln 2 for D and ln 2 for G. False marks none.
    Values that are missing or not finite are left out. Raises ValueError if none is left.
    """
    records = list(log)
    names = dict.fromkeys(name for record in records for name in record)
    lines = {name: _line(records, x, name) for name in names if name.startswith("loss")}
    lines = {name: line for name, line in lines.items() if line.size}
    if not lines:
        raise ValueError(
            f"curves: log of {len(records)} records has no loss over {x!r} (legal: numbers at "
            "'loss...')"
        )
    is_gan = lines.keys() >= CANNOT_TELL.keys()
    levels = references if isinstance(references, Mapping) else {}
    if references is True or (references is None and is_gan):
        levels = CANNOT_TELL
    drawn, axes = figure(8, 4.2, title)
    tops = []
    for (name, line), color in zip(lines.items(), OKABE_ITO * len(lines), strict=False):
        tops.append(_draw_loss(axes, line, color, _NAMES.get(name, name)))
        if name in levels:
            tops.append(levels[name])
            _draw_level(axes, name, levels[name], color)
    lowest = [float(values.min()) for _, values in lines.values()]
    low = min(0.0, *lowest, *(levels[name] for name in lines if name in levels))
    axes.set_ylim(low, low + 1.15 * (max(tops) - low) or 1)
    axes.margins(x=0.01)
    axes.grid(axis="y", color="#E5E5E5", lw=0.8)
    label = "update (a step of D and a step of G)" if is_gan and x == "update" else x
    axes.set_xlabel(label, fontsize=11.5, color=INK)
    unit = "nats" if unit is None and is_gan else unit
    axes.set_ylabel(f"loss ({unit})" if unit else "loss", fontsize=11.5, color=INK)
    axes.legend(
        loc="upper left", bbox_to_anchor=(0, 1), ncols=len(lines), frameon=False, fontsize=11
    )
    save_png(drawn, path)


def _draw_loss(axes: Any, line: Array, color: str, label: str) -> float:
    """Draw a loss (2, n), x and values, with its moving mean; return the height to show."""
    x, values = line
    smooth = _smooth(values)
    axes.plot(x, values, color=color, alpha=0.3, lw=0.8)
    axes.plot(x, smooth, color=color, lw=2.2, label=label, marker="o" if len(x) < 3 else None)
    return max(float(smooth.max()), float(np.quantile(values, 0.98)))


def _draw_level(axes: Any, name: str, level: float, color: str) -> None:
    """Draw the level of a loss if D cannot tell data from samples."""
    axes.axhline(level, color=color, lw=1.3, ls=(0, (5, 4)))
    axes.text(
        1.01,
        level,
        f"{_in_ln2(level)}:\n{name[-1]}'s loss where\nD cannot tell",
        transform=axes.get_yaxis_transform(),
        fontsize=9.5,
        color=color,
        va="bottom" if name == "loss_D" else "top",
    )


def _in_ln2(level: float) -> str:
    """Return a number, and before it the multiple of ln 2 that it is, if it is a whole one.

    >>> _in_ln2(2 * log(2)), _in_ln2(-log(2)), _in_ln2(1.0)
    ('2 ln 2 = 1.386', '−ln 2 = −0.693', '1.000')
    """
    number = f"{level:.3f}".replace("-", "\N{MINUS SIGN}")
    multiple = round(level / log(2))
    if not multiple or abs(level - multiple * log(2)) > 1e-6:
        return number
    sign, size = "\N{MINUS SIGN}" if multiple < 0 else "", abs(multiple)
    return f"{sign}{'' if size == 1 else f'{size} '}ln 2 = {number}"


@in_own_style
def scatter(
    points: Array,
    path: Path_,
    title: str = "",
    data: Array | None = None,
    centers: Array | None = None,
) -> None:
    """Write samples (N, 2) as dots, over dots of `data` (M, 2), with crosses at `centers` (K, 2).

    The centers are those of the modes of the data.
    """
    shown = [array for array in (data, centers) if array is not None] or [points]
    save_png(draw_scatter(points, title, data, centers, limits("scatter", *shown)), path)


@in_own_style
def histogram(
    points: Array,
    path: Path_,
    title: str = "",
    data: Array | None = None,
    centers: Array | None = None,
) -> None:
    """Write histograms of samples (N,) or (N, 1) and of `data`, with lines at `centers`.

    The centers are those of the modes of the data.
    """
    shown = [array for array in (points, data, centers) if array is not None]
    save_png(draw_histogram(points, title, data, centers, limits("histogram", *shown)), path)


def draw_scatter(
    points: Array, title: str, data: Array | None, centers: Array | None, box: Box, dpi: float = 150
) -> Figure:
    """Return the figure of `scatter` over a part of the plane.

    The label of the axis says how many samples lie outside.
    """
    points = to_numpy(points)
    drawn, axes = figure(5.4, 5.4, title)
    drawn.set_dpi(dpi)
    if data is not None:
        axes.scatter(
            *to_numpy(data).T, s=9, color=SKY, alpha=0.5, lw=0, label=f"data ({len(data)})"
        )
    if centers is not None:
        axes.scatter(
            *to_numpy(centers).T,
            s=70,
            color=INK,
            marker="+",
            lw=1.2,
            label=f"modes ({len(centers)})",
        )
    axes.scatter(*points.T, s=9, color=VERMILION, alpha=0.6, lw=0, label=f"samples ({len(points)})")
    axes.set(xlim=box[0], ylim=box[1], aspect="equal")
    low, high = np.array(box).T
    outside = int((~((points >= low) & (points <= high)).all(axis=1)).sum())
    beyond = f"; {outside} samples lie outside" * (outside > 0)
    axes.set_xlabel(f"first coordinate{beyond}", fontsize=11, color=INK)
    axes.set_ylabel("second coordinate", fontsize=11, color=INK)
    axes.legend(loc="upper right", fontsize=9.5, markerscale=2 if centers is None else 1.2)
    return drawn


def draw_histogram(
    points: Array, title: str, data: Array | None, centers: Array | None, box: Box, dpi: float = 150
) -> Figure:
    """Return the figure of `histogram` over an interval; its heights are densities."""
    drawn, axes = figure(7, 4, title)
    drawn.set_dpi(dpi)
    bins = np.linspace(*box[0], 61)
    sets = (
        [(points, VERMILION, "samples")]
        if data is None
        else [(data, BLUE, "data"), (points, VERMILION, "samples")]
    )
    for values, color, label in sets:
        numbers = to_numpy(values).ravel()
        heights = np.histogram(numbers, bins)[0] / (max(1, len(numbers)) * np.diff(bins))
        axes.stairs(heights, bins, color=color, fill=True, alpha=0.3)
        axes.stairs(heights, bins, color=color, lw=1.6, label=f"{label} ({len(numbers)})")
    modes = [] if centers is None else to_numpy(centers).ravel().tolist()
    for number, mode in enumerate(modes):
        axes.axvline(
            mode, color=GREEN, lw=1.2, ls="--", label=None if number else f"modes ({len(modes)})"
        )
    axes.set_xlim(box[0])
    axes.set_xlabel("value", fontsize=11, color=INK)
    axes.set_ylabel("density", fontsize=11, color=INK)
    axes.legend(frameon=False, fontsize=10)
    return drawn


def limits(name: str, *arrays: Array) -> Box:
    """Return an interval for each coordinate, all of the same length, that contains the points.

    A margin of a tenth of the length is added at each end. Raises ValueError if there are no
    points, or points that are not finite; `name` is the caller's.
    """
    sets = [to_numpy(array).reshape(len(array), -1) for array in arrays if len(array)]
    points = np.concatenate(sets).astype(np.float64) if sets else np.empty((0, 1))
    if not len(points) or not np.isfinite(points).all():
        raise ValueError(f"{name}: needs finite samples, and at least one")
    low, high = points.min(axis=0), points.max(axis=0)
    half = 0.6 * max(float((high - low).max()), 1e-3)
    middle = (low + high) / 2
    return tuple((float(m - half), float(m + half)) for m in middle)


def _line(records: Sequence[Mapping[str, Any]], x: str, key: str) -> Array:
    """Return x and a key (2, n), from the records where both are finite."""
    pairs = [(record.get(x), record.get(key)) for record in records]
    kept = [pair for pair in pairs if all(isinstance(v, Real) and isfinite(v) for v in pair)]
    return np.array(kept, np.float64).reshape(-1, 2).T


def _smooth(values: Array) -> Array:
    """Return the moving mean over a twenty-fifth of the curve; at the ends the window is cut."""
    width = 2 * (len(values) // 50) + 1
    ones = np.ones(width)
    if width > len(values):
        return values
    return np.convolve(values, ones, "same") / np.convolve(np.ones_like(values), ones, "same")
