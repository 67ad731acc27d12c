"""The class Tensor: forms of calls, copies, Python's protocols, dtypes and data."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import strategies as st

import minigan
from minigan import Tensor, tensor

FLOATS = st.floats(-8, 8, width=32)


def same(*values):
    first, *rest = [v.detach() for v in values]
    for other in rest:
        assert other.dtype == first.dtype and other.shape == first.shape
        np.testing.assert_array_equal(first.numpy(), other.numpy())


# ------------------------------------------------------------------------------------ calling forms

BINARY = {
    "add": ("__add__", "__radd__"),
    "sub": ("__sub__", "__rsub__"),
    "mul": ("__mul__", "__rmul__"),
    "div": ("__truediv__", "__rtruediv__"),
    "pow": ("__pow__", "__rpow__"),
    "remainder": ("__mod__", "__rmod__"),
    "floor_divide": ("__floordiv__", "__rfloordiv__"),
    "eq": ("__eq__", "__eq__"),
    "ne": ("__ne__", "__ne__"),
    "lt": ("__lt__", "__gt__"),
    "le": ("__le__", "__ge__"),
    "gt": ("__gt__", "__lt__"),
    "ge": ("__ge__", "__le__"),
    "maximum": None,
    "minimum": None,
}
OPERATOR = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
    "remainder": lambda a, b: a % b,
    "floor_divide": lambda a, b: a // b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
}


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("kind", ["tensor", "array", "number", "numpy number", "0-d array"])
def test_every_form_agrees(name, kind):
    a = np.array([[0.5, 1.0, 2.0], [3.0, 0.25, 4.0]], np.float32)
    other = {
        "tensor": tensor(a[::-1].copy()),
        "array": a[::-1].copy(),
        "number": 2,
        "numpy number": np.float32(2),
        "0-d array": np.array(2, np.float32),
    }[kind]
    x = tensor(a)
    function = getattr(minigan, name)
    exponent = {"exponent": other} if name == "pow" else {"other": other}
    forms = [function(x, other), function(input=x, **exponent), getattr(x, name)(other)]
    backwards = [function(other, x)] if kind != "number" or name != "eq" else []
    if name in OPERATOR:
        forms.append(OPERATOR[name](x, other))
        backwards.append(OPERATOR[name](other, x))
    same(*forms)
    same(*backwards)
    assert all(isinstance(y, Tensor) for y in forms + backwards)


def test_an_operator_with_an_array_first_gives_a_tensor():
    a, x = np.ones((2, 2)), tensor(np.ones((2, 2)), requires_grad=True)
    for y in (a + x, a * x, a @ x, a - x, a / x, np.float64(2) * x, a[0] + x):
        assert isinstance(y, Tensor) and y.requires_grad and y.dtype == np.float64


def test_comparison_with_something_else_is_false():
    x = tensor([1.0])
    assert (x == None) is False and (x != None) is True and (x == "a") is False  # noqa: E711
    assert x in [3, None, x] and x not in [None, "a"]
    with pytest.raises(TypeError):
        x < "a"  # noqa: B015


def test_copies_and_pickles():
    x = tensor([1.0, 2.0], requires_grad=True)
    (x * x).sum().backward()
    for y in (copy.deepcopy(x), copy.copy(x), pickle.loads(pickle.dumps(x))):
        same(x, y)
        assert y.requires_grad and y.is_leaf
    y = copy.deepcopy(x)
    y.grad.zero_()
    assert x.grad.tolist() == [2.0, 4.0]
    with pytest.raises(RuntimeError, match="leaves"):
        copy.deepcopy(x * 2)


def test_python_protocols():
    x = tensor([[1.0, 2.0], [3.0, 4.0]])
    assert len(x) == 2 and [row.tolist() for row in x] == [[1, 2], [3, 4]] and 3 in x and 5 not in x
    assert (
        float(tensor([2.5])) == 2.5
        and int(tensor(3.9)) == 3
        and bool(tensor([[1]]))
        and [5, 6, 7][tensor(1)] == 6
    )
    assert (
        f"{tensor(2.5):.2f}" == "2.50"
        and x.size() == (2, 2)
        and x.size(-1) == 2
        and x.numel() == 4
        and x.dim() == 2
    )
    assert np.asarray(x).shape == (2, 2) and np.array(x, dtype=np.float64).dtype == np.float64
    assert repr(tensor([1.5, 2.0])) == "tensor([1.5, 2. ])" and "requires_grad=True" in repr(
        x.clone().requires_grad_()
    )
    assert (
        repr(tensor([1], dtype="int32")) == "tensor([1], dtype=int32)"
        and repr(minigan.zeros(0)) == "tensor([], dtype=float32)"
    )
    assert (
        {x: 1}[x] == 1
        and x.T.tolist() == [[1, 3], [2, 4]]
        and x.is_floating_point()
        and x.itemsize == 4
        and x.nbytes == 16
    )
    for wrong in (
        lambda: bool(x),
        lambda: float(x),
        lambda: x.item(),
        lambda: len(tensor(1.0)),
        lambda: iter(tensor(1.0)),
        lambda: [1][tensor(1.0)],
    ):
        with pytest.raises((TypeError, ValueError, RuntimeError)):
            wrong()
    with pytest.raises(RuntimeError, match="detach"):
        np.asarray(x.clone().requires_grad_())


def test_to():
    x = tensor([1.5, 2.0], requires_grad=True)
    assert (
        x.to("float32") is x
        and x.to(np.float32) is x
        and x.to(minigan.float64).dtype == np.float64
        and x.float() is x
    )
    assert (
        x.to("cpu") is x
        and x.to("cpu", minigan.float64).dtype == np.float64
        and x.to(tensor([1])).dtype == np.int64
    )
    assert x.to(copy=True) is not x and x.type_as(tensor(np.ones(1))).dtype == np.float64
    (x.double() * 2).sum().backward()
    assert x.grad.dtype == np.float32 and x.grad.tolist() == [2.0, 2.0]
    assert not x.long().requires_grad and not x.bool().requires_grad
    for wrong in ("floot32", complex, "S3", None, 7.0):
        with pytest.raises((TypeError, ValueError), match=r"to|dtype"):
            x.to(wrong)


def test_assignment_to_data():
    x = tensor([1.0, 2.0], requires_grad=True)
    x.data = np.array([3.0, 4.0, 5.0])
    assert x.shape == (3,) and x.requires_grad
    x.data = tensor([6.0])
    assert x.tolist() == [6.0]
    with pytest.raises(TypeError, match=r"requires? grad"):
        x.data = np.array([1, 2])


def test_half_precision_comes_back_as_half():
    x = tensor(np.array([1.5, -2.0, 60000.0], np.float16), requires_grad=True)
    for y in (
        x + 1,
        x * x,
        x.exp(),
        x.sum(),
        x.softmax(0),
        x.reshape(3, 1) @ x.reshape(1, 3),
        x[[0, 1]],
        x.mean(),
        x.tanh(),
        minigan.cat([x, x]),
    ):
        assert y.dtype == np.float16
    (x.tanh() * 2).sum().backward()
    assert x.grad.dtype == np.float16
    assert (
        float(tensor(np.full(4096, 1.0, np.float16)).sum()) == 4096.0
    )  # float16 alone would stop at 2048
    assert x.float().dtype == np.float32 and (x + x.float()).dtype == np.float32


def test_the_last_of_several_values_at_one_place_remains():
    x, y, z = minigan.zeros(3), minigan.zeros(3), tensor([1.0, 2.0, 3.0], requires_grad=True)
    x[[0, 0, 1]] = z.detach()
    y[[0, 0, 1]] = z
    assert x.tolist() == y.tolist() == [2.0, 3.0, 0.0]
    (y * y).sum().backward()
    assert z.grad.tolist() == [0.0, 4.0, 6.0]
