"""Mutants of a room: how many of a random sample of small changes the tests notice.

A sample is drawn by a seed from all mutants of the room's files. For each mutant the room's tests
run in a copy of the repository, the quickest first, up to the first that fails; PyTorch is hidden.
"""

from __future__ import annotations

import argparse
import collections
import itertools
import json
import random
import time
from pathlib import Path

from benchmarks import count
from benchmarks.mutants import Mutant, is_python, mutants
from benchmarks.wrong_copy import TESTS, WrongCopy, room_of


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
    records = []
    try:
        for place in arguments.places:
            drawn = sample(place, arguments.count, arguments.seed, copy.root)
            if arguments.list:
                print(*drawn, sep="\n")
                continue
            stages = TESTS[place if place in TESTS else room_of(place)]
            start = time.perf_counter()
            if (verdict := copy.run(stages, 900.0)).kind != "survived":
                raise SystemExit(f"{place}: its tests fail on unchanged files: {verdict.words}")
            limit = 30.0 + 5 * (time.perf_counter() - start)
            records += [record(copy, place, mutant, stages, limit) for mutant in drawn]
            report(place, [each for each in records if each["place"] == place])
    finally:
        copy.close()
        if arguments.json:
            arguments.json.write_text(json.dumps(records, indent=1), encoding="utf-8")


def record(
    copy: WrongCopy, place: str, mutant: Mutant, stages: tuple[tuple[str, ...], ...], limit: float
) -> dict[str, object]:
    """Run the tests on a mutant; print a line unless they notice it."""
    text = mutant.apply((copy.root / mutant.file).read_text(encoding="utf-8"))
    verdict = copy.try_text(mutant.file, text, stages, limit)
    if verdict.kind != "caught":
        print(f"{verdict.kind:>9} {mutant} {verdict.words}", flush=True)
    return {"place": place, "mutant": str(mutant)} | verdict._asdict()


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
