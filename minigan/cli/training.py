"""The commands that train: `train gan`, `train autoencoder` and `train decoders`."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import time
from dataclasses import fields
from pathlib import Path
from typing import Any

from minigan import gan, runs, studies
from minigan.cli.errors import UsageError, flag, in_one_line
from minigan.parallel import Group, ParallelError, world


def train(arguments: argparse.Namespace) -> int:
    """Train a GAN or an auto-encoder, and draw its pictures; return the exit code."""
    return finish(*begun(arguments))


def finish(run: runs.Run, task: runs.GANTask | runs.AutoencoderTask, options: str = "") -> int:
    """Train a run to its end, and draw its pictures; return the exit code.

    `options` are those with which the user is told to continue the run if it stops before.
    """
    from minigan import explain, viz

    started = time.monotonic()
    done = f", continued after update {task.number}" if task.number else ""
    resume = f"continue with --resume {run.path}{options}"
    try:
        print(f"{task.data.description}\n{run.path}: {task.summary}{done}", flush=True)
        for _ in runs.train(run, task):
            viz.draw_samples(run, task)
        viz.draw_run(run, task)
        explain.write_report(run, task)
    except runs.Interrupted as stopped:
        print(f"minigan: {stopped}; {resume}", file=sys.stderr)
        return 130
    except KeyboardInterrupt:
        print(f"minigan: interrupted; {resume}", file=sys.stderr)
        return 130
    except (OSError, ParallelError) as error:
        raise UsageError(f"{in_one_line(error)}; the last checkpoint is kept: {resume}") from error
    seconds = time.monotonic() - started
    report = ", report.html" * (run.path / "report.html").exists()  # for points only
    files = f"samples.png, samples.gif, curves.png, metrics.json{report}"
    print(f"{run.path}: {task.number} updates, {seconds:.0f} s: {files}")
    for line in figures(run, task):
        print(line)
    use = "evaluate" if task.kind == "gan" else "interpolate"
    print(f"next: minigan {use} {shlex.quote(str(run.path))}")
    return 0


def figures(run: runs.Run, task: runs.GANTask | runs.AutoencoderTask) -> list[str]:
    """Return the main results of a finished run, a line for each."""
    found = run.read_json("metrics.json")
    if task.kind == "autoencoder":
        errors = (
            f"{found['test_mse']:.6f} of the auto-encoder",
            f"{found['pca_mse']:.6f} of PCA with as many numbers ({task.config.latent})",
            f"{found['mean_image_mse']:.6f} of the mean image",
        )
        return [f"squared error per pixel of held-out images: {', '.join(errors)}"]
    lines = [
        f"mean losses of the last {found['averaged_over_updates']} updates: D "
        f"{found['loss_D']:.4f}, G {found['loss_G']:.4f}"
    ]
    records = task.recorder.records if task.recorder else []
    if records:
        lines.append(f"before update {records[-1].update}: {_toy_figures(task, records[-1])}")
    return lines


def _toy_figures(task: runs.GANTask, record: gan.Record) -> str:
    """Return the JSD of a game on a line, or the modes reached by a game in the plane."""
    numbers = record.numbers
    if "jsd" in numbers:
        return f"JSD of data and model, exactly: {numbers['jsd']:.6f} nats (at most ln 2 = 0.693)"
    return (
        f"{numbers['modes']:.0f} of {len(task.data.centers)} modes reached, "
        f"{numbers['high_quality']:.0%} of {len(record.arrays['samples'])} samples within 3 "
        "standard deviations of one"
    )


def begun(
    arguments: argparse.Namespace, group: Group | None = None
) -> tuple[runs.Run, runs.GANTask | runs.AutoencoderTask]:
    """Return a new run, or the run to continue with --resume, and its task.

    With a `group` this is rank 0, and the other ranks call `runs.follow`.
    """
    settings = _settings(arguments, runs.KINDS[arguments.kind].config)
    if arguments.resume is None:
        return runs.begin(runs.configure(arguments.kind, settings), arguments.out, group)
    return _resumed(arguments, settings, group)


def require_legal(arguments: argparse.Namespace, ranks: int) -> None:
    """Raise the error that `begun` would raise on rank 0 of so many ranks; write nothing new."""
    settings = _settings(arguments, runs.KINDS[arguments.kind].config)
    if arguments.resume is None:
        config = runs.configure(arguments.kind, settings)
        runs.require_new(arguments.out)
        runs.KINDS[arguments.kind].task(config)
    else:
        run, task = _resumed(arguments, settings)
        run.unlock()  # rank 0 will lock it
        config = task.config
    runs.require_ranks(config, ranks)


def _resumed(
    arguments: argparse.Namespace, settings: dict[str, Any], group: Group | None = None
) -> tuple[runs.Run, Any]:
    """Return the run to continue, and its task."""
    others = [name for name in settings if name not in ("steps", "data")]
    others += ["out"] * (arguments.out is not None)
    if others:
        raise UsageError(
            f"{flag(others[0])}: --resume continues with the settings of the run (legal beside "
            "it: --steps, --ranks, and --data for data that have moved)"
        )
    return runs.load(
        arguments.resume,
        settings.get("steps"),
        arguments.kind,
        data=settings.get("data"),
        training=True,
        group=group,
    )


def _settings(arguments: argparse.Namespace, config: type[runs.Config]) -> dict[str, Any]:
    """Return the settings of a config that the user has typed."""
    typed = vars(arguments)
    names = [field.name for field in fields(config)]
    return {name: typed[name] for name in names if typed.get(name) is not None}


def decoders(arguments: argparse.Namespace) -> None:
    """Train decoders from every layer of each encoder, and draw what the layers remember."""
    from minigan import viz

    if world().size > 1:
        raise UsageError("train decoders: is made for one process; start it without mpiexec")
    settings = _settings(arguments, runs.DecodersConfig)
    directories = _directories(arguments.encoders, arguments.out)
    for encoder, out in zip(arguments.encoders, directories, strict=True):
        run, study = studies.study_layers({**settings, "encoder": encoder}, out)
        viz.draw_layers(study, run.path / "layers.png")
        print(
            f"{studies.layers_table(study)}\n{run.path}: layers.png, layers.npz, metrics.json",
            flush=True,
        )
    others = [name for name in studies.ENCODERS if name not in arguments.encoders]
    if others:
        print(f"next: minigan train decoders {' '.join(others)}")


def _directories(encoders: list[str], out: Path | None) -> list[Path | None]:
    """Return a directory for each study; None is the next free one.

    Raises UsageError, before the first study begins, if an encoder is missing or a directory is not
    free.
    """
    for encoder in encoders:
        if encoder in studies.ENCODERS:
            continue
        if not os.path.lexists(encoder):
            names = ", ".join(studies.ENCODERS)
            raise UsageError(f"{encoder}: is not an encoder (legal: a run directory, or {names})")
        runs.load(encoder, kind="autoencoder")
    if out is None or len(encoders) == 1:
        return [out] * len(encoders)
    found: list[Path | None] = [out / Path(encoder).resolve().name for encoder in encoders]
    if os.path.lexists(out):
        raise UsageError(f"--out {out} exists already (legal: a new directory)")
    if len(set(found)) < len(found):
        raise UsageError(
            f"--out {out}: two of the encoders would share a directory there (legal: different "
            "names)"
        )
    return found
