"""Models in sequence as ONNX graphs, which other tools can run without Python.

A layer becomes one or two nodes of the standard set of operators (https://onnx.ai/onnx/operators/),
as the layer computes in evaluation. The batch may have any size.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from minigan import nn
from minigan.autograd import Tensor, no_grad
from minigan.backend import to_numpy
from minigan.checks import per_axis
from minigan.files import replacing

OPSET = 20  # the first with Gelu
_IR_VERSION = 9  # the version of the file format that belongs to it


def save_onnx(model: nn.Sequential, shape: Sequence[int], path: str | os.PathLike[str]) -> None:
    """Write a Sequential model as an ONNX graph.

    `shape` is that of one input without the batch axis: (C, H, W) for images, (latent, 1, 1) for a
    DCGANGenerator. The graph maps `input` (N, *shape) to `output`, in float32, as in evaluation.
    The file appears whole or not at all.

    Raises TypeError if the model is not Sequential, ValueError if a layer or a setting of it has no
    operator here, or does not fit the shape, ImportError without the package onnx, and OSError if
    the file cannot be written.
    """
    if not isinstance(model, nn.Sequential):
        raise TypeError(f"save_onnx: model={type(model).__name__} must be a Sequential")
    graph = _Graph(_library())
    name = "input"
    x = Tensor(np.zeros((2, *shape), np.float32))
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        with no_grad():
            for place, layer in _leaves(model):
                y = layer(x)
                name = graph.add(place, layer, name, x.shape, y.shape)
                x = y
            if x.shape != model(Tensor(np.zeros((2, *shape), np.float32))).shape:
                raise ValueError("save_onnx: the model does more than its layers in sequence")
    finally:
        for module, mode in modes.items():
            module.training = mode
    content = graph.finished(name, tuple(shape), x.shape[1:])
    with replacing(path) as file:
        file.write_bytes(content)


def _leaves(model: nn.Sequential, prefix: str = "") -> Iterator[tuple[str, nn.Module]]:
    """Yield the layers in the order in which they run, with their names in the state dict."""
    for name, layer in model.named_children():
        if isinstance(layer, nn.Sequential):
            yield from _leaves(layer, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", layer


class _Graph:
    """The nodes and constants of a graph while it is built."""

    def __init__(self, onnx: Any) -> None:
        self.onnx, self.nodes, self.constants = onnx, list[Any](), list[Any]()

    def add(
        self,
        place: str,
        layer: nn.Module,
        x: str,
        before: tuple[int, ...],
        after: tuple[int, ...],
    ) -> str:
        """Add a layer, and return the name of its output."""
        if isinstance(layer, nn.Identity | nn.Dropout):  # dropout does nothing in evaluation
            return x
        for kind, rule in _RULES.items():
            if isinstance(layer, kind):
                return rule(self, place, layer, x, before, after)
        legal = ", ".join(sorted(kind.__name__ for kind in _RULES))
        raise ValueError(
            f"save_onnx: layer {place} is a {type(layer).__name__}, for which there is no operator "
            f"here (legal: {legal})"
        )

    def node(self, operator: str, place: str, inputs: list[str], **attributes: Any) -> str:
        """Add a node, and return the name of its output."""
        out = f"{place}.{operator}"
        self.nodes.append(
            self.onnx.helper.make_node(operator, inputs, [out], name=out, **attributes)
        )
        return out

    def constant(self, name: str, value: Any) -> str:
        """Add an array, and return its name."""
        array = np.asarray(to_numpy(value._data) if isinstance(value, Tensor) else value, order="C")
        self.constants.append(self.onnx.numpy_helper.from_array(array, name))
        return name

    def parameters(self, place: str, layer: Any) -> list[str]:
        """Add the weight of a layer, and its bias if it has one; return their names."""
        arrays = {"weight": layer.weight, "bias": layer.bias}
        present = {name: x for name, x in arrays.items() if x is not None}
        return [self.constant(f"{place}.{name}", x.float()) for name, x in present.items()]

    def finished(self, out: str, before: tuple[int, ...], after: tuple[int, ...]) -> bytes:
        """Return the graph as the content of a file."""
        helper, number = self.onnx.helper, self.onnx.TensorProto.FLOAT
        self.nodes.append(helper.make_node("Identity", [out], ["output"], name="output"))
        graph = helper.make_graph(
            self.nodes,
            "minigan",
            [helper.make_tensor_value_info("input", number, ["N", *before])],
            [helper.make_tensor_value_info("output", number, ["N", *after] if after else ["N"])],
            self.constants,
        )
        model = helper.make_model(
            graph,
            producer_name="minigan",
            ir_version=_IR_VERSION,
            opset_imports=[helper.make_opsetid("", OPSET)],
        )
        self.onnx.checker.check_model(model, full_check=True)
        content: bytes = model.SerializeToString(deterministic=True)
        return content


# ------------------------------------------------------------------------------- a rule for a layer

Shape = tuple[int, ...]
Rule = Callable[[_Graph, str, Any, str, Shape, Shape], str]


def _refuse(place: str, layer: nn.Module, why: str) -> ValueError:
    return ValueError(f"save_onnx: layer {place}, {layer}: {why}")


def _conv(graph: _Graph, place: str, layer: Any, x: str, before: Shape, after: Shape) -> str:
    D, kernel, padding = layer.D, layer.kernel_size, layer.padding
    if getattr(layer, "padding_mode", "zeros") != "zeros":
        raise _refuse(place, layer, "padding_mode must be 'zeros'")
    if padding == "valid":
        padding = (0,) * D
    ends = padding
    if padding == "same":
        beyond = [d * (k - 1) for d, k in zip(layer.dilation, kernel, strict=True)]
        padding = [total // 2 for total in beyond]
        ends = [total - start for total, start in zip(beyond, padding, strict=True)]
    settings = {
        "kernel_shape": list(kernel),
        "strides": list(layer.stride),
        "pads": [*padding, *ends],
        "dilations": list(layer.dilation),
        "group": layer.groups,
    }
    transposed = isinstance(layer, nn.ConvTranspose1d | nn.ConvTranspose2d | nn.ConvTranspose3d)
    if transposed:
        settings["output_padding"] = list(layer.output_padding)
    inputs = [x, *graph.parameters(place, layer)]
    return graph.node("ConvTranspose" if transposed else "Conv", place, inputs, **settings)


def _linear(graph: _Graph, place: str, layer: Any, x: str, before: Shape, after: Shape) -> str:
    if len(before) != 2:
        raise _refuse(place, layer, f"its input has {len(before)} axes (legal: 2)")
    return graph.node("Gemm", place, [x, *graph.parameters(place, layer)], transB=1)


def _batch_norm(graph: _Graph, place: str, layer: Any, x: str, before: Shape, after: Shape) -> str:
    if not layer.track_running_stats:
        raise _refuse(place, layer, "it has no running mean and variance")
    C = layer.num_features
    arrays = {
        "weight": np.ones(C, np.float32) if layer.weight is None else layer.weight.float(),
        "bias": np.zeros(C, np.float32) if layer.bias is None else layer.bias.float(),
        "running_mean": layer.running_mean.float(),
        "running_var": layer.running_var.float(),
    }
    inputs = [x, *(graph.constant(f"{place}.{name}", array) for name, array in arrays.items())]
    return graph.node("BatchNormalization", place, inputs, epsilon=layer.eps)


def _pool(graph: _Graph, place: str, layer: Any, x: str, before: Shape, after: Shape) -> str:
    def axes(value: Any) -> list[int]:
        return list(per_axis("save_onnx", place, value, layer.D, 0))

    settings = {
        "kernel_shape": axes(layer.kernel_size),
        "strides": axes(layer.stride),
        "pads": 2 * axes(layer.padding),
        "ceil_mode": int(layer.ceil_mode),
    }
    if isinstance(layer, nn.MaxPool1d | nn.MaxPool2d | nn.MaxPool3d):
        if layer.return_indices:
            raise _refuse(place, layer, "return_indices must be False")
        return graph.node("MaxPool", place, [x], dilations=axes(layer.dilation), **settings)
    if getattr(layer, "divisor_override", None) is not None or layer.ceil_mode:
        raise _refuse(place, layer, "divisor_override and ceil_mode are not legal")
    return graph.node(
        "AveragePool", place, [x], count_include_pad=int(layer.count_include_pad), **settings
    )


def _reshape(graph: _Graph, place: str, layer: Any, x: str, before: Shape, after: Shape) -> str:
    """A size 0 stands for the same size as before, here that of the batch."""
    if before[0] != after[0]:
        raise _refuse(place, layer, "it changes the size of the batch")
    sizes = [-1] if len(after) == 1 else [0, *after[1:]]
    target = graph.constant(f"{place}.shape", np.array(sizes, np.int64))
    return graph.node("Reshape", place, [x, target])


def _silu(graph: _Graph, place: str, layer: Any, x: str, before: Shape, after: Shape) -> str:
    return graph.node("Mul", place, [x, graph.node("Sigmoid", place, [x])])


def _simple(operator: str, **names: str) -> Rule:
    """Return the rule of a layer that is one operator; `names` are its attributes by our names."""

    def rule(graph: _Graph, place: str, layer: Any, x: str, before: Shape, after: Shape) -> str:
        settings = {theirs: getattr(layer, ours) for ours, theirs in names.items()}
        return graph.node(operator, place, [x], **settings)

    return rule


def _softplus(graph: _Graph, place: str, layer: Any, x: str, before: Shape, after: Shape) -> str:
    if layer.beta != 1:
        raise _refuse(place, layer, "beta must be 1")
    return graph.node("Softplus", place, [x])


def _softmax(operator: str) -> Rule:
    def rule(graph: _Graph, place: str, layer: Any, x: str, before: Shape, after: Shape) -> str:
        return graph.node(operator, place, [x], axis=layer.dim)

    return rule


_RULES: dict[type[nn.Module], Rule] = {
    **dict.fromkeys((nn.Conv1d, nn.Conv2d, nn.Conv3d), _conv),
    **dict.fromkeys((nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d), _conv),
    nn.Linear: _linear,
    **dict.fromkeys((nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d), _batch_norm),
    **dict.fromkeys((nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d), _pool),
    **dict.fromkeys((nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d), _pool),
    **dict.fromkeys((nn.Flatten, nn.Unflatten), _reshape),
    nn.ReLU: _simple("Relu"),
    nn.LeakyReLU: _simple("LeakyRelu", negative_slope="alpha"),
    nn.ELU: _simple("Elu", alpha="alpha"),
    nn.GELU: _simple("Gelu", approximate="approximate"),
    nn.SiLU: _silu,
    nn.Sigmoid: _simple("Sigmoid"),
    nn.Tanh: _simple("Tanh"),
    nn.Softplus: _softplus,
    nn.Softmax: _softmax("Softmax"),
    nn.LogSoftmax: _softmax("LogSoftmax"),
}


def _library() -> Any:
    """Return the package onnx."""
    try:
        import onnx
        import onnx.checker
        import onnx.helper
        import onnx.numpy_helper
    except ModuleNotFoundError as error:
        raise ImportError(
            "ONNX graphs need the package onnx: pip install 'minigan[onnx]'"
        ) from error
    return onnx
