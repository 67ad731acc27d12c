"""Peak memory of each update in a fresh process, and whether it grows over a long run.

Peak is the most that the process ever had resident: all of it, and above what it had after its
imports.
"""

from __future__ import annotations

import argparse
from statistics import linear_regression

from benchmarks import count, rivals
from benchmarks.report import Report
from benchmarks.turns import Side, sides
from benchmarks.workloads import WORKLOADS, Text

_MB = 1e6
_WARM = (
    200  # updates before growth is counted: caches and the allocator have what they want by then
)
_SPANS = 10


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "workloads", nargs="*", metavar="WORKLOAD", help=f"all, or some of {', '.join(WORKLOADS)}"
    )
    parser.add_argument("--times", type=count, default=10, help="updates before the peak is read")
    parser.add_argument("--updates", type=count, default=1000, help="over which growth is measured")
    parser.add_argument(
        "--long", default="ring8", choices=list(WORKLOADS), help="the workload of the long run"
    )
    rivals.options(parser)


def main(arguments: argparse.Namespace) -> None:
    report, present = Report(arguments), rivals.present(arguments.against)
    for name in arguments.workloads or WORKLOADS:
        print(f"\n{name}: {WORKLOADS[name].what}")
        peaks: dict[str, tuple[float, float]] = {}
        for rival in present:
            if rival.dialect not in WORKLOADS[name].texts:
                print(f"  {rival.name:20}no text for this workload")
                continue
            with sides([rival], arguments.threads) as (side,):
                report.introduce([side])
                text = WORKLOADS[name].texts[rival.dialect]
                peaks[rival.name] = peak(side, text, arguments.times)
            whole, above = peaks[rival.name]
            line = f"  {rival.name:20}peak {whole:7.1f} MB, above its imports {above:7.1f} MB"
            if rival.name != "minigan":
                a, b = (
                    mine / theirs
                    for mine, theirs in zip(peaks["minigan"], peaks[rival.name], strict=True)
                )
                line += f"   minigan / {rival.name} {a:.2f} and {b:.2f}"
            print(line, flush=True)
        report.keep(f"peak {name}", peaks)
    text = WORKLOADS[arguments.long].texts["common"]
    print(
        f"\n{arguments.long}, {arguments.updates} updates after the first {_WARM}: resident MB "
        "above the start"
    )
    for rival in present:
        if rival.dialect == "common":
            with sides([rival], arguments.threads) as (side,):
                grown = growth(side, text, arguments.updates)
            line = " ".join(f"{value:.1f}" for value in grown)
            print(f"  {rival.name:20}grows by {slope(grown):.2f} MB: {line}", flush=True)
            report.keep(f"growth {rival.name}", grown)


def peak(side: Side, text: Text, times: int) -> tuple[float, float]:
    """The process's peak after some updates in MB, and how far that is above its imports; NaN where
    it is not known.
    """
    start, after = _bytes(side.at_start["now"]), _bytes(side.run(text, times)["memory"]["peak"])
    return after / _MB, (after - start) / _MB


def growth(side: Side, text: Text, updates: int) -> list[float]:
    """How many MB are resident after each tenth of the updates above those after the first few."""
    start = _bytes(side.run(text, _WARM)["memory"]["now"])
    return [
        (_bytes(side.run(text, updates // _SPANS)["memory"]["now"]) - start) / _MB
        for _ in range(_SPANS)
    ]


def slope(grown: list[float]) -> float:
    """What a line through these figures grows by, first to last; single ones come and go by whole
    arrays.
    """
    return linear_regression(range(len(grown)), grown).slope * (len(grown) - 1)


def _bytes(value: int | None) -> float:
    return float("nan") if value is None else value
