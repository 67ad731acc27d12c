"""Arguments of the functions of tensors: their names, their forms, and their types."""

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
def test_keepdim_must_be_a_bool(name):
    settings = (0, True, 1) if name in ("var", "std") else (0, 1)
    with pytest.raises(TypeError, match="keepdim=1 must be True or False"):
        getattr(X, name)(*settings)


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
