"""Kill commands while they write: every file is whole, and the next save removes what is left.

Each case starts a command that writes, kills it at a random moment with SIGKILL, and looks at what
is there. A run must load, a picture must open, arrays must be read. Then a save into each folder
must leave no file of a killed process.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from PIL import Image

from minigan import cli, runs, viz
from minigan.files import PREFIX, replacing

_GAN = ["--data", "ring8", "--latent", "2", "--batch", "4"]
_AE = ["--data", "digits8", "--latent", "2", "--features", "2", "--batch", "4"]
COMMANDS = {
    "train gan": ["train", "gan", *_GAN, "--steps", "30", "--out", "new"],
    "train autoencoder": ["train", "autoencoder", *_AE, "--steps", "20", "--out", "new"],
    "train decoders": [
        *("train", "decoders", "untrained", "--data", "digits8", "--steps", "20"),
        *("--repeats", "1", "--out", "new"),
    ],
    "resume": ["train", "gan", "--resume", "gan", "--steps", "{steps}"],
    "sample": ["sample", "gan", "-n", "20000", "--out", "samples.npz"],
    "sample png": ["sample", "gan", "--out", "samples.png"],
    "evaluate": ["evaluate", "gan", "-n", "200"],
    "reconstruct": ["reconstruct", "ae", "--out", "pairs.npz"],
    "interpolate": ["interpolate", "ae", "-n", "2", "--out", "walk.png"],
    "explain": ["explain", "conv", "--transposed", "--out", "film.gif"],
    "theory": ["theory", "--plot", "theory.png"],
}
NEVER = 1e9  # seconds


def prepare(folder: Path) -> None:
    """Train the runs that the commands use; so everything is imported, too."""
    assert viz.samples and viz.draw_run  # they are imported when they are first used
    for name, kind, settings in (("gan", "gan", _GAN), ("ae", "autoencoder", _AE)):
        command = ["train", kind, *settings, "--steps", "5", "--out", name]
        run_command(command, folder, NEVER)


def run_command(words: list[str], folder: Path, seconds: float) -> float:
    """Run a command in a child, and kill it after some seconds; return the time that it took.

    The child is a fork, which need not import anything: so the kill comes while it works or writes.
    """
    steps = 5 + (runs.load(folder / "gan")[1].number if (folder / "gan").exists() else 0)
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        try:
            os.chdir(folder)
            for number in (1, 2):
                os.dup2(os.open(os.devnull, os.O_WRONLY), number)
            cli.main([word.format(steps=steps) for word in words])
        finally:
            os._exit(0)
    while time.monotonic() - started < seconds and os.waitpid(child, os.WNOHANG) == (0, 0):
        time.sleep(0.002)
    with suppress(ProcessLookupError, ChildProcessError):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return time.monotonic() - started


def unreadable(folder: Path) -> list[str]:
    """Return what is not whole: files of users and runs, without those that are unfinished."""
    found = []
    for path in sorted(folder.rglob("*")):
        if any(part.startswith(PREFIX) for part in path.relative_to(folder).parts):
            continue
        try:
            if path.name == "config.json" and '"decoders"' not in path.read_text("utf-8"):
                runs.load(path.parent)
                runs.Run(path.parent).read_log()
            elif path.suffix == ".npz" and path.name != "checkpoint.npz":
                with np.load(path) as arrays:
                    _ = [arrays[name] for name in arrays.files]
            elif path.suffix in (".png", ".gif"):
                with Image.open(path) as picture:
                    picture.seek(getattr(picture, "n_frames", 1) - 1)
                    picture.load()
            elif path.name == "metrics.json":
                runs.Run(path.parent).read_json(path.name)
            elif path.is_dir() and not any(path.iterdir()):
                raise ValueError("the folder is empty")
        except Exception as error:
            found.append(f"{path.relative_to(folder)}: {error}")
    return found


def litter(folder: Path) -> list[str]:
    """Save a file into each folder, and return the unfinished files that are still there."""
    folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    for place in folders:
        if place.exists() and not place.name.startswith(PREFIX):
            with replacing(place / "note.txt") as file:
                file.touch()
            (place / "note.txt").unlink()
    return [path.name for path in folder.rglob("*") if path.name.startswith(PREFIX)]


def kills(folder: Path, count: int, seed: int, names: Sequence[str] = tuple(COMMANDS)) -> list[str]:
    """Kill commands in turn, `count` in all; return a line for each that left something wrong."""
    rng, wrong = random.Random(seed), []
    prepare(folder)
    whole = {name: run_command(COMMANDS[name], _fresh(folder), NEVER) for name in names}
    left = 0
    for number in range(count):
        name = names[number % len(names)]
        # most commands write in the second half of their time
        seconds = whole[name] * rng.choice([rng.uniform(0.1, 1.1), rng.uniform(0.5, 1.0)])
        run_command(COMMANDS[name], _fresh(folder), seconds)
        left += any(path.name.startswith(PREFIX) for path in folder.rglob("*"))
        for what in [*unreadable(folder), *litter(folder)]:
            wrong.append(f"kill {number}, {name} after {seconds:.2f} s: {what}")
            print(wrong[-1], flush=True)
    print(f"{count} kills: {len(wrong)} wrong; {left} had left a file that the next save removed")
    return wrong


def _fresh(folder: Path) -> Path:
    """Return the folder without the results of the commands before."""
    for path in folder.iterdir():
        if path.name not in ("gan", "ae"):
            if path.is_dir():
                runs.Run(path).remove()
            else:
                os.unlink(path)
    return folder


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)


def main(arguments: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(1 if kills(Path(folder), arguments.count, arguments.seed) else 0)
