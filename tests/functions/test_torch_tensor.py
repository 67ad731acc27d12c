"""Every op and form compared with PyTorch: values, gradients, and gradients of gradients."""

import numpy as np
import pytest
from op_suite import CASES, orders

import minigan

torch = pytest.importorskip("torch")

TOLERANCE = {"float64": 1e-8, "float32": 3e-4, "float16": 3e-3}


def host(x):
    return x.numpy(force=True) if isinstance(x, torch.Tensor) else x.detach().numpy()


def same(ours, theirs, dtype, what):
    ours, theirs = host(ours), host(theirs)
    assert ours.shape == theirs.shape, f"{what}: shape {ours.shape}, PyTorch {theirs.shape}"
    assert ours.dtype == theirs.dtype, f"{what}: dtype {ours.dtype}, PyTorch {theirs.dtype}"
    t = TOLERANCE[dtype]
    np.testing.assert_allclose(ours, theirs, rtol=t, atol=t, equal_nan=True, err_msg=what)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_op(case, dtype):
    before = [x.copy() for x in case.inputs]
    ours = orders(minigan, minigan.grad, case, dtype)
    theirs = orders(torch, torch.autograd.grad, case, dtype)
    for order in range(
        max(len(ours), len(theirs))
    ):  # where one has stopped, the other must have zeros
        mine = ours[order] if order < len(ours) else [np.zeros(1)]
        his = theirs[order] if order < len(theirs) else [np.zeros(1)]
        if order < min(len(ours), len(theirs)):
            assert len(mine) == len(his)
            for i, (a, b) in enumerate(zip(mine, his, strict=True)):
                same(a, b, dtype, f"{case.name}: order {order}, number {i}")
        else:
            assert not any(np.any(host(z)) for z in mine + his if not isinstance(z, np.ndarray))
    for x, old in zip(case.inputs, before, strict=True):
        np.testing.assert_array_equal(x, old)
