"""The explorer of a training: its numbers are Python's, and its recordings can be made anew."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from browser import needs_browser, reported
from explain.explorer_browser import PROBE, WINDOWS, computed, same

from minigan import explain, runs
from minigan.explain.explorers import page, training, training_recording
from minigan.explain.explorers.training_recording import CHANGES, FORK, SETTINGS, recorded
from minigan.metrics import count_modes
from minigan.viz.recording import Levels

OLD = Path(__file__).parents[1] / "runs/data/v01/ring8"
FRAMES = 49  # of each game, before and after the fork


@cache
def tracks(game):
    return training_recording.load()[game]


@cache
def task_of(game):
    return runs.GANTask(runs.configure("gan", SETTINGS[game]))


def expected(game, change, step, place):
    """One side of the page, from the recordings and the data in Python."""
    whole, own = tracks(game)["unchanged"], tracks(game)[change]
    before = int((whole.updates <= FORK).sum())
    kept, row = (whole, step) if step < before else (own, step - before)
    if change == "unchanged":
        kept, row = whole, step
    task = task_of(game)
    numbers = {name: float(values[row]) for name, values in kept.numbers.items()}
    arrays = {name: levels.values()[row] for name, levels in kept.arrays.items()}
    if game == "gaussian":
        numbers["difference"] = abs(numbers["loss"] - numbers["floor"] - numbers["regret"])
    points = arrays["samples"].reshape(-1, *task.data.shape)
    grid = task.recorder.grid
    distances = np.linalg.norm(points[:, None] - task.data.centers, axis=2)
    near = distances.min(axis=1) <= 3 * task.data.std
    modes = distances.argmin(axis=1)
    samples = {
        "counts": count_modes(points, task.data).counts.tolist(),
        "near": np.bincount(modes[near], minlength=len(task.data.centers)).tolist(),
        "outside": int(((points < grid[0]) | (points > grid[-1])).any(axis=1).sum()),
        "drawn": len(points),
    }
    found = {"update": int(kept.updates[row]), "numbers": numbers, "samples": samples}
    if game == "gaussian":
        samples |= {"mean": points.mean(), "std": points.std()}
        found["place"] = {
            "x": grid[::2][place],
            "p": task.recorder.P.density(grid[::2])[place],
            "g": arrays["density"][place],
            "D": arrays["output"][place],
            "best": arrays["best"][place],
        }
    return found


@needs_browser
def test_the_page_computes_what_python_computes(tmp_path):
    rng = np.random.default_rng(0)
    settings = [
        {
            "game": str(rng.choice(list(SETTINGS))),
            "change": str(rng.choice(list(CHANGES)[1:])),
            "step": int(rng.integers(FRAMES)),
            "place": int(rng.integers(121)),
        }
        for _ in range(200)
    ]
    for found, given in zip(computed("training", tmp_path, settings), settings, strict=True):
        wanted = [
            expected(given["game"], change, given["step"], given["place"])
            for change in ("unchanged", given["change"])
        ]
        for side, python in zip(found, wanted, strict=True):
            same(side, python, str(given), relative=1e-9)  # a mean of numbers of both signs


@pytest.mark.parametrize("game", SETTINGS)
def test_a_recording_is_that_of_the_game(game):
    """The first frames are made anew. The whole file is made by a command, in half a minute."""
    fresh = recorded({**SETTINGS[game], "steps": 52}, fork=26)
    kept = tracks(game)["unchanged"]
    again = fresh["unchanged"]
    assert again.updates.tolist() == [1, 26, 51, 52]
    for name in {"batch_loss_D", "batch_loss_G", "jsd"} & set(again.numbers):  # not the counts
        values = again.numbers[name][:3]
        np.testing.assert_allclose(values, kept.numbers[name][:3], rtol=2e-2, atol=2e-2)
    for change, track in fresh.items():
        first = 0 if change == "unchanged" else 26
        assert track.updates.tolist() == [update for update in (1, 26, 51, 52) if update > first]
        differs = not np.array_equal(
            track.numbers["batch_loss_D"][-2:], again.numbers["batch_loss_D"][-2:]
        )
        assert differs == (change != "unchanged")


def test_the_futures_are_as_the_page_says():
    plane, line = tracks("ring8"), tracks("gaussian")
    last = {name: {k: v[-1] for k, v in track.numbers.items()} for name, track in plane.items()}
    assert last["unchanged"]["modes"] == 8 and last["unchanged"]["jsd_bound"] < 0.05
    assert all(last[name]["jsd_bound"] > 0.2 for name in list(CHANGES)[1:])
    losses = [last["labels-swapped"][name] for name in ("batch_loss_D", "batch_loss_G")]
    assert max(losses) < 0.01 and last["labels-swapped"]["modes"] == 0
    jsd = {name: track.numbers["jsd"] for name, track in line.items()}
    assert jsd["unchanged"][-1] < 0.03 < 0.2 < jsd["no-detach"][-1]
    assert jsd["labels-swapped"].max() > 0.69
    assert jsd["rate-x10"][-1] < jsd["unchanged"][-1]  # this game is simple
    for track in line.values():
        n = track.numbers
        difference = n["loss"] - n["floor"] - n["regret"]
        np.testing.assert_allclose(difference, 0, atol=1e-9)


def test_without_detach_the_step_of_g_uses_both_losses():
    games = {}
    for name in ("unchanged", "no-detach"):
        task = task_with(name)
        batch = task.game._draw_batch()
        fake = task.game.D(*batch.fake)
        both = task.game.objective.generator(fake) + task.game.objective.fake(fake).mean()
        both.backward(inputs=list(task.game.G.parameters()), retain_graph=True)
        wanted = [p.grad.numpy().copy() for p in task.game.G.parameters()]
        for group in task.game.optimizer_D.param_groups:
            group["lr"] = 0.0  # so that both losses see the same D
        task.game._update_D(batch)
        _, gradients = task.game._update_G(batch)
        games[name] = (wanted, [g.numpy() for g in gradients])
    for got, wanted in zip(*games["no-detach"], strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-6)
    assert not np.allclose(games["unchanged"][0][0], games["unchanged"][1][0], rtol=1e-2)


def task_with(change):
    task = runs.GANTask(runs.configure("gan", {**SETTINGS["gaussian"], "batch": 32}))
    CHANGES[change](task.game)
    return task


def test_a_recording_is_packed_and_unpacked():
    frames = np.random.default_rng(0).standard_normal((3, 5, 2))
    for dtype, steps in ((np.uint8, 255), (np.uint16, 65535)):
        levels = Levels.of(frames, dtype)
        error = np.abs(levels.values() - frames).max()
        assert error <= 0.5001 * (frames.max() - frames.min()) / steps
    tracks = recorded({**SETTINGS["ring8"], "steps": 3}, 1)
    again = training_recording.unpacked(training_recording.packed(tracks))
    for name, track in tracks.items():
        assert json.dumps(track.as_json()) == json.dumps(again[name].as_json())
    assert training_recording.PATH.stat().st_size < 200_000


OWN = """
addEventListener("error", event => seen.errors.push(event.message));
const seen = {errors: []};
addEventListener("load", () => {
  seen.words = document.getElementById("view").innerText;
  const all = selector => [...document.querySelectorAll(selector)];
  seen.curves = all("[data-curve]").map(node => node.dataset.curve).sort();
  seen.maps = all("#view image").length;
  const first = all(".state .plot, .charts figure:first-child .plot");
  seen.bottom = Math.max(...first.map(node => node.getBoundingClientRect().bottom));
  seen.columns = document.querySelectorAll(".track").length;
  parent.postMessage(seen, "*");
});
"""


EXACT = "angle batch_loss_D best d floor g jsd loss p regret"
LINE = "angle batch_loss_D batch_loss_G d g jsd p"
PLANE = "batch_loss_D batch_loss_G high_quality jsd_bound modes"


@needs_browser
@pytest.mark.parametrize(
    ("data", "options", "curves", "maps", "words"),
    [
        ("gaussian", {}, EXACT, 0, "+ regret of D, exact"),
        ("gaussian", {"objective": "r1"}, EXACT, 0, "D* without the penalty"),
        ("gaussian", {"objective": "wgan-gp"}, LINE, 0, "Output of D"),
        ("gaussian", {"pack": 2}, "angle batch_loss_D batch_loss_G g jsd p", 0, "several samples"),
        ("ring8", {}, PLANE, 1, "lower bound, from counts"),
        ("ring8", {"bigan": True}, PLANE, 0, "it judges pairs"),
    ],
)
def test_a_run_of_ones_own_is_shown(data, options, curves, maps, words, tmp_path):
    settings = {"data": data, "steps": 60, "batch": 16, **options}
    run, task = runs.begin(runs.configure("gan", settings), tmp_path / "a run")
    for _ in range(60):
        task.step()
    seen = reported(page("training", data=(run, task)), OWN, tmp_path, 1280, 720)
    assert seen["errors"] == [] and seen["columns"] == 1
    assert task.summary in seen["words"] and "a run, update 1" in seen["words"]
    assert seen["curves"] == curves.split() and seen["maps"] == maps and words in seen["words"]
    assert seen["bottom"] <= 720  # densities and losses are visible together


@needs_browser
@pytest.mark.parametrize(
    ("data", "window", "language"), [("gaussian", "1280", "en"), ("ring8", "390", "zh")]
)
def test_the_page_of_a_run_is_operated(data, window, language, tmp_path):
    settings = {"data": data, "steps": 120, "batch": 16}
    run, task = runs.begin(runs.configure("gan", settings), tmp_path / "<run> 数字")
    for _ in range(120):
        task.step()
    text = page("training", language=language, data=(run, task))
    script = PROBE.read_text(encoding="utf-8")
    seen = reported(text, script, tmp_path, *WINDOWS[window], dark=window == "390")
    assert seen["errors"] == seen["asked"] == seen["nameless"] == seen["focus"] == []
    assert seen["overflow"] <= 0 and seen["outside"] == seen["overflowOther"] == []
    assert seen["pale"] == seen["paleOther"] == seen["unfilled"] == [] and seen["translated"]
    assert seen["last"] == 3 and seen["steps"] == [0, 1, 2, 1, 3, 3] and seen["played"]
    assert seen["fold"] <= seen["height"] and min(seen["svgNumbers"]) >= 15.99


@needs_browser
def test_a_run_of_version_01_is_shown(tmp_path):
    """It has no lower bound of the JSD: that number is missing in all frames."""
    seen = reported(page("training", data=OLD), OWN, tmp_path, 1280, 720)
    assert seen["errors"] == [] and seen["curves"] == PLANE.split() and seen["maps"] == 1
    assert "lower bound, from counts: \N{EN DASH}" in seen["words"]


def test_runs_of_points_have_a_report_and_other_runs_have_none(tmp_path):
    for data in ("gaussian", "digits8"):
        settings = {"data": data, "steps": 2, "batch": 4, "latent": 2, "features": 2}
        run, task = runs.begin(runs.configure("gan", settings), tmp_path / data)
        with pytest.raises(runs.RunError, match=f"this run of {data} has no recording"):
            training.data((run, task))  # before its first update
        for _ in runs.train(run, task):
            pass
        explain.write_report(run, task)
        if data == "gaussian":
            written = (run.path / "report.html").read_text(encoding="utf-8")
            assert written == page("training", data=run.path)  # the recording is in the checkpoint
            numbers = training.data(run.path)["games"]["own"]["tracks"]["own"]["numbers"]
            assert numbers["loss"] == [record.numbers["loss"] for record in task.recorder.records]
        else:
            assert not (run.path / "report.html").exists()
            with pytest.raises(runs.RunError, match="this run of digits8 has no recording"):
                page("training", data=run.path)
    with pytest.raises(TypeError, match="training: source is 5"):
        training.data(5)
