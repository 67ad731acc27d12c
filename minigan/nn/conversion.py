"""The methods of a Module that change the dtype or the device of its tensors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

from minigan.autograd import Tensor
from minigan.autograd.dtypes import as_dtype
from minigan.checks import boolean
from minigan.functions.casting import destination, gpu


class Convertible:
    """The base of Module: conversions of its parameters and buffers, in place."""

    def parameters(self) -> Iterator[Tensor]:
        """Yield the parameters."""
        raise NotImplementedError

    def buffers(self) -> Iterator[Tensor]:
        """Yield the buffers."""
        raise NotImplementedError

    def to(
        self,
        *args: Any,
        dtype: Any = None,
        device: str | int | None = None,
        non_blocking: bool = False,
    ) -> Self:
        """Convert float parameters and buffers to a dtype, and all of them to a device.

        A positional argument is a dtype, a device or a tensor, which stands for both:
        `to("cuda", "float64")`. The parameters stay the same objects; their arrays and gradients
        are replaced. A transfer always waits for its end, so `non_blocking` changes nothing. Raises
        TypeError if the dtype is not a float, and RuntimeError if the device needs CuPy or a GPU
        that is missing.
        """
        boolean("Module.to", "non_blocking", non_blocking)
        dtype, device = destination("Module.to", args, dtype, device)
        target = None if dtype is None else as_dtype(dtype, "Module.to")
        if target is not None and target.kind != "f":
            raise TypeError(f"Module.to: dtype={target} must be a float: weights are real numbers")
        for x in (*self.parameters(), *self.buffers()):
            for y in (x,) if x.grad is None else (x, x.grad):
                moved = y.detach().to(dtype=target if y.dtype.kind == "f" else None, device=device)
                if moved._data is not y._data:
                    y.data = moved
        return self

    def type(self, dst_type: Any) -> Self:
        """Convert float parameters and buffers to a dtype. Raises TypeError if it is not a float.

        >>> from minigan import nn
        >>> nn.Linear(2, 1).type("float64").weight.dtype
        dtype('float64')
        """
        return self.to(dtype=dst_type)

    def float(self) -> Self:
        """Convert float parameters and buffers to float32."""
        return self.to(dtype="float32")

    def double(self) -> Self:
        """Convert float parameters and buffers to float64."""
        return self.to(dtype="float64")

    def half(self) -> Self:
        """Convert float parameters and buffers to float16."""
        return self.to(dtype="float16")

    def cpu(self) -> Self:
        """Move parameters and buffers to the CPU's memory."""
        return self.to(device="cpu")

    def cuda(self, device: str | int | None = None) -> Self:
        """Move parameters and buffers to the memory of a GPU, by default the current one.

        Raises RuntimeError without CuPy or such a GPU, and ValueError if the device is not a GPU.
        """
        return self.to(device=gpu("Module.cuda", device))
