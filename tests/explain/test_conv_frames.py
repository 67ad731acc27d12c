"""The film of a convolution: its numbers, the limits of its frames and size, and its file."""

import json
import re
import time
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
from explain.conv_settings import settings as conv_settings
from hypothesis import given
from PIL import Image

from minigan.conv import definition, im2col, loops
from minigan.explain import explain_conv
from minigan.explain.conv_captions import conv_lines, spelled, title, transposed_lines
from minigan.explain.conv_frames import MOST, fitting_geometry, frames, in_step, numbers, still
from minigan.explain.conv_views import ConvBoard, TransposedBoard
from minigan.explain.convolution import geometry_of


@given(conv_settings(True))
def test_both_ways_hold_the_same_numbers_at_every_moment(drawn):
    geometry = geometry_of(**drawn)
    _, w, y = numbers(geometry)
    whole = definition.conv_transpose(y, w, geometry)
    done = added = 0
    for scattered, x, gathered in in_step(y, w, geometry):
        added += scattered is not None
        if gathered is not None:
            done = np.ravel_multi_index(gathered.position, geometry.X) + 1
            assert (gathered.result.ravel()[:done] == whole.ravel()[:done]).all()
            assert (x.ravel()[:done] == whole.ravel()[:done]).all()
    assert done == whole.size and added <= y.size


@given(conv_settings(False))
def test_spelled_products_add_up(drawn):
    geometry = geometry_of(output_padding=0, **drawn)
    x, w, _ = numbers(geometry)
    y = definition.conv(x, w, geometry)
    for step in loops.steps(x, w, geometry):
        terms, total = spelled(step, x, w, 99).split(" = ")
        assert eval(terms) == int(total) == y[(0, 0, *step.position)]


def test_a_long_sum_is_cut():
    geometry = geometry_of(6, 6, 1, 0, 0, 1, False)
    x, w, _ = numbers(geometry)
    (step,) = loops.steps(x, w, geometry)
    assert re.fullmatch(r"(\d\*\d \+ ){3}\.\.\. = \d+", spelled(step, x, w, 4))


@pytest.mark.parametrize("count", [4, pytest.param(30, marks=pytest.mark.nightly)])
@given(drawn=conv_settings())
def test_frames_of_any_settings_are_bounded(count, drawn):
    geometry = geometry_of(**({"output_padding": 0} | drawn))
    reel = list(islice(frames(geometry, drawn["transposed"]), count))
    assert reel
    assert {frame.shape for frame in reel} == {(720, 1280, 3)}
    assert all(a.any() and (a != b).any() for a, b in pairwise(reel))


def test_a_film_has_a_limit(monkeypatch):
    monkeypatch.setattr("minigan.explain.conv_frames._painter", lambda *_: lambda step: step)
    assert sum(1 for _ in frames(geometry_of(15, 1, 1, 0, 0, 1, False), False)) == MOST


@pytest.mark.parametrize("transposed", [False, True])
def test_large_inputs_are_drawn_smaller_and_kernels_as_they_are(transposed):
    geometry = geometry_of((224, 8), 5, 2, 2, int(transposed), 1, transposed)
    small = fitting_geometry(geometry, transposed)
    assert small != geometry and small.taps == (5, 5)
    x, w, y = numbers(small)
    board = TransposedBoard(small, y, w) if transposed else ConvBoard(small, x, w)
    assert board.cell >= 23  # room for numbers of 16 pixels
    assert fitting_geometry(geometry_of(60, 50, 1, 0, 0, 1, False), False).X == (50, 50)


def test_what_is_too_large_to_draw_is_refused_at_once():
    start = time.monotonic()
    for transposed in (False, True):
        geometry = geometry_of(1800, 900, 1, 0, 0, 2, transposed)
        with pytest.raises(
            ValueError, match=r"explain conv: an array with a side of \d+ is too lar"
        ):
            frames(geometry, transposed)
    assert time.monotonic() - start < 30


@given(conv_settings(True))
def test_what_lies_under_the_kernel_is_counted(drawn):
    """The counts are those of convolving arrays of ones."""
    geometry = geometry_of(**drawn)
    _, w, y = numbers(geometry)
    ones = np.ones_like(w)
    values = definition.conv_transpose(np.ones_like(y), ones, geometry)[0, 0]
    solid = np.ones((1, 1, *geometry.dense.Y), int)
    inside = im2col.conv(solid, ones, geometry.dense.flipped)[0, 0]
    board = TransposedBoard(geometry, y, w)
    for moment in in_step(y, w, geometry):
        if moment.gathered:
            at = moment.gathered.position
            count, put = int(values[at]), int(inside[at] - values[at])
            assert board.under(moment.gathered) == (count, put)
            (_, line) = transposed_lines(board, moment)
            assert f"Under the kernel now: {count} value{'s' * (count != 1)}" in line
            around = ones.size - count - put
            assert (f", {put} zero{'s' * (put != 1)} put in" in line) == (put > 0)
            assert (f", {around} zero{'s' * (around != 1)} of the padding" in line) == (around > 0)


def test_the_states_of_an_odd_and_an_even_kernel():
    """Along one axis, stride 2 has 2 and 1 values under a kernel of 3, and always 2 under 4."""
    for taps, expected in ((3, {1, 2}), (4, {2})):
        geometry = geometry_of((9, 1), (taps, 1), 2, 0, 0, 1, True)
        _, w, y = numbers(geometry)
        board = TransposedBoard(geometry, y, w)
        inside = (m.gathered for m in in_step(y, w, geometry) if m.gathered)
        counts = {board.under(step)[0] for step in inside if 4 <= step.position[0] < 12}
        assert counts == expected


def test_titles_say_input_and_output():
    arrow = "\N{RIGHTWARDS ARROW}"
    for transposed, words in ((False, f"input x 5x6 {arrow} output y 3x3"),
                              (True, f"input y 5x6 {arrow} output x 9x11")):  # fmt: skip
        geometry = geometry_of((5, 6), 3, 2, 1, 0, 1, transposed)
        assert words in title(geometry, transposed)
    x, w, _ = numbers(geometry_of(5, 3, 2, 1, 0, 1, False))
    geometry = geometry_of(5, 3, 2, 1, 0, 1, False)
    step = next(loops.steps(x, w, geometry))
    assert conv_lines(ConvBoard(geometry, x, w), step)[1] == (
        "Under the kernel now: 4 values, 5 zeros of the padding."
    )


def test_zeros_put_in_are_pale_under_the_kernel_too(monkeypatch):
    """Their cells have another colour than the values, and their numbers are grey."""
    written = []
    monkeypatch.setattr(
        "minigan.explain.number_grids._write",
        lambda canvas, cell, box, text, corner, pale: written.append((text, corner, pale)),
    )
    still(geometry_of(3, 3, 2, 1, 0, 1, True), True)
    zeros = [pale for text, corner, pale in written if text == "0" and corner]
    values = [pale for text, corner, pale in written if text not in ("", "0") and corner]
    assert len(zeros) == 5 and all(zeros) and values and not any(values)


@pytest.mark.parametrize(("transposed", "size", "steps"), [(False, 5, 9), (True, 3, 25)])
def test_the_default_films(tmp_path, transposed, size, steps):
    text = explain_conv(size, 3, 2, 1, transposed=transposed, out=tmp_path / "film.gif")
    assert f"{steps} steps of 1 s." in text.splitlines()[-1]
    with Image.open(tmp_path / "film.gif") as film:
        assert film.n_frames == steps and film.size == (1280, 720) and film.info["loop"] == 0
        assert film.info["duration"] == 1000
        assert film.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    assert (tmp_path / "film.gif").stat().st_size < 1_000_000


def test_the_seconds_of_a_step_are_chosen(tmp_path):
    explain_conv(3, 2, out=tmp_path / "film.gif", seconds=0.25)
    with Image.open(tmp_path / "film.gif") as film:
        assert film.info["duration"] == 250
    with pytest.raises(ValueError, match="seconds=0 is not legal"):
        explain_conv(3, 2, out=tmp_path / "film.gif", seconds=0)


def test_a_page_opens_with_the_settings(tmp_path):
    explain_conv(4, 3, 2, 1, 1, transposed=True, out=tmp_path / "page.html", language="zh")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    (given_,) = re.findall(r'id="settings">(.*?)</script>', text)
    assert json.loads(given_) == {
        "transposed": "yes", "size": 4, "kernel": 3, "stride": 2, "padding": 1,
        "output_padding": 1, "dilation": 1,
    }  # fmt: skip
    assert 'data-language="zh"' in text
    for settings_, words in (({"size": (3, 4)}, "same size"), ({"size": 7}, "legal: 1 to 6")):
        with pytest.raises(ValueError, match=words):
            explain_conv(**settings_, out=tmp_path / "page.html")


def test_a_still_shows_the_middle_or_the_step_that_is_named(tmp_path):
    geometry = geometry_of(3, 3, 2, 1, 0, 1, True)
    _, step, count = still(geometry, True)
    assert (step, count) == (9, 25)  # x[1, 3] has 4 products, the middle x[2, 2] has 1
    pixels = [still(geometry, True, step)[0] for step in (1, 9, 25)]
    assert all((a != b).any() for a, b in pairwise(pixels))
    assert (pixels[2] == list(frames(geometry, True))[-1]).mean() > 0.99  # but for the number
    for wrong in (0, 26):
        with pytest.raises(ValueError, match=rf"step={wrong} is not legal \(legal: 1 to 25\)"):
            still(geometry, True, wrong)
    with pytest.raises(ValueError, match="step=3 belongs to a picture"):
        explain_conv(4, 3, out=tmp_path / "film.gif", step=3)
    explain_conv(4, 3, out=tmp_path / "one.png", step=3)
    with Image.open(tmp_path / "one.png") as picture:
        assert picture.format == "PNG" and picture.size == (1280, 720)


def test_the_coverage_map_is_the_product_of_rows_and_columns(monkeypatch):
    """Each board shows both coverages of one axis, and their outer product."""
    shown = []
    monkeypatch.setattr(
        "minigan.explain.conv_views.draw",
        lambda canvas, grid, look: shown.append(grid.array),
    )
    for transposed in (False, True):
        geometry = geometry_of((5, 4), (3, 4), 2, 1, 0, 1, transposed)
        shown.clear()
        still(geometry, transposed)
        down, across = (np.array(axis.coverage) for axis in geometry.axes)
        for array in (across[None], down[:, None], np.outer(down, across)):
            assert any(np.array_equal(array, seen) for seen in shown)


@pytest.mark.parametrize("name", ["film.gif", "film.html", "film.png"])
def test_a_failure_leaves_the_old_file_alone(tmp_path, monkeypatch, name):
    (tmp_path / name).write_bytes(b"old")

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space left"):
        explain_conv(4, 3, out=tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name] and (
        tmp_path / name
    ).read_bytes() == b"old"


def test_a_folder_that_is_missing_is_an_os_error(tmp_path):
    with pytest.raises(OSError):
        explain_conv(4, 3, out=tmp_path / "nowhere" / "film.gif")
