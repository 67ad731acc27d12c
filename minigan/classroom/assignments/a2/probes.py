"""Small integer inputs of A2: for finding the smallest failure, and for the detector."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from minigan.classroom.drawing import by_size, counting, digits, grid
from minigan.classroom.model import Inputs


def _small_pairs(**more: Any) -> list[dict[str, Any]]:
    """Return settings of small two-dimensional problems, the smallest first."""
    found = []
    for c in grid(K=(1, 2), C=(1, 2), Y=(1, 2, 3), Z=(1, 2, 3), k=(1, 2, 3), l=(1, 2, 3)):
        entries = c["K"] * (c["Y"] * c["Z"] + c["C"] * c["k"] * c["l"])
        if entries <= 12:
            found += [(entries + sum({**c, **d}.values()), {**c, **d}) for d in grid(**more)]
    found.sort(key=lambda pair: (pair[0], list(pair[1].values())))
    return [c for _, c in found]


def _problem(c: dict[str, int], make: Any) -> Inputs:
    y, w = make(c["K"], c["Y"], c["Z"]), make(c["K"], c["C"], c["k"], c["l"])
    found: Inputs = {"y": y, "w": w}
    if "s" in c:
        found["stride"] = (c["s"], c.get("t", 1))
    if "p" in c:
        found["padding"] = (c["p"], c["q"])
    return found


def _fits(c: dict[str, int]) -> bool:
    """Return whether the output has at least one entry."""
    rows = (c["Y"] - 1) * c.get("s", 1) + c["k"] - 2 * c.get("p", 0)
    columns = (c["Z"] - 1) * c.get("t", 1) + c["l"] - 2 * c.get("q", 0)
    return rows > 0 and columns > 0


def small_scatter1d() -> Iterator[Inputs]:
    """Yield small inputs of conv_transpose1d."""
    cases = (
        {"y": counting(c["K"], c["Y"]), "w": counting(c["K"], c["C"], c["k"]), "stride": c["s"]}
        for c in grid(K=(1, 2), C=(1, 2), Y=(1, 2, 3), k=(1, 2, 3), s=(1, 2, 3))
    )
    yield from by_size(cases)


@cache
def _settings(kind: str) -> list[dict[str, Any]]:
    strides = {"s": (1, 2, 3), "t": (1, 2, 3)}
    paddings = {"p": (0, 1, 2), "q": (0, 1, 2)}
    more = {"scatter": strides, "stride1": paddings, "holes": strides | paddings}
    return [c for c in _small_pairs(**more[kind]) if _fits(c)]


def small_scatter2d() -> Iterator[Inputs]:
    """Yield small inputs of conv_transpose2d_scatter."""
    yield from (_problem(c, counting) for c in _settings("scatter"))


def small_stride1() -> Iterator[Inputs]:
    """Yield small inputs of conv_transpose2d_stride1."""
    yield from (_problem(c, counting) for c in _settings("stride1"))


def small_holes() -> Iterator[Inputs]:
    """Yield small inputs of conv_transpose2d_holes."""
    yield from (_problem(c, counting) for c in _settings("holes"))


def small_backward() -> Iterator[Inputs]:
    """Yield small inputs of conv_transpose2d_backward."""
    for inputs in small_holes():
        yield _with_gradient(inputs, counting)


def _with_gradient(inputs: Inputs, make: Any) -> Inputs:
    sizes = zip(inputs["y"].shape[1:], inputs["w"].shape[2:], inputs["stride"],
                inputs["padding"], strict=True)  # fmt: skip
    x = [(n - 1) * s + k - 2 * p for n, k, s, p in sizes]
    return {"g": make(inputs["w"].shape[1], *x), **inputs}


def small_matrix() -> Iterator[Inputs]:
    """Yield small inputs of conv_matrix."""
    for c in grid(k=(1, 2, 3), size=(1, 2, 3, 4, 5), stride=(1, 2, 3), padding=(0, 1, 2)):
        if c["size"] + 2 * c["padding"] >= c["k"]:
            yield {"w": counting(c["k"]), **{n: c[n] for n in ("size", "stride", "padding")}}


def small_by_matrix() -> Iterator[Inputs]:
    """Yield small inputs of conv_transpose_by_matrix."""
    cases = []
    for c in small_matrix():
        rows = (c["size"] + 2 * c["padding"] - len(c["w"])) // c["stride"] + 1
        cases.append({"y": counting(rows), **c})
    yield from by_size(cases)


def small_sizes() -> Iterator[Inputs]:
    """Yield small inputs of output_size."""
    sizes = {"size": (1, 2, 3), "kernel": (1, 2, 3), "stride": (1, 2, 3), "padding": (0, 1)}
    for c in grid(**sizes, output_padding=(0, 1, 2), dilation=(1, 2, 3)):
        most = max(c["stride"], c["dilation"])
        if c["output_padding"] < most and c["size"] * c["kernel"] > 2 * c["padding"]:
            yield c


def small_legal() -> Iterator[Inputs]:
    """Yield small inputs of legal_output_paddings, one of them without an answer."""
    for number, inputs in enumerate(_answered()):
        yield inputs
        if number == 0:
            yield {**inputs, "out": inputs["out"] + 3}


def _answered() -> Iterator[Inputs]:
    names = ("size", "out", "kernel", "stride", "padding", "dilation")
    for c in small_sizes():
        c["out"] = ((c["size"] - 1) * c["stride"] - 2 * c["padding"] + c["dilation"]
                    * (c["kernel"] - 1) + c["output_padding"] + 1)  # fmt: skip
        if c["out"] > 0:
            yield {name: c[name] for name in names}


def small_count() -> Iterator[Inputs]:
    """Yield small inputs of useful_multiplications."""
    yield from grid(size=(1, 2, 3, 4), kernel=(1, 2, 3), stride=(1, 2, 3))


# K, C, Y, Y', k, k', s, s', p, p': equal sizes, where wrong code shows its values instead of
# raising, and different ones, where it tells axes apart
_PROBES = (
    (1, 1, 2, 2, 2, 2, 1, 1, 0, 0), (1, 1, 3, 3, 3, 3, 1, 1, 0, 0), (1, 1, 3, 3, 3, 3, 1, 1, 1, 1),
    (1, 1, 4, 4, 3, 3, 1, 1, 2, 2), (2, 2, 2, 2, 2, 2, 1, 1, 0, 0), (2, 2, 3, 3, 3, 3, 1, 1, 1, 1),
    (1, 1, 2, 3, 3, 2, 1, 1, 0, 0), (2, 3, 2, 3, 2, 3, 1, 1, 0, 0), (3, 2, 3, 4, 3, 2, 1, 1, 1, 0),
    (1, 1, 3, 4, 4, 3, 1, 1, 1, 1), (1, 1, 3, 4, 4, 3, 1, 1, 0, 1), (2, 2, 3, 3, 3, 3, 1, 1, 0, 0),
    (1, 1, 5, 6, 2, 3, 1, 1, 2, 2), (1, 1, 5, 6, 3, 2, 1, 1, 1, 2),
    (1, 1, 2, 2, 2, 2, 2, 2, 0, 0), (1, 1, 3, 3, 3, 3, 2, 2, 0, 0), (1, 1, 3, 3, 3, 3, 2, 2, 1, 1),
    (1, 1, 3, 3, 2, 2, 3, 3, 0, 0), (1, 1, 1, 3, 3, 3, 1, 2, 0, 0), (1, 1, 3, 1, 3, 3, 2, 1, 0, 0),
    (1, 1, 1, 3, 3, 3, 2, 1, 0, 0), (1, 1, 3, 1, 3, 3, 1, 2, 0, 0),
    (1, 1, 3, 3, 3, 3, 1, 2, 0, 0), (1, 1, 3, 3, 3, 3, 2, 3, 1, 1), (2, 2, 3, 3, 3, 3, 2, 2, 0, 0),
    (2, 2, 2, 3, 4, 3, 3, 2, 1, 1), (2, 3, 3, 2, 3, 4, 2, 3, 1, 2), (3, 2, 2, 2, 4, 4, 2, 2, 1, 1),
    (1, 1, 4, 4, 4, 4, 2, 2, 1, 1), (1, 1, 4, 4, 4, 4, 2, 2, 3, 3), (1, 2, 3, 3, 2, 3, 2, 1, 0, 1),
    (2, 1, 2, 4, 5, 3, 2, 2, 2, 1), (1, 1, 4, 5, 2, 3, 2, 2, 2, 3),
)  # fmt: skip
_NAMES = ("K", "C", "Y", "Z", "k", "l", "s", "t", "p", "q")


def _probes(*names: str) -> Iterator[Inputs]:
    """Yield the probes with these settings; of the others only those that leave them out."""
    for numbers in _PROBES:
        c = dict(zip(_NAMES, numbers, strict=True))
        rest = {"s": 1, "t": 1, "p": 0, "q": 0}
        if all(c[name] == value for name, value in rest.items() if name not in names):
            kept = {n: v for n, v in c.items() if n not in rest or n in names}
            yield _problem(kept, digits)


def probe_scatter1d() -> Iterator[Inputs]:
    """Yield the detector's inputs of conv_transpose1d."""
    sizes = ((1, 1, 2, 2, 1), (1, 1, 3, 3, 1), (1, 1, 3, 3, 2), (2, 2, 3, 3, 2), (2, 3, 3, 4, 2),
             (3, 2, 2, 2, 1), (1, 1, 3, 2, 2), (1, 1, 3, 2, 3), (2, 2, 4, 5, 3), (1, 1, 1, 3, 2),
             (2, 2, 2, 2, 1), (1, 2, 4, 1, 2))  # fmt: skip
    for K, C, Y, k, s in sizes:
        yield {"y": digits(K, Y), "w": digits(K, C, k), "stride": s}


def probe_scatter2d() -> Iterator[Inputs]:
    """Yield the detector's inputs of conv_transpose2d_scatter."""
    yield from _probes("s", "t")


def probe_stride1() -> Iterator[Inputs]:
    """Yield the detector's inputs of conv_transpose2d_stride1."""
    yield from _probes("p", "q")


def probe_holes() -> Iterator[Inputs]:
    """Yield the detector's inputs of conv_transpose2d_holes."""
    yield from _probes("s", "t", "p", "q")


def probe_backward() -> Iterator[Inputs]:
    """Yield the detector's inputs of conv_transpose2d_backward."""
    for inputs in probe_holes():
        yield _with_gradient(inputs, digits)


def probe_legal() -> Iterator[Inputs]:
    """Yield the detector's inputs of legal_output_paddings, some without an answer."""
    for number, inputs in enumerate(_answered()):
        if number % 7 == 0:
            yield inputs
        if number % 21 == 0:
            yield {**inputs, "out": inputs["out"] + 3}


def probe_sizes() -> Iterator[Inputs]:
    """Yield the detector's inputs of output_size."""
    for number, inputs in enumerate(small_sizes()):
        if number % 5 == 0:
            yield inputs


def negative(inputs: Inputs) -> bool:
    """Return whether the padding exceeds kernel - 1; there wrong code differs by style."""
    kernel = inputs["w"].shape[2:]
    return any(p > k - 1 for p, k in zip(inputs["padding"], kernel, strict=True))
