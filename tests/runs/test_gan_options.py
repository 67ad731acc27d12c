"""Every objective and option of a GAN's run, on digits and on points; defaults; errors."""

import numpy as np
import pytest
from test_runs import finish

from minigan import cli, nn, runs
from minigan.gan import OBJECTIVES
from minigan.runs import loop

SMALL = {
    "ring8": {"data": "ring8", "latent": 4, "batch": 8, "steps": 5},
    "mnist5k": {"data": "mnist5k", "latent": 4, "batch": 4, "steps": 2, "features": 2},
}
OPTIONS = {
    "classes": {"conditional": True},
    "pack": {"pack": 2},
    "bigan": {"bigan": True},
    "spectral norm": {"spectral_norm": True, "objective": "hinge"},
    "all": {
        "conditional": True,
        "pack": 2,
        "bigan": True,
        "spectral_norm": True,
        "critic_steps": 2,
    },
    "gp": {"conditional": True, "pack": 2, "objective": "wgan-gp", "critic_steps": 1},
}


@pytest.mark.parametrize("data", SMALL)
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_objective_trains(tmp_path, data, objective):
    run, task = runs.begin(
        runs.configure("gan", {**SMALL[data], "objective": objective}), tmp_path / "r"
    )
    finish(run, task)
    has = OBJECTIVES[objective]
    config, found = run.read_json("config.json"), run.read_json("metrics.json")
    assert config["critic_steps"] == has.critic_steps
    assert config["penalty"] == (has.penalty.weight if has.penalty else 0)
    assert config["clip"] == (has.clip or 0)
    assert np.isfinite(list(found.values())).all() and ("penalty" in found) == (
        has.penalty is not None
    )
    assert runs.sample(runs.load(run.path)[1], 3, 0).shape == (3, *task.data.shape)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_options_resume_bit_for_bit(tmp_path, options, monkeypatch):
    monkeypatch.setattr(loop, "_SECONDS", -1.0)  # a checkpoint after every update
    config = runs.configure("gan", {**SMALL["mnist5k"], **options, "steps": 3})
    whole = finish(*runs.begin(config, tmp_path / "whole"))
    run, task = runs.begin(config, tmp_path / "parts")
    next(training := runs.train(run, task))
    training.close()
    run, task = runs.load(run.path)
    assert task.number == 1 and task.config == config
    assert finish(run, task) == whole


def test_the_architecture_follows_the_objective():
    def norms(**settings):
        game = runs.GANTask(runs.configure("gan", {**SMALL["mnist5k"], **settings})).game
        kinds = [{type(layer) for layer in model.modules()} for model in (game.G, game.D)]
        of_G, of_D = (kind & {nn.BatchNorm2d, nn.GroupNorm} for kind in kinds)
        assert of_G == (set() if settings.get("no_norm") else {nn.BatchNorm2d})
        return of_D, game.D

    for objective in OBJECTIVES:
        penalised = OBJECTIVES[objective].penalty is not None
        found, D = norms(objective=objective)
        assert found == ({nn.GroupNorm} if penalised else {nn.BatchNorm2d})
        assert isinstance(list(D.modules())[-2], nn.Conv2d)  # a linear output
    for objective in ("non-saturating", "r1"):
        assert norms(objective=objective, no_norm=True)[0] == set()
    found, D = norms(spectral_norm=True)
    assert found == set() and all(
        name.endswith(("weight_orig", "bias")) for name, _ in D.named_parameters()
    )


def test_g_of_points_has_a_gain_before_each_tanh():
    G = runs.GANTask(runs.configure("gan", {**SMALL["ring8"], "bigan": True})).game.G
    assert [type(layer).__name__ for layer in G] == [
        "Linear",
        "Gain",
        "Tanh",
        "Linear",
        "Gain",
        "Tanh",
        "Linear",
    ]


def test_the_objective_of_the_game_has_the_settings_of_the_run():
    config = runs.configure(
        "gan", {**SMALL["ring8"], "objective": "wgan-gp", "penalty": 3.0, "critic_steps": 2}
    )
    objective = runs.GANTask(config).game.objective
    rates = [
        runs.configure("gan", given).lr_d
        for given in ({}, {"objective": "r1"}, {"spectral_norm": True})
    ]
    assert rates == [5e-4, 2e-3, 2e-3]
    assert (objective.penalty.weight, objective.critic_steps, objective.clip) == (3.0, 2, None)
    assert (
        runs.GANTask(
            runs.configure("gan", {**SMALL["ring8"], "objective": "wgan-clip", "clip": 0.1})
        ).game.objective.clip
        == 0.1
    )


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({}, "non-saturating GAN, G "),
        ({"objective": "wgan-gp", "lr": 1e-3}, "wgan-gp GAN, G "),
        (
            {"objective": "wgan-gp", "penalty": 0.5, "critic_steps": 2},
            "wgan-gp GAN, critic steps 2, penalty 0.5, G ",
        ),
        (
            {"objective": "wgan-clip", "clip": 0.1, "latent_std": 2},
            "wgan-clip GAN, clip 0.1, latent std 2, G ",
        ),
        (
            {"spectral_norm": True, "pack": 4, "bigan": True},
            "non-saturating GAN, spectral norm, pack 4, bigan, G ",
        ),
    ],
)
def test_the_summary_names_the_options_that_differ_from_the_defaults(settings, text):
    summary = runs.GANTask(runs.configure("gan", {**SMALL["ring8"], **settings})).summary
    assert summary.startswith(text) and summary.endswith("parameters, 5 updates of 8, seed 0")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"penalty": 1.0},
            r"penalty=1.0: non-saturating has no penalty \(legal with wgan-gp, r1\)",
        ),
        (
            {"clip": 1.0, "objective": "hinge"},
            r"clip=1.0: hinge has no clip \(legal with wgan-clip\)",
        ),
        ({"penalty": 0.0, "objective": "wgan-gp"}, "penalty=0.0 must be greater than 0"),
        ({"penalty": -1.0, "objective": "r1"}, r"penalty=-1.0 is not legal \(legal: in \[0, "),
        ({"clip": float("nan"), "objective": "wgan-clip"}, "clip=nan is not legal"),
        ({"critic_steps": 0}, "critic_steps=0 must be at least 1"),
        ({"pack": 0}, "pack=0 must be at least 1"),
        ({"pack": 3, "batch": 8}, "GANConfig: pack=3 must divide batch=8"),
        ({"conditional": True, "data": "ring8"}, "conditional=True: the data ring8 have no labels"),
        ({"spectral_norm": True, "objective": "wgan-clip"}, "spectral_norm=True rescales"),
        (
            {"no_norm": True, "data": "ring8"},
            "no_norm=True: the perceptrons for ring8 have no norm",
        ),
        ({"bigan": True, "objective": "r1"}, "bigan=True: D judges pairs"),
        ({"bigan": 1}, "bigan=1 must be True or False"),
    ],
)
def test_illegal_combinations_are_refused_in_one_line(tmp_path, settings, message):
    with pytest.raises(runs.RunError, match=message) as error:
        runs.begin(runs.configure("gan", {**SMALL["mnist5k"], **settings}), tmp_path / "r")
    assert "\n" not in str(error.value) and not (tmp_path / "r").exists()


def test_samples_of_a_class(tmp_path, capsys):
    command = [
        "train",
        "gan",
        "--conditional",
        "--features",
        "2",
        "--latent",
        "3",
        "--batch",
        "4",
        "--steps",
        "2",
        "--out",
    ]
    run, out = tmp_path / "r", tmp_path / "x.npz"
    assert cli.main([*command, str(run)]) == 0
    files = []
    for label in ([], ["--label", "3"], ["--label", "4"]):
        assert cli.main(["sample", str(run), "-n", "5", "--out", str(out), *label]) == 0
        with np.load(out) as file:
            files.append(file["images"].tobytes())
    assert len(set(files)) == 3
    task = runs.load(run)[1]
    h = task.latents(5, 0, np.full(5, 3))
    np.testing.assert_array_equal(h.numpy()[:, 3:], np.eye(10)[[3] * 5])
    np.testing.assert_array_equal(task.shown.numpy()[:, 3:].argmax(axis=1), np.arange(64) % 10)
    capsys.readouterr()
    for label in (-1, 10):
        assert cli.main(["sample", str(run), "--out", str(out), "--label", str(label)]) == 2
        assert (
            f"--label {label}: this run has no such class (legal: 0..9)" in capsys.readouterr().err
        )


def test_a_run_without_classes_refuses_a_label():
    task = runs.GANTask(runs.configure("gan", SMALL["ring8"]))
    with pytest.raises(runs.RunError, match="only a run trained with conditional=True"):
        runs.sample(task, 1, 0, 0)
