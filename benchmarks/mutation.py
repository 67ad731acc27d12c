"""Mutants of a room: how many of a random sample of small changes the tests notice.

A sample is drawn by a seed from all mutants of the room's files. For each mutant, the room's tests
that call the changed function run in a copy of the repository, the quickest first, up to the first
that fails; PyTorch is hidden.
"""

from __future__ import annotations

import argparse
import collections
import itertools
import json
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import count
from benchmarks.forked_tests import try_many
from benchmarks.mutants import Mutant, is_python, mutants
from benchmarks.wrong_copy import TESTS, WrongCopy, room_of

LIMIT = 900.0  # seconds for the tests of a room in a new process


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "places", nargs="+", help=f"rooms ({', '.join(TESTS)}) or files (minigan/conv/im2col.py)"
    )
    parser.add_argument("--count", type=count, default=20, help="mutants of each place")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--torch", action="store_true", help="compare with PyTorch as well")
    parser.add_argument("--list", action="store_true", help="print the sample and run nothing")
    parser.add_argument("--json", type=Path, help="write what became of each mutant")


def files_of(place: str, root: Path) -> list[str]:
    """Return the files of a room (without rooms inside it), or the one file that is named."""
    if place in TESTS:
        folder = root / "minigan" / place
        names = (str(path.relative_to(root)) for path in sorted(folder.rglob("*.py")))
        return [name for name in names if room_of(name) == place]
    room_of(place)
    return [place]


def sample(place: str, number: int, seed: int, root: Path) -> list[Mutant]:
    """Return `number` mutants of a place, drawn by `seed`; all of them if there are fewer."""
    texts = {file: (root / file).read_text(encoding="utf-8") for file in files_of(place, root)}
    found = [mutant for file, text in texts.items() for mutant in mutants(file, text)]
    random.Random(f"{place} {seed}").shuffle(found)
    legal = (mutant for mutant in found if is_python(mutant.apply(texts[mutant.file])))
    return list(itertools.islice(legal, number))


def main(arguments: argparse.Namespace) -> None:
    copy = WrongCopy(arguments.torch)
    records: list[dict[str, object]] = []
    try:
        drawn = [
            (place, mutant)
            for place in arguments.places
            for mutant in sample(place, arguments.count, arguments.seed, copy.root)
        ]
        if arguments.list:
            print(*(mutant for _, mutant in drawn), sep="\n")
            return
        start = time.perf_counter()
        for record in verdicts(copy, drawn):
            records.append(record)
            if record["kind"] != "caught":
                print(f"{record['kind']:>9} {record['mutant']} {record['words']}", flush=True)
        for place in arguments.places:
            report(place, [each for each in records if each["place"] == place])
        report("all", records)
        print(f"{time.perf_counter() - start:.0f} s")
    finally:
        copy.close()
        if arguments.json:
            arguments.json.write_text(json.dumps(records, indent=1), encoding="utf-8")


def verdicts(copy: WrongCopy, drawn: list[tuple[str, Mutant]]) -> Iterator[dict[str, object]]:
    """Yield what became of each mutant.

    Most are tried in forked children of one process (`forked_tests`) by the tests of all rooms that
    are drawn from. A change that takes effect when a module is imported gets a new process and the
    tests of its room.
    """
    rooms = {room_of(mutant.file) for _, mutant in drawn}
    tests = dict.fromkeys(test for room in TESTS if room in rooms for test in tests_of(room))
    found = (
        try_many([mutant for _, mutant in drawn], list(tests), copy.root, copy.environment)
        if hasattr(os, "fork")
        else itertools.repeat({"kind": "unclear"})
    )
    for (place, mutant), record in zip(drawn, found, strict=False):
        if record["kind"] == "unclear":
            text = mutant.apply((copy.root / mutant.file).read_text(encoding="utf-8"))
            stages = TESTS[room_of(mutant.file)]
            record = copy.try_text(mutant.file, text, stages, LIMIT)._asdict()
        yield {"place": place, "mutant": str(mutant)} | record


def tests_of(room: str) -> list[str]:
    return [*itertools.chain(*TESTS[room]), f"minigan/{room}"]


def report(place: str, records: list[dict[str, object]]) -> None:
    """Print the score: what is caught, timeouts and errors apart."""
    kinds = collections.Counter(str(each["kind"]) for each in records)
    noticed = len(records) - kinds["survived"]
    print(
        f"{place}: {noticed} of {len(records)} noticed "
        f"({kinds['caught']} by a test, {kinds['timeout']} by a timeout, {kinds['error']} by an "
        f"error before any test), {kinds['survived']} survived",
        flush=True,
    )
