"""Names of torch.nn that are not here, each with what to write in its place."""

from __future__ import annotations

from typing import Any, NoReturn

from minigan.checks import absent

_ONE_DEVICE = (
    "a model is computed on one device; use the model itself, model in place of "
    "nn.DataParallel(model)"
)
_NOT_BUILT = "minigan has no recurrent or attention layers; compose it of nn.Linear and functions"

_LAYERS = {
    **dict.fromkeys(("DataParallel", "parallel"), _ONE_DEVICE),
    **dict.fromkeys(("RNN", "LSTM", "GRU", "RNNCell", "LSTMCell", "GRUCell"), _NOT_BUILT),
    **dict.fromkeys(("MultiheadAttention", "Transformer", "TransformerEncoder"), _NOT_BUILT),
    **dict.fromkeys(("TransformerEncoderLayer", "TransformerDecoderLayer"), _NOT_BUILT),
    "SyncBatchNorm": "use nn.BatchNorm2d: a model is computed on one device",
    "LazyLinear": "give in_features: nn.Linear(in_features, out_features)",
    "LazyConv2d": "give in_channels: nn.Conv2d(in_channels, out_channels, kernel_size)",
    "CTCLoss": "it needs recurrent layers, which are not here",
    "quantized": "there are no quantized layers",
}
_FUNCTIONS = {
    "scaled_dot_product_attention": "write softmax(q @ k.mT / d**0.5, -1) @ v",
    "grid_sample": "write indexing x[..., rows, columns], or F.interpolate for a regular grid",
    "affine_grid": "write minigan.meshgrid and a matrix product",
    "upsample": "write F.interpolate(x, ...)",
    "upsample_nearest": "write F.interpolate(x, scale_factor=..., mode='nearest')",
    "upsample_bilinear": "write F.interpolate(x, ..., mode='bilinear', align_corners=True)",
    "alpha_dropout": "write F.dropout",
    "multi_head_attention_forward": _NOT_BUILT,
    "ctc_loss": _LAYERS["CTCLoss"],
}
_HOOK = (
    "there are no hooks: call the layers one by one in forward and keep what you want to see, or "
    "use minigan.Tape(loss) to look at every op"
)
_METHODS = {
    **dict.fromkeys(("register_forward_hook", "register_forward_pre_hook"), _HOOK),
    **dict.fromkeys(("register_backward_hook", "register_full_backward_hook"), _HOOK),
    "bfloat16": "NumPy has no bfloat16; write .half() or .float()",
    "compile": "nothing is compiled; call the module itself",
    "share_memory": "a module is copied to another process when it is sent",
    "to_empty": "write .to(device)",
}
_INITIALIZERS = [
    "uniform", "normal", "constant", "eye", "dirac", "sparse", "ones", "zeros", "orthogonal",
    "trunc_normal", "xavier_uniform", "xavier_normal", "kaiming_uniform", "kaiming_normal",
]  # fmt: skip


def no_layer(name: str) -> NoReturn:
    """Raise AttributeError for a name that minigan.nn does not have."""
    raise absent("minigan.nn", name, _LAYERS)


def no_function(name: str) -> NoReturn:
    """Raise AttributeError for a name that minigan.nn.functional does not have."""
    raise absent("minigan.nn.functional", name, _FUNCTIONS)


def no_initializer(name: str) -> NoReturn:
    """Raise AttributeError for a name that minigan.nn.init does not have."""
    instead = {old: f"write nn.init.{old}_, with an underscore" for old in _INITIALIZERS}
    raise absent("minigan.nn.init", name, instead)


def no_tool(name: str) -> NoReturn:
    """Raise AttributeError for a name that minigan.nn.utils does not have."""
    instead = {
        "clip_grad_norm": "write nn.utils.clip_grad_norm_, with an underscore",
        "clip_grad_value": "write nn.utils.clip_grad_value_, with an underscore",
        "rnn": _NOT_BUILT,
        "prune": "write p.data[mask] = 0",
        "parametrize": "compute the weight in forward",
    }
    raise absent("minigan.nn.utils", name, instead)


def no_attribute(module: Any, name: str) -> NoReturn:
    """Raise AttributeError for an attribute that a module does not have."""
    owner = type(module).__name__
    if name in _METHODS:
        raise AttributeError(f"{owner} has no method {name!r}: {_METHODS[name]}")
    raise AttributeError(f"{owner!r} object has no attribute {name!r}", name=name, obj=module)
