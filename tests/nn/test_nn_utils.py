"""Clipping of gradients, and parameters as one vector."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minigan
from minigan import nn


def leaves(seed, scale=1.0):
    rng = np.random.default_rng(seed)
    params = [
        minigan.tensor(rng.standard_normal(shape), requires_grad=True)
        for shape in [(2, 3), (), (4,)]
    ]
    for p in params:
        p.grad = minigan.tensor(scale * rng.standard_normal(p.shape))
    return params


@given(st.integers(0, 99), st.floats(0.01, 100), st.sampled_from([1.0, 2.0, 3.5, float("inf")]))
def test_a_clipped_norm_is_at_most_the_bound_and_keeps_its_direction(seed, bound, p):
    params = leaves(seed, scale=3.0)
    before = np.concatenate([x.grad.numpy().ravel() for x in params])
    total = nn.utils.clip_grad_norm_(params, bound, p).item()
    after = np.concatenate([x.grad.numpy().ravel() for x in params])
    assert total == pytest.approx(np.linalg.norm(before, p), rel=1e-9)
    assert np.linalg.norm(after, p) <= bound * (1 + 1e-9)
    np.testing.assert_allclose(after, before * min(1.0, bound / (total + 1e-6)), rtol=1e-9)


def test_gradients_that_are_missing_or_infinite():
    params = leaves(0)
    params[1].grad = None
    nn.utils.clip_grad_norm_(params, 1.0)
    nn.utils.clip_grad_value_(params, 0.01)
    assert params[1].grad is None and abs(params[0].grad.numpy()).max() <= 0.01
    assert nn.utils.clip_grad_norm_([], 1.0).item() == 0.0
    params[0].grad = minigan.full((2, 3), float("inf"))
    with pytest.raises(RuntimeError, match="norm is inf"):
        nn.utils.clip_grad_norm_(params[0], 1.0, error_if_nonfinite=True)


def test_parameters_as_a_vector():
    net = nn.Linear(3, 2, generator=0)
    vector = nn.utils.parameters_to_vector(net.parameters())
    assert vector.shape == (8,) and vector.requires_grad
    nn.utils.vector_to_parameters(vector * 2, net.parameters())
    np.testing.assert_array_equal(
        nn.utils.parameters_to_vector(net.parameters()).detach().numpy(),
        2 * vector.detach().numpy(),
    )


BAD = [
    (lambda: nn.utils.clip_grad_norm_(leaves(0), -1.0), ValueError, r"max_norm=-1\.0"),
    (lambda: nn.utils.clip_grad_norm_(leaves(0), 1.0, 0.0), ValueError, r"norm_type=0\.0"),
    (
        lambda: nn.utils.clip_grad_norm_([1.0], 1.0),
        TypeError,
        r"parameters\[0\] must be a Tensor, not float",
    ),
    (lambda: nn.utils.clip_grad_value_(leaves(0), "a"), TypeError, "clip_value='a'"),
    (
        lambda: nn.utils.vector_to_parameters(minigan.zeros(3), leaves(0)),
        ValueError,
        r"must be \(11,\)",
    ),
]


@pytest.mark.parametrize(("call", "error", "match"), BAD)
def test_errors(call, error, match):
    with pytest.raises(error, match=match):
        call()
