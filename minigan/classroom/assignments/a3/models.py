"""The functions of A3 with their misconceptions: each is the right function, changed by flags."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.classroom.model import Array, Flags


def law(position: int, kernel: int, stride: int, padding: int = 0, **flags: Any) -> int:
    """Return the coverage in the interior.

    Flags: `phase` ("none": the padding is left out, "minus": it is subtracted), `divide` ("floor",
    or "whole": kernel // stride whatever the phase), `even` (even kernels are taken as uniform).
    """
    shift = {"none": 0, "minus": -padding}.get(flags.get("phase", ""), padding)
    r = (position + shift) % stride
    if flags.get("even") and kernel % 2 == 0:
        return kernel // stride
    if flags.get("divide") == "floor":
        return max(0, (kernel - r) // stride)
    if flags.get("divide") == "whole":
        return kernel // stride
    return max(0, -((r - kernel) // stride))


LAW: dict[str, list[Flags]] = {
    "padding-not-in-phase": [{"phase": "none"}, {"phase": "minus"}],
    "floor-for-ceiling": [{"divide": "floor"}, {"divide": "whole"}],
    "even-kernel-rule": [{"even": True}],
}


def coverage(size: int, kernel: int, stride: int, padding: int = 0, **flags: Any) -> Array:
    """Return the counts.

    Flags: `outside` (inputs beyond the ends count), `crop` ("end": only the end is cropped,
    "start", "none").
    """
    whole = (size - 1) * stride + kernel
    if flags.get("outside"):
        rest = {name: value for name, value in flags.items() if name != "outside"}
        places = range(whole - 2 * padding)
        return np.array([law(o, kernel, stride, padding, **rest) for o in places], dtype=int)
    counts = np.zeros(whole, dtype=int)
    for o in range(size):
        counts[o * stride : o * stride + kernel] += 1
    crop = flags.get("crop", "")
    first = {"end": 0, "start": 2 * padding}.get(crop, padding)
    return counts[first : first + whole - 2 * padding]


COVERAGE: dict[str, list[Flags]] = {
    "counts-products-outside": [{"outside": True}],
    "padding-not-in-phase": [
        {"crop": "end"}, {"crop": "start"}, {"outside": True, "phase": "none"},
    ],
    "floor-for-ceiling": [
        {"outside": True, "divide": "floor"}, {"outside": True, "divide": "whole"},
    ],
}  # fmt: skip


def uniform(kernel: int, stride: int, **flags: Any) -> int | None:
    """Return the least padding; flags: `rule` ("even"), `border` (no padding is needed)."""
    fits = kernel % 2 == 0 if flags.get("rule") == "even" else kernel % stride == 0
    if not fits:
        return None
    least = 0 if flags.get("border") else kernel - stride
    return max(0, least) if flags.get("clip") else least


UNIFORM: dict[str, list[Flags]] = {
    "even-kernel-rule": [
        {"rule": "even"}, {"rule": "even", "clip": True}, {"rule": "even", "border": True},
    ],
    "border-taken-for-interior": [{"border": True}],
}  # fmt: skip


def settings(small: int, large: int, stride: int, **flags: Any) -> list[tuple[int, int, int]]:
    """Return the settings; flags: `rule` ("even"), `border` ("least", "exact")."""
    found = []
    for kernel in range(1, 9):
        fits = kernel % 2 == 0 if flags.get("rule") == "even" else kernel % stride == 0
        for extra in range(stride):
            crop = (small - 1) * stride + kernel + extra - large
            padding = crop // 2
            border = {"least": padding < kernel - stride, "exact": padding != kernel - stride}
            if border.get(flags.get("border", "")):
                continue
            if fits and crop >= 0 and crop % 2 == 0:
                found.append((kernel, padding, extra))
    return sorted(found)


SETTINGS: dict[str, list[Flags]] = {
    "even-kernel-rule": [{"rule": "even"}],
    "border-taken-for-interior": [{"border": "least"}, {"border": "exact"}],
}


def variances(
    kernel: int, stride: int, channels: int, weight_std: float, input_std: float, **flags: Any
) -> Array:
    """Return the variances; flags are those of `law`."""
    counts = np.array([law(r, kernel, stride, **flags) for r in range(stride)], dtype=float)
    found: Array = channels * counts * weight_std**2 * input_std**2
    return found


VARIANCES: dict[str, list[Flags]] = {
    "floor-for-ceiling": [{"divide": "floor"}, {"divide": "whole"}],
    "even-kernel-rule": [{"even": True}],
}
