"""A run directory holds all that a run was told, did and found: config, log, checkpoint, samples,
metrics.

config.json       what it was told          log.jsonl       a record per logged update
checkpoint.npz    where it stands           metrics.json    what it found
samples.png  samples.gif  curves.png        drawn from these by `minigan.viz`,
of toys also report.html
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from minigan.files import replacing
from minigan.runs import checkpoint


class RunError(ValueError):
    """A run that cannot be begun, continued or read, in one line."""


class Run:
    """The files of one run; every file but the log appears whole or not at all."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._made: list[Path] = []  # parents that `create` made too, the innermost first

    @classmethod
    def create(cls, out: str | os.PathLike[str] | None, kind: str) -> Run:
        """A new directory: the one named, or the next free runs/KIND-NNN.

        RunError if it exists or cannot be made.
        """
        number = 0
        while True:
            run = cls(Path(out) if out is not None else Path("runs") / f"{kind}-{number:03d}")
            path, run._made = (
                run.path,
                [parent for parent in run.path.parents if not os.path.lexists(parent)],
            )
            try:
                path.mkdir(parents=True)
            except FileExistsError as error:
                if not os.path.lexists(path):  # then a link to nowhere is in the way of a parent
                    raise RunError(
                        f"--out {path}: cannot be made ({error.strerror}: {error.filename})"
                    ) from error
                if out is not None:
                    raise RunError(
                        f"--out {out}: exists already; name a new directory, or continue it by "
                        f"--resume {out}"
                    ) from None
                number += 1
            except OSError as error:
                raise RunError(f"--out {path}: cannot be made ({error.strerror})") from error
            else:
                return run

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Run:
        """An existing run. RunError if there is none."""
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
        """A JSON file of this run. RunError if it is missing or damaged."""
        try:
            return json.loads((self.path / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise RunError(f"{self.path}: has no {name}") from None
        except (ValueError, OSError) as error:
            raise RunError(f"{self.path / name}: cannot be read ({error})") from error

    def remove(self) -> None:
        """Take the directory away, with all that is in it, and the parents that were made for it
        alone.
        """
        shutil.rmtree(self.path, ignore_errors=True)
        with suppress(OSError):  # one that is not empty stays
            for parent in self._made:
                parent.rmdir()

    def save(self, state: Any) -> None:
        """Replace the checkpoint; what was logged before it is on the disk before it."""
        log = self.path / "log.jsonl"
        if log.exists():
            with log.open("rb+") as file:
                os.fsync(file.fileno())
        checkpoint.save(self.path / "checkpoint.npz", state)

    def load(self) -> Any:
        """The state in the checkpoint. RunError if it is missing or damaged."""
        try:
            return checkpoint.load(self.path / "checkpoint.npz")
        except FileNotFoundError:
            raise RunError(
                f"{self.path}: has no checkpoint.npz (was it killed before its first update?)"
            ) from None
        except OSError as error:
            raise RunError(
                f"{self.path / 'checkpoint.npz'}: cannot be read ({error.strerror})"
            ) from error
        except ValueError as error:
            raise RunError(str(error)) from error

    def log(self, record: dict[str, Any]) -> None:
        """Append a record to the log."""
        with (self.path / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")

    def read_log(self) -> list[dict[str, Any]]:
        """All records of the log; a last line that a kill cut short is left out.

        RunError for a damaged line.
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
                    f"{path}: line {number} is no record of a log (is the file damaged?)"
                ) from error
            records.append(record)
        return records

    def tidy(self) -> None:
        """Remove the halves of files that a kill left behind; for the one process that trains this
        run.
        """
        for path in self.path.glob(".*-????????.*"):  # the names of `files.replacing`
            path.unlink(missing_ok=True)

    def cut_log(self, number: int) -> None:
        """Forget what was logged after an update: a resumed run writes it again."""
        kept = [record for record in self.read_log() if record["update"] <= number]
        with replacing(self.path / "log.jsonl") as file:
            file.write_text("".join(json.dumps(record) + "\n" for record in kept), encoding="utf-8")
