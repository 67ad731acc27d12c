"""Strategies for distributions: small integer weights, so that exact zeros and ties occur."""

import numpy as np
from hypothesis import strategies as st

weights = st.lists(st.integers(0, 9), min_size=1, max_size=6).filter(any)


def normalised(counts):
    return np.array(counts) / sum(counts)


@st.composite
def pairs(draw, most=6, least=0):
    """Return integer weights of two distributions on the same outcomes."""
    size = draw(st.integers(1, most))
    one = st.lists(st.integers(least, 9), min_size=size, max_size=size).filter(any)
    return draw(one), draw(one)


@st.composite
def games(draw, least=0):
    """Return p, g and a discriminator d, whose entries may be 0 or 1."""
    p, g = draw(pairs(least=least))
    d = draw(st.lists(st.integers(0, 20), min_size=len(p), max_size=len(p)))
    return normalised(p), normalised(g), np.array(d) / 20
