"""Optimizers by their laws: hand-worked steps, flat buffers against a loop, states, and what is
refused.
"""

import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minigan
from minigan import nn, optim
from minigan.optim.flat import Flat

KINDS = [
    lambda p: optim.SGD(p, lr=0.1, momentum=0.9),
    lambda p: optim.Adam(p, lr=0.1, amsgrad=True),
    lambda p: optim.AdamW(p, lr=0.1),
    lambda p: optim.RMSprop(p, lr=0.1, centered=True, momentum=0.5),
]


def parameters(rng, dtype=np.float32, shapes=((3, 4), (), (5,), (200, 130))):
    return [
        minigan.tensor(rng.standard_normal(shape).astype(dtype), requires_grad=True)
        for shape in shapes
    ]


def with_gradients(params, seed):
    rng = np.random.default_rng(seed)
    for p in params:
        p.grad = minigan.tensor(rng.standard_normal(p.shape).astype(p.dtype))


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
    found = []
    for threads in (1, 2, 3):
        minigan.set_num_threads(threads)
        params = parameters(np.random.default_rng(0))
        optimizer = kind(params)
        for t in range(3):
            with_gradients(params, t)
            optimizer.step()
        found.append(b"".join(p.detach().numpy().tobytes() for p in params))
    minigan.set_num_threads(2)
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


def test_making_an_optimizer_changes_no_numbers_and_spoils_no_graph():
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
def test_a_deep_copy_lives_its_own_life(kind):
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


def test_clearing_the_state_starts_anew():
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


P = [minigan.tensor([1.0], requires_grad=True)]
OTHER = optim.Adam(parameters(np.random.default_rng(0)))
BAD = [
    (lambda: optim.SGD([]), ValueError, "SGD: params is empty"),
    (lambda: optim.SGD(P[0]), TypeError, "SGD: params must be an iterable"),
    (lambda: optim.SGD(3), TypeError, "params must be an iterable .* not int"),
    (lambda: optim.SGD([1.0]), TypeError, r"params\[0\] must be a Tensor, not float"),
    (lambda: optim.SGD([P[0] * 2]), ValueError, "optimize leaves"),
    (
        lambda: optim.SGD([P[0], P[0]]),
        ValueError,
        r"params\[1\], of shape \(1,\), was given before",
    ),
    (lambda: optim.SGD([{"params": P}, {"params": P}]), ValueError, "was given before"),
    (lambda: optim.SGD([{"lr": 1.0}]), TypeError, "'params'"),
    (lambda: optim.SGD([minigan.tensor([1, 2])]), TypeError, "int64"),
    (lambda: optim.SGD(P, lr=-1.0), ValueError, "SGD: lr=-1.0"),
    (lambda: optim.SGD(P, lr="fast"), TypeError, "SGD: lr='fast' must be a number"),
    (lambda: optim.SGD(P, lr=float("nan")), ValueError, "lr=nan"),
    (lambda: optim.SGD(P, momentum=-0.1), ValueError, "momentum=-0.1"),
    (lambda: optim.SGD(P, weight_decay=-0.1), ValueError, "weight_decay=-0.1"),
    (lambda: optim.SGD(P, nesterov=True), ValueError, "nesterov=True needs momentum"),
    (lambda: optim.SGD([{"params": P, "lr": -2.0}]), ValueError, "lr=-2.0"),
    (lambda: optim.Adam(P, betas=(0.5, 1.0)), ValueError, r"Adam: betas\[1\]=1.0"),
    (lambda: optim.Adam(P, betas=(-0.5, 0.9)), ValueError, r"betas\[0\]=-0.5"),
    (lambda: optim.Adam(P, betas=0.9), ValueError, "betas=0.9 must be two numbers"),
    (lambda: optim.AdamW(P, eps=-1.0), ValueError, "AdamW: eps=-1.0"),
    (lambda: optim.RMSprop(P, alpha=-1.0), ValueError, "RMSprop: alpha=-1.0"),
    (lambda: optim.Adam(P).load_state_dict({}), ValueError, "'state' and 'param_groups'"),
    (
        lambda: optim.Adam(P).load_state_dict(OTHER.state_dict()),
        ValueError,
        r"have \[4\] parameters, and \[1\] here",
    ),
    (
        lambda: optim.Adam(P).load_state_dict({"state": {}, "param_groups": [{}]}),
        ValueError,
        r"have \[0\] parameters",
    ),
    (
        lambda: optim.Adam(P).load_state_dict(
            {"state": {3: {}}, "param_groups": [{"params": [0]}]}
        ),
        ValueError,
        "in no",
    ),
    (
        lambda: optim.Adam(P).load_state_dict(
            {"state": {0: {"exp_avg": [1.0]}}, "param_groups": [{"params": [0]}]}
        ),
        ValueError,
        "no 'step'",
    ),
    (
        lambda: optim.lr_scheduler.StepLR(P, 3),
        TypeError,
        "StepLR: optimizer must be an Optimizer, not list",
    ),
    (lambda: optim.lr_scheduler.StepLR(optim.SGD(P), 0), ValueError, "StepLR: step_size=0"),
    (
        lambda: optim.lr_scheduler.CosineAnnealingLR(optim.SGD(P), 2.5),
        TypeError,
        "T_max=2.5 must be an integer",
    ),
    (lambda: optim.lr_scheduler.LambdaLR(optim.SGD(P), [abs, abs]), ValueError, "one per group"),
    (lambda: optim.lr_scheduler.LinearLR(optim.SGD(P), 2.0), ValueError, "start_factor=2.0"),
]


@pytest.mark.parametrize(("call", "error", "match"), BAD)
def test_errors_name_argument_and_value(call, error, match):
    with pytest.raises(error, match=match):
        call()


def test_a_gradient_of_another_shape_is_refused():
    (p,) = parameters(np.random.default_rng(0), shapes=[(3,)])
    optimizer = optim.SGD([p])
    p.grad = minigan.tensor([1.0])
    with pytest.raises(RuntimeError, match=r"shape \(3,\) has a gradient of shape \(1,\)"):
        optimizer.step()


def test_a_state_of_another_shape_is_refused_and_nothing_is_loaded():
    params = parameters(np.random.default_rng(0))
    optimizer = optim.Adam(params)
    with_gradients(params, 0)
    optimizer.step()
    state = copy.deepcopy(optimizer.state_dict())
    state["state"][3]["exp_avg"] = np.zeros((2, 2))
    before = optimizer.state[params[0]]["exp_avg"]
    with pytest.raises(ValueError, match=r"exp_avg has shape \(2, 2\)"):
        optimizer.load_state_dict(state)
    assert optimizer.state[params[0]]["exp_avg"] is before


@pytest.mark.parametrize("make", [
    lambda o: optim.lr_scheduler.StepLR(o, 2), lambda o: optim.lr_scheduler.CosineAnnealingLR(o, 5),
    lambda o: optim.lr_scheduler.LambdaLR(o, lambda epoch: 0.5**epoch),
])  # fmt: skip
def test_schedulers_continue(make):
    straight, first, second = (
        optim.SGD(parameters(np.random.default_rng(0)), lr=0.3) for _ in range(3)
    )
    a, b = make(straight), make(first)
    for _ in range(3):
        a.step(), b.step()
    c = make(second)
    second.load_state_dict(first.state_dict())
    c.load_state_dict(b.state_dict())
    for _ in range(3):
        a.step(), c.step()
        assert a.get_last_lr() == c.get_last_lr() == [second.param_groups[0]["lr"]]


def put(state, *path):
    *path, key, value = path
    for part in path:
        state = state[part]
    state[key] = value


BAD_STATES = [
    (("state", 3), "'state' must be a dict of dicts"), (("state", 0, 3), "'state' must be a dict "
"of dicts"),
    (("state", 0, "step", "a"), "step is a str"),
    (("state", 0, "step", np.float64(-3)), "step=-3.0 "
"is not legal"),
    (("state", 0, "exp_avg", "a"), "exp_avg is a str"), (("param_groups", 3), "'param_groups' "
"must be a list"),
    (("param_groups", [3]), "'param_groups' must be a list"),
    (("param_groups", 0, "params", 3), "a list of "
"numbers"),
    (("param_groups", 0, "lr", "a"), "lr='a' must be a "
"number"), (("param_groups", 0, "lr", -1), "lr=-1"),
    (("param_groups", 0, "betas", 3), "betas=3"),
    (("param_groups", 0, "betas", (2, 0.9)), r"betas\[0\]=2"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "match"), BAD_STATES, ids=range(len(BAD_STATES)))
def test_a_bad_state_is_refused_and_nothing_of_it_loaded(path, match):
    params = parameters(np.random.default_rng(0), shapes=((2,), (3,)))
    optimizer = optim.Adam(params)
    with_gradients(params, 0)
    optimizer.step()
    state, before = copy.deepcopy(optimizer.state_dict()), repr(optimizer.state_dict())
    state["param_groups"][0]["weight_decay"] = 0.5
    put(state, *path)
    with pytest.raises((TypeError, ValueError), match=match):
        optimizer.load_state_dict(state)
    assert repr(optimizer.state_dict()) == before


@pytest.mark.parametrize("make", [
    lambda o: optim.lr_scheduler.StepLR(o, 2, gamma="a"),
    lambda o: optim.lr_scheduler.ExponentialLR(o, float("nan")),
    lambda o: optim.lr_scheduler.MultiStepLR(o, 3),
    lambda o: optim.lr_scheduler.MultiStepLR(o, ["a"]),
    lambda o: optim.lr_scheduler.CosineAnnealingLR(o, 3, eta_min="a"),
])  # fmt: skip
def test_settings_of_schedulers_are_checked(make):
    with pytest.raises((TypeError, ValueError), match=r"LR: (gamma|milestones|eta_min)="):
        make(optim.SGD(parameters(np.random.default_rng(0)), lr=0.3))
