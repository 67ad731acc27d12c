"""Integers are int64 also where NumPy's own integer has 32 bits, as on Pyodide."""

from itertools import chain
from types import SimpleNamespace

import fake_cupy
import numpy as np
import pytest
from fake_cupy import installed
from op_suite import CASES, On, orders

import minigan
from minigan.autograd import conversion


@pytest.fixture
def cupy(monkeypatch):
    """The stand-in for CuPy, whose own integer has 32 bits."""
    monkeypatch.setattr(fake_cupy, "BITS", [32])
    with installed() as module:
        yield module


def test_the_imitation_has_32_bits(cupy):
    x = cupy.asarray(np.array([3.0, 0.0, 5.0]))
    found = [
        cupy.arange(3), x.argmax(), x.argsort(), x.nonzero()[0], cupy.argsort(x),
        cupy.unique(x, return_inverse=True)[1], cupy.searchsorted(x, x),
        cupy.bincount(cupy.asarray(np.array([1, 2]))),
    ]  # fmt: skip
    assert {y.dtype for y in found} == {np.dtype(np.int32)}
    assert cupy.arange(3, dtype=np.int64).dtype == np.int64 and cupy.unique(x).dtype == np.float64


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_ops_have_the_same_values_dtypes_and_gradients(case, cupy):
    there = orders(On(minigan, "cuda"), minigan.grad, case, "float64")
    here = orders(minigan, minigan.grad, case, "float64")
    for a, b in zip(chain(*there), chain(*here), strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a.detach().cpu().numpy(), b.detach().numpy())


COUNTS = {
    "argmax": lambda x: x.argmax(), "argmin": lambda x: x.argmin(0),
    "argsort": lambda x: x.argsort(),
    "sort": lambda x: x.sort()[1], "topk": lambda x: x.topk(2)[1], "max": lambda x: x.max(1)[1],
    "nonzero": lambda x: x.nonzero(), "where": lambda x: minigan.where(x > 0)[1],
    "nonzero as tuple": lambda x: x.nonzero(as_tuple=True)[0], "argwhere": lambda x: x.argwhere(),
    "unique": lambda x: minigan.unique(x, return_inverse=True)[1], "sum": lambda x: (x > 0).sum(),
    "counts": lambda x: minigan.unique(x, return_counts=True)[1],
    "median": lambda x: x.median(1)[1],
    "consecutive": lambda x: minigan.unique_consecutive(x, True)[1],
    "bincount": lambda x: x.long().abs().reshape(-1).bincount(), "mode": lambda x: x.mode()[1],
    "searchsorted": lambda x: minigan.searchsorted(x.sort()[0][0], x),
    "kthvalue": lambda x: x.kthvalue(2)[1], "count_nonzero": lambda x: x.count_nonzero(1),
    "cumsum": lambda x: (x > 0).cumsum(0), "prod": lambda x: (x > 0).prod(),
}  # fmt: skip


@pytest.mark.parametrize("name", COUNTS)
def test_indices_and_counts_are_int64(name, cupy):
    x = np.array([[3.0, 0.0, -2.0, 0.0], [1.0, 1.0, 0.0, 5.0]])
    y = COUNTS[name](minigan.tensor(x, device="cuda"))
    assert y.dtype == np.int64
    np.testing.assert_array_equal(y.cpu().numpy(), COUNTS[name](minigan.tensor(x)).numpy())


NEW = {
    "tensor": lambda: minigan.tensor([1, 2]), "number": lambda: minigan.tensor(3),
    "nested": lambda: minigan.tensor([[1], [2]]), "bool first": lambda: minigan.tensor([True, 2]),
    "Tensor": lambda: minigan.Tensor([4]), "as_tensor": lambda: minigan.as_tensor([1, 2]),
    "arange": lambda: minigan.arange(3), "full": lambda: minigan.full((2,), 7),
    "randint": lambda: minigan.randint(5, (3,)), "randperm": lambda: minigan.randperm(4),
    "multinomial": lambda: minigan.multinomial(minigan.ones(3), 2),
    "tril_indices": lambda: minigan.tril_indices(3, 3), "sum": lambda: minigan.ones(3).int().sum(),
    "eye of ints": lambda: minigan.eye(2, dtype="int64"),
    "number op": lambda: minigan.tensor([1]) + 1,
}  # fmt: skip


@pytest.mark.parametrize("name", NEW)
def test_new_tensors_of_integers_are_int64(name, monkeypatch):
    def asarray(data, *args, **kwargs):
        found = np.asarray(data, *args, **kwargs)
        own = not isinstance(data, np.ndarray | np.generic) and not args and not kwargs
        return found.astype(np.int32) if own and found.dtype == np.int64 else found

    numpy = SimpleNamespace(**{**vars(np), "asarray": asarray})
    monkeypatch.setattr(conversion, "np", numpy)
    assert NEW[name]().dtype == np.int64


def test_arrays_keep_their_integers():
    assert minigan.tensor(np.array([1], np.int32)).dtype == np.int32
    assert minigan.tensor([np.int32(1)]).dtype == np.int32
    assert minigan.tensor([1, 2], dtype="int32").dtype == np.int32
