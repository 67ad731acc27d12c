"""Microseconds per recorded op, forward and backward, on arrays too small to matter; and the time
of `import`.

A chain of 100 ops is recorded (forward), then walked back (backward). HIPS autograd has a text of
its own.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from dataclasses import dataclass
from statistics import median

from benchmarks import count, rivals
from benchmarks.report import Report
from benchmarks.turns import ratios, sides, spread, take_turns
from benchmarks.workloads import Text

_LENGTH = 100
_IMPORT = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"


@dataclass(frozen=True)
class Small:
    """An op from its first argument to a result of the same shape, in the common words and in HIPS
    autograd's.
    """

    arguments: str
    arrays: str
    common: str
    own: str

    def texts(self, dialect: str) -> dict[str, Text]:
        """Forward and backward of a chain of this op; backward gives the gradients of all
        arguments.
        """
        setup = f"""
def chain({self.arguments}):
    for _ in range({_LENGTH}):
        x = {self.common if dialect == "common" else self.own}
    return x
arrays = {self.arrays}
"""
        if dialect == "common":
            setup += (
                "inputs = tuple(tensor(array).requires_grad_() for array in arrays)\nz = "
                "chain(*inputs)\ng = z.detach()"
            )
            backward = "gradients = grad(z, inputs, g, retain_graph=True)"
            return {"forward": Text(setup, "z = chain(*inputs)"), "backward": Text(setup, backward)}
        record = "vjp, z = make_vjp(chain, tuple(range(len(arrays))))(*arrays)"
        return {
            "forward": Text(setup, record),
            "backward": Text(f"{setup}\n{record}", "gradients = vjp(z)"),
        }


_OPS = {
    "x * y, 4 numbers": Small("x, y", "np.ones((2, 4), np.float32)", "x * y", "x * y"),
    "relu, 4 numbers": Small("x", "np.ones((1, 4), np.float32)", "F.relu(x)", "np.maximum(x, 0)"),
    "x @ y, 8x8": Small(
        "x, y", "np.stack(2 * [np.eye(8, dtype=np.float32)])", "x @ y", "np.dot(x, y)"
    ),
    "linear, 8x8": Small(
        "x, w, b",
        "[*np.stack(2 * [np.eye(8, dtype=np.float32)]), np.zeros(8, np.float32)]",
        "F.linear(x, w, b)",
        "np.dot(x, w.T) + b",
    ),
}


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--turns", type=count, default=10)
    parser.add_argument("--times", type=count, default=20, help="each chain in a turn")
    rivals.options(parser, ("torch", "autograd"))


def main(arguments: argparse.Namespace) -> None:
    report = Report(arguments)
    able = rivals.present(arguments.against, {"common", "autograd"})
    with sides(able, arguments.threads) as found:
        report.introduce(found)
        for name, op in _OPS.items():
            print(f"\n{name}")
            for way in ("forward", "backward"):
                chosen = {side: op.texts(side.dialect)[way] for side in found}
                times = take_turns(chosen, arguments.turns, arguments.times)
                for side_name, seconds in times.items():
                    line = (
                        f"  {way:9} "
                        f"{side_name:20}{spread([1e6 * t / _LENGTH for t in seconds])} us an op"
                    )
                    if side_name != "minigan":
                        line += (
                            f"   minigan / {side_name} "
                            f"{spread(ratios(times['minigan'], seconds), '.2f')}"
                        )
                    print(line, flush=True)
                report.keep(f"{name}, {way}", times)
    report.keep(
        "import",
        imports(["numpy", *dict.fromkeys(rival.module for rival in able)], arguments.turns),
    )


def imports(modules: list[str], turns: int) -> dict[str, list[float]]:
    """Print and return the seconds that `import` takes in a fresh process, module after module,
    turn by turn.
    """
    seconds: dict[str, list[float]] = {module: [] for module in modules}
    for turn in range(turns + 1):
        for module, found in seconds.items():
            command = [sys.executable, "-c", _IMPORT.format(module)]
            took = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            if turn:  # the first one reads the disk
                found.append(took)
    print()
    for module, found in seconds.items():
        line = f"  import {module:12}{spread(found, '.3f')} s"
        if module != "numpy":
            line += (
                "   beyond NumPy's "
                f"{median(a - b for a, b in zip(found, seconds['numpy'], strict=True)):.3f} s"
            )
        print(line)
    return seconds
