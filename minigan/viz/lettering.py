"""Fonts for texts of any language: DejaVu Sans, or an installed font with the letters of a text.

DejaVu Sans comes with matplotlib. It has Latin, Greek and Cyrillic letters, but no Chinese ones and
few emoji. Names of runs and of classes may have such letters. Letters that no installed font has
are left out, because a row of empty boxes says nothing.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import matplotlib
from matplotlib import font_manager

# families with Chinese, Japanese and Korean letters on Linux, Windows and macOS: these come first
_FAMILIES = (
    "Noto Sans CJK",
    "Source Han Sans",
    "WenQuanYi",
    "Droid Sans Fallback",
    "Microsoft YaHei",
    "SimHei",
    "PingFang",
    "Hiragino Sans",
    "Arial Unicode MS",
)
_NO_LETTERS = (
    "Emoji",
    "Last Resort",
    "LastResort",
    "Adobe Blank",
)  # coloured pictures, or boxes for everything
_MOST = 100  # installed fonts that are looked at


class Lettered(NamedTuple):
    """A text in one line without letters that cannot be drawn, and the file of its font."""

    text: str
    file: str


@lru_cache(256)
def lettered(text: str, bold: bool = False) -> Lettered:
    """Return a text as it can be drawn in one line, and the font that has most of its letters.

    Line breaks and tabs become spaces. If letters are left out, so are doubled spaces, and brackets
    and commas with nothing before or between them.

    >>> lettered("run 3").text, Path(lettered("run 3").file).name
    ('run 3', 'DejaVuSans.ttf')
    """
    line, best = "".join(" " if c.isspace() else c for c in text), Lettered("", dejavu(bold))
    for file in (dejavu(bold), *_installed(bold)):
        letters = _letters(file)
        kept = "".join(c for c in line if ord(c) in letters)
        if kept == line:
            return Lettered(line, file)
        if len(kept) > len(best.text):
            best = Lettered(kept, file)
    return Lettered(_tidy(best.text), best.file)


def dejavu(bold: bool = False) -> str:
    """Return the file of DejaVu Sans."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return str(Path(matplotlib.get_data_path(), "fonts", "ttf", name))


def _tidy(text: str) -> str:
    """Return a text without the marks around letters that were left out.

    >>> _tidy("Samples: , update 6"), _tidy("  ()  : 3 ")
    ('Samples: update 6', '3')
    """
    words = " ".join(text.replace("()", " ").split())
    return words.replace(": ,", ":").removeprefix(":").removesuffix(":").strip(" ,")


@lru_cache(2)
def _installed(bold: bool) -> tuple[str, ...]:
    """Return the files of installed fonts: the known families first, then by name."""

    def order(font: font_manager.FontEntry) -> tuple[int, bool, str]:
        known = (k for k, family in enumerate(_FAMILIES) if font.name.startswith(family))
        heavy = str(font.weight) in ("bold", "700", "heavy", "black")
        return next(known, len(_FAMILIES)), heavy != bold, font.name

    fonts = [
        font
        for font in font_manager.fontManager.ttflist
        if font.style == "normal" and not any(word in font.name for word in _NO_LETTERS)
    ]
    files = dict.fromkeys(font.fname for font in sorted(fonts, key=order))
    return tuple(files)[:_MOST]


@lru_cache(_MOST + 2)
def _letters(file: str) -> frozenset[int]:
    """Return the code points of a font; none if it cannot be read."""
    try:
        return frozenset(font_manager.get_font(file).get_charmap())
    except (OSError, RuntimeError, ValueError):  # removed since it was listed, or damaged
        return frozenset()
