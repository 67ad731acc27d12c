"""Dropout as layers: in training mode numbers, or whole channels, are put to 0 at random and the
rest scaled up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from minigan.autograd import Tensor
from minigan.backend import Seed, as_generator
from minigan.checks import number
from minigan.nn import functional as F
from minigan.nn.module import Module


class Dropout(Module):
    """Each number is 0 with probability p, else divided by 1 - p, in training mode (Srivastava et
    al. 2014).

    Draws from `generator` (a Generator, a seed, or None: fresh entropy). Raises ValueError if p is
    not in [0, 1].
    """

    function: ClassVar[Callable[..., Tensor]] = F.dropout

    def __init__(self, p: float = 0.5, inplace: bool = False, *, generator: Seed = None) -> None:
        super().__init__()
        self.p, self.inplace = number(type(self).__name__, "p", p, 0.0, 1.0), inplace
        self.generator = as_generator(generator)

    def forward(self, input: Tensor) -> Any:
        """Of any shape; Dropout2d: (N, C, H, W)."""
        return type(self).function(input, self.p, self.training, generator=self.generator)

    def extra_repr(self) -> str:
        """Its probability."""
        return f"p={self.p}"


class Dropout1d(Dropout):
    """Each channel of (N, C, L) is 0 with probability p, else divided by 1 - p, in training
    mode.
    """

    function = F.dropout1d


class Dropout2d(Dropout):
    """Each channel of (N, C, H, W) is 0 with probability p, else divided by 1 - p, in training
    mode.
    """

    function = F.dropout2d


class Dropout3d(Dropout):
    """Each channel of (N, C, D, H, W) is 0 with probability p, else divided by 1 - p, in training
    mode.
    """

    function = F.dropout3d
