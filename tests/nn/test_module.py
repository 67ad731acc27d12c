"""Modules: what they own, states, modes, dtypes, copies, and errors."""

import copy

import numpy as np
import pytest

import minigan
from minigan import nn


class Net(nn.Module):
    def __init__(self, generator=0):
        super().__init__()
        self.first = nn.Linear(3, 4, generator=generator)
        self.norm = nn.BatchNorm1d(4)
        self.scale = nn.Parameter([2.0])
        self.register_buffer("count", minigan.tensor(0))
        self.register_buffer("cache", minigan.zeros(2), persistent=False)
        self.last = self.first  # shared

    def forward(self, x):
        return self.norm(self.first(x)) * self.scale


NAMES = ["scale", "first.weight", "first.bias", "norm.weight", "norm.bias"]
STATE = [
    "scale", "count", "first.weight", "first.bias", "norm.weight", "norm.bias", "norm.running_mean",
    "norm.running_var",
    "norm.num_batches_tracked", "last.weight", "last.bias",
]  # fmt: skip


def test_what_is_found():
    net = Net()
    assert [name for name, _ in net.named_parameters()] == NAMES
    assert [name for name, _ in net.named_parameters(recurse=False)] == ["scale"]
    assert [name for name, _ in net.named_parameters(prefix="g")] == ["g." + name for name in NAMES]
    assert len(list(net.named_parameters(remove_duplicate=False))) == 7
    assert [name for name, _ in net.named_children()] == ["first", "norm"]
    assert [name for name, _ in net.named_modules()] == ["", "first", "norm"]
    assert [name for name, _ in net.named_buffers()] == [
        "count", "cache", "norm.running_mean", "norm.running_var", "norm.num_batches_tracked"
    ]  # fmt: skip
    assert list(net.state_dict()) == STATE
    assert list(net.state_dict(prefix="g."))[:2] == ["g.scale", "g.count"]
    assert net.get_parameter("first.weight") is net.first.weight
    assert net.get_submodule("norm") is net.norm and net.get_submodule("") is net
    assert net.get_buffer("norm.running_var") is net.norm.running_var
    assert sum(1 for _ in net.modules()) == 3 and sum(1 for _ in net.children()) == 2


def test_a_state_shares_memory_and_is_loaded_in_place():
    net, other = Net(0), Net(1)
    state = net.state_dict()
    weight, view = net.first.weight, net.first.weight.detach()
    assert not state["scale"].requires_grad and net.state_dict(keep_vars=True)["scale"] is net.scale
    result = net.load_state_dict(other.state_dict())
    assert result == ([], []) and result.missing_keys == []
    assert net.first.weight is weight
    np.testing.assert_array_equal(view.numpy(), other.first.weight.detach().numpy())
    np.testing.assert_array_equal(state["first.weight"].numpy(), view.numpy())


def test_a_state_is_cast_to_the_dtype_that_is_there():
    net = nn.Linear(2, 1)
    net.load_state_dict({"weight": np.array([[1.5, 1e300]]), "bias": np.array([3])})
    assert net.weight.dtype == np.float32 and net.weight.tolist() == [[1.5, float("inf")]]
    assert net.bias.tolist() == [3.0]


def test_loading_is_all_or_nothing_and_says_why():
    net = Net()
    state = {name: value.numpy().copy() for name, value in net.state_dict().items()}
    del state["scale"], state["norm.bias"]
    state |= {
        "first.weight": np.full((4, 2), 7.0),
        "extra": np.zeros(1),
        "first.bias": np.full(4, 7.0),
    }
    with pytest.raises(RuntimeError) as error:
        net.load_state_dict(state)
    shape = "first.weight has shape (4, 2), and is (4, 3) here"
    for words in ("Net", shape, "missing: scale, norm.bias", "unexpected: extra"):
        assert words in str(error.value)
    assert not (net.first.bias.detach().numpy() == 7).any()
    with pytest.raises(RuntimeError, match=r"first\.weight has shape"):
        net.load_state_dict(state, strict=False)
    del state["first.weight"]
    assert net.load_state_dict(state, strict=False) == (
        ["scale", "first.weight", "norm.bias"],
        ["extra"],
    )
    assert (net.first.bias.detach().numpy() == net.last.bias.detach().numpy()).all()
    with pytest.raises(TypeError, match=r"first\.bias is a str"):
        net.load_state_dict({"first.bias": "seven"}, strict=False)
    with pytest.raises(TypeError, match="state_dict must be a dict, not list"):
        net.load_state_dict([1])


def test_loading_makes_a_graph_stale():
    net = nn.Linear(2, 2, generator=0)
    x = minigan.ones(3, 2, requires_grad=True)
    loss = net(x).sum()
    net.load_state_dict(net.state_dict())
    with pytest.raises(RuntimeError, match="changed in place"):
        loss.backward()


def test_round_trip_through_a_file(tmp_path):
    net, other = Net(0), Net(1)
    net(minigan.randn(5, 3, generator=0))
    np.savez(tmp_path / "net.npz", **{name: x.numpy() for name, x in net.state_dict().items()})
    with np.load(tmp_path / "net.npz", allow_pickle=False) as file:
        other.load_state_dict(dict(file))
    for a, b in zip(net.state_dict().values(), other.state_dict().values(), strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_modes_and_gradients():
    net = Net()
    assert net.training and net.norm.training
    assert net.eval() is net and not net.norm.training and net.train().norm.training
    net(minigan.randn(5, 3, generator=0)).sum().backward()
    net.zero_grad(set_to_none=False)
    assert net.scale.grad.tolist() == [0.0]
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())
    assert not any(p.requires_grad for p in net.requires_grad_(False).parameters())


def test_apply_visits_children_first():
    seen = []
    net = nn.Sequential(nn.ReLU(), nn.Sequential(nn.Tanh()))
    assert net.apply(lambda module: seen.append(type(module).__name__)) is net
    assert seen == ["ReLU", "Tanh", "Sequential", "Sequential"]


def test_dtype_changes_numbers_not_objects():
    net = Net()
    weight = net.first.weight
    net(minigan.randn(5, 3, generator=0)).sum().backward()
    assert net.double() is net and net.first.weight is weight
    assert weight.dtype == weight.grad.dtype == net.norm.running_mean.dtype == np.float64
    assert weight.is_leaf and weight.requires_grad
    assert net.count.dtype == net.norm.num_batches_tracked.dtype == np.int64
    assert net(minigan.randn(5, 3, generator=0, dtype="float64")).dtype == np.float64
    assert net.half().first.weight.dtype == np.float16
    assert net.to("float32").first.weight.dtype == np.float32
    assert net.to(minigan.zeros(1, dtype="float64")).first.weight.dtype == np.float64
    assert net.to("cpu", "float32").float().cpu().first.weight.dtype == np.float32
    array = weight.numpy()
    net.to("float32")
    assert weight.numpy() is array


def test_deepcopy_is_separate_and_keeps_what_is_shared():
    net = Net()
    twin = copy.deepcopy(net)
    assert twin.first is twin.last and twin.first is not net.first
    twin.load_state_dict(Net(1).state_dict())
    assert net.first.weight.tolist() != twin.first.weight.tolist()
    assert [name for name, _ in twin.named_parameters()] == NAMES
    norm = nn.spectral_norm(nn.Linear(3, 2, generator=0), generator=0)
    norm(minigan.ones(1, 3)).sum().backward()
    twin = copy.deepcopy(norm)
    before = norm.weight_u.tolist()
    twin(minigan.ones(1, 3))
    assert norm.weight_u.tolist() == before


def test_assignment():
    net = Net()
    net.scale = nn.Parameter([3.0])
    assert [name for name, _ in net.named_parameters()] == NAMES
    net.scale = None
    assert [name for name, _ in net.named_parameters()] == NAMES[1:]
    net.count = minigan.tensor(5)
    assert net.state_dict()["count"].item() == 5
    del net.last
    assert "last.weight" not in net.state_dict()
    net.register_parameter("none", None)
    assert "none" not in net.state_dict() and net.none is None
    net.plain = minigan.ones(3)
    assert "plain" not in net.state_dict()


def test_parameter():
    p = nn.Parameter(minigan.ones(2))
    assert isinstance(p, minigan.Tensor) and p.requires_grad and p.is_leaf
    assert not nn.Parameter([1.0], requires_grad=False).requires_grad
    assert repr(p).startswith("Parameter containing:\ntensor([1., 1.]")
    assert type(p * 2) is minigan.Tensor
    with pytest.raises(TypeError, match="float"):
        nn.Parameter(minigan.tensor([1, 2]))


def test_repr_has_shapes_and_counts():
    assert repr(nn.Linear(2, 3)) == (
        "Linear(in_features=2, out_features=3, bias=True)  # weight (3, 2), bias (3,): 9 parameters"
    )
    assert repr(nn.Sequential(nn.Sequential(nn.Linear(2, 3, bias=False)), nn.ReLU())) == (
        "Sequential(\n"
        "  (0): Sequential(\n"
        "    (0): Linear(in_features=2, out_features=3, bias=False)  # weight (3, 2): 6 "
        "parameters\n"
        "  )  # 6 parameters\n"
        "  (1): ReLU()\n"
        ")  # 6 parameters"
    )


class Forgetful(nn.Module):
    def __init__(self):
        self.layer = nn.ReLU()


class Unfinished(nn.Module):
    pass


BAD = [
    (
        lambda: Forgetful(),
        RuntimeError,
        r"Forgetful.__init__ must call super\(\).__init__\(\) before setting layer",
    ),
    (lambda: Unfinished()(1), NotImplementedError, "Unfinished defines no forward"),
    (
        lambda: setattr(Net(), "scale", 3.0),
        TypeError,
        r"Net.scale is a Parameter and cannot become a float",
    ),
    (lambda: setattr(Net(), "first", minigan.ones(1)), TypeError, "Net.first is a Module"),
    (
        lambda: setattr(Net(), "count", 3),
        TypeError,
        "Net.count is a Tensor and cannot become a int",
    ),
    (lambda: Net().register_buffer("a.b", minigan.ones(1)), ValueError, "name='a.b'"),
    (lambda: Net().register_buffer("", minigan.ones(1)), ValueError, "name=''"),
    (lambda: Net().register_buffer("forward", minigan.ones(1)), ValueError, "name='forward'"),
    (lambda: Net().register_buffer("b", 1.0), TypeError, "b must be a Tensor or None, not float"),
    (
        lambda: Net().register_parameter("p", minigan.ones(1)),
        TypeError,
        "p must be a Parameter or None, not Tensor",
    ),
    (
        lambda: Net().add_module("m", minigan.ones(1)),
        TypeError,
        "m must be a Module or None, not Tensor",
    ),
    (lambda: Net().add_module(3, nn.ReLU()), TypeError, "name=3 must be a string"),
    (lambda: Net().get_submodule("first.second"), AttributeError, "'first.second' has no 'second'"),
    (
        lambda: Net().get_parameter("first.wait"),
        AttributeError,
        r"'first.wait' \(legal there: \['weight', 'bias'\]\)",
    ),
    (lambda: Net().get_buffer("norm.bias"), AttributeError, "'norm.bias'"),
    (lambda: Net().train("yes"), ValueError, "mode='yes'"),
    (lambda: Net().to("int64"), TypeError, "dtype=int64 must be a float"),
    (lambda: Net().to("float33"), TypeError, "float33"),
]


@pytest.mark.parametrize(("call", "error", "match"), BAD)
def test_errors_say_what_and_where(call, error, match):
    with pytest.raises(error, match=match):
        call()
