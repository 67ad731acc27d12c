"""Distances: exactness, blocks, ties, and errors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigan import metrics, threads
from minigan.metrics import distances
from minigan.metrics.distances import Squares, as_rows, blocks, nearest

SETS = {
    "mmd": metrics.mmd,
    "kid": metrics.kid,
    "one_nn": metrics.one_nn,
    "precision_recall": metrics.precision_recall,
    "sliced_wasserstein": metrics.sliced_wasserstein,
    "frechet_distance": metrics.frechet_distance,
}


@given(
    st.integers(0, 2**32), st.integers(1, 7), st.integers(1, 9), st.sampled_from([1, 3, 8, 9, 40])
)
def test_squares_agree_with_norms(seed, n, m, D):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(5, 1, (n, D)), rng.normal(5, 1, (m, D))
    slow = [[np.linalg.norm(x - y) ** 2 for y in b] for x in a]
    np.testing.assert_allclose(Squares(b)(a), slow, rtol=1e-9)


@pytest.mark.parametrize("D", [2, 100])
def test_equal_rows_have_distance_zero(D):
    a = np.random.default_rng(0).normal(30, 1, (20, D))
    squares = Squares(a)(a)
    assert (np.diag(squares) == 0).all() and (squares[~np.eye(20, dtype=bool)] > 0).all()


@given(st.integers(0, 2**32), st.integers(1, 4), st.sampled_from([1, 2, 12]))
def test_the_kth_nearest_is_found_for_any_block_size(seed, k, D):
    rng = np.random.default_rng(seed)
    a, b = rng.standard_normal((11, D)), rng.standard_normal((6, D))
    slow = [sorted(((x - y) ** 2).sum() for y in b)[k - 1] for x in a]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distances, "_BLOCK", int(rng.integers(1, 80)))
        np.testing.assert_allclose(nearest(a, b, k), slow, rtol=1e-9)
        others = [
            sorted(((x - y) ** 2).sum() for j, y in enumerate(a) if i != j)[k - 1]
            for i, x in enumerate(a)
        ]
        np.testing.assert_allclose(nearest(a, a, k, others=True), others, rtol=1e-9)


@given(st.integers(1, 100), st.integers(1, 10**7))
def test_blocks_cover_each_row_once(rows, columns):
    assert [
        row for block in blocks(rows, columns) for row in range(block.start, block.stop)
    ] == list(range(rows))


def test_any_layout_and_shape_of_samples(monkeypatch):
    images = np.random.default_rng(0).standard_normal((12, 2, 3, 4)).astype(np.float32)
    other, before = np.moveaxis(images[::-1], 1, -1), images.copy()
    assert as_rows("f", images=images)[0].shape == (12, 24)
    for name, metric in SETS.items():
        options = {"generator": 0} if name in ("mmd", "kid", "sliced_wasserstein") else {}
        assert metric(images, other, **options) == metric(
            images.copy(), np.ascontiguousarray(other), **options
        )
    np.testing.assert_array_equal(images, before)


@pytest.mark.parametrize("name", SETS)
def test_bits_do_not_depend_on_threads(name, monkeypatch):
    monkeypatch.setattr(distances, "_BLOCK", 1000)
    x, y = np.random.default_rng(0).standard_normal((2, 90, 12))
    options = {"generator": 0} if name in ("mmd", "kid", "sliced_wasserstein") else {}
    found, before = set(), threads.get_num_threads()
    try:
        for number in (1, 2, 3):
            threads.set_num_threads(number)
            found.add(SETS[name](x, y, **options))
    finally:
        threads.set_num_threads(before)
    assert len(found) == 1


def test_there_is_no_neighbour_beyond_the_last():
    a, b = np.zeros((4, 3)), np.ones((2, 3))
    assert (
        nearest(a, b, 2).tolist() == [3.0] * 4 and nearest(b, b, others=True).tolist() == [0.0] * 2
    )
    for wrong in (
        lambda: nearest(a, b, 3),
        lambda: nearest(b, b, 2, others=True),
        lambda: nearest(a, b, 0),
    ):
        with pytest.raises(ValueError, match=r"nearest: .* k=\d \(legal"):
            wrong()
    for other in (np.ones(3), np.ones((2, 4))):
        with pytest.raises(ValueError, match="nearest: a of shape"):
            nearest(a, other)


@pytest.mark.parametrize("name", SETS)
def test_illegal_sets_are_refused_by_name(name):
    metric, fine = SETS[name], np.zeros((9, 2))
    with pytest.raises(ValueError, match=rf"{name}: generated of shape \(0, 2\)"):
        metric(fine, fine[:0])
    with pytest.raises(
        ValueError, match=rf"{name}: real of shape \(9, 2\) and generated of shape \(9, 3\)"
    ):
        metric(fine, np.zeros((9, 3)))
    with pytest.raises(ValueError, match=f"{name}: real holds values that are not finite"):
        metric(np.full((9, 2), np.nan), fine)
    with pytest.raises(TypeError, match=f"{name}: generated of dtype complex128"):
        metric(fine, fine + 0j)
