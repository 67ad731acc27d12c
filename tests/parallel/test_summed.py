"""The sum over the ranks as an op, and the optimizer that adds gradients."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minigan import grad, nn, optim, tensor
from minigan.parallel import Alone, ParallelError, SummedOptimizer, all_sum, run

SETTINGS = settings(max_examples=100, deadline=None)


@SETTINGS
@given(st.integers(1, 4), st.integers(0, 99))
def test_gradients_of_the_sum_up_to_order_three_are_those_of_one_process(size, seed):
    """L = sum_r a_r (sum_s x_s^2)^3, each rank with its own x_r and its own term of L."""
    a, x = np.random.default_rng(seed).uniform(0.5, 2, (2, size, 3))

    def chain(loss, x):
        found = []
        for _ in range(3):
            (g,) = grad(loss, x, create_graph=True)
            found.append(g)
            loss = (g * g).sum()
        return [g.detach().numpy() for g in found]

    def work(group):
        mine = tensor(x[group.rank], requires_grad=True)
        loss = (tensor(a[group.rank]) * all_sum(mine * mine, group) ** 3).sum()
        return chain(loss, mine)

    whole = tensor(x, requires_grad=True)
    want = chain((tensor(a) * ((whole * whole).sum(0)) ** 3).sum(), whole)
    ranks = run(size, work)
    for order in range(3):
        found = np.stack([gradients[order] for gradients in ranks])
        np.testing.assert_allclose(found, want[order], rtol=1e-11)


def test_the_sum_of_one_rank_is_the_tensor_itself():
    x = tensor([1.0])
    assert all_sum(x, Alone()) is x


PARAMETERS = [(2, 3), (4,), (), (1, 1)]


@SETTINGS
@given(
    st.integers(1, 4),
    st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=4, max_size=4),
    st.sampled_from(["float32", "float64"]),
    st.sampled_from([optim.SGD, optim.Adam, optim.RMSprop]),
)
def test_a_step_uses_the_sum_of_the_gradients_that_exist(size, has, dtype, kind):
    rng = np.random.default_rng(0)
    numbers = [[rng.standard_normal(shape) for shape in PARAMETERS] for _ in range(size)]

    def parameters():
        return [tensor(np.ones(s), dtype=dtype, requires_grad=True) for s in PARAMETERS]

    def work(group):
        params = parameters()
        frozen = tensor([1.0, 2.0], dtype=dtype)
        optimizer = SummedOptimizer(kind([*params, frozen], lr=0.1), group)
        for _ in range(2):
            optimizer.zero_grad()
            for p, g, present in zip(params, numbers[group.rank], has[group.rank], strict=True):
                if present:
                    p.grad = tensor(g, dtype=dtype)
            optimizer.step()
        assert frozen.tolist() == [1, 2]
        return [p.detach().numpy().tobytes() for p in params], [p.grad is None for p in params]

    alone = parameters()
    optimizer = kind(alone, lr=0.1)
    for _ in range(2):
        for i, p in enumerate(alone):
            arrays = [
                np.asarray(numbers[r][i] if has[r][i] else np.zeros(PARAMETERS[i]), dtype)
                for r in range(size)
            ]
            total = arrays[0].copy()
            for array in arrays[1:]:
                total = total + array
            p.grad = tensor(total) if any(has[r][i] for r in range(size)) else None
        optimizer.step()
    for found, missing in run(size, work):
        assert found == [p.detach().numpy().tobytes() for p in alone]
        assert missing == [p.grad is None for p in alone]


def test_the_rest_of_the_optimizer_is_that_of_the_inner_one():
    p = tensor([1.0], requires_grad=True)
    inner = optim.Adam([p], lr=0.5)
    optimizer = SummedOptimizer(inner, Alone())
    assert isinstance(optimizer, optim.Optimizer)
    assert optimizer.param_groups is inner.param_groups
    schedule = optim.lr_scheduler.StepLR(optimizer, 1, 0.1)
    assert optimizer.step(lambda: (p * p).sum().backward() or 7) == 7
    schedule.step()
    assert inner.param_groups[0]["lr"] == pytest.approx(0.05)
    state = optimizer.state_dict()
    assert state["state"][0]["step"].item() == 1
    optimizer.zero_grad()
    assert p.grad is None
    other = SummedOptimizer(optim.Adam([tensor([1.0], requires_grad=True)]), Alone())
    other.load_state_dict(state)
    assert other.inner.state_dict()["state"][0]["step"].item() == 1
    assert other.state is other.inner.state
    other.add_param_group({"params": [tensor([2.0], requires_grad=True)]})
    assert len(other.inner.param_groups) == 2
    assert repr(optimizer).startswith("SummedOptimizer(Adam(")


def test_ranks_with_other_parameters_stop():
    def work(group):
        p = tensor(np.ones(3 + group.rank), requires_grad=True)
        p.grad = tensor(np.ones(3 + group.rank))
        SummedOptimizer(optim.SGD([p], 0.1), group).step()

    with pytest.raises(ParallelError, match="the same model"):
        run(2, work)


def gradients(work):
    """Return the gradient of p that work(p, optimizer, rank) leaves, by number of ranks."""

    def start(group):
        p = tensor([4.0], requires_grad=True)
        optimizer = SummedOptimizer(optim.SGD([p], lr=0.0), group)
        work(p, optimizer, group.rank)
        return p.grad.tolist()

    return [run(size, start) for size in (1, 2)]


def test_a_sum_is_not_summed_again():
    def two_steps(p, optimizer, rank):
        ((rank + 1) * p).sum().backward()
        optimizer.step()
        optimizer.step()

    assert gradients(two_steps) == [[[1.0]], [[3.0]] * 2]

    def clipped(p, optimizer, rank):
        for _ in range(2):
            optimizer.zero_grad()
            ((rank + 1) * p).sum().backward()
            optimizer.add_gradients()
            nn.utils.clip_grad_norm_([p], 0.5)
            optimizer.step()

    for found in gradients(clipped):
        np.testing.assert_allclose(found, 0.5, rtol=1e-5)


@pytest.mark.parametrize("to_none", [True, False])
def test_gradients_after_zero_grad_are_summed(to_none):
    def work(p, optimizer, rank):
        for _ in range(3):
            optimizer.zero_grad(to_none)
            ((rank + 1) * p).sum().backward()
            optimizer.step()

    assert gradients(work) == [[[1.0]], [[3.0]] * 2]


def test_the_gradient_of_a_parameter_that_was_frozen_later_is_summed():
    def work(p, optimizer, rank):
        ((rank + 1) * p).sum().backward()
        p.requires_grad_(False)
        optimizer.step()

    assert gradients(work) == [[[1.0]], [[3.0]] * 2]


def test_a_copy_of_the_optimizer_has_its_own_parameters():
    p = tensor([4.0], requires_grad=True)
    optimizer = SummedOptimizer(optim.SGD([p], lr=1.0), Alone())
    (p * p).sum().backward()
    optimizer.step()
    for other in (copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))):
        assert isinstance(other, SummedOptimizer)
        (q,) = other.param_groups[0]["params"]
        other.zero_grad()
        (3 * q).sum().backward()
        other.step()
        assert (p.item(), q.item()) == (-4, -7)
