"""Models and optimizers can be copied, pickled and sent to another process at any time."""

import copy
import multiprocessing
import pickle

import numpy as np
import pytest

import minigan
from minigan import nn, optim


class Net(nn.Module):
    """A model with a parameter, a buffer, and children of many kinds."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(minigan.ones(1))
        self.register_buffer("shift", minigan.zeros(1), persistent=False)
        self.layers = nn.ModuleList([nn.Linear(3, 4), nn.Linear(4, 3)])
        self.more = nn.ModuleDict({"act": nn.LeakyReLU(0.2, inplace=True)})
        self.weights = nn.ParameterList([minigan.ones(3)])

    def forward(self, x):
        for layer in self.layers:
            x = self.more["act"](layer(x))
        return (x * self.weights[0]) * self.scale + self.shift


IMAGE = (2, 3, 6, 6)
MODELS = {
    "linear": (lambda: nn.Linear(3, 2), (4, 3)),
    "own": (Net, (4, 3)),
    "sequential": (lambda: nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1)), (4, 3)),
    "convolutions": (
        lambda: nn.Sequential(
            nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.LeakyReLU(0.2), nn.ConvTranspose2d(4, 2, 3)
        ),
        IMAGE,
    ),
    "spectral_norm": (lambda: nn.Sequential(nn.spectral_norm(nn.Conv2d(3, 4, 3))), IMAGE),
    "parametrization": (
        lambda: nn.utils.parametrizations.spectral_norm(nn.ConvTranspose2d(3, 4, 3)),
        IMAGE,
    ),
    "weight_norm": (lambda: nn.utils.weight_norm(nn.Linear(3, 2)), (4, 3)),
    "dropout": (lambda: nn.Sequential(nn.Dropout(0.5, generator=1), nn.Dropout2d(0.1)), IMAGE),
    "norms": (
        lambda: nn.Sequential(
            nn.InstanceNorm2d(3, affine=True), nn.GroupNorm(3, 3), nn.LayerNorm(6), nn.PReLU()
        ),
        IMAGE,
    ),
    "pooling": (lambda: nn.Sequential(nn.MaxPool2d(2), nn.AvgPool2d(2), nn.Flatten()), IMAGE),
    "loss": (lambda: nn.BCEWithLogitsLoss(pos_weight=minigan.ones(3)), None),
}
MOMENTS = ["new", "after forward", "after backward", "frozen", "evaluated"]


def used(name, moment):
    make, shape = MODELS[name]
    model = make()
    if moment == "frozen":
        model.requires_grad_(False)
    if moment == "evaluated":
        model.eval()
    if shape and moment != "new":
        y = model(minigan.randn(*shape, generator=0))
        if moment == "after backward" and y.requires_grad:
            y.sum().backward()
        return model, y  # the graph is alive
    return model, None


def same(a, b):
    assert repr(a) == repr(b) and a.training == b.training
    for find in ("named_parameters", "named_buffers"):
        pairs = list(zip(getattr(a, find)(), getattr(b, find)(), strict=True))
        for (name, x), (other, y) in pairs:
            assert name == other and type(x) is type(y) and x is not y
            assert x.requires_grad == y.requires_grad and x.is_leaf and y.is_leaf
            assert not np.shares_memory(x.detach().numpy(), y.detach().numpy())
            np.testing.assert_array_equal(x.detach().numpy(), y.detach().numpy())
    assert list(a.state_dict()) == list(b.state_dict())


WAYS = {
    "pickle": lambda model: pickle.loads(pickle.dumps(model)),
    "oldest pickle": lambda model: pickle.loads(pickle.dumps(model, 2)),
    "deepcopy": copy.deepcopy,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_copied(name, moment, way):
    model, graph = used(name, moment)
    other = WAYS[way](model)
    same(model, other)
    if (shape := MODELS[name][1]) is not None:
        x = minigan.randn(*shape, generator=3)
        a, b = model(x), other(x)
        np.testing.assert_array_equal(a.detach().numpy(), b.detach().numpy())
        assert a.requires_grad == b.requires_grad
        if a.requires_grad:
            a.sum().backward(), b.sum().backward()
    del graph


def test_a_shallow_copy_has_names_of_its_own():
    net = Net()
    other = copy.copy(net)
    other.extra = nn.Linear(1, 1)
    del other.scale
    assert "extra" not in dict(net.named_children()) and "scale" in dict(net.named_parameters())
    assert other.layers is net.layers and other.weights is net.weights


OPTIMIZERS = {
    "SGD": lambda p: optim.SGD(p, lr=0.1, momentum=0.9),
    "Adam": lambda p: optim.Adam(p, lr=0.1, amsgrad=True),
    "AdamW": lambda p: optim.AdamW(p, lr=0.1),
    "RMSprop": lambda p: optim.RMSprop(p, lr=0.1, centered=True, momentum=0.5),
    "Adagrad": lambda p: optim.Adagrad(p, lr=0.1),
    "Adadelta": lambda p: optim.Adadelta(p),
}


def steps(model, optimizer, count, seed):
    for t in range(count):
        optimizer.zero_grad()
        model(minigan.randn(4, 3, generator=seed + t)).square().sum().backward()
        optimizer.step()


@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_model_and_its_optimizer_are_copied_together(name, way, count):
    model = Net()
    optimizer = OPTIMIZERS[name](model.parameters())
    scheduler = optim.lr_scheduler.StepLR(optimizer, 2)
    steps(model, optimizer, count, 0)
    others = WAYS[way]([model, optimizer, scheduler])
    assert others[1].param_groups[0]["params"][0] is next(others[0].parameters())
    assert others[2].optimizer is others[1]
    for net, opt, schedule in ([model, optimizer, scheduler], others):
        steps(net, opt, 2, 10)
        schedule.step()
        steps(net, opt, 1, 20)
    same(model, others[0])


def child(model, optimizer, connection):
    steps(model, optimizer, 1, 5)
    connection.send([p.detach().numpy() for p in model.parameters()])
    connection.send((model, optimizer))


@pytest.mark.parametrize("start", ["spawn", "fork"])
def test_another_process_receives_a_used_model(start):
    if start not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {start} here")
    model = Net()
    optimizer = optim.Adam(model.parameters(), lr=0.1)
    steps(model, optimizer, 2, 0)
    context = multiprocessing.get_context(start)
    ours, theirs = context.Pipe()
    process = context.Process(target=child, args=(model, optimizer, theirs))
    process.start()
    try:
        assert ours.poll(60)
        arrays = ours.recv()
        other, its_optimizer = ours.recv()
    finally:
        process.join(60)
        assert process.exitcode == 0
    steps(model, optimizer, 1, 5)
    for p, array, q in zip(model.parameters(), arrays, other.parameters(), strict=True):
        np.testing.assert_array_equal(p.detach().numpy(), array)
        np.testing.assert_array_equal(p.detach().numpy(), q.detach().numpy())
    steps(other, its_optimizer, 1, 9)
