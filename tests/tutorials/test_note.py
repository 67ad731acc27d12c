"""The table of the lecture note: each step, picture and test that it names exists."""

import ast
import re
from pathlib import Path

import pytest

from tutorials.book import note
from tutorials.book.blocks import arrange, every
from tutorials.book.chapter import read, scripts

HOUSE = Path(__file__).parents[2]
CHAPTERS = {path.name[:3]: read(path) for path in scripts().values()}
ROWS = note.load()


def step_of(place, language):
    name, _, step_id = place.partition("#")
    steps = {step.id: step for step in CHAPTERS[name].steps[language]}
    assert step_id in steps, f"{name} has no step {step_id}"
    return steps[step_id]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_sentence_of_the_note_has_a_row(language):
    found = [
        f"{name}#{step.id}"
        for name, chapter in CHAPTERS.items()
        for step in chapter.steps[language]
        for block in every(arrange(step, language))
        if block.kind == "note"
    ]
    assert found == list(ROWS) and len(found) == 12


@pytest.mark.parametrize("row", ROWS.values(), ids=list(ROWS))
def test_what_a_row_names_exists(row):
    assert (row.pictures or row.step == "t10#meaning") and row.tests
    for language in ("en", "zh"):
        assert row.judged[language]
        for place in (row.step, *row.more):
            step_of(place, language)
        for picture in row.pictures:
            place, _, name = picture.partition("/")
            assert f"]({name}.png)" in step_of(place, language).text
    for test in row.tests:
        if run := re.fullmatch(r"run (\d+)", test):
            assert row.step.startswith(f"t{int(run[1]):02}#")
            continue
        path, _, name = test.partition("::")
        tree = ast.parse((HOUSE / path).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, test


def test_a_row_that_lacks_a_field_is_refused(tmp_path):
    (tmp_path / "note.toml").write_text('[[row]]\nstep = "t03#flip"\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"note.toml: a row has \['step'\]"):
        note.load(tmp_path / "note.toml")
