"""For each kind of layer, the nodes of an ONNX graph that compute it as in evaluation.

The operators are those of https://onnx.ai/onnx/operators/. A rule adds the nodes of one layer and
returns the name of its output.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigan import nn
from minigan.checks import per_axis
from minigan.exchange.onnx_nodes import Graph, Step

Rule = Callable[[Graph, Step], str]


def add_layer(graph: Graph, step: Step) -> str:
    """Add the nodes of a layer, and return the name of its output.

    Raises ValueError if there is no rule for its class, or if a setting has no counterpart. A class
    that is derived from one of these is refused too, because it may compute something else.
    """
    rule, name = RULES.get(type(step.layer)), type(step.layer).__name__
    if "forward" in vars(step.layer):
        raise ValueError(
            f"save_onnx: layer {step.place} is a {name} whose forward was replaced; there is no "
            "operator for it"
        )
    if rule is None:
        legal = ", ".join(sorted(kind.__name__ for kind in RULES))
        raise ValueError(
            f"save_onnx: layer {step.place} is a {name}, for which there is no operator here "
            f"(legal: {legal})"
        )
    return rule(graph, step)


def _same(graph: Graph, step: Step) -> str:
    """Add nothing: these layers return their input in evaluation."""
    return step.input


def _conv(graph: Graph, step: Step) -> str:
    layer = step.layer
    _require_batch(step)
    if getattr(layer, "padding_mode", "zeros") != "zeros":
        raise step.refused("padding_mode must be 'zeros'")
    start, end = _paddings(layer)
    settings = {
        "kernel_shape": list(layer.kernel_size),
        "strides": list(layer.stride),
        "pads": [*start, *end],
        "dilations": list(layer.dilation),
        "group": layer.groups,
    }
    inputs = [step.input, *graph.parameters(step)]
    if isinstance(layer, nn.ConvTranspose1d | nn.ConvTranspose2d | nn.ConvTranspose3d):
        settings["output_padding"] = list(layer.output_padding)
        return graph.node("ConvTranspose", step, *inputs, **settings)
    return graph.node("Conv", step, *inputs, **settings)


def _paddings(layer: Any) -> tuple[list[int], list[int]]:
    """Return the numbers of zeros before and after x along each axis."""
    if layer.padding == "valid":
        return [0] * layer.D, [0] * layer.D
    if layer.padding == "same":
        zeros = [d * (k - 1) for d, k in zip(layer.dilation, layer.kernel_size, strict=True)]
        return [total // 2 for total in zeros], [total - total // 2 for total in zeros]
    return list(layer.padding), list(layer.padding)


def _require_batch(step: Step) -> None:
    """Raise ValueError if the input has no axis for the batch, so that it is one image."""
    axes = step.layer.D + 2
    if len(step.before) != axes:
        raise step.refused(f"its input has {len(step.before)} axes with the batch (legal: {axes})")


def _linear(graph: Graph, step: Step) -> str:
    if len(step.before) != 2:
        raise step.refused(f"its input has {len(step.before)} axes with the batch (legal: 2)")
    return graph.node("Gemm", step, step.input, *graph.parameters(step), transB=1)


def _batch_norm(graph: Graph, step: Step) -> str:
    layer, C = step.layer, step.layer.num_features
    if not layer.track_running_stats:
        raise step.refused("it has no running mean and variance")
    arrays = {
        "weight": np.ones(C, np.float32) if layer.weight is None else layer.weight.float(),
        "bias": np.zeros(C, np.float32) if layer.bias is None else layer.bias.float(),
        "running_mean": layer.running_mean.float(),
        "running_var": layer.running_var.float(),
    }
    constants = [graph.constant(f"{step.place}.{name}", array) for name, array in arrays.items()]
    return graph.node("BatchNormalization", step, step.input, *constants, epsilon=float(layer.eps))


def _max_pool(graph: Graph, step: Step) -> str:
    layer = step.layer
    if layer.return_indices:
        raise step.refused("return_indices must be False")
    settings = _windows(step)
    dilations = settings["dilations"] = _per_axis(step, layer.dilation)
    if layer.ceil_mode:  # tools differ in the number of windows, so the padding is written out
        end = settings["pads"][layer.D :]
        axes = zip(settings["kernel_shape"], settings["strides"], dilations, strict=True)
        for a, (taps, stride, dilation) in enumerate(axes):
            seen = stride * (step.after[2 + a] - 1) + dilation * (taps - 1) + 1
            end[a] = max(end[a], seen - step.before[2 + a] - end[a])
        settings["pads"][layer.D :] = end
    return graph.node("MaxPool", step, step.input, **settings)


def _average_pool(graph: Graph, step: Step) -> str:
    layer = step.layer
    if getattr(layer, "divisor_override", None) is not None or layer.ceil_mode:
        raise step.refused("divisor_override must be None and ceil_mode False")
    count = int(layer.count_include_pad)
    return graph.node("AveragePool", step, step.input, count_include_pad=count, **_windows(step))


def _windows(step: Step) -> dict[str, list[int]]:
    """Return the settings that both poolings have."""
    _require_batch(step)
    layer = step.layer
    return {
        "kernel_shape": _per_axis(step, layer.kernel_size),
        "strides": _per_axis(step, layer.stride),
        "pads": 2 * _per_axis(step, layer.padding),
    }


def _per_axis(step: Step, value: Any) -> list[int]:
    return list(per_axis("save_onnx", step.place, value, step.layer.D, 0))


def _reshape(graph: Graph, step: Step) -> str:
    """Add a Reshape, in which the size 0 stands for the size before, here that of the batch."""
    if step.before[0] != step.after[0]:
        raise step.refused("it changes the size of the batch")
    sizes = [-1] if len(step.after) == 1 else [0, *step.after[1:]]
    target = graph.constant(f"{step.place}.shape", np.array(sizes, np.int64))
    return graph.node("Reshape", step, step.input, target)


def _silu(graph: Graph, step: Step) -> str:
    return graph.node("Mul", step, step.input, graph.node("Sigmoid", step, step.input))


def _softplus(graph: Graph, step: Step) -> str:
    if step.layer.beta != 1:
        raise step.refused("beta must be 1")
    return graph.node("Softplus", step, step.input)


def _one_operator(operator: str, alpha: str = "", **attributes: str) -> Rule:
    """Return the rule of a layer that is one operator.

    `attributes` holds for each attribute of the operator the name of the layer's setting; that of
    `alpha` is converted to a float, because ONNX refuses an integer there.
    """

    def rule(graph: Graph, step: Step) -> str:
        settings = {name: getattr(step.layer, ours) for name, ours in attributes.items()}
        if alpha:
            settings["alpha"] = float(getattr(step.layer, alpha))
        return graph.node(operator, step, step.input, **settings)

    return rule


RULES: dict[type[nn.Module], Rule] = {
    **dict.fromkeys((nn.Conv1d, nn.Conv2d, nn.Conv3d), _conv),
    **dict.fromkeys((nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d), _conv),
    nn.Linear: _linear,
    **dict.fromkeys((nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d), _batch_norm),
    **dict.fromkeys((nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d), _max_pool),
    **dict.fromkeys((nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d), _average_pool),
    **dict.fromkeys((nn.Flatten, nn.Unflatten), _reshape),
    **dict.fromkeys((nn.Identity, nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d), _same),
    nn.ReLU: _one_operator("Relu"),
    nn.LeakyReLU: _one_operator("LeakyRelu", alpha="negative_slope"),
    nn.ELU: _one_operator("Elu", alpha="alpha"),
    nn.GELU: _one_operator("Gelu", approximate="approximate"),
    nn.SiLU: _silu,
    nn.Sigmoid: _one_operator("Sigmoid"),
    nn.Tanh: _one_operator("Tanh"),
    nn.Softplus: _softplus,
    nn.Softmax: _one_operator("Softmax", axis="dim"),
    nn.LogSoftmax: _one_operator("LogSoftmax", axis="dim"),
}
