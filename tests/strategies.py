"""Hypothesis strategies for convolutions: geometries of one to three axes, and integer arrays."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from minigan.geometry import Geometry

Array = Any
LAYOUTS = ("contiguous", "channels last", "reversed", "sliced")


class Problem(NamedTuple):
    """A geometry and arrays x (N, C, *X), w (K, C/G, *taps), y (N, K, *Y) that fit it."""

    geometry: Geometry
    x: Array
    w: Array
    y: Array


@st.composite
def settings_of_axis(draw: st.DrawFn, small: bool) -> dict[str, int]:
    """Return kernel size, stride, dilation and padding of one axis."""
    most = 2 if small else 4
    numbers = {"taps": most, "stride": 3, "dilation": most}
    settings = {
        name: draw(st.integers(1, largest), label=name) for name, largest in numbers.items()
    }
    return settings | {"padding": draw(st.integers(0, 3), label="padding")}


@st.composite
def conv_geometries(
    draw: st.DrawFn, dims: tuple[int, ...] = (1, 2, 3), groups: tuple[int, ...] = (1, 2, 3)
) -> Geometry:
    """Return geometries of a convolution, whose padded input is at least as large as the kernel."""
    D = draw(st.sampled_from(dims))
    axes = [draw(settings_of_axis(small=D == 3)) for _ in range(D)]
    spans = [a["dilation"] * (a["taps"] - 1) + 1 for a in axes]
    more = [draw(st.integers(0, 2 if D == 3 else 5)) for _ in axes]
    sizes = [
        max(1, span - 2 * a["padding"]) + m for a, span, m in zip(axes, spans, more, strict=True)
    ]
    lists = {name: [a[name] for a in axes] for name in axes[0]}
    return Geometry.conv(sizes, **lists, groups=draw(st.sampled_from(groups)))


@st.composite
def transposed_geometries(
    draw: st.DrawFn, dims: tuple[int, ...] = (1, 2, 3), groups: tuple[int, ...] = (1, 2, 3)
) -> Geometry:
    """Return geometries of a transposed convolution, with any legal output_padding."""
    D = draw(st.sampled_from(dims))
    axes, sizes = [], []
    for _ in range(D):
        axis, size = draw(settings_of_axis(small=D == 3)), draw(st.integers(1, 2 if D == 3 else 4))
        axis["output_padding"] = draw(
            st.integers(0, max(axis["stride"], axis["dilation"]) - 1), label="output_padding"
        )
        full = (
            axis["stride"] * (size - 1)
            + axis["dilation"] * (axis["taps"] - 1)
            + 1
            + axis["output_padding"]
        )
        axis["padding"] = min(axis["padding"], (full - 1) // 2)
        axes.append(axis)
        sizes.append(size)
    lists = {name: [a[name] for a in axes] for name in axes[0]}
    return Geometry.conv_transpose(sizes, **lists, groups=draw(st.sampled_from(groups)))


def geometries(
    dims: tuple[int, ...] = (1, 2, 3), groups: tuple[int, ...] = (1, 2, 3)
) -> st.SearchStrategy[Geometry]:
    """Return geometries of convolutions and of transposed convolutions."""
    return conv_geometries(dims, groups) | transposed_geometries(dims, groups)


def integers(rng: np.random.Generator, *shape: int) -> Array:
    """Return small integers as floats, on which every formulation is exact."""
    return rng.integers(-4, 5, shape).astype(np.float64)


def laid_out(array: Array, layout: str) -> Array:
    """Return the same numbers in another layout of memory."""
    if layout == "channels last":
        return np.moveaxis(np.ascontiguousarray(np.moveaxis(array, 1, -1)), -1, 1)
    if layout == "reversed":
        return np.ascontiguousarray(array[::-1, :, ::-1])[::-1, :, ::-1]
    if layout == "sliced":
        wide = np.full((*array.shape[:-1], 2 * array.shape[-1] + 1), 99.0).astype(array.dtype)
        wide[..., 1::2] = array
        return wide[..., 1::2]
    return np.ascontiguousarray(array)


def arrays_for(
    geometry: Geometry, seed: int, N: int = 2, C: int = 2, K: int = 3, layout: str = LAYOUTS[0]
) -> Problem:
    """Return arrays for a geometry; C and K are the channels of each group."""
    rng, G = np.random.default_rng(seed), geometry.groups
    shapes = (N, C * G, *geometry.X), (K * G, C, *geometry.taps), (N, K * G, *geometry.Y)
    return Problem(geometry, *(laid_out(integers(rng, *shape), layout) for shape in shapes))


@st.composite
def problems(draw: st.DrawFn, geometries: st.SearchStrategy[Geometry]) -> Problem:
    """Return a geometry with arrays: some empty batches, few and many channels, any layout."""
    seed, layout = draw(st.integers(0, 2**32 - 1)), draw(st.sampled_from(LAYOUTS))
    N, C, K = (draw(st.sampled_from(sizes)) for sizes in ((0, 1, 2, 3), (1, 2, 5), (1, 3, 4)))
    return arrays_for(draw(geometries), seed, N, C, K, layout)
