"""A flag is True or False: layers, functions and optimizers refuse texts, numbers and None."""

import inspect

import pytest

import minigan
from minigan import nn, optim
from minigan.nn import functional as F

ROWS, IMAGE, VOLUME = minigan.ones(2, 4), minigan.ones(2, 4, 6, 6), minigan.ones(2, 4, 6, 6, 6)
SIGNAL = minigan.ones(2, 4, 6)
NOT_FLAGS = ["False", "no", "", 1, 0, 0.0, [], None]

LAYERS = {  # arguments without defaults
    "Linear": (3, 2), "Bilinear": (3, 2, 4), "Embedding": (3, 2),
    "BatchNorm1d": (3,), "BatchNorm2d": (3,), "BatchNorm3d": (3,),
    "InstanceNorm1d": (3,), "InstanceNorm2d": (3,), "InstanceNorm3d": (3,),
    "GroupNorm": (1, 3), "LayerNorm": (3,), "RMSNorm": (3,), "Upsample": (4,),
    "MaxPool1d": (2,), "MaxPool2d": (2,), "MaxPool3d": (2,), "AvgPool1d": (2,), "AvgPool2d": (2,),
    "AvgPool3d": (2,), "LPPool1d": (2, 2), "LPPool2d": (2, 2), "LPPool3d": (2, 2),
    "Threshold": (0.0, 1.0),
    "AdaptiveMaxPool1d": (2,), "AdaptiveMaxPool2d": (2,), "AdaptiveMaxPool3d": (2,),
    **{f"Conv{transposed}{D}d": (2, 2, 1) for transposed in ("", "Transpose") for D in (1, 2, 3)},
}  # fmt: skip

FUNCTIONS = {  # arguments without defaults
    "dropout": (ROWS,), "dropout1d": (SIGNAL,), "dropout2d": (IMAGE,), "dropout3d": (VOLUME,),
    "max_pool1d": (SIGNAL, 2), "max_pool2d": (IMAGE, 2), "max_pool3d": (VOLUME, 2),
    "avg_pool1d": (SIGNAL, 2), "avg_pool2d": (IMAGE, 2), "avg_pool3d": (VOLUME, 2),
    "adaptive_max_pool1d": (SIGNAL, 2), "adaptive_max_pool2d": (IMAGE, 2),
    "adaptive_max_pool3d": (VOLUME, 2), "lp_pool1d": (SIGNAL, 2, 2), "lp_pool2d": (IMAGE, 2, 2),
    "lp_pool3d": (VOLUME, 2, 2),
    "interpolate": (IMAGE, 3), "batch_norm": (ROWS, minigan.zeros(4), minigan.ones(4)),
    "batch_norm_act": (ROWS, minigan.zeros(4), minigan.ones(4)), "instance_norm": (IMAGE,),
    "kl_div": (ROWS, ROWS), "pairwise_distance": (ROWS, ROWS), "threshold": (ROWS, 0.0, 1.0),
    "gumbel_softmax": (ROWS,), "triplet_margin_loss": (ROWS, ROWS, ROWS),
    "poisson_nll_loss": (ROWS, ROWS), "gaussian_nll_loss": (ROWS, ROWS, ROWS),
}  # fmt: skip


def flags(function):
    """Yield the names of arguments that are flags by default."""
    for name, parameter in inspect.signature(function).parameters.items():
        if isinstance(parameter.default, bool):
            yield name


def is_layer(value):
    return isinstance(value, type) and issubclass(value, nn.Module)


OF_LAYERS = [
    (layer, flag)
    for layer in (value for value in vars(nn).values() if is_layer(value))
    for flag in flags(layer)
]
OF_FUNCTIONS = [
    (name, flag)
    for name, function in vars(F).items()
    if inspect.isfunction(function) and function.__module__.startswith("minigan.nn.functional")
    for flag in flags(function)
]


@pytest.mark.parametrize("value", NOT_FLAGS)
@pytest.mark.parametrize(("layer", "flag"), OF_LAYERS)
def test_a_layer_refuses_what_is_not_a_flag(layer, flag, value):
    arguments = LAYERS.get(layer.__name__, ())
    with pytest.raises(TypeError, match=f"{layer.__name__}: {flag}=.* must be True or False"):
        layer(*arguments, **{flag: value})
    layer(*arguments, **{flag: False})


@pytest.mark.parametrize("value", NOT_FLAGS)
@pytest.mark.parametrize(("name", "flag"), OF_FUNCTIONS)
def test_a_function_refuses_what_is_not_a_flag(name, flag, value):
    arguments = FUNCTIONS.get(name, (ROWS,))
    label = name.removesuffix("_act")
    with pytest.raises(TypeError, match=f"{label}: {flag}=.* must be True or False"):
        getattr(F, name)(*arguments, **{flag: value})


@pytest.mark.parametrize("value", ["False", 1, 0.0, None])
@pytest.mark.parametrize(
    ("name", "flag"),
    [
        (name, flag)
        for name, kind in vars(optim).items()
        if isinstance(kind, type) and issubclass(kind, optim.Optimizer)
        for flag in flags(kind)
    ],
)
def test_an_optimizer_refuses_what_is_not_a_flag(name, flag, value):
    with pytest.raises(TypeError, match=f"{name}: {flag}=.* must be True or False"):
        getattr(optim, name)([minigan.ones(1)], **{flag: value})


@pytest.mark.parametrize(
    ("call", "flag"),
    [
        (lambda value: nn.Linear(1, 1).zero_grad(value), "set_to_none"),
        (lambda value: nn.Linear(1, 1).requires_grad_(value), "requires_grad"),
        (lambda value: nn.Linear(1, 1).state_dict(keep_vars=value), "keep_vars"),
        (lambda value: nn.Linear(1, 1).load_state_dict({}, value), "strict"),
        (lambda value: nn.Module().register_buffer("b", None, value), "persistent"),
        (lambda value: optim.SGD([minigan.ones(1)]).zero_grad(value), "set_to_none"),
        (lambda value: nn.Sequential(fuse=value), "fuse"),
        (lambda value: nn.Embedding.from_pretrained(ROWS, value), "freeze"),
        (
            lambda value: nn.utils.clip_grad_norm_([], 1.0, error_if_nonfinite=value),
            "error_if_nonfinite",
        ),
        (lambda value: nn.Upsample(4, mode="bilinear", align_corners=value), "align_corners"),
        (lambda value: F.interpolate(IMAGE, 4, None, "bilinear", value), "align_corners"),
    ],
)
@pytest.mark.parametrize("value", ["False", 1, 0.0])
def test_methods_refuse_what_is_not_a_flag(call, flag, value):
    with pytest.raises(TypeError, match=f"{flag}=.* must be True or False"):
        call(value)


def test_train_keeps_its_error():
    with pytest.raises(ValueError, match="train: mode='False' must be True or False"):
        nn.Linear(1, 1).train("False")
