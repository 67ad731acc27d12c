"""Legal settings of a 2-D (transposed) convolution, drawn at random."""

from hypothesis import assume
from hypothesis import strategies as st

sizes, taps, strides = st.integers(1, 7), st.integers(1, 5), st.integers(1, 4)
paddings, dilations = st.integers(0, 4), st.integers(1, 3)


def pair(strategy):
    return st.tuples(strategy, strategy)


@st.composite
def settings(draw, transposed=None):
    """Legal settings of a 2-D (transposed) convolution."""
    one = {
        "size": sizes,
        "kernel": taps,
        "stride": strides,
        "padding": paddings,
        "dilation": dilations,
    }
    drawn = {name: draw(pair(values)) for name, values in one.items()}
    drawn["transposed"] = draw(st.booleans()) if transposed is None else transposed
    if drawn["transposed"]:
        most = [max(s, d) - 1 for s, d in zip(drawn["stride"], drawn["dilation"], strict=True)]
        drawn["output_padding"] = tuple(draw(st.integers(0, m)) for m in most)
    for X, k, s, p, d, op in axes(drawn):
        least = (
            s * (X - 1) + d * (k - 1) + 1 + op - 2 * p
            if drawn["transposed"]
            else X + 2 * p - d * (k - 1)
        )
        assume(least >= 1)
    return drawn


def axes(drawn):
    names = ("size", "kernel", "stride", "padding", "dilation")
    return zip(*(drawn[name] for name in names), drawn.get("output_padding", (0, 0)), strict=True)
