"""The training updates that are timed, as texts of code that minigan and PyTorch both execute.

A text may use the names `nn`, `optim`, `F`, `grad`, `tensor`, `np` and `rng`. `setup` is executed
once; `update` is timed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Text:
    """The code that one library executes."""

    setup: str
    update: str


@dataclass(frozen=True)
class Workload:
    """An update, with a text for each library; `common` is that of minigan and PyTorch."""

    name: str
    what: str
    texts: Mapping[str, Text] = field(repr=False)


_GAME = """
fake = G(noise)
loss_D = F.binary_cross_entropy_with_logits(D(real), ones)
loss_D = loss_D + F.binary_cross_entropy_with_logits(D(fake.detach()), zeros)
optimizer_D.zero_grad()
loss_D.backward()
optimizer_D.step()
loss_G = F.binary_cross_entropy_with_logits(D(fake), ones)
optimizer_G.zero_grad()
loss_G.backward()
optimizer_G.step()
"""

_PLAYERS = """
optimizer_G = optim.Adam(G.parameters(), 2e-4, betas=(0.5, 0.999))
optimizer_D = optim.Adam(D.parameters(), 2e-4, betas=(0.5, 0.999))
ones, zeros = tensor(np.ones(B, np.float32)), tensor(np.zeros(B, np.float32))
"""

_DCGAN = """
width = W * SIZE // 8
layers = [nn.ConvTranspose2d(Z, width, 4, 1, 0, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
while width > W:
    layers += [nn.ConvTranspose2d(width, width // 2, 4, 2, 1, bias=False)]
    layers += [nn.BatchNorm2d(width // 2), nn.ReLU()]
    width //= 2
G = nn.Sequential(*layers, nn.ConvTranspose2d(W, C, 4, 2, 1, bias=False), nn.Tanh())

layers = [nn.Conv2d(C, W, 4, 2, 1, bias=False), nn.LeakyReLU(0.2)]
while width < W * SIZE // 8:
    layers += [nn.Conv2d(width, 2 * width, 4, 2, 1, bias=False)]
    layers += [nn.BatchNorm2d(2 * width), nn.LeakyReLU(0.2)]
    width *= 2
D = nn.Sequential(*layers, nn.Conv2d(width, 1, 4, 1, 0, bias=False), nn.Flatten(0))

real = tensor(rng.standard_normal((B, C, SIZE, SIZE), np.float32))
noise = tensor(rng.standard_normal((B, Z, 1, 1), np.float32))
"""

_AUTOENCODER = """
model = nn.Sequential(
    nn.Conv2d(1, 16, 4, stride=2, padding=1, bias=False), nn.BatchNorm2d(16), nn.LeakyReLU(0.2),
    nn.Conv2d(16, 32, 4, stride=2, padding=1, bias=False), nn.BatchNorm2d(32), nn.LeakyReLU(0.2),
    nn.Conv2d(32, 64, 4, stride=2, padding=1, bias=False), nn.BatchNorm2d(64), nn.LeakyReLU(0.2),
    nn.Flatten(), nn.Linear(576, 30), nn.Linear(30, 576), nn.LeakyReLU(0.2),
    nn.Unflatten(1, (64, 3, 3)),
    nn.ConvTranspose2d(64, 32, 4, stride=2, padding=1, output_padding=1, bias=False),
    nn.BatchNorm2d(32),
    nn.LeakyReLU(0.2),
    nn.ConvTranspose2d(32, 16, 4, stride=2, padding=1, bias=False), nn.BatchNorm2d(16),
    nn.LeakyReLU(0.2),
    nn.ConvTranspose2d(16, 1, 4, stride=2, padding=1), nn.Sigmoid(),
)
optimizer = optim.Adam(model.parameters(), 4e-3)
images = tensor(rng.random((128, 1, 28, 28), np.float32))
"""

_RECONSTRUCT = """
loss = F.mse_loss(model(images), images)
optimizer.zero_grad()
loss.backward()
optimizer.step()
"""

_RING8 = """
B = 256
G = nn.Sequential(nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 2))
D = nn.Sequential(
    nn.Linear(2, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 1), nn.Flatten(0)
)
angle = 2 * np.pi / 8 * rng.integers(8, size=B)
points = 2 * np.stack([np.cos(angle), np.sin(angle)], axis=1) + 0.02 * rng.standard_normal((B, 2))
real = tensor(points.astype(np.float32))
noise = tensor(rng.standard_normal((B, 256), np.float32))
"""

_CRITIC = """
fake = G(noise).detach()
between = (fraction * real + (1 - fraction) * fake).requires_grad_()
gradient, = grad(D(between).sum(), between, create_graph=True)
penalty = ((gradient.flatten(1).norm(dim=1) - 1) ** 2).mean()
loss_D = D(fake).mean() - D(real).mean() + 10 * penalty
optimizer_D.zero_grad()
loss_D.backward()
optimizer_D.step()
"""


_CLASSIFIER = """
model = nn.Sequential(
    nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(),
    nn.MaxPool2d(2), nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(64 * 8 * 8, 10),
)
images = tensor(rng.standard_normal((64, 3, 32, 32), np.float32))
"""

_CLASSIFIER_5X5 = """
model = nn.Sequential(
    nn.Conv2d(1, 32, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 5), nn.ReLU(),
    nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64 * 4 * 4, 512), nn.ReLU(), nn.Linear(512, 10),
)
images = tensor(rng.standard_normal((64, 1, 28, 28), np.float32))
"""

_LABELS = """
labels = tensor(rng.integers(10, size=64))
optimizer = optim.Adam(model.parameters(), 1e-3)
"""

_CLASSIFY = """
loss = F.cross_entropy(model(images), labels)
optimizer.zero_grad()
loss.backward()
optimizer.step()
"""

_VAE = """
encoder = nn.Sequential(nn.Linear(784, 400), nn.ReLU(), nn.Linear(400, 40))
decoder = nn.Sequential(nn.Linear(20, 400), nn.ReLU(), nn.Linear(400, 784))
optimizer = optim.Adam([*encoder.parameters(), *decoder.parameters()], 1e-3)
images = tensor(rng.random((128, 784), np.float32))
noise = tensor(rng.standard_normal((128, 20), np.float32))
"""

_ELBO = """
mu, log_variance = encoder(images).chunk(2, 1)
logits = decoder(mu + noise * (0.5 * log_variance).exp())
loss = F.binary_cross_entropy_with_logits(logits, images, reduction="sum")
loss = loss - 0.5 * (1 + log_variance - mu ** 2 - log_variance.exp()).sum()
optimizer.zero_grad()
loss.backward()
optimizer.step()
"""

_CONV_CRITIC = """
B = 64
G = nn.Sequential(
    nn.ConvTranspose2d(64, 64, 4, 1, 0), nn.ReLU(), nn.ConvTranspose2d(64, 32, 4, 2, 1), nn.ReLU(),
    nn.ConvTranspose2d(32, 16, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(16, 1, 4, 2, 1), nn.Tanh(),
)
D = nn.Sequential(
    nn.Conv2d(1, 16, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(16, 32, 4, 2, 1), nn.LeakyReLU(0.2),
    nn.Conv2d(32, 64, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(64, 1, 4, 1, 0), nn.Flatten(0),
)
real = tensor(rng.standard_normal((B, 1, 32, 32), np.float32))
noise = tensor(rng.standard_normal((B, 64, 1, 1), np.float32))
fraction = tensor(rng.random((B, 1, 1, 1), np.float32))
"""


def dcgan(
    name: str = "dcgan", Z: int = 100, W: int = 32, C: int = 1, SIZE: int = 32, B: int = 64
) -> Workload:
    """One update of both players of a DCGAN.

    Z counts the latent numbers, W the features and C the channels; SIZE is the height and width of
    the images, B the batch.
    """
    sizes = f"Z, W, C, SIZE, B = {Z}, {W}, {C}, {SIZE}, {B}"
    own = Text(f"update = texts.dcgan({Z}, {W}, {C}, {SIZE}, {B})", "update()")
    texts = {"common": Text(sizes + _DCGAN + _PLAYERS, _GAME), "dezero": own, "jax": own}
    return Workload(
        name, f"DCGAN {SIZE}x{SIZE}, {C} channels, nf {W}, z {Z}, batch {B}: D step + G step", texts
    )


def _common(name: str, what: str, setup: str, update: str) -> Workload:
    return Workload(name, what, {"common": Text(setup, update)})


WORKLOADS = {
    workload.name: workload
    for workload in (
        dcgan("dcgan32"),
        dcgan("dcgan32-rgb", W=64, C=3),
        dcgan("dcgan64-rgb", W=64, C=3, SIZE=64),
        _common(
            "autoencoder", "convolutional auto-encoder 28x28, batch 128", _AUTOENCODER, _RECONSTRUCT
        ),
        _common(
            "ring8",
            "MLP GAN on ring8, z 256, 2x128, batch 256: D step + G step",
            _RING8 + _PLAYERS,
            _GAME,
        ),
        _common(
            "wgan-gp",
            "WGAN-GP on ring8, second order: one critic step",
            _RING8 + _PLAYERS + "fraction = tensor(rng.random((B, 1), np.float32))",
            _CRITIC,
        ),
        _common(
            "wgan-gp-conv",
            "WGAN-GP with a convolutional critic, 32x32, batch 64, second order: one critic step",
            _CONV_CRITIC + _PLAYERS,
            _CRITIC,
        ),
        _common(
            "classifier",
            "3x3 classifier 3-32-32-pool-64-pool-10, 32x32, batch 64",
            _CLASSIFIER + _LABELS,
            _CLASSIFY,
        ),
        _common(
            "classifier-5x5",
            "5x5 classifier 1-32-pool-64-pool-512-10, 28x28, batch 64",
            _CLASSIFIER_5X5 + _LABELS,
            _CLASSIFY,
        ),
        _common("vae", "MLP VAE 784-400-20, batch 128", _VAE, _ELBO),
        dcgan("default-gan", Z=64, W=24, B=32),
    )
}
