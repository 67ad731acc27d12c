"""What a run is told: one frozen record per kind of run, written to config.json and read back by --resume."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Self

import numpy as np

from minigan.backend import to_device
from minigan.gan import OBJECTIVES
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
            if not isinstance(value, wanted) and not (wanted is float and isinstance(value, int)):
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
            raise RunError(f"config.json has other settings than this version: {sorted(set(given) ^ names)}")
        return cls(**given)


@dataclass(frozen=True)
class GANConfig(Config):
    """A GAN: what is drawn from N(0, latent_std^2), what the players minimise, how wide they are."""

    lr_d: float = 5e-4
    objective: str = "non-saturating"
    latent_std: float = 1.0
    features: int = 24
    decay: float = 0.99

    kind = "gan"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._positive("lr_d")
        self._positive("latent_std")
        if self.objective not in OBJECTIVES:
            raise RunError(f"--objective {self.objective}: is not one (legal: {', '.join(OBJECTIVES)})")
        if not 0 <= self.decay < 1:
            raise RunError(f"--decay {self.decay}: must be in [0, 1)")
        if self.features < 1:
            raise RunError(f"--features {self.features}: must be at least 1")


@dataclass(frozen=True)
class AutoencoderConfig(Config):
    """An auto-encoder: how many numbers h has, how wide it is."""

    latent: int = 30
    steps: int = 1200
    batch: int = 128
    lr: float = 4e-3
    features: int = 16

    kind = "autoencoder"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.features < 1:
            raise RunError(f"--features {self.features}: must be at least 1")
