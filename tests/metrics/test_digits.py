import numpy as np
import pytest

from minigan import datasets, metrics
from minigan.metrics.digits import nearest


def test_nearest_is_the_smallest_distance():
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((5, 3)), rng.standard_normal((7, 3))
    slow = [min(np.linalg.norm(x - y) for y in b) for x in a]
    np.testing.assert_allclose(nearest(a, b), slow, rtol=1e-12)


@pytest.fixture(scope="module")
def data():
    return datasets.digits8()


def test_real_digits_pass_and_frauds_are_found_out(data):
    train, test = datasets.split(data)
    images = test.scaled()
    real, copies = metrics.judge_digits(train.scaled()[:300], data)
    assert real.accuracy > 0.9 and real.classes == 10 and real.distinct == 1.0
    assert copies.distance == 0.0
    same = metrics.judge_digits(np.repeat(images[:1], 300, axis=0), data)[1]
    assert same.classes == 1 and same.total_variation == pytest.approx(0.9)
    assert same.variance < 1e-9 and same.distinct == pytest.approx(1 / 300)
    noise = metrics.judge_digits(np.random.default_rng(0).uniform(-1, 1, (300, 1, 8, 8)).astype("f"), data)[1]
    assert noise.distance > 2 * real.distance
    assert "accuracy of the judge" in metrics.report([real, noise])


def test_other_shapes_are_refused(data):
    with pytest.raises(ValueError, match=r"shape \(1, 9, 9\)"):
        metrics.judge_digits(np.zeros((3, 1, 9, 9)), data)


def test_data_that_no_judge_can_learn_from_are_refused(data):
    with pytest.raises(ValueError, match="'ring8' are points"):
        metrics.judge_digits(np.zeros((3, 2)), datasets.load("ring8"))
    with pytest.raises(ValueError, match="'bare' has no labels"):
        metrics.judge_digits(data.scaled()[:3], datasets.from_arrays("bare", data.images))
