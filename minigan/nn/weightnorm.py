"""Weight norm: a layer learns the length and the direction of its weight separately.

(Salimans & Kingma 2016, eq. 2.) The weight is w = g v / |v|, with learned v and g.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from minigan.autograd import Tensor, no_grad
from minigan.checks import as_dim
from minigan.functions.reductions import sum
from minigan.nn.module import Module
from minigan.nn.parameter import Parameter

__all__ = ["remove_weight_norm", "weight_norm"]

M = TypeVar("M", bound=Module)


@dataclass(frozen=True)
class WeightNorm:
    """w = g v / |v|; the norm is taken over all dimensions but `dim`, or over all (None)."""

    name: str
    dim: int | None

    def lengths(self, v: Tensor) -> Tensor:
        """Return |v|, in a shape that broadcasts to v."""
        if self.dim is None:
            return sum(v * v).sqrt()
        dims = [d for d in range(v.ndim) if d != self.dim]
        return (sum(v * v, dims, keepdim=True) if dims else v * v).sqrt()

    def __call__(self, module: Module) -> Tensor:
        """Return the module's weight."""
        g, v = (getattr(module, self.name + suffix) for suffix in ("_g", "_v"))
        return v * (g / self.lengths(v))  # type: ignore[no-any-return]


def weight_norm(module: M, name: str = "weight", dim: int | None = 0) -> M:
    """Let a module learn its weight as a length g and a direction v, and return the module.

    w = g v / |v|. There is one length for each index of dimension `dim`, or a single one with None.
    The state has PyTorch's names: weight_g and weight_v. Raises ValueError if there is no parameter
    of this name, or it already has a weight norm, and IndexError if dim is out of range.

    >>> import minigan
    >>> from minigan.nn import Linear
    >>> layer = weight_norm(Linear(3, 2))
    >>> [(name, p.shape) for name, p in layer.named_parameters()]
    [('bias', (2,)), ('weight_g', (2, 1)), ('weight_v', (2, 3))]
    """
    weight = vars(module).get(name)
    if not isinstance(weight, Parameter):
        raise ValueError(f"weight_norm: {type(module).__name__} has no parameter name={name!r}")
    norm = WeightNorm(name, None if dim is None else as_dim("weight_norm", dim, weight.ndim))
    with no_grad():
        lengths = norm.lengths(weight)
    delattr(module, name)
    module.register_parameter(name + "_g", Parameter(lengths))
    module.register_parameter(name + "_v", Parameter(weight.detach()))
    vars(module)[name] = weight.detach()
    module._computed[name] = norm
    return module


def remove_weight_norm(module: M, name: str = "weight") -> M:
    """Make the module's weight a parameter again, with its present numbers; return the module.

    Raises ValueError if the weight has no weight norm.

    >>> from minigan.nn import Linear
    >>> list(remove_weight_norm(weight_norm(Linear(3, 2))).state_dict())
    ['bias', 'weight']
    """
    if not isinstance(module._computed.get(name), WeightNorm):
        raise ValueError(
            f"remove_weight_norm: {type(module).__name__} has no weight norm of name={name!r}"
        )
    with no_grad():
        weight = module._computed.pop(name)(module)
    for suffix in ("", "_g", "_v"):
        delattr(module, name + suffix)
    module.register_parameter(name, Parameter(weight))
    return module
