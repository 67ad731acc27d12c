"""Pictures of samples and losses: every pixel, kinds of samples, whole files, no side effects."""

import subprocess
import sys

import matplotlib
import numpy as np
import pytest
from PIL import Image

from minigan.viz import (
    canvas,
    contact_sheet,
    curves,
    gif,
    grid,
    histogram,
    pictures,
    plots,
    samples,
    scatter,
)


def draw(*shape):
    return np.random.default_rng([0, *shape]).normal(size=shape)


def read(path):
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def digits(N=64, C=1, H=32, W=32):
    """Smooth blobs, as compressible as digits."""
    h, w = np.mgrid[:H, :W] / max(H, W)
    centers = np.random.default_rng(1).uniform(0.3, 0.7, (N, C, 2, 1, 1))
    return (
        2 * np.exp(-60 * (h - centers[:, :, 0]) ** 2 - 60 * (w - centers[:, :, 1]) ** 2) - 1
    ).astype(np.float32)


@pytest.mark.parametrize("C", [1, 3])
def test_a_contact_sheet_has_every_pixel_in_its_place(tmp_path, C):
    images = np.random.default_rng(0).uniform(-1, 1, (5, C, 4, 3))
    contact_sheet(images, tmp_path / "sheet.png", columns=2, scale=3)
    sheet = read(tmp_path / "sheet.png")
    assert sheet.shape == (3 * (4 * 3 + 2) - 2, 2 * (3 * 3 + 2) - 2, 3)
    for n, c, h, w in np.ndindex(5, 3, 4, 3):
        top, left = n // 2 * 14 + 3 * h, n % 2 * 11 + 3 * w
        value = round((images[n, c % C, h, w] + 1) * 127.5)
        assert (sheet[top : top + 3, left : left + 3, c] == value).all()
    assert (sheet[-12:, -9:] == 255).all()  # no sixth image


def test_a_grid_scales_by_whole_numbers_between_its_title_and_its_note(tmp_path):
    grid(digits(), tmp_path / "grid.png", "64 samples")
    picture = read(tmp_path / "grid.png")
    assert picture.shape[1] <= 850 and picture.shape[0] > 800
    tile = picture[44 : 44 + 32 * 3, 12 : 12 + 32 * 3, 0].reshape(32, 3, 32, 3)
    assert (tile == tile[:, :1, :, :1]).all()
    assert (tile[:, 0, :, 0] == np.round((digits()[0, 0] + 1) * 127.5)).all()
    assert (picture[:44] < 100).any() and (picture[-28:] < 150).any()
    grid(digits(), tmp_path / "same.png", "64 samples")
    assert (tmp_path / "same.png").read_bytes() == (tmp_path / "grid.png").read_bytes()


@pytest.mark.parametrize(
    "shape", [(1, 1, 8, 8), (3, 3, 64, 64), (1000, 1, 32, 32), (2, 1, 7, 200), (1, 3, 1, 1)]
)
def test_grids_of_any_shape(tmp_path, shape):
    grid(
        np.zeros(shape, np.float16),
        tmp_path / "grid.png",
        "a title that is much too long for so small a picture" * 3,
    )
    assert read(tmp_path / "grid.png").shape[1] >= 360


def test_values_outside_are_clipped_and_bytes_stay_bytes(tmp_path):
    contact_sheet(np.full((1, 1, 1, 1), 1.5), tmp_path / "a.png")
    contact_sheet(np.full((1, 1, 1, 1), 77, np.uint8), tmp_path / "b.png")
    assert read(tmp_path / "a.png").max() == 255 and read(tmp_path / "b.png").max() == 77


def test_rows_have_labels(tmp_path):
    grid(digits(8), tmp_path / "rows.png", "in and out", columns=4, rows=("input", "output"))
    assert read(tmp_path / "rows.png").shape[1] > 4 * 128


@pytest.mark.parametrize("title", ["", "Ring"])
def test_the_shape_of_samples_chooses_the_picture(tmp_path, title):
    points = draw(50, 2)
    samples(points, tmp_path / "2.png", title, data=points, centers=np.zeros((1, 2)))
    samples(points[:, :1], tmp_path / "1.png", title, data=points[:, 1], centers=np.zeros((1, 1)))
    samples(points[:, 0], tmp_path / "0.png", title)
    samples(digits(4), tmp_path / "4.png", title, columns=4)
    assert len({read(path).shape for path in tmp_path.iterdir()}) == 3


@pytest.mark.parametrize("shape", [(3,), (3, 1), (3, 2), (3, 3, 8, 8)])
def test_animations_of_every_kind_of_samples(tmp_path, shape):
    rng = np.random.default_rng(0)
    reel = [(rng.uniform(-1, 1, shape), f"update {n}") for n in range(3)]
    gif(reel, tmp_path / "film.gif", "emerging")
    with Image.open(tmp_path / "film.gif") as film:
        assert film.n_frames == 3 and film.info["loop"] == 0
        film.seek(2)
        assert film.info["duration"] == 2000


def test_an_animation_of_forty_frames_of_digits_is_small(tmp_path):
    noise = np.random.default_rng(2).normal(size=(64, 1, 32, 32))
    reel = [(digits() * n / 39 + noise * 0.2 * (1 - n / 39), f"update {50 * n}") for n in range(40)]
    gif(reel, tmp_path / "film.gif", "Digits emerging")
    assert (tmp_path / "film.gif").stat().st_size < 2_000_000


def losses(n=300):
    rng = np.random.default_rng(0)
    return [
        {
            "update": u,
            "loss_D": 1.4 + rng.normal(),
            "loss_G": 0.7 + rng.normal() ** 2,
            "seconds": 0.1 * u,
        }
        for u in range(1, n + 1)
    ]


@pytest.mark.parametrize("n", [1, 2, 3, 49, 50, 300])
def test_curves_of_any_length(tmp_path, n):
    curves(losses(n), tmp_path / "curves.png", "Losses")
    assert read(tmp_path / "curves.png").shape == (630, 1200, 3)


def test_curves_of_an_autoencoder_leave_out_what_is_missing_or_not_finite(tmp_path):
    log = [
        {"update": u, "loss": 1 / (1 + u)} | ({"loss_test": 1 / (2 + u)} if u % 9 == 0 else {})
        for u in range(99)
    ]
    log += [
        {"update": 99, "loss": float("nan")},
        {"update": 100, "loss": float("inf")},
        {"event": "resumed"},
    ]
    curves(log, tmp_path / "curves.png", unit="squared error a pixel")
    assert read(tmp_path / "curves.png").std() > 0
    curves([{"update": 1, "loss": 0.0}], tmp_path / "curves.png")
    curves([{"update": 1, "loss": -5.0}, {"update": 2, "loss": -6.0}], tmp_path / "curves.png")


def test_reference_lines_are_2_ln_2_and_ln_2():
    levels = plots.CANNOT_TELL
    assert abs(levels["loss_D"] - 1.386294) < 1e-6 and abs(levels["loss_G"] - 0.693147) < 1e-6


def test_the_moving_mean_keeps_constants_and_means():
    assert np.allclose(plots._smooth(np.full(500, 3.0)), 3)
    ramp = np.arange(500.0)
    assert np.allclose(plots._smooth(ramp)[20:-20], ramp[20:-20])
    assert (plots._smooth(ramp[:1]) == ramp[:1]).all()


def test_colours_are_those_of_okabe_and_ito_and_legible():
    assert len(set(canvas.OKABE_ITO)) == 8

    def luminance(color):
        linear = [(int(color[i : i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5)]
        return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))

    for color in (canvas.INK, canvas.PALE):
        assert 1.05 / (luminance(color) + 0.05) >= 4.5


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda path: grid(np.zeros((2, 2, 8, 8)), path), "grid: images of shape"),
        (lambda path: grid(np.zeros((0, 1, 8, 8)), path), "not empty"),
        (lambda path: grid(np.full((1, 1, 8, 8), np.nan), path), "not finite"),
        (lambda path: grid(np.zeros((1, 1, 8, 8)), path, columns=0), "columns=0"),
        (lambda path: contact_sheet(np.zeros((1, 8, 8)), path), "contact_sheet: images of shape"),
        (lambda path: samples(np.zeros((2, 3)), path), "samples of shape"),
        (lambda path: gif([], path), "frames is empty"),
        (
            lambda path: gif([(np.zeros((2, 2)), ""), (np.zeros((2, 1)), "")], path),
            "different kinds",
        ),
        (lambda path: curves([], path), "curves: log of 0 records"),
        (lambda path: curves([{"update": 1, "loss": float("nan")}], path), "no loss"),
        (lambda path: scatter(np.zeros((0, 2)), path), "scatter: needs finite"),
        (lambda path: histogram(np.full(3, np.inf), path), "histogram: needs finite"),
    ],
)
def test_an_error_names_the_argument_and_no_file_is_made(tmp_path, call, words):
    with pytest.raises(ValueError, match=words):
        call(tmp_path / "picture.png")
    assert not list(tmp_path.iterdir())


def test_integer_images_are_refused(tmp_path):
    with pytest.raises(TypeError, match="int64"):
        grid(np.zeros((1, 1, 8, 8), np.int64), tmp_path / "a.png")


def test_inputs_are_not_modified(tmp_path):
    images, points = digits(4).swapaxes(2, 3), draw(9, 2)
    kept = images.copy(), points.copy()
    images.flags.writeable = points.flags.writeable = False
    grid(images, tmp_path / "a.png")
    gif([(images, ""), (images, "")], tmp_path / "b.gif")
    scatter(points, tmp_path / "c.png", data=points)
    assert (images == kept[0]).all() and (points == kept[1]).all()


def test_no_setting_of_matplotlib_changes(tmp_path):
    before = dict(matplotlib.rcParams)
    curves(losses(60), tmp_path / "a.png")
    samples(draw(9, 2), tmp_path / "b.png")
    assert dict(matplotlib.rcParams) == before


def test_minigan_does_not_import_matplotlib_and_viz_does_not_import_pyplot():
    program = "import sys, minigan; assert 'matplotlib' not in sys.modules; import minigan.viz; "
    program += "assert 'matplotlib.pyplot' not in sys.modules"
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, timeout=60)


def test_a_failure_while_drawing_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr(
        canvas.Figure,
        "savefig",
        lambda *a, **k: (_ for _ in ()).throw(OSError(28, "No space left")),
    )
    with pytest.raises(OSError, match="No space"):
        curves(losses(5), tmp_path / "curves.png")
    assert not list(tmp_path.iterdir())


def test_an_animation_that_is_too_large_has_fewer_shades(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "_BYTES", 0)
    gif([(digits(4), "")] * 2, tmp_path / "film.gif")
    assert len(np.unique(read(tmp_path / "film.gif"))) <= 8
