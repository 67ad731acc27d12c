"""`minigan explain conv`: the arithmetic of a convolution as text, and its steps as a film."""

from __future__ import annotations

from pathlib import Path

from minigan.checks import per_axis
from minigan.explain.conv_frames import frames
from minigan.explain.conv_text import describe
from minigan.explain.html_player import save_html
from minigan.geometry import Geometry, Ints
from minigan.viz.canvas import Path_, save_gif, save_png

_NAME = "explain conv"
_MOST = 4096  # the largest side: texts and maps of larger sizes take too long


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
    """Return the text that explains a 2-D convolution with these settings; with `out`, draw it too.

    `size` is that of x, or with `transposed` that of y. Each setting is one integer, or (height,
    width). `out` ends with .gif (a film), .html (a film with buttons, in one file) or .png (the
    last step). Raises ValueError or TypeError if a setting is not legal, and OSError if the file
    cannot be written.

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


def film(geometry: Geometry, transposed: bool, out: Path_) -> str:
    """Write the film, whole or not at all, and return a sentence that says what was written."""
    images = list(frames(geometry, transposed))
    seconds = min(1.2, max(0.3, 20 / len(images)))
    suffix = Path(out).suffix.lower()
    if suffix == ".png":
        save_png(images[-1], out)
        return f"Wrote {out}: the last of {len(images)} steps."
    if suffix == ".html":
        save_html(images, out, seconds, "Transposed convolution" if transposed else "Convolution")
    else:
        save_gif(images, out, seconds)
    return f"Wrote {out}: {len(images)} steps, {seconds:.2g} seconds each."
