"""Models: shapes, initial weights, conditions and errors."""

import inspect

import numpy as np
import pytest

import minigan
from minigan import nn
from minigan.models import (
    Classifier,
    ConvAutoencoder,
    DCGANDiscriminator,
    DCGANEncoder,
    DCGANGenerator,
    Gain,
    MLPAutoencoder,
    MLPDiscriminator,
    MLPEncoder,
    MLPGenerator,
    PairDiscriminator,
    layer_norm,
    outputs,
)


@pytest.mark.parametrize(("size", "channels"), [(16, 3), (32, 1), (64, 3)])
def test_dcgan_shapes(size, channels):
    G, D = (
        DCGANGenerator(5, size, channels, 4, generator=0),
        DCGANDiscriminator(size, channels, 4, generator=0),
    )
    images = G(minigan.randn(3, 5, generator=0))
    assert images.shape == (3, channels, size, size)
    assert images.numpy().min() >= -1 and images.numpy().max() <= 1
    assert D(images).shape == (3,)
    assert G(minigan.randn(3, 5, 1, 1, generator=0)).numpy().tobytes() == images.numpy().tobytes()


def test_dcgan_is_initialized_as_in_the_paper():
    weights = np.concatenate(
        [w.numpy().ravel() for w in DCGANGenerator(100, generator=0).parameters() if w.ndim == 4]
    )
    assert abs(weights.std() - 0.02) < 1e-4 and abs(weights.mean()) < 1e-4


@pytest.mark.parametrize("size", [0, 20, 31, 256])
def test_dcgan_refuses_sizes_that_do_not_double(size):
    with pytest.raises(ValueError, match=f"size={size}"):
        DCGANGenerator(5, size)
    with pytest.raises(ValueError, match=f"size={size}"):
        DCGANDiscriminator(size)


def test_conditions_change_the_output_of_d():
    images, h = (
        minigan.randn(3, 2, 16, 16, generator=0),
        minigan.randn(3, 5, generator=1).requires_grad_(),
    )
    assert DCGANEncoder(5, 16, 2, 4, generator=0)(images).shape == (3, 5)
    points = minigan.randn(3, 2, generator=2)
    assert MLPEncoder(5, 2, (4,), generator=0)(points).shape == (3, 5)
    for D, x in (
        (DCGANDiscriminator(16, 2 + 5, 4, generator=0), images),
        (PairDiscriminator(16, 2, 5, 4, (6, 7), generator=0), images),
        (MLPDiscriminator(2 + 5, (4,), generator=0), points),
    ):
        logits = D(x, h)
        assert logits.shape == (3,) and D(x, h[:, :2], h[:, 2:]).tolist() == logits.tolist()
        assert np.abs(minigan.grad(logits.sum(), h)[0].numpy()).max() > 0


@pytest.mark.parametrize("normalize", [layer_norm, None])
def test_without_batch_norm_samples_do_not_depend_on_each_other(normalize):
    D, x = (
        DCGANDiscriminator(16, 1, 4, normalize=normalize, generator=0),
        minigan.randn(4, 1, 16, 16, generator=1),
    )
    np.testing.assert_allclose(D(x[:1]).numpy(), D(x).numpy()[:1], rtol=1e-5)


def test_perceptrons():
    points = MLPGenerator(6, 2, (5, 4), generator=0)(minigan.randn(7, 6, generator=1))
    assert points.shape == (7, 2)
    assert MLPDiscriminator(2, (5, 4), generator=0)(points).shape == (7,)


def test_gains_are_initially_one_and_scale_the_input_of_an_activation():
    h = minigan.randn(7, 6, generator=1)
    plain, G = (MLPGenerator(6, 2, (5, 4), nn.Tanh, gains, generator=0) for gains in (False, True))
    assert G(h).tolist() == plain(h).tolist()
    gains = [layer for layer in G if isinstance(layer, Gain)]
    assert [gain.weight.shape for gain in gains] == [
        (5,),
        (4,),
    ]  # before both activations, not after the last layer
    first, scale = next(iter(plain)), minigan.tensor([0.5, -1.0, 2.0, 0.0, 3.0])
    gains[0].weight.data[...] = scale.numpy()
    with minigan.no_grad():  # the same function: gains in the weights
        first.weight.mul_(scale.unsqueeze(1))
        first.bias.mul_(scale)
    np.testing.assert_allclose(G(h).numpy(), plain(h).numpy(), atol=1e-6)


@pytest.mark.parametrize("size", [4, 5, 8, 9, 15, 28, 31, 32])
def test_autoencoder_restores_every_size(size):
    model = ConvAutoencoder(3, size, 2, 3, generator=0)
    x = minigan.rand(2, 2, size, size, generator=0)
    assert model.encoder(x).shape == (2, 3)
    assert model(x).shape == x.shape


@pytest.mark.parametrize(
    ("arguments", "message"), [((0,), "latent=0"), ((65, 8), "latent=65"), ((3, 3), "size=3")]
)
def test_illegal_sizes_and_latents_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        ConvAutoencoder(*arguments)


def test_classifier():
    assert Classifier(28, 3, 4, generator=0)(minigan.rand(2, 3, 28, 28, generator=0)).shape == (
        2,
        4,
    )


@pytest.mark.parametrize(
    "build", [DCGANGenerator, DCGANDiscriminator, MLPGenerator, ConvAutoencoder, Classifier]
)
def test_one_seed_one_model(build):
    a, b, c = (build(generator=seed).state_dict() for seed in (1, 1, 2))
    assert all(np.array_equal(a[key].numpy(), b[key].numpy()) for key in a)
    assert not all(np.array_equal(a[key].numpy(), c[key].numpy()) for key in a)


def test_outputs_are_those_of_evaluation_whatever_the_mode():
    model = DCGANGenerator(3, 16, 1, 2, generator=0)
    noise = np.random.default_rng(1).standard_normal(
        (503, 3)
    )  # of another dtype than the model, three portions
    images = outputs(model, noise)
    assert model.training and images.shape == (503, 1, 16, 16) and images.dtype == np.float32
    with minigan.no_grad():
        whole = model.eval()(minigan.tensor(noise, dtype="float32"))
    np.testing.assert_allclose(images, whole.numpy(), rtol=0, atol=1e-6)
    with pytest.raises(ValueError, match="inputs is empty"):
        outputs(model, noise[:0])


SIZES = ("latent", "size", "channels", "features", "classes", "dimensions")
MODELS = {  # arguments without defaults
    Classifier: {},
    ConvAutoencoder: {},
    MLPAutoencoder: {"latent": 4, "shape": (1, 8, 8)},
    DCGANDiscriminator: {},
    DCGANEncoder: {},
    DCGANGenerator: {},
    Gain: {"features": 3},
    MLPDiscriminator: {},
    MLPEncoder: {},
    MLPGenerator: {},
    PairDiscriminator: {},
}
WRONG = {
    **{name: [(1, 8, 8), None, "a", 0, -1, 1.5, 16.0, True, [3]] for name in SIZES},
    "condition_size": [(1, 8, 8), None, "a", -1, 1.5, True, [3]],
    "shape": [None, "a", 8, -1, 1.5, True, [0], (1, 8.0, 8), (1, -8, 8)],
    "hidden": [None, "a", 8, 1.5, True, [0], (64, 8.0), (64, None)],
    **{name: [None, "a", 1, 0.0] for name in ("tied", "variational", "norm", "gains")},
    **{name: ["relu", 0, (1, 8, 8), True] for name in ("activation", "normalize")},
    "generator": [(1, 8, 8), "a", -1, 1.5, True],
}
CASES = [
    (model, name, value)
    for model in MODELS
    for name in inspect.signature(model).parameters
    for value in WRONG[name]
]


@pytest.mark.parametrize(("model", "name", "value"), CASES)
def test_a_wrong_argument_is_named(model, name, value):
    """The message begins with the model (or its part) and names the argument and its value."""
    with pytest.raises((TypeError, ValueError)) as caught:
        model(**{**MODELS[model], name: value})
    parts = ("", f"{model.__name__}: ", "DCGANEncoder: ")
    words = str(caught.value)
    assert words.startswith(tuple(f"{part}{name}" for part in parts)), words
    assert f"{name}={value!r}" in words or f"{name}[" in words


def test_a_pair_discriminator_has_a_hidden_layer():
    with pytest.raises(ValueError, match=r"PairDiscriminator: hidden=\(\) .*at least one size"):
        PairDiscriminator(hidden=())
