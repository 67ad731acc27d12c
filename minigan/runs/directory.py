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
from contextlib import suppress
from pathlib import Path
from typing import Any

from minigan.files import remove_partial_files, replacing
from minigan.runs import checkpoint


class RunError(ValueError):
    """A run that cannot be begun, continued or read; its text is one line.

    The text names settings as Python does: `batch=1` is a setting with its value. The command line
    replaces them by its flags.
    """


class Run:
    """The files of one run. Each file but the log is replaced as a whole, or not at all."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._made: list[Path] = []  # parents that `create` made too, the innermost first

    @classmethod
    def create(cls, out: str | os.PathLike[str] | None, kind: str) -> Run:
        """Make a new directory: `out`, or by default the next free runs/KIND-NNN.

        Raises RunError if it exists or cannot be made.
        """
        number = 0
        while True:
            run = cls(Path(out) if out is not None else Path("runs") / f"{kind}-{number:03d}")
            path = run.path
            run._made = [parent for parent in path.parents if not os.path.lexists(parent)]
            try:
                path.mkdir(parents=True)
            except FileExistsError as error:
                if not os.path.lexists(path):  # then a parent is a link to a missing folder
                    reason = f"{error.strerror}: {error.filename}"
                    raise RunError(f"out={str(path)!r} cannot be made ({reason})") from error
                if out is not None:
                    raise RunError(
                        f"out={str(path)!r} exists already (legal: a new directory)"
                    ) from None
                number += 1
            except OSError as error:
                raise RunError(f"out={str(path)!r} cannot be made ({error.strerror})") from error
            else:
                return run

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
        """Write a JSON file of this run."""
        with replacing(self.path / name) as file:
            file.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")

    def read_json(self, name: str) -> Any:
        """Return the content of a JSON file. Raises RunError if it is missing or damaged."""
        try:
            return json.loads((self.path / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise RunError(f"{self.path}: has no {name}") from None
        except (ValueError, OSError) as error:
            raise RunError(f"{self.path / name}: cannot be read ({error})") from error

    def remove(self) -> None:
        """Remove the directory with all its files, and the empty parents that `create` made."""
        shutil.rmtree(self.path, ignore_errors=True)
        with suppress(OSError):  # a parent that is not empty stays
            for parent in self._made:
                parent.rmdir()

    def save(self, state: Any) -> None:
        """Replace the checkpoint. The log is flushed to disk first, so it is never behind."""
        log = self.path / "log.jsonl"
        if log.exists():
            with log.open("rb+") as file:
                os.fsync(file.fileno())
        checkpoint.save(self.path / "checkpoint.npz", state)

    def load(self) -> Any:
        """Return the state in the checkpoint. Raises RunError if it is missing or damaged."""
        path = self.path / "checkpoint.npz"
        try:
            return checkpoint.load(path)
        except FileNotFoundError:
            raise RunError(
                f"{self.path}: has no checkpoint.npz (was it killed before its first update?)"
            ) from None
        except OSError as error:
            raise RunError(f"{path}: cannot be read ({error.strerror})") from error
        except ValueError as error:
            raise RunError(str(error)) from error

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
            lines = path.read_bytes().splitlines(keepends=True)
        except FileNotFoundError:
            return []
        records = []
        for number, line in enumerate(lines, 1):
            try:
                record = json.loads(line)
                record["update"] + 0
            except (ValueError, TypeError, KeyError) as error:
                if number == len(lines):
                    break
                raise RunError(
                    f"{path}: line {number} is not a record of a log (is the file damaged?)"
                ) from error
            records.append(record)
        return records

    def remove_partial_files(self) -> None:
        """Remove unfinished files that a killed process left; files of the user stay."""
        remove_partial_files(self.path)

    def cut_log(self, number: int) -> None:
        """Remove the records after update `number`: a resumed run writes them again."""
        kept = [record for record in self.read_log() if record["update"] <= number]
        with replacing(self.path / "log.jsonl") as file:
            file.write_text("".join(json.dumps(record) + "\n" for record in kept), encoding="utf-8")
