"""The same bits: at one and two threads, by every formulation, and after a SIGKILL and --resume,
ten times each.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import count
from minigan import get_num_threads, runs, set_num_threads
from minigan.gan import Game
from minigan.nn import Conv2d, ConvTranspose2d


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--times", type=count, default=10)
    parser.add_argument("--updates", type=count, default=50)


def main(arguments: argparse.Namespace) -> None:
    _threads(arguments.times, arguments.updates)
    _formulations()
    _kills(arguments.times, arguments.updates)


def _game(seed: int, dtype: str = "float32", by: str | None = None, **settings: Any) -> Game:
    task = runs.GANTask(runs.GANConfig(seed=seed, **settings))
    for model in (task.game.G, task.game.D):
        model.to(dtype)
        for layer in model.modules():
            if isinstance(layer, Conv2d | ConvTranspose2d):
                layer.by = by
    return task.game


def _digest(game: Game) -> str:
    weights = hashlib.sha256()
    for model in (game.G, game.D):
        for value in model.state_dict().values():
            weights.update(np.ascontiguousarray(value.numpy()).tobytes())
    return weights.hexdigest()[:16]


def _threads(times: int, updates: int) -> None:
    before = get_num_threads()
    for seed in range(times):
        found = []
        for threads in (1, 2):
            set_num_threads(threads)
            game = _game(seed)
            for _ in game.play(updates):
                pass
            found.append(_digest(game))
        print(
            f"threads: seed {seed}, {updates} updates at 1 and 2 threads: {found[0]} {found[1]}",
            end=" ",
        )
        print("equal" if found[0] == found[1] else "DIFFERENT")
    set_num_threads(before)


def _formulations() -> None:
    from minigan.conv import FORMULATIONS

    weights = {}
    for by in FORMULATIONS:
        game = _game(0, "float64", by, features=2, batch=4, latent=5)
        game.step()
        weights[by] = np.concatenate(
            [p.numpy().ravel() for m in (game.G, game.D) for p in m.parameters()]
        )
    for by, found in weights.items():
        error = np.abs(found - weights["definition"]).max() / np.abs(weights["definition"]).max()
        print(
            f"formulations: one float64 update by {by}: largest difference from definition "
            f"{error:.1e}"
        )


def _kills(times: int, updates: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        train = [sys.executable, "-m", "minigan", "train", "gan", "--features", "8"]
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        whole = Path(folder) / "whole"
        start = time.monotonic()
        subprocess.run([*train, "--steps", str(updates), "--out", str(whole)], check=True, **quiet)
        seconds = time.monotonic() - start
        for turn in range(times):
            run, kills = Path(folder) / f"run-{turn}", 0
            command = [*train, "--steps", str(updates), "--out", str(run)]
            while True:
                process = subprocess.Popen(command, **quiet)
                try:
                    process.wait(random.uniform(0.1, 1.0) * seconds)
                    break
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                    kills += 1
                    if (run / "checkpoint.npz").exists():
                        command = [*train[:5], "--resume", str(run)]
                    elif run.exists():
                        run.rename(run.with_name(f"{run.name}-stillborn-{kills}"))
            a, b = (runs.load(path)[1].game for path in (whole, run))
            print(
                f"kill and resume: turn {turn}, {kills} kills:",
                "equal" if _digest(a) == _digest(b) else "DIFFERENT",
            )
