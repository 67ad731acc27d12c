"""Values as JSON: how inputs reach a submission's process and how its answers come back.

The same file runs in the grader and in the submission's process, so it imports NumPy only. JSON is
used and not pickle, because reading a pickle runs code. Every type keeps its name, so that the
grader sees what was returned: a list is not an array, and True is not 1.

    None, bool, str, int, finite float    themselves
    another float                         {"f": "inf"}
    NumPy scalar                          {"n": "float32", "v": 1.5}
    array                                 {"a": base64, "d": "float64", "s": [2, 3], "o": "C"}
    list, tuple, dict                     {"l": [...]}, {"t": [...]}, {"m": [[key, value], ...]}
    another real number                   {"r": 0.5}
    anything else                         {"x": "the name of its type"}
"""

from __future__ import annotations

import base64
import json
import math
import numbers
import secrets
from dataclasses import dataclass
from typing import Any

import numpy as np

LAYOUTS = ("C", "F", "strided", "reversed")  # orders in memory that an array can be sent in
DTYPES = (
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "float32", "float64", "complex64", "complex128",
)  # fmt: skip
LONGEST = 8 << 20  # bytes of one message
_DEPTH, _ITEMS, _TEXT, _BITS = 12, 200_000, 20_000, 4_000


@dataclass(frozen=True)
class Other:
    """A value that is no number, array, text, list, tuple or dict: only its type is known."""

    type: str


@dataclass(frozen=True)
class Laid:
    """An array that is sent in a given order in memory, one of LAYOUTS."""

    array: np.ndarray[Any, Any]
    layout: str = "C"


def encode(value: Any) -> Any:
    """Return a value as JSON, by the table above.

    >>> encode([1, True, 2.5, float("nan")])
    {'l': [1, True, 2.5, {'f': 'nan'}]}
    >>> encode(np.float64(2.0)), encode(object())
    ({'n': 'float64', 'v': 2.0}, {'x': 'object'})
    """
    return _encode(value, _DEPTH, [_ITEMS])


def _encode(value: Any, depth: int, left: list[int]) -> Any:
    left[0] -= 1
    if depth < 0 or left[0] < 0:
        return {"x": "a value with too many parts"}
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is int:
        return value if value.bit_length() <= _BITS else {"x": "an integer of too many digits"}
    if kind is float:
        return _number(value)
    if kind is str:
        return value if len(value) <= _TEXT else {"x": "a text that is too long"}
    if kind in (list, tuple, range, dict) and len(value) > left[0]:
        return {"x": f"a {kind.__name__} of {len(value)} entries"}
    if kind is list or kind is tuple or kind is range:
        return {"t" if kind is tuple else "l": [_encode(v, depth - 1, left) for v in value]}
    if kind is dict:
        pairs = [[_encode(k, 0, left), _encode(v, depth - 1, left)] for k, v in value.items()]
        return {"m": pairs}
    try:
        return _encode_other(value, depth, left)
    except Exception:  # an object whose methods raise
        return {"x": kind.__name__[:60]}


def _encode_other(value: Any, depth: int, left: list[int]) -> Any:
    if isinstance(value, Laid):
        return {**_array(value.array), "o": value.layout}
    if isinstance(value, np.ndarray):
        return _array(np.ndarray.view(value, np.ndarray))  # a subclass counts by its data
    if isinstance(value, str):  # a subclass, as np.str_
        return _encode(str.__str__(value), depth, left)
    if isinstance(value, np.generic):
        name = value.dtype.name
        if name in DTYPES:
            number = np.ndarray.item(np.ndarray.view(np.asarray(value), np.ndarray))
            return {"n": name, "v": _encode(number, 0, left) if name[0] != "c" else str(number)}
        if isinstance(value, np.floating):
            return {"r": _number(float(value))}
    elif isinstance(value, bool | int):
        return int.__int__(value)
    elif isinstance(value, list | tuple):  # subclasses, as of collections.namedtuple
        base: Any = tuple if isinstance(value, tuple) else list
        return _encode(base(base.__iter__(value)), depth, left)
    elif isinstance(value, numbers.Real):
        return {"r": _number(float(value))}
    return {"x": type(value).__name__[:60]}


def _number(value: float) -> Any:
    return value if math.isfinite(value) else {"f": repr(value)}


def _array(value: np.ndarray[Any, Any]) -> Any:
    if value.dtype.kind == "f" and value.dtype.itemsize > 8:
        value = value.astype(np.float64)
    if value.dtype.name not in DTYPES or value.nbytes > LONGEST // 2:
        return {"x": f"an array of {value.nbytes >> 20} MB and dtype {value.dtype.name[:30]}"}
    value = value.astype(value.dtype.newbyteorder("="), copy=False)
    data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
    return {"a": data, "d": value.dtype.name, "s": list(value.shape), "o": "C"}


def decode(data: Any) -> Any:
    """Return the value that `encode` has written; arrays are writable and of their own memory.

    Raises ValueError if the data was not written by `encode`.

    >>> decode(encode((1, np.arange(3)[::-1])))
    (1, array([2, 1, 0]))
    """
    try:
        return _decode(data)
    except (KeyError, TypeError, IndexError, AttributeError, RecursionError, MemoryError) as error:
        raise ValueError(f"decode: the data cannot be read ({type(error).__name__})") from error


def _decode(data: Any) -> Any:
    if not isinstance(data, dict):
        if data is None or isinstance(data, bool | int | float | str):
            return data
        raise ValueError("decode: the data cannot be read")
    ((kind, value),) = list(data.items())[:1]
    if kind == "a":
        return _arranged(data)
    if kind == "n":
        number = complex(data["v"]) if str(value)[0] == "c" else _decode(data["v"])
        return np.dtype(DTYPES[DTYPES.index(value)]).type(number)
    if kind == "f":
        return {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}[value]
    if kind == "r":
        return np.float64(_decode(value))
    if kind in "lt":
        found = [_decode(v) for v in value]
        return found if kind == "l" else tuple(found)
    if kind == "m":
        return {_decode(k): _decode(v) for k, v in value}
    return Other(str(data["x"])[:60])


def _arranged(data: dict[str, Any]) -> np.ndarray[Any, Any]:
    """Return a new array with this data in the order in memory that is asked for."""
    shape = tuple(int(n) for n in data["s"])
    dtype = np.dtype(DTYPES[DTYPES.index(data["d"])])
    flat = np.frombuffer(base64.b64decode(data["a"], validate=True), dtype)
    if min(shape, default=0) < 0 or math.prod(shape) != flat.size:
        raise ValueError("decode: shape and data of an array do not fit")
    values = flat.reshape(shape)
    layout = data.get("o", "C")
    if layout == "F":
        return np.array(values, order="F")
    if layout == "strided":
        wide = np.zeros([2 * n + 1 for n in shape], dtype)[tuple(slice(1, None, 2) for _ in shape)]
    elif layout == "reversed":
        wide = np.empty(shape, dtype)[tuple(slice(None, None, -1) for _ in shape)]
    else:
        return values.copy()
    wide[...] = values
    return wide


# ------------------------------------------------------------------------------------- messages


def nonce() -> str:
    """Return a random text that is used once: an answer repeats that of its question."""
    return secrets.token_hex(12)


def line(message: dict[str, Any]) -> bytes:
    """Return a message as one line of strict JSON."""
    return json.dumps(message, allow_nan=False).encode() + b"\n"


def message(data: bytes) -> dict[str, Any]:
    """Return the message of a line. Raises ValueError if it is not one."""
    try:
        found = json.loads(data)
    except (RecursionError, MemoryError, UnicodeDecodeError) as error:
        raise ValueError(f"message: {type(error).__name__}") from error
    if not isinstance(found, dict):
        raise ValueError("message: not a JSON object")
    return found
