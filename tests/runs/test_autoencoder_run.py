"""Runs of auto-encoders and studies of their layers: results, reconstructions, walks, errors."""

import json

import numpy as np
import pytest

from minigan import cli, datasets, nn, runs, studies
from minigan.autoencoder import pca_error

TINY = {"data": "digits8", "latent": 2, "features": 2, "hidden": 4, "batch": 8, "steps": 3}


def trained(path, **settings):
    run, task = runs.begin(runs.configure("autoencoder", {**TINY, **settings}), path)
    for _ in runs.train(run, task):
        pass
    return run, task


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("runs") / "ae"
    trained(path)
    return path


def test_figures_are_per_pixel_on_one_held_out_split(path):
    metrics = json.loads((path / "metrics.json").read_text())
    train, test = (part.scaled(0, 1) for part in datasets.split(datasets.digits8()))
    assert metrics["pca_mse"] == pytest.approx(pca_error(train, test, 2))
    assert metrics["mean_image_mse"] == pytest.approx(
        ((test - train.mean(axis=0)) ** 2).mean(), rel=1e-5
    )
    found = runs.load(path)[1].reconstruct("test")
    error = ((found["reconstructions"] - found["images"]) ** 2).mean(dtype=np.float64)
    assert (
        metrics["test_mse"] == pytest.approx(error) and metrics["test_images"] == len(test) == 360
    )


@pytest.mark.parametrize("split", ["train", "test"])
def test_reconstructions_are_of_the_images_at_their_indices(path, tmp_path, split):
    out = tmp_path / "x.npz"
    assert cli.main(["reconstruct", str(path), "--split", split, "--out", str(out)]) == 0
    with np.load(out, allow_pickle=False) as file:
        found = dict(file)
    assert set(found) == {"images", "reconstructions", "indices"}
    np.testing.assert_array_equal(
        found["images"], datasets.digits8().scaled(0, 1)[found["indices"]]
    )
    assert len(set(found["indices"].tolist())) == {"train": 1437, "test": 360}[split]
    assert found["reconstructions"].shape == found["images"].shape
    assert 0 <= found["reconstructions"].min() <= found["reconstructions"].max() <= 1


def test_pictures(path, tmp_path):
    assert cli.main(["reconstruct", str(path), "--out", str(tmp_path / "x.png")]) == 0
    assert (
        cli.main(
            ["interpolate", str(path), "--out", str(tmp_path / "y.png"), "--steps", "3", "-n", "2"]
        )
        == 0
    )
    assert cli.main(["train", "autoencoder", "--resume", str(path)]) == 0
    names = ("training.png", "walk.png", "latent.png", "samples.png", "curves.png")
    for picture in (tmp_path / "x.png", tmp_path / "y.png", *(path / name for name in names)):
        assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_walk_goes_from_one_reconstruction_to_the_other(path):
    _, task = runs.load(path)
    (a, b), *_ = ends = task.ends(3, seed=0)
    walk, found = task.walk(a, b, 5), task.decode(task.encode(np.stack([a, b])))
    np.testing.assert_allclose(walk[[0, -1]], found, atol=1e-6)
    middle = task.decode(task.encode(np.stack([a, b])).mean(axis=0, keepdims=True))
    np.testing.assert_allclose(walk[2:3], middle, atol=1e-6)
    assert len(ends) == 3 and all((x != y).any() for x, y in ends)


@pytest.mark.parametrize("options", [{"tied": True}, {"denoise": 0.3}, {"variational": 0.5}])
def test_the_config_keeps_the_variant(tmp_path, options):
    run, task = trained(tmp_path / "r", **options)
    config = run.read_json("config.json")
    assert {name: config[name] for name in options} == options
    _, again = runs.load(run.path)
    assert (
        again.decode(np.zeros((1, 2), np.float32)).tobytes()
        == task.decode(np.zeros((1, 2), np.float32)).tobytes()
    )
    tied = again.model.encoder[0].weight is again.model.decoder[-2].weight
    assert tied == task.config.tied and ("variational" in task.summary) == (
        task.config.variational > 0
    )


def test_the_command_line_has_the_variants(tmp_path, capsys):
    train = ["train", "autoencoder", *(f"--{name}={value}" for name, value in TINY.items())]
    for number, (flags, settings) in enumerate(
        [
            (["--tied"], {"tied": True, "variational": 0.0}),
            (["--variational"], {"tied": False, "variational": 0.1}),
            (["--variational", "0.25", "--denoise", "0.1"], {"variational": 0.25, "denoise": 0.1}),
        ]
    ):
        out = tmp_path / str(number)
        assert cli.main([*train, *flags, "--out", str(out)]) == 0
        config = json.loads((out / "config.json").read_text())
        assert {name: config[name] for name in settings} == settings
    capsys.readouterr()


def test_a_study_of_a_run(path, tmp_path, capsys):
    out = tmp_path / "study"
    command = [
        "train",
        "decoders",
        str(path),
        "--steps",
        "2",
        "--batch",
        "8",
        "--repeats",
        "2",
        "--out",
        str(out),
    ]
    assert cli.main(command) == 0
    assert {file.name for file in out.iterdir()} == {
        "config.json",
        "metrics.json",
        "layers.npz",
        "layers.png",
    }
    found = json.loads((out / "metrics.json").read_text())
    assert [layer["name"] for layer in found["layers"]] == [
        "conv 1",
        "linear 1",
        "linear 2",
        "linear 3",
    ]
    for layer in found["layers"]:
        a, b = layer["mse"]
        assert layer["normalised"] == pytest.approx((a + b) / 2 / found["mean_image_mse"])
        assert layer["standard_error"] == pytest.approx(abs(a - b) / 2 / found["mean_image_mse"])
        assert layer["psnr"] == pytest.approx(-10 * np.log10((a + b) / 2))
    with np.load(out / "layers.npz", allow_pickle=False) as file:
        assert file["reconstructions"].shape == (4, *file["images"].shape)
    assert "linear 3" in capsys.readouterr().out


def test_several_encoders_by_one_command(tmp_path, capsys):
    out = tmp_path / "all"
    few = ["--data", "digits8", "--steps", "2", "--repeats", "1", "--out", str(out)]
    assert cli.main(["train", "decoders", "untrained", "orthonormal", *few]) == 0
    exact, learned = (
        json.loads((out / name / "metrics.json").read_text())["layers"]
        for name in ("orthonormal", "untrained")
    )
    assert all(layer["largest"] < 1e-14 for layer in exact)
    assert learned[-1]["name"] == "softmax" and len(learned) == 5
    assert "orthonormal" in capsys.readouterr().out


def test_a_study_that_cannot_be_written_leaves_nothing(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("minigan.studies.decoders.np.savez_compressed", full)
    with pytest.raises(OSError, match="No space left on device"):
        studies.study_layers({"encoder": "orthonormal", "data": "digits8"}, tmp_path / "study")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr("pathlib.Path.mkdir", full)
    monkeypatch.setattr("minigan.studies.decoders.LayerStudy", None)  # no work is begun
    with pytest.raises(runs.RunError, match="cannot be made"):
        studies.study_layers({"encoder": "orthonormal", "data": "digits8"}, tmp_path / "study")


def test_the_classifier_learns_digits():
    data = datasets.split(datasets.digits8())
    encoder = studies.decoders.encoder_of(runs.DecodersConfig(data="digits8"), data[0])
    assert [type(layer) for layer in encoder.layers][-2:] == [nn.Linear, nn.Softmax]
    from minigan.models import outputs

    guesses = outputs(encoder.layers, data[1].scaled(0, 1)).argmax(axis=1)
    assert (guesses == data[1].labels).mean() > 0.95


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "autoencoder", "--latent", "0"], "--latent 0"),
        (["train", "autoencoder", "--data", "digits8", "--latent", "65"], "--latent 65"),
        (["train", "autoencoder", "--data", "ring8"], "--data ring8"),
        (["train", "autoencoder", "--denoise", "-1"], "--denoise -1"),
        (["train", "autoencoder", "--variational", "nan"], "--variational nan"),
        (["train", "autoencoder", "--hidden", "1"], "--hidden 1"),
        (["train", "autoencoder", "--batch", "4001"], "--batch 4001"),
        (
            ["train", "decoders", "nowhere"],
            "nowhere: is not an encoder (legal: a run directory, or classifier",
        ),
        (["train", "decoders", "untrained", "--repeats", "0"], "--repeats 0"),
        (["train", "decoders", "untrained", "--data", "ring8"], "--data ring8"),
        (
            ["train", "decoders", "RUN", "--data", "mnist5k"],
            "--data mnist5k: images of shape (1, 28, 28)",
        ),
        (["train", "decoders", "RUN", "--batch", "5000"], "--batch 5000"),
        (["reconstruct", "RUN", "--out", "x.jpg"], "--out x.jpg"),
        (["reconstruct", "RUN", "--split", "all", "--out", "x.npz"], "--split"),
        (["reconstruct", "nowhere", "--out", "x.npz"], "nowhere"),
        (["reconstruct", "GAN", "--out", "x.npz"], "of kind 'gan'"),
        (["interpolate", "RUN", "--steps", "1"], "--steps 1"),
        (["interpolate", "RUN", "-n", "361"], "-n 361: only 360 images are held out"),
        (["train", "decoders", "untrained", "RUN", "RUN", "--out", "x"], "would share a directory"),
        (["train", "decoders", "untrained", "GAN", "--out", "x"], "of kind 'gan'"),
        (["interpolate", "RUN", "--out", "no/folder/x.png"], "no folder"),
        (["train", "decoders", "GAN"], "of kind 'gan'"),
        (["sample", "RUN", "--out", "x.png"], "of kind 'autoencoder'"),
    ],
)
def test_an_error_is_one_line_and_no_file_is_made(
    arguments, message, path, gan, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    names = {"RUN": str(path), "GAN": str(gan)}
    assert cli.main([names.get(word, word) for word in arguments]) == 2
    out, errors = capsys.readouterr()
    assert (
        out == ""
        and errors.startswith("minigan: error: ")
        and errors.count("\n") == 1
        and message in errors
    )
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def gan(tmp_path_factory):
    path = tmp_path_factory.mktemp("runs") / "gan"
    runs.begin(runs.configure("gan", {"data": "ring8", "latent": 4, "batch": 8, "steps": 3}), path)
    return path


def test_images_that_are_not_square(tmp_path):
    np.savez(tmp_path / "wide.npz", images=np.zeros((20, 8, 9), np.uint8))
    with pytest.raises(runs.RunError, match=r"8x9 are not square"):
        runs.begin(
            runs.configure("autoencoder", {**TINY, "data": str(tmp_path / "wide.npz")}),
            tmp_path / "r",
        )


def test_a_study_needs_labels_only_for_a_classifier(tmp_path):
    images = np.random.default_rng(0).integers(0, 255, (40, 8, 8), np.uint8)
    np.savez(tmp_path / "x.npz", images=images)
    given = {"data": str(tmp_path / "x.npz"), "steps": 1, "batch": 4}
    with pytest.raises(runs.RunError, match="no labels"):
        studies.study_layers({**given, "encoder": "classifier"}, tmp_path / "r")
    run, study = studies.study_layers({**given, "encoder": "orthonormal"}, tmp_path / "r")
    assert run.path == tmp_path / "r" and len(study.layers) == 3


def test_defaults_depend_on_data_and_latent_and_are_written_down(tmp_path):
    wide = runs.configure("autoencoder", {"latent": 30})
    few = runs.configure("autoencoder", {"latent": 2})
    small, tiny = (runs.configure("autoencoder", {"data": "digits8", "latent": k}) for k in (16, 8))
    found = [(config.hidden, config.denoise) for config in (wide, few, small, tiny)]
    assert found == [(0, 0.0), (256, 0.0), (0, 0.05), (256, 0.1)]
    given = runs.configure(
        "autoencoder", {"data": "digits8", "latent": 2, "hidden": 0, "denoise": 0.0, "steps": 1}
    )
    run, _ = runs.begin(given, tmp_path / "r")
    config = run.read_json("config.json")
    assert (config["hidden"], config["denoise"], config["steps"], config["lr"]) == (
        0,
        0.0,
        1,
        small.lr,
    )
