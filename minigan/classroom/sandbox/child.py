"""The submission's side: loads it, calls its functions on request, and sends back what they return.

This file runs in a process of its own, without the grader's package: it holds no right answers, no
checks and no points. Whatever a submission changes here can only spoil its own answers.

    load      {"load": [[label, text], ...], "given": [...]}   -> {"ready": ..., "names": [...]}
    call      {"nonce", "call": name, "args", "kwargs"}        -> {"nonce", "value" or "error"}
    drive     {"nonce", "drive": source, "args"}               -> the same, of its function `run`
    question  {"nonce", "ask": payload}                        <- {"nonce", "answer": ...}

A driver is a short piece of the grader's code for what no single call can do, such as building a
graph of `Value`s. It may call `ask(...)`, which the grader answers.
"""

from __future__ import annotations

import ast
import contextlib
import linecache
import os
import sys
import types
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from . import audit, standin, wire

_ERRORS = 5  # of loading, how many are told
_LEAVE = os._exit


class Channel:
    """Lines from and to the grader."""

    def __init__(self, receiver: int, sender: int) -> None:
        self._lines = os.fdopen(receiver, "rb", buffering=1 << 16)
        self._sender, self._write = sender, os.write

    def receive(self) -> dict[str, Any]:
        """Return the next message; end the process if there will be none."""
        line = self._lines.readline()
        if not line:
            _LEAVE(0)
        return wire.message(line)

    def send(self, message: dict[str, Any]) -> None:
        """Send a message."""
        data = memoryview(wire.line(message))
        while data:
            data = data[self._write(self._sender, data) :]


class Server:
    """Answers the grader's requests about one submission."""

    def __init__(self, channel: Channel, settings: dict[str, Any]) -> None:
        self.channel, self.library = channel, bool(settings["library"])
        self.audited = "audit" not in settings["without"]
        self.module = types.ModuleType("submission")
        self.drivers: dict[str, Callable[..., Any]] = {}
        self.uses: list[str] = []  # of the library, of processes, of files outside
        self.labels: list[str] = []
        self.given: list[str] = []  # functions of the handout
        self.watch = audit.Watch(self.note, settings["scratch"], settings["readable"])

    def note(self, use: str) -> None:
        """Remember that something was used that a part must not use."""
        if use not in self.uses and len(self.uses) < 10:
            self.uses.append(use)

    def run(self) -> None:
        """Load the submission and answer requests until the grader closes the channel."""
        self.channel.send(self.load(self.channel.receive()))
        while True:
            request = self.channel.receive()
            self.uses.clear()
            nonce = {"nonce": request["nonce"]}
            try:
                with warnings.catch_warnings(), np.errstate(all="ignore"):
                    warnings.simplefilter("ignore")
                    reply = self.answer(request)
            except BaseException as error:  # SystemExit and KeyboardInterrupt are answers, too
                reply = {"error": self.described(error)}
            self.channel.send({**reply, **nonce, "uses": list(self.uses)})

    # ----------------------------------------------------------------------------------- loading

    def load(self, request: dict[str, Any]) -> dict[str, Any]:
        """Run the submission statement by statement: what raises is told, and the rest counts."""
        self.given = request["given"]
        if not self.library:
            standin.install(self.note, "library conv2d" in request["given"])
        if "conv2d" in request["given"]:
            self.module.conv2d = standin.conv2d  # type: ignore[attr-defined]
        sys.modules["submission"] = self.module
        if self.audited:
            self.watch.start()
        errors: list[dict[str, Any]] = []
        for label, text in request["load"]:
            self.labels.append(label)
            linecache.cache[label] = (len(text), None, text.splitlines(True), label)
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    tree = ast.parse(text, label)
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                errors.append(self.described(error))
                continue
            flags = _future(tree)
            for statement in tree.body:
                problem = self.execute(statement, label, flags)
                if problem is not None and len(errors) < _ERRORS:
                    errors.append(problem)
        names = [name for name, value in vars(self.module).items() if callable(value)]
        return {"ready": True, "names": names, "errors": errors}

    def execute(self, statement: ast.stmt, label: str, flags: int) -> dict[str, Any] | None:
        """Run one statement; return the error that it raised."""
        piece = ast.Module([statement], [])
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                exec(compile(piece, label, "exec", flags, True), vars(self.module))
        except BaseException as error:
            return {**self.described(error), "line": statement.lineno, "label": label}
        return None

    def described(self, error: BaseException) -> dict[str, Any]:
        """Return an exception's type and text, and the submission's line that it came from."""
        bases = [base.__name__ for base in type.mro(type(error))]
        found: dict[str, Any] = {"type": bases[0][:60], "bases": bases, "line": None, "label": None}
        trace = error.__traceback__
        for _ in range(5000):
            if trace is None:
                break
            code = trace.tb_frame.f_code
            if code.co_filename in self.labels and code.co_name not in self.given:
                found |= {"line": trace.tb_lineno, "label": code.co_filename}
            trace = trace.tb_next
        try:
            found["text"] = str(error)[:300]
            if isinstance(error, SyntaxError) and error.filename in self.labels:
                found |= {"text": error.msg, "line": error.lineno, "label": error.filename}
        except BaseException:  # an exception class of the submission's own
            found["text"] = ""
        return found

    # ------------------------------------------------------------------------------------- calls

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the reply to one request, without its nonce."""
        if "replace" in request:
            for name, source in request["replace"].items():
                setattr(self.module, name, self.proxy(name))
                exec(source, vars(self.module))
            return {"value": None}
        args = [wire.decode(value) for value in request.get("args", [])]
        kwargs = {name: wire.decode(value) for name, value in request.get("kwargs", {}).items()}
        if "drive" in request:
            value = self.driver(request["drive"])(self.module, self.ask, *args, **kwargs)
        else:
            value = getattr(self.module, request["call"])(*args, **kwargs)
        return {"value": wire.encode(value)}

    def driver(self, source: str) -> Callable[..., Any]:
        """Return the function `run` of a driver."""
        if source not in self.drivers:
            names: dict[str, Any] = {"np": np}
            exec(compile(source, "driver", "exec"), names)
            self.drivers[source] = names["run"]
        return self.drivers[source]

    def ask(self, *payload: Any) -> Any:
        """Return the grader's answer to a question."""
        nonce = wire.nonce()
        self.channel.send({"nonce": nonce, "ask": wire.encode(list(payload))})
        reply = self.channel.receive()
        if "error" in reply:
            raise ValueError(reply["error"])
        return wire.decode(reply["answer"])

    def proxy(self, name: str) -> Callable[..., Any]:
        """Return a function that lets the grader answer calls of an earlier function."""

        def earlier(*args: Any, **kwargs: Any) -> Any:
            return self.ask(name, list(args), kwargs)

        return earlier


def _future(tree: ast.Module) -> int:
    """Return the compiler flags of the `from __future__` imports of a file."""
    import __future__

    flags = 0
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            for alias in statement.names:
                flags |= getattr(getattr(__future__, alias.name, None), "compiler_flag", 0)
    return flags


def serve(receiver: int, sender: int, settings: dict[str, Any]) -> None:
    """Answer requests until the channel closes. Never returns."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        with contextlib.suppress(OSError):
            os.dup2(nowhere, number)
    sys.stdin = os.fdopen(os.dup(nowhere), "r")
    sys.stdout = sys.stderr = os.fdopen(os.dup(nowhere), "w")
    try:
        Server(Channel(receiver, sender), settings).run()
    except BaseException:
        _LEAVE(1)
