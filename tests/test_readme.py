"""What the README shows is run as it stands there."""

import re
from pathlib import Path

import pytest

TEXT = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_the_training_loop_is_short_and_learns(capsys):
    code = re.search(r"<!-- loop -->\n```python\n(.*?)```", TEXT, re.DOTALL).group(1)
    assert len(code.splitlines()) <= 25
    exec(compile(code, "README.md", "exec"), {})
    assert int(re.match(r"(\d+)% of 360", capsys.readouterr().out).group(1)) >= 90


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)h][^)]*)\)", TEXT))
def test_what_it_links_to_is_there(path):
    assert (Path(__file__).parent.parent / path).exists()
