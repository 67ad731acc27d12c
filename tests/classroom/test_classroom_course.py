"""A class: several processes, a run that was killed, the gradebook, the summary, the commands."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers import REFERENCES
from wrong_a2 import WRONG

from minigan import classroom
from minigan.classroom import Course, Settings, assignment, course, gradebook, selftest
from minigan.classroom.report import PartReport, Report
from minigan.classroom.submissions import Submission
from minigan.cli import main

SHORT = "import numpy as np\ndef useful_multiplications(size, kernel, stride):\n    return {}\n"
TEXTS = {
    "ann": REFERENCES["A2"],
    "bob": SHORT.format("size * kernel"),
    "=cmd()": SHORT.format("((size - 1) * stride + 1) * kernel"),
    "eve": "import os\nos._exit(0)\n",
    "dan": REFERENCES["A2"] + WRONG["overlap-overwritten"][0][1],
}


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    found = []
    for student, text in TEXTS.items():
        path = tmp_path / student / "a2.py"
        path.parent.mkdir()
        path.write_text(text)
        found.append(path)
    return found


def scores(reports: list[Report]) -> dict[str, int]:
    return {report.student: report.score for report in reports}


RIGHT = {"ann": 100, "bob": 4, "=cmd()": 0, "eve": 0, "dan": 92}
TWO = ("2.1", "2.7")  # where it does not matter how much is graded, and these are their points:
RIGHT_OF_TWO = {"ann": 20, "bob": 4, "=cmd()": 0, "eve": 0, "dan": 12}


@pytest.mark.parametrize(
    ("jobs", "parts", "right"), [(1, TWO, RIGHT_OF_TWO), (3, (), RIGHT)], ids=["1", "3"]
)
def test_a_class_gets_reports_in_the_order_of_its_files(
    files: list[Path], jobs: int, parts: tuple[str, ...], right: dict[str, int]
) -> None:
    reports = list(Course(assignment("A2"), files, Settings(parts=parts), jobs=jobs).grade())
    assert scores(reports) == right
    assert [report.file for report in reports] == [str(path) for path in files]


def test_a_submission_with_a_report_is_not_run_again(files: list[Path], tmp_path: Path) -> None:
    out, one = tmp_path / "out", assignment("A2")
    settings = Settings(parts=TWO)
    first = Course(one, files, settings, out=out).grade()
    for _ in range(3):  # killed after three
        next(first)
    first.close()
    kept = sorted(path.name for path in out.glob("*.json"))
    assert kept == ["_cmd__.json", "ann.json", "bob.json"]
    marks = {name: (out / name).stat().st_mtime_ns for name in kept}
    assert scores(list(Course(one, files, settings, out=out).grade())) == RIGHT_OF_TWO
    assert {name: (out / name).stat().st_mtime_ns for name in kept} == marks
    assert len(list(out.glob("*.json"))) == len(files)
    time.sleep(0.01)
    files[1].write_text(SHORT.format("0"))  # handed in again
    os.utime(files[1])
    again = scores(list(Course(one, files, settings, out=out).grade()))
    assert again == {**RIGHT_OF_TWO, "bob": 0}
    # with other numbers all are graded again
    other = Settings(parts=TWO, secret=b"another")
    assert scores(list(Course(one, files, other, out=out).grade())) == again
    assert all((out / name).stat().st_mtime_ns > marks[name] for name in kept)


def test_shards_share_a_class(files: list[Path], tmp_path: Path) -> None:
    one, out, settings = assignment("A2"), tmp_path / "out", Settings(parts=TWO)
    found: dict[str, int] = {}
    for number in (1, 2, 3):
        reports = list(Course(one, files, settings, out=out, shard=(number, 3)).grade())
        assert len(reports) == len(files[number - 1 :: 3])
        found |= scores(reports)
    assert found == RIGHT_OF_TWO
    marks = {path: path.stat().st_mtime_ns for path in out.glob("*.json")}
    assert scores(list(Course(one, files, settings, out=out).grade())) == RIGHT_OF_TWO
    assert {path: path.stat().st_mtime_ns for path in out.glob("*.json")} == marks


def test_two_files_of_one_student_keep_two_reports(tmp_path: Path) -> None:
    files = []
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        files.append(tmp_path / folder / "same.py")
        files[-1].write_text(SHORT.format("size * kernel" if folder == "x" else "0"))
    out = tmp_path / "out"
    reports = list(Course(assignment("A2"), files, Settings(parts=("2.7",)), out=out).grade())
    assert [report.score for report in reports] == [4, 0]
    assert {path.name for path in out.glob("*.json")} == {"same.json", "same-2.json"}


def test_an_error_of_the_grader_does_not_stop_the_class(
    files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    grade = classroom.Grader.grade

    def failing(self: classroom.Grader, submission: object) -> Report:
        if getattr(submission, "student", "") == "bob":
            raise ValueError("planted")
        return grade(self, submission)  # type: ignore[arg-type]

    monkeypatch.setattr(classroom.Grader, "grade", failing)
    reports = list(Course(assignment("A2"), files, Settings(parts=TWO)).grade())
    assert scores(reports) == {**RIGHT_OF_TWO, "bob": 0}
    assert "planted" in reports[1].parts[0].message


@pytest.mark.nightly
def test_a_worker_that_dies_is_replaced(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course, "_elsewhere", dies_for_bob)
    reports = list(Course(assignment("A2"), files, Settings(), jobs=2).grade())
    assert len(reports) == len(files) and reports[0].score == 100
    assert reports[-1].score == 92


def dies_for_bob(id: str, settings: Settings, submission: Submission) -> Report:
    if submission.student == "bob":
        os._exit(1)
    return course._elsewhere(id, settings, submission)


# ------------------------------------------------------------------------- gradebook and summary


def report_of(student: str, key: str | None = None, score: int = 16) -> Report:
    part = PartReport("2.1", "Scatter", score, 16, True, "failed", "message", key)
    return Report("A2", f"{student}.py", student, score, 100, 0, [part])


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x"])
def test_no_cell_of_the_gradebook_is_a_formula(name: str) -> None:
    text = gradebook.gradebook(assignment("A2"), [report_of(name)])
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 2 and len(rows[0]) == len(rows[1])
    assert not any(
        cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row
    )
    assert rows[1][0] == "'" + name


def test_the_summary_counts_submissions_by_misconception() -> None:
    reports = [report_of(f"s{n}", "overlap-overwritten" if n < 41 else None) for n in range(200)]
    text = gradebook.summary(assignment("A2"), reports)
    assert "41 of 200: overlap-overwritten" in text
    page = gradebook.page(assignment("A2"), reports)
    assert "41 of 200" in page and "<script" not in page and "http" not in page
    assert "$" not in page


def test_the_page_escapes_what_students_choose() -> None:
    page = gradebook.page(assignment("A2"), [report_of("<script>alert(1)</script>")])
    assert "<script" not in page


# ----------------------------------------------------------------------------------- the commands


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(["classroom", *map(str, arguments)])
    out, err = capsys.readouterr()
    return code, out, err


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "list")
    assert code == 0
    for id in classroom.IDS:
        one = assignment(id)
        assert one.text("en", "title") in out
        assert all(f"  {part.id} " in out for part in one.parts)
    assert "转置卷积" in run(capsys, "list", "--language", "zh")[1]


def test_new_writes_three_files_and_overwrites_none(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, out, _ = run(capsys, "new", "A2", "--out", tmp_path / "new")
    assert code == 0 and out.count("\n") == 3
    assert (tmp_path / "new/a2.py").read_text().startswith("# assignment: A2\n")
    code, _, err = run(capsys, "new", "A2", "--out", tmp_path / "new")
    assert code == 2 and err.count("\n") == 1
    assert run(capsys, "new", "A7", "--out", tmp_path)[0] == 2


def test_pytest_runs_on_what_new_writes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s")
    secret = ("--student", "ann", "--secret-file", tmp_path / "secret")
    run(capsys, "new", "A3", "--out", tmp_path / "n", *secret)
    (tmp_path / "n/a3.py").write_text(REFERENCES["A3"])
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path / "n")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path / "n", check=False)
    assert done.returncode == 0, done.stdout


def test_check_says_by_its_exit_code_what_it_found(
    capsys: pytest.CaptureFixture[str], files: list[Path], tmp_path: Path
) -> None:
    code, out, _ = run(capsys, "check", files[0])
    assert code == 0 and "A2: 100 / 100 points" in out
    code, out, _ = run(capsys, "check", files[1], "--part", "2.7", "--json")
    assert code == 0 and json.loads(out)["parts"][0]["score"] == 4
    code, out, _ = run(capsys, "check", files[4], "--part", "2.1")
    assert code == 1 and "they must add" in out and "smallest input" in out
    (tmp_path / "a2.py").write_text("def f(:\n")
    code, out, _ = run(capsys, "check", tmp_path / "a2.py", "--part", "2.7")
    assert code == 1 and "SyntaxError" in out
    (tmp_path / "x.py").write_text("x = 1\n")
    for path in (tmp_path / "none.py", tmp_path / "x.py", tmp_path / "x.txt", tmp_path):
        code, out, err = run(capsys, "check", path)
        assert code == 2 and not out and err.count("\n") == 1
    assert run(capsys, "check", files[0], "--part", "9.9")[0] == 2


def test_hints_have_three_levels(capsys: pytest.CaptureFixture[str], files: list[Path]) -> None:
    shown = set()
    for level in ("2.1", "2.1:2", "2.1:3"):
        _, out, _ = run(capsys, "check", files[0], "--part", "2.7", "--hint", level)
        shown.add(out.splitlines()[0])
    assert len(shown) == 3
    assert run(capsys, "check", files[0], "--hint", "2.1:4")[0] == 2
    _, out, err = run(capsys, "check", files[0], "--part", "2.7", "--json", "--hint", "2.1")
    assert json.loads(out) and "hint" in err
    assert (
        "提示"
        in run(capsys, "check", files[0], "--part", "2.7", "--hint", "2.1", "--language", "zh")[1]
    )


def test_grade_prints_json_and_nothing_else(
    capsys: pytest.CaptureFixture[str], files: list[Path]
) -> None:
    code, out, err = run(capsys, "grade", "A2", *files, "--json", "--jobs", 2)
    reports = json.loads(out)
    assert code == 0 and err == ""
    assert [report["file"] for report in reports] == [str(path) for path in files]
    assert {report["student"]: report["score"] for report in reports} == RIGHT


def test_grade_keeps_a_gradebook_and_a_summary(
    capsys: pytest.CaptureFixture[str], files: list[Path], tmp_path: Path
) -> None:
    out = tmp_path / "results"
    code, text, _ = run(capsys, "grade", "A2", *files, "--out", out)
    assert code == 0 and "1 of 5: overlap-overwritten" in text
    rows = list(csv.reader((out / "gradebook.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 1 + len(files) and len(list(out.glob("*.json"))) == len(files)
    assert rows[3][0] == "'=cmd()"
    assert {path.name for path in out.iterdir() if path.suffix != ".json"} == {
        ".settings", "gradebook.csv", "summary.txt", "summary.html",
    }  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [["A2"], ["A9", "a2.py"], ["A2", "none.py"], ["A2", "a2.py", "--timeout", "0"],
     ["A2", "a2.py", "--shard", "3/2"], ["A2", "a2.py", "--shard", "0/2"],
     ["A2", "a2.py", "--jobs", "0"],
     ["A2", "a2.py", "--secret-file", "none"], ["A2", "a2.py", "--memory", "x"]],
)  # fmt: skip
def test_grade_refuses_what_it_cannot_use(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a2.py").write_text("")
    code, _, err = run(capsys, "grade", *arguments)
    assert code == 2 and err.startswith("minigan: error: ") and err.count("\n") == 1


def test_the_secret_changes_the_numbers(
    capsys: pytest.CaptureFixture[str], files: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("s")
    (tmp_path / "empty").write_text("\n")
    secret = ("--secret-file", tmp_path / "secret")
    code, out, _ = run(capsys, "grade", "A2", files[0], "--json", *secret, "--student", "me")
    assert (
        code == 0 and json.loads(out)[0]["student"] == "me" and json.loads(out)[0]["score"] == 100
    )
    assert run(capsys, "grade", "A2", files[0], "--secret-file", tmp_path / "empty")[0] == 2


def test_selftest_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selftest, "_misconceptions", lambda *_: None)  # it takes seconds
    code, out, _ = run(capsys, "selftest", "A3", "--quick")
    assert code == 0 and "reference 80 of 80, stub 0" in out


@pytest.mark.skipif(sys.platform != "linux", reason="kills a process group")
def test_a_class_that_is_killed_continues(files: list[Path], tmp_path: Path) -> None:
    (tmp_path / "eve/a2.py").write_text("while True: pass\n")
    out = tmp_path / "out"
    command = [sys.executable, "-m", "minigan", "classroom", "grade", "A2", *map(str, files),
               "--out", str(out), "--timeout", "16"]  # fmt: skip
    root = Path(classroom.__file__).parents[2]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, cwd=root, start_new_session=True
    ) as process:
        for _ in range(600):
            if len(list(out.glob("[!.]*.json"))) >= 2:
                break
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)
    kept = {path: path.stat().st_mtime_ns for path in out.glob("[!.]*.json")}
    assert 2 <= len(kept) < len(files)
    subprocess.run(command, stdout=subprocess.DEVNULL, cwd=root, check=True)
    assert len(list(out.glob("[!.]*.json"))) == len(files)
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


def test_a_grader_imports_no_plots_and_starts_quickly() -> None:
    code = (
        "import sys, minigan.classroom.course, minigan.cli.classroom\n"
        "print([name for name in ('matplotlib', 'tqdm', 'IPython', 'jupyter_client', 'scipy')"
        " if name in sys.modules])"
    )
    root = Path(classroom.__file__).parents[2]
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "[]"
