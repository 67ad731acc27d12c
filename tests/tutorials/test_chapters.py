"""The chapters of the book: each passes all checks, and runs as a script from any folder."""

import os
import subprocess
import sys

import pytest

from tutorials import FOLDER
from tutorials.book import cache, checks, glossary
from tutorials.book.chapter import read, scripts

CHAPTERS = [read(path) for path in scripts().values()]
QUICK = [3, 5]  # the others run in .ci/nightly


@pytest.fixture(scope="module")
def records():
    paths = [scripts()[number] for number in QUICK]
    return dict(zip(QUICK, cache.fresh(paths, jobs=2), strict=True))


@pytest.mark.parametrize("number", QUICK)
def test_a_chapter_passes_all_checks(number, records):
    chapter = next(chapter for chapter in CHAPTERS if chapter.number == number)
    assert checks.problems(chapter, records[number], glossary.load(), CHAPTERS) == []
    assert checks.proved_decimals(chapter, records[number]) >= 1


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_a_chapter_is_whole_and_in_both_languages(chapter):
    assert set(chapter.steps) == {"en", "zh"}
    assert len(chapter.steps["en"]) >= 8 and 0 < chapter.seconds <= 60


def test_a_script_runs_as_it_stands_from_any_folder(tmp_path):
    script = FOLDER / "t03_transposed.py"
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "ok  the largest error: 10" in done.stdout and "matrices.png" in done.stdout


# What somebody could break in the library, and the chapter that must notice
FAULTS = [
    (3, "minigan.conv.holes.flipped = lambda w, geometry: w.swapaxes(0, 1)"),
    (3, "Axis.flipped = property(lambda self: replace(self, X=self.Y, Y=self.X, padding=9))"),
    (3, "ConvTranspose.forward = lambda self, y, w: right(self, y, w[..., ::-1, ::-1])"),
    (5, "Axis.coverage = property(lambda self: (1,) * self.X)"),
    (5, "Axis.interior_coverage = property(lambda self: (self.taps // self.stride,) * 2)"),
    (5, "ConvTranspose.forward = lambda self, y, w: minimum(right(self, y, w), 1)"),
]


@pytest.mark.parametrize(("number", "fault"), FAULTS)
def test_a_fault_of_the_library_is_noticed(number, fault, tmp_path):
    script = f"""
import runpy
from dataclasses import replace
from numpy import minimum
import minigan.conv
from minigan.geometry import Axis
from minigan.nn.functional.convolution import Conv, ConvTranspose
right = ConvTranspose.forward
{fault}
runpy.run_path({str(scripts()[number])!r})
"""
    paths = os.pathsep.join([str(FOLDER), os.environ.get("PYTHONPATH", "")])
    where = {"cwd": tmp_path, "env": {**os.environ, "PYTHONPATH": paths}}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, **where)
    assert "ClaimError" in done.stderr
