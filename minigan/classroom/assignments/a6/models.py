"""The training step of A6 with its misconceptions, and the networks that it is tried on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from minigan.classroom.model import Flags
from minigan.nn import functional as F

# Beside a submission and here: three steps on small networks in float64.
DRIVER = """
import minigan
import numpy as np
from minigan import nn, optim

def players(seed, optimizer, rate):
    rng = np.random.default_rng(seed)
    G = nn.Sequential(nn.Linear(3, 5, generator=rng), nn.Tanh(), nn.Linear(5, 2, generator=rng))
    D = nn.Sequential(nn.Linear(2, 6, generator=rng), nn.LeakyReLU(0.2),
                      nn.Linear(6, 1, generator=rng), nn.Flatten(0))
    make = {"sgd": optim.SGD, "adam": optim.Adam}[optimizer]
    for model in (G, D):
        model.double()
        for p in model.parameters():
            p.data = minigan.tensor(2.0 * p.numpy())
    return G, D, make(G.parameters(), lr=rate), make(D.parameters(), lr=rate)

def run(submission, ask, seed, optimizer, rate):
    G, D, optimizer_G, optimizer_D = players(seed, optimizer, rate)
    rng = np.random.default_rng(seed + 1)
    losses = []
    for _ in range(3):
        real = minigan.tensor(rng.normal(size=(6, 2)) + 1.0)
        h = minigan.tensor(rng.normal(size=(6, 3)))
        loss_D, loss_G = submission.train_step(G, D, optimizer_G, optimizer_D, real, h)
        losses += [loss_D, loss_G]
    return [losses, *[p.numpy().copy() for m in (G, D) for p in m.parameters()]]
"""


def step(
    G: Any, D: Any, optimizer_G: Any, optimizer_D: Any, real: Any, h: Any, **flags: Any
) -> Any:
    """Make a training step.

    Flags: `detach` (False: D's loss reaches G), `clear` ("start": gradients are cleared before D's
    step only, "both", "none"), `labels` ("D", "both": swapped), `sigmoid` (applied to the logits),
    `moves` ("G": G's optimizer steps with D's, "D": D's steps with G's).
    """
    s = (lambda a: F.sigmoid(a)) if flags.get("sigmoid") else (lambda a: a)
    sign = -1 if flags.get("labels") in ("D", "both") else 1
    clear, detach = flags.get("clear", "each"), flags.get("detach", True)
    if clear in ("start", "both"):
        optimizer_G.zero_grad()
    fake = G(h)
    judged = D(fake.detach() if detach else fake)
    loss_D = F.softplus(-sign * s(D(real))).mean() + F.softplus(sign * s(judged)).mean()
    if clear != "none":
        optimizer_D.zero_grad()
    loss_D.backward()
    optimizer_D.step()
    if flags.get("moves") == "G":
        optimizer_G.step()
        fake = G(h)
    if not detach and flags.get("moves") != "G":
        fake = G(h)
    sign = -1 if flags.get("labels") == "both" else 1
    if clear in ("each", "both"):
        optimizer_G.zero_grad()
    if flags.get("moves") == "D":
        optimizer_D.zero_grad()
    loss_G = F.softplus(-sign * s(D(fake))).mean()
    loss_G.backward()
    optimizer_G.step()
    if flags.get("moves") == "D":
        optimizer_D.step()
    return loss_D.item(), loss_G.item()


def train(seed: int, optimizer: str, rate: float, **flags: Any) -> list[Any]:
    """Return the losses and parameters of three steps."""
    names: dict[str, Any] = {}
    exec(DRIVER, names)

    def stepped(*players: Any) -> Any:
        return step(*players, **flags)

    found: list[Any] = names["run"](
        SimpleNamespace(train_step=stepped), None, seed, optimizer, rate
    )
    return found


STEP: dict[str, list[Flags]] = {
    "no-detach": [{"detach": False, "clear": "start"}],
    "labels-swapped": [{"labels": "D"}, {"labels": "both"}],
    "sigmoid-twice": [{"sigmoid": True}],
    "moves-both-players": [{"detach": False, "moves": "G", "clear": "start"},
                           {"detach": False, "moves": "G"},
                           {"detach": False, "moves": "G", "clear": "both"}, {"moves": "D"}],
    "gradients-not-cleared": [{"clear": "none"}, {"clear": "none", "detach": False}],
}  # fmt: skip
