"""Results of runs that are too long for a chapter, kept in files that a command makes again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent


def recorded(name: str) -> Any:
    """Return the content of benchmarks/NAME, a JSON file with the results of longer runs.

    Beside the notebooks of a built book there is no folder benchmarks; the file lies in lesson/.

    >>> len(recorded("modes.json"))
    130
    """
    folder = _HERE if (_HERE / name).exists() else _HERE.parents[1] / "benchmarks"
    return json.loads((folder / name).read_text(encoding="utf-8"))
