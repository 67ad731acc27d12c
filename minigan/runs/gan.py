"""A GAN's run: from a config to data, models and a game; what it draws on the way; samples
afterwards.
"""

from __future__ import annotations

from statistics import fmean
from typing import Any

import numpy as np

from minigan import datasets, nn, optim
from minigan.autograd import Tensor
from minigan.backend import as_generator
from minigan.gan import Game, recorder_of
from minigan.models import (
    DCGANDiscriminator,
    DCGANEncoder,
    DCGANGenerator,
    MLPDiscriminator,
    MLPEncoder,
    MLPGenerator,
    PairDiscriminator,
    joined,
    layer_norm,
    outputs,
)
from minigan.runs.config import GANConfig
from minigan.runs.directory import RunError
from minigan.runs.task import Array, Task

POINTS = ("ring8", "grid25", "gaussian")  # data that are points, not images
Players = tuple[nn.Module, nn.Module, nn.Module | None]  # G, D and perhaps an encoder
_OPTIONS = (
    "critic_steps",
    "penalty",
    "clip",
    "spectral_norm",
    "no_norm",
    "pack",
    "conditional",
    "bigan",
    "latent_std",
)
_SHOWN = 64  # images in a picture of the progress, 10 x as many points


class GANTask(Task):
    """The game that a config describes, and pictures of fixed latent vectors as they change."""

    def __init__(self, config: GANConfig) -> None:
        self.config, self.data = config, _data(config)
        self.classes = _classes(self.data) if config.conditional else 0
        start, order, noise, shown = np.random.default_rng(config.seed).spawn(4)
        try:
            batches = self.data.batches(config.batch, order)
        except ValueError as error:
            raise RunError(f"--batch {config.batch}: {error}") from error
        G, D, encoder = players(config, self.data.shape, self.classes, start)
        models = [player.to(config.device) for player in (G, D, encoder) if player is not None]
        learners = [*G.parameters(), *(() if encoder is None else encoder.parameters())]
        self.game = Game(
            G,
            D,
            batches,
            optim.Adam(learners, config.lr, betas=(0.5, 0.999)),
            optim.Adam(D.parameters(), config.lr_d, betas=(0.5, 0.999)),
            latent=config.latent,
            latent_std=config.latent_std,
            objective=config.game,
            decay=config.decay,
            classes=self.classes,
            pack=config.pack,
            encoder=encoder,
            generator=noise,
        )
        count = _SHOWN if len(self.data.shape) == 3 else 10 * _SHOWN
        self.shown = self.latents(count, shown, np.arange(count) % max(1, self.classes))
        points = isinstance(self.data, datasets.Mixture)
        self.recorder = (
            recorder_of(self.game, self.data, self.shown, config.steps) if points else None
        )
        super().__init__(self.game, models)

    @property
    def summary(self) -> str:
        """What is about to be trained, with the options that are not usual for the objective, in a
        line.
        """
        G, D = (
            sum(p.numel() for p in player.parameters()) for player in (self.game.G, self.game.D)
        )
        c = self.config
        usual = vars(GANConfig()) | GANConfig.follow({"objective": c.objective})
        options = {
            name.replace("_", " "): getattr(c, name)
            for name in _OPTIONS
            if getattr(c, name) != usual[name]
        }
        told = "".join(
            f", {name}" if value is True else f", {name} {value:g}"
            for name, value in options.items()
        )
        return (
            f"{c.objective} GAN{told}, G {G:,} and D {D:,} parameters, {c.steps} updates of "
            f"{c.batch}, seed {c.seed}"
        )

    @property
    def generator(self) -> nn.Module:
        """The model to sample from: the moving average of G, or G itself where none is kept."""
        return self.game.average.model if self.game.average else self.game.G

    def step(self) -> dict[str, float]:
        """One update of both players."""
        step = (self.recorder or self.game).step()
        penalty = {"penalty": step.penalty} if self.config.game.penalty else {}
        return {"loss_D": step.loss_D, "loss_G": step.loss_G, **penalty}

    def latents(
        self, count: int, generator: np.random.Generator | int, labels: Any = None
    ) -> Tensor:
        """What G takes for `count` samples: latent vectors and, in a conditional game, their
        classes, joined.

        The classes of `labels` (count,), or drawn as often as they are in the data.
        """
        rng = as_generator(generator)
        h = self.game.noise(count, rng)
        if not self.classes:
            return h
        return joined(
            h, self.game.one_hot(rng.choice(self.data.labels, count) if labels is None else labels)
        )

    def look(self) -> Array:
        """What the generator makes of the fixed latent vectors."""
        return outputs(self.generator, self.shown)

    def state_dict(self) -> dict[str, Any]:
        """The training, its pictures and what was recorded."""
        recorded = {"recorder": self.recorder.state_dict()} if self.recorder else {}
        return {**super().state_dict(), **recorded}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from a state."""
        super().load_state_dict(state)
        if (
            self.recorder and "recorder" in state
        ):  # a checkpoint written before there was one has none
            self.recorder.load_state_dict(state["recorder"])

    def metrics(self, log: list[dict[str, Any]]) -> dict[str, Any]:
        """The losses, averaged over the last tenth of the log."""
        tail = log[-max(1, len(log) // 10) :]
        return {
            "updates": self.number,
            **{
                name: fmean(record[name] for record in tail)
                for name in tail[-1]
                if name != "update"
            },
            "averaged_over_updates": tail[-1]["update"] - tail[0]["update"] + 1,
        }


def sample(
    task: GANTask, count: int, seed: np.random.Generator | int, label: int | None = None
) -> Array:
    """`count` new samples: images (N, C, H, W) in [-1, 1], or points (N, dimensions); of one class,
    if one is named.

    RunError for a label that the game does not know.
    """
    if label is not None and not 0 <= label < task.classes:
        legal = (
            f"legal: 0..{task.classes - 1}"
            if task.classes
            else "only one trained with --conditional does"
        )
        raise RunError(f"--label {label}: this run knows no such class ({legal})")
    return outputs(
        task.generator, task.latents(count, seed, None if label is None else np.full(count, label))
    )


def _data(config: GANConfig) -> datasets.Dataset | datasets.Mixture:
    """The data, in a size that the models have."""
    try:
        data = datasets.load(config.data)
        if isinstance(data, datasets.Dataset) and data.shape[1:] not in ((32, 32), (64, 64)):
            if max(data.shape[1:]) > 64:
                raise ValueError(
                    f"images of {data.shape[1]}x{data.shape[2]} are larger than the 64x64 that is "
                    "generated"
                )
            data = data.resized(32 if max(data.shape[1:]) <= 32 else 64)
    except (ValueError, TypeError, OSError) as error:
        raise RunError(f"--data {config.data}: {error}") from error
    return data


def _classes(data: datasets.Dataset | datasets.Mixture) -> int:
    """How many classes the labels of the data name."""
    if isinstance(data, datasets.Mixture) or data.labels is None:
        raise RunError(f"--conditional: the data {data.name} have no labels")
    return int(data.labels.max()) + 1


def players(
    config: GANConfig, shape: tuple[int, ...], classes: int, rng: np.random.Generator
) -> Players:
    """G, D and with --bigan an encoder, as data and objective want them: convolutions for images,
    or perceptrons.
    """
    make = _perceptrons if len(shape) == 1 else _convolutions
    G, D, encoder = make(config, shape, classes, rng)
    if config.spectral_norm:
        for layer in list(D.modules()):
            if isinstance(layer, nn.Linear | nn.Conv2d):
                nn.spectral_norm(layer, generator=rng)
    return G, D, encoder


def _perceptrons(
    config: GANConfig, shape: tuple[int, ...], classes: int, rng: np.random.Generator
) -> Players:
    if config.no_norm:
        raise RunError(f"--no-norm: the perceptrons of {config.data} have no norm to leave out")
    given, dimensions = config.latent + classes, shape[0] + classes + config.bigan * config.latent
    if shape == (1,):
        G: nn.Module = nn.Linear(given, 1, generator=rng)  # affine, so that its density is known
    else:
        G = MLPGenerator(given, shape[0], activation=nn.Tanh, gains=True, generator=rng)
    D = MLPDiscriminator(config.pack * dimensions, generator=rng)
    return G, D, MLPEncoder(config.latent, shape[0], generator=rng) if config.bigan else None


def _convolutions(
    config: GANConfig, shape: tuple[int, ...], classes: int, rng: np.random.Generator
) -> Players:
    """Where D's slope is measured sample by sample, its norm is layer norm; the spectral norm wants
    no other.
    """
    (channels, size, _), pack, wide = shape, config.pack, config.features
    norm_G = None if config.no_norm else nn.BatchNorm2d
    norm_D = (
        None
        if config.no_norm or config.spectral_norm
        else layer_norm
        if config.penalty
        else nn.BatchNorm2d
    )
    G = DCGANGenerator(
        config.latent + classes, size, channels, wide, normalize=norm_G, generator=rng
    )
    if not config.bigan:
        return (
            G,
            DCGANDiscriminator(
                size, pack * (channels + classes), wide, normalize=norm_D, generator=rng
            ),
            None,
        )
    given = pack * (config.latent + classes)
    D = PairDiscriminator(size, pack * channels, given, wide, normalize=norm_D, generator=rng)
    return G, D, DCGANEncoder(config.latent, size, channels, wide, normalize=norm_G, generator=rng)
