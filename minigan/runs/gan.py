"""A GAN's run: from a config to data, models and a game; what it draws on the way; samples afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean
from typing import Any

import numpy as np

from minigan import datasets, nn, optim
from minigan.gan import OBJECTIVES, Game
from minigan.models import DCGANDiscriminator, DCGANGenerator, MLPDiscriminator, MLPGenerator
from minigan.runs.config import GANConfig
from minigan.runs.directory import Run, RunError
from minigan.runs.loop import advance
from minigan.tensor import no_grad

POINTS = ("ring8", "grid25", "gaussian")  # data that are points, not images
_SHOWN = 64  # images in a picture of the progress, 10 x as many points


class GANTask:
    """The game that a config describes, and pictures of fixed latent vectors as they change."""

    def __init__(self, config: GANConfig) -> None:
        self.config, data = config, _data(config)
        start, order, noise, shown = np.random.default_rng(config.seed).spawn(4)
        try:
            self.data, batches = data, data.batches(config.batch, order)
        except ValueError as error:
            raise RunError(f"--batch {config.batch}: {error}") from error
        G, D = _players(config, data.shape, start)
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
        self.shown = self.game.noise(_SHOWN if len(data.shape) == 3 else 10 * _SHOWN, shown)
        self.frames: list[np.ndarray[Any, Any]] = []
        self.numbers: list[int] = []

    @property
    def summary(self) -> str:
        """What is about to be trained, in a line."""
        G, D = (sum(p.numel() for p in player.parameters()) for player in (self.game.G, self.game.D))
        c = self.config
        return f"{c.objective} GAN, G {G:,} and D {D:,} parameters, {c.steps} updates of {c.batch}, seed {c.seed}"

    @property
    def number(self) -> int:
        """How many updates have been made."""
        return self.game.number

    @property
    def generator(self) -> nn.Module:
        """The model to sample from: the moving average of G, or G itself where none is kept."""
        return self.game.average.model if self.game.average else self.game.G

    def step(self) -> dict[str, float]:
        """One update of both players."""
        step = self.game.step()
        return {"loss_D": step.loss_D, "loss_G": step.loss_G}

    def picture(self) -> None:
        """Remember what the fixed latent vectors give now."""
        self.frames.append(draw(self.generator, self.shown))
        self.numbers.append(self.number)

    def state_dict(self) -> dict[str, Any]:
        """The game and its pictures."""
        return {"game": self.game.state_dict(), "frames": self.frames, "numbers": self.numbers}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from a state."""
        self.game.load_state_dict(state["game"])
        self.frames, self.numbers = list(state["frames"]), list(state["numbers"])


def train(run: Run, task: GANTask) -> Iterator[int]:
    """Train until the config's updates are made; yields at each checkpoint; ends with metrics.json."""
    yield from advance(run, task, task.config.steps)
    log = run.read_log()
    tail = log[-max(1, len(log) // 10) :]
    run.write_json(
        "metrics.json",
        {
            "updates": task.number,
            "loss_D": fmean(record["loss_D"] for record in tail),
            "loss_G": fmean(record["loss_G"] for record in tail),
            "averaged_over_updates": tail[-1]["update"] - tail[0]["update"] + 1,
        },
    )


@no_grad()
def draw(generator: nn.Module, noise: Any) -> np.ndarray[Any, Any]:
    """What the generator makes of latent vectors, in evaluation mode, a few hundred at a time."""
    mode = generator.training
    generator.eval()
    try:
        parts = [generator(noise[i : i + 250]).numpy() for i in range(0, len(noise), 250)]
    finally:
        generator.train(mode)
    return np.ascontiguousarray(np.concatenate(parts))


def sample(task: GANTask, count: int, seed: int) -> np.ndarray[Any, Any]:
    """`count` new samples: images (N, C, H, W) in [-1, 1], or points (N, dimensions)."""
    return draw(task.generator, task.game.noise(count, seed))


def _data(config: GANConfig) -> datasets.Dataset | datasets.Mixture:
    """The data, in a size that the models have."""
    try:
        data = datasets.load(config.data)
        if isinstance(data, datasets.Dataset) and data.shape[1:] not in ((32, 32), (64, 64)):
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
