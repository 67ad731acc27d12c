"""Results of PyTorch kept in oracle.npz, so that tests know right values without PyTorch.

A program is a function of a module `m`, which is minigan or torch; it returns a nested list of
tensors, and `Refused` where the library raises an error. What is kept of a tensor is its dtype, its
shape and two weighted sums of its numbers: any wrong number changes them. To keep new results, with
PyTorch 2.13:

    python tests/oracle_programs.py
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).with_suffix(".npz")
Program = Callable[[Any], Any]
TOLERANCE = {"float64": 1e-8, "float32": 1e-5, "float16": 3e-3}
NAN, INFINITY = 1234.5, 2345.25  # numbers that stand for them in sums


class Refused:
    """Stands for the result of a call that raises an error."""


def attempt(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return the result of a call, or Refused if it raises an error that a user may meet."""
    try:
        return function(*arguments)
    except (TypeError, ValueError, RuntimeError, IndexError, OverflowError):
        return Refused()


def flat(value: Any) -> list[Any]:
    """Return the leaves of nested lists and tuples."""
    if isinstance(value, list | tuple):
        return [leaf for part in value for leaf in flat(part)]
    return [value]


def as_array(x: Any) -> np.ndarray:
    """Return the numbers of a tensor of either library, of an array or of a number."""
    if hasattr(x, "requires_grad"):
        torchs = type(x).__module__.startswith("torch")
        x = x.numpy(force=True) if torchs else x.detach().numpy()
    return np.asarray(x)


def finite(x: np.ndarray) -> np.ndarray:
    """Return the numbers in float64, with other numbers in place of NaN and infinity."""
    x = x.astype(np.float64)
    return np.nan_to_num(x, nan=NAN, posinf=INFINITY, neginf=-INFINITY)


def sums(x: np.ndarray) -> tuple[float, float]:
    """Return two weighted sums of the numbers of x; their weights are small integers."""
    numbers = np.nan_to_num(
        x.astype(np.float64).ravel(), nan=NAN, posinf=INFINITY, neginf=-INFINITY
    )
    k = np.arange(numbers.size)
    return float(numbers @ (1 + k * 37 % 11)), float(numbers @ (k * 53 % 13 - 6.5))


def outcome(program: Program, m: Any) -> list[Any]:
    """Return the results of a program as arrays; None stands for an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        leaves = flat(program(m))
    return [None if isinstance(x, Refused) else as_array(x) for x in leaves]


def form(arrays: list[Any]) -> str:
    """Return dtypes and shapes as text: "float64:2,3;int64:;refused"."""
    parts = ["refused" if x is None else f"{x.dtype}:{','.join(map(str, x.shape))}" for x in arrays]
    return ";".join(parts)


@cache
def kept() -> dict[str, tuple[str, np.ndarray]]:
    """Return what the file keeps of each program: its form, and two sums for each array."""
    with np.load(FILE) as file:
        names, forms, numbers = (file[key] for key in ("names", "forms", "sums"))
    texts = bytes(forms).decode().split("\n")
    lengths = [text.count(":") for text in texts]
    parts = np.split(numbers, np.cumsum(lengths)[:-1])
    return {
        name: (text, part)
        for name, text, part in zip(bytes(names).decode().split("\n"), texts, parts, strict=True)
    }


def check(name: str, program: Program, m: Any) -> None:
    """Raise AssertionError if the results of `program` differ from those that PyTorch had."""
    wanted_form, wanted = kept()[name]
    arrays = outcome(program, m)
    assert form(arrays) == wanted_form, f"{name}: {form(arrays)}, PyTorch {wanted_form}"
    arrays = [x for x in arrays if x is not None]
    for i, (x, pair) in enumerate(zip(arrays, wanted, strict=True)):
        found = sums(x)
        scale = TOLERANCE.get(str(x.dtype), 0.0) * (1 + np.abs(finite(x)).sum())
        assert np.all(np.abs(np.subtract(found, pair)) <= scale), (
            f"{name}: array {i} of {len(arrays)} has the weighted sums {found}, PyTorch's has "
            f"{tuple(pair)}. The tests test_torch_*.py compare number by number, with PyTorch."
        )
