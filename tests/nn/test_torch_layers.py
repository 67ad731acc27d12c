"""Layers against PyTorch: with one state_dict they have equal outputs, gradients and buffers."""

# ruff: noqa: C408 - settings are written as the arguments that they are

import numpy as np
import pytest
from layer_suite import IMAGE, LAYERS, LOSSES, ROWS

import minigan
from minigan import nn

torch = pytest.importorskip("torch")
pytestmark = [  # warnings of PyTorch
    pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths:UserWarning"),
    pytest.mark.filterwarnings("ignore:reduction. 'mean' divides the total loss:UserWarning"),
]


def pair(name, settings, seed=0):
    """Return our layer and PyTorch's, with the same random state in float64."""
    torch.manual_seed(seed)
    theirs = getattr(torch.nn, name)(**settings).double()
    with torch.no_grad():
        for x in theirs.parameters():
            x.normal_()
    ours = getattr(nn, name)(**settings).double()
    numbers = {key: value.numpy().copy() for key, value in theirs.state_dict().items()}
    assert list(ours.state_dict()) == list(numbers)
    assert ours.load_state_dict(numbers) == ([], [])
    return ours, theirs


def close(a, b):
    np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-9, atol=1e-11)


def compare(ours, theirs, shape, rng, **call):
    numbers = rng.standard_normal(shape)
    x, x_ = minigan.tensor(numbers, requires_grad=True), torch.tensor(numbers, requires_grad=True)
    y, y_ = ours(x, **call), theirs(x_, **call)
    close(y, y_)
    cotangent = rng.standard_normal(y.shape)
    for p in (*ours.parameters(), *theirs.parameters()):
        p.grad = None
    y.backward(minigan.tensor(cotangent))
    y_.backward(torch.tensor(cotangent))
    close(x.grad, x_.grad)
    for p, p_ in zip(ours.parameters(), theirs.parameters(), strict=True):
        close(p.grad, p_.grad)
    for b, b_ in zip(ours.buffers(), theirs.buffers(), strict=True):
        close(b, b_)


@pytest.mark.parametrize(("name", "settings", "shape"), LAYERS)
def test_layer(name, settings, shape):
    rng = np.random.default_rng(1)
    ours, theirs = pair(name, settings)
    for _ in range(2):
        compare(ours, theirs, shape, rng)
    ours.eval(), theirs.eval()
    compare(ours, theirs, shape, rng)


@pytest.mark.parametrize("size", [(14, 15), (13, 16), (3, 6, 13, 15)])
def test_output_size(size):
    ours, theirs = pair(
        "ConvTranspose2d", dict(in_channels=4, out_channels=6, kernel_size=3, stride=2, padding=1)
    )
    compare(ours, theirs, (3, 4, 7, 8), np.random.default_rng(2), output_size=size)


def test_embedding():
    ours, theirs = pair("Embedding", dict(num_embeddings=5, embedding_dim=3, padding_idx=-2))
    places = np.array([[0, 3, 4], [3, 0, 0]])
    y, y_ = ours(minigan.tensor(places)), theirs(torch.tensor(places))
    close(y, y_)
    cotangent = np.random.default_rng(0).standard_normal(y.shape)
    y.backward(minigan.tensor(cotangent)), y_.backward(torch.tensor(cotangent))
    close(ours.weight.grad, theirs.weight.grad)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize(("name", "settings"), LOSSES)
def test_loss(name, settings, reduction):
    rng = np.random.default_rng(3)
    numbers = {key: rng.random(4) for key in ("weight", "pos_weight") if key in settings}
    theirs = getattr(torch.nn, name)(
        **settings | {k: torch.tensor(v) for k, v in numbers.items()}, reduction=reduction
    )
    ours = getattr(nn, name)(
        **settings | {k: minigan.tensor(v) for k, v in numbers.items()}, reduction=reduction
    )
    assert list(ours.state_dict()) == list(theirs.state_dict())
    x = rng.random((5, 4)) * 0.98 + 0.01
    target = (
        np.array([0, 3, 2, 1, 0]) if name in ("CrossEntropyLoss", "NLLLoss") else rng.random((5, 4))
    )
    ours_x, theirs_x = minigan.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    y, y_ = ours(ours_x, minigan.tensor(target)), theirs(theirs_x, torch.tensor(target))
    close(y, y_)
    y.sum().backward(), y_.sum().backward()
    close(ours_x.grad, theirs_x.grad)


INITIAL = [
    ("Linear", (40, 30)), ("Conv2d", (20, 30, (3, 5))), ("ConvTranspose2d", (20, 30, (3, 5))),
    ("Embedding", (50, 40)),
    ("BatchNorm2d", (9,)), ("LayerNorm", (9,)), ("GroupNorm", (3, 9)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments"), INITIAL)
def test_default_init_has_the_same_bounds(name, arguments):
    ours, theirs = getattr(nn, name)(*arguments), getattr(torch.nn, name)(*arguments)
    for (key, x), (key_, x_) in zip(
        ours.named_parameters(), theirs.named_parameters(), strict=True
    ):
        assert (key, x.shape, str(x.dtype)) == (key_, tuple(x_.shape), "float32")
        few = 2.5 / np.sqrt(x.numel())
        assert x.std(correction=0).item() == pytest.approx(
            x_.std(correction=0).item(), rel=2 * few, abs=1e-9
        )
        if name != "Embedding":
            assert abs(x.detach().numpy()).max() == pytest.approx(
                x_.abs().max().item(), rel=4 * few
            )


@pytest.mark.parametrize(
    ("layer", "settings", "shape"),
    [
        ("Linear", dict(in_features=4, out_features=3), ROWS),
        ("Conv2d", dict(in_channels=4, out_channels=6, kernel_size=(3, 2)), IMAGE),
        ("ConvTranspose2d", dict(in_channels=4, out_channels=6, kernel_size=(3, 2)), IMAGE),
    ],
)
def test_spectral_norm(layer, settings, shape):
    torch.manual_seed(0)
    theirs = torch.nn.utils.spectral_norm(
        getattr(torch.nn, layer)(**settings).double(), n_power_iterations=2
    )
    ours = nn.spectral_norm(getattr(nn, layer)(**settings).double(), n_power_iterations=2)
    numbers = {key: value.numpy().copy() for key, value in theirs.state_dict().items()}
    assert {key: x.shape for key, x in ours.state_dict().items()} == {
        key: x.shape for key, x in numbers.items()
    }
    ours.load_state_dict(numbers)
    rng = np.random.default_rng(1)

    def compare_named():
        numbers = rng.standard_normal(shape)
        x, x_ = (
            minigan.tensor(numbers, requires_grad=True),
            torch.tensor(numbers, requires_grad=True),
        )
        y, y_ = ours(x), theirs(x_)
        close(y, y_)
        (y * y).sum().backward(), (y_ * y_).sum().backward()
        close(x.grad, x_.grad)
        for name, p in ours.named_parameters():
            close(p.grad, theirs.get_parameter(name).grad)
        for name, b in ours.named_buffers():
            close(b, theirs.get_buffer(name))

    compare_named()
    compare_named()
    ours.eval(), theirs.eval()
    compare_named()


def test_a_model_loads_a_state_of_pytorch():
    def build(nn):
        return nn.Sequential(
            nn.Conv2d(1, 4, 4, 2, 1, bias=False), nn.BatchNorm2d(4), nn.LeakyReLU(0.2),
            nn.ConvTranspose2d(4, 3, 4, 2, 1), nn.BatchNorm2d(3), nn.ReLU(), nn.Flatten(),
            nn.Linear(3 * 8 * 6, 2),
        )  # fmt: skip

    theirs, ours = build(torch.nn), build(nn)
    ours.load_state_dict(theirs.state_dict())
    assert ours.double().double() is ours
    compare(ours, theirs.double(), (5, 1, 8, 6), np.random.default_rng(0))
    with torch.no_grad():
        theirs.load_state_dict(
            {key: torch.tensor(x.numpy()) for key, x in ours.state_dict().items()}
        )
    compare(ours.eval(), theirs.eval(), (5, 1, 8, 6), np.random.default_rng(1))


@pytest.mark.parametrize("norm_type", [2.0, 1.0, float("inf"), 3.0])
@pytest.mark.parametrize("max_norm", [0.1, 100.0])
def test_clip_grad(norm_type, max_norm):
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(shape) for shape in [(3, 4), (5,), ()]]
    ours, theirs = [], []
    for array in arrays:
        ours.append(minigan.tensor(array, requires_grad=True))
        theirs.append(torch.tensor(array, requires_grad=True))
        ours[-1].grad, theirs[-1].grad = minigan.tensor(array), torch.tensor(array)
    args = max_norm, norm_type
    close(nn.utils.clip_grad_norm_(ours, *args), torch.nn.utils.clip_grad_norm_(theirs, *args))
    for x, x_ in zip(ours, theirs, strict=True):
        close(x.grad, x_.grad)
    nn.utils.clip_grad_value_(ours, 0.05), torch.nn.utils.clip_grad_value_(theirs, 0.05)
    for x, x_ in zip(ours, theirs, strict=True):
        close(x.grad, x_.grad)


@pytest.mark.parametrize("name", ["BatchNorm1d", "InstanceNorm1d"])
def test_reset_parameters_resets_running_statistics(name):
    found = []
    for lib, make in ((nn, minigan.tensor), (torch.nn, torch.tensor)):
        layer = getattr(lib, name)(4, affine=True, track_running_stats=True)
        layer(make(np.random.default_rng(0).standard_normal((2, 4, 3)).astype(np.float32)))
        assert layer.running_mean.abs().sum().item() > 0
        layer.reset_parameters()
        found.append({key: value.tolist() for key, value in layer.state_dict().items()})
    assert found[0] == found[1] and found[0]["running_var"] == [1.0] * 4
