"""The explorers of the book: which step of a chapter shows which page, with which settings."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from minigan.explain.explorers import NAMES
from tutorials import FOLDER
from tutorials.book.words import LANGUAGES, WORDS

PATH = FOLDER / "explorers.toml"
_FIELDS = {"step", "explorer", "settings", *LANGUAGES}


@dataclass(frozen=True)
class Explorer:
    """An explorer at the end of a step, and what to try on it, in each language."""

    chapter: str  # such as t05
    step: str
    name: str
    settings: str  # as in the address of the page
    texts: dict[str, str]

    @property
    def address(self) -> str:
        """The address of the page with its settings, beside the page of the chapter."""
        return file_of(self.name) + f"#{self.settings}" * bool(self.settings)

    def html(self, language: str) -> str:
        """Return a link to the page, and a button that shows the page in its place."""
        words, address = WORDS[language], escape(self.address)
        text = f'<a href="{address}" target="_blank">{escape(self.texts[language])}</a>'
        button = f'<button type="button" data-show="{address}">{words["show explorer"]}</button>'
        label = f'<p class="label">{words["explore"]}</p>'
        return f'<aside class="explore">{label}<p>{text}</p>{button}</aside>'

    def plain(self, language: str) -> str:
        """Return what to try, and the command that opens the page."""
        label = WORDS[language]["explore"]
        return f"{label}: {self.texts[language]}  minigan explain {self.name} --open"


@cache
def load(path: Path = PATH) -> tuple[Explorer, ...]:
    """Return all explorers of the book, in the order of the file.

    Raises ValueError if an entry lacks a field, or names no explorer.
    """
    found = []
    for chapter, entries in tomllib.loads(path.read_text(encoding="utf-8")).items():
        for entry in entries:
            if not re.match(r"t\d\d$", chapter) or set(entry) != _FIELDS:
                raise ValueError(f"{path.name}: [[{chapter}]] {entry} needs {sorted(_FIELDS)}")
            if entry["explorer"] not in NAMES:
                legal = ", ".join(NAMES)
                raise ValueError(f"{path.name}: [[{chapter}]] {entry['explorer']} (legal: {legal})")
            texts = {language: entry[language] for language in LANGUAGES}
            found.append(
                Explorer(chapter, entry["step"], entry["explorer"], entry["settings"], texts)
            )
    return tuple(found)


def at(chapter: str, step: str) -> list[Explorer]:
    """Return the explorers of a step.

    >>> [explorer.name for explorer in at("t03", "matrix")]
    ['conv']
    """
    return [each for each in load() if (each.chapter, each.step) == (chapter, step)]


def names(chapters: Iterable[str]) -> list[str]:
    """Return the explorers of these chapters, each once.

    >>> names(["t02", "t03"])
    ['conv']
    """
    wanted = set(chapters)
    return sorted({explorer.name for explorer in load() if explorer.chapter in wanted})


def file_of(name: str) -> str:
    """Return the file name of an explorer's page.

    >>> file_of("conv")
    'explore-conv.html'
    """
    return f"explore-{name}.html"
