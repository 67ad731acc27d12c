"""Objectives beside closed forms on discrete distributions: best D, its loss, what G lowers."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

import minigan
from minigan import optim, theory
from minigan.gan import F_GANS, OBJECTIVES, hinge, least_squares, minimax, non_saturating
from minigan.gan.objectives import wgan_clip, wgan_gp

KNOWN = [objective for objective in OBJECTIVES.values() if objective.optimum]
OUTPUTS = np.linspace(-12, 40, 10401)  # every 1/200

by_name = pytest.mark.parametrize("objective", KNOWN, ids=lambda objective: objective.name)


def f64(values):
    return minigan.tensor(np.array(values, np.float64))


@st.composite
def pairs(draw):
    """Return two distributions on the same outcomes, with ratios of at most exp(5)."""
    K = draw(st.integers(2, 5))
    p, q = (np.array(draw(st.lists(st.floats(0.05, 1), min_size=K, max_size=K))) for _ in range(2))
    return p / p.sum(), q / q.sum()


def loss_D(objective, output, p, q):
    return (p * objective.real(f64(output)).numpy() + q * objective.fake(f64(output)).numpy()).sum(
        axis=-1
    )


@pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=OBJECTIVES)
def test_a_logistic_objective_has_the_loss_of_the_original_gan(objective):
    values = f64(OUTPUTS)
    equal = all(
        np.array_equal(getattr(objective, part)(values), getattr(minimax, part)(values))
        for part in ("real", "fake")
    )
    # f-gan is the original GAN written as an f-GAN: there D is called a critic
    assert objective.logistic == equal or objective.name == "f-gan"
    assert objective.logistic == (objective.name in ("minimax", "non-saturating", "r1"))


@by_name
@given(pq=pairs())
@example(pq=(np.array([0.4, 0.1, 0.1, 0.4]), np.array([0.33, 0.33, 0.32, 0.02])))  # T = 38: inside
@example(pq=(np.array([0.1, 0.9]), np.array([0.96, 0.04])))  # Pearson's best T is 43: outside
def test_no_output_is_better_than_the_best(objective, pq):
    p, q = pq
    best = objective.optimum.output(p, q)
    found = loss_D(objective, best, p, q)
    assert found == pytest.approx(objective.optimum.loss(p, q), abs=1e-12)
    each = (
        p[:, None] * objective.real(f64(OUTPUTS)).numpy()
        + q[:, None] * objective.fake(f64(OUTPUTS)).numpy()
    )
    searched = each.min(axis=1).sum()
    assert found - 1e-12 <= searched
    if OUTPUTS[0] <= np.min(best) and np.max(best) <= OUTPUTS[-1]:
        assert searched <= found + 2e-3  # the grid of outputs is not finer


@by_name
@given(pq=pairs(), seed=st.integers(0, 99))
def test_g_lowers_the_stated_function(objective, pq, seed):
    """The gradient of G's loss in q, with D fixed, is that of `lowers`, if sum q = 1 is kept."""
    p, q = pq
    assume(np.abs(p - q).min() > 1e-3)  # at p = q the best D of hinge and total variation jumps
    step = np.random.default_rng(seed).standard_normal(len(q))
    step *= 1e-5 / np.abs(step - step.mean()).max()
    step -= step.mean()
    lowers = objective.optimum.lowers
    losses = objective.fool(f64(objective.optimum.output(p, q))).numpy()
    assert (lowers(p, q + step) - lowers(p, q - step)) / 2 == pytest.approx(
        (step * losses).sum(), rel=1e-4, abs=1e-11
    )


@by_name
@given(pq=pairs())
def test_the_function_that_g_lowers_has_its_minimum_at_the_data(objective, pq):
    p, q = pq
    assert objective.optimum.lowers(p, p) <= objective.optimum.lowers(p, q) + 1e-12


@by_name
def test_a_table_of_outputs_learns_the_optimum(objective):
    """p and q in sixteenths are batches with each outcome as often as its probability says."""
    data, model = np.repeat([0, 1, 2], [8, 5, 3]), np.repeat([0, 1, 2], [2, 5, 9])
    table = minigan.zeros(3, dtype="float64", requires_grad=True)
    descent, steps = optim.Adam([table]), 500
    schedule = optim.lr_scheduler.LambdaLR(descent, lambda n: 100 * (1 - n / steps))
    for _ in range(steps):
        loss = objective.discriminator(table[data], table[model])
        descent.zero_grad()
        loss.backward()
        descent.step()
        schedule.step()
    p, q = (np.bincount(rows, minlength=3) / 16 for rows in (data, model))
    best = objective.optimum.loss(p, q)
    assert best - 1e-12 <= loss.item() <= best + 1e-3
    if np.isfinite(objective.optimum.output(p, q)).all() and objective is not hinge:
        np.testing.assert_allclose(table.numpy(), objective.optimum.output(p, q), atol=0.02)


def test_losses_of_the_original_gan():
    """The numbers of the README: P = (1/2, 1/2), G = (3/4, 1/4)."""
    p, q = np.array([0.5, 0.5]), np.array([0.75, 0.25])
    assert minimax.optimum.loss(p, q) == pytest.approx(1.3186502, abs=1e-7)
    assert minimax.optimum.lowers(p, p) == pytest.approx(-2 * np.log(2))
    assert non_saturating.optimum.loss(p, p) == pytest.approx(2 * np.log(2))
    assert least_squares.optimum.loss(p, p) == pytest.approx(1 / 4)
    assert hinge.optimum.loss(p, q) == pytest.approx(2 - 0.5)


@given(pairs())
def test_least_squares_has_the_value_of_the_paper(pq):
    """With E_data (D* - 1)^2/2 added, G's loss is 1/4 + triangle/8: half of sum q^2/(p + q)."""
    p, q = pq
    losses = least_squares.fool(f64(least_squares.optimum.output(p, q))).numpy()
    assert ((p + q) * losses).sum() == pytest.approx(1 / 4 + ((p - q) ** 2 / (p + q)).sum() / 8)


def test_losses_by_hand():
    l, m = f64([0.5, 2.0]), f64([-3.0, 1.0])
    hand = {
        least_squares: (0.3125 + 2.5, 4.0, 1.0625),
        hinge: (0.25 + 1.0, 1.0, 1.25),
        wgan_clip: (-1.25 - 1.0, 1.0, 1.25),
        wgan_gp: (-1.25 - 1.0, 1.0, 1.25),
    }
    for objective, (of_D, of_G, of_E) in hand.items():
        assert objective.discriminator(l, m).item() == of_D
        assert objective.generator(m).item() == of_G
        if objective is not least_squares:
            assert objective.encoder(l).item() == of_E
    assert least_squares.encoder(l).item() == (0.25 + 4.0) / 4


@pytest.mark.parametrize("objective", F_GANS, ids=lambda objective: objective.name)
@given(v=st.floats(-8, 8))
def test_f_gans_use_the_conjugates_of_theory(objective, v):
    """T and f*(T) of an objective, written in ops, agree with those of the divergence."""
    f = theory.F_DIVERGENCES[objective.name.removeprefix("f-")]
    T = -objective.real(f64(v)).item()
    assert objective.fake(f64(v)).item() == pytest.approx(f.conjugate(T), rel=1e-6, abs=1e-9)
    assert objective.generator(f64([v])).item() == -objective.fake(f64(v)).item()
    assert objective.encoder(f64([v])).item() == pytest.approx(T)


@pytest.mark.parametrize("name", OBJECTIVES)
@given(v=st.floats(-3, 3))
def test_the_loss_of_the_encoder_is_opposed_to_that_of_d(name, v):
    """On real data the loss of D never increases with its output, that of E never decreases."""
    objective = OBJECTIVES[name]
    if name == "least-squares":
        v = abs(v) % 1  # between its two targets
    x = f64([v]).requires_grad_()
    (of_D,) = minigan.grad(objective.real(x).mean(), x)
    (of_E,) = minigan.grad(objective.encoder(x), x)
    assert of_D.item() <= 0 <= of_E.item()


@pytest.mark.parametrize("name", OBJECTIVES)
def test_losses_are_finite_for_large_outputs(name):
    far = minigan.tensor([-30.0, 0.0, 30.0], requires_grad=True)
    objective = OBJECTIVES[name]
    for loss in (
        objective.discriminator(far, far),
        objective.generator(far),
        objective.encoder(far),
    ):
        assert np.isfinite(loss.item())
        assert np.isfinite(minigan.grad(loss, far)[0].numpy()).all()


def test_every_objective_names_its_source():
    for name, objective in OBJECTIVES.items():
        assert objective.name == name and objective.paper and objective.minimises


def test_settings():
    tuned = wgan_gp.tuned(critic_steps=3, penalty=1.0)
    assert (tuned.critic_steps, tuned.penalty.weight, tuned.clip) == (3, 1.0, None)
    assert (wgan_gp.critic_steps, wgan_gp.penalty.weight) == (5, 10.0)
    assert wgan_clip.tuned(clip=1).clip == 1.0
    for settings, message in (
        ({"penalty": 1.0}, "penalty=1.0: hinge has no penalty"),
        ({"clip": 1.0}, "clip=1.0: hinge has no clip"),
        ({"critic_steps": 0}, "critic_steps=0"),
    ):
        with pytest.raises(ValueError, match=message):
            hinge.tuned(**settings)
    with pytest.raises(TypeError, match="tuned: critic_steps=True"):
        hinge.tuned(critic_steps=True)
    with pytest.raises(ValueError, match="clip=-1"):
        wgan_clip.tuned(clip=-1)


def test_the_readme_lists_them_as_they_are():
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").replace("\\", "")
    for name, objective in OBJECTIVES.items():
        row = (
            f"`{name}`"
            if objective in F_GANS
            else f"| `{name}` | {objective.paper} | {objective.minimises} |"
        )
        assert row in text
