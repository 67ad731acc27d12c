"""`minigan export` and `minigan import`: a run's weights to a file, and back."""

import numpy as np
import pytest

from minigan import exchange, runs
from minigan.cli import main

pytest.importorskip("safetensors")


@pytest.fixture(params=["gan", "toy", "autoencoder"])
def run(request, tmp_path):
    kind, settings = {
        "gan": ("gan", {"data": "stacked", "features": 2, "latent": 3}),
        "toy": ("gan", {"data": "ring8", "latent": 2}),
        "autoencoder": (
            "autoencoder",
            {"data": "digits8", "features": 2, "latent": 2, "hidden": 4, "variational": 0.1},
        ),
    }[request.param]
    run, task = runs.begin(
        runs.configure(kind, {**settings, "batch": 4, "steps": 3}), tmp_path / "run"
    )
    for _ in runs.train(run, task):
        pass
    return run


def drawn(run):
    _, task = runs.load(run.path)
    if task.kind == "gan":
        return runs.sample(task, 5, 0)
    return task.reconstruct("test")["reconstructions"]


def test_there_and_back(run, tmp_path, capsys) -> None:
    file, again = tmp_path / "w.safetensors", tmp_path / "again.safetensors"
    assert main(["export", str(run.path), "--out", str(file)]) == 0
    assert main(["export", str(run.path), "--out", str(again)]) == 0
    assert file.read_bytes() == again.read_bytes()
    before = drawn(run)
    entries = exchange.read_weights(file)
    prefixes = {name.partition(".")[0] for name in entries}
    assert prefixes <= {"generator", "discriminator", "encoder", "decoder", "log_variance"}
    for x in entries.values():
        if x.dtype == np.float32:
            x.mul_(1.25)
    from safetensors.numpy import save_file

    save_file({name: x.numpy() for name, x in entries.items()}, again)
    assert main(["import", str(again), str(run.path)]) == 0
    assert "next: minigan" in capsys.readouterr().out
    assert not np.array_equal(drawn(run), before)
    assert main(["import", str(file), str(run.path)]) == 0
    assert np.array_equal(drawn(run), before)
    run, task = runs.load(run.path, steps=5)  # and it can be trained on
    for _ in runs.train(run, task):
        pass


def test_wrong_files_are_one_line_and_change_nothing(run, tmp_path, capsys) -> None:
    file, checkpoint = tmp_path / "w.safetensors", run.path / "checkpoint.npz"
    before = checkpoint.read_bytes()
    file.write_bytes(b"nonsense")
    wrong = [
        ["export", str(run.path), "--out", str(tmp_path / "w.pt")],
        ["export", str(run.path), "--out", str(tmp_path / "nowhere" / "w.safetensors")],
        ["export", str(tmp_path), "--out", str(file)],
        ["import", str(file), str(run.path)],
        ["import", str(tmp_path / "none.safetensors"), str(run.path)],
        ["import", str(checkpoint), str(run.path)],
        ["import", str(file), str(tmp_path / "none")],
    ]
    for arguments in wrong:
        capsys.readouterr()
        assert main(arguments) == 2
        said = capsys.readouterr().err
        assert said.startswith("minigan: error: ") and said.count("\n") == 1
    assert checkpoint.read_bytes() == before and file.read_bytes() == b"nonsense"
