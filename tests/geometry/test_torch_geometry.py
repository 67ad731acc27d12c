"""Sizes and legal settings, compared with PyTorch."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigan.geometry import Geometry, output_padding_for

torch = pytest.importorskip("torch")
small = st.integers(0, 4)


def shape(function, *args, **settings):
    try:
        return tuple(function(*args, **settings).shape[2:])
    except (RuntimeError, ValueError):
        return None


def sizes(make, which, *args, **settings):
    try:
        return getattr(make(*args, **settings), which)
    except ValueError:
        return None


@given(st.integers(0, 8), st.integers(1, 4), small, st.integers(-1, 3), small)
def test_conv_accepts_what_pytorch_accepts(
    x: int, k: int, stride: int, padding: int, dilation: int
) -> None:
    settings = {"stride": stride, "padding": padding, "dilation": dilation}
    theirs = shape(
        torch.nn.functional.conv1d, torch.zeros(1, 1, x), torch.zeros(1, 1, k), **settings
    )
    assert sizes(Geometry.conv, "Y", (x,), (k,), **settings) == theirs


@given(st.integers(0, 5), st.integers(1, 4), small, st.integers(-1, 3), small, small)
def test_conv_transpose_accepts_what_pytorch_accepts(
    y: int, k: int, stride: int, padding: int, dilation: int, output_padding: int
) -> None:
    settings = {
        "stride": stride,
        "padding": padding,
        "dilation": dilation,
        "output_padding": output_padding,
    }
    theirs = shape(
        torch.nn.functional.conv_transpose1d, torch.zeros(1, 1, y), torch.zeros(1, 1, k), **settings
    )
    ours = sizes(Geometry.conv_transpose, "X", (y,), (k,), **settings)
    # PyTorch refuses an empty output in some of its kernels only; we always do
    assert ours == (None if theirs == (0,) else theirs)


@given(
    st.integers(1, 5),
    st.integers(1, 4),
    st.integers(1, 3),
    st.integers(0, 1),
    st.integers(1, 3),
    st.integers(1, 9),
)
def test_output_size_as_pytorch(
    y: int, k: int, stride: int, padding: int, dilation: int, wanted: int
) -> None:
    layer = torch.nn.ConvTranspose1d(1, 1, k, stride, padding, dilation=dilation)
    theirs = shape(layer, torch.zeros(1, 1, y), output_size=[wanted])
    try:
        chosen = output_padding_for((wanted,), (y,), (k,), stride, padding, dilation)
        ours = Geometry.conv_transpose((y,), (k,), stride, padding, chosen, dilation).X
    except ValueError:
        ours = None
    assert ours == theirs
