"""Time of one training update, from the same text in minigan and in PyTorch, side by side.

Each workload is run by fresh processes. Ratios are minigan's time over the rival's: smaller is
better, 1 is as fast. Beside each time stand

    scaling    the time with one thread over the time with all, each in a process of its own
    busy       CPU time of all threads / (time x cores): 100 % if all cores work all the time, 50 %
               if one of two does. A thread that spins while it waits counts: PyTorch's do this
    switches   how often, in an update, a thread gave up its core to wait (voluntary switches)
"""

from __future__ import annotations

import argparse
from statistics import median

from benchmarks import count, rivals
from benchmarks.report import Report
from benchmarks.rivals import Rival
from benchmarks.turns import Side, Turn, ratios, sides, spread, turns_of
from benchmarks.workloads import WORKLOADS, Workload


def options(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "workloads", nargs="*", metavar="WORKLOAD", help=f"all, or some of {', '.join(WORKLOADS)}"
    )
    parser.add_argument("--turns", type=count, default=10)
    parser.add_argument(
        "--updates", type=count, help="in a turn; by default as many as --seconds allows"
    )
    parser.add_argument(
        "--seconds",
        type=count,
        default=40,
        help="about as long a workload may take, beside the imports (default: 40)",
    )
    parser.add_argument(
        "--no-scaling", action="store_true", help="do not run each side on one thread too"
    )
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
    """One workload on all sides that have a text for it, with all threads and with one."""
    able = [rival for rival in present if rival.dialect in workload.texts]
    alone = [] if arguments.no_scaling or arguments.threads == 1 else able
    with sides(able, arguments.threads) as found, sides(alone, 1) as single:
        report.introduce(found)
        print(f"\n{workload.name}: {workload.what}")
        texts = {side: workload.texts[side.dialect] for side in [*found, *single]}
        updates = arguments.updates or affordable(
            sum(median(side.run(text, 3)["times"]) for side, text in texts.items()),
            arguments.seconds,
            arguments.turns,
        )
        turns = turns_of(texts, arguments.turns, updates)
    show([turns[side] for side in found], [turns[side] for side in single], found)
    for rival in present:
        if rival not in able:
            print(f"  {rival.name:20}no text for this workload")
    report.keep(workload.name, {f"{s.name}, {s.threads} threads": own for s, own in turns.items()})


def affordable(together: float, seconds: float, turns: int) -> int:
    """How many updates a turn may have, if one of each side takes so long together; at most 50."""
    return max(1, min(50, int(seconds / together / (turns + 1))))


def show(turns: list[list[Turn]], single: list[list[Turn]], found: list[Side]) -> None:
    """A line for each side: time, ratio, scaling, share of busy cores, context switches."""
    first = [turn.seconds for turn in turns[0]]
    for i, (side, own) in enumerate(zip(found, turns, strict=True)):
        seconds = [turn.seconds for turn in own]
        line = f"  {side.name:20}{spread([1e3 * t for t in seconds])} ms"
        if single:
            one = [turn.seconds for turn in single[i]]
            line += f"   scaling {spread(ratios(one, seconds), '.2f')}"
        line += f"   busy {100 * median(turn.busy for turn in own) / side.threads:3.0f} %"
        if (switches := [turn.switches for turn in own if turn.switches is not None]) == []:
            line += "   switches unknown"
        else:
            line += f"   switches {median(switches):5.0f}"
        if i:
            line += f"   {found[0].name} / {side.name} {spread(ratios(first, seconds), '.2f')}"
        print(line, flush=True)
