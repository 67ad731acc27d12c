"""What the README shows is run as it stands there."""

import ast
import re
from pathlib import Path

import pytest

TEXT = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_the_training_loop_is_short_and_learns(capsys):
    code = re.search(r"<!-- loop -->\n```python\n(.*?)```", TEXT, re.DOTALL).group(1)
    assert len(code.splitlines()) <= 25
    exec(compile(code, "README.md", "exec"), {})
    assert int(re.match(r"(\d+)% of 360", capsys.readouterr().out).group(1)) >= 90


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)h#][^)]*)\)", TEXT))
def test_what_it_links_to_is_there(path):
    assert (Path(__file__).parent.parent / path).exists()


@pytest.mark.parametrize("anchor", re.findall(r"\]\(#([^)]*)\)", TEXT))
def test_what_the_contents_name_is_there(anchor):
    titles = re.findall(r"^## (.*)", TEXT, re.MULTILINE)
    assert anchor in [re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles]


def evening_path():
    """The files of the evening path, in the order of the README."""
    section = re.search(r"^## [^\n]*evening path.*?(?=^## )", TEXT, re.DOTALL | re.MULTILINE | re.I)
    return [Path(name) for name in re.findall(r"`(minigan/[\w/]+\.py)`", section.group(0))]


def test_the_evening_path_is_short_and_can_be_read_from_top_to_bottom():
    root, path = Path(__file__).parent.parent, evening_path()
    assert 12 <= len(path) <= 30 and len(set(path)) == len(path)
    lines = {file: len((root / file).read_text(encoding="utf-8").splitlines()) for file in path}
    assert sum(lines.values()) <= 3500, lines
    names = {file: ".".join(file.with_suffix("").parts) for file in path}
    for place, file in enumerate(path):
        tree = ast.parse((root / file).read_text(encoding="utf-8"))
        later = {names[other] for other in path[place + 1 :]}
        assert not later & set(imported(tree)), file


def imported(tree):
    """The modules that a file imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_the_op_of_the_readme_is_right(capsys):
    code = re.search(r"<!-- op -->\n```python\n(.*?)```", TEXT, re.DOTALL).group(1)
    exec(compile(code, "README.md", "exec"), {})
    printed = capsys.readouterr().out.strip()
    assert f"prints `{printed}`" in TEXT
