"""Names with signs of TeX, controls, Chinese letters, emoji and 200 letters harm nothing."""

import os
from pathlib import Path

import numpy as np
import pytest

from minigan import cli, viz
from minigan.printable import printable, without_controls
from minigan.viz.canvas import in_lines, text_width

NAMES = [
    "$\\frac{a$ 图 😀 \x1b[31m\r\u202e<b>$DATA $TITLE",
    "$" + "x" * 199,
    "%s{0}{name}__\\begin{x}&amp;#",
]
TINY = ["--latent", "2", "--batch", "4", "--steps", "2"]
SMALL = ["--features", "2", *TINY]


@pytest.mark.skipif(os.name != "posix", reason="other systems allow fewer letters in names")
@pytest.mark.parametrize("name", NAMES, ids=["signs", "long", "templates"])
def test_no_name_reaches_a_picture_a_page_or_the_terminal_raw(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    images = np.random.default_rng(0).integers(0, 256, (40, 8, 8)).astype(np.uint8)
    labels = np.array([f"{name[:20]}\x1b[2J", "$\\alpha$"] * 20)
    np.savez(f"{name}.npz", images=images, labels=labels)
    commands = [
        ["train", "gan", "--data", "ring8", *TINY, "--out", f"{name}T"],
        ["train", "gan", "--data", f"{name}.npz", "--conditional", *SMALL, "--out", f"{name}G"],
        ["train", "autoencoder", "--data", f"{name}.npz", *SMALL, "--out", f"{name}A"],
        ["sample", f"{name}G", "-n", "3", "--label", "$\\alpha$", "--out", f"{name}.png"],
        ["interpolate", f"{name}G"],
        ["interpolate", f"{name}A"],
        ["reconstruct", f"{name}A", "--out", f"{name}.png"],
    ]
    for words in commands:
        assert cli.main(words) == 0, words
    for words in (["sample", f"{name}Q", "--out", "x.png"], ["train", "gan", "--data", name]):
        assert cli.main(words) == 2
    out, errors = capsys.readouterr()
    for letter in ("\x1b", "\u202e", "\x07"):
        assert letter not in out + errors
    assert "\r" not in out
    pages = [path for path in tmp_path.rglob("*") if path.suffix in (".html", ".json", ".jsonl")]
    assert any(path.name == "report.html" for path in pages)
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert "\x1b" not in text and "\u202e" not in text, path


def test_printable():
    assert printable("a\x1b[2J\r\nb\u202e\x00\x9b") == "a\\x1b[2J\\r\\nb\\u202e\\x00\\x9b"
    assert printable(Path("é 图 👨\u200d👩 \\$")) == "é 图 👨\u200d👩 \\$"
    assert printable("\udcff") == "\\udcff"
    assert without_controls("a\x1bb\tc\n\u202e\u2028é") == "a\\x1bb\tc\n\\u202e\\u2028é"


@pytest.mark.parametrize("title", ["", "a b", "$x$ $y", "x" * 300, "long words " * 30, "$" * 99])
def test_a_title_is_cut_into_lines_that_fit(title, tmp_path):
    lines = in_lines(title, 27, 500).split("\n")
    assert "".join(lines).replace(" ", "") == title.replace(" ", "")
    assert all(text_width(line, 27) <= 500 for line in lines)
    viz.curves([{"update": 1, "loss": 1.0}], tmp_path / "x.png", title)
