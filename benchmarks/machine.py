"""What a figure depends on besides the code: the machine, the libraries, their BLAS and their
threads.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.rivals import cores

_STATUS = Path("/proc/self/status")


def machine() -> dict[str, Any]:
    """The computer, for the process that asks the others."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return {
        "cpu": _cpu(),
        "cores": cores(),
        "load": load,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "set": {
            name: os.environ[name]
            for name in sorted(os.environ)
            if name.startswith(("OPENBLAS_", "OMP_", "MKL_"))
        },
    }


def libraries(module: str, settings: str) -> dict[str, Any]:
    """The libraries of this process, after its imports."""
    from threadpoolctl import threadpool_info

    pools = [
        " ".join(
            str(pool[key]) for key in ("internal_api", "version", "architecture") if pool.get(key)
        )
        + f" ({pool['num_threads']} threads)"
        for pool in threadpool_info()
    ]
    return {
        module: _version(module),
        "numpy": _version("numpy"),
        "pools": pools,
        "settings": settings,
    }


class Used(NamedTuple):
    """What this process has used so far, all its threads together."""

    cpu: float  # seconds
    switches: int | None  # how often a thread gave up its core to wait; None on Windows


def used() -> Used:
    """What this process has used so far."""
    try:
        import resource
    except ImportError:  # Windows
        return Used(time.process_time(), None)
    return Used(time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw)


def memory() -> dict[str, int | None]:
    """This process's resident bytes: now, and at most so far (None where the system does not
    tell).
    """
    if _STATUS.exists():
        lines = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines() if ":" in line)
        return {
            name: 1024 * int(lines[key].split()[0])
            for name, key in (("now", "VmRSS"), ("peak", "VmHWM"))
        }
    try:
        import resource
    except ImportError:  # Windows
        return {"now": None, "peak": None}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"now": None, "peak": peak if sys.platform == "darwin" else 1024 * peak}


def describe(about: dict[str, Any]) -> str:
    """`machine()` or `libraries()` in a line."""
    if "cpu" in about:
        line = "{cpu}, {cores} cores, load {load}, {system}, Python {python}".format_map(about)
        return line + "".join(f", {name}={value}" for name, value in about["set"].items())
    versions = [
        f"{name} {value}" for name, value in about.items() if name not in ("pools", "settings")
    ]
    return ", ".join([*versions, about["settings"], *about["pools"]])


def _cpu() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # run from its source
        return str(getattr(sys.modules[package], "__version__", "unknown"))
