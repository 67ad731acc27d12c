"""A stand-in for CuPy that runs on NumPy, so that the GPU path is tested on every machine.

It is stricter than CuPy and never more generous: no implicit conversion to the host, no mixing of
host and device arrays, no NumPy function applied to a device array, results that are arrays even if
0-d, and only functions that CuPy has, by name. `installed()` puts it into `sys.modules` as `cupy`.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

# ------------------------------------------------------------------------------------ what CuPy has

FUNCTIONS = set(
    """
    abs absolute add all allclose amax amin angle any append arange arccos arccosh arcsin arcsinh
    arctan arctan2 arctanh argmax argmin argpartition argsort argwhere around array_equal
    array_split atleast_1d atleast_2d atleast_3d average bincount bitwise_and bitwise_not bitwise_or
    bitwise_xor broadcast_arrays broadcast_to cbrt ceil choose clip column_stack compress
    concatenate conj convolve copy copysign copyto corrcoef correlate cos cosh count_nonzero cov
    cross cumprod cumsum deg2rad delete diag diag_indices diagflat diagonal diff digitize divide
    divmod dot dsplit dstack einsum empty empty_like equal exp exp2 expand_dims expm1 extract eye
    fabs fill_diagonal fix flatnonzero flip fliplr flipud floor floor_divide fmax fmin fmod frexp
    full full_like gradient greater greater_equal heaviside histogram hsplit hstack hypot i0
    identity indices inner interp invert isclose isfinite isinf isnan isneginf isposinf ix_ kron
    ldexp left_shift less less_equal linspace log log10 log1p log2 logaddexp logaddexp2 logical_and
    logical_not logical_or logical_xor logspace matmul max maximum mean median meshgrid mgrid min
    minimum mod modf moveaxis multiply nan_to_num nanargmax nanargmin nanmax nanmean nanmin nanprod
    nanstd nansum nanvar negative nextafter nonzero not_equal ones ones_like outer pad partition
    percentile piecewise place positive power prod ptp put quantile rad2deg ravel ravel_multi_index
    real reciprocal remainder repeat require reshape resize result_type right_shift rint roll
    rollaxis rot90 round searchsorted select sign signbit sin sinc sinh size sort split sqrt square
    squeeze stack
    std subtract sum swapaxes take take_along_axis tan tanh tensordot tile trace transpose trapezoid
    tri tril tril_indices triu triu_indices true_divide trunc unique unravel_index unwrap vander var
    vdot vsplit vstack where zeros zeros_like
    """.split()  # noqa: SIM905
)
CONSTANTS = set(
    """
    bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 dtype inf nan pi
    e newaxis finfo iinfo can_cast promote_types errstate
    """.split()  # noqa: SIM905
)
METHODS = set(
    """
    all any argmax argmin argpartition argsort astype clip conj copy cumprod cumsum diagonal dot
    fill flatten max mean min nonzero partition prod put ravel repeat reshape round searchsorted
    sort squeeze std sum swapaxes take trace transpose var view
    """.split()  # noqa: SIM905
)
# Keyword arguments of NumPy that CuPy does not take: `where` in ufuncs and reductions (only copyto,
# `where` itself and sum-like functions of other names have it), `initial`, and the others anywhere.
REFUSED = {"initial", "subok", "signature", "extobj", "axes", "sig", "casting"}
WHERE = {"copyto"}
PROPERTIES = {"shape", "dtype", "ndim", "size", "itemsize", "nbytes", "strides"}


class ndarray:
    """An array "on the device"."""

    __module__ = "cupy"
    __slots__ = ("__weakref__", "_host", "base")

    def __init__(self, host: np.ndarray, base: "ndarray | None" = None) -> None:
        self._host, self.base = host, base

    def __getattr__(self, name: str) -> Any:
        if name in PROPERTIES:
            return getattr(self._host, name)
        if name == "diagonal":
            return self._diagonal
        if name in METHODS:

            def call(*args: Any, **kwargs: Any) -> Any:
                _require_known(name, kwargs)
                found = getattr(self._host, name)(*_host(args), **_host(kwargs))
                return self._wrap(_narrowed(name, found, kwargs))

            return call
        raise AttributeError(f"'cupy.ndarray' object has no attribute {name!r}")

    def _wrap(self, value: Any) -> Any:
        """On the device; a view knows the owner of its memory."""
        found = _device(value)
        if (
            isinstance(found, ndarray)
            and isinstance(value, np.ndarray)
            and np.may_share_memory(value, self._host)
        ):
            found.base = self if self.base is None else self.base
        return found

    def _diagonal(self, *args: Any) -> "ndarray":
        """A view that can be written to, as CuPy's; NumPy's cannot."""
        view = self._host.diagonal(*args)
        view.flags.writeable = self._host.flags.writeable
        return self._wrap(view)

    @property
    def T(self) -> "ndarray":
        return self.transpose()

    @property
    def flags(self) -> Any:
        f = self._host.flags
        return SimpleNamespace(
            c_contiguous=f.c_contiguous, f_contiguous=f.f_contiguous, owndata=self.base is None
        )

    @property
    def device(self) -> Any:
        return SimpleNamespace(id=0)

    def get(self) -> np.ndarray:
        return self._host.copy()

    def item(self) -> Any:
        return self._host.item()

    def tolist(self) -> Any:
        return self._host.tolist()

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError(
            "Implicit conversion to a NumPy array is not allowed. Please use `.get()` explicitly."
        )

    def __array_ufunc__(self, ufunc: Any, *_: Any, **__: Any) -> Any:
        raise TypeError(f"numpy.{ufunc.__name__} was called on a device array")

    def __array_function__(self, function: Any, *_: Any, **__: Any) -> Any:
        raise TypeError(f"numpy.{function.__name__} was called on a device array")

    def __array_namespace__(self, **_: Any) -> Any:
        return sys.modules["cupy"]

    def __len__(self) -> int:
        return len(self._host)

    def __iter__(self) -> Iterator["ndarray"]:
        return (self[i] for i in range(len(self)))

    def __bool__(self) -> bool:
        return bool(self._host)

    def __int__(self) -> int:
        return int(self._host)

    def __float__(self) -> float:
        return float(self._host)

    def __index__(self) -> int:
        return self._host.__index__()

    def __getitem__(self, key: Any) -> "ndarray":
        return self._wrap(self._host[_host(key)])

    def __setitem__(self, key: Any, value: Any) -> None:
        self._host[_host(key)] = _host(value)

    def __repr__(self) -> str:
        return repr(self._host)

    __hash__ = None  # type: ignore[assignment]


def _operator(name: str) -> Any:
    def method(self: ndarray, *others: Any) -> Any:
        found = getattr(self._host, name)(*_host(others))
        if name.startswith("__i") and name not in ("__invert__",):
            return self
        return found if found is NotImplemented else self._wrap(found)

    return method


for _name in [
    "add",
    "sub",
    "mul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "matmul",
    "and",
    "or",
    "xor",
]:
    for _form in ("", "r", "i"):
        setattr(ndarray, f"__{_form}{_name}__", _operator(f"__{_form}{_name}__"))
for _name in ["neg", "pos", "abs", "invert", "eq", "ne", "lt", "le", "gt", "ge"]:
    setattr(ndarray, f"__{_name}__", _operator(f"__{_name}__"))


def _host(value: Any) -> Any:
    """What NumPy shall see; TypeError for an array that is on the host already."""
    if isinstance(value, ndarray):
        return value._host
    if isinstance(value, np.ndarray):
        raise TypeError(
            "Unsupported type <class 'numpy.ndarray'>: a host array where a device array is due"
        )
    if isinstance(value, tuple | list):
        return type(value)(_host(v) for v in value)
    return {k: _host(v) for k, v in value.items()} if isinstance(value, dict) else value


# What returns NumPy's own integer, which has 32 bits on some platforms.
INTEGERS = set(
    """
    arange argmax argmin argpartition argsort argwhere bincount count_nonzero digitize flatnonzero
    indices nonzero searchsorted unravel_index ravel_multi_index
    """.split()  # noqa: SIM905
)
BITS = [64]  # of this integer; a test sets 32


def _narrowed(name: str, found: Any, kwargs: Any) -> Any:
    """The result with NumPy's own integers of so many bits, as on a platform of 32 bits."""
    if BITS[0] == 64 or name not in INTEGERS | {"unique"} or "dtype" in kwargs:
        return found
    if isinstance(found, tuple):
        rest = [_narrowed(name, part, kwargs) for part in found]
        return (found[0], *rest[1:]) if name == "unique" else tuple(rest)
    whole = isinstance(found, np.ndarray | np.generic) and found.dtype == np.int64
    return found.astype(np.int32) if whole else found


def _require_known(name: str, kwargs: dict[str, Any]) -> None:
    """Raise TypeError for a keyword argument that CuPy's function does not take."""
    refused = REFUSED - ({"casting"} if name in ("copyto", "astype", "concatenate") else set())
    for keyword in kwargs:
        if keyword in refused or (keyword == "where" and name not in WHERE):
            raise TypeError(f"cupy.{name}() got an unexpected keyword argument {keyword!r}")


def _device(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return ndarray(np.asarray(value))
    return type(value)(_device(v) for v in value) if type(value) in (tuple, list) else value


# --------------------------------------------------------------------------------------- the module


class CUDARuntimeError(RuntimeError):
    pass


class Device:
    """A context manager for device 0, the only one."""

    def __init__(self, id: int = 0) -> None:
        self.id = id

    def __enter__(self) -> "Device":
        if self.id != 0:
            raise CUDARuntimeError("cudaErrorInvalidDevice: invalid device ordinal")
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def use(self) -> "Device":
        return self.__enter__()

    def synchronize(self) -> None:
        pass


class Module(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name in FUNCTIONS:
            function = getattr(np, name)

            def call(*args: Any, **kwargs: Any) -> Any:
                _require_known(name, kwargs)
                out = kwargs.get("out")
                found = _narrowed(name, function(*_host(args), **_host(kwargs)), kwargs)
                first = next((a for a in args if isinstance(a, ndarray)), None)
                return (
                    out
                    if out is not None
                    else _device(found)
                    if first is None
                    else first._wrap(found)
                )

            return call
        if name in CONSTANTS:
            return getattr(np, name)
        raise AttributeError(f"module 'cupy' has no attribute {name!r}")


def _array(value: Any, dtype: Any = None, copy: bool = True, **_: Any) -> ndarray:
    host = np.array(value._host if isinstance(value, ndarray) else _plain(value), dtype=dtype)
    if not host.dtype.isnative or host.dtype.kind not in "biufc":
        raise TypeError(f"Unsupported dtype {host.dtype}")
    return ndarray(host)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    return value._host if isinstance(value, ndarray) else value


def _asarray(value: Any, dtype: Any = None, **_: Any) -> ndarray:
    same = isinstance(value, ndarray) and (dtype is None or value.dtype == dtype)
    return value if same else _array(value, dtype)


def _contiguous(value: Any, dtype: Any = None) -> ndarray:
    value = _asarray(value, dtype)
    return value if value.flags.c_contiguous else ndarray(np.ascontiguousarray(value._host))


def module() -> Module:
    """A fresh module `cupy`."""
    cupy = Module("cupy")
    cupy.ndarray, cupy.array, cupy.asarray, cupy.ascontiguousarray = (
        ndarray,
        _array,
        _asarray,
        _contiguous,
    )
    cupy.asnumpy = lambda value: value.get() if isinstance(value, ndarray) else np.asarray(value)
    cupy.get_array_module = lambda *xs: cupy if any(isinstance(x, ndarray) for x in xs) else np
    runtime = SimpleNamespace(
        CUDARuntimeError=CUDARuntimeError,
        getDevice=lambda: 0,
        getDeviceCount=lambda: 1,
        getDeviceProperties=lambda index: {"name": b"stand-in"},
        deviceSynchronize=lambda: None,
    )
    null = SimpleNamespace(synchronize=lambda: None, null=None)
    cupy.cuda = SimpleNamespace(Device=Device, runtime=runtime, Stream=SimpleNamespace(null=null))
    pool = SimpleNamespace(free_all_blocks=lambda: None, used_bytes=lambda: 0)
    cupy.get_default_memory_pool = lambda: pool
    windows = np.lib.stride_tricks

    def view(name: str) -> Any:
        return lambda x, *args, **kwargs: x._wrap(getattr(windows, name)(x._host, *args, **kwargs))

    tricks = SimpleNamespace(
        as_strided=view("as_strided"), sliding_window_view=view("sliding_window_view")
    )
    cupy.lib = SimpleNamespace(stride_tricks=tricks)
    return cupy


@contextmanager
def installed() -> Iterator[Module]:
    """Inside, `import cupy` finds the stand-in."""
    before = sys.modules.get("cupy")
    sys.modules["cupy"] = cupy = module()
    try:
        yield cupy
    finally:
        del sys.modules["cupy"]
        if before is not None:
            sys.modules["cupy"] = before
