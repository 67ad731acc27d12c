"""Where the processes of submissions come from.

    python -I -S -c "..." SETTINGS      (the code calls `main`; see launcher)

On Linux this process imports NumPy once, confines itself, and then makes a copy of itself for each
part: that takes a few milliseconds, where a new interpreter takes a hundred. It runs no line of any
submission. Each copy is watched by a warden, a process that ends it in time and says how it ended.

    grader -- zygote -- warden -- the submission's part

The last three have none of the grader's files.

Elsewhere ("single" in SETTINGS) the process serves one part itself, through standard input and
output.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
import time
from typing import Any

from . import isolation

_serve: Any = None  # child.serve, once NumPy can be imported


def main() -> None:
    """Prepare, then serve one part or make processes that do."""
    settings = json.loads(sys.argv[1])
    if settings["single"]:
        _prepare(settings)
        _single(settings)
    control = socket.socket(fileno=settings["control"])
    namespaces = [] if "namespaces" in settings["without"] else isolation.enter_namespaces()
    _prepare(settings)
    lock = None
    if "landlock" not in settings["without"]:
        lock = isolation.Landlock(settings["readable"], settings["writable"])
    if (lock is None or not lock.version) and "mount" in namespaces:
        namespaces += ["files"] * isolation.hide(settings["package"])
    control.send(json.dumps({"namespaces": namespaces}).encode())
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 1 << 16, 2)
        _reap()
        if not data:
            os._exit(0)
        part = {**settings, **json.loads(data)}
        if os.fork() == 0:
            control.close()
            _warden(part, descriptors[0], descriptors[1], lock)
        for descriptor in descriptors:
            os.close(descriptor)


def _prepare(settings: dict[str, Any]) -> None:
    """Import what submissions may use, and leave a path on which nothing else is found."""
    sys.path += settings["import"]
    from . import child  # imports NumPy

    global _serve
    _serve = child.serve
    for name in settings["modules"]:
        with contextlib.suppress(ImportError):  # threadpoolctl is optional
            __import__(name)
    exec(settings["warm"], {})
    gone = {*settings["harness"], *settings["import"]} - (
        {settings["library"]} if settings["library"] else set()
    )
    sys.path[:] = [path for path in sys.path if path not in gone]
    sys.argv[:] = ["submission"]


def _reap() -> None:
    """Forget wardens that have ended; end what has been left to this process."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _single(settings: dict[str, Any]) -> None:
    """Serve one part in this process."""
    receiver, sender = os.dup(0), os.dup(1)
    os.chdir(settings["scratch"])
    limits = settings["memory_mb"], settings["cpu_seconds"], settings["file_mb"]
    force = isolation.limit(*limits, no_forks=False)
    os.write(sender, json.dumps({"force": force}).encode() + b"\n")
    _serve(receiver, sender, settings)


# --------------------------------------------------------------------------------------- warden


def _warden(settings: dict[str, Any], channel: int, status: int, lock: Any) -> None:
    """Start the process of a part, end it in time with all that it has started, and say how."""
    os.setsid()
    got = [] if "namespaces" in settings["without"] else (
        isolation.enter_part(settings["scratch"], settings["scratch_mb"])
    )  # fmt: skip
    inner = os.fork()
    if inner == 0:
        os.close(status)
        _part(settings, channel, lock)
    os.close(channel)
    code = _wait(inner, status, time.monotonic() + settings["seconds"])
    _end_all(inner)
    told = {"code": code, "force": got}
    with contextlib.suppress(OSError):
        os.write(status, json.dumps(told).encode())
    os._exit(0)


def _wait(inner: int, status: int, deadline: float) -> int | None:
    """Return how the process ended; None if it is still there at the deadline or on request."""
    watched = [status]
    with contextlib.suppress(AttributeError, OSError):
        watched.append(os.pidfd_open(inner))
    while True:
        left = deadline - time.monotonic()
        step = left if len(watched) > 1 else min(left, 0.01)
        readable = select.select(watched, [], [], max(0.0, step))[0]
        pid, code = os.waitpid(inner, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(code)
        if left <= 0 or status in readable:  # the grader asks for the end, or has ended itself
            return None


def _end_all(inner: int) -> None:
    """End the process of the part, and those that it has left to this one."""
    for _ in range(1000):
        for pid in _children() or [inner]:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        try:
            os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        time.sleep(0.002)


def _children() -> list[int]:
    """Return the children of this process."""
    me = os.getpid()
    with contextlib.suppress(OSError), open(f"/proc/{me}/task/{me}/children") as file:
        return [int(pid) for pid in file.read().split()]
    return []


def _part(settings: dict[str, Any], channel: int, lock: Any) -> None:
    """Confine this process and serve the part. Never returns."""
    isolation.end_with_parent()
    os.chdir(settings["scratch"])
    filters = "seccomp" not in settings["without"] and isolation.can_filter()
    limits = settings["memory_mb"], settings["cpu_seconds"], settings["file_mb"]
    force = isolation.limit(*limits, no_forks=filters)
    isolation.drop_privileges()
    if lock is not None and lock.restrict():
        force.append("files")
    os.closerange(3, channel)
    os.closerange(channel + 1, 256)
    if filters and isolation.filter_calls():
        force.append("calls")
    os.write(channel, json.dumps({"force": force}).encode() + b"\n")
    _serve(channel, channel, settings)
