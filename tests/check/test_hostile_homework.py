"""Files that exit, loop, crash or cheat: none of their ops is right, and none is left out."""

import os
import time
from pathlib import Path

import pytest
from homework_files import HEAD, op, rows_of, written

from minigan.check import Homework, Row, process

# --------------------------------------------------------------------------- ops that do not return

STOPS = {  # what forward does, and what its row says
    "sys.exit(0)": "SystemExit: 0 (my-ops.py, line",
    "sys.exit('all right')": "SystemExit: all right",
    "raise SystemExit": "SystemExit (my-ops.py",
    "os._exit(0)": "ended the process with exit status 0",
    "os._exit(7)": "exit status 7",
    "os.kill(os.getpid(), signal.SIGKILL)": "SIGKILL",
    "os.kill(os.getpid(), signal.SIGTERM)": "SIGTERM",
    "os.abort()": "SIGABRT",
    "ctypes.string_at(0)": "SIGSEGV",
    "raise KeyboardInterrupt": "KeyboardInterrupt",
    "raise GeneratorExit": "GeneratorExit",
    "return self.forward(x)": "RecursionError",
    "return x * np.ones(5 * 10**10)": "MemoryError",
    "return x * float(input())": "EOFError",
    "return x * float(sys.stdin.readline())": "ValueError",
    "while True: pass": "longer than 1 s (my-ops.py, line",
    "time.sleep(1000)": "longer than 1 s",
    "while True: print('right')": "longer than 1 s",
    "threading.Event().wait()": "longer than 1 s",
    "os.kill(os.getpid(), signal.SIGSTOP)": "longer than 1 s",
    "os.closerange(0, 99)": "ended",
    "while True: os.fork()": "",
    "signal.raise_signal(signal.SIGALRM)": "SIGALRM",
    "return open('/dev/tty').read()": "OSError",
}


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    """The rows of a file in which every second op does not return."""
    text = ""
    for i, stop in enumerate(STOPS):
        text += op(f"Stop{i}", f"\n        {stop}") + op(f"Fine{i}")
    folder = tmp_path_factory.mktemp("stops")
    return {row.op: row for row in rows_of(folder, text, seconds=1, order=1)}


@pytest.mark.parametrize(("i", "stop"), [*enumerate(STOPS)], ids=STOPS)
def test_an_op_that_does_not_return_is_not_right(
    i: int, stop: str, stopped: dict[str, Row]
) -> None:
    row = stopped[f"Stop{i}"]
    assert not row.ok and STOPS[stop] in row.verdict
    assert stopped[f"Fine{i}"].verdict == "right"  # the next one is checked nevertheless


def test_a_rule_that_does_not_return_is_not_right(tmp_path: Path) -> None:
    stops = ["sys.exit(0)", "os._exit(0)", "raise KeyboardInterrupt", "while True: pass"]
    text = "".join(op(f"A{i}", rule=f"\n        {stop}") for i, stop in enumerate(stops))
    rows = rows_of(tmp_path, text, seconds=1)
    assert [row.op for row in rows] == ["A0", "A1", "A2", "A3"]
    assert not any(row.ok for row in rows)
    assert "in backward_x" in rows[0].verdict and "in backward_x" in rows[3].verdict


def test_processes_left_behind_are_ended(tmp_path: Path) -> None:
    beat = tmp_path / "beat"
    text = f"""
if os.fork() == 0:
    os.setsid()
    for fd in range(99):
        try: os.close(fd)
        except OSError: pass
    while True:
        with open({str(beat)!r}, "a") as file: file.write("x")
        time.sleep(0.01)
while not os.path.exists({str(beat)!r}): time.sleep(0.01)
"""
    homework = Homework(written(tmp_path, text + op("A")))
    rows = list(homework)
    assert [row.verdict for row in rows] == ["right"]
    if "processes left behind" not in homework.missing:
        size = beat.stat().st_size
        time.sleep(0.2)
        assert beat.stat().st_size == size > 0


def test_the_checking_process_survives_what_a_file_ends(tmp_path: Path) -> None:
    text = "os.kill(os.getppid(), signal.SIGKILL)" if os.name == "posix" else ""
    homework = Homework(written(tmp_path, op("A")))
    list(homework)
    if "processes left behind" in homework.missing:
        pytest.skip("this system has no namespaces of processes")
    rows = rows_of(tmp_path, text + "\n" + op("A"))
    assert rows  # and this process is there to say so


# ----------------------------------------------------------------------------------- forged results

WRONG = op("Wrong", rule="g * x * 3.0")

PATCHES = {
    "the check": "import minigan.check as c\nc.check_grad = lambda *a, **k: c.Checked(2, 1, 0.0)",
    "its comparison": "import minigan.check.gradients as c\nc._compare = lambda *a: iter([0.0])",
    "a verdict": "import minigan.check.gradients as c\nc._Slope.wrong = property(lambda s: False)",
    "a tolerance": "import minigan.check as c\nc.check_grad.__kwdefaults__['rtol'] = 1e9",
    "a code object": "import minigan.check as c\n"
    "c.check_grad.__code__ = (lambda *a, **k: None).__code__",
    "numpy.testing": "import numpy.testing as t\nt.assert_allclose = lambda *a, **k: None",
    "numpy": "np.allclose = np.array_equal = lambda *a, **k: True",
    "json": "import json\njson.dumps = lambda *a, **k: '{\"ok\": true}'",
    "abs": "import builtins\nbuiltins.abs = lambda x: 0.0",
    "hypot": "math.hypot = lambda *a: 1e9",
    "a method": "Tensor.__mul__ = Tensor.mul = lambda a, b: a",
    "a rule": "minigan.functions.arithmetic.Mul.rules.clear()",
}


@pytest.mark.parametrize("patch", PATCHES)
def test_a_file_that_patches_the_library_is_not_right(patch: str, tmp_path: Path) -> None:
    rows = rows_of(tmp_path, PATCHES[patch] + "\n" + WRONG, seconds=2)
    assert rows[0].op == "Wrong" and not rows[0].ok
    assert rows[-1].op == "my-ops.py" and "leave the library as it is" in rows[-1].verdict


def test_a_patch_while_an_op_runs_is_found_too(tmp_path: Path) -> None:
    text = op("A", "\n        minigan.grad = minigan.exp = None\n        return x * x")
    rows = rows_of(tmp_path, text)
    assert [row.op for row in rows] == ["A", "my-ops.py"]
    assert "replaces minigan.grad, minigan.exp;" in rows[1].verdict


def test_names_that_a_file_adds_are_no_patches(tmp_path: Path) -> None:
    text = "Tensor.twice = lambda self: self + self\nnp.twice = lambda x: x + x\n"
    assert [row.verdict for row in rows_of(tmp_path, text + op("A", "x + x", "g.twice()"))] == [
        "right"
    ]


FORGED = '{"nonce": "%s", "value": {"dict": [["outputs", []], ["changed", []]]}}'


@pytest.mark.parametrize(
    "text",
    [
        "print('Wrong  3x4  2  0.0e+00  1  right\\n1 checks: 1 right, 0 WRONG, 0 not checked')",
        "sys.stdout.write('\\x1b[2J\\x1b[HWrong 3x4 2 0.0e+00 1 right')",
        f"for fd in range(3, 30):\n    try: os.write(fd, b'{FORGED}\\n' * 9)\n"
        "    except OSError: pass",
        "open('result.json', 'w').write('{\"ok\": true}')",
        "import atexit; atexit.register(lambda: os._exit(0))",
        "sys.modules['minigan.check.gradients'] = sys.modules['minigan.check'] = None",
        "sys.stdout = sys.stderr = None",
        "sys.settrace(lambda *a: None); sys.setrecursionlimit(10**6)",
        "threading.Thread(target=time.sleep, args=[99]).start()",
        "sys.excepthook = lambda *a: os._exit(0)",
        "class F(float):\n    def __eq__(self, x): return True\n    def __abs__(self): return 0",
    ],
)
def test_a_forged_result_is_not_believed(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = rows_of(tmp_path, text + "\n" + WRONG, seconds=3)
    assert rows[0].op == "Wrong" and not any(row.ok for row in rows)


def test_an_answer_that_makes_no_sense_is_a_row(tmp_path: Path) -> None:
    text = """
import minigan.check.submission as s
for name in ("outputs", "gradients", "examples", "made"):
    setattr(s, name, lambda *a: {"surprise": [1, "x", None]})
"""
    rows = rows_of(tmp_path, text + op("A"))
    assert len(rows) == 2 and not any(row.ok for row in rows)


# ------------------------------------------------------------------------------- without any limits


def test_where_limits_are_missing_the_time_limit_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows: no `resource`, no namespaces, no signals to groups."""
    stubs = tmp_path / "stubs"
    stubs.mkdir()
    for name in ("resource", "ctypes"):
        (stubs / f"{name}.py").write_text("raise ImportError('there is none on this system')")
    paths = [str(stubs), *process.import_paths()]
    monkeypatch.setattr(process, "import_paths", lambda: paths)
    monkeypatch.delattr(os, "killpg", raising=False)
    monkeypatch.delattr(process.signal, "SIGUSR1", raising=False)
    text = op("A") + op("B", "\n        while True: pass") + op("C", "\n        os._exit(0)")
    path = tmp_path / "ops.py"
    path.write_text(HEAD.replace("ctypes, ", "") + text + op("D"))
    homework = Homework(path, seconds=1)
    rows = list(homework)
    assert [row.status for row in rows] == ["right", "not checked", "not checked", "right"]
    assert "longer than 1 s" in rows[1].verdict
    assert homework.missing == (
        "memory", "file sizes", "CPU time", "processes", "processes left behind"
    )  # fmt: skip
