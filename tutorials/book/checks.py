"""Everything that `python -m tutorials run` checks in a chapter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tutorials.book import code_rules, glossary, text_rules
from tutorials.book.chapter import Chapter
from tutorials.book.glossary import Term
from tutorials.book.numbers import proof
from tutorials.book.record import Record


def problems(
    chapter: Chapter, record: Record, terms: Sequence[Term], chapters: Sequence[Chapter] = ()
) -> list[str]:
    """Return all that is wrong with a chapter, a sentence each; an empty list if nothing is."""
    found = [record.error] if record.error else []
    found += _of_the_code(chapter, terms)
    for language in chapter.steps:
        found += (
            f"[{language}] {problem}"
            for problem in _of_the_text(chapter, language, record, terms, chapters)
        )
    found += text_rules.translation(chapter)
    found += text_rules.drawn_words(chapter, record, terms)
    seconds = min(record.seconds, record.cpu_seconds)  # a busy machine is not the chapter's fault
    if seconds > 2 * chapter.seconds:
        found += [f"took {seconds:.0f} s, more than twice the {chapter.seconds:.0f} s of its head"]
    return found


def _of_the_code(chapter: Chapter, terms: Sequence[Term]) -> Iterator[str]:
    yield from text_rules.size(chapter)
    yield from code_rules.private_names(chapter)
    yield from code_rules.literal_claims(chapter)
    known = glossary.known_code(terms, chapter.number)
    for name, step in code_rules.used(chapter).items():
        if name not in known:
            yield f"step {step}: {name} is not in the glossary of this chapter or an earlier one"


def _of_the_text(
    chapter: Chapter,
    language: str,
    record: Record,
    terms: Sequence[Term],
    chapters: Sequence[Chapter],
) -> Iterator[str]:
    yield from text_rules.form(chapter, language)
    yield from text_rules.unknown_symbols(chapter, language, terms)
    yield from text_rules.missing_terms(chapter, language, terms)
    yield from text_rules.anchors(chapters, chapter, language)
    if not record.error:
        yield from text_rules.pictures(chapter, language, record)
        for step, number in text_rules.unproved(chapter, language, record):
            yield f"step {step}: the number {number.text} stands in no claim"


def proved_decimals(chapter: Chapter, record: Record) -> int:
    """Return how many decimals of the English prose, with three or more digits, claims prove."""
    claims = [claim for output in record.outputs.values() for claim in output.claims]
    numbers = (n for step in chapter.steps["en"] for n in text_rules.numbers_of(step))
    return sum("." in number.text and proof(number, claims) is not None for number in numbers)
