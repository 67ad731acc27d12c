"""Errors of runs: illegal settings, damaged files, full disks, and trainings that diverge."""

import pytest
from test_runs import SMALL, digest, finish

from minigan import no_grad, runs
from minigan.runs import loop


def test_a_loss_that_is_not_finite_stops_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "_SECONDS", -1.0)
    run, task = runs.begin(runs.configure("gan", SMALL["gan"]), tmp_path / "r")
    step = task.step

    def diverging():
        losses = step()
        return losses if task.number < 5 else {**losses, "loss_G": float("nan")}

    task.step = diverging
    with pytest.raises(
        runs.RunError, match=r"update 5: loss_G is nan; .*last good state, update 4, is kept"
    ):
        finish(run, task)
    assert runs.load(run.path)[1].number == 4


def test_an_existing_directory_is_refused_and_not_changed(tmp_path):
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(runs.RunError, match="exists already"):
        runs.begin(runs.configure("gan", SMALL["gan"]), tmp_path / "mine")
    assert (tmp_path / "mine").read_text() == "precious"


@pytest.mark.parametrize(
    ("kind", "settings", "message"),
    [
        ("gan", {"data": "nowhere"}, "data='nowhere': load: "),
        ("gan", {"data": "ring8", "batch": 1}, "batch=1 must be at least 2"),
        (
            "gan",
            {"batch": 6000},
            r"batch=6000 is larger than the 5000 images .*\(legal: 2\.\.5000\)",
        ),
        ("gan", {"latent": 0}, "latent=0 must be at least 1"),
        ("gan", {"lr": -1.0}, "lr=-1.0 is not legal"),
        ("gan", {"lr": float("nan")}, "lr=nan is not legal"),
        ("gan", {"latent_std": 0.0}, "latent_std=0.0 must be greater than 0"),
        ("gan", {"latent_std": 1e39}, "latent_std=1e\\+39 is not legal"),
        ("gan", {"objective": "wishful"}, "objective='wishful' is not an objective"),
        ("gan", {"device": "tpu"}, "GANConfig: device='tpu' is not a device"),
        ("gan", {"decay": 1.0}, r"decay=1.0 must be in \[0, 1\)"),
        ("gan", {"seed": -1}, "seed=-1 must be at least 0"),
        ("autoencoder", {"data": "ring8"}, "data='ring8': an auto-encoder needs images"),
        ("autoencoder", {"latent": 785}, "ConvAutoencoder: latent=785 must be in 1..784"),
        ("autoencoder", {"steps": 0}, "steps=0 must be at least 1"),
    ],
)
def test_illegal_settings_are_refused_before_a_directory_is_made(tmp_path, kind, settings, message):
    with pytest.raises(runs.RunError, match=message):
        runs.begin(runs.configure(kind, settings), tmp_path / "r")
    assert not (tmp_path / "r").exists()


def test_the_error_names_what_is_damaged(tmp_path):
    run, task = runs.begin(runs.configure("gan", SMALL["gan"]), tmp_path / "r")
    finish(run, task)
    checkpoint = run.path / "checkpoint.npz"
    with pytest.raises(runs.RunError, match=r"has no checkpoint\.npz"):
        checkpoint.rename(tmp_path / "kept")
        runs.load(run.path)
    (tmp_path / "kept").rename(checkpoint)
    with pytest.raises(runs.RunError, match="of kind 'gan'"):
        runs.load(run.path, kind="autoencoder")
    config = run.read_json("config.json")
    run.write_json("config.json", {**config, "latent": 9})
    with pytest.raises(runs.RunError, match=r"checkpoint\.npz does not fit"):
        runs.load(run.path)
    run.write_json("config.json", {**config, "latent": "nine"})
    with pytest.raises(runs.RunError, match="GANConfig: steps=True must be an integer"):
        runs.GANConfig(steps=True)
    with pytest.raises(runs.RunError, match="GANConfig: latent='nine' must be an integer"):
        runs.load(run.path)
    run.write_json("config.json", {**config, "kind": []})
    with pytest.raises(runs.RunError, match=r"of kind \[\]"):
        runs.load(run.path)
    run.write_json("config.json", {**config, "unknown": 1})
    with pytest.raises(runs.RunError, match="unknown"):
        runs.load(run.path)
    (run.path / "config.json").write_text("{")
    with pytest.raises(runs.RunError, match=r"config\.json: cannot be read"):
        runs.load(run.path)
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(runs.RunError):
            runs.load(path)


def test_a_start_that_fails_leaves_nothing(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numpy.savez", full)
    with pytest.raises(OSError, match=r"No space left on device: .*checkpoint\.npz"):
        runs.begin(runs.configure("gan", SMALL["gan"]), tmp_path / "r")
    assert list(tmp_path.iterdir()) == []


def test_weights_that_are_not_finite_are_not_saved(tmp_path):
    run, task = runs.begin(runs.configure("gan", {**SMALL["gan"], "steps": 1}), tmp_path / "r")
    before, step = digest(run.path), task.step

    def exploding():
        losses = step()
        with no_grad():
            next(iter(task.game.D.parameters())).fill_(float("inf"))
        return losses

    task.step = exploding
    with pytest.raises(
        runs.RunError, match=r"update 1: a weight is not finite; .*update 0, is kept"
    ):
        finish(run, task)
    assert digest(run.path) == before


def test_a_log_without_the_end_of_its_last_line_is_read_and_a_damaged_log_is_refused(tmp_path):
    run = runs.Run(tmp_path)
    for number in (1, 2):
        run.log({"update": number})
    log = run.path / "log.jsonl"
    whole = log.read_bytes()
    for rest in (b'{"upd', b"\x00" * 9, b"\xff\xfe"):
        log.write_bytes(whole + rest)
        assert [record["update"] for record in run.read_log()] == [1, 2]
    for damaged in (b"\x00\n", b"[]\n", b"{}\n", b'{"update": "x"}\n'):
        log.write_bytes(damaged + whole)
        with pytest.raises(runs.RunError, match=r"log\.jsonl: line 1 is not a record"):
            run.read_log()


@pytest.mark.parametrize("kind", ["gan", "autoencoder"])
@pytest.mark.parametrize("log", ["", '{"update": 20}\n'])
def test_a_finished_run_that_lost_its_log_is_refused_and_can_be_continued(tmp_path, kind, log):
    config = runs.configure(kind, SMALL[kind])
    finish(*runs.begin(config, tmp_path / "r"))
    found = (tmp_path / "r" / "metrics.json").read_bytes()
    (tmp_path / "r" / "log.jsonl").write_text(log)
    with pytest.raises(runs.RunError, match=r"log\.jsonl has lost its records"):
        finish(*runs.load(tmp_path / "r"))
    assert (tmp_path / "r" / "metrics.json").read_bytes() == found
    finish(*runs.load(tmp_path / "r", steps=config.steps + 1))


def test_a_parent_that_is_a_link_to_a_missing_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs").symlink_to(tmp_path / "nowhere")
    with pytest.raises(runs.RunError, match="cannot be made"):
        runs.begin(runs.configure("gan", SMALL["gan"]))
