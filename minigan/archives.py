"""Reads .npz archives of NumPy that may be damaged: what is wrong is always a `DamagedError`.

Python's `zipfile` and `numpy.load` raise a dozen kinds of errors for damaged archives, and inflate
whatever an archive holds. Here the header of an array is checked before its numbers are read: its
bytes must be those of its shape and dtype. Only the arrays that are asked for by name are read, and
together not more bytes than the caller needs, or than a file of this size plausibly holds.
"""

from __future__ import annotations

import ast
import errno
import math
import re
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, NamedTuple

import numpy as np

MOST_BYTES, MOST_RATIO = 16 << 20, 150  # a file may inflate to 16 MiB, and 150 times its bytes
_LONGEST = 10_000  # bytes of a header, as in NumPy
_MOST_AXES = 32
_CHUNK = 1 << 20
_PLAIN = re.compile(
    r"\{'descr': ('[^'\\]*'), 'fortran_order': (True|False), 'shape': \(([0-9, ]*)\), \}\s*"
)
_DTYPE = re.compile(r"[<>|=]?[?bBhHiIlLqQefdgFDGpPuUcSVmMO]\d{0,9}(\[\w{1,9}\])?")
_DAMAGES: tuple[type[Exception], ...] = (
    *(ValueError, TypeError, KeyError, IndexError, AttributeError, EOFError, RuntimeError),
    *(OverflowError, RecursionError, NotImplementedError, struct.error),
)


class DamagedError(ValueError):
    """An archive that cannot be read; its text says what is wrong, without the name of the file."""


class Header(NamedTuple):
    """What an archive says about an array."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran: bool
    start: int  # the bytes before the numbers

    @property
    def bytes(self) -> int:
        """The bytes of all numbers."""
        return math.prod(self.shape) * self.dtype.itemsize


class Archive:
    """The arrays of an .npz archive, read one by one from an open binary file.

    `most` is how many bytes all arrays that are read may have, by default 16 MiB and 150 times the
    bytes of the file. Raises DamagedError if the file is not a zip archive, or its directory is
    damaged.

    >>> import io
    >>> file = io.BytesIO()
    >>> np.savez(file, a=np.arange(3), b=np.zeros((2, 5)))
    >>> archive = Archive(file)
    >>> archive.names, archive.header("b").shape, archive.read("a")
    (('a', 'b'), (2, 5), array([0, 1, 2]))
    """

    def __init__(self, file: IO[bytes], most: int | None = None) -> None:
        import zipfile  # only when a file is read: `import minigan` stays fast

        self._size = file.seek(0, 2)
        self._left = MOST_BYTES + MOST_RATIO * self._size if most is None else most
        with _damages():
            self._zip = zipfile.ZipFile(file)
            self._entries = {entry.filename: entry for entry in self._zip.infolist()}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the arrays, as in `numpy.load`."""
        return tuple(name.removesuffix(".npy") for name in self._entries)

    def header(self, name: str) -> Header:
        """Return shape and dtype of an array. Raises DamagedError if it cannot be an array."""
        with self._opened(name) as file:
            return self._header(name, file)

    def read(self, name: str) -> np.ndarray[Any, Any]:
        """Return an array. Raises DamagedError if it is missing or damaged."""
        with self._opened(name) as file:
            header = self._header(name, file)
            self._left -= header.bytes
            if self._left < 0:
                raise DamagedError(f"its arrays would inflate beyond what it can hold, at {name}")
            numbers, place = np.empty(header.bytes, np.uint8), 0
            view: Any = numbers.data
            while found := file.readinto(view[place : place + _CHUNK]):
                place += found
            if place < header.bytes or file.read(1):  # at its end zipfile compares the checksum
                raise DamagedError(f"{name} ends after {place} of {header.bytes} bytes")
        if not header.bytes:
            return np.zeros(header.shape, header.dtype)
        if header.fortran:
            return numbers.view(header.dtype).reshape(header.shape[::-1]).transpose()
        return numbers.view(header.dtype).reshape(header.shape)

    @contextmanager
    def _opened(self, name: str) -> Iterator[Any]:
        """Yield the open entry of an array. Raises DamagedError for all that can be wrong there."""
        entry = self._entries.get(f"{name}.npy") or self._entries.get(name)
        if entry is None:
            raise DamagedError(f"it has no {name}")
        if entry.flag_bits & 1 or entry.compress_type not in (0, 8):  # stored, deflated
            raise DamagedError(f"{name} is encrypted, or compressed in another way than by NumPy")
        if entry.compress_type == 0 and entry.compress_size != entry.file_size:
            raise DamagedError(f"{name} is stored, but its two sizes differ")
        if entry.header_offset + entry.compress_size > self._size:
            raise DamagedError(f"{name} would reach beyond the end of the file")
        with _damages(), self._zip.open(entry) as file:
            yield file

    def _header(self, name: str, file: Any) -> Header:
        """Read the header of an open entry, so that the numbers come next."""
        start = file.read(8)
        if len(start) < 8 or start[:6] != b"\x93NUMPY" or start[6] not in (1, 2, 3):
            raise DamagedError(f"{name} is not an array")
        size = 2 if start[6] == 1 else 4
        length = int.from_bytes(file.read(size), "little")
        if length > _LONGEST:
            raise DamagedError(f"{name} has a header of {length:,} bytes (legal: {_LONGEST:,})")
        text = file.read(length).decode("utf-8" if start[6] == 3 else "latin-1")
        header = Header(*_parsed(name, text), 8 + size + length)
        entry = self._entries.get(f"{name}.npy") or self._entries[name]
        if header.start + header.bytes != entry.file_size:
            found = f"{entry.file_size - header.start:,} bytes"
            raise DamagedError(
                f"{name} has {found}, and {header.dtype} {header.shape} needs {header.bytes:,}"
            )
        return header


def _parsed(name: str, text: str) -> tuple[tuple[int, ...], np.dtype[Any], bool]:
    """Return shape, dtype and order of a header: a dict, written as Python writes it."""
    found = _PLAIN.fullmatch(text)
    if found:
        descr: Any = found[1][1:-1]
        fortran: Any = found[2] == "True"
        shape: Any = tuple(int(size) for size in found[3].replace(" ", "").split(",") if size)
    else:  # another writer, or a dtype with fields
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                values = ast.literal_eval(re.sub(r"(?<=\d)L\b", "", text).strip())
                descr, fortran, shape = (values[k] for k in ("descr", "fortran_order", "shape"))
            except (SyntaxError, MemoryError, KeyError, TypeError) as error:
                raise DamagedError(f"the header of {name} is not legal") from error
    if not (isinstance(shape, tuple) and len(shape) <= _MOST_AXES):
        raise DamagedError(f"the shape of {name} is not legal")
    if not all(type(size) is int and 0 <= size < 2**48 for size in shape):
        raise DamagedError(f"the shape of {name} is not legal: {shape!s:.80}")
    if isinstance(descr, str) and not _DTYPE.fullmatch(descr):
        raise DamagedError(f"the dtype of {name} is not legal: {descr:.80}")
    dtype = np.dtype(descr)
    if dtype.hasobject:
        raise DamagedError(f"{name} holds pickles: object arrays are not read")
    return shape, dtype, bool(fortran)


@contextmanager
def _damages() -> Iterator[None]:
    """Turn the errors of damaged archives into DamagedError; a failing disk stays an OSError."""
    import zipfile
    import zlib

    damages: tuple[type[Exception], ...] = (*_DAMAGES, zipfile.BadZipFile, zlib.error)
    try:
        yield
    except DamagedError:
        raise
    except damages as error:
        raise DamagedError(str(error) or type(error).__name__) from error
    except OSError as error:
        if error.errno not in (None, errno.EINVAL):
            raise
        raise DamagedError(str(error)) from error
