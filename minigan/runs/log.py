"""The log of a run: a line of JSON for each record, {"update": 3, "loss": 0.5, ...}."""

from __future__ import annotations

import json
import math
from typing import Any


def parsed(content: bytes) -> list[dict[str, Any]]:
    """Return the records of a log, without a last line that a kill cut short.

    A record has the number of its update, which increases, and finite numbers by name; the names
    are those that Python allows. Raises ValueError that names the line for anything else.

    >>> parsed(b'{"update": 1, "loss": 0.5}\\n{"upda')
    [{'update': 1, 'loss': 0.5}]
    """
    records: list[dict[str, Any]] = []
    lines = content.splitlines(keepends=True) if content else []
    for number, line in enumerate(lines, 1):
        last = records[-1]["update"] if records else 0
        try:
            record = json.loads(line)
            reason = _wrong(record, last)
        except RecursionError:
            reason = "it is nested too deeply"
        except ValueError as error:
            reason = f"{error!s:.80}"
        if reason:
            if number == len(lines) and not line.endswith(b"\n"):
                break
            raise ValueError(f"line {number} is not a record of a log ({reason})")
        records.append(record)
    return records


def _wrong(record: Any, last: int) -> str:
    """Return why this is not a record after that of update `last`; "" if it is one."""
    if not isinstance(record, dict) or type(record.get("update")) is not int:
        return "there is no number of an update"
    if not last < record["update"] < 2**63:
        return f"update {record['update']!s:.20} is not after update {last}"
    for name, value in record.items():
        if not name.isidentifier() or len(name) > 40:
            return f"{name!r:.40} is not the name of a number"
        if type(value) not in (int, float) or not _is_finite(value):
            return f"{name:.40} is {value!r:.40}, and not a finite number"
    return ""


def _is_finite(value: float) -> bool:
    """Return whether a number is finite as a float: an integer may be too large for one."""
    try:
        return math.isfinite(value)
    except OverflowError:
        return False
