"""Hypothesis strategies for the settings of `explain conv`."""

from hypothesis import assume
from hypothesis import strategies as st

sizes, taps, strides = st.integers(1, 7), st.integers(1, 5), st.integers(1, 4)
paddings, dilations = st.integers(0, 4), st.integers(1, 3)


def pair(strategy):
    return st.tuples(strategy, strategy)


@st.composite
def settings(draw, transposed=None):
    """Return legal settings of a 2-D convolution, of a transposed one, or of either."""
    strategies = {
        "size": sizes,
        "kernel": taps,
        "stride": strides,
        "padding": paddings,
        "dilation": dilations,
    }
    drawn = {name: draw(pair(values)) for name, values in strategies.items()}
    drawn["transposed"] = draw(st.booleans()) if transposed is None else transposed
    if drawn["transposed"]:
        most = [max(s, d) - 1 for s, d in zip(drawn["stride"], drawn["dilation"], strict=True)]
        drawn["output_padding"] = tuple(draw(st.integers(0, m)) for m in most)
    for size, k, s, p, d, op in axes(drawn):
        if drawn["transposed"]:
            assume(s * (size - 1) + d * (k - 1) + 1 + op - 2 * p >= 1)
        else:
            assume(size + 2 * p - d * (k - 1) >= 1)
    return drawn


def axes(drawn):
    """Return size, kernel, stride, padding, dilation and output_padding of each axis."""
    names = ("size", "kernel", "stride", "padding", "dilation")
    return zip(*(drawn[name] for name in names), drawn.get("output_padding", (0, 0)), strict=True)
