"""Pooling, padding, resizing and folding against PyTorch: values, and gradients to order two."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import minigan
from minigan import Tensor
from minigan.nn import functional as F

torch = pytest.importorskip("torch")
TF = torch.nn.functional
torch.set_num_threads(1)  # more threads are slower on small arrays
SPACES = {1: (7,), 2: (7, 5), 3: (4, 5, 6)}


def both(name: str, x: np.ndarray, *args: Any, **kwargs: Any) -> tuple[Any, Any, Tensor, Any]:
    """Return the results of both libraries; if one raises an error, the other must too."""
    ours = getattr(F, name)
    a, b = Tensor(x, requires_grad=x.dtype.kind == "f"), torch.from_numpy(x.copy())
    b.requires_grad_(x.dtype.kind == "f")
    try:
        theirs = getattr(TF, name)(b, *args, **kwargs)
    except (RuntimeError, ValueError, TypeError, NotImplementedError) as error:
        with pytest.raises((ValueError, TypeError, RuntimeError), match=rf"^{name}: "):
            ours(a, *args, **kwargs)
        assume(False)
        raise error
    return ours(a, *args, **kwargs), theirs, a, b


def agree(name: str, x: np.ndarray, *args: Any, **kwargs: Any) -> None:
    """Check values, gradients of <u, y^2>, and gradients of <v, gradient>."""
    before = x.copy()
    y, z, a, b = both(name, x, *args, **kwargs)
    if isinstance(y, tuple):
        np.testing.assert_array_equal(y[1].numpy(), z[1].numpy())
        y, z = y[0], z[0]
    rtol = 1e-12 if x.dtype == np.float64 else 1e-5
    assert y.dtype == x.dtype
    np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), rtol=rtol, atol=rtol)
    u, v = (
        np.random.default_rng(1).normal(size=y.shape),
        np.random.default_rng(2).normal(size=x.shape),
    )
    u, v = u.astype(x.dtype), v.astype(x.dtype)
    (ga,) = minigan.grad((y * y * Tensor(u)).sum(), a, create_graph=True)
    (gb,) = torch.autograd.grad((z * z * torch.from_numpy(u)).sum(), b, create_graph=True)
    np.testing.assert_allclose(ga.detach().numpy(), gb.detach().numpy(), rtol=rtol, atol=100 * rtol)
    if ga.requires_grad and gb.requires_grad:
        (ha,) = minigan.grad((ga * Tensor(v)).sum(), a)
        (hb,) = torch.autograd.grad((gb * torch.from_numpy(v)).sum(), b)
        np.testing.assert_allclose(ha.numpy(), hb.numpy(), rtol=rtol, atol=100 * rtol)
    np.testing.assert_array_equal(x, before)


def numbers(seed: int, shape: tuple[int, ...], ties: bool, dtype: Any = np.float64) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (rng.integers(-2, 3, shape) if ties else rng.normal(size=shape)).astype(dtype)


def settings(D: int, low: int, high: int) -> st.SearchStrategy[Any]:
    one = st.integers(low, high)
    return st.one_of(one, st.tuples(*[one] * D))


@given(st.data(), st.integers(1, 3), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_max_pool(
    data: Any, D: int, ties: bool, ceil_mode: bool, indices: bool, batched: bool
) -> None:
    k, p, d = (data.draw(settings(D, *limits)) for limits in ((1, 4), (0, 2), (1, 2)))
    stride = data.draw(st.one_of(st.none(), settings(D, 1, 3)))
    x = numbers(3, (2, 3, *SPACES[D])[not batched :], ties)
    agree(f"max_pool{D}d", x, k, stride, p, d, ceil_mode=ceil_mode, return_indices=indices)


@given(st.data(), st.integers(1, 3), st.booleans(), st.booleans(), st.booleans())
def test_avg_pool(data: Any, D: int, ceil_mode: bool, include: bool, batched: bool) -> None:
    k, p = (data.draw(settings(D, *limits)) for limits in ((1, 4), (0, 2)))
    stride = data.draw(st.one_of(st.none(), settings(D, 1, 3)))
    more = {} if D == 1 else {"divisor_override": data.draw(st.sampled_from([None, None, 3, -2]))}
    x = numbers(4, (2, 3, *SPACES[D])[not batched :], False)
    agree(f"avg_pool{D}d", x, k, stride, p, ceil_mode, include, **more)


@given(st.data(), st.integers(1, 3))
def test_adaptive_avg_pool(data: Any, D: int) -> None:
    size = data.draw(settings(D, 1, 9))
    agree(f"adaptive_avg_pool{D}d", numbers(5, (2, 3, *SPACES[D]), False), size)


def test_max_pooling_of_nan_and_minus_infinity() -> None:
    x = numbers(6, (1, 2, 4, 6), True)
    x[0, 0, 1, 1:4] = np.nan
    x[0, 1] = -np.inf
    for k, p in ((2, 1), (3, 1), ((1, 4), 0)):
        y, z, _, _ = both("max_pool2d", x, k, 1, p, return_indices=True)
        np.testing.assert_array_equal(y[0].detach().numpy(), z[0].detach().numpy())
        np.testing.assert_array_equal(y[1].numpy(), z[1].numpy())
    for size in (2, (3, 4), (1, 1)):
        y, z, a, b = both("adaptive_max_pool2d", x, size, return_indices=True)
        np.testing.assert_array_equal(y[0].detach().numpy(), z[0].detach().numpy())
        np.testing.assert_array_equal(y[1].numpy(), z[1].numpy())
        (g,) = minigan.grad(y[0].sum(), a)
        z[0].sum().backward()
        np.testing.assert_array_equal(g.numpy(), b.grad.numpy())


@pytest.mark.parametrize("p", [0.5, 1, 1.5, 2, 3])
def test_lp_pooling_of_windows_of_zeros(p: float) -> None:
    """After a ReLU many windows hold zeros only; their gradient is 0 and not NaN."""
    x = numbers(8, (2, 3, 6, 4), True).clip(0)
    x[0, :, :4] = 0
    y, z, a, b = both("lp_pool2d", x, p, 2)
    np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), rtol=1e-5)
    (g,) = minigan.grad(y.sum(), a)
    z.sum().backward()
    np.testing.assert_allclose(g.numpy(), b.grad.numpy(), rtol=1e-5)
    assert p < 1 or np.isfinite(g.numpy()).all()


@pytest.mark.parametrize("shape", [(0, 2, 5, 4), (2, 3, 5, 4)])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_dtypes_and_empty_batches(shape: tuple[int, ...], dtype: Any) -> None:
    x = numbers(7, shape, False, dtype)
    for name, args in (
        ("max_pool2d", (2,)), ("avg_pool2d", (3, 1, 1)), ("pad", ((1, 2),)),
        ("pad", ((1, 2, 0, 1), "circular")),
        ("interpolate", (None, 2)), ("unfold", (2,)), ("pixel_unshuffle", (1,)),
        ("adaptive_avg_pool2d", (2,)),
    ):  # fmt: skip
        y, z, a, _ = both(name, x, *args)
        assert y.dtype == dtype and y.shape == tuple(z.shape)
        np.testing.assert_allclose(
            y.detach().numpy(), z.detach().numpy(), rtol=1e-3 if dtype == np.float16 else 1e-5
        )
        (g,) = minigan.grad(y.sum(), a)
        assert g.dtype == dtype and g.shape == shape
    big = np.full((1, 1, 32, 32), 100, np.float16)  # their sum overflows float16
    assert F.avg_pool2d(Tensor(big), 32).item() == 100


# ------------------------------------------------------------------------------------------ padding


@given(st.lists(st.integers(-3, 6), min_size=0, max_size=8), st.sampled_from([None, 0.0, -1.5]))
def test_constant_padding(pad: list[int], value: float | None) -> None:
    assume(
        all(b > -n and a > -n for n, b, a in zip((4, 5, 3, 2), pad[::2], pad[1::2], strict=False))
    )
    agree("pad", numbers(8, (2, 3, 5, 4), False), tuple(pad), "constant", value)


@given(st.integers(1, 3), st.data(), st.sampled_from(["reflect", "replicate", "circular"]))
def test_padding_with_its_own_numbers(D: int, data: Any, mode: str) -> None:
    pad = tuple(data.draw(st.lists(st.integers(-2, 5), min_size=2 * D, max_size=2 * D)))
    x = numbers(9, (2, 3, *SPACES[D]), False)
    sizes = SPACES[D][::-1]
    assume(
        all(
            n + min(b, 0) + min(a, 0) >= max(b, a, 1)
            for n, b, a in zip(sizes, pad[::2], pad[1::2], strict=True)
        )
    )
    agree("pad", x, pad, mode)


# ----------------------------------------------------------------------------------------- resizing


@given(
    st.integers(1, 3), st.data(), st.sampled_from(["nearest", "nearest-exact", "linear", "area"])
)
def test_interpolate(D: int, data: Any, mode: str) -> None:
    kwargs: dict[str, Any] = {
        "mode": {1: "linear", 2: "bilinear", 3: "trilinear"}[D] if mode == "linear" else mode
    }
    if data.draw(st.booleans()):
        kwargs["size"] = data.draw(settings(D, 1, 11))
    else:
        kwargs["scale_factor"] = data.draw(
            st.sampled_from([0.5, 0.7, 1.3, 1.5, 2, 2.0, 3, (2.0,) * D, (3, 2, 1)[:D]])
        )
        kwargs["recompute_scale_factor"] = data.draw(st.sampled_from([None, False, True]))
    if mode == "linear":
        kwargs["align_corners"] = data.draw(st.sampled_from([None, False, True]))
    agree("interpolate", numbers(10, (2, 3, *SPACES[D]), False), **kwargs)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("mode", ["nearest", "nearest-exact"])
def test_every_size_takes_the_pixels_that_pytorch_takes(dtype: Any, mode: str) -> None:
    for X in (1, 2, 5, 8, 17):
        x = np.arange(2.0 * X, dtype=dtype).reshape(1, 2, X, 1) * np.ones(3, dtype)
        for Y in range(1, 60):
            y, z, _, _ = both("interpolate", x, (Y, 3), mode=mode)
            np.testing.assert_array_equal(y.detach().numpy(), z.detach().numpy())
        for scale in (0.3, 0.9, 1.1, 2.3, 7.0, 49.0):
            if int(X * scale):
                y, z, _, _ = both("interpolate", x, scale_factor=(scale, 1.0), mode=mode)
                np.testing.assert_array_equal(y.detach().numpy(), z.detach().numpy())


def test_pixel_shuffle() -> None:
    agree("pixel_shuffle", numbers(11, (2, 12, 3, 5), False), 2)
    agree("pixel_shuffle", numbers(11, (2, 1, 9, 3, 5), False), 3)
    agree("pixel_unshuffle", numbers(12, (2, 3, 4, 6), False), 2)
    agree("pixel_unshuffle", numbers(12, (3, 6, 9), False), downscale_factor=3)


# ------------------------------------------------------------------------------------------ folding


@given(st.data(), st.booleans())
def test_unfold_and_fold(data: Any, batched: bool) -> None:
    k, d, p, s = (data.draw(settings(2, *limits)) for limits in ((1, 3), (1, 2), (0, 2), (1, 3)))
    x = numbers(13, (2, 3, 6, 5)[not batched :], False)
    agree("unfold", x, k, d, p, s)
    cols = TF.unfold(torch.from_numpy(x), k, d, p, s).numpy()
    agree("fold", numbers(14, cols.shape, False), (6, 5), k, d, p, s)
