"""The functions of A2 with their misconceptions: each is the right function, changed by flags."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan.classroom.assignments.a2.solution import conv2d
from minigan.classroom.model import Array, Flags

Pair = tuple[int, int]

# ---------------------------------------------------------------------------------- 2.1: scatter


def scatter(y: Array, w: Array, stride: Any = (1, 1), *, write: str = "add", **flags: Any) -> Array:
    """Return x by scattering; `write` says how a window is written ("add", "last", ...).

    Other flags: `move` replaces the stride of the positions ("ignored", "swapped"), `sized` also
    that of the size; `kernel` is "swapped" if the kernel's axes are exchanged.
    """
    if flags.get("kernel") == "swapped":
        w = w.swapaxes(2, 3)
    if flags.get("swap") is False:
        w = w.transpose(1, 0, 2, 3)
    if y.shape[0] != w.shape[0]:
        raise ValueError("scatter: channels do not fit")
    moved = _stride(stride, flags.get("move", ""))
    sized = moved if flags.get("sized", True) else stride
    (_, height, width), (_, C, k, l) = y.shape, w.shape
    x = np.zeros((C, (height - 1) * sized[0] + k, (width - 1) * sized[1] + l))
    for a, b, paint in _windows(y, w, write):
        i, j = (a[0] * moved[0] + a[1], b[0] * moved[1] + b[1])
        window = x[:, i : i + paint.shape[1], j : j + paint.shape[2]]
        if window.shape != paint.shape:
            raise ValueError("scatter: outside the output")
        if write == "add":
            window += paint
        else:
            window[...] = paint
    return x


def _windows(y: Array, w: Array, write: str) -> Any:
    """Yield (position and tap of rows, the same of columns, what is written there), in order."""
    (K, height, width), (k, l) = y.shape, w.shape[2:]
    places = [(o, p) for o in range(height) for p in range(width)]
    if write == "last-tap":  # the taps are the outer loops
        for i in range(k):
            for j in range(l):
                for o, p in places:
                    paint = np.einsum("k,kc->c", y[:, o, p], w[:, :, i, j])
                    yield (o, i), (p, j), paint[:, None, None]
        return
    for o, p in places:
        if write == "last-channel":
            for one in range(K):
                yield (o, 0), (p, 0), y[one, o, p] * w[one]
        else:
            yield (o, 0), (p, 0), np.tensordot(y[:, o, p], w, 1)


def scatter1d(y: Array, w: Array, stride: int = 1, **flags: Any) -> Array:
    """Return the one-dimensional scatter."""
    return scatter(y[:, None, :], w[:, :, None, :], (1, stride), **flags)[:, 0]


def _stride(stride: Pair, how: str) -> Pair:
    if how == "ignored":
        return (1, 1)
    return (stride[1], stride[0]) if how == "swapped" else stride


SCATTER1D: dict[str, list[Flags]] = {
    "overlap-overwritten": [{"write": "last"}, {"write": "last-channel"}, {"write": "last-tap"}],
    "channels-not-swapped": [{"swap": False}],
    "stride-ignored": [{"move": "ignored"}, {"move": "ignored", "sized": False}],
}
SCATTER2D: dict[str, list[Flags]] = {
    **SCATTER1D,
    "stride-axes-swapped": [{"move": "swapped"}, {"move": "swapped", "sized": False}],
    "kernel-axes-swapped": [{"kernel": "swapped"}],
}

# ------------------------------------------------------------------------------- 2.2: the matrix


def matrix(w: Array, size: int, stride: int = 1, padding: int = 0, **flags: Any) -> Array:
    """Return M; `step` replaces the stride of the rows, `sized` also that of their number."""
    step = flags.get("step", stride)
    rows = (size + 2 * padding - len(w)) // (step if flags.get("sized", True) else stride) + 1
    if rows < 1:
        raise ValueError("matrix: the kernel is larger than the input")
    M = np.zeros((rows, size))
    for o in range(rows):
        for i, weight in enumerate(w):
            if 0 <= step * o + i - padding < size:
                M[o, step * o + i - padding] = weight
    return M


def by_matrix(
    y: Array, w: Array, size: int, stride: int = 1, padding: int = 0, **flags: Any
) -> Array:
    """Return M.T @ y; `product` "M" forgets the transpose, "own" builds M for y's own size."""
    own = {name: flags[name] for name in ("step", "sized") if name in flags}
    product = flags.get("product", "M.T")
    M = matrix(w, len(y) if product == "own" else size, stride, padding, **own)
    return M.T @ y if product == "M.T" else M @ y


MATRIX: dict[str, list[Flags]] = {
    "stride-ignored": [{"step": 1}, {"step": 1, "sized": False}],
}
BY_MATRIX: dict[str, list[Flags]] = {
    "matrix-not-transposed": [{"product": "M"}, {"product": "own"}],
    **MATRIX,
}

# --------------------------------------------------------------- 2.3 and 2.4: as a convolution


def holes(y: Array, w: Array, stride: Pair = (1, 1), padding: Pair = (0, 0), **flags: Any) -> Array:
    """Return x as a convolution of y with holes.

    Flags: `flip` (which axes of the kernel are reversed), `swap` (the channels), `kernel`
    ("swapped", or "swapped-late" after the padding is computed), `move` ("ignored", "swapped",
    "conv": the convolution's stride), `holes` (zeros more than stride - 1; "some": only where
    there are any), `after` (the holes after the last input stay), `pad` (how much the input is
    padded).
    """
    k, l = w.shape[2:]
    if flags.get("kernel", "").startswith("swapped"):
        w = w.swapaxes(2, 3)
    if flags.get("kernel") == "swapped":
        k, l = w.shape[2:]
    moved = _stride(stride, "ignored" if flags.get("move") == "conv" else flags.get("move", ""))
    wide = _with_holes(y, moved, flags.get("holes", ""), flags.get("after", False))
    before, after = _padding(flags.get("pad", "prime"), (k, l), padding)
    wide = _padded(wide, before, after)
    rows, columns = flags.get("flip", (True, True))
    v = w[:, :, :: -1 if rows else 1, :: -1 if columns else 1]
    if flags.get("swap", True):
        v = v.transpose(1, 0, 2, 3)
    if wide.shape[0] != v.shape[1]:
        raise ValueError("holes: channels do not fit")
    found: Array = conv2d(wide, v, stride if flags.get("move") == "conv" else (1, 1))
    return found


def stride1(y: Array, w: Array, padding: Pair = (0, 0), **flags: Any) -> Array:
    """Return `holes` at stride 1."""
    return holes(y, w, (1, 1), padding, **flags)


def _with_holes(y: Array, stride: Pair, more: str, after: bool) -> Array:
    extra = [1 if more == "all" or (more == "some" and s > 1) else 0 for s in stride]
    s, t = stride[0] + extra[0], stride[1] + extra[1]
    K, height, width = y.shape
    shape = (height * s, width * t) if after else ((height - 1) * s + 1, (width - 1) * t + 1)
    wide = np.zeros((K, *shape))
    wide[:, ::s, ::t] = y
    return wide


def _padding(how: str, kernel: Pair, padding: Pair) -> tuple[Pair, Pair]:
    """Return the zeros before and after each axis."""

    def each(before: int, after: int) -> tuple[Pair, Pair]:
        """Return k - 1 on every side, less so many times the padding."""
        return (
            (kernel[0] - 1 - before * padding[0], kernel[1] - 1 - before * padding[1]),
            (kernel[0] - 1 - after * padding[0], kernel[1] - 1 - after * padding[1]),
        )

    amounts = {"prime": (1, 1), "added": (-1, -1), "first": (1, 0), "last": (0, 1),
               "first-twice": (2, 0), "last-twice": (0, 2), "none": (0, 0)}  # fmt: skip
    return (padding, padding) if how == "plain" else each(*amounts[how])


def _padded(x: Array, before: Pair, after: Pair) -> Array:
    """Return x with zeros around it; negative numbers crop."""
    pads = [(0, 0), (before[0], after[0]), (before[1], after[1])]
    x = np.pad(x, [(max(a, 0), max(b, 0)) for a, b in pads])
    cuts = tuple(slice(max(-a, 0), n - max(-b, 0)) for n, (a, b) in zip(x.shape, pads, strict=True))
    return x[cuts]


_SIDES = ("first", "last", "first-twice", "last-twice")
STRIDE1: dict[str, list[Flags]] = {
    "kernel-not-flipped": [
        {"flip": (False, False)}, {"flip": (True, False)}, {"flip": (False, True)},
    ],
    "channels-not-swapped": [{"swap": False}],
    "kernel-axes-swapped": [{"kernel": "swapped"}, {"kernel": "swapped-late"}],
    "padding-p-instead-of-p-prime": [{"pad": "plain"}],
    "padding-added-not-cropped": [{"pad": "added"}],
    "crops-one-side-only": [{"pad": side} for side in _SIDES],
}  # fmt: skip
HOLES: dict[str, list[Flags]] = {
    **STRIDE1,
    "stride-axes-swapped": [{"move": "swapped"}],
    "stride-ignored": [{"move": "ignored"}, {"move": "conv"}],
    "s-holes-instead-of-s-minus-1": [{"holes": "all"}, {"holes": "some"}],
    "holes-after-the-last": [{"after": True}],
}

# -------------------------------------------------------------------------------- 2.5: the sizes


def size_of(
    size: int, kernel: int, stride: int, padding: int, output_padding: int = 0, dilation: int = 1,
    **flags: Any,
) -> Any:  # fmt: skip
    """Return the output size; every flag is a term of the formula that is wrong."""
    extra = output_padding * flags.get("extra", 1)
    before = output_padding if flags.get("before") else 0
    s = flags.get("step") or stride
    d = 1 if flags.get("dilated") is False else dilation
    size = size + before - flags.get("inputs", 1)
    crop = flags.get("crop", 2)
    return size * s - crop * padding + d * (kernel - 1) + extra + 1 + flags.get("off", 0)


def legal(
    size: int, out: int, kernel: int, stride: int, padding: int, dilation: int = 1, **flags: Any
) -> list[int]:
    """Return the legal output paddings; `range` says how far they are sought."""
    terms = {name: value for name, value in flags.items() if name != "range"}
    d = 1 if flags.get("dilated") is False and flags.get("range") != "true" else dilation
    most = stride if flags.get("range") == "stride" else max(stride, d)
    given = size, kernel, stride, padding
    found = [e for e in range(most) if size_of(*given, e, dilation, **terms) == out]
    if not found:
        raise ValueError("legal: there is none")
    return found


SIZE: dict[str, list[Flags]] = {
    "output-padding-ignored": [{"extra": 0}],
    "output-padding-before": [{"extra": 0, "before": True}],
    "dilation-ignored": [{"dilated": False}],
    "size-off-by-one": [{"off": -1}, {"off": 1}, {"inputs": 0}, {"inputs": 2}],
    "stride-ignored": [{"step": 1}],
    "padding-added-not-cropped": [{"crop": -2}],
    "crops-one-side-only": [{"crop": 1}],
}
LEGAL: dict[str, list[Flags]] = {
    "only-zero-to-stride": [{"range": "stride"}],
    **SIZE,
    "dilation-ignored": [{"dilated": False}, {"dilated": False, "range": "true"}],
}

# ----------------------------------------------------------------------- 2.6: the backward pass


def backward(
    g: Array, y: Array, w: Array, stride: Pair = (1, 1), padding: Pair = (0, 0), **flags: Any
) -> tuple[Array, Array, Array]:
    """Return (gy, gw, gb); flags change one of the three, or the stride and kernel of all."""
    moved = _stride(stride, flags.get("move", ""))
    (_, height, width), (_, _, k, l) = y.shape, w.shape
    wide = np.pad(g, ((0, 0), (padding[0],) * 2, (padding[1],) * 2))
    windows = np.lib.stride_tricks.sliding_window_view(wide, (k, l), axis=(1, 2))
    strided = windows[:, :: moved[0], :: moved[1]]
    v = w.swapaxes(2, 3) if flags.get("kernel") == "swapped" else w
    v = v[:, :, ::-1, ::-1] if flags.get("flip") else v
    v = v.transpose(1, 0, 2, 3) if flags.get("swap") is False else v
    dense = flags.get("dense", "")
    gy = np.einsum("cabij,kcij->kab", windows if dense else strided, v)
    if dense == "cut":
        gy = gy[:, :height, :width]
    if strided.shape[1:3] != (height, width):
        raise ValueError("backward: sizes do not fit")
    gw = np.einsum("cabij,kab->kcij", strided, y)
    if flags.get("taps"):
        rows, columns = flags["taps"]
        gw = gw[:, :, :: -1 if rows else 1, :: -1 if columns else 1]
    if flags.get("swap-w"):
        gw = gw.transpose(1, 0, 2, 3)
    gb = g.mean(axis=(1, 2)) if flags.get("bias") == "mean" else g.sum(axis=(1, 2))
    return gy, gw, gb


BACKWARD: dict[str, list[Flags]] = {
    "weight-gradient-flipped": [
        {"taps": (True, True)}, {"taps": (True, False)}, {"taps": (False, True)},
    ],
    "bias-gradient-averaged": [{"bias": "mean"}],
    "input-gradient-without-stride": [{"dense": "whole"}, {"dense": "cut"}],
    "channels-not-swapped": [{"swap": False}, {"swap-w": True}],
    "stride-axes-swapped": [{"move": "swapped"}],
    "kernel-axes-swapped": [{"kernel": "swapped"}],
}  # fmt: skip

# ------------------------------------------------------------------------------- 2.7: the count


def count(size: int, kernel: int, stride: int, **flags: Any) -> int:
    """Return the useful multiplications; `with_holes` counts the holes too.

    `after` counts holes after the last input, and `border` the zeros around the output as well.
    """
    inputs = (size - 1) * stride + 1 if flags.get("with_holes") else size
    if flags.get("after"):
        inputs = size * stride
    if flags.get("border"):
        inputs = (size - 1) * stride + kernel
    return inputs * kernel


COUNT: dict[str, list[Flags]] = {
    "counts-holes-as-useful": [{"with_holes": True}, {"after": True}, {"border": True}],
}
