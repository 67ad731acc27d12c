"""What a Tensor is made of, how it is called, what it refuses; the laws of its functions."""

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


def test_an_array_first_is_the_tensors_business():
    a, x = np.ones((2, 2)), tensor(np.ones((2, 2)), requires_grad=True)
    for y in (a + x, a * x, a @ x, a - x, a / x, np.float64(2) * x, a[0] + x):
        assert isinstance(y, Tensor) and y.requires_grad and y.dtype == np.float64


def test_comparison_with_something_else_is_false():
    x = tensor([1.0])
    assert (x == None) is False and (x != None) is True and (x == "a") is False  # noqa: E711
    assert x in [3, None, x] and x not in [None, "a"]
    with pytest.raises(TypeError):
        x < "a"  # noqa: B015


# ------------------------------------------------------------------------------------- construction


def test_dtypes_of_new_tensors():
    expected = {
        "float32": [1.0, [1.0, 2.0], [1, 2.5], [], [[], []], (1.0,), [tensor(1.0), tensor(2.0)]],
        "int64": [1, [1, 2], (3,), [[1], [2]], [True, 2], range(3)],
        "bool": [True, [True, False]],
        "float64": [
            np.float64(1),
            np.ones(2),
            [np.float64(1.0), np.float64(2.0)],
            [np.ones(2), np.ones(2)],
        ],
        "float16": [np.ones(2, np.float16)],
        "uint8": [np.ones(2, np.uint8), np.uint8(3)],
    }
    for dtype, values in expected.items():
        for value in values:
            assert tensor(value).dtype == dtype, value
    assert (
        tensor(np.arange(3, dtype=">f4")).dtype == np.float32
        and tensor(np.arange(3, dtype=">f4")).dtype.isnative
    )
    assert tensor(np.arange(3, dtype=np.longdouble)).dtype == np.float64
    assert tensor([1, 2], dtype=float).dtype == np.float32 and tensor(
        [1.7], dtype="long"
    ).tolist() == [1]
    assert (
        minigan.zeros(2).dtype
        == minigan.ones((2,)).dtype
        == minigan.full((2,), 0.5).dtype
        == np.float32
    )
    assert (
        minigan.full((2,), 5).dtype == minigan.arange(3).dtype == np.int64
        and minigan.arange(3.0).dtype == np.float32
    )


@pytest.mark.parametrize(
    "data",
    [
        "text",
        ["a"],
        None,
        [None],
        object(),
        [1, [2]],
        1j,
        np.ones(2, complex),
        np.array(["x"]),
        np.array([object()]),
        {},
        10**30,
        np.datetime64("2020-01-01"),
        [[1.0, 2.0], [3.0]],
    ],
    ids=repr,
)
def test_what_is_no_tensor(data):
    with pytest.raises((TypeError, ValueError), match=r"Tensor|data"):
        tensor(data)


def test_data_is_copied_and_never_modified():
    a = np.arange(4.0)
    x, shared = tensor(a), minigan.from_numpy(a)
    x.zero_()
    assert a.tolist() == [0, 1, 2, 3]
    shared[0] = 9
    assert a[0] == 9 and minigan.as_tensor(a).numpy() is a


def test_integers_cannot_require_grad():
    for make in (
        lambda: tensor([1], requires_grad=True),
        lambda: tensor([1]).requires_grad_(),
        lambda: minigan.arange(3, requires_grad=True),
    ):
        with pytest.raises(TypeError, match="float"):
            make()


def test_factories():
    assert minigan.arange(2, 11, 3).tolist() == [2, 5, 8] and minigan.arange(5, 0, -2).tolist() == [
        5,
        3,
        1,
    ]
    assert minigan.arange(0, 1, 0.25).tolist() == [0, 0.25, 0.5, 0.75] and minigan.arange(
        0
    ).shape == (0,)
    assert minigan.linspace(0, 1, 5).tolist() == [0, 0.25, 0.5, 0.75, 1] and minigan.eye(
        2, 3
    ).tolist() == [
        [1, 0, 0],
        [0, 1, 0],
    ]
    assert (
        minigan.zeros(2, 3).shape
        == minigan.zeros((2, 3)).shape
        == minigan.zeros([2, 3]).shape
        == (2, 3)
    )
    assert minigan.zeros(()).shape == minigan.ones([]).shape == ()
    x = minigan.ones(2, 3, dtype="float64")
    for like in (
        minigan.zeros_like,
        minigan.ones_like,
        minigan.randn_like,
        minigan.rand_like,
        minigan.empty_like,
    ):
        assert (
            like(x).shape == (2, 3)
            and like(x).dtype == np.float64
            and like(x, dtype="float32").dtype == np.float32
        )
    assert minigan.full_like(x, 3).tolist() == [[3.0] * 3] * 2


def test_new_tensors_are_like_their_maker():
    x = minigan.ones(2, 3, dtype="float64")
    for y in (
        x.new_zeros(4, 1),
        x.new_ones(size=(4, 1)),
        x.new_full((4, 1), 2),
        x.new_tensor([[1], [2], [3], [4]]),
    ):
        assert y.shape == (4, 1) and y.dtype == np.float64 and not y.requires_grad
    assert (
        x.long().new_tensor([1.5]).tolist() == [1]
        and x.new_tensor([1.5], dtype="int64").dtype == np.int64
    )
    assert x.new_ones(2, requires_grad=True).requires_grad
    assert minigan.is_tensor(x) and not minigan.is_tensor(x.numpy())


def test_bernoulli_draws_with_the_probabilities_given():
    p = minigan.tensor([0.0, 0.2, 0.7, 1.0]).expand(20_000, 4)
    drawn = minigan.bernoulli(p, generator=3)
    assert drawn.dtype == p.dtype and set(drawn.flatten().tolist()) == {0.0, 1.0}
    np.testing.assert_allclose(
        drawn.mean(0).numpy(), [0, 0.2, 0.7, 1], atol=0.015
    )  # 4 standard deviations
    same(drawn, p.bernoulli(generator=np.random.default_rng(3)))
    assert minigan.ones(5, dtype="int64").bernoulli(1.0).tolist() == [1] * 5


def test_randomness_is_an_argument():
    for draw in (minigan.randn, minigan.rand):
        first = draw(3, 4, generator=np.random.default_rng(5))
        same(first, draw(3, 4, generator=5))
        assert (draw(3, 4) != draw(3, 4)).any()
    rng = np.random.default_rng(0)
    assert (minigan.randn(3, generator=rng) != minigan.randn(3, generator=rng)).any()
    assert sorted(minigan.randperm(9, generator=1).tolist()) == list(range(9))
    assert set(minigan.randint(2, 5, (99,), generator=1).tolist()) == {2, 3, 4}
    for wrong in ("seed", 1.5, True, [1]):
        with pytest.raises(TypeError, match="generator"):
            minigan.randn(2, generator=wrong)


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
    for wrong in ("floot32", complex, "S3", None, 7):
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


# ----------------------------------------------------------------------------------------- mistakes

X, N = minigan.ones(2, 3), minigan.arange(6).reshape(2, 3)
MISTAKES = {
    r"add: shapes \(2, 3\) and \(2,\)": lambda: X + minigan.ones(2),
    r"mul: other='a'": lambda: X * "a",
    r"matmul: input of shape \(2, 3\) and other of shape \(2, 3\)": lambda: X @ X,
    r"matmul: input has dtype float32 and other float64": lambda: X @ X.T.double(),
    r"mm: shapes": lambda: minigan.mm(X, minigan.ones(3)),
    r"reshape: shape \(4, 2\)": lambda: X.reshape(4, 2),
    r"reshape: shape \(-1, 4\)": lambda: X.reshape(-1, 4),
    r"reshape: size 2.5": lambda: X.reshape(2.5, 1),
    r"permute: dims=\(0, 0\)": lambda: X.permute(0, 0),
    r"transpose: dim1=2 .*legal: -2..1": lambda: X.transpose(0, 2),
    r"sum: dim=5": lambda: X.sum(5),
    r"sum: dim=\(0, 0\)": lambda: X.sum((0, 0)),
    r"sum: dim='a'": lambda: X.sum("a"),
    r"mean: input has dtype int64": lambda: N.mean(),
    r"std: input has dtype int64": lambda: N.std(),
    r"softmax: input has dtype int64": lambda: N.softmax(0),
    r"amax: .*shape \(0,\)": lambda: minigan.zeros(0).amax(),
    r"argmax: .*shape \(0, 3\)": lambda: minigan.zeros(0, 3).argmax(0),
    r"broadcast_to: shape \(2, 3\) cannot be repeated to shape \(3, 3\)": lambda: X.expand(3, 3),
    r"flatten: start_dim=1": lambda: X.flatten(1, 0),
    r"unflatten: the product of sizes \(2, 2\) must be size 3": lambda: X.unflatten(1, (2, 2)),
    r"cat: shapes": lambda: minigan.cat([X, minigan.ones(3, 2)]),
    r"cat: tensors is empty": lambda: minigan.cat([]),
    r"cat: tensors must be a list": lambda: minigan.cat(X),
    r"cat: tensors\[1\]": lambda: minigan.cat([X, 3]),
    r"stack: shapes": lambda: minigan.stack([X, X.T]),
    r"split: sections \(1, 1\)": lambda: X.split([1, 1], 1),
    r"split: split_size=0": lambda: X.split(0),
    r"chunk: chunks=0": lambda: X.chunk(0),
    r"repeat: sizes \(2,\)": lambda: X.repeat(2),
    r"getitem: index 2 is out of range for size 2 of dimension 0": lambda: X[2],
    r"getitem: key .* has 3 indices": lambda: X[0, 0, 0],
    r"getitem: an index array is out of range for dimension 0 \(legal: -2..1\)": lambda: X[[0, 5]],
    r"getitem: an index array has dtype float32": lambda: X[X],
    r"getitem: a mask of shape \(3,\)": lambda: X[tensor([True, False, True])],
    r"getitem: slice step=-1": lambda: X[::-1],
    r"getitem: .*one Ellipsis": lambda: X[..., ...],
    r"getitem: 'a'": lambda: X["a"],
    r"getitem: \[\[0\]\]": lambda: X[[[0]]],
    r"dtype uint8": lambda: X[tensor([1, 0], dtype="uint8")],
    r"getitem: the numbers of slice\(0.5, None, None\) must be integers": lambda: X[0.5:],
    r"gather: index of shape \(3, 3\)": lambda: X.gather(1, minigan.zeros(3, 3, dtype="int64")),
    r"gather: index has dtype float32": lambda: X.gather(1, X),
    r"index_select: index has shape": lambda: X.index_select(0, N),
    r"where: condition has dtype float32": lambda: minigan.where(X, X, X),
    r"clamp: give min": lambda: X.clamp(),
    r"clamp: min='a'": lambda: X.clamp("a"),
    r"div: rounding_mode='up'": lambda: minigan.div(X, 2, rounding_mode="up"),
    r"pow: .*negative": lambda: N**-1,
    r"floor_divide: an integer": lambda: N // 0,
    r"sub: bool": lambda: (X > 0) - (X > 0),
    r"neg: .*bool": lambda: -(X > 0),
    r"bitwise_and: dtype float32": lambda: X & X,
    r"norm: p=-1": lambda: X.norm(-1),
    r"einsum: .*names 1 operands": lambda: minigan.einsum("ij", X, X),
    r"einsum: .*sizes 3 and 2": lambda: minigan.einsum("ij,jk->ik", X, X),
    r"einsum: .*each letter": lambda: minigan.einsum("ij->z", X),
    r"einsum: .*dtypes": lambda: minigan.einsum("ij,ij", X, X.double()),
    r"topk: k=4 .*0..3": lambda: X.topk(4),
    r"narrow: start=2": lambda: X.narrow(1, 2, 2),
    r"arange: step=0": lambda: minigan.arange(0, 3, 0),
    r"zeros: size -1": lambda: minigan.zeros(-1),
    r"randint: low=5": lambda: minigan.randint(5, 2, (3,)),
    r"randn: dtype=int64": lambda: minigan.randn(2, dtype="int64"),
    r"size: dim=2": lambda: X.size(2),
    r"tril: input has shape": lambda: minigan.ones(3).tril(),
    r"setitem: .*shape": lambda: X.clone().__setitem__(0, minigan.ones(5)),
    r"exp: input must be a Tensor": lambda: minigan.exp([1.0]),
    r"sum: input must be a Tensor": lambda: minigan.sum(np.ones(3)),
    r"isnan: input must be": lambda: minigan.isnan(3.0),
    r"set_num_threads: threads=0": lambda: minigan.set_num_threads(0),
}


@pytest.mark.parametrize("match", MISTAKES)
def test_mistakes(match):
    with pytest.raises((TypeError, ValueError, RuntimeError), match=match):
        MISTAKES[match]()


def test_the_last_of_several_values_at_one_place_remains():
    x, y, z = minigan.zeros(3), minigan.zeros(3), tensor([1.0, 2.0, 3.0], requires_grad=True)
    x[[0, 0, 1]] = z.detach()
    y[[0, 0, 1]] = z
    assert x.tolist() == y.tolist() == [2.0, 3.0, 0.0]
    (y * y).sum().backward()
    assert z.grad.tolist() == [0.0, 4.0, 6.0]
