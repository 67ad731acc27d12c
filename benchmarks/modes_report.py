"""What `modes` found: a table with the published rows beside ours and the protocol in its header,
and a figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from minigan.files import replacing

DATA = {
    "ring8": ("ring: 8 modes, radius 2, sigma .02", 8),
    "grid25": ("grid: 25 modes, spacing 2, sigma .05", 25),
}
PUBLISHED: dict[str, dict[str, tuple[float, ...]]] = {
    "GAN (VEEGAN paper)": {"ring8": (1, 99.3), "grid25": (3.3, 0.5)},
    "Unrolled GAN (VEEGAN paper)": {"ring8": (7.6, 35.6), "grid25": (23.6, 16)},
    "VEEGAN": {"ring8": (8, 52.9), "grid25": (24.6, 40)},
    "GAN (PacGAN paper)": {"ring8": (6.3, 98.2), "grid25": (17.3, 94.8, 0.70)},
    "PacGAN2": {"ring8": (7.9, 95.6), "grid25": (23.8, 91.3, 0.13)},
    "PacGAN4": {"ring8": (7.8, 95.9), "grid25": (24.8, 93.6, 0.04)},
    # modes, high quality %, reverse KL where it was given; other nets, and other steps: compare
    # within
    # a paper
}
_PLACES = {"ring8": "ring", "grid25": "grid"}
_COLUMNS = {"modes": ".1f", "HQ %": ".1f", "std / sigma": ".2f", "reverse KL": ".3f"}

Record = dict[str, Any]
Row = list[str]


def figures(record: Record) -> tuple[float | None, ...]:
    """A run's numbers in the order of the columns."""
    return record["modes"], 100 * record["high_quality"], record["spread"], record["reverse_kl"]


def line(record: Record) -> str:
    """A run in a line."""
    found = zip(_COLUMNS.items(), figures(record), strict=True)
    parts = (f"{name} {'–' if x is None else format(x, digits)}" for (name, digits), x in found)
    return f"{', '.join(parts)}, {record['seconds']:.0f} s"


def table(records: Sequence[Record], protocol: dict[str, Any]) -> str:
    """A table in Markdown: ours as mean +- standard error over the seeds, and the published
    rows.
    """
    data = [name for name in DATA if any(record["settings"]["data"] == name for record in records)]
    head = ["", *(f"{name} {column}" for name in data for column in (*_COLUMNS, "all modes in"))]
    rows = [
        [
            method,
            *(cell for name in data for cell in _ours(_of(records, method, name), DATA[name][1])),
        ]
        for method in dict.fromkeys(record["settings"]["method"] for record in records)
    ]
    rows += [
        [f"*{paper}*", *(cell for name in data for cell in _published(found[name]))]
        for paper, found in PUBLISHED.items()
    ]
    drawn = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)]
    return "\n".join([_header(records, data, protocol), "", *drawn])


def _header(records: Sequence[Record], data: Sequence[str], protocol: dict[str, Any]) -> str:
    """The protocol, in words."""
    seeds = len({record["settings"]["seed"] for record in records})
    steps = records[0]["settings"]["steps"]
    (first, second), wide = protocol["betas"], " and ".join(map(str, protocol["hidden"]))
    begins, ends = protocol["falls"]
    rates = " and ".join(
        "{:g} and {:g} on the {}".format(*protocol["rates"][name], _PLACES[name]) for name in data
    )
    return (
        f"Our protocol: {'; '.join(DATA[name][0] for name in data)}; in units of length in which "
        "the centres just fit "
        f"into [-1, 1]. h of {protocol['latent']} numbers from N(0, 1); G with layers of {wide}, "
        "gains and tanh, "
        f"D the same with ReLU; PyTorch's first weights; batches of {protocol['batch']}; "
        f"{steps:,} updates of "
        f"G, each after one of D, by Adam with betas {first:g} and {second:g}, whose rates for G "
        f"and D, {rates}, fall "
        f"to 0 over the second half. {_own(records, begins, ends)} {protocol['samples']:,} "
        "samples, of high quality "
        f"(HQ) within {protocol['radius']:g} sigma of a centre. Mean +- standard error of up to "
        f"{seeds} seeds, "
        "as many as the last column says. Rows in italics are published, with nets and protocols "
        "of their own."
    )


def _own(records: Sequence[Record], begins: float, ends: float) -> str:
    """The weights of the penalties, and who has other rates, in words."""
    plays = {record["settings"]["method"]: record["settings"]["plays"] for record in records}
    told = [
        f"{method} {play['penalty']:g}"
        + (
            f", which between {begins:.0%} and {ends:.0%} of the run falls {_falls(play['last'])}"
            if play["last"]
            else ""
        )
        for method, play in plays.items()
        if play["penalty"]
    ]
    slow = [
        f" {method} has {play['pace']:.2g} of these rates."
        for method, play in plays.items()
        if play["pace"] != 1
    ]
    return (f"Weights of penalties: {'; '.join(told)}." if told else "") + "".join(slow)


def _falls(last: dict[str, float]) -> str:
    return " and ".join(f"to {weight:g} on the {_PLACES[name]}" for name, weight in last.items())


def _of(records: Sequence[Record], method: str, data: str) -> list[Record]:
    return [
        record
        for record in records
        if (record["settings"]["method"], record["settings"]["data"]) == (method, data)
    ]


def _ours(records: Sequence[Record], modes: int) -> Row:
    """The cells of one method on one kind of data."""
    columns = zip(*map(figures, records), strict=True) if records else [()] * len(_COLUMNS)
    reached = sum(record["modes"] == modes for record in records)
    cells = (
        cell([x for x in column if x is not None], digits)
        for column, digits in zip(columns, _COLUMNS.values(), strict=True)
    )
    return [*cells, f"{reached} of {len(records)}" if records else "–"]


def _published(found: Sequence[float]) -> Row:
    modes, high_quality, *rest = found
    return [f"{modes:g}", f"{high_quality:g}", "", *([f"{rest[0]:.2f}"] if rest else [""]), ""]


def cell(values: Sequence[float], digits: str) -> str:
    """Mean +- standard error; a dash where there is nothing, no error of one value."""
    if not values:
        return "–"
    error = f" +- {stdev(values) / sqrt(len(values)):{digits}}" if len(values) > 1 else ""
    return f"{fmean(values):{digits}}{error}"


def plot(records: Sequence[Record], file: Path) -> None:
    """A dot for each run, a bar at each method's mean."""
    from matplotlib.figure import Figure

    data = [name for name in DATA if any(record["settings"]["data"] == name for record in records)]
    methods = list(dict.fromkeys(record["settings"]["method"] for record in records))
    figure = Figure(figsize=(12, 1.2 + 2.6 * len(data)), layout="constrained")
    grid = figure.subplots(len(data), len(_COLUMNS), sharey=True, squeeze=False)
    for name, axes_row in zip(data, grid, strict=True):
        for column, (title, axes) in enumerate(zip(_COLUMNS, axes_row, strict=True)):
            for place, method in enumerate(methods):
                values = [
                    x
                    for record in _of(records, method, name)
                    if (x := figures(record)[column]) is not None
                ]
                axes.plot(
                    values, [place] * len(values), "o", color="#0072B2", alpha=0.5, mec="none"
                )
                if values:
                    axes.plot(fmean(values), place, "|", color="#D55E00", ms=16, mew=2.5)
            axes.set(title=f"{name}: {title}", yticks=range(len(methods)), yticklabels=methods)
            axes.grid(axis="x", alpha=0.3)
    grid[0, 0].set_ylim(len(methods) - 0.5, -0.5)  # which all axes share; the first on top
    figure.suptitle("Who loses modes? A dot for each run, a bar at the mean")
    with replacing(file) as path:
        figure.savefig(path, dpi=120)
