"""Several ranks compute what one process computes: a step to 1e-12, fifty to 1e-9, in float64."""

from __future__ import annotations

import numpy as np
import pytest
from parallel.trainings import TRAININGS, dcgan, distance, flat, reconstruction, train

from minigan.parallel import distribute, run

QUICK = ("dcgan", "wgan-gp with batch norm", "autoencoder", "ring")  # compared over 50 steps


@pytest.mark.parametrize("name", TRAININGS)
def test_two_and_three_ranks_equal_one(name):
    last = 50 if name in QUICK else 2
    ((losses, states),) = train(TRAININGS[name], 1, (1, last))
    for size in (2, 3) if name not in QUICK else (2,):
        ranks = train(TRAININGS[name], size, (1, last))
        for found_losses, found in ranks:
            assert np.allclose(found_losses, losses, rtol=1e-12, atol=1e-12)
            assert distance(states[1], found[1]) < 1e-12
            assert distance(states[last], found[last]) < (1e-9 if last > 2 else 1e-12)
            assert distance(ranks[0][1][last], found[last]) == 0  # the same bits on every rank


@pytest.mark.parametrize("make", [dcgan, reconstruction])
def test_the_same_ranks_give_the_same_bits(make):
    first, second = (train(make, 3, (3,)) for _ in range(2))
    for (losses, states), (found_losses, found) in zip(first, second, strict=True):
        assert losses == found_losses
        assert distance(states[3], found[3]) == 0


@pytest.mark.parametrize("make", [dcgan, reconstruction])
def test_one_rank_changes_nothing(make):
    training = make()
    before = dict(vars(training))
    ((losses, states),) = run(1, lambda group: states_of(distribute(training, group)))
    assert {k: v for k, v in vars(training).items() if k != "number"} == {
        k: v for k, v in before.items() if k != "number"
    }
    want_losses, want = states_of(make())
    assert losses == want_losses
    assert distance(states, want) == 0


def states_of(training, steps=2):
    """Return the losses of some steps, and the state after them."""
    losses = [getattr(step, "loss_D", None) or step.loss for step in steps_of(training, steps)]
    return losses, flat(training.state_dict())


def steps_of(training, steps):
    return [training.step() for _ in range(steps)]
