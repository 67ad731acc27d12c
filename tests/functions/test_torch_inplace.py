"""In-place functions, views and versions: as in PyTorch, and an error where PyTorch raises one."""

import numpy as np
import pytest
from inplace_suite import CONTROL, PROGRAMS, VIEWS, A

import minigan

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")


def attempt(function, *arguments):
    try:
        return function(*arguments)
    except (TypeError, ValueError, RuntimeError, IndexError) as error:
        return error


def host(x):
    return x.numpy(force=True) if isinstance(x, torch.Tensor) else x.detach().numpy()


def same(ours, theirs, what):
    if isinstance(theirs, Exception):
        assert isinstance(ours, Exception), f"{what}: PyTorch raises {theirs}"
        return
    assert not isinstance(ours, Exception), f"{what}: {ours!r}"
    for a, b in zip(ours, theirs, strict=True):
        if b is None:
            assert a is None
            continue
        a, b = host(a), host(b)
        assert a.dtype == b.dtype and a.shape == b.shape, (
            f"{what}: {a.dtype} {a.shape}, PyTorch {b.dtype} {b.shape}"
        )
        np.testing.assert_allclose(
            a, b, rtol=1e-6 if a.dtype == np.float32 else 1e-9, atol=1e-9, err_msg=what
        )


@pytest.mark.parametrize("name", PROGRAMS)
def test_recorded(name):
    def run(m):
        x = m.tensor(A, requires_grad=True)
        y = x * 2
        PROGRAMS[name](m, y, x)
        (y * m.tensor(A[::-1].copy())).sum().backward()
        return y, x.grad

    same(attempt(run, minigan), attempt(run, torch), name)


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_source_requires_grad_and_the_target_did_not(name):
    def run(m):
        x = m.tensor(A, requires_grad=True)
        y = m.tensor(A * 2)
        PROGRAMS[name](m, y, x)
        if not y.requires_grad:
            return (y,)
        (y * m.tensor(A[::-1].copy())).sum().backward()
        return y, x.grad

    same(attempt(run, minigan), attempt(run, torch), name)


@pytest.mark.parametrize("name", PROGRAMS)
def test_unrecorded(name):
    def run(m):
        x = m.tensor(A, requires_grad=True)
        with m.no_grad():
            PROGRAMS[name](m, x, m.tensor(A * 2))
        (x * x).sum().backward()
        return x, x.grad

    same(attempt(run, minigan), attempt(run, torch), name)


@pytest.mark.parametrize("name", PROGRAMS)
def test_leaf_that_requires_grad_is_refused(name):
    def run(m):
        x = m.tensor(A, requires_grad=True)
        PROGRAMS[name](m, x, m.tensor(A))
        return (x,)

    same(attempt(run, minigan), attempt(run, torch), name)


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("dtype", ["int64", "float32", "uint8", "float16"])
def test_other_dtypes(name, dtype):
    def run(m):
        y = m.tensor(np.abs(A * 4).astype(dtype))
        PROGRAMS[name](m, y, m.tensor(np.abs(A * 4).astype(dtype)))
        return (y,)

    ours, theirs = attempt(run, minigan), attempt(run, torch)
    if dtype != "float16":
        same(ours, theirs, name)
    elif not isinstance(theirs, Exception):
        np.testing.assert_allclose(host(ours[0]), host(theirs[0]), rtol=4e-3)


@pytest.mark.parametrize("name", CONTROL)
def test_versions(name):
    def run(m):
        x = m.tensor(A, requires_grad=True)
        z = CONTROL[name](m, x, x * 2)
        z.sum().backward()
        return z, x.grad

    same(attempt(run, minigan), attempt(run, torch), name)


def test_row_by_row():
    def run(m):
        x = m.tensor(A, requires_grad=True)
        y = m.zeros(2, 3, dtype=m.float64)
        for i in range(2):
            y[i] = x[1 - i] * (i + 2)
        y[0, 0] = 0.0
        (y**2).sum().backward()
        return y, x.grad

    same(run(minigan), run(torch), "rows")


def test_accumulating_a_loss():
    def run(m):
        x = m.tensor(A, requires_grad=True)
        loss = 0
        for i in range(3):
            loss += (x[i % 2] ** 2).mean()
        loss += 0.1 * x.abs().sum()
        loss.backward()
        return loss, x.grad

    same(run(minigan), run(torch), "loss")


def test_a_change_is_seen_through_every_view():
    for m in (minigan, torch):
        x = m.zeros(2, 3)
        views = [
            x.T,
            x[0],
            x.reshape(-1),
            x[:, 1:],
            x.detach(),
            x.unsqueeze(0),
            x.view(3, 2),
            x.expand(4, 2, 3),
        ]
        x += 1
        views[2][3] = 5
        assert all((v >= 1).all() for v in views)
        assert float(x[1, 0]) == 5 and float(views[0][0, 1]) == 5 and float(views[4][1, 0]) == 5


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("target", ["computed", "constant"])
def test_a_recorded_change_of_a_view(name, target):
    def run(m):
        x = m.tensor(A, requires_grad=True)
        h = x * 3 if target == "computed" else m.tensor(A * 3)
        before = [h[0], h.T, h.reshape(-1), h[:, 1:]]
        VIEWS[name](m, h, x)
        weights = m.tensor(A[::-1].copy())
        y = (h * weights).sum() + sum((i + 2) * (v**2).sum() for i, v in enumerate(before))
        if not y.requires_grad:
            return (y,)
        y.backward()
        return y, x.grad

    same(attempt(run, minigan), attempt(run, torch), name)


@pytest.mark.parametrize("operator", ["+=", "*=", "-="])
def test_augmented_assignment_to_a_part(operator):
    def run(m):
        x = m.tensor(A, requires_grad=True)
        h = x.exp()
        g = h * 2
        if operator == "+=":
            g[0] += x[1]
            g[:, 1] += 1
        elif operator == "*=":
            g[:, :2] *= x[:, 1:]
        else:
            g[1, 2] -= x[0, 0]
        (g**2).sum().backward()
        return g, x.grad

    same(run(minigan), run(torch), operator)


REFUSED = {
    "leaf": lambda m, x: x.add_(1),
    "view of a leaf": lambda m, x: x[0].add_(1),
    "part of a leaf": lambda m, x: x.__setitem__(0, 1.0),
    "expanded": lambda m, x: m.zeros(3, 1).expand(3, 4).add_(1),
    "too large": lambda m, x: m.zeros(3).add_(m.zeros(2, 3)),
    "float into int": lambda m, x: m.arange(3).add_(0.5),
    "int divided": lambda m, x: m.arange(3).div_(2),
    "value too large": lambda m, x: m.zeros(3).__setitem__(slice(0, 2), m.zeros(3)),
    "index outside": lambda m, x: m.zeros(3).__setitem__(3, 1.0),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_by_both(name):
    for m in (minigan, torch):
        with pytest.raises((RuntimeError, TypeError, ValueError, IndexError)):
            REFUSED[name](m, m.tensor(A, requires_grad=True))


@pytest.mark.parametrize("create_graph", [False, True])
def test_a_gradient_may_be_changed_and_is_no_other_leafs(create_graph):
    def changed(m):
        x, y = (m.zeros(3, requires_grad=True) for _ in range(2))
        (x + y).sum().backward(create_graph=create_graph)
        with m.no_grad():
            x.grad += 2
            x.grad[0] = 7
        (x + 2 * y).sum().backward()
        return [*x.grad.tolist(), *y.grad.tolist()]

    assert changed(minigan) == changed(torch) == [8, 4, 4, 3, 3, 3]


def test_a_gradient_that_is_expanded_memory_is_not_added_to():
    for m in (minigan, torch):
        x = m.ones(3, requires_grad=True)
        x.grad = m.ones(1).expand(3)
        with pytest.raises(RuntimeError, match="clone"):
            x.sum().backward()
    with pytest.raises(
        RuntimeError, match=r"setitem: the memory of a tensor of shape \(3,\) is expanded"
    ):
        minigan.ones(1).expand(3)[0] = 2
