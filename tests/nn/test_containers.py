"""Containers: Sequential, ModuleList and ModuleDict hold modules in order or by name."""

from collections import OrderedDict

import numpy as np
import pytest

import minigan
from minigan import nn


def test_sequential():
    a, b, c = nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)
    net = nn.Sequential(a, b, c)
    x = minigan.randn(4, 2, generator=0)
    np.testing.assert_array_equal(net(x).detach().numpy(), c(b(a(x))).detach().numpy())
    assert len(net) == 3 and net[0] is a and net[-1] is c and list(net) == [a, b, c]
    assert list(net[:2]) == [a, b] and isinstance(net[1:], nn.Sequential)
    assert net.append(nn.Tanh()) is net and isinstance(net[3], nn.Tanh)
    net[3] = nn.Sigmoid()
    assert isinstance(net[3], nn.Sigmoid) and list(net.state_dict()) == [
        "0.weight",
        "0.bias",
        "2.weight",
        "2.bias",
    ]
    named = nn.Sequential(OrderedDict(up=a, act=b))
    assert list(named.state_dict()) == ["up.weight", "up.bias"] and named.up is a and named[1] is b
    twice = nn.Sequential(b, a, b)
    assert len(twice) == 3 and sum(1 for _ in twice.children()) == 2


def test_lists_and_dicts():
    layers = nn.ModuleList([nn.Linear(2, 2), nn.ReLU()])
    layers.extend([nn.Linear(2, 1)])
    assert len(layers) == 3 and isinstance(layers[:1], nn.ModuleList)
    assert list(layers.state_dict()) == ["0.weight", "0.bias", "2.weight", "2.bias"]
    with pytest.raises(NotImplementedError):
        layers(1)
    named = nn.ModuleDict({"g": nn.Linear(1, 1), "d": nn.ReLU()})
    named["e"] = nn.Tanh()
    assert list(named) == list(named.keys()) == ["g", "d", "e"] and "d" in named and len(named) == 3
    assert [type(m).__name__ for m in named.values()] == ["Linear", "ReLU", "Tanh"]
    assert dict(named.items())["g"] is named["g"] and list(named.state_dict()) == [
        "g.weight",
        "g.bias",
    ]


BAD = [
    (
        lambda: nn.Sequential(minigan.ones(1)),
        TypeError,
        "Sequential: item 0 must be a Module, not Tensor",
    ),
    (
        lambda: nn.ModuleList([nn.ReLU(), 3]),
        TypeError,
        "ModuleList: item 1 must be a Module, not int",
    ),
    (lambda: nn.Sequential(nn.ReLU())[1], IndexError, "index 1 is out of range for 1 modules"),
    (lambda: nn.Sequential(nn.ReLU())["a"], TypeError, "index 'a' must be an integer"),
    (lambda: nn.ModuleDict({"a": nn.ReLU()})["b"], KeyError, r"no module 'b' \(legal: \['a'\]\)"),
]


@pytest.mark.parametrize(("call", "error", "match"), BAD)
def test_errors_name_container_and_item(call, error, match):
    with pytest.raises(error, match=match):
        call()
