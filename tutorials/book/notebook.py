"""A chapter as a Jupyter notebook (nbformat 4.5), with the outputs of its run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tutorials.book.blocks import Block, arrange
from tutorials.book.chapter import Chapter, Code
from tutorials.book.explorers import at
from tutorials.book.record import Record
from tutorials.book.words import WORDS

Cell = dict[str, Any]

_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def notebook(chapter: Chapter, language: str, record: Record) -> dict[str, Any]:
    """Return the notebook of a chapter in one language, as the JSON object that a file holds."""
    cells: list[Cell] = []
    for step in chapter.steps[language]:
        for block in arrange(step, language):
            for cell in _cells(block, language, record, folded=False):
                cells.append({"id": f"{step.id}-{len(cells)}"[:64], **cell})
        for each in at(chapter.name, step.id):
            text = f"> **{WORDS[language]['explore']}.** [{each.texts[language]}]({each.address})"
            cells.append({"id": f"{step.id}-{len(cells)}"[:64], **_text(text)})
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": _KERNEL,
            "language_info": {"name": "python", "version": record.versions["python"]},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _cells(block: Block, language: str, record: Record, folded: bool) -> Iterator[Cell]:
    """Yield the cells of a block; what is folded away on a page is closed at first here, too."""
    words = WORDS[language]
    if block.code:
        yield _code(block.code, record, folded)
        return
    if block.kind in ("predict", "heard", "note"):
        text = f"> **{words[block.kind]}.** {block.text}".replace("\n", "\n> ")
        yield _text(text)
    elif block.kind == "hint":
        yield _text(_details(words["hint"].format(block.number), block.text))
    elif block.kind == "text" and block.text:
        yield _text(_details(words["answer"], block.text) if folded else block.text)
    for inner in block.blocks:
        yield from _cells(inner, language, record, folded=True)


def _details(summary: str, text: str) -> str:
    return f"<details><summary>{summary}</summary>\n\n{text}\n\n</details>"


def _text(text: str) -> Cell:
    """A text cell; the pictures stand in the outputs above it, so only their captions remain."""
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)[ \n]?", "", text)
    return {"cell_type": "markdown", "metadata": {}, "source": _lines(text)}


def _code(code: Code, record: Record, folded: bool) -> Cell:
    output, outputs = record.output(code), list[dict[str, Any]]()
    text = output.text + "".join(f"  ok  {claim}\n" for claim in output.claims)
    if text:
        outputs.append({"output_type": "stream", "name": "stdout", "text": _lines(text)})
    for film in output.films:
        data = {"image/png": film.animated(), "text/plain": [f"<picture {film.name}>"]}
        outputs.append({"output_type": "display_data", "metadata": {}, "data": data})
    hidden = {"source_hidden": folded or code.draws, "outputs_hidden": folded}
    return {
        "cell_type": "code",
        "execution_count": code.number + 1,
        "metadata": {"jupyter": hidden} if any(hidden.values()) else {},
        "source": _lines(code.source),
        "outputs": outputs,
    }


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
