"""Padding against numpy.pad, its adjoint, and errors."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minigan
from minigan import Tensor
from minigan.check import check_adjoint, check_grad
from minigan.nn.functional.padding import Pad, pad

X = np.random.default_rng(12).normal(size=(2, 3, 4))
NUMPYS = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


@given(
    st.tuples(*[st.integers(0, 3)] * 2),
    st.tuples(*[st.integers(0, 2)] * 2),
    st.sampled_from(list(NUMPYS)),
)
def test_as_numpy_pads(last: tuple[int, int], before: tuple[int, int], mode: str) -> None:
    expected = np.pad(X, ((0, 0), before, last), mode=NUMPYS[mode])  # type: ignore[call-overload]
    np.testing.assert_array_equal(pad(Tensor(X), (*last, *before), mode).numpy(), expected)


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=2, max_size=2))
def test_padding_negated_is_the_adjoint(widths: list[tuple[int, int]]) -> None:
    sizes = tuple(n + before + after for n, (before, after) in zip((7, 8), widths, strict=True))
    negated = tuple((-before, -after) for before, after in widths)
    check_adjoint(Pad(tuple(widths)), Pad(negated), (7, 8), sizes)


@pytest.mark.parametrize("mode", list(NUMPYS))
def test_gradients_to_order_three(mode: str) -> None:
    check_grad(lambda x: pad(x, (2, 1, -1, 1), mode) ** 3, X, order=3)


def test_the_result_is_never_the_input_itself() -> None:
    x = Tensor(X)
    assert pad(x, (0, 0)) is not x and pad(x, ()) is not x
    assert pad(minigan.arange(3), (1, 1), value=7).tolist() == [7, 0, 1, 2, 7]


@pytest.mark.parametrize(
    ("error", "match", "args"),
    [
        (TypeError, "pad=1 must be a tuple", (1,)),
        (TypeError, "must be a tuple of integers", ((1, 1.5),)),
        (TypeError, "value='a' must be a number", ((1, 1), "constant", "a")),
        (ValueError, "must be pairs", ((1, 1, 1),)),
        (ValueError, "must be pairs", ((1,) * 8,)),
        (ValueError, "crops more", ((-3, -2),)),
        (ValueError, "mode='mirror' is not legal", ((1, 1), "mirror")),
        (ValueError, "mode='reflect' pads an axis of size 4 by at most 3", ((4, 0), "reflect")),
        (ValueError, "mode='circular' pads an axis of size 4 by at most 4", ((0, 5), "circular")),
        (ValueError, "value=1.0 is for mode='constant'", ((1, 1), "replicate", 1.0)),
    ],
)
def test_wrong_arguments(error: Any, match: str, args: Any) -> None:
    with pytest.raises(error, match=f"^pad: .*{match}"):
        pad(Tensor(X), *args)
    with pytest.raises(TypeError, match="must be a Tensor"):
        pad(X, (1, 1))  # type: ignore[arg-type]
