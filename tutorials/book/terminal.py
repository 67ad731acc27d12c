"""Markdown as a terminal can show it: no marks, formulas in plain characters, wrapped lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_SIGNS = dict(
    re.findall(
        r"(\S+) (\S+)",
        """cdot · times × le ≤ ge ≥ ne ≠ neq ≠ approx ≈ to → rightarrow → leftarrow ← iff ⇔
        mid | in ∈ sum Σ prod Π int ∫ infty ∞ langle ⟨ rangle ⟩ lceil ⌈ rceil ⌉ lfloor ⌊ rfloor ⌋
        top T partial ∂ nabla ∇ ldots … dots … sim ~ alpha α beta β gamma γ delta δ varepsilon ε
        epsilon ε theta θ lambda λ mu μ pi π sigma σ tau τ phi φ Phi Φ Sigma Σ ell ℓ
        hat ^ | ‖ % % { { } }""",
    )
)
_SIGNS |= {",": " ", ";": " ", "!": "", "quad": "  ", "bmod": " mod ", "left": "", "right": ""}
_JOINT = re.compile(r"(?<=[⺀-鿿！-～])\n\s*|\n\s*(?=[⺀-鿿！-～])")  # no space in Chinese text
_COMMAND = re.compile(r"\\([A-Za-z]+|[,;!%{}|])")


def plain_formula(formula: str) -> str:
    r"""Return a LaTeX formula in plain characters.

    >>> plain_formula(r"c(h) = \left\lceil \frac{k - r}{s} \right\rceil \ge 1")
    'c(h) = ⌈(k - r)/s⌉ ≥ 1'
    """
    formula = re.sub(r"\\begin\{[a-z]*matrix\}(.*?)\\end\{[a-z]*matrix\}", _matrix, formula)
    formula = re.sub(r"\\(?:operatorname|mathrm|text|mathbb|mathcal)\{([^{}]*)\}", r"\1", formula)
    fraction = r"\\t?frac\{([^{}]*)\}\{([^{}]*)\}"
    formula = re.sub(fraction, lambda found: f"{_grouped(found[1])}/{_grouped(found[2])}", formula)
    formula = _COMMAND.sub(lambda found: _SIGNS.get(found[1], f"{found[1]} "), formula)
    formula = re.sub(r"([_^])\{([^{}]+)\}", lambda found: found[1] + _grouped(found[2]), formula)
    return re.sub(r"\s+", " ", re.sub(r"\s*([⌉⌋⟩])|([⌈⌊⟨])\s*", r"\1\2", formula)).strip()


def _grouped(text: str) -> str:
    return text if re.fullmatch(r"\w+", text) else f"({text})"


def _matrix(found: re.Match[str]) -> str:
    rows = [" ".join(row.split("&")).split() for row in found[1].split(r"\\")]
    return "[" + "; ".join(" ".join(row) for row in rows) + "]"


def plain(text: str, width: int = 88) -> str:
    """Return a markdown text for the terminal, its paragraphs wrapped at a width."""
    text = re.sub(r"\$\$(.+?)\$\$", lambda f: f"    {plain_formula(f[1])}", text, flags=re.DOTALL)
    text = re.sub(r"\$(.+?)\$", lambda found: plain_formula(found[1]), text)
    text = re.sub(r"!\[([^\]]*)\]\(([^)]*)\)", r"[\2]", text)
    text = re.sub(r"\[([^\]]*)\]\((https[^)]*)\)", r"\1 <\2>", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"\*\*(.+?)\*\*", r"\1", text, flags=re.DOTALL)
    text = re.sub(r"(?<!\w)\*(\S.*?)\*(?!\w)", r"\1", text)
    return "\n\n".join(_paragraph(each, width) for each in re.split(r"\n{2,}", text))


def _paragraph(text: str, width: int) -> str:
    first = text.lstrip()[:2]
    if first[:1] == "#":
        title = text.lstrip("# ")
        return f"{title}\n{'=' * _wide(title)}"
    if first[:1] == "|" or text.startswith(("    ", "```")):
        return text
    if first == "- " or re.match(r"\d\.", text):
        items = re.split(r"\n(?=- |\d+\.)", text)
        return "\n".join("\n  ".join(_wrapped(item, width - 2)) for item in items)
    return "\n".join(_wrapped(text, width))


def _wrapped(text: str, width: int) -> list[str]:
    """The lines of a paragraph; Chinese characters are two columns wide and break anywhere."""
    lines, line = [], ""
    for word in _words(re.sub(r"\s+", " ", _JOINT.sub("", text))):
        if line and _wide(line + word.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += word if line else word.lstrip()
    return [*lines, line.rstrip()]


def _words(text: str) -> Iterator[str]:
    yield from re.findall(
        r"[⺀-鿿！-～][，。：；？！、）”]*|[^\s⺀-鿿！-～]+\s*|\s+", text.replace("\n", " ")
    )


def _wide(text: str) -> int:
    """The columns that a text takes."""
    return sum(1 + (unicodedata.east_asian_width(each) in "WF") for each in text)
