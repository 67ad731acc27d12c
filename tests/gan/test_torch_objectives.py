"""Penalties and their second-order gradients agree with PyTorch's in float64."""

import numpy as np
import pytest

import minigan
from minigan import nn
from minigan.gan.objectives import R1, GradientPenalty

torch = pytest.importorskip("torch")
torch.set_num_threads(1)


def perceptron(library, **draws):
    return library.Sequential(
        library.Linear(3, 7, **draws), library.Softplus(), library.Linear(7, 5, **draws),
        library.LeakyReLU(0.2),
        library.Linear(5, 1, **draws), library.Flatten(0),
    )  # fmt: skip


def convolutions(library, **draws):
    return library.Sequential(
        library.Conv2d(2, 4, 4, stride=2, padding=1, **draws), library.LeakyReLU(0.2),
        library.Conv2d(4, 6, 3, stride=2, padding=1, bias=False, **draws), library.GroupNorm(1, 6),
        library.Tanh(),
        library.Conv2d(6, 1, (2, 3), **draws), library.Flatten(0),
    )  # fmt: skip


@pytest.mark.parametrize(("build", "shape"), [(perceptron, (3,)), (convolutions, (2, 8, 10))])
@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize(
    "penalty", [GradientPenalty(10.0), R1(3.0)], ids=["gradient penalty", "R1"]
)
def test_penalties_follow_pytorch(build, shape, count, penalty):
    D = build(nn, generator=np.random.default_rng(0)).double()
    D2 = build(torch.nn).double()
    D2.load_state_dict(
        {name: torch.from_numpy(value.numpy().copy()) for name, value in D.state_dict().items()}
    )
    rng = np.random.default_rng(1)
    real, fake = (rng.standard_normal((count, *shape)) for _ in range(2))

    ours = penalty(D, minigan.tensor(real), minigan.tensor(fake), 2)
    ours.backward()

    t = np.random.default_rng(2).random((count, *[1] * len(shape)))
    x = torch.from_numpy(
        real if isinstance(penalty, R1) else t * real + (1 - t) * fake
    ).requires_grad_()
    (slopes,) = torch.autograd.grad(D2(x).sum(), x, create_graph=True)
    norms = slopes.flatten(1).norm(dim=1)
    theirs = 1.5 * (norms**2).mean() if isinstance(penalty, R1) else 10 * ((norms - 1) ** 2).mean()
    theirs.backward()

    assert ours.item() == pytest.approx(theirs.item(), rel=1e-12)
    for (name, a), b in zip(D.named_parameters(), D2.parameters(), strict=True):
        found, wanted = (np.zeros(a.shape) if g is None else g.numpy() for g in (a.grad, b.grad))
        np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-10, err_msg=name)
