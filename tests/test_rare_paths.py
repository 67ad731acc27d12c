"""Behaviour that no other test reaches: rare arguments, errors of misuse, and full caches."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import minigan
from minigan import checks, nn, optim, tensor
from minigan.autograd.fused import FusedOp
from minigan.conv import layout
from minigan.nn import functional as F

ONES = minigan.ones
LEAF = tensor([1.0, 2.0], requires_grad=True)


class NoForward(minigan.autograd.Op):
    pass


class NoPlain(FusedOp):
    pass


class NoRate(optim.lr_scheduler.LRScheduler):
    pass


class Early(nn.Module):
    def __init__(self):
        self.register_buffer("mean", ONES(1))


def changed_view():
    whole = minigan.zeros(4) * LEAF.sum()
    with minigan.no_grad():
        part = whole[:2]
    part.mul_(LEAF.sum())


MISUSES = [
    (lambda: minigan.einsum("ii", ONES(2, 3)), ValueError, "sizes 2 and 3 of one letter differ"),
    (
        lambda: minigan.addmm(ONES(5, 5), ONES(2, 3), ONES(3, 4)),
        ValueError,
        r"addmm: shapes \(5, 5\) and \(2, 4\)",
    ),
    (
        lambda: minigan.addmm(ONES(3, 2, 4), ONES(2, 3), ONES(3, 4)),
        ValueError,
        r"addmm: .*\(3, 2, 4\)",
    ),
    (lambda: LEAF.cuda("cpu"), ValueError, "cuda: device='cpu' is not a GPU"),
    (lambda: nn.Linear(2, 2).cuda("cpu"), ValueError, r"Module\.cuda: device='cpu' is not a GPU"),
    (lambda: nn.ParameterDict({"a": 3}), TypeError, "ParameterDict: a must be a Parameter"),
    (lambda: nn.ParameterDict().popitem(), KeyError, r"ParameterDict\.popitem: the dict is empty"),
    (Early, RuntimeError, r"must call super\(\)\.__init__\(\) before register_buffer"),
    (lambda: NoForward()(LEAF), NotImplementedError, "NoForward defines no forward"),
    (lambda: NoPlain().plain(LEAF), NotImplementedError, "NoPlain defines no plain composition"),
    (lambda: NoRate(optim.SGD([LEAF])), NotImplementedError, "NoRate defines no next_lr"),
    (changed_view, RuntimeError, "mul_: a view that was made under no_grad"),
]


@pytest.mark.parametrize(("misuse", "kind", "words"), MISUSES)
def test_misuse_is_named(misuse, kind, words):
    with pytest.raises(kind, match=words):
        misuse()


def test_a_node_is_shown_by_its_op():
    assert repr((LEAF * 2).grad_fn) == "<Mul>"


def test_where_of_two_numbers():
    assert minigan.where(tensor([True, False]), 1, 2).tolist() == [1, 2]
    assert minigan.where(tensor([True, False]), 1.0, 2).dtype == minigan.float32


def test_relu_of_integers():
    assert F.relu(tensor([-1, 2])).tolist() == [0, 2]


def test_topk_of_one_number():
    values, indices = minigan.topk(tensor(3.0), 1)
    assert values.item() == 3.0 and indices.item() == 0


def test_parameters_of_a_layer_are_copied_as_a_dict():
    layer = nn.BatchNorm1d(3)
    for copied in (copy.copy(layer._parameters), pickle.loads(pickle.dumps(layer._parameters))):
        assert type(copied) is dict and list(copied) == ["weight", "bias"]
    layer._buffers = {"running_mean": tensor([1.0, 2.0, 3.0])}
    assert layer.running_mean.tolist() == [1.0, 2.0, 3.0]
    assert [name for name, _ in layer.named_buffers()] == ["running_mean"]


def test_weight_norm_of_the_whole_weight():
    layer = nn.Linear(2, 3, bias=False, generator=0)
    weight = layer.weight.detach().numpy().copy()
    normed = nn.utils.parametrizations.weight_norm(layer, dim=None)
    x = np.array([[1.0, -2.0]], "float32")
    np.testing.assert_allclose(normed(tensor(x)).detach().numpy(), x @ weight.T, rtol=1e-6)
    assert normed.weight_g.item() == pytest.approx(np.linalg.norm(weight))


@pytest.mark.parametrize(("make", "flops"), [
    # 4x4 images; each output adds or multiplies as often as the formula says
    (lambda x: F.avg_pool2d(x, 2), "AvgPool"),
    (lambda x: F.conv2d(x, ONES(1, 1, 2, 2)), "Conv"),
    (lambda x: F.unfold(x, 2), "Unfold"),
])  # fmt: skip
def test_a_tape_of_gradients_counts_their_operations(make, flops):
    x = tensor(np.arange(16.0, dtype="float32").reshape(1, 1, 4, 4), requires_grad=True)
    y = make(x * x).square().sum()
    (g,) = minigan.grad(y, x, create_graph=True)
    table = str(minigan.Tape(g.sum()))
    assert flops in table and " ops " in table


def test_a_full_cache_of_results_is_emptied(monkeypatch):
    monkeypatch.setattr(checks, "_MOST_RESULTS", 3)
    made = []

    @checks.remembered
    def half(x):
        made.append(x)
        return x / 2

    assert [half(x) for x in (1, 2, 3, 1, 4, 1, 4, 2.0)] == [0.5, 1, 1.5, 0.5, 2, 0.5, 2, 1]
    assert made == [1, 2, 3, 4, 1, 2.0]  # at 4 the cache was full


def test_a_full_cache_of_views_is_emptied(monkeypatch):
    monkeypatch.setattr(layout, "_VIEWS", 2)
    w = minigan.arange(4.0 * 3 * 9).reshape(4, 3, 3, 3) % 5
    for size in (7, 9, 8, 7, 9):
        x = minigan.arange(2.0 * 3 * size * size).reshape(2, 3, size, size) % 7
        made = [F.conv2d(x, w, by=by).tolist() for by in ("im2col", "blocked")]
        assert made[0] == made[1]
