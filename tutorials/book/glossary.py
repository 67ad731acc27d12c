"""The glossary: each term, symbol and function of the book, and the chapter that introduces it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tutorials import FOLDER

PATH = FOLDER / "glossary.toml"

_GREEK = re.findall(
    r"\w+",
    """alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi
    pi rho sigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi
    Psi Omega ell nabla partial""",
)
_WORD = re.compile(r"\\(?:text|textbf|textit|mbox)\{[^{}]*\}")
_NAMED = re.compile(r"\\(?:operatorname|mathrm)\{([A-Za-z]+)\}")
_STYLED = re.compile(r"\\(mathbb|mathcal|mathbf)\{?([A-Za-z])\}?")
_FRAME = re.compile(r"\\(?:begin|end)\{[^{}]*\}(?:\{[^{}]*\})?")


@dataclass(frozen=True)
class Term:
    """A term in both languages, with its symbols (LaTeX) and the names of its functions."""

    chapter: int
    en: str
    zh: str
    symbols: tuple[str, ...] = ()
    code: tuple[str, ...] = ()


def load(path: Path = PATH) -> tuple[Term, ...]:
    """Return all terms, in the order of the chapters.

    Raises ValueError if an entry lacks a language or has a field that is not known.
    """
    terms = []
    for chapter, entries in tomllib.loads(path.read_text(encoding="utf-8")).items():
        for entry in entries:
            if not re.match(r"t\d\d$", chapter) or not {"en", "zh"} <= set(entry):
                raise ValueError(f"{path.name}: [[{chapter}]] {entry} needs en and zh")
            if extra := set(entry) - {"en", "zh", "symbols", "code"}:
                raise ValueError(f"{path.name}: [[{chapter}]] {entry['en']!r} has {extra}")
            symbols, code = tuple(entry.get("symbols", ())), tuple(entry.get("code", ()))
            terms.append(Term(int(chapter[1:]), entry["en"], entry["zh"], symbols, code))
    return tuple(sorted(terms, key=lambda term: term.chapter))


def symbols_of(formula: str) -> Iterator[str]:
    r"""Yield the symbols of a LaTeX formula: letters, Greek letters and named functions.

    >>> sorted(set(symbols_of(r"P_\theta(x) = \operatorname{conv}(x, w)_{o+1}")))
    ['P', '\\theta', 'conv', 'o', 'w', 'x']
    """
    formula = _FRAME.sub(" ", _WORD.sub(" ", formula))
    yield from (found[1] for found in _NAMED.finditer(formula))
    formula = _NAMED.sub(" ", formula)
    yield from (f"\\{style}{{{letter}}}" for style, letter in _STYLED.findall(formula))
    formula = _STYLED.sub(" ", formula)
    for command, letter in re.findall(r"\\([A-Za-z]+)|([A-Za-z])", formula):
        if letter:
            yield letter
        elif command in _GREEK:
            yield f"\\{command}"


def known_symbols(terms: Iterable[Term], chapter: int) -> frozenset[str]:
    """Return the symbols that are introduced up to a chapter."""
    introduced = (term for term in terms if term.chapter <= chapter)
    return frozenset(s for term in introduced for each in term.symbols for s in symbols_of(each))


def known_code(terms: Iterable[Term], chapter: int) -> frozenset[str]:
    """Return the names of functions and classes that are introduced up to a chapter."""
    return frozenset(name for term in terms if term.chapter <= chapter for name in term.code)


def too_early(terms: Iterable[Term], chapter: int, text: str, language: str) -> Iterator[str]:
    """Yield the terms that a text uses before their chapter.

    A sentence that names a later chapter ("see T09") may use later terms.
    """
    for sentence in re.split(r"(?<=[.?!])\s|(?<=[。？！；])|\n{2,}", text):
        if any(int(number) > chapter for number in re.findall(r"\bT(\d\d)\b", sentence, re.ASCII)):
            continue
        for term in terms:
            words = term.en if language == "en" else term.zh
            if term.chapter > chapter:
                pattern = rf"\b{re.escape(words)}s?\b" if language == "en" else re.escape(words)
                if re.search(pattern, sentence, re.IGNORECASE):
                    yield words
