"""Many small arrays as one large array, so that one pass over it updates all of them.

The running averages of an optimizer are views of such an array. Replacing one of them (by an
optimizer's `load_state_dict`) ends this, so the optimizer checks before each step that the views
are in place, and makes a new flat array if not. Parameters keep their own memory, which views of
users share: the optimizer copies small ones into a flat array and back.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from minigan.autograd import Tensor
from minigan.backend import Array, device_of, namespace, to_device


class Flat:
    """One array that holds the numbers of some tensors, one tensor after the other.

    `tensors` are one running average of each parameter; None stands for zeros. `like` are the
    parameters, which give shapes, dtype and device.
    """

    def __init__(self, tensors: Sequence[Tensor | None], like: Sequence[Tensor]) -> None:
        xp = namespace(like[0]._data)
        self.ends = list(accumulate(p.numel() for p in like))
        self.array: Array = xp.zeros(self.ends[-1], like[0].dtype)
        self.views: list[Array] = []
        for x, p, end in zip(tensors, like, self.ends, strict=True):
            view = self.array[end - p.numel() : end].reshape(p.shape)  # (numel,) -> shape
            self.views.append(view)
            if x is not None:
                view[...] = to_device(x._data, p.device)
                x._move_to(view)

    def fits(self, p: Tensor) -> bool:
        """Return whether the array has the dtype and the device of a parameter."""
        return self.array.dtype == p.dtype and device_of(self.array) == p.device

    def holds(self, tensors: Sequence[Tensor | None]) -> bool:
        """Return whether the array of each tensor is still its view."""
        pairs = zip(tensors, self.views, strict=True)
        return all(x is None or x._data is view for x, view in pairs)

    def part(self, first: int, last: int) -> Array:
        """Return the numbers of the tensors first..last, as one view."""
        return self.array[self.ends[first] - self.views[first].size : self.ends[last]]

    def gather(self, arrays: Sequence[Array], first: int, last: int) -> Array:
        """Copy the numbers of the arrays first..last into this array; return this part of it."""
        part = self.part(first, last)
        namespace(part).concatenate([array.reshape(-1) for array in arrays], out=part)
        return part

    def scatter(self, arrays: Sequence[Array], first: int, last: int) -> None:
        """Copy the numbers of this array into the arrays first..last."""
        for array, view in zip(arrays, self.views[first : last + 1], strict=True):
            array[...] = view
