"""The sum over the ranks as an op: every rank gets y = sum_r x_r, and the gradient is a sum too.

Each rank r differentiates its own loss L_r, and all together descend on L = sum_r L_r. Every y_s is
the sum of all x_r, so

    dL/dx_r = sum_s dL_s/dy_s

which is the same op, applied to the gradients. So it has derivatives of every order.
"""

from __future__ import annotations

from dataclasses import dataclass

from minigan.autograd import Op, Tensor
from minigan.backend import Array
from minigan.parallel.group import Group


@dataclass(frozen=True)
class AllSum(Op):
    """y = sum_r x_r, in rank order, on every rank."""

    group: Group

    def forward(self, x: Array) -> Array:
        """Return the sum of the arrays x of all ranks."""
        return self.group.all_sum(x)[0]

    def backward_x(self, g: Tensor) -> Tensor:
        """Return the gradient of all losses: the sum of the gradients of all ranks."""
        return AllSum(self.group)(g)


def all_sum(x: Tensor, group: Group) -> Tensor:
    """Return the sum over the ranks of tensors x of one shape, which can be differentiated.

    Every rank must call it, and every rank must call backward. Raises ParallelError if the
    tensors of the ranks have different numbers of elements or dtypes. Raises TypeError if x has no
    numbers.

    >>> from minigan import tensor
    >>> from minigan.parallel import run
    >>> def gradient(group):  # of L = sum over the ranks s of (s + 1) y, with y = sum x_r
    ...     x = tensor(2.0, requires_grad=True)
    ...     ((group.rank + 1) * all_sum(x, group)).backward()
    ...     return x.grad.item()
    >>> run(2, gradient)
    [3.0, 3.0]
    """
    return x if group.size == 1 else AllSum(group)(x)
