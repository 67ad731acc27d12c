"""Kill the processes of a training with several ranks: all end within 10 s, and the run can go on.

Each case continues a small run with `--ranks N`, and sends a signal at a random moment to one of
its processes: to `minigan` itself, to mpiexec, or to a rank. Then all of them must end in time with
an exit code other than 0 and at most one line, or finish; no process may be left; and the run must
load, with a checkpoint that is not older than before. Linux only.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.kills import litter, unreadable
from minigan import runs

LIMIT = 10.0  # seconds from the signal to the end of all processes
STEPS = 150  # updates in each case
VICTIMS = ("minigan", "mpiexec", "rank 0", "rank 1")
SMALL = {"data": "ring8", "latent": 2, "batch": 8, "steps": 5}


@dataclass
class Found:
    """What one case did: how long the processes took to end, the exit code, lines on stderr.

    `hit` says whether the process that was to be killed was there.
    """

    seconds: float
    code: int | None
    lines: list[str]
    left: list[int]
    hit: bool = True


class Clock:
    """Seconds since it was made, without those in which this process was stopped."""

    def __init__(self) -> None:
        self.seconds, self.last = 0.0, time.monotonic()

    def read(self) -> float:
        """Return the seconds; it must be called often, because a longer pause counts as 0.5 s."""
        now = time.monotonic()
        self.seconds += min(now - self.last, 0.5)
        self.last = now
        return self.seconds


class Training:
    """A training with ranks that is running, in a process of its own; `word` occurs in its command.

    The commands of mpiexec and of the ranks have the word, too, so they are found by it.
    """

    def __init__(self, words: list[str], folder: Path, word: str) -> None:
        self.word = word
        self.errors = folder / "errors.txt"
        with self.errors.open("wb") as errors:
            self.process = subprocess.Popen(
                words, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=errors, start_new_session=True,
            )  # fmt: skip

    def processes(self) -> dict[int, tuple[str, int]]:
        """Return the name and the parent of each process that is running, by its number."""
        found = {}
        for name in os.listdir("/proc"):
            with suppress(OSError, ValueError):
                command = Path(f"/proc/{name}/cmdline").read_bytes().decode(errors="replace")
                rest = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
                if self.word in command and rest[0] != "Z":
                    found[int(name)] = (Path(command.split("\0")[0]).name, int(rest[1]))
        return found

    def find(self, victim: str) -> int | None:
        """Return the number of a process: `minigan`, `mpiexec`, or `rank R`; None if none is."""
        found = self.processes()
        mpiexec = [pid for pid, (name, _) in found.items() if name in ("mpiexec", "prterun")]
        if victim == "minigan":
            return self.process.pid
        if victim == "mpiexec":
            return mpiexec[0] if mpiexec else None
        ranks = {}
        for pid in (pid for pid, (_, parent) in found.items() if parent in mpiexec):
            with suppress(OSError):
                variables = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")
                for variable in variables.split("\0"):
                    if variable.startswith("OMPI_COMM_WORLD_RANK="):
                        ranks[f"rank {variable.partition('=')[2]}"] = pid
        return ranks.get(victim)

    def ended(self, seconds: float) -> Found:
        """Wait for the end of all processes for at most so long; kill those that are left."""
        clock = Clock()
        while clock.read() < seconds:
            code = self.process.poll()
            if code is not None and not self.processes():
                break
            time.sleep(0.02)
        took, left = clock.read(), list(self.processes())
        for pid in left:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        code = self.process.poll()
        self.process.kill()
        self.process.wait()
        text = self.errors.read_text(errors="replace")
        lines = [line for line in text.split("\n") if line.strip() and "update/s" not in line]
        return Found(took, code, lines, left)


def command(path: Path, steps: int, ranks: int) -> list[str]:
    """Return the command that continues a run with several ranks."""
    words = ["train", "gan", "--resume", str(path), "--steps", str(steps), "--ranks", str(ranks)]
    return [sys.executable, "-m", "minigan", *words]


def kill(path: Path, victim: str, number: int, seconds: float, ranks: int) -> tuple[Found, int]:
    """Continue a run, send a signal to a process after some seconds; return what it did.

    The second value is how many updates the run has made since.
    """
    before = runs.load(path)[1].number
    training = Training(command(path, before + STEPS, ranks), path.parent, str(path))
    clock = Clock()
    while clock.read() < seconds and training.process.poll() is None:
        time.sleep(0.005)
    pid = training.find(victim)
    if pid is not None:
        with suppress(OSError):
            os.kill(pid, number)
    found = training.ended(LIMIT if pid is not None else 120.0)
    found.hit = pid is not None
    return found, runs.load(path)[1].number - before


def kills(folder: Path, count: int, seed: int, ranks: int) -> list[str]:
    """Kill processes in turn, `count` times in all; return a line for each thing that was wrong."""
    rng, wrong, ends = random.Random(seed), [], [0, 0]
    times: list[float] = []
    path = folder / "run"
    run, task = runs.begin(runs.configure("gan", SMALL), path)
    for _ in runs.train(run, task):
        pass
    whole = kill(path, "nobody", 0, 0.0, ranks)[0].seconds
    for case in range(count):
        victim = VICTIMS[case % len(VICTIMS)]
        seconds = whole * rng.choice([rng.uniform(0.05, 1.0), rng.uniform(0.4, 0.95)])
        found, made = kill(path, victim, signal.SIGKILL, seconds, ranks)
        text = f"kill {case}, {victim} after {seconds:.2f} s"
        finished = found.code == 0 and made == STEPS
        ends[finished] += 1
        times += [found.seconds] * found.hit
        problems = [f"{pid} is left" for pid in found.left]
        problems += [f"exit code {found.code}"] * (not found.code and not finished)
        problems += [f"{len(found.lines)} lines: {found.lines}"] * (len(found.lines) > 1)
        problems += [f"{made} updates"] * (made < 0)
        problems += [*unreadable(path.parent), *litter(path.parent)]
        for problem in problems:
            wrong.append(f"{text}: {problem}")
            print(wrong[-1], flush=True)
    print(
        f"{count} kills of {ranks} ranks: {len(wrong)} wrong; {ends[0]} stopped the training, "
        f"{ends[1]} came too early or too late; the longest end took {max(times, default=0):.1f} s"
    )
    return wrong


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--ranks", type=int, default=2)


def main(arguments: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        wrong = kills(Path(folder), arguments.count, arguments.seed, arguments.ranks)
        sys.exit(1 if wrong else 0)
