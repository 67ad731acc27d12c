"""Streams of batches: a saved state resumes elsewhere with the same bits."""

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minigan
from minigan.datasets import (
    Batches,
    Draws,
    digits8,
    gaussian,
    generator_state,
    one_epoch,
    ring,
    set_generator_state,
    split,
)

KINDS = [np.random.PCG64, np.random.PCG64DXSM, np.random.MT19937, np.random.Philox, np.random.SFC64]


def take(stream, count):
    return list(itertools.islice(stream, count))


def same(a, b):
    return len(a) == len(b) and all(
        np.array_equal(x, y) for p, q in zip(a, b, strict=True) for x, y in zip(p, q, strict=True)
    )


@pytest.mark.parametrize("kind", KINDS)
@given(seed=st.integers(0, 2**64), before=st.integers(0, 700), half=st.booleans())
def test_generator_state_survives_json(kind, seed, before, half):
    rng, other = np.random.Generator(kind(seed)), np.random.Generator(kind(1))
    rng.random(before)
    if half:
        rng.integers(5, dtype=np.uint8)  # leaves bits in the generator's buffer
    set_generator_state(other, json.loads(json.dumps(generator_state(rng))))
    assert np.array_equal(
        rng.integers(2**31, size=9, dtype=np.int32), other.integers(2**31, size=9, dtype=np.int32)
    )
    assert np.array_equal(rng.standard_normal(5), other.standard_normal(5))


@pytest.mark.parametrize(
    "state", [None, {}, {"bit_generator": "MT19937"}, {"bit_generator": "PCG64"}]
)
def test_a_state_of_another_generator_is_refused(state):
    with pytest.raises(ValueError, match="PCG64"):
        set_generator_state(np.random.default_rng(0), state)


def test_a_damaged_generator_state_is_refused():
    rng = np.random.default_rng(0)
    for spoilt in (
        {"state": 5},
        {"state": {"state": "x", "inc": 1}},
        {"has_uint32": "x"},
        {"state": {"state": -1}},
    ):
        with pytest.raises(ValueError, match="set_generator_state"):
            set_generator_state(rng, generator_state(rng) | spoilt)


@given(
    count=st.integers(1, 40),
    size=st.integers(1, 50),
    drop_last=st.booleans(),
    before=st.integers(0, 60),
    seed=st.integers(0),
)
def test_batches_continue_bit_for_bit(count, size, drop_last, before, seed):
    size = min(size, count) if drop_last else size
    x, labels = np.random.default_rng(0).standard_normal((count, 3, 2)), np.arange(count)
    first = Batches(x, labels, size=size, drop_last=drop_last, generator=seed)
    take(first, before)
    second = Batches(x, labels, size=size, drop_last=drop_last, generator=seed + 1)
    take(second, 3)
    second.load_state_dict(json.loads(json.dumps(first.state_dict())))
    assert (
        same(take(first, 2 * count), take(second, 2 * count))
        and first.state_dict() == second.state_dict()
    )


@given(size=st.integers(1, 40), before=st.integers(0, 9), seed=st.integers(0))
def test_draws_continue_bit_for_bit(size, before, seed):
    first, second = ring().batches(size, generator=seed), ring().batches(size)
    take(first, before)
    second.load_state_dict(json.loads(json.dumps(first.state_dict())))
    assert same(take(first, 3), take(second, 3))


def test_a_state_goes_through_npz(tmp_path):
    first, second = (Batches(np.arange(7), size=2, generator=seed) for seed in (0, 1))
    take(first, 4)
    state = first.state_dict()
    np.savez(
        tmp_path / "state.npz",
        json=json.dumps(state["generator"]),
        order=state["order"],
        position=state["position"],
    )
    with np.load(tmp_path / "state.npz", allow_pickle=False) as file:
        parts = {
            "generator": json.loads(str(file["json"])),
            "order": file["order"],
            "position": file["position"],
        }
    second.load_state_dict(parts | {"epoch": state["epoch"]})
    assert same(take(first, 9), take(second, 9))


@given(count=st.integers(1, 60), size=st.integers(1, 60), seed=st.integers(0, 99))
def test_an_epoch_has_every_row_once(count, size, seed):
    x = np.arange(count)
    batches = Batches(x, -x, size=size, drop_last=False, generator=seed)
    for _ in range(3):
        dealt = take(batches, batches.per_epoch)
        assert np.array_equal(np.sort(np.concatenate([rows for rows, _ in dealt])), x)
        assert all(np.array_equal(rows, -negative) for rows, negative in dealt)
    assert batches.epoch == 3


@given(count=st.integers(1, 60), size=st.integers(1, 60), seed=st.integers(0, 99))
def test_drop_last_gives_equal_batches_without_repeats(count, size, seed):
    size = min(size, count)
    batches = Batches(np.arange(count), size=size, generator=seed)
    for epoch in (1, 2):
        dealt = [rows for (rows,) in take(batches, batches.per_epoch)]
        assert all(len(rows) == size for rows in dealt) and batches.epoch == epoch
        assert len(np.unique(np.concatenate(dealt))) == size * (count // size)


def test_epochs_have_different_orders_and_do_not_change_the_arrays():
    x = np.arange(50)
    batches = Batches(x, size=50, generator=0)
    (first,), (second,) = take(batches, 2)
    assert not np.array_equal(first, second) and np.array_equal(x, np.arange(50))
    first[:] = -1
    assert np.array_equal(x, np.arange(50))


def test_the_order_is_the_generators_permutation():
    (rows,) = next(Batches(np.arange(9), size=9, generator=5))
    assert np.array_equal(rows, np.random.default_rng(5).permutation(9))


def test_a_shared_generator_is_restored_for_everyone():
    rng = np.random.default_rng(0)
    batches = Batches(np.arange(6), size=4, generator=rng)
    take(batches, 2)
    state = batches.state_dict()
    after = [take(batches, 3), [(rng.random(4),)]]
    batches.load_state_dict(state)
    assert same(after[0], take(batches, 3)) and np.array_equal(after[1][0][0], rng.random(4))


def test_one_epoch_is_in_order_and_whole():
    x, y = np.arange(10).reshape(5, 2), np.arange(5)
    dealt = list(one_epoch(x, y, size=3))
    assert [len(part) for part, _ in dealt] == [3, 2] and np.array_equal(
        np.concatenate([p for p, _ in dealt]), x
    )
    assert list(one_epoch(np.empty((0, 3)), size=4)) == [] and len(list(one_epoch(x, size=99))) == 1


@pytest.mark.parametrize("size", [0, -1])
def test_a_size_below_one_is_refused(size):
    for make in (
        lambda: Batches(np.arange(5), size=size),
        lambda: Batches(np.arange(5), size=size, drop_last=False),
        lambda: one_epoch(np.arange(5), size=size),
        lambda: gaussian().batches(size),
    ):
        with pytest.raises(ValueError, match=f"size={size} must be at least 1"):
            make()


@pytest.mark.parametrize("size", [2.0, "2", None, True])
def test_a_size_that_is_not_an_integer_is_refused(size):
    with pytest.raises(TypeError, match="size="):
        Batches(np.arange(5), size=size)


def test_a_batch_larger_than_the_data():
    with pytest.raises(ValueError, match=r"size=6 .*1\.\.5"):
        Batches(np.arange(5), size=6)
    assert len(next(Batches(np.arange(5), size=6, drop_last=False))[0]) == 5


def test_arrays_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"\(5,\).*\(4, 2\)"):
        Batches(np.arange(5), np.zeros((4, 2)), size=2)
    with pytest.raises(ValueError, match="one array or more"):
        Batches(size=2)
    with pytest.raises(ValueError, match="empty"):
        Batches(np.empty((0, 2)), size=1, drop_last=False)
    for bad in (np.float64(3), [1, 2, 3], "abc"):
        with pytest.raises(TypeError, match="NumPy array"):
            Batches(bad, size=1)


def test_a_state_that_does_not_fit_is_refused_and_changes_nothing():
    batches = Batches(np.arange(5), size=2, generator=0)
    take(batches, 1)
    good = batches.state_dict()
    longer = Batches(np.arange(6), size=2, generator=0)
    take(longer, 1)
    spoilt = [
        longer.state_dict(),
        {key: value for key, value in good.items() if key != "position"},
        good | {"position": 6},
        good | {"position": -1},
        good | {"order": [0, 1, 2, 3, 3]},
        good | {"generator": {}},
    ]
    for state in spoilt:
        with pytest.raises(ValueError, match="state"):
            batches.load_state_dict(state)
        assert batches.state_dict() == good
    with pytest.raises(ValueError, match="generator"):
        Draws(lambda n, rng: rng.random(n), size=2).load_state_dict({})
    with pytest.raises(TypeError, match="state_dict"):
        batches.load_state_dict(None)


def test_two_processes_draw_the_same_bits():
    code = (
        "import hashlib, itertools; from minigan.datasets import *; h = hashlib.sha256()\n"
        "for d in (split(load('digits8', size=16))[0], ring(), stack_digits(digits8(), 50)):\n"
        "    for arrays in itertools.islice(d.batches(32, generator=3), 60):\n"
        "        for a in arrays: h.update(a.tobytes())\n"
        "print(h.hexdigest())"
    )
    root = str(Path(minigan.__file__).parents[1])
    seen = set()
    for seed in ("1", "2"):
        env = os.environ | {"PYTHONPATH": root, "PYTHONHASHSEED": seed}
        seen.add(
            subprocess.run(
                [sys.executable, "-c", code], env=env, capture_output=True, check=True
            ).stdout
        )
    assert len(seen) == 1


def test_images_and_labels_stay_together():
    train, _ = split(digits8())
    table = {
        image.tobytes(): label for image, label in zip(train.scaled(), train.labels, strict=True)
    }
    for images, labels in take(train.batches(100, generator=1), 15):
        assert images.dtype == np.float32
        assert all(
            table[image.tobytes()] == label for image, label in zip(images, labels, strict=True)
        )
