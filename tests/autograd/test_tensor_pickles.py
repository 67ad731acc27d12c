"""Tensors are pickled, copied, and sent to other processes at any time, as in PyTorch."""

import copy
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

import minigan
from minigan import nn, tensor


def used() -> dict[str, minigan.Tensor]:
    """Tensors of many kinds, after a forward and a backward pass."""
    x = tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    y = x * x
    loss = (y.T[0:1] * 2).sum()
    loss.backward(retain_graph=True)
    y.retain_grad()
    w = nn.Parameter(np.ones(3))
    nn.functional.linear(minigan.ones(1, 3, dtype="float64"), w[None]).sum().backward()
    frozen = nn.Parameter([1.0], requires_grad=False)
    changed = minigan.zeros(2) + 1
    changed[0] = 5.0
    return {
        "leaf": x, "computed": y, "view": x[0], "transposed": y.T, "loss": loss,
        "gradient": x.grad, "parameter": w, "frozen": frozen, "changed": changed,
        "detached": y.detach(), "data": x.data, "expanded": minigan.ones(1).expand(3),
        "half": x.half(), "integers": tensor([1, 2]), "bools": x > 1, "empty": minigan.zeros(0, 3),
    }  # fmt: skip


@pytest.mark.parametrize("protocol", [2, pickle.HIGHEST_PROTOCOL])
@pytest.mark.parametrize("name", used())
def test_a_pickled_tensor_is_a_leaf_with_its_numbers(name, protocol):
    x = used()[name]
    y = pickle.loads(pickle.dumps(x, protocol))
    assert type(y) is type(x) and y.requires_grad == x.requires_grad
    assert y.is_leaf and y.grad is None and y.base is None and y.dtype == x.dtype
    np.testing.assert_array_equal(y.numpy(), x.numpy())
    if y.requires_grad:
        (y * 2).sum().backward()
        assert (y.grad == 2).all()


@pytest.mark.parametrize("name", used())
def test_copies(name):
    x = used()[name]
    y = copy.copy(x)
    assert type(y) is type(x) and y.is_leaf and y.requires_grad == x.requires_grad
    assert np.shares_memory(y.numpy(), x.numpy()) or not x.numel()
    assert y.memory is x.memory and y.grad is None
    if not x.is_leaf:
        with pytest.raises(RuntimeError, match="only leaves can be copied"):
            copy.deepcopy(x)
        return
    y = copy.deepcopy(x)
    assert type(y) is type(x) and y.requires_grad == x.requires_grad
    assert not np.shares_memory(y.numpy(), x.numpy())
    np.testing.assert_array_equal(y.numpy(), x.numpy())
    assert (y.grad is None) == (x.grad is None)
    if x.grad is not None:
        assert y.grad.tolist() == x.grad.tolist() and y.grad is not x.grad


def test_a_deep_copy_keeps_what_is_shared():
    x = tensor([1.0, 2.0], requires_grad=True)
    a, twin, b = copy.deepcopy([x, x.data, x])
    assert a is b and twin.memory is a.memory
    twin.add_(1)
    assert a.tolist() == [2.0, 3.0] and x.tolist() == [1.0, 2.0]


def test_attributes_of_a_subclass_are_kept():
    for y in (
        pickle.loads(pickle.dumps(named())),
        copy.copy(named()),
        copy.deepcopy(named()),
    ):
        assert type(y) is Named and y.label == ["a"] and y.tolist() == [1.0]


class Named(minigan.Tensor):
    """A tensor with an attribute of its own."""

    label: list[str]


def named() -> Named:
    x = Named([1.0])
    x.label = ["a"]
    return x


def doubled(x: minigan.Tensor) -> tuple[minigan.Tensor, bool, str]:
    return x * 2, x.requires_grad, type(x).__name__


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_tensors_cross_processes(method):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system has no {method}")
    sent = [used()[name] for name in ("computed", "parameter", "view")]
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        for x, (y, requires_grad, kind) in zip(sent, pool.map(doubled, sent), strict=True):
            assert (y.numpy() == 2 * x.numpy()).all() and y.is_leaf
            assert requires_grad == x.requires_grad and kind == type(x).__name__
