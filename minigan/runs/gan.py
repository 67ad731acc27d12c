"""A GAN's run: from a config to data, models and a game; what it draws on the way; samples afterwards."""

from __future__ import annotations

from statistics import fmean
from typing import Any

import numpy as np

from minigan import datasets, nn, optim
from minigan.gan import OBJECTIVES, Game
from minigan.models import DCGANDiscriminator, DCGANGenerator, MLPDiscriminator, MLPGenerator, outputs
from minigan.runs.config import GANConfig
from minigan.runs.directory import RunError
from minigan.runs.task import Array, Task

POINTS = ("ring8", "grid25", "gaussian")  # data that are points, not images
_SHOWN = 64  # images in a picture of the progress, 10 x as many points


class GANTask(Task):
    """The game that a config describes, and pictures of fixed latent vectors as they change."""

    def __init__(self, config: GANConfig) -> None:
        self.config, self.data = config, _data(config)
        start, order, noise, shown = np.random.default_rng(config.seed).spawn(4)
        try:
            batches = self.data.batches(config.batch, order)
        except ValueError as error:
            raise RunError(f"--batch {config.batch}: {error}") from error
        G, D = _players(config, self.data.shape, start)
        self.game = Game(
            G.to(config.device),
            D.to(config.device),
            batches,
            optim.Adam(G.parameters(), config.lr, betas=(0.5, 0.999)),
            optim.Adam(D.parameters(), config.lr_d, betas=(0.5, 0.999)),
            latent=config.latent,
            latent_std=config.latent_std,
            objective=OBJECTIVES[config.objective],
            decay=config.decay,
            generator=noise,
        )
        self.shown = self.game.noise(_SHOWN if len(self.data.shape) == 3 else 10 * _SHOWN, shown)
        super().__init__(self.game, (G, D))

    @property
    def summary(self) -> str:
        """What is about to be trained, in a line."""
        G, D = (sum(p.numel() for p in player.parameters()) for player in (self.game.G, self.game.D))
        c = self.config
        return f"{c.objective} GAN, G {G:,} and D {D:,} parameters, {c.steps} updates of {c.batch}, seed {c.seed}"

    @property
    def generator(self) -> nn.Module:
        """The model to sample from: the moving average of G, or G itself where none is kept."""
        return self.game.average.model if self.game.average else self.game.G

    def step(self) -> dict[str, float]:
        """One update of both players."""
        step = self.game.step()
        return {"loss_D": step.loss_D, "loss_G": step.loss_G}

    def look(self) -> Array:
        """What the generator makes of the fixed latent vectors."""
        return outputs(self.generator, self.shown)

    def metrics(self, log: list[dict[str, Any]]) -> dict[str, Any]:
        """The losses, averaged over the last tenth of the log."""
        tail = log[-max(1, len(log) // 10) :]
        return {
            "updates": self.number,
            "loss_D": fmean(record["loss_D"] for record in tail),
            "loss_G": fmean(record["loss_G"] for record in tail),
            "averaged_over_updates": tail[-1]["update"] - tail[0]["update"] + 1,
        }


def sample(task: GANTask, count: int, seed: int) -> Array:
    """`count` new samples: images (N, C, H, W) in [-1, 1], or points (N, dimensions)."""
    return outputs(task.generator, task.game.noise(count, seed))


def _data(config: GANConfig) -> datasets.Dataset | datasets.Mixture:
    """The data, in a size that the models have."""
    try:
        data = datasets.load(config.data)
        if isinstance(data, datasets.Dataset) and data.shape[1:] not in ((32, 32), (64, 64)):
            if max(data.shape[1:]) > 64:
                raise ValueError(
                    f"images of {data.shape[1]}x{data.shape[2]} are larger than the 64x64 that is generated"
                )
            data = data.resized(32 if max(data.shape[1:]) <= 32 else 64)
    except (ValueError, TypeError, OSError) as error:
        raise RunError(f"--data {config.data}: {error}") from error
    return data


def _players(config: GANConfig, shape: tuple[int, ...], rng: np.random.Generator) -> tuple[nn.Module, nn.Module]:
    """The default architecture follows the data: convolutions for images, perceptrons for points."""
    if len(shape) == 1:
        return MLPGenerator(config.latent, shape[0], generator=rng), MLPDiscriminator(shape[0], generator=rng)
    channels, size, _ = shape
    G = DCGANGenerator(config.latent, size, channels, config.features, generator=rng)
    return G, DCGANDiscriminator(size, channels, config.features, generator=rng)
