"""Pictures: one, a film of steps with a player, or one for each setting of some sliders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO
from itertools import product
from math import prod
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from lesson import stage
from lesson.records import Film

_MOST = 200  # frames of one film: the page stays small


def show(name: str, drawn: Figure) -> None:
    """Show one picture; the text refers to it as `name.png`."""
    stage.current.film(Film(name, (_png(drawn),), words=_words(drawn)))


def play(name: str, frames: Iterable[Figure], seconds: float = 1.0) -> None:
    """Show figures one after the other, `seconds` each, in a player with buttons and a slider."""
    films = [(_png(drawn), _words(drawn)) for drawn in frames]
    steps = tuple(str(n + 1) for n in range(len(films)))
    _project(name, films, [("", steps)], seconds)


def explore(
    name: str,
    settings: Mapping[str, Sequence[Any]],
    draw: Callable[..., Figure],
    start: Sequence[Any] | None = None,
) -> None:
    """Show draw(*values) with one slider for each setting; all combinations are drawn now.

    The names of the settings are symbols, such as "k" and "s": they label the sliders. `start` are
    the values that are shown first, by default the first of each. Raises ValueError if one of them
    is not among the values.
    """
    places = list(product(*settings.values()))
    films = [(_png(each), _words(each)) for each in (draw(*at) for at in places)]
    sliders = [(label, tuple(map(str, values))) for label, values in settings.items()]
    _project(name, films, sliders, 0.0, places.index(tuple(start)) if start else 0)


def _project(
    name: str,
    films: list[tuple[bytes, tuple[str, ...]]],
    sliders: list[tuple[str, tuple[str, ...]]],
    seconds: float,
    start: int = 0,
) -> None:
    if not 2 <= len(films) <= _MOST:
        raise ValueError(f"film {name!r} has {len(films)} frames; 2 to {_MOST} are legal")
    assert prod(len(values) for _, values in sliders) == len(films)
    frames, words = zip(*films, strict=True)
    labels = tuple(dict.fromkeys(word for each in words for word in each))
    stage.current.film(Film(name, frames, tuple(sliders), seconds, labels, start))


def _png(drawn: Figure) -> bytes:
    """The figure as a PNG file; with few colours it takes one byte a pixel, without any loss."""
    canvas: Any = FigureCanvasAgg(drawn)
    canvas.draw()
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy())
    if image.getcolors(256):
        image = image.quantize(256, dither=Image.Dither.NONE)
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _words(drawn: Figure) -> tuple[str, ...]:
    texts = (text.get_text() for text in drawn.findobj(Text))
    return tuple(dict.fromkeys(filter(None, texts)))
