"""The group of ranks: its laws on the stand-in, and its errors."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minigan.parallel import Alone, Group, ParallelError, launched, run, world

SETTINGS = settings(max_examples=100, deadline=None)
SIZES = st.integers(1, 5)


def ordered_sum(arrays):
    total = arrays[0].copy()
    for array in arrays[1:]:
        total = total + array
    return total


@SETTINGS
@given(SIZES, st.integers(0, 3000), st.sampled_from(["f4", "f8"]), st.integers(0, 9))
def test_all_sum_adds_in_rank_order_and_gives_every_rank_the_same_bits(size, n, dtype, seed):
    rng = np.random.default_rng(seed)
    numbers = [
        (rng.standard_normal((n, 2)) * 10.0 ** rng.integers(-8, 8, (n, 2))).astype(dtype)
        for _ in range(size)
    ]

    found = run(size, lambda group: group.all_sum(numbers[group.rank])[0])

    want = ordered_sum(numbers)
    for array in found:
        assert array.dtype == want.dtype
        assert array.shape == want.shape
        assert array.tobytes() == want.tobytes()


KINDS = st.lists(st.tuples(st.sampled_from(["f4", "f8", "i8"]), st.integers(0, 9)), max_size=5)


@SETTINGS
@given(SIZES, KINDS)
def test_several_arrays_are_summed_each_in_its_dtype(size, kinds):
    def work(group: Group):
        arrays = [np.arange(n, dtype=dtype) * (group.rank + 1) for dtype, n in kinds]
        return group.all_sum(*arrays)

    factor = size * (size + 1) // 2
    for sums in run(size, work):
        assert [array.dtype for array in sums] == [np.dtype(dtype) for dtype, _ in kinds]
        for array, (_, n) in zip(sums, kinds, strict=True):
            assert array.tolist() == [i * factor for i in range(n)]


def test_all_sum_is_linear_and_does_not_change_its_arguments():
    rng = np.random.default_rng(0)
    x, y = rng.integers(-9, 9, (2, 3, 7)).astype(float)

    def work(group: Group):
        a, b = x[group.rank], y[group.rank]
        before = a.copy()
        both, first, second = (group.all_sum(z)[0] for z in (2 * a + b, a, b))
        assert (a == before).all()
        return (both == 2 * first + second).all()

    assert all(run(3, work))


def test_stack_gather_broadcast_and_barrier():
    def work(group: Group):
        group.barrier()
        stacked = group.stack(np.full((2, 1), group.rank))
        values = group.gather({"rank": group.rank})
        return stacked[:, 0, 0].tolist(), values, group.broadcast(["of", group.rank])

    for found in run(3, work):
        assert found == ([0, 1, 2], [{"rank": r} for r in range(3)], ["of", 0])


def test_one_process_is_a_group_without_messages():
    group = Alone()
    x = np.arange(3.0)
    assert group.all_sum(x)[0] is x
    assert group.gather(5) == [5]
    assert group.broadcast(5) == 5
    assert group.stack(x).shape == (1, 3)
    group.barrier()
    group.abort("nobody hears it")
    assert not launched()
    assert isinstance(world(), Alone)


@pytest.mark.parametrize("name", ["seconds", "longest"])
def test_a_limit_must_be_positive(name):
    with pytest.raises(ValueError, match=f"world: {name}=0 must be greater than 0"):
        world(**{name: 0})
    with pytest.raises(ValueError, match="run: size=0 must be at least 1"):
        run(0, lambda group: None)


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_the_stand_in_wants_a_positive_limit(seconds):
    with pytest.raises(ValueError, match=f"run: seconds={seconds}"):
        run(2, lambda group: group.barrier(), seconds)


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize(
    "value", [np.array([True]), np.array(["a"]), np.array([1], object), [1.0], 2.0]
)
def test_only_arrays_of_numbers_are_summed(size, value):
    with pytest.raises(TypeError, match="all_sum: the arrays must have numbers, not "):
        run(size, lambda group: group.all_sum(value))


@pytest.mark.skipif(sys.platform == "win32", reason="os.kill ends a process there")
def test_ctrl_c_stops_the_threads_of_the_stand_in():
    program = """
import os, signal, time
from minigan.parallel import ParallelError, run

ended = []

def work(group):
    group.barrier()
    if group.rank == 0:
        os.kill(os.getpid(), signal.SIGINT)
    try:
        while True:
            group.barrier()
    except ParallelError as error:
        ended.append(str(error))
        raise

try:
    run(2, work)
except KeyboardInterrupt:
    limit = time.monotonic() + 60
    while len(ended) < 2 and time.monotonic() < limit:
        time.sleep(0.01)  # join does not wait for a thread whose join was interrupted
    print(sorted(ended))
"""
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120
    )
    assert found.stdout == "['interrupted', 'interrupted']\n", found.stderr


def test_one_process_under_srun_does_not_need_mpi4py():
    program = """
import sys
sys.modules["mpi4py"] = None  # as if it were not installed
from minigan.parallel import world
print(world().size)
"""

    def sizes(**variables):
        return subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            timeout=120,
        )

    assert sizes(PMI_SIZE="1").stdout == "1\n"
    assert "world: mpiexec started this process, but mpi4py" in sizes(PMI_SIZE="2").stderr


# -------------------------------------------------------------------------- ranks that disagree


def messages(size, work, seconds=5.0):
    """Return what each rank raises, by rank."""
    found = {}

    def note(group: Group):
        try:
            work(group)
        except Exception as error:
            found[group.rank] = error
            raise

    with pytest.raises(ParallelError):
        run(size, note, seconds)
    return [str(found[rank]) for rank in range(size) if isinstance(found[rank], ParallelError)]


@pytest.mark.parametrize("n", [10, 100_000])
def test_arrays_of_different_sizes_stop_every_rank(n):
    texts = messages(3, lambda group: group.all_sum(np.ones(n + (group.rank == 1))))
    assert len(texts) == 3
    assert all("numbers, and rank" in text for text in texts)
    assert all("all ranks must make the same calls with the same shapes" in text for text in texts)


def test_different_calls_stop_every_rank():
    def work(group: Group):
        if group.rank == 2:
            group.stack(np.ones(3))
        else:
            group.all_sum(np.ones(3))

    texts = messages(3, work)
    assert len(texts) == 3
    assert all("stack of float64" in text for text in texts)
    assert all("all_sum of float64" in text for text in texts)


def test_different_dtypes_stop_every_rank():
    texts = messages(2, lambda g: g.all_sum(np.ones(3, "f4" if g.rank else "f8")))
    assert len(texts) == 2
    assert all("float32" in text for text in texts)
    assert all("float64" in text for text in texts)


def test_a_rank_that_ends_or_does_not_come_stops_the_others():
    def ends(group: Group):
        if group.rank:
            group.barrier()

    with pytest.raises(ParallelError, match="rank [12] waits in barrier of uint8, and rank 0 has"):
        run(3, ends)

    def late(group: Group):
        if group.rank:
            group.barrier()
        else:
            time.sleep(0.5)

    with pytest.raises(ParallelError, match="and rank 0 did not come in 0.1 s"):
        run(2, late, seconds=0.1)


def test_the_first_error_of_a_rank_is_raised_and_stops_the_others():
    reasons = []

    def work(group: Group):
        if group.rank == 1:
            raise KeyError("the cause")
        try:
            group.barrier()
        except ParallelError as error:
            reasons.append(str(error))
            raise

    with pytest.raises(KeyError, match="the cause"):
        run(3, work)
    assert reasons == ["rank 1 stopped: KeyError: 'the cause'"] * 2


def test_after_an_abort_every_call_raises():
    def work(group: Group):
        if group.rank == 0:
            group.abort("the disk is full")
        with pytest.raises(ParallelError, match="rank 0 stopped: the disk is full"):
            group.all_sum(np.ones(3))
        with pytest.raises(ParallelError, match="the disk is full"):
            group.barrier()

    run(3, work)
