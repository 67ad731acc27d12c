"""The judge: training, features, verdicts and errors."""

import numpy as np
import pytest

from minigan import datasets, metrics


@pytest.fixture(scope="module")
def data():
    return datasets.digits8()


@pytest.fixture(scope="module")
def parts(data):
    return datasets.split(data)


@pytest.fixture(scope="module")
def judge(parts):
    return metrics.train_judge(parts[0])


def test_the_verdict_on_real_digits_copies_and_noise(parts, judge):
    train, test = parts
    known, images = train.scaled(), test.scaled()
    real = metrics.verdict(judge, images, known, test.labels)
    assert real.accuracy > 0.9 and real.classes == 10 and real.distinct == 1.0
    assert metrics.verdict(judge, known[:300], known).distance == 0.0
    same = metrics.verdict(judge, np.repeat(images[:1], 300, axis=0), known)
    assert same.classes == 1 and same.total_variation == pytest.approx(0.9)
    assert same.variance < 1e-9 and same.distinct == pytest.approx(1 / 300)
    noise = np.random.default_rng(0).uniform(-1, 1, (300, 1, 8, 8)).astype("f")
    assert metrics.verdict(judge, noise, known).distance > 2 * real.distance


def test_the_judge_is_ready_after_its_last_epoch(parts):
    judges = list(metrics.judge_epochs(parts[0].take(range(100)), epochs=3))
    assert len(judges) == 3 and judges[0] is judges[2]


def test_features_are_the_last_maps_averaged_over_quarters(parts, judge):
    images = parts[1].scaled()[:5]
    seen = metrics.features(judge, images)
    assert seen.shape == (5, 4 * 32)
    classes, chances = metrics.classify(judge, images)
    assert classes.shape == chances.shape == (5,) and ((chances > 0.1) & (chances <= 1)).all()
    # 8x8 images end in maps of 2x2, so the features are the input of the last layer
    np.testing.assert_array_equal(
        (seen @ judge[-1].weight.numpy().T + judge[-1].bias.numpy()).argmax(axis=1), classes
    )


def test_real_digits_cannot_be_told_apart_and_noise_can(parts, judge):
    train, test = (part.scaled()[:200] for part in parts)
    noise = np.random.default_rng(0).uniform(-1, 1, test.shape).astype("f")
    reference, real, fake = (metrics.features(judge, images) for images in (train, test, noise))
    assert metrics.kid(reference, real, generator=0).p_value > 0.01
    assert metrics.kid(reference, fake, generator=0).p_value < 0.01
    assert metrics.frechet_distance(reference, fake) > 5 * metrics.frechet_distance(reference, real)


def test_images_without_labels_or_of_another_shape_are_refused(data, judge):
    with pytest.raises(ValueError, match="'bare' has no labels"):
        metrics.train_judge(datasets.from_arrays("bare", data.images))
    with pytest.raises(ValueError, match=r"images of shape \(1, 9, 9\)"):
        metrics.verdict(judge, np.zeros((3, 1, 9, 9)), data.scaled())
