"""Files that are no submissions: pipes, devices, folders, huge, binary or deeply nested files.

Where one file is checked, each gives one line and exit code 2. In a class, a file that cannot be
read gets a report without points, and the others are graded.
"""

import ast
import json
import os

import pytest
from surroundings import little_memory

from minigan import classroom, cli
from minigan.classroom import course, submissions
from minigan.classroom.assignments import assignment
from minigan.classroom.writers import MARK

posix = pytest.mark.skipif(os.name != "posix", reason="needs pipes and devices")
DEEP = 100_000  # brackets

CONTENTS = {
    "zip.py": (b"PK\3\4" + bytes(range(256)), "not a text file"),
    "zip.ipynb": (b"PK\3\4" + bytes(range(256)), "not a text file"),
    "latin.py": ("# ä\n".encode("latin-1"), "not a text file"),
    "empty.ipynb": (b"", "not a notebook"),
    "cut.ipynb": (b'{"cells": [{"cell_type": "code", "source": ["x = 1', "not a notebook"),
    "deep.ipynb": (b"[" * DEEP + b"]" * DEEP, "not a notebook"),
    "deep_objects.ipynb": (b'{"cells":' * DEEP + b"1" + b"}" * DEEP, "not a notebook"),
    "other.ipynb": (b'{"a": 1}', "not a notebook"),
    "nan.ipynb": (b"NaN", "not a notebook"),
    "digits.ipynb": (b'{"cells": ' + b"9" * 10_000 + b"}", "not a notebook"),
    "numbers.ipynb": (b'{"cells": [1, 2]}', "not a notebook"),
    "source.ipynb": (b'{"cells": [{"cell_type": "code", "source": [5]}]}', "not a notebook"),
    "huge.py": (None, "larger than 8 MB"),
    "huge.ipynb": (None, "larger than 8 MB"),
}


def written(folder, name):
    path = folder / name
    if CONTENTS[name][0] is None:
        with path.open("wb") as file:
            file.truncate(1 << 30)  # the system stores no zeros for it
    else:
        path.write_bytes(CONTENTS[name][0])
    return path


def one_line(words, capsys):
    """Return the only line that a command prints, which is an error."""
    assert cli.main([*map(str, words)]) == 2
    out, errors = capsys.readouterr()
    assert out == "" and errors.count("\n") == 1 and errors.startswith("minigan: error: ")
    return errors


@pytest.mark.parametrize("name", CONTENTS)
def test_a_damaged_file_is_one_line_for_a_student_and_a_report_for_a_class(name, tmp_path, capsys):
    path = written(tmp_path, name)
    with little_memory(64 << 20):
        assert f"{path}: {CONTENTS[name][1]}" in one_line(["classroom", "check", path], capsys)
        with pytest.raises(classroom.SubmissionError, match=CONTENTS[name][1]):
            classroom.check(path)
        report = classroom.grade("A2", path)
    assert report.score == 0 and {part.status for part in report.parts} <= {"error", "manual"}
    assert CONTENTS[name][1] in report.parts[0].message


@posix
@pytest.mark.parametrize("suffix", [".py", ".ipynb"])
def test_pipes_devices_and_folders_are_one_line(suffix, tmp_path, capsys):
    os.mkfifo(tmp_path / f"pipe{suffix}")
    (tmp_path / f"zero{suffix}").symlink_to("/dev/zero")
    (tmp_path / f"folder{suffix}").mkdir()
    for name, reason in (
        ("pipe", "is not a regular file"),
        ("zero", "is not a regular file"),
        ("folder", "is a folder"),
        ("none", "there is no such file"),
        ("none/a2", "there is no such file"),
    ):
        path = tmp_path / f"{name}{suffix}"
        for command in (["check"], ["grade", "A2"]):
            assert f"{path}: {reason}" in one_line(["classroom", *command, path], capsys)


def test_a_cell_without_magic_is_not_parsed(tmp_path, monkeypatch):
    """The tree of a large cell needs a hundred times its memory."""
    parsed, parse = [], ast.parse
    monkeypatch.setattr(submissions.ast, "parse", lambda text: parsed.append(text) or parse(text))
    texts = ["x = 1\n" * 1_000_000, "%time y = 2\n?y", "x = 3\n%x"]
    cells = [{"cell_type": "code", "source": text} for text in texts]
    path = tmp_path / "a2.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    found = [text for _, text in submissions.read(path).sources]
    assert found == [texts[0], "pass  # %time y = 2\npass  # ?y", "x = 3\npass  # %x"]
    assert parsed == texts[1:]


def test_a_deeply_nested_report_is_made_again(tmp_path):
    path = written(tmp_path, "other.ipynb")
    a2 = assignment("A2")
    settings = classroom.Settings(a2.seconds)
    graded = lambda: [*course.Course(a2, [path], settings, out=tmp_path / "out").grade()]
    first = graded()
    kept = tmp_path / "out" / "other.json"
    kept.write_bytes(CONTENTS["deep.ipynb"][0])
    assert graded() == first and json.loads(kept.read_bytes())["score"] == 0


def test_doctor_refuses_a_deeply_nested_mark(tmp_path, capsys):
    (tmp_path / MARK).write_bytes(CONTENTS["deep.ipynb"][0])
    assert "was not written by" in one_line(["classroom", "doctor", tmp_path], capsys)


@posix
def test_a_secret_is_read_from_a_regular_file(tmp_path, capsys):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/zero"):
        words = ["classroom", "new", "A2", "--out", tmp_path, "--secret-file", path]
        assert "is not a regular file" in one_line(words, capsys)
