"""Dtypes, NaN and infinity, empty tensors and unusual memory layouts, compared with PyTorch."""

import itertools

import numpy as np
import pytest
from dtype_suite import (
    BINARY,
    CASTS,
    DTYPES,
    EMPTY,
    EXTREME,
    NUMBERS,
    OF_TENSORS,
    UNARY,
    three,
    two,
)

import minigan

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")


def attempt(function, *arguments):
    try:
        return function(*arguments)
    except (TypeError, ValueError, RuntimeError, IndexError, OverflowError) as error:
        return error


def agree(ours, theirs, what, tolerance=2e-3, may_refuse=False):
    """The same values and dtype; or errors on both sides (`may_refuse`: ours may raise where
    PyTorch does not).
    """
    if isinstance(theirs, Exception) and isinstance(ours, minigan.Tensor) and "isclose" in what:
        return  # ours compares mixed dtypes too
    if isinstance(theirs, Exception) or (may_refuse and isinstance(ours, Exception)):
        assert isinstance(ours, Exception), f"{what}: {ours}, where PyTorch raises {theirs}"
        return
    assert not isinstance(ours, Exception), f"{what}: {ours!r}, where PyTorch says {theirs}"
    if isinstance(theirs, tuple):
        for a, b in zip(ours, theirs, strict=True):
            agree(a, b, what, tolerance)
        return
    a, b = ours.detach().numpy(), theirs.numpy(force=True)
    assert a.dtype == b.dtype, f"{what}: dtype {a.dtype}, PyTorch {b.dtype}"
    assert a.shape == b.shape, f"{what}: shape {a.shape}, PyTorch {b.shape}"
    if a.dtype.kind == "f":
        t = tolerance if a.dtype == np.float16 else 1e-5
        np.testing.assert_allclose(a, b, rtol=t, atol=t, equal_nan=True, err_msg=what)
    else:
        np.testing.assert_array_equal(a, b, err_msg=what)


@pytest.mark.parametrize("name", BINARY)
def test_two_tensors_of_all_dtypes(name):
    function = BINARY[name]
    for first, second in itertools.product(DTYPES, DTYPES):
        for a, b in (
            (three(first), two(second)),
            (three(first), two(second)[0]),
            (three(first)[2], two(second)),
            (three(first)[2], two(second)[2]),
        ):
            ours = attempt(function, minigan, minigan.tensor(a), minigan.tensor(b))
            theirs = attempt(function, torch, torch.tensor(a), torch.tensor(b))
            agree(ours, theirs, f"{name} of {a!r} and {b!r}")


@pytest.mark.parametrize("name", [name for name in BINARY if name not in OF_TENSORS])
def test_tensor_and_number_of_all_dtypes(name):
    function = BINARY[name]
    for dtype, number, zero_dim in itertools.product(DTYPES, NUMBERS, (False, True)):
        a = three(dtype)[2] if zero_dim else three(dtype)
        for swap in (False, True):
            if swap and name in (
                "add",
                "logical_or",
                "isclose",
                "clamp",
                "clamp max",
                "masked_fill",
                "le",
                "maximum",
                "minimum",
            ):
                continue

            def call(m, a=a, swap=swap, number=number):
                x = m.tensor(a)
                return function(m, number, x) if swap else function(m, x, number)

            theirs = attempt(call, torch)
            # ours also takes numbers where PyTorch takes tensors only
            if isinstance(theirs, Exception) and name in (
                "maximum",
                "minimum",
                "isclose",
                "floor",
                "trunc",
                "logical_and",
                "logical_xor",
                "logical_or",
                "clamp",
                "clamp max",
            ):
                continue
            # a number that does not fit is refused, where PyTorch wraps it; so are powers of bools
            # and PyTorch compares with the wrapped number
            if dtype == "uint8" and number in (-3, -0.5):
                continue
            unfit = dtype == "bool" and name == "pow"
            agree(
                attempt(call, minigan),
                theirs,
                f"{name} of {a!r} and {number}, swapped: {swap}",
                may_refuse=unfit,
            )


@pytest.mark.parametrize("name", UNARY)
def test_one_tensor_of_all_dtypes(name):
    for dtype in DTYPES:
        for a in (three(dtype), three(dtype)[0], three(dtype)[:0], three(dtype).reshape(3, 1)):
            ours = attempt(lambda a=a: getattr(minigan.tensor(a), name)())
            theirs = attempt(lambda a=a: getattr(torch.tensor(a), name)())
            if name in ("any", "all") and dtype == "uint8":
                theirs = (
                    theirs.bool()
                )  # once PyTorch's bool was uint8; here the answer is always a bool
            agree(ours, theirs, f"{name} of {a!r}")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "name",
    [name for name in UNARY if name not in ("argmax", "argmin", "nonzero", "prod", "amax", "amin")],
)
def test_extreme_numbers_and_their_gradients(name, dtype):
    for a in (EXTREME, *(EXTREME[:, None] if name not in ("var", "std") else ())):

        def call(m, a=a):
            x = m.tensor(a.astype(dtype), requires_grad=True)
            y = getattr(x, name)()
            if y.requires_grad:
                y.backward(m.ones_like(y))
                return y, x.grad
            return (y,)

        agree(call(minigan), call(torch), f"{name} of {a}")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "name",
    [
        "add",
        "sub",
        "mul",
        "div",
        "remainder",
        "pow",
        "maximum",
        "minimum",
        "where",
        "clamp",
        "clamp max",
    ],
)
def test_extreme_pairs_and_their_gradients(name, dtype):
    for a, b in itertools.product(EXTREME, EXTREME):

        def call(m, a=a, b=b):
            x, y = (m.tensor(np.full(3, v, dtype), requires_grad=True) for v in (a, b))
            z = BINARY[name](m, x, y)
            z.backward(m.ones_like(z))
            return z, x.grad, y.grad

        agree(call(minigan), call(torch), f"{name} of {a} and {b}")


@pytest.mark.parametrize("name", EMPTY)
def test_empty(name):
    def call(m):
        x = m.zeros(0, 3, requires_grad=True)
        y = EMPTY[name](x)
        if not isinstance(y, tuple) and y.requires_grad:
            y.sum().backward()
            return y, x.grad
        return y

    agree(attempt(call, minigan), attempt(call, torch), name)


LAYOUTS = {
    "transposed": lambda a: np.ascontiguousarray(a.T).T,
    "fortran": np.asfortranarray,
    "reversed": lambda a: np.ascontiguousarray(a[::-1, ::-1])[::-1, ::-1],
    "strided": lambda a: np.repeat(a, 2, 1)[:, ::2],
    "swapped": lambda a: a.astype(a.dtype.newbyteorder(">")),
    "read-only": lambda a: np.lib.stride_tricks.as_strided(a, writeable=False),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout):
    a = np.arange(12.0).reshape(3, 4) - 5
    b = LAYOUTS[layout](a)
    before = b.copy()
    x, y = minigan.tensor(b, requires_grad=True), torch.tensor(a, requires_grad=True)
    ours, theirs = ((z.T @ z * z.sum(0)).softmax(1)[:, [0, 2]].tanh() for z in (x, y))
    ours.square().sum().backward()
    theirs.square().sum().backward()
    agree(ours, theirs, layout)
    agree(x.grad, y.grad, layout)
    agree(minigan.tensor(a) + b, torch.tensor(a) * 2, layout)
    agree(b * minigan.tensor(a), torch.tensor(a) ** 2, layout)
    np.testing.assert_array_equal(b, before)


@pytest.mark.parametrize("method", CASTS)
def test_casts(method):
    for dtype in DTYPES:
        agree(
            getattr(minigan.tensor(three(dtype)), method)(),
            getattr(torch.tensor(three(dtype)), method)(),
            dtype,
        )
