"""The examples in the docstrings of the book's tools hold."""

import doctest
import importlib
from pathlib import Path

import pytest

from tutorials import FOLDER

TOOLS = [f"tutorials.book.{path.stem}" for path in sorted((FOLDER / "book").glob("[a-z]*.py"))]
LESSON = [f"lesson.{path.stem}" for path in sorted((FOLDER / "lesson").glob("[a-z]*.py"))]


@pytest.mark.parametrize("name", TOOLS + LESSON)
def test_doctests(name):
    module = importlib.import_module(name)
    assert module.__doc__ and Path(module.__file__).exists()
    assert doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE).failed == 0


def test_files_are_short():
    for path in [*FOLDER.rglob("*.py"), *FOLDER.rglob("*.js"), *FOLDER.rglob("*.css")]:
        if not path.match("t[0-9][0-9]_*.py"):
            assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, path
