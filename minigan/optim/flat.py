"""Many small arrays as one large one: what is done to each number alike is then done in one pass
over all of them.

The tensors stay what they are; their arrays become views of the large one. Whoever replaces such an
array (`.data =`, `.to`, `load_state_dict` of an optimizer) breaks the tie, so it is checked before
each use, and retied.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from minigan.autograd import Tensor
from minigan.backend import Array, device_of, namespace, to_device


class Flat:
    """One array that holds a column: the numbers of some tensors, one after the other, zeros where
    there is None.

    `like` are the parameters that the column belongs to; they give shapes, dtype and device.
    """

    def __init__(self, column: Sequence[Tensor | None], like: Sequence[Tensor]) -> None:
        xp = namespace(like[0].data)
        self.ends = list(accumulate(p.numel() for p in like))
        self.array: Array = xp.zeros(self.ends[-1], like[0].dtype)
        self.views: list[Array] = []
        for x, p, end in zip(column, like, self.ends, strict=True):
            view = self.array[end - p.numel() : end].reshape(p.shape)  # (numel,) -> shape
            self.views.append(view)
            if x is not None:
                view[...] = to_device(x.data, p.device)
                x._move_to(view)

    def like(self, p: Tensor) -> bool:
        """Whether it has the dtype and the device of a parameter."""
        return self.array.dtype == p.dtype and device_of(self.array) == p.device

    def holds(self, column: Sequence[Tensor | None]) -> bool:
        """Whether the array of each tensor is still its view."""
        return all(x is None or x.data is view for x, view in zip(column, self.views, strict=True))

    def part(self, first: int, last: int) -> Array:
        """The numbers of tensors first..last."""
        return self.array[self.ends[first] - self.views[first].size : self.ends[last]]
