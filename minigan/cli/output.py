"""The files that commands write, and texts in the width of the terminal."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from textwrap import wrap
from typing import Any

import numpy as np

from minigan.cli.errors import UsageError
from minigan.files import replacing

_WIDE = 96  # columns of texts, in which paragraphs are wrapped


def print_text(text: str) -> None:
    """Print a text of lines of up to 100 columns, in the width of the terminal if that is less."""
    print(fitted(text, shutil.get_terminal_size((_WIDE, 24)).columns), flush=True)


def fitted(text: str, columns: int) -> str:
    """Return a text whose paragraphs were wrapped at 96 columns, wrapped at fewer.

    A line belongs to the paragraph above if it is indented as much and its first word did not fit
    there. Lines with columns of their own, such as those of tables, stay as they are.

    >>> fitted("  " + " ".join(["word"] * 8), 20).splitlines()
    ['  word word word', '  word word word', '  word word']
    >>> print(fitted("1. two words and more", 16))
    1. two words and
       more
    """
    if columns >= _WIDE:
        return text
    paragraphs = [""]
    room = _WIDE  # columns that the line above has left
    for line in text.split("\n"):
        word = (line.split() or [""])[0]
        above = paragraphs[-1]
        if word and above and _indent(line) == _indent(above) and len(word) >= room:
            hyphen = above.endswith("-") and above[-2:-1].isalnum()
            paragraphs[-1] += line.strip() if hyphen else f" {line.strip()}"
        else:
            paragraphs.append(line)
        room = _WIDE - len(line)
    return "\n".join(line for paragraph in paragraphs[1:] for line in _wrapped(paragraph, columns))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _wrapped(paragraph: str, columns: int) -> list[str]:
    """Return the lines of a paragraph; a table is not cut, and "1. " hangs before its lines."""
    if len(paragraph) <= columns or "  " in paragraph.strip():
        return [paragraph]
    indent = " " * _indent(paragraph)
    hang = "   " if re.match(r" *\d\. ", paragraph) else ""
    return wrap(
        paragraph.strip(),
        columns,
        initial_indent=indent,
        subsequent_indent=indent + hang,
        break_long_words=False,
        break_on_hyphens=False,
    )


def require_file(out: Path, *suffixes: str, flag: str = "--out") -> Path:
    """Return the path of a file to write; commands check it before they do any work.

    Raises UsageError if it has another suffix, is a folder, or its folder may not be written to.
    """
    if out.suffix not in suffixes:
        raise UsageError(f"{flag} {out}: must end in {' or '.join(suffixes)}")
    if not out.parent.is_dir():
        raise UsageError(f"{flag} {out}: there is no folder {out.parent}")
    if out.is_dir():
        raise UsageError(f"{flag} {out}: is a folder; name a file")
    if not os.access(out.parent, os.W_OK):
        raise UsageError(f"{flag} {out}: the folder {out.parent} may not be written to")
    return out


def write_arrays(out: Path, arrays: dict[str, np.ndarray[Any, Any]]) -> None:
    """Write arrays to a .npz file, which appears as a whole or not at all."""
    with replacing(out) as file, file.open("wb") as target:
        np.savez_compressed(target, allow_pickle=False, **arrays)
