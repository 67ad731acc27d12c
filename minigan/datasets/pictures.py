"""Reads one picture file as an array of bytes: BMP, JPEG, PBM/PGM/PPM, PNG, TIFF or WebP.

Pillow decodes the files, and is imported only when one is read. Where its values are not those of
the format's specification, they are corrected here, or the file is refused by name:

- 16 bits are scaled to 8. With colour or alpha Pillow drops the lower byte, as the PNG
  specification (section 13.12) allows, so a value may be off by 1, and by 3 after blending.
- Transparent pixels are blended with white.
- An EXIF or TIFF orientation turns the picture upright.
- Of an animation, or of a file with several pages, the first one is read.
- Signed and floating-point pixels are refused, because no format says which value is white.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from minigan.archives import MOST_RATIO
from minigan.files import open_regular

FORMATS = ("BMP", "JPEG", "PNG", "PPM", "TIFF", "WEBP")  # Pillow's names
_LEGAL = "expected BMP, JPEG, PBM, PGM, PPM, PNG, TIFF or WebP"
_GRAY = ("1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L", "I;16N")  # Pillow's modes
_OTHERS = {b"GIF8": "GIF", b"8BPS": "Photoshop", b"%PDF": "PDF", b"<svg": "SVG", b"\0\0\1\0": "ICO"}
_BITS, _PHOTOMETRIC, _COUNT, _PLANES, _SAMPLES = 258, 262, 277, 284, 339  # tags of TIFF 6.0

_MOST_BYTES = 40 << 20  # 3200x3200 pixels, however small the file is


class _Unsupported(ValueError):
    """A whole picture whose pixels are not read here; its text says why, and what is legal."""


class Header(NamedTuple):
    """What a file says about its picture: its size, whether it is gray, and its pages."""

    height: int
    width: int
    gray: bool
    pages: int


def read_header(file: Path) -> Header:
    """Return the header of a picture. Raises ValueError if it cannot be read."""
    with _opened(file) as image, _whole(file):
        gray = image.mode in _GRAY or (image.format == "PNG" and _png_header(file)[1] in (0, 4))
        # MPO is a JPEG with further views of the same picture, as some cameras write it
        pages = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
        return Header(image.height, image.width, gray, pages)


def read_square(file: Path, size: int, channels: int) -> NDArray[np.uint8]:
    """Return a picture (channels, size, size), cropped to its central square and resized.

    Raises ValueError if the file cannot be read, or its pixels have no defined white.
    """
    from PIL import Image, ImageOps

    with _opened(file) as image, _whole(file):
        upright = ImageOps.exif_transpose(image)
        pixels = _on_white(_eight_bits(upright, image, file), channels)
        square = ImageOps.fit(pixels, (size, size), Image.Resampling.BILINEAR)
    array = np.asarray(square, np.uint8).reshape(size, size, channels)
    return array.transpose(2, 0, 1)  # (H, W[, C]) -> (C, H, W)


@contextmanager
def _opened(file: Path) -> Iterator[Any]:
    """Yield the opened picture. Raises ValueError if it is not a picture of a legal format.

    A picture whose pixels need far more bytes than its file has is not decoded.
    """
    from PIL import Image

    with open_regular(file) as stream, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of damages; what cannot be read is an error
        try:
            image = Image.open(stream, formats=FORMATS)
        except Exception as error:
            raise ValueError(
                f"read_folder: {file} cannot be read ({_LEGAL}): {_found(file) or _text(error)}"
            ) from error
        with image:
            size = os.fstat(stream.fileno()).st_size
            if 4 * image.height * image.width > _MOST_BYTES + MOST_RATIO * size:
                raise ValueError(
                    f"read_folder: {file} cannot be read: {image.height}x{image.width} pixels in "
                    f"{size:,} bytes are not a plausible picture"
                )
            yield image


@contextmanager
def _whole(file: Path) -> Iterator[None]:
    """Turn the errors of a decoder into a ValueError; on a damaged file it may raise any error."""
    try:
        yield
    except _Unsupported as error:
        raise ValueError(f"read_folder: {file} cannot be read: {error}") from error
    except Exception as error:
        raise ValueError(
            f"read_folder: {file} cannot be read (expected a whole picture): {error}"
        ) from error


def _text(error: Exception) -> str:
    """Return what Pillow says, without the opened file, which it names by its number."""
    return "it begins like none of these" if "<_io." in str(error) else str(error)


def _found(file: Path) -> str:
    """Return what a file that Pillow cannot read seems to be; "" if that is unknown."""
    try:
        with file.open("rb") as stream:
            start = stream.read(8)
        if start[:4] in (b"II*\0", b"MM\0*"):
            tags = _tiff_tags(file)
            bits = "+".join(map(str, tags.get(_BITS, (1,))))
            kind = f"{bits} bits and photometric interpretation {tags.get(_PHOTOMETRIC)}"
            return f"it is a TIFF of {kind}, which Pillow does not decode"
    except Exception:  # the file is damaged, or missing
        return ""
    return next(
        (f"it is a {name} file" for key, name in _OTHERS.items() if start.startswith(key)), ""
    )


def _tiff_tags(file: Path) -> dict[int, Any]:
    """Return the tags of the first page of a TIFF file."""
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    with file.open("rb") as stream:
        directory = ImageFileDirectory_v2(stream.read(8))
        stream.seek(directory.next)
        directory.load(stream)
        return dict(directory)


def _png_header(file: Path) -> tuple[int, int]:
    """Return the bit depth and the colour type of a PNG file, bytes 24 and 25."""
    with file.open("rb") as stream:
        start = stream.read(26)
    return start[24], start[25]


def _eight_bits(image: Any, opened: Any, file: Path) -> Any:
    """Return the upright picture with 8 bits a channel; `opened` is as the file has it.

    Raises _Unsupported for pixels whose white is not defined.
    """
    if opened.format == "TIFF":
        _require_unsigned(opened.tag_v2)
    if opened.format == "PNG" and "transparency" in image.info:
        return _with_transparent_value(image, *_png_header(file))
    if image.mode.startswith("I;16"):
        values = np.asarray(image)
        white_is_zero = opened.format == "TIFF" and opened.tag_v2.get(_PHOTOMETRIC) == 0
        return _of_sixteen_bits(65535 - values if white_is_zero else values)
    if image.mode == "I" and opened.format == "PPM":  # a maxval above 255, scaled to 16 bits
        return _of_sixteen_bits(np.asarray(image))
    if image.mode in ("I", "F"):
        raise _Unsupported(
            f"pixels of mode {image.mode!r} have no defined white (legal: 8 or 16 bits a channel)"
        )
    return image


def _require_unsigned(tags: Any) -> None:
    """Raise _Unsupported for TIFF files whose pixels are not unsigned integers, or misread."""
    bits, samples = tags.get(_BITS, (1,)), tags.get(_SAMPLES, (1,))
    kinds = {2: "signed integers", 3: "floats"}
    for kind in samples:
        if kind in kinds:
            raise _Unsupported(
                f"pixels are {bits[0]}-bit {kinds[kind]}, and TIFF does not say which is white "
                "(legal: unsigned integers of up to 16 bits)"
            )
    if max(bits) > 16:
        raise _Unsupported(f"pixels are of {max(bits)} bits (legal: up to 16)")
    if tags.get(_PLANES) == 2 and max(bits) == 16 and tags.get(_COUNT, 1) > 1:
        raise _Unsupported("16-bit colours are in separate planes (legal: pixel by pixel)")


def _with_transparent_value(image: Any, depth: int, colour: int) -> Any:
    """Return a PNG in which one gray or one colour is transparent, with 8 bits a channel.

    The value is one of the file's depth, and Pillow compares it with the pixels after scaling.
    """
    key = image.info["transparency"]
    if colour == 0 and depth == 16:
        values = np.asarray(image)
        return _of_sixteen_bits(np.where(values == key, 65535, values))
    if colour == 2 and depth == 16:
        raise _Unsupported("a 16-bit colour is transparent (legal: an alpha channel, or 8 bits)")
    if colour == 0 and depth in (2, 4):
        image.info["transparency"] = key * 255 // (2**depth - 1)
    return image


def _of_sixteen_bits(values: NDArray[Any]) -> Any:
    """Return 16-bit gray values (H, W) as a picture of 8 bits."""
    from PIL import Image

    return Image.fromarray(np.rint(values / 257).astype(np.uint8))


def _on_white(image: Any, channels: int) -> Any:
    """Return the picture in mode "L" or "RGB", on a white background."""
    from PIL import Image

    if image.mode in ("La", "RGBa"):
        image = image.convert("LA" if image.mode == "La" else "RGBA")
    if "A" in image.getbands() or "transparency" in image.info:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
    return image.convert("L" if channels == 1 else "RGB")
