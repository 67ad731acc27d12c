"""Fifty float64 updates of a DCGAN and of an auto-encoder agree with PyTorch's."""

import numpy as np
import pytest

from minigan import datasets, nn, optim
from minigan.autoencoder import Reconstruction
from minigan.gan import Game
from minigan.models import ConvAutoencoder, DCGANDiscriminator, DCGANGenerator

torch = pytest.importorskip("torch")
F = torch.nn.functional
torch.set_num_threads(1)  # the arrays are too small for threads


def twin(layer):
    """Return PyTorch's layer of the same name and settings."""
    if isinstance(layer, nn.Conv2d):
        K, C, *taps = layer.weight.shape
        return torch.nn.Conv2d(C, K, taps, layer.stride, layer.padding, bias=layer.bias is not None)
    if isinstance(layer, nn.ConvTranspose2d):
        K, C, *taps = layer.weight.shape
        bias = layer.bias is not None
        return torch.nn.ConvTranspose2d(
            K, C, taps, layer.stride, layer.padding, layer.output_padding, bias=bias
        )
    if isinstance(layer, nn.Linear):
        return torch.nn.Linear(layer.weight.shape[1], layer.weight.shape[0])
    if isinstance(layer, nn.BatchNorm2d):
        return torch.nn.BatchNorm2d(layer.weight.shape[0])
    if isinstance(layer, nn.LeakyReLU):
        return torch.nn.LeakyReLU(layer.negative_slope)
    if isinstance(layer, nn.Flatten):
        return torch.nn.Flatten(layer.start_dim)
    if isinstance(layer, nn.Unflatten):
        return torch.nn.Unflatten(layer.dim, layer.unflattened_size)
    return getattr(torch.nn, type(layer).__name__)()


def twins(model):
    """Return a PyTorch model of the same layers and weights, in float64."""
    other = torch.nn.Sequential(*map(twin, model)).double()
    other.load_state_dict(
        {key: torch.from_numpy(value.numpy().copy()) for key, value in model.state_dict().items()}
    )
    return other


def relative(a, b):
    a, b = np.asarray(a), np.asarray(b)
    return np.abs(a - b).max() / np.abs(b).max()


def test_dcgan_follows_pytorch():
    rng = np.random.default_rng(0)
    latent, data = 7, datasets.mnist5k().resized(32).take(range(0, 5000, 50))
    G = DCGANGenerator(latent, 32, 1, 4, generator=rng).double()
    D = DCGANDiscriminator(32, 1, 4, generator=rng).double()
    G2, D2 = twins(G), twins(D)
    adam = {"lr": 1e-3, "betas": (0.5, 0.999)}
    batches = [
        batch[0] for batch, _ in zip(data.batches(8, 1, dtype=np.float64), range(50), strict=False)
    ]
    game = Game(
        G, D, iter([(b,) for b in batches]), optim.Adam(G.parameters(), **adam),
        optim.Adam(D.parameters(), **adam),
        latent=latent, generator=3,
    )  # fmt: skip
    noises = np.random.default_rng(3)
    opt_G, opt_D = (
        torch.optim.Adam(G2.parameters(), **adam),
        torch.optim.Adam(D2.parameters(), **adam),
    )
    ours, theirs = [], []
    for batch in batches:
        step = game.step()
        ours.append((step.loss_D, step.loss_G))
        z = torch.from_numpy(noises.standard_normal((8, latent), np.float32).astype(np.float64))[
            ..., None, None
        ]
        fake = G2(z)
        loss_D = (
            F.softplus(-D2(torch.from_numpy(batch))).mean() + F.softplus(D2(fake.detach())).mean()
        )
        opt_D.zero_grad()
        loss_D.backward()
        opt_D.step()
        loss_G = F.softplus(-D2(fake)).mean()
        opt_G.zero_grad()
        loss_G.backward()
        opt_G.step()
        theirs.append((loss_D.item(), loss_G.item()))
    assert relative(ours, theirs) < 1e-10
    for ours_, theirs_ in zip(
        [*G.buffers(), *D.buffers()], [*G2.buffers(), *D2.buffers()], strict=True
    ):
        np.testing.assert_allclose(ours_.numpy(), theirs_.numpy(), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("size", [28, 9])
def test_autoencoder_follows_pytorch(size):
    images = np.random.default_rng(0).random((60, 1, size, size))
    model = ConvAutoencoder(5, size, 1, 4, generator=2).double()
    encoder, decoder = twins(model.encoder), twins(model.decoder)
    data = datasets.Dataset("noise", images, high=1.0)
    batches = data.batches(16, 1, low=0, high=1, dtype=np.float64)
    training = Reconstruction(model, batches, optim.Adam(model.parameters(), 1e-3))
    ours = [step.loss for step in training.run(50)]
    batches = data.batches(16, 1, low=0, high=1, dtype=np.float64)
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], 1e-3)
    theirs = []
    for _ in range(50):
        x = torch.from_numpy(next(batches)[0])
        loss = F.mse_loss(decoder(encoder(x)), x)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        theirs.append(loss.item())
    assert relative(ours, theirs) < 1e-10
