"""A WGAN-GP critic of N(0, 1) and N(m, 1) finds the penalised optimum, which is not W1 = m.

In one dimension E_p D - E_q D is the integral of D' (F_q - F_p) = s A. The critic maximises it
minus weight E_r (|s| - 1)^2, where r is the density of t X + (1 - t) Y. At each point the best s is
1 + A / (2 weight r). So the best difference is W1 + integral of A^2 / (2 weight r).
"""

from math import erf

import numpy as np
import pytest

import minigan
from minigan import optim
from minigan.gan.objectives import wgan_gp
from minigan.models import MLPDiscriminator, outputs


def normal(x, mean=0.0, std=1.0):
    return np.exp(-(((x - mean) / std) ** 2) / 2) / (std * np.sqrt(2 * np.pi))


def quadrature(m, weight=10.0):
    """Return x, W1 and the penalised optimum; r mixes N((1 - t) m, t^2 + (1 - t)^2) over t."""
    x = np.linspace(-9, 9 + m, 3001)
    nodes, shares = np.polynomial.legendre.leggauss(64)
    t = (1 + nodes[:, None]) / 2
    r = (shares[:, None] / 2 * normal(x, (1 - t) * m, np.sqrt(t**2 + (1 - t) ** 2))).sum(axis=0)
    A = np.vectorize(erf)(x / np.sqrt(2)) / 2 - np.vectorize(erf)((x - m) / np.sqrt(2)) / 2
    W1 = np.trapezoid(A, x)
    return x, W1, W1 + np.trapezoid(A**2 / r, x) / (2 * weight)


@pytest.mark.parametrize(("m", "bias"), [(0.5, 0.0277), (1, 0.0545), (2, 0.1052), (4, 0.2033)])
def test_the_bias_of_the_penalised_optimum(m, bias):
    _, W1, best = quadrature(m)
    assert pytest.approx(m, rel=1e-9) == W1
    assert best / W1 - 1 == pytest.approx(bias, abs=1e-4)


@pytest.mark.parametrize("m", [1, pytest.param(4, marks=pytest.mark.nightly)])
def test_a_trained_critic_reaches_the_penalised_optimum(m, record_property, capsys):
    rng = np.random.default_rng(0)
    D = MLPDiscriminator(1, (32, 32), generator=rng).double()
    descent, steps = optim.Adam(D.parameters(), betas=(0.5, 0.99)), 900
    schedule = optim.lr_scheduler.LambdaLR(descent, lambda n: 5 * (1 - n / steps))
    for _ in range(steps):
        real, fake = (minigan.tensor(rng.standard_normal((256, 1)) + mean) for mean in (0, m))
        loss = wgan_gp.discriminator(D(real), D(fake)) + wgan_gp.penalty(D, real, fake, rng)
        descent.zero_grad()
        loss.backward()
        descent.step()
        schedule.step()
    x, W1, best = quadrature(m)
    found = np.trapezoid(outputs(D, x[:, None]) * (normal(x) - normal(x, m)), x)
    record_property("found, penalised optimum, W1, bias", [found, best, W1, best / W1 - 1])
    with capsys.disabled():
        print(
            f"\nm={m}: critic {found:.4f}, penalised optimum {best:.4f}, W1 {W1:.4f}, bias "
            f"{best / W1 - 1:.2%}"
        )
    assert found == pytest.approx(best, rel=0.02)
