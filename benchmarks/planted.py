"""Planted bugs: how many of 96 mistakes of meaning, kept in planted.toml, the tests notice.

Each bug is a place in a file and what stands there instead: groups and dilation swapped, eps inside
the root, ties all to the first. They are tried as `mutation` tries its mutants; PyTorch is hidden.
The exit status is 1 if a bug survives.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from pathlib import Path
from typing import NamedTuple

from benchmarks.mutants import Mutant
from benchmarks.mutation import verdicts
from benchmarks.wrong_copy import ROOT, WrongCopy

FILE = Path(__file__).with_suffix(".toml")


class Bug(NamedTuple):
    """A mistake: the file, the code that stands there once, the wrong code, and what is wrong."""

    what: str
    file: str
    old: str
    new: str

    def apply(self, text: str) -> str:
        """Return the text with the mistake. Raises ValueError if `old` is not there once."""
        if (times := text.count(self.old)) != 1:
            raise ValueError(f"{self.what}: {self.file} has {times} times {self.old!r}, not once")
        return text.replace(self.old, self.new)

    def as_mutant(self, root: Path) -> Mutant:
        """Return the change of the file, as `mutation` has it."""
        text = (root / self.file).read_text(encoding="utf-8")
        self.apply(text)
        start = text.index(self.old)
        line = text.count("\n", 0, start) + 1
        return Mutant(self.file, line, start, start + len(self.old), self.old, self.new)


def bugs() -> list[Bug]:
    """Return the bugs of planted.toml."""
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return [Bug(file=f"minigan/{bug.pop('file')}", **bug) for bug in table["bug"]]


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("numbers", nargs="*", type=int, help="bugs by number, from 1; all of them")
    parser.add_argument("--torch", action="store_true", help="compare with PyTorch as well")
    parser.add_argument("--check", action="store_true", help="only check that each fits its file")
    parser.add_argument("--json", type=Path, help="write what became of each bug")


def main(arguments: argparse.Namespace) -> None:
    table = dict(enumerate(bugs(), 1))
    chosen = {i: table[i] for i in arguments.numbers or table}
    for bug in chosen.values():
        bug.apply((ROOT / bug.file).read_text(encoding="utf-8"))
    if arguments.check:
        return
    copy, records = WrongCopy(arguments.torch), []
    try:
        drawn = [(bug.what, bug.as_mutant(copy.root)) for bug in chosen.values()]
        for index, record in verdicts(copy, drawn):
            i = list(chosen)[index]
            records.append({"bug": i, "what": record.pop("place")} | record)
            print(f"{i:3} {record['kind']:8} {record['seconds']:4.0f} s  {chosen[i].what}")
            print(f"{'':19}{str(record['words'])[:120]}", flush=True)
    finally:
        copy.close()
        if arguments.json:
            arguments.json.write_text(json.dumps(records, indent=1), encoding="utf-8")
    noticed = sum(each["kind"] != "survived" for each in records)
    print(f"{noticed} of {len(chosen)} planted bugs are noticed")
    if noticed < len(chosen):
        raise SystemExit(1)
