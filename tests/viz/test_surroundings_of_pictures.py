"""Pictures do not depend on the user's settings of matplotlib, and any name of a run is drawn."""

import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib import font_manager, style
from PIL import Image
from portions import thinned

from minigan import explain, runs, studies, viz
from minigan.viz import lettering
from minigan.viz.canvas import Canvas
from minigan.viz.lettering import lettered

LOG = [{"update": k, "loss_D": 1.3 + 0.1 / k, "loss_G": 0.8 - 0.1 / k} for k in range(1, 60)]
POINTS = np.random.default_rng(0).standard_normal((50, 2))


@cache
def trained():
    return studies.trained_discriminators()


def bijection():
    h = np.linspace(-4, 4, 81)
    pair = (h + 0.1, np.tanh(h) + 2)
    return studies.Bijection(h, pair, (abs(pair[0]) + 1, abs(pair[1]) + 1), (-0.5, 0.5), (0.1, 0.2))


DRAW = {
    "curves": lambda path: viz.curves(LOG, path),
    "scatter": lambda path: viz.scatter(POINTS, path, "t", POINTS + 1, POINTS[:2]),
    "histogram": lambda path: viz.histogram(
        POINTS[:, :1], path, "t", POINTS[:, 1:], POINTS[:2, :1]
    ),
    "grid": lambda path: viz.grid(np.zeros((4, 1, 8, 8)), path, "title"),
    "gif": lambda path: viz.gif([(POINTS, "one"), (POINTS + 1, "two")], path, "t", data=POINTS),
    "theory": lambda path: viz.theory_figure(trained(), path),
    "bijection": lambda path: viz.bijection_figure(bijection(), path),
}
STYLES = {
    "LaTeX": {"text.usetex": True, "pgf.texsystem": "xelatex"},
    "dark": dict(style.library["dark_background"]),
    "fonts": {"font.family": "No Such Font", "font.size": 33, "axes.unicode_minus": False},
    "saving": {"savefig.dpi": 30, "savefig.transparent": True, "savefig.bbox": "tight"},
    "layout": {"figure.autolayout": True, "figure.dpi": 17, "axes.grid": True},
    "lines": {"lines.linewidth": 9, "lines.antialiased": False, "path.sketch": (3, 50, 2)},
    "axes": {"axes.spines.left": False, "axes.formatter.limits": (0, 0), "xtick.bottom": False},
}


@cache
def picture(name):
    """Return the bytes of a picture in the style that the tests have."""
    with tempfile.TemporaryDirectory() as folder:
        return drawn_by(name, Path(folder))


def drawn_by(name, folder):
    path = folder / ("x.gif" if name == "gif" else "x.png")
    DRAW[name](path)
    return path.read_bytes()


@pytest.mark.parametrize(("name", "look"), thinned(6, DRAW, STYLES))
def test_the_style_of_the_user_changes_no_picture(name, look, tmp_path):
    plain = picture(name)
    with matplotlib.rc_context(STYLES[look]):
        before = dict(matplotlib.rcParams)
        assert drawn_by(name, tmp_path) == plain
        assert dict(matplotlib.rcParams) == before, "the user's settings are kept"


PROGRAM = """
import sys
import numpy as np
from minigan import viz
viz.curves([{"update": k, "loss": 1 / k} for k in range(1, 9)], sys.argv[1], "a_b $x$")
"""


def drawn(folder, rc, environment):
    """Return the picture that a program draws in a folder with a matplotlibrc."""
    (folder / "matplotlibrc").write_text(rc)
    command = [sys.executable, "-W", "error", "-c", PROGRAM, "x.png"]
    subprocess.run(command, cwd=folder, env={**os.environ, **environment}, check=True)
    return (folder / "x.png").read_bytes()


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return drawn(tmp_path_factory.mktemp("plain"), "", {})


@pytest.mark.parametrize(
    ("rc", "environment"),
    [
        ("text.usetex: True\n", {}),
        ("axes.facecolor: black\nsavefig.facecolor: red\n", {"MPLBACKEND": "TkAgg"}),
        ("backend: QtAgg\nfont.family: Nowhere\n", {}),
        ("", {"MPLBACKEND": "module://no.such.backend"}),
        ("", {"DISPLAY": "", "MPLBACKEND": "GTK4Agg"}),
    ],
)
def test_neither_does_a_matplotlibrc_nor_a_backend(rc, environment, plain, tmp_path):
    assert drawn(tmp_path, rc, environment) == plain


def test_the_command_line_works_where_the_backend_has_a_wrong_name(tmp_path):
    command = [sys.executable, "-m", "minigan", "explain", "conv", "--out", "x.png"]
    environment = {**os.environ, "MPLBACKEND": "no backend"}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")


NAMES = [
    "数字",
    "😀",
    "a$b$c",
    "$\\frac{",
    "x_1^2",
    "实验 🎲 3",
    "عربي",
    "\udcff\udc80",
    "a\nb\tc",
    "\x07",
    "$DATA",
]


KINDS = {
    "plane": {"kind": "gan", "data": "ring8", "latent": 2},
    "line": {"kind": "gan", "data": "gaussian"},
    "autoencoder": {"kind": "autoencoder", "data": "digits8", "features": 2, "latent": 2},
}


@pytest.mark.parametrize(
    ("kind", "name", "fonts"), thinned(4, KINDS, NAMES, ["installed", "none"]), ids=ascii
)
def test_a_run_of_any_name_draws_all_pictures(kind, name, fonts, tmp_path, monkeypatch):
    """A warning would fail the test. `none`: only DejaVu Sans is installed."""
    if fonts == "none":
        monkeypatch.setattr(lettering, "_installed", lambda bold: ())
    lettered.cache_clear()
    try:
        path = tmp_path / name
        path.mkdir()
        path.rmdir()
    except (OSError, UnicodeError):
        pytest.skip("this file system has no such name")
    settings = {**KINDS[kind], "batch": 4, "steps": 1}
    run, task = runs.begin(runs.configure(settings.pop("kind"), settings), path)
    for _ in runs.train(run, task):
        pass
    viz.draw_run(run, task)
    explain.write_report(run, task)
    for file in run.path.iterdir():
        if file.suffix in (".png", ".gif"):
            with Image.open(file) as image:
                image.load()
    assert (run.path / "report.html").exists() == (kind != "autoencoder")
    if kind != "autoencoder":
        page = (run.path / "report.html").read_text(encoding="utf-8")
        assert page.count('id="data">{"games":{"own":') == 1
    lettered.cache_clear()


@pytest.mark.parametrize("text", ["Samples: 数字, update 6", "实验", "データ", "한글"])
def test_letters_of_an_installed_font_are_drawn_with_it(text):
    found = lettered(text)
    if not any("CJK" in font.name for font in font_manager.fontManager.ttflist):
        pytest.skip("no font with these letters is installed")
    assert found.text == text and "DejaVu" not in found.file
    letters = font_manager.get_font(found.file).get_charmap()
    assert all(ord(c) in letters for c in text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Samples: 数字, update 6", "Samples: update 6"),
        ("Losses of G and D: 数", "Losses of G and D"),
        ("数: X to h and back", "X to h and back"),
        ("a 😺 b", "a b"),
        ("数字", ""),
        ("run_1: $5, 100 %", "run_1: $5, 100 %"),
    ],
)
def test_letters_of_no_font_are_left_out(text, left, monkeypatch):
    monkeypatch.setattr(lettering, "_installed", lambda bold: ())
    lettered.cache_clear()
    # DejaVu has some emoji, but not the cat's face with all of them
    letters = lettering._letters(lettering.dejavu())
    expected = left if ord("😺") not in letters or "😺" not in text else text
    assert lettered(text).text == expected
    lettered.cache_clear()


def test_a_canvas_draws_what_is_left():
    drawn = []
    for text in ("abc", "abc\ufdd0", "a\nbc"):
        canvas = Canvas(100, 30)
        canvas.text((5, 15), text, 14, anchor="lm")
        drawn.append(canvas.image.tobytes())
    assert drawn[0] == drawn[1] != drawn[2]
