"""The mirror of an encoder restores every size; tied, it is the transposed matrix."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import minigan
from minigan import nn
from minigan.models import Autoencoder, ConvAutoencoder, MLPAutoencoder, mirror, outputs

convs = st.tuples(
    st.integers(1, 5), st.integers(1, 4), st.integers(0, 2), st.integers(1, 2)
)  # k, s, p, d


@given(
    st.lists(convs, min_size=1, max_size=3), st.integers(1, 19), st.integers(1, 19), st.booleans()
)
def test_every_size_is_restored_also_odd_ones(settings, height, width, tied):
    layers, C = [], 2
    for K, (k, s, p, d) in enumerate(settings, 3):
        layers += [nn.Conv2d(C, K, k, s, p, d, generator=K), nn.BatchNorm2d(K), nn.LeakyReLU(0.2)]
        C = K
    x = minigan.rand(2, 2, height, width, generator=0)
    try:
        h = nn.Sequential(*layers).eval()(x)
    except ValueError:  # smaller than a kernel
        assume(False)
    encoder = nn.Sequential(*layers)
    decoder = mirror(encoder, x.shape[1:], tied=tied, generator=0)
    assert decoder.eval()(h).shape == x.shape
    kinds = [type(layer).__name__ for layer in decoder]
    assert kinds == ["ConvTranspose2d", "BatchNorm2d", "LeakyReLU"] * (len(settings) - 1) + [
        "ConvTranspose2d"
    ]


@given(convs, st.integers(5, 12), st.integers(5, 12), st.integers(0, 2**32 - 1))
def test_a_tied_mirror_is_the_transposed_matrix(setting, height, width, seed):
    k, s, p, d = setting
    conv = nn.Conv2d(2, 3, k, s, p, d, bias=False, generator=seed).double()
    assume(d * (k - 1) < min(height, width) + 2 * p)
    rng = np.random.default_rng(seed)
    x = minigan.tensor(rng.standard_normal((1, 2, height, width)))
    flat = conv(x)
    linear = nn.Linear(flat.numel(), 5, bias=False, generator=rng).double()
    encoder = nn.Sequential(conv, nn.Flatten(), linear)
    back = mirror(encoder, x.shape[1:], tied=True, bias=False)
    y = minigan.tensor(rng.standard_normal((1, 5)))
    np.testing.assert_allclose(
        (encoder(x) * y).sum().item(), (x * back(y)).sum().item(), rtol=1e-9, atol=1e-12
    )


def test_tied_weights_are_one_parameter_with_one_gradient():
    model, free = (
        ConvAutoencoder(3, 9, 2, 4, tied=True, generator=0),
        ConvAutoencoder(3, 9, 2, 4, generator=0),
    )
    convs = [layer for layer in model.encoder if isinstance(layer, nn.Conv2d)]
    transposed = [layer for layer in model.decoder if isinstance(layer, nn.ConvTranspose2d)]
    assert [c.weight for c in convs] == [t.weight for t in reversed(transposed)]
    assert all(c.weight is t.weight for c, t in zip(convs, reversed(transposed), strict=True))
    count = {m: sum(p.numel() for p in m.parameters()) for m in (model, free)}
    shared = sum(c.weight.numel() for c in convs) + model.encoder[-1].weight.numel()
    assert count[free] - count[model] == shared
    x = minigan.rand(2, 2, 9, 9, generator=1)
    model.eval()(x).sum().backward()
    whole = convs[0].weight.grad.numpy().copy()
    h = model.encoder(x).detach()
    model.zero_grad()
    model.decoder(h).sum().backward()
    by_decoder = convs[0].weight.grad.numpy()
    assert np.abs(by_decoder).max() > 0 and np.abs(whole - by_decoder).max() > 1e-6


def test_a_tied_model_is_saved_and_loaded():
    a, b = (MLPAutoencoder(2, (1, 4, 4), (5,), tied=True, generator=seed) for seed in (0, 1))
    x = minigan.rand(3, 1, 4, 4, generator=0)
    b.load_state_dict({key: value.numpy() for key, value in a.state_dict().items()})
    assert a(x).numpy().tobytes() == b(x).numpy().tobytes()
    assert b.encoder[1].weight is b.decoder[2].weight


def test_the_mirror_is_untrained_and_has_the_encoders_dtype():
    norm = nn.BatchNorm2d(3)
    encoder = nn.Sequential(
        nn.Conv2d(1, 3, 3, generator=0), norm, nn.ReLU(), nn.Conv2d(3, 2, 3, generator=0)
    ).double()
    for _ in range(3):
        encoder(minigan.randn(8, 1, 7, 7, generator=0).double())
    back = mirror(encoder, (1, 7, 7), last=nn.Sigmoid(), generator=0)
    assert isinstance(back[1], nn.BatchNorm2d) and back[1] is not norm
    assert back[1].running_mean.numpy().tolist() == [0, 0, 0] and norm.running_mean.numpy().any()
    assert back[0].bias is None and back[3].bias is not None  # a batch norm would remove a bias
    assert {p.dtype for p in back.parameters()} == {np.dtype(np.float64)} and encoder.training


@pytest.mark.parametrize(
    ("layers", "error", "message"),
    [
        ([nn.Conv2d(1, 2, 3), nn.MaxPool2d(2)], TypeError, "layer 1, MaxPool2d, has no transpose"),
        ([nn.ReLU(), nn.Conv2d(1, 2, 3)], TypeError, "layer 0, ReLU"),
        ([nn.Conv2d(1, 2, 3, padding="same")], TypeError, "padding 'same'"),
        ([nn.Conv2d(1, 2, 3, padding=1, padding_mode="reflect")], TypeError, "padding 'reflect'"),
        ([nn.Conv2d(3, 2, 3)], ValueError, "layer 0 cannot take"),
        ([nn.Conv2d(1, 2, 9)], ValueError, "layer 0 cannot take"),
        ([nn.Flatten(), nn.Linear(9, 2)], ValueError, "layer 1 cannot take"),
        (
            [nn.Flatten(), nn.Conv1d(1, 2, 3)],
            ValueError,
            r"layer 1 cannot take \(30,\)",
        ),  # it takes (C, H) without N
        ([nn.Conv2d(1, 2, 3), nn.Flatten(2)], TypeError, r"layer 1 flattens to \(1, 2, 12\)"),
        ([nn.Conv2d(1, 2, 3), nn.Flatten(0)], TypeError, "layer 1 flattens to"),
        ([], ValueError, "no layers"),
    ],
)
def test_layers_without_a_transpose_are_refused(layers, error, message):
    with pytest.raises(error, match=message):
        mirror(nn.Sequential(*layers), (1, 6, 5))


def test_a_weight_that_is_computed_is_not_shared():
    encoder = nn.Sequential(nn.spectral_norm(nn.Conv2d(1, 2, 3, generator=0), generator=0))
    assert outputs(mirror(encoder, (1, 7, 8), generator=0), np.zeros((1, 2, 5, 6))).shape == (
        1,
        1,
        7,
        8,
    )
    with pytest.raises(TypeError, match="mirror: tied, but the weight of Conv2d is computed"):
        mirror(encoder, (1, 7, 8), tied=True)


def test_images_of_another_shape_are_refused():
    for model in (
        ConvAutoencoder(3, 8, 1, 2, generator=0),
        MLPAutoencoder(3, (1, 8, 8), generator=0),
    ):
        for shape in ((2, 1, 9, 8), (2, 3, 8, 8), (1, 8, 8)):
            with pytest.raises(ValueError, match=r"legal: \(1, 8, 8\)"):
                model(minigan.zeros(*shape))


@pytest.mark.parametrize("latent", [0, 65, -1])
def test_there_are_at_most_as_many_latent_numbers_as_pixels(latent):
    with pytest.raises(ValueError, match=rf"latent={latent} must be in 1\.\.64"):
        MLPAutoencoder(latent, (1, 8, 8))


def test_only_a_variational_model_has_a_posterior():
    x = minigan.rand(2, 1, 8, 8, generator=0)
    model = ConvAutoencoder(3, 8, 1, 2, variational=True, generator=0).eval()
    mean, log_variance = model.posterior(x)
    assert mean.shape == log_variance.shape == (2, 3)
    np.testing.assert_allclose(mean.numpy(), model.encoder(x).numpy(), rtol=1e-6)
    with pytest.raises(RuntimeError, match="variational=True"):
        ConvAutoencoder(3, 8, 1, 2).posterior(x)


def test_a_linear_auto_encoder_is_linear():
    model = MLPAutoencoder(2, (1, 3, 3), (), generator=0)
    assert isinstance(model, Autoencoder) and [type(m).__name__ for m in model.decoder] == [
        "Linear",
        "Unflatten",
    ]
