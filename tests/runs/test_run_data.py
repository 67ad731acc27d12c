"""A run knows its data: their path is absolute, others are refused, moved ones are accepted."""

import json

import numpy as np
import pytest
from test_runs import finish

from minigan import cli, runs
from minigan.datasets import digits8
from minigan.files import PREFIX

GAN = {"latent": 2, "features": 2, "batch": 4, "steps": 2, "conditional": True}
AE = {"latent": 2, "features": 2, "batch": 4, "steps": 2}


def write(path, labels=(1, 5), seed=0, **more):
    """Write images of digits with two labels, so that class 0 is the label 1."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (30, 8, 8)).astype(np.uint8)
    np.savez(path, **{"images": images, "labels": np.repeat(labels, 15), **more})
    return path


@pytest.fixture
def made(tmp_path, monkeypatch):
    """A run whose data were named by a relative path."""
    monkeypatch.chdir(tmp_path)
    write("mine.npz")
    finish(*runs.begin(runs.configure("gan", {"data": "mine.npz", **GAN}), "r"))
    return tmp_path


def test_the_config_has_the_absolute_path_and_the_fingerprint(made):
    config = json.loads((made / "r" / "config.json").read_text())
    assert config["data"] == str(made / "mine.npz")
    known = config["fingerprint"]
    assert known["shape"] == [30, 1, 8, 8] and known["dtype"] == "uint8"
    assert known["classes"] == ["1", "5"] and known["counts"] == [15, 15]
    assert len(known["sha256"]) == 64
    others = [path for path in (made / "r").iterdir() if path.name != "config.json"]
    assert others and not any(str(made).encode() in path.read_bytes() for path in others)
    built_in = runs.configure("gan", {"data": "ring8", "batch": 4, "steps": 1})
    run, _ = runs.begin(built_in, made / "toy")
    assert run.read_json("config.json") == built_in.as_json()


def test_a_run_is_resumed_from_any_folder(made, monkeypatch):
    (made / "elsewhere").mkdir()
    monkeypatch.chdir(made / "elsewhere")
    write("mine.npz", seed=1)  # other data of the same name: they are not read
    finish(*runs.load(made / "r", steps=3))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seed": 1}, "the values are others"),
        ({"labels": (1, 6)}, "classes is"),
        ({"images": np.zeros((30, 8, 9), np.uint8)}, "shape is"),
        ({"images": np.zeros((30, 8, 8))}, "dtype is"),
    ],
)
def test_other_data_are_refused(made, change, words, capsys):
    write(made / "mine.npz", **change)
    before = {path: path.read_bytes() for path in (made / "r").iterdir()}
    assert cli.main(["train", "gan", "--resume", str(made / "r"), "--steps", "3"]) == 2
    errors = capsys.readouterr().err
    assert errors.count("\n") == 1 and "are not the data of" in errors and words in errors
    assert {path: path.read_bytes() for path in (made / "r").iterdir()} == before
    with pytest.raises(runs.RunError, match="are not the data of"):
        runs.load(made / "r")


def test_moved_data_are_named_and_their_new_path_is_kept(made, capsys):
    (made / "mine.npz").rename(made / "moved.npz")
    resume = ["train", "gan", "--resume", str(made / "r"), "--steps", "3"]
    assert cli.main(resume) == 2
    assert "continue it with their new path as --data" in capsys.readouterr().err
    write(made / "other.npz", seed=2)
    assert cli.main([*resume, "--data", str(made / "other.npz")]) == 2
    assert cli.main([*resume, "--data", "mnist5k"]) == 2
    assert cli.main([*resume, "--data", "moved.npz"]) == 0
    config = runs.Run(made / "r").read_json("config.json")
    assert config["data"] == str(made / "moved.npz") and config["steps"] == 3
    assert runs.load(made / "r")[1].number == 3


def test_samples_need_no_data_and_are_the_same_without_them(made, capsys):
    drawn = {}
    for there in (True, False):
        if not there:
            (made / "mine.npz").unlink()
        for label in ("", "5"):
            out = str(made / f"{there}{label}.npz")
            labels = ["--label", label] if label else []
            assert cli.main(["sample", str(made / "r"), "-n", "9", "--out", out, *labels]) == 0
            drawn[there, label] = np.load(out)["images"]
    for label in ("", "5"):
        np.testing.assert_array_equal(drawn[True, label], drawn[False, label])
    assert cli.main(["evaluate", str(made / "r")]) == 2
    assert "needs its data 'mine'" in capsys.readouterr().err


def test_a_class_without_images_is_refused_by_its_flag(tmp_path, capsys):
    run, _ = runs.begin(runs.configure("gan", {"data": "digits8", **GAN}), tmp_path / "r")
    config = run.read_json("config.json")
    images = digits8()
    known = {
        "name": "digits8", "shape": list(images.images.shape), "dtype": "uint8", "low": 0,
        "high": 16, "classes": [], "counts": [1797, *[0] * 9], "sha256": "0" * 64,
    }  # fmt: skip
    run.write_json("config.json", {**config, "fingerprint": known})
    sample = ["sample", str(run.path), "--out", str(tmp_path / "x.npz"), "--label"]
    assert cli.main([*sample, "3"]) == 2
    errors = capsys.readouterr().err
    assert "--label 3: the data have no image of this class" in errors
    assert cli.main([*sample, "no such $x$"]) == 2
    assert "--label 'no such $x$': this run has no such class" in capsys.readouterr().err
    assert cli.main([*sample, "0"]) == 0


def test_an_old_run_without_a_fingerprint_remembers_its_data_when_it_is_resumed(made):
    run = runs.Run(made / "r")
    config = run.read_json("config.json")
    known = config.pop("fingerprint")
    run.write_json("config.json", {**config, "data": "mine.npz"})
    runs.load("r")
    assert "fingerprint" not in run.read_json("config.json")
    finish(*runs.load("r", training=True))
    assert run.read_json("config.json")["fingerprint"] == known
    assert run.read_json("config.json")["data"] == str(made / "mine.npz")


def test_an_autoencoder_knows_its_data_and_a_study_names_them_by_an_absolute_path(made):
    finish(*runs.begin(runs.configure("autoencoder", {"data": "mine.npz", **AE}), "ae"))
    command = ["train", "decoders", "ae", "--steps", "1", "--repeats", "1", "--batch", "4"]
    assert cli.main([*command, "--out", "study"]) == 0
    assert runs.Run(made / "study").read_json("config.json")["data"] == str(made / "mine.npz")
    write(made / "mine.npz", seed=1)
    with pytest.raises(runs.RunError, match="are not the data of"):
        runs.load("ae")


@pytest.mark.parametrize("name", ["sha256", "shape", "counts", "classes", "low"])
@pytest.mark.parametrize("value", [None, 3, "x", [], [[]], {}])
def test_a_damaged_fingerprint_is_named(made, name, value):
    run = runs.Run(made / "r")
    config = run.read_json("config.json")
    run.write_json("config.json", {**config, "fingerprint": {**config["fingerprint"], name: value}})
    with pytest.raises(runs.RunError, match=r"fingerprint|not the data|does not fit"):
        runs.load("r")


def test_nothing_is_left_of_a_directory_that_is_not_complete(made):
    assert not [path for path in made.rglob("*") if path.name.startswith(PREFIX)]
