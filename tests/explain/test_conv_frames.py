"""The film of a convolution: its numbers, the limits of its frames and size, and its file."""

import re
from base64 import b64decode
from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest
from explain.conv_settings import settings as conv_settings
from hypothesis import given, settings
from PIL import Image

from minigan.conv import definition
from minigan.explain import conv_frames, explain_conv, transposed_convolution_figure
from minigan.explain.conv_frames import (
    MOST,
    WIDTH,
    fitting_geometry,
    frames,
    in_step,
    numbers,
    spelled,
)
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
    for step in conv_frames.loops.steps(x, w, geometry):
        terms, total = spelled(step, x, w, 99).split(" = ")
        assert eval(terms) == int(total) == y[(0, 0, *step.position)]


def test_a_long_sum_is_cut():
    geometry = geometry_of(6, 6, 1, 0, 0, 1, False)
    x, w, _ = numbers(geometry)
    (step,) = conv_frames.loops.steps(x, w, geometry)
    assert re.fullmatch(r"(\d\*\d \+ ){3}\.\.\. = \d+", spelled(step, x, w, 4))


@settings(max_examples=8)
@given(conv_settings())
def test_frames_of_any_settings_are_bounded(drawn):
    reel = list(frames(geometry_of(**({"output_padding": 0} | drawn)), drawn["transposed"]))
    assert 1 <= len(reel) <= MOST
    assert {frame.shape[1:] for frame in reel} == {(WIDTH, 3)} and len(
        {frame.shape for frame in reel}
    ) == 1
    assert all(a.any() and (a != b).any() for a, b in pairwise(reel))


def test_large_inputs_are_drawn_smaller_and_kernels_as_they_are():
    for transposed in (False, True):
        geometry = geometry_of((224, 8), 5, 2, 2, int(transposed), 1, transposed)
        small = fitting_geometry(geometry, transposed)
        assert (
            max(small.X) <= 24
            and small.taps == (5, 5)
            and len(list(frames(geometry, transposed))) <= MOST
        )
    wide = geometry_of(60, 50, 1, 0, 0, 1, False)
    assert fitting_geometry(wide, False).X == (50, 50)


@pytest.mark.parametrize(("transposed", "steps"), [(False, 9), (True, 81)])
def test_the_default_films(tmp_path, transposed, steps):
    text = explain_conv(5, 3, 2, 1, transposed=transposed, out=tmp_path / "film.gif")
    assert f"{steps} steps" in text.splitlines()[-1]
    with Image.open(tmp_path / "film.gif") as film:
        assert film.n_frames == steps and film.width == WIDTH and film.info["loop"] == 0
        assert film.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    assert (tmp_path / "film.gif").stat().st_size < 1_000_000


def test_a_page_holds_all_its_frames(tmp_path):
    explain_conv(4, 3, out=tmp_path / "film.html")
    page = (tmp_path / "film.html").read_text(encoding="utf-8")
    encoded = re.findall(r'"(iVBOR[^"]+)"', page)
    assert len(encoded) == 4 and "http" not in page and "$" not in re.sub(r"iVBOR[^\"]+", "", page)
    assert Image.open(BytesIO(b64decode(encoded[-1]))).width == WIDTH


def test_still_pictures(tmp_path):
    explain_conv(4, 3, out=tmp_path / "last.png")
    transposed_convolution_figure(tmp_path / "figure.png")
    for name in ("last.png", "figure.png"):
        with Image.open(tmp_path / name) as picture:
            assert picture.format == "PNG" and min(picture.size) > 300


@pytest.mark.parametrize("name", ["film.gif", "film.html", "film.png"])
def test_a_failure_leaves_the_old_file_alone(tmp_path, monkeypatch, name):
    (tmp_path / name).write_text("old")

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(OSError, match="No space left"):
        explain_conv(4, 3, out=tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name] and (
        tmp_path / name
    ).read_text() == "old"


def test_a_folder_that_is_missing_is_an_os_error(tmp_path):
    with pytest.raises(OSError):
        explain_conv(4, 3, out=tmp_path / "nowhere" / "film.gif")
