"""A Game or a Reconstruction as one rank's share of the same training.

A batch of N samples is cut into shares of N_r samples. Every loss here is a mean over samples, so
that of the whole batch is L = sum_r w_r L_r with w_r = N_r / N. Each rank differentiates its own
term w_r L_r, and the optimizers add the gradients (Goyal et al. 2017, section 3, remark 3). The
weight stands at the loss, once; all the rest are plain sums, for derivatives of every order and for
shares of different sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

import numpy as np

from minigan import nn
from minigan.autoencoder import Reconstruction, ReconstructionStep
from minigan.autograd import Tensor
from minigan.backend import Seed
from minigan.datasets import generator_state, set_generator_state
from minigan.gan import Game, GameStep, Objective, Penalty
from minigan.parallel.batchnorm import synchronized
from minigan.parallel.group import Group, ParallelError
from minigan.parallel.optimizer import SummedOptimizer
from minigan.parallel.shares import Share, SharedGenerator

T = TypeVar("T")
R = TypeVar("R", GameStep, ReconstructionStep)
PerSample = Callable[[Tensor], Tensor]


def distribute(training: T, group: Group) -> T:
    """Return the training, changed in place into this rank's share of it.

    All ranks must call it with the same kind of training: the same models, batch size and options.
    They continue from the state of rank 0: its weights, buffers, optimizers, random generators and
    order of data. From then on each step computes this rank's share of the batch, and adds the
    gradients over the ranks; batch norm uses the moments of the whole batch. The losses of a step
    are those of the whole batch. `state_dict` is that of one process, the same on every rank, so
    any number of ranks can continue from it. With one rank nothing changes.

    Raises ParallelError, on every rank, if the trainings differ. Raises ValueError if a batch has
    fewer samples (or packs) than there are ranks, or if the training is distributed already. Raises
    TypeError if it is neither a Game nor a Reconstruction, or if it has a batch norm of a derived
    class.

    >>> from minigan import datasets, optim
    >>> from minigan.parallel import run
    >>> def losses(group):
    ...     model = nn.Sequential(nn.Flatten(), nn.Linear(64, 64, generator=0))
    ...     batches = datasets.digits8().batches(50, 1, low=0, high=1)
    ...     model.append(nn.Unflatten(1, (1, 8, 8)))
    ...     training = Reconstruction(model, batches, optim.SGD(model.parameters(), 0.1))
    ...     return [round(step.loss, 5) for step in distribute(training, group).run(3)]
    >>> alone, (first, second) = run(1, losses), run(2, losses)
    >>> first == second == alone[0]
    True
    """
    if not isinstance(training, Game | Reconstruction):
        raise TypeError(
            f"distribute: training must be a Game or a Reconstruction, not "
            f"{type(training).__name__}"
        )
    if group.size == 1:
        return training
    if isinstance(training.batches, Share):
        raise ValueError("distribute: this training is distributed already")
    models = _models(training)
    _require_equal(training, models, group)
    state = group.broadcast(training.state_dict() if group.rank == 0 else None)
    if group.rank:
        training.load_state_dict(state)
    share = Share(training.batches, group, getattr(training, "pack", 1))
    for model in models.values():
        synchronized(model, group)
        _share_generators(model, share)
    training.batches = share
    training.generator = SharedGenerator(training.generator, share)
    if isinstance(training, Game):
        _share_game(training, share)
    else:
        _share_reconstruction(training, share)
    return training


def _share_game(game: Any, share: Share) -> None:
    """Let a game compute its share of the losses, and add gradients and losses over the ranks."""
    game.optimizer_G = SummedOptimizer(game.optimizer_G, share.group)
    game.optimizer_D = SummedOptimizer(game.optimizer_D, share.group)
    game.step = partial(_game_step, game)


def _game_step(game: Any) -> GameStep:
    """Update D and G from this rank's share of a batch; return the record of the whole batch."""
    share, objective = game.batches, game.objective
    game.objective = weighted(objective, share)
    try:
        record: GameStep = type(game).step(game)
    finally:
        game.objective = objective
    return _summed(record, share.group, "loss_D", "loss_G", "penalty")


def _share_reconstruction(training: Any, share: Share) -> None:
    """Let a reconstruction compute its share of the loss, and add gradients and loss."""
    training.optimizer = SummedOptimizer(training.optimizer, share.group)
    training.step = partial(_reconstruction_step, training)


def _reconstruction_step(training: Any) -> ReconstructionStep:
    """Update the model from this rank's share of a batch; return the record of the whole batch."""
    share, loss = training.batches, training.loss
    training.loss = lambda x: share.weight * loss(x)
    try:
        record: ReconstructionStep = type(training).step(training)
    finally:
        training.loss = loss
    return _summed(record, share.group, "loss")


def _summed(record: R, group: Group, *names: str) -> R:
    """Return the record of a step with the sums over the ranks of the numbers of these names."""
    (sums,) = group.all_sum(np.array([getattr(record, name) for name in names]))
    return replace(record, **dict(zip(names, sums.tolist(), strict=True)))


# ------------------------------------------------------------------------------ a share of the loss


def weighted(objective: Objective, share: Share) -> Objective:
    """Return the objective whose losses and penalty are multiplied by the weight of the share."""

    def times(loss: PerSample) -> PerSample:
        return lambda output: share.weight * loss(output)

    penalty = objective.penalty
    return replace(
        objective,
        real=times(objective.real),
        fake=times(objective.fake),
        fool=times(objective.fool),
        hide=None if objective.hide is None else times(objective.hide),
        penalty=None if penalty is None else WeightedPenalty(penalty.weight, penalty, share),
    )


@dataclass(frozen=True)
class WeightedPenalty(Penalty):
    """Another penalty, multiplied by the weight of a share. `weight` is that of the penalty."""

    penalty: Any = None
    share: Any = None

    def __call__(self, D: Any, real: Tensor, fake: Tensor, generator: Seed = None) -> Tensor:
        """Return this rank's term of the penalty; real and fake are (N_r, ...)."""
        term: Tensor = self.share.weight * self.penalty(D, real, fake, generator)
        return term


# ------------------------------------------------------------------------------------- equal ranks


def _models(training: Any) -> dict[str, nn.Module]:
    """Return the models that are trained, by name."""
    names = ("G", "D", "encoder", "model")
    return {name: model for name in names if (model := getattr(training, name, None)) is not None}


def _share_generators(model: nn.Module, share: Share) -> None:
    """Let the modules that draw, such as dropout, draw for their samples; start as on rank 0."""
    found = [
        (module, name, value)
        for module in model.modules()
        for name, value in vars(module).items()
        if isinstance(value, np.random.Generator)
    ]
    states = share.group.broadcast([generator_state(value) for _, _, value in found])
    for (module, name, generator), state in zip(found, states, strict=True):
        set_generator_state(generator, state)
        setattr(module, name, SharedGenerator(generator, share))


def _require_equal(training: Any, models: dict[str, nn.Module], group: Group) -> None:
    """Raise ParallelError, on every rank, unless all ranks have the same kind of training."""
    mine = dict(_description(training, models))
    everyone = group.gather(mine)
    for rank, other in enumerate(everyone):
        for name in {**everyone[0], **other}:
            first, second = everyone[0].get(name, "nothing"), other.get(name, "nothing")
            if first != second:
                raise ParallelError(
                    f"distribute: {name} is {second} on rank {rank}, and {first} on rank 0; all "
                    "ranks need the same models, batch size and options"
                )


def _description(training: Any, models: dict[str, nn.Module]) -> Iterator[tuple[str, str]]:
    """Yield names and texts of everything that must be the same on all ranks."""
    yield "the training", type(training).__name__
    yield "the version of NumPy", np.__version__
    for name in ("size", "count", "drop_last"):
        yield f"batches.{name}", str(getattr(training.batches, name, None))
    for name in ("latent", "latent_std", "classes", "pack", "denoise", "beta"):
        yield name, str(getattr(training, name, None))
    objective = getattr(training, "objective", None)
    for name in ("name", "penalty", "clip", "critic_steps"):
        yield f"objective.{name}", str(getattr(objective, name, None))
    for name in ("optimizer", "optimizer_G", "optimizer_D"):
        optimizer = getattr(training, name, None)
        sizes = [len(group["params"]) for group in getattr(optimizer, "param_groups", ())]
        yield name, f"{type(optimizer).__name__} of {sizes} parameters"
    for name, model in models.items():
        for path, module in model.named_modules():
            yield f"{name}.{path}".rstrip("."), f"{type(module).__name__}({module.extra_repr()})"
        for key, value in model.state_dict().items():
            yield f"{name}.{key}", f"of shape {value.shape} and dtype {value.dtype}"
