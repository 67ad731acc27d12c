"""A Tensor is an array that remembers how it was computed.

This file holds the data, the place in the graph, and copies. The other methods are the functions of
`minigan.functions`, which `functions/methods.py` installs here; `tensor.pyi` lists all of them.
"""

from __future__ import annotations

import copy
import weakref
from typing import Any, NamedTuple, Self

import numpy as np

from minigan import backend
from minigan.autograd import modes
from minigan.autograd.conversion import array_of
from minigan.autograd.dtypes import DType
from minigan.autograd.printing import text_of
from minigan.checks import as_dim, boolean

_new, _scalar = object.__new__, np.generic


class Memory:
    """What tensors with the same memory share: its version, and references to all of them."""

    version: int = 0  # how often the memory was changed
    tensors: list[weakref.ref[Any]] | None = None  # the owner and its views, if there are views

    def __getstate__(self) -> dict[str, int]:
        return {"version": self.version}  # weak references cannot be copied


class ViewOf(NamedTuple):
    """How a view was made: by which op, of which tensor, and whether the op was recorded."""

    op: Any
    source: Tensor
    recorded: bool


class Tensor:
    """An array with a gradient: `Tensor(data, requires_grad=False)`.

    `data` is a number, a (nested) sequence, a NumPy or CuPy array or a Tensor; it is copied. Python
    floats become float32, as in PyTorch; arrays keep their dtype (foreign byte order is converted).
    A *leaf* is a tensor that was not computed by a recorded op. `backward()` adds the gradient to
    the `.grad` of every leaf that requires it.

    Raises TypeError if the data are not bools, integers or real floats, and if `requires_grad=True`
    and the data are not floats. A tensor of a size is made by `minigan.empty(64, 1)`, not by
    `Tensor(64, 1)`.

    >>> x = Tensor([1.0, 2.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 4.])
    """

    __slots__ = ("__weakref__", "_data", "_requires_grad", "base", "grad", "memory", "node")
    __array_ufunc__ = None  # array + tensor calls Tensor.__radd__, not NumPy
    __array_priority__ = 1000

    _data: backend.Array
    _requires_grad: bool  # this is a leaf that requires grad
    base: ViewOf | None  # None if it is not a view
    grad: Tensor | None
    memory: Memory  # one object for all tensors that view the same memory
    node: Any  # the recorded call of an op that computed it; None for a leaf

    def __init__(
        self,
        data: Any,
        requires_grad: bool = False,
        *sizes: int,
        dtype: Any = None,
        device: str | None = None,
    ) -> None:
        if sizes or (isinstance(requires_grad, int) and not isinstance(requires_grad, bool)):
            size = (data, requires_grad, *sizes)
            raise TypeError(
                f"Tensor: requires_grad={requires_grad!r} must be True or False (for a tensor of "
                f"size {size} write minigan.empty{size})"
            )
        array = array_of(data._data if isinstance(data, Tensor) else data, dtype)
        self._data = array if device is None else backend.to_device(array, device)
        self.memory, self.base, self.node = Memory(), None, None
        self.grad, self._requires_grad = None, False
        if requires_grad is not False:
            self.requires_grad = requires_grad

    @staticmethod
    def _wrap(array: backend.Array) -> Tensor:
        """Return a tensor around this array, without a copy or a check."""
        x = _new(Tensor)
        x._data = np.asarray(array) if isinstance(array, _scalar) else array
        x.memory, x.base, x.node, x.grad, x._requires_grad = Memory(), None, None, None, False
        return x

    @staticmethod
    def _restore(array: backend.Array, memory: Memory, node: Any) -> Tensor:
        """Return a tensor around this array, which lies in this memory, at a node of the graph."""
        x = Tensor._wrap(array)
        x.memory, x.node = memory, node
        return x

    def _twin(self, node: Any) -> Tensor:
        """Return another tensor with this memory, at a node of the graph."""
        return Tensor._restore(self._data, self.memory, node)

    def _note_view(self, op: Any, source: Tensor) -> None:
        """Note that this tensor is op(source) and views the source's memory."""
        self.base, self.memory = ViewOf(op, source, modes.state.recording), source.memory
        tensors = self.memory.tensors
        if tensors is None:
            tensors = self.memory.tensors = [weakref.ref(source)]
        tensors.append(weakref.ref(self))
        if len(tensors) & (len(tensors) - 1) == 0:  # a power of two: remove dead references
            tensors[:] = [reference for reference in tensors if reference() is not None]

    # -------------------------------------------------------------------- the data and its version

    def changed(self) -> None:
        """Raise the version: call this after every write into the tensor's memory.

        A backward pass that needs the numbers from before the write then raises RuntimeError.
        """
        self.memory.version += 1

    @property
    def data(self) -> Tensor:
        """A constant tensor with the same memory outside the graph; `.numpy()` is the array.

        Writing through it raises the version of both. Assigning an array replaces the memory by a
        copy of the array; after assigning a tensor, both share the tensor's memory.
        """
        return self._twin(None)

    @data.setter
    def data(self, value: Any) -> None:
        other = value if isinstance(value, Tensor) else Tensor(value)
        if self.requires_grad and other.dtype.kind != "f":
            raise TypeError(f"data: dtype {other.dtype} cannot require grad, and this tensor does")
        if other is not value:
            other.memory.version = self.memory.version + 1
        if other._data is not self._data:
            self._data, self.base, self.memory = other._data, None, other.memory

    def _move_to(self, array: backend.Array) -> None:
        """Use another array, which holds the same numbers already: the version stays."""
        self._data, self.base = array, None

    def _require_writable(self, function: str) -> None:
        """Raise RuntimeError if the memory is read-only or expanded (one number, many places)."""
        strides = zip(self._data.strides, self.shape, strict=True)
        expanded = self._data.size and any(stride == 0 and size > 1 for stride, size in strides)
        if expanded or not getattr(self._data.flags, "writeable", True):
            why = "expanded" if expanded else "read-only"
            raise RuntimeError(
                f"{function}: the memory of a tensor of shape {self.shape} is {why}; change a clone"
            )

    # ---------------------------------------------------------------------------------- properties

    @property
    def requires_grad(self) -> bool:
        """Whether ops on this tensor are recorded. It can be set on leaves.

        Setting it raises RuntimeError for a computed tensor, TypeError for a tensor of integers.
        """
        return self._requires_grad or self.node is not None

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if self.node is not None and not value:
            raise RuntimeError(
                "requires_grad can be set on leaves only; detach() gives a tensor outside the graph"
            )
        if boolean("Tensor", "requires_grad", value) and self._data.dtype.kind != "f":
            raise TypeError(
                f"requires_grad=True needs a float tensor; this one has dtype {self._data.dtype}"
            )
        self._requires_grad = bool(value) and self.node is None

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Set `requires_grad`, and return the tensor."""
        self.requires_grad = requires_grad
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether the tensor was not computed by a recorded op."""
        return self.node is None

    @property
    def shape(self) -> tuple[int, ...]:
        """The size of each dimension."""
        return self._data.shape  # type: ignore[no-any-return]

    @property
    def dtype(self) -> DType:
        """The type of its numbers, a numpy.dtype."""
        return self._data.dtype  # type: ignore[no-any-return]

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self._data.ndim  # type: ignore[no-any-return]

    @property
    def device(self) -> backend.device:
        """Where the numbers are: "cpu" or "cuda:N"."""
        return backend.device_of(self._data)

    @property
    def is_cuda(self) -> bool:
        """Whether the numbers are on a GPU."""
        return self.device.type == "cuda"

    @property
    def itemsize(self) -> int:
        """Bytes of one number."""
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        """Bytes of all numbers."""
        return int(self._data.nbytes)

    def size(self, dim: int | None = None) -> Any:
        """Return the shape, or the size of one dimension. Raises IndexError for no such dim."""
        return self.shape if dim is None else self.shape[as_dim("size", dim, self.ndim)]

    def dim(self) -> int:
        """Return the number of dimensions."""
        return self.ndim

    # ---------------------------------------------------------------------------- out of the graph

    def numpy(self, *, force: bool = False) -> np.ndarray[Any, Any]:
        """Return the numbers as a NumPy array; on the CPU it shares the tensor's memory.

        `force`, which PyTorch needs for tensors that require grad, has no effect.
        """
        return backend.to_numpy(self._data)

    def item(self) -> Any:
        """Return the one number as a Python number. Raises ValueError if there is not just one."""
        if self.numel() != 1:
            raise ValueError(f"item: a tensor of shape {self.shape} is not one number (use tolist)")
        return self._data.item()

    def tolist(self) -> Any:
        """Return the numbers as nested lists of Python numbers."""
        return self._data.tolist()

    def detach(self) -> Tensor:
        """Return a tensor with the same memory outside the graph: a constant."""
        return self._twin(None)

    def retain_grad(self) -> None:
        """Let `backward()` store the gradient of this tensor too, although it is not a leaf.

        Raises RuntimeError if the tensor does not require grad.
        """
        if self.node is not None:
            self.node.result = weakref.ref(self)
        elif not self._requires_grad:
            raise RuntimeError("retain_grad: this tensor does not require grad")

    # ------------------------------------------------------------------------- copies and printing

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        # As in PyTorch, the copy is a leaf without a gradient, also if the tensor was computed.
        return _restored, (type(self), self._data, self.requires_grad), _added(self)

    def __copy__(self) -> Tensor:
        x = _restored(type(self), self._data, self.requires_grad)
        x.memory = self.memory
        for name, value in (_added(self) or {}).items():
            setattr(x, name, value)
        return x

    def __deepcopy__(self, memo: dict[Any, Any]) -> Tensor:
        if self.node is not None:
            raise RuntimeError("deepcopy: only leaves can be copied; use detach() or clone()")
        x = _restored(type(self), copy.deepcopy(self._data, memo), self._requires_grad)
        memo[id(self)] = x
        x.memory = copy.deepcopy(self.memory, memo)  # tensors that share memory share their copy's
        x.grad = None if self.grad is None else copy.deepcopy(self.grad.detach(), memo)
        for name, value in (_added(self) or {}).items():
            setattr(x, name, copy.deepcopy(value, memo))
        return x

    def __repr__(self) -> str:
        op = None if self.node is None else str(self.node.op)
        return text_of(self.numpy(), self.device, self._requires_grad, op)

    __hash__ = object.__hash__


def _added(x: Tensor) -> dict[str, Any] | None:
    """Return the attributes that a subclass added, or None if there are none."""
    return dict(getattr(x, "__dict__", {})) or None


def _restored(kind: type[Tensor], array: backend.Array, requires_grad: bool) -> Tensor:
    """Return a leaf of this class around an array, without a copy."""
    x = object.__new__(kind)
    x._data, x.memory, x.base, x.node, x.grad = array, Memory(), None, None, None
    x._requires_grad = requires_grad
    return x
