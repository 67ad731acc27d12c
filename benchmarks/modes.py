"""Who loses modes? The published ring and grid again, with one pair of nets for all methods, and
one protocol.

On the same data all methods have the same nets, first weights, optimizer, rates, batch and steps:
what a line of METHODS says is all that differs, the objective with its penalty and how D sees
samples. A run that has finished is a JSON file in `--out` and is not made again, so that what was
killed goes on from there. Runs are independent: `--shard I/N` makes a part of them on each of N
machines, and `--merge DIR ...` joins the parts. `modes.json` and `modes.png` beside this file are
those of the table in README.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import count, modes_report
from benchmarks.modes_play import DATA, METHODS, PROTOCOL, Job, Method, play, played
from minigan.files import replacing
from minigan.jobs import JobError, each
from minigan.shards import Shard, ShardError, merge, write_note

__all__ = ["METHODS", "PROTOCOL", "Job", "Method", "main", "options", "play"]


def shard(text: str) -> Shard:
    """A part of independent jobs, as the command line says it: I/N."""
    try:
        return Shard.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def options(parser: argparse.ArgumentParser) -> None:
    named = ", ".join(METHODS)
    parser.add_argument(
        "--methods",
        nargs="+",
        choices=METHODS,
        default=list(METHODS),
        metavar="M",
        help=f"of {named} (default: all)",
    )
    parser.add_argument("--data", nargs="+", choices=DATA, default=list(DATA), help="default: both")
    parser.add_argument(
        "--seeds", type=count, default=10, help="runs of each method, seeds 0, 1, ... (default: 10)"
    )
    parser.add_argument(
        "--steps", type=count, default=25_000, help="updates of G in a run (default: 25000)"
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--jobs",
        type=count,
        default=2,
        metavar="N",
        help="runs side by side, of one thread each (default: 2)",
    )
    where.add_argument(
        "--at-once",
        dest="jobs",
        type=count,
        default=argparse.SUPPRESS,
        metavar="N",
        help="the same as --jobs",
    )
    where.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="run on the workers of this Dask scheduler, for example tcp://10.0.0.1:8786; they "
        "must find minigan and benchmarks (pip install distributed)",
    )
    parser.add_argument(
        "--shard",
        type=shard,
        default=Shard(),
        metavar="I/N",
        help="make the I-th of N parts of the runs; --merge joins them",
    )
    parser.add_argument(
        "--merge",
        nargs="+",
        type=Path,
        metavar="DIR",
        help="run nothing: write to --out the table of what the shards have written to these "
        "folders; which runs they are is what the shards were told",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("runs/modes"),
        metavar="DIR",
        help="for the records, table.md, modes.json and modes.png (default: runs/modes)",
    )


def main(arguments: argparse.Namespace) -> None:
    folder, part = arguments.out, arguments.shard
    folder.mkdir(parents=True, exist_ok=True)
    if arguments.merge:
        try:
            report(merged(arguments.merge, folder), folder)
        except ShardError as error:
            sys.exit(f"modes: {error}")
        return
    plan = {name: getattr(arguments, name) for name in ("methods", "data", "seeds", "steps")}
    jobs = jobs_of(plan)
    mine = set(of_shard(jobs, part))
    jobs = [job for job in jobs if job in mine]
    make(jobs, arguments)
    if part.total == 1:
        report(jobs, folder)
    if missing := sum(job.record(folder) is None for job in jobs):
        sys.exit(f"{missing} runs failed: see above; the same command makes them again")
    if part.total > 1:
        write_note(folder, part, plan, [(job.file(folder).name, job) for job in sorted(mine)])
        print(f"shard {part} has ended: --merge joins it with the others")


def jobs_of(plan: dict[str, Any]) -> list[Job]:
    """All runs of a table."""
    return [
        Job(method, data, seed, plan["steps"])
        for seed in range(plan["seeds"])
        for data in plan["data"]
        for method in plan["methods"]
    ]


def of_shard(jobs: Sequence[Job], part: Shard) -> list[Job]:
    """The runs of a shard: of each method on each data as many as of any other, or one more."""
    return part.part(sorted(jobs))


def make(jobs: Sequence[Job], arguments: argparse.Namespace) -> None:
    """Make the runs that are still to be made, and keep their records."""
    todo = [job for job in jobs if job.record(arguments.out) is None]
    print(f"{len(jobs)} runs, of which {len(jobs) - len(todo)} are there already", flush=True)
    try:
        for place, record, error in each(played, todo, arguments.jobs, arguments.scheduler):
            job = todo[place]
            if error is None:
                job.keep(arguments.out, record)
            told = modes_report.line(record) if error is None else f"failed: {error!r}"
            print(f"{job.data} {job.method} seed {job.seed}: {told}", flush=True)
    except JobError as error:
        sys.exit(f"modes: {error}")


def merged(folders: Sequence[Path], out: Path) -> list[Job]:
    """The runs of all shards, whose records are then in `out`.

    Raises ShardError if a shard or a record is missing.
    """
    plan, files = merge(folders)
    for file, job in files:
        record = Job(*job).record(file.parent)
        if record is None:
            raise ShardError(f"{file} is missing, or has other settings; run its shard again")
        if file.parent != out:
            Job(*job).keep(out, record)
    return jobs_of(plan)


def report(jobs: Sequence[Job], folder: Path) -> None:
    """Print the table of all records that are there, and write it, the records and the figure."""
    records = [record for job in jobs if (record := job.record(folder))]
    if not records:
        return
    table, lines = modes_report.table(records, PROTOCOL), ",\n".join(map(json.dumps, records))
    print(f"\n{table}")
    for name, text in (("table.md", table), ("modes.json", f"[{lines}]")):
        with replacing(folder / name) as file:
            file.write_text(f"{text}\n", encoding="utf-8")
    modes_report.plot(records, folder / "modes.png")
