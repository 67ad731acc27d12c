"""A copy of the repository in which one file is changed and tests run: for mutants and bugs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
NO_TORCH = 'raise ModuleNotFoundError("PyTorch is hidden from these tests", name="torch")\n'

# The tests of a room in stages, the quickest first; the last has tests of rooms that use it.
_VALUES = "tests/nn/functional/test_values_of_nn_functions.py"
_BY_HAND = "tests/nn/functional/test_convolution_by_hand.py"
DEFAULTS = ("tests/test_defaults.py", "tests/test_method_defaults.py")
_SETTINGS = (
    *DEFAULTS,
    "tests/test_bounds.py",
    "tests/test_wrong_settings.py",
    "tests/test_rare_paths.py",
)
_CALLS = ("tests/test_calls.py", "tests/test_text_for_tensors.py", *_SETTINGS)
TESTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "geometry": (("tests/geometry",), (_VALUES, _BY_HAND), ("tests/conv",)),
    "conv": (
        (_VALUES, _BY_HAND, "tests/conv/test_conv_identities.py"),
        ("tests/conv", "tests/nn/functional/test_convolution.py", "tests/test_threads.py"),
    ),
    "functions": (
        (
            "tests/functions/test_values_of_functions.py",
            "tests/functions/test_ties_and_bounds.py",
            *_CALLS,
        ),
        ("tests/functions", "tests/autograd"),
        (
            _VALUES,
            "tests/check/test_check_grad.py",
            "tests/test_house.py",
            "tests/test_backend.py",
            "tests/test_cuda.py",
            "tests/test_fake_cupy.py",
        ),
    ),
    "autograd": (
        ("tests/autograd", "tests/functions/test_values_of_functions.py"),
        ("tests/functions", "tests/check/test_check_grad.py", "tests/nn/test_pickle.py"),
        ("tests/nn/functional/test_functions.py",),
    ),
    "nn/functional": (
        (_VALUES, "tests/nn/test_values_of_layers.py", "tests/functions/test_ties_and_bounds.py"),
        ("tests/nn", *_CALLS),
        ("tests/functions/test_refusals.py", "tests/check/test_check_grad.py"),
    ),
    "nn": (
        ("tests/nn/test_values_of_layers.py", *_CALLS),
        ("tests/nn", "tests/models", "tests/test_serialization.py"),
        ("tests/functions/test_values_of_functions.py",),  # it has gains of initial weights
    ),
    "optim": (
        ("tests/optim", *_SETTINGS),
        ("tests/gan/test_options.py",),
    ),
}

# The whole suite, without the files whose tests do their work in other processes.
SUITE = (
    "tests",
    "minigan",
    *(
        f"--ignore-glob={pattern}"
        for pattern in (
            "tests/classroom/*",
            "tests/check/test_against.py",
            "tests/check/test_check_command.py",
            "tests/check/test_ho*.py",
            "tests/check/test_process.py",
            "tests/explain/test_explorer_*.py",
            "tests/parallel/test_group.py",
            "tests/parallel/test_mpi.py",
            "tests/runs/test_one_writer*.py",
            "tests/runs/test_ranks.py",
            "tests/test_cli*.py",
            "tests/test_files_left.py",
            "tests/test_forked_tests.py",
            "tests/test_fuzz.py",
            "tests/test_jobs.py",
            "tests/test_kills.py",
            "tests/test_mutants.py",
            "tests/test_packaging.py",
            "tests/test_portions.py",
            "tests/test_ranks_benchmark.py",
            "tests/test_signals.py",
            "tests/test_surroundings.py",
            "tests/tutorials/*",
            "tests/viz/test_surroundings_of_pictures.py",
        )
    ),
)


class Verdict(NamedTuple):
    """What became of a change: "caught", "survived", "timeout" or "error", and how."""

    kind: str
    seconds: float
    words: str


def room_of(file: str) -> str:
    """Return the room of TESTS to which a file of the package belongs."""
    for room in ("nn/functional", *TESTS):
        if file.startswith(f"minigan/{room}/"):
            return room
    raise ValueError(f"{file}: there are no tests for this room; the rooms are {', '.join(TESTS)}")


class WrongCopy:
    """A temporary copy of the files of the repository; `try_text` runs tests with one changed."""

    def __init__(self, torch: bool = False, root: Path = ROOT) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="minigan-wrong-copy-")
        self.root = Path(self._folder.name) / "minigan"
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=root, capture_output=True, check=True, text=True)
        for name in filter(None, listed.stdout.split("\0")):
            if (root / name).is_file():
                (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(root / name, self.root / name)
        paths = [str(self.root)]
        if not torch:
            hidden = Path(self._folder.name) / "hidden"
            hidden.mkdir()
            (hidden / "torch.py").write_text(NO_TORCH)
            paths.insert(0, str(hidden))
        self.environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(paths),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        # bytecode that is checked by hash: a changed file of the same size and second is noticed
        compileall = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode"]
        subprocess.run([*compileall, "checked-hash", "minigan", "tests"], cwd=self.root)

    def close(self) -> None:
        self._folder.cleanup()

    def run(self, stages: Sequence[Sequence[str]], limit: float) -> Verdict:
        """Run tests, stage after stage, up to the first that fails."""
        start = time.perf_counter()
        for tests in stages:
            left = limit - (time.perf_counter() - start)
            verdict = self._stage(tests, left)
            if verdict.kind != "survived":
                break
        return verdict._replace(seconds=round(time.perf_counter() - start, 1))

    def _stage(self, tests: Sequence[str], limit: float) -> Verdict:
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
        command += ["--no-header", "--tb=no", "-o", "addopts=--doctest-modules"]
        command += ["-o", "timeout=0", *tests]  # `limit` is for all
        process = subprocess.Popen(
            command,
            cwd=self.root,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            text, _ = process.communicate(timeout=max(limit, 1.0))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return Verdict("timeout", limit, "")
        lines = [line for line in text.splitlines() if line.startswith(("FAILED", "ERROR"))]
        words = lines[0].partition(" ")[2] if lines else "".join(text.splitlines()[-1:])
        # 5: there are no tests, which is so for a file without doctests
        kind = {0: "survived", 1: "caught", 5: "survived"}.get(process.returncode, "error")
        if kind == "caught" and lines and lines[0].startswith("ERROR"):
            kind = "error"
        return Verdict(kind, 0.0, words)

    def try_text(
        self, file: str, text: str, stages: Sequence[Sequence[str]], limit: float
    ) -> Verdict:
        """Run tests and the doctests of `file` while it has this text."""
        path = self.root / file
        kept = path.read_text(encoding="utf-8")
        path.write_text(text, encoding="utf-8")
        try:
            return self.run([*stages, [file]], limit)
        finally:
            path.write_text(kept, encoding="utf-8")
