"""What programs in PyTorch do in their first weeks: NumPy's calls, printing, missing names."""

import numpy as np
import pytest

import minigan
from minigan import Tensor, nn, tensor

X = tensor([[1.0, 2.0], [3.0, 4.0]])
BIG = 10**13

# ------------------------------------------------------------------------------- NumPy and printing

NUMPY = {
    "sum": lambda: np.sum(X),
    "sum of rows": lambda: np.sum(X, axis=1),
    "mean": lambda: np.mean(X),
    "mean of columns": lambda: np.mean(X, axis=0),
    "max": lambda: np.max(X),
    "min": lambda: np.min(X),
    "prod": lambda: np.prod(X),
    "argmax": lambda: np.argmax(X),
    "abs": lambda: np.abs(np.asarray(X)),
    "asarray": lambda: np.asarray(X),
    "array": lambda: np.array(X, dtype=np.float64),
    "concatenate": lambda: np.concatenate([X, X]),
    "stack": lambda: np.stack([X, X]),
    "squeeze": lambda: np.squeeze(X),
    "transpose": lambda: np.transpose(X),
    "cumsum": lambda: np.cumsum(X),
    "clip": lambda: np.clip(X, 0, 2),
    "any": lambda: np.any(X > 3),
    "all": lambda: np.all(X > 3),
    "reshape": lambda: np.reshape(X, (4,)),
    "where": lambda: np.where(X > 2),
    "round": lambda: np.round(X),
    "allclose": lambda: np.allclose(X, X),
    "shape": lambda: np.shape(X),
    "keepdims": lambda: np.sum(X, axis=0, keepdims=True),
}


@pytest.mark.parametrize("name", NUMPY)
def test_numpys_functions_take_tensors(name):
    ours = NUMPY[name]()
    array = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)
    code = NUMPY[name].__code__
    theirs = type(NUMPY[name])(code, {**globals(), "X": array})()
    np.testing.assert_allclose(np.asarray(ours), np.asarray(theirs))


def test_sums_by_numpy_stay_in_the_graph():
    x = tensor([1.0, 2.0], requires_grad=True)
    np.sum(x * x).backward()
    np.mean(x).backward()
    assert x.grad.tolist() == [2.5, 4.5]
    with pytest.raises(TypeError, match="sum: out= is not supported"):
        x.sum(out=np.zeros(()))
    with pytest.raises(TypeError, match="sum: give dim or axis, not both"):
        x.sum(dim=0, axis=0)
    with pytest.raises(TypeError, match="max: give keepdim or keepdims, not both"):
        X.max(0, keepdim=True, keepdims=True)
    with pytest.raises(TypeError, match="axes"):
        X.sum(axes=0)


FORMATS = {
    "plain": (lambda: f"{tensor(1.5)}", "1.5"),
    "digits": (lambda: f"{tensor(1.23456):.4f}", "1.2346"),
    "integer": (lambda: f"{tensor(7)}, {tensor(7):d}, {tensor(7):>4}", "7, 7,    7"),
    "in a graph": (lambda: f"{X.clone().requires_grad_().sum():.1f}", "10.0"),
    "percent": (lambda: f"{tensor(0.25):.0%}", "25%"),
    "one element": (lambda: f"{tensor([1.25]):.1f}", "1.2"),
    "format": (lambda: "loss {:.2f}".format(tensor(2.0)), "loss 2.00"),  # noqa: UP032
    "percent operator": (lambda: "loss %.2f" % tensor(2.0), "loss 2.00"),  # noqa: UP031
    "parameter": (lambda: f"{nn.Parameter(2.0)}", "2.0"),
    "several": (lambda: f"{tensor([1.0, 2.0])}", "tensor([1., 2.])"),
    "bool": (lambda: f"{tensor(True)}", "True"),
    "repr": (lambda: f"{tensor(1.5)!r}", "tensor(1.5)"),
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_number_is_printed_as_pytorch_prints_it(name):
    make, text = FORMATS[name]
    assert make() == text


def test_several_numbers_have_no_format():
    with pytest.raises(TypeError, match=r"format: a tensor of shape \(2,\) is not one number"):
        f"{tensor([1.0, 2.0]):.2f}"


def test_round():
    assert round(tensor(2.345), 1).item() == pytest.approx(2.3)
    assert round(tensor(2.5)).item() == 2.0 and round(tensor(7)).item() == 7
    assert tensor([15.0, 25.0]).round(decimals=-1).tolist() == [20.0, 20.0]


# ---------------------------------------------------------------------------------- absent names

ABSENT = {
    "manual_seed": "generator=0",
    "FloatTensor": r"minigan.tensor\(data, dtype=minigan.float\)",
    "LongTensor": "dtype=minigan.long",
    "ByteTensor": "dtype=minigan.byte",
    "set_default_dtype": "dtype=",
    "set_default_tensor_type": "dtype=",
    "bfloat16": "float16",
    "distributions": "randn_like",
    "linalg": "numpy",
    "conv2d": "nn.functional.conv2d",
    "set_printoptions": "numpy.set_printoptions",
    "compile": "nothing is compiled",
    "backends": "same seed",
    "multiprocessing": "Python's",
    "seed": "generator=0",
}


@pytest.mark.parametrize("name", ABSENT)
def test_a_name_of_torch_says_what_to_write(name):
    with pytest.raises(
        AttributeError, match=rf"'minigan' has no attribute '{name}': .*{ABSENT[name]}"
    ):
        getattr(minigan, name)
    assert not hasattr(minigan, name)


@pytest.mark.parametrize(
    ("holder", "name", "words"),
    [
        (X, "register_hook", "retain_grad"),
        (X, "astype", r"x\.to\(dtype\)"),
        (X, "storage", "numpy"),
        (X, "share_memory_", "copied"),
        (X, "copy", "clone"),
        (nn.Parameter([1.0]), "register_hook", "'Parameter' object .*retain_grad"),
        (minigan.autograd, "Function", "minigan.Op"),
        (minigan.autograd, "gradcheck", "check_grad"),
        (minigan.autograd, "set_detect_anomaly", "Tape"),
    ],
)
def test_an_attribute_of_torch_says_what_to_write(holder, name, words):
    with pytest.raises(AttributeError, match=rf"(?s).*{words}"):
        getattr(holder, name)


def test_a_misspelt_name_is_an_ordinary_error():
    for holder in (minigan, minigan.autograd, X):
        with pytest.raises(AttributeError, match="has no attribute 'tensro'$"):
            _ = holder.tensro


@pytest.mark.parametrize("sizes", [(64, 1), (2, 3, 4), (5, 0)])
def test_a_tensor_of_a_size_says_what_to_write(sizes):
    with pytest.raises(TypeError, match=rf"Tensor: .*write minigan.empty\({sizes[0]}, {sizes[1]}"):
        Tensor(*sizes)


def test_constants_and_types_have_pytorchs_names():
    assert minigan.inf == float("inf") and minigan.nan != minigan.nan and minigan.newaxis is None
    assert f"{minigan.pi:.5f} {minigan.e:.5f}" == "3.14159 2.71828"
    assert minigan.finfo(X.dtype).eps == 2**-23 and minigan.iinfo(minigan.int8).max == 127
    assert isinstance(X.dtype, minigan.dtype) and isinstance(X.size(), minigan.Size)
    assert minigan.short == minigan.int16 and X[:, minigan.newaxis].shape == (2, 1, 2)
    assert X.grad_fn is None and (X.clone().requires_grad_() * 2).grad_fn.name() == "Mul"
