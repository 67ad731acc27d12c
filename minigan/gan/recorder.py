"""A flight recorder: what a toy's game is worth, update by update, beside what the minibatch says
it is.

On a line, where G is an affine or a monotone map of a Gaussian, the density of its samples is
known, and so is everything that the theorem speaks of: D's loss on endless data, 2 ln 2 - 2 JSD,
and D's regret, which make

    loss_D = 2 ln 2 - 2 JSD + regret(D)

Three quadratures, each of its own summand, so that the equation can fail. In the plane no density
is known, and what is recorded are counts of samples; a JSD there is that of two histograms, an
estimate.

A record is of the moment before its update: the minibatch's loss is then an unbiased estimate of
the loss recorded. Of several updates of D in one it is that of the last, for a D that has moved
since the record. Nothing is drawn and nothing changed, so the game is the same without it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from math import nan
from typing import Any, ClassVar, Literal

import numpy as np

from minigan import nn, theory
from minigan.autograd import Tensor, no_grad
from minigan.datasets import Mixture
from minigan.functions import tensor
from minigan.gan.game import Game, GameStep
from minigan.gan.generator_density import Array, density_of, jsd_gradient
from minigan.gan.relu_breakpoints import turns
from minigan.metrics import count_modes
from minigan.theory import Distribution, GaussianMixture
from minigan.theory.quadrature import Function
from minigan.theory.summands import LN2

_MOST, _LEAST = 200, 50  # records of a game, about, and updates from one to the next
_LINE, _PLANE, _SHOWN = 241, 40, 500  # numbers across a line, along each side of a plane; samples


@dataclass(frozen=True, eq=False)
class Record:
    """One moment: the number of the update that followed, numbers by name, nan where one has no
    meaning, and arrays.

    Of every game: batch_loss_D, batch_loss_G; samples (N, D).
    Where D judges samples one by one: its output on the grid, its logit in a logistic game.
    On a line: loss, floor = 2 ln 2 - 2 JSD, regret and error, the sum of the errors of the three;
    jsd; angle, in degrees, between G's gradient and that of the JSD, gradient; density of G's
    samples and, beside D's output, best, that of D*, on the grid. In the plane: modes,
    high_quality, jsd_estimate.
    """

    update: int
    numbers: dict[str, float]
    arrays: dict[str, Array]


class Recorder(ABC):
    """Plays a game and keeps `records` of it: at its first update, at every `every`-th after it and
    at its last.

    `grid` is where D is looked at: (K,) numbers, or the (K,) ticks of both sides of a plane.
    """

    grid: Array

    def __init__(self, game: Game, data: Mixture, latents: Tensor, steps: int) -> None:
        self.game, self.data, self.latents, self.steps = game, data, latents[:_SHOWN], steps
        self.every = max(_LEAST, steps // _MOST)
        self.records: list[Record] = []

    @property
    def exact(self) -> bool:
        """Whether the theorem is of this game: D judges samples one by one, and its loss is -V."""
        return self.logistic and self.single

    @property
    def single(self) -> bool:
        """Whether D judges samples one by one, neither several at once nor pairs of sample and
        h.
        """
        return self.game.pack == 1 and self.game.encoder is None

    @property
    def logistic(self) -> bool:
        """Whether D's loss, but for a penalty, is that of the theorem, and its output a logit."""
        return self.game.objective.logistic

    def step(self) -> GameStep:
        """One update of both players, recorded if it is its turn, all weights are finite and G has
        a density.
        """
        number = self.game.number
        seen = (
            self._look()
            if self._is_finite() and (number % self.every == 0 or number == self.steps - 1)
            else None
        )
        step = self.game.step()
        if seen is not None:
            self.records.append(self._record(seen, step))
        return step

    def play(self) -> Iterator[GameStep]:
        """Update after update, until `steps` have been made since the game began."""
        while self.game.number < self.steps:
            yield self.step()

    def state_dict(self) -> dict[str, Any]:
        """The records, each name's numbers and arrays in one."""
        state: dict[str, Any] = {"updates": [record.update for record in self.records]}
        for part in ("numbers", "arrays"):
            parts = [getattr(record, part) for record in self.records]
            state[part] = (
                {name: np.stack([each[name] for each in parts]) for name in parts[0]}
                if parts
                else {}
            )
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on after these records."""
        self.records = [
            Record(
                update,
                {name: float(values[row]) for name, values in state["numbers"].items()},
                {name: values[row] for name, values in state["arrays"].items()},
            )
            for row, update in enumerate(state["updates"])
        ]

    @abstractmethod
    def _look(self) -> Record | None:
        """The moment, as far as it is known before the update; None while G has no density."""

    def _record(self, seen: Record, step: GameStep) -> Record:
        """The moment with what the update has told."""
        told = {"batch_loss_D": step.loss_D, "batch_loss_G": step.loss_G}
        return Record(step.number, told | seen.numbers, seen.arrays)

    def _is_finite(self) -> bool:
        players = (self.game.G, self.game.D)
        return all(
            bool(value.isfinite().all()) for player in players for value in player.parameters()
        )

    @no_grad()
    def _samples(self) -> Array:
        """What G, and not its average, makes of the latent vectors: (N, D)."""
        G = _twin(self.game.G)
        samples: Array = G(self.latents.to("cpu").to(next(iter(G.parameters())).dtype)).numpy()
        return samples

    def _judge(self, dtype: Any) -> Function:
        """D's output, a function of points (N, D) that it judges one by one."""
        D = _twin(self.game.D).to(dtype)

        @no_grad()
        def output(points: Array) -> Array:
            values: Array = D(tensor(points, dtype=dtype)).numpy()
            return values

        return output


class LineRecorder(Recorder):
    """Records a game on a line.

    Raises ValueError if G is neither a Linear nor a monotone map of one number.
    """

    kind: ClassVar[Literal["line"]] = "line"

    def __init__(self, game: Game, data: Mixture, latents: Tensor, steps: int) -> None:
        super().__init__(game, data, latents, steps)
        self.P = GaussianMixture(data.centers[:, 0], data.std, data.weights)
        cuts = self.P.cuts()
        self.grid = (cuts.min() + cuts.max()) / 2 + (cuts.max() - cuts.min()) * np.linspace(
            -0.4, 0.4, _LINE
        )
        density_of(_twin(game.G).double(), game.latent_std)  # refuses what has none

    def _look(self) -> Record | None:
        G, std, judge = _twin(self.game.G).double(), self.game.latent_std, self._judge(np.float64)
        try:
            model = density_of(G, std)
        except ValueError:  # it was monotone once
            return None
        numbers = dict.fromkeys(("loss", "floor", "regret", "error"), nan)
        if self.exact:
            logit, cuts = self._logit(judge, model)
            V, JSD, regret = theory.decompose(logit, self.P, model, cuts=cuts)
            numbers = {"loss": -V.value, "floor": 2 * (LN2 - JSD.value), "regret": regret.value}
            numbers["error"] = V.error + 2 * JSD.error + regret.error
        else:
            JSD = theory.js(self.P, model)
        arrays = {"samples": self._samples(), "density": model.density(self.grid)}
        arrays["gradient"] = jsd_gradient(G, self.P, std)
        if self.single:
            arrays |= {"output": judge(self.grid[:, None]), **self._best(model)}
        return Record(self.game.number, {**numbers, "jsd": JSD.value}, arrays)

    def _record(self, seen: Record, step: GameStep) -> Record:
        record = super()._record(seen, step)
        actual = np.concatenate(
            [g.to("cpu").numpy().ravel() for g in step.gradients_G if g is not None]
        )
        angle = _angle(actual.astype(np.float64), seen.arrays["gradient"])
        return Record(record.update, {**record.numbers, "angle": angle}, record.arrays)

    def _best(self, model: Distribution) -> dict[str, Array]:
        """The output of D* on the grid, if the objective has one."""
        if self.logistic:
            return {"best": theory.optimal_logit(self.P, model)(self.grid)}
        if self.game.objective.optimum is None:
            return {}
        p, q = (np.maximum(of.density(self.grid), 1e-300) for of in (self.P, model))
        return {"best": self.game.objective.optimum.output(p / p.sum(), q / q.sum())}

    def _logit(self, judge: Function, model: Distribution) -> tuple[Function, Array]:
        """D's logit, a function of x, and where it turns, if it is a broken line."""
        cuts = np.concatenate([self.P.cuts(), model.cuts()])
        low, high = cuts.min(), cuts.max()
        beyond = high - low  # 16 standard deviations further out, nothing has mass
        knots = turns(_twin(self.game.D).double(), low - beyond, high + beyond)
        if knots is None:
            return lambda x: judge(x[:, None]), np.empty(0)
        values = judge(knots[:, None])
        return lambda x: np.interp(x, knots, values), knots[(low < knots) & (knots < high)]


class PlaneRecorder(Recorder):
    """Records a game in the plane, by counting samples in the modes of the data."""

    kind: ClassVar[Literal["plane"]] = "plane"

    def __init__(self, game: Game, data: Mixture, latents: Tensor, steps: int) -> None:
        super().__init__(game, data, latents, steps)
        low, high = data.centers.min(), data.centers.max()
        self.grid = (low + high) / 2 + ((high - low) / 2 + 3 * data.std) * np.linspace(
            -1.25, 1.25, _PLANE
        )

    def _look(self) -> Record:
        samples = self._samples()
        arrays = {"samples": samples}
        if self.single:
            points = np.stack(np.meshgrid(self.grid, self.grid), axis=-1).reshape(
                -1, 2
            )  # (y, x, 2) -> (K^2, 2)
            arrays["output"] = self._judge(np.float32)(points).reshape(
                _PLANE, _PLANE
            )  # (K^2,) -> (y, x)
        found = count_modes(samples, self.data)
        numbers = {
            "modes": float(found.modes),
            "high_quality": found.high_quality,
            "jsd_estimate": found.jsd,
        }
        return Record(self.game.number, numbers, arrays)


def recorder_of(
    game: Game, data: Mixture, latents: Tensor, steps: int
) -> LineRecorder | PlaneRecorder:
    """The recorder of a game for points: on a line or in the plane, over `steps` updates in all.

    `latents` (N, latent) are what the recorded samples are made of. Raises ValueError for data of
    more dimensions, and on a line if G is neither a Linear nor a monotone map of one number: then
    its density is not known.
    """
    dimensions = data.shape[0]
    if dimensions == 1:
        return LineRecorder(game, data, latents, steps)
    if dimensions == 2:
        return PlaneRecorder(game, data, latents, steps)
    raise ValueError(
        f"recorder_of: data={data.name!r} are points of {dimensions} numbers (legal: 1 or 2)"
    )


def _twin(model: nn.Module) -> nn.Module:
    """A copy on the CPU that nobody trains."""
    return deepcopy(model).to("cpu").eval().requires_grad_(True)


def _angle(a: Array, b: Array) -> float:
    """In degrees, between two vectors; nan where one is 0."""
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(np.degrees(np.arccos(np.clip(a @ b / lengths, -1, 1)))) if lengths else nan
