"""What runs on a platform grades the file that a student handed in, or says why there is none.

`minigan classroom doctor` runs the same functions from the copy of the package in a folder.
"""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest
from helpers import REFERENCES, SharedGrader

from minigan.classroom import assignment, handout, writers
from minigan.classroom.submissions import SubmissionError
from minigan.classroom.writers import actions, bundle, classroom50, doctor, formats, gradescope

STUB = handout.stub(assignment("A3"))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the grader; the student's folder is the current one."""
    (tmp_path / "here").mkdir()
    (tmp_path / "here/language.txt").write_text("en\n")
    (tmp_path / "submission").mkdir()
    monkeypatch.chdir(tmp_path / "submission")
    monkeypatch.setattr(bundle, "Grader", SharedGrader)
    for name in ("OWNER", "USERNAME", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "here"


def test_the_file_of_a_student_is_found_by_its_name_or_because_it_is_the_only_one(
    here: Path,
) -> None:
    one, folder = assignment("A3"), Path()
    with pytest.raises(SubmissionError, match=r"one file called a3.py \(found: none\)"):
        bundle.find(one, folder)
    for name in ("notes.txt", "test_a3.py", ".hidden.py", "mine.py"):
        (folder / name).write_text("")
    assert bundle.find(one, folder) == folder / "mine.py"
    (folder / "other.ipynb").write_text("")
    with pytest.raises(SubmissionError, match=r"\(found: mine.py, other.ipynb\)"):
        bundle.find(one, folder)
    (folder / "a3.ipynb").write_text("")
    assert bundle.find(one, folder) == folder / "a3.ipynb"
    (folder / "a3.py").write_text("")
    assert bundle.find(one, folder) == folder / "a3.py"


def test_gradescope_grades_the_submission(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = here.parent
    monkeypatch.setenv("AUTOGRADER_ROOT", str(root))

    def found() -> dict[str, object]:
        assert gradescope.main("A3", here) == 0
        written = json.loads((root / "results/results.json").read_text(encoding="utf-8"))
        assert json.loads(capsys.readouterr().out) == written
        return dict(written)

    assert found()["score"] == 0 and "hand in one file" in str(found()["output"])
    Path("mine.py").write_text(REFERENCES["A3"])
    (here / bundle.SECRET).write_bytes(b" secret \n")
    assert bundle.secret_in(here) == b"secret"
    data = found()
    assert formats.gradescope(data) == []
    assert sum(test["score"] for test in data["tests"]) == 80  # type: ignore[attr-defined]


def test_classroom50_grades_the_submission_or_writes_an_empty_one(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert classroom50.main("A3", here) == 0
    out = capsys.readouterr().out
    assert "hand in one file called a3.py" in out and "A3: 0 / 80" in out
    assert Path("a3.py").read_text() == ""
    Path("a3.py").write_text(REFERENCES["A3"])
    monkeypatch.setenv("OWNER", "ann")
    assert classroom50.main("A3", here) == 0 and "A3: 80 / 80" in capsys.readouterr().out
    data = json.loads(Path("result.json").read_text())
    assert formats.classroom50(data) == []
    assert (data["owner"], data["score"]) == ("ann", 80)


def test_actions_end_with_1_if_a_part_is_not_right(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert actions.main("A3", here) == 1 and "hand in one file" in capsys.readouterr().out
    Path("a3.py").write_text(STUB)
    assert actions.main("A3", here) == 1 and "| | 0 / 80 | |" in capsys.readouterr().out
    summary, output = here / "summary", here / "output"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_OUTPUT", str(output))
    Path("a3.py").write_text(REFERENCES["A3"])
    assert actions.main("A3", here) == 0
    assert capsys.readouterr().out.strip() == summary.read_text(encoding="utf-8").strip()
    assert summary.read_text(encoding="utf-8").splitlines()[-1] == "| | 80 / 80 | |"
    assert output.read_text() == "score=80\nmax=80\n"


def test_doctor_finds_a_folder_whose_grader_does_not_work(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The programs are replaced: they end with 0, and Gradescope's file is not executable."""
    monkeypatch.setattr(bundle, "PROGRAM", "# {id} {target}\n")
    for target in ("gradescope", "actions"):
        writers.build(assignment("A3"), target, here / target)
    old = here / "gradescope/autograder.zip"
    with zipfile.ZipFile(old) as source, zipfile.ZipFile(here / "new.zip", "w") as archive:
        for info in source.infolist():
            if info.filename == "run_autograder":
                info.external_attr = 0o644 << 16
            archive.writestr(info, source.read(info.filename))
    (here / "new.zip").replace(old)
    found = doctor.examine(here / "gradescope").problems
    assert "run_autograder is missing in autograder.zip, or is not executable" in found
    assert found.count("results.json was not written") == 2
    assert "the reference earns 0 of 80 points" in found
    found = doctor.examine(here / "actions").problems
    assert "the workflow ends with 0 for the stub" in found


# They do what the real ones do with these folders; the real ones: `.ci/nightly platforms`.
PROGRAMS = {
    "nbgrader": """
case $1 in
generate_assignment) mkdir -p release/a3; cp source/a3/a3.ipynb release/a3/;;
autograde) test -f submitted/stub/a3/a3.ipynb;;
export) printf 'a,b,c,student_id,raw_score\\nx,x,x,reference,80.0\\nx,x,x,stub,0.0\\n' >grades.csv;;
esac
""",
    "otter": """
case $1 in
assign)
    mkdir -p dist/autograder dist/student
    cp $2 dist/autograder/; cp $2 dist/student/; touch dist/autograder/a3-autograder.zip;;
run)
    score=80; test $6 = autograder || score=null
    printf '{"tests": [{"score": %s}, {"name": "all"}]}' $score >$6/results.json;;
esac
""",
}


@pytest.mark.skipif(os.name != "posix", reason="the programs are shell scripts")
@pytest.mark.parametrize("platform", PROGRAMS)
@pytest.mark.parametrize("works", [True, False])
def test_doctor_reads_what_a_platforms_own_program_has_graded(
    platform: str, works: bool, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = here / "bin" / platform
    program.parent.mkdir()
    body = (
        PROGRAMS[platform] if works else "mkdir -p release/a3; cp source/a3/* release/a3\nfalse\n"
    )
    program.write_text("#!/bin/sh\n" + body)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    writers.build(assignment("A3"), platform, here / "out", b"a secret")
    found = doctor.examine(here / "out")
    assert (found.reference, found.stub) == ((80, 0) if works else (0, 0))
    assert not any("not installed" in note for note in found.notes)
    assert any("failed" in problem for problem in found.problems) != works


def test_the_rules_of_formats_hold_for_types_and_texts() -> None:
    data = {"tests": [{"output_format": "pdf", "number": 3}]}
    found = " ".join(formats.gradescope(data))
    assert "output_format is unknown" in found and "number must be a text" in found
    assert formats.classroom50([]) == ["result.json: must be an object"]


def test_a_platform_that_is_not_known_is_refused(here: Path) -> None:
    with pytest.raises(KeyError, match="moodle"):
        writers.build(assignment("A3"), "moodle", here / "out")
