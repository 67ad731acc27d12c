"""A Tensor is an array that remembers how it was computed.

This file holds the data, the place in the graph, and the methods that Python itself calls. The
other methods are the functions of `minigan.functions`, which `functions/methods.py` installs here;
`tensor.pyi` lists all of them.
"""

from __future__ import annotations

import weakref
from typing import Any, NamedTuple, Self

import numpy as np

from minigan import backend
from minigan.autograd import modes
from minigan.autograd.conversion import array_of
from minigan.autograd.dtypes import DType, bool_, float32, int64
from minigan.checks import as_dim


class Memory:
    """What tensors with the same memory share: its version, and references to all of them."""

    version: int = 0  # how often the memory was changed
    tensors: list[weakref.ref[Any]] | None = None  # the owner and its views, if there are views

    def __getstate__(self) -> dict[str, int]:
        return {"version": self.version}  # weak references cannot be pickled


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
    and the data are not floats.

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
        *,
        dtype: Any = None,
        device: str | None = None,
    ) -> None:
        array = array_of(data._data if isinstance(data, Tensor) else data, dtype)
        self._data = array if device is None else backend.to_device(array, device)
        self.memory, self.base, self.node = Memory(), None, None
        self.grad, self._requires_grad = None, False
        if requires_grad:
            self.requires_grad = True

    @classmethod
    def _wrap(cls, array: backend.Array) -> Tensor:
        """Return a tensor around this array, without a copy or a check."""
        x = object.__new__(Tensor)
        x._data = np.asarray(array) if isinstance(array, np.generic) else array
        x.memory, x.base, x.node, x.grad, x._requires_grad = Memory(), None, None, None, False
        return x

    def _twin(self, node: Any) -> Tensor:
        """Return another tensor with this memory, at a node of the graph."""
        x = Tensor._wrap(self._data)
        x.memory, x.node = self.memory, node
        return x

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
    def data(self) -> backend.Array:
        """The array. Assigning another array or tensor replaces it and raises the version."""
        return self._data

    @data.setter
    def data(self, value: Any) -> None:
        array = value._data if isinstance(value, Tensor) else array_of(value, None)
        if self.requires_grad and array.dtype.kind != "f":
            raise TypeError(f"data: dtype {array.dtype} cannot require grad, and this tensor does")
        self._move_to(array)
        self.changed()

    def _move_to(self, array: backend.Array) -> None:
        """Use another array, which holds the same numbers already: the version stays."""
        version = self.memory.version
        self._data, self.base, self.memory = array, None, Memory()
        self.memory.version = version

    def _require_writable(self, function: str) -> None:
        """Raise RuntimeError if the memory is read-only or expanded (one number, many places)."""
        strides = zip(self._data.strides, self.shape, strict=True)
        expanded = any(stride == 0 and size > 1 for stride, size in strides)
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
        if value and self._data.dtype.kind != "f":
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

    def numel(self) -> int:
        """Return how many numbers the tensor holds."""
        return int(self._data.size)

    def is_floating_point(self) -> bool:
        """Return whether the numbers are floats."""
        return self.dtype.kind == "f"

    # ---------------------------------------------------------------------------- out of the graph

    def numpy(self) -> np.ndarray[Any, Any]:
        """Return the numbers as a NumPy array; on the CPU it shares the tensor's memory."""
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

    # -------------------------------------------------------------------- what Python itself calls

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("len: a tensor without dimensions has no length")
        return self.shape[0]

    def __bool__(self) -> bool:
        if self.numel() != 1:
            raise ValueError(
                f"bool: a tensor of shape {self.shape} is not one number (use .any() or .all())"
            )
        return bool(self._data)

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        if self.dtype.kind not in "iub":
            raise TypeError(f"index: a tensor of dtype {self.dtype} is not an integer")
        return int(self.item())

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray[Any, Any]:
        if self.requires_grad:
            raise RuntimeError(
                "numpy.asarray would lose the graph of a tensor that requires grad (use .detach())"
            )
        array = self.numpy() if dtype is None else self.numpy().astype(dtype, copy=False)
        return array.copy() if copy else array

    def __deepcopy__(self, memo: dict[Any, Any]) -> Tensor:
        if self.node is not None:
            raise RuntimeError("deepcopy: only leaves can be copied; use detach() or clone()")
        x = object.__new__(type(self))
        x._data, x.memory, x.base, x.node = self._data.copy(), Memory(), None, None
        x._requires_grad = self._requires_grad
        x.grad = None if self.grad is None else self.grad.detach().clone()
        memo[id(self)] = x
        return x

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec and self.numel() == 1 else format(repr(self), spec)

    def __repr__(self) -> str:
        numbers = np.array2string(self.numpy(), separator=", ", prefix="tensor(", threshold=1000)
        plain = self.dtype in (float32, int64, bool_) and self.numel() > 0
        dtype = "" if plain else f", dtype={self.dtype}"
        device = "" if self.device == "cpu" else f", device='{self.device}'"
        graph = ", requires_grad=True" if self._requires_grad else ""
        if self.node is not None:
            graph = f", op={self.node.op}"
        return f"tensor({numbers}{dtype}{device}{graph})"

    def __pos__(self) -> Tensor:
        return self

    __hash__ = object.__hash__
