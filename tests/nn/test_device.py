"""Models and optimizers give the same numbers on the stand-in for CuPy as on NumPy."""

import numpy as np
import pytest
from fake_cupy import installed

import minigan
from minigan import nn, optim


@pytest.fixture
def cupy():
    with installed() as module:
        yield module


def model():
    rng = np.random.default_rng(0)
    return nn.Sequential(
        nn.spectral_norm(nn.Conv2d(2, 4, 3, 2, 1, bias=False, generator=rng), generator=rng),
        nn.BatchNorm2d(4, momentum=None),
        nn.LeakyReLU(0.2),
        nn.ConvTranspose2d(4, 3, 4, 2, 1, bias=False, generator=rng),
        nn.InstanceNorm2d(3, affine=True, track_running_stats=True),
        nn.PReLU(3),
        nn.GroupNorm(3, 3),
        nn.Dropout(0.2, generator=3),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.LayerNorm(27),
        nn.Linear(27, 2, generator=rng),
    )


@pytest.mark.parametrize("make", [
    lambda p: optim.SGD(p, lr=0.1, momentum=0.9), lambda p: optim.AdamW(p, lr=0.1, amsgrad=True),
    lambda p: optim.RMSprop(p, lr=0.1, centered=True, momentum=0.5),
])  # fmt: skip
def test_three_updates(make, cupy):
    x, target = (
        minigan.randn(5, 2, 6, 6, generator=1, dtype="float64"),
        minigan.tensor([0, 1, 1, 0, 1]),
    )
    states = []
    for device in ("cpu", "cuda"):
        net = model().double().to(device)
        assert {p.device.partition(":")[0] for p in (*net.parameters(), *net.buffers())} == {device}
        optimizer = make(net.parameters())
        for _ in range(3):
            optimizer.zero_grad()
            nn.CrossEntropyLoss()(net(x.to(device)), target.to(device)).backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
        twin = make(net.parameters())
        twin.load_state_dict(optimizer.state_dict())
        twin.step()
        again = model().double().to(device)
        again.load_state_dict(net.cpu().state_dict())
        states.append({name: value.cpu().numpy() for name, value in again.state_dict().items()})
    for name, value in states[0].items():
        np.testing.assert_allclose(states[1][name], value, rtol=1e-9, atol=1e-12, err_msg=name)


def test_a_model_moves_in_the_middle_of_training(cupy):
    ends = []
    for places in (["cpu"] * 4, ["cpu", "cuda", "cuda", "cpu"]):
        net = nn.Linear(3, 2, generator=0).double()
        optimizer = optim.Adam(net.parameters(), lr=0.1)
        for place in places:
            net.to(place)
            optimizer.zero_grad()
            net(minigan.ones(4, 3, dtype="float64", device=place)).square().sum().backward()
            optimizer.step()
        ends.append(net.weight.cpu().detach().numpy())
    np.testing.assert_allclose(ends[0], ends[1], rtol=1e-12)


def test_layers_are_made_on_a_device(cupy):
    layer = nn.Conv2d(1, 2, 3, device="cuda", generator=0)
    assert layer.weight.device == "cuda:0" and layer.weight.requires_grad
    np.testing.assert_array_equal(
        layer.weight.detach().cpu().numpy(), nn.Conv2d(1, 2, 3, generator=0).weight.detach().numpy()
    )
    norm = nn.BatchNorm2d(2, device="cuda")
    assert norm.running_mean.device == norm.num_batches_tracked.device == "cuda:0"
