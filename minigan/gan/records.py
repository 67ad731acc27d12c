"""The records of a flight recorder, and their form in a checkpoint: one array for each name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np

from minigan.gan.generator_density import Array


@dataclass(frozen=True, eq=False)
class Record:
    """The state of a game before update `update`: numbers and arrays by name.

    A number is nan if it has no meaning in this game. Every game has the numbers batch_loss_D and
    batch_loss_G and the array samples (N, D). If D judges samples one by one, there is the array
    output, D's output on the grid (a logit if the objective is logistic).

    On a line there are also the numbers loss, floor = 2 ln 2 - 2 JSD, regret, error (the sum of
    the errors of these three), jsd, and angle (between G's gradient and that of the JSD, in
    degrees). The arrays are density (of G's samples, on the grid), gradient (of the JSD) and best
    (the output of D* on the grid). In the plane there are the numbers modes, high_quality and
    jsd_bound, a lower bound of the JSD.
    """

    update: int
    numbers: dict[str, float]
    arrays: dict[str, Array]


def stacked(records: Sequence[Record]) -> dict[str, Any]:
    """Return records as a checkpoint holds them, with one array for each name."""
    state: dict[str, Any] = {"updates": [record.update for record in records]}
    for part in ("numbers", "arrays"):
        parts = [getattr(record, part) for record in records]
        names = parts[0] if parts else ()
        state[part] = {name: np.stack([each[name] for each in parts]) for name in names}
    return state


def unstacked(
    state: Any, numbers: Sequence[str], shapes: Mapping[str, tuple[int, ...]]
) -> list[Record]:
    """Return the records that `stacked` wrote.

    `numbers` are their names, and `shapes` the shapes of the arrays of one record by name. Raises
    ValueError if the state has other names, shapes or types, or an array is not finite. Only
    `best`, the output of D*, may be infinite.
    """
    if not isinstance(state, dict) or set(state) != {"updates", "numbers", "arrays"}:
        raise ValueError("the records must be a dict of updates, numbers and arrays")
    updates, columns, arrays = state["updates"], state["numbers"], state["arrays"]
    if not isinstance(updates, list) or not all(type(update) is int for update in updates):
        raise ValueError("the updates of the records must be a list of integers")
    if any(a >= b for a, b in zip([0, *updates], updates, strict=False)):
        raise ValueError("the updates of the records must be positive, and increase")
    if not isinstance(columns, dict) or not isinstance(arrays, dict):
        raise ValueError("the numbers and the arrays of the records must be dicts")
    if not updates:
        return []
    if "jsd_estimate" in columns:  # of version 0.1; it is no bound
        columns = {name: column for name, column in columns.items() if name != "jsd_estimate"}
        columns["jsd_bound"] = np.full(len(updates), nan)
    _require(columns, dict.fromkeys(numbers, ()), len(updates))
    _require(arrays, shapes, len(updates))
    return [
        Record(
            update,
            {name: float(values[row]) for name, values in columns.items()},
            {name: values[row] for name, values in arrays.items()},
        )
        for row, update in enumerate(updates)
    ]


def _require(found: dict[str, Any], shapes: Mapping[str, tuple[int, ...]], records: int) -> None:
    """Raise ValueError unless the arrays have these names and shapes, and legal values."""
    if set(found) != set(shapes):
        raise ValueError(f"the records have {sorted(map(str, found))} (legal: {sorted(shapes)})")
    for name, shape in shapes.items():
        values = found[name]
        if not isinstance(values, np.ndarray) or values.dtype.kind != "f":
            raise ValueError(f"the records of {name} are not an array of floats")
        if values.shape != (records, *shape):
            raise ValueError(
                f"the records of {name} have shape {values.shape} (legal: {(records, *shape)})"
            )
        legal = np.isfinite(values) if shape else ~np.isinf(values)
        if name != "best" and not legal.all():
            raise ValueError(f"the records of {name} have values that are not finite")
