"""Laws of layers: weights from a generator, fusion, dropout, running statistics, spectral norm."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minigan
from minigan import nn

DRAWING = [
    lambda generator: nn.Linear(3, 4, generator=generator),
    lambda generator: nn.Embedding(3, 4, generator=generator),
    lambda generator: nn.Conv1d(2, 4, 3, generator=generator),
    lambda generator: nn.Conv2d(2, 4, (3, 2), groups=2, generator=generator),
    lambda generator: nn.Conv3d(2, 4, 1, generator=generator),
    lambda generator: nn.ConvTranspose1d(2, 4, 3, generator=generator),
    lambda generator: nn.ConvTranspose2d(2, 4, 3, bias=False, generator=generator),
    lambda generator: nn.ConvTranspose3d(2, 4, 3, generator=generator),
    lambda generator: nn.spectral_norm(nn.Linear(3, 4, generator=0), generator=generator),
]


def numbers(module):
    return b"".join(x.numpy().tobytes() for x in module.state_dict().values())


@pytest.mark.parametrize("make", DRAWING)
def test_weights_come_from_the_generator(make):
    rng = np.random.default_rng(5)
    assert numbers(make(5)) == numbers(make(5)) == numbers(make(np.random.default_rng(5)))
    assert numbers(make(5)) != numbers(make(6)) and numbers(make(rng)) != numbers(make(rng))
    assert numbers(make(None)) != numbers(make(None))


def test_a_layer_has_the_dimensions_of_its_name():
    layers = {name: getattr(layer, "D", None) for name, layer in vars(nn).items()}
    found = {name: D for name, D in layers.items() if isinstance(D, int)}
    assert len(found) == 30 and all(name.endswith(f"{D}d") for name, D in found.items())


FAN_IN_16 = [
    nn.Linear(16, 20, generator=0),
    nn.Conv2d(4, 20, 2, generator=0),
    nn.Conv1d(8, 20, 4, groups=2, generator=0),
    nn.ConvTranspose2d(20, 4, 2, bias=False, generator=0),
]


@pytest.mark.parametrize("layer", FAN_IN_16)
def test_default_weights_and_biases_stay_within_one_over_root_fan_in(layer):
    bound = 1 / 4
    for p in layer.parameters():
        assert 0.6 * bound < abs(p.detach().numpy()).max() <= bound


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_dtype_is_an_argument(dtype):
    for layer in (
        nn.Linear(3, 2, dtype=dtype),
        nn.Conv2d(1, 1, 1, dtype=dtype),
        nn.BatchNorm2d(3, dtype=dtype),
        nn.LayerNorm(3, dtype=dtype),
        nn.GroupNorm(1, 3, dtype=dtype, device="cpu"),
        nn.Embedding(3, 2, dtype=dtype),
    ):
        assert {str(p.dtype) for p in layer.parameters()} == {dtype}
        assert {str(b.dtype) for b in layer.buffers()} <= {dtype, "int64"}


@pytest.mark.parametrize("slope", [None, 0.0, 0.2, 1.0, 1.5, -0.5])
@pytest.mark.parametrize(
    ("norm", "shape"), [(nn.BatchNorm1d, (5, 3)), (nn.BatchNorm2d, (4, 3, 5, 2))]
)
def test_fusion_changes_nothing_but_rounding(norm, shape, slope):
    results = []
    for fuse in (True, False):
        act = nn.ReLU() if slope is None else nn.LeakyReLU(slope)
        net = nn.Sequential(nn.Identity(), norm(3), act, nn.Identity(), fuse=fuse).double()
        rng = np.random.default_rng(0)
        for p in net.parameters():
            p.data = rng.standard_normal(p.shape)
        x = minigan.tensor(rng.standard_normal(shape), requires_grad=True)
        y = net(x)
        (y * minigan.tensor(rng.standard_normal(shape))).sum().backward()
        outside = net.eval()(x)
        results.append([y, x.grad, outside, *[p.grad for p in net.parameters()], *net.buffers()])
        assert "1.weight" in net.state_dict()
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-12, atol=1e-13)


def test_fusion_saves_an_op():
    x = minigan.randn(4, 3, 2, 2, requires_grad=True)
    fused, plain = (
        nn.Sequential(nn.BatchNorm2d(3), nn.ReLU(), fuse=fuse)(x).sum() for fuse in (True, False)
    )
    assert len(minigan.Tape(fused)) == len(minigan.Tape(plain)) - 1


@given(p=st.sampled_from([0.1, 0.5, 0.9]), seed=st.integers(0, 2**32))
def test_dropout_drops_or_scales(p, seed):
    layer = nn.Dropout(p, generator=seed)
    x = minigan.ones(400)
    y = layer(x).numpy()
    assert set(np.round(np.unique(y) * (1 - p), 5)) <= {0.0, 1.0}
    assert abs((y == 0).mean() - p) < 0.15
    assert (layer(x).numpy() != y).any()  # each call draws anew
    np.testing.assert_array_equal(nn.Dropout(p, generator=seed)(x).numpy(), y)
    assert layer.eval()(x).numpy().all()


def test_dropout2d_drops_channels():
    y = nn.Dropout2d(0.5, generator=0)(minigan.ones(8, 5, 3, 2)).numpy()
    assert set(np.unique(y.reshape(40, 6).sum(1))) == {0.0, 12.0}  # (8, 5, 3, 2) -> (40, 6)


def test_running_statistics_approach_those_of_the_data():
    layer = nn.BatchNorm1d(2, momentum=None).double()
    rng = np.random.default_rng(0)
    for _ in range(200):
        layer(minigan.tensor(rng.standard_normal((50, 2)) * [1.0, 3.0] + [5.0, -2.0]))
    np.testing.assert_allclose(layer.running_mean.numpy(), [5.0, -2.0], atol=0.05)
    np.testing.assert_allclose(layer.running_var.numpy(), [1.0, 9.0], rtol=0.05)
    assert layer.num_batches_tracked.item() == 200
    before = layer.running_mean.tolist()
    layer.eval()(minigan.ones(3, 2, dtype="float64"))
    assert layer.running_mean.tolist() == before and layer.num_batches_tracked.item() == 200
    layer.reset_running_stats()
    assert layer.running_mean.tolist() == [0.0, 0.0] and layer.running_var.tolist() == [1.0, 1.0]


def test_spectral_norm_makes_the_largest_singular_value_one():
    layer = nn.spectral_norm(nn.Linear(5, 4, generator=0), n_power_iterations=50, generator=1)
    layer(minigan.ones(1, 5))
    assert np.linalg.svd(layer.weight.numpy())[1][0] == pytest.approx(1.0, abs=1e-4)
    assert [name for name, _ in layer.named_parameters()] == ["bias", "weight_orig"]
    u = layer.weight_u.tolist()
    layer.eval()(minigan.ones(1, 5))
    assert layer.weight_u.tolist() == u
    weight = layer.weight.tolist()
    nn.remove_spectral_norm(layer)
    assert sorted(layer.state_dict()) == ["bias", "weight"]
    np.testing.assert_allclose(layer.weight.detach().numpy(), weight, rtol=1e-6)


def test_a_spectral_norm_used_twice_in_one_graph():
    layer = nn.spectral_norm(nn.Linear(3, 3, generator=0), generator=0)
    layer(layer(minigan.ones(2, 3))).sum().backward()
    assert layer.weight_orig.grad is not None


@given(st.integers(4, 9), st.integers(1, 3), st.integers(1, 3))
def test_output_size_reaches_every_size_that_shares_its_output(size, stride, kernel):
    conv = nn.Conv2d(1, 1, kernel, stride, generator=0)
    back = nn.ConvTranspose2d(1, 1, kernel, stride, generator=0)
    y = conv(minigan.ones(1, 1, size, size + 1))
    assert back(y, output_size=(size, size + 1)).shape == (1, 1, size, size + 1)


def test_by_chooses_the_formulation():
    x = minigan.randn(2, 2, 5, 6, generator=0)
    a, b = (
        nn.Conv2d(2, 3, 3, by=by, generator=0)(x).detach().numpy()
        for by in ("definition", "im2col")
    )
    np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_embedding_from_a_table():
    table = minigan.tensor([[1.0, 2.0], [3.0, 4.0]])
    layer = nn.Embedding.from_pretrained(table)
    assert layer(minigan.tensor([1])).tolist() == [[3.0, 4.0]] and not layer.weight.requires_grad
    assert nn.Embedding(3, 2, padding_idx=1).weight.tolist()[1] == [0.0, 0.0]


def test_reprs():
    assert repr(nn.MaxPool2d(2)) == (
        "MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)"
    )
    assert repr(nn.LeakyReLU(0.0, inplace=True)) == "LeakyReLU(negative_slope=0.0, inplace=True)"
    assert repr(nn.BCEWithLogitsLoss(pos_weight=minigan.ones(2))) == "BCEWithLogitsLoss()"
    assert repr(nn.ConvTranspose2d(2, 4, 4, 2, 1, bias=False)) == (
        "ConvTranspose2d(2, 4, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1), bias=False)"
        "  # weight (2, 4, 4, 4): 128 parameters"
    )
    assert repr(nn.Flatten()) == "Flatten(start_dim=1, end_dim=-1)"
    assert repr(nn.ZeroPad2d(1)) == "ZeroPad2d((1, 1, 1, 1))"


@pytest.mark.parametrize("act", [nn.ReLU(), nn.LeakyReLU(0.2), nn.LeakyReLU(1.0)], ids=repr)
def test_sequential_fuses_linear_layers_without_changing_anything(act):
    found = []
    for fuse in (True, False):
        net = nn.Sequential(
            nn.Linear(5, 4, generator=1), act, nn.Linear(4, 3, bias=False, generator=2), fuse=fuse
        )
        x = minigan.randn(2, 7, 5, generator=3).requires_grad_()
        (slope,) = minigan.grad((net(x) ** 2).sum(), x, create_graph=True)
        (slope**2).sum().backward()
        found.append([net(x), slope, x.grad, *(p.grad for p in net.parameters())])
    for fused, plain in zip(*found, strict=True):
        np.testing.assert_allclose(
            fused.detach().numpy(), plain.detach().numpy(), rtol=2e-5, atol=1e-6
        )


@pytest.mark.parametrize("slope", [1.0, 0.0])
def test_a_linear_op_keeps_only_what_its_gradients_need(slope):
    x, w, b = (
        minigan.randn(3, 4),
        minigan.randn(2, 4).requires_grad_(),
        minigan.randn(2).requires_grad_(),
    )
    y = nn.functional.linear_act(x, w, b, slope).sum()
    w.data, b.data = (
        w.numpy() * 2,
        b.numpy() * 2,
    )  # x requires no grad: no rule reads them
    y.backward()
    assert w.grad is not None and b.grad is not None
    y = nn.functional.linear_act(x, w, b, slope).sum()
    x += 1
    with pytest.raises(RuntimeError, match="its input x"):
        y.backward()


def test_a_replaced_forward_is_called_although_layers_are_fused():
    net, seen = (
        nn.Sequential(nn.Linear(3, 4, generator=0), nn.ReLU(), nn.BatchNorm1d(4), nn.ReLU()),
        [],
    )

    def watched(forward):
        return lambda x: seen.append(x.shape) or forward(x)

    wanted = net(minigan.randn(5, 3, generator=1)).numpy()
    for module in (net[1], net[2]):
        module.forward = watched(module.forward)
    np.testing.assert_allclose(net(minigan.randn(5, 3, generator=1)).numpy(), wanted, rtol=1e-6)
    assert seen == [(5, 4), (5, 4)]


@pytest.mark.parametrize("act", [nn.ReLU(), nn.LeakyReLU(0.25)], ids=repr)
def test_fused_activations_treat_nan_and_infinity_as_plain_ones_do(act):
    numbers = np.array(
        [[np.nan], [np.inf], [-np.inf], [0.0], [-0.0], [1e-45], [-1e-45], [3e38]], np.float32
    )
    first = nn.Linear(1, 1, bias=False), nn.BatchNorm1d(1, eps=0, affine=False).eval()
    first[0].weight.data = np.ones((1, 1), np.float32)
    for layer in first:
        found = []
        for fuse in (True, False):
            x = minigan.tensor(numbers, requires_grad=True)
            y = nn.Sequential(layer, act, fuse=fuse)(x)
            found.append((y.detach().numpy(), minigan.grad(y, x, minigan.ones(8, 1))[0].numpy()))
        for fused, plain in zip(*found, strict=True):
            np.testing.assert_array_equal(fused, plain)
