"""Damaged files: only documented errors, within a second, and with little memory.

Each case damages one file, or a few files of a run directory, by its own seed, and uses it as the
commands do. It may be refused with a documented error, or used; then all numbers must be finite. A
fault is any other error or warning, more than a second of computing, or more memory than twice the
file and 50 MB.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import damages
from benchmarks.fuzz_bases import DATA, RUNS, data_files, small_runs
from minigan import cli, datasets, runs

COUNTS = {"checkpoint": 10_000, "run": 2000, "config": 1000, "log": 1000, "data": 2000}
_SECONDS, _BYTES = 1.0, 50e6
_WORDS = ("minigan: error: ", "minigan: interrupted")


@dataclass(frozen=True)
class Outcome:
    """What a case led to: `kind` is "used", "refused" or "fault"."""

    case: str
    kind: str
    text: str
    seconds: float
    bytes: int


class Fuzzer:
    """Damaged files made from small runs and data in a folder."""

    def __init__(self, folder: Path, seed: int = 0) -> None:
        self.folder, self.seed = folder, seed
        small_runs(folder / "runs")
        data_files(folder / "data")
        self.place = folder / "case"

    def run(self, kind: str, number: int) -> Outcome:
        """Make one case and use it."""
        rng = np.random.default_rng([self.seed, list(COUNTS).index(kind), number])
        shutil.rmtree(self.place, ignore_errors=True)
        size, use = getattr(self, f"_{kind}")(rng)
        _reset_peak()
        before, started = _memory("VmRSS"), time.process_time()
        text, result = "", "used"
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                use()
        except (ValueError, TypeError, OSError) as error:
            result, text = "refused", str(error)
            if not _documented(kind, error):
                result, text = "fault", _last_lines()
        except Exception:
            result, text = "fault", _last_lines()
        seconds, more = time.process_time() - started, _memory("VmHWM") - before
        if seconds > _SECONDS or more > 2 * size + _BYTES:
            result = "fault"
            text = f"{seconds:.2f} s, {more / 1e6:.0f} MB for {size / 1e6:.1f} MB; {text}"
        if "\n" in text and result == "refused":
            result = "fault"
        return Outcome(f"{kind} {number}", result, text, seconds, more)

    # ------------------------------------------------------------------ kinds of cases

    def _checkpoint(self, rng: np.random.Generator) -> tuple[int, Callable[[], None]]:
        run = self._copy(rng)
        file = run / "checkpoint.npz"
        damage = damages.OF_ARCHIVES[int(rng.integers(len(damages.OF_ARCHIVES)))]
        file.write_bytes(damage(file.read_bytes(), rng))
        return file.stat().st_size, lambda: use_run(run)

    def _config(self, rng: np.random.Generator) -> tuple[int, Callable[[], None]]:
        run = self._copy(rng)
        _damage_json(run / "config.json", rng)
        return (run / "checkpoint.npz").stat().st_size, lambda: use_run(run)

    def _log(self, rng: np.random.Generator) -> tuple[int, Callable[[], None]]:
        run = self._copy(rng)
        file = run / "log.jsonl"
        lines = file.read_bytes().splitlines(keepends=True)
        if rng.integers(2):
            file.write_bytes(damages.bytes_of(file.read_bytes(), rng))
        else:
            at = int(rng.integers(len(lines)))
            lines[at] = damages.json_bytes(json.loads(lines[at]), rng) + b"\n"
            file.write_bytes(b"".join(lines))
        return file.stat().st_size, lambda: train_on(run)

    def _run(self, rng: np.random.Generator) -> tuple[int, Callable[[], None]]:
        run, other = self._copy(rng), self.folder / "runs" / RUNS[int(rng.integers(len(RUNS)))]
        for _ in range(int(rng.integers(1, 3))):
            name = ("config.json", "checkpoint.npz", "log.jsonl")[int(rng.integers(3))]
            _damage_file(run / name, other / name, rng)
        size = sum(path.stat().st_size for path in run.iterdir() if path.is_file())
        if rng.integers(3) == 0:
            return size, lambda: train_on(run)
        return size, lambda: by_command(run, self.folder / "x.npz")

    def _data(self, rng: np.random.Generator) -> tuple[int, Callable[[], None]]:
        name = DATA[int(rng.integers(len(DATA)))]
        shutil.copytree(self.folder / "data", self.place)
        file = self.place / name
        damage = damages.bytes_of
        if name.endswith(".npz"):
            damage = damages.OF_ARCHIVES[int(rng.integers(len(damages.OF_ARCHIVES)))]
        file.write_bytes(damage(file.read_bytes(), rng))
        path = file.parent if file.parent.name == "pictures" else file
        return file.stat().st_size, lambda: use_data(path)

    def _copy(self, rng: np.random.Generator) -> Path:
        """Return a copy of one of the small runs."""
        name = RUNS[int(rng.integers(len(RUNS)))]
        return Path(shutil.copytree(self.folder / "runs" / name, self.place))


# ------------------------------------------------------------------------------ uses


def use_run(path: Path) -> None:
    """Load a run, and draw samples or reconstruct images."""
    _, task = runs.load(path)
    if task.kind == "gan":
        drawn = runs.sample(task, 4, 0)
    else:
        drawn = task.decode(task.encode(task.test[:4]))
    if not np.isfinite(drawn).all():
        raise AssertionError("numbers that are not finite were drawn without a word")


def train_on(path: Path) -> None:
    """Continue a run by one update, and read its log."""
    with redirect_stderr(io.StringIO()):
        run, task = runs.load(path, training=True)
        run, task = runs.load(path, steps=task.number + 1)
        for _ in runs.train(run, task):
            pass
    numbers = [record["update"] for record in run.read_log()]
    if numbers != sorted(set(numbers)):
        raise AssertionError("the log repeats an update")


def by_command(path: Path, out: Path) -> None:
    """Draw samples by the command line. Raises ValueError with what it says, if it refuses."""
    with redirect_stderr(io.StringIO()) as errors, redirect_stdout(io.StringIO()):
        code = cli.main(["sample", str(path), "-n", "4", "--out", str(out)])
    text = errors.getvalue()
    if code == 2 and text.startswith(_WORDS) and text.count("\n") == 1:
        raise runs.RunError(text.strip())
    if code or text:
        raise AssertionError(f"exit code {code}: {text}")


def use_data(path: Path) -> None:
    """Load a data set as a run does, and scale its images."""
    data = datasets.load(path)
    if not (data.kind == "images" and np.isfinite(data.take([0]).scaled()).all() and data.shape):
        raise AssertionError("images that are not finite were read without a word")


def _documented(kind: str, error: Exception) -> bool:
    """Return whether an error is one that the documentation names."""
    if kind == "data":
        return type(error) in (ValueError, TypeError)
    return type(error) is runs.RunError


# ------------------------------------------------------------------------------ damages


def _damage_json(file: Path, rng: np.random.Generator) -> None:
    """Damage a JSON file in its bytes or in its values."""
    content = file.read_bytes()
    if rng.integers(4) == 0:
        file.write_bytes(damages.bytes_of(content, rng))
    else:
        file.write_bytes(damages.json_bytes(json.loads(content), rng))


def _damage_file(file: Path, other: Path, rng: np.random.Generator) -> None:
    """Damage a file, remove it, or put that of another run or something else in its place."""
    with suppress(FileNotFoundError, IsADirectoryError):
        content = file.read_bytes() if file.is_file() else b""
        file.unlink()
        match int(rng.integers(8)):
            case 0:
                pass
            case 1:
                file.mkdir()
            case 2 if hasattr(os, "mkfifo"):
                os.mkfifo(file)
            case 3 if os.path.exists("/dev/zero"):
                file.symlink_to("/dev/zero")
            case 4 | 5:
                shutil.copy(other, file)
            case 6:
                file.touch()
            case _:
                file.write_bytes(damages.bytes_of(content, rng))


# ------------------------------------------------------------------------------ measuring


def _last_lines() -> str:
    """Return the last lines of the traceback of an error."""
    return " | ".join(traceback.format_exc(limit=-4).strip().splitlines()[-7:])


def _memory(name: str) -> int:
    """Return VmRSS or VmHWM, the memory now or at its highest, in bytes; 0 except on Linux."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith(name):
                return 1024 * int(line.split()[1])
    return 0


def _reset_peak() -> None:
    """Let VmHWM begin again at the memory that is used now."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def outcomes(kind: str, numbers: range, seed: int = 0) -> Iterator[Outcome]:
    """Yield the outcomes of these cases of a kind."""
    with tempfile.TemporaryDirectory() as folder:
        fuzzer = Fuzzer(Path(folder), seed)
        for number in numbers:
            yield fuzzer.run(kind, number)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kinds", nargs="*", choices=[[], *COUNTS], metavar="KIND")
    parser.add_argument("--cases", type=int, help="how many of each kind (default: all)")
    parser.add_argument("--first", type=int, default=0, help="the number of the first case")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--texts", help="write a line for each case to this file")


def main(arguments: argparse.Namespace) -> None:
    faults = 0
    for kind in arguments.kinds or COUNTS:
        count = arguments.cases or COUNTS[kind]
        found: list[Outcome] = []
        for outcome in outcomes(
            kind, range(arguments.first, arguments.first + count), arguments.seed
        ):
            found.append(outcome)
            if outcome.kind == "fault":
                print(f"{outcome.case}: {outcome.text}", flush=True)
        kinds = Counter(outcome.kind for outcome in found)
        slowest, most = max(o.seconds for o in found), max(o.bytes for o in found)
        numbers = ", ".join(f"{kinds[name]:5} {name}" for name in ("used", "refused", "fault"))
        print(
            f"{kind:10} {len(found):6} cases: {numbers}; slowest {slowest:.2f} s, most memory "
            f"{most / 1e6:.0f} MB",
            flush=True,
        )
        if arguments.texts:
            Path(arguments.texts).write_text(
                "".join(f"{o.case}\t{o.kind}\t{o.text}\n" for o in found), encoding="utf-8"
            )
        faults += kinds["fault"]
    sys.exit(1 if faults else 0)
