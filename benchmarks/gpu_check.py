"""The op suite and one DCGAN update on a real GPU through CuPy, compared with NumPy number by
number; and its speed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from typing import Any

import numpy as np

from benchmarks import count
from minigan import Tensor, grad, runs
from minigan.check.examples import EXAMPLES, Example


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--updates", type=count, default=50, help="to time")


def main(arguments: argparse.Namespace) -> None:
    try:
        Tensor(0.0).to(arguments.device)
    except RuntimeError as error:
        sys.exit(f"nothing was run: {error}")
    worst = 0.0
    for example in EXAMPLES:
        off = max(map(difference, outcome(example, "cpu"), outcome(example, arguments.device)))
        worst = max(worst, off)
        print(f"{example.op!r:60.60} {off:9.1e}")
    print(
        f"{len(EXAMPLES)} ops, value and gradients, float64: largest relative difference from "
        f"NumPy {worst:.1e}"
    )
    updates(arguments)


def outcome(example: Example, device: str) -> list[np.ndarray[Any, Any]]:
    """The value of an op and its gradients for a cotangent that is the same everywhere."""
    inputs = [None if x is None else Tensor(x, device=device) for x in example.inputs]
    floats = [x.requires_grad_() for x in inputs if x is not None and x.is_floating_point()]
    y = (example.function or example.op)(*inputs)
    u = Tensor(np.random.default_rng(0).standard_normal(y.shape), device=device, dtype=y.dtype)
    gradients = grad(y, floats, u, allow_unused=True) if y.requires_grad else ()
    return [part.numpy() for part in (y.detach(), *gradients) if part is not None]


def difference(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> float:
    """The largest difference relative to the largest number; infinite for other shapes."""
    if a.shape != b.shape:
        return float("inf")
    return float(
        np.abs(a.astype(float) - b).max(initial=0)
        / max(1e-300, np.abs(a.astype(float)).max(initial=0))
    )


def updates(arguments: argparse.Namespace) -> None:
    """One update of the DCGAN on both devices from the same weights, then many, timed."""
    games = [
        runs.GANTask(runs.GANConfig(device=device)).game for device in ("cpu", arguments.device)
    ]
    steps = [game.step() for game in games]
    losses = [
        abs(getattr(steps[0], name) - getattr(steps[1], name)) for name in ("loss_D", "loss_G")
    ]
    weights = max(map(difference, *([p.numpy() for p in step.G.parameters()] for step in steps)))
    print(
        f"one DCGAN update, float32: losses differ by {max(losses):.1e}, weights of G by "
        f"{weights:.1e}"
    )
    for game, device in zip(games, ("cpu", arguments.device), strict=True):
        times = []
        for _ in range(arguments.updates):
            start = time.perf_counter()
            game.step()  # reads its losses, so the device has finished
            times.append(time.perf_counter() - start)
        print(f"{device}: {1e3 * statistics.median(times):.1f} ms an update")
