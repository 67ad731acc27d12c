"""Recording: no_grad and its relatives, in threads, in `with`, and as decorators."""

import threading

import numpy as np
import pytest

import minigan
from minigan import tensor


def leaf(*numbers):
    return tensor(np.array(numbers), requires_grad=True)


def test_no_grad_is_of_this_thread():
    x, seen = leaf(1.0), {}

    def other():
        seen["recording"], seen["node"] = minigan.is_grad_enabled(), (x * 2).node

    with minigan.no_grad():
        assert not minigan.is_grad_enabled() and not (x * 2).requires_grad
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        with minigan.enable_grad():
            assert (x * 2).requires_grad
        with pytest.raises(ZeroDivisionError), minigan.enable_grad():
            _ = 1 / 0
        assert not minigan.is_grad_enabled()
    assert seen["recording"] and seen["node"] is not None and minigan.is_grad_enabled()


def test_no_grad_decorates():
    x = leaf(1.0)

    @minigan.no_grad()
    def double(depth):
        return x * 2 if not depth else double(depth - 1)

    assert not double(3).requires_grad and minigan.is_grad_enabled()
    with minigan.set_grad_enabled(False):
        assert not minigan.is_grad_enabled()


def test_set_grad_enabled_acts_at_once_until_its_end_or_around_a_function():
    assert minigan.is_grad_enabled()
    minigan.set_grad_enabled(False)
    assert not minigan.is_grad_enabled()
    with minigan.set_grad_enabled(True):
        assert minigan.is_grad_enabled()
    assert not minigan.is_grad_enabled()
    minigan.set_grad_enabled(True)
    off = minigan.set_grad_enabled(False)
    for _ in range(3):  # the first time it is off already
        with off:
            assert not minigan.is_grad_enabled()
        assert minigan.is_grad_enabled()

    @minigan.set_grad_enabled(False)
    def recording():
        return minigan.is_grad_enabled()

    assert (
        minigan.is_grad_enabled()
        and not recording()
        and not recording()
        and minigan.is_grad_enabled()
    )


MODES = {
    "no_grad": (lambda: minigan.no_grad(), False),
    "inference_mode": (lambda: minigan.inference_mode(), False),
    "set_grad_enabled": (lambda: minigan.set_grad_enabled(False), False),
    "enable_grad": (lambda: minigan.enable_grad(), True),
    "no_grad bare": (lambda: minigan.no_grad, False),
    "inference_mode bare": (lambda: minigan.inference_mode, False),
    "enable_grad bare": (lambda: minigan.enable_grad, True),
}


@pytest.mark.parametrize("name", MODES)
def test_a_decorated_generator_switches_inside_its_steps_only(name):
    make, inside = MODES[name]
    seen, around = [], []

    @make()
    def steps(n):
        try:
            for i in range(n):
                seen.append(minigan.is_grad_enabled())
                sent = yield i
                seen.append(sent)
        except KeyError as error:
            seen.append((minigan.is_grad_enabled(), str(error)))
            yield "caught"
        finally:
            seen.append(minigan.is_grad_enabled())
        return "end"

    with minigan.set_grad_enabled(not inside):
        running = steps(3)
        assert minigan.is_grad_enabled() != inside and not seen  # nothing has run
        for i in range(3):
            assert (next(running) if i == 0 else running.send(i)) == i
            around.append(minigan.is_grad_enabled())
        with pytest.raises(StopIteration) as end:
            running.send(3)
        assert end.value.value == "end" and seen == [inside, 1, inside, 2, inside, 3, inside]
        assert around == [not inside] * 3 and minigan.is_grad_enabled() != inside
        seen.clear()
        running = steps(2)
        next(running)
        assert running.throw(KeyError("k")) == "caught" and seen[1] == (inside, "'k'")
        running.close()
        assert seen[-1] is inside and minigan.is_grad_enabled() != inside
        assert steps.__name__ == "steps" and list(steps(2)) == [0, 1]


def test_two_generators_and_their_caller_keep_their_modes():
    x = leaf(2.0)

    @minigan.no_grad()
    def without(n):
        for _ in range(n):
            yield (x * 2).requires_grad

    @minigan.enable_grad()
    def recorded(n):
        for _ in range(n):
            yield (x * 2).requires_grad

    for a, b in zip(without(3), recorded(3), strict=True):
        assert (a, b, (x * 2).requires_grad) == (False, True, True)
        with minigan.no_grad():
            assert next(recorded(1)) and not (x * 2).requires_grad


def test_inference_mode():
    x = leaf(3.0)
    with minigan.inference_mode():
        y = x * x
    assert not y.requires_grad and (y * x).requires_grad
    with minigan.inference_mode(False):
        assert (x * x).requires_grad
    with minigan.no_grad(), minigan.inference_mode(False):
        assert not (x * x).requires_grad
    assert minigan.inference_mode()(lambda: minigan.is_grad_enabled())() is False


@pytest.mark.parametrize("mode", ["False", 0, 1, None, []])
def test_a_mode_is_a_bool(mode):
    for make in (minigan.set_grad_enabled, minigan.inference_mode):
        with pytest.raises(TypeError, match=r"mode=.* must be True or False"):
            make(mode)
    assert minigan.is_grad_enabled()


def test_grad_takes_pytorchs_arguments():
    x, z = leaf(3.0), leaf(1.0)
    y = (x * x).sum()
    (g,) = minigan.autograd.grad(y, x, None, True, False, True, False)
    assert g.tolist() == [6.0]
    g, none = minigan.grad(y, [x, z], retain_graph=1, allow_unused=1, only_inputs=True)
    assert g.tolist() == [6.0] and none is None
    g, zero = minigan.grad(y, [x, z], retain_graph=True, materialize_grads=True)
    assert g.tolist() == [6.0] and zero.tolist() == [0.0]
    assert minigan.grad(y, x, create_graph=True, is_grads_batched=False)[0].requires_grad
    for wrong in ({"only_inputs": False}, {"is_grads_batched": True}):
        with pytest.raises(ValueError, match="grad: only_inputs="):
            minigan.grad(y, x, retain_graph=True, **wrong)
    for flag in ("create_graph", "retain_graph", "allow_unused", "materialize_grads"):
        with pytest.raises(TypeError, match=f"grad: {flag}='False' must be True or False"):
            minigan.grad(y, x, **{flag: "False"})
    for flag in ("create_graph", "retain_graph"):
        with pytest.raises(TypeError, match=f"backward: {flag}='False'"):
            y.backward(**{flag: "False"})


def test_variable_returns_a_tensor():
    x = leaf(1.0, 2.0)
    v = minigan.autograd.Variable(x * 1, requires_grad=True)
    assert isinstance(v, minigan.Tensor) and isinstance(x, minigan.autograd.Variable)
    assert not isinstance(1.0, minigan.autograd.Variable) and v.is_leaf and v.requires_grad
    assert not minigan.autograd.Variable(x).requires_grad
    assert minigan.autograd.Variable(x, volatile=True).memory is x.memory
    with pytest.raises(TypeError, match="Variable: data must be a Tensor, not list"):
        minigan.autograd.Variable([1.0])
