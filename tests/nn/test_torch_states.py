"""State dicts of older and newer versions of PyTorch load; errors say what to do."""

import numpy as np
import pytest

import minigan
from minigan import nn, optim

torch = pytest.importorskip("torch")


def close(a, b, **tolerance):
    np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), **tolerance)


def net(m):
    return m.nn.Sequential(m.nn.Conv2d(2, 3, 2), m.nn.BatchNorm2d(3)).double()


def test_before_num_batches_tracked():
    theirs = net(torch)
    state = {k: v for k, v in theirs.state_dict().items() if "tracked" not in k}
    ours = net(minigan)
    ours[1].num_batches_tracked.fill_(5)
    assert ours.load_state_dict(state) == ([], [])
    assert ours[1].num_batches_tracked.item() == 5
    del state["1.running_var"]
    with pytest.raises(RuntimeError, match="missing: 1.running_var$"):
        ours.load_state_dict(state)


def test_a_number_as_a_vector():
    class Scale(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(minigan.tensor(1.0))

    scale = Scale()
    scale.load_state_dict({"scale": torch.tensor([3.0])})
    assert scale.scale.shape == () and scale.scale.item() == 3.0


def test_metadata_is_ignored():
    state = net(torch).state_dict()
    assert hasattr(state, "_metadata")
    ours = net(minigan)
    ours.load_state_dict(state)
    close(ours[0].weight, state["0.weight"])


HINTS = [
    (lambda s: {f"module.{k}": v for k, v in s.items()}, r"names begin with 'module.' \(nn.DataP"),
    (lambda s: {f"module.{k}": v for k, v in s.items()}, r"load \{name.removeprefix\('module.'\)"),
    (lambda s: {f"_orig_mod.{k}": v for k, v in s.items()}, r"removeprefix\('_orig_mod.'\)"),
    (lambda s: {"epoch": 3, "state_dict": dict(s)}, r"this is a checkpoint; load checkpoint\['st"),
    (lambda s: {"model": dict(s), "optimizer": {}}, r"load checkpoint\['model'\]"),
]


@pytest.mark.parametrize(("change", "match"), HINTS)
def test_what_to_do(change, match):
    ours, state = net(minigan), net(torch).state_dict()
    with pytest.raises(RuntimeError, match=match):
        ours.load_state_dict(change(state))


def test_the_names_here_have_the_prefix():
    inner = net(torch).state_dict()
    outer = nn.ModuleDict({"module": net(minigan)})
    with pytest.raises(RuntimeError, match="the names here begin with 'module.'"):
        outer.load_state_dict(inner)
    outer.load_state_dict({f"module.{k}": v for k, v in inner.items()})


def test_assign_takes_memory_and_dtype():
    layer = nn.Linear(2, 1)
    weight = layer.weight
    numbers = minigan.ones(1, 2, dtype="float64")
    layer.load_state_dict({"weight": numbers, "bias": minigan.zeros(1)}, assign=True)
    assert layer.weight is weight and weight.dtype == np.float64 and weight.requires_grad
    assert np.shares_memory(weight.detach().numpy(), numbers.numpy())


def test_state_dict_into_a_dict():
    layer, state = nn.Linear(2, 1), {"a": minigan.ones(1)}
    assert layer.state_dict(destination=state, prefix="x.") is state
    assert list(state) == ["a", "x.weight", "x.bias"]


NORMED = [
    ("Linear", (3, 4), (5, 3)),
    ("Conv2d", (2, 3, 2), (4, 2, 5, 5)),
    ("ConvTranspose2d", (2, 3, 2), (4, 2, 5, 5)),
]


@pytest.mark.parametrize("train", [True, False])
@pytest.mark.parametrize(("name", "settings", "shape"), NORMED)
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_spectral_norms_of_both_kinds(name, settings, shape, train):
    rng = np.random.default_rng(0)
    for older in (True, False):
        where = [m.nn.utils if older else m.nn.utils.parametrizations for m in (minigan, torch)]
        ours, theirs = (
            tools.spectral_norm(getattr(m.nn, name)(*settings).double())
            for tools, m in zip(where, (minigan, torch), strict=True)
        )
        ours.load_state_dict(theirs.state_dict())
        ours.train(train), theirs.train(train)
        for _ in range(3):
            x = rng.standard_normal(shape)
            y, y_ = ours(minigan.tensor(x)), theirs(torch.tensor(x))
            close(y, y_, rtol=1e-9, atol=1e-11)
            ours.zero_grad(), theirs.zero_grad()
            y.square().sum().backward(), y_.square().sum().backward()
            gradients = [p.grad for p in ours.parameters()], [p.grad for p in theirs.parameters()]
            for g, g_ in zip(*(sorted(gs, key=lambda g: g.ndim) for gs in gradients), strict=True):
                close(g, g_, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("dim", [0, 1, None])
@pytest.mark.parametrize(("name", "settings", "shape"), NORMED)
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_weight_norms_of_both_kinds(name, settings, shape, dim):
    rng = np.random.default_rng(0)
    for older in (True, False):
        tools = torch.nn.utils if older else torch.nn.utils.parametrizations
        theirs = tools.weight_norm(getattr(torch.nn, name)(*settings).double(), dim=dim)
        ours = nn.utils.weight_norm(getattr(nn, name)(*settings).double(), dim=dim)
        ours.load_state_dict(theirs.state_dict())
        x = rng.standard_normal(shape)
        y, y_ = ours(minigan.tensor(x)), theirs(torch.tensor(x))
        close(y, y_, rtol=1e-9, atol=1e-11)
        y.square().sum().backward(), y_.square().sum().backward()
        found = {p.shape: p.grad for p in ours.parameters()}
        for p in theirs.parameters():
            close(found[tuple(p.shape)], p.grad, rtol=1e-8, atol=1e-10)
        plain = nn.utils.remove_weight_norm(ours)
        assert sorted(plain.state_dict()) == ["bias", "weight"]
        close(plain(minigan.tensor(x)), y, rtol=1e-9, atol=1e-11)


def test_weight_norm_errors():
    with pytest.raises(ValueError, match="weight_norm: ReLU has no parameter name='weight'"):
        nn.utils.weight_norm(nn.ReLU())
    with pytest.raises(ValueError, match="Linear has no parameter name='weight'"):
        nn.utils.weight_norm(nn.utils.weight_norm(nn.Linear(1, 1)))
    with pytest.raises(IndexError, match="weight_norm: dim=2"):
        nn.utils.weight_norm(nn.Linear(1, 1), dim=2)
    with pytest.raises(ValueError, match="Linear has no weight norm of name='weight'"):
        nn.utils.remove_weight_norm(nn.Linear(1, 1))


def test_an_optimizer_of_an_older_version():
    """Before 1.12 the number of steps was an int, and maximize was not a setting."""
    ours, theirs = nn.Linear(2, 1).double(), torch.nn.Linear(2, 1).double()
    ours.load_state_dict(theirs.state_dict())
    adam, adam_ = optim.Adam(ours.parameters()), torch.optim.Adam(theirs.parameters())
    theirs(torch.ones(1, 2).double()).sum().backward()
    adam_.step()
    state = adam_.state_dict()
    state = {
        "state": {i: dict(entry) for i, entry in state["state"].items()},
        "param_groups": [dict(group) for group in state["param_groups"]],
    }
    for group in state["param_groups"]:
        del group["maximize"], group["foreach"], group["capturable"], group["differentiable"]
    for entry in state["state"].values():
        entry["step"] = int(entry["step"])
    adam.load_state_dict(state)
    ours.load_state_dict(theirs.state_dict())
    for model, optimizer, ones in (
        (ours, adam, minigan.ones(1, 2, dtype="float64")),
        (theirs, adam_, torch.ones(1, 2).double()),
    ):
        optimizer.zero_grad()
        model(ones).square().sum().backward()
        optimizer.step()
    close(ours.weight, theirs.weight, rtol=1e-12)
