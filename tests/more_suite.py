"""Programs beside the tables: functions and methods that no table calls, in minigan and PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from op_case import positive, real, ties

X, P, T = np.clip(real(3, 4) * 0.3, -0.9, 0.9), positive(3, 4), ties(3, 4)
UNIQUE = [[3, 1, 2], [1, 3, 1]]
INTEGERS, OTHERS = np.array([12, 10, -7, 3]), np.array([10, 3, 7, 3])
I, ROWS = np.array([[2, 0, 1, 1], [1, 1, 0, 2]]), np.array([2, 0])
INF, NAN = float("inf"), float("nan")
Program = Callable[[Any], Any]


def changed(source: np.ndarray, change: Callable[[Any, Any], Any]) -> Program:
    """Return a program: a change in place of y = x + 0, and the gradient for random weights."""

    def program(m: Any) -> Any:
        x = m.tensor(source, requires_grad=True)
        y = x + 0.0
        change(m, y)
        (y * m.tensor(np.random.default_rng(1).normal(size=tuple(y.shape)))).sum().backward()
        return y, x.grad

    return program


def recorded(function: Callable[..., Any], *sources: np.ndarray) -> Program:
    """Return a program: a function of float tensors, and its gradients for random weights."""

    def program(m: Any) -> Any:
        xs = [m.tensor(np.asarray(source, np.float64), requires_grad=True) for source in sources]
        y = function(m, *xs)
        (y * m.tensor(np.random.default_rng(1).normal(size=tuple(y.shape)))).sum().backward()
        return y, [x.grad for x in xs if x.grad is not None]

    return program


def named(text: str, source: np.ndarray) -> dict[str, tuple[np.ndarray, Any]]:
    return {name: (source, lambda m, y, name=name: getattr(y, name)()) for name in text.split()}


IN_PLACE = (
    named("acos_ asin_ atan_ sin_ cos_ tan_ sinh_ cosh_ erf_ erfc_ exp2_ expm1_", X)
    | named("square_ sign_ frac_ log1p_ trunc_ floor_ ceil_ round_ nan_to_num_", X)
    | named("log_ log2_ log10_ rsqrt_ reciprocal_", P)
    | named("logit_", P / 2.1)
    | named("tril_ triu_", real(3, 4))
    | {
        "cumsum_": (X, lambda m, y: y.cumsum_(1)),
        "cumprod_": (P, lambda m, y: y.cumprod_(0)),
        "clip_": (X, lambda m, y: y.clip_(-0.1, 0.2)),
        "lerp_": (X, lambda m, y: y.lerp_(m.tensor(P), 0.3)),
        "fmod_": (P, lambda m, y: y.fmod_(0.7)),
        "remainder_": (X, lambda m, y: y.remainder_(0.7)),
        "hypot_": (P, lambda m, y: y.hypot_(m.tensor(X))),
        "atan2_": (P, lambda m, y: y.atan2_(m.tensor(P[::-1].copy()))),
        "copysign_": (P, lambda m, y: y.copysign_(m.tensor(X))),
        "xlogy_": (X, lambda m, y: y.xlogy_(m.tensor(P))),
        "addcdiv_": (X, lambda m, y: y.addcdiv_(m.tensor(X), m.tensor(P), value=0.5)),
        "addcmul_": (X, lambda m, y: y.addcmul_(m.tensor(X), m.tensor(P), value=0.5)),
        "addmm_": (
            real(3, 3), lambda m, y: y.addmm_(m.tensor(X), m.tensor(P.T.copy()), beta=0.5, alpha=2),
        ),
        "addmv_": (real(3), lambda m, y: y.addmv_(m.tensor(X), m.tensor(real(4)), alpha=3)),
        "baddbmm_": (
            real(2, 3, 3),
            lambda m, y: y.baddbmm_(m.tensor(real(2, 3, 4)), m.tensor(real(2, 4, 3)), beta=2),
        ),
        "index_add_": (X, lambda m, y: y.index_add_(0, m.tensor(ROWS), m.tensor(P[:2]), alpha=2)),
        "index_copy_": (X, lambda m, y: y.index_copy_(0, m.tensor(ROWS), m.tensor(P[:2]))),
        "index_fill_": (X, lambda m, y: y.index_fill_(1, m.tensor(ROWS), 0.5)),
        "scatter_add_": (X, lambda m, y: y.scatter_add_(0, m.tensor(I), m.tensor(P[:2]))),
        "mul_ of a diagonal": (real(3, 3), lambda m, y: y.diagonal().mul_(3.0)),
        "squeeze_": (real(1, 3), lambda m, y: y.squeeze_(0)),
        "masked_fill_": (X, lambda m, y: y.masked_fill_(y.detach() > 0, 2.0)),
    }
)  # fmt: skip

COMPARED = [
    "eq", "ne", "lt", "le", "gt", "ge", "greater", "greater_equal", "less", "less_equal",
    "not_equal",
]  # fmt: skip
BITS = ["bitwise_and", "bitwise_or", "bitwise_xor"]
LOGIC = ["logical_and", "logical_or", "logical_xor"]

PLAIN: dict[str, Program] = (
    {
        f"compare/{name}": lambda m, name=name: (
            getattr(m, name)(m.tensor(T), m.tensor(T[::-1].copy())),
            getattr(m.tensor(T), name)(1.0),
            getattr(m.tensor(INTEGERS), name)(m.tensor(OTHERS)),
        )
        for name in COMPARED
    }
    | {
        f"bits/{name}": lambda m, name=name: (
            getattr(m, name)(m.tensor(INTEGERS), m.tensor(OTHERS)),
            getattr(m.tensor(INTEGERS), name)(6),
            getattr(m.tensor(INTEGERS), f"{name}_")(m.tensor(OTHERS)),
            getattr(m, name)(m.tensor(T > 0), m.tensor(T > -2)),
        )
        for name in BITS
    }
    | {
        f"logic/{name}": lambda m, name=name: (
            getattr(m, name)(m.tensor(T), m.tensor(T[::-1].copy())),
            getattr(m.tensor(T > 0), f"{name}_")(m.tensor(T > -2)),
        )
        for name in LOGIC
    }
    | {
        "bits/not": lambda m: (
            m.bitwise_not(m.tensor(INTEGERS)), m.tensor(INTEGERS).bitwise_not_(),
            m.bitwise_not(m.tensor(T > 0)), m.tensor(T).logical_not_(),
        ),
        "floor_divide": lambda m: (
            m.floor_divide(m.tensor(INTEGERS), m.tensor(OTHERS)), m.tensor(X).floor_divide(0.2),
            m.tensor(INTEGERS).floor_divide_(-4),
        ),
        "unique": lambda m: (
            m.unique(m.tensor(UNIQUE)), *m.unique(m.tensor(UNIQUE), dim=1, return_inverse=True),
            *m.tensor(UNIQUE).unique(return_inverse=True, return_counts=True),
        ),
        "unique_consecutive": lambda m: m.unique_consecutive(
            m.tensor(UNIQUE), return_inverse=True, return_counts=True
        ),
        "bincount": lambda m: (
            m.bincount(m.tensor([3, 1, 1]), minlength=6),
            m.bincount(m.tensor([3, 1, 1]), weights=m.tensor([0.5, 1.0, 2.0])),
        ),
        "histc": lambda m: (m.histc(m.tensor(T), 5), m.histc(m.tensor(T), bins=3, min=-1, max=1)),
        "searchsorted": lambda m: (
            m.searchsorted(m.tensor([1, 2, 3]), m.tensor(UNIQUE), right=True),
            m.bucketize(m.tensor(UNIQUE), m.tensor([1, 2])),
            m.bucketize(m.tensor(UNIQUE), m.tensor([1, 2]), right=True),
        ),
        "isin": lambda m: m.isin(m.tensor(UNIQUE), m.tensor([2, 3])),
        "heaviside": lambda m: m.heaviside(m.tensor([NAN, -1.0, 0.0, 2.0]), m.tensor(0.5)),
        "isclose": lambda m: [
            m.isclose(m.tensor([1.0, NAN, INF, 0.0]), m.tensor([1.00001, NAN, INF, 1e-8]), **how)
            for how in ({}, {"equal_nan": True}, {"rtol": 0.0}, {"atol": 0.0}, {"rtol": 1e-3})
        ],
        "full": lambda m: (
            m.full((2, 3), 1.5), m.full((2,), 3), m.ones(2, 3), m.ones((2,), dtype=m.int32),
            m.zeros(3, dtype=m.bool), m.eye(3), m.eye(2, 3), m.full_like(m.tensor(T), 7.0),
            m.ones_like(m.tensor(UNIQUE)), m.zeros_like(m.tensor(X), dtype=m.int64),
        ),
        "ranges": lambda m: (
            m.arange(5), m.arange(1, 4), m.arange(1.0, 2.0, 0.3), m.arange(5, 0, -2),
            m.arange(3, dtype=m.float64), m.linspace(-1, 1, 5), m.linspace(0, 1, 1),
            m.logspace(0, 2, 3), m.logspace(-1, 1, 4, base=2.0), m.linspace(3, -2, 4),
        ),
        "triangles": lambda m: (m.tril_indices(3, 4, 1), m.triu_indices(4, 3, -1)),
        "nan_to_num": lambda m: m.tensor([NAN, INF, -INF, 1.0]).nan_to_num(1.0, 2.0, 3.0),
        "signs": lambda m: (m.tensor([-0.0, 0.0, -2.0]).signbit(), m.tensor([-INF, 1]).isneginf()),
        "argwhere": lambda m: m.tensor(T).argwhere(),
        "rounded": lambda m: (
            m.round(m.tensor([0.5, 1.5, -2.5, 2.567]), decimals=0),
            m.tensor([0.5, 1.5, 1234.567]).round(decimals=2),
            m.tensor([1250.0, -350.0]).round(decimals=-2),
        ),
        "median": lambda m: (
            *m.median(m.tensor(UNIQUE), dim=1),
            m.median(m.tensor([[1.0, NAN], [4.0, 5.0]]), dim=1)[1],
        ),
        "strides": lambda m: np.array(
            [*m.tensor(X).stride(), *m.tensor(X).T.stride(), m.tensor(X).T.is_contiguous()]
        ),
        "casts": lambda m: (
            m.tensor([1.7, -2.7, 0.0]).int(), m.tensor([1.7, -2.7, 0.0]).short(),
            m.tensor([1.7, 0.0]).bool(), m.tensor([1.7, 3.2]).byte(), m.tensor([1.7]).char(),
            m.tensor([1, 2]).double(), m.tensor([1.0]).type_as(m.tensor([2])),
        ),
        "gains": lambda m: [
            np.array(float(m.nn.init.calculate_gain(*how)))
            for how in (
                ("linear",), ("relu",), ("tanh",), ("leaky_relu", 0.3), ("leaky_relu",), ("selu",),
                ("sigmoid",), ("conv2d",),
            )
        ],
        "fills": lambda m: (
            m.nn.init.constant_(m.zeros(2, 3), 0.3), m.nn.init.ones_(m.zeros(2)),
            m.nn.init.zeros_(m.ones(2)), m.nn.init.eye_(m.zeros(2, 3)),
            m.nn.init.dirac_(m.zeros(4, 2, 3)), m.nn.init.dirac_(m.zeros(4, 2, 3, 4), groups=2),
        ),
    }
)  # fmt: skip

RECORDED: dict[str, tuple[Any, ...]] = {
    "addmv": (lambda m, a, b, c: m.addmv(a, b, c, beta=0.5, alpha=2), real(3), X, real(4)),
    "clamp_min": (lambda m, x: x.clamp_min(0.1) * m.clamp_max(x, 0.2), X),
    "float_power": (lambda m, x: x.float_power(2.5), P),
    "fliplr": (lambda m, x: x.fliplr() * m.flipud(x), X),
    "index_add": (
        lambda m, x, y: x.index_add(0, m.tensor(ROWS), y, alpha=2), X, P[:2],
    ),
    "index_copy": (lambda m, x, y: x.index_copy(0, m.tensor(ROWS), y), X, P[:2]),
    "index_fill": (lambda m, x: x.index_fill(1, m.tensor(ROWS), 0.5) ** 2, X),
    "scatter_add": (lambda m, x, y: x.scatter_add(0, m.tensor(I), y), X, P[:2]),
    "take": (lambda m, x: x.take(m.tensor(I)) ** 2, X),
    "swapaxes": (lambda m, x: x.swapaxes(0, 1) ** 2, X),
    "view_as": (lambda m, x, y: x.view_as(y) * y, X, real(2, 6)),
    "masked_select": (lambda m, x: x.masked_select(x.detach() > 0) ** 2, X),
    "std_mean": (lambda m, x: m.std_mean(x, 1)[0] * m.var_mean(x, 1)[1], X),
    "inner": (lambda m, x, y: x.inner(y), X, P),
    "tensordot": (lambda m, x, y: m.tensordot(x, y, 1), X, real(4, 2)),
    "einsum of size 1": (
        lambda m, x, y: m.einsum("...ij,...jk->...ik", x, y), real(1, 2, 3), real(5, 3, 4),
    ),
    "einsum of a letter of size 1": (
        lambda m, x, y: m.einsum("ij,ij->ij", x, y), real(1, 3), real(2, 3),
    ),
    "msort": (lambda m, x: x.msort() * m.tensor(P), X),
    "lp_pool3d": (
        lambda m, x: m.nn.functional.lp_pool3d(x, 2.0, 2, stride=1), positive(1, 2, 3, 4, 3),
    ),
    "max_unpool1d": (
        lambda m, x: m.nn.functional.max_unpool1d(
            x, m.tensor(np.array([[[1, 2, 5]]])), 2, output_size=(7,)
        ),
        real(1, 1, 3),
    ),
    "MaxUnpool2d": (
        lambda m, x: m.nn.MaxUnpool2d(2)(
            *m.nn.functional.max_pool2d(x, 2, return_indices=True)
        ),
        real(1, 2, 4, 6),
    ),
    "max_unpool3d": (
        lambda m, x: m.nn.functional.max_unpool3d(
            *m.nn.functional.max_pool3d(x, 2, return_indices=True), 2
        ),
        real(1, 2, 4, 2, 2),
    ),
    "Bilinear": (
        lambda m, x, y, w, b: m.nn.functional.bilinear(x, y, w, b), X, P[:, :3], real(2, 4, 3),
        real(2),
    ),
    "CosineSimilarity": (lambda m, x, y: m.nn.CosineSimilarity(0, 0.05)(x, y), X, P),
    "PairwiseDistance": (lambda m, x, y: m.nn.PairwiseDistance(3.0, 0.1, True)(x, y), X, P),
    "GaussianNLLLoss": (
        lambda m, x, y, v: m.nn.GaussianNLLLoss(full=True, eps=0.5)(x, y, v), X, P, P + 0,
    ),
    "PoissonNLLLoss": (lambda m, x, y: m.nn.PoissonNLLLoss(False, True, eps=0.1)(x, y), P, P),
    "TripletMarginLoss": (
        lambda m, a, p, n: m.nn.TripletMarginLoss(2.0, 1.0, swap=True)(a, p, n), X, P, real(3, 4),
    ),
    "TripletMarginLoss, the positive is nearer to the negative": (
        lambda m, a, p, n: m.nn.TripletMarginLoss(1.0, swap=True)(a, p, n)
        + m.nn.TripletMarginLoss(9.0)(a, p, n),
        np.array([[0.0], [1.0]]), np.array([[3.0], [4.0]]), np.array([[4.0], [4.5]]),
    ),
    "MarginRankingLoss": (
        lambda m, x, y: m.nn.MarginRankingLoss(0.3)(x, y, m.tensor([1.0, -1.0, 1.0])), X[:, 0],
        P[:, 0],
    ),
    "HingeEmbeddingLoss": (
        lambda m, x: m.nn.HingeEmbeddingLoss(0.7)(x, m.tensor([1.0, -1.0, 1.0])), P[:, 0],
    ),
    "CosineEmbeddingLoss": (
        lambda m, x, y: m.nn.CosineEmbeddingLoss(0.1)(x, y, m.tensor([1.0, -1.0, 1.0])), X, P,
    ),
    "SoftMarginLoss": (
        lambda m, x: m.nn.SoftMarginLoss()(x, m.tensor([1.0, -1.0, 1.0])), X[:, 0],
    ),
    "MultiLabelSoftMarginLoss": (
        lambda m, x: m.nn.MultiLabelSoftMarginLoss()(x, m.tensor((T > 0) * 1.0)), X,
    ),
}  # fmt: skip


def weighted(m: Any, layer: Any) -> Any:
    """Give a layer in float64 the random parameters that the other library's gets, too."""
    rng, state = np.random.default_rng(5), dict(layer.double().state_dict())
    for key in sorted(state):
        state[key] = m.tensor(rng.standard_normal(tuple(state[key].shape)))
    layer.load_state_dict(state)
    return layer


def trained(m: Any, layer: Any, x: Any) -> Any:
    """Return output, gradients by name and buffers of two calls, and of one in eval mode."""
    found = []
    for mode in (True, True, False):
        layer.train(mode)
        for p in layer.parameters():
            p.grad = None
        y = layer(m.tensor(x))
        (y * y).sum().backward()
        gradients = sorted((name, p.grad) for name, p in layer.named_parameters())
        buffers = [b.detach().clone() for _, b in sorted(layer.named_buffers())]
        found.append([y, [g for _, g in gradients], buffers])
    return found


def clipped(m: Any, norm_type: float, max_norm: float) -> Any:
    """Return the norm, and the gradients after clipping by norm and by value."""
    xs = [m.tensor(real(*shape), requires_grad=True) for shape in ((3, 4), (5,), ())]
    for x in xs:
        x.grad = (x * x.detach()).detach()
    norm = m.nn.utils.clip_grad_norm_(xs, max_norm, norm_type)
    by_norm = [x.grad.clone() for x in xs]
    m.nn.utils.clip_grad_value_(xs, 0.05)
    return norm, by_norm, [x.grad for x in xs]


LAYERS: dict[str, Program] = {
    "Embedding": lambda m: trained(
        m, weighted(m, m.nn.Embedding(5, 3, padding_idx=-2)), np.array([[0, 3, 4], [3, 0, 0]])
    ),
    "Bilinear": lambda m: weighted(m, m.nn.Bilinear(4, 3, 2))(m.tensor(X), m.tensor(P[:, :3])),
    "spectral_norm": lambda m: trained(
        m, weighted(m, m.nn.utils.spectral_norm(m.nn.Linear(4, 3), n_power_iterations=2)), X
    ),
    "spectral_norm of a transposed convolution": lambda m: trained(
        m, weighted(m, m.nn.utils.spectral_norm(m.nn.ConvTranspose1d(3, 2, 2))), real(2, 3, 4)
    ),
    "two layers": lambda m: trained(
        m,
        m.nn.Sequential(
            weighted(m, m.nn.Conv1d(3, 4, 2)), m.nn.BatchNorm1d(4).double(), m.nn.LeakyReLU(0.2),
            weighted(m, m.nn.ConvTranspose1d(4, 2, 2)),
        ),
        real(2, 3, 4),
    ),
    "fresh": lambda m: [
        [value for _, value in sorted(layer.state_dict().items())]
        for layer in (
            m.nn.PReLU(), m.nn.PReLU(3, 0.5), m.nn.BatchNorm1d(3), m.nn.BatchNorm3d(2),
            m.nn.BatchNorm2d(3, affine=False), m.nn.InstanceNorm2d(3, affine=True),
            m.nn.InstanceNorm1d(3, track_running_stats=True), m.nn.GroupNorm(1, 3),
            m.nn.LayerNorm((2, 3)), m.nn.RMSNorm(3),
        )
    ],
    "padding row of a fresh Embedding": lambda m: m.nn.Embedding(4, 2, padding_idx=1).weight[1],
    "vector": lambda m: m.nn.utils.parameters_to_vector(
        weighted(m, m.nn.Linear(4, 3)).parameters()
    ),
} | {
    f"clipped {norm_type} {max_norm}": lambda m, args=(norm_type, max_norm): clipped(m, *args)
    for norm_type in (2.0, 1.0, INF, 3.0)
    for max_norm in (0.1, 100.0)
}  # fmt: skip

PROGRAMS: dict[str, Program] = (
    PLAIN
    | {f"in place/{name}": changed(*how) for name, how in IN_PLACE.items()}
    | {f"recorded/{name}": recorded(*how) for name, how in RECORDED.items()}
)
