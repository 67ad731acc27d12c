"""Notebooks are valid, hold the outputs of the run, and give the same when they run again."""

import json
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from small_chapters import ran

import lesson
from tutorials.book import cache
from tutorials.book.chapter import read, scripts
from tutorials.book.notebook import notebook

STEPS = r"""
# %% first [markdown]
# ## First
#
# **Predict.** How much?

# %%
from lesson import claim, figure, show
import numpy as np

print("two:", np.add(1, 1))
claim("two", np.add(1, 1), 2)

# %% draw
show("nothing", figure()[0])

# %% [markdown]
# ![Nothing to be seen](nothing.png) The caption.

# %% second [markdown]
# ## Second
#
# **Hint 1.** One.
# %%
x = 1
# %% draw
y = 2
"""


@pytest.fixture
def made(tmp_path):
    return notebook(*ran(tmp_path, STEPS)[:1], "en", ran(tmp_path, STEPS)[1])


def source(cell):
    return "".join(cell["source"])


def test_cells_follow_the_chapter(made):
    kinds = [cell["cell_type"] for cell in made["cells"]]
    assert kinds == ["markdown"] * 3 + ["code"] * 2 + ["markdown"] * 3 + ["code"] * 2
    assert len({cell["id"] for cell in made["cells"]}) == len(kinds)
    question, caption = source(made["cells"][2]), source(made["cells"][5])
    assert question.startswith("> **Predict before you look.** How much?")
    assert caption.startswith("<details>") and "The caption." in caption and "![" not in caption


def test_code_cells_hold_the_outputs_of_the_run(made):
    first, drawing, plain, other = (c for c in made["cells"] if c["cell_type"] == "code")
    assert first["outputs"][0]["text"] == ["two: 2\n", "  ok  two: 2\n"]
    assert drawing["outputs"][0]["data"]["image/png"].startswith("iVBOR")
    assert plain["outputs"] == other["outputs"] == []
    hidden = {"source_hidden": True, "outputs_hidden": True}
    assert first["metadata"] == drawing["metadata"] == {"jupyter": hidden}
    assert plain["metadata"] == {} and other["metadata"]["jupyter"]["source_hidden"]


def test_a_film_is_encoded_once_for_both_languages(tmp_path):
    chapter, record = ran(tmp_path, STEPS)
    pictures = [
        output["data"]["image/png"]
        for _ in range(2)
        for cell in notebook(chapter, "en", record)["cells"]
        for output in cell.get("outputs", [])
        if "data" in output
    ]
    assert len(pictures) == 2 and pictures[0] is pictures[1]


@pytest.mark.skipif(find_spec("nbformat") is None, reason="needs nbformat")
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("number", sorted(scripts()))
def test_notebooks_are_valid(number, language):
    import nbformat

    chapter = read(scripts()[number])
    record = cache.kept(chapter) or next(cache.fresh([chapter.path]))
    cache.keep(chapter, record)
    text = json.dumps(notebook(chapter, language, record))
    nbformat.validate(nbformat.reads(text, as_version=4))


@pytest.mark.skipif(find_spec("nbclient") is None, reason="needs nbclient")
@pytest.mark.filterwarnings("ignore")
def test_a_notebook_runs_again_where_it_lies(tmp_path):
    import nbclient
    import nbformat

    chapter, record = ran(tmp_path, STEPS)
    shutil.copytree(Path(lesson.__file__).parent, tmp_path / "lesson")
    book = nbformat.reads(json.dumps(notebook(chapter, "en", record)), as_version=4)
    before = [cell.outputs for cell in book.cells if cell.cell_type == "code"]
    where = {"metadata": {"path": str(tmp_path)}}
    again = nbclient.NotebookClient(book, timeout=60, resources=where).execute()
    after = [cell.outputs for cell in again.cells if cell.cell_type == "code"]
    assert [len(outputs) for outputs in after] == [len(outputs) for outputs in before]
    assert after[0][0].text == before[0][0].text
    assert after[1][0].data["image/png"].strip() == before[1][0].data["image/png"]
