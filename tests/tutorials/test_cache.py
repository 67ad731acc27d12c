"""Records are kept until anything changes on which they rest."""

import json
import re
import shutil
from pathlib import Path

import pytest
from small_chapters import write

import minigan
from tutorials import FOLDER
from tutorials.__main__ import main
from tutorials.book import cache, record

STEPS = """
# %%
import numpy as np
from lesson import claim, explore, figure, play, show

print("Ω")
claim("two", np.add(1, 1), 2)
show("one", figure()[0])
play("film", (figure()[0] for _ in range(2)), 0.5)
explore("sliders", {"k": [1, 2], "s": [3, 4, 5]}, lambda k, s: figure()[0])
"""


def test_a_record_survives_its_file(tmp_path):
    played = record.run(write(tmp_path, STEPS))
    assert played.error == "" and record.from_json(record.to_json(played)) == played
    films = [film for output in played.outputs.values() for film in output.films]
    assert [len(film.frames) for film in films] == [1, 2, 6]
    assert films[2].sliders == (("k", ("1", "2")), ("s", ("3", "4", "5")))
    assert films[1].seconds == 0.5 and films[0].frames[0].startswith(b"\x89PNG")


def test_a_record_is_kept_until_the_chapter_changes(tmp_path):
    chapter, folder = (
        write(tmp_path, STEPS, "<!-- step: start -->\n# 标题\n<!-- code -->\n"),
        tmp_path / "records",
    )
    assert cache.kept(chapter, folder) is None
    played = record.run(chapter)
    cache.keep(chapter, played, folder)
    assert cache.kept(chapter, folder) == played and (folder / ".gitignore").read_text() == "*\n"
    for path in (chapter.path, chapter.translation):
        text = path.read_text(encoding="utf-8")
        path.write_text(text + "\n", encoding="utf-8")
        assert cache.kept(chapter, folder) is None
        path.write_text(text, encoding="utf-8")
        assert cache.kept(chapter, folder) == played


@pytest.mark.parametrize("content", ["", "nonsense", "\n", "x" * 64 + "\n{}"])
def test_a_damaged_file_is_no_record(tmp_path, content):
    chapter = write(tmp_path, STEPS)
    (tmp_path / "t01.json").write_text(content)
    assert cache.kept(chapter, tmp_path) is None
    (tmp_path / "t01.json").write_text(f"{cache.key(chapter)}\n{content}")
    assert cache.kept(chapter, tmp_path) is None


def test_a_failed_run_is_not_kept(tmp_path):
    chapter = write(tmp_path, STEPS.replace(", 2)\n", ", 3)\n", 1))
    played = record.run(chapter)
    assert "step start: line 16: ClaimError: claim: 'two' is 2, not 3" in played.error
    cache.keep(chapter, played, tmp_path / "records")
    assert cache.kept(chapter, tmp_path / "records") is None


@pytest.mark.parametrize(
    "changed",
    [
        "tutorials/book/html.py",
        "tutorials/book/front/page.css",
        "tutorials/lesson/figures.py",
        "tutorials/glossary.toml",
        "minigan/optim/adam.py",
        "minigan/datasets/data/README.md",
    ],
)
def test_tools_and_library_are_part_of_the_key(tmp_path, changed):
    chapter = write(tmp_path, STEPS)
    tools, library = tmp_path / "tutorials", tmp_path / "minigan"
    left_out = shutil.ignore_patterns("__pycache__", ".records", "*.npz", "t??_*")
    shutil.copytree(FOLDER, tools, ignore=left_out)
    shutil.copytree(Path(minigan.__file__).parent, library, ignore=left_out)
    before = cache.key(chapter, tools, library)
    assert before == cache.key(chapter, tools, library)
    path = tmp_path / changed
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert cache.key(chapter, tools, library) != before


def test_versions_are_part_of_the_key(tmp_path, monkeypatch):
    chapter = write(tmp_path, STEPS)
    before = cache.key(chapter)
    monkeypatch.setattr(record, "versions", lambda: {"numpy": "9.9"})
    assert cache.key(chapter) != before


# ------------------------------------------------------------------------------- the command line


@pytest.fixture
def small_book(tmp_path, monkeypatch):
    write(tmp_path, STEPS)
    monkeypatch.setattr("tutorials.__main__.scripts", lambda: {1: tmp_path / "t01_small.py"})
    monkeypatch.setattr(cache, "RECORDS", tmp_path / "records")
    monkeypatch.setattr(cache.kept, "__defaults__", (tmp_path / "records",))
    monkeypatch.setattr(cache.keep, "__defaults__", (tmp_path / "records",))
    return tmp_path


def test_a_second_build_runs_nothing(small_book, capsys):
    out = str(small_book / "out")
    assert main(["build", "1", "--lang", "en", "--out", out]) == 0
    assert "t01: ran in" in capsys.readouterr().out
    assert main(["build", "1", "--lang", "en", "--out", out]) == 0
    assert "t01: unchanged since it last ran" in capsys.readouterr().out
    text = (small_book / "out" / "en" / "t01.ipynb").read_text(encoding="utf-8")
    assert json.loads(text)["nbformat"] == 4


def test_run_says_what_is_wrong_and_returns_1(small_book, capsys):
    assert main(["run", "1"]) == 1
    said = capsys.readouterr().out
    assert re.search(r"^t01: [1-9]\d* problems; 1 claim checked, 0 decimals", said)
    assert "\n  [en] needs at least two stops" in said and "has no Chinese text" in said
    assert said.count("\n  ") == int(said.split()[1])


@pytest.mark.parametrize(
    "arguments", [["run", "2"], ["build", "x"], ["walk"], ["walk", "1", "2"], []]
)
def test_wrong_arguments_return_2(small_book, arguments):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


def test_walk_says_that_a_language_is_missing(small_book, capsys):
    assert main(["walk", "1", "--lang", "zh"]) == 1
    assert "t01_small.py has no text in the language 'zh'" in capsys.readouterr().err


def test_build_of_a_chapter_that_stops_returns_1(small_book, capsys):
    path = small_book / "t01_small.py"
    path.write_text(path.read_text(encoding="utf-8") + "\n1 / 0\n", encoding="utf-8")
    assert main(["build", "1", "--lang", "en", "--out", str(small_book / "out")]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert not (small_book / "out" / "en" / "t01.html").exists()
