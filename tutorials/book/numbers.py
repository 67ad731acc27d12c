"""Numbers as a text prints them, and whether a claim proves them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lesson import Claim

_VERSION = re.compile(
    r"[0-9]+\.[0-9]+\.[0-9]+"  # 2.4.6
    r"|(?:minigan|NumPy|Python|PyTorch|SciPy|CuPy|CUDA|[Vv]ersion|版本)\s*[0-9]+(?:\.[0-9]+)?"
)
_NUMBER = re.compile(
    r"(?<![A-WYZa-wyz_0-9.#])"  # not in a name, as in conv2d; but behind the x of 28x28
    r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+|(?=\.[0-9]))"
    r"(?P<part>\.[0-9]+)?"
    r"(?:(?:e|\s*(?:\\cdot|\\times|[×·])\s*10\^)\{?(?P<power>[-+\u2212]?[0-9]+)\}?)?"
    r"(?P<percent>\s*\\?%)?"
)
_NARROW = str.maketrans("０１２３４５６７８９．－", "0123456789.-")
_SIGN = re.compile(r"(?:^|[\s(\[{=,:;<>≈&（，：；])([-\u2212])$")
_NAMED = re.compile(r"(?:^|[^A-Za-z])(?:arXiv:?\s*|PR\s+)$")  # an address, as # is


@dataclass(frozen=True)
class Printed:
    """A number in a text, with the precision to which it is printed."""

    text: str
    value: float
    unit: float  # one in the last printed digit
    digits: int
    start: int
    end: int
    percent: bool = False

    @property
    def needs_proof(self) -> bool:
        """Whether it has three or more digits; the zero before a decimal point counts."""
        return self.digits >= 3

    def proved_by(self, claim: Claim) -> bool:
        """Whether the claim's value or expected, rounded to the digits printed, is this number.

        What was expected counts only if the claim's tolerance is at most one in the last digit.
        """
        numbers = claim.value
        if claim.tolerance <= self.unit * (0.01 if self.percent else 1.0) * (1 + 1e-9):
            numbers += claim.expected
        return any(map(self.rounds, numbers))

    def rounds(self, number: float) -> bool:
        """Whether the number, rounded to the digits printed, is this one."""
        scaled = (number, 100 * number) if self.percent else (number,)
        return any(abs(each - self.value) <= 0.5 * self.unit * (1 + 1e-9) for each in scaled)


def printed(text: str) -> Iterator[Printed]:
    """Yield the numbers of a text, version numbers and numbers within names left out.

    A minus counts as a sign where an operand is missing before it: "= -1.5" but not "a - 1.5".

    >>> [(n.value, n.digits) for n in printed("a 28x28 image: -1.50, 2.5e-3, 75 %, NumPy 2.4.6")]
    [(28.0, 2), (28.0, 2), (-1.5, 3), (0.0025, 2), (75.0, 2)]
    """
    text = text.translate(_NARROW)
    skipped = [range(*found.span()) for found in _VERSION.finditer(text)]
    for found in _NUMBER.finditer(text):
        if any(found.start() in span for span in skipped) or _NAMED.search(text[: found.start()]):
            continue
        whole, part = found["whole"].replace(",", "") or "0", found["part"] or ""
        power = int((found["power"] or "0").replace("\N{MINUS SIGN}", "-"))
        sign = -1 if _SIGN.search(text[: found.start()]) else 1
        start = found.start() - (sign < 0)
        yield Printed(
            found[0].strip(),
            sign * float(f"{whole}{part}e{power}"),
            10.0 ** (power - max(0, len(part) - 1)),
            len(whole) + max(0, len(part) - 1),
            start,
            found.end(),
            bool(found["percent"]),
        )


def proof(number: Printed, claims: Iterable[Claim]) -> Claim | None:
    """Return the first claim that proves the number, or None."""
    return next((claim for claim in claims if number.proved_by(claim)), None)
