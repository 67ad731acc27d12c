"""`evaluate` and `invert` on every kind of data, with small models."""

import json

import numpy as np
import pytest
from PIL import Image

from minigan import cli, datasets, models, runs, studies
from minigan.studies import evaluation
from minigan.viz import inversion

FEATURES = ["kid", "p_value", "frechet", "one_nn", "sliced_wasserstein", "precision", "recall"]
POINTS = ["mmd2", "p_value", "one_nn", "sliced_wasserstein", "precision", "recall"]
MODES = ["modes", "high_quality", "spread", "reverse_kl", "jsd"]


def begin(tmp_path, data, **settings):
    small = {"data": str(data), "latent": 3, "batch": 4, "steps": 1, **settings}
    if data not in runs.POINTS:
        small["features"] = 2
    return runs.begin(runs.configure("gan", small), tmp_path / "r")


@pytest.fixture
def pictures(tmp_path):
    """A folder of 25 pictures without labels."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, pixels in enumerate(
        np.random.default_rng(0).integers(0, 256, (25, 32, 32), dtype=np.uint8)
    ):
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return folder


def findings(task, count, seed=0):
    return {finding.name: finding for finding in studies.evaluate(task, count, seed)}


def test_points_are_counted_and_compared_with_as_many_real_ones(tmp_path):
    _, task = begin(tmp_path, "ring8")
    found = findings(task, 300)
    assert list(found) == MODES + POINTS
    assert found["modes"].real == 8 and found["p_value"].real > 0.01 > found["p_value"].generated
    assert found == findings(task, 300) != findings(task, 300, seed=1)
    assert studies.usual_count(task) == 2500


def test_digits_are_compared_by_the_features_of_a_judge(tmp_path, monkeypatch):
    monkeypatch.setattr(evaluation, "EPOCHS", 2)
    _, task = begin(tmp_path, "digits8")
    found = findings(task, 120)
    verdict = [
        "confident",
        "classes",
        "total_variation",
        "variance",
        "distance",
        "distinct",
        "accuracy",
    ]
    assert list(found) == verdict + FEATURES
    assert found["accuracy"].real > 0.5 and found["accuracy"].generated is None
    assert found["frechet"].generated > 3 * found["frechet"].real
    assert studies.usual_count(task) == 1000


@pytest.mark.nightly
def test_each_channel_of_a_stack_is_classified(tmp_path, monkeypatch):
    monkeypatch.setattr(evaluation, "EPOCHS", 1)
    monkeypatch.setattr(evaluation, "_AT_ONCE", 50)
    _, task = begin(tmp_path, "stacked")
    found = findings(task, 120)
    assert list(found) == [name for name in MODES if name != "spread"] + FEATURES
    assert 60 < found["modes"].real <= 120 and found["modes"].text == "modes reached, of 1000"
    assert studies.usual_count(task) == 26_000


def test_pictures_without_labels_are_compared_by_pixels(tmp_path, pictures):
    _, task = begin(tmp_path, pictures)
    found = findings(task, 100)
    assert list(found) == POINTS and found["one_nn"].real < 0.9
    assert studies.compared_count(task, 100) == len(datasets.split(task.data)[1])
    task.data = task.data.take(range(10))
    with pytest.raises(runs.RunError, match="10 images are too few"):
        studies.evaluate(task, 100)


def test_the_command_prints_a_table_and_writes_it(tmp_path, monkeypatch, capsys):
    begin(tmp_path, "ring8")
    assert cli.main(["evaluate", str(tmp_path / "r"), "-n", "200"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("r, update 0: 200 samples, seed 0") and lines[1].split() == [
        "real",
        "generated",
        "better",
    ]
    kept = json.loads((tmp_path / "r" / "evaluation.json").read_text())
    assert (kept["samples"], kept["seed"], kept["update"]) == (200, 0, 0)
    assert list(kept["found"]) == MODES + POINTS and len(lines) == 2 + len(kept["found"])
    assert kept["compared"] == 200
    for line, (name, figures) in zip(lines[2:], kept["found"].items(), strict=True):
        assert line.endswith(f"  {figures['better']}") and figures["better"], name
    for wrong in (["-n", "5"], ["--seed", "-1"]):
        assert cli.main(["evaluate", str(tmp_path / "r"), *wrong]) == 2
    monkeypatch.setattr("os.access", lambda path, mode: False)
    capsys.readouterr()
    assert cli.main(["evaluate", str(tmp_path / "r"), "-n", "200"]) == 2
    out, errors = capsys.readouterr()
    assert (
        out == "" and "may not be written to" in errors and errors.count("\n") == 1
    )  # said before any work


def test_inverting_its_own_samples_and_pictures(tmp_path, pictures, capsys):
    begin(tmp_path, pictures)
    short = ["--steps", "20", "--refine", "20", "--own", "2"]
    assert cli.main(["invert", str(tmp_path / "r"), "3", str(pictures / "7.png"), *short]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines[1:5]] == [["G's", "own"]] * 2 + [
        ["image", "3"],
        [str(pictures / "7.png")[-22:], lines[4].split()[1]],
    ]
    assert "out of G's reach" in lines[3] and (tmp_path / "r" / "inversion.png").is_file()
    found = studies.invert(runs.load(tmp_path / "r")[1], ["3"], 2, steps=20, refinements=20)
    np.testing.assert_array_equal(found.targets[2:], datasets.load(pictures).scaled()[3:4])
    assert len(found.errors) == 2 == len(found.rounded) and found.can_tell
    assert found.reach == 2 * max(found.rounded) + 1 / 255


def test_a_sample_of_g_is_found_after_it_was_saved_as_a_picture(tmp_path, capsys):
    _, task = begin(tmp_path, "digits8")
    for number, image in enumerate(runs.sample(task, 2, 7)):
        Image.fromarray(((image[0] + 1) * 127.5).round().astype(np.uint8)).save(
            tmp_path / f"{number}.png"
        )
    names = [str(tmp_path / f"{number}.png") for number in range(2)]
    found = studies.invert(task, names, 2, steps=100, refinements=60)
    assert str(found).count("G's own") == 2 and "out of" not in str(found)
    assert found.found.residuals[2:].min() > max(
        found.found.residuals[:2]
    )  # though bytes cannot be met


@pytest.mark.parametrize(
    ("errors", "residual", "words"),
    [
        ([0.01, 0.02], 0.9, "out of G's reach"),
        ([0.01, 0.02], 0.009, None),
        ([0.01, 0.2], 0.9, "did not find all of G's own samples, so it cannot tell"),
        ([1.3, 1.2], 0.01, "did not find all of G's own samples, so it cannot tell"),
        ([], 0.9, "was not tested, so it cannot tell"),
    ],
)
def test_a_verdict_needs_a_search_that_finds_the_samples_of_g(errors, residual, words):
    own = len(errors)
    residuals = np.array([*[1e-6] * own, residual])
    images = np.zeros((own + 1, 1, 4, 4))
    found = studies.inversion.Inversion(3, np.zeros((own + 1, 2)), images, residuals)
    names = [*[f"G's own {i}" for i in range(own)], "image 3"]
    text = str(studies.Inverted(names, images, found, np.array(errors), np.full(own, 0.003)))
    assert ("out of G's reach" in text) == (words == "out of G's reach")
    assert ("cannot tell" in text) == ("cannot" in (words or "")) and (words or "") in text


def test_a_search_that_fails_gives_no_verdict(tmp_path, capsys):
    begin(tmp_path, "digits8", latent=30)
    short = ["--steps", "1", "--refine", "0", "--restarts", "1", "--own", "3"]
    assert cli.main(["invert", str(tmp_path / "r"), "3", *short]) == 0
    out = capsys.readouterr().out
    assert "0 of G's 3 own" in out and "cannot tell" in out and "out of" not in out


def test_an_error_of_invert_is_one_line(tmp_path, pictures, capsys):
    begin(tmp_path, pictures)
    for wrong in (
        ["99"],
        [9 * "9999"],
        ["no.png"],
        ["--own", "0"],
        ["--steps", "0"],
        ["--out", "x.jpg"],
    ):
        assert cli.main(["invert", str(tmp_path / "r"), *wrong]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    runs.begin(runs.configure("gan", {"data": "ring8", "latent": 3, "steps": 1}), tmp_path / "p")
    assert cli.main(["invert", str(tmp_path / "p")]) == 2
    assert "points have no images" in capsys.readouterr().err


def test_a_conditional_generator_is_measured_but_not_inverted(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(evaluation, "EPOCHS", 1)
    _, task = begin(tmp_path, "digits8", conditional=True)
    assert "recall" in findings(task, 100)
    assert cli.main(["invert", str(tmp_path / "r")]) == 2
    assert "conditional G" in capsys.readouterr().err


def test_a_walk_keeps_its_class(tmp_path, monkeypatch):
    run, task = begin(tmp_path, "digits8", conditional=True)
    given = []
    monkeypatch.setattr(
        inversion, "outputs", lambda model, h: given.append(h) or models.outputs(model, h)
    )
    inversion.draw_latent_walk(task, run.path / "walk.png", pairs=12, steps=5, seed=1)
    ways = given[0].reshape(12, 2, 5, 3 + 10)
    assert (ways[..., 3:] == np.eye(10)[np.arange(12) % 10][:, None, None]).all()
    ends = ways[:, :, [0, -1], :3]  # the same ones, straight and along the arc
    np.testing.assert_allclose(ends[:, 0], ends[:, 1], rtol=1e-5)
    np.testing.assert_allclose(
        ends[:, 0].swapaxes(0, 1).reshape(24, 3), task.game.noise(24, 1).numpy(), rtol=1e-5
    )


def test_walks_between_latent_vectors(tmp_path, pictures, capsys):
    begin(tmp_path, pictures)
    assert cli.main(["interpolate", str(tmp_path / "r"), "-n", "2", "--steps", "3"]) == 0
    assert "straight and along an arc" in capsys.readouterr().out
    with Image.open(tmp_path / "r" / "walk.png") as image:
        assert image.size[1] > 4 * 32
    runs.begin(runs.configure("gan", {"data": "ring8", "latent": 3, "steps": 1}), tmp_path / "p")
    assert cli.main(["interpolate", str(tmp_path / "p")]) == 2
