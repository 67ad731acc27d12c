"""A run directory: the files that hold the settings, the state and the results of one run.

config.json       the settings              log.jsonl       one record for each logged update
checkpoint.npz    the state                 metrics.json    the results
samples.png  samples.gif  curves.png        pictures, drawn from these files by `minigan.viz`
report.html       a page, for data that are points
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any
from weakref import finalize, ref

from minigan.files import (
    making_folder,
    read_regular,
    remove_partial_files,
    replacing,
)
from minigan.locks import lock_folder, locks_file, unlock
from minigan.runs import checkpoint
from minigan.runs.errors import RunError as RunError
from minigan.runs.log import parsed
from minigan.runs.outline import Outline

_MOST_JSON = 4 << 20  # bytes of a JSON file
_MOST_LOG = 256 << 20
_LOCKED = "config.json"  # the file that is locked where folders cannot be


class Run:
    """The files of one run. Each file but the log is replaced as a whole, or not at all."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.training = False  # whether `runs.train` is at work on it
        self._release: finalize[..., Run] | None = None  # gives the lock back
        self._seen: tuple[int, ...] | None = None  # which checkpoint was read or written last

    @classmethod
    @contextmanager
    def create(cls, out: str | os.PathLike[str] | None, kind: str) -> Iterator[Run]:
        """Yield a run in a new directory: `out`, or by default the next free runs/KIND-NNN.

        It has another name, and takes its own when the `with` block ends: so a directory of this
        name is a whole run. If the block fails, nothing is left. Raises RunError if the directory
        exists or cannot be made.
        """
        target = Path("runs") / kind if out is None else Path(out)
        made = [parent for parent in target.parents if not os.path.lexists(parent)]
        names: Iterable[str] = [target.name]
        if out is None:
            names = (f"{kind}-{number:03d}" for number in count())
        elif os.path.lexists(target):
            raise RunError(f"out={str(target)!r} exists already (legal: a new directory)")
        run = cls(target)
        try:
            with ExitStack() as stack:
                stack.callback(_remove_empty, made)
                try:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    new = stack.enter_context(making_folder(target.parent, names))
                except OSError as error:
                    reason = f"{error.strerror}: {error.filename}"
                    raise RunError(f"out={str(target)!r} cannot be made ({reason})") from error
                run.path = new.path
                yield run
        except FileExistsError as error:
            raise RunError(
                f"out={str(target)!r} exists already (legal: a new directory)"
            ) from error
        except OSError as error:
            if error.errno is None or not error.filename:
                raise
            name = str(error.filename).replace(str(run.path), str(target))
            raise OSError(error.errno, error.strerror, name) from error
        run.path = new.path

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Run:
        """Return the run in a directory. Raises RunError if there is none."""
        run = cls(path)
        if not run.path.is_dir():
            raise RunError(f"{path}: there is no run directory of this name")
        if not (run.path / "config.json").is_file():
            raise RunError(f"{path}: is not a run directory (it has no config.json)")
        return run

    def write_json(self, name: str, value: Any) -> None:
        """Write a JSON file of this run.

        Raises RunError if another process locks the run in the moment in which the locked file is
        replaced, which is possible on Windows alone.
        """
        release = self._release
        again = name == _LOCKED and locks_file() and release is not None and release.alive
        if again:  # a file that is open there cannot be replaced
            self.unlock()
        with replacing(self.path / name) as file:
            file.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
        if again:
            self.lock()

    def read_json(self, name: str) -> Any:
        """Return the content of a JSON file. Raises RunError if it is missing or damaged."""
        path = self.path / name
        try:
            return json.loads(read_regular(path, _MOST_JSON).decode("utf-8"))
        except FileNotFoundError:
            raise RunError(f"{self.path}: has no {name}") from None
        except OSError as error:
            raise RunError(f"{path}: cannot be read ({error.strerror})") from error
        except RecursionError as error:
            raise RunError(f"{path}: cannot be read (it is nested too deeply)") from error
        except ValueError as error:
            raise RunError(f"{path}: cannot be read ({error!s:.200})") from error

    # ---------------------------------------------------------------------------- one writer

    def lock(self) -> None:
        """Reserve the run for training by this object, until `unlock` or its end.

        Another object of this process that reserved the run, and does not train it, loses it.
        Raises RunError if the run is being trained, with the process that does it.
        """
        if self._release is not None and self._release.alive:
            return
        try:
            key = self.path.stat().st_ino
            holder = _holders.get(key, lambda: None)()
            if holder is not None and not holder.training:
                holder.unlock()
            handle = lock_folder(self.path, _LOCKED)
        except BlockingIOError as error:
            raise RunError(
                f"{self.path}: is being trained by {error.strerror}; wait until it ends (to draw "
                "samples and to evaluate is possible meanwhile)"
            ) from None
        except OSError as error:
            raise RunError(f"{self.path}: cannot be locked ({error.strerror})") from error
        self._release = finalize(self, unlock, handle)
        _holders[key] = ref(self)

    def unlock(self) -> None:
        """Let others train the run."""
        if self._release is not None:
            self._release()

    @contextmanager
    def reserved(self) -> Iterator[None]:
        """Reserve the run for a `with` block, in which it is trained.

        Raises RunError if another process trains it, or has trained it since it was loaded.
        """
        self.lock()
        self.training = True
        try:
            if self._seen is not None and self._seen != self._checkpoint():
                raise RunError(
                    f"{self.path}: has been trained by another process since it was loaded; load "
                    "it again"
                )
            yield
        finally:
            self.training = False
            self.unlock()

    def _checkpoint(self) -> tuple[int, ...] | None:
        """Return what changes when the checkpoint is replaced; None if there is none."""
        try:
            found = (self.path / "checkpoint.npz").stat()
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    # ---------------------------------------------------------------------------- the state

    def save(self, state: Any) -> None:
        """Replace the checkpoint. The log is flushed to disk first, so it is never behind."""
        log = self.path / "log.jsonl"
        if log.exists():
            with log.open("rb+") as file:
                os.fsync(file.fileno())
        checkpoint.save(self.path / "checkpoint.npz", state)
        self._seen = self._checkpoint()

    def load(self, most: int | None = None) -> Any:
        """Return the state in the checkpoint.

        Its arrays may have at most `most` bytes, or those of the file if that is larger. Raises
        RunError if it is missing or damaged.
        """
        seen = self._checkpoint()
        with self._reading() as path:
            state = checkpoint.load(path, most)
        self._seen = seen
        return state

    def outline(self) -> Outline:
        """Return what the headers in the checkpoint say. Raises RunError as `load` does."""
        with self._reading() as path:
            return checkpoint.outline(path)

    @contextmanager
    def _reading(self) -> Iterator[Path]:
        """Yield the path of the checkpoint, and turn the errors of reading it into RunError."""
        path = self.path / "checkpoint.npz"
        try:
            yield path
        except FileNotFoundError:
            raise RunError(
                f"{self.path}: has no checkpoint.npz (was it killed before its first update?)"
            ) from None
        except OSError as error:
            raise RunError(f"{path}: cannot be read ({error.strerror})") from error
        except ValueError as error:
            raise RunError(str(error)) from error

    # ---------------------------------------------------------------------------- the log

    def log(self, record: dict[str, Any]) -> None:
        """Append a record to the log."""
        with (self.path / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")

    def read_log(self) -> list[dict[str, Any]]:
        """Return all records of the log, without a last line that a kill cut short.

        Raises RunError for a damaged line before that.
        """
        path = self.path / "log.jsonl"
        try:
            content = read_regular(path, _MOST_LOG)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise RunError(f"{path}: cannot be read ({error.strerror})") from error
        try:
            return parsed(content)
        except ValueError as error:
            raise RunError(f"{path}: {error}") from error

    def remove_partial_files(self) -> None:
        """Remove unfinished files that a killed process left; files of the user stay."""
        remove_partial_files(self.path)

    def cut_log(self, number: int) -> None:
        """Remove the records after update `number`: a resumed run writes them again."""
        kept = [record for record in self.read_log() if record["update"] <= number]
        with replacing(self.path / "log.jsonl") as file:
            file.write_text("".join(json.dumps(record) + "\n" for record in kept), encoding="utf-8")

    def remove(self) -> None:
        """Remove the directory with all its files."""
        shutil.rmtree(self.path, ignore_errors=True)


_holders: dict[int, ref[Run]] = {}  # the runs that this process has locked, by the inodes


def _remove_empty(folders: list[Path]) -> None:
    """Remove folders that are empty, the innermost first."""
    with suppress(OSError):
        for folder in folders:
            folder.rmdir()
