"""The book's tests need the packages of the extra `book`; without them they are left out."""

import sys
from importlib.util import find_spec

import pytest

if any(find_spec(name) is None for name in ("markdown_it", "mdit_py_plugins", "latex2mathml")):
    collect_ignore_glob = ["test_*.py"]
else:
    import tutorials

    assert tutorials.__path__[0] in sys.path  # so that chapters and tests can import `lesson`


def pytest_addoption(parser):
    parser.addoption("--book", metavar="DIR", help="A book that was built: open all its pages.")


@pytest.fixture(autouse=True)
def no_pictures_on_disk(monkeypatch, tmp_path):
    """Films that a test shows outside of a chapter are written to the folder of the test."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
