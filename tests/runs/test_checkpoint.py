"""A checkpoint restores every tree exactly, and refuses damaged files and pickles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from minigan.runs import checkpoint

arrays = hnp.arrays(
    st.sampled_from([np.float32, np.float64, np.int64, np.bool_]),
    hnp.array_shapes(min_dims=0, min_side=0),
)
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | arrays
)
keys = st.text(max_size=5) | st.integers(0, 99)
trees = st.recursive(
    leaves, lambda t: st.lists(t, max_size=3) | st.dictionaries(keys, t, max_size=3), max_leaves=8
)


def same(a, b):
    if isinstance(a, np.ndarray):
        return (
            isinstance(b, np.ndarray)
            and a.dtype == b.dtype
            and a.shape == b.shape
            and a.tobytes() == b.tobytes()
        )
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and a == b


@given(trees)
def test_a_tree_comes_back_as_it_was(tmp_path_factory, tree):
    path = tmp_path_factory.mktemp("tree") / "c.npz"
    checkpoint.save(path, tree)
    assert same(tree, checkpoint.load(path))
    assert [file.name for file in path.parent.iterdir()] == ["c.npz"]


def test_keys_with_equal_texts_stay_different(tmp_path):
    a, b, c = np.zeros(1), np.ones(2), np.full(3, 2)
    tree = {0: a, "0": b, "x": {"y": c}, "x/y": a}
    checkpoint.save(tmp_path / "c.npz", tree)
    assert same(tree, checkpoint.load(tmp_path / "c.npz"))


@pytest.mark.parametrize("keep", [0, 10, 200, -1])
def test_a_damaged_file_is_named(tmp_path, keep):
    path = tmp_path / "c.npz"
    checkpoint.save(path, {"a": np.arange(100), "b": [1, "x"]})
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ValueError, match=r"c\.npz is not a checkpoint"):
        checkpoint.load(path)


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "c.npz"
    checkpoint.save(path, {"a": 1})
    with pytest.raises(TypeError):
        checkpoint.save(path, {"a": object()})
    assert checkpoint.load(path) == {"a": 1}
    assert len(list(tmp_path.iterdir())) == 1


def test_pickles_are_refused(tmp_path):
    path = tmp_path / "c.npz"
    np.savez(path, **{"tree.json": np.array([object()])})
    with pytest.raises(ValueError, match="is not a checkpoint"):
        checkpoint.load(path)
