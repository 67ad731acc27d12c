"""Where Python, NumPy and minigan lie, and which of it a submission's process may read."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path

import numpy as np

import minigan

PACKAGE = Path(minigan.__file__).parent
_SITES = ("site-packages", "dist-packages", "__pycache__", "test", "idlelib", "tkinter")


def import_paths(library: str) -> list[str]:
    """Return the folders from which a process imports while it starts: that of NumPy, and others.

    `library` is the folder with a copy of minigan; empty for none.
    """
    found = [str(Path(np.__file__).resolve().parents[1])]
    return [library, *found] if library else found


def readable(library: str) -> list[str]:
    """Return the files and folders that a process may read."""
    found = [library] if library else []
    for kind in ("stdlib", "platstdlib"):
        folder = sysconfig.get_path(kind)
        # without site-packages: the package lies there, or a link to it
        found += [e.path for e in os.scandir(folder) if e.name not in _SITES]
    found += [p for p in sys.path if p.endswith("lib-dynload")]
    numpy = Path(np.__file__).resolve().parent
    found += [str(numpy), f"{numpy}.libs", str(numpy / ".libs")]
    if library:
        threadpoolctl = numpy.parent / "threadpoolctl.py"
        found.append(str(threadpoolctl))
    found += [os.devnull, "/dev/urandom", "/dev/random", "/dev/zero", "/usr/share/zoneinfo"]
    found += [p for p in _system_libraries() if os.path.isdir(p)]
    return list(dict.fromkeys(os.path.realpath(path) for path in found if os.path.exists(path)))


def _system_libraries() -> list[str]:
    multiarch = sysconfig.get_config_var("MULTIARCH") or "lib"
    return [f"/lib/{multiarch}", f"/usr/lib/{multiarch}", "/lib64"] if multiarch != "lib" else []


def environment(scratch: str) -> dict[str, str]:
    """Return the variables of a process: none of the grader's own."""
    kept = {k: os.environ[k] for k in ("SYSTEMROOT", "WINDIR") if k in os.environ}
    one = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
    folders = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), scratch)
    return {**kept, **dict.fromkeys(one, "1"), **folders, "LANG": "C.UTF-8", "PATH": os.defpath}


@functools.cache
def copy_of_library() -> Path:
    """Return a folder with a copy of minigan that has no classroom; it is removed at exit."""
    folder = Path(tempfile.mkdtemp(prefix="minigan-library-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    ignored = shutil.ignore_patterns("classroom", "cli", "viz", "explain")
    shutil.copytree(PACKAGE, folder / "minigan", ignore=ignored)
    return folder
