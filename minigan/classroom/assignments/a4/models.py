"""The functions of A4 with their misconceptions: each is the right function, changed by flags."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.classroom.assignments.a4.solution import scattered, windows
from minigan.classroom.model import Array, Flags

Layer = tuple[int, ...]

# ------------------------------------------------------------------------------ 4.1: the mirror


def mirror(encoder: list[Layer], size: int, **flags: Any) -> list[Layer]:
    """Return the decoder; flags: `extra` (0), `order` ("forward"), `channels` ("kept")."""
    decoder: list[Layer] = []
    for c_in, c_out, kernel, stride, padding in encoder:
        out = (size + 2 * padding - kernel) // stride + 1
        extra = size - ((out - 1) * stride - 2 * padding + kernel)
        channels = (c_in, c_out) if flags.get("channels") == "kept" else (c_out, c_in)
        decoder.append((*channels, kernel, stride, padding, flags.get("extra", extra)))
        size = out
    return decoder if flags.get("order") == "forward" else decoder[::-1]


MIRROR: dict[str, list[Flags]] = {
    "no-output-padding": [{"extra": 0}],
    "layers-not-reversed": [{"order": "forward"}],
    "channels-not-reversed": [{"channels": "kept"}],
}

# ------------------------------------------------------------------------------ 4.2: gradients


def gradients(
    x: Array, w: Array, v: Array, stride: Any, padding: Any, **flags: Any
) -> tuple[Any, Array, Array]:
    """Return (loss, gw, gv).

    Flags: `loss` and `gradient` ("sum" for the mean), `gv` (0: the decoder has no gradient).
    """
    seen = windows(x, w.shape[2:], stride, padding)
    y = np.einsum("cabij,kcij->kab", seen, w)
    difference = scattered(y, v, stride, padding) - x
    g = 2 * difference / (1 if flags.get("gradient") == "sum" else x.size)
    pulled = windows(g, v.shape[2:], stride, padding)
    gv = np.einsum("cabij,kab->kcij", pulled, y) * flags.get("gv", 1)
    gy = np.einsum("cabij,kcij->kab", pulled, v)
    gw = np.einsum("cabij,kab->kcij", seen, gy)
    loss = (difference**2).sum() if flags.get("loss") == "sum" else (difference**2).mean()
    return loss, gw, gv


GRADIENTS: dict[str, list[Flags]] = {
    "sum-for-mean": [{"loss": "sum", "gradient": "sum"}, {"gradient": "sum"}, {"loss": "sum"}],
    "decoder-gradient-missing": [{"gv": 0}],
}
