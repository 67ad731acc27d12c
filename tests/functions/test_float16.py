"""float16 beside Python numbers, and large float16 values, as PyTorch computes them."""

import numpy as np
import pytest

import minigan

torch = pytest.importorskip("torch")

X = np.random.default_rng(0).uniform(-8, 8, 200).astype(np.float16)
ROWS = X.reshape(10, 20)
NUMBERS = (0.1, 1.7, -0.3, 3, 1e-3, 70000.0)
EXPRESSIONS = {
    "x * c": lambda m, x, c: x * c,
    "c * x": lambda m, x, c: c * x,
    "x / c": lambda m, x, c: x / c,
    "c / x": lambda m, x, c: c / x,
    "x + c": lambda m, x, c: x + c,
    "x - c": lambda m, x, c: x - c,
    "c - x": lambda m, x, c: c - x,
    "x // c": lambda m, x, c: x // c,
    "x % c": lambda m, x, c: x % c,
    "c % x": lambda m, x, c: c % x,
    "fmod": lambda m, x, c: m.fmod(x, c),
    "abs(x) ** c": lambda m, x, c: abs(x) ** c,
    "c ** x": lambda m, x, c: abs(c) ** x,
    "x > c": lambda m, x, c: x > c,
    "x == c": lambda m, x, c: x == c,
    "clamp": lambda m, x, c: m.clamp(x, min=c),
    "where": lambda m, x, c: m.where(x > 0, x, c),
    "masked_fill": lambda m, x, c: x.masked_fill(x > 0, c) if c < 65504 else x,
    "mul_": lambda m, x, c: x.clone().mul_(c),
    "div_": lambda m, x, c: x.clone().div_(c),
    "number first": lambda m, x, c: m.mul(x, m.tensor(float(c))),
    "float64 number": lambda m, x, c: x * m.tensor(float(c), dtype=m.float64),
    "one by one": lambda m, x, c: m.stack([v * c for v in x[:20]]),
    "reciprocal": lambda m, x, c: (x * c).reciprocal(),
    "neg": lambda m, x, c: -(x * c),
    "log2": lambda m, x, c: (abs(x) * abs(c)).log2(),
    "log10": lambda m, x, c: (abs(x) * abs(c)).log10(),
    "log1p": lambda m, x, c: (abs(x) * abs(c)).log1p(),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_expressions_with_numbers_are_pytorchs_bit_for_bit(name):
    for c in NUMBERS:
        ours = EXPRESSIONS[name](minigan, minigan.tensor(X), c)
        if c > 65504 and name in ("clamp", "abs(x) ** c"):
            continue  # PyTorch refuses the number
        theirs = EXPRESSIONS[name](torch, torch.tensor(X), c)
        assert ours.dtype == theirs.numpy().dtype
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy(), err_msg=f"{name}, c = {c}")


NEARLY = {  # where the last bit depends on fused multiply-adds or the order of a sum
    "add alpha": lambda m, x, c: m.add(x, x.flip(0), alpha=c),
    "add number alpha": lambda m, x, c: m.add(x, 0.7, alpha=c),
    "sub alpha": lambda m, x, c: m.sub(x, x.flip(0), alpha=c),
    "lerp": lambda m, x, c: m.lerp(x, x.flip(0), c),
    "addcmul": lambda m, x, c: m.addcmul(x, x.flip(0), x, value=c),
    "addcdiv": lambda m, x, c: m.addcdiv(x, x.flip(0), x, value=c),
    "rsqrt": lambda m, x, c: (abs(x) * abs(c)).rsqrt(),
    "addmm": lambda m, x, c: m.addmm(x[:10], x[:100].reshape(10, 10), x[:100].reshape(10, 10),
                                     beta=0.3, alpha=c),
    "logit": lambda m, x, c: m.logit(abs(x) / 9),
    "round": lambda m, x, c: x.round(decimals=1),
}  # fmt: skip


@pytest.mark.parametrize("name", NEARLY)
def test_compositions_are_rounded_once(name):
    for c in NUMBERS[:5]:
        ours = NEARLY[name](minigan, minigan.tensor(X), c).numpy()
        theirs = NEARLY[name](torch, torch.tensor(X), c).numpy()
        assert ours.dtype == np.float16 and (ours != theirs).mean() < 0.05, name
        np.testing.assert_array_equal(np.isfinite(ours), np.isfinite(theirs))


LARGE = {
    "norm": lambda m, x: (x * 30).norm(),
    "norm of rows": lambda m, x: (x * 60).norm(dim=1),
    "norm p=3": lambda m, x: (x * 60).norm(3, dim=0),
    "norm p=1": lambda m, x: (x * 30).norm(1, dim=1),
    "norm inf": lambda m, x: (x * 5000).norm(float("inf")),
    "var": lambda m, x: (x * 30).var(1),
    "std": lambda m, x: (x * 500).std(),
    "std of rows": lambda m, x: (x * 5000).std(1),
    "std_mean": lambda m, x: m.stack(m.std_mean(x * 500)),
    "mean": lambda m, x: (x * 5000).abs().mean(),
    "sum": lambda m, x: (x[:, :10] * 800).abs().sum(1),
    "logsumexp": lambda m, x: (x * 4000).logsumexp(1),
    "softmax": lambda m, x: (x * 4000).softmax(1),
    "log_softmax": lambda m, x: (x * 400).log_softmax(1),
    "cdist": lambda m, x: m.cdist(x * 50, x * -50),
    "hypot": lambda m, x: m.hypot(x * 4000, x * 3000),
    "quantity of squares": lambda m, x: (x * 20).square().mean(),
}


@pytest.mark.parametrize("name", LARGE)
def test_large_values_give_pytorchs_finite_results(name):
    ours = LARGE[name](minigan, minigan.tensor(ROWS))
    if name == "cdist":  # PyTorch has none for float16
        theirs = torch.cdist(torch.tensor(ROWS).float() * 50, torch.tensor(ROWS).float() * -50)
        theirs = theirs.half()
    else:
        theirs = LARGE[name](torch, torch.tensor(ROWS))
    assert ours.dtype == np.float16 and bool(theirs.isfinite().all())
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=2e-3, atol=2e-4)


GRADIENTS = (
    "norm",
    "norm of rows",
    "std",
    "std of rows",
    "logsumexp",
    "softmax",
    "mean",
    "std_mean",
)


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradients_of_large_values_are_those_of_float64(name):
    def gradient(m, dtype):
        x = m.tensor(ROWS.astype(dtype), requires_grad=True)
        LARGE[name](m, x).sum().backward()
        return x.grad.numpy()

    ours, exact = gradient(minigan, "float16"), gradient(torch, "float64")
    assert ours.dtype == np.float16
    np.testing.assert_allclose(ours, exact, rtol=4e-3, atol=2e-3 * np.abs(exact).max())


def test_a_number_beside_float16_gets_its_own_gradient():
    x = minigan.tensor(X, requires_grad=True)
    c = minigan.tensor(0.1, requires_grad=True)
    y = x * c
    assert y.dtype == np.float16
    y.sum().backward()
    assert c.grad.dtype == np.float32 and x.grad.dtype == np.float16
    assert c.grad.item() == pytest.approx(float(X.astype(float).sum()), rel=2e-3)
    assert (minigan.tensor(np.float16(2)) * c).dtype == np.float32  # two numbers: the wider dtype
