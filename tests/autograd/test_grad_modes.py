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

    @minigan.set_grad_enabled(False)
    def recording():
        return minigan.is_grad_enabled()

    assert (
        minigan.is_grad_enabled()
        and not recording()
        and not recording()
        and minigan.is_grad_enabled()
    )
