"""A package that is called minigan and holds nothing, for parts in which the library is not used.

Importing it, or naming something in it, is allowed: a submission may use the library in another
part. Calling anything of it raises LibraryUsed and is reported. Where the handout gives `conv2d`,
that function works, and so do the tensors that it needs.

This file runs in the submission's process, and imports NumPy only.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any, Self

import numpy as np


class LibraryUsed(RuntimeError):
    """A part has called a function of the library, which it must not use."""


Report = Callable[[str], None]  # receives what was used, as "library minigan.nn.functional.relu"


def install(report: Report, conv2d_given: bool) -> None:
    """Let `import minigan` find the stand-in. Uses are told to `report`."""
    given = _given() if conv2d_given else {}
    finder = _Finder(report, given)
    sys.meta_path.insert(0, finder)
    for name in [name for name in sys.modules if name.split(".")[0] == "minigan"]:
        del sys.modules[name]
    # So that `sys.modules["minigan.nn.functional"]` finds the stand-in too.
    for name in ("minigan", "minigan.conv", "minigan.geometry", "minigan.theory", "minigan.nn",
                 "minigan.nn.functional", "minigan.autograd", "minigan.functions"):  # fmt: skip
        importlib.import_module(name)


class _Module(ModuleType):
    """A module in which every name is found, and nothing can be called."""

    def __init__(self, name: str, report: Report, given: dict[str, Any]) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self._report, self._given = report, given

    def __getattr__(self, name: str) -> Any:
        whole = f"{self.__name__}.{name}"
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        if whole in sys.modules:
            return sys.modules[whole]
        return self._given.get(whole) or _Name(whole, self._report)


class _Name:
    """Something of the library: it can be named, and reports when it is called or read."""

    def __init__(self, path: str, report: Report) -> None:
        self._path, self._report = path, report

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return _Name(f"{self._path}.{name}", self._report)

    def _used(self, *_: Any, **__: Any) -> Any:
        self._report(f"library {self._path}")
        raise LibraryUsed(f"{self._path} belongs to the library, which this part must not use")

    __call__ = __iter__ = __getitem__ = __len__ = __array__ = __enter__ = _used
    __add__ = __radd__ = __mul__ = __rmul__ = __matmul__ = __rmatmul__ = __sub__ = _used

    def __mro_entries__(self, bases: Any) -> tuple[type, ...]:
        return ()  # `class Net(minigan.nn.Module)` in another part's code is a class of its own


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, report: Report, given: dict[str, Any]) -> None:
        self._report, self._given = report, given

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name.split(".")[0] != "minigan":
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: Any) -> ModuleType:
        return _Module(spec.name, self._report, self._given)

    def exec_module(self, module: ModuleType) -> None:
        pass


# ------------------------------------------------------------------------ what the handout gives


def conv2d(x: Any, w: Any, stride: Any = (1, 1), padding: Any = (0, 0)) -> Any:
    """Return the convolution of x (C, X, X') with w (K, C, k, k'); negative padding crops."""
    (s, t), (p, q) = _pair(stride), _pair(padding)
    x = np.pad(x, ((0, 0), (max(p, 0),) * 2, (max(q, 0),) * 2))
    x = x[:, max(-p, 0) : x.shape[1] - max(-p, 0), max(-q, 0) : x.shape[2] - max(-q, 0)]
    if x.shape[0] != w.shape[1]:
        raise ValueError(f"conv2d: x of shape {x.shape} has not the channels of w {w.shape}")
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(1, 2))
    return np.einsum("cabij,kcij->kab", windows[:, ::s, ::t], w)


def _pair(value: Any) -> tuple[int, int]:
    a, b = value if isinstance(value, tuple | list | np.ndarray) else (value, value)
    return int(a), int(b)


class Tensor:
    """The little of a tensor that `conv2d` needs: its array, and views of it."""

    def __init__(self, data: Any, requires_grad: bool = False, dtype: Any = None) -> None:
        self._a: Any = np.array(data._a if isinstance(data, Tensor) else data, dtype=dtype)

    def numpy(self) -> Any:
        """Return the array."""
        return self._a

    data = property(lambda self: self)
    shape = property(lambda self: self._a.shape)
    dtype = property(lambda self: self._a.dtype)
    ndim = property(lambda self: self._a.ndim)
    T = property(lambda self: Tensor(self._a.T))

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.asarray(self._a, dtype)

    def __getitem__(self, index: Any) -> Self:
        return type(self)(self._a[index])

    def __len__(self) -> int:
        return len(self._a)

    def detach(self) -> Self:
        """Return the tensor itself: nothing is recorded here."""
        return self

    clone = double = contiguous = detach

    def size(self, axis: int | None = None) -> Any:
        """Return the shape, or one size of it."""
        return self._a.shape if axis is None else self._a.shape[axis]

    def flip(self, *axes: Any) -> Self:
        """Return the tensor with these axes reversed."""
        return type(self)(np.flip(self._a, _flat(axes)))

    def permute(self, *axes: Any) -> Self:
        """Return the tensor with its axes in this order."""
        return type(self)(np.transpose(self._a, _flat(axes)))

    def transpose(self, a: int, b: int) -> Self:
        """Return the tensor with two axes exchanged."""
        return type(self)(np.swapaxes(self._a, a, b))

    def reshape(self, *shape: Any) -> Self:
        """Return the tensor in another shape."""
        return type(self)(self._a.reshape(_flat(shape)))

    view = reshape

    def squeeze(self, axis: int) -> Self:
        """Return the tensor without an axis of size 1."""
        return type(self)(np.squeeze(self._a, axis))

    def unsqueeze(self, axis: int) -> Self:
        """Return the tensor with another axis of size 1."""
        return type(self)(np.expand_dims(self._a, axis))


def _flat(values: Iterable[Any]) -> tuple[int, ...]:
    return tuple(
        v for value in values for v in (value if isinstance(value, tuple | list) else [value])
    )


def _library_conv2d(
    input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0,
    dilation: Any = 1, groups: int = 1, *, by: Any = None,
) -> Tensor:  # fmt: skip
    """Return what `minigan.nn.functional.conv2d` does, without dilation and groups."""
    x, w = np.asarray(input), np.asarray(weight)
    if _pair(dilation) != (1, 1) or groups != 1:
        raise ValueError("conv2d: dilation and groups are not available here")
    batch = x if x.ndim == 4 else x[None]
    y = np.stack([conv2d(one, w, stride, padding) for one in batch])
    y = y if bias is None else y + np.asarray(bias)[:, None, None]
    return Tensor(y if x.ndim == 4 else y[0])


def _given() -> dict[str, Any]:
    names: dict[str, Any] = {"Tensor": Tensor, "tensor": Tensor, "autograd.Tensor": Tensor}
    names |= {name: np.dtype(name) for name in ("float32", "float64", "double", "float")}
    return {"minigan.nn.functional.conv2d": _library_conv2d} | {
        f"minigan.{name}": value for name, value in names.items()
    }
