"""Inputs of A3: drawn for a student, and small ones for finding the smallest failure."""

from __future__ import annotations

from collections.abc import Iterator

from minigan.classroom.drawing import Generator, between, grid
from minigan.classroom.model import Inputs

# kernel and stride: uneven coverage with odd and even kernels, even coverage, gaps
_KINDS = ((3, 2), (5, 2), (4, 3), (6, 3), (4, 2), (2, 4), (5, 3), (8, 3))


def _kernel(generator: Generator, number: int) -> tuple[int, int]:
    """Return a kernel and a stride of the same kind for everyone: k mod s is the same."""
    kernel, stride = _KINDS[number % len(_KINDS)]
    return kernel + stride * between(generator, 0, 1) * (kernel > stride), stride


def coverage(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of coverage: long inputs, and some that are shorter than a kernel."""
    for number in range(len(_KINDS)):
        kernel, stride = _kernel(generator, number)
        padding = 0 if number % 4 == 0 else between(generator, 1, kernel - 1)
        if padding % stride == 0 and padding:
            padding = 1
        size = between(generator, 6, 11) if number % 3 else between(generator, 2, 3)
        size = max(size, 2 * padding // stride + 1)
        yield {"size": size, "kernel": kernel, "stride": stride, "padding": padding}
    yield {"size": 1, "kernel": between(generator, 3, 6), "stride": 2, "padding": 1}


def law(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of coverage_law: all phases of several kernels."""
    for number in range(len(_KINDS)):
        kernel, stride = _kernel(generator, number)
        padding = 0 if number % 4 == 0 else 1 + stride * between(generator, 0, 1)
        start = kernel + stride + between(generator, 0, 100)
        for position in range(start, start + stride):
            yield {"position": position, "kernel": kernel, "stride": stride, "padding": padding}


def uniform(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of uniform_padding: kernels of every rest, and the smallest ones."""
    for stride, rest in ((2, 1), (3, 0), (3, 1), (3, 2), (4, 0), (4, 2), (5, 0), (5, 1)):
        yield {"kernel": stride * between(generator, 2, 4) + rest, "stride": stride}
    for kernel, stride in ((2, 2), (3, 1), (2, 4)):
        yield {"kernel": kernel, "stride": stride}


def settings(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of decoder_settings."""
    for stride, extra in ((2, 0), (2, 1), (3, 0), (3, 1), (4, 2), (1, 0), (2, -3), (3, 40)):
        small = between(generator, 5, 16)
        yield {"small": small, "large": small * stride + extra, "stride": stride}


def variances(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of phase_variances."""
    for number in range(len(_KINDS)):
        kernel, stride = _kernel(generator, number)
        yield {
            "kernel": kernel,
            "stride": stride,
            "channels": between(generator, 2, 16),
            "weight_std": float(generator.uniform(0.1, 0.7)),
            "input_std": float(generator.uniform(1.2, 3.0)),
        }


# ------------------------------------------------------------------------------------ small inputs


def small_coverage() -> Iterator[Inputs]:
    """Yield small inputs of coverage."""
    cases = grid(size=(1, 2, 3, 4, 6), kernel=(1, 2, 3, 4, 5), stride=(1, 2, 3), padding=(0, 1, 2))
    found = [c for c in cases if (c["size"] - 1) * c["stride"] + c["kernel"] > 2 * c["padding"]]
    yield from sorted(found, key=lambda c: sum(c.values()))


def probe_coverage() -> Iterator[Inputs]:
    """Yield the detector's inputs of coverage."""
    for number, inputs in enumerate(small_coverage()):
        if number % 3 == 2:
            yield inputs


def small_law() -> Iterator[Inputs]:
    """Yield small inputs of coverage_law."""
    for c in grid(stride=(1, 2, 3, 4), kernel=(1, 2, 3, 4, 5), padding=(0, 1, 2)):
        for phase in range(c["stride"]):
            position = c["kernel"] + c["stride"] + phase
            yield {"position": position, "kernel": c["kernel"], "stride": c["stride"],
                   "padding": c["padding"]}  # fmt: skip


def probe_law() -> Iterator[Inputs]:
    """Yield the detector's inputs of coverage_law."""
    for number, inputs in enumerate(small_law()):
        if number % 2:
            yield inputs


def small_uniform() -> Iterator[Inputs]:
    """Yield small inputs of uniform_padding."""
    yield from grid(kernel=(1, 2, 3, 4, 5, 6, 8, 9), stride=(1, 2, 3, 4))


def small_settings() -> Iterator[Inputs]:
    """Yield small inputs of decoder_settings."""
    for c in grid(small=(1, 2, 3, 4), stride=(1, 2, 3, 4)):
        for large in (c["small"] * c["stride"], c["small"] * c["stride"] + 1, c["small"] + 1):
            yield {"small": c["small"], "large": large, "stride": c["stride"]}


def small_variances() -> Iterator[Inputs]:
    """Yield small inputs of phase_variances."""
    for c in grid(kernel=(1, 2, 3, 4, 5), stride=(1, 2, 3), channels=(1, 2)):
        yield {**c, "weight_std": 1.0, "input_std": 1.0}
        yield {**c, "weight_std": 2.0, "input_std": 3.0}
