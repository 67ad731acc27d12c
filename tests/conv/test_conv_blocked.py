"""blocked: equal bits at any number of threads, results that own their memory, channels last."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Problem, conv_geometries, problems

from minigan import threads
from minigan.conv import block_columns, blocked, im2col
from minigan.geometry import Geometry

LAYERS = [  # C, K, sizes, taps, stride, padding, groups
    (1, 32, (32, 28), (4, 4), 2, 1, 1),
    (3, 16, (21, 17), (3, 5), 1, 2, 1),
    (32, 24, (16, 12), (4, 4), 2, 1, 1),
    (16, 40, (17, 15), (3, 3), (2, 3), 1, 2),
    (64, 50, (4, 4), (4, 4), 1, 0, 1),
    (8, 12, (21, 25), (3, 5), 1, 1, 1),
    (5, 3, (40, 37), (4, 4), (1, 2), 2, 1),
    (24, 20, (19, 9), (1, 1), 1, 0, 1),
]


@pytest.fixture(autouse=True)
def restored() -> Any:
    before = threads.get_num_threads()
    yield
    threads.set_num_threads(before)


def faces(
    C: int, K: int, sizes: Any, taps: Any, stride: Any, padding: int, groups: int
) -> list[Any]:
    rng, N = np.random.default_rng(0), 9
    geometry = Geometry.conv(sizes, taps, stride, padding, groups=groups)
    shapes = (N, C, *sizes), (K, C // groups, *taps), (N, K, *geometry.Y)
    x, w, y = (rng.standard_normal(shape, dtype=np.float32) for shape in shapes)
    return [
        blocked.conv(x, w, geometry),
        blocked.conv_transpose(y, w, geometry),
        blocked.conv_weight(x, y, geometry),
    ]


@given(st.integers(1, 300), st.integers(1, 400))
def test_blocks_of_images_have_about_the_same_work(images: int, N: int) -> None:
    size = block_columns.balanced(images, N)
    if images >= N or images == 1:
        assert size == min(images, N)
    else:
        count = 2 * max(1, round(N / images / 2))
        assert size == -(-N // count) and images / 2 < size < 2 * images
        if N % count == 0:
            assert len(range(0, N, size)) == count


@pytest.mark.parametrize("layer", LAYERS)
def test_same_bits_at_any_number_of_threads(layer: tuple[Any, ...]) -> None:
    bits = []
    for count in (1, 2, 3):
        threads.set_num_threads(count)
        bits += [[result.tobytes() for result in faces(*layer)] for _ in range(2)]
    assert all(other == bits[0] for other in bits)


def test_a_block_by_rows_sees_the_rows_that_its_windows_reach() -> None:
    for taps, dilation, beyond in ((1, 1, 0), (3, 1, 2), (3, 2, 4), (4, 3, 9)):
        geometry = Geometry.conv((20, 15), (taps, 2), dilation=(dilation, 1))
        columns = block_columns.RowColumns(np.ones((2, 20, 15, 1, 4)), geometry)
        assert block_columns.rows_beyond(geometry) == beyond
        for rows in (1, 5):
            matrices = columns((slice(1, 2), slice(3, 3 + rows)))
            assert [matrix.shape for matrix in matrices] == [(1, rows * 14, 2 * 4)] * taps


@pytest.mark.parametrize("few", [0, 3])  # 0: channels count as many, so rows of taps are used
@given(problem=problems(conv_geometries()))
@settings(max_examples=100)
def test_small_blocks_change_nothing(problem: Problem, few: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for module, name, value in (
            (block_columns, "BYTES", 64),
            (block_columns, "POSITIONS", 2),
            (block_columns, "FEW", few),
            (blocked, "FEW", few),
            (blocked, "CHUNKS", 3),
            (blocked, "_PART", 2),
        ):
            patch.setattr(module, name, value)
        geometry, x, w, y = problem
        assert np.array_equal(blocked.conv(x, w, geometry), im2col.conv(x, w, geometry))
        assert np.array_equal(
            blocked.conv_transpose(y, w, geometry), im2col.conv_transpose(y, w, geometry)
        )
        assert np.array_equal(
            blocked.conv_weight(x, y, geometry), im2col.conv_weight(x, y, geometry)
        )


@pytest.mark.parametrize("layer", LAYERS)
def test_nothing_returned_is_scratch(layer: tuple[Any, ...]) -> None:
    first = faces(*layer)
    kept = [result.copy() for result in first]
    faces(*layer[:2], (30, 30), *layer[3:])
    assert all(np.array_equal(a, b) for a, b in zip(first, kept, strict=True))
    assert not any(np.shares_memory(a, b) for a in first for b in faces(*layer))


def test_results_are_channels_last_and_read_without_a_copy() -> None:
    y, x, _ = faces(32, 24, (16, 12), (4, 4), 2, 1, 1)
    for array in (x, y):
        assert array.transpose(0, 2, 3, 1).flags.c_contiguous
        assert np.shares_memory(blocked._channels_last(array, 1), array)
