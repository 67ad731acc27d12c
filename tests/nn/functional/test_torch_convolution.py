"""Convolutions against PyTorch: values and gradients to order two, in float32 and float64."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import Problem, conv_geometries, problems, transposed_geometries

import minigan
from minigan.nn import functional as F

torch = pytest.importorskip("torch")
precisions = st.sampled_from([("float64", 1e-8), ("float32", 3e-4)])


def orders(m, function, arrays, dtype):
    """Return value, gradients, and gradients of their sum of squares; m is minigan or torch.

    PyTorch gets row-major arrays. PyTorch 2.13 is wrong at order two if the kernels of a small
    grouped convolution are not row-major (finite differences agree with minigan there), and it
    raises an error if there are no groups.
    """
    xs = [m.tensor(array.astype(dtype, order="K" if m is minigan else "C")) for array in arrays]
    for x in xs:
        x.requires_grad_()
    y = function(*xs)
    differentiate = minigan.grad if m is minigan else torch.autograd.grad
    first = differentiate((y * y).sum(), xs, create_graph=True)
    second = differentiate(sum((g * g).sum() for g in first), xs)
    return [part.detach().numpy() for part in (y, *first, *second)]


def compare(name, arrays, precision, **settings):
    dtype, tolerance = precision
    there = orders(
        torch, lambda *xs: getattr(torch.nn.functional, name)(*xs, **settings), arrays, dtype
    )
    here = orders(minigan, lambda *xs: getattr(F, name)(*xs, **settings), arrays, dtype)
    for a, b in zip(here, there, strict=True):
        assert a.shape == b.shape and a.dtype == b.dtype
        scale = np.abs(b).max(initial=1e-30)
        np.testing.assert_allclose(a / scale, b / scale, rtol=tolerance, atol=tolerance)


def settings(geometry, *names):
    return {name: [getattr(axis, name) for axis in geometry.axes] for name in names} | {
        "groups": geometry.groups
    }


@given(problems(conv_geometries()), precisions, st.integers(0, 2**32 - 1))
def test_conv(problem: Problem, precision, seed) -> None:
    geometry, x, w, _ = problem
    bias = np.random.default_rng(seed).normal(size=len(w))
    name = f"conv{len(geometry.axes)}d"
    compare(
        name, (x / 3, w / 3, bias), precision, **settings(geometry, "stride", "padding", "dilation")
    )


@given(problems(transposed_geometries()), precisions, st.integers(0, 2**32 - 1))
def test_conv_transpose(problem: Problem, precision, seed) -> None:
    geometry, _, w, y = problem
    bias = np.random.default_rng(seed).normal(size=w.shape[1] * geometry.groups)
    names = ("stride", "padding", "output_padding", "dilation")
    compare(
        f"conv_transpose{len(geometry.axes)}d",
        (y / 3, w / 3, bias),
        precision,
        **settings(geometry, *names),
    )


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("taps", [1, 2, 3, 4])
@pytest.mark.filterwarnings("ignore:Using padding='same':UserWarning")
def test_padding_by_name(padding, taps) -> None:
    rng = np.random.default_rng(taps)
    arrays = rng.normal(size=(2, 2, 7, 8)), rng.normal(size=(3, 2, taps, 2))
    compare("conv2d", arrays, ("float64", 1e-10), padding=padding, dilation=(1, 2))
