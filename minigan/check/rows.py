"""The results of checking many ops, a row each, and the table and the JSON that they make."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from minigan.backend import Seed, as_generator
from minigan.check.gradients import check_grad


@dataclass(frozen=True)
class Row:
    """The result of checking one op on one set of inputs."""

    op: str
    inputs: str  # their shapes
    order: int
    error: float | None  # the largest relative error; None if the op is not right
    seconds: float
    verdict: str  # "right", "WRONG: ..." or "not checked: ..."
    printed: tuple[str, ...] = ()  # the first lines that the op printed
    lines: int = 0  # how many lines it printed

    @property
    def ok(self) -> bool:
        """Whether the op was checked and is right."""
        return self.status == "right"

    @property
    def status(self) -> str:
        """The verdict in a word: "right", "wrong" or "not checked"."""
        return self.verdict.partition(":")[0].lower()

    @property
    def message(self) -> str:
        """What the verdict says more than its status."""
        return self.verdict.partition(": ")[2]


def check_all(*, order: int = 2, generator: Seed = 0) -> Iterator[Row]:
    """Check every op of minigan on its examples, and yield a row as soon as it is known.

    >>> next(check_all()).verdict
    'right'
    """
    from minigan.check.examples import EXAMPLES

    rng = as_generator(generator)
    for example in EXAMPLES:
        name, function = type(example.op).__name__, example.function or example.op
        yield _checked(name, function, example.inputs, order, rng)


def _checked(
    name: str, function: Callable[..., Any], inputs: Any, order: int, rng: np.random.Generator
) -> Row:
    """Return the row of one op of minigan's own."""
    start, error, verdict = time.perf_counter(), None, "right"
    try:
        error = check_grad(function, inputs, order=order, generator=rng).error
    except AssertionError as wrong:
        verdict = f"WRONG: {wrong}"
    except Exception as crash:  # a rule that crashes is as wrong as one that errs
        verdict = f"WRONG: {type(crash).__name__}: {crash}"
    return Row(name, shapes(inputs), order, error, time.perf_counter() - start, verdict)


def shapes(inputs: Iterable[Any]) -> str:
    """Return the shapes of inputs as a table shows them.

    >>> shapes([np.ones((3, 4)), None, 2.0])
    '3x4 None ()'
    """
    return " ".join(
        "None" if x is None else "x".join(map(str, np.shape(x))) or "()" for x in inputs
    )


def plain(text: str, most: int = 200) -> str:
    """Return a text in one line, without control characters and not longer than `most`.

    >>> plain("a\\n\\x1b[31m b")
    'a ?[31m b'
    """
    text = " ".join(text.split())
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= most else text[:most] + " ..."


def format_rows(rows: Iterable[Row]) -> str:
    """Return the rows as a table: what an op printed stands below it, and the last line counts."""
    rows = list(rows)
    cells = [("op", "inputs", "order", "error", "ms", "verdict")]
    for row in rows:
        error = "-" if row.error is None else f"{row.error:.1e}"
        milliseconds = f"{1e3 * row.seconds:.0f}"
        cells.append((row.op, row.inputs, str(row.order), error, milliseconds, row.verdict))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    widths[-1] = 0
    table = ["  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) for line in cells]
    lines = table[:1]
    for line, row in zip(table[1:], rows, strict=True):
        lines += [line, *(f"    printed: {text}" for text in row.printed)]
        if row.lines > len(row.printed):
            lines.append(f"    printed: ... ({row.lines - len(row.printed)} more lines)")
    count = {status: sum(r.status == status for r in rows) for status in ("right", "wrong")}
    rest = len(rows) - count["right"] - count["wrong"]
    counts = f"{count['right']} right, {count['wrong']} WRONG, {rest} not checked"
    return "\n".join([*lines, f"{len(rows)} checks: {counts}"])


def rows_json(rows: Iterable[Row], **more: Any) -> str:
    """Return the rows as a JSON object, with more fields before them.

    `ok` is true if there are rows and all are right.

    >>> rows_json([Row("Exp", "3x4", 2, 1e-9, 0.5, "right")], file=None)[:27]
    '{"file": null, "ok": true, '
    """
    rows = list(rows)
    found = [
        {
            "op": row.op,
            "inputs": row.inputs,
            "order": row.order,
            "error": row.error if row.error is not None and np.isfinite(row.error) else None,
            "seconds": round(row.seconds, 6),
            "status": row.status,
            "message": row.message,
            "printed": list(row.printed),
            "lines": row.lines,
        }
        for row in rows
    ]
    ok = bool(rows) and all(row.ok for row in rows)
    return json.dumps({**more, "ok": ok, "rows": found}, allow_nan=False)
