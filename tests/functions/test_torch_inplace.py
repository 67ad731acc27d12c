"""In-place functions, views and versions: as in PyTorch, and an error where PyTorch raises one."""

import numpy as np
import pytest

import minigan

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")

A = np.array([[0.5, -1.5, 2.0], [3.0, -0.25, 1.0]])


def iadd(m, y, x):
    y += x


def isub(m, y, x):
    y -= 2 * x


def imul(m, y, x):
    y *= x


def itruediv(m, y, x):
    y /= x


def ipow(m, y, x):
    y **= 2


def number(m, y, x):
    y += 3
    y *= 0.5
    y -= 1
    y /= 4


def twice(m, y, x):
    y *= x
    y += y


def broadcast(m, y, x):
    y += x[0]
    y *= x[:, :1]


def setitem(key, value):
    def program(m, y, x):
        y[key] = value(x) if callable(value) else value

    return program


def setitem_with(key):
    def program(m, y, x):
        y[key(m, y)] = 7.0

    return program


PROGRAMS = {
    "iadd": iadd,
    "isub": isub,
    "imul": imul,
    "itruediv": itruediv,
    "ipow": ipow,
    "number": number,
    "twice": twice,
    "broadcast": broadcast,
    "add_": lambda m, y, x: y.add_(x, alpha=2),
    "sub_": lambda m, y, x: y.sub_(x),
    "mul_": lambda m, y, x: y.mul_(x),
    "div_": lambda m, y, x: y.div_(x),
    "pow_": lambda m, y, x: y.pow_(3),
    "clamp_": lambda m, y, x: y.clamp_(-1, 1.2),
    "relu_": lambda m, y, x: y.relu_(),
    "zero_": lambda m, y, x: y.zero_(),
    "fill_": lambda m, y, x: y.fill_(2.5),
    "copy_": lambda m, y, x: y.copy_(x * 3),
    "copy_ broadcast": lambda m, y, x: y.copy_(x[1] * 3),
    "chain": lambda m, y, x: y.add_(1).mul_(x).sub_(0.5),
    "exp_": lambda m, y, x: y.exp_(),
    "neg_": lambda m, y, x: y.neg_(),
    "sqrt_": lambda m, y, x: y.abs_().sqrt_(),
    "tanh_": lambda m, y, x: y.tanh_(),
    "sigmoid_": lambda m, y, x: y.sigmoid_(),
    "masked_fill_": lambda m, y, x: y.masked_fill_(x > 1, 5.0),
    "set row": setitem(0, lambda x: x[1]),
    "set number": setitem((slice(None), 1), 4.0),
    "set all": setitem(Ellipsis, lambda x: 2 * x),
    "set slice": setitem((slice(None), slice(1, None)), lambda x: x[:, :2]),
    "set one": setitem((1, 2), 9.0),
    "set step": setitem((0, slice(0, 3, 2)), 1.0),
    "set broadcast": setitem((slice(None), slice(0, 2)), lambda x: x[0, :2]),
    "set array": setitem(([0, 1], [2, 0]), lambda x: x[0, :2]),
    "set list": setitem((slice(None), [2, 0]), lambda x: x[:, 1:]),
    "set int and list": setitem((1, [2, 0]), lambda x: x[0, 1:]),
    "set mask": setitem_with(lambda m, y: y > 1),
    "set row mask": setitem_with(lambda m, y: (slice(None), m.tensor([True, False, True]))),
    "set none": setitem((None, 0), lambda x: x[None, 1]),
    "set negative": setitem((-1, -1), lambda x: x[0, 0]),
    "set empty": setitem(slice(5, 9), 1.0),
}


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


CONTROL = {
    "changed input": lambda m, x, y: (y * y, y.add_(1))[0],
    "changed output of exp": lambda m, x, y: (z := y.exp(), z.add_(1))[0],
    "changed input of exp": lambda m, x, y: (y.exp(), y.add_(1))[0],
    "changed input of add": lambda m, x, y: (y + y, y.add_(1))[0],
    "changed through a view": lambda m, x, y: (y * y, y.detach()[0].add_(1))[0],
    "changed by detach": lambda m, x, y: (y * y, y.detach().zero_())[0],
    "weight in matmul": lambda m, x, y: (y @ y.T, y.mul_(2))[0],
    "relu in place": lambda m, x, y: y.relu_() * 3,
    "sigmoid then relu_": lambda m, x, y: y.sigmoid().relu_(),
    "sum then add": lambda m, x, y: y.sum().add_(y.mean()),
    "loss +=": lambda m, x, y: y.reshape(-1)[0].add_(y.sum()),
    "reshape then add": lambda m, x, y: (y * 1).reshape(-1).add_(2.0),
    "slice then add": lambda m, x, y: (y * 1)[0].mul_(y[1]),
    "unused view": lambda m, x, y: (y.reshape(-1), y.add_(x))[1],
    "view made unrecorded": lambda m, x, y: y.mul_(3) * x,
}


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


VIEWS = {
    "row": lambda m, h, x: h[0].mul_(x[1]),
    "column": lambda m, h, x: h[:, 1].add_(x[:, 0] ** 2),
    "transpose": lambda m, h, x: h.T.mul_(x.T),
    "reshape of a row": lambda m, h, x: h[1].reshape(3, 1).mul_(x[0].reshape(3, 1)),
    "view of a view of a view": lambda m, h, x: h.T[1:][0].mul_(x[:, 1]),
    "flip-free slice set": lambda m, h, x: h[:, 1:].__setitem__((0, 1), x[1, 1] ** 2),
    "zeroed row": lambda m, h, x: h[0].zero_(),
    "filled part": lambda m, h, x: h[:, :2].fill_(3.0),
    "unsqueezed": lambda m, h, x: h.unsqueeze(1).mul_(2),
    "chunk set": lambda m, h, x: h.view(3, 2)[1].copy_(x[0, :2] * x[1, :2]),
}


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
