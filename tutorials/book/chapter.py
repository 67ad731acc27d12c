"""A chapter as it is written: steps of text and code, in English (.py) and in Chinese (.md).

The English file is a script in the percent format. A markdown cell with a name begins a step, and
the name is the step's id; cells without one go on with the step:

    # %% scatter [markdown]
    # ## One number paints a patch
    # %%
    x = ...
    # %% draw
    show("patch", ...)

The Chinese file holds the texts of the same steps. A comment begins a step, another one stands
where the code is:

    <!-- step: scatter -->
    ## ...
    <!-- code -->
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tutorials import FOLDER
from tutorials.book.words import FIELDS, LANGUAGES

_CELL = re.compile(r"# %%(?P<id>[^\[]*)(?P<text>\[markdown\])?\s*$")
_STEP = re.compile(r"<!-- step: (.*?) -->\s*$")
_ID = re.compile(r"[a-z][a-z0-9-]*$")


class ChapterError(ValueError):
    """A chapter's file is not in the form that it must have."""


@dataclass(frozen=True)
class Text:
    """Markdown."""

    source: str


@dataclass(frozen=True)
class Code:
    """A code cell: its number in the chapter, the line of the file on which it begins.

    A cell that only draws ("# %% draw") is folded on pages and left out of slides.
    """

    source: str
    number: int
    line: int
    draws: bool = False


@dataclass(frozen=True)
class Step:
    """One idea: an id, and texts and code cells in their order."""

    id: str
    parts: tuple[Text | Code, ...]

    @property
    def text(self) -> str:
        """All its markdown."""
        return "\n\n".join(part.source for part in self.parts if isinstance(part, Text))

    @property
    def codes(self) -> tuple[Code, ...]:
        """Its code cells."""
        return tuple(part for part in self.parts if isinstance(part, Code))

    @property
    def title(self) -> str:
        """Its heading."""
        found = re.search(r"^##? (.*)$", self.text, re.MULTILINE)
        return found[1] if found else self.id


@dataclass(frozen=True)
class Chapter:
    """A chapter: its number, its script, and its steps in each language."""

    number: int
    path: Path
    steps: dict[str, tuple[Step, ...]]

    @property
    def name(self) -> str:
        """The name of its pages, such as t03."""
        return f"t{self.number:02}"

    @property
    def translation(self) -> Path:
        """The file of the Chinese text, whether it exists or not."""
        return translation(self.path)

    def title(self, language: str) -> str:
        """Return the chapter's title."""
        return self.steps[language][0].title

    def field(self, language: str, name: str) -> str:
        """Return a field of the chapter's head: "aim", "needs", "time" or "next"; "" without it."""
        label = re.escape(FIELDS[language][name])
        found = re.search(
            rf"^- \*\*{label}\*\*[ ]?(.*(?:\n  .*)*)", self.steps[language][0].text, re.MULTILINE
        )
        return re.sub(r"\s*\n\s+", " ", found[1]).strip() if found else ""

    @cached_property
    def seconds(self) -> float:
        """The seconds that the chapter may take, 0 if it does not say so."""
        found = re.search(r"\d+", self.field("en", "time"))
        return float(found[0]) if found else 0.0


def translation(path: Path) -> Path:
    """Return the Chinese text that belongs to a script: zh/t03_....md beside it."""
    return path.parent / "zh" / f"{path.stem}.md"


def scripts(folder: Path = FOLDER) -> dict[int, Path]:
    """Return the scripts of all chapters by number.

    >>> scripts()[3].name
    't03_transposed.py'
    """
    return {int(path.name[1:3]): path for path in sorted(folder.glob("t[0-9][0-9]_*.py"))}


def read(path: Path) -> Chapter:
    """Return the chapter of a script and of its Chinese text, if there is one.

    Raises ChapterError if either is not in the form that it must have.
    """
    steps = {"en": parse_script(path.read_text(encoding="utf-8"), path.name)}
    chinese = translation(path)
    if chinese.exists():
        text = chinese.read_text(encoding="utf-8")
        steps["zh"] = parse_translation(text, steps["en"], f"zh/{chinese.name}")
    assert set(steps) <= set(LANGUAGES)
    return Chapter(int(path.name[1:3]), path, steps)


def parse_script(source: str, name: str = "chapter") -> tuple[Step, ...]:
    """Return the steps of a script in the percent format.

    Raises ChapterError with the line if a cell stands outside of the steps, if an id is not made
    of small letters, digits and hyphens, if it is used twice, or if a text cell holds code.
    """
    steps: list[tuple[str, list[Text | Code]]] = []
    for count, (line, title, is_text, body) in enumerate(_cells(source, name)):
        if is_text and title:
            if not _ID.match(title) or title in dict(steps):
                raise ChapterError(
                    f"{name}:{line}: step id {title!r} is not legal (small letters, digits and "
                    "hyphens, each id once)"
                )
            steps.append((title, []))
        if not steps:
            raise ChapterError(f"{name}:{line}: the first cell must be '# %% start [markdown]'")
        if is_text:
            steps[-1][1].append(Text(_uncommented(body, line, name)))
        elif title in ("", "draw"):
            source, first = "\n".join(body).strip("\n"), line + 1 + _blank(body)
            steps[-1][1].append(Code(source, count, first, draws=bool(title)))
        else:
            raise ChapterError(f"{name}:{line}: a code cell may be named 'draw', not {title!r}")
    return tuple(Step(id, tuple(parts)) for id, parts in steps)


def _cells(source: str, name: str) -> Iterator[tuple[int, str, bool, list[str]]]:
    """Yield line, title, whether it is text, and the lines of each cell."""
    lines = source.splitlines()
    starts = [n for n, line in enumerate(lines) if line.startswith("# %%")]
    if not starts or any(line.strip() for line in lines[: starts[0]]):
        raise ChapterError(f"{name}:1: the first line must be '# %% start [markdown]'")
    for start, stop in zip(starts, [*starts[1:], len(lines)], strict=True):
        found = _CELL.match(lines[start])
        if not found:
            raise ChapterError(f"{name}:{start + 1}: cannot read the cell {lines[start]!r}")
        yield start + 1, found["id"].strip(), bool(found["text"]), lines[start + 1 : stop]


def _blank(body: list[str]) -> int:
    """How many empty lines a cell begins with."""
    return next((n for n, line in enumerate(body) if line.strip()), 0)


def _uncommented(body: list[str], line: int, name: str) -> str:
    for n, each in enumerate(body, line + 1):
        if each.strip() and not re.match(r"#( |$)", each):
            raise ChapterError(
                f"{name}:{n}: a text cell holds {each!r}; each line begins with '# '"
            )
    return "\n".join(each[2:].rstrip() for each in body).strip("\n")


def parse_translation(
    source: str, originals: tuple[Step, ...], name: str = "translation"
) -> tuple[Step, ...]:
    """Return the steps of a translated text, with the code of the original steps in its places.

    Raises ChapterError if the ids or the places of the code differ from those of the original.
    """
    pieces = re.split(r"^<!-- step: (.*?) -->\s*$", source, flags=re.MULTILINE)
    ids, wanted = pieces[1::2], [step.id for step in originals]
    if pieces[0].strip() or ids != wanted:
        odd = next((a for a, b in zip(ids, wanted, strict=False) if a != b), "the last one")
        raise ChapterError(f"{name}: its steps differ at {odd!r}; they must be {wanted}")
    return tuple(
        Step(step.id, tuple(_translated(body, step, name)))
        for body, step in zip(pieces[2::2], originals, strict=True)
    )


def _translated(body: str, step: Step, name: str) -> Iterator[Text | Code]:
    """The parts of a translated step, in the order of the original."""
    texts = iter(re.split(r"^(<!-- code -->)\s*$", body, flags=re.MULTILINE))
    pieces = [piece.strip("\n") for piece in texts if piece.strip()]
    codes = iter(step.codes)
    found = ["code" if piece == "<!-- code -->" else "text" for piece in pieces]
    wanted = ["code" if isinstance(part, Code) else "text" for part in step.parts]
    if found != wanted:
        raise ChapterError(
            f"{name}: step {step.id!r} is {', '.join(found)}; the original is {', '.join(wanted)}"
        )
    for piece in pieces:
        yield next(codes) if piece == "<!-- code -->" else Text(piece)
