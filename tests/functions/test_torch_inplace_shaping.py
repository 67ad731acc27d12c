"""In-place changes of shape, beside views and writes: as in PyTorch."""

import numpy as np
import pytest

import minigan

torch = pytest.importorskip("torch")

A = np.array([[0.5, -1.5, 2.0], [3.0, -0.25, 1.0]])


def view_then_shape(m, y, x):
    row = y[0]
    y.unsqueeze_(1)
    y.mul_(x.unsqueeze(1))
    return y, row


def shape_then_view(m, y, x):
    y.t_()
    column = y[:, 0]
    column.add_(x[0])
    return y, column


def write_through_an_older_view(m, y, x):
    row = y[1]
    y.transpose_(0, 1)
    row.mul_(3.0)
    return y, row


def twice(m, y, x):
    y.unsqueeze_(0).transpose_(0, 2).squeeze_(-1)
    y.add_(x.t())
    return (y,)


def of_a_view(m, y, x):
    part = y[:, 1:]
    part.t_()
    part.mul_(2.0)
    return y, part


def nothing_to_squeeze(m, y, x):
    y.squeeze_()
    y.mul_(x)
    return (y,)


def detached(m, y, x):
    kept = y * 1
    y.detach_()
    y.add_(1.0)
    return kept, y + x


PROGRAMS = [
    view_then_shape, shape_then_view, write_through_an_older_view, twice, of_a_view,
    nothing_to_squeeze, detached,
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
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
