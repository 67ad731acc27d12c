"""The table of findings: the measures, the seed and the columns."""

import numpy as np

from minigan import metrics
from minigan.datasets import ring


def test_findings_for_points():
    data = ring()
    first, second = (data.sample(300, generator=seed) for seed in (0, 1))
    collapsed = second * 0 + data.centers[0]
    found = {f.name: f for f in metrics.compare(first, second, collapsed, generator=0)}
    assert list(found) == ["mmd2", "p_value", "one_nn", "sliced_wasserstein", "precision", "recall"]
    assert found["p_value"].real > 0.05 > found["p_value"].generated
    assert found["recall"].generated < 0.05 < 0.9 < found["recall"].real
    modes = {
        f.name: f
        for f in metrics.of_modes(
            metrics.count_modes(second, data), metrics.count_modes(collapsed, data)
        )
    }
    assert (modes["modes"].real, modes["modes"].generated) == (8, 1)
    assert list(modes) == ["modes", "high_quality", "spread", "reverse_kl", "jsd"]
    assert f"(by chance {7 / 600:.4f})" in modes["reverse_kl"].text


def test_features_are_compared_by_kid_and_frechet():
    sets = np.random.default_rng(0).standard_normal((3, 60, 5))
    names = [finding.name for finding in metrics.compare(*sets, features=True, generator=0)]
    assert names == [
        "kid",
        "p_value",
        "frechet",
        "one_nn",
        "sliced_wasserstein",
        "precision",
        "recall",
    ]


def test_the_same_seed_gives_the_same_findings():
    sets = np.random.default_rng(0).standard_normal((3, 60, 2))
    assert list(metrics.compare(*sets, generator=5)) == list(metrics.compare(*sets, generator=5))


def test_columns_are_aligned():
    sets = np.random.default_rng(0).standard_normal((3, 60, 2))
    lines = [metrics.HEAD, *map(str, metrics.compare(*sets, generator=0))]
    assert len({len(line) for line in lines}) == 1
