"""The losses: plain, denoising and variational; and states that resume bit for bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minigan
from minigan import datasets, optim
from minigan.autoencoder import Reconstruction
from minigan.autoencoder.reconstruction import divergence
from minigan.models import ConvAutoencoder, MLPAutoencoder


def training(seed=0, **options):
    rng = np.random.default_rng(seed)
    model = MLPAutoencoder(
        3, (1, 8, 8), (7,), variational=options.get("beta", 0) > 0, generator=rng
    )
    batches = datasets.digits8().batches(16, rng, low=0, high=1)
    return Reconstruction(
        model, batches, optim.Adam(model.parameters(), 1e-3), generator=rng, **options
    )


def test_the_plain_loss_is_the_squared_error_per_pixel():
    run = training()
    x = minigan.rand(5, 1, 8, 8, generator=0)
    error = ((run.model(x) - x) ** 2).mean()
    assert run.loss(x).item() == pytest.approx(error.item(), rel=1e-6)


def test_noise_is_added_to_the_input_and_not_to_the_target():
    run, sigma, twin = training(denoise=0.5), 0.5, training(denoise=0.5)
    x = minigan.rand(5, 1, 8, 8, generator=0)
    seen = x.numpy() + sigma * twin.generator.standard_normal(x.shape, np.float32)
    expected = ((run.model(minigan.tensor(seen)).numpy() - x.numpy()) ** 2).mean()
    assert run.loss(x).item() == pytest.approx(expected, rel=1e-6)


def test_the_variational_loss_is_the_negative_bound_of_evidence():
    """For pixels of variance beta / 2: beta / pixels * (-log p(x|h) + KL), without its constant."""
    beta, D = 0.3, 64
    run, twin = training(beta=beta), training(beta=beta)
    x = minigan.rand(5, 1, 8, 8, generator=0)
    mean, log_variance = (part.numpy().astype(float) for part in run.model.posterior(x))
    h = mean + np.exp(log_variance / 2) * twin.generator.standard_normal(mean.shape, np.float32)
    back = run.model.decoder(minigan.tensor(h.astype(np.float32))).numpy()
    squares = ((back - x.numpy()) ** 2).reshape(5, -1).sum(axis=1)
    kl = 0.5 * (np.exp(log_variance) + mean**2 - 1 - log_variance).sum(axis=1)
    bound = (squares / (2 * (beta / 2)) + kl).mean()
    assert run.loss(x).item() == pytest.approx(beta / D * bound, rel=1e-5)


@given(st.floats(-3, 3), st.floats(0.1, 3))
def test_the_divergence_is_that_of_two_normal_densities(mean, std):
    x = np.linspace(mean - 12 * std, mean + 12 * std, 20_001)
    log_q = -((x - mean) ** 2) / (2 * std**2) - np.log(std)
    log_p = -(x**2) / 2
    q = np.exp(log_q) / np.sqrt(2 * np.pi)
    expected = np.trapezoid(q * (log_q - log_p), x)
    tensors = (
        minigan.tensor([[mean]], dtype="float64"),
        minigan.tensor([[2 * np.log(std)]], dtype="float64"),
    )
    assert divergence(*tensors).item() == pytest.approx(expected, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize(
    "options", [{}, {"denoise": 0.2}, {"beta": 0.1}, {"beta": 0.1, "denoise": 0.2}]
)
def test_a_state_continues_bit_for_bit(options):
    whole, parts = training(**options), training(**options)
    losses = [step.loss for step in whole.run(6)]
    first = [step.loss for step in parts.run(3)]
    again = training(seed=1, **options)
    again.load_state_dict(parts.state_dict())
    assert first + [step.loss for step in again.run(6)] == losses


@pytest.mark.parametrize("options", [{"denoise": -0.1}, {"beta": -1.0}, {"denoise": float("nan")}])
def test_negative_weights_are_refused(options):
    name, value = next(iter(options.items()))
    match = rf"Reconstruction: {name}={value} is not legal \(legal: >= 0\)"
    with pytest.raises(ValueError, match=match):
        training(**options)


def test_a_model_that_is_not_variational_has_no_bound():
    model = ConvAutoencoder(3, 8, 1, 2, generator=0)
    run = Reconstruction(
        model, iter([(np.zeros((2, 1, 8, 8)),)]), optim.SGD(model.parameters(), 0.1), beta=0.5
    )
    with pytest.raises(RuntimeError, match="variational"):
        run.step()
