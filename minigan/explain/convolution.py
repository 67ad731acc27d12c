"""`minigan explain conv`: the arithmetic of a convolution, its steps as a film, and a page."""

from __future__ import annotations

from pathlib import Path

from minigan.checks import number, per_axis
from minigan.explain.conv_frames import frames, still
from minigan.explain.conv_text import describe
from minigan.explain.explorers import page
from minigan.explain.explorers.conv import page_settings
from minigan.files import replacing
from minigan.geometry import Geometry, Ints
from minigan.viz.canvas import Path_, save_gif, save_png

_NAME = "explain conv"
_MOST = 4096  # the largest side: texts and maps of larger sizes take too long
_SUFFIXES = (".gif", ".html", ".png")


def explain_conv(
    size: Ints = 5,
    kernel: Ints = 3,
    stride: Ints = 1,
    padding: Ints = 0,
    output_padding: Ints = 0,
    dilation: Ints = 1,
    transposed: bool = False,
    out: Path_ | None = None,
    *,
    step: int | None = None,
    seconds: float = 1.0,
    language: str = "en",
) -> str:
    """Return the text that explains a 2-D convolution with these settings; with `out`, draw it too.

    `size` is that of x, or with `transposed` that of y. Each setting is one integer, or (height,
    width). `out` ends with .gif (a film, `seconds` for each step), .html (the explorer: a page to
    change the settings on, first in `language`) or .png (one step: `step`, counted from 1, or one
    in the middle). Raises ValueError or TypeError if a setting is not legal, and OSError if the
    file cannot be written.

    >>> print(explain_conv(16, 5, stride=3, padding=2).splitlines()[0])
    Convolution: input x of 16x16 -> output y of 6x6, kernel w of 5x5
    """
    geometry = geometry_of(size, kernel, stride, padding, output_padding, dilation, transposed)
    suffix = Path(out).suffix.lower() if out is not None else ""
    if out is not None and suffix not in _SUFFIXES:
        raise ValueError(f"{_NAME}: out={str(out)!r} must end with .gif, .html or .png")
    if step is not None and suffix != ".png":
        raise ValueError(f"{_NAME}: step={step!r} belongs to a picture (out must end with .png)")
    number(_NAME, "seconds", seconds, 0.02, 60)
    text = describe(geometry, transposed)
    if out is None:
        return text
    if suffix == ".html":
        return f"{text}\n\n{_page(geometry, transposed, out, language)}"
    if suffix == ".png":
        pixels, now, count = still(geometry, transposed, step)
        save_png(pixels, out)
        return f"{text}\n\nWrote {out}: step {now} of {count}."
    images = list(frames(geometry, transposed))
    save_gif(images, out, seconds)
    return f"{text}\n\nWrote {out}: {len(images)} steps of {seconds:g} s."


def geometry_of(
    size: Ints,
    kernel: Ints,
    stride: Ints,
    padding: Ints,
    output_padding: Ints,
    dilation: Ints,
    transposed: bool,
) -> Geometry:
    """Return the geometry of these settings; one integer serves both axes.

    Raises TypeError if a setting is not an integer, and ValueError if it is not legal or leads to a
    side of more than 4096.
    """
    sizes = per_axis(_NAME, "input size", size, 2)
    if transposed:
        geometry = Geometry.conv_transpose(
            sizes, kernel, stride, padding, output_padding, dilation, name=_NAME
        )
    elif any(per_axis(_NAME, "output_padding", output_padding, 2, least=0)):
        raise ValueError(
            f"{_NAME}: output_padding={output_padding} belongs to a transposed convolution (legal "
            "here: 0)"
        )
    else:
        geometry = Geometry.conv(sizes, kernel, stride, padding, dilation, name=_NAME)
    side = max(max(a.X, a.Y, a.span, a.stride, a.padding) for a in geometry.axes)
    if side > _MOST:
        raise ValueError(
            f"{_NAME}: sizes and settings lead to a side of {side} (legal: at most {_MOST})"
        )
    return geometry


def _page(geometry: Geometry, transposed: bool, out: Path_, language: str) -> str:
    """Write the explorer with these settings, and return a sentence that says what was written."""
    settings = page_settings(geometry, transposed)
    text = page("conv", language=language, settings=settings)
    with replacing(out) as file:
        file.write_text(text, encoding="utf-8")
    return f"Wrote {out}: a page on which each setting can be changed. Open it in a browser."
