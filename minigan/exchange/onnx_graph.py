"""Models in sequence as ONNX graphs, which other tools can run without Python.

Each layer becomes one or two nodes of the standard set of operators (see `onnx_layers`). The batch
may have any size.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import numpy as np

from minigan import nn
from minigan.autograd import Tensor, no_grad
from minigan.backend import Array, to_numpy
from minigan.checks import allocated, as_shape
from minigan.exchange.onnx_layers import add_layer
from minigan.exchange.onnx_nodes import Graph, Step
from minigan.files import replacing


def save_onnx(model: nn.Sequential, shape: Sequence[int], path: str | os.PathLike[str]) -> None:
    """Write a Sequential model as an ONNX graph.

    `shape` is that of one input without the batch axis: (C, H, W) for images, (latent, 1, 1) for a
    DCGANGenerator. The graph maps `input` (N, *shape) to `output`, in float32, as in evaluation.
    The file appears whole or not at all.

    Raises TypeError if the model is not Sequential or a size is not an integer, ValueError if a
    layer or a setting of it has no operator here, if a layer does not fit the shape, or if the
    model computes something else than its layers in sequence, ImportError without the package onnx,
    and OSError if the file cannot be written.
    """
    if not isinstance(model, nn.Sequential):
        raise TypeError(f"save_onnx: model={type(model).__name__} must be a Sequential")
    sizes = as_shape("save_onnx", (shape,) if isinstance(shape, int) else tuple(shape), least=1)
    graph = Graph()
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        with no_grad():
            out, y = _add_layers(graph, model, sizes)
    finally:
        for module, mode in modes.items():
            module.training = mode
    content = graph.finished(out, sizes, y.shape[1:])
    with replacing(path) as file:
        file.write_bytes(content)


def _add_layers(graph: Graph, model: nn.Sequential, shape: tuple[int, ...]) -> tuple[str, Tensor]:
    """Add all layers; return the name of the last output, and its numbers for two inputs.

    Raises ValueError if the model computes other numbers than its layers in sequence.
    """
    first = next(model.parameters(), None)
    dtype = np.dtype(np.float32) if first is None else first.dtype
    device = "cpu" if first is None else first.device
    inputs = allocated(
        "save_onnx",
        (2, *shape),
        lambda: np.random.default_rng(0).standard_normal((2, *shape), np.float32),
    )
    x, name = Tensor(inputs.copy(), dtype=dtype, device=device), "input"
    for place, layer in _leaves(model):
        before = x.shape
        x = layer(x)
        name = add_layer(graph, Step(place, layer, name, before, x.shape))
    wanted = model(Tensor(inputs, dtype=dtype, device=device))
    if not _close(to_numpy(x._data), to_numpy(wanted._data)):
        raise ValueError("save_onnx: the model does more than its layers in sequence")
    return name, x


def _close(a: Array, b: Array) -> bool:
    """Return whether two arrays are equal up to rounding."""
    tolerance = 1e3 * float(np.finfo(a.dtype).eps)
    return a.shape == b.shape and np.allclose(a, b, tolerance, tolerance, equal_nan=True)


def _leaves(model: nn.Sequential, prefix: str = "") -> Iterator[tuple[str, nn.Module]]:
    """Yield the layers in the order in which they run, with their names in the state dict.

    A layer that occurs twice comes twice.
    """
    for name, layer in model._modules.items():
        if isinstance(layer, nn.Sequential):
            yield from _leaves(layer, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", layer
