"""Which pictures are drawn of a run: the drawing functions are replaced, and keep arguments."""

from math import log

import numpy as np
import pytest

from minigan import runs, viz
from minigan.viz import run as drawn


@pytest.fixture
def calls(monkeypatch):
    calls = {}
    for name in (
        "samples",
        "gif",
        "curves",
        "draw_pairs",
        "draw_training",
        "draw_latent",
        "draw_walk",
    ):
        monkeypatch.setattr(
            drawn, name, lambda *a, name=name, **options: calls.__setitem__(name, (a, options))
        )
    return calls


def trained(path, kind, **settings):
    config = runs.configure(kind, {"features": 2, "latent": 3, "batch": 4, "steps": 2, **settings})
    run, task = runs.begin(config, path)
    for _ in runs.train(run, task):
        pass
    return run, task


LEVELS = {  # of the losses, where each output of D is 0: the logit of 1/2
    "non-saturating": {"loss_D": 2 * log(2), "loss_G": log(2)},
    "r1": {"loss_D": 2 * log(2), "loss_G": log(2)},
    "minimax": {"loss_D": 2 * log(2), "loss_G": -log(2)},
    "hinge": {},
}


@pytest.mark.parametrize("objective", LEVELS)
def test_points_are_drawn_over_the_data(tmp_path, calls, objective):
    run, task = trained(tmp_path / "r", "gan", data="ring8", objective=objective)
    viz.draw_run(run, task)
    for name in ("samples", "gif"):
        assert calls[name][1]["data"].shape == task.frames[0].shape == (640, 2)
        np.testing.assert_array_equal(calls[name][1]["centers"], task.data.centers)
    assert len(list(calls["gif"][0][0])) == 3
    assert calls["curves"][1]["references"] == pytest.approx(LEVELS[objective], rel=1e-12)


def test_reconstructions_walks_and_the_plane_of_h(tmp_path, calls):
    run, task = trained(tmp_path / "r", "autoencoder", data="digits8")
    viz.draw_run(run, task)
    images, reconstructions = calls["draw_pairs"][0][:2]
    np.testing.assert_array_equal(images, task.test[:32])
    np.testing.assert_array_equal(reconstructions, task.frames[-1])
    assert [path.name for _, path in (calls["draw_training"][0], calls["draw_walk"][0])] == [
        "training.png",
        "walk.png",
    ]
    assert "draw_latent" not in calls  # h has three numbers
    pages = list(calls["gif"][0][0])
    assert len(pages) == 3 and pages[0][0].shape == (64, 1, 8, 8) and pages[-1][1] == "update 2"
    viz.draw_run(*trained(tmp_path / "plane", "autoencoder", data="digits8", latent=2))
    assert calls["draw_latent"][0][1].name == "latent.png"
