"""Optimizers and schedulers against PyTorch: 50 steps, and exchanged states.

Some gradients are missing, and the rates change.
"""

# ruff: noqa: C408 - settings are written as the arguments that they are

import numpy as np
import pytest

import minigan
from minigan import optim

torch = pytest.importorskip("torch")

SHAPES = [(3, 4), (5,), (), (0, 2), (2, 3, 4, 1), (70, 301)]

OPTIMIZERS = [
    ("SGD", dict()),
    ("SGD", dict(lr=0.1, momentum=0.9)),
    ("SGD", dict(lr=0.1, momentum=0.9, dampening=0.3, weight_decay=0.1)),
    ("SGD", dict(lr=0.1, momentum=0.9, nesterov=True, maximize=True)),
    ("Adam", dict()),
    ("Adam", dict(lr=2e-4, betas=(0.5, 0.999))),
    ("Adam", dict(lr=0.1, betas=(0.0, 0.9), eps=1e-3)),
    ("Adam", dict(lr=0.1, weight_decay=0.1, amsgrad=True, maximize=True)),
    ("AdamW", dict(lr=0.1)),
    ("AdamW", dict(lr=0.1, weight_decay=0.3, amsgrad=True)),
    ("RMSprop", dict(lr=0.1)),
    ("RMSprop", dict(lr=0.1, alpha=0.5, centered=True, momentum=0.9, weight_decay=0.1)),
    ("RMSprop", dict(centered=True, maximize=True)),
    ("Adagrad", dict(lr=0.1)),
    ("Adagrad", dict(lr=0.1, lr_decay=0.2, weight_decay=0.1, initial_accumulator_value=0.5)),
    ("Adagrad", dict(eps=0.1, maximize=True)),
    ("Adadelta", dict()),
    ("Adadelta", dict(lr=0.3, rho=0.5, eps=1e-2, weight_decay=0.2)),
    ("Adadelta", dict(rho=0.0, maximize=True)),
]


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


SCHEDULERS = [
    ("StepLR", dict(step_size=3, gamma=0.5)),
    ("MultiStepLR", dict(milestones=[2, 5, 5], gamma=0.5)),
    ("ExponentialLR", dict(gamma=0.9)),
    ("LinearLR", dict(start_factor=0.25, end_factor=0.75, total_iters=4)),
    ("LinearLR", dict()),
    ("CosineAnnealingLR", dict(T_max=7, eta_min=0.01)),
    ("CosineAnnealingLR", dict(T_max=1)),
    ("LambdaLR", dict(lr_lambda=lambda epoch: 1 / (epoch + 1))),
    ("ConstantLR", dict(factor=0.25, total_iters=4)),
    ("PolynomialLR", dict(total_iters=9, power=0.5)),
    ("MultiplicativeLR", dict(lr_lambda=lambda epoch: 0.9)),
    ("LambdaLR", dict(lr_lambda=[lambda epoch: 0.9**epoch, lambda epoch: 1 - epoch / 100])),
]


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


METRICS = [3.0, 2.0, 2.0, 1.9999, 1.5, 1.6, 1.7, float("nan"), 1.4, 1.4, 1.4, 1.4, 1.4, 2.0, 0.1]
PLATEAUS = [
    dict(),
    dict(patience=1),
    dict(patience=0, factor=0.5, cooldown=2),
    dict(patience=1, mode="max", threshold=0.2),
    dict(patience=0, mode="max", threshold=0.3, threshold_mode="abs", min_lr=0.02),
    dict(patience=0, threshold=0.3, threshold_mode="abs", min_lr=[0.1, 0.01]),
    dict(patience=0, factor=0.9999, eps=1e-2),
]


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
