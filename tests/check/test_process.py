"""A child process: values and exceptions come back, limits hold, and nothing is left behind."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from minigan.check import process
from minigan.check.outcome import ending
from minigan.check.process import Child, Limits, run
from minigan.check.worker import packed, unpacked

TARGETS = """
import ctypes, os, socket, subprocess, sys, threading, time
import numpy as np

calls = 0

def same(value): return value
def count(_):
    global calls
    calls += 1
    return calls
def raises(text): raise ValueError(text)
def helper(): return [][1]
def deep(_): return helper()
def recursion(n): return recursion(n + 1)
def allocate(n): return float(np.ones(n).sum())
def loop(_):
    while True: pass
def leave(code):
    print("leaving")
    os._exit(code)
def echo(text):
    print(text)
    print(text, file=sys.stderr)
    os.write(1, b"raw\\n")
    subprocess.run([sys.executable, "-c", "print('child')"], check=True)
def flood(n):
    for _ in range(n): print("x" * 50)
def unpackable(_): return object()
def huge(n): return "x" * n
def environment(_): return dict(os.environ)
def place(_): return os.getcwd(), sys.argv, sys.path[0]
def write(mb):
    with open("file", "wb") as file: file.write(bytes(mb << 20))
def listen(_):
    with socket.create_server(("127.0.0.1", 0)) as server: return server.getsockname()[1]
def connect(port):
    with socket.create_connection(("127.0.0.1", port), 1): return "connected"
def crowd(_):
    while True: os.fork()
def fork(_): return os.fork() == 0
def stay(beat):
    if os.fork() == 0:
        os.setsid()
        while True:
            with open(beat, "a") as file: file.write("x")
            time.sleep(0.01)
    while not os.path.exists(beat): time.sleep(0.01)
def hold(_):
    if os.fork() == 0:
        os.setsid()
        time.sleep(100)
    os._exit(3)
class Liar(int):
    def __eq__(self, other): return True
    def __repr__(self): return "42"
def liar(_): return Liar(7)
def equal(_): return np.array([1.0]).view(type("A", (np.ndarray,), {"__eq__": lambda a, b: True}))
"""


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("targets")
    (folder / "targets.py").write_text(TARGETS)
    return [str(folder), *process.import_paths()]


@pytest.fixture
def call(paths: list[str]) -> Any:
    def call(name: str, payload: Any = None, seconds: float = 20.0, **settings: Any) -> Any:
        return run(f"targets:{name}", payload, seconds, paths=paths, **settings)

    return call


# ------------------------------------------------------------------------------- values, exceptions

VALUES: list[Any] = [
    None, True, 3, 10**30, 0.1, float("inf"), "text 文", "\ud800", [], [1, [2.5, "a"]], {},
    {"a": [1]}, {"array": 1, "dict": 2}, {1: "a", None: "b"}, np.arange(6.0).reshape(2, 3),
    np.float64(0.1),
    np.zeros((0, 3)), np.int8(-3), np.array(2 + 1j), np.arange(4, dtype=">f4")[::-2],
    np.asfortranarray(np.ones((2, 3), np.float16)), np.array([[True], [False]]),
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_survive_json(value: Any) -> None:
    back = unpacked(json.loads(json.dumps(packed(value))))
    assert type(back) is type(value)
    if isinstance(value, np.ndarray | np.generic):
        assert back.dtype == value.dtype.newbyteorder("=") and back.shape == value.shape
        np.testing.assert_array_equal(back, value)
    else:
        assert back == value


def test_all_values_travel_in_one_call(call: Any) -> None:
    back = call("same", VALUES[:-1]).value
    assert len(back) == len(VALUES) - 1 and back[:7] == VALUES[:7]
    assert np.isnan(call("same", float("nan")).value)


@pytest.mark.parametrize(
    "message",
    [
        {}, {"array": "AAAA"}, {"array": "AAAA", "dtype": "<f8", "shape": [1]},
        {"array": "", "dtype": "|O", "shape": [0]}, {"array": "", "dtype": "<f8", "shape": [-1]},
        {"array": "!", "dtype": "<f8", "shape": [0]}, {"array": "", "dtype": "f8", "shape": [0]},
        {"array": "", "dtype": "<f8,<f8", "shape": [0]},
        {"array": "", "dtype": "<f8", "shape": [True]}, {"dict": [[1]]}, {"dict": 3},
        {"array": "", "dtype": "<f8", "shape": [10**30]},
    ],
)  # fmt: skip
def test_messages_without_a_value_are_refused(message: Any) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        unpacked(message)


def test_what_json_cannot_hold_is_an_error_of_the_call(call: Any) -> None:
    assert "TypeError: a value of type object cannot be sent" in call("unpackable").text
    with pytest.raises(TypeError, match="cannot be sent"):
        packed(np.array([object()]))


def test_objects_that_claim_to_be_equal_come_back_as_plain_numbers(call: Any) -> None:
    assert type(call("liar").value) is int and call("liar").value == 7
    assert type(call("equal").value) is np.ndarray and not (call("equal").value == 2).any()


def test_exceptions_tell_class_text_and_frames(call: Any, paths: list[str]) -> None:
    found = call("deep")
    assert found.status == "error" and found.failure.kind == "IndexError"
    assert [frame.function for frame in found.failure.frames[-2:]] == ["deep", "helper"]
    assert found.failure.frames[-1].source == "def helper(): return [][1]"
    assert found.failure.frames[-1].file == str(Path(paths[0]) / "targets.py")
    assert len(call("recursion", 0).failure.frames) <= 50
    assert call("raises", "x" * 10**6).failure.message == "x" * 2000
    for target in ("nowhere:f", "math:nothing", "math"):
        assert run(target).status == "error"
    assert run("sys:exit", 0).text == "it raised SystemExit: 0"


# ------------------------------------------------------------------------------------ how calls end


def test_a_child_keeps_its_state_from_call_to_call(paths: list[str]) -> None:
    with Child(paths=paths) as child:
        found = [child.call("targets:count").value for _ in range(3)]
        assert found == [1, 2, 3] and child.call("targets:raises", "no").status == "error"
        assert child.call("targets:count").value == 4 and child.alive
        assert child.call("targets:fork").status == "done"  # the copy ends; the child goes on
        assert [child.call("targets:count").value for _ in range(2)] == [5, 6]
        assert child.call("targets:leave", 3).text == "it ended the process with exit status 3"
        assert not child.alive
        with pytest.raises(RuntimeError, match="has ended"):
            child.call("targets:count")


def test_a_call_that_takes_too_long_is_ended(call: Any) -> None:
    found = call("loop", seconds=0.5)
    assert found.status == "timeout" and found.text == "it took longer than 0.5 s"
    if hasattr(os, "fork"):
        assert ("loop", "targets.py") in [(f.function, Path(f.file).name) for f in found.where]


def test_an_answer_that_is_too_long_is_not_read(call: Any) -> None:
    assert call("huge", 65 << 20).text == "it sent more than 64 MB"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (0, "it ended the process with exit status 0"),
        (-9, "it was ended by the signal SIGKILL"),
        (-24, "it used more CPU time than is allowed"),
        (-99, "it was ended by the signal 99"),
        ("anything", "anything"),
    ],
)
def test_endings(code: Any, text: str) -> None:
    assert ending(code) == text


def test_what_is_printed_belongs_to_the_call(paths: list[str]) -> None:
    with Child(paths=paths) as child:
        found = child.call("targets:echo", "文字")
        assert sorted(found.output.split()) == ["child", "raw", "文字", "文字"] and found.lines == 4
        assert child.call("targets:same").output == ""
        flood = child.call("targets:flood", 10**5)
        assert flood.lines == 10**5 and len(flood.output) <= 1 << 16
        assert child.call("targets:leave", 0).output == "leaving\n"


# ------------------------------------------------------------------------------------------- limits


def missing() -> tuple[str, ...]:
    with Child() as child:
        return child.missing


MISSING = missing()


def needs(*limits: str) -> Any:
    there = not set(limits) & set(MISSING)
    return pytest.mark.skipif(not there, reason=f"this system has no limits on {limits}")


@needs("memory")
def test_memory_is_limited(call: Any) -> None:
    assert call("allocate", 10**7).value == 1e7
    found = call("allocate", 10**9)
    assert found.status == "memory" and "MemoryError" in found.text
    assert call("allocate", 10**8, limits=Limits(memory_mb=600)).status == "memory"


@needs("file sizes")
def test_files_are_limited(call: Any) -> None:
    assert call("write", 1, limits=Limits(file_mb=2)).status == "done"
    found = call("write", 3, limits=Limits(file_mb=2))
    assert "File too large" in found.text or "SIGXFSZ" in found.text


@needs("CPU time")
def test_cpu_time_is_limited(call: Any) -> None:
    found = call("loop", seconds=20, limits=Limits(cpu_seconds=1))
    assert found.status == "ended" and found.seconds < 15
    assert found.text in ("it used more CPU time than is allowed", ending(-9))


@needs("processes", "processes left behind")
def test_a_crowd_of_processes_is_ended(call: Any) -> None:
    found = call("crowd", limits=Limits(processes=64))
    assert found.status in ("ended", "error")


@needs("processes left behind")
def test_processes_that_leave_the_group_are_ended(call: Any, tmp_path: Path) -> None:
    beat = tmp_path / "beat"
    assert call("stay", str(beat)).status == "done"
    size = beat.stat().st_size
    time.sleep(0.2)
    assert beat.stat().st_size == size > 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_pipe_that_is_held_open_does_not_keep_the_parent(call: Any) -> None:
    """The copy of the child holds it for 100 s; a call that waited for it would be too long."""
    assert call("hold").text == "it ended the process with exit status 3"


def test_the_network_is_closed_if_that_is_asked(call: Any) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert call("connect", port).value == "connected"
        closed = Limits(network=False)
        with Child(limits=closed) as child:
            if "network" in child.missing:
                pytest.skip("this system has no namespaces of networks")
        assert call("connect", port, limits=closed).status == "error"


def test_the_environment_and_the_folder_are_clean(
    call: Any, paths: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "x")
    monkeypatch.setenv("PYTHONSTARTUP", "x")
    known = call("environment").value
    assert "SECRET" not in known and "PYTHONSTARTUP" not in known
    assert known["OPENBLAS_NUM_THREADS"] == "1"
    folder, _, first = call("place").value
    assert not os.path.exists(folder) and first == paths[0]
    assert call("place", folder=tmp_path).value[0] == str(tmp_path)


def test_a_child_starts_quickly() -> None:
    """It takes little longer than Python itself with NumPy; the quickest of each is compared."""

    def seconds(start: Callable[[], Any]) -> float:
        started = time.perf_counter()
        start()
        return time.perf_counter() - started

    alone = [sys.executable, "-c", "import numpy"]
    plain = min(seconds(lambda: subprocess.run(alone, check=True)) for _ in range(5))
    ours = min(seconds(lambda: run("math:sqrt", 4.0)) for _ in range(5))
    assert run("math:sqrt", 4.0).value == 2.0
    assert ours < 5 * plain


# ---------------------------------------------------------------------------------------- elsewhere


@pytest.fixture
def bare(paths: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A system without `resource`, namespaces, and signals to groups, as Windows is."""
    for name in ("resource", "ctypes"):
        (tmp_path / f"{name}.py").write_text("raise ImportError('not on this system')")
    monkeypatch.delattr(os, "killpg", raising=False)
    monkeypatch.delattr(process.signal, "SIGUSR1", raising=False)
    return [str(tmp_path), *(p for p in paths)]


def test_without_limits_the_wall_time_holds(bare: list[str]) -> None:
    text = TARGETS.replace("import ctypes, ", "import ")
    Path(bare[0], "bare_targets.py").write_text(text)
    with Child(paths=bare, limits=Limits(network=False)) as child:
        assert child.missing == (
            "memory", "file sizes", "CPU time", "processes", "processes left behind", "network"
        )  # fmt: skip
        assert child.call("bare_targets:same", [1, 2]).value == [1, 2]
        assert child.call("bare_targets:loop", seconds=0.5).status == "timeout"
    found = run("bare_targets:leave", 4, paths=bare)
    assert found.text == "it ended the process with exit status 4" and found.output == "leaving\n"


def test_an_interpreter_that_does_not_start_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(OSError):
        run("math:sqrt", 4.0)
    if os.path.exists("/bin/false"):
        monkeypatch.setattr(sys, "executable", "/bin/false")
        with pytest.raises(OSError, match="could not be started"):
            run("math:sqrt", 4.0)
