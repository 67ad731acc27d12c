"""`minigan check`: exit codes, one-line errors, --json, --example, --against, --help."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from homework_files import HEAD, op, written

import minigan
from minigan import cli
from minigan.check import process


def command(folder: Path, *arguments: Any) -> subprocess.CompletedProcess[str]:
    """`python -m minigan check` in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "minigan", "check", *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(minigan.__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (op("A"), 0),
        (op("A") + op("B", "np.sin(x)", "g * x.cos()"), 0),
        (op("A") + op("B", rule="g * x"), 1),
        (op("A", "\n        sys.exit(0)"), 1),
        (op("A") + "sys.exit(0)", 1),
        (op("A") + "os._exit(0)", 1),
        (op("A", "x > 0"), 1),
        (op("A", more="    def __init__(self, n): pass"), 1),
        ("", 1),
        ("def f(:", 1),
    ],
)
def test_exit_codes(text: str, code: int, tmp_path: Path, capsys: Any) -> None:
    assert cli.main(["check", str(written(tmp_path, text))]) == code
    out, errors = capsys.readouterr()
    assert "Traceback" not in out + errors and errors == ""
    assert out.splitlines()[-1].startswith(f"{len(out.splitlines()) - 2} checks: ")


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (["none.py"], "no file none.py"),
        (["."], "is a folder"),
        (["notes.txt"], "must end in .py"),
        (["my-ops.py", "--against", "nothing"], "no function 'nothing'"),
        (["my-ops.py", "--against", "A="], "no function ''"),
        (["my-ops.py", "--against", "exp", "--against", "cos"], "every op has a function already"),
        (["my-ops.py", "--seconds", "0"], "must be greater than 0"),
        (["my-ops.py", "--seconds", "nan"], "must be greater than 0"),
        (["my-ops.py", "--seconds", "soon"], "invalid number"),
        (["my-ops.py", "my-ops.py"], "unrecognized"),
        (["--against", "exp"], "name it"),
        (["--seconds", "3"], "name it"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_two(
    arguments: list[str], match: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, op("A"))
    (tmp_path / "notes.txt").write_text("")
    assert cli.main(["check", *arguments]) == 2
    out, errors = capsys.readouterr()
    assert out == "" and errors.startswith("minigan: error: ") and errors.count("\n") == 1
    assert match in errors


@pytest.mark.skipif(os.name != "posix", reason="needs pipes and devices")
@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("pipe.py", "pipe.py: is not a regular file"),
        ("zero.py", "zero.py: is not a regular file"),
        ("folder.py", "folder.py is a folder"),
        ("huge.py", "huge.py is larger than 8 MB"),
        ("huge.py/ops.py", "there is no file"),
    ],
)
def test_what_is_no_file_of_ops_is_wrong_use(
    name: str, match: str, tmp_path: Path, capsys: Any
) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "zero.py").symlink_to("/dev/zero")
    (tmp_path / "folder.py").mkdir()
    with (tmp_path / "huge.py").open("wb") as file:
        file.truncate(1 << 30)  # the system stores no zeros for it
    assert cli.main(["check", str(tmp_path / name)]) == 2
    out, errors = capsys.readouterr()
    assert out == "" and errors.count("\n") == 1 and match in errors


@pytest.mark.parametrize(
    "text", [b"\0", b"# \xe4", b"(" * 100_000, b"-" * 100_000 + b"1", b"PK\3\4"]
)
def test_what_is_not_python_is_a_row(text: bytes, tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "ops.py").write_bytes(text)
    assert cli.main(["check", str(tmp_path / "ops.py")]) == 1
    out, errors = capsys.readouterr()
    assert errors == "" and "not checked: " in out and len(out.splitlines()) == 3


def test_an_unreadable_file_is_wrong_use(tmp_path: Path, capsys: Any) -> None:
    path = written(tmp_path, op("A"))
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("root reads everything")
    assert cli.main(["check", str(path)]) == 2 and "cannot be read" in capsys.readouterr().err


def test_json_is_one_object_and_nothing_else(tmp_path: Path) -> None:
    text = 'print("{}")\n' + op("A") + op("B", '\n        print("x")\n        sys.exit(0)')
    ran = command(tmp_path, written(tmp_path, text), "--json", "--against", "A=square")
    assert ran.returncode == 1 and ran.stderr == ""
    found = json.loads(ran.stdout, parse_constant=lambda name: pytest.fail(name))
    assert found["ok"] is False and found["file"].endswith("my-ops.py")
    assert [(row["op"], row["status"]) for row in found["rows"]] == [
        ("A", "right"), ("A as square", "right"), ("B", "wrong")
    ]  # fmt: skip
    assert found["rows"][0]["printed"] == ["{}"] and found["rows"][2]["printed"] == ["x"]
    assert set(found) == {"file", "ok", "rows", "not_limited"}


def test_the_example_has_ten_lines_and_is_right(tmp_path: Path) -> None:
    ran = command(tmp_path, "--example")
    assert ran.returncode == 0 and len(ran.stdout.splitlines()) == 10
    (tmp_path / "swish.py").write_text(ran.stdout)
    ran = command(tmp_path, "swish.py", "--against", "silu")
    assert ran.returncode == 0 and "2 checks: 2 right" in ran.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["swish.py"]


def test_against(tmp_path: Path, capsys: Any) -> None:
    text = op("Sine", "np.sin(x)", "g * x.cos()") + op("Cosine", "-np.cos(x)", "g * x.sin()")
    path = str(written(tmp_path, text))
    assert cli.main(["check", path]) == 0
    assert cli.main(["check", path, "--against", "sin"]) == 1
    capsys.readouterr()
    assert cli.main(["check", path, "--against", "Sine=sin", "--against", "Cosine=cos"]) == 1
    assert "its sign is wrong" in capsys.readouterr().out


def test_names_that_the_output_cannot_encode_become_question_marks(tmp_path: Path) -> None:
    path = written(tmp_path, op("平方", "\n        print('好')\n        return x * x"))
    ran = subprocess.run(
        [sys.executable, "-m", "minigan", "check", path.name],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(minigan.__file__).parents[1]),
            "PYTHONIOENCODING": "ascii",
        },
        capture_output=True,
    )
    assert ran.returncode == 0 and ran.stderr == b""
    assert b"\n?? " in ran.stdout and b"    printed: ?" in ran.stdout


def test_the_help_states_the_contract(tmp_path: Path) -> None:
    text = command(tmp_path, "--help").stdout
    for word in (
        "--seconds", "--against", "--json", "--example", "forward", "backward_x", "examples()",
        "tensors", "NumPy arrays", "process of its own", "exit code", "default: 10", "x.cos()",
    ):  # fmt: skip
        assert word in text
    assert all(len(line) <= 80 for line in text.splitlines())


def test_missing_limits_are_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    for name in ("resource", "ctypes"):
        (tmp_path / f"{name}.py").write_text("raise ImportError('not on this system')")
    paths = [str(tmp_path), *process.import_paths()]
    monkeypatch.setattr(process, "import_paths", lambda: paths)
    monkeypatch.delattr(os, "killpg", raising=False)
    path = written(tmp_path, op("A"))
    path.write_text(HEAD.replace("ctypes, ", "") + op("A"))
    assert cli.main(["check", str(path)]) == 0
    out, errors = capsys.readouterr()
    assert "1 right" in out and errors.count("\n") == 1
    assert "no limits on: memory" in errors
    assert cli.main(["check", str(path), "--json"]) == 0
    out, errors = capsys.readouterr()
    assert "memory" in json.loads(out)["not_limited"] and errors == ""


def test_ctrl_c_ends_the_process_of_the_file(tmp_path: Path) -> None:
    if os.name != "posix":
        pytest.skip("sends SIGINT")
    import signal
    import time

    beat = tmp_path / "beat"
    loop = f"\n        while True: open({str(beat)!r}, 'a').write('x')"
    path = written(tmp_path, op("A", loop))
    ran = subprocess.Popen(
        [sys.executable, "-m", "minigan", "check", str(path), "--seconds", "100"],
        env={**os.environ, "PYTHONPATH": str(Path(minigan.__file__).parents[1])},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    while not beat.exists():
        time.sleep(0.02)
    ran.send_signal(signal.SIGINT)
    out, errors = ran.communicate(timeout=20)
    assert ran.returncode == 130 and b"interrupted" in errors and out == b""
    size = beat.stat().st_size
    time.sleep(0.2)
    assert beat.stat().st_size == size
