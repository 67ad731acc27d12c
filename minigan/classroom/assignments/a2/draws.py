"""The inputs of A2 drawn for a student: the same kinds for everyone, other numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from minigan.classroom.drawing import (
    Generator,
    between,
    normal,
)
from minigan.classroom.model import Inputs

CHANNELS = ((1, 1), (2, 3), (3, 2), (2, 2))  # K, C

# ---------------------------------------------------------------------------------- kernel, stride


def _axis(generator: Generator, kind: str) -> tuple[int, int]:
    """Return a kernel size and a stride: windows that overlap, touch, leave gaps, or slide."""
    if kind == "overlap":
        k = between(generator, 3, 5)
        return k, between(generator, 2, k - 1)
    if kind == "touch":
        k = between(generator, 2, 4)
        return k, k
    if kind == "gaps":
        k = between(generator, 1, 2)
        return k, k + between(generator, 1, 2)
    return between(generator, 2, 4), 1  # "slide"


def _two_axes(generator: Generator, kinds: tuple[str, str]) -> Any:
    """Return kernel and stride of two axes, which differ in both where kinds do."""
    while True:
        (k, s), (l, t) = _axis(generator, kinds[0]), _axis(generator, kinds[1])
        if k != l and (s != t or kinds == ("slide", "slide")):
            return (k, l), (s, t)


KINDS1 = ("overlap", "slide", "touch", "gaps", "overlap", "slide", "overlap", "gaps")
KINDS2 = (
    ("overlap", "slide"), ("slide", "overlap"), ("overlap", "touch"), ("gaps", "overlap"),
    ("slide", "slide"), ("touch", "gaps"), ("overlap", "overlap"), ("overlap", "gaps"),
)  # fmt: skip


def scatter1d(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of conv_transpose1d."""
    for number, kind in enumerate(KINDS1):
        (K, C), (k, s) = CHANNELS[number % 4], _axis(generator, kind)
        y = normal(generator, K, between(generator, 3, 6))
        yield {"y": y, "w": normal(generator, K, C, k), "stride": s}
    yield {"y": normal(generator, 2, 1), "w": normal(generator, 2, 3, 4), "stride": 3}


def scatter2d(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of conv_transpose2d_scatter."""
    for number, kinds in enumerate(KINDS2):
        (K, C), (kernel, stride) = CHANNELS[number % 4], _two_axes(generator, kinds)
        size = between(generator, 2, 3), between(generator, 4, 5)
        y, w = normal(generator, K, *size), normal(generator, K, C, *kernel)
        yield {"y": y, "w": w, "stride": stride}


# -------------------------------------------------------------------------------------- the matrix

_MATRICES = (  # stride, padding; None: drawn
    (1, 0), (1, 1), (2, 0), (3, 2), (2, 1), (None, None), (None, None), (4, 0),
)  # fmt: skip


def matrix(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of conv_matrix."""
    for stride, padding in _MATRICES:
        k = between(generator, 3, 5)
        s = between(generator, 2, 3) if stride is None else stride
        p = between(generator, 1, k) if padding is None else padding
        size = between(generator, k + 2, k + 5)
        yield {"w": normal(generator, k), "size": size, "stride": s, "padding": p}


def by_matrix(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of conv_transpose_by_matrix."""
    for inputs in list(matrix(generator)):
        k, size, s, p = len(inputs["w"]), *list(inputs.values())[1:]
        yield {"y": normal(generator, (size + 2 * p - k) // s + 1), **inputs}


# ------------------------------------------------------------------------- as a convolution


def _paddings(generator: Generator, size: Any, kernel: Any, stride: Any, how: str) -> Any:
    """Return a padding for each axis: "none", "less" than k - 1, "most" k - 1, or "more"."""
    found = []
    for n, k, s in zip(size, kernel, stride, strict=True):
        whole = (n - 1) * s + k
        low, high = {"none": (0, 0), "less": (1, k - 2), "most": (k - 1, k - 1),
                     "more": (k, k + 1)}[how]  # fmt: skip
        high = min(high, (whole - 1) // 2)
        found.append(between(generator, min(low, max(high, 0)), max(high, 0)))
    return tuple(found)


_STRIDE1 = ("none", "less", "most", "more", "less", "more", "none", "less")
_HOLES = ("none", "less", "most", "more", "less", "less", "more", "less")


def stride1(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of conv_transpose2d_stride1."""
    for number, how in enumerate(_STRIDE1):
        K, C = CHANNELS[(number + number // 4) % 4]
        kernel = between(generator, 2, 3), between(generator, 4, 5)
        kernel = kernel if number % 2 else kernel[::-1]
        size = tuple(k + between(generator, 2, 4) for k in kernel)
        y, w = normal(generator, K, *size), normal(generator, K, C, *kernel)
        yield {"y": y, "w": w, "padding": _paddings(generator, size, kernel, (1, 1), how)}


def holes(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of conv_transpose2d_holes."""
    for number, (how, kinds) in enumerate(zip(_HOLES, KINDS2, strict=True)):
        (K, C), (kernel, stride) = CHANNELS[number % 4], _two_axes(generator, kinds)
        size = between(generator, 4, 5), between(generator, 6, 7)
        y, w = normal(generator, K, *size), normal(generator, K, C, *kernel)
        padding = _paddings(generator, size, kernel, stride, how)
        yield {"y": y, "w": w, "stride": stride, "padding": padding}


def backward(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of conv_transpose2d_backward."""
    for inputs in list(holes(generator)):
        sizes = zip(inputs["y"].shape[1:], inputs["w"].shape[2:], inputs["stride"],
                    inputs["padding"], strict=True)  # fmt: skip
        x = [(n - 1) * s + k - 2 * p for n, k, s, p in sizes]
        yield {"g": normal(generator, inputs["w"].shape[1], *x), **inputs}


# --------------------------------------------------------------------------------------- the sizes


def size_of(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of output_size."""
    for s, d in ((1, 1), (2, 1), (3, 2), (2, 3), (4, 1), (5, 4), (3, 3), (2, 2)):
        k = between(generator, 3, 7)
        yield {
            "size": between(generator, 11, 60),
            "kernel": k,
            "stride": s,
            "padding": between(generator, 1, k),
            "output_padding": between(generator, 0 if max(s, d) == 1 else 1, max(s, d) - 1),
            "dilation": d,
        }


def legal(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of legal_output_paddings: some have no answer."""
    for number, (s, d) in enumerate(
        ((1, 1), (2, 1), (3, 2), (2, 4), (4, 1), (2, 3), (3, 1), (5, 2))
    ):
        k, size = between(generator, 3, 7), between(generator, 11, 60)
        p, most = between(generator, 1, k), max(s, d)
        low = (s if s < d else 0) if number < 6 else 0
        extra = between(generator, low, most - 1)
        least = (size - 1) * s - 2 * p + d * (k - 1) + 1
        given = {"kernel": k, "stride": s, "padding": p, "dilation": d}
        yield {"size": size, "out": least + extra, **given}
        if number % 2:
            wrong = least + most if number % 4 == 1 else least - 1
            yield {"size": size, "out": wrong, **given}


def count(generator: Generator) -> Iterator[Inputs]:
    """Draw the inputs of useful_multiplications."""
    for low, high in ((1, 1), (2, 3), (4, 5), (2, 5), (2, 5), (2, 5)):
        yield {
            "size": between(generator, 5, 90),
            "kernel": between(generator, 2, 9),
            "stride": between(generator, low, high),
        }
