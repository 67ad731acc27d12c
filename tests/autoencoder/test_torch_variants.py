"""Fifty float64 updates of a tied and of a variational auto-encoder agree with PyTorch's."""

import numpy as np
import pytest

from minigan import nn, optim
from minigan.autoencoder import Reconstruction
from minigan.datasets import Batches
from minigan.models import ConvAutoencoder

torch = pytest.importorskip("torch")
F = torch.nn.functional
torch.set_num_threads(1)  # the arrays are too small for threads


def start(**options):
    model = ConvAutoencoder(3, 9, 2, 4, generator=2, **options).double()
    weights = {
        name: torch.from_numpy(p.numpy().copy()).requires_grad_()
        for name, p in model.named_parameters()
    }
    images = np.random.default_rng(0).random((60, 2, 9, 9))
    stream = Batches(images, size=16, generator=1)
    batches = [next(stream)[0] for _ in range(50)]
    return model, weights, batches


def norm(x, weights, name):
    return F.batch_norm(
        x, None, None, weights[f"{name}.weight"], weights[f"{name}.bias"], training=True
    )


def encode(x, weights):
    """Return the features before the last linear layer, of 9x9 images: sizes 9, 4."""
    x = F.conv2d(x, weights["encoder.0.weight"], stride=2, padding=1)
    return F.leaky_relu(norm(x, weights, "encoder.1"), 0.2).flatten(1)


def decode(h, weights, tied):
    bias = weights["decoder.0.bias"]
    h = (
        h @ weights["encoder.4.weight"] + bias
        if tied
        else F.linear(h, weights["decoder.0.weight"], bias)
    )
    x = F.leaky_relu(norm(h.unflatten(1, (4, 4, 4)), weights, "decoder.2"), 0.2)
    w = weights["encoder.0.weight" if tied else "decoder.4.weight"]
    x = F.conv_transpose2d(x, w, weights["decoder.4.bias"], stride=2, padding=1, output_padding=1)
    return torch.sigmoid(x)


def follow(model, weights, batches, loss_of, **options):
    training = Reconstruction(
        model, iter([(b,) for b in batches]), optim.Adam(model.parameters(), 1e-3), **options
    )
    ours = [step.loss for step in training.run(50)]
    optimizer, theirs = torch.optim.Adam(weights.values(), 1e-3), []
    for batch in batches:
        loss = loss_of(torch.from_numpy(batch))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        theirs.append(loss.item())
    np.testing.assert_allclose(ours, theirs, rtol=1e-10)


def test_tied_weights():
    model, weights, batches = start(tied=True)
    assert [type(m) for m in model.decoder][1:3] == [nn.Unflatten, nn.BatchNorm2d]

    def loss_of(x):
        h = F.linear(encode(x, weights), weights["encoder.4.weight"], weights["encoder.4.bias"])
        return F.mse_loss(decode(h, weights, tied=True), x)

    follow(model, weights, batches, loss_of)


def test_the_variational_bound():
    model, weights, batches = start(variational=True)
    noise, beta = np.random.default_rng(5), 0.2

    def loss_of(x):
        features = encode(x, weights)
        mean = F.linear(features, weights["encoder.4.weight"], weights["encoder.4.bias"])
        log_variance = F.linear(
            features, weights["log_variance.weight"], weights["log_variance.bias"]
        )
        drawn = torch.from_numpy(noise.standard_normal(mean.shape, np.float32).astype(np.float64))
        h = torch.distributions.Normal(mean, (log_variance / 2).exp())
        kl = (
            torch.distributions.kl_divergence(h, torch.distributions.Normal(0.0, 1.0)).sum(1).mean()
        )
        back = decode(mean + (log_variance / 2).exp() * drawn, weights, tied=False)
        return F.mse_loss(back, x) + beta / x[0].numel() * kl

    follow(model, weights, batches, loss_of, beta=beta, generator=5)
