"""The lecture note: for each of its sentences the steps, pictures and tests that judge it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tutorials import FOLDER

PATH = FOLDER / "note.toml"
_FIELDS = {"step", "more", "pictures", "tests", "en", "zh"}


@dataclass(frozen=True)
class Row:
    """What is said about one sentence of the note. Steps are written as t05#odd."""

    step: str
    more: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()  # step/name
    tests: tuple[str, ...] = ()  # file::function, or "run 7" for the claims of a chapter
    judged: Mapping[str, str] = field(default_factory=dict)  # by language: when it holds

    @property
    def places(self) -> tuple[str, ...]:
        """The step with the sentence, then the others."""
        return (self.step, *self.more)


def load(path: Path = PATH) -> dict[str, Row]:
    """Return the rows by their step. Raises ValueError if a row lacks a field or has another."""
    rows = {}
    for entry in tomllib.loads(path.read_text(encoding="utf-8"))["row"]:
        if set(entry) != _FIELDS:
            raise ValueError(f"{path.name}: a row has {sorted(entry)} (legal: {sorted(_FIELDS)})")
        lists = (tuple(entry[name]) for name in ("more", "pictures", "tests"))
        texts = {language: entry[language] for language in ("en", "zh")}
        rows[entry["step"]] = Row(entry["step"], *lists, texts)
    return rows
