"""Runs that several ranks train: they follow one process, and each error ends all of them.

The ranks are threads; `tests/test_cli_ranks.py` starts processes.
"""

import json
from dataclasses import replace

import numpy as np
import pytest
from test_runs import digest

from minigan import parallel, runs
from minigan.runs.directory import Run

GAN = {"data": "digits8", "latent": 4, "features": 4, "batch": 6, "steps": 20}
POINTS = {"data": "ring8", "latent": 3, "batch": 9, "steps": 20}
AE = {"data": "digits8", "latent": 3, "features": 4, "hidden": 8, "batch": 9, "steps": 20}
CASES = {
    "default": ("gan", GAN),
    "conditional": ("gan", {**GAN, "conditional": True}),
    "no norm": ("gan", {**GAN, "no_norm": True, "objective": "r1"}),
    "wgan-gp": ("gan", {**GAN, "objective": "wgan-gp", "critic_steps": 2, "steps": 6}),
    # the rounding errors of this small game grow threefold an update from the tenth on
    "bigan": ("gan", {**GAN, "bigan": True, "steps": 10}),
    "pack": ("gan", {**GAN, "pack": 2}),
    "spectral norm": ("gan", {**GAN, "spectral_norm": True}),
    "ring8": ("gan", POINTS),
    "gaussian": ("gan", {**POINTS, "data": "gaussian", "latent": 1}),
    "auto-encoder": ("autoencoder", AE),
    "tied": ("autoencoder", {**AE, "tied": True}),
    "denoising": ("autoencoder", {**AE, "denoise": 0.1}),
    "variational": ("autoencoder", {**AE, "variational": 0.1}),
}


class Enough(Exception):
    """A training that a test has stopped."""


def trained(ranks, begin, stop=None):
    """Train a run, which `begin(group)` begins or loads on rank 0, and return its path.

    Raises Enough after the checkpoint of update `stop`.
    """

    def work(group):
        if group.rank > 0:
            runs.accompany(runs.follow(group))
            return None
        run, task = begin(group)
        for number in runs.train(run, task):
            if number == stop:
                raise Enough
        return run.path

    return parallel.run(ranks, work)[0]


def new(kind, settings, path, ranks):
    """Train a new run, and return its path."""
    config = runs.configure(kind, settings)
    return trained(ranks, lambda group: runs.begin(config, path, group))


def numbers_of(log):
    return np.array([[value for name, value in r.items() if name != "update"] for r in log])


@pytest.mark.parametrize("name", CASES)
def test_two_ranks_follow_one_process(name, tmp_path):
    kind, settings = CASES[name]
    one, two = (new(kind, settings, tmp_path / str(ranks), ranks) for ranks in (1, 2))
    first, second = numbers_of(Run(one).read_log()), numbers_of(Run(two).read_log())
    assert first.shape == second.shape and len(first) == settings["steps"]
    np.testing.assert_allclose(second, first, rtol=1e-3, atol=1e-3)
    assert sorted(p.name for p in one.iterdir()) == sorted(p.name for p in two.iterdir())
    (_, task), (_, other) = runs.load(one), runs.load(two)
    np.testing.assert_allclose(other.frames[-1], task.frames[-1], rtol=1e-3, atol=1e-3)


def test_the_default_net_departs_from_one_process_no_faster_than_rounding_errors_grow(tmp_path):
    """At its rates a change of all weights by 1e-7 grows a thousandfold within ten updates."""
    settings = {"steps": 12}
    one, two = (new("gan", settings, tmp_path / str(ranks), ranks) for ranks in (1, 2))
    first, second = (numbers_of(Run(path).read_log()) for path in (one, two))
    task = runs.KINDS["gan"].task(runs.configure("gan", settings))
    rng = np.random.default_rng(9)
    for parameter in (p for model in task.models for p in model.parameters()):
        parameter.data = parameter.data * (1 + 1e-7 * float(rng.choice([-1, 1])))
    changed = np.array([list(task.step().values()) for _ in range(settings["steps"])])
    np.testing.assert_allclose(second[:3], first[:3], rtol=1e-5)
    assert abs(second - first).max() < 5 * abs(changed - first).max() < 1


@pytest.mark.parametrize("name", ["default", "pack", "ring8", "variational"])
def test_shares_of_different_sizes_follow_one_process(name, tmp_path):
    kind, settings = CASES[name]
    settings = {**settings, "batch": 8, "steps": 10}  # of 8 samples, or 4 packs, on 3 ranks
    one, three = (new(kind, settings, tmp_path / str(ranks), ranks) for ranks in (1, 3))
    first, second = numbers_of(Run(one).read_log()), numbers_of(Run(three).read_log())
    np.testing.assert_allclose(second, first, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("name", ["default", "ring8", "auto-encoder"])
def test_a_resumed_run_has_the_same_log_byte_for_byte_with_as_many_ranks(
    name, tmp_path, monkeypatch
):
    kind, settings = CASES[name]
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    new(kind, settings, whole, 2)
    monkeypatch.setattr("minigan.runs.loop._SECONDS", 0.0)  # a checkpoint after each update
    config = runs.configure(kind, settings)
    with pytest.raises(Enough):
        trained(2, lambda group: runs.begin(config, parts, group), stop=7)
    assert runs.load(parts)[1].number == 7
    trained(2, lambda group: runs.load(parts, training=True, group=group))
    log = [(path / "log.jsonl").read_bytes() for path in (whole, parts)]
    assert log[0] == log[1] and log[0].count(b"\n") == settings["steps"]
    (_, first), (_, second) = runs.load(whole), runs.load(parts)
    for name, value in first.models[0].state_dict().items():
        assert (value.numpy() == second.models[0].state_dict()[name].numpy()).all()


@pytest.mark.parametrize(("first", "second"), [(2, 1), (1, 3), (3, 2)])
def test_a_run_goes_on_with_another_number_of_ranks(first, second, tmp_path):
    settings = {**POINTS, "steps": 14}
    whole = new("gan", settings, tmp_path / "whole", 1)
    parts = new("gan", {**settings, "steps": 6}, tmp_path / "parts", first)
    trained(second, lambda group: runs.load(parts, 14, training=True, group=group))
    logs = [numbers_of(Run(path).read_log()) for path in (whole, parts)]
    np.testing.assert_allclose(logs[1], logs[0], rtol=1e-4)


def test_one_rank_trains_as_one_process_bit_for_bit(tmp_path):
    config = runs.configure("gan", POINTS)
    run, task = runs.begin(config, tmp_path / "alone")
    for _ in runs.train(run, task):
        pass
    assert digest(new("gan", POINTS, tmp_path / "one", 1)) == digest(run.path)


@pytest.mark.parametrize("change", [{"batch": 4}, {"batch": 4, "pack": 2}])
def test_fewer_samples_or_packs_than_ranks_are_refused_in_one_line(change, tmp_path):
    ranks = 5 if "pack" not in change else 3
    legal = 4 if "pack" not in change else 2
    with pytest.raises(runs.RunError, match=rf"ranks={ranks}: batch=4.*at most {legal} ranks\)$"):
        new("gan", {**POINTS, **change}, tmp_path / "r", ranks)
    assert list(tmp_path.iterdir()) == []


def test_an_error_on_rank_0_ends_all_ranks(tmp_path, monkeypatch):
    saves = []

    def save(self, state):
        saves.append(state)
        if len(saves) > 1:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(Run, "save", save)
    with pytest.raises(OSError, match="No space left"):
        new("gan", POINTS, tmp_path / "r", 2)


def test_a_loss_that_is_not_finite_ends_all_ranks_with_the_line_of_one_process(tmp_path):
    texts = []
    for ranks in (1, 2):
        with np.errstate(all="ignore"), pytest.raises(runs.RunError, match="loss_. is") as caught:
            new("gan", {**POINTS, "lr": 1e30, "lr_d": 1e30}, tmp_path / "r", ranks)
        texts.append(str(caught.value))
        runs.load(tmp_path / "r")
        Run(tmp_path / "r").remove()
    assert texts[0] == texts[1]


def test_other_data_on_a_rank_are_refused_before_a_run_is_made(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 255, (20, 8, 8), dtype=np.uint8)
    np.savez(tmp_path / "data.npz", images=images)
    other = tmp_path / "other.npz"
    np.savez(other, images=255 - images)
    follow = runs.follow

    def misled(group):
        broadcast = group.broadcast

        def change(value=None):
            settings, known, state = broadcast(value)
            group.broadcast = broadcast
            return {**settings, "data": str(other)}, known, state

        group.broadcast = change
        return follow(group)

    monkeypatch.setattr(runs, "follow", misled)
    settings = {**GAN, "data": str(tmp_path / "data.npz")}
    with pytest.raises(runs.RunError, match="other.npz.*not the data of rank 0 .*values are other"):
        new("gan", settings, tmp_path / "r", 2)
    assert not (tmp_path / "r").exists()


def test_the_records_of_a_game_on_a_line_are_those_of_one_process(tmp_path):
    settings = CASES["gaussian"][1]
    found = []
    for ranks in (1, 2):
        path = new("gan", settings, tmp_path / str(ranks), ranks)
        found.append(runs.load(path)[1].recorder.records[-1].numbers)
    assert found[0].keys() == found[1].keys()
    for name in found[0]:  # among them the angle of G's gradient
        assert np.isclose(found[0][name], found[1][name], rtol=1e-3, atol=1e-9, equal_nan=True), (
            name
        )


def test_the_config_does_not_depend_on_the_ranks(tmp_path):
    one, two = (new("gan", POINTS, tmp_path / str(ranks), ranks) for ranks in (1, 2))
    assert (one / "config.json").read_bytes() == (two / "config.json").read_bytes()
    metrics = [json.loads((path / "metrics.json").read_text()) for path in (one, two)]
    assert metrics[0].keys() == metrics[1].keys()
    config = replace(runs.configure("gan", POINTS), batch=3)
    runs.require_ranks(config, 3)
