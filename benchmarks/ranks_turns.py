"""Sides of `ranks`: processes that make an update together, and answer as one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.turns import Side
from benchmarks.workloads import Text

_SETTINGS = {  # of Open MPI: as `minigan train --ranks` has them
    "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
    "PRTE_MCA_hwloc_default_binding_policy": "none",
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
}


@dataclass(frozen=True)
class Row:
    """A side: which library, on how many processes, of how many threads.

    With `silent` it is one process that computes what one of so many ranks computes; `whole` gives
    it a whole batch.
    """

    name: str
    library: str = "minigan"
    threads: int = 1
    size: int = 1
    silent: int = 0
    whole: bool = False


class RankSide(Side):
    """The processes of a row. `run` has them make updates together, and returns the answer."""

    def __init__(self, row: Row) -> None:
        self.name, self.dialect, self.threads = row.name, "common", row.threads
        self.folder = Path(tempfile.mkdtemp(prefix="minigan-benchmark-"))
        for rank in range(1, row.size):
            os.mkfifo(self.folder / str(rank))
        more = {"folder": str(self.folder), "starter": os.getpid()}
        asked = json.dumps({**asdict(row), **more})
        command = [sys.executable, "-m", "benchmarks.ranks_side", asked]
        if row.library == "minigan" and row.size > 1:
            command = [mpiexec() or "mpiexec", "-n", str(row.size), *command]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, text=True, env={**_SETTINGS, **os.environ}
        )
        self.about = self._answer()["about"]

    def ask(self, text: Text, times: int) -> None:
        """Let the processes begin; `answer` waits for the end."""
        self._send({"setup": text.setup, "update": text.update, "times": times})

    def answer(self) -> dict[str, Any]:
        """The answer to the last request."""
        return self._answer()

    def probe(self, calls: list[tuple[str, int, int]], times: int) -> list[float]:
        """The seconds of each call (kind, messages, bytes): the median of so many."""
        self._send({"probe": calls, "times": times})
        found: list[float] = self._answer()["times"]
        return found

    def close(self) -> None:
        self.process.communicate("\n")
        shutil.rmtree(self.folder)

    def _send(self, request: dict[str, Any]) -> None:
        assert self.process.stdin
        print(json.dumps(request), file=self.process.stdin, flush=True)


def mpiexec() -> str | None:
    """The path of mpiexec: beside this Python, else the first on the PATH."""
    beside = str(Path(sys.executable).parent)
    return shutil.which("mpiexec", path=beside) or shutil.which("mpiexec")
