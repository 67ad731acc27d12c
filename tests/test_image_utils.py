"""`minigan.utils` beside torchvision's documented algorithm, written once more pixel by pixel."""

import io
import itertools
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from fake_cupy import installed
from PIL import Image

import minigan
from minigan.utils import make_grid, save_image


def grid_by_pixels(images, nrow, padding, pad_value):
    """torchvision's grid, pixel by pixel: which image, if any, is at (row, column)?"""
    N, C, H, W = images.shape
    columns = min(nrow, N)
    rows = -(-N // columns)
    out = np.empty((C, rows * (H + padding) + padding, columns * (W + padding) + padding))
    for c, i, j in itertools.product(*map(range, out.shape)):
        (row, h), (column, w) = divmod(i - padding, H + padding), divmod(j - padding, W + padding)
        n = row * columns + column
        inside = row >= 0 and 0 <= column < columns and h < H and w < W and n < N
        out[c, i, j] = images[n, c, h, w] if inside else pad_value
    return out.astype(images.dtype)


def unit_by_numbers(x, low, high):
    """torchvision's normalization, number by number, in the numbers' own precision."""
    one = x.dtype.type
    flat = [
        (min(max(v, one(low)), one(high)) - one(low)) / one(max(high - low, 1e-5))
        for v in x.ravel()
    ]
    return np.array(flat, x.dtype).reshape(x.shape)


def images(N=7, C=3, H=3, W=4, dtype=np.float32):
    return np.random.default_rng(0).normal(0.3, 1, (N, C, H, W)).astype(dtype)


@pytest.mark.parametrize("nrow", [1, 3, 7, 8])
@pytest.mark.parametrize("padding", [0, 1, 2, 5])
@pytest.mark.parametrize("C", [1, 2, 3, 4])
def test_the_grid_is_torchvisions(nrow, padding, C):
    for N, pad_value in ((2, 0.0), (7, 0.75)):
        x = images(N, C)
        expected = grid_by_pixels(x.repeat(3, 1) if C == 1 else x, nrow, padding, pad_value)
        grid = make_grid(minigan.tensor(x), nrow, padding, pad_value=pad_value)
        assert grid.dtype == x.dtype and np.array_equal(grid.numpy(), expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("value_range", [None, (-1, 1), (0.0, 0.25), (0.5, 0.5)])
@pytest.mark.parametrize("scale_each", [False, True])
def test_normalization_is_torchvisions(dtype, value_range, scale_each):
    x = images(5, dtype=dtype)
    parts = list(x) if scale_each else [x]
    ranges = [value_range or (float(part.min()), float(part.max())) for part in parts]
    unit = [unit_by_numbers(part, *limits) for part, limits in zip(parts, ranges, strict=True)]
    expected = grid_by_pixels(np.stack(unit) if scale_each else unit[0], 8, 2, 0.0)
    given = minigan.tensor(x)
    grid = make_grid(given, normalize=True, value_range=value_range, scale_each=scale_each)
    assert grid.dtype == dtype and np.array_equal(grid.numpy(), expected)
    assert np.array_equal(given.numpy(), x)  # the input is not modified
    if value_range is None:
        assert grid.min().item() == 0.0 and grid.max().item() == 1.0


def test_forms_of_the_input():
    x = images(3)
    t = minigan.tensor(x, requires_grad=True)
    expected = grid_by_pixels(x, 8, 2, 0.0)
    for form in (t, list(t), tuple(t), [*t.detach()]):
        grid = make_grid(form)
        assert np.array_equal(grid.numpy(), expected) and not grid.requires_grad
    gray = minigan.tensor(x[0, 0])
    for single in (gray, gray.unsqueeze(0), gray[None, None], [gray.unsqueeze(0)]):
        grid = make_grid(single)  # a single image has no frame
        assert np.array_equal(grid.numpy(), np.stack([x[0, 0]] * 3))
    assert make_grid(t[:1]).shape == (3, 3, 4)
    stacked = make_grid([gray, gray])  # two (H, W) are stacked to one image with two channels
    assert stacked.shape == (2, 3, 4)
    counts = minigan.arange(2 * 3 * 2 * 2).reshape(2, 3, 2, 2)
    assert make_grid(counts).dtype == minigan.int64
    assert make_grid(minigan.ones(2, 3, 2, 2, dtype="uint8")).max().item() == 1
    with installed():
        assert make_grid(t.detach().cuda()).is_cuda
        assert np.array_equal(make_grid(t.detach().cuda()).cpu().numpy(), expected)


def pixels_of(file, **options):
    with Image.open(file, **options) as picture:
        return np.asarray(picture)


def test_bytes_are_x_times_255_plus_a_half_within_0_to_255(tmp_path):
    values = np.array(
        [-1, 0, 0.5 / 255, 0.49 / 255, 1 / 3, 0.5, 1, 1.7, np.inf, -np.inf], np.float32
    )
    x = np.tile(values, (3, 2, 1))  # (C, H, W)
    path = tmp_path / "x.png"
    save_image(minigan.tensor(x), path)
    expected = [0, 0, 1, 0, 85, 128, 255, 255, 255, 0]
    assert pixels_of(path).tolist() == [[[v] * 3 for v in expected]] * 2
    assert [file.name for file in tmp_path.iterdir()] == ["x.png"]


@pytest.mark.parametrize("C", [1, 2, 3, 4])
def test_a_png_holds_the_grid(tmp_path, C):
    x = minigan.tensor(images(5, C))
    options = {"nrow": 2, "padding": 1, "normalize": True, "value_range": (-1, 1), "pad_value": 1}
    save_image(x, str(tmp_path / "x.png"), **options)
    grid = make_grid(x, **options).numpy()
    expected = np.floor(np.clip(grid * np.float32(255) + np.float32(0.5), 0, 255)).astype(np.uint8)
    assert np.array_equal(pixels_of(tmp_path / "x.png"), expected.transpose(1, 2, 0))


def test_formats_by_suffix_and_by_name(tmp_path):
    x = minigan.rand(4, 3, 8, 8, generator=0)
    kinds = {"a.png": "PNG", "a.jpg": "JPEG", "a.JPEG": "JPEG", "a.bmp": "BMP", "a.gif": "GIF"}
    for name, kind in kinds.items():
        save_image(x, tmp_path / name)
        with Image.open(tmp_path / name) as picture:
            assert picture.format == kind
    save_image(x, tmp_path / "noext", format="png")
    assert pixels_of(tmp_path / "noext").shape == (12, 42, 3)
    for name in ("png", "PNG", "jpeg", "jpg"):
        file = io.BytesIO()
        save_image(x, file, format=name)
        assert Image.open(io.BytesIO(file.getvalue())).format == (
            "PNG" if "n" in name.lower() else "JPEG"
        )
    with open(tmp_path / "named.png", "wb") as file:
        save_image(x, file)
    assert pixels_of(tmp_path / "named.png").shape == (12, 42, 3)
    for wrong in (io.BytesIO(), tmp_path / "x", tmp_path / "x.foo"):
        with pytest.raises(ValueError, match=r"is not a format of pictures \(legal: .*\.png"):
            save_image(x, wrong)
    with pytest.raises(TypeError, match=r"fp=3 must be a path or a file opened with 'wb'"):
        save_image(x, 3)


def test_a_failed_write_leaves_the_old_picture(tmp_path):
    path = tmp_path / "x.jpg"
    save_image(minigan.ones(2, 3, 4, 4), path)
    before = path.read_bytes()
    with pytest.raises(OSError, match="JPEG"):
        save_image(minigan.ones(2, 4, 4, 4), path)  # a JPEG has no fourth channel
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 1
    with pytest.raises(FileNotFoundError, match="missing"):
        save_image(minigan.ones(2, 3, 4, 4), tmp_path / "missing" / "x.png")


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: make_grid(np.ones((2, 3, 4, 4))), TypeError, r"not ndarray \(write minigan\.tensor"),
    (lambda: make_grid([minigan.ones(3, 4, 4), 1]), TypeError, r"Tensor or a list .* not int"),
    (lambda: make_grid([]), ValueError, r"an empty list \(legal: \(N, C, H, W\)"),
    (lambda: make_grid(minigan.ones(0, 3, 4, 4)), ValueError, r"shape \(0, 3, 4, 4\)"),
    (lambda: make_grid(minigan.ones(4)), ValueError, r"shape \(4,\)"),
    (lambda: make_grid(minigan.ones(1, 1, 1, 1, 1)), ValueError, r"shape \(1, 1, 1, 1, 1\)"),
    (lambda: make_grid([minigan.ones(3, 4, 4), minigan.ones(3, 4, 5)]), ValueError, "different"),
    (lambda: make_grid(minigan.ones(2, 3, 4, 4), nrow=0), ValueError, "nrow=0 must be at least 1"),
    (lambda: make_grid(minigan.ones(2, 3, 4, 4), nrow=2.5), TypeError, "nrow=2.5 must be an int"),
    (lambda: make_grid(minigan.ones(2, 3, 4, 4), padding=-1), ValueError, "padding=-1"),
    (lambda: make_grid(minigan.ones(2, 3, 4, 4), normalize="no"), TypeError, "normalize='no'"),
    (lambda: make_grid(minigan.ones(2, 3, 4, 4), normalize=True, scale_each="no"), TypeError,
     "scale_each='no'"),
    (lambda: make_grid(minigan.ones(2, 3, 4, 4), pad_value="w"), TypeError, "pad_value='w'"),
    (lambda: make_grid(minigan.ones(2, 3, 4, 4), normalize=True, value_range=1), TypeError,
     r"value_range=1 must be \(low, high\)"),
    (lambda: make_grid(minigan.ones(2, 3, 4, 4, dtype="uint8"), normalize=True), TypeError,
     "normalize=True needs floats, not uint8"),
    (lambda: save_image(minigan.ones(2, 3, 4, 4, dtype="uint8"), "x.png"), TypeError, "uint8"),
    (lambda: save_image(minigan.ones(2, 5, 4, 4), "x.png"), ValueError, "5 channels"),
    (lambda: save_image(minigan.ones(2, 3, 4, 4) * float("nan"), "x.png"), ValueError, "NaN"),
])  # fmt: skip
def test_errors_say_what_was_given(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(("name", "instead"), [
    ("data", r"datasets\.load"), ("tensorboard", r"viz\.curves"),
    ("checkpoint", "leave it out"),
])  # fmt: skip
def test_what_is_not_there_says_what_to_write(name, instead):
    with pytest.raises(
        AttributeError, match=rf"module 'minigan\.utils' has no attribute '{name}': .*{instead}"
    ):
        getattr(minigan.utils, name)
    assert not hasattr(minigan.utils, "nothing")


def test_no_picture_library_is_imported_before_a_picture_is_written():
    code = "import minigan, sys; print([m for m in ('PIL', 'matplotlib') if m in sys.modules])"
    root = Path(minigan.__file__).parent.parent
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root)
    assert found.stdout.strip() == "[]", found.stderr
