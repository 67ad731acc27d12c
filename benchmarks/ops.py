"""The layer table: GFLOP/s of each face of conv and conv_transpose beside the sgemm peak of the
same process.

GFLOP/s counts useful multiplications (those that meet no padding), times two. The peak is a 2048^3
product by NumPy's own BLAS, or by PyTorch, on all cores, measured in each turn right after the
layer's faces (before them its idle threads would still be spinning); shares are turn by turn.
Inputs come in the memory layout in which the layer before would hand them on: channels last, but
for plain PyTorch.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from benchmarks import count, rivals
from benchmarks.report import Report
from benchmarks.turns import Side, ratios, sides, spread
from benchmarks.workloads import Text

_PEAK = 2048
_FACES = {
    "forward": "y = layer(x, w, **settings)",
    "input gradient": "gradient, = grad(y, x, g, retain_graph=True)",
    "weight gradient": "gradient, = grad(y, w, g, retain_graph=True)",
}


@dataclass(frozen=True)
class Layer:
    """A convolution from A channels of size X to B channels of size Y (or, transposed, back), batch
    N, no bias.
    """

    model: str
    transposed: bool
    N: int
    A: int
    X: int
    B: int
    Y: int
    kernel: int
    stride: int
    padding: int

    def __str__(self) -> str:
        kind = "conv_transpose" if self.transposed else "conv"
        return f"{self.model} {kind} {self.A}x{self.X}x{self.X} -> {self.B}x{self.Y}x{self.Y}"

    @property
    def flops(self) -> int:
        """Twice the multiplications whose factors are all inside their arrays."""
        large, small = (self.Y, self.X) if self.transposed else (self.X, self.Y)
        links = sum(
            0 <= self.stride * o + i - self.padding < large
            for o in range(small)
            for i in range(self.kernel)
        )
        return 2 * self.N * self.A * self.B * links**2

    @property
    def settings(self) -> dict[str, int]:
        """The arguments of the functional form beside its arrays."""
        settings = {"stride": self.stride, "padding": self.padding}
        least = self.stride * (self.X - 1) + self.kernel - 2 * self.padding
        return settings | (
            {"output_padding": self.Y - least} if self.transposed and least < self.Y else {}
        )

    @property
    def setup(self) -> str:
        """The text that makes x, w and g."""
        ends = (self.A, self.B) if self.transposed else (self.B, self.A)
        return f"""
def channels_last(N, C, X):  # shape (N, C, X, X), in memory (N, X, X, C)
    return np.moveaxis(rng.standard_normal((N, X, X, C), np.float32), -1, 1)

layer, settings = F.conv{"_transpose" * self.transposed}2d, {self.settings}
x = from_numpy(channels_last({self.N}, {self.A}, {self.X})).requires_grad_()
w = tensor(rng.standard_normal({(*ends, self.kernel, self.kernel)}, np.float32)).requires_grad_()
g = from_numpy(channels_last({self.N}, {self.B}, {self.Y}))
a, b = (np.ones(({_PEAK}, {_PEAK}), np.float32) for _ in "ab")
"""


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "layers", nargs="*", metavar="TEXT", help="only layers whose name has one of these in it"
    )
    parser.add_argument("--turns", type=count, default=10)
    parser.add_argument("--times", type=count, default=40, help="each face in a turn")
    rivals.options(parser)


def main(arguments: argparse.Namespace) -> None:
    report = Report(arguments)
    with sides(rivals.present(arguments.against, {"common"}), arguments.threads) as found:
        report.introduce(found)
        for layer in layers():
            if not arguments.layers or any(text in str(layer) for text in arguments.layers):
                print(f"\n{layer}: {layer.flops / 1e9:.2f} GFLOP", flush=True)
                report.keep(str(layer), table(layer, found, arguments.turns, arguments.times))


def layers() -> Iterator[Layer]:
    """The layers of the DCGANs, from the generator's first to the discriminator's last, and of the
    auto-encoder.
    """
    for model, Z, W, C, sizes in (("dcgan32", 100, 32, 1, 4), ("dcgan64-rgb", 100, 64, 3, 5)):
        widths = [Z, *(W << level for level in reversed(range(sizes - 1))), C]
        pixels = [1, *(4 << level for level in range(sizes))]
        for level in range(sizes):
            shape = (widths[level], pixels[level], widths[level + 1], pixels[level + 1])
            yield Layer(model, True, 64, *shape, 4, *((2, 1) if level else (1, 0)))
        for level in reversed(range(sizes)):
            shape = (
                widths[level + 1],
                pixels[level + 1],
                widths[level] if level else 1,
                pixels[level],
            )
            yield Layer(model, False, 64, *shape, 4, *((2, 1) if level else (1, 0)))
    pixels, widths = [28, 14, 7, 3], [1, 16, 32, 64]
    for level in range(3):
        yield Layer(
            "autoencoder",
            False,
            128,
            widths[level],
            pixels[level],
            widths[level + 1],
            pixels[level + 1],
            4,
            2,
            1,
        )
    for level in reversed(range(3)):
        yield Layer(
            "autoencoder",
            True,
            128,
            widths[level + 1],
            pixels[level + 1],
            widths[level],
            pixels[level],
            4,
            2,
            1,
        )


def table(
    layer: Layer, found: list[Side], turns: int, times: int
) -> dict[str, dict[str, list[float]]]:
    """Print the faces of a layer; return for each side the GFLOP/s of its peak and of each face,
    turn by turn.
    """
    rates: dict[str, dict[str, list[float]]] = {
        s.name: {name: [] for name in ("peak", *_FACES)} for s in found
    }
    for turn in range(turns + 1):
        for side in found:
            product = "np.matmul(a, b)" if side.name == "minigan" else "torch_a @ torch_b"
            more = "" if side.name == "minigan" else "torch_a, torch_b = tensor(a), tensor(b)"
            for name, update in {**_FACES, "peak": product}.items():
                seconds = side.run(
                    Text(layer.setup + more, update), 2 if name == "peak" else times
                )["times"]
                if turn:
                    flops = 2 * _PEAK**3 if name == "peak" else layer.flops
                    best = min(seconds) if name == "peak" else median(seconds)
                    rates[side.name][name].append(flops / best / 1e9)
    for side_name, rate in rates.items():
        print(f"  {side_name:20}peak {spread(rate['peak'], '.0f')} GFLOP/s")
        for face in _FACES:
            line = (
                f"    {face:18}{spread(rate[face], '6.0f'):24} "
                f"{median(ratios(rate[face], rate['peak'])):5.0%} of peak"
            )
            if side_name != "minigan":
                line += (
                    f"   minigan / {side_name} "
                    f"{spread(ratios(rate[face], rates['minigan'][face]), '.2f')}"
                )
            print(line, flush=True)
    return rates
