"""New tensors: dtypes, copies, constants and ranges, random numbers, and data that are refused."""

import numpy as np
import pytest

import minigan
from minigan import tensor


def same(*values):
    first, *rest = [v.detach() for v in values]
    for other in rest:
        assert other.dtype == first.dtype and other.shape == first.shape
        np.testing.assert_array_equal(first.numpy(), other.numpy())


def test_dtypes_of_new_tensors():
    expected = {
        "float32": [1.0, [1.0, 2.0], [1, 2.5], [], [[], []], (1.0,), [tensor(1.0), tensor(2.0)]],
        "int64": [1, [1, 2], (3,), [[1], [2]], [True, 2], range(3)],
        "bool": [True, [True, False]],
        "float64": [
            np.float64(1),
            np.ones(2),
            [np.float64(1.0), np.float64(2.0)],
            [np.ones(2), np.ones(2)],
        ],
        "float16": [np.ones(2, np.float16)],
        "uint8": [np.ones(2, np.uint8), np.uint8(3)],
    }
    for dtype, values in expected.items():
        for value in values:
            assert tensor(value).dtype == dtype, value
    assert (
        tensor(np.arange(3, dtype=">f4")).dtype == np.float32
        and tensor(np.arange(3, dtype=">f4")).dtype.isnative
    )
    assert tensor(np.arange(3, dtype=np.longdouble)).dtype == np.float64
    assert tensor([1, 2], dtype=float).dtype == np.float32 and tensor(
        [1.7], dtype="long"
    ).tolist() == [1]
    assert (
        minigan.zeros(2).dtype
        == minigan.ones((2,)).dtype
        == minigan.full((2,), 0.5).dtype
        == np.float32
    )
    assert (
        minigan.full((2,), 5).dtype == minigan.arange(3).dtype == np.int64
        and minigan.arange(3.0).dtype == np.float32
    )


@pytest.mark.parametrize(
    "data",
    [
        "text",
        ["a"],
        None,
        [None],
        object(),
        [1, [2]],
        1j,
        np.ones(2, complex),
        np.array(["x"]),
        np.array([object()]),
        {},
        10**30,
        np.datetime64("2020-01-01"),
        [[1.0, 2.0], [3.0]],
    ],
    ids=repr,
)
def test_data_that_cannot_be_a_tensor_are_refused(data):
    with pytest.raises((TypeError, ValueError), match=r"Tensor|data"):
        tensor(data)


def test_data_is_copied_and_never_modified():
    a = np.arange(4.0)
    x, shared = tensor(a), minigan.from_numpy(a)
    x.zero_()
    assert a.tolist() == [0, 1, 2, 3]
    shared[0] = 9
    assert a[0] == 9 and minigan.as_tensor(a).numpy() is a


def test_integers_cannot_require_grad():
    for make in (
        lambda: tensor([1], requires_grad=True),
        lambda: tensor([1]).requires_grad_(),
        lambda: minigan.arange(3, requires_grad=True),
    ):
        with pytest.raises(TypeError, match="float"):
            make()


def test_factories():
    assert minigan.arange(2, 11, 3).tolist() == [2, 5, 8] and minigan.arange(5, 0, -2).tolist() == [
        5,
        3,
        1,
    ]
    assert minigan.arange(0, 1, 0.25).tolist() == [0, 0.25, 0.5, 0.75] and minigan.arange(
        0
    ).shape == (0,)
    assert minigan.linspace(0, 1, 5).tolist() == [0, 0.25, 0.5, 0.75, 1] and minigan.eye(
        2, 3
    ).tolist() == [
        [1, 0, 0],
        [0, 1, 0],
    ]
    assert (
        minigan.zeros(2, 3).shape
        == minigan.zeros((2, 3)).shape
        == minigan.zeros([2, 3]).shape
        == (2, 3)
    )
    assert minigan.zeros(()).shape == minigan.ones([]).shape == ()
    x = minigan.ones(2, 3, dtype="float64")
    for like in (
        minigan.zeros_like,
        minigan.ones_like,
        minigan.randn_like,
        minigan.rand_like,
        minigan.empty_like,
    ):
        assert (
            like(x).shape == (2, 3)
            and like(x).dtype == np.float64
            and like(x, dtype="float32").dtype == np.float32
        )
    assert minigan.full_like(x, 3).tolist() == [[3.0] * 3] * 2


def test_new_tensors_are_like_their_maker():
    x = minigan.ones(2, 3, dtype="float64")
    for y in (
        x.new_zeros(4, 1),
        x.new_ones(size=(4, 1)),
        x.new_full((4, 1), 2),
        x.new_tensor([[1], [2], [3], [4]]),
    ):
        assert y.shape == (4, 1) and y.dtype == np.float64 and not y.requires_grad
    assert (
        x.long().new_tensor([1.5]).tolist() == [1]
        and x.new_tensor([1.5], dtype="int64").dtype == np.int64
    )
    assert x.new_ones(2, requires_grad=True).requires_grad
    assert minigan.is_tensor(x) and not minigan.is_tensor(x.numpy())


def test_bernoulli_draws_with_the_probabilities_given():
    p = minigan.tensor([0.0, 0.2, 0.7, 1.0]).expand(20_000, 4)
    drawn = minigan.bernoulli(p, generator=3)
    assert drawn.dtype == p.dtype and set(drawn.flatten().tolist()) == {0.0, 1.0}
    np.testing.assert_allclose(
        drawn.mean(0).numpy(), [0, 0.2, 0.7, 1], atol=0.015
    )  # 4 standard deviations
    same(drawn, p.bernoulli(generator=np.random.default_rng(3)))
    assert minigan.ones(5, dtype="int64").bernoulli(1.0).tolist() == [1] * 5


def test_randomness_is_an_argument():
    for draw in (minigan.randn, minigan.rand):
        first = draw(3, 4, generator=np.random.default_rng(5))
        same(first, draw(3, 4, generator=5))
        assert (draw(3, 4) != draw(3, 4)).any()
    rng = np.random.default_rng(0)
    assert (minigan.randn(3, generator=rng) != minigan.randn(3, generator=rng)).any()
    assert sorted(minigan.randperm(9, generator=1).tolist()) == list(range(9))
    assert set(minigan.randint(2, 5, (99,), generator=1).tolist()) == {2, 3, 4}
    for wrong in ("seed", 1.5, True, [1]):
        with pytest.raises(TypeError, match="generator"):
            minigan.randn(2, generator=wrong)
