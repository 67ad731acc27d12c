"""What the functions of tensors ask of their arguments and take by which name; each refusal names
its own.
"""

import numpy as np
import pytest

import minigan
from minigan import no_grad, tensor

X, V, NAN, INF = minigan.ones(2, 3), minigan.ones(3), float("nan"), float("inf")

FLAGS = [
    "sum",
    "mean",
    "prod",
    "var",
    "std",
    "any",
    "all",
    "amax",
    "amin",
    "max",
    "min",
    "argmax",
    "argmin",
    "logsumexp",
]


@pytest.mark.parametrize("name", FLAGS)
def test_a_second_dimension_is_no_keepdim(name):
    settings = (0, True, 1) if name in ("var", "std") else (0, 1)
    with pytest.raises(TypeError, match="keepdim=1 must be True or False"):
        getattr(X, name)(*settings)


REFUSED = [
    (lambda: minigan.bmm(V, [1]), TypeError, "bmm: mat2 must be a Tensor, not list"),
    (lambda: minigan.mm(None, V), TypeError, "mm: input must be a Tensor, not NoneType"),
    (lambda: minigan.dot(V, 2), TypeError, "dot: other must be a Tensor, not int"),
    (lambda: minigan.outer(V, 2.0), TypeError, "outer: vec2 must be a Tensor, not float"),
    (lambda: V.expand_as(3), TypeError, "expand_as: other must be a Tensor"),
    (lambda: V.view_as((3,)), TypeError, "view_as: other must be a Tensor"),
    (lambda: V.type_as(np.float32), TypeError, "type_as: other must be a Tensor"),
    (lambda: minigan.zeros_like([1.0]), TypeError, "full_like: input must be a Tensor"),
    (lambda: minigan.randn_like(np.ones(2)), TypeError, "randn_like: input must be a Tensor"),
    (lambda: minigan.add(2, 3), TypeError, "add: input=2 and other=3 are both numbers"),
    (lambda: minigan.logical_and(V, "a"), TypeError, "logical_and: other='a'"),
    (lambda: minigan.arange("a"), TypeError, "arange: end='a' must be a number"),
    (lambda: minigan.arange(0, INF), ValueError, "arange: end=inf must be finite"),
    (lambda: minigan.linspace(0, None, 3), TypeError, "linspace: end=None must be a number"),
    (lambda: minigan.full((2,), [1, 2]), TypeError, r"full: fill_value=\[1, 2\] must be a number"),
    (
        lambda: minigan.full((2,), 300, dtype="uint8"),
        ValueError,
        "full: number 300 does not fit into uint8",
    ),
    (
        lambda: minigan.full_like(V.long(), NAN),
        ValueError,
        "full_like: number nan does not fit into int64",
    ),
    (
        lambda: tensor([1, 300], dtype="uint8"),
        ValueError,
        r"does not fit into uint8 \(legal: 0\.\.255\)",
    ),
    (lambda: tensor(-1, dtype="uint8"), ValueError, "does not fit into uint8"),
    (lambda: minigan.randint(0, 5.5, (2,)), TypeError, "randint: high=5.5 must be an integer"),
    (lambda: minigan.randperm(()), TypeError, r"randperm: size \(\)"),
    (lambda: X.narrow(0, None, 1), TypeError, "narrow: start=None must be an integer"),
    (lambda: tensor(1.0).narrow(0, 0, 1), ValueError, "narrow: a tensor without dimensions"),
    (
        lambda: X.roll((1, 1), 0),
        ValueError,
        r"roll: shifts=\(1, 1\) and dims=0 must be equally many",
    ),
    (lambda: X.tril("a"), TypeError, "tril: diagonal='a' must be an integer"),
    (lambda: X.var(0, correction="a"), TypeError, "var: correction='a' must be a number"),
    (lambda: minigan.isclose(X, X, rtol=NAN), ValueError, "isclose: rtol=nan is not legal"),
    (
        lambda: minigan.arange(0, 5, step=10**30),
        ValueError,
        "arange: number 10+ does not fit into int64",
    ),
    (lambda: minigan.arange(), TypeError, "arange: end=None must be a number"),
    (lambda: minigan.zeros(2, dtype="a"), TypeError, "dtype='a' is not a dtype"),
    (lambda: minigan.zeros(2, dtype="f4,a3"), TypeError, "dtype='f4,a3' is not a dtype"),
    (lambda: minigan.max(V, 0, other=V), TypeError, "max: give dim or other, not both"),
    (lambda: V.min(other=2), TypeError, "min: other must be a Tensor, not int"),
    (lambda: minigan.where(V > 0, 1), TypeError, "where: other=None must be"),
    (
        lambda: minigan.cat([X, minigan.ones(2)], 1),
        ValueError,
        r"cat: shapes \[\(2, 3\), \(2,\)\] must agree",
    ),
    (lambda: minigan.hstack([X, V]), ValueError, r"hstack: shapes \[\(2, 3\), \(3,\)\] must agree"),
    (lambda: minigan.vstack([]), ValueError, "vstack: tensors is empty"),
    (
        lambda: tensor(1.0).diag(),
        ValueError,
        r"diag: input has shape \(\); it must be a vector or a matrix",
    ),
    (lambda: V.diag(0.5), TypeError, "diag: diagonal=0.5 must be an integer"),
    (
        lambda: minigan.bernoulli(V * 1.5),
        ValueError,
        "bernoulli: input holds numbers that are not probabilities",
    ),
    (
        lambda: minigan.bernoulli(V * NAN),
        ValueError,
        "bernoulli: input holds numbers that are not probabilities",
    ),
    (lambda: minigan.bernoulli(V.long()), TypeError, "bernoulli: input has dtype int64"),
    (lambda: V.bernoulli(1.5), ValueError, "bernoulli: p=1.5 is not legal"),
    (
        lambda: V.long().new_full((2,), INF),
        ValueError,
        "new_full: number inf does not fit into int64",
    ),
    (lambda: V.new_zeros(-1), ValueError, "new_zeros: size -1"),
    (lambda: minigan.zeros(2).normal_(0, -1), ValueError, "normal_: std=-1 is not legal"),
    (lambda: minigan.zeros(2).uniform_(3.0), ValueError, "uniform_: a=3.0 must be <= b=1.0"),
]


@pytest.mark.parametrize(("call", "kind", "words"), REFUSED, ids=range(len(REFUSED)))
def test_refusals_name_function_argument_and_value(call, kind, words):
    with pytest.raises(kind, match=words):
        call()


def test_one_number_may_be_a_tensor():
    assert minigan.arange(tensor(3)).tolist() == [0, 1, 2]
    assert minigan.full((2,), tensor(3.0)).tolist() == [3.0, 3.0]
    assert tensor(1e300).item() == INF  # beyond float32, without a warning


def test_logic_takes_arrays_and_mixed_dtypes():
    a, b = np.array([0.0, 2.0, NAN]), np.array([1, 0, 0])
    for name in ("logical_and", "logical_or", "logical_xor"):
        expected = getattr(np, name)(a, b).tolist()
        function = getattr(minigan, name)
        assert (
            function(tensor(a), tensor(b)).tolist() == function(a, tensor(b)).tolist() == expected
        )
        assert function(tensor(a), 1).tolist() == getattr(np, name)(a, 1).tolist()


@pytest.mark.parametrize(
    ("shifts", "dims"), [(1, None), (-4, None), (2, 1), ((1, -1), (0, 1)), ((1, 2), (1, 1))]
)
def test_roll_is_numpys(shifts, dims):
    x = np.arange(6.0).reshape(2, 3)
    y = minigan.roll(tensor(x, requires_grad=True), shifts, dims)
    np.testing.assert_array_equal(y.detach().numpy(), np.roll(x, shifts, dims))


def test_no_grad_decorates_with_and_without_parentheses():
    @no_grad
    def bare(x):
        return x * 2

    @no_grad()
    def called(x):
        return x * 2

    x = tensor(1.0, requires_grad=True)
    assert not bare(x).requires_grad and not called(x).requires_grad and (x * 2).requires_grad
    assert bare.__name__ == "bare"


def test_several_sizes_and_dimensions_have_names():
    for make in (minigan.zeros, minigan.ones, minigan.empty, minigan.rand, minigan.randn):
        assert (
            make(2, 3).shape == make((2, 3)).shape == make(size=(2, 3)).shape == (2, 3)
            and make(()).shape == ()
        )
    x = minigan.arange(6.0).reshape(2, 3)
    assert (
        minigan.flip(x, dims=(1,)).tolist()
        == x.flip([1]).tolist()
        == x.flip(1).tolist()
        == [[2, 1, 0], [5, 4, 3]]
    )
    assert minigan.permute(x, dims=(1, 0)).tolist() == x.permute(1, 0).tolist() == x.T.tolist()
    with pytest.raises(ValueError, match=r"permute: dims=\(\)"):
        x.permute()


def test_arange_takes_its_ends_by_name():
    assert minigan.arange(start=2, end=5).tolist() == minigan.arange(2, end=5).tolist() == [2, 3, 4]
    assert minigan.arange(end=2).tolist() == minigan.arange(2).tolist() == [0, 1]


def test_short_names_of_dtypes_are_pytorchs():
    assert (minigan.half, minigan.float, minigan.double) == (
        minigan.float16,
        minigan.float32,
        minigan.float64,
    )
    assert (minigan.int, minigan.long) == (minigan.int32, minigan.int64)
    assert tensor([1.5], dtype=minigan.long).tolist() == [1]


def test_alpha_scales_a_number_too():
    assert (
        V.add(1, alpha=2).tolist() == [3.0] * 3
        and minigan.sub(V, V, alpha=0.5).tolist() == [0.5] * 3
    )
    with pytest.raises(TypeError, match="add: other='a'"):
        V.add("a", alpha=1)
