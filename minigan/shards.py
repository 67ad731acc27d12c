"""Shards: a list of independent jobs, divided over several machines, and merged afterwards.

`Shard(2, 8)` is the second of eight parts of a list. Eight commands, each with another shard, do
the whole list on as many machines, and need nothing from each other. Each leaves in its folder a
note of the files that it has written. `merge` reads the notes of all shards, in one folder or in
several, and returns the files in the order of the list.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeVar

from minigan.files import replacing

Item = TypeVar("Item")


class ShardError(ValueError):
    """The shards cannot be merged; the text is one line."""


class Shard(NamedTuple):
    """One of `total` parts of a list of jobs, numbered from 1; by default the whole list."""

    number: int = 1
    total: int = 1

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the shard that is written I/N. Raises ValueError unless 1 <= I <= N.

        >>> Shard.parse("2/8")
        Shard(number=2, total=8)
        """
        number, _, total = text.partition("/")
        digits = all(part.isascii() and part.isdecimal() for part in (number, total))
        if not (digits and 1 <= int(number) <= int(total)):
            raise ValueError(f"{text!r} must be I/N with 1 <= I <= N, as in 2/8")
        return cls(int(number), int(total))

    def part(self, items: Sequence[Item]) -> list[Item]:
        """Return every total-th item, beginning with the one of this number.

        The sizes of all shards of a list differ by at most one. Raises ValueError unless
        1 <= number <= total.

        >>> [Shard(number, 3).part("abcdefgh") for number in (1, 2, 3)]
        [['a', 'd', 'g'], ['b', 'e', 'h'], ['c', 'f']]
        """
        if not 1 <= self.number <= self.total:
            raise ValueError(f"part: shard {self} must be I/N with 1 <= I <= N, as in 2/8")
        return list(items[self.number - 1 :: self.total])

    def __str__(self) -> str:
        return f"{self.number}/{self.total}"


def in_order(parts: Sequence[Sequence[Item]]) -> list[Item]:
    """Return the list whose shards are 1/N, 2/N, ... N/N: the inverse of `Shard.part`.

    >>> "".join(in_order(["adg", "beh", "cf"]))
    'abcdefgh'
    """
    longest = max(map(len, parts), default=0)
    return [part[i] for i in range(longest) for part in parts if i < len(part)]


def complete(found: Iterable[tuple[Shard, Any]]) -> list[Any]:
    """Return what was found for the shards 1/N to N/N, in this order; `found` has (shard, value).

    Raises ShardError if a shard is missing, is there twice, or is a part of another division. The
    message has the `str` of the values.
    """
    found = sorted(found, key=lambda pair: pair[0])
    if not found:
        raise ShardError("there are no shards")
    total = found[0][0].total
    by_number: dict[int, Any] = {}
    for shard, value in found:
        if shard.total != total:
            raise ShardError(
                f"the shards {found[0][0]} ({found[0][1]}) and {shard} ({value}) are of different "
                "divisions; give those of one"
            )
        if shard.number in by_number:
            first = by_number[shard.number]
            raise ShardError(f"shard {shard} is there twice: {first} and {value}; give one of them")
        by_number[shard.number] = value
    missing = [str(Shard(i, total)) for i in range(1, total + 1) if i not in by_number]
    if missing:
        verb, which = ("is", "it") if len(missing) == 1 else ("are", "them")
        raise ShardError(f"shard {', '.join(missing)} {verb} missing; run {which} first")
    return [by_number[i] for i in range(1, total + 1)]


# ------------------------------------------------------------------------------------------- notes


class Whole(NamedTuple):
    """The result of `merge`: the plan of all shards, and each file with the value in its note."""

    plan: dict[str, Any]
    files: list[tuple[Path, Any]]


class _Note(NamedTuple):
    """A note of one shard: where it is, and what it says."""

    path: Path
    shard: Shard
    plan: dict[str, Any]
    files: list[tuple[Path, Any]]

    def __str__(self) -> str:
        return str(self.path)


def write_note(
    folder: Path, shard: Shard, plan: dict[str, Any], files: Sequence[tuple[str, Any]]
) -> None:
    """Write, when a shard has ended, which files of the folder are its results.

    `files` has pairs (name, value) in the order of the shard's jobs; the value is what `merge`
    returns beside the path. `plan` has what all shards of one list have in common. Both must be
    JSON.
    """
    text = json.dumps({"shard": shard, "plan": plan, "files": files}, indent=1, ensure_ascii=False)
    with replacing(folder / f".shard-{shard.number}-of-{shard.total}") as file:
        file.write_text(text + "\n", encoding="utf-8")


def merge(folders: Iterable[Path]) -> Whole:
    """Return the files of all shards of one list, in the order of the list.

    Raises ShardError if a shard is missing or is there twice, and if the shards are of different
    plans or divisions.
    """
    folders = list(dict.fromkeys(folders))
    notes = [note for folder in folders for note in _notes(folder)]
    if not notes:
        raise ShardError(f"{', '.join(map(str, folders))}: no shard has ended there")
    for note in notes:
        if note.plan != notes[0].plan:
            raise ShardError(f"{notes[0]} and {note} are of different jobs or settings")
    whole: list[_Note] = complete((note.shard, note) for note in notes)
    return Whole(notes[0].plan, in_order([note.files for note in whole]))


def _notes(folder: Path) -> list[_Note]:
    """Return the notes in a folder. Raises ShardError if one is damaged."""
    found = []
    for path in sorted(folder.glob(".shard-*-of-*")):
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            files = [(folder / name, more) for name, more in data["files"]]
            shard = Shard.parse("{}/{}".format(*data["shard"]))
            found.append(_Note(path, shard, data["plan"], files))
        except (OSError, ValueError, TypeError, LookupError):
            raise ShardError(f"{path} is damaged; run this shard again") from None
    return found
