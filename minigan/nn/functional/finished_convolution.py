"""A convolution or its transpose with the bias and the activation that follow it, as one op."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from minigan.autograd import FusedOp, Tensor
from minigan.autograd.node import Node
from minigan.autograd.op import Op
from minigan.backend import Array, namespace
from minigan.checks import Shape
from minigan.conv import blocked
from minigan.conv.finishing import Finish, activate
from minigan.functions.reductions import sum as sum_
from minigan.functions.shaping import reshape
from minigan.nn.functional.activations import LeakyGate, gate, leaky_relu
from minigan.nn.functional.affine import Linear
from minigan.nn.functional.channels import along, as_images, as_rows, sum_of
from minigan.threads import sums_over_blocks, sweep

__all__: list[str] = []


@dataclass(frozen=True, repr=False)
class Finished(FusedOp):
    """y = max(z, slope z) with z = op(x, w) + b, where op is Conv or ConvTranspose.

    Slope 1 means no activation, and slope 0 is relu. `saved` is True where the gradient passes
    unchanged: where z > 0, and for relu also where z is NaN.
    """

    op: Op
    face: str  # the name of op's face of the trilinear form
    slope: float

    def plain(self, x: Tensor, w: Tensor, b: Tensor | None) -> Tensor:
        z = self.op(x, w)
        z = z if b is None else z + reshape(b, (1, -1, *[1] * (z.ndim - 2)))
        return leaky_relu(z, self.slope) if self.slope < 1 else z

    def forward(self, x: Array, w: Array, b: Array | None) -> tuple[Array, Any]:
        op: Any = self.op
        if op.by is not blocked:
            return self._finished(op.forward(x, w), b)
        finish = Finish(b, self.slope)
        y = getattr(blocked, self.face)(x, w, op.geometry, finish)
        if not finish.begun:
            return self._finished(y, b)
        passes = finish.passes
        return y, None if passes is None else as_images(passes, y.shape)

    def _finished(self, z: Array, b: Array | None) -> tuple[Array, Any]:
        """Return y and `saved`, computed from z = op(x, w) by blocks."""
        xp, rows = namespace(z), as_rows(z)
        y, passes = xp.empty_like(rows), xp.empty(rows.shape, bool) if self.slope < 1 else None
        zero = xp.zeros(rows.shape[1], rows.dtype)
        bias = zero if b is None else along(rows, b)

        def finish(_: int, block: Any) -> None:
            part = xp.add(rows[block], bias, out=y[block])
            if passes is not None:
                activate(part, self.slope, zero, passes[block])

        sweep(finish, rows)
        return as_images(y, z.shape), None if passes is None else as_images(passes, z.shape)

    _needed = Linear._needed

    def backward(
        self, g: Array, x: Array, w: Array, saved: Array | None, wanted: tuple[bool, ...]
    ) -> list[Array | None]:
        gy, C = as_rows(g), g.shape[1]
        gz, passes = gy, saved
        if passes is not None:
            gz, passes = namespace(g).empty_like(gy), as_rows(passes)

        def visit(block: Any) -> list[Array]:
            if passes is not None:
                gate(gy[block], passes[block], self.slope, out=gz[block])
            return [sum_of(gz[block], C)] if wanted[2] else []

        sums = sums_over_blocks(visit, gy, (int(wanted[2]), C), g.dtype)
        tensors = [None if a is None else Tensor._wrap(a) for a in (as_images(gz, g.shape), x, w)]
        found = self._through(tensors[0], tensors[1], tensors[2], wanted)
        gb = sums[0] if wanted[2] else None
        return [*(None if gx is None else gx._data for gx in found), gb]

    def _through(self, gz: Any, x: Any, w: Any, wanted: tuple[bool, ...]) -> list[Tensor | None]:
        """Return the gradients of the op's input and of its weight, by its own rules."""
        by_input, by_weight = (self.op.rules[name].function for name in self.op.names)
        gx = by_input(self.op, gz, w) if wanted[0] else None
        return [gx, by_weight(self.op, gz, x) if wanted[1] else None]

    def composed(self, node: Node, g: Tensor, wanted: tuple[bool, ...]) -> list[Tensor | None]:
        x, w, passes = (node.value(name) for name in ("x", "w", "saved"))
        gz = g if passes is None else LeakyGate(self.slope)(Tensor._wrap(passes), g)
        gb = sum_(gz, (0, *range(2, g.ndim))) if wanted[2] else None
        return [*self._through(gz, x, w, wanted), gb]

    def flops(self, out: Shape, *inputs: Shape) -> int:
        return self.op.flops(out, *inputs[:2])


finished = lru_cache(maxsize=1024)(Finished)
