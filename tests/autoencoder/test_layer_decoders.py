"""Decoders for each layer: prefixes, training, and exact decoders of an orthonormal bank."""

import numpy as np
import pytest

import minigan
from minigan import datasets, nn
from minigan.autoencoder import Decoders, Encoder, decoder_of, orthonormal_bank, prefixes
from minigan.models import Classifier, ConvAutoencoder, outputs


def digits(size=16):
    return datasets.digits8().batches(size, 0, low=0, high=1)


def test_prefixes_include_the_layers_that_follow():
    model = nn.Sequential(
        *Classifier(8, 1, 10, 2, hidden=(6,), norm=True, generator=0), nn.Softmax(1)
    )
    found = prefixes(model)
    assert list(found) == ["conv 1", "conv 2", "linear 1", "linear 2", "softmax"]
    assert [type(prefix[-1]).__name__ for prefix in found.values()] == [
        "ReLU",
        "ReLU",
        "ReLU",
        "Linear",
        "Softmax",
    ]
    x = np.zeros((3, 1, 8, 8), np.float32)
    shapes = [outputs(prefix, x).shape[1:] for prefix in found.values()]
    assert shapes == [(2, 4, 4), (4, 2, 2), (6,), (10,), (10,)]
    for prefix in found.values():
        decoder = decoder_of(prefix, (1, 8, 8), generator=0)
        assert outputs(decoder, outputs(prefix, x)).shape == x.shape
    assert list(prefixes(ConvAutoencoder(3, 28, 1, 2, generator=0).encoder)) == [
        *(f"conv {n}" for n in (1, 2, 3)),
        "linear 1",
    ]


def test_features_are_the_outputs_of_the_frozen_encoder():
    encoder = Encoder("untrained", Classifier(8, 1, 4, 2, norm=True, generator=0), (1, 8, 8))
    before = {name: value.numpy().copy() for name, value in encoder.layers.state_dict().items()}
    decoders = Decoders(encoder, digits(), steps=3, generator=0)
    losses = list(decoders.run())
    assert len(losses) == 3 and set(losses[0]) == {"conv 1", "conv 2", "linear 1"}
    after = encoder.layers.state_dict()
    assert all(before[name].tobytes() == after[name].numpy().tobytes() for name in before)
    x = minigan.rand(5, 1, 8, 8, generator=0)
    *_, last = decoders.features(x)
    np.testing.assert_allclose(
        last.numpy(), outputs(encoder.layers, x.numpy()), rtol=1e-5, atol=1e-6
    )


def test_decoders_learn_and_errors_grow_with_depth():
    encoder = Encoder(
        "untrained", nn.Sequential(*Classifier(8, 1, 3, 8, norm=True, generator=0)), (1, 8, 8)
    )
    decoders = Decoders(encoder, digits(64), steps=150, lr=1e-2, generator=0)
    for _ in decoders.run():
        pass
    images = datasets.digits8().scaled(0, 1)[:200]
    errors = [((back - images) ** 2).mean() for back in decoders.reconstructions(images)]
    mean_image = ((images - images.mean(axis=0)) ** 2).mean()
    assert errors[0] < errors[1] < 0.5 * errors[2] < 0.5 * mean_image


def test_one_seed_one_set_of_decoders():
    encoder = Encoder("untrained", Classifier(8, 1, 3, 2, generator=0), (1, 8, 8))
    a, b, c = (
        list(Decoders(encoder, digits(), steps=2, generator=seed).run()) for seed in (1, 1, 2)
    )
    assert a == b != c


def test_the_decoders_of_a_complete_orthonormal_bank_are_its_transposes():
    encoder = Encoder("orthonormal", orthonormal_bank((1, 8, 8), 0), (1, 8, 8), exact=True)
    decoders = Decoders(encoder, iter(()))
    assert list(decoders.run()) == [] and len(decoders.names) == 3
    x = datasets.digits8().scaled(0, 1)[:20]
    for back in decoders.reconstructions(x):
        assert back.dtype == np.float64 and np.abs(back - x).max() < 1e-14


def test_an_encoder_with_no_layer_to_decode_from():
    encoder = Encoder("empty", nn.Sequential(nn.ReLU()), (1, 8, 8))
    with pytest.raises(ValueError, match="no convolution"):
        Decoders(encoder, digits())


def test_images_of_another_size_and_zero_updates_are_refused():
    encoder = Encoder(
        "conv", nn.Sequential(nn.Conv2d(1, 2, 3, generator=0)), (1, 8, 8)
    )  # a convolution takes any size
    with pytest.raises(ValueError, match="Decoders: steps=0"):
        Decoders(encoder, digits(), steps=0)
    decoders = Decoders(encoder, digits(), steps=1, generator=0)
    with pytest.raises(
        ValueError, match=r"Decoders: images of shape \(1, 9, 9\) \(legal: \(1, 8, 8\)\)"
    ):
        decoders.reconstructions(np.zeros((2, 1, 9, 9), np.float32))


@pytest.mark.parametrize("shape", [(1, 8, 6), (8, 8), (1, 9, 9), (1, 1, 1)])
def test_no_bank_for_these_images(shape):
    with pytest.raises(ValueError, match=r"orthonormal_bank: shape=.*legal: \(C, size, size\)"):
        orthonormal_bank(shape)
