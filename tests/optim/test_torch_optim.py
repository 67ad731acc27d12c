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


CHAINS = [
    lambda m, o: m.SequentialLR(
        o,
        [m.ConstantLR(o, 0.1, 9), m.ExponentialLR(o, 0.9), m.StepLR(o, 2, 0.5)],
        milestones=[4, 9],
    ),
    lambda m, o: m.SequentialLR(
        o, [m.LinearLR(o, 0.1, total_iters=5), m.CosineAnnealingLR(o, 9)], milestones=[5]
    ),
    lambda m, o: m.SequentialLR(
        o,
        [m.PolynomialLR(o, 8, 2.0), m.MultiplicativeLR(o, lambda e: 0.5 + e), m.LinearLR(o)],
        milestones=[3, 6],
    ),
    lambda m, o: m.SequentialLR(
        o, [m.LambdaLR(o, lambda e: 2 - e / 9), m.MultiStepLR(o, [2, 3])], milestones=[0]
    ),
    lambda m, o: m.SequentialLR(
        o,
        [
            m.SequentialLR(o, [m.ConstantLR(o), m.ExponentialLR(o, 0.5)], milestones=[2]),
            m.StepLR(o, 3),
        ],
        milestones=[6],
    ),
    lambda m, o: m.OneCycleLR(o, 1.0, 30),
    lambda m, o: m.OneCycleLR(o, [1.0, 3.0], epochs=7, steps_per_epoch=4, three_phase=True),
    lambda m, o: m.OneCycleLR(
        o, 0.5, 27, pct_start=0.2, anneal_strategy="linear", base_momentum=[0.1, 0.2],
        max_momentum=0.7, div_factor=3.0, final_div_factor=10.0,
    ),
    lambda m, o: m.OneCycleLR(o, 0.5, 25, cycle_momentum=False, pct_start=0.9),
]  # fmt: skip


@pytest.mark.parametrize("kind", ["SGD", "Adam"])
@pytest.mark.parametrize("make", CHAINS)
@pytest.mark.filterwarnings("ignore:.*lr_scheduler.step:UserWarning")
def test_schedules_of_schedules_and_of_momentum(make, kind):
    settings = dict(lr=0.2, momentum=0.3) if kind == "SGD" else dict(lr=0.2, betas=(0.4, 0.9))
    pair = Pair(kind, settings, groups=True)
    chains = [
        make(module.lr_scheduler, optimizer)
        for module, optimizer in zip((optim, torch.optim), pair.optimizers, strict=True)
    ]
    keys = ("lr", "initial_lr", "momentum", "betas", "max_lr", "min_lr", "max_momentum")
    for step in range(25):
        pair.step()
        for chain in chains:
            chain.step()
        if step == 11:  # both go on from their states
            for chain in chains:
                chain.load_state_dict(chain.state_dict())
        ours, theirs = (
            [{k: group[k] for k in keys if k in group} for group in optimizer.param_groups]
            for optimizer in pair.optimizers
        )
        assert [group.keys() for group in ours] == [group.keys() for group in theirs]
        for a, b in zip(ours, theirs, strict=True):
            for key in a:
                np.testing.assert_allclose(a[key], b[key], rtol=1e-10, atol=1e-15)
        assert chains[0].get_last_lr() == pytest.approx(chains[1].get_last_lr(), rel=1e-10)
        assert chains[0].last_epoch == chains[1].last_epoch
    pair.check()


@pytest.mark.parametrize("first", ["ConstantLR", "LinearLR"])
def test_the_initial_rate_is_that_of_the_first_scheduler(first):
    pair = Pair("SGD", dict(lr=0.2))
    chains = [
        (getattr(m.lr_scheduler, first)(o), m.lr_scheduler.CosineAnnealingLR(o, 9))
        for m, o in zip((optim, torch.optim), pair.optimizers, strict=True)
    ]
    assert chains[0][1].base_lrs == chains[1][1].base_lrs == [0.2]
