"""Sizes of convolutions: the formula, its inverse, output_padding, and illegal settings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import conv_geometries, transposed_geometries

from minigan.geometry import Geometry, output_padding_for


@given(conv_geometries())
def test_size_of_conv(geometry: Geometry) -> None:
    for axis in geometry.axes:
        fits = [o for o in range(100) if axis.position(o, axis.taps - 1) < axis.X + axis.padding]
        assert len(fits) == axis.Y
        assert axis.X in axis.same_Y


@given(transposed_geometries())
def test_size_of_conv_transpose(geometry: Geometry) -> None:
    for axis in geometry.axes:
        assert (
            axis.stride * (axis.Y - 1) - 2 * axis.padding + axis.span + axis.output_padding
            == axis.X
        )
        back = Geometry.conv((axis.X,), (axis.taps,), axis.stride, axis.padding, axis.dilation).Y[0]
        assert back == axis.Y + axis.output_padding // axis.stride


@given(conv_geometries(dims=(1, 2)))
def test_output_padding_chooses_among_the_sizes_with_one_output(geometry: Geometry) -> None:
    settings = [
        [getattr(a, name) for a in geometry.axes]
        for name in ("taps", "stride", "padding", "dilation")
    ]
    taps, stride, padding, dilation = settings
    chosen = output_padding_for(geometry.X, geometry.Y, taps, stride, padding, dilation)
    assert (
        Geometry.conv_transpose(geometry.Y, taps, stride, padding, chosen, dilation).X == geometry.X
    )
    assert all(op < s for op, s in zip(chosen, stride, strict=True))


def test_three_sizes_have_one_output() -> None:
    assert [Geometry.conv((x,), (5,), 3, 2).Y[0] for x in (15, 16, 17, 18, 19)] == [5, 6, 6, 6, 7]
    assert list(Geometry.conv((17,), (5,), 3, 2).axes[0].same_Y) == [16, 17, 18]


@given(st.integers(1, 9), st.integers(1, 5), st.integers(1, 3))
def test_same_keeps_the_size_and_puts_an_odd_zero_at_the_end(
    x: int, taps: int, dilation: int
) -> None:
    axis = Geometry.conv((x,), (taps,), padding="same", dilation=dilation).axes[0]
    assert axis.Y == axis.X
    assert axis.after - axis.padding in (0, 1)
    assert axis.after + axis.padding == axis.span - 1
    assert Geometry.conv((9,), (3,), padding="valid", stride=2).Y == (4,)


def test_geometries_are_cached_hashable_and_per_axis() -> None:
    one, other = (Geometry.conv((7, 9), (3, 3), stride=s) for s in (2, [2, np.int64(2)]))
    assert one == other and hash(one) == hash(other)
    assert Geometry.conv((7, 9), (3, 2), stride=(2, 3), padding=(1, 0), dilation=(1, 2)).Y == (4, 3)


def test_useful_multiplications_and_the_fraction_of_holes() -> None:
    geometry = Geometry.conv((4, 5), (3, 2), padding=(1, 0))
    assert geometry.multiplications(N=2, C=3, K=5) == 2 * 3 * 5 * 10 * 8
    fractions = [Geometry.conv((9, 9), (3, 3), stride=s).hole_fraction for s in (1, 2, 3, 4)]
    assert fractions == pytest.approx([0, 0.75, 8 / 9, 0.9375])


BAD_CONV = [
    ({"stride": 0}, ValueError, "stride=0 must be at least 1"),
    ({"stride": (1, -2)}, ValueError, r"stride=\(1, -2\) must be at least 1"),
    ({"stride": (1, 1, 1)}, ValueError, r"stride=\(1, 1, 1\) has 3 entries \(legal: 1 or 2\)"),
    ({"stride": ()}, ValueError, r"stride=\(\) has 0 entries"),
    ({"stride": 1.0}, TypeError, "stride=1.0 must be an integer"),
    ({"stride": True}, TypeError, "stride=True"),
    ({"stride": "2"}, TypeError, "stride='2'"),
    ({"stride": None}, TypeError, "stride=None"),
    ({"dilation": 0}, ValueError, "dilation=0 must be at least 1"),
    ({"padding": -1}, ValueError, "padding=-1 must be at least 0"),
    ({"padding": "full"}, ValueError, r"padding='full' .* 'same', 'valid'"),
    ({"padding": "same", "stride": 2}, ValueError, "padding='same' needs stride=1"),
    ({"padding": (0, 0.5)}, TypeError, r"padding=\(0, 0.5\)"),
    ({"groups": 0}, ValueError, "groups=0 must be at least 1"),
    ({"groups": (1, 1)}, TypeError, "groups"),
    ({"taps": (0, 3)}, ValueError, r"kernel_size=\(0, 3\) must be at least 1"),
    ({"taps": (3, 6)}, ValueError, r"kernel_size=6 is larger than the padded input size 5"),
    (
        {"dilation": 3},
        ValueError,
        "kernel_size=3 with dilation=3, 7 wide, is larger than the padded input size 5",
    ),
    ({"sizes": (0, 5), "padding": 2}, ValueError, "input size"),
]


@pytest.mark.parametrize(("settings", "error", "message"), BAD_CONV)
def test_illegal_settings_of_conv(settings: dict, error: type, message: str) -> None:
    with pytest.raises(error, match=f"^conv3d: .*{message}"):
        Geometry.conv(**{"sizes": (5, 5), "taps": (3, 3), "name": "conv3d"} | settings)


BAD_TRANSPOSE = [
    (
        {"stride": 2, "output_padding": 2},
        r"output_padding=2 must be smaller than stride=2 or dilation=1 .legal: 0, 1",
    ),
    (
        {"output_padding": 1},
        r"output_padding=1 must be smaller than stride=1 or dilation=1 \(legal: 0\)",
    ),
    ({"output_padding": -1}, "output_padding=-1 must be at least 0"),
    ({"padding": 4}, "padding=4 leaves an output size of -1"),
    ({"sizes": (1, 1), "taps": (2, 2), "padding": 1}, "padding=1 leaves an output size of 0"),
    ({"sizes": (0, 3)}, "input size"),
    ({"dilation": 0}, "dilation=0"),
]


@pytest.mark.parametrize(("settings", "message"), BAD_TRANSPOSE)
def test_illegal_settings_of_conv_transpose(settings: dict, message: str) -> None:
    with pytest.raises(ValueError, match=f"^conv_transpose2d: .*{message}"):
        Geometry.conv_transpose(**{"sizes": (5, 5), "taps": (3, 3)} | settings)
    with pytest.raises(TypeError, match="padding='same'"):
        Geometry.conv_transpose((5, 5), (3, 3), padding="same")  # type: ignore[arg-type]


def test_an_impossible_output_size_names_the_legal_ones() -> None:
    with pytest.raises(
        ValueError, match=r"output_size=\(11, 9\) .* \(legal: \(9, 10\) x \(9, 10\)\)"
    ):
        output_padding_for((11, 9), (5, 5), (3, 3), stride=2, padding=1)
    with pytest.raises(ValueError, match="has 3 entries"):
        output_padding_for((9, 9, 9), (5, 5), (3, 3), stride=2)
