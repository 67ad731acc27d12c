"""Markdown to HTML: formulas as MathML, pictures as figures, numbers with the claim behind them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, NamedTuple

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from lesson import Claim
from tutorials.book.numbers import Printed, printed, proof

_CJK = re.compile(r"[\u2e80-\u9fff\uff00-\uffef\u3000-\u303f“”]")
# A prime is a high letter already; a minus behind a relation or a comma is a sign
_PRIME = re.compile(r"<msup>(<mi>\w</mi>)<mi>&#x02032;</mi></msup>")
_UNARY = re.compile(r"(<mo[^>]*>(?:&#x0003[CDE];|&#x0002C;|&#x0226[45];)</mo>)<mo>&#x02212;</mo>")
_REFERENCE = re.compile(r"\bT(0[0-9]|1[0-6])\b")


@dataclass(frozen=True)
class Setting:
    """What rendering needs to know: claims, how a picture is written, pages that exist."""

    language: str = "en"
    claims: Sequence[Claim] = ()
    picture: Callable[[str, str], str] = lambda name, alt: ""
    pages: frozenset[str] = frozenset()


class Piece(NamedTuple):
    """A run of prose: its kind ("text", "link" or "math") and what stands there."""

    kind: str
    content: str


def render(text: str, setting: Setting) -> str:
    """Return the HTML of a markdown text. Raises ValueError if a formula cannot be read."""
    tokens = _figures(_markdown.parse(text))
    return str(_markdown.renderer.render(tokens, _markdown.options, {"setting": setting}))


def prose(text: str) -> Iterator[Piece]:
    """Yield everything that a reader reads, code left out: text, texts of links, formulas, alts."""
    for token in _markdown.parse(text):
        if token.type.startswith("math_block"):
            yield Piece("math", token.content)
        elif token.children:
            yield from _inline(token.children)


def _inline(children: Sequence[Token]) -> Iterator[Piece]:
    """The pieces of a paragraph; a text goes on over the ends of lines."""
    depth, text = 0, ""
    for token in [*children, Token("end", "", 0)]:
        if token.type in ("text", "softbreak"):
            text += token.content or " "
            continue
        if text:
            yield Piece("link" if depth else "text", text)
        text = ""
        depth += token.nesting if token.type in ("link_open", "link_close") else 0
        if token.type.startswith("math_inline"):
            yield Piece("math", token.content)
        elif token.type == "image":
            yield from _inline(token.children or [])


def formulas(text: str) -> list[str]:
    """Return the formulas of a text, without their spaces and their words."""
    return [
        re.sub(r"\s+", "", re.sub(r"\\text\{[^{}]*\}", r"\\text{}", piece.content))
        for piece in prose(text)
        if piece.kind == "math"
    ]


def pictures(text: str) -> dict[str, str]:
    """Return the alt texts of the pictures that a text refers to, by name."""
    tokens = [child for token in _markdown.parse(text) for child in token.children or []]
    images = [token for token in tokens if token.type == "image"]
    return {_name(str(token.attrs["src"])): token.content for token in images}


def links(text: str) -> list[str]:
    """Return the addresses that a text links to."""
    tokens = [child for token in _markdown.parse(text) for child in token.children or []]
    return [str(token.attrs["href"]) for token in tokens if token.type == "link_open"]


def _name(source: str) -> str:
    return source.removesuffix(".png")


def math(formula: str, display: str = "inline") -> str:
    """Return the MathML of a LaTeX formula. Raises ValueError if it cannot be read."""
    try:
        html = str(convert(formula, display=display))
    except Exception as error:
        raise ValueError(f"formula {formula!r} cannot be read: {error!r}") from error
    html = _PRIME.sub(r'<mrow>\1<mo lspace="0" rspace="0">&#x02032;</mo></mrow>', html)
    return _UNARY.sub(r'\1<mo form="prefix">&#x02212;</mo>', html)


def _figures(tokens: list[Token]) -> list[Token]:
    """Make a figure of each paragraph that begins with a picture; the rest is its caption."""
    for before, inline, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        children = inline.children or []
        if before.type == "paragraph_open" and children and children[0].type == "image":
            before.tag = after.tag = "figure"
            rest = children[1:]
            while rest and rest[0].type == "softbreak":
                rest = rest[1:]
            opened, closed = Token("raw", "", 0), Token("raw", "", 0)
            opened.content, closed.content = "<figcaption>", "</figcaption>"
            inline.children = [children[0], opened, *rest, closed]
    return tokens


# ------------------------------------------------------------------------------- rules of rendering


def _text(self: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    """Escape a text; mark its proved numbers; link the chapters that it names."""
    text, setting = tokens[at].content, env["setting"]
    inside_link = sum(each.nesting for each in tokens[:at] if each.type.startswith("link")) > 0
    html, last = [], 0
    for number in printed(text):
        if claim := number.needs_proof and proof(number, setting.claims):
            html += [_linked(text[last : number.start], setting, inside_link)]
            html += [_proved(escape(text[number.start : number.end]), claim)]
            last = number.end
    return "".join([*html, _linked(text[last:], setting, inside_link)])


def _proved(html: str, claim: Claim) -> str:
    return f'<span class="proved" title="{escape(claim.what)}">{html}</span>'


def _linked(text: str, setting: Setting, inside_link: bool) -> str:
    def reference(found: re.Match[str]) -> str:
        page = f"t{found[1]}"
        known = page in setting.pages and not inside_link
        return f'<a href="{page}.html">{found[0]}</a>' if known else found[0]

    return _REFERENCE.sub(reference, escape(text))


def _math(display: str) -> Callable[..., str]:
    def rule(self: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        formula, setting = tokens[at].content.strip(), env["setting"]
        html = math(formula, display)
        numbers: list[Printed] = [number for number in printed(formula) if number.needs_proof]
        claims = [proof(number, setting.claims) for number in numbers]
        if claims and claims[0]:
            html = _proved(html, claims[0])
        return f'<div class="math">{html}</div>\n' if display == "block" else html

    return rule


def _softbreak(self: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    """A line's end is a space, but not between Chinese characters."""
    before = tokens[at - 1].content[-1:] if at else ""
    after = tokens[at + 1].content[:1] if at + 1 < len(tokens) else ""
    return "" if _CJK.match(before) or _CJK.match(after) else "\n"


def _image(self: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    token = tokens[at]
    return str(env["setting"].picture(_name(str(token.attrs["src"])), token.content))


def _raw(self: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return tokens[at].content


def _table(opening: bool) -> Callable[..., str]:
    html = '<div class="table"><table>\n' if opening else "</table></div>\n"
    return lambda self, tokens, at, options, env: html


def _made() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).enable("table").use(dollarmath_plugin)
    made.add_render_rule("text", _text)
    made.add_render_rule("math_inline", _math("inline"))
    made.add_render_rule("math_inline_double", _math("block"))
    made.add_render_rule("math_block", _math("block"))
    made.add_render_rule("softbreak", _softbreak)
    made.add_render_rule("image", _image)
    made.add_render_rule("raw", _raw)
    made.add_render_rule("table_open", _table(True))
    made.add_render_rule("table_close", _table(False))
    return made


_markdown = _made()
