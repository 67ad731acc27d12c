"""What the pages of the book rest on: chapters, records of runs, terms, and which pages exist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tutorials.book.chapter import Chapter
from tutorials.book.glossary import Term
from tutorials.book.record import Record
from tutorials.book.words import LANGUAGES


@dataclass(frozen=True)
class Shelf:
    """All chapters, the records of those that are built now, the languages, the folder."""

    chapters: Sequence[Chapter]
    records: dict[str, Record]
    terms: Sequence[Term]
    languages: Sequence[str]
    out: Path

    def built(self, language: str) -> list[Chapter]:
        """Return the chapters that are built now in a language."""
        if language not in self.languages:
            return []
        return [c for c in self.chapters if c.name in self.records and language in c.steps]

    def pages(self, language: str) -> frozenset[str]:
        """Return the names of the chapters whose pages exist in a language, now or from before."""
        found = (path.stem for path in (self.out / language).glob("t[0-9][0-9].html"))
        return frozenset([chapter.name for chapter in self.built(language)]) | frozenset(found)

    def title(self, chapter: Chapter, language: str) -> str:
        """Return a chapter's title, in English if there is no other."""
        return chapter.title(language if language in chapter.steps else "en")

    def others(self, language: str, page: str) -> list[str]:
        """Return the other languages in which a page exists."""
        name = page.removesuffix(".html")
        return [
            other
            for other in LANGUAGES
            if other != language
            and (name in self.pages(other) if name[1:].isdecimal() else self._has(other))
        ]

    def _has(self, language: str) -> bool:
        return language in self.languages or (self.out / language / "index.html").exists()
