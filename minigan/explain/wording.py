"""How the texts of this room are set: sizes, settings, numbers and wrapped prose."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from minigan.geometry import Geometry

WIDTH = 96  # columns of a text


def shape(sizes: Sequence[int]) -> str:
    """Return sizes as they are read aloud.

    >>> shape((5, 7))
    '5x7'
    """
    return "x".join(map(str, sizes))


def settings(geometry: Geometry, transposed: bool) -> str:
    """Return the settings as keyword arguments; equal settings of both axes are written once.

    >>> settings(Geometry.conv((5, 5), 3, stride=(2, 1)), transposed=False)
    'kernel_size=3, stride=(2, 1), padding=0, dilation=1'
    """
    names = {"kernel_size": "taps", "stride": "stride", "padding": "padding"}
    names |= {"output_padding": "output_padding"} if transposed else {}
    names |= {"dilation": "dilation"}
    values = {name: [getattr(a, field) for a in geometry.axes] for name, field in names.items()}
    return ", ".join(
        f"{name}={v[0] if len(set(v)) == 1 else tuple(v)}" for name, v in values.items()
    )


def count(number: int) -> str:
    """Return a count with commas, or in scientific notation from a thousand million on.

    >>> count(65536), count(3 * 10**12)
    ('65,536', '3.00e+12')
    """
    return f"{number:,}" if number < 10**9 else f"{number:.2e}"


def prose(text: str, indent: str = "    ") -> list[str]:
    """Return the text in lines of at most WIDTH columns, all of them indented."""
    return wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)
