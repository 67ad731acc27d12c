"""Which thread works on which piece of an update, and when: where the second core's time goes.

For each workload: the share of time in which no, one or two threads work on a piece, the time spent
outside pieces, the pieces of each operation, and what 1, 2, 4 and 8 cores would take. This is
computed from the pieces of one thread: each operation ends when its busiest core ends, and what is
outside pieces stays on one core. A hand-over, the global interpreter lock and memory that the cores
share are not in it, so what is measured beyond it with two threads is their cost.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from benchmarks import count
from benchmarks.rivals import RIVALS
from benchmarks.workloads import WORKLOADS, Text

_CORES = (1, 2, 4, 8)
_WARM = 4  # updates before the trace


@dataclass
class Piece:
    """A piece: its thread, when it began and ended, and the seconds it had a core."""

    thread: int
    start: float
    stop: float
    cpu: float


@dataclass
class Call:
    """A call of `parallel`: the name of its work, when it began and ended, and its pieces.

    If `alone`, one thread does them all.
    """

    work: str
    start: float
    stop: float = 0.0
    pieces: list[Piece] = field(default_factory=list)
    alone: bool = False


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "workloads", nargs="*", metavar="WORKLOAD", help=f"all, or some of {', '.join(WORKLOADS)}"
    )
    parser.add_argument("--updates", type=count, default=20)
    parser.add_argument("--threads", type=count, default=2)


def main(arguments: argparse.Namespace) -> None:
    unknown = [name for name in arguments.workloads if name not in WORKLOADS]
    if unknown:
        raise SystemExit(f"trace: no workload {', '.join(unknown)} (legal: {', '.join(WORKLOADS)})")
    for name in arguments.workloads or WORKLOADS:
        text, updates = WORKLOADS[name].texts["common"], arguments.updates
        (one, alone), (seconds, calls) = (
            run(text, updates, threads) for threads in (1, arguments.threads)
        )
        print(f"\n{name}: {1e3 * one:.2f} ms an update on one thread")
        line = ", ".join(
            f"{cores}: {1e3 * predicted(one, alone, cores, updates):.2f} ms" for cores in _CORES
        )
        print(f"  from its pieces, by cores: {line}")
        report(arguments.threads, seconds, calls, updates)


def run(text: Text, updates: int, threads: int) -> tuple[float, list[Call]]:
    """Return the seconds of an update, and the traced calls of some updates."""
    names: dict[str, Any] = {"np": np, "rng": np.random.default_rng(0), "THREADS": threads}
    exec(RIVALS["minigan"].prelude, names)
    exec(text.setup, names)
    update = compile(text.update, "update", "exec")
    for _ in range(_WARM):
        exec(update, names)
    with traced() as calls:
        start = time.perf_counter()
        for _ in range(updates):
            exec(update, names)
        seconds = time.perf_counter() - start
    return seconds / updates, calls


@contextmanager
def traced() -> Iterator[list[Call]]:
    """Replace `minigan.threads.parallel` in all modules by one that keeps its calls in a list."""
    from minigan import threads

    original, calls = threads.parallel, list[Call]()

    def parallel(work: Callable[[Any], None], pieces: Iterable[Any], **settings: Any) -> None:
        if threads._this.inside:  # a piece of a piece
            return original(work, pieces, **settings)
        call = Call(_name(work), time.perf_counter(), alone=settings.get("alone", False))
        calls.append(call)

        def timed(piece: Any) -> None:
            start, cpu = time.perf_counter(), time.thread_time()
            work(piece)
            stop, spent = time.perf_counter(), time.thread_time() - cpu
            call.pieces.append(Piece(threading.get_ident(), start, stop, spent))

        original(timed, pieces, **settings)
        call.stop = time.perf_counter()
        return None

    modules = [
        module
        for name, module in sys.modules.items()
        if name.startswith("minigan") and getattr(module, "parallel", None) is original
    ]
    try:
        for module in modules:
            setattr(module, "parallel", parallel)  # noqa: B010  (mypy knows no such attribute)
        yield calls
    finally:
        for module in modules:
            setattr(module, "parallel", original)  # noqa: B010


def _name(work: Any) -> str:
    """Return the module and the name of a function, of a partial one, or of one in `sweep`."""
    while isinstance(work, partial):
        work = work.func
    while work.__qualname__.startswith(("sweep.", "sums_over_blocks.")):  # it calls other work
        cells = [cell.cell_contents for cell in work.__closure__]
        work = next(content for content in cells if callable(content))
    return f"{work.__module__.rpartition('.')[2]}.{work.__qualname__.replace('.<locals>', '')}"


def predicted(seconds: float, calls: list[Call], cores: int, updates: int) -> float:
    """Return the seconds of an update if each call's pieces were spread over so many cores.

    A free core takes the next piece, as in `minigan.threads`.
    """
    total = seconds * updates
    for call in calls:
        busy = [0.0] * (1 if call.alone else cores)
        for piece in sorted(call.pieces, key=lambda piece: piece.start):
            first = busy.index(min(busy))
            busy[first] += piece.stop - piece.start
        total -= sum(busy) - max(busy)
    return total / updates


def working(calls: list[Call]) -> dict[int, float]:
    """Return the seconds in which so many threads worked on pieces at the same time, from 1 on."""
    events = sorted(
        event
        for call in calls
        for piece in call.pieces
        for event in ((piece.start, 1), (piece.stop, -1))
    )
    seconds: dict[int, float] = defaultdict(float)
    at_work, before = 0, 0.0
    for moment, change in events:
        if at_work:
            seconds[at_work] += moment - before
        at_work, before = at_work + change, moment
    return dict(seconds)


def report(threads: int, seconds: float, calls: list[Call], updates: int) -> None:
    """Print the shares of time, and a line for each kind of work."""
    inside = sum(call.stop - call.start for call in calls) / updates
    pieces = [piece for call in calls for piece in call.pieces]
    wait = sum(piece.stop - piece.start - piece.cpu for piece in pieces) / updates
    at_work = {n: t / updates / seconds for n, t in sorted(working(calls).items())}
    shares = ", ".join(f"{n}: {share:.0%}" for n, share in at_work.items())
    print(
        f"  {1e3 * seconds:.2f} ms with {threads} threads; at work {shares}, none: "
        f"{1 - sum(at_work.values()):.0%}\n  {1e3 * (seconds - inside):.2f} ms outside parallel "
        f"work, {len(calls) / updates:.0f} hand-overs, {len(pieces) / updates:.0f} pieces, which "
        f"wait {1e3 * wait:.2f} ms"
    )
    by: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        by[call.work].append(call)
    print(f"  {'work':54} calls  pieces  us/piece  wall ms  overlap")
    for work, same in sorted(by.items(), key=lambda item: -sum(c.stop - c.start for c in item[1])):
        wall = sum(call.stop - call.start for call in same)
        parts = [piece.stop - piece.start for call in same for piece in call.pieces]
        print(
            f"  {work[:54]:54} {len(same) / updates:5.1f} {len(parts) / updates:7.1f} "
            f"{1e6 * sum(parts) / max(1, len(parts)):9.0f} {1e3 * wall / updates:8.2f} "
            f"{sum(parts) / wall:8.2f}"
        )
