"""winograd: exact on integers, each result depends on its own window, and rounding is small."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import arrays_for

from minigan import threads
from minigan.conv import blocked, costs, im2col, winograd, winograd_transforms
from minigan.geometry import Geometry

FACES = ("conv", "conv_transpose", "conv_weight")


@st.composite
def suitable(draw: Any) -> Geometry:
    """Return geometries of one to three axes whose kernels are twice as long as their strides."""
    D = draw(st.integers(1, 3))
    strides = [draw(st.integers(1, 3)) for _ in range(D)]
    padding = [draw(st.integers(0, 2 * s)) for s in strides]
    sizes = [
        max(1, 2 * s - 2 * p) + draw(st.integers(0, 9))
        for s, p in zip(strides, padding, strict=True)
    ]
    return Geometry.conv(sizes, [2 * s for s in strides], strides, padding)


def faces(formulation: Any, geometry: Geometry, x: Any, w: Any, y: Any) -> list[Any]:
    arrays = (x, w), (y, w), (x, y)
    return [
        getattr(formulation, face)(*pair, geometry)
        for face, pair in zip(FACES, arrays, strict=True)
    ]


@given(suitable(), st.integers(0, 5), st.integers(1, 4), st.integers(1, 4), st.integers(0, 99))
def test_it_equals_im2col_exactly(geometry: Geometry, N: int, C: int, K: int, seed: int) -> None:
    assert winograd.suits(geometry)
    _, x, w, y = arrays_for(geometry, seed, N, C, K)
    for found, wanted in zip(
        *(faces(by, geometry, x, w, y) for by in (winograd, im2col)), strict=True
    ):
        assert found.dtype == wanted.dtype and np.array_equal(found, wanted)


@pytest.mark.parametrize("by", [winograd, blocked])
def test_same_bits_at_any_number_of_threads(by: Any) -> None:
    rng, geometry = np.random.default_rng(0), Geometry.conv((12, 9), (4, 2), (2, 1), (1, 1))
    bits = []
    x, w, y = (
        rng.standard_normal(shape, dtype=np.float32)
        for shape in ((37, 16, 12, 9), (20, 16, 4, 2), (37, 20, *geometry.Y))
    )
    before = threads.get_num_threads()
    for count in (1, 2, 3):
        threads.set_num_threads(count)
        bits += [[face.tobytes() for face in faces(by, geometry, x, w, y)] for _ in range(2)]
    threads.set_num_threads(before)
    assert all(other == bits[0] for other in bits)


def test_blocked_uses_it_if_there_is_enough_work() -> None:
    geometry = Geometry.conv((16, 16), (4, 4), 2, 1)
    for N, C, K, fewer in (
        (16, 16, 16, FACES),
        (4, 16, 16, ["conv_transpose"]),
        (3, 16, 16, []),
        (64, 3, 64, []),
        (64, 32, 15, []),
    ):
        for face in FACES:
            stated = costs.multiplications("blocked", face, geometry, N, C, K)
            assert (stated < 16 * N * 64 * C * K) == (face in fewer)
        _, *arrays = arrays_for(geometry, 0, N, C, K)
        for found, wanted in zip(
            *(faces(by, geometry, *arrays) for by in (blocked, im2col)), strict=True
        ):
            assert np.array_equal(found, wanted)


@pytest.mark.parametrize("N", [89, 123])
def test_conv_weight_of_more_than_eight_blocks(N: int) -> None:
    """A chunk adds up several blocks, and a large kernel is collected in several parts."""
    geometry = Geometry.conv((16, 16), (4, 4), 2, 1)
    C, K = 64, 80
    _, x, w, y = arrays_for(geometry, N, N, C, K)
    assert len(winograd_transforms.blocks(geometry, N, C, x.itemsize)) > winograd_transforms.CHUNKS
    assert len(winograd_transforms.kernels(K, w.size)) > 1
    for found, wanted in zip(
        *(faces(by, geometry, x, w, y) for by in (winograd, im2col)), strict=True
    ):
        assert np.array_equal(found, wanted)


def test_a_result_depends_on_its_window_alone() -> None:
    geometry, x, w, _ = arrays_for(Geometry.conv((10, 12), (4, 6), (2, 3), (1, 2)), 0, 2, 3, 4)
    wanted = winograd.conv(x, w, geometry)
    for h, v in np.ndindex(*geometry.X):
        spoilt = x.copy()
        spoilt[1, 2, h, v] = np.nan
        seen = [
            [i for i in range(axis.taps) if axis.position(o, i) == at]
            for axis, at, size in zip(geometry.axes, (h, v), geometry.Y, strict=True)
            for o in range(size)
        ]
        rows, columns = seen[: geometry.Y[0]], seen[geometry.Y[0] :]
        touched = np.array([[bool(i) and bool(j) for j in columns] for i in rows])
        found = winograd.conv(spoilt, w, geometry)
        assert np.isnan(found[1][:, touched]).all() and np.array_equal(
            found[1][:, ~touched], wanted[1][:, ~touched]
        )
        assert np.array_equal(found[0], wanted[0])


def test_rounding_is_near_that_of_plain_sums() -> None:
    rng, geometry = np.random.default_rng(0), Geometry.conv((16, 16), (4, 4), 2, 1)
    x, w, y = (
        rng.standard_normal(shape) for shape in ((4, 64, 16, 16), (64, 64, 4, 4), (4, 64, 8, 8))
    )
    exact, single = faces(im2col, geometry, x, w, y), [a.astype(np.float32) for a in (x, w, y)]
    for found, plain, wanted in zip(
        faces(winograd, geometry, *single), faces(im2col, geometry, *single), exact, strict=True
    ):
        assert abs(found - wanted).max() < 4 * abs(plain - wanted).max() < 1e-4 * abs(wanted).max()


def test_conv_weight_keeps_the_terms_of_many_channels() -> None:
    """It is exact, and has the same bits at any number of threads, where X and Y are kept."""
    geometry = Geometry.conv((9, 8), (4, 6), (2, 3), (1, 2))
    _, x, _, y = arrays_for(geometry, 0, 48, 80, 96)
    assert winograd.keeps_terms(geometry, 48, 80, 96, x.itemsize)
    assert not winograd.keeps_terms(geometry, 240, 4, 4, x.itemsize)
    wanted = im2col.conv_weight(x, y, geometry)
    assert np.array_equal(winograd.conv_weight(x, y, geometry), wanted)
    rng, bits, before = np.random.default_rng(0), [], threads.get_num_threads()
    x, y = (rng.standard_normal(a.shape, dtype=np.float32) for a in (x, y))
    for count in (1, 2, 3):
        threads.set_num_threads(count)
        bits.append(winograd.conv_weight(x, y, geometry).tobytes())
    threads.set_num_threads(before)
    assert bits[1] == bits[2] == bits[0]
