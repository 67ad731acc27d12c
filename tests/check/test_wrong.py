"""The small right functions equal the library's; each wrong one differs from the right one."""

from typing import Any

import numpy as np
import pytest

import minigan
from minigan import geometry
from minigan.check import right
from minigan.check.wrong import RIGHT, WRONG, Wrong, equal, fits, wrong
from minigan.nn import functional as F


def draw(*shape: int) -> Any:
    rng = np.random.default_rng([14, *shape])
    return rng.choice([-1.0, 1.0], shape) * rng.integers(1, 10, shape)


Y, W = draw(2, 3, 4), draw(2, 2, 3, 2)  # K = C, so that axes in the wrong order are not refused
X = draw(2, 6, 7)
SETTINGS = {"stride": (3, 2), "padding": (1, 1), "output_padding": (2, 1), "dilation": (2, 3)}
CONV = {"stride": (2, 1), "padding": (1, 2), "dilation": (1, 2)}
SMALL = {"stride": (3, 2), "padding": (0, 1)}
CASES: dict[str, list[tuple[tuple[Any, ...], dict[str, Any]]]] = {
    "conv_transpose2d": [((Y, W), SETTINGS), ((Y, W), {"stride": (1, 2), "padding": (2, 0)})],
    "conv2d": [((X, W), CONV), ((X, W), {"stride": (1, 3)})],
    "conv_transpose2d_backward": [
        ((draw(*right.conv_transpose2d(Y, W, **SMALL).shape), Y, W), SMALL)
    ],
    "conv_matrix": [((draw(3), 6), {"stride": 2, "padding": 1})],
    "conv_transpose_by_matrix": [((draw(4), draw(3), 4), {"padding": 1})],
    "output_size": [
        ((5, 4, 3, 2), {"output_padding": 1, "dilation": 2}),
        ((4, 3, 2, 3), {"output_padding": 2, "dilation": 4}),
    ],
    "legal_output_paddings": [((4, 12, 3, 2, 1), {"dilation": 3}), ((4, 13, 3, 2, 1, 3), {})],
    "useful_multiplications": [((4, 3, 2), {})],
}


def test_every_function_has_wrong_versions_and_cases() -> None:
    assert set(RIGHT) == set(CASES) == {version.of for version in WRONG}
    assert all(version in wrong(version.of, version.key) for version in WRONG)


def test_the_right_functions_are_those_of_the_library() -> None:
    for args, settings in CASES["conv_transpose2d"]:
        y, w = map(minigan.tensor, args)
        np.testing.assert_array_equal(
            right.conv_transpose2d(*args, **settings), F.conv_transpose2d(y, w, **settings).numpy()
        )
    for args, settings in CASES["conv2d"]:
        x, w = map(minigan.tensor, args)
        np.testing.assert_array_equal(
            right.conv2d(*args, **settings), F.conv2d(x, w, **settings).numpy()
        )
    (g, y, w), settings = CASES["conv_transpose2d_backward"][0]
    leaves = [minigan.tensor(a, requires_grad=True) for a in (y, w, np.zeros(2))]
    x = F.conv_transpose2d(*leaves, **settings)
    for found, legal in zip(
        right.conv_transpose2d_backward(g, y, w, **settings),
        minigan.grad(x, leaves, minigan.tensor(g)),
        strict=True,
    ):
        np.testing.assert_array_equal(found, legal.numpy())


@pytest.mark.parametrize("size", range(1, 7))
def test_the_sizes_are_those_of_the_library(size: int) -> None:
    for k, s, p, d in [(3, 2, 1, 1), (4, 2, 1, 1), (2, 3, 0, 1), (3, 1, 1, 2), (2, 2, 0, 3)]:
        for q in range(max(s, d)):
            made = right.output_size(size, k, s, p, q, d)
            found = geometry.Geometry.conv_transpose((size,), (k,), s, p, q, d)
            assert found.X[0] == made and q in right.legal_output_paddings(size, made, k, s, p, d)
    with pytest.raises(ValueError, match="legal_output_paddings"):
        right.legal_output_paddings(size, 100, 3, 2, 1)


def test_the_matrix_is_the_convolution() -> None:
    w, x, y = draw(3), draw(6), draw(3)
    M = right.conv_matrix(w, 6, 2, 1)
    conv = right.conv2d(x[None, None], w[None, None, None], (1, 2), (0, 1))
    np.testing.assert_array_equal(M @ x, conv[0, 0])
    scatter = right.conv_transpose2d(y[None, None], w[None, None, None], (1, 2), (0, 1), (0, 1))
    np.testing.assert_array_equal(right.conv_transpose_by_matrix(y, w, 6, 2, 1), scatter[0, 0])


@pytest.mark.parametrize("version", WRONG, ids=lambda w: f"{w.of}:{w.key}")
def test_each_wrong_version_differs_and_is_named(version: Wrong) -> None:
    cases = CASES[version.of]
    rights = [RIGHT[version.of](*args, **settings) for args, settings in cases]
    assert fits(version.of, cases, rights) == []
    if version.key == "only-zero-to-stride":  # where it differs it finds nothing
        with pytest.raises(ValueError, match="below 2"):
            version(*cases[1][0])
        return
    values = [version(*args, **settings) for args, settings in cases]
    assert not all(map(equal, values, rights))
    found = fits(version.of, cases, values)
    assert version in found and {one.key for one in found} == {version.key}


def test_wrong_versions_agree_where_the_idea_does_not_matter() -> None:
    y, w = draw(1, 2, 2), draw(1, 1, 2, 2)
    legal = right.conv_transpose2d(y, w, (2, 2))
    for key in ("overlap-overwritten", "stride-axes-swapped", "padding-p-instead-of-p-prime"):
        for version in wrong("conv_transpose2d", key):
            assert equal(version(y, w, (2, 2)), legal) == (key != "padding-p-instead-of-p-prime")
