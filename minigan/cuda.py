"""GPUs, with the names of `torch.cuda`: whether there is one, how many, and waiting for it.

GPUs are used through CuPy. Without CuPy, or without a GPU, there are none and everything runs on
the CPU; then there is nothing to wait for and nothing to free.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, NoReturn

from minigan.backend import device as Device
from minigan.checks import absent

_SEED = "pass generator=SEED to whatever draws, such as randn(..., generator=0)"
_STREAM = "leave it out: ops run in the order in which they are called"
_KINDS = ("Float", "Double", "Half", "Long", "Int", "Short", "Char", "Byte", "Bool")

_INSTEAD = {
    **dict.fromkeys(("manual_seed", "manual_seed_all", "seed", "seed_all", "initial_seed"), _SEED),
    **dict.fromkeys(("get_rng_state", "set_rng_state"), _SEED),
    **{f"{kind}Tensor": f"write x.{kind.lower()}().cuda()" for kind in _KINDS},
    **dict.fromkeys(("Stream", "stream", "current_stream", "default_stream"), _STREAM),
    **dict.fromkeys(("max_memory_allocated", "memory_reserved"), "write cuda.memory_allocated()"),
    "amp": "leave it out: every op computes in the dtype of its inputs",
    "Event": "measure with time.perf_counter() after minigan.cuda.synchronize()",
    "is_bf16_supported": "NumPy and CuPy have no bfloat16: it is False",
}


def is_available() -> bool:
    """Return whether CuPy is installed and finds a GPU.

    >>> is_available() == (device_count() > 0)
    True
    """
    return device_count() > 0


def device_count() -> int:
    """Return the number of GPUs; 0 without CuPy."""
    cupy = _cupy()
    if cupy is None:
        return 0
    try:
        return int(cupy.cuda.runtime.getDeviceCount())
    except cupy.cuda.runtime.CUDARuntimeError:  # CuPy is installed, and no GPU is there
        return 0


def current_device() -> int:
    """Return the number of the current GPU. Raises RuntimeError if there is no GPU."""
    return int(_require_gpu("current_device").cuda.runtime.getDevice())


def set_device(device: str | int) -> None:
    """Make a GPU the current one, which "cuda" means. Raises RuntimeError if there is none."""
    _gpu("set_device", device).use()


def device(device: str | int) -> AbstractContextManager[Any]:
    """Return a context in which a GPU is the current one. Raises RuntimeError if there is none."""
    context: AbstractContextManager[Any] = _gpu("device", device)
    return context


def get_device_name(device: str | int | None = None) -> str:
    """Return the name of a GPU, by default the current one's. Raises RuntimeError without one."""
    cupy = _require_gpu("get_device_name")
    gpu = cupy.cuda.Device() if device is None else _gpu("get_device_name", device)
    return str(cupy.cuda.runtime.getDeviceProperties(gpu.id)["name"].decode())


def synchronize(device: str | int | None = None) -> None:
    """Wait until the GPU has done all its work. On a machine without a GPU nothing is pending.

    >>> synchronize()
    """
    if is_available():
        _gpu("synchronize", "cuda" if device is None else device).synchronize()


def empty_cache() -> None:
    """Return memory that CuPy keeps for reuse to the GPU. Without a GPU nothing is kept.

    >>> empty_cache()
    """
    if (cupy := _cupy()) is not None and is_available():
        cupy.get_default_memory_pool().free_all_blocks()


def memory_allocated(device: str | int | None = None) -> int:
    """Return the bytes of all arrays on the current GPU; 0 without one.

    >>> memory_allocated() >= 0
    True
    """
    cupy = _cupy()
    if cupy is None or not is_available():
        return 0
    with _gpu("memory_allocated", "cuda" if device is None else device):
        return int(cupy.get_default_memory_pool().used_bytes())


def _cupy() -> Any:
    """Return the module cupy, or None if it cannot be imported."""
    try:
        import cupy
    except ImportError:
        return None
    return cupy


def _require_gpu(function: str) -> Any:
    """Return the module cupy. Raises RuntimeError if there is no GPU."""
    if not is_available():
        raise RuntimeError(
            f"cuda.{function}: there is no GPU that CuPy can use (pip install 'minigan[gpu]'); ask "
            "minigan.cuda.is_available() first"
        )
    return _cupy()


def _gpu(function: str, device: str | int) -> Any:
    """Return CuPy's object for a GPU. Raises ValueError if the device is not a GPU that exists."""
    cupy = _require_gpu(function)
    target = Device(device)
    index = cupy.cuda.runtime.getDevice() if target.index is None else target.index
    if target.type != "cuda" or index >= device_count():
        legal = ", ".join(repr(f"cuda:{i}") for i in range(device_count()))
        raise ValueError(f"cuda.{function}: device={device!r} is not a GPU here (legal: {legal})")
    return cupy.cuda.Device(index)


def _no_attribute(name: str) -> NoReturn:
    raise absent("minigan.cuda", name, _INSTEAD)


globals()["__getattr__"] = _no_attribute  # type checkers shall still find misspelt names
