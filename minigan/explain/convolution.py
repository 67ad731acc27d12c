"""`minigan explain conv`: a convolution's arithmetic in words, and a film of it drawn from the
arrays it computes.
"""

from __future__ import annotations

from pathlib import Path

from minigan.explain.conv_frames import frames
from minigan.explain.conv_text import describe
from minigan.explain.html_player import save_html
from minigan.geometry import Geometry, Ints
from minigan.viz.canvas import Path_, save_gif, save_png

_NAME = "explain conv"
_MOST = 4096  # along a side: arithmetic as words is for sizes that one can think of


def explain_conv(
    size: Ints = 5,
    kernel: Ints = 3,
    stride: Ints = 1,
    padding: Ints = 0,
    output_padding: Ints = 0,
    dilation: Ints = 1,
    transposed: bool = False,
    out: Path_ | None = None,
) -> str:
    """The text of a 2-D convolution with these settings (transposed: from y of `size` to x); with
    `out`, also a film.

    Each setting is an integer, or (height, width). `out` ends with .gif, .html (a player in one
    file) or .png (the last frame). Raises ValueError or TypeError for a setting that is not legal,
    and OSError as the file system does.

    >>> print(explain_conv(16, 5, stride=3, padding=2)[:62])
    Convolution: x of 16x16 -> y of 6x6, kernel w of 5x5
    =========
    """
    geometry = geometry_of(size, kernel, stride, padding, output_padding, dilation, transposed)
    if out is not None and Path(out).suffix.lower() not in (".gif", ".html", ".png"):
        raise ValueError(f"{_NAME}: out={str(out)!r} must end with .gif, .html or .png")
    text = describe(geometry, transposed)
    return text if out is None else f"{text}\n\n{film(geometry, transposed, out)}"


def geometry_of(
    size: Ints,
    kernel: Ints,
    stride: Ints,
    padding: Ints,
    output_padding: Ints,
    dilation: Ints,
    transposed: bool,
) -> Geometry:
    """The checked geometry of these settings; an integer serves both axes."""
    sizes, taps = _pair("size", size), _pair("kernel", kernel)
    if transposed:
        geometry = Geometry.conv_transpose(
            sizes, taps, stride, padding, output_padding, dilation, name=_NAME
        )
    elif any(_pair("output_padding", output_padding)):
        raise ValueError(
            f"{_NAME}: output_padding={output_padding} belongs to a transposed convolution (legal "
            "here: 0)"
        )
    else:
        geometry = Geometry.conv(sizes, taps, stride, padding, dilation, name=_NAME)
    widest = max(
        max(axis.X, axis.Y, axis.span, axis.stride, axis.padding) for axis in geometry.axes
    )
    if widest > _MOST:
        raise ValueError(
            f"{_NAME}: sizes and settings lead to a side of {widest} (legal: at most {_MOST})"
        )
    return geometry


def _pair(argument: str, value: Ints) -> tuple[int, ...]:
    """(height, width) of one integer or two; other kinds are left for the geometry to refuse."""
    entries = tuple(value) if isinstance(value, tuple | list) else (value,)
    if len(entries) not in (1, 2):
        raise ValueError(
            f"{_NAME}: {argument}={value!r} has {len(entries)} entries (legal: 1 or 2)"
        )
    return entries if len(entries) == 2 else entries * 2


def film(geometry: Geometry, transposed: bool, out: Path_) -> str:
    """Write the film, all of it or nothing; a sentence that says what was written."""
    reel = list(frames(geometry, transposed))
    seconds = min(1.2, max(0.3, 20 / len(reel)))
    suffix = Path(out).suffix.lower()
    if suffix == ".png":
        save_png(reel[-1], out)
        return f"Wrote {out}: the last of {len(reel)} steps."
    if suffix == ".html":
        save_html(reel, out, seconds, "Transposed convolution" if transposed else "Convolution")
    else:
        save_gif(reel, out, seconds)
    return f"Wrote {out}: {len(reel)} steps, {seconds:.2g} seconds each."
