"""`minigan explain` writes stills, films and pages, and says what it wrote and how to open it."""

import webbrowser

import pytest
from PIL import Image

from minigan import cli
from minigan.explain.explorers import NAMES


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def run(*arguments):
    return cli.main(["explain", *arguments])


@pytest.mark.parametrize("name", [name for name in NAMES if name != "conv"])
def test_a_page_is_written_and_its_name_printed_in_one_line(name, tmp_path, capsys):
    (tmp_path / f"{name}.html").write_text("old")
    assert run(name) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line == f"Wrote {name}.html: open it in a browser, or use --open. It needs no network."
    assert (tmp_path / f"{name}.html").read_text("utf-8").startswith("<!doctype html>")
    assert [path.name for path in tmp_path.iterdir()] == [f"{name}.html"]


def test_a_page_in_another_language_and_place_is_opened(tmp_path, monkeypatch, capsys):
    opened = []
    monkeypatch.setattr(webbrowser, "open", lambda address: opened.append(address) or True)
    assert run("tape", "--out", "t.html", "--language", "zh", "--open") == 0
    assert 'data-language="zh"' in (tmp_path / "t.html").read_text("utf-8")
    assert opened == [(tmp_path / "t.html").as_uri()]
    assert run("conv", "--transposed", "--open") == 0
    assert opened[1] == (tmp_path / "explain-conv-transposed.html").as_uri()
    monkeypatch.setattr(webbrowser, "open", lambda address: False)
    assert run("tape", "--open") == 2
    assert "no browser was found; open tape.html by hand" in capsys.readouterr().err


def test_a_step_of_a_convolution(tmp_path, capsys):
    assert run("conv", "--transposed", "--out", "one.png") == 0
    assert "Wrote one.png: step 9 of 25." in capsys.readouterr().out
    assert run("conv", "--transposed", "--step", "3", "--out", "one.png") == 0
    assert "Wrote one.png: step 3 of 25." in capsys.readouterr().out
    with Image.open(tmp_path / "one.png") as picture:
        assert picture.size == (1280, 720)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["conv", "--step", "26", "--transposed", "--out", "x.png"], "step=26 is not legal"),
        (["conv", "--step", "2"], "step=2 belongs to a picture"),
        (["conv", "--seconds", "0"], "seconds=0.0 is not legal"),
        (["conv", "--out", "x.png", "--open"], "--open opens a page, and --out x.png is none"),
        (["conv", "--size", "5x4", "--out", "x.html"], "same size and settings"),
        (["gan", "--out", "x.png"], "--out x.png: must end in .html"),
        (["gan", "--language", "fr"], "invalid choice: 'fr' (legal: en, zh)"),
        (["training", "nowhere"], "nowhere"),
    ],
)
def test_wrong_arguments_are_one_line(arguments, message, tmp_path, capsys):
    assert run(*arguments) == 2
    error = capsys.readouterr().err
    assert message in error and len(error.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
