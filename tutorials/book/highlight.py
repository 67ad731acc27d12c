"""Python in colours: keywords, strings, numbers and comments are wrapped in spans."""

from __future__ import annotations

import io
import keyword
import tokenize
from html import escape

_CLASSES = {tokenize.STRING: "string", tokenize.NUMBER: "number", tokenize.COMMENT: "comment"}
_F_STRINGS = ("FSTRING_START", "FSTRING_MIDDLE", "FSTRING_END")  # of Python 3.12
_CLASSES |= {getattr(tokenize, name): "string" for name in _F_STRINGS if hasattr(tokenize, name)}


def highlight(source: str) -> str:
    """Return the HTML of Python source code.

    >>> highlight("return 1 < x")
    '<span class="py-keyword">return</span> <span class="py-number">1</span> &lt; x'
    """
    lines, html, last = source.splitlines(keepends=True), list[str](), (1, 0)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        kind = "keyword" if keyword.iskeyword(token.string) else _CLASSES.get(token.type, "")
        if kind and token.start >= last:
            text = escape(_between(lines, token.start, token.end))
            html += [escape(_between(lines, last, token.start))]
            html += [f'<span class="py-{kind}">{text}</span>']
            last = token.end
    end = (len(lines), len(lines[-1])) if lines else (1, 0)
    return "".join([*html, escape(_between(lines, last, end))]).rstrip("\n")


def _between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    """The text between two places (row from 1, column from 0)."""
    if start[0] == end[0]:
        return lines[start[0] - 1][start[1] : end[1]] if lines else ""
    middle = lines[start[0] : end[0] - 1]
    return "".join([lines[start[0] - 1][start[1] :], *middle, lines[end[0] - 1][: end[1]]])
