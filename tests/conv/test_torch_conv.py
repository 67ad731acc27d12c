"""Every formulation against PyTorch: convolution, its transpose, their gradients, unfold, fold."""

import numpy as np
import pytest
from hypothesis import given
from strategies import Problem, conv_geometries, problems, transposed_geometries

from minigan.conv import FORMULATIONS, im2col

torch = pytest.importorskip("torch")
F = torch.nn.functional


def lists(geometry, *names):
    return {name: [getattr(axis, name) for axis in geometry.axes] for name in names}


@given(problems(conv_geometries()))
def test_conv_and_its_gradients(problem: Problem) -> None:
    geometry, *arrays = problem
    x, w, y = (torch.tensor(array.copy()) for array in arrays)
    settings = lists(geometry, "stride", "padding", "dilation")
    function = (F.conv1d, F.conv2d, F.conv3d)[len(geometry.axes) - 1]
    result = function(x.requires_grad_(), w.requires_grad_(), **settings, groups=geometry.groups)
    gx, gw = torch.autograd.grad(result, (x, w), y)
    for formulation in FORMULATIONS.values():
        assert np.array_equal(formulation.conv(arrays[0], arrays[1], geometry), result.detach())
        assert np.array_equal(formulation.conv_transpose(arrays[2], arrays[1], geometry), gx)
        assert np.array_equal(formulation.conv_weight(arrays[0], arrays[2], geometry), gw)


@given(problems(transposed_geometries()))
def test_conv_transpose_and_its_gradients(problem: Problem) -> None:
    geometry, *arrays = problem
    x, w, y = (torch.tensor(array.copy()) for array in arrays)
    settings = lists(geometry, "stride", "padding", "output_padding", "dilation")
    function = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[len(geometry.axes) - 1]
    result = function(y.requires_grad_(), w.requires_grad_(), **settings, groups=geometry.groups)
    gy, gw = torch.autograd.grad(result, (y, w), x)
    for formulation in FORMULATIONS.values():
        assert np.array_equal(
            formulation.conv_transpose(arrays[2], arrays[1], geometry), result.detach()
        )
        assert np.array_equal(formulation.conv(arrays[0], arrays[1], geometry), gy)
        assert np.array_equal(formulation.conv_weight(arrays[0], arrays[2], geometry), gw)


@given(problems(conv_geometries(dims=(2,), groups=(1,))))
def test_unfold_and_fold(problem: Problem) -> None:
    geometry, x, _, _ = problem
    settings = lists(geometry, "stride", "padding", "dilation")
    cols = F.unfold(torch.tensor(x.copy()), geometry.taps, **settings)
    assert np.array_equal(im2col.im2col(x, geometry), cols)
    back = F.fold(cols, geometry.X, geometry.taps, **settings)
    assert np.array_equal(im2col.col2im(cols.numpy(), geometry), back)
