"""Rules for the text of a chapter: numbers, symbols and terms, form, translation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from lesson import Claim
from tutorials.book import markdown
from tutorials.book.blocks import arrange, every
from tutorials.book.chapter import Chapter, Step
from tutorials.book.code_rules import literals
from tutorials.book.glossary import Term, known_symbols, symbols_of, too_early
from tutorials.book.numbers import Printed, printed, proof
from tutorials.book.record import Record
from tutorials.book.words import FIELDS, MARKS

MOST_LINES, MOST_COLUMNS, LEAST_CHINESE = 400, 100, 1500
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_YEAR = re.compile(r"(19|20)[0-9]{2}$")


def unproved(chapter: Chapter, language: str, record: Record) -> Iterator[tuple[str, Printed]]:
    """Yield the numbers that need a proof and stand in no claim, with the id of their step.

    A number may stand in a claim of its step or of an earlier one, or in the code of its step.
    """
    claims: list[Claim] = []
    for step in chapter.steps[language]:
        claims += record.claims(step.codes)
        for number in numbers_of(step):
            if not proof(number, claims) and abs(number.value) not in literals(step):
                yield step.id, number


def numbers_of(step: Step) -> Iterator[Printed]:
    """Yield the numbers of a step's prose that need a proof; years of citations do not."""
    for piece in markdown.prose(step.text):
        for number in printed(piece.content):
            is_year = piece.kind == "link" and _YEAR.match(number.text)
            if number.needs_proof and not is_year:
                yield number


# ---------------------------------------------------------------------------------- symbols, terms


def unknown_symbols(chapter: Chapter, language: str, terms: Sequence[Term]) -> Iterator[str]:
    """Yield what is wrong with the formulas, and the terms and symbols that come too early."""
    known = known_symbols(terms, chapter.number)
    for step in chapter.steps[language]:
        pieces = list(markdown.prose(step.text))
        for formula in (piece.content for piece in pieces if piece.kind == "math"):
            for symbol in sorted(set(symbols_of(formula)) - known):
                yield f"step {step.id}: symbol {symbol} in ${formula}$ is not in the glossary"
            try:
                markdown.math(formula)
            except ValueError as error:
                yield f"step {step.id}: {error}"
        text = "\n\n".join(piece.content for piece in pieces if piece.kind != "math")
        for words in too_early(terms, chapter.number, text, language):
            yield f"step {step.id}: {words!r} is introduced in a later chapter"


def missing_terms(chapter: Chapter, language: str, terms: Sequence[Term]) -> Iterator[str]:
    """Yield the terms of this chapter that its text lacks; in Chinese with the English behind."""
    text = "\n".join(step.text for step in chapter.steps[language]).replace("*", "")
    text = re.sub(r"\s+", " ", text).lower()
    for term in (term for term in terms if term.chapter == chapter.number):
        wanted = term.en if language == "en" else f"{term.zh}（{term.en}）"
        if wanted.lower() not in text:
            yield f"the glossary has {wanted!r} for this chapter; its text does not"


def drawn_words(chapter: Chapter, record: Record, terms: Sequence[Term]) -> Iterator[str]:
    """Yield the words that are drawn into pictures: labels are symbols, words stand in captions."""
    known = known_symbols(terms, chapter.number) | {"log", "exp", "max", "min", "sin", "cos"}
    for output in record.outputs.values():
        for film in output.films:
            for label in (*film.words, *(label for label, _ in film.sliders)):
                for word in re.findall(r"[A-Za-z]{3,}", re.sub(r"\\[A-Za-z]+", " ", label)):
                    if word not in known:
                        yield f"picture {film.name}: label {label!r} has the word {word!r}"


# -------------------------------------------------------------------------------------------- form


def form(chapter: Chapter, language: str) -> Iterator[str]:
    """Yield what a chapter lacks: head, stops, what people get wrong, exercises, headings."""
    for name, label in FIELDS[language].items():
        if not chapter.field(language, name):
            yield f"the head lacks '- **{label}** ...'"
    blocks = [list(every(arrange(step, language))) for step in chapter.steps[language]]
    kinds = [block.kind for each in blocks for block in each]
    if kinds.count("predict") < 2:
        yield "needs at least two stops that begin with the mark for a prediction"
    if "heard" not in kinds:
        yield "needs a paragraph on what is often heard, with the smallest counterexample"
    if "solution" not in kinds:
        yield "needs an exercise with a solution"
    for step, each in zip(chapter.steps[language], blocks, strict=True):
        hints = [block.number for block in each if block.kind == "hint"]
        has_solution = any(block.kind == "solution" for block in each)
        if hints != [1, 2, 3] * has_solution:
            yield f"step {step.id}: an exercise has hints 1, 2, 3 and a solution, not {hints}"
        if not re.search(r"^##? ", step.text, re.MULTILINE):
            yield f"step {step.id}: has no heading"
        if any(block.kind == "answer" and not block.blocks for block in each):
            yield f"step {step.id}: nothing follows the question"
        for mark in MARKS[language].values():
            if any(f"**{mark}" in block.text for block in each):
                yield f"step {step.id}: the mark {mark!r} must begin a paragraph"


def size(chapter: Chapter) -> Iterator[str]:
    """Yield what is too long in the script."""
    lines = chapter.path.read_text(encoding="utf-8").splitlines()
    if len(lines) > MOST_LINES:
        yield f"has {len(lines)} lines; at most {MOST_LINES} are legal"
    for number, line in enumerate(lines, 1):
        if len(line) > MOST_COLUMNS:
            yield f"line {number} has {len(line)} columns; at most {MOST_COLUMNS} are legal"


def pictures(chapter: Chapter, language: str, record: Record) -> Iterator[str]:
    """Yield the pictures that were drawn and not shown, or shown and not drawn, or lack a text."""
    for step in chapter.steps[language]:
        shown, drawn = markdown.pictures(step.text), record.films(step.codes)
        for name in sorted(set(shown) ^ set(drawn)):
            yield f"step {step.id}: picture {name} is drawn and not in the text, or the reverse"
        for name, alt in shown.items():
            if len(alt) < 15:
                yield f"step {step.id}: picture {name} needs a text for those who cannot see it"


def anchors(chapters: Sequence[Chapter], chapter: Chapter, language: str) -> Iterator[str]:
    """Yield the links within the book that lead nowhere."""
    known = {each.name: {step.id for step in each.steps["en"]} for each in chapters}
    for step in chapter.steps[language]:
        for link in markdown.links(step.text):
            found = re.match(r"(?:(t\d\d)\.html)?(?:#(.*))?$", link)
            if not found or not link:
                if not link.startswith("https://"):
                    yield f"step {step.id}: link {link!r} is neither https nor within the book"
                continue
            page, anchor = found[1] or chapter.name, found[2]
            if anchor and page in known and anchor not in known[page]:
                yield f"step {step.id}: link {link!r} leads nowhere"


# ------------------------------------------------------------------------------------- translation


def translation(chapter: Chapter) -> Iterator[str]:
    """Yield where the Chinese text differs: in numbers, formulas, pictures, marks or links."""
    if "zh" not in chapter.steps:
        yield f"has no Chinese text zh/{chapter.translation.name}"
        return
    count = len(_CHINESE.findall("".join(step.text for step in chapter.steps["zh"])))
    if count < LEAST_CHINESE:
        yield f"the Chinese text has {count} Chinese characters; at least {LEAST_CHINESE} are legal"
    for english, chinese in zip(chapter.steps["en"], chapter.steps["zh"], strict=True):
        for what, of in _COMPARED.items():
            here, there = of(english, "en"), of(chinese, "zh")
            for only, language in ((here - there, "English"), (there - here, "Chinese")):
                if only:
                    found = ", ".join(sorted(map(str, only)))
                    yield f"step {english.id}: only the {language} text has the {what} {found}"
        if odd := re.search(r"[\u3400-\u9fff][,;:?!][\u3400-\u9fff]", chinese.text):
            yield f"step {english.id}: {odd[0]!r} needs the Chinese punctuation mark"


def _numbers(step: Step, language: str) -> set[str]:
    return {f"{n.value:.12g}" for p in _prose(step) for n in printed(p) if n.digits >= 2}


def _prose(step: Step) -> Iterator[str]:
    return (piece.content for piece in markdown.prose(step.text) if piece.kind != "math")


def _marks(step: Step, language: str) -> set[str]:
    blocks = every(arrange(step, language))
    counts = Counter(f"{b.kind} {b.number or ''}".strip() for b in blocks if b.kind != "text")
    return {f"{mark} ({count} times)" for mark, count in counts.items()}


_COMPARED: dict[str, Callable[[Step, str], set[str]]] = {
    "number": _numbers,
    "formula": lambda step, language: set(markdown.formulas(step.text)),
    "picture": lambda step, language: set(markdown.pictures(step.text)),
    "mark": _marks,
    "link": lambda step, language: set(markdown.links(step.text)),
}
