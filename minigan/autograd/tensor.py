"""A Tensor is an array that remembers how it was computed.

This file holds the data, the place in the graph and what Python itself asks for. The functions that
a Tensor has as methods are added by `minigan.functions.methods`; `tensor.pyi` lists all of them.
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


class Base(NamedTuple):
    """Of which tensor a tensor is a view, by which op, and whether the op was recorded."""

    op: Any
    source: Tensor
    recorded: bool


class Tensor:
    """An array with a gradient: `Tensor(data, requires_grad=False)`.

    `data` is a number, a (nested) sequence, a NumPy or CuPy array or a Tensor; it is copied. Python
    floats become float32, as in PyTorch; arrays keep their dtype (foreign byte order is converted).
    A *leaf* is a tensor that no recorded op made; `backward()` adds into the `.grad` of every leaf
    that requires one.

    Raises TypeError for data that are not bools, integers or real floats, and for
    `requires_grad=True` with integers.

    >>> x = Tensor([1.0, 2.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 4.])
    """

    __slots__ = ("__weakref__", "_data", "_wants", "base", "cell", "grad", "node")
    __array_ufunc__ = None  # array + tensor calls Tensor.__radd__, not NumPy
    __array_priority__ = 1000

    _data: backend.Array
    _wants: bool  # this leaf requires grad
    base: Base | None  # of which tensor it is a view
    cell: list[
        Any
    ]  # [version, weak references to the tensors that view the memory], shared by them
    grad: Tensor | None
    node: Any  # the recorded call of an op that computed it, None for a leaf

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
        self._wants, self.base, self.cell, self.grad, self.node = False, None, [0, None], None, None
        if requires_grad:
            self.requires_grad = True

    @classmethod
    def _wrap(cls, array: backend.Array) -> Tensor:
        """Return a tensor around an array of its own, unchecked; a NumPy scalar becomes 0-d."""
        x = object.__new__(Tensor)
        x._data = np.asarray(array) if isinstance(array, np.generic) else array
        x._wants, x.base, x.cell, x.grad, x.node = False, None, [0, None], None, None
        return x

    @classmethod
    def _leaf(cls, array: backend.Array, requires_grad: bool) -> Tensor:
        x = cls._wrap(array)
        x.requires_grad = requires_grad
        return x

    def _share(self, op: Any, source: Tensor) -> None:
        """Note that this tensor, op(source), views its source's memory and shares its version."""
        self.base, self.cell = Base(op, source, modes.state.recording), source.cell
        if self.cell[1] is None:
            self.cell[1] = [weakref.ref(source)]
        viewers = self.cell[1]
        viewers.append(weakref.ref(self))
        if len(viewers) & (len(viewers) - 1) == 0:  # at every power of two, drop dead references
            viewers[:] = [viewer for viewer in viewers if viewer() is not None]

    def _twin(self, node: Any) -> Tensor:
        """Return another tensor with this memory and version, at a node of the graph."""
        x = Tensor._wrap(self._data)
        x.cell, x.node = self.cell, node
        return x

    def changed(self) -> None:
        """Raise the version after a write into the memory.

        A backward pass that needs the numbers from before the write is then a RuntimeError.
        """
        self.cell[0] += 1

    # ----------------------------------------------------------------------------------- properties

    @property
    def data(self) -> backend.Array:
        """The array itself.

        Assigning another of the same shape replaces it, unrecorded, and raises the version.
        """
        return self._data

    @data.setter
    def data(self, value: Any) -> None:
        array = value._data if isinstance(value, Tensor) else array_of(value, None)
        if self.requires_grad and array.dtype.kind != "f":
            raise TypeError(f"data: dtype {array.dtype} cannot require grad, and this tensor does")
        self._data = array
        self.base, self.cell = None, [self.cell[0] + 1, None]

    @property
    def requires_grad(self) -> bool:
        """Whether ops on it are recorded; settable on leaves (RuntimeError elsewhere, TypeError for
        integers).
        """
        return self._wants or self.node is not None

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if self.node is not None and not value:
            raise RuntimeError(
                "requires_grad is settable on leaves only; use detach() to cut a computed tensor "
                "off"
            )
        if value and self._data.dtype.kind != "f":
            raise TypeError(
                f"requires_grad=True needs a float tensor; this one has dtype {self._data.dtype}"
            )
        self._wants = bool(value) and self.node is None

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Set requires_grad, and return the tensor."""
        self.requires_grad = requires_grad
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded op made it."""
        return self.node is None

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of its dimensions."""
        return self._data.shape  # type: ignore[no-any-return]

    @property
    def dtype(self) -> DType:
        """The type of its numbers, a numpy.dtype."""
        return self._data.dtype  # type: ignore[no-any-return]

    @property
    def ndim(self) -> int:
        """How many dimensions it has."""
        return self._data.ndim  # type: ignore[no-any-return]

    @property
    def device(self) -> str:
        """Where it lives: "cpu" or "cuda:N"."""
        return backend.device_of(self._data)

    @property
    def itemsize(self) -> int:
        """Bytes per number."""
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        """Bytes of all numbers."""
        return int(self._data.nbytes)

    def size(self, dim: int | None = None) -> Any:
        """The shape, or the size of one dimension."""
        return self.shape if dim is None else self.shape[as_dim("size", dim, self.ndim)]

    def dim(self) -> int:
        """How many dimensions it has."""
        return self.ndim

    def numel(self) -> int:
        """How many numbers it holds."""
        return int(self._data.size)

    def is_floating_point(self) -> bool:
        """Whether its numbers are floats."""
        return self.dtype.kind == "f"

    # ----------------------------------------------------------------------------- out of the graph

    def numpy(self) -> np.ndarray[Any, Any]:
        """Its numbers as a NumPy array; on the CPU the memory is shared."""
        return backend.to_numpy(self._data)

    def item(self) -> Any:
        """Its one number as a Python number. Raises ValueError if it holds more or none."""
        if self.numel() != 1:
            raise ValueError(f"item: a tensor of shape {self.shape} is not one number (use tolist)")
        return self._data.item()

    def tolist(self) -> Any:
        """Its numbers as nested lists of Python numbers."""
        return self._data.tolist()

    def detach(self) -> Tensor:
        """The same memory outside the graph: a constant."""
        x = Tensor._wrap(self._data)
        x.cell = self.cell
        return x

    def retain_grad(self) -> None:
        """Let backward() store the gradient of this tensor too, although it is no leaf."""
        if self.node is not None:
            self.node.result = weakref.ref(self)
        elif not self._wants:
            raise RuntimeError("retain_grad: this tensor does not require grad")

    # --------------------------------------------------------------------------------- Python's own

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("len() of a tensor without dimensions")
        return self.shape[0]

    def __bool__(self) -> bool:
        if self.numel() != 1:
            raise ValueError(
                f"the truth of a tensor of shape {self.shape} is not one answer (use .any() or "
                ".all())"
            )
        return bool(self._data)

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        if self.dtype.kind not in "iub":
            raise TypeError(f"a tensor of dtype {self.dtype} is no index (only integers are)")
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
        x._data, x._wants, x.base, x.cell = self._data.copy(), self._wants, None, [0, None]
        x.node = None
        x.grad = None if self.grad is None else self.grad.detach().clone()
        memo[id(self)] = x
        return x

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec and self.numel() == 1 else format(repr(self), spec)

    def __repr__(self) -> str:
        numbers = np.array2string(self.numpy(), separator=", ", prefix="tensor(", threshold=1000)
        plain = self.dtype in (float32, int64, bool_) and self.numel() > 0
        dtype = "" if plain else f", dtype={self.dtype}"
        place = "" if self.device == "cpu" else f", device={self.device!r}"
        graph = ", requires_grad=True" if self._wants else ""
        if self.node is not None:
            graph = f", op={self.node.op}"
        return f"tensor({numbers}{dtype}{place}{graph})"

    def __pos__(self) -> Tensor:
        return self

    __hash__ = object.__hash__


def tensor_of(function: str, name: str, value: Any) -> Tensor:
    """Return the value if it is a Tensor.

    Raises TypeError, naming function and argument, if it is not.
    """
    if not isinstance(value, Tensor):
        raise TypeError(f"{function}: {name} must be a Tensor, not {type(value).__name__}")
    return value


def float_tensor(function: str, name: str, value: Any) -> Tensor:
    """Return the value if it is a Tensor of floats. Raises TypeError if it is not."""
    x = tensor_of(function, name, value)
    if x.dtype.kind != "f":
        raise TypeError(
            f"{function}: {name} has dtype {x.dtype}; it must be a float (use .float())"
        )
    return x


def one_dtype(function: str, **tensors: Tensor | None) -> None:
    """Raise TypeError unless all are Tensors of one float dtype; all but the first may be None."""
    first = ""
    for name, x in tensors.items():
        if x is None and first:
            continue
        found = float_tensor(function, name, x).dtype
        if not first:
            first, dtype = name, found
        elif found != dtype:
            raise TypeError(
                f"{function}: {first} has dtype {dtype} and {name} {found}; they must be equal "
                "(use .to)"
            )


def require_writable(function: str, x: Tensor) -> None:
    """Raise RuntimeError if the memory of x is read-only, or expanded (one number, many places)."""
    strides = zip(x._data.strides, x.shape, strict=True)
    expanded = any(stride == 0 and size > 1 for stride, size in strides)
    if expanded or not getattr(x._data.flags, "writeable", True):
        why = "expanded" if expanded else "read-only"
        raise RuntimeError(
            f"{function}: the memory of a tensor of shape {x.shape} is {why}; change a clone"
        )


def require_room(told: str, x: Tensor, shape: tuple[int, ...]) -> None:
    """Raise ValueError that begins with `told` if no array of x's dtype can have this shape."""
    try:
        backend.namespace(x._data).empty(shape, x.dtype)
    except (ValueError, MemoryError) as error:
        raise ValueError(f"{told} makes an output of shape {shape}: {error}") from error
