"""The parts of a step as a reader meets them: text, code, questions, hints, folded answers.

A paragraph that begins with a mark is more than text (the marks are in `words.MARKS`):

    **Predict.** ...          a question; the rest of the step is its answer, hidden at first
    **Hint 1.** ...           one of the hints of an exercise, hidden at first
    **Solution.** ...         the rest of the step is a solution, hidden at first
    **Often heard.** ...      what people get wrong
    **The note says.** ...    a sentence of the lecture note that many readers come with
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tutorials.book.chapter import Code, Step, Text
from tutorials.book.words import MARKS


@dataclass(frozen=True)
class Block:
    """What a page, a slide, a notebook or a terminal shows as one thing.

    `kind` is "text", "code", "predict", "hint", "heard" or "note", or one of the folds "answer"
    and "solution", which hold other blocks.
    """

    kind: str
    text: str = ""
    code: Code | None = None
    blocks: tuple[Block, ...] = ()
    number: int = 0  # of a hint


def arrange(step: Step, language: str) -> tuple[Block, ...]:
    """Return the blocks of a step."""
    pieces: list[tuple[str, int, str] | Code] = []
    for part in step.parts:
        pieces.extend([part] if isinstance(part, Code) else _marked(part, language))
    return tuple(_arranged(pieces))


def every(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield all blocks, those inside of folds too, in their order."""
    for block in blocks:
        yield block
        yield from every(block.blocks)


def _marked(part: Text, language: str) -> Iterator[tuple[str, int, str]]:
    """Yield kind, number and text of the runs of paragraphs that a text is made of."""
    marks = {mark: kind for kind, mark in MARKS[language].items()}
    pattern = re.compile(rf"\*\*({'|'.join(map(re.escape, marks))})(?: (\d)[.。])?\*\*\s*")
    kind, number, run = "text", 0, list[str]()
    for paragraph in re.split(r"\n{2,}", part.source):
        found = pattern.match(paragraph)
        if found or kind in ("heard", "note"):
            if run:
                yield kind, number, "\n\n".join(run)
            kind, number, run = "text", 0, []
        if found:
            kind, number = marks[found[1]], int(found[2] or 0)
            paragraph = paragraph[found.end() :]
        run.append(paragraph)
    if run:
        yield kind, number, "\n\n".join(run)


def _arranged(pieces: list[tuple[str, int, str] | Code]) -> Iterator[Block]:
    for at, piece in enumerate(pieces):
        if isinstance(piece, Code):
            yield Block("code", code=piece)
            continue
        kind, number, text = piece
        rest = pieces[at + 1 :]
        if kind == "predict":
            yield Block("predict", text)
            yield Block("answer", blocks=tuple(_arranged(rest)))
            return
        if kind == "solution":
            inside: list[tuple[str, int, str] | Code] = [("text", 0, text)] if text else []
            yield Block("solution", blocks=tuple(_arranged(inside + rest)))
            return
        yield Block(kind, text, number=number)
