"""A flight recorder: the exact loss, JSD and regret of a toy game, beside the minibatch losses.

On a line G is an affine or a monotone map of a Gaussian, so the density of its samples is known.
Then the three quantities of the theorem can be computed, each by a quadrature of its own:

    loss of D = 2 ln 2 - 2 JSD + regret(D)

In the plane no density is known. There the samples in each mode are counted, and the counts give a
lower bound of the JSD, which may be far below it.

A record belongs to the moment before an update. So the loss on the minibatch of that update is an
unbiased estimate of the recorded loss. (If D makes several updates in a step, the minibatch loss is
that of the last one, for a D that has changed since the record.) The recorder draws no random
numbers and changes nothing, so the game is the same without it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from copy import deepcopy
from math import nan
from typing import Any, ClassVar, Literal

import numpy as np

from minigan import nn, theory
from minigan.autograd import Tensor, no_grad
from minigan.datasets import Mixture
from minigan.functions import tensor
from minigan.gan.game import Game, GameStep
from minigan.gan.generator_density import Array, density_of, jsd_gradient
from minigan.gan.records import Record, stacked, unstacked
from minigan.gan.relu_breakpoints import breakpoints_of
from minigan.metrics import JSDBound, count_modes
from minigan.theory import Distribution, GaussianMixture
from minigan.theory.quadrature import Function
from minigan.theory.summands import LN2

_RECORDS, _EVERY = 200, 50  # at most about so many records, and at least so many updates apart
_LINE, _PLANE, _SHOWN = 241, 40, 500  # points of the grid: on a line, along a side; samples


class Recorder(ABC):
    """Plays a game and keeps `records`: of the first update, every `every`-th one, and the last.

    D is evaluated on the `grid`: (K,) numbers on a line, or the (K,) coordinates of both axes of a
    plane.
    """

    grid: Array
    numbers: ClassVar[tuple[str, ...]]  # the names of the numbers in a record, beside the losses

    def __init__(self, game: Game, data: Mixture, latents: Tensor, steps: int) -> None:
        self.game, self.data, self.latents, self.steps = game, data, latents[:_SHOWN], steps
        self.every = max(_EVERY, steps // _RECORDS)
        self.records: list[Record] = []

    @property
    def exact(self) -> bool:
        """Whether the theorem holds for this game: it is logistic, and D judges single samples."""
        return self.logistic and self.single

    @property
    def single(self) -> bool:
        """Whether D judges single samples, not packs of samples and not pairs of sample and h."""
        return self.game.pack == 1 and self.game.encoder is None

    @property
    def logistic(self) -> bool:
        """Whether the output of D is a logit, and its loss, without a penalty, is -V(D, G)."""
        return self.game.objective.logistic

    def step(self) -> GameStep:
        """Make one update of D and G, and record it if it is due.

        Nothing is recorded if a weight is not finite, or if G has no density.
        """
        number = self.game.number
        due = number % self.every == 0 or number == self.steps - 1
        before = self._look() if due and self._is_finite() else None
        step = self.game.step()
        if before is not None:
            self.records.append(self._record(before, step))
        return step

    def play(self) -> Iterator[GameStep]:
        """Yield step after step, until `steps` have been made since the start of the game."""
        while self.game.number < self.steps:
            yield self.step()

    def state_dict(self) -> dict[str, Any]:
        """Return the records, with one array for each name."""
        return stacked(self.records)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from records that `state_dict` returned.

        Raises ValueError if they are not records of such a game.
        """
        self.records = unstacked(
            state, ("batch_loss_D", "batch_loss_G", *self.numbers), self.shapes
        )

    @property
    @abstractmethod
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the arrays in a record, by name."""

    @abstractmethod
    def _look(self) -> Record | None:
        """Return the record as far as it is known before the update; None if G has no density."""

    def _record(self, before: Record, step: GameStep) -> Record:
        """Return the record, completed by the losses of the update."""
        losses = {"batch_loss_D": step.loss_D, "batch_loss_G": step.loss_G}
        return Record(step.number, losses | before.numbers, before.arrays)

    def _is_finite(self) -> bool:
        """Return whether all weights of G and D are finite."""
        weights = [*self.game.G.parameters(), *self.game.D.parameters()]
        return all(bool(weight.isfinite().all()) for weight in weights)

    @no_grad()
    def _samples(self) -> Array:
        """Return the samples (N, D) of G, not of its average, for the fixed latent vectors."""
        G = _copy(self.game.G)
        samples: Array = G(self.latents.to("cpu").to(next(iter(G.parameters())).dtype)).numpy()
        return samples

    def _discriminator(self, dtype: Any) -> Function:
        """Return D as a function from points (N, D) to outputs (N,)."""
        D = _copy(self.game.D).to(dtype)

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
    numbers: ClassVar[tuple[str, ...]] = ("loss", "floor", "regret", "error", "jsd", "angle")

    def __init__(self, game: Game, data: Mixture, latents: Tensor, steps: int) -> None:
        super().__init__(game, data, latents, steps)
        self.P = GaussianMixture(data.centers[:, 0], data.std, data.weights)
        cuts = self.P.cuts()
        self.grid = (cuts.min() + cuts.max()) / 2 + (cuts.max() - cuts.min()) * np.linspace(
            -0.4, 0.4, _LINE
        )
        density_of(_copy(game.G).double(), game.latent_std)  # raises if G has no density

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the arrays in a record, by name."""
        weights = sum(weight.numel() for weight in self.game.G.parameters())
        found = {"samples": (len(self.latents), 1), "density": (_LINE,), "gradient": (weights,)}
        if self.single:
            found["output"] = (_LINE,)
            if self.logistic or self.game.objective.optimum is not None:
                found["best"] = (_LINE,)
        return found

    def _look(self) -> Record | None:
        G, std = _copy(self.game.G).double(), self.game.latent_std
        D = self._discriminator("float64")
        try:
            model = density_of(G, std)
        except ValueError:  # G is no longer monotone
            return None
        numbers = dict.fromkeys(("loss", "floor", "regret", "error"), nan)
        if self.exact:
            logit, cuts = self._logit(D, model)
            V, JSD, regret = theory.decompose(logit, self.P, model, cuts=cuts)
            numbers = {"loss": -V.value, "floor": 2 * (LN2 - JSD.value), "regret": regret.value}
            numbers["error"] = V.error + 2 * JSD.error + regret.error
        else:
            JSD = theory.js(self.P, model)
        arrays = {"samples": self._samples(), "density": model.density(self.grid)}
        arrays["gradient"] = jsd_gradient(G, self.P, std)
        if self.single:
            arrays |= {"output": D(self.grid[:, None]), **self._best(model)}
        return Record(self.game.number, {**numbers, "jsd": JSD.value}, arrays)

    def _record(self, before: Record, step: GameStep) -> Record:
        record = super()._record(before, step)
        gradient = np.concatenate(
            [g.to("cpu").numpy().ravel() for g in step.gradients_G if g is not None]
        )
        angle = _angle(gradient.astype(np.float64), before.arrays["gradient"])
        return Record(record.update, {**record.numbers, "angle": angle}, record.arrays)

    def _best(self, model: Distribution) -> dict[str, Array]:
        """Return the output of D* on the grid, if it is known for this objective."""
        if self.logistic:
            return {"best": theory.optimal_logit(self.P, model)(self.grid)}
        if self.game.objective.optimum is None:
            return {}
        p, q = (np.maximum(each.density(self.grid), 1e-300) for each in (self.P, model))
        return {"best": self.game.objective.optimum.output(p / p.sum(), q / q.sum())}

    def _logit(self, D: Function, model: Distribution) -> tuple[Function, Array]:
        """Return the logit of D as a function of x, and its breakpoints, if there are any."""
        cuts = np.concatenate([self.P.cuts(), model.cuts()])
        low, high = cuts.min(), cuts.max()
        margin = high - low  # beyond it, at least 16 standard deviations out, the density is 0
        knots = breakpoints_of(_copy(self.game.D).double(), low - margin, high + margin)
        if knots is None:
            return lambda x: D(x[:, None]), np.empty(0)
        values = D(knots[:, None])
        return lambda x: np.interp(x, knots, values), knots[(low < knots) & (knots < high)]


class PlaneRecorder(Recorder):
    """Records a game in the plane, by counting the samples in each mode of the data."""

    kind: ClassVar[Literal["plane"]] = "plane"
    numbers: ClassVar[tuple[str, ...]] = ("modes", "high_quality", "jsd_bound")

    def __init__(self, game: Game, data: Mixture, latents: Tensor, steps: int) -> None:
        super().__init__(game, data, latents, steps)
        self._jsd_bound = JSDBound(data)
        low, high = data.centers.min(), data.centers.max()
        self.grid = (low + high) / 2 + ((high - low) / 2 + 3 * data.std) * np.linspace(
            -1.25, 1.25, _PLANE
        )

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the arrays in a record, by name."""
        output = {"output": (_PLANE, _PLANE)} if self.single else {}
        return {"samples": (len(self.latents), 2), **output}

    def _look(self) -> Record:
        samples = self._samples()
        arrays = {"samples": samples}
        if self.single:
            grid = np.stack(np.meshgrid(self.grid, self.grid), axis=-1)  # (y, x, 2)
            output = self._discriminator("float32")(grid.reshape(-1, 2))  # (y, x, 2) -> (K^2, 2)
            arrays["output"] = output.reshape(_PLANE, _PLANE)  # (K^2,) -> (y, x)
        found = count_modes(samples, self.data)
        numbers = {
            "modes": float(found.modes),
            "high_quality": found.high_quality,
            "jsd_bound": self._jsd_bound(samples),
        }
        return Record(self.game.number, numbers, arrays)


def recorder_of(
    game: Game, data: Mixture, latents: Tensor, steps: int
) -> LineRecorder | PlaneRecorder:
    """Return the recorder of a game for points on a line or in the plane, of `steps` updates.

    The recorded samples are made from `latents` (N, latent). Raises ValueError for data of more
    than two dimensions, and on a line if G is neither a Linear nor a monotone map of one number,
    because then its density is not known.

    >>> from minigan import datasets, optim
    >>> data, G = datasets.gaussian(), nn.Linear(1, 1, generator=0)
    >>> D = nn.Sequential(nn.Linear(1, 1, generator=1), nn.Flatten(0))
    >>> optimizers = optim.Adam(G.parameters()), optim.Adam(D.parameters())
    >>> game = Game(G, D, data.batches(8, 2), *optimizers, latent=1, generator=3)
    >>> recorder = recorder_of(game, data, game.noise(5, 4), steps=1)
    >>> _ = list(recorder.play())
    >>> numbers = recorder.records[0].numbers
    >>> abs(numbers["loss"] - numbers["floor"] - numbers["regret"]) < 1e-9
    True
    """
    dimensions = data.shape[0]
    if dimensions == 1:
        return LineRecorder(game, data, latents, steps)
    if dimensions == 2:
        return PlaneRecorder(game, data, latents, steps)
    raise ValueError(
        f"recorder_of: data={data.name!r} are points of {dimensions} numbers (legal: 1 or 2)"
    )


def _copy(model: nn.Module) -> nn.Module:
    """Return a copy of a model on the CPU, in evaluation mode."""
    return deepcopy(model).to("cpu").eval().requires_grad_(True)


def _angle(a: Array, b: Array) -> float:
    """Return the angle between two vectors in degrees; nan if one is 0."""
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(np.degrees(np.arccos(np.clip(a @ b / lengths, -1, 1)))) if lengths else nan
