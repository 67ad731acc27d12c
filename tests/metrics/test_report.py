"""The table of findings: the measures, the seed and the columns."""

import numpy as np
import pytest

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
    found = list(metrics.compare(*sets, generator=0))
    lines = [metrics.HEAD, *map(str, found)]
    assert all(line.endswith(f.better) for line, f in zip(lines[1:], found, strict=True))
    assert max(map(len, lines)) <= 79  # a terminal has 80 columns
    for column in ("real", "generated"):  # its end is the end of a number in each line
        end = lines[0].index(column) + len(column)
        assert all(line[end - 1] != " " and line[end] == " " for line in lines)


def worse(finding):
    """Return whether the generated figure is worse than the real one, by the words beside it."""
    real, generated = finding.real, finding.generated
    return {
        "lower is better": generated > real,
        "higher is better": generated < real,
        "near the real one": abs(generated - real) > 0.01 * abs(real),
        "near 0.5": abs(generated - 0.5) > abs(real - 0.5),
    }[finding.better]


@pytest.mark.parametrize("spoil", ["one mode", "noise", "far away"])
def test_the_words_say_which_way_a_spoilt_model_is_worse(spoil):
    data = ring()
    first, second = (data.sample(400, generator=seed) for seed in (0, 1))
    noise = np.random.default_rng(0).normal(0, 1, (400, 2))
    generated = {
        "one mode": data.centers[0] + 0.002 * noise,
        "noise": 0.3 * noise,
        "far away": noise + 30,
    }[spoil]
    found = list(metrics.compare(first, second, generated, generator=0))
    modes = [metrics.count_modes(x, data) for x in (second, generated)]
    found += [f for f in metrics.of_modes(*modes) if None not in (f.real, f.generated)]
    wrong = {f.name for f in found if not worse(f)}
    blind = {  # one mode may be drawn precisely; noise around the origin may reach all modes evenly
        "one mode": {"precision", "high_quality"},
        "noise": {"reverse_kl", "jsd"},
        "far away": set(),
    }
    assert wrong <= blind[spoil], wrong


def test_every_finding_says_what_is_better():
    sets = np.random.default_rng(0).standard_normal((3, 60, 5))
    verdict = metrics.Verdict(0.9, 10, 0.1, 0.05, 3.0, 1.0, 0.99)
    stacks = metrics.count_stacked(np.array([[0, 0, 7], [1, 2, 3]]))
    found = [
        *metrics.compare(*sets, features=True, generator=0),
        *metrics.of_verdicts(verdict, verdict),
        *metrics.of_modes(stacks, stacks),
    ]
    assert all(finding.better and str(finding).endswith(finding.better) for finding in found)
    assert "better" in metrics.HEAD
