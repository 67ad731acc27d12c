"""`compare`: the same h for all decoders, two priors, moments of h, and errors."""

import numpy as np
import pytest
from PIL import Image

from minigan import cli, datasets, runs, studies
from minigan.models import outputs
from minigan.studies import evaluation
from minigan.studies.comparison import Codes, moved

SMALL = {"data": "digits8", "features": 2, "batch": 8, "steps": 2}


def begin(path, kind="autoencoder", **settings):
    more = {"hidden": 4} if kind == "autoencoder" else {}
    return runs.begin(runs.configure(kind, {**SMALL, **more, **settings}), path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three runs of the same images, with h of 5, 3 and 4 numbers."""
    folder = tmp_path_factory.mktemp("runs")
    begin(folder / "gan", "gan", latent=5, latent_std=0.5)
    begin(folder / "ae", latent=3)
    begin(folder / "vae", latent=4, variational=0.1)
    return folder


@pytest.fixture(scope="module")
def tasks(folder):
    return {name: runs.load(folder / name)[1] for name in ("gan", "ae", "vae")}


@pytest.fixture(scope="module")
def found(tasks):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "EPOCHS", 1)
        return studies.compare([(f"some/{name}/", task) for name, task in tasks.items()], seed=7)


def test_each_decoder_receives_the_first_numbers_of_the_same_h(found, tasks):
    names = ["gan: GAN 5, h ~ N(0, I)"]
    names += [
        f"{name}, h ~ {prior}"
        for name in ("ae: AE 3", "vae: VAE 4")
        for prior in ("N(0, I)", "N(m, C)")
    ]
    assert [drawn.name for drawn in found.drawn] == names
    assert (
        {drawn.images.shape for drawn in found.drawn} == {found.images.shape} == {(360, 1, 32, 32)}
    )
    h = np.random.default_rng(7).standard_normal((360, 5), np.float32)
    np.testing.assert_array_equal(found.drawn[0].images, outputs(tasks["gan"].generator, h / 2))
    for number, name, latent in ((1, "ae", 3), (3, "vae", 4)):
        enlarged = tasks[name].decode(h[:, :latent]).repeat(4, axis=2).repeat(4, axis=3)
        np.testing.assert_allclose(found.drawn[number].images, 2 * enlarged - 1, atol=1e-6)
    np.testing.assert_array_equal(
        found.images, datasets.split(datasets.digits8().resized(32))[1].scaled()
    )


def test_features_of_a_judge_are_compared_with_the_same_real_images(found):
    features = ["kid", "p_value", "frechet", "one_nn", "sliced_wasserstein", "precision", "recall"]
    for drawn in found.drawn:
        assert [finding.name for finding in drawn.findings] == features
        assert [f.real for f in drawn.findings] == [f.real for f in found.drawn[0].findings]
        assert drawn.findings[1].real > 0.01 > drawn.findings[1].generated  # nothing is trained
    assert [name for name, _ in found.codes] == ["N(0, I), 360 h", "ae: AE 3", "vae: VAE 4"]


def test_the_second_prior_has_the_moments_of_the_h_of_training_images(tasks):
    h = tasks["ae"].encode(tasks["ae"].train).astype(np.float64)
    mean, covariance = h.mean(axis=0), np.cov(h.T)
    drawn = moved(np.random.default_rng(0).standard_normal((200_000, 3)), mean, covariance)
    size = np.sqrt(covariance.diagonal().max())
    np.testing.assert_allclose(drawn.mean(axis=0), mean, atol=0.02 * size)
    np.testing.assert_allclose(np.cov(drawn.T), covariance, atol=0.02 * size**2)
    flat = np.array([[1.0, 1], [1, 1]])  # of rank 1
    assert (
        np.linalg.matrix_rank(
            moved(np.random.default_rng(1).standard_normal((9, 2)), np.zeros(2), flat)
        )
        == 1
    )


def test_moments_of_codes():
    x = np.random.default_rng(0).standard_normal((50_000, 3))
    near = Codes.of(x)
    assert (
        near.mean < 0.02
        and 0.98 < near.least_std <= near.most_std < 1.02
        and near.correlation < 0.02
    )
    far = Codes.of(np.stack([3 + 2 * x[:, 0], x[:, 0] + x[:, 1]], axis=1))
    assert far.mean == pytest.approx(3 / np.sqrt(2), abs=0.03) and far.most_std == pytest.approx(
        2, abs=0.03
    )
    assert far.correlation == pytest.approx(1 / np.sqrt(2), abs=0.02)
    assert Codes.of(np.ones((4, 2))) == (1, 0, 0, 0) and Codes.of(x[:, :1]).correlation == 0


def test_codes_of_a_vae_are_drawn_and_not_the_means(tasks):
    """An untrained posterior is broad, and its means are close together."""
    task = tasks["vae"]
    task.model.log_variance.weight.data *= 0
    task.model.log_variance.bias.data[:] = 2 * np.log(100)
    broad = studies.comparison._codes(task, task.test, np.random.default_rng(0))
    assert task.encode(task.test).std() < 10 < 90 < broad.std() < 110


def test_the_encoder_of_a_bigan_is_measured_too(tmp_path, monkeypatch):
    monkeypatch.setattr(studies.comparison, "judge_of", lambda *_: None)
    _, task = begin(tmp_path / "gan", "gan", latent=3, bigan=True, latent_std=0.5)
    found = studies.compare([("gan", task)])
    h = 2 * outputs(task.game.encoder, datasets.split(task.data)[1].scaled())
    assert [name for name, _ in found.codes] == ["N(0, I), 360 h", "gan: BiGAN 3"]
    np.testing.assert_allclose(found.codes[1][1].most_std, h.std(axis=0, ddof=1).max(), rtol=1e-5)


def test_the_command_prints_a_table_and_draws(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(evaluation, "EPOCHS", 1)
    out = tmp_path / "x.png"
    assert cli.main(["compare", str(folder / "ae"), str(folder / "gan"), "--out", str(out)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[3:] == ["KID", "p", "Frechet", "1-NN", "precision", "recall"]
    assert [line.split()[0] for line in lines[1:5]] == ["held-out", "ae:", "ae:", "gan:"]
    assert lines[-1].startswith(str(out)) and out.read_bytes().startswith(b"\x89PNG")


def test_images_without_labels_are_compared_by_pixels(tmp_path):
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for number, pixels in enumerate(
        np.random.default_rng(0).integers(0, 256, (25, 32, 32), dtype=np.uint8)
    ):
        Image.fromarray(pixels).save(pictures / f"{number}.png")
    _, task = begin(tmp_path / "ae", data=str(pictures), latent=2)
    found = studies.compare([("ae", task)])
    assert "MMD^2" in str(found) and "KID" not in str(found) and len(found.drawn) == 2
    task.data = task.data.take(range(10))
    with pytest.raises(runs.RunError, match="10 images are too few"):
        studies.compare([("ae", task)])


def test_an_error_is_one_line(folder, tmp_path, capsys):
    begin(tmp_path / "points", "gan", data="ring8", features=32)
    begin(tmp_path / "classes", "gan", conditional=True)
    begin(tmp_path / "other", data="mnist5k")
    ae = str(folder / "ae")
    for wrong, words in (
        ([str(tmp_path / "points")], "draws points of ring8"),
        ([str(tmp_path / "classes")], "a conditional G"),
        (
            [str(tmp_path / "other")],
            "other: has learned from mnist5k, ae from digits8 (legal: the same data)",
        ),
        ([str(tmp_path / "none")], "none"),
        (["--seed", "-1"], "--seed -1"),
        (["--out", "x.jpg"], "must end in .png"),
    ):
        assert cli.main(["compare", ae, *wrong]) == 2
        error = capsys.readouterr().err
        assert words in error and error.count("\n") == 1
    with pytest.raises(runs.RunError, match=r"compare: no runs \(legal: at least one\)"):
        studies.compare([])
