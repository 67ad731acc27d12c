"""1-NN accuracy, precision and recall agree with their definitions, also with ties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigan.metrics import one_nn, precision_recall


def slow_one_nn(x, y):
    """Return how often the nearest other sample is of the same set; ties count half."""
    z = [(tuple(a), 0) for a in x] + [(tuple(b), 1) for b in y]
    hits = 0.0
    for i, (a, label) in enumerate(z):
        far = [
            (sum((p - q) ** 2 for p, q in zip(a, b, strict=True)), of)
            for j, (b, of) in enumerate(z)
            if i != j
        ]
        least = min(far)[0]
        kinds = {of for d, of in far if d == least}
        hits += 0.5 if len(kinds) == 2 else label in kinds
    return hits / len(z)


def slow_covered(a, b, k):
    hits = 0
    for x in a:
        hits += any(
            ((x - y) ** 2).sum()
            <= sorted(((y - z) ** 2).sum() for j, z in enumerate(b) if i != j)[k - 1]
            for i, y in enumerate(b)
        )
    return hits / len(a)


DIMENSIONS = st.sampled_from(
    [1, 2, 3, 8, 9, 30]
)  # short rows by differences, long rows by a product


@given(st.integers(0, 2**32), st.integers(2, 8), DIMENSIONS)
def test_one_nn_agrees_with_its_definition_with_many_ties(seed, n, D):
    x, y = np.random.default_rng(seed).integers(-2, 3, (2, n, D)).astype(float)
    assert one_nn(x, y).accuracy == pytest.approx(slow_one_nn(x, y))


@given(st.integers(0, 2**32), st.integers(1, 3), DIMENSIONS)
def test_precision_and_recall_agree_with_their_definitions(seed, k, D):
    rng = np.random.default_rng(seed)
    x, y = rng.integers(-3, 4, (7, D)).astype(float), rng.integers(-3, 4, (5, D)).astype(float)
    assert precision_recall(x, y, k) == pytest.approx(
        (slow_covered(y, x, k), slow_covered(x, y, k))
    )


@given(st.integers(0, 2**32), DIMENSIONS, st.sampled_from([0.0, 1e3, 1e7]))
def test_copies_are_ties_and_far_clusters_lose_no_digits(seed, D, far):
    """Half of the rows are copies, and rows lie in two distant clusters.

    The oracle adds in the order of the rows too.
    """
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal((2, 8, D)) + far * rng.integers(0, 2, (2, 8, 1))
    y[:4] = x[rng.integers(0, 8, 4)]
    own, other = (
        [np.sort(((a[:, None] - b) ** 2).sum(2)) for b in (a, c)] for a, c in ((x, y), (y, x))
    )
    hits = [np.mean((p[:, 1] < q[:, 0]) + (p[:, 1] == q[:, 0]) / 2) for p, q in (own, other)]
    assert one_nn(x, y)[1:] == pytest.approx(hits)


@pytest.mark.parametrize("D", [2, 50])
def test_equal_distributions_distant_ones_and_copies(D):
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((2, 300, D))
    assert abs(one_nn(x, y).accuracy - 0.5) < 0.06
    assert one_nn(x, y + 100) == (1.0, 1.0, 1.0)
    assert one_nn(x, x[::-1]) == (0.0, 0.0, 0.0)  # each sample's nearest is its copy
    assert precision_recall(x, x[::-1]) == (1.0, 1.0)
    assert precision_recall(x, y + 100) == (0.0, 0.0)


def test_a_collapsed_generator_has_precision_and_no_recall():
    x = np.random.default_rng(0).standard_normal((200, 2))
    precision, recall = precision_recall(x, np.repeat(x[:1], 200, axis=0))
    assert precision == 1.0 and recall == 1 / 200
    nearly = one_nn(x, np.repeat(x[:1], 200, axis=0))
    assert nearly.generated > 0.49 and nearly.real > 0.9


def test_noise_has_recall_and_no_precision():
    rng = np.random.default_rng(0)
    precision, recall = precision_recall(
        rng.standard_normal((300, 2)), rng.uniform(-20, 20, (300, 2))
    )
    assert precision < 0.1 and recall > 0.5


def test_illegal_arguments_are_refused():
    x = np.zeros((4, 2))
    with pytest.raises(ValueError, match="4 real and 3 generated"):
        one_nn(x, x[:3])
    with pytest.raises(ValueError, match="k=0"):
        precision_recall(x, x, 0)
    with pytest.raises(
        ValueError, match=r"precision_recall: generated of shape \(3, 2\) .*at least 4"
    ):
        precision_recall(x, x[:3])
