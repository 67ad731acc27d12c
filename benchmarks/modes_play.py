"""The runs of `modes`: the protocol that all methods share, what each method plays for, one run."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.modes_report import Record
from minigan import nn, optim
from minigan.datasets import Mixture, grid, mixture, ring
from minigan.files import replacing
from minigan.gan import OBJECTIVES, Game, Objective
from minigan.metrics import count_modes
from minigan.models import MLPDiscriminator, MLPGenerator, outputs
from minigan.threads import one_blas_thread, set_num_threads

PROTOCOL: dict[str, Any] = {
    "latent": 256,
    "hidden": [128, 128],  # tanh with gains in G, ReLU in D
    "batch": 256,
    "rates": {
        "ring8": [3e-3, 9e-3],
        "grid25": [4e-3, 4e-3],
    },  # of G and D; they fall to 0 over the second half
    "betas": [0.5, 0.99],
    "falls": [
        0.2,
        0.8,
    ],  # shares of the run between which a penalty that falls goes to its last weight
    "samples": 2500,
    "radius": 3.0,  # standard deviations round a centre that are of high quality
}
DATA = {"ring8": ring, "grid25": grid}


@dataclass(frozen=True)
class Method:
    """What a row of the table plays for: an objective, the weight of its penalty, and how D sees
    samples.

    A penalty may fall, geometrically, to a last weight. A row may have rates of its own, `pace`
    times those of all.
    """

    objective: str
    penalty: float | None = None
    last: dict[str, float] | None = None  # by the name of the data
    pack: int = 1
    spectral_norm: bool = False
    pace: float = 1.0

    def at(self, share: float, data: str) -> Objective:
        """The objective after this share of a run on these data."""
        weight = self.penalty
        if self.penalty and self.last:
            begins, ends = PROTOCOL["falls"]
            fallen = min(1.0, max(0.0, (share - begins) / (ends - begins)))
            weight = self.penalty * (self.last[data] / self.penalty) ** fallen
        return OBJECTIVES[self.objective].tuned(critic_steps=1, penalty=weight)


METHODS = {
    "GAN": Method("non-saturating"),
    "PacGAN2": Method("non-saturating", pack=2),
    "PacGAN4": Method("non-saturating", pack=4),
    "WGAN-GP": Method("wgan-gp", penalty=0.1),
    "SN-hinge": Method("hinge", spectral_norm=True),
    "R1": Method("r1", penalty=1e-3, last={"ring8": 1e-5, "grid25": 1e-4}),
    "GAN, slow": Method("non-saturating", pace=0.25),
}


class Job(NamedTuple):
    """One run of the table."""

    method: str
    data: str
    seed: int
    steps: int

    @property
    def settings(self) -> dict[str, Any]:
        """Everything that the run depends on, besides the code."""
        return {
            **self._asdict(),
            **PROTOCOL,
            "rates": PROTOCOL["rates"][self.data],
            "plays": asdict(METHODS[self.method]),
        }

    def file(self, folder: Path) -> Path:
        """Where its record is, or will be."""
        method = self.method.replace(", ", "-").replace(" ", "-")
        return folder / f"{self.data}-{method}-{self.seed}.json"

    def record(self, folder: Path) -> Record | None:
        """What it found; None if it is still to be made, or was made with other settings."""
        if not (file := self.file(folder)).exists():
            return None
        record: Record = json.loads(file.read_text(encoding="utf-8"))
        return record if record["settings"] == self.settings else None

    def keep(self, folder: Path, record: Record) -> None:
        """Write its record."""
        with replacing(self.file(folder)) as file:
            file.write_text(json.dumps(record) + "\n", encoding="utf-8")


def played(job: Job) -> Record:
    """The record of a run, in a process of its own."""
    set_num_threads(1)
    with one_blas_thread:
        return play(job)


def play(job: Job) -> Record:
    """Train, sample, count: the record of a run."""
    start, order, noise, shown = np.random.default_rng(job.seed).spawn(4)
    method, data = METHODS[job.method], in_a_square(DATA[job.data]())
    game = game_of(job, data, start, order, noise)
    schedules = [
        optim.lr_scheduler.LambdaLR(optimizer, lambda number: min(1.0, 2 - 2 * number / job.steps))
        for optimizer in (game.optimizer_G, game.optimizer_D)
    ]
    began = time.perf_counter()
    for step in game.play(job.steps):
        game.objective = method.at(step.number / job.steps, job.data)
        for schedule in schedules:
            schedule.step()
    seconds = time.perf_counter() - began
    samples = outputs(game.G, game.noise(PROTOCOL["samples"], shown))
    found = asdict(count_modes(samples, data, PROTOCOL["radius"]))
    return {
        "settings": job.settings,
        "seconds": round(seconds, 1),
        **found,
        "counts": found["counts"].tolist(),
    }


def in_a_square(data: Mixture) -> Mixture:
    """The same data in a unit of length in which the centres just fit into [-1, 1]; modes are
    counted as before.
    """
    unit = float(np.abs(data.centers).max())
    return mixture(data.centers / unit, data.std / unit, data.weights, data.name)


def game_of(
    job: Job,
    data: Mixture,
    start: np.random.Generator,
    order: np.random.Generator,
    noise: np.random.Generator,
) -> Game:
    """The game of a method; all draw the first weights of G, and of a D of the same size, alike."""
    method, latent, hidden, (dimensions,) = (
        METHODS[job.method],
        PROTOCOL["latent"],
        PROTOCOL["hidden"],
        data.shape,
    )
    G = MLPGenerator(latent, dimensions, hidden, nn.Tanh, gains=True, generator=start)
    D = MLPDiscriminator(method.pack * dimensions, hidden, generator=start)
    if method.spectral_norm:
        for layer in list(D.modules()):
            if isinstance(layer, nn.Linear):
                nn.spectral_norm(layer, generator=start)
    optimizers = [
        optim.Adam(model.parameters(), method.pace * rate, tuple(PROTOCOL["betas"]))
        for model, rate in zip((G, D), PROTOCOL["rates"][job.data], strict=True)
    ]
    return Game(
        G,
        D,
        data.batches(PROTOCOL["batch"], order),
        *optimizers,
        latent=latent,
        objective=method.at(0.0, job.data),
        pack=method.pack,
        generator=noise,
    )
