"""Dropout as layers: in training mode random numbers or whole channels become 0."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from minigan.autograd import Tensor
from minigan.backend import Seed, as_generator
from minigan.checks import boolean, number
from minigan.nn import functional as F
from minigan.nn.module import Module

__all__ = ["Dropout", "Dropout1d", "Dropout2d", "Dropout3d"]


class Dropout(Module):
    """In training mode each number is multiplied by 0 with probability p, else by 1 / (1 - p).

    (Srivastava et al. 2014.) The mask is drawn from `generator` (a Generator, a seed, or None for
    fresh entropy). Raises ValueError if p is not in [0, 1].

    >>> import minigan
    >>> Dropout(0.5, generator=0)(minigan.ones(5))
    tensor([2., 2., 2., 0., 0.])
    """

    function: ClassVar[Callable[..., Tensor]] = F.dropout

    def __init__(self, p: float = 0.5, inplace: bool = False, *, generator: Seed = None) -> None:
        super().__init__()
        self.p = number(type(self).__name__, "p", p, 0.0, 1.0)
        self.inplace = boolean(type(self).__name__, "inplace", inplace)
        self.generator = as_generator(generator)

    def forward(self, input: Tensor) -> Any:
        """Return the input after dropout; the functions in `F` list the legal shapes."""
        return type(self).function(input, self.p, self.training, generator=self.generator)

    def extra_repr(self) -> str:
        """Return the settings as text."""
        return f"p={self.p}, inplace={self.inplace}"


class Dropout1d(Dropout):
    """Dropout of whole channels of (N, C, L) or (C, L)."""

    function = F.dropout1d


class Dropout2d(Dropout):
    """Dropout of whole channels of (N, C, H, W)."""

    function = F.dropout2d


class Dropout3d(Dropout):
    """Dropout of whole channels of (N, C, D, H, W) or (C, D, H, W)."""

    function = F.dropout3d
