"""`load`: every name loads, and a wrong name gives the legal ones."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import minigan
from minigan.datasets import NAMES, Dataset, digits8, load


@pytest.mark.parametrize("name", NAMES)
def test_every_name_loads_and_gives_float32(name):
    data = load(name)
    x, *_ = next(data.batches(10, generator=0))
    assert (
        x.shape == (10, *data.shape)
        and x.dtype == np.float32
        and data.description.startswith(data.name)
    )


@pytest.mark.parametrize("name", ["mnist", "no/such/file.npz", "RING8"])
def test_unknown_names_list_the_legal_ones(name):
    with pytest.raises(
        ValueError,
        match=r"mnist5k, digits8, stacked, ring8, grid25, gaussian.*\.npz file, an IDX file",
    ):
        load(name)


@pytest.mark.parametrize(
    "arguments, error, match",
    [
        ({"name": "ring8", "size": 32}, ValueError, "size=32"),
        ({"name": "grid25", "channels": 1}, ValueError, "channels=1"),
        ({"name": "stacked", "channels": 1}, ValueError, "channels=1"),
        ({"name": "mnist5k", "size": 27}, ValueError, "size=27"),
        ({"name": "mnist5k", "size": 0}, ValueError, "size=0"),
        ({"name": "mnist5k", "size": "32"}, TypeError, "size='32'"),
        ({"name": "mnist5k", "channels": 4}, ValueError, "channels=4"),
        ({"name": "mnist5k", "labels": "x"}, ValueError, "labels='x'"),
        ({"name": None}, TypeError, "name=None"),
        ({"name": 5}, TypeError, "name=5"),
    ],
)
def test_options_that_the_data_cannot_have(arguments, error, match):
    with pytest.raises(error, match=match):
        load(**arguments)


@pytest.mark.parametrize("name", NAMES)
def test_a_field_says_what_the_data_are(name):
    data = load(name)
    assert data.kind == ("points" if name in ("ring8", "grid25", "gaussian") else "images")
    assert len(data.shape) == {"points": 1, "images": 3}[data.kind]


def test_a_field_says_which_data_are_stacked():
    assert load("stacked", size=32).stack_of == load("mnist5k").name == "mnist5k"
    assert load("mnist5k").stack_of == ""
    assert load("stacked").with_channels(1).stack_of == ""


def test_size_and_channels():
    assert load("mnist5k", size=32, channels=3).shape == (3, 32, 32)
    assert load("digits8", size=64).shape == (1, 64, 64) and load(
        "stacked", size=32, channels=3
    ).shape == (3, 32, 32)


def test_a_name_has_precedence_over_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Path("digits8").open("wb") as file:
        np.savez(file, images=digits8().images)
    assert len(load("digits8")) == 1797
    with pytest.raises(ValueError, match="is not an IDX file"):
        load("./digits8")


def test_a_dataset_cannot_be_changed_by_assignment():
    with pytest.raises(AttributeError):
        load("digits8").name = "x"
    assert isinstance(load("digits8"), Dataset)


def test_importing_the_room_imports_nothing_optional():
    code = (
        "import sys, minigan.datasets; print([m for m in ('PIL', 'matplotlib', 'tqdm', "
        "'torch') if m in sys.modules])"
    )
    root = str(Path(minigan.__file__).parents[1])
    assert (
        subprocess.run(
            [sys.executable, "-c", code], cwd=root, capture_output=True, check=True
        ).stdout.strip()
        == b"[]"
    )


def test_an_empty_name_is_refused():
    with pytest.raises(ValueError, match="name=''"):
        load("")
