"""Results of longer runs: a chapter finds them in a clone and beside a notebook."""

import subprocess
import sys

from small_chapters import write

from lesson import recorded
from tutorials import FOLDER
from tutorials.book import cache, glossary, site
from tutorials.book.shelf import Shelf


def test_the_results_lie_beside_the_notebooks_too(tmp_path):
    site.write(Shelf([], {}, glossary.load(), ("en",), tmp_path))
    script = "from lesson import recorded; print(len(recorded('modes.json')))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path / "en", capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == (f"{len(recorded('modes.json'))}\n", "")


def test_a_chapter_runs_again_when_the_results_change(tmp_path):
    chapter, results = write(tmp_path, ""), tmp_path / "benchmarks" / "modes.json"
    results.parent.mkdir()
    results.write_text("[]")
    before = cache.key(chapter, tools=tmp_path / FOLDER.name)
    results.write_text("[1]")
    assert cache.key(chapter, tools=tmp_path / FOLDER.name) != before
