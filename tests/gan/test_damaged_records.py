"""Records of a game that were damaged in a file: each kind of damage has its message."""

import numpy as np
import pytest

from minigan import runs
from minigan.gan.records import unstacked
from minigan.runs import RunError

STATE = {"updates": [1, 5], "numbers": {"loss": np.zeros(2)}, "arrays": {"fake": np.zeros((2, 3))}}


def read(**changes):
    return unstacked({**STATE, **changes}, ["loss"], {"fake": (3,)})


def test_whole_records_are_read():
    first, last = read()
    assert (first.update, last.update) == (1, 5) and last.arrays["fake"].shape == (3,)
    assert read(updates=[], numbers={}, arrays={}) == []


@pytest.mark.parametrize(("changes", "words"), [
    ({"more": 1}, "must be a dict of updates, numbers and arrays"),
    ({"updates": 3}, "must be a list of integers"),
    ({"updates": [1, 5.0]}, "must be a list of integers"),
    ({"updates": [5, 1]}, "must be positive, and increase"),
    ({"updates": [0, 1]}, "must be positive, and increase"),
    ({"updates": [5, 5]}, "must be positive, and increase"),
    ({"numbers": [0.0]}, "must be dicts"),
    ({"arrays": None}, "must be dicts"),
    ({"numbers": {"other": np.zeros(2)}}, "."),
    ({"numbers": {"loss": np.zeros(3)}}, "."),
    ({"arrays": {"fake": np.zeros((2, 4))}}, "."),
    ({"arrays": {"fake": np.full((2, 3), np.nan)}}, "."),
])  # fmt: skip
def test_damaged_records_are_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        read(**changes)


@pytest.mark.parametrize("state", [None, [], {"updates": [1]}])
def test_what_is_no_record_at_all(state):
    with pytest.raises(ValueError, match="must be a dict"):
        unstacked(state, [], {})


def test_settings_of_another_kind_or_name():
    with pytest.raises(RunError, match=r"configure: kind='gann' is not legal \(legal: gan, "):
        runs.configure("gann", {})
    with pytest.raises(RunError, match="'steps_per_day' is not a setting"):
        runs.configure("gan", {"data": "ring8", "steps_per_day": 3})
    config = type(runs.configure("gan", {"data": "ring8"}))
    for settings, kind in (({"kind": "decoders"}, "'decoders'"), (3, "3"), ({}, "None")):
        with pytest.raises(RunError, match=f"it is of kind {kind}"):
            config.from_json(settings)
    with pytest.raises(RunError, match="other settings than this version"):
        config.from_json({"kind": "gan", "latent": 3})
