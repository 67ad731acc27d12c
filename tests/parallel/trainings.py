"""Small trainings in float64, and how far two states of one are apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from minigan import datasets, nn, optim
from minigan.autoencoder import Reconstruction
from minigan.datasets import Batches
from minigan.gan import Game, hinge, least_squares, non_saturating, r1, wgan_clip, wgan_gp
from minigan.models import (
    ConvAutoencoder,
    DCGANDiscriminator,
    DCGANEncoder,
    DCGANGenerator,
    MLPAutoencoder,
    MLPDiscriminator,
    MLPGenerator,
    PairDiscriminator,
)
from minigan.parallel import distribute, run

SIZE = 16  # of images
LATENT = 5


def images(count=40, size=SIZE, seed=7):
    """Return images (count, 1, size, size) in [-1, 1], and labels of 3 classes."""
    rng = np.random.default_rng(seed)
    return rng.uniform(-1, 1, (count, 1, size, size)), rng.integers(0, 3, count)


def dcgan(
    objective=non_saturating,
    batch=12,
    norm_D=nn.BatchNorm2d,
    classes=0,
    pack=1,
    bigan=False,
    more=(),
):
    """Return a game of DCGANs with batch norm; `more` are layers behind the first one of D."""
    x, labels = images()
    G = DCGANGenerator(LATENT + classes, SIZE, features=3, generator=1)
    D = DCGANDiscriminator(SIZE, pack * (1 + classes), 3, normalize=norm_D, generator=2)
    encoder = None
    if bigan:
        encoder = DCGANEncoder(LATENT, SIZE, features=3, generator=3)
        D = PairDiscriminator(SIZE, 1, LATENT, 3, (8,), generator=2)
    if more:
        D = nn.Sequential(D[0], *more, *D[1:])
    return game(
        G, D, Batches(x, labels, size=batch, generator=5), objective, encoder, classes, pack
    )


def game(G, D, batches, objective, encoder=None, classes=0, pack=1):
    """Return a game in float64 with Adam and a moving average."""
    for model in (G, D, encoder):
        if model is not None:
            model.double()
    learners = [*G.parameters(), *(encoder.parameters() if encoder else [])]
    return Game(
        G,
        D,
        batches,
        optim.Adam(learners, 1e-3, betas=(0.5, 0.999)),
        optim.Adam(D.parameters(), 1e-3, betas=(0.5, 0.999)),
        latent=LATENT,
        objective=objective,
        decay=0.9,
        classes=classes,
        pack=pack,
        encoder=encoder,
        generator=6,
    )


def ring(objective=non_saturating, batch=20):
    """Return a game of perceptrons for points on a ring, with batch norm in G."""
    G = MLPGenerator(LATENT, 2, (8, 8), generator=1)
    G.insert(1, nn.BatchNorm1d(8))
    D = MLPDiscriminator(2, (8, 8), generator=2)
    return game(G, D, datasets.ring(8).batches(batch, 3), objective)


def reconstruction(batch=10, model=None, **settings):
    """Return the training of a convolutional auto-encoder with batch norm and a schedule."""
    x, _ = images()
    if model is None:
        model = ConvAutoencoder(
            LATENT, SIZE, features=3, variational=settings.get("beta", 0) > 0, generator=1
        )
    model.double()
    optimizer = optim.Adam(model.parameters(), 1e-3)
    return Reconstruction(
        model,
        Batches(x, size=batch, generator=2),
        optimizer,
        optim.lr_scheduler.CosineAnnealingLR(optimizer, 50),
        generator=3,
        **settings,
    )


TRAININGS = {
    "dcgan": dcgan,
    "hinge": lambda: dcgan(hinge),
    "dropout": lambda: dcgan(
        least_squares, more=[nn.Dropout(0.3, generator=8), nn.Dropout2d(0.2, generator=9)]
    ),
    "wgan-gp": lambda: dcgan(replace(wgan_gp, critic_steps=2), norm_D=None),
    "wgan-gp with batch norm": lambda: dcgan(replace(wgan_gp, critic_steps=1)),
    "wgan-clip": lambda: dcgan(replace(wgan_clip, critic_steps=2)),
    "r1": lambda: dcgan(r1, norm_D=None),
    "r1 with batch norm": lambda: dcgan(r1),
    "bigan": lambda: dcgan(bigan=True),
    "bigan of least squares": lambda: dcgan(least_squares, bigan=True),
    "conditional": lambda: dcgan(classes=3),
    "pack": lambda: dcgan(pack=2),
    "pack with a penalty": lambda: dcgan(wgan_gp, norm_D=None, pack=2),
    "ring": ring,
    "autoencoder": reconstruction,
    "denoising": lambda: reconstruction(denoise=0.3),
    "variational": lambda: reconstruction(beta=0.2),
    "tied perceptron": lambda: reconstruction(
        model=MLPAutoencoder(3, (1, SIZE, SIZE), (8,), tied=True, generator=1)
    ),
}


def train(make, size, steps):
    """Return, for each rank, the losses of each step and the state after each of `steps`."""

    def work(group):
        training = distribute(make(), group)
        losses, states = [], {}
        for number in range(1, max(steps) + 1):
            record = training.step()
            names = ("loss_D", "loss_G", "penalty", "loss")
            losses.append([getattr(record, name) for name in names if hasattr(record, name)])
            if number in steps:
                states[number] = flat(training.state_dict())
        return losses, states

    return run(size, work)


def flat(state, path=""):
    """Return a nested state as one dict of arrays, copied, and of other values."""
    if isinstance(state, dict | list | tuple):
        items = state.items() if isinstance(state, dict) else enumerate(state)
        return {k: v for key, x in items for k, v in flat(x, f"{path}.{key}").items()}
    return {path: state.numpy().copy() if hasattr(state, "numpy") else state}


def distance(a, b):
    """Return the largest difference of two states, relative to 1 or the larger numbers."""
    assert a.keys() == b.keys()
    worst = 0.0
    for name, x in a.items():
        if isinstance(x, np.ndarray) and x.dtype.kind == "f" and x.size:
            worst = max(worst, np.max(np.abs(x - b[name]) / np.maximum(1, np.abs(x))))
        else:
            assert np.array_equal(x, b[name]), name
    return worst
