"""The game: losses, records, gradients, moving averages, and states that resume bit for bit."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minigan
from minigan import datasets, nn, optim
from minigan.conv import FORMULATIONS
from minigan.gan import Average, Game, minimax, non_saturating
from minigan.models import DCGANDiscriminator, DCGANGenerator, MLPDiscriminator, MLPGenerator

logits = st.lists(st.floats(-50, 50), min_size=1, max_size=6)


def toy_game(seed=0, **settings):
    G, D = MLPGenerator(4, 2, (8,), generator=seed), MLPDiscriminator(2, (8,), generator=seed)
    batches = datasets.ring().batches(16, 1)
    return Game(
        G,
        D,
        batches,
        optim.Adam(G.parameters()),
        optim.Adam(D.parameters()),
        latent=4,
        generator=2,
        **settings,
    )


@given(logits, logits)
def test_losses_are_the_values_of_the_paper(real, fake):
    def log_D(values):
        return -np.logaddexp(0, -np.array(values))

    value = np.mean(log_D(real)) + np.mean(log_D([-m for m in fake]))
    l, m = minigan.tensor(real, dtype="float64"), minigan.tensor(fake, dtype="float64")
    for objective in (minimax, non_saturating):
        assert objective.discriminator(l, m).item() == pytest.approx(-value, rel=1e-12, abs=1e-12)
    assert minimax.generator(m).item() == pytest.approx(
        -np.mean(np.logaddexp(0, fake)), rel=1e-12, abs=1e-300
    )
    assert non_saturating.generator(m).item() == pytest.approx(
        -np.mean(log_D(fake)), rel=1e-12, abs=1e-12
    )


def test_losses_are_exact_where_sigmoid_rounds_to_one():
    sure = minigan.tensor([1e4], dtype="float64")
    assert minimax.discriminator(sure, sure).item() == 1e4
    assert minimax.discriminator(-sure, -sure).item() == 1e4
    assert non_saturating.generator(-sure).item() == 1e4
    assert non_saturating.generator(sure).item() == 0


def test_gradients_of_g_at_d_of_one_percent():
    """Where D(G(h)) = 0.01 the derivative of minimax is 0.01, that of non-saturating 0.99."""
    m = minigan.tensor([math.log(0.01 / 0.99)], dtype="float64", requires_grad=True)
    assert minigan.grad(minimax.generator(m), m)[0].item() == pytest.approx(-0.01)
    assert minigan.grad(non_saturating.generator(m), m)[0].item() == pytest.approx(-0.99)


def test_a_step_is_a_frozen_record():
    game = toy_game()
    before = [p.numpy().copy() for p in game.G.parameters()]
    step = next(game.play(5))
    assert (step.number, step.G, step.D) == (1, game.G, game.D)
    assert len(step.gradients_G) == len(before)
    for parameter, start, gradient in zip(
        game.G.parameters(), before, step.gradients_G, strict=True
    ):
        moved = parameter.numpy() - start  # Adam's first step is -lr times the sign of the gradient
        assert (np.sign(moved) == -np.sign(gradient.numpy())).all()
    with pytest.raises(AttributeError):
        step.loss_D = 0.0


def test_g_loss_leaves_no_gradient_in_d():
    game = toy_game()
    gradients = []
    for _ in game.play(1):
        gradients = [p.grad.numpy().copy() for p in game.D.parameters()]
    other = toy_game()
    real = minigan.tensor(next(other.batches)[0], dtype="float32")
    fake = other.G(other.noise(16))
    loss = other.objective.discriminator(other.D(real), other.D(fake.detach()))
    for found, wanted in zip(
        gradients, minigan.grad(loss, list(other.D.parameters())), strict=True
    ):
        np.testing.assert_array_equal(found, wanted.numpy())


@pytest.mark.parametrize("decay", [0.0, 0.9])
def test_a_game_continues_bit_for_bit(decay):
    whole, first, second = toy_game(decay=decay), toy_game(decay=decay), toy_game(5, decay=decay)
    losses = [(s.loss_D, s.loss_G) for s in whole.play(12)]
    for _ in first.play(5):
        pass
    second.load_state_dict(first.state_dict())
    assert [(s.loss_D, s.loss_G) for s in second.play(12)] == losses[5:]
    for a, b in zip(
        whole.state_dict()["G"].values(), second.state_dict()["G"].values(), strict=True
    ):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_the_average_is_the_exponential_mean():
    model = nn.Linear(1, 1, bias=False, generator=0)
    average, expected = Average(model, 0.5), model.weight.item()
    for n in range(1, 20):
        model.weight.data = np.full((1, 1), n, np.float32)
        average.update()
        decay = min(0.5, (1 + n) / (10 + n))
        expected = decay * expected + (1 - decay) * n
        assert average.model.weight.item() == pytest.approx(expected, rel=1e-6)
    assert not average.model.weight.requires_grad
    with pytest.raises(ValueError, match=r"decay=1"):
        Average(model, 1.0)


def test_noise_has_the_standard_deviation_latent_std():
    game = toy_game(latent_std=3.0)
    assert game.noise(20_000).numpy().std() == pytest.approx(3.0, rel=0.02)


def test_an_update_is_the_same_through_every_formulation():
    weights = []
    for by in FORMULATIONS:
        rng = np.random.default_rng(0)
        G, D = (
            DCGANGenerator(3, 16, 1, 2, generator=rng).double(),
            DCGANDiscriminator(16, 1, 2, generator=rng).double(),
        )
        for layer in [*G, *D]:
            layer.by = by
        batches = iter([(np.random.default_rng(1).uniform(-1, 1, (4, 1, 16, 16)),)])
        descent = [optim.SGD(model.parameters(), 1.0) for model in (G, D)]
        Game(G, D, batches, *descent, latent=3, generator=2).step()
        weights.append(
            np.concatenate([p.numpy().ravel() for p in (*G.parameters(), *D.parameters())])
        )
    for other in weights[1:]:
        np.testing.assert_allclose(other, weights[0], rtol=0, atol=1e-12)
