"""A Tensor is an array that remembers how it was computed.

Everything it can do is a function of the modules beside this one; the class lists which of them are
its methods.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any, NamedTuple, Self

import numpy as np

from minigan import backend
from minigan.tensor.checks import as_dim, tensor_of
from minigan.tensor.choosing import where
from minigan.tensor.comparison import eq, ne
from minigan.tensor.construct import array_of
from minigan.tensor.dtypes import DType, as_dtype, bool_, float16, float32, float64, int64
from minigan.tensor.joining import unbind
from minigan.tensor.methods import Methods
from minigan.tensor.op import Node, Op, is_grad_enabled
from minigan.tensor.operands import is_operand
from minigan.tensor.shaping import Cast, Transfer, clone, permute, reshape, transpose


class Base(NamedTuple):
    """How a tensor came to view another's memory, and whether that was recorded."""

    op: Op
    source: Tensor
    recorded: bool


class Tensor(Methods):
    """An array with a gradient: `Tensor(data, requires_grad=False)`.

    `data` is a number, a (nested) sequence, a NumPy or CuPy array or a Tensor; it is copied. Python
    floats become float32, as in PyTorch; arrays keep their dtype (foreign byte order is converted).
    A *leaf* is a tensor that no recorded op made; `backward()` adds into the `.grad` of every leaf
    that requires one.

    Raises TypeError for what does not hold bools, integers or real floats, or for
    `requires_grad=True` of integers.

    >>> x = Tensor([1.0, 2.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 4.])
    """

    __slots__ = ("__weakref__", "_data", "_wants", "base", "cell", "grad", "node")
    __array_ufunc__ = None  # array + tensor is this class's business
    __array_priority__ = 1000

    _data: backend.Array
    _wants: bool  # this leaf requires grad
    base: Base | None  # of which tensor it is a view
    cell: list[Any]  # [version, weak references to those who view the memory], shared among them
    grad: Tensor | None
    node: Node | None  # how it was computed

    def __init__(
        self,
        data: Any,
        requires_grad: bool = False,
        *,
        dtype: Any = None,
        device: str | None = None,
    ) -> None:
        self._data = array = array_of(data, dtype)
        if device is not None:
            self._data = array = backend.to_device(array, device)
        self._wants, self.base, self.cell, self.grad, self.node = False, None, [0, None], None, None
        if requires_grad:
            self.requires_grad = True

    @classmethod
    def _wrap(cls, array: backend.Array) -> Tensor:
        """A tensor around an array that is nobody else's, unchecked; NumPy's scalars, of 0-d
        arrays, become arrays.
        """
        x = object.__new__(Tensor)
        if isinstance(array, np.generic):
            array = np.asarray(array)
        x._data, x._wants, x.base, x.cell, x.grad, x.node = (
            array,
            False,
            None,
            [0, None],
            None,
            None,
        )
        return x

    @classmethod
    def _leaf(cls, array: backend.Array, requires_grad: bool) -> Tensor:
        x = cls._wrap(array)
        x.requires_grad = requires_grad
        return x

    def _share(self, op: Op, source: Tensor) -> None:
        """Note that this tensor, op(source), views its source's memory: one version, and all
        viewers known.
        """
        self.base, self.cell = Base(op, source, is_grad_enabled()), source.cell
        if self.cell[1] is None:
            self.cell[1] = [weakref.ref(source)]
        viewers = self.cell[1]
        viewers.append(weakref.ref(self))
        if len(viewers) & (len(viewers) - 1) == 0:  # now and then forget the dead
            viewers[:] = [viewer for viewer in viewers if viewer() is not None]

    def _twin(self, node: Node | None) -> Tensor:
        """Another tensor with this memory and version, at a node."""
        x = Tensor._wrap(self._data)
        x.cell, x.node = self.cell, node
        return x

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
    def T(self) -> Tensor:
        """Its dimensions in reverse order; of a matrix, the transpose."""
        return permute(self, tuple(reversed(range(self.ndim))))

    @property
    def mT(self) -> Tensor:
        """Its last two dimensions exchanged."""
        return transpose(self, -2, -1)

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

    def view_as(self, other: Tensor) -> Tensor:
        """The tensor in the shape of another."""
        return reshape(self, tensor_of("view_as", "other", other).shape)

    def where(self, condition: Tensor, other: Any) -> Tensor:
        """The tensor where the condition holds, other elsewhere."""
        return where(condition, self, other)

    def retain_grad(self) -> None:
        """Let backward() store the gradient of this tensor too, although it is no leaf."""
        if self.node is not None:
            self.node.result = weakref.ref(self)
        elif not self._wants:
            raise RuntimeError("retain_grad: this tensor does not require grad")

    # ----------------------------------------------------------------------------- dtype and device

    def to(self, *args: Any, dtype: Any = None, device: Any = None, copy: bool = False) -> Tensor:
        """The tensor in another dtype or on another device (or those of another tensor); itself if
        nothing changes.
        """
        for arg in args:
            if isinstance(arg, Tensor):
                dtype, device = arg.dtype, arg.device
            elif isinstance(arg, str) and arg.partition(":")[0] in ("cpu", "cuda"):
                device = arg
            elif isinstance(arg, bool) or arg is None:
                raise TypeError(f"to: {arg!r} is neither a dtype, a device nor a tensor")
            else:
                dtype = arg
        x = self
        if dtype is not None and (target := as_dtype(dtype, "to")) != x.dtype:
            x = Cast(x.dtype, target)(x)
        if device is not None:
            device = "cuda:0" if device == "cuda" and x.device == "cpu" else device
            if device not in (x.device, x.device.partition(":")[0]):
                x = Transfer(x.device, device)(x)
        return clone(x) if copy and x is self else x

    def type(self, dtype: Any) -> Tensor:
        """The tensor in another dtype."""
        return self.to(dtype=dtype)

    def type_as(self, other: Tensor) -> Tensor:
        """The tensor in the dtype of another."""
        return self.to(dtype=tensor_of("type_as", "other", other).dtype)

    def float(self) -> Tensor:
        """As float32."""
        return self.to(dtype=float32)

    def double(self) -> Tensor:
        """As float64."""
        return self.to(dtype=float64)

    def half(self) -> Tensor:
        """As float16."""
        return self.to(dtype=float16)

    def long(self) -> Tensor:
        """As int64."""
        return self.to(dtype=int64)

    def int(self) -> Tensor:
        """As int32."""
        return self.to(dtype="int32")

    def bool(self) -> Tensor:
        """As bool: whether not 0."""
        return self.to(dtype=bool_)

    def cpu(self) -> Tensor:
        """In the CPU's memory."""
        return self.to(device="cpu")

    def cuda(self) -> Tensor:
        """In the current GPU's memory."""
        return self.to(device="cuda")

    def contiguous(self) -> Tensor:
        """The tensor with its memory in row-major order: itself if it is so already."""
        return self if self._data.flags.c_contiguous else clone(self)

    # --------------------------------------------------------------------------------- Python's own

    def __len__(self) -> int:  # type: ignore[valid-type]
        if not self.ndim:
            raise TypeError("len() of a tensor without dimensions")
        return self.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        if not self.ndim:
            raise TypeError("iteration over a tensor without dimensions")
        return iter(unbind(self))

    def __contains__(self, value: Any) -> bool:  # type: ignore[valid-type]
        return bool((self == value)._data.any())

    def __bool__(self) -> bool:  # type: ignore[valid-type]
        if self.numel() != 1:
            raise ValueError(
                f"the truth of a tensor of shape {self.shape} is not one answer (use .any() or "
                ".all())"
            )
        return bool(self._data)

    def __float__(self) -> float:  # type: ignore[valid-type]
        return float(self.item())

    def __int__(self) -> int:  # type: ignore[valid-type]
        return int(self.item())

    def __index__(self) -> int:  # type: ignore[valid-type]
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
        graph = (
            f", op={self.node.op}"
            if self.node is not None
            else ", requires_grad=True"
            if self._wants
            else ""
        )
        return f"tensor({numbers}{dtype}{place}{graph})"

    def __pos__(self) -> Tensor:
        return self

    def __eq__(self, other: object) -> Any:
        return eq(self, other) if is_operand(other) else NotImplemented

    def __ne__(self, other: object) -> Any:
        return ne(self, other) if is_operand(other) else NotImplemented

    __hash__ = object.__hash__


Op.tensor = Tensor
