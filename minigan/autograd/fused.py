"""A fused op has forward and backward on arrays, for speed, beside an equal composition of ops.

The array versions compute first-order gradients. If the gradient itself must be differentiable,
the composition is differentiated instead, so gradients of every order follow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from minigan.autograd import modes
from minigan.autograd.engine import grad
from minigan.autograd.node import Node, Rule
from minigan.autograd.op import Op, widened
from minigan.autograd.quiet import quietly
from minigan.autograd.tensor import Tensor


class FusedOp(Op):
    """An op with `forward` and one `backward(g, ..., wanted)`, both on arrays.

    `plain(*inputs)` is the composition of ops that it must equal.
    """

    def plain(self, *inputs: Any) -> Tensor:
        """Return the same function of tensors, composed of ops."""
        raise NotImplementedError(f"{type(self).__name__} defines no plain composition")

    def _needed(self, wanted: tuple[bool, ...]) -> tuple[str, ...]:
        # The composition needs every input.
        return tuple(dict.fromkeys((*super()._needed(wanted), *self.names)))

    def composed(self, node: Node, g: Tensor, wanted: tuple[bool, ...]) -> list[Tensor | None]:
        """Return the gradients as recorded ops; by default those of the composition."""
        return _differentiate(self.plain, [node.value(name) for name in self.names], g, wanted)

    def gradients(self, node: Node, g: Tensor, wanted: tuple[bool, ...]) -> list[Tensor | None]:
        """Return the gradients: computed on arrays, or in ops if ops are being recorded."""
        if node.kept is None:
            raise node.freed()
        if modes.state.recording:
            return self.composed(node, g, wanted)
        rule: Rule = self.rule  # type: ignore[assignment]
        arrays = [wanted if name == "wanted" else node.array(name) for name in rule.needs]
        if node.dtype.char == "e":
            arrays = [widened(x) if hasattr(x, "dtype") else x for x in arrays]
        found = quietly(rule.function, self, widened(g._data), *arrays)
        return [Tensor._wrap(gx) if want else None for gx, want in zip(found, wanted, strict=True)]


def _differentiate(
    function: Callable[..., Tensor],
    inputs: Sequence[Tensor | None],
    g: Tensor,
    wanted: Sequence[bool],
) -> list[Tensor | None]:
    """Return the recorded gradients of <g, function(*inputs)> for each wanted input."""
    # Each wanted input gets a node of its own, because inputs may be computed from one another.
    copies = [
        x.alias() if want and x is not None else x for x, want in zip(inputs, wanted, strict=True)
    ]
    chosen = [x for x, want in zip(copies, wanted, strict=True) if want and x is not None]
    gradients = iter(grad(function(*copies), chosen, g, create_graph=True, allow_unused=True))
    return [
        next(gradients) if want and x is not None else None
        for x, want in zip(copies, wanted, strict=True)
    ]
