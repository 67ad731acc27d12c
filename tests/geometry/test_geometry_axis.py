"""Axis: every answer is compared with the relation itself, tried pair by pair."""

from math import ceil, gcd

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import geometries

from minigan.geometry import Axis, Geometry


def links(axis: Axis) -> set[tuple[int, int, int]]:
    """Return all (o, i, h) with stride*o + dilation*i - padding == h."""
    pairs = ((o, i) for o in range(axis.Y) for i in range(axis.taps))
    triples = {(o, i, axis.stride * o + axis.dilation * i - axis.padding) for o, i in pairs}
    return {(o, i, h) for o, i, h in triples if 0 <= h < axis.X}


@given(geometries(dims=(1,)))
def test_taps_windows_and_coverage_are_the_relation(geometry: Geometry) -> None:
    axis = geometry.axes[0]
    joined = links(axis)
    for i in range(axis.taps):
        o, h = axis.tap(i)
        assert set(zip(range(axis.Y)[o], range(axis.X)[h], strict=True)) == {
            (p, v) for p, j, v in joined if j == i
        }
    for o in range(axis.Y):
        i, h = axis.window(o)
        assert set(zip(range(axis.taps)[i], range(axis.X)[h], strict=True)) == {
            (j, v) for p, j, v in joined if p == o
        }
    assert axis.links == len(joined)
    assert axis.coverage == tuple(sum(h == v for _, _, h in joined) for v in range(axis.X))


@given(geometries(dims=(1,)))
def test_phases_partition_the_relation(geometry: Geometry) -> None:
    axis = geometry.axes[0]
    joined = set()
    for phase in axis.phases:
        assert phase.axis.stride == 1
        xs, taps = range(axis.X)[phase.x], range(axis.taps)[phase.taps]
        assert (phase.axis.X, phase.axis.taps) == (len(xs), len(taps))
        part = {(o, taps[i], xs[h]) for o, i, h in links(phase.axis)}
        assert not part & joined
        joined |= part
    assert joined == links(axis)


@given(geometries(dims=(1,)))
def test_holes_and_flip_are_the_relation(geometry: Geometry) -> None:
    axis = geometry.axes[0]
    dense = axis.dense
    assert {(o, i, h) for o, i, h in links(dense) if o % axis.stride == 0} == {
        (o * axis.stride, i, h) for o, i, h in links(axis)
    }
    assert {(h, axis.taps - 1 - i, o) for o, i, h in links(dense)} == links(dense.flipped)
    assert dense.flipped.padding == axis.dilation * (axis.taps - 1) - axis.padding


@given(st.integers(1, 6), st.integers(1, 5), st.integers(1, 4), st.integers(0, 3))
def test_coverage_law(taps: int, stride: int, dilation: int, padding: int) -> None:
    y = 4 * stride * dilation * taps + 6  # far more than a window
    axis = Geometry.conv_transpose((y,), (taps,), stride, padding, dilation=dilation).axes[0]
    inner = range(axis.span, axis.X - axis.span)
    assert all(axis.coverage[h] == axis.interior_coverage[(h + padding) % stride] for h in inner)
    assert axis.is_uniform == (len(set(axis.interior_coverage)) == 1)
    assert axis.is_uniform == (taps % stride == 0 and gcd(stride, dilation) == 1)
    if dilation == 1:
        assert axis.interior_coverage == tuple(
            max(0, ceil((taps - r) / stride)) for r in range(stride)
        )


@pytest.mark.parametrize(
    ("taps", "stride", "dilation", "law"),
    [
        (3, 2, 1, (2, 1)),
        (5, 2, 1, (3, 2)),
        (4, 3, 1, (2, 1, 1)),
        (3, 3, 1, (1, 1, 1)),
        (2, 4, 1, (1, 1, 0, 0)),
        (2, 2, 2, (2, 0)),
        (4, 2, 1, (2, 2)),
    ],
)
def test_published_coverages(taps: int, stride: int, dilation: int, law: tuple[int, ...]) -> None:
    assert Axis(1, 1, taps, stride, 0, dilation).interior_coverage == law


def test_dcgan_border_has_half_the_coverage() -> None:
    axis = Geometry.conv_transpose((4,), (4,), stride=2, padding=1).axes[0]
    assert axis.is_uniform
    assert axis.coverage == (1, 2, 2, 2, 2, 2, 2, 1)


@given(geometries(dims=(1,)))
def test_after_counts_the_zeros_of_the_last_window(geometry: Geometry) -> None:
    axis = geometry.axes[0]
    last = max(axis.position(o, i) for o in range(axis.Y) for i in range(axis.taps))
    assert axis.after == last - (axis.X - 1)


def test_only_stride_one_can_be_flipped() -> None:
    with pytest.raises(ValueError, match="stride=2 must be 1"):
        Axis(5, 2, 3, 2).flipped  # noqa: B018
