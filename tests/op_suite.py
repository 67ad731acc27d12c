"""A table of cases for every op of tensors: calls that minigan and PyTorch write in the same way.

`Case.function(m, *tensors)` runs with m = minigan or m = torch. The tests compare the two, and run
the cases on the stand-in for CuPy.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from op_case import Case, positive, real, ties, zeros
from op_suite_wide import WIDE

A, B = real(2, 3, 4), real(3, 1) * 1.3 - 0.2
I = np.array([[2, 0, 1], [1, 1, 0]])  # indices of three things
MASK = np.array([[True, False, True], [False, True, True]])


def _index(key: Any) -> Callable[..., Any]:
    return lambda m, x: x[key]


ELEMENTWISE = [
    Case(
        f"{name}/{form}",
        function,
        (positive(2, 3) if name in ("log", "log2", "log10", "sqrt", "rsqrt") else real(2, 3),),
    )
    for name in [
        "exp",
        "expm1",
        "log",
        "log2",
        "log10",
        "sqrt",
        "rsqrt",
        "sin",
        "cos",
        "tanh",
        "sigmoid",
        "erf",
        "relu",
        "abs",
        "neg",
        "square",
        "reciprocal",
        "sign",
        "floor",
        "ceil",
        "round",
        "trunc",
    ]
    for form, function in (
        ("function", lambda m, x, name=name: getattr(m, name)(x)),
        ("keyword", lambda m, x, name=name: getattr(m, name)(input=x)),
        ("method", lambda m, x, name=name: getattr(x, name)()),
    )
] + [
    Case("log1p", lambda m, x: m.log1p(x), (positive(2, 3) - 0.5,)),
    Case("relu/ties", lambda m, x: m.relu(x), (ties(4, 5),)),
    Case("abs/ties", lambda m, x: m.abs(x), (ties(4, 5),)),
    Case("abs/builtin", lambda m, x: abs(x), (real(2, 3),)),
    Case("neg/operator", lambda m, x: -x, (real(2, 3),)),
    Case("pos/operator", lambda m, x: +x, (real(2, 3),)),
    Case("sigmoid/far", lambda m, x: m.sigmoid(x * 40), (real(2, 3),)),
    Case("tanh/square", lambda m, x: m.tanh(x).square().sum(), (real(2, 3),)),
    Case("clamp/both", lambda m, x: m.clamp(x, -0.5, 0.7), (real(4, 5),)),
    Case("clamp/keywords", lambda m, x: m.clamp(x, min=-0.5), (real(4, 5),)),
    Case("clamp/max", lambda m, x: x.clamp(max=0.3), (real(4, 5),)),
    Case("clamp/ties", lambda m, x: x.clamp(-1, 1), (ties(4, 5),)),
    Case("clamp/crossed", lambda m, x: x.clamp(1.0, -1.0), (ties(4, 5),)),
    Case(
        "clamp/tensors",
        lambda m, x, a, b: x.clamp(a, b),
        (real(4, 5), -positive(5), positive(4, 1)),
    ),
    Case("clamp/tensors ties", lambda m, x, a, b: x.clamp(a, b), (ties(4, 5), ties(5), ties(4, 1))),
    Case("clamp/tensor min", lambda m, x, a: x.clamp(min=a), (real(4, 5), real(5))),
    Case("pow/2", lambda m, x: x**2, (real(2, 3),)),
    Case("pow/3", lambda m, x: m.pow(x, 3), (real(2, 3),)),
    Case("pow/keyword", lambda m, x: m.pow(x, exponent=3), (real(2, 3),)),
    Case("pow/1", lambda m, x: x**1, (zeros(2, 3),)),
    Case("pow/0", lambda m, x: x**0, (zeros(2, 3),)),
    Case("pow/0.5", lambda m, x: x**0.5, (positive(2, 3),)),
    Case("pow/-1", lambda m, x: x**-1, (real(2, 3),)),
    Case("pow/-2.5", lambda m, x: x.pow(-2.5), (positive(2, 3),)),
    Case("pow/number base", lambda m, x: 2.5**x, (real(2, 3),)),
    Case("pow/number base function", lambda m, x: m.pow(2, x), (real(2, 3),)),
    Case("pow/zero base", lambda m, x: 0**x, (positive(2, 3),), 1),
    Case("pow/zeros squared", lambda m, x: x**2, (zeros(3, 4),)),
    Case("pow/tensors", lambda m, a, b: a**b, (positive(2, 3), real(3))),
    Case(
        "pow/tensors zero",
        lambda m, a, b: a**b,
        (np.array([0.0, 0.0, 2.0]), np.array([2.0, 1.0, 0.0])),
        1,
    ),
]

BINARY = (
    [
        Case(f"{name}/{form}", function, (first, second))
        for name in ("add", "sub", "mul", "div", "maximum", "minimum", "remainder")
        for first, second in (
            (A, B),
            (B, A),
            (real(), real(3)),
            (real(2, 1, 3), real(4, 1)),
            (A, A[::-1].copy()),
        )
        for form, function in (
            (f"{first.shape}{second.shape}", lambda m, a, b, name=name: getattr(m, name)(a, b)),
            (
                f"keyword{first.shape}{second.shape}",
                lambda m, a, b, name=name: getattr(m, name)(input=a, other=b),
            ),
            (f"method{first.shape}{second.shape}", lambda m, a, b, name=name: getattr(a, name)(b)),
        )
    ]
    + [
        Case(f"operator {symbol}/{i}", function, inputs)
        for symbol, functions in {
            "+": (lambda m, a, b: a + b, lambda m, a: a + 2, lambda m, a: 2.5 + a),
            "-": (lambda m, a, b: a - b, lambda m, a: a - 2, lambda m, a: 2.5 - a),
            "*": (lambda m, a, b: a * b, lambda m, a: a * 2, lambda m, a: 2.5 * a),
            "/": (lambda m, a, b: a / b, lambda m, a: a / 2, lambda m, a: 2.5 / a),
            "%": (lambda m, a, b: a % b, lambda m, a: a % 2, lambda m, a: a % -0.7),
            "//": (
                lambda m, a, b: (a.detach() // b.detach()) + a,
                lambda m, a: (a.detach() // 2) + a,
                lambda m, a: (a.detach() // -0.7) * a,
            ),
        }.items()
        for i, (function, inputs) in enumerate(
            zip(
                functions,
                ((positive(2, 3), positive(3)), (real(2, 3),), (positive(2, 3),)),
                strict=True,
            )
        )
    ]
    + [
        Case("add/alpha", lambda m, a, b: m.add(a, b, alpha=3), (A, B)),
        Case("sub/alpha", lambda m, a, b: a.sub(b, alpha=0.5), (A, B)),
        Case("maximum/ties", lambda m, a, b: m.maximum(a, b), (ties(4, 5), ties(5))),
        Case("minimum/ties", lambda m, a, b: m.minimum(a, b), (ties(4, 5), ties(5))),
        Case("max/two tensors", lambda m, a, b: m.max(a, b), (ties(4, 5), ties(5))),
        Case("min/two tensors", lambda m, a, b: a.min(b), (ties(4, 5), ties(5))),
        Case(
            "max/other", lambda m, a, b: m.max(a, other=b) * a.min(other=b), (ties(4, 5), ties(5))
        ),
        Case("div/floor", lambda m, a, b: m.div(a, b, rounding_mode="floor") + a, (A, B)),
        Case("div/trunc", lambda m, a, b: a.div(b, rounding_mode="trunc") + a, (A, B)),
        Case("itself/add", lambda m, x: x + x, (real(2, 3),)),
        Case("itself/mul", lambda m, x: x * x * x, (real(2, 3),)),
        Case("itself/div", lambda m, x: x / x, (real(2, 3),)),
        Case("itself/broadcast", lambda m, x: x[:, None] * x, (real(4),)),
        Case("where/tensors", lambda m, a, b: m.where(a > b, a * a, b * 2), (A, B)),
        Case("where/method", lambda m, a, b: a.where(b > 0, b), (A, B)),
        Case("where/number", lambda m, a: m.where(a > 0, a, 0.0), (A,)),
        Case("where/number first", lambda m, a: m.where(a > 0, 1, a), (A,)),
        Case("where/keywords", lambda m, a, b: m.where(condition=a > 0, input=a, other=b), (A, B)),
        Case(
            "comparisons",
            lambda m, a, b: a * ((a > b) & (a != b) | (a <= 0)) + (b >= 0) * b + (a < 0.1) * 1.0,
            (A, B),
        ),
        Case(
            "lerp", lambda m, a, b: m.lerp(a, b, 0.3) * a.lerp(b, a), (positive(3, 4), real(3, 4))
        ),
        Case("clip", lambda m, a: m.clip(a, -0.5, 0.5) + a.clip(min=0.1), (A,)),
        Case("count_nonzero", lambda m, a: (m.count_nonzero(a), a.count_nonzero(1)), (ties(3, 4),)),
        Case("lerp by hand", lambda m, a, b: a + 0.3 * (b - a), (A, B)),
    ]
)

DIMS = {
    "all": {},
    "0": {"dim": 0},
    "-1": {"dim": -1},
    "02": {"dim": (0, 2)},
    "0 keep": {"dim": 0, "keepdim": True},
}
REDUCTIONS = [
    Case(f"{name}/{dims}{kind}", lambda m, x, name=name, k=k: getattr(m, name)(x, **k), (source,))
    for name, kind, source in (
        *((name, "", A) for name in ("sum", "mean", "var", "std", "amax", "amin")),
        ("amax", " ties", ties(3, 4, 5)),
        ("amin", " ties", ties(3, 4, 5)),
    )
    for dims, k in DIMS.items()
] + [
    Case("sum/method", lambda m, x: x.sum(1, True), (A,)),
    Case("sum/several", lambda m, x: x.sum((0, -1)), (A,)),
    Case("mean/method", lambda m, x: x.mean((0, -1), keepdim=True), (A,)),
    Case("sum/number", lambda m, x: x.sum(0) + x.sum(), (real(),)),
    Case("var/unbiased", lambda m, x: m.var(x, dim=1, unbiased=False), (A,)),
    Case("var/older", lambda m, x: m.var(x, False), (A,)),
    Case("var/correction", lambda m, x: x.var(dim=(1, 2), correction=0, keepdim=True), (A,)),
    Case("std/correction", lambda m, x: x.std(1, correction=2), (A,)),
    Case("std/unbiased", lambda m, x: x.std(-1, False, True), (A,)),
    Case("std/constant", lambda m, x: x.std(0), (np.ones((3, 2)),), 1),
    Case("max/all", lambda m, x: m.max(x), (ties(3, 4),)),
    Case("min/all", lambda m, x: x.min(), (ties(3, 4),)),
    Case("max/dim", lambda m, x: m.max(x, dim=1), (ties(3, 4, 5),)),
    Case("max/keep", lambda m, x: x.max(-1, keepdim=True), (ties(3, 4, 5),)),
    Case("min/dim", lambda m, x: x.min(0)[0], (ties(3, 4, 5),)),
    Case("min/values", lambda m, x: m.min(x, 1, True).values, (ties(3, 4, 5),)),
    Case(
        "argmax",
        lambda m, x: (m.argmax(x), m.argmax(x, dim=1), x.argmax(0, keepdim=True)),
        (ties(3, 4, 5),),
    ),
    Case(
        "argmin",
        lambda m, x: (m.argmin(x), m.argmin(x, dim=1), x.argmin(0, keepdim=True)),
        (ties(3, 4, 5),),
    ),
    Case(
        "any all",
        lambda m, x: ((x > 0).any(), (x > 0).all(1), m.any(x > 1, dim=0), m.all(x < 3)),
        (ties(3, 4),),
    ),
    Case("prod/all", lambda m, x: m.prod(x), (real(2, 3),)),
    Case("prod/dim", lambda m, x: x.prod(1), (A,)),
    Case("prod/keep", lambda m, x: x.prod(dim=0, keepdim=True), (A,)),
    Case("prod/zeros", lambda m, x: x.prod(1), (zeros(4, 5),)),
    Case("prod/zeros all", lambda m, x: x.prod(), (np.array([[2.0, 0.0], [3.0, 1.5]]),)),
    Case("prod/two zeros", lambda m, x: x.prod(), (np.array([2.0, 0.0, 0.0]),)),
    Case("cumsum", lambda m, x: m.cumsum(x, dim=1), (A,)),
    Case("cumsum/last", lambda m, x: x.cumsum(-1) * x, (A,)),
    Case("softmax", lambda m, x: m.softmax(x, dim=1), (A,)),
    Case("softmax/last", lambda m, x: x.softmax(-1), (A * 30,)),
    Case("log_softmax", lambda m, x: m.log_softmax(x, dim=1), (A,)),
    Case("log_softmax/far", lambda m, x: x.log_softmax(0), (A * 100,)),
    Case("logsumexp", lambda m, x: m.logsumexp(x, dim=1), (A,)),
    Case("logsumexp/keep", lambda m, x: x.logsumexp((0, 2), keepdim=True), (A * 100,)),
    Case("norm", lambda m, x: m.norm(x), (A,)),
    Case("norm/1", lambda m, x: x.norm(1, dim=1), (A,)),
    Case("norm/3", lambda m, x: x.norm(3, dim=(0, 1), keepdim=True), (A,)),
    Case("norm/inf", lambda m, x: x.norm(float("inf"), 1), (A,)),
    Case("norm/zero", lambda m, x: x.norm(dim=1), (np.zeros((2, 3)),), 1),
]

SHAPING = [
    Case("reshape", lambda m, x: m.reshape(x, (4, -1)) ** 2, (A,)),
    Case("reshape/method", lambda m, x: x.reshape(-1) ** 2, (A,)),
    Case("view", lambda m, x: x.view(6, 4).view(-1, 8) ** 2, (A,)),
    Case("flatten", lambda m, x: m.flatten(x, 1) ** 2, (A,)),
    Case("flatten/keywords", lambda m, x: x.flatten(start_dim=0, end_dim=1) ** 2, (A,)),
    Case("flatten/number", lambda m, x: x.flatten() ** 2, (real(),)),
    Case("unflatten", lambda m, x: x.unflatten(2, (2, -1)) ** 2, (A,)),
    Case("permute", lambda m, x: m.permute(x, (2, 0, 1)) ** 2, (A,)),
    Case("permute/method", lambda m, x: x.permute(-1, 0, 1) ** 2, (A,)),
    Case("transpose", lambda m, x: m.transpose(x, 0, 2) ** 2, (A,)),
    Case("transpose/method", lambda m, x: x.transpose(-1, -2) ** 2, (A,)),
    Case("T", lambda m, x: x.T**2, (real(3, 4),)),
    Case("mT", lambda m, x: x.mT**2, (A,)),
    Case("t", lambda m, x: m.t(x) ** 2, (real(3, 4),)),
    Case("movedim", lambda m, x: m.movedim(x, 0, -1) ** 2, (A,)),
    Case("movedim/several", lambda m, x: x.movedim((0, 1), (2, 0)) ** 2, (A,)),
    Case("squeeze", lambda m, x: m.squeeze(x) ** 2, (real(1, 3, 1, 2),)),
    Case("squeeze/dim", lambda m, x: x.squeeze(2).squeeze(1) ** 2, (real(1, 3, 1, 2),)),
    Case("squeeze/dims", lambda m, x: x.squeeze((0, 1)) ** 2, (real(1, 3, 1, 2),)),
    Case("unsqueeze", lambda m, x: m.unsqueeze(x, 1) ** 2, (A,)),
    Case("unsqueeze/last", lambda m, x: x.unsqueeze(-1) ** 2, (A,)),
    Case("expand", lambda m, x: x.expand(2, 3, 4) ** 2, (real(3, 1),)),
    Case("expand/keep", lambda m, x: x.expand(2, -1, 4) ** 2, (real(3, 1),)),
    Case("expand_as", lambda m, x, y: x.expand_as(y) * y, (real(3, 1), A)),
    Case("broadcast_to", lambda m, x: m.broadcast_to(x, (2, 3, 4)) ** 2, (real(3, 1),)),
    Case("repeat", lambda m, x: x.repeat(2, 1, 3) ** 2, (real(3, 2),)),
    Case("flip", lambda m, x: m.flip(x, (0, 2)) * x, (A,)),
    Case("flip/method", lambda m, x: x.flip(1) * x, (A,)),
    Case("clone", lambda m, x: m.clone(x) * x, (A,)),
    Case("contiguous", lambda m, x: x.T.contiguous() ** 2, (real(3, 4),)),
    Case("cat", lambda m, a, b: m.cat([a, b, a], dim=1) ** 2, (real(2, 3), real(2, 2))),
    Case(
        "cat/keyword", lambda m, a, b: m.cat(tensors=(a, b), dim=-1) ** 2, (real(2, 3), real(2, 2))
    ),
    Case(
        "stack", lambda m, a, b: m.stack((a, b, a), dim=1) ** 2, (real(2, 3), real(3, 2).T.copy())
    ),
    Case("stack/last", lambda m, a, b: m.stack([a, b], -1) ** 2, (real(2, 3), real(3, 2).T.copy())),
    Case("reshape/keyword", lambda m, x: m.reshape(x, shape=(4, -1)) * x.view(size=(4, 6)), (A,)),
    Case(
        "expand/keyword",
        lambda m, x: x.expand(size=(2, -1, 4)) * m.broadcast_to(x, size=(2, 3, 4)),
        (real(3, 1),),
    ),
    Case("hstack", lambda m, a, b: m.hstack([a, b, a]) ** 2, (real(2, 3), real(2, 2))),
    Case(
        "hstack/vectors",
        lambda m, a, b, c: m.hstack(tensors=(a, b, c)) ** 2,
        (real(2), real(3), real()),
    ),
    Case("vstack", lambda m, a, b: m.vstack([a, b]) ** 2, (real(3), real(2, 3))),
    Case("vstack/numbers", lambda m, a, b: m.vstack(tensors=(a, b)) ** 2, (real(), real(1, 1))),
    Case("split/keyword", lambda m, x: x.split(split_size=2, dim=1)[1] ** 2, (A,)),
    Case("split", lambda m, x: tuple(p**2 for p in m.split(x, 2, dim=2)), (real(2, 3, 5),)),
    Case("split/sections", lambda m, x: x.split([1, 3, 1], -1)[1] ** 2, (real(2, 3, 5),)),
    Case("roll", lambda m, x: (m.roll(x, 2, 1) * x, x.roll(-5, 2)), (A,)),
    Case("narrow", lambda m, x: m.narrow(x, 2, 1, 2) ** 2, (A,)),
    Case("chunk", lambda m, x: tuple(p**2 for p in m.chunk(x, 3, dim=0)), (real(7, 2),)),
    Case("chunk/method", lambda m, x: x.chunk(4, 1)[-1] ** 2, (real(2, 5),)),
    Case("unbind", lambda m, x: m.unbind(x, 1)[2] ** 2, (A,)),
    Case("iteration", lambda m, x: sum((i + 1) * row**2 for i, row in enumerate(x)), (A,)),
]

INDEXING = [
    Case(f"index/{key!r}".replace("\n", ""), lambda m, x, key=key: x[key] ** 2, (A,))
    for key in (
        0,
        -1,
        (1, 2),
        (0, -1, 3),
        slice(None),
        slice(1, None),
        (slice(None), slice(0, 3, 2)),
        (Ellipsis, 1),
        (Ellipsis, slice(1, 3)),
        None,
        (None, 0),
        (0, None, Ellipsis),
        (slice(None), None, 1),
        (1, Ellipsis, 2),
        (slice(-3, -1), 0),
        slice(5, 9),
        (),
        [0, 1, 1, 0],
        (slice(None), [2, 0]),
        ([0, 1, 1], [2, 2, 0]),
        (slice(None), [2, 0], [1, 1]),
        ([1, 0], slice(None), [3, 3]),
        (0, [2, 0, 2]),
        (0, slice(None), [3, 3, 1]),
        ([1, 0, 1], 2),
        ([0], Ellipsis, [1, 2, 3]),
        (Ellipsis, [0, -1]),
        (None, [1, 0]),
        ([1, 0], None),
        (slice(1, None), [2, 1, 0], None, slice(0, 2)),
    )
] + [
    Case("index/array", lambda m, x: x[:, m.tensor(I)] ** 2, (A,)),
    Case("index/two arrays", lambda m, x: x[m.tensor(I % 2), m.tensor(I)] ** 2, (A,)),
    Case("index/int between", lambda m, x: x[m.tensor(I % 2), 1, m.tensor(I)] ** 2, (A,)),
    Case("index/int and array apart", lambda m, x: x[1, :, m.tensor(I)] ** 2, (A,)),
    Case("index/mask", lambda m, x: x[m.tensor(MASK)] ** 2, (A,)),
    Case("index/mask whole", lambda m, x: x[x > 0] ** 2, (A,)),
    Case("index/mask row", lambda m, x: x[:, m.tensor(MASK[0]), 1] ** 2, (A,)),
    Case(
        "index/mask and array", lambda m, x: x[m.tensor([True, True]), m.tensor([0, 2])] ** 2, (A,)
    ),
    Case("index/nothing", lambda m, x: x[m.tensor(MASK & False)] ** 2, (A,)),
    Case("index/tensor number", lambda m, x: x[m.tensor(1)] ** 2, (A,)),
    Case("index/uint8-free int32", lambda m, x: x[m.tensor(I.astype(np.int32) % 2)] ** 2, (A,)),
    Case("gather", lambda m, x: m.gather(x, 1, m.tensor(I)) ** 2, (real(2, 4),)),
    Case(
        "gather/keywords", lambda m, x: x.gather(dim=0, index=m.tensor(I % 2)) ** 2, (real(2, 4),)
    ),
    Case("index_select", lambda m, x: m.index_select(x, 1, m.tensor([2, 0, 2])) ** 2, (A,)),
    Case(
        "take_along_dim", lambda m, x: m.take_along_dim(x, m.tensor(I), dim=1) ** 2, (real(2, 4),)
    ),
    Case("masked_fill", lambda m, x: m.masked_fill(x, x > 0.3, -2.0) ** 2, (A,)),
    Case("masked_fill/method", lambda m, x: x.masked_fill(m.tensor(MASK)[..., None], 7) ** 2, (A,)),
    Case("masked_select", lambda m, x: m.masked_select(x, x > 0) ** 2, (A,)),
    Case(
        "scatter",
        lambda m, x, y: m.scatter(x, 1, m.tensor([[2, 0], [1, 3]]), y) ** 2,
        (real(2, 4), positive(2, 2)),
    ),
    Case("scatter/number", lambda m, x: x.scatter(0, m.tensor(I % 2), 3.0) ** 2, (real(2, 4),)),
    Case(
        "scatter_/one hot",
        lambda m, x: x * 0 + m.zeros_like(x).scatter_(1, m.tensor([[2], [0]]), 1),
        (real(2, 4),),
    ),
    Case("sort", lambda m, x: m.sort(x, dim=1)[0] * m.sort(x, 0).values, (A,)),
    Case("sort/down", lambda m, x: x.sort(descending=True)[0] ** 2, (A,)),
    Case("argsort", lambda m, x: (m.argsort(x, dim=1, stable=True), x.argsort(0, True)), (A,)),
    Case(
        "sort/ties",
        lambda m, x: (*m.sort(x, dim=1, descending=True, stable=True), m.sort(x, stable=True)[1]),
        (ties(4, 5, 6),),
    ),
    Case("topk", lambda m, x: m.topk(x, 2, dim=1), (A,)),
    Case("topk/smallest", lambda m, x: x.topk(3, largest=False).values ** 2, (A,)),
    Case("nonzero", lambda m, x: m.nonzero(x), (ties(3, 4),)),
    Case(
        "nonzero/tuple",
        lambda m, x: (*m.nonzero(x, as_tuple=True), *m.where(x > 0), *m.where(x)),
        (ties(3, 4),),
    ),
    Case(
        "nonzero/number",
        lambda m, x: (*x.nonzero(as_tuple=True), *m.where(condition=x > 9)),
        (real(),),
    ),
    *(
        Case(
            f"diag/{shape}{k}",
            lambda m, x, k=k: (m.diag(x, k) ** 2, x.diag(diagonal=k) ** 3),
            (real(*shape),),
        )
        for shape in ((3,), (0,), (2, 4), (4, 2))
        for k in (0, 1, -1, 2, -2, 5, -5)
    ),
    Case("tril", lambda m, x: m.tril(x, 1) ** 2, (real(2, 4, 3),)),
    Case("triu", lambda m, x: x.triu(-1) ** 2, (real(2, 4, 3),)),
]

EQUATIONS = {
    "ij,jk->ik": ((2, 3), (3, 4)),
    "ij,jk": ((2, 3), (3, 4)),
    "ij->ji": ((2, 3),),
    "ij->": ((2, 3),),
    "ij->j": ((2, 3),),
    "ii->i": ((3, 3),),
    "ii": ((3, 3),),
    "iji->j": ((3, 2, 3),),
    "iij->j": ((3, 3, 2),),
    "i,j->ij": ((2,), (3,)),
    "i,i": ((3,), (3,)),
    "bij,bjk->bik": ((2, 3, 4), (2, 4, 2)),
    "...ij,...jk->...ik": ((2, 3, 4), (4, 2)),
    "bhqd,bhkd->bhqk": ((2, 2, 3, 4), (2, 2, 5, 4)),
    "i...->...": ((2, 3, 4),),
    "...->...": ((2, 3),),
    "ij,kl->": ((2, 3), (3, 2)),
    "ij,j->i": ((2, 3), (3,)),
    "i,ij,j->": ((2,), (2, 3), (3,)),
    "ij,jk,kl->il": ((2, 3), (3, 4), (4, 2)),
    "ba": ((2, 3),),
    "ij,ij->ij": ((2, 3), (2, 3)),
    "a,b,c->cab": ((2,), (3,), (4,)),
    "...i,i->...": ((2, 3), (3,)),
    "ij,jk->ki": ((2, 3), (3, 4)),
    "ik,jk->": ((2, 3), (4, 3)),
    "b...,b...->b": ((2, 3, 4), (2, 3, 4)),
    "ij , jk -> ik": ((2, 3), (3, 4)),
    "i...j->j...i": ((2, 3, 4),),
    "nc,kc->nk": ((0, 3), (4, 3)),
    "Ij,jA": ((2, 3), (3, 4)),
}
PRODUCTS = (
    [
        Case(f"matmul/{a}{b}", lambda m, a, b: m.matmul(a, b), (real(*a), real(*b)))
        for a, b in (
            ((2, 3), (3, 4)),
            ((3,), (3,)),
            ((3,), (3, 4)),
            ((2, 3), (3,)),
            ((5, 2, 3), (3, 4)),
            ((5, 2, 3), (5, 3, 4)),
            ((2, 3), (5, 3, 4)),
            ((1, 2, 3), (5, 3, 4)),
            ((5, 1, 2, 3), (6, 3, 4)),
            ((3,), (5, 3, 4)),
            ((5, 2, 3), (3,)),
            ((0, 3), (3, 4)),
            ((2, 0), (0, 4)),
        )
    ]
    + [
        Case(f"einsum/{e}", lambda m, *xs, e=e: m.einsum(e, *xs), tuple(real(*s) for s in shapes))
        for e, shapes in EQUATIONS.items()
    ]
    + [
        Case("matmul/operator", lambda m, a, b: a @ b, (real(2, 3), real(3, 4))),
        Case("matmul/method", lambda m, a, b: a.matmul(b), (real(2, 3), real(3, 4))),
        Case("matmul/itself", lambda m, a: a @ a.T @ a, (real(2, 3),)),
        Case("mm", lambda m, a, b: m.mm(a, b), (real(2, 3), real(3, 4))),
        Case("bmm", lambda m, a, b: m.bmm(a, b), (real(5, 2, 3), real(5, 3, 4))),
        Case("dot", lambda m, a, b: m.dot(a, b), (real(3), positive(3))),
        Case("outer", lambda m, a, b: m.outer(a, b), (real(3), positive(4))),
        Case(
            "einsum/list", lambda m, a, b: m.einsum("ij,jk->ik", [a, b]), (real(2, 3), real(3, 4))
        ),
    ]
)

CASES = ELEMENTWISE + BINARY + REDUCTIONS + SHAPING + INDEXING + PRODUCTS + WIDE


class On:
    """The module minigan, but `tensor` puts new tensors on a device."""

    def __init__(self, module: Any, device: str) -> None:
        self._module, self._device = module, device

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)

    def tensor(self, data: Any, **options: Any) -> Any:
        return self._module.tensor(data, device=self._device, **options)


def results(value: Any) -> list[Any]:
    """The tensors of a result, as a flat list."""
    return (
        [r for part in value for r in results(part)] if isinstance(value, tuple | list) else [value]
    )


def cotangents(outputs: list[Any]) -> list[np.ndarray]:
    """Random numbers in the shapes of the outputs."""
    return [
        np.random.default_rng([i, *y.shape]).normal(size=tuple(y.shape))
        for i, y in enumerate(outputs)
    ]


def orders(m: Any, grad: Callable[..., Any], case: Case, dtype: str) -> list[list[Any]]:
    """The values, their gradients for random cotangents, and so on: a list for each order."""
    xs = [m.tensor(np.asarray(x, dtype), requires_grad=True) for x in case.inputs]
    found = [results(case.function(m, *xs))]
    for _ in range(case.order):
        outputs = [y for y in found[-1] if y.requires_grad]
        if not outputs:
            break
        gs = [m.tensor(np.asarray(g, dtype)) for g in cotangents(outputs)]
        gradients = grad(outputs, xs, gs, create_graph=True, allow_unused=True)
        found.append(
            [m.zeros_like(x) if g is None else g for g, x in zip(gradients, xs, strict=True)]
        )
    return found
