"""The proof and the losses as text, for a terminal of 100 columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from minigan.theory.loss import Loss
from minigan.theory.proof import Case, Line

WIDTH = 100
_LEGEND = """\
P     the data, of density p            h     the input of the generator, from N(0, 1)
G     the samples G(h), of density g    D     the discriminator: D(x), the probability it gives x
                                              of being data
M     the mixture (P + G)/2             sum   over all outcomes, or the integral over the line
H(P)  = -E_P[log p], the entropy        H(P, Q) = -E_P[log q], the cross-entropy
KL(P||Q) = E_P[log p/q]                 logarithms are natural: everything is in nats"""
_READING = """\
2 ln 2 = 1.386294 is the loss of D* when G is perfect. It is also the loss of D = 1/2, whatever G
draws. The loss alone does not tell the two apart, but JSD and regret do: G is perfect where JSD is
0, and D is the best where regret is 0. If the loss of D falls, D learns (regret falls) or G gets
worse (JSD grows). If it rises, it is the other way round."""


def proof_text(cases: Sequence[Case], proofs: Sequence[Sequence[Line]]) -> str:
    """Return the proof, line by line, and below each line its two sides for every case.

    `proofs` are the lines of `prove` for each case.

    >>> from minigan.theory import CASES, prove
    >>> print(proof_text(CASES[:1], [list(prove(CASES[0]))]).splitlines()[0])
    The proof, by numbers
    """
    blocks = [
        _title("The proof, by numbers"),
        _LEGEND,
        "\n".join(f"{case.name:8}  {case.words}" for case in cases),
    ]
    for number, row in enumerate(zip(*proofs, strict=True), 1):
        equation = f"({number})  {row[0].left_side}  =  {row[0].right_side}"
        head = f"{equation}{row[0].because:>{WIDTH - len(equation)}}"
        blocks.append("\n".join([head, *map(_sides, cases, row)]))
    return "\n\n".join([*blocks, _summary([line for lines in proofs for line in lines])])


def _sides(case: Case, line: Line) -> str:
    """Return the row of a case: both sides of a line and their difference."""
    wrong = "" if line.holds else f"   WRONG: more than {line.bound:.0e}"
    difference = f"{line.difference: .0e}" if line.difference else " 0"
    return (
        f"     {case.name:8}{line.left:17.10f}  = {line.right:17.10f}   difference "
        f"{difference}{wrong}"
    )


def _summary(lines: Sequence[Line]) -> str:
    """Return how many lines hold, and the largest difference, for sums and for quadratures."""
    rows = ["Equations that hold:"]
    for bound, kind in ((1e-9, "sums"), (1e-7, "quadrature")):
        here = [line for line in lines if line.bound == bound]
        worst = max((abs(line.difference) for line in here), default=0.0)
        right = sum(line.holds for line in here)
        rows.append(
            f"  by {kind:11} {right:2} of {len(here):2} to {bound:.0e}; the largest difference is "
            f"{worst:.0e}"
        )
    return "\n".join(rows)


def losses_text(losses: Iterable[Loss]) -> str:
    """Return the losses as a table, with a text that says how to read it."""
    title = _title('"My loss is 1.39: is that good?"  P = N(0, 1)')
    return "\n\n".join([title, losses_table(losses), _READING])


def losses_table(losses: Iterable[Loss]) -> str:
    """Return a table with a row for each loss: loss = (2 ln 2 - 2 JSD) + regret.

    >>> from minigan.theory import losses
    >>> print(losses_table(list(losses())[1:2]).splitlines()[-1])
    N(2, 1)   1/2 everywhere       1.386294 =       0.712633 + 0.673662  0.336831   D knows nothing
    """
    head = (
        f"{'G draws':10}{'D':19}{'loss':>10} = {'2 ln 2 - 2 JSD':>14} + "
        f"{'regret':>8}{'JSD':>10}   in words"
    )
    rows = [
        f"{row.model:10}{row.discriminator:19}{row.loss:10.6f} = {row.floor:14.6f} + "
        f"{row.regret:z8.6f}{row.jsd:z10.6f}"
        f"   {row.verdict}".rstrip()
        for row in losses
    ]
    return "\n".join([head, "-" * WIDTH, *rows])


def _title(text: str) -> str:
    """Return a text with a line of = below it."""
    return f"{text}\n{'=' * WIDTH}"
