"""Mutants of a room: how many of a random sample of small changes the tests notice.

A sample is drawn by a seed from all mutants of the room's files. For each mutant, those
tests of the rooms drawn from that call the changed function run in a copy of the repository, the
quickest first, up to the first that fails; PyTorch is hidden. With --suite, the survivors then meet
the tests of the whole suite.
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
from benchmarks.wrong_copy import DEFAULTS, SUITE, TESTS, WrongCopy, room_of

LIMIT = 1800.0  # seconds for the tests of a room in a new process


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "places", nargs="+", help=f"rooms ({', '.join(TESTS)}) or files (minigan/conv/im2col.py)"
    )
    parser.add_argument("--count", type=count, default=20, help="mutants of each place")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--torch", action="store_true", help="compare with PyTorch as well")
    parser.add_argument("--suite", action="store_true", help="survivors meet the whole suite")
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
        survivors: list[tuple[Mutant, dict[str, object]]] = []
        for i, record in verdicts(copy, drawn):
            records.append(record)
            save(records, arguments.json)
            if record["kind"] != "caught":
                print(f"{record['kind']:>9} {record['mutant']} {record['words']}", flush=True)
            if record["kind"] == "survived":
                survivors.append((drawn[i][1], record))
        if arguments.suite and survivors:
            meet_the_suite(copy, survivors)
            save(records, arguments.json)
        for place in arguments.places:
            report(place, [each for each in records if each["place"] == place])
        report("all", records)
        print(f"{time.perf_counter() - start:.0f} s")
    finally:
        copy.close()


def verdicts(
    copy: WrongCopy, drawn: list[tuple[str, Mutant]]
) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield the index of each mutant and what became of it.

    Most are tried in forked children of one process (`forked_tests`) by the tests of all rooms that
    are drawn from. A change that takes effect when a module is imported gets a new process and the
    tests of its room, after all others: the files of the copy have one change at a time.
    """
    rooms = {room_of(mutant.file) for _, mutant in drawn}
    tests = dict.fromkeys(test for room in TESTS if room in rooms for test in tests_of(room))
    found = (
        try_many([mutant for _, mutant in drawn], list(tests), copy.root, copy.environment)
        if hasattr(os, "fork")
        else itertools.repeat({"kind": "unclear"})
    )
    later = []
    for i, ((place, mutant), record) in enumerate(zip(drawn, found, strict=False)):
        if record["kind"] == "unclear":
            later.append(i)
        else:
            yield i, {"place": place, "mutant": str(mutant)} | record
    for i in later:
        place, mutant = drawn[i]
        text = mutant.apply((copy.root / mutant.file).read_text(encoding="utf-8"))
        stages = (DEFAULTS, *TESTS[room_of(mutant.file)])
        record = copy.try_text(mutant.file, text, stages, LIMIT)._asdict()
        yield i, {"place": place, "mutant": str(mutant)} | record


def meet_the_suite(copy: WrongCopy, survivors: list[tuple[Mutant, dict[str, object]]]) -> None:
    """Try the survivors by all tests that call the function; change the records of the noticed.

    Files whose tests do their work in other processes are left out, and a test that starts
    processes is tried only if it calls the function itself. A change that takes
    effect when a module is imported keeps its verdict.
    """
    mutants = [mutant for mutant, _ in survivors]
    found = try_many(mutants, list(SUITE), copy.root, copy.environment, processes=False)
    for (mutant, record), again in zip(survivors, found, strict=False):
        print(f"suite: {again['kind']:>9} {mutant} {again['words']}", flush=True)
        if again["kind"] != "unclear":
            record.update(again)


def save(records: list[dict[str, object]], file: Path | None) -> None:
    if file:
        file.write_text(json.dumps(records, indent=1), encoding="utf-8")


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
