"""Long tests are left for the night and counted, and two parts are the whole suite."""

import subprocess
import sys
from pathlib import Path

import pytest
from portions import SECONDS, files_of_part, part, thinned

HERE = Path(__file__).parent
SUITE = """
import pytest

@pytest.mark.parametrize("x", [1, pytest.param(2, marks=pytest.mark.nightly)])
def test_a(x): pass

@pytest.mark.nightly
def test_b(): pass
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("suite")
    hooks = (HERE / "conftest.py").read_text("utf-8").partition("\n\ndef pytest_addoption")
    (path / "conftest.py").write_text(
        "import portions, pytest, signal\n_later = pytest.StashKey[int]()\n" + hooks[1] + hooks[2]
    )
    for name in ("test_one.py", "test_two.py"):
        (path / name).write_text(SUITE)
    return path


@pytest.mark.parametrize(
    ("options", "passed", "later"),
    [
        ([], 2, 4),
        (["--nightly"], 6, 0),
        (["-m", "nightly"], 4, 0),
        (["test_one.py::test_b"], 1, 0),  # who names a test wants it
        (["--part", "1/2"], 1, 2),
        (["--part", "2/2", "--nightly"], 3, 0),
    ],
)
def test_what_a_run_of_pytest_has(options, passed, later, folder):
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-o", f"pythonpath={HERE}"]
    done = subprocess.run(
        [*command, "--rootdir", ".", *options], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"\n{passed} passed" in done.stdout.replace("= ", "\n")
    said = f"{later} long tests were left to .ci/nightly (pytest --nightly)"
    assert (said in done.stdout) == bool(later) and ("left to" in done.stdout) == bool(later)


def test_the_parts_are_the_whole_and_about_as_long():
    files = [line.split()[1] for line in SECONDS.read_text("utf-8").splitlines()[1:]]
    assert all((HERE.parent / file).is_file() for file in files)
    counts = {**dict.fromkeys(files, 5), "tests/test_a.py": 1000, "tests/test_b.py": 990}
    parts = [files_of_part(counts, number, 3) for number in (1, 2, 3)]
    assert set().union(*parts) == set(counts) and sum(map(len, parts)) == len(counts)
    assert files_of_part({"b": 1, "a": 1}, 1, 2) == {"a"}


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "1/0", "a/b", "1/2/3", "-1/2"])
def test_a_part_that_does_not_exist_is_refused(text):
    with pytest.raises(ValueError, match="legal: 1/2"):
        part(text)
    assert part("2/3") == (2, 3)


def test_by_day_each_value_is_tried():
    found = thinned(3, "abcdef", [1, 2, 3, 4])
    daily = [param.values for param in found if not param.marks]
    assert len(found) == 24 and len(daily) == 8
    assert {a for a, _ in daily} == set("abcdef") and {b for _, b in daily} == {1, 2, 3, 4}
