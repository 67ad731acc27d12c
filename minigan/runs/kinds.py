"""The kinds of run, by name."""

from __future__ import annotations

from typing import Any, NamedTuple

from minigan.runs.autoencoder import AutoencoderTask
from minigan.runs.config import AutoencoderConfig, Config, GANConfig
from minigan.runs.gan import GANTask


class Kind(NamedTuple):
    """A kind of run: the class of its config, and the class of the task made from a config."""

    config: type[Config]
    task: type[Any]


KINDS = {"gan": Kind(GANConfig, GANTask), "autoencoder": Kind(AutoencoderConfig, AutoencoderTask)}
