"""How the cost of the 32x32 DCGAN's update grows with batch, image size and width, each alone, and
by which power.

The exponent is the slope of log time over log size by least squares; 1 is linear. Width and size
scale the multiplications by about 4 a doubling, so their exponents tend to 2 where the
multiplications are what costs.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from statistics import linear_regression, median

from benchmarks import count, rivals
from benchmarks.report import Report
from benchmarks.turns import sides, take_turns
from benchmarks.workloads import Workload, dcgan

_SIZES: dict[str, tuple[Callable[[int], Workload], tuple[int, ...]]] = {
    "batch": (lambda size: dcgan(B=size), (16, 32, 64, 128, 256)),
    "image size": (lambda size: dcgan(SIZE=size), (16, 32, 64)),
    "width": (lambda size: dcgan(W=size), (16, 32, 64)),
}

Curves = dict[str, dict[str, dict[int, float]]]


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--turns", type=count, default=5)
    parser.add_argument("--updates", type=count, default=5, help="in a turn")
    parser.add_argument("--plot", metavar="F.png", help="draw the curves there")
    rivals.options(parser, ("torch",))


def main(arguments: argparse.Namespace) -> None:
    report = Report(arguments)
    able = rivals.present(arguments.against, dcgan().texts)
    curves: Curves = {}
    for what, (sized, sizes) in _SIZES.items():
        print(f"\n{what}")
        curves[what] = {rival.name: {} for rival in able}
        for size in sizes:
            workload = sized(size)
            with sides(able, arguments.threads) as found:
                report.introduce(found)
                texts = {side: workload.texts[side.dialect] for side in found}
                times = take_turns(texts, arguments.turns, arguments.updates)
            for name, seconds in times.items():
                curves[what][name][size] = median(seconds)
            print(
                f"  {size:4}"
                + "".join(f"   {name} {1e3 * median(t):8.1f} ms" for name, t in times.items()),
                flush=True,
            )
        for name, curve in curves[what].items():
            print(f"  {name}: time grows as {what} to the power {exponent(curve):.2f}")
        report.keep(what, curves[what])
    if arguments.plot:
        plot(curves, arguments.plot)


def exponent(curve: dict[int, float]) -> float:
    """The slope of log y over log x."""
    return linear_regression(
        [math.log(x) for x in curve], [math.log(y) for y in curve.values()]
    ).slope


def plot(curves: Curves, file: str) -> None:
    """Draw each curve on logarithmic axes with its exponent."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4 * len(curves), 3.6), layout="constrained")
    for axes, (what, by_name) in zip(figure.subplots(1, len(curves)), curves.items(), strict=True):
        for name, curve in by_name.items():
            label = f"{name}: {exponent(curve):.2f}"
            axes.loglog(list(curve), [1e3 * t for t in curve.values()], "o-", label=label, base=2)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter("{x:.0f}")
        axes.set(xlabel=what, ylabel="ms an update")
        axes.legend(title="exponent")
    figure.savefig(file, dpi=120)
