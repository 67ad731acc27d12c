"""The child's side of `minigan.check.process`: it runs named functions under limits, one at a time.

This file runs as a script, in a fresh interpreter and before minigan can be imported, so it uses
the standard library alone (NumPy where an array must be sent). A message is a line of JSON. The
first line holds the settings; every further line asks for one call, with a number used once (a
nonce) that its answer must repeat. Standard input and output carry these messages; what the called
functions print goes to standard error.
"""

from __future__ import annotations

import base64
import contextlib
import faulthandler
import importlib
import json
import math
import os
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

_FRAMES = 20  # of each end of a traceback, how many are sent
_TEXT = 2000  # of a message, how many characters are sent

# Taken now, since the called functions may replace what json has.
_encode, _decode = json.JSONEncoder().encode, json.JSONDecoder().decode

# ------------------------------------------------------------------------------ values as JSON


def packed(value: Any) -> Any:
    """Return a value as JSON can hold it; NumPy's arrays and scalars are kept bit for bit.

    Raises TypeError if the value is not made of None, bools, numbers, texts, lists, tuples (which
    become lists), dicts and arrays of numbers.

    >>> packed({"a": (1, 2.5)})
    {'dict': [['a', [1, 2.5]]]}
    """
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, list | tuple):
        return [packed(item) for item in value]
    if isinstance(value, dict):
        return {"dict": [[packed(key), packed(item)] for key, item in value.items()]}
    import numpy as np

    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        if array.dtype.kind not in "biufc":
            raise TypeError(f"an array of dtype {array.dtype} cannot be sent; it must hold numbers")
        array = np.asarray(array, array.dtype.newbyteorder("<"))
        return {
            "array": base64.b64encode(array.tobytes()).decode(),
            "dtype": array.dtype.str,
            "shape": list(array.shape),
            "scalar": isinstance(value, np.generic),
        }
    for kind in (int, float, str):
        if isinstance(value, kind):  # of a subclass
            return kind(value)
    raise TypeError(f"a value of type {type(value).__name__} cannot be sent to another process")


def unpacked(message: Any) -> Any:
    """Return the value that `packed` made this message of. Raises ValueError if there is none.

    >>> unpacked(packed({"a": (1, 2.5)}))
    {'a': [1, 2.5]}
    """
    if isinstance(message, list):
        return [unpacked(item) for item in message]
    if not isinstance(message, dict):
        return message
    try:
        if "dict" in message:
            return {unpacked(key): unpacked(item) for key, item in message["dict"]}
        import numpy as np

        name, shape = str(message["dtype"]), tuple(message["shape"])
        if not re.fullmatch(r"[<|][biufc]\d+", name) or not all(type(n) is int for n in shape):
            raise ValueError(f"dtype {name[:20]!r} or shape {shape} is not that of an array")
        dtype = np.dtype(name)
        numbers = base64.b64decode(message["array"], validate=True)
        if len(numbers) != dtype.itemsize * math.prod(shape):
            raise ValueError(f"{len(numbers)} bytes do not fill an array of shape {shape}")
        array = np.frombuffer(numbers, dtype).astype(dtype.newbyteorder("=")).reshape(shape)
        return array[()] if message.get("scalar") is True else array
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"a message cannot be read: {error}") from error


def described(error: BaseException) -> dict[str, Any]:
    """Return an exception's class, text and frames: (file, line, function, source), outer first."""
    frames = list(traceback.extract_tb(error.__traceback__))
    if len(frames) > 2 * _FRAMES:  # of a deep recursion the two ends are enough
        frames = [*frames[:_FRAMES], *frames[-_FRAMES:]]
    found = [[f.filename, f.lineno or 0, f.name, f.line or ""] for f in frames]
    try:
        message = str(error)
        if isinstance(error, SyntaxError) and error.filename:
            message = error.msg
            found.append([error.filename, error.lineno or 0, "", (error.text or "").strip()])
    except BaseException as another:  # an exception class of the called function's own
        message = f"(its text cannot be made: {type(another).__name__})"
    return {"kind": type(error).__name__, "message": message[:_TEXT], "frames": found}


# -------------------------------------------------------------------------------------- limits

# The numbers of <sched.h>, <sys/mount.h>, <sys/prctl.h>.
_NEWNS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = 0x20000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
_NOSUID_NODEV_NOEXEC, _PRIVATE, _DEATH_SIGNAL = 2 | 4 | 8, 1 << 18 | 1 << 14, 1


def limit(settings: dict[str, Any], tasks: int, alone: bool) -> list[str]:
    """Set the limits of this process, and return the names of those that the system lacks.

    `tasks` counts what this user runs besides, and `alone` says what `isolate` returned.
    """
    wanted = {
        "memory": ("RLIMIT_AS", settings["memory_mb"] << 20),
        "file sizes": ("RLIMIT_FSIZE", settings["file_mb"] << 20),
        "CPU time": ("RLIMIT_CPU", settings["cpu_seconds"]),
        "processes": ("RLIMIT_NPROC", settings["processes"] + tasks),
    }
    missing = []
    if not tasks:  # a limit of the user's processes needs their number
        del wanted["processes"]
        missing += ["processes"] * (not alone)
    for what, (name, most) in wanted.items():
        try:
            import resource

            kind = getattr(resource, name)
            hard = resource.getrlimit(kind)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (most, most))
            if what == "processes" and os.geteuid() == 0:
                missing += [what] * (not alone)  # the system exempts root, but `isolate` counts
        except (ImportError, AttributeError, OSError, ValueError):
            missing.append(what)
    if not alone:
        missing += ["processes left behind"] + ["network"] * (not settings["network"])
    return missing


def _tasks() -> int:
    """Return how many processes and threads of this user /proc shows; 0 if it is unknown."""
    count, me = 0, os.geteuid() if hasattr(os, "geteuid") else 0
    with contextlib.suppress(OSError):
        for entry in os.scandir("/proc"):
            with contextlib.suppress(OSError):
                if entry.name.isdecimal() and entry.stat().st_uid == me:
                    count += len(os.listdir(f"{entry.path}/task"))
    return count


def isolate(settings: dict[str, Any], tell: Callable[[dict[str, Any]], None]) -> bool:
    """Continue in a namespace of processes (and of networks) of its own, if the system has them.

    Three processes result, and only the innermost returns. The second one is the first process of
    the namespace: when it ends, the kernel ends all others there, whatever they did to hide. It
    ends with the innermost one, when there are too many processes, or with the first one, which
    ends with its parent.
    """
    parent = os.getppid()
    if not hasattr(os, "fork") or (system := _unshared(settings["network"])) is None:
        return False
    if second := os.fork():
        _wait(second, lambda: {} if os.getppid() != parent else None)
        os._exit(0)
    system.prctl(_DEATH_SIGNAL, signal.SIGKILL)
    if system.mount(None, b"/", None, _PRIVATE, None) == 0:  # /proc shows this namespace alone
        system.mount(b"proc", b"/proc", b"proc", _NOSUID_NODEV_NOEXEC, None)
    with contextlib.suppress(AttributeError, OSError):  # root's: others have RLIMIT_NPROC
        first = os.SCHED_FIFO | os.SCHED_RESET_ON_FORK
        os.sched_setscheduler(0, first, os.sched_param(1))  # a crowd cannot keep it from counting
    if innermost := os.fork():
        most = settings["processes"]
        crowd = {"ended": f"it had more than {most} processes and threads at once"}
        tell(_wait(innermost, lambda: crowd if _last_pid() > most and _tasks() > most else None))
        os._exit(0)
    return True


def _unshared(network: bool) -> Any:
    """Let new children live in namespaces of their own; return the C library, or None."""
    try:
        import ctypes

        system = ctypes.CDLL(None, use_errno=True)
        user, group = os.geteuid(), os.getegid()
        flags = _NEWPID | _NEWIPC | _NEWNS | (0 if network else _NEWNET)
        if user == 0 and system.unshare(flags) == 0:
            return system
        if system.unshare(flags | _NEWUSER) != 0:
            return None
        maps = {"setgroups": "deny", "uid_map": f"{user} {user} 1", "gid_map": f"{group} {group} 1"}
        for name, text in maps.items():
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
        return system
    except (ImportError, AttributeError, OSError, TypeError):
        return None


def _wait(child: int, stop: Callable[[], dict[str, Any] | None]) -> dict[str, Any]:
    """Wait until a child ends or `stop` returns a reason; return how it ended, or the reason."""
    while (reason := stop()) is None:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == child:
            return {"ended": os.waitstatus_to_exitcode(status)}
        time.sleep(0 if pid else 0.005)
    return reason


def _last_pid() -> int:
    """Return the last number of a process that was given in this namespace; 0 if it is unknown."""
    try:
        with open("/proc/sys/kernel/ns_last_pid") as file:
            return int(file.read())
    except (OSError, ValueError):
        return 0


# --------------------------------------------------------------------------------------- calls


def answer(request: dict[str, Any]) -> str:
    """Return the answer to one request, as JSON: the value, or the exception that was raised."""
    nonce = {"nonce": request["nonce"]}
    try:
        module, _, name = request["target"].partition(":")
        function = getattr(importlib.import_module(module), name)
        return _encode({**nonce, "value": packed(function(unpacked(request["payload"])))})
    except BaseException as error:  # SystemExit and KeyboardInterrupt are answers, too
        return _encode({**nonce, "error": described(error)})


def main() -> None:
    """Answer requests until standard input ends."""
    requests, replies, printed = os.fdopen(os.dup(0), "rb"), os.dup(1), os.dup(2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)

    def tell(message: dict[str, Any]) -> None:
        _write(replies, _encode(message))

    settings = _decode(requests.readline().decode())
    if hasattr(signal, "SIGUSR1"):
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    sys.path[:] = settings["paths"]
    tasks = _tasks()
    tell({"missing": limit(settings, tasks, isolate(settings, tell))})
    faulthandler.enable(replies)
    if hasattr(faulthandler, "register"):  # how the parent asks where a call is
        faulthandler.register(signal.SIGUSR1, replies)
    me = os.getpid()
    for line in iter(requests.readline, b""):
        request = _decode(line.decode())
        reply = answer(request)
        if os.getpid() != me:  # a copy of this process, which the called function has forked
            os._exit(0)
        with contextlib.suppress(Exception):  # the called function may have closed them
            sys.stdout.flush()
            sys.stderr.flush()
        with contextlib.suppress(OSError):
            _write(printed, "\x1e" + request["nonce"])  # all that it has printed came before
        _write(replies, reply)
    os._exit(0)


def _write(fd: int, line: str) -> None:
    data = line.encode() + b"\n"
    while data:
        data = data[os.write(fd, data) :]


if __name__ == "__main__":
    main()
