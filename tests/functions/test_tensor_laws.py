"""Laws of the functions of tensors, on random tensors: broadcasting, shaping, sums, products."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays, mutually_broadcastable_shapes

import minigan
from minigan import tensor


def same(*values):
    first, *rest = [v.detach() for v in values]
    for other in rest:
        assert other.dtype == first.dtype and other.shape == first.shape
        np.testing.assert_array_equal(first.numpy(), other.numpy())


def values(shape):
    return arrays(np.float64, shape, elements=st.floats(-4, 4))


@given(array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3))
def test_one_number_is_expanded_without_a_copy(shape):
    x = tensor(np.array(3.0), requires_grad=True)
    y = x.expand(*shape) if shape else x
    assert y.shape == shape and y.detach().tolist() == np.full(shape, 3.0).tolist()
    (2 * y).sum().backward()
    assert x.grad.item() == 2 * y.numel()
    if shape:
        assert y.numel() == 0 or np.shares_memory(y.detach().numpy(), x.detach().numpy())
        with pytest.raises(RuntimeError, match="expanded|read-only"):
            y.detach().add_(1)


@given(mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=4), st.integers(0, 2**32))
def test_broadcasting_as_numpy(shapes, seed):
    rng = np.random.default_rng(seed)
    a, b = (rng.normal(size=shape) for shape in shapes.input_shapes)
    x, y = tensor(a, requires_grad=True), tensor(b, requires_grad=True)
    z = x * y + y
    np.testing.assert_array_equal(z.detach().numpy(), a * b + b)
    z.sum().backward()
    ones = np.ones(shapes.result_shape)
    for t, g in ((x, b * ones), (y, (a + 1) * ones)):
        lead = g.ndim - t.ndim
        axes = tuple(
            i for i in range(g.ndim) if i < lead or (t.shape[i - lead] == 1 and g.shape[i] != 1)
        )
        np.testing.assert_allclose(
            t.grad.numpy(), g.sum(axes).reshape(t.shape), rtol=1e-12, atol=1e-12
        )


@given(array_shapes(max_dims=3, max_side=4).flatmap(values))
def test_moving_numbers_can_be_undone(a):
    x = tensor(a)
    order = np.random.default_rng(a.size).permutation(a.ndim).tolist()
    same(
        x,
        x.permute(order).permute(np.argsort(order).tolist()),
        x.flip(0).flip(0),
        x.reshape(-1).reshape(a.shape),
    )
    same(
        x,
        minigan.cat(x.chunk(2)),
        minigan.stack(x.unbind(0)),
        x.roll(3, 0).roll(-3, 0),
        x.unsqueeze(1).squeeze(1),
    )
    same(x, x.gather(0, x.argsort(0)).gather(0, x.argsort(0).argsort(0)))


@given(array_shapes(max_dims=3, max_side=4).flatmap(values))
def test_reductions_agree_with_each_other(a):
    x = tensor(a)
    np.testing.assert_allclose(x.softmax(0).sum(0).numpy(), 1)
    np.testing.assert_allclose(x.log_softmax(-1).exp().numpy(), x.softmax(-1).numpy())
    np.testing.assert_allclose(x.logsumexp(0).numpy(), x.exp().sum(0).log().numpy(), atol=1e-12)
    np.testing.assert_allclose(
        x.var(correction=0).item(), (x * x).mean().item() - x.mean().item() ** 2, atol=1e-9
    )
    same(x.amax(0), x.max(0).values, x.sort(0).values[-1], x.topk(1, 0).values[0], -(-x).amin(0))
    np.testing.assert_allclose(x.cumsum(0)[-1].numpy(), x.sum(0).numpy(), atol=1e-12)
    assert x.norm().item() == pytest.approx(np.linalg.norm(a))


@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4), st.integers(0, 2**32))
def test_products_against_loops(n, k, m, seed):
    rng = np.random.default_rng(seed)
    a, b = rng.integers(-3, 4, (n, k)).astype(float), rng.integers(-3, 4, (k, m)).astype(float)
    loops = [[sum(a[i, j] * b[j, l] for j in range(k)) for l in range(m)] for i in range(n)]
    x, y = tensor(a), tensor(b)
    for z in (
        x @ y,
        minigan.einsum("ij,jk->ik", x, y),
        (y.T @ x.T).T,
        (x[:, :, None] * y[None]).sum(1),
        minigan.mm(x, y),
    ):
        np.testing.assert_array_equal(z.numpy(), np.reshape(np.array(loops, float), (n, m)))


@given(st.data())
def test_index_and_its_gradient_against_numpy(data):
    a = np.arange(60.0).reshape(3, 4, 5)
    key = tuple(
        data.draw(
            st.sampled_from(
                [slice(None), slice(1, None), slice(0, 3, 2), 2, -1, [0, 2, 0], None, Ellipsis]
            )
        )
        for _ in a.shape
    )
    # NumPy moves axes where an integer stands beside an array; PyTorch does not
    lists, integers = (sum(isinstance(k, kind) for k in key) for kind in (list, int))
    assume(sum(k is Ellipsis for k in key) <= 1 and lists <= 1 and not (lists and integers))
    x = tensor(a, requires_grad=True)
    np.testing.assert_array_equal(x[key].detach().numpy(), a[key])
    w = np.random.default_rng(0).normal(size=a[key].shape)
    (x[key] * w).sum().backward()
    expected = np.zeros_like(a)
    np.add.at(expected, key, w)
    np.testing.assert_allclose(x.grad.numpy(), expected, rtol=1e-12, atol=1e-12)
