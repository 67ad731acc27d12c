"""The nodes and the constants of an ONNX graph while it is built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from minigan.autograd import Tensor
from minigan.backend import to_numpy

OPSET = 20  # the first with Gelu
_IR_VERSION = 9  # the version of the file format that belongs to it

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Step:
    """A layer in its place in the model."""

    place: str  # the name of the layer in the state dict; the names of its nodes begin with it
    layer: Any
    input: str  # the name of the array from which the layer computes
    before: Shape  # of the input, for a batch of two
    after: Shape  # of the output

    def refused(self, why: str) -> ValueError:
        """Return the error for a layer that a graph cannot hold."""
        return ValueError(f"save_onnx: layer {self.place}, {self.layer}: {why}")


class Graph:
    """The nodes and constants of a graph while it is built."""

    def __init__(self) -> None:
        self.onnx = _library()
        self.nodes, self.constants = list[Any](), list[Any]()

    def node(self, operator: str, step: Step, *inputs: str, **attributes: Any) -> str:
        """Add a node, and return the name of its output."""
        out = f"{step.place}.{operator}"
        self.nodes.append(
            self.onnx.helper.make_node(operator, [*inputs], [out], name=out, **attributes)
        )
        return out

    def constant(self, name: str, value: Any) -> str:
        """Add an array, and return its name."""
        array = np.asarray(to_numpy(value._data) if isinstance(value, Tensor) else value, order="C")
        self.constants.append(self.onnx.numpy_helper.from_array(array, name))
        return name

    def parameters(self, step: Step) -> list[str]:
        """Add the weight of a layer, and its bias if it has one; return their names."""
        arrays = {"weight": step.layer.weight, "bias": step.layer.bias}
        present = {name: x for name, x in arrays.items() if x is not None}
        return [self.constant(f"{step.place}.{name}", x.float()) for name, x in present.items()]

    def finished(self, out: str, before: Shape, after: Shape) -> bytes:
        """Return the graph as the content of a file; `out` names its last array."""
        helper, number = self.onnx.helper, self.onnx.TensorProto.FLOAT
        self.nodes.append(helper.make_node("Identity", [out], ["output"], name="output"))
        graph = helper.make_graph(
            self.nodes,
            "minigan",
            [helper.make_tensor_value_info("input", number, ["N", *before])],
            [helper.make_tensor_value_info("output", number, ["N", *after])],
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


def _library() -> Any:
    """Return the package onnx."""
    try:
        import onnx
        import onnx.checker
        import onnx.helper
        import onnx.numpy_helper
    except ModuleNotFoundError as error:
        raise ImportError("ONNX graphs need the package onnx: pip install onnx") from error
    return onnx
