"""A plugin of pytest that tries many mutants with tests that are collected once.

`try_many` starts pytest with it. A forked child runs all tests and notes which functions each one
calls. Then, for each mutant, a forked child gives the functions their changed code and runs only
the tests that call the function, the quickest first, up to the first that fails.
"""

from __future__ import annotations

import cProfile
import functools
import gc
import itertools
import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

from benchmarks.changed_code import Place, exchange, function_around, functions_of, place_of
from benchmarks.mutants import Mutant

JOB = "MINIGAN_MUTANTS"  # the variable with seconds, 0 or 1 for processes, descriptor, folder
MEMORY = 12 << 30  # a child may reserve so many bytes


def try_many(
    mutants: Sequence[Mutant],
    tests: Sequence[str],
    root: Path,
    environment: Mapping[str, str],
    least: float = 20.0,
    processes: bool = True,
) -> Iterator[dict[str, Any]]:
    """Yield a record of each mutant: kind, seconds and words.

    The kinds are "caught", "survived", "timeout" and "error" (a crash or a failed fixture), and
    "unclear" where a change takes effect when a module is imported, which needs a new process.
    A test has `least` seconds of computing, and ten times those that it takes on unchanged files.
    A test that starts a process is tried with every mutant, since what the process calls is not
    known; without `processes`, only if the test itself calls the function.
    Raises RuntimeError if the tests cannot be collected.
    """
    with tempfile.TemporaryDirectory(prefix="minigan-forked-") as folder:
        job = Path(folder)
        (job / "mutants.json").write_text(json.dumps(mutants), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-p", "benchmarks.forked_tests", "-q"]
        command += ["-p", "no:cacheprovider", "--tb=short", f"--basetemp={job / 'tmp'}"]
        command += ["-o", "timeout=0"]  # no seconds by the clock: other programs compute, too
        reader, writer = os.pipe()
        with open(job / "log", "w+b") as log:
            with subprocess.Popen(
                [*command, "-o", "addopts=--doctest-modules", *tests],
                cwd=root,
                env={**environment, JOB: f"{least}:{processes:d}:{writer}:{folder}"},
                pass_fds=[writer],
                stdout=log,
                stderr=subprocess.STDOUT,
            ) as process:
                os.close(writer)
                try:
                    with open(reader, encoding="utf-8") as lines:
                        yield from map(json.loads, lines)
                except BaseException:  # also if the caller wants no more records
                    process.kill()
                    raise
            if process.returncode:
                log.seek(0)
                words = log.read().decode(errors="replace")[-2000:]
                raise RuntimeError(f"the tests of unchanged files fail:\n{words}")


class Calls:
    """The functions of the package that were called since the last `take`.

    In this thread cProfile notes them, which costs little; in other threads a function does.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.profile = cProfile.Profile(subcalls=False, builtins=False)
        self.of_threads: dict[int, CodeType] = {}

    def start(self) -> None:
        threading.setprofile(self._note)
        self.profile.enable()

    def stop(self) -> None:
        self.profile.disable()
        threading.setprofile(None)

    def _note(self, frame: FrameType, event: str, argument: object) -> None:
        if event == "call":
            self.of_threads[id(frame.f_code)] = frame.f_code  # kept, so that its id is its own

    def take(self) -> set[Place]:
        codes = [*self.of_threads.values(), *(each.code for each in self.profile.getstats())]
        self.profile.clear()
        self.of_threads = {}
        return {
            place_of(code)
            for code in codes
            if isinstance(code, CodeType) and code.co_filename.startswith(self.folder)
        }


class Forked:
    """The plugin: what is called by importing and by each test; the verdict on each mutant."""

    def __init__(self, least: float, processes: bool, out: int, job: Path, root: Path) -> None:
        self.least, self.processes, self.out = least, processes, out
        self.job, self.root = job, root
        self.calls = Calls(f"{root / 'minigan'}{os.sep}")
        self.starts_process = False
        self.failed = ""
        sys.addaudithook(self._audit)
        self.calls.start()

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("subprocess.Popen", "os.posix_spawn", "os.exec"):
            self.starts_process = True

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed and not self.failed:
            self.failed = f"{report.when} {report.nodeid}"

    def pytest_runtestloop(self, session: Any) -> bool:
        if session.testsfailed:
            raise session.Interrupted("a test file cannot be imported")
        self.calls.stop()
        at_import = self.calls.take()
        self.caches = [
            each
            for each in gc.get_objects()
            if type(each) is functools._lru_cache_wrapper
            and str(each.__module__).startswith("minigan")
        ]
        self.functions = functions_of(self.calls.folder)
        table = self._learn(session.items)
        with open(self.out, "w", encoding="utf-8") as out:
            for values in json.loads((self.job / "mutants.json").read_text(encoding="utf-8")):
                start = time.perf_counter()
                kind, words = self._try(Mutant(*values), session.items, table, at_import)
                seconds = round(time.perf_counter() - start, 2)
                out.write(json.dumps({"kind": kind, "seconds": seconds, "words": words}) + "\n")
                out.flush()
        return True

    # ------------------------------------------------------------------ which test calls what

    def _learn(self, items: list[Any]) -> list[tuple[float, set[Place], bool]]:
        """Return for each test how long it computes, what it calls, if it starts processes."""
        file = self.job / "calls.pickle"
        if (child := os.fork()) == 0:
            with open(file, "wb") as out:
                pickle.dump([self._learn_one(item) for item in items], out)
            os._exit(0)
        os.waitpid(child, 0)
        with open(file, "rb") as source:
            table: list[tuple[float, set[Place], bool]] = pickle.load(source)
        return table

    def _learn_one(self, item: Any) -> tuple[float, set[Place], bool]:
        self.starts_process, self.failed = False, ""
        self.calls.take()
        self.calls.start()
        seconds = self._seconds(item)
        self.calls.stop()
        called = self.calls.take()
        if self.failed:  # it may measure memory or time, which notes change
            self.failed = ""
            seconds = self._seconds(item)
        if self.failed:  # it would fail for every mutant: it is not used
            os.write(2, f"{self.failed}: not used, it fails on unchanged files\n".encode())
            called, self.starts_process = set(), False
        return seconds, called, self.starts_process

    def _seconds(self, item: Any) -> float:
        """Run a test; return the seconds of computing, with those of the processes it starts."""
        self._clear_caches()
        before = sum(os.times()[:4])
        # no next item: every fixture is made for this test, so the test owns all calls
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        return sum(os.times()[:4]) - before

    def _clear_caches(self) -> None:
        for cache in self.caches:
            cache.cache_clear()

    # ------------------------------------------------------------------ one mutant

    def _try(
        self,
        mutant: Mutant,
        items: list[Any],
        table: list[tuple[float, set[Place], bool]],
        at_import: set[Place],
    ) -> tuple[str, str]:
        path = self.root / mutant.file
        text = path.read_text(encoding="utf-8")
        place = function_around(str(path), text, mutant.start, mutant.stop)
        if place is None:
            return "unclear", "runs when a module is imported"
        changed = mutant.apply(text)
        try:
            pairs = exchange(str(path), text, changed, self.functions.get(str(path), []))
        except ValueError as error:
            return "unclear", str(error)
        chosen = sorted(
            (starts, seconds, i)
            for i, (seconds, called, starts) in enumerate(table)
            if place in called or (starts and self.processes)
        )
        limits = [self.least + 10 * seconds for _, seconds, _ in chosen]
        path.write_text(changed, encoding="utf-8")  # for processes that a test starts
        try:
            kind, words = self._run([items[i] for _, _, i in chosen], pairs, limits)
        finally:
            path.write_text(text, encoding="utf-8")
        if kind == "survived" and place in at_import:
            return "unclear", "runs when a module is imported"
        return kind, words

    def _run(
        self, items: list[Any], pairs: list[tuple[FunctionType, CodeType]], limits: list[float]
    ) -> tuple[str, str]:
        words = self.job / "words"
        words.write_text("", encoding="utf-8")
        if (child := os.fork()) == 0:
            import resource  # there is none on Windows, which has no fork either

            os.setpgid(0, 0)
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
            self._clear_caches()
            for function, code in pairs:
                function.__code__ = code
            self.failed = ""
            for item, following, limit in itertools.zip_longest(items, items[1:], limits):
                os.utime(words)  # a sign of life
                most = int(sum(os.times()[:2]) + limit) + 1
                if hard != resource.RLIM_INFINITY:
                    most = min(most, hard)
                resource.setrlimit(resource.RLIMIT_CPU, (most, hard))
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if self.failed:
                    words.write_text(self.failed, encoding="utf-8")
                    os._exit(1)
            os._exit(0)
        # the limit of computing ends a loop: this one is for a child that hangs
        status = _wait(child, words, 60 + 5 * max(limits, default=0.0))
        if status is None:
            return "timeout", "a test hangs"
        when, _, test = words.read_text(encoding="utf-8").partition(" ")
        if os.WIFSIGNALED(status):
            by_time = os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)
            return "timeout" if by_time else "error", f"signal {os.WTERMSIG(status)}"
        if os.WEXITSTATUS(status) == 0:
            return "survived", f"{len(items)} tests"
        return "caught" if when == "call" else "error", test


def _wait(child: int, sign: Path, limit: float) -> int | None:
    """Return the exit status of a child; None if it had to be killed.

    It is killed `limit` seconds after its last change of the file `sign`. A second in which this
    process is stopped itself does not count.
    """
    pause, waited, last = 0.002, 0.0, 0
    while waited < limit:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        if (changed := sign.stat().st_mtime_ns) != last:
            last, waited = changed, 0.0
        time.sleep(pause)
        waited += pause
        pause = min(2 * pause, 0.1)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


if JOB in os.environ:  # as a plugin of the pytest that `try_many` starts

    def pytest_configure(config: Any) -> None:
        config.pluginmanager.register(_plugin, "mutants of this job")

    _least, _processes, _out, _job = os.environ.pop(JOB).split(":", 3)
    _plugin = Forked(float(_least), _processes == "1", int(_out), Path(_job), Path.cwd())
