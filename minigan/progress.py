"""Progress bars on standard error. A bar never stops the work that it shows.

Where no bar can be shown, the same calls show nothing: without tqdm (in a browser it may be
missing), without a standard error, or when standard error can no longer be written to.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sized
from contextlib import suppress
from functools import cache
from threading import RLock
from typing import Any, Self, TextIO, TypeVar

from minigan.printable import printable

T = TypeVar("T")


class Bar:
    """A progress bar of `total` steps, or nothing where none can be shown. Use it with `with`.

    >>> with Bar(total=3, description="epochs") as bar:
    ...     for _ in range(3):
    ...         bar.update({"loss": 0.5})
    """

    def __init__(
        self,
        total: int | None,
        description: str = "",
        *,
        done: int = 0,
        unit: str = "step",
        stays: bool = True,
    ) -> None:
        self._bar: Any = None
        if sys.stderr is not None:  # it is None in a Windows program without a console
            with suppress(ImportError):
                self._bar = _quiet_tqdm()(
                    total=total,
                    desc=printable(description),
                    initial=done,
                    unit=unit,
                    leave=stays,
                    mininterval=0.5,
                    dynamic_ncols=True,
                    file=_Stream(sys.stderr),
                )

    def update(self, numbers: Mapping[str, float] | None = None) -> None:
        """Count one step, and show these numbers behind the bar."""
        if self._bar is not None:
            if numbers:
                texts = {name: f"{number:.3f}" for name, number in numbers.items()}
                self._bar.set_postfix(texts, refresh=False)
            self._bar.update()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()


def progress(
    items: Iterable[T],
    description: str,
    total: int | None = None,
    *,
    unit: str = "step",
    stays: bool = True,
) -> Iterator[T]:
    """Yield the items, and show on a bar how many are done; `total` is len(items) by default.

    >>> sum(progress([1, 2, 3], "add"))
    6
    """
    if total is None and isinstance(items, Sized):
        total = len(items)
    with Bar(total, description, unit=unit, stays=stays) as bar:
        for item in items:
            yield item
            bar.update()


@cache
def _quiet_tqdm() -> Any:
    """Return tqdm's class without its thread and without multiprocessing.

    Raises ImportError if tqdm is not installed.
    """
    from tqdm import tqdm

    class Quiet(tqdm):  # type: ignore[misc]
        monitor_interval = 0  # else tqdm starts a thread that looks for slow bars
        _lock = RLock()  # else tqdm makes a lock that all processes share

    return Quiet


class _Stream:
    """A text stream whose errors are ignored: a closed pipe, a full disk, a missing character."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._stream.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)  # tqdm looks at encoding, isatty and fileno
