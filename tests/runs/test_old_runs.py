"""Runs of version 0.1 load, resume, sample and reconstruct as they did there.

`data/v01` holds three tiny runs that version 0.1 trained for six updates. The files are small
because only the last frame was kept, and because the numbers of the checkpoints were rounded to 16
bits (those of ring8 to 2, frames to 1). Version 0.1 loaded these checkpoints and made three further
updates. expected.json holds the losses of these updates, some of the weights after them, and some
numbers of three samples or reconstructions.
"""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from minigan import cli, runs

V01 = Path(__file__).parent / "data" / "v01"
NAMES = ("gan", "autoencoder", "ring8")


@pytest.fixture(params=NAMES)
def old(request, tmp_path):
    """A copy of an old run, and what version 0.1 made of it."""
    path = tmp_path / request.param
    shutil.copytree(V01 / request.param, path)
    expected = json.loads((path / "expected.json").read_text())
    (path / "expected.json").unlink()
    return path, expected


def test_three_further_updates_are_those_of_version_01(old):
    path, expected = old
    _, task = runs.load(path, steps=9)
    assert task.number == 6
    for losses in expected["losses"]:
        found = task.step()
        assert list(found) == list(losses)
        assert found == pytest.approx(losses, rel=1e-3)
    models = [("model", task.model)] if task.kind == "autoencoder" else []
    models += [(name, getattr(task.game, name)) for name in "GD"] if task.kind == "gan" else []
    weights = {f"{name}.{key}": w for name, m in models for key, w in m.state_dict().items()}
    assert list(weights) == list(expected["weights"])
    for name, values in expected["weights"].items():
        scale = np.abs(values).max()
        found = weights[name].numpy().ravel()[: len(values)]
        np.testing.assert_allclose(found, values, rtol=1e-3, atol=1e-3 * scale, err_msg=name)
    if task.kind == "gan":
        drawn = runs.sample(task, 3, 5)
    else:
        drawn = task.reconstruct("test")["reconstructions"][:3]
    scale = np.abs(expected["drawn"]).max()
    np.testing.assert_allclose(drawn.ravel()[::29], expected["drawn"], rtol=1e-3, atol=1e-3 * scale)


def test_the_commands_accept_them(old, tmp_path):
    path, _ = old
    kind = "autoencoder" if path.name == "autoencoder" else "gan"
    log = (path / "log.jsonl").read_text()
    config = json.loads((path / "config.json").read_text())
    assert cli.main(["train", kind, "--resume", str(path), "--steps", "8"]) == 0
    assert (path / "log.jsonl").read_text().startswith(log)
    assert json.loads((path / "config.json").read_text()) == {**config, "steps": 8}
    use = "reconstruct" if kind == "autoencoder" else "sample"
    assert cli.main([use, str(path), "--out", str(tmp_path / "x.npz")]) == 0
    if path.name == "ring8":
        assert cli.main(["evaluate", str(path), "-n", "100"]) == 0


def test_the_files_are_small():
    files = [path for path in V01.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 300_000
    for name in NAMES:
        assert sum(path.stat().st_size for path in files if name in path.parts) < 100_000
