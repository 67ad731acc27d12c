"""Every function and layer gives the same with arguments by position and by name.

The calls of the tables are rebound: first all their arguments are given by position, with the
defaults written out, then all by name. The results are those kept of PyTorch.
"""

from __future__ import annotations

import inspect
from typing import Any

import oracle
import pytest
from oracle_programs import PROGRAMS, names
from watched import Watched

import minigan
import minigan.nn
from minigan import nn
from minigan.conv import FORMULATIONS
from minigan.nn import functional as F

P = inspect.Parameter


def by_position(bound: inspect.BoundArguments) -> tuple[Any, Any]:
    """Return args and kwargs in which everything that may be is given by position."""
    bound.apply_defaults()
    return bound.args, bound.kwargs


def by_name(bound: inspect.BoundArguments) -> tuple[Any, Any]:
    """Return args and kwargs in which everything that may be is given by name."""
    args, kwargs = [], {}
    for name, value in bound.arguments.items():
        kind = bound.signature.parameters[name].kind
        if kind == P.POSITIONAL_ONLY:
            args.append(value)
        elif kind == P.VAR_KEYWORD:
            kwargs |= value
        else:
            kwargs[name] = value
    return args, kwargs


@pytest.mark.parametrize("rebind", [by_position, by_name])
@pytest.mark.parametrize(
    ("rooms", "count"),
    [(("ops",), 170), (("functions", "images"), 80), (("layers", "losses"), 80)],
)
def test_the_way_of_a_call_changes_nothing(rebind, rooms, count):
    called: set[str] = set()

    def see(path: str, _: Any, bound: inspect.BoundArguments) -> tuple[Any, Any]:
        called.add(path.rpartition(".")[2])
        return rebind(bound)

    module = Watched(minigan, lambda name, _: name not in ("tensor", "grad"), see)
    for name in names(*rooms):
        oracle.check(name, PROGRAMS[name], module)
    assert len(called) >= count


# ------------------------------------------------------------------- layers without more arguments

X = minigan.randn(2, 4, 6, 5, generator=0, dtype="float64")
ROWS = X[:, :, 0, 0]
LABELS, HALF = minigan.tensor([1, 3]), minigan.sigmoid(ROWS)
SIGNS = minigan.tensor([1.0, -1.0], dtype="float64")
A, B = ROWS, ROWS.flip(1) * 2

# a layer made without optional arguments, and the function with the same inputs and no others
PLAIN = {
    name: (getattr(nn, name)(), getattr(F, function), (X,))
    for name, function in {
        "ReLU": "relu", "LeakyReLU": "leaky_relu", "ELU": "elu", "SELU": "selu", "CELU": "celu",
        "GELU": "gelu", "SiLU": "silu", "Mish": "mish", "Sigmoid": "sigmoid", "Tanh": "tanh",
        "Softplus": "softplus", "Softsign": "softsign", "LogSigmoid": "logsigmoid",
        "ReLU6": "relu6", "Hardtanh": "hardtanh", "Hardswish": "hardswish",
        "Hardsigmoid": "hardsigmoid", "Hardshrink": "hardshrink", "Softshrink": "softshrink",
        "Tanhshrink": "tanhshrink",
    }.items()
} | {
    "GLU": (nn.GLU(), F.glu, (ROWS,)),
    "MaxPool2d": (nn.MaxPool2d(2), lambda x: F.max_pool2d(x, 2), (X,)),
    "MaxPool1d": (nn.MaxPool1d(2), lambda x: F.max_pool1d(x, 2), (X[0],)),
    "MaxPool3d": (nn.MaxPool3d(2), lambda x: F.max_pool3d(x, 2), (X,)),
    "AvgPool1d": (nn.AvgPool1d(2), lambda x: F.avg_pool1d(x, 2), (X[0],)),
    "AvgPool2d": (nn.AvgPool2d(2), lambda x: F.avg_pool2d(x, 2), (X,)),
    "AvgPool3d": (nn.AvgPool3d(2), lambda x: F.avg_pool3d(x, 2), (X,)),
    "LPPool2d": (nn.LPPool2d(2, 2), lambda x: F.lp_pool2d(x, 2, 2), (X.abs(),)),
    "AdaptiveAvgPool2d": (
        nn.AdaptiveAvgPool2d(2), lambda x: F.adaptive_avg_pool2d(x, 2), (X,),
    ),
    "AdaptiveMaxPool2d": (
        nn.AdaptiveMaxPool2d(2), lambda x: F.adaptive_max_pool2d(x, 2), (X,),
    ),
    "Upsample": (nn.Upsample(scale_factor=2), lambda x: F.interpolate(x, scale_factor=2), (X,)),
    "PixelShuffle": (nn.PixelShuffle(2), lambda x: F.pixel_shuffle(x, 2), (X,)),
    "ChannelShuffle": (nn.ChannelShuffle(2), lambda x: F.channel_shuffle(x, 2), (X,)),
    "Softmax": (nn.Softmax(1), lambda x: F.softmax(x, 1), (X,)),
    "LogSoftmax": (nn.LogSoftmax(1), lambda x: F.log_softmax(x, 1), (X,)),
    "Softmin": (nn.Softmin(1), lambda x: F.softmin(x, 1), (X,)),
    "Threshold": (nn.Threshold(0.1, 2.0), lambda x: F.threshold(x, 0.1, 2.0), (X,)),
    "LocalResponseNorm": (
        nn.LocalResponseNorm(2), lambda x: F.local_response_norm(x, 2), (X,),
    ),
    "Unfold": (nn.Unfold(2), lambda x: F.unfold(x, 2), (X,)),
    "Fold": (nn.Fold((3, 2), 2), lambda x: F.fold(x, (3, 2), 2), (X[:, :, :2, 0],)),
    "ZeroPad2d": (nn.ZeroPad2d(1), lambda x: F.pad(x, (1, 1, 1, 1)), (X,)),
    "ReflectionPad2d": (
        nn.ReflectionPad2d(1), lambda x: F.pad(x, (1, 1, 1, 1), "reflect"), (X,),
    ),
    "ReplicationPad2d": (
        nn.ReplicationPad2d(1), lambda x: F.pad(x, (1, 1, 1, 1), "replicate"), (X,),
    ),
    "CircularPad2d": (
        nn.CircularPad2d(1), lambda x: F.pad(x, (1, 1, 1, 1), "circular"), (X,),
    ),
    "LayerNorm": (nn.LayerNorm(5).double(), lambda x: F.layer_norm(x, (5,)), (X,)),
    "GroupNorm": (nn.GroupNorm(2, 4).double(), lambda x: F.group_norm(x, 2), (X,)),
    "RMSNorm": (nn.RMSNorm(5).double(), lambda x: F.rms_norm(x, (5,)), (X,)),
    "InstanceNorm2d": (nn.InstanceNorm2d(4).double(), F.instance_norm, (X,)),
    "BatchNorm2d": (
        nn.BatchNorm2d(4).double(), lambda x: F.batch_norm(x, None, None, training=True), (X,),
    ),
    "BatchNorm1d": (
        nn.BatchNorm1d(4).double(), lambda x: F.batch_norm(x, None, None, training=True), (ROWS,),
    ),
    "CosineSimilarity": (nn.CosineSimilarity(), F.cosine_similarity, (A, B)),
    "PairwiseDistance": (nn.PairwiseDistance(), F.pairwise_distance, (A, B)),
    "MSELoss": (nn.MSELoss(), F.mse_loss, (A, B)),
    "L1Loss": (nn.L1Loss(), F.l1_loss, (A, B)),
    "SmoothL1Loss": (nn.SmoothL1Loss(), F.smooth_l1_loss, (A, B)),
    "HuberLoss": (nn.HuberLoss(), F.huber_loss, (A, B)),
    "BCELoss": (nn.BCELoss(), F.binary_cross_entropy, (HALF, HALF.flip(1))),
    "BCEWithLogitsLoss": (
        nn.BCEWithLogitsLoss(), F.binary_cross_entropy_with_logits, (A, HALF),
    ),
    "CrossEntropyLoss": (nn.CrossEntropyLoss(), F.cross_entropy, (A, LABELS)),
    "NLLLoss": (nn.NLLLoss(), F.nll_loss, (A, LABELS)),
    "GaussianNLLLoss": (nn.GaussianNLLLoss(), F.gaussian_nll_loss, (A, B, HALF)),
    "PoissonNLLLoss": (nn.PoissonNLLLoss(), F.poisson_nll_loss, (A, HALF)),
    "MarginRankingLoss": (
        nn.MarginRankingLoss(), F.margin_ranking_loss, (A[:, 0], B[:, 0], SIGNS),
    ),
    "HingeEmbeddingLoss": (nn.HingeEmbeddingLoss(), F.hinge_embedding_loss, (A[:, 0], SIGNS)),
    "CosineEmbeddingLoss": (
        nn.CosineEmbeddingLoss(), F.cosine_embedding_loss, (A, B, SIGNS),
    ),
    "SoftMarginLoss": (nn.SoftMarginLoss(), F.soft_margin_loss, (A[:, 0], SIGNS)),
    "TripletMarginLoss": (nn.TripletMarginLoss(), F.triplet_margin_loss, (A, B, HALF)),
}  # fmt: skip


@pytest.mark.parametrize("name", PLAIN)
def test_a_layer_without_arguments_is_its_function(name):
    layer, function, inputs = PLAIN[name]
    assert layer(*inputs).tolist() == function(*inputs).tolist()


@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides:UserWarning")
def test_kl_div_without_arguments():
    logs = minigan.log_softmax(A, dim=1)
    assert nn.KLDivLoss()(logs, HALF).item() == F.kl_div(logs, HALF).item()


WEIGHTED = [
    (nn.Linear(4, 3, generator=0).double(), F.linear, ROWS),
    (
        nn.Bilinear(4, 4, 3, generator=0).double() if hasattr(nn, "Bilinear") else None,
        F.bilinear,
        A,
    ),
    (nn.Conv1d(4, 3, 2, generator=0).double(), F.conv1d, X[:, :, 0]),
    (nn.Conv2d(4, 3, 2, generator=0).double(), F.conv2d, X),
    (nn.Conv3d(2, 3, 2, generator=0).double(), F.conv3d, X[None]),
    (nn.ConvTranspose1d(4, 3, 2, generator=0).double(), F.conv_transpose1d, X[:, :, 0]),
    (nn.ConvTranspose2d(4, 3, 2, generator=0).double(), F.conv_transpose2d, X),
    (nn.ConvTranspose3d(2, 3, 2, generator=0).double(), F.conv_transpose3d, X[None]),
    (nn.PReLU().double(), F.prelu, X),
]


@pytest.mark.parametrize("number", range(len(WEIGHTED)))
def test_a_layer_with_weights_is_its_function(number):
    layer, function, x = WEIGHTED[number]
    xs = (x, x.flip(1)) if function is F.bilinear else (x,)
    weights = [layer.weight, *([layer.bias] if hasattr(layer, "bias") else [])]
    assert layer(*xs).tolist() == function(*xs, *weights).tolist()


@pytest.mark.parametrize("name", sorted(FORMULATIONS))
def test_layers_of_convolutions_use_the_formulation_that_is_given(name):
    x = minigan.randn(2, 4, 5, 4, 3, generator=0)
    for D in (1, 2, 3):
        for kind in ("Conv", "ConvTranspose"):
            layer = getattr(nn, f"{kind}{D}d")(4, 3, 2, bias=False, by=name)
            assert layer(x[(..., *[0] * (3 - D))]).node.op.by is FORMULATIONS[name]


def test_the_least_groups_of_a_channel_shuffle():
    assert nn.ChannelShuffle(1)(X).tolist() == X.tolist()
    with pytest.raises(ValueError, match="ChannelShuffle: groups=0"):
        nn.ChannelShuffle(0)
