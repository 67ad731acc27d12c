"""Damaged files of a run: one line that names the file and what is wrong, before it is used."""

import copy
import json
import os

import numpy as np
import pytest
from test_runs import SMALL, finish

from minigan import cli, runs
from minigan.gan import OBJECTIVES
from minigan.runs import checkpoint

GAN = {"data": "digits8", "latent": 3, "features": 2, "batch": 4, "steps": 2}
AE = {"data": "digits8", "latent": 3, "features": 2, "batch": 4, "steps": 2}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Finished runs of each kind, by name."""
    path = tmp_path_factory.mktemp("finished")
    settings = {
        "gan": ("gan", {**GAN, "conditional": True}),
        "plane": ("gan", SMALL["gan"]),
        "line": ("gan", {"data": "gaussian", "batch": 8, "steps": 3}),
        "ae": ("autoencoder", {**AE, "hidden": 4, "variational": 0.1}),
    }
    for name, (kind, chosen) in settings.items():
        finish(*runs.begin(runs.configure(kind, chosen), path / name))
    return path


@pytest.fixture
def run(folder, tmp_path, request):
    """A copy of a finished run."""
    name = getattr(request, "param", "gan")
    os.mkdir(tmp_path / name)
    for file in (folder / name).iterdir():
        (tmp_path / name / file.name).write_bytes(file.read_bytes())
    return runs.Run(tmp_path / name)


def change(run, path, value):
    """Write the checkpoint with another value at a path such as "training.G.0.weight"."""
    state = run.load()
    *above, last = path.split("/")
    node = state
    for key in above:
        node = node[int(key) if key.isdigit() else key]
    last = int(last) if last.isdigit() else last
    node[last] = value(copy.deepcopy(node[last])) if callable(value) else value
    checkpoint.save(run.path / "checkpoint.npz", state)


def at(value, index=0):
    """A function that sets one number of an array."""

    def changed(array):
        array = np.array(array)
        array.reshape(-1)[index] = value
        return array

    return changed


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("training/number", "2", "training.number='2' is not legal"),
        ("training/number", -1, "training.number=-1 is not legal"),
        ("training/number", 2.0, "training.number=2.0 is not legal"),
        ("training/number", 3, "it has made 3 of 2 updates"),
        ("training/G/0.weight", at(np.nan), r"training.G.0.weight has values that are not finite"),
        ("training/G/0.weight", np.zeros(3, np.float32), "has shape"),
        ("training/G/0.weight", lambda w: w.astype(np.float64), "is of type float64"),
        ("training/G/0.weight", None, "is of type NoneType"),
        ("training/G/1.running_var", at(-1.0), "has negative values"),
        ("training/average/model/0.weight", at(np.inf), "not finite"),
        ("training/average/updates", [2], "updates"),
        ("training/optimizer_G/state/0/exp_avg", at(np.nan), "not finite"),
        ("training/optimizer_G/state/0/exp_avg_sq", at(-1e-9), "negative"),
        ("training/optimizer_G/state/0/step", -1.0, "step"),
        ("training/optimizer_G/state", {}, "must have moments of all parameters"),
        ("training/optimizer_G/param_groups", [], "other groups"),
        ("training/optimizer_G/param_groups/0/lr", "fast", "lr='fast' is not legal"),
        ("training/optimizer_G/param_groups/0/lr", float("nan"), "lr"),
        ("training/optimizer_G/param_groups/0/unknown", 1, "has \\['unknown'\\]"),
        ("training/batches/order", [10**30] * 1797, ""),
        ("training/batches/order", [0] * 1797, "is not an order"),
        ("training/batches/order", [0.5], "is not a list of integers"),
        ("training/batches/position", 1e9, "position"),
        ("training/batches/generator/state", 3, "must be a dict"),
        ("training/batches/generator/bit_generator", "MT19937", "MT19937"),
        ("training/generator/state/state", 2**200, ""),
        ("training/optimizer_G", [], "must be a dict"),
        ("frames", [], "0 frames and"),
        ("frames/0", np.zeros((1, 1), np.float32), "the frame of update 0 has shape"),
        ("frames/0", at(np.nan), "the frame of update 0 has values that are not finite"),
        ("numbers", [0], "frames and 1 numbers"),
        ("numbers", [0, 9, 1], "do not increase"),
        ("numbers", ["0", "1", "2"], "are not integers"),
    ],
)
def test_a_state_that_does_not_fit_is_refused(run, path, value, words):
    change(run, path, value)
    with pytest.raises(runs.RunError, match=r"checkpoint\.npz does not fit .*" + words) as caught:
        runs.load(run.path)
    assert "\n" not in str(caught.value) and str(run.path) in str(caught.value)


@pytest.mark.parametrize("run", ["plane", "line"], indirect=True)
@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("recorder", []),
        ("recorder/updates", [1]),
        ("recorder/updates", [2, 1]),
        ("recorder/updates", ["1", "2"]),
        ("recorder/updates", [1, 10**9]),
        ("recorder/numbers/batch_loss_D", np.zeros(7)),
        ("recorder/numbers/batch_loss_D", np.zeros(2, np.int64)),
        ("recorder/numbers/other", np.zeros(2)),
        ("recorder/numbers", {}),
        ("recorder/arrays/samples", np.zeros((2, 3, 2), np.float32)),
        ("recorder/arrays/samples", at(np.nan)),
        ("recorder/arrays/output", lambda x: x[..., :-1]),
    ],
)
def test_records_that_do_not_fit_are_refused(run, path, value):
    change(run, path, value)
    with pytest.raises(runs.RunError, match=r"checkpoint\.npz does not fit"):
        runs.load(run.path)


@pytest.mark.parametrize("run", ["ae"], indirect=True)
@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("training/scheduler", {"optimizer": 3}),
        ("training/scheduler/last_epoch", None),
        ("training/scheduler/base_lrs", ["x"]),
        ("training/model/encoder.0.weight", at(np.inf)),
        ("training/optimizer/state/0/exp_avg", np.zeros(1, np.float32)),
    ],
)
def test_a_state_of_an_autoencoder_that_does_not_fit_is_refused(run, path, value):
    change(run, path, value)
    with pytest.raises(runs.RunError, match=r"checkpoint\.npz does not fit"):
        runs.load(run.path)


@pytest.mark.parametrize(
    "settings",
    [
        *({"objective": name} for name in OBJECTIVES),
        {"pack": 2, "bigan": True},
        {"conditional": True, "pack": 2},
        {"spectral_norm": True, "decay": 0.0},
        {"objective": "r1", "no_norm": True},
        {"data": "ring8", "bigan": True},
        {"data": "gaussian", "pack": 2, "latent": 3},
        {"data": "ring8", "objective": "wgan-clip"},
        {"data": "gaussian", "objective": "wgan-gp"},
    ],
    ids=str,
)
def test_a_whole_state_is_accepted_at_its_beginning_and_at_its_end(settings, tmp_path):
    config = runs.configure("gan", {**GAN, **settings})
    finish(*runs.begin(config, tmp_path / "r"))
    runs.load(tmp_path / "r")
    begun, _ = runs.begin(config, tmp_path / "s")
    runs.load(begun.path)


@pytest.mark.parametrize("settings", [{"tied": True}, {"variational": 0.1, "hidden": 6}], ids=str)
def test_a_whole_state_of_an_autoencoder_is_accepted(settings, tmp_path):
    config = runs.configure("autoencoder", {**AE, **settings})
    begun, task = runs.begin(config, tmp_path / "r")
    runs.load(begun.path)
    finish(begun, task)
    runs.load(begun.path)


# ------------------------------------------------------------------------------ config.json


@pytest.mark.parametrize("run", ["gan", "ae", "plane", "line"], indirect=True)
@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"features": 10**30}, r"config\.json: .*features=10+ is too large"),
        ({"latent": 10**9}, "no array has the size 10+"),
        ({"steps": None}, r"config\.json: .*steps=None must be an integer"),
        ({"lr": "fast"}, r"config\.json: .*lr='fast' must be a number"),
        ({"seed": 2**300}, "is too large"),
        ({"data": 7}, "must be a text"),
        ({"steps": 1}, "it has made"),
    ],
)
def test_a_config_that_does_not_fit_is_refused(run, settings, words):
    config = run.read_json("config.json")
    run.write_json("config.json", {**config, **settings})
    with pytest.raises(runs.RunError, match=words) as caught:
        runs.load(run.path)
    assert "\n" not in str(caught.value) and str(run.path) in str(caught.value)


@pytest.mark.parametrize("features", [3, 24, 128, 10**6])
def test_a_model_larger_than_the_checkpoint_is_not_made(run, features, monkeypatch):
    def never(*_, **__):
        raise AssertionError("a model was made")

    monkeypatch.setattr("minigan.runs.gan.players", never)
    config = run.read_json("config.json")
    run.write_json("config.json", {**config, "features": features})
    with pytest.raises(runs.RunError, match=r"checkpoint\.npz does not fit config\.json"):
        runs.load(run.path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[" * 10**5, "nested too deeply"),
        (b'{"kind": "gan", "steps": ' + b"9" * 5000 + b"}", "digits"),
        (b"", "cannot be read"),
        (b"\xff\xfe{}", "cannot be read"),
        (b"[]", "is a run of kind None"),
        (b" " * (5 << 20), "is larger than 4,194,304 bytes"),
    ],
)
def test_a_config_that_is_no_json_is_refused(run, content, words):
    (run.path / "config.json").write_bytes(content)
    with pytest.raises(runs.RunError, match=words) as caught:
        runs.load(run.path)
    assert "\n" not in str(caught.value)


# ------------------------------------------------------------------------------ log.jsonl


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"update": 2, "loss_D": null}', "loss_D is None, and not a finite number"),
        ('{"update": 2, "loss_D": "0.5"}', "loss_D is '0.5', and not a finite number"),
        ('{"update": 2, "loss_D": ' + "9" * 400 + "}", "not a finite number"),
        ('{"update": 2, "loss_D": ' + "9" * 5000 + "}", "digits"),
        ('{"update": 2, "loss_D": NaN}', "loss_D is nan"),
        ('{"update": 2, "loss_D": 1e999}', "loss_D is inf"),
        ('{"update": 2, "loss_D": [1]}', "not a finite number"),
        ('{"update": true}', "no number of an update"),
        ('{"update": 1}', "update 1 is not after update 1"),
        ('{"update": -1}', "update -1 is not after update 1"),
        ("[" * 10**5, "nested too deeply"),
        ("7", "no number of an update"),
    ],
)
@pytest.mark.parametrize("last", [True, False])
def test_a_line_of_the_log_that_is_no_record_is_refused(run, line, words, last):
    rest = "" if last else '{"update": 9}\n'
    (run.path / "log.jsonl").write_text(f'{{"update": 1, "loss_D": 1}}\n{line}\n{rest}')
    with pytest.raises(runs.RunError, match=rf"log\.jsonl: line 2 is not a record .*{words}"):
        run.read_log()


def test_a_record_without_a_loss_is_left_out_of_the_means(run):
    lines = [{"update": 1, "loss_D": 1.0}, {"update": 2, "loss_D": 3.0, "lost": 1}]
    (run.path / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    _, task = runs.load(run.path)
    assert task.metrics(run.read_log() * 10)["loss_D"] in (1.0, 2.0, 3.0)


# ------------------------------------------------------------------------------ other files


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
@pytest.mark.parametrize("name", ["config.json", "checkpoint.npz", "log.jsonl"])
@pytest.mark.parametrize("kind", ["pipe", "zero", "folder"])
def test_only_regular_files_are_read(run, name, kind):
    file = run.path / name
    file.unlink()
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "zero":
        file.symlink_to("/dev/zero")
    else:
        file.mkdir()
    words = "regular file|directory|has no config"
    with pytest.raises(runs.RunError, match=words):
        finish(*runs.load(run.path, training=True))


def test_samples_that_are_not_finite_are_refused(run, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("minigan.runs.gan.outputs", lambda *_: np.full((4, 1, 32, 32), np.nan))
    assert cli.main(["sample", str(run.path), "-n", "4", "--out", str(tmp_path / "x.npz")]) == 2
    assert "numbers that are not finite" in capsys.readouterr().err
    assert not (tmp_path / "x.npz").exists()


def test_a_checkpoint_inflates_no_further_than_its_run_needs(run):
    np.savez_compressed(
        run.path / "checkpoint.npz",
        **{"tree.json": np.frombuffer(b'{"$array": "array-0"}', np.uint8)},
        **{"array-0": np.zeros(10**8, np.uint8), "array-1": np.zeros((13, 2))},
    )
    with pytest.raises(runs.RunError, match="would inflate beyond what it can hold"):
        runs.load(run.path)
