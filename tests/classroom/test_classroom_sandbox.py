"""The sandbox holds: hostile submissions earn nothing, touch nothing and leave nothing behind."""

from __future__ import annotations

import os
import socket
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers import REFERENCES, changed, children, graded, part, submission
from hostile import HOSTILE, WHOLE
from portions import thinned

import minigan
from minigan.classroom import Grader, Settings, assignment
from minigan.classroom.sandbox.launcher import Ended, Sandbox

LINUX = sys.platform == "linux"
SECONDS = 6.0
COUNT = """
def useful_multiplications(size, kernel, stride):
    {}
    return size * kernel
"""

# Each protection is left out once, so that the others are seen to hold by themselves.
WITHOUT: list[tuple[str, ...]] = [(), ("audit",), ("namespaces", "landlock", "seccomp")]
if not LINUX:
    WITHOUT = [()]


@pytest.fixture(scope="module")
def grader(request: pytest.FixtureRequest) -> Iterator[Grader]:
    settings = Settings(SECONDS, parts=("2.1", "2.7"))
    with Grader(assignment("A2"), settings, request.param) as grader:
        yield grader


@pytest.mark.parametrize(
    ("grader", "name"), thinned(len(WITHOUT), WITHOUT, HOSTILE), indirect=["grader"]
)
def test_a_hostile_submission_earns_nothing(name: str, grader: Grader, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("kept")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.01)
        values = {
            "PLACE": str(tmp_path),
            "PORT": str(server.getsockname()[1]),
            "SITE": sysconfig.get_path("purelib"),
            "ROOT": str(Path(minigan.__file__).parents[1]),
        }
        code = HOSTILE[name]
        for word, value in values.items():
            code = code.replace(word, value)
        started = time.monotonic()
        report = grader.grade(changed("A2", code))
        assert time.monotonic() - started < SECONDS + 2
        with pytest.raises(OSError):
            server.accept()
    assert part(report, "2.1").score == (0 if name in WHOLE else 8)
    assert part(report, "2.1").status != "passed"
    assert part(report, "2.7").score == (0 if name in WHOLE else 4)
    assert os.listdir(tmp_path) == ["kept"]
    assert (tmp_path / "kept").read_text() == "kept"


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = children()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in ("leaves a process behind", "loop", "forks while it loads"):
        graded("A2", REFERENCES["A2"] + HOSTILE[name], kind=Grader, seconds=4.0, parts=("2.1",))
    for _ in range(100):
        if children() <= before:
            break
        time.sleep(0.02)
    assert children() <= before
    assert list(tmp_path.iterdir()) == []  # not in the common folder, where other tests write


def test_parts_of_a_submission_that_loads_for_ever_are_not_tried_again() -> None:
    started = time.monotonic()
    report = graded("A2", "while True: pass", seconds=4.0)
    assert {part.status for part in report.parts} == {"timeout"}
    assert time.monotonic() - started < 3


def test_a_part_that_loops_loses_its_own_points_only() -> None:
    code = "def conv_transpose2d_stride1(y, w, padding=(0, 0)):\n    while True: pass\n"
    report = graded("A2", REFERENCES["A2"] + "\n" + code, seconds=8.0, parts=("2.1", "2.3", "2.7"))
    assert [p.status for p in report.parts] == ["passed", "timeout", "passed"]


@pytest.mark.parametrize("megabytes", [256, 1024])
def test_the_memory_limit_is_the_one_asked_for(megabytes: int) -> None:
    code = COUNT.format("np.ones(1 << 26)")
    report = graded(
        "A2", code.join(["import numpy as np\n", ""]), memory_mb=megabytes, parts=("2.7",)
    )
    assert report.parts[0].status == ("memory" if megabytes == 256 else "passed")


def test_without_fork_the_same_points_are_earned() -> None:
    """As on Windows: a new interpreter for each part, and a limit on the wall time."""
    report = graded("A2", REFERENCES["A2"], ("fork",))
    assert report.score == 100
    assert report.notes and "does not enforce" in report.notes[0]
    late = graded("A2", REFERENCES["A2"] + HOSTILE["loop"], ("fork",), seconds=6.0, parts=("2.1",))
    assert late.parts[0].status == "timeout"


@pytest.mark.skipif(not LINUX, reason="namespaces and Landlock are Linux's")
def test_on_linux_everything_is_enforced() -> None:
    with Sandbox() as sandbox, sandbox.open([("a.py", "def f(): return 1")], 5.0) as process:
        assert process.call("f").value == 1
    assert {"memory", "cpu", "sizes", "files", "calls"} <= sandbox.force


def test_state_does_not_pass_from_part_to_part() -> None:
    code = """
import os
def f():
    found = os.path.exists("kept")
    open("kept", "w").write("x")
    return found
"""
    with Sandbox() as sandbox:
        for _ in range(2):
            with sandbox.open([("a.py", code)], 5.0) as process:
                assert process.call("f").value is False


def test_each_call_gets_its_own_writable_copies() -> None:
    import numpy as np

    code = "def f(x):\n    x += 1\n    return x"
    with Sandbox() as sandbox, sandbox.open([("a.py", code)], 5.0) as process:
        x = np.zeros(3)
        for _ in range(2):
            assert process.call("f", x).value.tolist() == [1, 1, 1]


def test_a_process_that_ended_says_how() -> None:
    code = "import os\ndef f(): os._exit(3)"
    with Sandbox() as sandbox, sandbox.open([("a.py", code)], 5.0) as process:
        with pytest.raises(Ended) as told:
            process.call("f")
        assert (told.value.status, told.value.how) == ("error", "exit 3")


# ------------------------------------------------------------------------------------- the library

_USES = {
    "alias": "import minigan.nn.functional as G\n    f = G.conv_transpose1d\n    f(y, w)",
    "getattr": "import minigan\n    getattr(minigan, 'ten' + 'sor')(y)",
    "sys.modules": "import sys\n    sys.modules['minigan.nn.functional'].conv_transpose1d(y, w)",
    "exec": "names = {}\n    exec('from minigan.conv import FORMULATIONS', names)\n"
    "    names['FORMULATIONS']['loops'].conv_transpose(y, w, None)",
    "geometry": "from minigan.geometry import Geometry\n    Geometry.conv_transpose((3,), (2,))",
    "import_module": "import importlib\n    importlib.import_module('minigan.theory').js(y, y)",
    "caught": "import minigan\n    try:\n        minigan.tensor(y)\n"
    "    except Exception:\n        pass",
    "conv2d": "from minigan.nn.functional import conv2d\n    conv2d(y, w)",
}


@pytest.mark.parametrize("use", _USES)
def test_a_part_that_runs_the_library_earns_nothing_and_says_so(use: str) -> None:
    code = COUNT.format("y = w = np.ones((1, 3, 3, 3))\n    " + _USES[use])
    found = part(graded("A2", REFERENCES["A2"] + "\n" + code, parts=("2.7",)), "2.7")
    assert (found.score, found.status) == (0, "failed")
    assert "minigan" in found.message and "library" in found.message


@pytest.mark.parametrize("id", ["2.3", "2.4"])
def test_conv2d_of_the_library_is_allowed_where_it_is_given(id: str) -> None:
    code = """
import minigan
import minigan.nn.functional as F

def conv_transpose2d_stride1(y, w, padding=(0, 0)):
    (p, q), (k, l) = padding, w.shape[2:]
    v = minigan.tensor(w).flip(2, 3).transpose(0, 1)
    full = F.conv2d(minigan.tensor(y[None]), v, padding=(k - 1, l - 1)).numpy()[0]
    return full[:, p:full.shape[1] - p, q:full.shape[2] - q]
"""
    assert part(graded("A2", REFERENCES["A2"] + code, parts=(id,)), id).status == "passed"


def test_importing_the_library_alone_is_not_using_it() -> None:
    head = "import minigan\nfrom minigan import nn\nfrom minigan.nn import functional as F\n"
    tail = "\nclass Net(nn.Module):\n    pass\n"
    assert graded("A2", head + REFERENCES["A2"] + tail).score == 100


@pytest.mark.parametrize("name", ["scipy", "torch", "matplotlib"])
def test_other_packages_are_not_there(name: str) -> None:
    code = COUNT.format(f"import {name}")
    found = graded("A2", code, parts=("2.7",)).parts[0]
    assert found.status == "error" and name in found.message


def test_what_a_submission_prints_and_warns_does_no_harm() -> None:
    code = """
import sys, warnings, logging
def useful_multiplications(size, kernel, stride):
    print("x" * 100_000)
    print("y", file=sys.stderr)
    warnings.warn("careful")
    logging.warning("careful")
    np.log(np.zeros(1))
    return size * kernel
"""
    report = graded("A2", "import numpy as np\n" + code, parts=("2.7",))
    assert report.parts[0].status == "passed"
    assert submission("").text == ""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each part starts by itself")
def test_the_start_of_the_sandbox_costs_a_submission_no_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start = Sandbox._start

    def slowly(self: Sandbox) -> None:
        time.sleep(2.5)  # a part has 2 s
        start(self)

    monkeypatch.setattr(Sandbox, "_start", slowly)
    report = graded("A2", REFERENCES["A2"], seconds=8.0, parts=("2.7",))
    assert part(report, "2.7").status == "passed"
