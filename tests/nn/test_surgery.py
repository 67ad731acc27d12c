"""Containers can be cut and joined as in PyTorch: the same calls give the same names."""

import numpy as np
import pytest

import minigan
from minigan import nn

torch = pytest.importorskip("torch")


def layers(m, *sizes):
    return [m.nn.Linear(n, 1) for n in sizes]


def grow(m, net):
    net.append(m.nn.Linear(7, 1))
    net.extend(layers(m, 8, 9))


def delete_slice(m, net):
    del net[1:3]


def delete_one(m, net):
    del net[-2]


def insert(m, net):
    net.insert(1, m.nn.Linear(7, 1))
    net.insert(0, m.nn.Linear(8, 1))
    net.insert(len(net), m.nn.Linear(9, 1))


def pop(m, net):
    assert net.pop(1).in_features == 2 and net.pop(-1).in_features == 4


def replace(m, net):
    net[0], net[-1] = m.nn.Linear(7, 1), m.nn.Linear(8, 1)


SURGERIES = {
    "append, extend": grow,
    "del slice": delete_slice,
    "del": delete_one,
    "insert": insert,
    "pop": pop,
    "set": replace,
    "slice": lambda m, net: net[1:],
    "slice backwards": lambda m, net: net[::2],
    "negative slice": lambda m, net: net[-2:],
    "iterate": lambda m, net: type(net)(*net) if "Seq" in str(type(net)) else type(net)(net),
}


def contents(net):
    names = [(name, layer.in_features) for name, layer in net.named_children()]
    return names, list(net.state_dict()), len(net), [layer.in_features for layer in net]


@pytest.mark.parametrize("kind", ["Sequential", "ModuleList"])
@pytest.mark.parametrize("surgery", SURGERIES.values(), ids=SURGERIES)
def test_as_in_pytorch(kind, surgery):
    found = []
    for m in (minigan, torch):
        make = getattr(m.nn, kind)
        net = make(*layers(m, 1, 2, 3, 4)) if kind == "Sequential" else make(layers(m, 1, 2, 3, 4))
        result = surgery(m, net)
        found.append([contents(net), contents(result) if result is not None else None])
        assert type(result) in (type(None), make)
    assert found[0] == found[1]


@pytest.mark.parametrize("kind", ["Sequential", "ModuleList"])
def test_sums_and_products(kind):
    for m in (minigan, torch):
        make = getattr(m.nn, kind)
        pack = (lambda xs, make=make: make(*xs)) if kind == "Sequential" else make
        a, b = pack(layers(m, 1, 2)), pack(layers(m, 3))
        c = a + b
        assert [x.in_features for x in c] == [1, 2, 3] and len(a) == 2 and c[0] is a[0]
        a += b
        assert [x.in_features for x in a] == [1, 2, 3] and list(dict(a.named_children())) == [
            "0", "1", "2",
        ]  # fmt: skip
        if kind == "Sequential":
            assert [x.in_features for x in 2 * b] == [3, 3] == [x.in_features for x in b * 2]
            b *= 3
            assert len(b) == 3 and b[2] is b[0]


def test_named_modules_are_numbered_after_a_cut():
    for m in (minigan, torch):
        net = m.nn.Sequential()
        for name, n in (("a", 1), ("b", 2), ("c", 3)):
            net.add_module(name, m.nn.Linear(n, 1))
        assert next(iter(net[1:].state_dict())) == "b.weight"
        del net[0]
        assert next(iter(net.state_dict())) == "0.weight" and net[1].in_features == 3


def test_lists_have_more():
    net = nn.ModuleList(layers(minigan, 1, 2, 3))
    assert [x.in_features for x in reversed(net)] == [3, 2, 1] and net[1] in net
    assert nn.Linear(1, 1) not in net
    net[:2] = layers(minigan, 8, 9)
    assert [x.in_features for x in net] == [8, 9, 3]
    net.clear()
    assert len(net) == 0 and list(net.parameters()) == []


def test_module_dicts():
    for m in (minigan, torch):
        net = m.nn.ModuleDict({"a": m.nn.Linear(1, 1)})
        net.update({"b": m.nn.Linear(2, 1), "c": m.nn.Linear(3, 1)})
        net.update([("a", m.nn.Linear(4, 1))])
        assert list(net) == list(net.keys()) == ["a", "b", "c"] and len(net) == 3
        assert [x.in_features for x in net.values()] == [4, 2, 3] and "b" in net
        assert net.pop("b").in_features == 2 and "b" not in net
        del net["c"]
        assert [(k, v.in_features) for k, v in net.items()] == [("a", 4)]
        net.clear()
        assert len(net) == 0 and not list(net.parameters())
        with pytest.raises(KeyError):
            net.pop("b")


def test_parameter_lists_and_dicts():
    for m in (minigan, torch):
        some = m.nn.ParameterList([m.nn.Parameter(m.ones(n)) for n in (1, 2)])
        some.append(m.nn.Parameter(m.ones(3)))
        some.extend([m.nn.Parameter(m.ones(4))])
        some += [m.ones(5)]
        assert len(some) == 5 and [p.numel() for p in some] == [1, 2, 3, 4, 5]
        assert isinstance(some[-1], m.nn.Parameter) and [p.numel() for p in some[1:3]] == [2, 3]
        some[0] = m.nn.Parameter(m.zeros(7))
        assert list(some.state_dict()) == ["0", "1", "2", "3", "4"] and some[0].numel() == 7
        named = m.nn.ParameterDict({"a": m.nn.Parameter(m.ones(1)), "b": m.ones(2)})
        named["c"] = m.ones(3)
        named.update({"a": m.nn.Parameter(m.ones(4))})
        assert list(named) == ["a", "b", "c"] and named["a"].numel() == 4 and len(named) == 3
        assert isinstance(named["b"], m.nn.Parameter) and "b" in named
        assert named.pop("b").numel() == 2 and named.get("b") is None
        assert named.setdefault("d", m.ones(6)).numel() == 6
        assert list(named.state_dict()) == ["a", "c", "d"] and named.popitem()[0] == "d"
        assert sorted((named | {"z": m.ones(1)}).keys()) == ["a", "c", "z"]
        assert named.copy()["a"] is named["a"]
        named.clear()
        assert not list(named.parameters())


def test_the_parts_of_a_net_compute():
    net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 5), nn.Tanh())
    x = minigan.randn(2, 3, generator=0)
    features, rest = net[:2], net[2:]
    np.testing.assert_array_equal(rest(features(x)).detach().numpy(), net(x).detach().numpy())
    del net[3]
    net.append(nn.Sigmoid()).insert(-4, nn.Identity())
    assert [type(m).__name__ for m in net] == ["Identity", "Linear", "ReLU", "Linear", "Sigmoid"]
    joined = features + rest[:1]
    assert joined(x).shape == (2, 5) and len(list(joined.parameters())) == 4


BAD = [
    (lambda n: n.insert(9, nn.ReLU()), IndexError, r"insert: index 9 is out of range .*-2\.\.2"),
    (lambda n: n.insert(0, 3), TypeError, "insert: item 0 must be a Module, not int"),
    (lambda n: n.pop(5), IndexError, "index 5 is out of range for 2 modules"),
    (lambda n: n.__delitem__(-3), IndexError, "index -3 is out of range for 2 modules"),
    (lambda n: n.append(None), TypeError, "append: item 2 must be a Module, not NoneType"),
    (lambda n: n.extend(3), TypeError, "extend: modules must be an iterable of Modules, not int"),
    (lambda n: n.__setitem__(0, minigan.ones(1)), TypeError, "item 0 must be a Module"),
    (lambda n: n.__setitem__(slice(0, 2), [nn.ReLU()]), ValueError, "1 modules cannot replace 2"),
    (lambda n: n * 0, ValueError, r"\*: times=0 must be at least 1"),
    (lambda n: n * 1.5, TypeError, r"\*: times=1.5 must be an integer"),
    (lambda n: n + 3, TypeError, "unsupported operand"),
]


@pytest.mark.parametrize("kind", [nn.Sequential, nn.ModuleList])
@pytest.mark.parametrize(("call", "error", "match"), BAD)
def test_wrong_cuts(kind, call, error, match):
    net = kind(*layers(minigan, 1, 2)) if kind is nn.Sequential else kind(layers(minigan, 1, 2))
    with pytest.raises(error, match=match):
        call(net)
    assert [x.in_features for x in net] == [1, 2]


def test_wrong_parameters():
    with pytest.raises(TypeError, match="item 0 must be a Parameter or a Tensor, not float"):
        nn.ParameterList([1.0])
    with pytest.raises(
        TypeError, match="ParameterDict: a must be a Parameter or a Tensor, not int"
    ):
        nn.ParameterDict({"a": 1})
    with pytest.raises(KeyError, match=r"there is no parameter 'b' \(legal: \['a'\]\)"):
        nn.ParameterDict({"a": minigan.ones(1)})["b"]
    with pytest.raises(KeyError, match=r"there is no module 'b' \(legal: \['a'\]\)"):
        nn.ModuleDict({"a": nn.ReLU()}).pop("b")
