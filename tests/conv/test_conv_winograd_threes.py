"""winograd_threes: exact on integers; a result depends on its own tile; rounding is small."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import arrays_for

from minigan import threads
from minigan.conv import blocked, costs, im2col, winograd_threes, winograd_transforms
from minigan.geometry import Geometry

FACES = ("conv", "conv_transpose", "conv_weight")


@st.composite
def suitable(draw: Any) -> Geometry:
    """Return geometries of one to three axes with three taps at stride 1."""
    D = draw(st.integers(1, 3))
    padding = [draw(st.integers(0, 2)) for _ in range(D)]
    sizes = [max(1, 3 - 2 * p) + draw(st.integers(0, 6)) for p in padding]
    return Geometry.conv(sizes, [3] * D, 1, padding)


def faces(formulation: Any, geometry: Geometry, x: Any, w: Any, y: Any) -> list[Any]:
    return [
        formulation.conv(x, w, geometry),
        formulation.conv_transpose(y, w, geometry),
        formulation.conv_weight(x, y, geometry),
    ]


@given(suitable(), st.integers(0, 5), st.integers(1, 4), st.integers(1, 4), st.integers(0, 99))
def test_it_equals_im2col_exactly(geometry: Geometry, N: int, C: int, K: int, seed: int) -> None:
    assert winograd_threes.suits(geometry)
    _, x, w, y = arrays_for(geometry, seed, N, C, K)
    for found, wanted in zip(
        *(faces(by, geometry, x, w, y) for by in (winograd_threes, im2col)), strict=True
    ):
        assert found.dtype == wanted.dtype and np.array_equal(found, wanted)


@given(st.integers(0, 99))
def test_the_terms_are_those_of_the_formula(seed: int) -> None:
    """The sum of X W Y over the four terms is the trilinear form, with numbers drawn at random."""
    rng = np.random.default_rng(seed)
    d, w, y = (rng.integers(-9, 10, n).astype(float) for n in (4, 3, 2))
    X = d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]
    W = w[0], w.sum() / 2, (w[0] - w[1] + w[2]) / 2, w[2]
    Y = y[0], y.sum(), y[0] - y[1], -y[1]
    form = sum(d[o + i] * w[i] * y[o] for o in range(2) for i in range(3))
    assert sum(a * b * c for a, b, c in zip(X, W, Y, strict=True)) == form
    geometry = Geometry.conv((4,), (3,))
    found = winograd_threes.of_kernel(w.reshape(1, 1, 3))[:, 0, 0]
    assert tuple(found) == W
    data = winograd_threes.Data(geometry, (1, 4, 1), d.dtype)
    results = winograd_threes.Results(geometry, (1, 2, 1), d.dtype)
    assert tuple(data.of(d.reshape(1, 4, 1))[:, 0, 0]) == X
    assert tuple(results.of(y.reshape(1, 2, 1))[:, 0, 0]) == Y


@pytest.mark.parametrize("by", [winograd_threes, blocked])
def test_same_bits_at_any_number_of_threads(by: Any) -> None:
    rng, geometry = np.random.default_rng(0), Geometry.conv((12, 17), (3, 3), 1, (1, 2))
    bits = []
    x, w, y = (
        rng.standard_normal(shape, dtype=np.float32)
        for shape in ((37, 64, 12, 17), (70, 64, 3, 3), (37, 70, *geometry.Y))
    )
    before = threads.get_num_threads()
    for count in (1, 2, 3):
        threads.set_num_threads(count)
        bits += [[face.tobytes() for face in faces(by, geometry, x, w, y)] for _ in range(2)]
    threads.set_num_threads(before)
    assert all(other == bits[0] for other in bits)


def test_blocked_uses_it_if_there_is_enough_work() -> None:
    geometry = Geometry.conv((16, 16), (3, 3), 1, 1)
    for N, C, K, fewer in (
        (16, 64, 64, True),
        (15, 64, 64, False),
        (64, 32, 64, True),
        (64, 31, 64, False),
        (64, 64, 31, False),
    ):
        assert (blocked.winograd_form("conv", geometry, N, C, K) is winograd_threes) == fewer
        for face in FACES:
            stated = costs.multiplications("blocked", face, geometry, N, C, K)
            assert (stated < 9 * N * 256 * C * K) == fewer
    _, *arrays = arrays_for(geometry, 0, 16, 64, 64)
    for found, wanted in zip(
        *(faces(by, geometry, *arrays) for by in (blocked, im2col)), strict=True
    ):
        assert np.array_equal(found, wanted)
    integers = [array.astype(np.int64) for array in arrays]  # they have no halves
    for found, wanted in zip(
        *(faces(by, geometry, *integers) for by in (blocked, im2col)), strict=True
    ):
        assert found.dtype == np.int64 and np.array_equal(found, wanted)


@pytest.mark.parametrize("N", [26, 29])
def test_conv_weight_of_more_than_eight_blocks(N: int) -> None:
    geometry = Geometry.conv((19, 16), (3, 3), 1, 1)
    _, x, w, y = arrays_for(geometry, N, N, 64, 80)
    count = len(winograd_threes.blocks(geometry, N, 144, x.itemsize))
    assert count > winograd_transforms.CHUNKS
    for found, wanted in zip(
        *(faces(by, geometry, x, w, y) for by in (winograd_threes, im2col)), strict=True
    ):
        assert np.array_equal(found, wanted)


def test_wide_paddings_are_left_to_im2col() -> None:
    geometry = Geometry.conv((16, 15), (3, 3), 1, (1, 3))
    assert not winograd_threes.suits(geometry)
    with pytest.raises(ValueError, match="a padding of at most 2"):
        costs.memory("winograd", "conv_transpose", geometry, 1, 1, 1)
    _, *arrays = arrays_for(geometry, 0, 16, 64, 64)
    for found, wanted in zip(
        *(faces(by, geometry, *arrays) for by in (blocked, im2col)), strict=True
    ):
        assert np.array_equal(found, wanted)


@pytest.mark.parametrize("dtypes", [("f4", "i8"), ("i1", "f4"), ("f4", "f8"), ("f8", "f2")])
def test_two_dtypes(dtypes: tuple[str, str]) -> None:
    _, x, w, y = arrays_for(Geometry.conv((16, 16), (3, 3), 1, 1), 0, 16, 64, 64)
    for face, a, b in (("conv", x, w), ("conv_transpose", y, w), ("conv_weight", x, y)):
        a, b = (100 * array.astype(dtype) for array, dtype in zip((a, b), dtypes, strict=True))
        geometry = Geometry.conv((16, 16), (3, 3), 1, 1)
        found, wanted = (getattr(by, face)(a, b, geometry) for by in (blocked, im2col))
        assert found.dtype == wanted.dtype
        np.testing.assert_allclose(found, wanted, rtol=1e-6)


def test_a_result_depends_on_its_tile_alone() -> None:
    geometry, x, w, _ = arrays_for(Geometry.conv((9, 8), (3, 3), 1, (1, 0)), 0, 2, 3, 4)
    wanted = winograd_threes.conv(x, w, geometry)
    for h, v in np.ndindex(*geometry.X):
        spoilt = x.copy()
        spoilt[1, 2, h, v] = np.nan
        found = winograd_threes.conv(spoilt, w, geometry)
        seen = [  # the tile of the results 2t, 2t + 1 sees the positions 2t..2t + 3 of the frame
            [2 * (o // 2) <= at + axis.padding <= 2 * (o // 2) + 3 for o in range(axis.Y)]
            for axis, at in zip(geometry.axes, (h, v), strict=True)
        ]
        untouched = ~np.outer(*seen)
        assert np.array_equal(found[1][:, untouched], wanted[1][:, untouched])
        assert np.array_equal(found[0], wanted[0])


def test_rounding_is_near_that_of_plain_sums() -> None:
    """In float32 the largest error is at most twice that of im2col, and so is the mean error."""
    rng, geometry = np.random.default_rng(0), Geometry.conv((16, 16), (3, 3), 1, 1)
    x, w, y = (
        rng.standard_normal(shape) for shape in ((4, 64, 16, 16), (64, 64, 3, 3), (4, 64, 16, 16))
    )
    exact, single = faces(im2col, geometry, x, w, y), [a.astype(np.float32) for a in (x, w, y)]
    for found, plain, wanted in zip(
        faces(winograd_threes, geometry, *single),
        faces(im2col, geometry, *single),
        exact,
        strict=True,
    ):
        error, usual = abs(found - wanted), abs(plain - wanted)
        assert error.max() < 2 * usual.max() < 1e-4 * abs(wanted).max()
        assert error.mean() < 2 * usual.mean()
