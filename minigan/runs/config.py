"""The settings of each kind of run, and all defaults.

A config is written to config.json when a run begins, and read back when the run is loaded. This is
the only file that states a default: the value of a field, or an entry of `depends`, where a
default follows other settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from minigan.backend import to_device
from minigan.datasets.catalogue import TOYS
from minigan.gan import OBJECTIVES, Objective
from minigan.runs.settings import Case, Chosen, Settings

POINTS = tuple(TOYS)  # the names of data that are points, not images


@dataclass(frozen=True)
class Config(Settings):
    """The settings that every run has."""

    data: str = "mnist5k"
    latent: int = 64
    steps: int = 2000
    batch: int = 32
    lr: float = 2e-3
    seed: int = 0
    device: str = "cpu"

    kind: ClassVar[str] = "run"
    least: ClassVar[dict[str, int]] = {"latent": 1, "steps": 1, "batch": 2, "seed": 0}
    positive: ClassVar[tuple[str, ...]] = ("lr",)

    def __post_init__(self) -> None:
        super().__post_init__()
        try:
            to_device(np.zeros(1), self.device)
        except (ValueError, RuntimeError) as error:
            raise self.refusal(str(error)) from error


def _of_objective(objective: Objective) -> Case:
    """Return the defaults that follow an objective; they are 0 where it has no such setting."""
    penalty = objective.penalty
    settings = {
        "critic_steps": objective.critic_steps,
        "penalty": 0.0 if penalty is None else penalty.weight,
        "clip": objective.clip or 0.0,
    }
    if penalty is not None and objective.critic_steps == 1:
        settings["lr_d"] = Config.lr  # the penalty slows D down, so D needs no lower rate

    def holds(chosen: Chosen) -> bool:
        return bool(chosen.get("objective", GANConfig.objective) == objective.name)

    return Case(f"with {objective.name}", holds, settings)


# points are learned by perceptrons; on a line, G is affine
_PLANE = {"latent": 256, "batch": 256, "steps": 10_000, "lr": 1e-3, "lr_d": 1e-3, "decay": 0.0}
_LINE = {**_PLANE, "latent": 1, "steps": 4000, "lr": 2e-3, "lr_d": 2e-3}
_PLANES = tuple(name for name in POINTS if name != "gaussian")


@dataclass(frozen=True)
class GANConfig(Config):
    """The settings of a GAN.

    G receives h ~ N(0, latent_std^2). `critic_steps`, `penalty` and `clip` belong to the objective,
    and are 0 where it has no penalty or no clip. `features` is the width of the convolutions.
    """

    lr_d: float = 5e-4  # lower than lr, so that D does not learn faster than G
    objective: str = "non-saturating"
    critic_steps: int = 1
    penalty: float = 0.0
    clip: float = 0.0
    latent_std: float = 1.0
    features: int = 24
    decay: float = 0.99
    spectral_norm: bool = False
    no_norm: bool = False
    pack: int = 1
    conditional: bool = False
    bigan: bool = False

    kind: ClassVar[Literal["gan"]] = "gan"
    least: ClassVar[dict[str, int]] = {**Config.least, "features": 1, "critic_steps": 1, "pack": 1}
    positive: ClassVar[tuple[str, ...]] = ("lr", "lr_d", "latent_std")
    depends: ClassVar[tuple[Case, ...]] = (
        *map(_of_objective, OBJECTIVES.values()),
        Case("with `spectral_norm`", lambda c: bool(c.get("spectral_norm")), {"lr_d": Config.lr}),
        Case(f"for {' and '.join(_PLANES)}", lambda c: c.get("data") in _PLANES, _PLANE),
        Case("for gaussian", lambda c: c.get("data") == "gaussian", _LINE),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.objective not in OBJECTIVES:
            legal = ", ".join(OBJECTIVES)
            raise self.refusal(f"objective={self.objective!r} is not an objective (legal: {legal})")
        if not self.decay < 1:
            raise self.refusal(f"decay={self.decay} must be in [0, 1)")
        if self.batch % self.pack:
            raise self.refusal(f"pack={self.pack} must divide batch={self.batch}")
        self._require_agreement(OBJECTIVES[self.objective])

    def _require_agreement(self, objective: Objective) -> None:
        """Raise RunError for settings that the objective does not have, or cannot have."""
        for name, has in (("penalty", objective.penalty), ("clip", objective.clip)):
            value = getattr(self, name)
            if has is not None and value == 0:
                raise self.refusal(f"{name}={value} must be greater than 0")
            if has is None and value != 0:
                able = [o.name for o in OBJECTIVES.values() if getattr(o, name) is not None]
                raise self.refusal(
                    f"{name}={value}: {objective.name} has no {name} (legal with {', '.join(able)})"
                )
        if self.spectral_norm and objective.clip is not None:
            raise self.refusal(
                f"spectral_norm=True rescales the weights that {objective.name} clips; choose one "
                "of the two"
            )
        if self.bigan and objective.penalty is not None:
            raise self.refusal(
                f"bigan=True: D judges pairs, but the penalty of {objective.name} is defined for "
                "images or points alone"
            )

    @property
    def game(self) -> Objective:
        """The objective, with the settings of this run."""
        return OBJECTIVES[self.objective].tuned(
            self.critic_steps, self.penalty or None, self.clip or None
        )


def _is_digits8(chosen: Chosen) -> bool:
    return bool(chosen.get("data") == "digits8")


def _has_few(chosen: Chosen) -> bool:
    latent = chosen.get("latent", AutoencoderConfig.latent)
    return isinstance(latent, int) and latent <= 8


@dataclass(frozen=True)
class AutoencoderConfig(Config):
    """The settings of an auto-encoder.

    h has `latent` numbers. `hidden` is the width of a fully connected layer before h, 0 for none.
    `denoise` is the standard deviation of the input noise; `variational` is the weight beta of the
    divergence from N(0, I), 0 for an auto-encoder that is not variational.
    """

    latent: int = 30
    steps: int = 2400
    batch: int = 64
    lr: float = 4e-3
    features: int = 24
    hidden: int = 0
    tied: bool = False
    denoise: float = 0.0
    variational: float = 0.0

    kind: ClassVar[Literal["autoencoder"]] = "autoencoder"
    least: ClassVar[dict[str, int]] = {**Config.least, "features": 1, "hidden": 0}
    usual_beta: ClassVar[float] = 0.1  # the weight, where the user chooses `variational` alone
    # these lower the held-out error: a little noise where images are few, and hidden layers where
    # h has few numbers
    depends: ClassVar[tuple[Case, ...]] = (
        Case(
            "for digits8",
            _is_digits8,
            {"steps": 3000, "lr": 5e-3, "features": 16, "denoise": 0.05},
        ),
        Case("if h has at most 8 numbers", _has_few, {"hidden": 256}),
        Case(
            "for digits8 if h has at most 8 numbers",
            lambda chosen: _is_digits8(chosen) and _has_few(chosen),
            {"denoise": 0.1},
        ),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.hidden == 1:
            raise self.refusal(f"hidden={self.hidden} must be 0, or at least 2")


@dataclass(frozen=True)
class DecodersConfig(Config):
    """The settings of a study of an encoder, layer by layer: the encoder, and its decoders.

    `encoder` is the path of a run or the name of a built-in encoder; `repeats` is the number of
    sets of decoders.
    """

    latent: int = 30
    steps: int = 600
    batch: int = 64
    lr: float = 1e-2
    encoder: str = "classifier"
    repeats: int = 3

    kind: ClassVar[Literal["decoders"]] = "decoders"
    least: ClassVar[dict[str, int]] = {**Config.least, "repeats": 1}
