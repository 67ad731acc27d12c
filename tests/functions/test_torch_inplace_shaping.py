"""In-place changes of shape, beside views and writes: as in PyTorch."""

import numpy as np
import pytest
from inplace_suite import SHAPINGS, A

import minigan

torch = pytest.importorskip("torch")


@pytest.mark.parametrize("program", SHAPINGS, ids=lambda program: program.__name__)
def test_values_and_gradients(program):
    def run(m):
        x = m.tensor(A, requires_grad=True)
        outputs = program(m, x * 2, x)
        sum((y * y).sum() for y in outputs).backward()
        return [*(y.detach().numpy() for y in outputs), x.grad.numpy()]

    for ours, theirs in zip(run(minigan), run(torch), strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_metadata_of_unrecorded_tensors():
    for m in (minigan, torch):
        x = m.tensor(A)
        y = x.T
        x.unsqueeze_(0)
        y[0, 0] = 9.0
        assert x[0, 0, 0].item() == 9.0 and tuple(x.shape) == (1, 2, 3)
        assert tuple(y.shape) == (3, 2)
        w = m.tensor(A, requires_grad=True)
        with pytest.raises(RuntimeError):
            w.unsqueeze_(0)
        with pytest.raises(RuntimeError):
            (w * 1)[0].detach_()
        with m.no_grad():
            assert tuple(w.t_().shape) == (3, 2) and w.is_leaf and w.requires_grad
        assert not w.detach_().requires_grad
