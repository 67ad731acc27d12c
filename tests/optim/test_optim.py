"""Laws of optimizers: steps computed by hand, flat arrays against a loop, and their states."""

import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from optimizer_suite import KINDS, parameters, with_gradients

import minigan
from minigan import nn, optim
from minigan.optim.flat import Flat


def test_the_first_step_of_adam_is_the_sign_of_the_gradient():
    p = minigan.tensor([1.0, 2.0, 3.0], requires_grad=True)
    p.grad = minigan.tensor([1e-3, -5.0, 1e3])
    optim.Adam([p], lr=0.5, eps=0.0).step()
    np.testing.assert_allclose(p.detach().numpy(), [0.5, 2.5, 2.5], rtol=1e-6)


def test_momentum_by_hand():
    p = minigan.tensor([0.0], requires_grad=True)
    optimizer = optim.SGD([p], lr=1.0, momentum=0.5)
    seen = []
    for _ in range(3):
        p.grad = minigan.tensor([1.0])
        optimizer.step()
        seen.append(p.item())
    assert seen == [-1.0, -2.5, -4.25]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_all_at_once_is_a_loop_over_the_parameters_bit_for_bit(kind, dtype):
    together, alone = (
        parameters(np.random.default_rng(0), dtype),
        parameters(np.random.default_rng(0), dtype),
    )
    one, several = kind(together), [kind([p]) for p in alone]
    for t in range(10):
        with_gradients(together, t), with_gradients(alone, t)
        if t % 3 == 1:
            together[1].grad = alone[1].grad = None
        one.step()
        for optimizer in several:
            optimizer.step()
    for a, b in zip(together, alone, strict=True):
        assert a.detach().numpy().tobytes() == b.detach().numpy().tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_bits_do_not_depend_on_threads(kind):
    found, before = [], minigan.get_num_threads()
    try:
        for threads in (1, 2, 3):
            minigan.set_num_threads(threads)
            params = parameters(np.random.default_rng(0))
            optimizer = kind(params)
            for t in range(3):
                with_gradients(params, t)
                optimizer.step()
            found.append(b"".join(p.detach().numpy().tobytes() for p in params))
    finally:
        minigan.set_num_threads(before)
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("kind", KINDS)
def test_parameters_replaced_or_moved_are_gathered_again(kind):
    plain, moved = parameters(np.random.default_rng(0)), parameters(np.random.default_rng(0))
    a, b = kind(plain), kind(moved)
    for t in range(6):
        with_gradients(plain, t), with_gradients(moved, t)
        if t == 2:
            for p in moved:
                p.data = p.detach().numpy().copy()
        if t == 3:
            b.load_state_dict(b.state_dict())
        if t == 4:
            moved[0].data = np.asfortranarray(moved[0].detach().numpy())
        a.step(), b.step()
    for x, y in zip(plain, moved, strict=True):
        np.testing.assert_array_equal(x.detach().numpy(), y.detach().numpy())


def test_a_view_taken_after_the_optimizer_was_made_follows_the_steps():
    (p,) = parameters(np.random.default_rng(0), shapes=[(3,)])
    optimizer = optim.Adam([p])
    view, array = p.detach(), p.numpy()
    p.grad = minigan.tensor([1.0, 2.0, 3.0])
    optimizer.step()
    np.testing.assert_array_equal(view.numpy(), p.detach().numpy())
    np.testing.assert_array_equal(array, p.detach().numpy())


def test_dtypes_are_mixed_and_changed():
    rng = np.random.default_rng(0)
    layer = nn.Linear(3, 2, generator=0)
    params = [*layer.parameters(), *parameters(rng, np.float64, [(2,)])]
    optimizer = optim.Adam(params, lr=0.1)
    for t in range(3):
        with_gradients(params, t)
        optimizer.step()
        layer.double() if t == 0 else layer.float()
    assert [str(p.dtype) for p in params] == ["float32", "float32", "float64"]


def test_a_parameter_without_gradient_is_left_alone():
    params = parameters(np.random.default_rng(0))
    before = [p.detach().numpy().copy() for p in params]
    optimizer = optim.AdamW(params, lr=0.1)
    params[1].grad = minigan.tensor(1.0)
    optimizer.step()
    for i, (p, old) in enumerate(zip(params, before, strict=True)):
        assert np.array_equal(p.detach().numpy(), old) == (i != 1)
    assert list(optimizer.state_dict()["state"]) == [1]


def test_making_an_optimizer_leaves_numbers_and_graphs_valid():
    p = minigan.tensor([2.0], requires_grad=True)
    loss = (p * p).sum()
    optim.Adam([p])
    loss.backward()
    assert p.grad.tolist() == [4.0]


def test_a_stale_graph_is_caught():
    p = minigan.tensor([2.0], requires_grad=True)
    loss = (p * p).sum()
    p.grad = minigan.tensor([1.0])
    optim.Adam([p]).step()
    with pytest.raises(RuntimeError, match="changed in place"):
        loss.backward()


@pytest.mark.parametrize("kind", KINDS)
def test_states_continue_bit_for_bit(kind):
    straight, resumed = parameters(np.random.default_rng(0)), parameters(np.random.default_rng(0))
    a, b = kind(straight), kind(resumed)
    for t in range(6):
        if t == 3:
            state = b.state_dict()
            resumed = [minigan.tensor(p.detach().numpy(), requires_grad=True) for p in resumed]
            b = kind(resumed)
            b.load_state_dict(state)
        with_gradients(straight, t), with_gradients(resumed, t)
        a.step(), b.step()
    for x, y in zip(straight, resumed, strict=True):
        assert x.detach().numpy().tobytes() == y.detach().numpy().tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_a_state_that_is_loaded_replaces_the_averages_of_earlier_steps(kind):
    params, others = parameters(np.random.default_rng(0)), parameters(np.random.default_rng(0))
    a, b = kind(params), kind(others)
    for t in range(3):
        with_gradients(params, t), with_gradients(others, 10 + t)
        a.step(), b.step()
    b.load_state_dict(a.state_dict())
    for x, y in zip(params, others, strict=True):
        y.data = x.detach().numpy().copy()
    with_gradients(params, 4), with_gradients(others, 4)
    a.step(), b.step()
    for x, y in zip(params, others, strict=True):
        np.testing.assert_array_equal(x.detach().numpy(), y.detach().numpy())
    states = [optimizer.state_dict()["state"] for optimizer in (a, b)]
    for i, state in states[0].items():
        for key, value in state.items():
            np.testing.assert_array_equal(value.numpy(), states[1][i][key].numpy())


@pytest.mark.parametrize("kind", KINDS)
def test_a_deep_copy_is_independent(kind):
    params = parameters(np.random.default_rng(0))
    optimizer = kind(params)
    with_gradients(params, 0)
    optimizer.step()
    params_2, optimizer_2 = copy.deepcopy((params, optimizer))
    with_gradients(params, 1), with_gradients(params_2, 1)
    before = params[0].detach().numpy().copy()
    optimizer_2.step()
    np.testing.assert_array_equal(params[0].detach().numpy(), before)
    optimizer.step()
    for x, y in zip(params, params_2, strict=True):
        np.testing.assert_array_equal(x.detach().numpy(), y.detach().numpy())


def test_clearing_the_state_restarts():
    params, fresh = parameters(np.random.default_rng(0)), parameters(np.random.default_rng(0))
    optimizer = optim.Adam(params, lr=0.1)
    with_gradients(params, 0)
    optimizer.step()
    optimizer.state.clear()
    for p, q in zip(params, fresh, strict=True):
        q.data = p.detach().numpy().copy()
    with_gradients(params, 1), with_gradients(fresh, 1)
    optimizer.step(), optim.Adam(fresh, lr=0.1).step()
    for x, y in zip(params, fresh, strict=True):
        np.testing.assert_array_equal(x.detach().numpy(), y.detach().numpy())


def test_zero_grad_and_closure():
    p = minigan.tensor([3.0], requires_grad=True)
    optimizer = optim.SGD([p], lr=0.1)

    def closure():
        optimizer.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    with minigan.no_grad():
        assert optimizer.step(closure).item() == 9.0
    assert p.item() == pytest.approx(2.4)
    optimizer.zero_grad(set_to_none=False)
    assert p.grad.tolist() == [0.0]
    optimizer.zero_grad()
    assert p.grad is None


@given(st.lists(st.lists(st.integers(0, 4), max_size=3), min_size=1, max_size=5))
def test_flat_holds_what_was_put_in(shapes):
    rng = np.random.default_rng(0)
    tensors = [minigan.tensor(rng.standard_normal(shape)) for shape in shapes]
    before = [x.numpy().copy() for x in tensors]
    flat = Flat(tensors, tensors)
    assert flat.holds(tensors)
    flat.array *= 2
    for x, old in zip(tensors, before, strict=True):
        np.testing.assert_array_equal(x.numpy(), 2 * old)
    assert flat.part(0, len(shapes) - 1).size == flat.array.size
    tensors[0].data = tensors[0].numpy().copy()
    assert not flat.holds(tensors)


def test_groups_are_added():
    a, b = parameters(np.random.default_rng(0), shapes=[(2,), (3,)])
    optimizer = optim.SGD([a], lr=1.0)
    optimizer.add_param_group({"params": b, "lr": 0.5})
    a.data, b.data = np.zeros(2, np.float32), np.zeros(3, np.float32)
    a.grad, b.grad = minigan.ones(2), minigan.ones(3)
    optimizer.step()
    assert a.tolist() == [-1.0, -1.0] and b.tolist() == [-0.5, -0.5, -0.5]
    assert [group["params"] for group in optimizer.state_dict()["param_groups"]] == [[0], [1]]


def test_repr():
    params = parameters(np.random.default_rng(0))
    assert repr(optim.SGD(params, lr=0.5)).startswith("SGD(4 parameters, lr=0.5, momentum=0")


def test_averages_whose_order_or_number_changes_keep_their_numbers():
    class Counts(optim.Optimizer):
        def slots(self, group):
            return group["names"]

        def update(self, group, t, p, g, *averages):
            for i, average in enumerate(averages):
                average += 10**i

    p = minigan.tensor([0.0], requires_grad=True)
    p.grad = minigan.tensor([1.0])
    optimizer = Counts([p], {"names": ("a", "b")})
    for names in (("a", "b"), ("b", "a"), ("b",), ("c", "b", "a")):
        optimizer.param_groups[0]["names"] = names
        optimizer.step()
    state = optimizer.state[p]
    assert [state[name].item() for name in "abc"] == [1 + 10 + 100, 10 + 1 + 1 + 10, 1]


@pytest.mark.parametrize("step", [5, np.float32(5), np.array(5.0), minigan.tensor(5.0)])
def test_a_number_of_steps_that_a_user_sets(step):
    p = minigan.tensor([1.0], requires_grad=True)
    p.grad = minigan.tensor([1.0])
    optimizer = optim.Adam([p])
    optimizer.step()
    optimizer.state[p]["step"] = step
    optimizer.step()
    assert optimizer.state[p]["step"].item() == 6
