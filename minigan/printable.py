"""Names of files, runs and classes as a terminal or a page can show them."""

from __future__ import annotations

import re

_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"  # of letters and of emoji
# control characters but tabs and line breaks, and marks that turn the direction of writing
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def printable(text: object) -> str:
    """Return a text in one line, with escapes for all that is not a letter, a sign or a space.

    So a name cannot move the cursor, change colours or directions, or begin a new line.

    >>> printable("a\\x1b[2J\\nb"), printable("é 图 😀 $x_1$")
    ('a\\\\x1b[2J\\\\nb', 'é 图 😀 $x_1$')
    """
    return "".join(c if c.isprintable() or c in _JOINERS else _escape(c) for c in str(text))


def without_controls(text: str) -> str:
    """Return a text with escapes for control characters, except line breaks and tabs.

    >>> without_controls("a\\x1b[2J\\tb\\n")
    'a\\\\x1b[2J\\tb\\n'
    """
    return _CONTROLS.sub(lambda found: _escape(found[0]), text)


def _escape(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")
