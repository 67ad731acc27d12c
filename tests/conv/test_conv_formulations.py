"""The seven formulations agree with each other, with plain loops, and in any memory layout."""

from itertools import product
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import LAYOUTS, Problem, arrays_for, geometries, laid_out, problems

from minigan.conv import FORMULATIONS, im2col
from minigan.geometry import Geometry

Array = Any
FACES = ("conv", "conv_transpose", "conv_weight")


def by_hand(problem: Problem) -> tuple[Array, Array, Array]:
    """Return y, x and w from the relation itself: one product after another, in plain Python."""
    geometry, x, w, y = problem
    G, Cg, Kg = geometry.groups, w.shape[1], len(w) // geometry.groups
    results = np.zeros_like(y), np.zeros_like(x), np.zeros_like(w)
    joined = []
    for axis in geometry.axes:
        triples = (
            (o, i, axis.stride * o + axis.dilation * i - axis.padding)
            for o, i in np.ndindex(axis.Y, axis.taps)
        )
        joined.append([t for t in triples if 0 <= t[2] < axis.X])
    for triple in product(*joined):
        o, i, h = zip(*triple, strict=True)
        for n, g, c, k in np.ndindex(len(x), G, Cg, Kg):
            at_x, at_w, at_y = (n, g * Cg + c, *h), (g * Kg + k, c, *i), (n, g * Kg + k, *o)
            results[0][at_y] += x[at_x] * w[at_w]
            results[1][at_x] += y[at_y] * w[at_w]
            results[2][at_w] += x[at_x] * y[at_y]
    return results


def faces(formulation: Any, problem: Problem) -> tuple[Array, Array, Array]:
    geometry, x, w, y = problem
    return (
        formulation.conv(x, w, geometry),
        formulation.conv_transpose(y, w, geometry),
        formulation.conv_weight(x, y, geometry),
    )


def agree(formulation: Any, problem: Problem, wanted: tuple[Array, Array, Array]) -> bool:
    """Return whether a formulation gives exactly these results: shape, dtype and every value."""
    results = zip(faces(formulation, problem), wanted, strict=True)
    return all(
        a.shape == b.shape and a.dtype == b.dtype and np.array_equal(a, b) for a, b in results
    )


@given(problems(geometries()))
def test_all_formulations_agree_exactly(problem: Problem) -> None:
    before = [array.copy() for array in problem[1:]]
    wanted = faces(im2col, problem)
    for name, formulation in FORMULATIONS.items():
        assert agree(formulation, problem, wanted), name
    assert all(np.array_equal(a, b) for a, b in zip(before, problem[1:], strict=True)), (
        "an input was modified"
    )


@given(geometries(groups=(1, 2)), st.integers(0, 999))
def test_formulations_are_the_relation(geometry: Geometry, seed: int) -> None:
    problem = arrays_for(geometry, seed, N=1, C=1, K=2)
    assert agree(im2col, problem, by_hand(problem))


@given(problems(geometries()))
def test_three_faces_are_one_form(problem: Problem) -> None:
    for name, formulation in FORMULATIONS.items():
        y, x, w = faces(formulation, problem)
        values = {(y * problem.y).sum(), (x * problem.x).sum(), (w * problem.w).sum()}
        assert len(values) == 1, name


@pytest.mark.parametrize("name", FORMULATIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept(name: str, dtype: type) -> None:
    problem = arrays_for(Geometry.conv((5, 4), (3, 2), 2, 1), seed=0)
    cast = Problem(problem.geometry, *(array.astype(dtype) for array in problem[1:]))
    assert {array.dtype for array in faces(FORMULATIONS[name], cast)} == {np.dtype(dtype)}


@pytest.mark.parametrize("name", FORMULATIONS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_memory_layout(name: str, layout: str) -> None:
    """The shapes are large enough for several blocks, and their channels reach all branches."""
    for C, K, geometry in (
        (1, 2, Geometry.conv((19, 14), (4, 3), 2, 1)),
        (3, 4, Geometry.conv((19, 14), (3, 3), 1, (2, 0))),
        (5, 4, Geometry.conv((17, 14), (4, 4), 2, 1, groups=2)),
        (4, 5, Geometry.conv((4, 3), (4, 3))),
        (4, 5, Geometry.conv((9, 8), (1, 1))),
    ):
        problem = arrays_for(geometry, seed=1, N=5, C=C, K=K)
        moved = Problem(geometry, *(laid_out(array, layout) for array in problem[1:]))
        assert agree(FORMULATIONS[name], moved, faces(im2col, problem))


@pytest.mark.parametrize("name", FORMULATIONS)
def test_worked_example(name: str) -> None:
    x = w = np.array([[[[0.0, 1.0], [2.0, 3.0]]]])
    y = FORMULATIONS[name].conv_transpose(x, w, Geometry.conv_transpose((2, 2), (2, 2)))
    assert y[0, 0].tolist() == [[0, 0, 1], [0, 4, 6], [4, 12, 9]]


SHIPPED_BUGS = {
    "rows of output_padding left at zero": Geometry.conv_transpose(
        (2, 3), (3, 4), 2, 0, output_padding=(0, 1)
    ),
    "groups and dilation swapped": Geometry.conv_transpose((3, 2), (2, 2), dilation=2, groups=3),
    "input gradient without output_padding": Geometry.conv_transpose(
        (2, 3), (3, 3), 3, 1, output_padding=(2, 1)
    ),
    "output_padding beyond the stride": Geometry.conv_transpose(
        (3,), (2,), 1, 1, output_padding=2, dilation=3
    ),
    "grouped weight gradient": Geometry.conv((5, 4), (3, 2), groups=2),
    "strided 1x1 transposed": Geometry.conv_transpose(
        (2, 3), (1, 1), (2, 3), output_padding=(1, 0)
    ),
    "values shifted by a pixel": Geometry.conv((4, 5), (2, 4), padding="same"),
}


@pytest.mark.parametrize("name", FORMULATIONS)
@pytest.mark.parametrize("bug", SHIPPED_BUGS)
def test_bugs_others_shipped(name: str, bug: str) -> None:
    problem = arrays_for(SHIPPED_BUGS[bug], seed=3)
    assert agree(FORMULATIONS[name], problem, by_hand(problem))


def test_rows_of_output_padding_are_computed() -> None:
    geometry = Geometry.conv_transpose((2,), (3,), stride=2, padding=1, output_padding=1)
    y, w = np.array([[[1.0, 2.0]]]), np.array([[[1.0, 10.0, 100.0]]])
    assert im2col.conv_transpose(y, w, geometry).tolist() == [[[10.0, 102.0, 20.0, 200.0]]]


def swapped_groups(x: Array, y: Array, geometry: Geometry) -> Array:
    return im2col.conv_weight(x, np.roll(y, y.shape[1] // geometry.groups, axis=1), geometry)


def without_output_padding(y: Array, w: Array, geometry: Geometry) -> Array:
    x = im2col.conv_transpose(y, w, geometry)
    for a, axis in enumerate(geometry.axes, 2):
        np.moveaxis(x, a, 0)[axis.least_X :] = 0
    return x


FAULTS = {
    "kernel not flipped": {
        "conv_transpose": lambda y, w, g: im2col.conv_transpose(y, w[..., ::-1], g)
    },
    "kernel flipped": {"conv": lambda x, w, g: im2col.conv(x, w[..., ::-1], g)},
    "shifted by a pixel": {"conv": lambda x, w, g: im2col.conv(np.roll(x, 1, axis=-1), w, g)},
    "shifted back by a pixel": {
        "conv_transpose": lambda y, w, g: np.roll(im2col.conv_transpose(y, w, g), -1, axis=-1)
    },
    "output_padding left at zero": {"conv_transpose": without_output_padding},
    "groups swapped": {"conv_weight": swapped_groups},
    "batch forgotten": {"conv_weight": lambda x, y, g: im2col.conv_weight(x[:1], y[:1], g)},
    "wrong dtype": {"conv": lambda x, w, g: im2col.conv(x, w, g).astype(np.float32)},
}


@given(problems(geometries(groups=(2, 3)).filter(lambda g: min(g.taps) > 1)))
def test_the_comparison_itself_accepts_a_copy(problem: Problem) -> None:
    assert agree(
        SimpleNamespace(**{face: getattr(im2col, face) for face in FACES}),
        problem,
        faces(im2col, problem),
    )


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_faults_are_caught(fault: str) -> None:
    faulty = SimpleNamespace(**{face: getattr(im2col, face) for face in FACES} | FAULTS[fault])
    geometry = Geometry.conv_transpose((3, 2), (3, 4), (2, 3), 1, output_padding=(1, 2), groups=2)
    problem = arrays_for(geometry, seed=5)
    assert not agree(faulty, problem, by_hand(problem))
