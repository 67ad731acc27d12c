"""The one file that tells NumPy from CuPy: where arrays live, and generators of random numbers."""

from __future__ import annotations

import re
import sys
from typing import Any, TypeAlias

import numpy as np

Array = Any  # numpy.ndarray or cupy.ndarray: the same interface, but no common base class

# -------------------------------------------------------------------------------- where arrays live


def namespace(*arrays: Array) -> Any:
    """Return the module whose functions work on these arrays: CuPy if one is CuPy's, else NumPy.

    >>> namespace(np.zeros(3)).__name__
    'numpy'
    """
    for array in arrays:
        if type(array) is not np.ndarray and type(array).__module__.partition(".")[0] == "cupy":
            return sys.modules["cupy"]
    return np


def is_array(value: object) -> bool:
    """Return whether the value is a NumPy or CuPy array; NumPy's scalars are not.

    >>> is_array(np.zeros(3)), is_array(np.float64(0))
    (True, False)
    """
    return isinstance(value, np.ndarray) or (
        namespace(value) is not np and hasattr(value, "__array_namespace__")
    )


def to_numpy(array: Array) -> np.ndarray[Any, Any]:
    """Return the array as a NumPy array, itself if it is one already."""
    xp = namespace(array)
    return np.asarray(array if xp is np else xp.asnumpy(array))


class device(str):
    """Where arrays live: "cpu", "cuda" (the current GPU) or "cuda:N".

    It is a string with the parts `type` and `index`, so it equals its text, and every function that
    takes the name of a device takes it. The number may be an argument of its own, and a number
    alone means a GPU. Raises ValueError for any other name.

    >>> device("cuda:1").type, device("cuda", 1).index, device("cpu") == "cpu"
    ('cuda', 1, True)
    """

    __slots__ = ()

    def __new__(cls, type: str | int, index: int | None = None) -> device:
        """Return the device of this name or number."""
        text: Any = f"cuda:{type}" if isinstance(type, int) and type is not True else type
        if index is not None:
            text = f"{text}:{index}"
        if not isinstance(text, str) or not _DEVICE.fullmatch(text):
            raise ValueError(f"device={text!r} is not a device (legal: 'cpu', 'cuda', 'cuda:N')")
        return super().__new__(cls, text)

    @property
    def type(self) -> str:
        """The kind of device, "cpu" or "cuda"."""
        return str(self).partition(":")[0]

    @property
    def index(self) -> int | None:  # type: ignore[override]  # PyTorch's name hides str.index
        """The number of the device, or None if the name has none."""
        number = str(self).partition(":")[2]
        return int(number) if number else None

    def __repr__(self) -> str:
        index = "" if self.index is None else f", index={self.index}"
        return f"device(type={self.type!r}{index})"


_DEVICE = re.compile(r"cpu(:0)?|cuda(:[0-9]+)?")
_CPU = device("cpu")


def device_of(array: Array) -> device:
    """Return where the array lives, "cpu" or "cuda:N".

    >>> device_of(np.zeros(3))
    device(type='cpu')
    """
    return _CPU if namespace(array) is np else device("cuda", int(array.device.id))


def to_device(array: Array, name: str) -> Array:
    """Return the array on "cpu", "cuda" (the current GPU) or "cuda:N", itself if it is there.

    Raises ValueError for any other name, and RuntimeError if CuPy is missing or finds no such GPU.
    """
    target = name if isinstance(name, device) else device(name)
    if target.type == "cpu":
        return to_numpy(array)
    try:
        import cupy
    except ImportError as error:
        raise RuntimeError(
            f"device={str(target)!r} needs CuPy: pip install 'minigan[gpu]' (without a GPU, "
            "stay on the CPU and leave .cuda() out)"
        ) from error
    try:
        index = cupy.cuda.runtime.getDevice() if target.index is None else target.index
        with cupy.cuda.Device(int(index)):
            return cupy.asarray(array)
    except cupy.cuda.runtime.CUDARuntimeError as error:
        raise RuntimeError(f"device={str(target)!r}: CuPy finds no such GPU ({error})") from error


def default_formulation(*arrays: Array) -> str:
    """Return the name of the convolution formulation that is fastest where these arrays live.

    >>> default_formulation(np.zeros(3))
    'blocked'
    """
    return "blocked" if namespace(*arrays) is np else "im2col"


# ----------------------------------------------------------------------------------- random numbers

# a string, so that numpy.random is imported when it is used
Seed: TypeAlias = "np.random.Generator | int | None"


def as_generator(generator: Seed) -> np.random.Generator:
    """Return a generator of random numbers.

    This is `generator` itself if it is a Generator; an integer is a seed; None draws fresh entropy.
    Raises TypeError for other types, and ValueError for a negative seed.

    >>> as_generator(7).integers(100) == as_generator(7).integers(100)
    np.True_
    """
    if isinstance(generator, np.random.Generator):
        return generator
    if generator is None:
        return np.random.default_rng()
    if isinstance(generator, bool) or not isinstance(generator, int | np.integer):
        raise TypeError(
            f"generator={generator!r} must be a numpy.random.Generator, an integer seed or None"
        )
    if generator < 0:
        raise ValueError(f"generator={generator} is a seed and must be at least 0")
    return np.random.default_rng(int(generator))
