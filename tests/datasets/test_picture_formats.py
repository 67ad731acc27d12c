"""Every depth and encoding of the picture formats: the values of its specification, or a refusal.

The files are written byte by byte in `picture_bytes`; only JPEG with detail and WebP need Pillow.
"""

import struct

import numpy as np
import pytest
from picture_bytes import bmp, jpeg, png, pnm, tiff
from PIL import Image

from minigan.datasets import read_folder, read_picture

SIDE = 32


def samples(bits, *channels):
    """Return random samples (32, 32[, channels]), with the least and the largest among them."""
    drawn = np.random.default_rng(bits).integers(0, 2**bits, (SIDE, SIDE, *channels))
    drawn[0, 0], drawn[0, 1] = 0, 2**bits - 1
    return drawn


def to_bytes(values, bits):
    """Return samples scaled to 0..255."""
    return values * 255 / (2**bits - 1)


def on_white(values, alpha):
    """Return values in 0..255 with alpha in [0, 1], on white."""
    alpha = alpha[..., None] if values.ndim > alpha.ndim else alpha
    return values * alpha + 255 * (1 - alpha)


def check(folder, raw, expected, suffix, off=0.51):
    """Check that a file is read as expected, (H, W) or (H, W, 3), up to rounding."""
    path = folder / f"x{suffix}"
    path.write_bytes(raw)
    channels = 3 if np.ndim(expected) == 3 else 1
    found = read_picture(path, SIDE, channels).transpose(1, 2, 0).astype(float)
    np.testing.assert_allclose(found.squeeze(), expected, rtol=0, atol=off)


def refused(folder, raw, suffix, match):
    path = folder / f"x{suffix}"
    path.write_bytes(raw)
    with pytest.raises(ValueError, match=rf"x{suffix} cannot be read.*{match}"):
        read_picture(path, SIDE, 1)


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
def test_gray_png(bits, tmp_path):
    gray = samples(bits)
    check(tmp_path, png(gray, bits, 0), to_bytes(gray, bits), ".png")
    for key in {0, 1, 2**bits - 2, 2**bits - 1}:
        clear = np.where(gray == key, 255, to_bytes(gray, bits))
        raw = png(gray, bits, 0, transparent=struct.pack(">H", key))
        check(tmp_path, raw, clear, ".png")


@pytest.mark.parametrize("bits", [8, 16])
def test_colour_and_alpha_png(bits, tmp_path):
    gray, colour, alpha = samples(bits), samples(bits, 3), samples(bits)[::-1]
    part = alpha / (2**bits - 1)
    off = 1.51 if bits == 8 else 3
    raw = png(np.stack([gray, alpha], 2), bits, 4)
    check(tmp_path, raw, on_white(to_bytes(gray, bits), part), ".png", off)
    check(tmp_path, png(colour, bits, 2), to_bytes(colour, bits), ".png", 1 if bits == 16 else 0)
    raw = png(np.dstack([colour, alpha]), bits, 6)
    check(tmp_path, raw, on_white(to_bytes(colour, bits), part), ".png", off)


def test_a_transparent_colour_of_a_png(tmp_path):
    colour = samples(8, 3)
    clear = colour.copy()
    clear[(colour == colour[5, 7]).all(axis=2)] = 255
    check(tmp_path, png(colour, 8, 2, transparent=struct.pack(">3H", *colour[5, 7])), clear, ".png")
    raw = png(samples(16, 3), 16, 2, transparent=bytes(6))
    refused(tmp_path, raw, ".png", r"a 16-bit colour is transparent \(legal")


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_palette_png(bits, tmp_path):
    numbers, rng = samples(bits), np.random.default_rng(0)
    palette, alpha = rng.integers(0, 256, (2**bits, 3)), rng.integers(0, 256, 2**bits)
    check(tmp_path, png(numbers, bits, 3, palette), palette[numbers], ".png", 0)
    raw = png(numbers, bits, 3, palette, bytes(alpha.tolist()))
    check(tmp_path, raw, on_white(palette[numbers], (alpha / 255)[numbers]), ".png", 1.51)


@pytest.mark.parametrize("largest", [1, 2, 9, 100, 254, 255, 256, 1000, 4095, 65534, 65535])
def test_pgm_and_ppm_of_every_maxval(largest, tmp_path):
    rng = np.random.default_rng(largest)
    gray, colour = (
        rng.integers(0, largest + 1, (SIDE, SIDE)),
        rng.integers(0, largest + 1, (32, 32, 3)),
    )
    gray[0, 0] = largest
    for kind in ("P2", "P5"):
        check(tmp_path, pnm(gray, kind, largest), gray * 255 / largest, ".pgm", 0.6)
    for kind in ("P3", "P6"):
        check(tmp_path, pnm(colour, kind, largest), colour * 255 / largest, ".ppm", 0.6)
    data = tmp_path / "one"
    data.mkdir()
    (data / "x.pgm").write_bytes(pnm(gray, "P5", largest))
    assert read_folder(data).shape[0] == 1


@pytest.mark.parametrize("suffix", [".pbm", ".pgm", ".pnm"])
def test_pbm_has_ink_and_pnm_may_have_comments(suffix, tmp_path):
    ink = samples(1)
    for kind in ("P1", "P4"):
        check(tmp_path, pnm(ink, kind, comment=b"# 1 is black\n"), 255 * (1 - ink), suffix, 0)


@pytest.mark.parametrize("bits", [1, 4, 8])
@pytest.mark.parametrize("top_down", [False, True])
def test_bmp_with_a_palette(bits, top_down, tmp_path):
    numbers = samples(bits)
    palette = np.random.default_rng(0).integers(0, 256, (2**bits, 3))
    check(tmp_path, bmp(numbers, bits, palette.tolist(), top_down), palette[numbers], ".bmp", 0)
    for gray in (
        np.linspace(0, 255, 2**bits).astype(int),
        np.linspace(255, 0, 2**bits).astype(int),
    ):
        raw = bmp(numbers, bits, [(v, v, v) for v in gray.tolist()], top_down)
        check(tmp_path, raw, gray[numbers], ".bmp", 0)


def test_bmp_with_colours(tmp_path):
    colour = samples(8, 3)
    check(tmp_path, bmp(colour[..., ::-1], 24), colour, ".bmp", 0)
    for fourth in (np.zeros((SIDE, SIDE), int), samples(8)):  # it is reserved, and no alpha
        check(tmp_path, bmp(np.dstack([colour[..., ::-1], fourth]), 32), colour, ".bmp", 0)
    five = samples(5, 3)
    word = five[..., 0] * 1024 + five[..., 1] * 32 + five[..., 2]
    raw = bmp(np.stack([word % 256, word // 256], axis=2), 16)
    check(tmp_path, raw, to_bytes(five, 5), ".bmp", 4)  # Pillow repeats the upper bits below


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
def test_gray_tiff(bits, order, tmp_path):
    gray = samples(bits)
    for tile in (None, 16) if bits >= 8 else (None,):
        raw = tiff(gray, bits, 1, order, tile=tile)
        check(tmp_path, raw, to_bytes(gray, bits), ".tif")
        raw = tiff(gray, bits, 0, order, tile=tile)
        if bits == 16 and order == ">":
            refused(tmp_path, raw, ".tif", "a TIFF of 16 bits and photometric interpretation 0")
        else:
            check(tmp_path, raw, 255 - to_bytes(gray, bits), ".tif")


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [8, 16])
def test_colour_tiff(bits, order, tmp_path):
    colour, alpha, inks = samples(bits, 3), samples(bits)[::-1], samples(bits, 4)
    full, off = 2**bits - 1, 0 if bits == 8 else 1
    for options in ({}, {"tile": 16}):
        raw = tiff(colour, bits, 2, order, **options)
        check(tmp_path, raw, to_bytes(colour, bits), ".tif", off)
    raw = tiff(np.dstack([colour, alpha]), bits, 2, order, extra=0)  # of unknown meaning
    check(tmp_path, raw, to_bytes(colour, bits), ".tif", off)
    raw = tiff(np.dstack([colour, alpha]), bits, 2, order, extra=2)
    check(tmp_path, raw, on_white(to_bytes(colour, bits), alpha / full), ".tif", 3)
    weighed = np.rint(colour * (alpha / full)[..., None]).astype(int)
    raw = tiff(np.dstack([weighed, alpha]), bits, 2, order, extra=1)  # alpha times the colour
    check(tmp_path, raw, to_bytes(weighed, bits) + 255 * (1 - alpha / full)[..., None], ".tif", 3.5)
    light = 255 * (1 - inks[..., :3] / full) * (1 - inks[..., 3:] / full)
    check(tmp_path, tiff(inks, bits, 5, order), light, ".tif", 2.5)


@pytest.mark.parametrize("order", ["<", ">"])
def test_other_tiff(order, tmp_path):
    colour, gray, alpha = samples(8, 3), samples(8), samples(8)[::-1]
    check(tmp_path, tiff(colour, 8, 2, order, planes=True), colour, ".tif", 0)
    raw = tiff(np.stack([gray, alpha], 2), 8, 1, order, extra=2)
    check(tmp_path, raw, on_white(gray, alpha / 255), ".tif", 1.51)
    for bits in (1, 2, 4, 8):
        numbers = samples(bits)
        palette = np.random.default_rng(0).integers(0, 65536, (3, 2**bits))
        raw = tiff(numbers, bits, 3, order, tags=[(320, palette)])
        check(tmp_path, raw, (palette.T / 257)[numbers], ".tif", 1)


@pytest.mark.parametrize("order", ["<", ">"])
def test_tiff_without_a_white_is_refused_by_name(order, tmp_path):
    deep, bits8 = samples(16), samples(8)
    signed, real = [(339, 2)], [(339, 3)]
    for raw, match in (
        (tiff(bits8, 8, 1, order, tags=signed), "8-bit signed integers"),
        (tiff(deep, 16, 1, order, tags=signed), "16-bit signed integers"),
        (tiff(deep / 65535, 32, 1, order, tags=real), "32-bit floats"),
        (tiff(samples(16, 3), 16, 2, order, planes=True), "separate planes"),
        (tiff(samples(16, 2), 16, 1, order, extra=2), r"TIFF of 16\+16 bits"),
    ):
        refused(tmp_path, raw, ".tif", match)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_tiff_orientations(orientation, bits, tmp_path):
    v = samples(bits)
    upright = {
        1: v, 2: v[:, ::-1], 3: v[::-1, ::-1], 4: v[::-1],
        5: v.T, 6: np.rot90(v, -1), 7: v[::-1, ::-1].T, 8: np.rot90(v),
    }[orientation]  # fmt: skip
    raw = tiff(v, bits, 1, tags=[(274, orientation)])
    check(tmp_path, raw, to_bytes(upright, bits), ".tif")


def ycc(red, green, blue):
    """Return Y, Cb, Cr of a colour (JFIF 1.02)."""
    y = 0.299 * red + 0.587 * green + 0.114 * blue
    return [round(v) for v in (y, 128 + (blue - y) / 1.772, 128 + (red - y) / 1.402)]


def test_jpeg_of_every_colour_space(tmp_path):
    flat = np.ones((SIDE, SIDE, 3))
    colour = [200, 90, 30]
    check(tmp_path, jpeg([77]), 77 * flat[..., 0], ".jpg", 1)
    check(tmp_path, jpeg(ycc(*colour)), colour * flat, ".jpg", 2)
    check(tmp_path, jpeg(ycc(*colour), adobe=1), colour * flat, ".jpg", 2)
    check(tmp_path, jpeg(colour, adobe=0), colour * flat, ".jpg", 1)
    light, black = np.array(colour), 40  # Adobe stores 255 - ink
    expected = light * (255 - black) / 255
    check(tmp_path, jpeg([*colour, 255 - black], adobe=0), expected * flat, ".jpg", 2)
    # YCCK is YCbCr of the inks that the file would store without it
    inverted = [*ycc(*(255 - light)), 255 - black]
    check(tmp_path, jpeg(inverted, adobe=2), expected * flat, ".jpg", 3)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
def test_exif_orientation(suffix, tmp_path):
    wide = np.zeros((SIDE, SIDE), np.uint8)
    wide[:8] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # rotate clockwise by 90 degrees
    picture = Image.fromarray(np.rot90(wide)).convert("RGB")
    options = {".webp": {"lossless": True}, ".jpg": {"quality": 100}}.get(suffix, {})
    picture.save(tmp_path / f"x{suffix}", exif=exif, **options)
    found = read_picture(tmp_path / f"x{suffix}", SIDE, 1)[0].astype(int)
    assert abs(found - wide).max() < 12


def test_webp(tmp_path):
    colour, alpha = samples(8, 3).astype(np.uint8), samples(8).astype(np.uint8)
    for lossless, off in ((True, 0), (False, 60)):
        smooth = colour if lossless else np.sort(np.sort(colour, axis=0), axis=1)
        Image.fromarray(smooth).save(tmp_path / "x.webp", lossless=lossless, quality=100)
        found = read_picture(tmp_path / "x.webp", SIDE, 3).transpose(1, 2, 0).astype(int)
        assert abs(found - smooth).max() <= off and abs(found - smooth).mean() <= off / 10
    both = np.dstack([colour, alpha])
    Image.fromarray(both).save(tmp_path / "x.webp", lossless=True, exact=True)
    found = read_picture(tmp_path / "x.webp", SIDE, 3).transpose(1, 2, 0)
    np.testing.assert_allclose(found, on_white(colour.astype(float), alpha / 255), atol=1.51)


@pytest.mark.parametrize("suffix", [".png", ".webp", ".tif"])
def test_of_several_pictures_in_a_file_the_first_is_read_and_said(suffix, tmp_path):
    first, *others = [Image.new("RGB", (SIDE, SIDE), (v, v, v)) for v in (10, 120, 250)]
    options = {"lossless": True} if suffix == ".webp" else {}
    first.save(tmp_path / f"x{suffix}", save_all=True, append_images=others, **options)
    data = read_folder(tmp_path)
    assert (data.images == 10).all()
    assert "the first picture of 1 file with several" in data.description


@pytest.mark.parametrize(
    ("raw", "match"),
    [
        (b"GIF89a" + bytes(50), "it is a GIF file"),
        (b"8BPS" + bytes(50), "it is a Photoshop file"),
        (b"%PDF-1.7 ", "it is a PDF file"),
        (b"<svg xmlns='x'/>", "it is a SVG file"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "expected BMP, JPEG, PBM"),
        (b"Pf 1 1 -1.0 " + bytes(4), "no defined white|mode 'F'"),
    ],
)
def test_other_formats_are_refused_by_name_whatever_their_suffix(raw, match, tmp_path):
    refused(tmp_path, raw, ".png", match)
