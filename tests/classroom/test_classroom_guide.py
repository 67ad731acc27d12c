"""The instructor's guide: its commands are run as they stand."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import minigan

ROOT = Path(minigan.__file__).parents[1]
BOOK = Path(__file__).parents[2] / "tutorials"
GUIDES = (BOOK / "instructors.md", BOOK / "zh" / "instructors.md")

SMALL = {
    "$(seq -w 1 20)": "01 06 09 10",
    "$(seq -w 1 18)": "01 06 09 10",
    "in 01 02 03 04 05;": "in 01;",
    "in 06 07 08;": "in 06;",
}


@pytest.mark.skipif(shutil.which("bash") is None, reason="the guide uses a shell")
@pytest.mark.parametrize(
    ("guide", "students"),
    [
        pytest.param(GUIDES[0], 20, marks=pytest.mark.nightly),
        pytest.param(GUIDES[1], 20, marks=pytest.mark.nightly),
        (GUIDES[0], 4),
    ],
    ids=("en", "zh", "en-small"),
)
def test_a_class_is_graded_by_the_guide_alone(guide: Path, students: int, tmp_path: Path) -> None:
    (block,) = re.findall(
        r"<!-- run -->\n```bash\n(.*?)```", guide.read_text(encoding="utf-8"), re.S
    )
    tool = tmp_path / "bin" / "minigan"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m minigan "$@"\n')
    tool.chmod(0o755)
    environ = {**os.environ, "PATH": f"{tool.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    script = block.replace("--jobs 2", "--jobs 2 --timeout 12")
    if students == 4:  # one of each kind
        for names, few in SMALL.items():
            assert script.count(names) == 1
            script = script.replace(names, few)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, env=environ,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    results = tmp_path / "class" / "results"
    rows = list(csv.DictReader((results / "gradebook.csv").read_text("utf-8").splitlines()))
    scores = {row["student"]: int(row["score"]) for row in rows}
    assert len(scores) == students
    assert scores["s01"] == 92 and scores["s06"] == 68 and scores["s10"] == 100
    assert scores["s09"] == scores.get("s19", 0) == 0
    page = (results / "summary.html").read_text(encoding="utf-8")
    assert (
        re.search(r"5 (of|/) 20" if students == 20 else "1 (of|/) 4", page)
        and "overlap-overwritten" in page
    )
    report = json.loads((results / "s01.json").read_text(encoding="utf-8"))
    assert report["parts"][0]["misconception"] == "overlap-overwritten"


def test_both_guides_have_the_same_commands() -> None:
    commands = [
        re.findall(r"minigan classroom [^\n`]*", guide.read_text(encoding="utf-8"))
        for guide in GUIDES
    ]
    plain = [
        [re.sub(r"\s+(--language zh|#.*|  .*|>.*)", "", c).strip() for c in cs] for cs in commands
    ]
    assert [c.split()[2] for c in plain[0]] == [c.split()[2] for c in plain[1]]
