"""The pictures of inverted images, and of the exact and a trained generator on a line."""

import numpy as np
import pytest
from PIL import Image

from minigan import studies, viz


def test_rows_are_targets_results_and_differences(tmp_path):
    targets = np.random.default_rng(0).uniform(-1, 1, (5, 1, 8, 8))
    found = targets.copy()
    found[2] += 0.5
    viz.inversion_figure(tmp_path / "x.png", targets, found, ["own"] * 5, "X to h")
    with Image.open(tmp_path / "x.png") as image:
        pixels = np.asarray(image.convert("L")).astype(float)
    assert pixels.shape[1] > pixels.shape[0] * 0.5
    black = (
        pixels == 0
    ).sum() / pixels.size  # four of the fifteen images are the black of no difference
    assert 0.1 < black < 0.5


def test_the_exact_generator_is_drawn_with_a_trained_one(tmp_path):
    found = studies.learned_bijection(steps=5)
    viz.bijection_figure(found, tmp_path / "x.png")
    assert (tmp_path / "x.png").stat().st_size > 10_000
    assert 1480 < found.steepest[0] < 1500 and found.in_gap[0] == pytest.approx(1.35e-3, rel=1e-3)
