"""Shares of batches and of random numbers: together they are those of one process."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minigan import datasets
from minigan.datasets import Batches, generator_state
from minigan.parallel import ParallelError, Share, SharedGenerator, run
from minigan.parallel.shares import rows_of

SETTINGS = settings(max_examples=100, deadline=None)


@SETTINGS
@given(st.integers(1, 6), st.integers(1, 4), st.integers(0, 20))
def test_shares_are_disjoint_complete_balanced_and_keep_units_together(size, unit, more):
    count = unit * (size + more)
    shares = [rows_of(rank, size, count, unit) for rank in range(size)]
    rows = [row for share in shares for row in range(count)[share]]
    lengths = [share.stop - share.start for share in shares]
    assert rows == list(range(count))
    assert max(lengths) - min(lengths) <= unit
    assert all(length % unit == 0 and length > 0 for length in lengths)


@pytest.mark.parametrize(
    ("count", "unit", "legal"), [(3, 1, "a multiple of 1 that is at least 4"), (9, 2, "at least 8"),
                                 (6, 2, "6 samples in packs of 2 cannot be shared by 4 ranks")]
)  # fmt: skip
def test_a_batch_that_is_too_small_is_refused(count, unit, legal):
    with pytest.raises(ValueError, match=legal):
        rows_of(0, 4, count, unit)


@SETTINGS
@given(st.integers(1, 4), st.integers(4, 11), st.booleans(), st.integers(1, 6))
def test_the_rows_of_all_ranks_are_the_batches_of_one_process(size, batch, drop_last, steps):
    x = np.arange(15)

    def stream():
        return Batches(x, x**2, size=batch, generator=1, drop_last=drop_last)

    def work(group):
        share, found = Share(stream(), group), []
        for _ in range(steps):
            try:
                rows, squares = next(share)
            except ValueError:  # the last batch is too small
                return found, share.state_dict()
            assert (rows**2 == squares).all()
            assert share.weight * share.count == pytest.approx(len(rows))
            found.append(rows.tolist())
        return found, share.state_dict()

    ranks, alone = run(size, work), stream()
    for step in range(len(ranks[0][0])):
        assert [row for found, _ in ranks for row in found[step]] == next(alone)[0].tolist()
    if len(ranks[0][0]) == steps:
        assert all(state == alone.state_dict() for _, state in ranks)


def test_the_state_is_that_of_the_stream_and_fits_any_number_of_ranks():
    def stream():
        return datasets.digits8().batches(12, 3)

    def train(group):
        share = Share(stream(), group)
        next(share)
        return share.state_dict()

    (state, _, _), alone = run(3, train), stream()
    next(alone)

    def resume(group):
        share = Share(stream(), group)
        share.load_state_dict(state)
        assert share.per_epoch == alone.per_epoch  # other attributes are those of the stream
        return next(share)[0]

    assert (np.concatenate(run(2, resume)) == next(alone)[0]).all()


DRAWS = {
    "random": lambda g, n: g.random((n, 2), np.float32),
    "standard_normal": lambda g, n: g.standard_normal((n, 1, 3), dtype=np.float32),
    "standard_exponential": lambda g, n: g.standard_exponential((n, 2)),
    "exponential": lambda g, n: g.exponential(2.0, (n,)),
    "poisson": lambda g, n: g.poisson(3.0, size=(n, 2)),
    "normal": lambda g, n: g.normal(1.0, scale=2.0, size=[n, 2]),
    "uniform": lambda g, n: g.uniform(size=(n, 4)),
    "integers": lambda g, n: g.integers(0, 9, n, np.int64),
    "binomial": lambda g, n: g.binomial(9, 0.3, (n, 2)),
}


@SETTINGS
@given(
    st.lists(st.sampled_from(sorted(DRAWS)), min_size=1, max_size=5),
    st.integers(1, 4),
    st.integers(1, 3),
    st.integers(0, 9),
    st.sampled_from(["samples", "units"]),
)
def test_numbers_and_states_are_those_of_one_process(names, size, unit, more, axis):
    count = unit * (size + more)
    per = 1 if axis == "samples" else unit
    alone = np.random.default_rng(5)
    want = [DRAWS[name](alone, count // per) for name in names]
    one = alone.random()  # a single number

    def work(group):
        share = Share(Batches(np.arange(count), size=count, generator=0), group, unit)
        next(share)
        generator = SharedGenerator(np.random.default_rng(5), share)
        found = [DRAWS[name](generator, share.rank_count // per) for name in names]
        return found, generator.random(), generator_state(generator)

    ranks = run(size, work)
    for i, array in enumerate(want):
        found = np.concatenate([arrays[i] for arrays, _, _ in ranks])
        assert found.dtype == array.dtype
        assert found.tobytes() == array.tobytes()
    assert all(number == one for _, number, _ in ranks)
    assert all(state == generator_state(alone) for _, _, state in ranks)


def shared_generator():
    """Return what rank 1 of 2 draws with, for 3 of 7 samples."""

    def work(group):
        share = Share(Batches(np.arange(9), size=7, generator=0), group)
        next(share)
        return SharedGenerator(np.random.default_rng(5), share)

    return run(2, work)[1]


def test_other_numbers_and_methods_are_refused():
    generator = shared_generator()
    assert generator.random(3).shape == (3,)
    with pytest.raises(ParallelError, match=r"random: size=\(4, 2\) does not begin with the 3"):
        generator.random((4, 2))
    with pytest.raises(ParallelError, match="normal: arguments other than size must be numbers"):
        generator.normal(np.zeros(3), size=3)
    methods = [
        name
        for name in dir(np.random.Generator)
        if not name.startswith("_") and callable(getattr(np.random.Generator, name))
    ]
    for name in {*methods} - {*DRAWS}:
        with pytest.raises(ParallelError, match=f"{name}: a rank cannot draw its part"):
            getattr(generator, name)(3)
    assert {*DRAWS} < {*methods}


def test_the_generator_is_one_of_numpy_on_the_same_bits():
    plain = np.random.default_rng(5)
    generator = SharedGenerator(plain, shared_generator().share)
    assert isinstance(generator, np.random.Generator)
    assert generator.bit_generator is plain.bit_generator


def test_settings_of_a_share_are_checked():
    batches = iter([(np.arange(6),)])

    def work(group):
        with pytest.raises(ValueError, match="Share: unit=0 must be at least 1"):
            Share(batches, group, unit=0)
        with pytest.raises(ValueError, match="rows_of: unit=-2 must be at least 1"):
            rows_of(0, 1, 4, -2)
        share = Share(batches, group)
        assert share.weight == 0
        with pytest.raises(ParallelError, match=r"random: size=\(\) does not begin with"):
            next(share)
            SharedGenerator(np.random.default_rng(0), share).random(())

    run(1, work)


def test_a_copy_of_a_generator_draws_the_same_rows():
    def work(group):
        share = Share(Batches(np.arange(8), size=5, generator=0), group)
        count = len(next(share)[0])
        generator = SharedGenerator(np.random.default_rng(1), share)
        other = deepcopy(generator)
        assert generator.random(count).tolist() == other.random(count).tolist()
        assert generator.bit_generator is not other.bit_generator
        return generator.random(count).tolist()

    first, second = run(2, work)
    whole = np.random.default_rng(1)
    whole.random(5)
    assert first + second == whole.random(5).tolist()
