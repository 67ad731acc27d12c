"""The chapters of the book: each passes all checks, and runs as a script from any folder."""

import re
import subprocess
import sys
from dataclasses import replace

import pytest

from tutorials import FOLDER
from tutorials.book import cache, checks, glossary
from tutorials.book.chapter import Text, read, scripts
from tutorials.book.text_rules import unproved

CHAPTERS = [read(path) for path in scripts().values()]
QUICK = [3, 5, 9]  # the others run in .ci/nightly


@pytest.fixture(scope="module")
def records():
    paths = [scripts()[number] for number in QUICK]
    return dict(zip(QUICK, cache.fresh(paths, jobs=2), strict=True))


@pytest.mark.parametrize("number", QUICK)
def test_a_chapter_passes_all_checks(number, records):
    chapter = next(chapter for chapter in CHAPTERS if chapter.number == number)
    assert checks.problems(chapter, records[number], glossary.load(), CHAPTERS) == []
    assert checks.proved_decimals(chapter, records[number]) >= 1


def with_wrong_digit(chapter, language):
    """Yield the chapter with the last digit of a number in its text changed, number by number."""
    for n, step in enumerate(chapter.steps[language]):
        for m, part in enumerate(step.parts):
            found = re.finditer(
                r"(?<![0-9/.])[0-9]+\.[0-9]{2,}", part.source if isinstance(part, Text) else ""
            )
            for number in found:
                digit = str((int(number[0][-1]) + 5) % 10)
                source = part.source[: number.end() - 1] + digit + part.source[number.end() :]
                parts = (*step.parts[:m], Text(source), *step.parts[m + 1 :])
                steps = list(chapter.steps[language])
                steps[n] = replace(step, parts=parts)
                yield number[0], replace(chapter, steps={language: tuple(steps)})


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_wrong_digit_in_a_decimal_of_a_text_is_caught(language, records):
    caught = {}
    for chapter in (chapter for chapter in CHAPTERS if chapter.number in QUICK):
        for number, wrong in with_wrong_digit(chapter, language):
            found = list(unproved(wrong, language, records[chapter.number]))
            caught[chapter.name, number] = len(found)
    assert len(caught) >= 20 and min(caught.values()) >= 1, caught


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_a_chapter_is_whole_and_in_both_languages(chapter):
    assert set(chapter.steps) == {"en", "zh"}
    assert len(chapter.steps["en"]) >= 8 and 0 < chapter.seconds <= 60


def test_a_script_runs_as_it_stands_from_any_folder(tmp_path):
    script = FOLDER / "t03_transposed.py"
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "ok  the largest error: 10" in done.stdout and "matrices.png" in done.stdout
