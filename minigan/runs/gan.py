"""The run of a GAN: data, models and game from a config, pictures on the way, and samples."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import fmean
from typing import Any, ClassVar, Literal, cast

import numpy as np

from minigan import datasets, optim
from minigan.autograd import Tensor
from minigan.backend import as_generator
from minigan.gan import Game, LineRecorder, PlaneRecorder, recorder_of
from minigan.models import joined, outputs
from minigan.nn import Module
from minigan.optim import Optimizer
from minigan.parallel import Group
from minigan.runs.config import GANConfig
from minigan.runs.data import (
    count_classes,
    data_of_gan,
    loaded,
    remembered,
    require_batch,
)
from minigan.runs.directory import RunError
from minigan.runs.fingerprint import Fingerprint
from minigan.runs.outline import Outline
from minigan.runs.players import least_numbers, players
from minigan.runs.task import Array, Task

_OPTIONS = (  # the settings that a summary names if they differ from the defaults
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
_SHOWN = 64  # images in a picture of the progress; 10 times as many points


class GANTask(Task):
    """The game that a config describes, and pictures of what G makes of fixed latent vectors.

    `outline` is what the headers of a checkpoint say, which will be loaded. With a `fingerprint`
    the data are not read; then samples can be drawn, but nothing can be learned. Raises RunError if
    the config cannot be carried out, or does not fit the outline.
    """

    kind: ClassVar[Literal["gan"]] = "gan"

    def __init__(
        self,
        config: GANConfig,
        outline: Outline | None = None,
        fingerprint: Fingerprint | None = None,
    ) -> None:
        self.config = config
        if fingerprint is None:
            data, self.fingerprint = loaded(config.data)
            self.data = data_of_gan(config.data, data)
        else:  # they have what drawing samples needs
            self.data = cast(datasets.Dataset, remembered(config.data, fingerprint))
            self.fingerprint = fingerprint
        self.classes = count_classes(self.data) if config.conditional else 0
        if self.data.kind == "images":
            require_batch(config, self.data)
        if outline is not None:
            widths = [config.latent + self.classes]
            widths += [config.features] if self.data.kind == "images" else []
            outline.require(least_numbers(config, self.data.shape, self.classes), *widths)
        start, order, noise, shown = np.random.default_rng(config.seed).spawn(4)
        batches = self.data.batches(config.batch, order)
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
        count = _SHOWN if self.data.kind == "images" else 10 * _SHOWN
        self.shown = self.latents(count, shown, np.arange(count) % max(1, self.classes))
        self.recorder: LineRecorder | PlaneRecorder | None = None
        if self.data.kind == "points":
            self.recorder = recorder_of(self.game, self.data, self.shown, config.steps)
        super().__init__(self.game, models)

    @property
    def summary(self) -> str:
        """What is trained, in one line: it names the options that differ from the defaults."""
        G, D = (
            sum(p.numel() for p in player.parameters()) for player in (self.game.G, self.game.D)
        )
        c = self.config
        usual = vars(GANConfig()) | GANConfig.defaults({"objective": c.objective})
        options = ""
        for name in _OPTIONS:
            value, words = getattr(c, name), name.replace("_", " ")
            if value != usual[name]:
                options += f", {words}" if value is True else f", {words} {value:g}"
        return (
            f"{c.objective} GAN{options}, G {G:,} and D {D:,} parameters, {c.steps} updates of "
            f"{c.batch}, seed {c.seed}"
        )

    @property
    def frame_shape(self) -> tuple[int, ...]:
        """The shape of the array that `look` returns."""
        return (len(self.shown), *self.data.shape)

    @property
    def optimizers(self) -> dict[str, Optimizer]:
        """The optimizers, by their names in the state of the training."""
        return {"optimizer_G": self.game.optimizer_G, "optimizer_D": self.game.optimizer_D}

    @property
    def generator(self) -> Module:
        """The model to sample from: the moving average of G, or G itself if decay is 0."""
        return self.game.average.model if self.game.average else self.game.G

    @property
    def networks(self) -> dict[str, Module]:
        """The models with which samples are drawn and judged, by the names they travel under."""
        game = self.game
        others = {} if game.encoder is None else {"encoder": game.encoder}
        return {"generator": self.generator, "discriminator": game.D, **others}

    def adopt(self) -> None:
        """Let G go on from the weights of `generator`, which somebody has changed."""
        if self.generator is not self.game.G:
            self.game.G.load_state_dict(self.generator.state_dict())

    def step(self) -> dict[str, float]:
        """Make one update of both players, and return their losses."""
        step = (self.recorder or self.game).step()
        penalty = {"penalty": step.penalty} if self.config.game.penalty else {}
        return {"loss_D": step.loss_D, "loss_G": step.loss_G, **penalty}

    def distribute(self, group: Group) -> None:
        """Train as one rank of a group from now on; rank 0 alone records."""
        super().distribute(group)
        if group.rank > 0:
            self.recorder = None

    def latents(
        self, count: int, generator: np.random.Generator | int, labels: Any = None
    ) -> Tensor:
        """Return the input of G for `count` samples: (count, latent), or (count, latent + classes).

        In a conditional game the one-hot classes of `labels` (count,) are appended; by default they
        are drawn with the frequencies of the data.
        """
        rng = as_generator(generator)
        h = self.game.noise(count, rng)
        if not self.classes:
            return h
        labels = rng.choice(self.all_labels(), count) if labels is None else labels
        return joined(h, self.game.one_hot(labels))

    def all_labels(self) -> Any:
        """Return the labels of all images; those of a file in the order of the classes.

        So the samples of a run are the same whether its data are there or not.
        """
        counts = self.fingerprint.counts if self.fingerprint else ()
        labels = self.data.labels if self.data.kind == "images" else None
        return np.repeat(np.arange(len(counts)), counts) if counts else labels

    def look(self) -> Array:
        """Return what the generator makes of the fixed latent vectors."""
        return outputs(self.generator, self.shown)

    def state_dict(self) -> dict[str, Any]:
        """Return the state of the game, its pictures, and the records of a recorder."""
        recorded = {"recorder": self.recorder.state_dict()} if self.recorder else {}
        return {**super().state_dict(), **recorded}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore a state that `state_dict` returned."""
        super().load_state_dict(state)
        if self.recorder and "recorder" in state:  # old checkpoints have no records
            self.recorder.load_state_dict(state["recorder"])

    def metrics(self, log: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the losses, averaged over the last tenth of the log."""
        tail = log[-max(1, len(log) // 10) :]
        classes = self.data.classes if self.data.kind == "images" else ()
        names = [name for name in tail[-1] if name != "update" and all(name in r for r in tail)]
        return {
            "updates": self.number,
            **{name: fmean(record[name] for record in tail) for name in names},
            "averaged_over_updates": tail[-1]["update"] - tail[0]["update"] + 1,
            **({"classes": list(classes)} if classes else {}),
        }


def sample(
    task: GANTask,
    count: int,
    seed: np.random.Generator | int,
    label: int | str | None = None,
) -> Array:
    """Return `count` new samples: images (N, C, H, W) in [-1, 1], or points (N, dimensions).

    In a conditional game they are of the class `label`, by default of all classes. If the classes
    of the data have names, `label` is a name, as 26 for the letters 1..26. Raises RunError for a
    label that the game does not have, and if a sample is not finite.
    """
    labels = None if label is None else np.full(count, class_of(task, label))
    drawn = outputs(task.generator, task.latents(count, seed, labels))
    if not np.isfinite(drawn).all():
        raise RunError("G draws numbers that are not finite, so its weights are of no use")
    return drawn


def class_of(task: GANTask, label: int | str) -> int:
    """Return the number of the class that the user calls `label`.

    If no class has a number as its name, the numbers from 0 on are legal too. Raises RunError if
    there is no such class.
    """
    data = task.data
    if not task.classes or data.kind == "points":
        raise RunError(
            f"label={str(label)!r}: this run has no such class (only a run trained with "
            "conditional=True has classes)"
        )
    numbers = [str(number) for number in range(task.classes)]
    for names in (data.classes, () if _has_number(data.classes) else numbers):
        if str(label) in names:
            return _with_images(task, names.index(str(label)), label)
    legal = ", ".join(data.classes) or f"0..{task.classes - 1}"
    raise RunError(f"label={str(label)!r}: this run has no such class (legal: {legal:.2000})")


def _with_images(task: GANTask, number: int, label: int | str) -> int:
    """Return the number of a class. Raises RunError if G has seen no image of it."""
    seen = np.unique(task.all_labels())
    if number not in seen:
        legal = ", ".join(map(str, seen[:20])) + ", ..." * (len(seen) > 20)
        raise RunError(
            f"label={str(label)!r}: the data have no image of this class, so G has not learned it "
            f"(legal: those of the classes {legal})"
        )
    return number


def _has_number(names: Iterable[str]) -> bool:
    """Return whether one of the names is an integer."""
    return any(name.removeprefix("-").isdecimal() for name in names)
