"""Gradient penalties: exact for linear critics, per sample, and finite for constant critics."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minigan
from minigan import nn
from minigan.gan.objectives import R1, GradientPenalty

shapes = st.lists(st.integers(1, 4), min_size=1, max_size=3)


def linear(w):
    """Return the critic x (N, ...) -> <w, x> for each sample."""
    return lambda x: (x * minigan.tensor(w)).reshape(len(x), -1).sum(dim=1)


def batches(count, shape, seed):
    rng = np.random.default_rng(seed)
    return [minigan.tensor(rng.standard_normal((count, *shape))) for _ in range(2)]


@given(st.integers(1, 40), shapes, st.integers(0, 99))
def test_the_penalty_of_a_linear_critic_of_norm_one_is_zero(count, shape, seed):
    rng = np.random.default_rng(seed)
    w = np.zeros(shape)
    w.flat[rng.integers(w.size)] = rng.choice([-1.0, 1.0])
    assert GradientPenalty(10.0)(linear(w), *batches(count, shape, seed), seed).item() == 0
    w = rng.standard_normal(shape)
    w /= np.sqrt((w**2).sum())
    assert GradientPenalty(10.0)(linear(w), *batches(count, shape, seed), seed).item() < 1e-28


@given(st.integers(1, 40), shapes, st.floats(0.1, 5), st.floats(0.1, 20))
def test_the_penalty_of_a_linear_critic(count, shape, norm, weight):
    w = np.full(shape, norm / np.sqrt(np.prod(shape)))
    x, y = batches(count, shape, 0)
    assert GradientPenalty(weight)(linear(w), x, y, 0).item() == pytest.approx(
        weight * (norm - 1) ** 2, abs=1e-12
    )
    assert R1(weight)(linear(w), x, y, 0).item() == pytest.approx(weight / 2 * norm**2)


def test_gradients_are_taken_between_a_sample_and_its_partner():
    """D(x) = |x|^2/2 has the slope |x|, so the penalty shows at which x it was taken."""
    real, fake = minigan.full((1000, 1), 3.0), minigan.full((1000, 1), 1.0)
    seen = []

    def D(x):
        seen.append(x.detach().numpy())
        return (x**2).sum(dim=1) / 2

    penalty = GradientPenalty(1.0)(D, real, fake, 0).item()
    (x,) = seen
    assert 1 <= x.min() < 1.01 and 2.99 < x.max() <= 3 and len(np.unique(x)) > 990
    assert penalty == pytest.approx(((x - 1) ** 2).mean(), rel=1e-5)
    seen.clear()
    assert R1(2.0)(D, real, fake).item() == pytest.approx(9)
    assert (seen[0] == 3).all()


def test_weights_receive_a_gradient_of_the_penalty_and_inputs_do_not():
    D = nn.Sequential(nn.Linear(2, 3, generator=0), nn.Tanh(), nn.Linear(3, 1, generator=1))
    real, fake = (
        minigan.randn(5, 2, generator=2).requires_grad_(),
        minigan.randn(5, 2, generator=3).requires_grad_(),
    )
    for penalty in (GradientPenalty(), R1()):
        penalty(lambda x: D(x).squeeze(1), real, fake, 4).backward()
        assert real.grad is None and fake.grad is None
        assert all(
            np.abs(p.grad.numpy()).max() > 0 for name, p in D.named_parameters() if name != "2.bias"
        )
        D.zero_grad()


def test_a_constant_critic():
    D = nn.Sequential(
        nn.Linear(2, 4, generator=0), nn.ReLU(), nn.Linear(4, 1, generator=1), nn.Flatten(0)
    )
    with minigan.no_grad():
        D[0].bias.fill_(-100.0)
    x, y = minigan.randn(6, 2, generator=2), minigan.randn(6, 2, generator=3)
    for penalty, value in ((GradientPenalty(7.0), 7.0), (R1(7.0), 0.0)):
        loss = penalty(D, x, y, 0)
        assert loss.item() == value
        for gradient in minigan.grad(loss, list(D.parameters()), allow_unused=True):
            assert gradient is None or np.isfinite(gradient.numpy()).all()


def test_batches_of_different_shapes_are_refused():
    with pytest.raises(ValueError, match=r"real has shape \(2, 3\) and fake \(4, 3\)"):
        GradientPenalty()(linear(np.ones(3)), minigan.zeros(2, 3), minigan.zeros(4, 3))
