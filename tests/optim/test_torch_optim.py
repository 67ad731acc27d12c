"""Optimizers and schedulers against PyTorch: 50 steps, and exchanged states.

Some gradients are missing, and the rates change.
"""

# ruff: noqa: C408 - settings are written as the arguments that they are

import numpy as np
import pytest
from optimizer_suite import METRICS, OPTIMIZERS, PLATEAUS, SCHEDULERS

import minigan
from minigan import optim

torch = pytest.importorskip("torch")

SHAPES = [(3, 4), (5,), (), (0, 2), (2, 3, 4, 1), (70, 301)]


class Pair:
    """The same parameters in both libraries, and both optimizers."""

    def __init__(self, name, settings, groups=False):
        self.rng = np.random.default_rng(0)
        arrays = [self.rng.standard_normal(shape) for shape in SHAPES]
        self.ours = [minigan.tensor(array, requires_grad=True) for array in arrays]
        self.theirs = [torch.tensor(array, requires_grad=True) for array in arrays]
        cut = lambda p: [{"params": p[:2]}, {"params": p[2:], "lr": 0.05}] if groups else p
        self.optimizers = [
            getattr(optim, name)(cut(self.ours), **settings),
            getattr(torch.optim, name)(cut(self.theirs), **settings),
        ]

    def step(self, skip=()):
        for i, (x, x_) in enumerate(zip(self.ours, self.theirs, strict=True)):
            g = self.rng.standard_normal(x.shape)
            x.grad, x_.grad = (None, None) if i in skip else (minigan.tensor(g), torch.tensor(g))
        for optimizer in self.optimizers:
            optimizer.step()

    def check(self):
        for x, x_ in zip(self.ours, self.theirs, strict=True):
            np.testing.assert_allclose(
                x.detach().numpy(), x_.detach().numpy(), rtol=1e-12, atol=1e-12
            )


@pytest.mark.parametrize(("name", "settings"), OPTIMIZERS)
def test_fifty_steps(name, settings):
    pair = Pair(name, settings, groups=True)
    for t in range(50):
        pair.step(skip=[i for i in range(4) if (t + i) % 5 == 2])
        if t == 20:
            for optimizer in pair.optimizers:
                optimizer.param_groups[1]["lr"] *= 0.5
    pair.check()
    ours, theirs = (optimizer.state_dict() for optimizer in pair.optimizers)
    assert [group["params"] for group in ours["param_groups"]] == [
        group["params"] for group in theirs["param_groups"]
    ]
    assert set(ours["param_groups"][0]) <= set(theirs["param_groups"][0])
    assert {i: set(state) for i, state in ours["state"].items()} == {
        i: set(s) for i, s in theirs["state"].items()
    }
    for i, state in ours["state"].items():
        for key, value in state.items():
            np.testing.assert_allclose(
                value.numpy(), theirs["state"][i][key].numpy(), rtol=1e-11, atol=1e-13
            )


@pytest.mark.parametrize(("name", "settings"), OPTIMIZERS)
def test_states_are_exchanged(name, settings):
    pair = Pair(name, settings)
    for _ in range(3):
        pair.step(skip=[1])
    ours, theirs = pair.optimizers
    state = theirs.state_dict()
    ours_state = ours.state_dict()
    numbers = {
        i: {k: torch.tensor(v.numpy()) for k, v in s.items()}
        for i, s in ours_state["state"].items()
    }
    theirs.load_state_dict(ours_state | {"state": numbers})
    ours.load_state_dict(state)
    for _ in range(3):
        pair.step(skip=[2])
    pair.check()


@pytest.mark.parametrize("more", [None, ("ExponentialLR", dict(gamma=0.8))])
@pytest.mark.parametrize(("name", "settings"), SCHEDULERS)
def test_schedulers(name, settings, more):
    pair = Pair("SGD", dict(lr=0.2), groups=True)
    chains = []
    for module, optimizer in zip((optim, torch.optim), pair.optimizers, strict=True):
        kinds = [(name, settings), *([more] if more else [])]
        chains.append([getattr(module.lr_scheduler, kind)(optimizer, **how) for kind, how in kinds])
    for _ in range(25):
        pair.step()
        for chain in chains:
            for scheduler in chain:
                scheduler.step()
        assert chains[0][0].get_last_lr() == pytest.approx(chains[1][0].get_last_lr(), rel=1e-10)
        rates = [[group["lr"] for group in optimizer.param_groups] for optimizer in pair.optimizers]
        assert rates[0] == pytest.approx(rates[1], rel=1e-10, abs=1e-15)
    pair.check()


@pytest.mark.parametrize("settings", PLATEAUS)
def test_a_plateau_lowers_the_rate(settings):
    pair = Pair("SGD", dict(lr=0.2), groups=True)
    ours, theirs = (
        module.lr_scheduler.ReduceLROnPlateau(optimizer, **settings)
        for module, optimizer in zip((optim, torch.optim), pair.optimizers, strict=True)
    )
    for metric in (*METRICS, *METRICS):
        ours.step(minigan.tensor(metric, dtype="float64")), theirs.step(metric)
        assert ours.get_last_lr() == pytest.approx(theirs.get_last_lr(), rel=1e-12)
        for name in ("best", "num_bad_epochs", "cooldown_counter", "in_cooldown", "last_epoch"):
            assert getattr(ours, name) == getattr(theirs, name), name
    again = optim.lr_scheduler.ReduceLROnPlateau(pair.optimizers[0], **settings)
    again.load_state_dict(ours.state_dict())
    assert again.state_dict() == ours.state_dict() and again.best == theirs.best
