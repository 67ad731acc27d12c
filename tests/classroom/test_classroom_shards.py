"""A class in shards: merged they are the whole class, byte for byte."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from dask_cluster import dask_cluster

from minigan.classroom import Course, Settings, assignment
from minigan.cli import main

QUICK = "import numpy as np\ndef useful_multiplications(size, kernel, stride):\n    return {}\n"
RESULTS = ("gradebook.csv", "summary.txt", "summary.html")


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a class of five, graded whole in `whole`, and in shards in `i-of-3`."""
    folder = tmp_path_factory.mktemp("class")
    files = []
    for place, code in enumerate(["size * kernel", "0", "1 / 0", "size * kernel", "kernel"]):
        files.append(folder / f"{'xy'[place // 3]}" / f"s{place % 3}.py")  # s0 and s1 are twice
        files[-1].parent.mkdir(exist_ok=True)
        files[-1].write_text(QUICK.format(code))
    for out, extra in (("whole", []), *((f"{i}-of-3", ["--shard", f"{i}/3"]) for i in (1, 2, 3))):
        command = ["classroom", "grade", "A2", *map(str, files), "--timeout", "400"]
        assert main([*command, "--out", str(folder / out), *extra]) == 0
    return folder


def contents(folder: Path, reports: int = 5) -> dict[str, bytes]:
    names = [path.name for path in folder.glob("*.json")]
    assert len(names) == reports
    return {name: (folder / name).read_bytes() for name in (*RESULTS, *names)}


def test_merged_shards_are_the_whole_class_byte_for_byte(
    graded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = [str(graded / f"{i}-of-3") for i in (3, 1, 2)]
    capsys.readouterr()
    assert main(["classroom", "merge", *folders, "--out", str(tmp_path / "merged")]) == 0
    assert capsys.readouterr().out == (graded / "whole/summary.txt").read_text(encoding="utf-8")
    assert contents(tmp_path / "merged") == contents(graded / "whole")
    assert main(["classroom", "merge", *folders, "--json", "--out", str(tmp_path / "merged")]) == 0
    assert capsys.readouterr().out.count('"assignment": "A2"') == 5


def test_one_folder_may_hold_all_shards(graded: Path, tmp_path: Path) -> None:
    for number in (1, 2, 3):
        shutil.copytree(graded / f"{number}-of-3", tmp_path, dirs_exist_ok=True)
    assert main(["classroom", "merge", str(tmp_path)]) == 0
    assert contents(tmp_path) == contents(graded / "whole")


def test_a_class_may_have_fewer_files_than_shards(graded: Path, tmp_path: Path) -> None:
    file = str(graded / "x/s0.py")
    for number in (1, 2):
        command = ["classroom", "grade", "A2", file, "--shard", f"{number}/2", "--out"]
        assert main([*command, str(tmp_path)]) == 0
    assert main(["classroom", "merge", str(tmp_path)]) == 0
    assert len((tmp_path / "gradebook.csv").read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("folders", "message"),
    [
        (["1-of-3", "3-of-3"], "shard 2/3 is missing"),
        (["2-of-3"], "shard 1/3, 3/3 are missing"),
        (["1-of-3", "2-of-3", "copy", "3-of-3"], "shard 2/3 is there twice"),
        (["whole"], "no shard has ended there"),
        (["none"], "no shard has ended there"),
        (["1-of-3", "other"], "of different jobs or settings"),
        (["damaged"], "is damaged"),
        (["lost", "2-of-3", "3-of-3"], "s0.json: this report is missing or damaged"),
    ],
)
def test_what_cannot_be_merged_is_named_in_one_line(
    graded: Path, folders: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(graded / "2-of-3", graded / "copy", dirs_exist_ok=True)
    for name, source in (("other", "2"), ("damaged", "1"), ("lost", "1")):
        shutil.copytree(graded / f"{source}-of-3", graded / name, dirs_exist_ok=True)
    listed = graded / "other/.shard-2-of-3"
    listed.write_text(listed.read_text().replace('"class": "', '"class": "0'))
    (graded / "damaged/.shard-1-of-3").write_text("{")
    (graded / "lost/s0.json").unlink()
    capsys.readouterr()
    code = main(["classroom", "merge", *(str(graded / folder) for folder in folders)])
    out, err = capsys.readouterr()
    assert code == 2 and not out and message in err and err.count("\n") == 1


@pytest.mark.filterwarnings("ignore")  # Dask's own
def test_a_class_is_graded_on_a_dask_cluster(graded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = sorted(graded.glob("[xy]/*.py"))
    here = list(Course(assignment("A2"), files, Settings()).grade())
    with dask_cluster(monkeypatch) as address:
        assert list(Course(assignment("A2"), files, Settings(), scheduler=address).grade()) == here


def test_a_scheduler_that_cannot_be_used_is_refused_in_one_line(
    graded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    command = ["classroom", "grade", "A2", str(graded / "x/s0.py"), "--scheduler", "tcp://h:1"]
    assert main(command) == 2
    assert main([*command, "--jobs", "2"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2 and "pip install distributed" in lines[0]
    assert "not allowed with argument" in lines[1]
