"""Nothing is timed here: the benchmarks' texts run, their arguments parse, and absent rivals are
named.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import minigan
from benchmarks import (
    autoencoders,
    memory,
    modes,
    modes_report,
    ops,
    overhead,
    pacgan,
    rivals,
    scaling,
    steps,
    turns,
)
from benchmarks.machine import describe, libraries, machine, used
from benchmarks.rivals import RIVALS
from benchmarks.workloads import WORKLOADS, Text, dcgan
from minigan.geometry import Geometry


def run(text: Text, times: int = 1) -> dict[str, Any]:
    names: dict[str, Any] = {"np": np, "rng": np.random.default_rng(0), "THREADS": 1}
    for part in (
        RIVALS["minigan"].prelude.replace("minigan.set_num_threads(THREADS)", ""),
        text.setup,
    ):
        exec(part, names)
    for _ in range(times):
        exec(text.update, names)
    return names


@pytest.mark.parametrize("name", WORKLOADS)
def test_every_text_is_python(name: str) -> None:
    for text in WORKLOADS[name].texts.values():
        compile(text.setup, name, "exec")
        compile(text.update, name, "exec")


@pytest.mark.parametrize(
    ("name", "loss"),
    [("ring8", "loss_D"), ("wgan-gp", "loss_D"), ("classifier-5x5", "loss"), ("vae", "loss")],
)
def test_small_updates_run_as_they_stand(name: str, loss: str) -> None:
    assert math.isfinite(run(WORKLOADS[name].texts["common"], 2)[loss].item())


@pytest.mark.parametrize("size", [16, 32])
def test_the_dcgan_paints_and_judges_images_of_its_size(size: int) -> None:
    names = run(dcgan(Z=3, W=2, C=2, SIZE=size, B=2).texts["common"])
    assert names["fake"].shape == names["real"].shape == (2, 2, size, size)


@pytest.mark.parametrize("small", overhead._OPS.values())
def test_a_chain_of_small_ops_has_its_gradients(small: overhead.Small) -> None:
    names = run(small.texts("common")["backward"])
    assert all(
        gradient.shape == x.shape
        for gradient, x in zip(names["gradients"], names["inputs"], strict=True)
    )


def test_sizes_and_flops_are_those_of_the_geometry() -> None:
    for layer in ops.layers():
        form = Geometry.conv_transpose if layer.transposed else Geometry.conv
        geometry = form((layer.X, layer.X), (layer.kernel, layer.kernel), **layer.settings)
        assert (geometry.X if layer.transposed else geometry.Y) == (layer.Y, layer.Y)
        assert layer.flops == 2 * geometry.multiplications(layer.N, layer.A, layer.B)


@pytest.mark.parametrize(
    "layer", [one for one in ops.layers() if one.model == "autoencoder"], ids=str
)
def test_every_face_of_a_layer_runs(layer: ops.Layer) -> None:
    names = run(
        Text(replace(layer, N=2).setup.replace("2048", "1"), "\n".join(ops._FACES.values()))
    )
    assert names["y"].shape == names["g"].shape
    assert names["gradient"].shape == names["w"].shape


@pytest.mark.parametrize("module", [steps, ops, overhead, scaling, memory])
def test_arguments_parse(module: Any) -> None:
    parser = argparse.ArgumentParser()
    module.options(parser)
    assert parser.parse_args(["--against", "torch", "dezero"]).against == ["torch", "dezero"]
    with pytest.raises(SystemExit):
        parser.parse_args(["--against", "theano"])


def test_a_rival_that_is_absent_or_has_no_text_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rivals, "find_spec", lambda module: module == "minigan" or None)
    assert [rival.name for rival in rivals.present(["jax"])] == ["minigan"]
    assert capsys.readouterr().out == "jax: absent (jax is not installed)\n"
    monkeypatch.setattr(rivals, "find_spec", lambda module: True)
    assert [rival.name for rival in rivals.present(["jax"], {"common"})] == ["minigan"]
    assert capsys.readouterr().out == "jax: no text for this measurement\n"


def test_the_machine_is_described_in_a_line() -> None:
    assert "cores" in describe(machine())
    assert describe(libraries("minigan", "2 threads")).startswith(
        f"minigan {minigan.__version__}, numpy {np.__version__}"
    )


def test_a_power_is_recovered_and_a_flat_memory_does_not_grow() -> None:
    assert scaling.exponent({x: 3.0 * x**1.5 for x in (16, 32, 64)}) == pytest.approx(1.5)
    assert memory.slope([0.0, 7.0, 7.0, 0.0]) == pytest.approx(0.0)
    assert turns.ratios([2.0, 9.0], [1.0, 3.0]) == [2.0, 3.0]


def test_memory_prints_peaks_and_growth(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    memory.options(parser)
    memory.main(parser.parse_args(["ring8", "--against", "--times", "1", "--updates", "10"]))
    number = r"\d+\.\d"
    peak, _, _, grown = capsys.readouterr().out.splitlines()[-4:]
    assert re.fullmatch(rf"  minigan +peak +{number} MB, above its imports +{number} MB", peak)
    assert re.fullmatch(rf"  minigan +grows by -?{number}\d MB: (-?{number} ?){{10}}", grown), grown


def test_steps_prints_scaling_busy_cores_and_switches(
    capsys: pytest.CaptureFixture[str],
) -> None:
    parser = argparse.ArgumentParser()
    steps.options(parser)
    arguments = parser.parse_args(
        ["ring8", "--against", "--turns", "1", "--updates", "1", "--threads", "2"]
    )
    steps.main(arguments)
    line = capsys.readouterr().out.splitlines()[-1]
    number = r"\d+\.\d\d"
    spread = rf"{number} \({number}\.\.{number}\)"
    assert re.fullmatch(
        rf"  minigan +{spread} ms   scaling {spread}   busy +\d+ %   switches +(\d+|unknown)", line
    ), line
    assert steps.affordable(0.25, 40, 10) == 14 and steps.affordable(9, 1, 10) == 1


def test_a_process_knows_what_it_has_used() -> None:
    before = used()
    sum(range(1_000_000))
    time.sleep(0.01)  # at least one voluntary switch
    after = used()
    assert after.cpu > before.cpu
    assert after.switches is None or after.switches > (before.switches or 0)


def test_the_table_of_auto_encoders(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    autoencoders.options(parser)
    autoencoders.main(
        parser.parse_args(["--latents", "2", "--seeds", "2", "--updates", "3", "--steps", "2"])
    )
    lines = capsys.readouterr().out.splitlines()
    names, errors, shares = lines[-3:]
    assert names.split() == ["k", "mean", "image", "PCA", "linear", "perceptron", "convolutional"]
    assert errors.startswith("   2 ") and shares.count("of PCA") == 5 and "1.000 of PCA" in shares


def options_of(module: Any, *given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    module.options(parser)
    return parser.parse_args(given)


def test_modes_takes_methods_and_data_by_name() -> None:
    chosen = options_of(modes, "--methods", "GAN", "WGAN-GP", "--data", "ring8", "--seeds", "3")
    assert (chosen.methods, chosen.data, chosen.seeds, chosen.steps) == (
        ["GAN", "WGAN-GP"],
        ["ring8"],
        3,
        25_000,
    )
    with pytest.raises(SystemExit):
        options_of(modes, "--methods", "VEEGAN")


@pytest.mark.parametrize(
    ("module", "flag"),
    [
        (autoencoders, "--seeds"),
        (modes, "--at-once"),
        (modes, "--jobs"),
        (modes, "--steps"),
        (pacgan, "--pack"),
    ],
)
def test_counts_are_at_least_one(
    module: Any, flag: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        options_of(module, flag, "0")
    assert f"argument {flag}: 0 must be at least 1" in capsys.readouterr().err


def test_the_methods_of_modes_differ_in_what_they_play_for_alone() -> None:
    plain = modes.Job("GAN", "grid25", 0, 10).settings
    for method in modes.METHODS:
        settings = modes.Job(method, "grid25", 0, 10).settings
        others = {name for name in plain if settings[name] != plain[name]}
        assert others <= {"method", "plays"}
        assert (settings["plays"]["pace"] != 1) == method.endswith(", slow")


def test_a_penalty_of_modes_falls_geometrically_between_its_two_weights() -> None:
    begins, ends = modes.PROTOCOL["falls"]
    method = modes.Method("r1", penalty=1e-2, last={"ring8": 1e-4})
    shares = (0.0, begins, (begins + ends) / 2, ends, 1.0)
    weights = [
        penalty.weight
        for share in shares
        if (penalty := method.at(share, "ring8").penalty) is not None
    ]
    assert weights == pytest.approx([1e-2, 1e-2, 1e-3, 1e-4, 1e-4])
    assert modes.Method("hinge").at(0.5, "ring8").penalty is None


def test_a_run_of_modes_that_has_finished_is_not_made_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job = modes.Job("PacGAN2", "ring8", 1, 2)
    record = modes.play(job)
    assert job.record(tmp_path) is None
    job.file(tmp_path).write_text(json.dumps(record))
    assert job.record(tmp_path) == record
    assert job._replace(steps=3).record(tmp_path) is None
    given = [
        "--methods",
        "PacGAN2",
        "--data",
        "ring8",
        "--seeds",
        "2",
        "--steps",
        "2",
        "--out",
        str(tmp_path),
    ]
    modes.main(options_of(modes, *given))
    out = capsys.readouterr().out
    assert "2 runs, of which 1 are there already" in out and "2 seeds" in out
    assert job.record(tmp_path) == record and job._replace(seed=0).record(tmp_path)
    assert "| PacGAN2 |" in (tmp_path / "table.md").read_text(encoding="utf-8")


def test_the_table_of_modes(tmp_path: Path) -> None:
    def record(method: str, seed: int, reached: int) -> dict[str, Any]:
        plays = {"penalty": 0.02, "last": {"ring8": 0.01} if seed else None, "pace": 0.25}
        settings = {
            "method": method,
            "data": "ring8",
            "seed": seed,
            "steps": 25_000,
            "plays": plays,
        }
        found = {
            "modes": reached,
            "high_quality": 0.9,
            "spread": None,
            "reverse_kl": 0.25,
            "seconds": 60.0,
        }
        return {"settings": settings, **found}

    records = [record("GAN", 0, 5), record("GAN", 1, 8)]
    assert (
        modes_report.line(records[0])
        == "modes 5.0, HQ % 90.0, std / sigma –, reverse KL 0.250, 60 s"
    )
    lines = modes_report.table(records, modes.PROTOCOL).splitlines()
    assert (
        "25,000 updates" in lines[0]
        and "2 seeds" in lines[0]
        and "GAN 0.02, which between" in lines[0]
        and "falls to 0.01 on the ring." in lines[0]
    )
    assert "GAN has 0.25 of these rates." in lines[0]
    assert "| GAN | 6.5 +- 1.5 | 90.0 +- 0.0 | – | 0.250 +- 0.000 | 1 of 2 |" in lines
    assert "| *VEEGAN* | 8 | 52.9 |  |  |  |" in lines
    modes_report.plot(records, tmp_path / "modes.png")
    assert (tmp_path / "modes.png").read_bytes().startswith(b"\x89PNG")


def test_maxout_takes_the_largest_of_its_maps_and_learns_that_one_alone() -> None:
    layer = pacgan.Maxout(
        2, 3, pieces=2
    )  # rows of W: the first map of each of three numbers, then the second
    layer.linear.weight.data[...] = [[1, 0], [0, 1], [1, 1], [0, 2], [2, 0], [-1, 0]]
    layer.linear.bias.data[...] = [0, 0, 0, 0, 0, 7]
    y = layer(minigan.tensor([[3.0, 1.0], [-1.0, 2.0]]))
    assert y.tolist() == [
        [3, 6, 4],
        [4, 2, 8],
    ]  # of (3, 2), (1, 6), (4, 4); (-1, 4), (2, -2), (1, 8)
    y[1].sum().backward()
    assert layer.linear.bias.grad is not None and layer.linear.bias.grad.tolist() == [
        0,
        1,
        0,
        1,
        0,
        1,
    ]


def test_pacgan_has_the_nets_of_the_paper() -> None:
    one, two = (pacgan.game_of(pacgan.Job("grid25", pack, 3))[0] for pack in (1, 2))
    assert [tuple(p.shape) for p in two.D.parameters()][:3] == [(1000, 4), (1000,), (1000, 200)]
    assert sum(p.numel() for p in one.D.parameters()) == 1000 * 3 + 2 * 1000 * 201 + 201
    assert sum(p.numel() for p in one.G.parameters()) == 2 * 400 + 3 * 400 * 400 + 4 * 800 + 802
    for p, q in zip(one.G.parameters(), two.G.parameters(), strict=True):
        np.testing.assert_array_equal(p.numpy(), q.numpy())
        assert p.ndim == 1 or abs(p.numpy().std() - 0.02) < 0.002
    assert [len(next(game.batches)[0]) for game in (one, two)] == [100, 200]


def test_a_run_of_pacgan_that_was_killed_goes_on_bit_for_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacgan, "EVERY", 2)
    job, folders = pacgan.Job("ring8", 2, 1), (tmp_path / "whole", tmp_path / "killed")
    for folder, stops in zip(folders, ((4,), (2, 4)), strict=True):
        folder.mkdir()
        for stop in stops:
            records = list(pacgan.play(job, stop, folder))
    assert [record["steps"] for record in records] == [4]
    whole, killed = (job.kept(folder) or {} for folder in folders)
    np.testing.assert_equal(killed["game"], whole["game"])
    assert [len(kept["records"]) for kept in (whole, killed)] == [2, 2]
    history = [
        json.loads(line) for line in job.file(folder).with_suffix(".jsonl").read_text().splitlines()
    ]
    assert history == killed["records"]
    job.file(folder).rename(job._replace(seed=2).file(folder))
    with pytest.raises(ValueError, match="other settings"):
        job._replace(seed=2).kept(folder)


def test_the_table_of_pacgan() -> None:
    found = {"modes": 20, "high_quality": 0.9, "spread": 1.0, "reverse_kl": 0.25, "seconds": 60.0}
    lines = pacgan.table("grid25", [{"pack": 2, "steps": 5000, **found}]).splitlines()
    assert lines[2:4] == [
        "| pack 2 | 5,000 | 20.0 | 90.0 | 1.00 | 0.250 |",
        "| *GAN (PacGAN paper)* | 400,000 | 17.3 | 94.8 | – | 0.700 |",
    ]
    assert "| *PacGAN2* | 400,000 | 7.9 | 95.6 | – | – |" in pacgan.table("ring8", [])
