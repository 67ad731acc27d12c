"""Functions of nn.functional against PyTorch: values, and gradients to order two."""

import numpy as np
import pytest
from function_suite import CASES, F
from op_suite import orders

import minigan
import minigan.nn.functional

torch = pytest.importorskip("torch")

TOLERANCE = {"float64": 1e-8, "float32": 3e-4}


def host(x):
    return x.numpy(force=True) if isinstance(x, torch.Tensor) else x.detach().numpy()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{case.name}" for i, case in enumerate(CASES)])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_function(case, dtype):
    before = [x.copy() for x in case.inputs]
    ours, theirs = (
        orders(minigan, minigan.grad, case, dtype),
        orders(torch, torch.autograd.grad, case, dtype),
    )
    for order, (mine, his) in enumerate(zip(ours, theirs, strict=False)):
        for i, (a, b) in enumerate(zip(mine, his, strict=True)):
            a, b = host(a), host(b)
            assert a.shape == b.shape and a.dtype == b.dtype
            what = f"order {order}, number {i}"
            np.testing.assert_allclose(
                a, b, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype], err_msg=what
            )
    # If one of them records nothing at an order, the other must have zeros.
    rest = ours[len(theirs) :] + theirs[len(ours) :]
    assert not any(np.any(host(z)) for numbers in rest for z in numbers)
    for x, old in zip(case.inputs, before, strict=True):
        np.testing.assert_array_equal(x, old)


@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{case.name}" for i, case in enumerate(CASES)])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_backward(case):
    """Without create_graph the gradients of fused ops are computed on arrays."""
    found = []
    for m in (minigan, torch):
        xs = [m.tensor(np.asarray(x, "float64"), requires_grad=True) for x in case.inputs]
        y = case.function(m, *xs)
        y = y[0] if isinstance(y, list) else y
        if y.requires_grad:
            y.backward(m.tensor(np.random.default_rng(3).normal(size=tuple(y.shape))))
        found.append([m.zeros_like(x) if x.grad is None else x.grad for x in xs])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(host(a), host(b), rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("layout", ["first", "last"])
@pytest.mark.parametrize("mean", [0.0, 1e3])
def test_batch_norm_far_from_zero_in_float32(layout, mean):
    """A mean of a thousand standard deviations costs no more digits than rounding x does."""
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(32, 9, 11, 6)) + mean).astype(np.float32)
    x = (
        x.transpose(0, 3, 1, 2)
        if layout == "last"
        else np.ascontiguousarray(x.transpose(0, 3, 1, 2))
    )
    g = rng.normal(size=x.shape)
    results = []
    for m, dtype in ((minigan, np.float32), (torch, np.float64)):
        t = m.tensor(x.astype(dtype), requires_grad=True)
        y = F(m).batch_norm(t, None, None, training=True)
        y.backward(m.tensor(g.astype(dtype)))
        results.append((host(y), host(t.grad)))
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, rtol=3e-4, atol=3e-4 if mean else 3e-6)


@pytest.mark.parametrize(
    "name", ["cross_entropy", "mse_loss", "l1_loss", "kl_div", "binary_cross_entropy_with_logits"]
)
def test_dtypes_of_input_and_target_promote(name):
    x, t = np.full((2, 3), 0.3, np.float32), np.full((2, 3), 0.2, np.float64)
    ours, theirs = (
        getattr(F(m), name)(m.tensor(x), m.tensor(t), reduction="sum") for m in (minigan, torch)
    )
    assert host(ours).dtype == host(theirs).dtype
    np.testing.assert_allclose(host(ours), host(theirs), rtol=1e-7)


def test_small_integers_are_indices():
    x, t = np.arange(6.0).reshape(2, 3), np.array([2, 0], np.uint8)
    ours, theirs = (F(m).cross_entropy(m.tensor(x), m.tensor(t)) for m in (minigan, torch))
    np.testing.assert_allclose(host(ours), host(theirs), rtol=1e-12)
    assert (
        F(minigan).cross_entropy(minigan.tensor(x), minigan.tensor(t.astype(np.int16))).item()
        == ours.item()
    )


@pytest.mark.parametrize("name", ["cross_entropy", "nll_loss"])
def test_all_ignored_and_empty_give_nan(name):
    for n in (0, 2):
        for m in (minigan, torch):
            y = getattr(F(m), name)(m.zeros(n, 3), m.tensor(np.full(n, -100)))
            assert np.isnan(host(y)) and y.shape == ()


@pytest.mark.parametrize("name", ["elu", "selu"])
def test_the_second_slope_of_elu_at_0_is_0(name):
    def slopes(m, grad):
        x = m.tensor(np.array([-1.0, 0.0, 1.0])).requires_grad_()
        (first,) = grad(getattr(F(m), name)(x).sum(), x, create_graph=True)
        return first, *grad(first.sum(), x)

    ours, theirs = slopes(minigan, minigan.grad), slopes(torch, torch.autograd.grad)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(host(a), host(b.detach()), rtol=1e-12)


def test_hardsigmoid():
    """PyTorch rounds the slope 1/6 to float32, in float64 too."""
    x, x_ = (m.linspace(-4, 4, 9, dtype=m.float64).requires_grad_() for m in (minigan, torch))
    y, y_ = minigan.nn.functional.hardsigmoid(x), torch.nn.functional.hardsigmoid(x_)
    y.sum().backward(), y_.sum().backward()
    np.testing.assert_allclose(host(y), host(y_), rtol=1e-7)
    np.testing.assert_allclose(host(x.grad), host(x_.grad), rtol=1e-7)
    np.testing.assert_allclose(host(x.grad), [0, 0, *[1 / 6] * 5, 0, 0], rtol=1e-15)


def test_the_limit_of_a_variance_has_no_gradient():
    found = []
    for m in (minigan, torch):
        v = m.tensor([0.1, 2.0], dtype=m.float64, requires_grad=True)
        x, t = m.tensor([1.0, 1.0], dtype=m.float64), m.tensor([0.0, 0.0], dtype=m.float64)
        loss = m.nn.functional.gaussian_nll_loss(x, t, v, eps=0.5)
        loss.backward()
        found.append([loss.item(), *v.grad.tolist()])
    np.testing.assert_allclose(*found, rtol=1e-14)


@pytest.mark.parametrize("function", ["softmax", "log_softmax", "softmin"])
def test_softmax_without_dim_says_what_to_write(function):
    with pytest.raises(
        TypeError, match=rf"{function}: dim is missing; write F.{function}\(x, dim=1\)"
    ):
        getattr(minigan.nn.functional, function)(minigan.zeros(2, 3))


@pytest.mark.parametrize("tau", [0.3, 1.0, 5.0])
def test_gumbel_softmax(tau):
    """Hard samples have the probabilities of softmax, and the gradient of the soft ones."""
    F = minigan.nn.functional
    x = minigan.tensor([1.0, 0.0, -1.0, 0.5], requires_grad=True)
    hard, soft = (
        F.gumbel_softmax(x.expand(40_000, 4), tau, hard, generator=0) for hard in (True, False)
    )
    assert set(hard.unique().tolist()) <= {0.0, 1.0} and bool((hard.sum(1) == 1).all())
    np.testing.assert_allclose(host(hard.mean(0)), host(F.softmax(x, dim=0)), atol=0.01)
    assert bool((hard.argmax(1) == soft.argmax(1)).all())
    w = minigan.arange(4.0)
    a, b = (minigan.grad((y * w).sum(), x)[0] for y in (hard, soft))
    np.testing.assert_allclose(host(a), host(b), rtol=1e-4)


@pytest.mark.parametrize("sizes", [(1.0, 1.0), (1e-10, 1.0), (1e-9, 1e-10), (0.0, 1.0)])
def test_cosine_similarity_below_eps(sizes):
    """The derivative of |x| is kept where eps takes its place: gradients to order two."""
    rng = np.random.default_rng(0)
    inputs, c = [rng.normal(size=(3, 4)) * size for size in sizes], rng.normal(size=3)
    found = []
    for m, differentiate in ((minigan, minigan.grad), (torch, torch.autograd.grad)):
        xs = [m.tensor(x, requires_grad=True) for x in inputs]
        y = F(m).cosine_similarity(*xs)
        gradients = differentiate((y * m.tensor(c)).sum(), xs, create_graph=True)
        second = differentiate(sum((g * g).sum() for g in gradients), xs) if all(sizes) else ()
        found.append([host(x) for x in (y.detach(), *gradients, *second)])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12 * np.abs(b).max())
