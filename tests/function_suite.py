"""Functions of nn.functional as a table for minigan and for PyTorch.

`Case.function(m, *tensors)` is written for a module `m` that is minigan or torch: names and
keywords are the same. Convolution, pooling, padding, resizing and folding have their own tests.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from op_suite import Case, positive, real


def F(m: Any) -> Any:
    return m.nn.functional


def call(name: str, **settings: Any) -> Callable[..., Any]:
    return lambda m, *xs: getattr(F(m), name)(*xs, **settings)


def integers(high: int, *shape: int) -> np.ndarray:
    return np.random.default_rng([high, *shape]).integers(0, high, shape)


def indexed(name: str, index: np.ndarray, **settings: Any) -> Callable[..., Any]:
    """Return a function of x and, optionally, class weights; the index is a constant."""
    return lambda m, x, *weight: getattr(F(m), name)(x, m.tensor(index), *weight, **settings)


def indexed_last(name: str, **settings: Any) -> Callable[..., Any]:
    """Return a function of float inputs; the labels 1, -1, 1 are a constant after them."""
    return lambda m, *xs: getattr(F(m), name)(*xs, m.tensor(SIGNS, dtype=xs[0].dtype), **settings)


def label(name: str, settings: dict[str, Any]) -> str:
    return f"{name}/{','.join(f'{k}={v}' for k, v in settings.items())}"


KINKED = real(2, 3, 4) * 4  # numbers far from every kink, on both sides
EDGE = np.array([-30.0, -8.0, -1.1, -1e-3, 1e-3, 0.5, 2.0, 9.0, 30.0])

ACTIVATIONS = [
    Case(label(name, settings), call(name, **settings), (x,))
    for name, settings in [
        ("relu", {}),
        ("relu", {"inplace": False}),
        ("leaky_relu", {}),
        ("leaky_relu", {"negative_slope": 0.2}),
        ("leaky_relu", {"negative_slope": 0}),
        ("leaky_relu", {"negative_slope": 1}),
        ("leaky_relu", {"negative_slope": 1.7}),
        ("leaky_relu", {"negative_slope": -0.3}),
        ("elu", {}),
        ("elu", {"alpha": 0.7}),
        ("selu", {}),
        ("gelu", {}),
        ("gelu", {"approximate": "tanh"}),
        ("silu", {}),
        ("mish", {}),
        ("sigmoid", {}),
        ("tanh", {}),
        ("logsigmoid", {}),
        ("relu6", {}),
        ("hardtanh", {}),
        ("hardtanh", {"min_val": -0.4, "max_val": 2.5}),
        ("softplus", {}),
        ("softplus", {"beta": 2.5, "threshold": 4}),
        ("softplus", {"beta": -0.5}),
        ("softmax", {"dim": -1}),
        ("softmax", {"dim": 0}),
        ("softmin", {"dim": 0}),
        ("hardshrink", {"lambd": 0.3}),
        ("softshrink", {"lambd": 0.3}),
        ("tanhshrink", {}),
        ("threshold", {"threshold": 0.3, "value": -2.0}),
        ("hardswish", {}),
        ("softsign", {}),
        ("celu", {"alpha": 2.0}),
        ("log_softmax", {"dim": -1}),
    ]
    for x in (KINKED, EDGE, np.array(-0.7), real(0, 2))
] + [
    Case("prelu/one", call("prelu"), (KINKED, np.array([0.3]))),
    Case("prelu/each", call("prelu"), (KINKED, real(3))),
    Case("prelu/vector", call("prelu"), (EDGE, np.array([0.3]))),
]

IMAGES = [real(4, 3), real(2, 3, 5), real(2, 3, 4, 2), real(2, 3, 2, 1, 3)]
MEAN, VAR, WEIGHT, BIAS = real(3) * 0.5, positive(3), real(3, 1)[:, 0] + 0.3, real(1, 3)[0]


def batch_norm(training: bool, momentum: float = 0.1, eps: float = 1e-5) -> Callable[..., Any]:
    def function(m: Any, x: Any, *affine: Any) -> Any:
        mean, var = (m.tensor(np.asarray(v), dtype=x.dtype) for v in (MEAN, VAR))
        y = F(m).batch_norm(x, mean, var, *affine, training=training, momentum=momentum, eps=eps)
        return [y, mean, var]

    return function


def last(x: np.ndarray) -> np.ndarray:
    """Return the same numbers with channels last in memory."""
    return np.ascontiguousarray(x.swapaxes(1, -1)).swapaxes(1, -1)


A, B, C, D = real(2, 3, 4), last(real(2, 3, 4)), real(2, 6, 3, 2), last(real(2, 6, 3, 2))
NORMS = [
    Case(
        f"batch_norm/{x.ndim}d,training={training},{len(affine)}",
        batch_norm(training),
        (x, *affine),
    )
    for x in IMAGES
    for training in (True, False)
    for affine in ((), (WEIGHT,), (WEIGHT, BIAS))
] + [
    Case("batch_norm/settings", batch_norm(True, 0.7, 0.1), (last(IMAGES[2]), WEIGHT, BIAS)),
    Case(
        "batch_norm/weight",
        lambda m, x, w: F(m).batch_norm(x, None, None, w, None, True),
        (IMAGES[2], WEIGHT),
    ),
    Case(
        "batch_norm/bias",
        lambda m, x, b: F(m).batch_norm(x, None, None, None, b, True),
        (IMAGES[1], BIAS),
        1,
    ),
    Case("layer_norm/1", call("layer_norm", normalized_shape=[4]), (A,)),
    Case(
        "layer_norm/2",
        lambda m, x, w, b: F(m).layer_norm(x, (3, 4), w, b),
        (A, real(3, 4), real(3, 4) * 2),
    ),
    Case("layer_norm/eps", lambda m, x, w: F(m).layer_norm(x, (4,), w, eps=0.3), (B, real(4))),
    Case("layer_norm/all", call("layer_norm", normalized_shape=(2, 3)), (real(2, 3),)),
    Case("group_norm/1", call("group_norm", num_groups=2), (C,)),
    Case(
        "group_norm/2",
        lambda m, x, w, b: F(m).group_norm(x, 3, w, b, 0.2),
        (D, real(6), real(6) + 1),
    ),
    Case("group_norm/3", call("group_norm", num_groups=2), (real(3, 4),)),
    Case("instance_norm/1", call("instance_norm"), (real(2, 3, 5),)),
    Case(
        "instance_norm/2",
        lambda m, x, w, b: F(m).instance_norm(x, None, None, w, b),
        (IMAGES[2], WEIGHT, BIAS),
    ),
]


def instance_norm(use: bool) -> Callable[..., Any]:
    def function(m: Any, x: Any, w: Any) -> Any:
        mean, var = (m.tensor(np.asarray(v), dtype=x.dtype) for v in (MEAN, VAR))
        return [F(m).instance_norm(x, mean, var, w, use_input_stats=use, momentum=0.3), mean, var]

    return function


NORMS += [
    Case(f"instance_norm/running,{use}", instance_norm(use), (IMAGES[3], WEIGHT))
    for use in (True, False)
]

X, Y, P, Q = (
    real(3, 4) * 1.5,
    real(3, 4)[::-1] * 0.7 + 0.2,
    0.5 + np.tanh(real(3, 4)) * 0.49,
    positive(3, 4) / 2.1,
)
LOGS = np.log(P)

LOSSES = [
    Case(
        label(name, settings | {"reduction": reduction}),
        call(name, reduction=reduction, **settings),
        inputs,
    )
    for reduction in ("none", "mean", "sum")
    for name, settings, inputs in [
        ("mse_loss", {}, (X, Y)),
        ("l1_loss", {}, (X, Y)),
        ("smooth_l1_loss", {}, (X, Y)),
        ("smooth_l1_loss", {"beta": 0.3}, (X, Y)),
        ("smooth_l1_loss", {"beta": 0.0}, (X, Y)),
        ("huber_loss", {}, (X, Y)),
        ("huber_loss", {"delta": 0.4}, (X, Y)),
        ("binary_cross_entropy", {}, (P, Q)),
        ("binary_cross_entropy_with_logits", {}, (X, Q)),
        ("binary_cross_entropy_with_logits", {}, (EDGE, np.linspace(0, 1, 9))),
        ("kl_div", {}, (LOGS, Q)),
        ("kl_div", {"log_target": True}, (LOGS, Y)),
        ("cross_entropy", {}, (X, Q)),
        ("cross_entropy", {"label_smoothing": 0.2}, (real(2, 3, 2, 2), positive(2, 3, 2, 2))),
        ("cross_entropy", {}, (real(4), positive(4))),
    ]
] + [
    Case(label(name, settings), indexed(name, index, **settings), inputs)
    for name in ("cross_entropy", "nll_loss")
    for reduction in ("none", "mean", "sum")
    for more in (
        {},
        {"ignore_index": 1},
        {"label_smoothing": 0.3},
        {"ignore_index": 0, "label_smoothing": 0.1},
    )
    if name == "cross_entropy" or "label_smoothing" not in more
    for settings in ({"reduction": reduction} | more,)
    for index, inputs in [
        (integers(4, 3), (X,)),
        (np.array(1), (real(4),)),
        (integers(3, 2, 5), (real(2, 3, 5),)),
        (integers(3, 2, 2, 3), (real(2, 3, 2, 3),)),
    ]
]


def weighted(
    name: str, index: np.ndarray | None, weight: np.ndarray, **settings: Any
) -> Callable[..., Any]:
    def function(m: Any, x: Any, *t: Any) -> Any:
        return getattr(F(m), name)(
            x, *(t or (m.tensor(index),)), weight=m.tensor(weight, dtype=x.dtype), **settings
        )

    return function


LOSSES += (
    [
        Case(f"{name}/weight,{settings}", weighted(name, index, w, **settings), inputs)
        for reduction in ("none", "mean", "sum")
        for name, index, w, inputs, more in [
            ("mse_loss", None, positive(3, 4), (X, Y), {}),
            ("l1_loss", None, positive(3, 4), (X, Y), {}),
            ("huber_loss", None, positive(3, 4), (X, Y), {}),
            ("binary_cross_entropy", None, positive(3, 1), (P, Q), {}),
            ("binary_cross_entropy_with_logits", None, positive(3, 4), (X, Q), {}),
            ("cross_entropy", integers(4, 3), positive(4), (X,), {}),
            (
                "cross_entropy",
                integers(4, 3),
                positive(4),
                (X,),
                {"ignore_index": 2, "label_smoothing": 0.25},
            ),
            (
                "cross_entropy",
                integers(3, 2, 5),
                positive(3),
                (real(2, 3, 5),),
                {"label_smoothing": 0.25},
            ),
            ("cross_entropy", None, positive(4), (X, Q), {"label_smoothing": 0.25}),
            ("nll_loss", integers(3, 2, 5), positive(3), (real(2, 3, 5),), {"ignore_index": 2}),
        ]
        for settings in ({"reduction": reduction} | more,)
    ]
    + [
        Case(
            f"binary_cross_entropy_with_logits/pos_weight,{shape}",
            lambda m, x, t, shape=shape: F(m).binary_cross_entropy_with_logits(
                x, t, pos_weight=m.tensor(positive(*shape), dtype=x.dtype)
            ),
            (X, Q),
        )
        for shape in ((4,), (1,), (3, 1), (3, 4))
    ]
    + [Case("kl_div/batchmean", call("kl_div", reduction="batchmean"), (LOGS, Q))]
)

OTHERS = [
    Case("linear/1d", call("linear"), (real(3), real(2, 3))),
    Case("linear/2d", call("linear"), (real(4, 3), real(2, 3), real(2))),
    Case("linear/3d", call("linear"), (real(2, 4, 3), real(5, 3), real(5))),
    Case("linear/empty", call("linear"), (real(0, 3), real(2, 3), real(2))),
    Case("dropout/eval", call("dropout", training=False), (X,)),
    Case("dropout/0", call("dropout", p=0.0), (X,)),
    Case("dropout/1", call("dropout", p=1.0), (X,)),
    Case("normalize", call("normalize"), (X,)),
    Case("normalize/p=1", call("normalize", p=1.0, dim=0), (X,)),
    Case("normalize/p=3", call("normalize", p=3.0, dim=-1), (X,)),
    Case("normalize/p=inf", call("normalize", p=float("inf")), (X,), 1),
    Case("normalize/eps", call("normalize", eps=20.0), (X,)),
    Case("cosine_similarity", call("cosine_similarity"), (X, Y)),
    Case("cosine_similarity/broadcast", call("cosine_similarity", dim=0), (real(3, 4), real(3, 1))),
    Case("pairwise_distance", call("pairwise_distance"), (X, Y)),
    Case("pairwise_distance/p=1", call("pairwise_distance", p=1.0, keepdim=True), (X, Y)),
    Case("embedding", lambda m, w: F(m).embedding(m.tensor(integers(5, 3, 4)), w), (real(5, 2),)),
    Case(
        "embedding/padding",
        lambda m, w: F(m).embedding(m.tensor(integers(5, 9)), w, padding_idx=-2),
        (real(5, 2),),
    ),
    Case(
        "embedding/empty",
        lambda m, w: F(m).embedding(m.tensor(integers(5, 0, 2)), w),
        (real(5, 2),),
    ),
    Case("one_hot", lambda m, x: F(m).one_hot(m.tensor(integers(4, 2, 3)), 6), (X,)),
    Case("one_hot/counted", lambda m, x: F(m).one_hot(m.tensor(integers(4, 20))), (X,)),
]

SIGNS = np.array([1.0, -1.0, 1.0])
MORE = [
    Case(label(name, settings | {"reduction": reduction}), function, inputs)
    for reduction in ("none", "mean", "sum")
    for name, settings, function, inputs in [
        (name, settings, call(name, reduction=reduction, **settings), inputs)
        for name, settings, inputs in [
            ("gaussian_nll_loss", {}, (X, Y, positive(3, 4))),
            ("gaussian_nll_loss", {"full": True, "eps": 0.3}, (X, Y, positive(3, 1))),
            ("gaussian_nll_loss", {}, (X, Y, positive(3))),
            ("poisson_nll_loss", {"full": True}, (X, Q * 3)),
            ("poisson_nll_loss", {"log_input": False, "eps": 0.1}, (P, Q)),
            ("multilabel_soft_margin_loss", {}, (X, Q)),
            ("triplet_margin_loss", {"margin": 2.0}, (X, Y, real(3, 4) * 2)),
            ("triplet_margin_loss", {"swap": True, "p": 1.0}, (X, Y, real(3, 4) * 2)),
        ]
    ]
    + [
        (name, settings, indexed_last(name, reduction=reduction, **settings), inputs)
        for name, settings, inputs in [
            ("margin_ranking_loss", {"margin": 0.3}, (X[:, 0], Y[:, 0])),
            ("hinge_embedding_loss", {"margin": 0.7}, (X[:, 0],)),
            ("cosine_embedding_loss", {"margin": 0.1}, (X, Y)),
            ("soft_margin_loss", {}, (X[:, 0],)),
        ]
    ]
] + [
    Case("bilinear", call("bilinear"), (X, Y[:, :3], real(2, 4, 3), real(2))),
    Case("pdist", call("pdist"), (X,), 1),
    Case("pdist/p=1", call("pdist", p=1.0), (X,), 1),
    Case("local_response_norm", call("local_response_norm", size=2, alpha=0.5), (C,)),
    Case("channel_shuffle", call("channel_shuffle", groups=3), (C,)),
    Case("rms_norm", lambda m, x, w: F(m).rms_norm(x, (3, 4), w), (A, real(3, 4))),
    Case("rms_norm/eps", call("rms_norm", normalized_shape=(4,), eps=0.3), (B,)),
    Case("glu", call("glu", dim=0), (real(4, 3),)),
]

CASES = ACTIVATIONS + NORMS + LOSSES + OTHERS + MORE
