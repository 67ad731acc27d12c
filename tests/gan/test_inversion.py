"""Inversion: the Jacobian, and the h that is found for samples of G and for other targets."""

import numpy as np
import pytest

from minigan import nn
from minigan.gan import inversions, invert, jacobian, recovery
from minigan.models import DCGANGenerator, MLPGenerator, outputs


def generator(seed=0):
    """Return a smooth injective map from 4 numbers to 9, with a batch norm that must not change."""
    rng = np.random.default_rng(seed)
    G = nn.Sequential(
        nn.Linear(4, 12, generator=rng),
        nn.BatchNorm1d(12),
        nn.Tanh(),
        nn.Linear(12, 9, generator=rng),
    ).double()
    G[1].running_mean.data[:] = rng.normal(0, 0.3, 12)
    return G


def test_the_jacobian_is_that_of_differences():
    G, h = generator(), np.random.default_rng(1).standard_normal((3, 4))
    J = jacobian(G, h)
    assert J.shape == (3, 9, 4)
    for k, axis in enumerate(np.eye(4)):
        slow = (outputs(G, h + 1e-6 * axis) - outputs(G, h - 1e-6 * axis)) / 2e-6
        np.testing.assert_allclose(J[:, :, k], slow, atol=1e-8)


def test_the_jacobian_of_images():
    G = DCGANGenerator(3, 16, 1, 2, generator=0).double()
    h = np.random.default_rng(0).standard_normal((2, 3))
    slow = (outputs(G, h + np.array([0, 1e-6, 0])) - outputs(G, h - np.array([0, 1e-6, 0]))) / 2e-6
    np.testing.assert_allclose(jacobian(G, h)[..., 1], slow, atol=1e-7)


def test_h_is_found_for_samples_of_g_and_not_for_others():
    G, h = generator(), np.random.default_rng(2).standard_normal((5, 4))
    own = outputs(G, h)
    away = own + np.random.default_rng(3).normal(0, 1, own.shape)
    found = invert(G, np.concatenate([own, away]), 4, steps=60, restarts=6, generator=0)
    assert recovery(h, found.h[:5]).max() < 1e-6 and found.residuals[:5].max() < 1e-7
    assert found.residuals[5:].min() > 0.05
    np.testing.assert_allclose(found.samples, outputs(G, found.h), atol=1e-12)
    np.testing.assert_allclose(
        found.residuals, np.sqrt(((found.samples - [*own, *away]) ** 2).mean(axis=1)), atol=1e-12
    )


def saturated(latent=24, seed=0):
    """Return a G whose images are mostly black and white, as those of a trained one are."""
    G = DCGANGenerator(latent, 16, 1, 6, generator=seed)
    rng = np.random.default_rng(seed)
    for layer in G:
        if isinstance(layer, nn.ConvTranspose2d):
            std = 1.5 / np.sqrt(layer.weight[0].numel())
            layer.weight.data[:] = rng.normal(0, std, layer.weight.shape)
    G[-2].weight.data[:] *= 60
    return G


@pytest.mark.parametrize("rounding", [pytest.param(0.0, marks=pytest.mark.nightly), 1 / 255])
def test_samples_in_black_and_white_are_found_before_tanh(rounding):
    G, h = saturated(), np.random.default_rng(1).standard_normal((8, 24))
    x = outputs(G, h)
    assert (abs(x) > 0.99).mean() > 0.5
    if rounding:
        x = np.rint((x + 1) * 127.5) / 127.5 - 1
    short = {"steps": 50, "refinements": 60, "restarts": 4}
    found = invert(G, x, 24, rounding=rounding, generator=0, **short)
    assert recovery(h, found.h).max() < 0.05 and found.residuals.max() <= 0.5 / 127.5
    in_x = invert(G, x, 24, generator=0, **short)
    assert np.median(recovery(h, in_x.h)) > 0.05  # by pixels alone most are not found


def test_for_an_affine_generator_the_least_squares_solution_is_found():
    G = nn.Linear(3, 7, generator=0).double()
    x = np.random.default_rng(0).standard_normal((4, 7))
    exact = np.linalg.lstsq(G.weight.numpy(), (x - G.bias.numpy()).T, rcond=None)[0].T
    np.testing.assert_allclose(
        invert(G, x, 3, steps=5, refinements=40, generator=0).h, exact, atol=1e-7
    )


def test_every_step_is_yielded_and_refinements_never_increase_the_error():
    G = generator()
    x = outputs(G, np.random.default_rng(2).standard_normal((3, 4)))
    seen = list(inversions(G, x, 4, steps=5, refinements=8, restarts=2, generator=0))
    assert [each.number for each in seen] == list(range(14))
    residuals = np.array([each.residuals for each in seen])
    assert (np.diff(residuals[5:], axis=0) <= 0).all() and (residuals[-1] < residuals[0]).all()


def test_more_starts_never_start_worse_and_starts_have_the_scale_of_h():
    G = generator()
    x = outputs(G, 5 * np.random.default_rng(2).standard_normal((3, 4)))
    start = next(iter(inversions(G, x, 4, latent_std=1e-9, generator=0)))
    assert abs(start.h).max() < 1e-7
    few, many = (
        next(iter(inversions(G, x, 4, restarts=r, generator=0))).residuals for r in (1, 20)
    )
    assert (many <= few).all()


@pytest.mark.parametrize("training", [True, False])
def test_the_generator_is_not_changed(training):
    G = generator().train(training)
    before = {name: value.numpy().copy() for name, value in G.state_dict().items()}
    first = invert(G, np.zeros((1, 9)), 4, steps=3, refinements=3, generator=7)
    again = invert(
        G, np.zeros((1, 9)), 4, steps=3, refinements=3, generator=np.random.default_rng(7)
    )
    np.testing.assert_array_equal(first.h, again.h)
    assert G.training is training and all(
        p.grad is None and p.requires_grad for p in G.parameters()
    )
    for name, value in G.state_dict().items():
        np.testing.assert_array_equal(value.numpy(), before[name])


def test_a_generator_that_ignores_h_is_legal():
    G = MLPGenerator(2, 3, (4,), generator=0)
    for parameter in G.parameters():
        parameter.data[:] = 0
    found = invert(G, np.ones((2, 3)), 2, steps=3, refinements=5, generator=0)
    np.testing.assert_allclose(found.residuals, 1)


def test_illegal_arguments_are_refused():
    G = generator()
    for wrong in (
        {"steps": 0},
        {"restarts": 0},
        {"refinements": -1},
        {"lr": 0.0},
        {"latent_std": np.nan},
    ):
        with pytest.raises(ValueError, match="inversions: steps="):
            invert(G, np.zeros((1, 9)), 4, **wrong)
    for rounding, high in ((-0.1, 1), (1.0, 1), (np.nan, 1), (0.0, 1.01)):
        with pytest.raises(ValueError, match="inversions: rounding="):
            invert(G, np.full((1, 9), high), 4, rounding=rounding)
    for targets in (np.zeros((2, 8)), np.zeros((0, 9)), np.full((1, 9), np.inf)):
        with pytest.raises(ValueError, match=r"inversions: targets of shape \("):
            invert(G, targets, 4)
    with pytest.raises(ValueError, match=r"recovery: h of shape \(2, 4\), found of shape \(3, 4\)"):
        recovery(np.zeros((2, 4)), np.zeros((3, 4)))
    with pytest.raises(ValueError, match="recovery: a row of h is 0"):
        recovery(np.zeros((2, 4)), np.ones((2, 4)))
