"""What every measurement prints first, and keeps where it is asked to."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.machine import describe, machine
from benchmarks.turns import Side


class Report:
    """The machine, the libraries of each side, and the results by name; `--json F` keeps all of
    it.
    """

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.file = arguments.json
        self.kept: dict[str, Any] = {"machine": machine(), "sides": {}, "results": {}}
        print(describe(self.kept["machine"]))

    def introduce(self, sides: Iterable[Side]) -> None:
        """Print once what each side is made of."""
        for side in sides:
            if side.name not in self.kept["sides"]:
                self.kept["sides"][side.name] = side.about
                print(f"{side.name}: {describe(side.about)}")

    def keep(self, name: str, result: Any) -> None:
        """Keep a result; the file is whole after each."""
        self.kept["results"][name] = result
        if self.file:
            Path(self.file).write_text(json.dumps(self.kept, indent=1) + "\n", encoding="utf-8")
