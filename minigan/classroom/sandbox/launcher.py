"""The grader's side of the sandbox: starts processes for parts, and talks to them.

    with Sandbox(memory_mb=1024) as sandbox, sandbox.open(sources, seconds=15) as part:
        part.call("f", [1.0])

`Part.call` returns an `Answer`; it raises `Ended` if the process ended or did not answer in time.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from minigan.classroom.sandbox import places, wire
from minigan.classroom.sandbox.links import Link, PipeLink, SocketLink

_HERE = Path(__file__).parent
_FILE_MB, _SCRATCH_MB = 16, 64
# A first large product looks for the BLAS library, which a submission may not do.
_WARM = "from minigan.threads import one_blas_thread\nwith one_blas_thread: pass"
_START = """
import json, sys
sys.path[:0] = json.loads(sys.argv[1])["harness"]
from sandbox.zygote import main
main()
"""

# Modules of the standard library that are ready in every process, because importing one takes
# longer than a part should wait.
_MODULES = (
    "numpy.fft", "numpy.linalg", "numpy.random", "numpy.lib.stride_tricks", "numpy.polynomial",
    "itertools", "functools", "collections", "dataclasses", "typing", "math", "operator",
    "fractions", "random", "inspect", "copy", "ast", "re", "json", "ctypes",
)  # fmt: skip
_MODULES_OF_LIBRARY = (
    "minigan", "minigan.nn.functional", "minigan.optim", "minigan.gan", "minigan.autoencoder",
    "minigan.models", "minigan.datasets", "threadpoolctl",
)  # fmt: skip


@dataclass(frozen=True)
class Error:
    """An exception of the submission: its type, its text, and the line that it came from."""

    type: str
    text: str = ""
    line: int | None = None
    label: str | None = None  # of the file or cell
    bases: tuple[str, ...] = ()  # the names of its class and of that class's bases


@dataclass(frozen=True)
class Answer:
    """What a call returned, or the exception that it raised, and what it used meanwhile."""

    value: Any = None
    error: Error | None = None
    uses: tuple[str, ...] = ()


class Ended(Exception):
    """The process of a part ended: `status` is "timeout", "memory" or "error"."""

    def __init__(self, status: str, how: str = "") -> None:
        super().__init__(how)
        self.status, self.how = status, how


@dataclass(frozen=True)
class Loaded:
    """What loading a submission has shown."""

    names: frozenset[str] = frozenset()
    errors: tuple[Error, ...] = ()


class Sandbox:
    """Makes processes for the parts of submissions, with limits.

    `library` says whether submissions may import minigan (without this package); `without` names
    protections that are left out ("namespaces", "landlock", "seccomp", "fork",
    "audit"), for tests.
    """

    def __init__(
        self, memory_mb: int = 1024, library: bool = False, without: Sequence[str] = ()
    ) -> None:
        self.memory_mb, self.library, self.without = memory_mb, library, tuple(without)
        self.forks = sys.platform == "linux" and "fork" not in without
        self._base = tempfile.mkdtemp(prefix="minigan-classroom-")
        atexit.register(self.close)
        self._zygote: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self.force: set[str] = set()  # the names of the protections that are in force

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all processes and remove the scratch folder."""
        atexit.unregister(self.close)
        if self._control is not None:
            self._control.close()
        if self._zygote is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._zygote.wait(1.0)
            self._zygote.kill()
            self._zygote.communicate()
        self._zygote = self._control = None
        shutil.rmtree(self._base, ignore_errors=True)

    def start(self) -> None:
        """Start the process that the parts are forked from; it costs the parts no time then."""
        if self.forks and self._control is None:
            self._start()

    def open(
        self, sources: Sequence[tuple[str, str]], seconds: float, given: Sequence[str] = ()
    ) -> Part:
        """Return a new process in which the submission is loaded; it is ended after `seconds`.

        `given` says what it finds there: "conv2d", and "library conv2d", which is that of
        minigan.nn.functional. Raises Ended if it ends while it loads.
        """
        scratch = os.path.join(self._base, "scratch", secrets.token_hex(8))
        os.makedirs(scratch, mode=0o700)
        deadline = time.monotonic() + seconds
        settings = {"scratch": scratch, "seconds": seconds, "cpu_seconds": int(seconds) + 2}
        link = self._forked(settings) if self.forks else self._spawned(settings)
        part = Part(self, link, scratch, deadline)
        try:
            part.load(sources, given)
        except BaseException:
            part.close()
            raise
        return part

    # ---------------------------------------------------------------------------------- processes

    def _settings(self) -> dict[str, Any]:
        library = str(places.copy_of_library()) if self.library else ""
        readable = places.readable(library)
        return {
            "single": not self.forks,
            "package": str(places.PACKAGE),
            "warm": _WARM if self.library else "",
            "library": library,
            "import": places.import_paths(library),
            "modules": [*_MODULES, *(_MODULES_OF_LIBRARY if self.library else ())],
            "readable": readable,
            "writable": [os.path.join(self._base, "scratch"), os.devnull],
            "memory_mb": self.memory_mb,
            "file_mb": _FILE_MB,
            "scratch_mb": _SCRATCH_MB,
            "without": list(self.without),
        }

    def _command(self, settings: dict[str, Any]) -> list[str]:
        # -I and -S: no variables, no user folder, no site-packages
        options = ["-I", "-S", "-B", "-X", "utf8", "-c", _START]
        settings["harness"] = [str(_HERE.parent)]
        return [sys.executable, *options, json.dumps(settings)]

    def _start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        os.makedirs(os.path.join(self._base, "scratch"), exist_ok=True)
        self._zygote = subprocess.Popen(
            self._command({**self._settings(), "control": theirs.fileno()}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=self._base,
            env=places.environment(self._base),
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
        theirs.close()
        ours.settimeout(60.0)
        hello = ours.recv(1 << 16)
        if not hello:
            problem = self._zygote.communicate()[1].decode(errors="replace").strip()
            raise OSError(f"classroom: {sys.executable} could not be started: {problem[-300:]}")
        told = json.loads(hello)
        self.force.update(told["namespaces"])
        self._control = ours

    def _forked(self, settings: dict[str, Any]) -> Link:
        self.start()
        assert self._control is not None
        ours, theirs = socket.socketpair()
        status, warden = socket.socketpair()
        message = json.dumps(settings).encode()
        try:
            socket.send_fds(self._control, [message], [theirs.fileno(), warden.fileno()])
        finally:
            theirs.close()
            warden.close()
        return SocketLink(ours, status)

    def _spawned(self, settings: dict[str, Any]) -> Link:
        process = subprocess.Popen(
            self._command({**self._settings(), **settings}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=settings["scratch"],
            env=places.environment(settings["scratch"]),
            start_new_session=os.name != "nt",
        )
        return PipeLink(process)


class Part:
    """A process in which one part of a submission runs."""

    def __init__(self, sandbox: Sandbox, link: Link, scratch: str, deadline: float) -> None:
        self._sandbox, self._link, self._scratch = sandbox, link, scratch
        self.deadline = deadline
        self.loaded = Loaded()
        self.answers: Callable[..., Any] | None = None  # answers what a driver asks

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process with all that it has started, and remove its folder."""
        self._sandbox.force.update(self._link.close().get("force", ()))
        shutil.rmtree(self._scratch, ignore_errors=True)

    def load(self, sources: Sequence[tuple[str, str]], given: Sequence[str]) -> None:
        """Load the submission: a list of (label, text). Raises Ended if the process ends."""
        with contextlib.suppress(ValueError):
            self._sandbox.force.update(self._receive().get("force", ()))
        pairs = [list(source) for source in sources]
        self._link.send(wire.line({"load": pairs, "given": list(given)}))
        try:
            reply = self._receive()
            errors = tuple(_error(error) for error in reply["errors"])
            names = frozenset(str(name) for name in reply["names"])
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Ended("error", "forged") from None
        self.loaded = Loaded(names, errors)

    def call(self, name: str, /, *args: Any, **kwargs: Any) -> Answer:
        """Call a function of the submission."""
        return self._ask({"call": name}, args, kwargs)

    def drive(self, source: str, /, *args: Any, **kwargs: Any) -> Answer:
        """Run a driver, see `child`."""
        return self._ask({"drive": source}, args, kwargs)

    def replace(self, functions: Mapping[str, str], answers: Callable[..., Any]) -> None:
        """Replace functions by their sources; the grader answers the calls where one is empty.

        `answers` receives (name, args, kwargs).
        """
        self.answers = answers
        self._ask({"replace": dict(functions)}, (), {})

    def _ask(self, request: dict[str, Any], args: Any, kwargs: Any) -> Answer:
        nonce = wire.nonce()
        values = {"args": [wire.encode(value) for value in args]}
        named = {"kwargs": {name: wire.encode(value) for name, value in kwargs.items()}}
        self._link.send(wire.line({**request, **values, **named, "nonce": nonce}))
        try:
            while True:
                reply = self._receive()
                if "ask" in reply and self.answers is not None:
                    self._tell(reply)
                elif reply.get("nonce") == nonce:
                    break
                else:
                    raise Ended("error", "forged")
            uses = tuple(str(use)[:200] for use in reply.get("uses", ()))[:10]
            if "error" in reply:
                return Answer(error=_error(reply["error"]), uses=uses)
            return Answer(wire.decode(reply["value"]), uses=uses)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Ended("error", "forged") from None

    def _tell(self, question: dict[str, Any]) -> None:
        """Answer a question of a driver."""
        assert self.answers is not None
        payload = wire.decode(question["ask"])
        try:
            reply = {"answer": wire.encode(self.answers(*payload))}
        except (ValueError, TypeError, IndexError, MemoryError) as error:
            reply = {"error": str(error)[:300]}
        self._link.send(wire.line({**reply, "nonce": str(question["nonce"])[:64]}))

    def _receive(self) -> dict[str, Any]:
        data = self._link.line(self.deadline)
        if data is None:
            raise self._ending()
        return wire.message(data)

    def _ending(self) -> Ended:
        """Return why no answer came."""
        late = time.monotonic() >= self.deadline
        told = self._link.close()
        code = told.get("code")
        if self._link.too_long:
            return Ended("error", "forged")
        if late or code is None:
            return Ended("timeout")
        if code == -24:  # SIGXCPU
            return Ended("timeout")
        return Ended("error", f"signal {-code}" if code < 0 else f"exit {code}")


def _error(data: dict[str, Any]) -> Error:
    line = data.get("line")
    label = data.get("label")
    return Error(
        str(data["type"])[:60],
        str(data.get("text", ""))[:300],
        line if isinstance(line, int) else None,
        label if isinstance(label, str) else None,
        tuple(str(base) for base in data.get("bases", ()))[:20],
    )
