"""A run on a device has the numbers of the CPU up to rounding, and resumes bit for bit.

The device is a stand-in for CuPy.
"""

import numpy as np
import pytest
from fake_cupy import installed

from minigan import runs

SMALL = {
    "gan": {"data": "digits8", "features": 2, "latent": 3, "batch": 4, "steps": 4},
    "autoencoder": {"data": "digits8", "features": 2, "latent": 3, "batch": 4, "steps": 4},
}


def train(config, path, stop_at=None):
    run, task = runs.begin(config, path)
    if stop_at:
        for _ in range(stop_at):
            task.step()
        run.save(task.state_dict())
        run, task = runs.load(path)
    for _ in runs.train(run, task):
        pass
    return run, task


@pytest.mark.parametrize("kind", ["gan", "autoencoder"])
def test_a_run_on_a_device(tmp_path, kind):
    _, here = train(runs.configure(kind, SMALL[kind]), tmp_path / "cpu")
    with installed():
        config = runs.configure(kind, {**SMALL[kind], "device": "cuda"})
        _, whole = train(config, tmp_path / "whole")
        run, there = train(config, tmp_path / "parts", stop_at=2)
        assert run.read_json("config.json")["device"] == "cuda"
        if kind == "gan":
            assert next(iter(there.game.G.parameters())).device == "cuda:0"
            np.testing.assert_allclose(
                runs.sample(here, 5, 1), runs.sample(there, 5, 1), rtol=0, atol=1e-6
            )
    assert type(there.frames[-1]) is np.ndarray
    assert there.frames[-1].tobytes() == whole.frames[-1].tobytes()
    np.testing.assert_allclose(there.frames[-1], here.frames[-1], rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    "options",
    [
        {"objective": "wgan-gp", "conditional": True, "pack": 2, "critic_steps": 2},
        {"objective": "f-pearson", "bigan": True, "spectral_norm": True},
        {"objective": "wgan-clip", "data": "ring8"},
    ],
    ids=lambda options: options["objective"],
)
def test_options_on_a_device(tmp_path, options):
    settings = {**SMALL["gan"], **options}
    _, here = train(runs.configure("gan", settings), tmp_path / "cpu")
    with installed():
        _, there = train(
            runs.configure("gan", {**settings, "device": "cuda"}), tmp_path / "gpu", stop_at=2
        )
        np.testing.assert_allclose(
            runs.sample(here, 5, 1), runs.sample(there, 5, 1), rtol=0, atol=1e-5
        )
