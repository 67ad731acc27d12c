"""Laws that activations, norms and losses obey for all numbers, and values known in closed form."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import minigan
import minigan.nn.functional as F
from minigan.functions.error_function import erf, erfc

T = minigan.tensor
NUMBERS = st.floats(-1e4, 1e4, allow_subnormal=False)
IMAGES = arrays(np.float64, (3, 4, 2, 5), elements=st.floats(-9, 9).map(lambda v: round(v, 2)))


def vectors(n):
    return arrays(np.float64, n, elements=NUMBERS)


def gradient(loss, x):
    x = T(x, requires_grad=True)
    y = loss(x)
    return y.numpy(), minigan.grad(y, x, minigan.ones_like(y))[0].numpy()


# -------------------------------------------------------------------------------------- activations


@given(st.floats(-30, 30))
def test_erf_and_erfc_are_those_of_the_c_library(x):
    assert float(erf(np.array(x))) == pytest.approx(math.erf(x), rel=2e-15, abs=0)
    assert float(erfc(np.array(x))) == pytest.approx(math.erfc(x), rel=2e-13, abs=1e-307)


def test_erf_at_the_ends():
    x = np.array([np.inf, -np.inf, np.nan, 1e300, -0.0])
    np.testing.assert_array_equal(erf(x), [1, -1, np.nan, 1, 0])
    np.testing.assert_array_equal(erfc(x), [0, 2, np.nan, 0, 1])


@given(vectors(7))
def test_activation_identities(x):
    t = T(x)
    np.testing.assert_array_equal(F.relu(t).numpy(), np.maximum(x, 0))
    np.testing.assert_array_equal(F.leaky_relu(t, 0.25).numpy(), np.where(x > 0, x, x / 4))
    even = [v * math.erf(v / math.sqrt(2)) for v in x]
    np.testing.assert_allclose(
        (F.gelu(t) + F.gelu(-t)).numpy(), even, atol=4e-16 * np.abs(x).max(initial=0)
    )
    np.testing.assert_allclose(
        (F.logsigmoid(t) - F.logsigmoid(-t)).numpy(), x, rtol=1e-14, atol=1e-14
    )
    np.testing.assert_allclose(F.softplus(t, threshold=1e9).numpy(), -F.logsigmoid(-t).numpy())
    np.testing.assert_allclose(F.softmax(t, 0).sum().item(), 1)


@pytest.mark.parametrize("slope", [0.0, 0.3, 1.0])
def test_leaky_relu_at_zero_infinity_and_nan(slope):
    """At 0 the derivative is the slope below 0; relu passes no infinite gradient; NaN stays NaN."""
    x = T([0.0, -1.0, np.nan, 2.0], requires_grad=True)
    y = F.leaky_relu(x, slope)
    np.testing.assert_array_equal(y.detach().numpy(), np.float32([0, -slope, np.nan, 2]))
    (g,) = minigan.grad(y, x, T([1.0, np.inf if slope else -np.inf, 1.0, np.inf]))
    np.testing.assert_array_equal(
        g.numpy()[[0, 1, 3]], np.float32([slope, np.inf if slope else 0, np.inf])
    )


# -------------------------------------------------------------------------------------------- norms


def normal(y, axes):
    np.testing.assert_allclose(y.mean(axes), 0, atol=1e-7)
    np.testing.assert_allclose(y.var(axes), 1, rtol=1e-4)


@given(IMAGES, st.floats(0.1, 100), st.floats(-100, 100))
def test_norms_do_not_depend_on_scale_and_shift(x, scale, shift):
    x = x + np.arange(x.size).reshape(x.shape) ** 2 % 7  # no channel is constant
    for norm, axes in (
        (lambda t: F.batch_norm(t, None, None, training=True, eps=1e-9), (0, 2, 3)),
        (lambda t: F.instance_norm(t, eps=1e-9), (2, 3)),
        (lambda t: F.layer_norm(t, t.shape[1:], eps=1e-9), (1, 2, 3)),
    ):
        y = norm(T(x)).numpy()
        normal(y, axes)
        np.testing.assert_allclose(norm(T(x * scale + shift)).numpy(), y, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(
        F.group_norm(T(x), 1).numpy(), F.layer_norm(T(x), x.shape[1:]).numpy(), atol=1e-12
    )
    np.testing.assert_allclose(
        F.group_norm(T(x), 4).numpy(), F.instance_norm(T(x)).numpy(), atol=1e-12
    )


@given(IMAGES, st.sampled_from([0.0, 0.2, 1.0]), st.booleans())
def test_batch_norm_act_is_batch_norm_then_leaky_relu(x, slope, training):
    results = []
    for fused in (True, False):
        t, w, b = (
            T(x, requires_grad=True),
            T(np.arange(4) - 1.5, requires_grad=True),
            T(np.ones(4), requires_grad=True),
        )
        stats = T(np.full(4, 0.5)), T(np.full(4, 2.0))
        if fused:
            y = F.batch_norm_act(t, *stats, w, b, training, negative_slope=slope)
        else:
            y = F.leaky_relu(F.batch_norm(t, *stats, w, b, training), slope)
        g = T(np.cos(np.arange(x.size)).reshape(x.shape))
        results.append([f.detach().numpy() for f in (y, *minigan.grad(y, [t, w, b], g), *stats)])
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)


def test_running_moments():
    x, mean, var = (
        np.arange(24.0).reshape(3, 2, 4) ** 1.5,
        T([1.0, 2.0]).double(),
        T([3.0, 4.0]).double(),
    )
    y = F.batch_norm(T(x), mean, var, training=True, momentum=0.25)
    np.testing.assert_allclose(mean.numpy(), 0.75 * np.array([1, 2]) + 0.25 * x.mean((0, 2)))
    np.testing.assert_allclose(var.numpy(), 0.75 * np.array([3, 4]) + 0.25 * x.var((0, 2), ddof=1))
    np.testing.assert_allclose(y.numpy().mean((0, 2)), 0, atol=1e-12)
    assert mean.memory.version == var.memory.version == 1  # so a graph that has read them is stale
    F.batch_norm(T(x[:0]), mean, var, training=True)
    F.batch_norm(T(x), mean, var)
    assert mean.memory.version == 1  # no update by an empty batch or outside training


def test_a_later_update_of_running_moments_does_not_change_an_earlier_backward():
    x, mean, var = T(np.ones((3, 2)), requires_grad=True), T(np.zeros(2)), T(np.ones(2))
    y = F.batch_norm(x, mean, var, eps=0.0)
    F.batch_norm(T(np.arange(6.0).reshape(3, 2)), mean, var, training=True)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), np.ones((3, 2)))


@pytest.mark.parametrize("shape", [(4000, 70), (50, 33, 9, 11)])
def test_batch_norm_has_the_same_bits_at_any_number_of_threads(shape):
    x = np.random.default_rng(0).normal(3, 1, size=shape).astype(np.float32)
    before, found = minigan.get_num_threads(), []
    try:
        for threads in (1, 2, 3):
            minigan.set_num_threads(threads)
            y, g = gradient(lambda t: F.batch_norm_act(t, None, None, training=True) ** 2.0, x)
            found.append(y.tobytes() + g.tobytes())
    finally:
        minigan.set_num_threads(before)
    assert len(set(found)) == 1


@pytest.mark.parametrize("shape", [(40961, 5), (30, 11, 21, 23), (3, 2000, 31), (2, 9000)])
def test_batch_norm_by_blocks_is_the_formula(shape):
    """Numbers of positions and of channels are odd, and an outlier lies among the first positions.

    (The first pass over the numbers reads every 16th position.)
    """
    rng, axes = np.random.default_rng(0), (0, *range(2, len(shape)))
    x = rng.normal(size=shape).astype(np.float32)
    x[0] += 300
    g, wide = rng.normal(size=shape), x.astype(float)
    mean, std = wide.mean(axes, keepdims=True), np.sqrt(wide.var(axes, keepdims=True) + 1e-5)
    z = (wide - mean) / std
    t = T(x, requires_grad=True)
    output = F.batch_norm_act(t, None, None, training=True, negative_slope=0.2)
    y, gx = output.detach().numpy(), minigan.grad(output, t, T(g.astype(np.float32)))[0].numpy()
    np.testing.assert_allclose(y, np.where(z > 0, z, 0.2 * z), rtol=2e-4, atol=2e-6)
    gz = np.where(y > 0, g, 0.2 * g)
    expected = (gz - gz.mean(axes, keepdims=True) - z * (gz * z).mean(axes, keepdims=True)) / std
    np.testing.assert_allclose(gx, expected, rtol=2e-4, atol=2e-6)


@pytest.mark.parametrize("order", ["C", "F"])
def test_leaky_relu_of_many_numbers(order):
    x = np.asarray(np.random.default_rng(0).normal(size=(40, 90, 53)), np.float32, order=order)
    y, g = gradient(lambda t: F.leaky_relu(t, 0.2), x)
    np.testing.assert_array_equal(y, np.where(x > 0, x, np.float32(0.2) * x))
    np.testing.assert_array_equal(g, np.where(x > 0, np.float32(1), np.float32(0.2)))


def test_batch_norm_of_huge_numbers_gives_no_warning():
    x = np.random.default_rng(0).normal(size=(64, 3)).astype(np.float32) * np.float32(1e30)
    F.batch_norm(T(x), None, None, training=True)
    assert np.isfinite(F.layer_norm(T(np.full((2, 3), 1e30, np.float32)), [3]).numpy()).all()


# ------------------------------------------------------------------------------------------- losses


@given(NUMBERS, st.sampled_from([0.0, 1.0]))
def test_binary_cross_entropy_from_logits_is_exact(x, t):
    """The loss is softplus(+-x), and its derivative keeps its digits where sigmoid is 1."""
    z = -x if t else x
    exact = z + math.log1p(math.exp(-z)) if z > 0 else math.log1p(math.exp(z))
    slope = 1 / (1 + math.exp(-z)) if z > 0 else math.exp(z) / (1 + math.exp(z))
    loss, g = gradient(
        lambda a: F.binary_cross_entropy_with_logits(a, T(np.array([t]))), np.array([x])
    )
    assert loss == pytest.approx(exact, rel=1e-13, abs=1e-300)
    assert g[0] == pytest.approx(-slope if t else slope, rel=1e-13, abs=1e-300)


@given(vectors((2, 3)), st.integers(0, 2))
def test_cross_entropy_is_exact_and_does_not_depend_on_shifts(x, c):
    exact = [
        max(row) + math.log(math.fsum(math.exp(v - max(row)) for v in row)) - row[c] for row in x
    ]
    loss, g = gradient(lambda a: F.cross_entropy(a, T([c, c]), reduction="none"), x)
    np.testing.assert_allclose(loss, exact, rtol=1e-12, atol=1e-10)
    np.testing.assert_allclose(g.sum(1), 0, atol=1e-12)
    one = np.eye(3)[[c, c]]
    np.testing.assert_allclose(
        F.cross_entropy(T(x), T(one), reduction="none").numpy(), loss, rtol=1e-12
    )
    smooth = F.cross_entropy(T(x), T([c, c]), label_smoothing=0.3).item()
    assert smooth == pytest.approx(
        F.cross_entropy(T(x), T(one * 0.7 + 0.1)).item(), rel=1e-12, abs=1e-9
    )
    assert F.nll_loss(F.log_softmax(T(x), 1), T([c, c])).item() == pytest.approx(
        loss.mean(), rel=1e-12, abs=1e-10
    )


def test_losses_at_ten_thousand():
    big = T([1e4, -1e4])
    one, zero = minigan.ones(2), minigan.zeros(2)
    assert F.binary_cross_entropy_with_logits(big, one, reduction="none").tolist() == [0, 1e4]
    assert F.binary_cross_entropy_with_logits(big, zero, reduction="none").tolist() == [1e4, 0]
    assert F.binary_cross_entropy_with_logits(
        big, one, pos_weight=T([3.0]), reduction="none"
    ).tolist() == [0, 3e4]
    assert F.cross_entropy(T([[1e4, -1e4, 0.0]]), T([1])).item() == 2e4
    assert F.binary_cross_entropy(T([0.0, 1.0]), T([1.0, 0.0]), reduction="none").tolist() == [
        100,
        100,
    ]
    assert F.cross_entropy(T([[0.0, -np.inf]]), T([0])).item() == 0  # a class of probability 0


@given(IMAGES)
def test_kl_div_of_softmax_is_not_negative_and_zero_for_itself(x):
    x = x[:, :, 0, 0]
    p, q = F.log_softmax(T(x), 1), F.softmax(T(x[::-1]), 1)
    assert F.kl_div(p, q, reduction="batchmean").item() >= -1e-12
    assert abs(F.kl_div(p, p, reduction="sum", log_target=True).item()) < 1e-12
    assert F.kl_div(T([0.0]), T([0.0])).item() == 0


# ------------------------------------------------------------------------------- dropout, embedding


@given(st.floats(0, 1), st.integers(0, 2**32))
def test_dropout_is_reproducible_and_keeps_or_scales(p, seed):
    x = minigan.ones(400, dtype="float64")
    y = F.dropout(x, p, generator=seed).numpy()
    np.testing.assert_array_equal(y, F.dropout(x, p, generator=np.random.default_rng(seed)).numpy())
    kept = y != 0
    np.testing.assert_allclose(y[kept], 1 / (1 - p) if p < 1 else 0)
    assert abs(kept.mean() - (1 - p)) < 0.13 and (p > 0 or kept.all()) and (p < 1 or not kept.any())
    assert F.dropout(x, p, training=False) is x


def test_dropout_of_channels_and_its_gradient():
    x = minigan.ones(40, 5, 3, 2, requires_grad=True)
    y = F.dropout2d(x, 0.5, generator=3)
    assert set(y.detach().numpy().reshape(200, 6).sum(1)) == {0.0, 12.0}
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), y.detach().numpy())
    assert set(F.dropout1d(minigan.ones(50, 4), 0.5, generator=1).numpy().sum(1)) == {0.0, 8.0}
    assert set(
        F.dropout3d(minigan.ones(50, 1, 2, 2), 0.5, generator=1).numpy().reshape(50, 4).sum(1)
    ) == {0.0, 8.0}


@given(
    arrays(np.int64, st.integers(0, 30), elements=st.integers(0, 4)), st.sampled_from([None, 0, -1])
)
def test_embedding_counts(index, padding):
    w = T(np.arange(10.0).reshape(5, 2), requires_grad=True)
    y = F.embedding(T(index), w, padding_idx=padding)
    np.testing.assert_array_equal(y.detach().numpy(), w.detach().numpy()[index])
    y.sum().backward()
    counts = np.bincount(index, minlength=5)
    if padding is not None:
        counts[padding] = 0
    np.testing.assert_array_equal(w.grad.numpy(), counts[:, None] * np.ones(2))
    np.testing.assert_array_equal(
        F.one_hot(T(index), 5).numpy().sum(0), np.bincount(index, minlength=5)
    )


@given(vectors(4))
def test_normalized_vectors(x):
    x = np.where(np.abs(x) < 1e-3, 0, x)
    length = 1.0 if x.any() else 0.0
    assert np.linalg.norm(F.normalize(T(x), dim=0).numpy()) == pytest.approx(length)
    assert F.cosine_similarity(T(x), T(-3 * x), dim=0).item() == pytest.approx(-length)


def test_cosine_similarity_of_a_vector_shorter_than_eps():
    """With n = |x| = 1/2 and eps = 1: s = <x, y> / eps; ds/dx = y / eps - s x / (n eps)."""
    x = T(np.array([0.3, 0.4])).requires_grad_()
    s = F.cosine_similarity(x, T(np.array([1.0, 0.0])), dim=0, eps=1.0)
    s.backward()
    assert s.item() == pytest.approx(0.3) and x.grad.tolist() == pytest.approx([0.82, -0.24])
    zero = T(np.zeros(2)).requires_grad_()
    F.cosine_similarity(zero, T(np.array([3.0, 4.0])), dim=0, eps=0.5).backward()
    assert zero.grad.tolist() == pytest.approx([1.2, 1.6])  # y / (|y| eps): that of |x| is 0


def test_running_moments_that_overflow_give_no_warning():
    mean, var = minigan.zeros(1).half(), minigan.ones(1).half()
    F.batch_norm(T(np.array([[6e4], [-6e4]], np.float16)), mean, var, training=True)
    assert mean.tolist() == [0.0] and var.tolist() == [np.inf]
