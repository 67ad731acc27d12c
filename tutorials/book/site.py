"""Writes the book into a folder: for each language its pages, slides and notebooks."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import lesson
from minigan.explain.explorers import page
from minigan.files import replacing
from tutorials import FOLDER
from tutorials.book import explorers, pages
from tutorials.book.chapter import Chapter
from tutorials.book.notebook import notebook
from tutorials.book.shelf import Shelf


def write(shelf: Shelf) -> list[Path]:
    """Write all pages and return the paths of the chapters' pages."""
    written = []
    for language in shelf.languages:
        folder = shelf.out / language
        folder.mkdir(parents=True, exist_ok=True)
        written += [_write(shelf, chapter, language) for chapter in shelf.built(language)]
        for name in explorers.names(chapter.name for chapter in shelf.built(language)):
            _save(folder / explorers.file_of(name), page(name, language=language))
        _save(folder / "glossary.html", pages.glossary_page(shelf, language))
        _save(folder / "note.html", pages.note_page(shelf, language))
        _save(folder / "index.html", pages.index_page(shelf, language))
        hidden = shutil.ignore_patterns("__pycache__")  # what the notebooks import lies beside them
        source = Path(lesson.__file__).parent
        shutil.copytree(source, folder / "lesson", dirs_exist_ok=True, ignore=hidden)
        for results in FOLDER.parent.glob("benchmarks/*.json"):
            shutil.copy(results, folder / "lesson")
    _save(shelf.out / "index.html", pages.entrance_page(shelf))
    return written


def _write(shelf: Shelf, chapter: Chapter, language: str) -> Path:
    """Write a chapter's page, slides and notebook; return the path of the page."""
    folder, name = shelf.out / language, chapter.name
    _save(folder / f"{name}.html", pages.chapter_page(shelf, chapter, language))
    _save(folder / f"{name}-slides.html", pages.slides_page(shelf, chapter, language))
    made = notebook(chapter, language, shelf.records[name])
    _save(folder / f"{name}.ipynb", json.dumps(made, ensure_ascii=False, indent=1) + "\n")
    return folder / f"{name}.html"


def _save(path: Path, text: str) -> None:
    with replacing(path) as file:
        file.write_text(text, encoding="utf-8")
