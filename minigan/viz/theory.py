"""The theorem as a picture: two games, the best discriminator of each, and one that has learned
from samples alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from minigan import no_grad, optim, tensor
from minigan.backend import Seed, as_generator
from minigan.gan import minimax
from minigan.models import MLPDiscriminator
from minigan.theory import GAMES, Game, Loss, population
from minigan.theory.quadrature import Function
from minigan.viz.canvas import BLUE, GREEN, INK, VERMILION, WHITE, Path_, save_png

Array = np.ndarray[Any, Any]
# the game, its words, D's hidden layers (none where D* is logistic) and learning rate, the part of
# the line to draw
_PANELS = (
    ("far", "P = N(0, 1), G = N(2, 1)", (), 0.1, (-4.0, 6.0)),
    ("modes", "two modes, G(h) = h + h³/5", (32, 32), 0.03, (-6.0, 6.0)),
)


def train_discriminator(
    game: Game, hidden: tuple[int, ...] = (), lr: float = 0.1, steps: int = 300, generator: Seed = 0
) -> Function:
    """The logit, a function of x, of a D that has learned the game from fresh samples, 2048 of P
    and of G each step.

    D is a perceptron with these hidden layers, or linear; Adam on -V(D, G), its rate falling from
    lr to 0.
    """
    start, real, fake = as_generator(generator).spawn(3)
    D = MLPDiscriminator(1, hidden, generator=start).double()
    optimizer = optim.Adam(D.parameters(), lr)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        x, y = game.P.sample(2048, real), game.G.sample(2048, fake)
        loss = minimax.discriminator(D(tensor(x[:, None])), D(tensor(y[:, None])))  # (N,) -> (N, 1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()

    def logit(x: Array) -> Array:
        with no_grad():
            values: Array = D(tensor(x[:, None])).numpy()
        return values

    return logit


def theory_figure(path: Path_, generator: Seed = 0) -> list[Loss]:
    """Write D*, a trained D and both densities for two games; returns the losses of the trained
    ones, taken apart.
    """
    games = {game.name: game for game in GAMES}
    drawn = Figure(figsize=(11, 6.6), dpi=150, layout="constrained", facecolor=WHITE)
    FigureCanvasAgg(drawn)
    columns = np.array(drawn.subplots(2, 2, sharex="col", sharey="row")).T
    losses = []
    for column, (name, words, hidden, lr, span) in zip(columns, _PANELS, strict=True):
        game = games[name]
        logit = train_discriminator(game, hidden, lr, generator=generator)
        loss = Loss.of(
            logit, game.P, game.G, name, "perceptron" if hidden else "linear", "trained on samples"
        )
        losses.append(loss)
        _draw(column, game, logit, np.linspace(*span, 801))
        column[0].set_title(f"{words}\n{_sum(loss)}", fontsize=11.5, color=INK, loc="left")
    columns[0, 0].set_ylabel("D(x), how sure that x is data", fontsize=11, color=INK)
    columns[0, 1].set_ylabel("density", fontsize=11, color=INK)
    for axes in columns[0]:
        axes.legend(frameon=False, fontsize=10)
    save_png(drawn, path)
    return losses


def _sum(loss: Loss) -> str:
    return f"loss {loss.loss:.4f} = (2 ln 2 − 2 JSD) {loss.floor:.4f} + regret {loss.regret:.4f}"


def _draw(column: Array, game: Game, logit: Function, x: Array) -> None:
    """D* and D above, the densities below."""
    above, below = column
    best = population.optimal_logit(game.P, game.G)(x)
    above.axhline(0.5, color="#E5E5E5", lw=0.8)
    above.plot(
        x, 1 / (1 + np.exp(-logit(x))), color=GREEN, lw=3, alpha=0.75, label="D, trained on samples"
    )
    above.plot(
        x, 1 / (1 + np.exp(-best)), color=INK, lw=1.5, ls=(0, (4, 3)), label="D* = p/(p + g)"
    )
    above.set_ylim(-0.03, 1.03)
    for part, color, label in ((game.P, BLUE, "p, the data"), (game.G, VERMILION, "g, the model")):
        below.fill_between(x, part.density(x), color=color, alpha=0.25, lw=0)
        below.plot(x, part.density(x), color=color, lw=1.8, label=label)
    below.set_ylim(bottom=0)
    below.set_xlabel("x", fontsize=11, color=INK)
    for axes in column:
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=10, colors=INK)
        axes.margins(x=0)
