"""Files of ops, as texts, and the rows that a check of them gives."""

from pathlib import Path
from typing import Any

from minigan.check import Row, check_file

HEAD = """
import ctypes, math, os, signal, sys, threading, time
from dataclasses import dataclass
import numpy as np
import minigan
from minigan import Op, Tensor
"""


def op(name: str, forward: str = "x * x", rule: str = "g * x * 2.0", more: str = "") -> str:
    """The text of an op. Forward and rule are an expression, or lines after a line break."""
    bodies = [
        text if text.startswith("\n") else f"\n        return {text}" for text in (forward, rule)
    ]
    return (
        f"class {name}(Op):\n    def forward(self, x):{bodies[0]}\n"
        f"    def backward_x(self, g, x):{bodies[1]}\n{more}\n"
    )


def examples(value: str) -> str:
    """The text of a method examples() of a class."""
    return f"    @staticmethod\n    def examples(): return {value}"


def written(folder: Path, text: str) -> Path:
    path = folder / "my-ops.py"
    path.write_text(HEAD + text)
    return path


def rows_of(folder: Path, text: str, **settings: Any) -> list[Row]:
    return list(check_file(written(folder, text), **settings))
