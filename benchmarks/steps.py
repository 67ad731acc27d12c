"""Time of one training update, from the same text in minigan and in PyTorch, side by side.

Each workload is run by fresh processes. Ratios are minigan's time over the rival's: smaller is
better, 1 is as fast.
"""

from __future__ import annotations

import argparse

from benchmarks import count, rivals
from benchmarks.report import Report
from benchmarks.rivals import Rival
from benchmarks.turns import ratios, sides, spread, take_turns
from benchmarks.workloads import WORKLOADS, Workload


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "workloads", nargs="*", metavar="WORKLOAD", help=f"all, or some of {', '.join(WORKLOADS)}"
    )
    parser.add_argument("--turns", type=count, default=10)
    parser.add_argument("--updates", type=count, default=10, help="in a turn")
    rivals.options(parser)


def main(arguments: argparse.Namespace) -> None:
    unknown = [name for name in arguments.workloads if name not in WORKLOADS]
    if unknown:
        raise SystemExit(f"steps: no workload {', '.join(unknown)} (legal: {', '.join(WORKLOADS)})")
    report, present = Report(arguments), rivals.present(arguments.against)
    for name in arguments.workloads or WORKLOADS:
        measure(WORKLOADS[name], present, arguments, report)


def measure(
    workload: Workload, present: list[Rival], arguments: argparse.Namespace, report: Report
) -> None:
    """One workload on all sides that have a text for it."""
    able = [rival for rival in present if rival.dialect in workload.texts]
    with sides(able, arguments.threads) as found:
        report.introduce(found)
        print(f"\n{workload.name}: {workload.what}")
        texts = {side: workload.texts[side.dialect] for side in found}
        times = take_turns(texts, arguments.turns, arguments.updates)
    for name, seconds in times.items():
        line = f"  {name:20}{spread([1e3 * t for t in seconds])} ms"
        if name != "minigan":
            line += f"   minigan / {name} {spread(ratios(times['minigan'], seconds), '.2f')}"
        print(line, flush=True)
    for rival in present:
        if rival not in able:
            print(f"  {rival.name:20}no text for this workload")
    report.keep(workload.name, times)
