"""The identities of convolution: flip, holes, phases, matrix, coverage, unfold and fold."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import Problem, conv_geometries, geometries, problems, transposed_geometries

from minigan.conv import definition, im2col, loops
from minigan.conv.holes import flipped, with_holes
from minigan.conv.matrix import matrix
from minigan.geometry import Geometry


@given(problems(geometries()))
def test_stride_one_is_a_padded_flipped_conv(problem: Problem) -> None:
    geometry, _, w, y = problem
    assume(all(axis.stride == 1 for axis in geometry.axes))
    padding = [(a.dilation * (a.taps - 1) - a.padding, a) for a in geometry.axes]
    # where p' is negative, crop y; then convolve without padding
    widths = [(p, a.dilation * (a.taps - 1) - a.padding + a.output_padding) for p, a in padding]
    padded = np.pad(y, [(0, 0), (0, 0), *((max(lo, 0), max(hi, 0)) for lo, hi in widths)])
    cut = [
        slice(max(-lo, 0), size - max(-hi, 0))
        for (lo, hi), size in zip(widths, padded.shape[2:], strict=True)
    ]
    dilation = [a.dilation for a in geometry.axes]
    plain = Geometry.conv(
        padded[..., *cut].shape[2:], geometry.taps, dilation=dilation, groups=geometry.groups
    )
    result = loops.conv(padded[..., *cut], flipped(w, geometry), plain)
    assert np.array_equal(result, definition.conv_transpose(y, w, geometry))


def test_a_negative_padding_crops() -> None:
    geometry = Geometry.conv_transpose((4,), (1,), padding=1)
    y = np.arange(4.0).reshape(1, 1, 4)
    assert geometry.flipped.axes[0].padding == -1
    assert im2col.conv(y, np.full((1, 1, 1), 2.0), geometry.flipped).tolist() == [[[2.0, 4.0]]]


@given(problems(transposed_geometries()))
def test_stride_is_holes(problem: Problem) -> None:
    geometry, _, w, y = problem
    z = np.zeros((*y.shape[:2], *(a.stride * (a.Y - 1) + 1 for a in geometry.axes)))
    z[..., *(slice(None, None, a.stride) for a in geometry.axes)] = y
    assert np.array_equal(with_holes(y, geometry), z)
    assert np.array_equal(
        definition.conv_transpose(z, w, geometry.dense), definition.conv_transpose(y, w, geometry)
    )


@given(problems(geometries()))
def test_the_matrix_and_its_transpose(problem: Problem) -> None:
    geometry, x, w, y = problem
    M, G = matrix(w, geometry), geometry.groups
    images = x.reshape(len(x), G, M.shape[2])
    assert np.array_equal(
        np.einsum("gyx,ngx->ngy", M, images).reshape(y.shape), loops.conv(x, w, geometry)
    )
    outputs = y.reshape(len(y), G, M.shape[1])
    assert np.array_equal(
        np.einsum("gyx,ngy->ngx", M, outputs).reshape(x.shape), loops.conv_transpose(y, w, geometry)
    )


@given(geometries(dims=(1, 2), groups=(1,)))
def test_coverage_is_a_transposed_conv_of_ones(geometry: Geometry) -> None:
    ones = im2col.conv_transpose(
        np.ones((1, 1, *geometry.Y)), np.ones((1, 1, *geometry.taps)), geometry
    )[0, 0]
    expected = np.ones(())
    for axis in geometry.axes:
        expected = np.multiply.outer(expected, axis.coverage)
    assert np.array_equal(ones, expected)


@pytest.mark.parametrize(
    ("taps", "stride", "most"), [(3, 2, {4, 2, 1}), (5, 2, {9, 6, 4}), (4, 2, {4})]
)
def test_checkerboards(taps: int, stride: int, most: set[int]) -> None:
    geometry = Geometry.conv_transpose((9, 9), (taps, taps), stride)
    ones = im2col.conv_transpose(np.ones((1, 1, 9, 9)), np.ones((1, 1, taps, taps)), geometry)[0, 0]
    assert set(ones[taps:-taps, taps:-taps].ravel()) == most


@given(problems(conv_geometries(groups=(1,))), st.integers(0, 99))
def test_unfold_and_fold_are_adjoint_and_count_coverage(problem: Problem, seed: int) -> None:
    geometry, x, w, _ = problem
    cols = im2col.im2col(x, geometry)
    assert cols.shape == (len(x), x.shape[1] * w[0, 0].size, np.prod(geometry.Y))
    other = np.random.default_rng(seed).integers(-4, 5, cols.shape).astype(float)
    assert (cols * other).sum() == (x * im2col.col2im(other, geometry)).sum()
    cover = np.ones(())
    for axis in geometry.axes:
        cover = np.multiply.outer(cover, axis.coverage)
    assert np.array_equal(im2col.col2im(cols, geometry), x * cover)


@given(problems(geometries(groups=(1, 2))))
def test_a_step_shows_what_it_joins(problem: Problem) -> None:
    geometry, x, w, y = problem
    seen = 0
    for step in loops.steps(x, w, geometry):
        window, taps = x[..., *step.window], w[..., *step.taps]
        assert step.products.shape[-len(geometry.axes) :] == window.shape[2:] == taps.shape[2:]
        sums = step.products.sum(axis=tuple(range(3, step.products.ndim))).reshape(len(x), len(w))
        assert np.array_equal(step.result[..., *step.position], sums)
        seen += 1
    assert seen == np.prod(geometry.Y)
    partial = [step.result.copy() for step in loops.steps_transpose(y, w, geometry)]
    assert len(partial) == seen
    assert np.array_equal(partial[-1], loops.conv_transpose(y, w, geometry))


def test_a_complete_orthonormal_bank_inverts() -> None:
    """conv_transpose(conv(x)) = x for C*k*k orthonormal filters with k = s and p = 0 only."""
    rng = np.random.default_rng(0)
    geometry, x = Geometry.conv((6, 9), (3, 3), 3), rng.standard_normal((2, 2, 6, 9))
    random = rng.standard_normal((18, 18))
    bank = np.linalg.qr(random)[0].reshape(18, 2, 3, 3)
    back = im2col.conv_transpose(im2col.conv(x, bank, geometry), bank, geometry)
    assert abs(x - back).max() < 1e-13
    w = random.reshape(18, 2, 3, 3)
    assert abs(x - im2col.conv_transpose(im2col.conv(x, w, geometry), w, geometry)).max() > 1


def test_left_inverse_iff_orthonormal_columns() -> None:
    haar = np.array([[[0.5, 0.5]], [[0.5, -0.5]]])
    M = matrix(haar, Geometry.conv((6,), (2,), stride=1, padding=1))[0]
    assert abs(M.T @ M - np.eye(6)).max() == 0
    one = matrix(np.full((1, 1, 2, 2), 0.5), Geometry.conv((4, 4), (2, 2), stride=2))[0]
    assert abs(one.T @ one - np.eye(16)).max() == 0.75
