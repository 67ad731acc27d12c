"""The ring and the grid of the PacGAN paper by its own protocol: large nets, 400,000 updates,
packed or not.

Data, nets, first weights, optimizer, rates and samples are the paper's, and the same for every
pack, which widens D's first layer alone; a batch is counted in what D judges, packs, as in the
authors' code. Their players move at once and their packs are made once; here D moves first, as in
every game of this package, and packs are made anew in each epoch.

A run keeps its whole state and its records in one file every 5,000 updates and goes on from there,
bit for bit, whatever killed it: what it has reached by then is a record, with its number of
updates. The records are also JSON lines beside it. (Lin et al. 2018, "PacGAN: The power of two
samples in generative adversarial networks", section 4.1.)
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks import count
from benchmarks.modes_report import PUBLISHED, Record, cell, figures, line
from minigan import nn, optim
from minigan.autograd import Tensor
from minigan.datasets import Batches, Mixture, grid, ring
from minigan.files import replacing
from minigan.gan import Game
from minigan.metrics import count_modes
from minigan.models import outputs
from minigan.runs.checkpoint import load, save
from minigan.threads import one_blas_thread, set_num_threads

PROTOCOL: dict[str, Any] = {
    "points": 100_000,  # of the data, drawn once
    "latent": 2,
    "hidden_G": [400, 400, 400, 400],
    "hidden_D": [200, 200, 200],
    "pieces": 5,
    "std": 0.02,  # of the first weights; biases start at 0
    "batch": 100,  # packs
    "rate": 1e-4,
    "betas": [0.8, 0.999],
    "samples": 2500,
    "radius": 3.0,  # standard deviations round a centre that are of high quality
}
DATA = {"ring8": ring(radius=1, std=0.01), "grid25": grid(spacing=2, std=0.05)}
EVERY = 5000  # updates between two records
PACE = 300  # updates after which a run says how long it will take


class Maxout(nn.Module):
    """The largest of some linear maps, number by number: (N, in_features) -> (N, out_features).

    (Goodfellow et al. 2013, "Maxout networks", equation 1.)
    """

    def __init__(self, in_features: int, out_features: int, pieces: int) -> None:
        super().__init__()
        self.linear, self.pieces = nn.Linear(in_features, pieces * out_features), pieces

    def forward(self, input: Tensor) -> Tensor:
        maps = self.linear(input)
        # (N, P K) -> (N, P, K): NumPy takes the largest over P among rows 14 times as fast as among
        # columns
        largest: Tensor = maps.reshape(len(maps), self.pieces, -1).amax(1)
        return largest


class Job(NamedTuple):
    """One run."""

    data: str
    pack: int
    seed: int

    def __str__(self) -> str:
        return f"{self.data} pack {self.pack} seed {self.seed}"

    @property
    def settings(self) -> dict[str, Any]:
        """Everything that the run depends on, besides the code."""
        return {**self._asdict(), **PROTOCOL}

    def file(self, folder: Path) -> Path:
        """Where its state is, or will be."""
        return folder / f"{self.data}-pack{self.pack}-seed{self.seed}.npz"

    def kept(self, folder: Path) -> dict[str, Any] | None:
        """Its game's state and its records so far; None before the first.

        ValueError if they are of other settings.
        """
        if not (file := self.file(folder)).exists():
            return None
        kept: dict[str, Any] = load(file)
        if kept["settings"] != self.settings:
            raise ValueError(
                f"{file} was made with other settings: move it away, or choose another --out"
            )
        return kept


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", choices=DATA, default="grid25", help="default: grid25")
    parser.add_argument(
        "--pack", type=count, nargs="+", default=[1, 2], metavar="M", help="default: 1 2"
    )
    parser.add_argument("--seed", type=int, default=0, help="default: 0")
    parser.add_argument(
        "--steps", type=count, default=400_000, help="updates of each player (default: 400000)"
    )
    parser.add_argument(
        "--at-once",
        type=count,
        default=2,
        help="runs side by side, of one thread each (default: 2)",
    )
    parser.add_argument(
        "--out", type=Path, default=Path("runs/pacgan"), help="for states and records"
    )


def main(arguments: argparse.Namespace) -> None:
    folder: Path = arguments.out
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [Job(arguments.data, pack, arguments.seed) for pack in dict.fromkeys(arguments.pack)]
    with ThreadPoolExecutor(arguments.at_once) as pool:
        failed = sum(pool.map(lambda job: elsewhere(job, arguments.steps, folder), jobs))
    records = [kept["records"][-1] for job in jobs if (kept := job.kept(folder))]
    print(f"\n{table(arguments.data, records)}")
    if failed:
        sys.exit(f"{failed} runs failed: see above; the same command goes on with them")


def elsewhere(job: Job, steps: int, folder: Path) -> bool:
    """Play in a process of its own, so that one that dies takes no other along; whether it
    failed.
    """
    command = [sys.executable, "-m", "benchmarks.pacgan", *map(str, job), str(steps), str(folder)]
    return subprocess.run(command, check=False).returncode != 0


def play(job: Job, steps: int, folder: Path) -> Iterator[Record]:
    """Go on until `steps` updates have been made in all: the records on the way, each kept before
    it is yielded.
    """
    game, h = game_of(job)
    kept = job.kept(folder) or {"settings": job.settings, "records": []}
    records: list[Record] = kept["records"]
    if records:
        game.load_state_dict(kept["game"])
    spent = records[-1]["seconds"] if records else 0.0
    start, began = game.number, time.perf_counter()
    for step in game.play(steps):
        seconds = time.perf_counter() - began
        if step.number == start + PACE:
            hours = seconds / PACE * (steps - step.number) / 3600
            print(
                f"{job}: from {start:,}, {PACE / seconds:.1f} updates a second, {hours:.1f} hours "
                "to go",
                flush=True,
            )
        if step.number % EVERY == 0 or step.number == steps:
            found = asdict(count_modes(outputs(game.G, h), DATA[job.data], PROTOCOL["radius"]))
            about = {"pack": job.pack, "steps": step.number, "seconds": round(spent + seconds, 1)}
            records.append({**about, **found, "counts": found["counts"].tolist()})
            with replacing(job.file(folder).with_suffix(".jsonl")) as file:
                file.write_text(
                    "".join(json.dumps(record) + "\n" for record in records), encoding="utf-8"
                )
            save(job.file(folder), {**kept, "game": game.state_dict()})
            yield records[-1]


def game_of(job: Job) -> tuple[Game, Tensor]:
    """The game before its first update, and the h whose samples are counted, the same at all
    times.
    """
    points, start, order, noise, shown = np.random.default_rng(job.seed).spawn(5)
    data = DATA[job.data]
    G, D = generator(data, start), discriminator(data, job.pack, start)
    game = Game(
        G,
        D,
        Batches(
            data.sample(PROTOCOL["points"], points),
            size=job.pack * PROTOCOL["batch"],
            generator=order,
        ),
        *(
            optim.Adam(model.parameters(), PROTOCOL["rate"], tuple(PROTOCOL["betas"]))
            for model in (G, D)
        ),
        latent=PROTOCOL["latent"],
        pack=job.pack,
        generator=noise,
    )
    return game, game.noise(PROTOCOL["samples"], shown)


def generator(data: Mixture, rng: np.random.Generator) -> nn.Module:
    """h (N, latent) -> points (N, D)."""
    widths = [PROTOCOL["latent"], *PROTOCOL["hidden_G"]]
    layers: list[nn.Module] = []
    for before, after in pairwise(widths):
        layers += [
            nn.Linear(before, after, bias=False),
            nn.BatchNorm1d(after),
            nn.ReLU(),
        ]  # the norm has one
    return started(nn.Sequential(*layers, nn.Linear(widths[-1], data.shape[0])), rng)


def discriminator(data: Mixture, pack: int, rng: np.random.Generator) -> nn.Module:
    """Packs (N, pack D) -> logits (N, 1)."""
    widths = [pack * data.shape[0], *PROTOCOL["hidden_D"]]
    layers = [Maxout(before, after, PROTOCOL["pieces"]) for before, after in pairwise(widths)]
    return started(nn.Sequential(*layers, nn.Linear(widths[-1], 1)), rng)


def started(model: nn.Module, rng: np.random.Generator) -> nn.Module:
    """The model with the protocol's first weights; those of batch norm are ones."""
    for layer in model.modules():
        if isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, std=PROTOCOL["std"], generator=rng)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return model


def table(data: str, records: list[Record]) -> str:
    """A table in Markdown: each run at its last record, and the rows published by the same
    paper.
    """
    head = [data, "updates", "modes", "HQ %", "std / sigma", "reverse KL"]
    rows = [
        [f"pack {record['pack']}", f"{record['steps']:,}", *_cells(*figures(record))]
        for record in records
    ]
    for name in (name for name in PUBLISHED if "Pac" in name):
        modes, high_quality, *rest = PUBLISHED[name][data]
        rows.append(
            [f"*{name}*", "400,000", *_cells(modes, high_quality, None, rest[0] if rest else None)]
        )
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows))


def _cells(*values: float | None) -> list[str]:
    digits = (".1f", ".1f", ".2f", ".3f")
    return [cell([] if x is None else [x], each) for x, each in zip(values, digits, strict=True)]


def _child() -> None:
    """The far end of `elsewhere`."""
    data, pack, seed, steps, folder = sys.argv[1:]
    job = Job(data, int(pack), int(seed))
    set_num_threads(1)
    with one_blas_thread:
        for record in play(job, int(steps), Path(folder)):
            print(f"{job}: {record['steps']:,} updates, {line(record)}", flush=True)


if __name__ == "__main__":
    _child()
