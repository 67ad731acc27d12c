"""Flags are True or False: texts, numbers and None are refused, as PyTorch refuses them."""

import numpy as np
import pytest

import minigan
from minigan import tensor

X = tensor([[3.0, 1.0, 2.0], [6.0, 5.0, 4.0]])
N = tensor([0, 1, 1])
KEEPDIM = [
    "sum", "mean", "prod", "var", "std", "any", "all", "amax", "amin", "max", "min", "argmax",
    "argmin", "logsumexp", "norm", "median", "mode", "nansum", "nanmean",
]  # fmt: skip
FLAGS = {
    **{
        f"{name} keepdim": (lambda f, name=name: getattr(X, name)(dim=1, keepdim=f), "keepdim")
        for name in KEEPDIM
    },
    "prod of all": (lambda f: X.prod(keepdim=f), "keepdim"),
    "max of all": (lambda f: X.max(keepdim=f), "keepdim"),
    "argmax of all": (lambda f: X.argmax(keepdim=f), "keepdim"),
    "median of all": (lambda f: X.median(keepdim=f), "keepdim"),
    "std_mean keepdim": (lambda f: minigan.std_mean(X, 1, keepdim=f), "keepdim"),
    "quantile keepdim": (lambda f: X.quantile(0.5, 1, f), "keepdim"),
    "kthvalue keepdim": (lambda f: X.kthvalue(1, 1, f), "keepdim"),
    "aminmax keepdim": (lambda f: X.aminmax(dim=1, keepdim=f), "keepdim"),
    "var unbiased": (lambda f: X.var(1, f), "unbiased"),
    "std unbiased": (lambda f: X.std(1, unbiased=f), "unbiased"),
    "argsort descending": (lambda f: X.argsort(1, f), "descending"),
    "argsort stable": (lambda f: X.argsort(stable=f), "stable"),
    "sort descending": (lambda f: X.sort(1, f), "descending"),
    "sort stable": (lambda f: X.sort(stable=f), "stable"),
    "topk largest": (lambda f: X.topk(2, 1, f), "largest"),
    "topk sorted": (lambda f: X.topk(2, sorted=f), "sorted"),
    "nonzero as_tuple": (lambda f: X.nonzero(as_tuple=f), "as_tuple"),
    "isclose equal_nan": (lambda f: minigan.isclose(X, X, equal_nan=f), "equal_nan"),
    "allclose equal_nan": (lambda f: X.allclose(X, equal_nan=f), "equal_nan"),
    "unique sorted": (lambda f: minigan.unique(X, f), "sorted"),
    "unique return_inverse": (lambda f: minigan.unique(X, True, f), "return_inverse"),
    "unique return_counts": (lambda f: X.unique(return_counts=f), "return_counts"),
    "unique_consecutive": (lambda f: X.unique_consecutive(f), "return_inverse"),
    "searchsorted right": (lambda f: minigan.searchsorted(N, N, right=f), "right"),
    "bucketize right": (lambda f: minigan.bucketize(N, N, right=f), "right"),
    "isin invert": (lambda f: minigan.isin(N, N, invert=f), "invert"),
    "multinomial": (lambda f: minigan.multinomial(X, 2, f), "replacement"),
    "to copy": (lambda f: X.to("float32", copy=f), "copy"),
    "to non_blocking": (lambda f: X.to("cpu", non_blocking=f), "non_blocking"),
    "requires_grad_": (lambda f: X.clone().requires_grad_(f), "requires_grad"),
    "requires_grad": (lambda f: setattr(X.clone(), "requires_grad", f), "requires_grad"),
    "Tensor": (lambda f: minigan.Tensor([1.0], f), "requires_grad"),
    "tensor": (lambda f: tensor([1.0], requires_grad=f), "requires_grad"),
    "Variable": (lambda f: minigan.autograd.Variable(X, requires_grad=f), "requires_grad"),
    "set_grad_enabled": (lambda f: minigan.set_grad_enabled(f), "mode"),
    "inference_mode": (lambda f: minigan.inference_mode(f), "mode"),
    **{
        f"{name} requires_grad": (make, "requires_grad")
        for name, make in {
            "zeros": lambda f: minigan.zeros(2, requires_grad=f),
            "ones": lambda f: minigan.ones(2, requires_grad=f),
            "empty": lambda f: minigan.empty(2, requires_grad=f),
            "full": lambda f: minigan.full((2,), 1.0, requires_grad=f),
            "eye": lambda f: minigan.eye(2, requires_grad=f),
            "arange": lambda f: minigan.arange(2.0, requires_grad=f),
            "linspace": lambda f: minigan.linspace(0, 1, 2, requires_grad=f),
            "randn": lambda f: minigan.randn(2, requires_grad=f),
            "rand": lambda f: minigan.rand(2, requires_grad=f),
            "normal": lambda f: minigan.normal(0.0, 1.0, (2,), requires_grad=f),
            "zeros_like": lambda f: minigan.zeros_like(X, requires_grad=f),
            "full_like": lambda f: minigan.full_like(X, 2.0, requires_grad=f),
            "randn_like": lambda f: minigan.randn_like(X, requires_grad=f),
            "new_zeros": lambda f: X.new_zeros(2, requires_grad=f),
            "new_tensor": lambda f: X.new_tensor([1.0], requires_grad=f),
        }.items()
    },
}


@pytest.mark.parametrize(
    "wrong", ["False", "True", "", 0, 1, 1.0, None, [], np.float32(1)], ids=repr
)
@pytest.mark.parametrize("name", FLAGS)
def test_what_is_not_a_bool_is_refused(name, wrong):
    call, flag = FLAGS[name]
    if name == "unique sorted" and wrong is None:
        pytest.skip("never given")
    with pytest.raises(TypeError, match=rf"{flag}=.*must be True or False"):
        call(wrong)


@pytest.mark.parametrize("name", [name for name in FLAGS if not name.startswith("set_grad")])
def test_bools_are_taken_also_numpys(name):
    call, _ = FLAGS[name]
    for value in (True, False):
        call(value)
        call(np.bool_(value))


@pytest.mark.parametrize("dtype", ["int64", "bool", "uint8", int])
def test_a_mean_or_softmax_of_integers_is_refused(dtype):
    x = minigan.ones(2, 3)
    for call in (
        lambda: x.mean(dtype=dtype),
        lambda: x.mean(1, dtype=dtype),
        lambda: x.softmax(1, dtype=dtype),
        lambda: minigan.mean(x.long(), dtype=dtype),
        lambda: x.log_softmax(0, dtype=dtype),
    ):  # fmt: skip
        with pytest.raises(TypeError, match=r"(mean|softmax): dtype=.* must be a float"):
            call()
    assert x.long().mean(dtype="float64").dtype == np.float64 and x.sum(dtype=dtype).numel() == 1
