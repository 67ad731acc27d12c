"""What a run is told: one frozen record per kind of run, written to config.json and read back by
--resume.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Self

import numpy as np

from minigan.backend import to_device
from minigan.gan import OBJECTIVES, Objective
from minigan.runs.directory import RunError

_HUGE = 1e30  # float32 ends at 3.4e38


def _flag(name: str) -> str:
    """A setting as the command line names it."""
    return "--" + name.replace("_", "-")


@dataclass(frozen=True)
class Config:
    """What every run is told."""

    data: str = "mnist5k"
    latent: int = 64
    steps: int = 2000
    batch: int = 32
    lr: float = 2e-3
    seed: int = 0
    device: str = "cpu"

    kind = "run"

    def __post_init__(self) -> None:
        for field in fields(self):
            value, wanted = getattr(self, field.name), type(field.default)
            fits = isinstance(value, (int, float) if wanted is float else wanted)
            if not fits or isinstance(value, bool) != (wanted is bool):
                raise RunError(f"{_flag(field.name)} {value!r}: must be of type {wanted.__name__}")
        for name, least in (("latent", 1), ("steps", 1), ("batch", 2), ("seed", 0)):
            if getattr(self, name) < least:
                raise RunError(f"--{name} {getattr(self, name)}: must be at least {least}")
        self._positive("lr")
        try:
            to_device(np.zeros(1), self.device)
        except (ValueError, RuntimeError) as error:
            raise RunError(f"--device {self.device}: {error}") from error

    def _positive(self, name: str) -> None:
        value = getattr(self, name)
        if not 0 < value < _HUGE:
            raise RunError(f"{_flag(name)} {value}: must be a number > 0 and < {_HUGE:g}")

    def as_json(self) -> dict[str, Any]:
        """The settings as JSON keeps them, with the kind of run."""
        return {"kind": self.kind, **asdict(self)}

    @classmethod
    def from_json(cls, settings: Any) -> Self:
        """The settings that `as_json` returned. RunError for those of another kind or version."""
        if not isinstance(settings, dict) or settings.get("kind") != cls.kind:
            found = settings.get("kind") if isinstance(settings, dict) else settings
            raise RunError(f"config.json is of kind {found!r} where {cls.kind!r} is wanted")
        names = {field.name for field in fields(cls)}
        given = {name: value for name, value in settings.items() if name != "kind"}
        if set(given) != names:
            raise RunError(
                f"config.json has other settings than this version: {sorted(set(given) ^ names)}"
            )
        return cls(**given)


@dataclass(frozen=True)
class GANConfig(Config):
    """A GAN: what is drawn from N(0, latent_std^2), what the players minimise, how wide they are,
    what D is shown.

    `critic_steps`, `penalty` and `clip` go with the objective, 0 where it has none: `follow` knows
    them.
    """

    lr_d: float = 5e-4
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

    kind = "gan"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._positive("lr_d")
        self._positive("latent_std")
        if self.objective not in OBJECTIVES:
            raise RunError(
                f"--objective {self.objective}: is not one (legal: {', '.join(OBJECTIVES)})"
            )
        if not 0 <= self.decay < 1:
            raise RunError(f"--decay {self.decay}: must be in [0, 1)")
        for name in ("features", "critic_steps", "pack"):
            if getattr(self, name) < 1:
                raise RunError(f"{_flag(name)} {getattr(self, name)}: must be at least 1")
        if self.batch % self.pack:
            raise RunError(f"--pack {self.pack}: must divide --batch {self.batch}")
        self._agree(OBJECTIVES[self.objective])

    def _agree(self, objective: Objective) -> None:
        """Refuse what the objective cannot be told."""
        for name, has in (("penalty", objective.penalty), ("clip", objective.clip)):
            if has is not None:
                self._positive(name)
            elif getattr(self, name):
                able = ", ".join(
                    other.name for other in OBJECTIVES.values() if getattr(other, name) is not None
                )
                raise RunError(
                    f"--{name} {getattr(self, name)}: {objective.name} has no {name} (legal with "
                    f"{able})"
                )
        if self.spectral_norm and objective.clip is not None:
            raise RunError(
                f"--spectral-norm: rescales the weights that {objective.name} clips; choose one "
                "of them"
            )
        if self.bigan and objective.penalty is not None:
            raise RunError(
                f"--bigan: D judges pairs, and the penalty of {objective.name} is on images or "
                "points alone"
            )

    @property
    def game(self) -> Objective:
        """The objective, with its settings."""
        return OBJECTIVES[self.objective].tuned(
            self.critic_steps, self.penalty or None, self.clip or None
        )

    @staticmethod
    def follow(given: dict[str, Any]) -> dict[str, Any]:
        """The settings that go with the objective given; none if there is no such objective."""
        objective = OBJECTIVES.get(given.get("objective", GANConfig.objective))
        if objective is None:
            return {}
        held = given.get("spectral_norm") or (
            objective.penalty is not None and objective.critic_steps == 1
        )
        return {
            **(
                {"lr_d": GANConfig.lr} if held else {}
            ),  # a D that is held back needs no slower rate
            "critic_steps": objective.critic_steps,
            "penalty": 0.0 if objective.penalty is None else objective.penalty.weight,
            "clip": objective.clip or 0.0,
        }


@dataclass(frozen=True)
class AutoencoderConfig(Config):
    """An auto-encoder: how many numbers h has, how wide it is, and which variant of it."""

    latent: int = 30
    steps: int = 2400
    batch: int = 64
    lr: float = 4e-3
    features: int = 24
    hidden: int = 0
    tied: bool = False
    denoise: float = 0.0
    variational: float = 0.0

    kind = "autoencoder"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.features < 1:
            raise RunError(f"--features {self.features}: must be at least 1")
        if self.hidden < 0 or self.hidden == 1:
            raise RunError(f"--hidden {self.hidden}: must be 0, or at least 2")
        for name in ("denoise", "variational"):
            if not 0 <= getattr(self, name) < _HUGE:
                raise RunError(
                    f"--{name} {getattr(self, name)}: must be a number >= 0 and < {_HUGE:g}"
                )


@dataclass(frozen=True)
class DecodersConfig(Config):
    """A study of an encoder, layer by layer: whose encoder it is, and how its decoders are
    trained.
    """

    latent: int = 30
    steps: int = 600
    batch: int = 64
    lr: float = 1e-2
    encoder: str = "classifier"
    repeats: int = 3

    kind = "decoders"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.repeats < 1:
            raise RunError(f"--repeats {self.repeats}: must be at least 1")
