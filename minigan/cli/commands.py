"""The commands: a thin function each, of what the parser has read; what they do lives in the rooms
below.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from minigan import runs, studies
from minigan.cli.errors import UsageError, in_one_line
from minigan.files import replacing


def train(arguments: argparse.Namespace) -> int:
    """Train a gan or an autoencoder, drawing as it goes; returns the exit code."""
    from minigan import viz

    started = time.monotonic()
    run, task = _begun(arguments)
    done = f", continued after update {task.number}" if task.number else ""
    try:
        print(f"{task.data.description}\n{run.path}: {task.summary}{done}", flush=True)
        for _ in runs.train(run, task):
            viz.draw_samples(run, task)
        viz.draw_run(run, task)
    except runs.Interrupted as stopped:
        print(f"minigan: {stopped}", file=sys.stderr)
        return 130
    except KeyboardInterrupt:
        print(f"minigan: interrupted; continue with --resume {run.path}", file=sys.stderr)
        return 130
    except BrokenPipeError:
        raise
    except OSError as error:
        kept = f"the last checkpoint is kept: continue with --resume {run.path}"
        raise UsageError(f"{in_one_line(error)}; {kept}") from error
    seconds = time.monotonic() - started
    report = ", report.html" * (run.path / "report.html").exists()  # of toys
    files = f"samples.png, samples.gif, curves.png, metrics.json{report}"
    print(f"{run.path}: {task.number} updates, {seconds:.0f} s: {files}")
    return 0


def _begun(arguments: argparse.Namespace) -> tuple[runs.Run, runs.Task]:
    """The run to go on with, a new one or that of --resume."""
    given = {f.name: getattr(arguments, f.name) for f in fields(runs.KINDS[arguments.kind].config)}
    given = {name: value for name, value in given.items() if value is not None}
    if arguments.resume is None:
        return runs.begin(runs.configure(arguments.kind, given), arguments.out)
    extra = [name for name in given if name != "steps"] + ["out"] * (arguments.out is not None)
    if extra:
        flag = "--" + extra[0].replace("_", "-")
        raise UsageError(
            "--resume continues with the run's own settings; only --steps may go with it, not "
            f"{flag}"
        )
    return runs.load(arguments.resume, given.get("steps"), arguments.kind)


def decoders(arguments: argparse.Namespace) -> None:
    """Train decoders from every layer of each encoder, and draw what the layers remember."""
    from minigan import viz

    names = {field.name for field in fields(runs.DecodersConfig)}
    given = {
        name: value
        for name, value in vars(arguments).items()
        if name in names and value is not None
    }
    for encoder, out in zip(
        arguments.encoders, _directories(arguments.encoders, arguments.out), strict=True
    ):
        run, study = studies.study_layers({**given, "encoder": encoder}, out)
        viz.draw_layers(study, run.path / "layers.png")
        print(
            f"{studies.layers_table(study)}\n{run.path}: layers.png, layers.npz, metrics.json",
            flush=True,
        )


def _directories(encoders: list[str], out: Path | None) -> list[Path | None]:
    """A directory for each study, all of them free and every encoder there, before the first of
    them begins.
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
        raise UsageError(f"--out {out}: exists already; name a new directory")
    if len(set(found)) < len(found):
        raise UsageError(
            f"--out {out}: two of the encoders would share a directory there (legal: different "
            "names)"
        )
    return found


def sample(arguments: argparse.Namespace) -> None:
    """Draw new samples from a trained GAN."""
    from minigan import viz

    out = _file(arguments.out, ".npz", ".png")
    if arguments.n < 1 or arguments.seed < 0:
        raise UsageError(
            f"-n {arguments.n} must be at least 1, and --seed {arguments.seed} at least 0"
        )
    _, task = runs.load(arguments.path, kind="gan")
    samples = runs.sample(task, arguments.n, arguments.seed, arguments.label)
    if out.suffix == ".png":
        viz.samples(samples, out, title=f"{arguments.n} samples of {arguments.path}")
    else:
        _write(out, {"images" if samples.ndim == 4 else "points": samples})
    print(f"{out}: {arguments.n} samples of shape {samples.shape[1:]}")


def evaluate(arguments: argparse.Namespace) -> None:
    """Measure a trained GAN's samples beside real ones; the figures are kept in evaluation.json."""
    from minigan import metrics

    run, task = runs.load(arguments.path, kind="gan")
    count = studies.usual_count(task) if arguments.n is None else arguments.n
    if count < 100 or arguments.seed < 0:
        raise UsageError(f"-n {count} must be at least 100, and --seed {arguments.seed} at least 0")
    _file(run.path / "evaluation.json", ".json", flag="RUN")
    compared = studies.compared_count(task, count)
    sets = "" if compared == count else f", {compared} in each set that is compared"
    print(
        f"{run.path}, update {task.number}: {count} samples{sets}, seed {arguments.seed}",
        metrics.HEAD,
        sep="\n",
    )
    found = {}
    for finding in studies.evaluate(task, count, arguments.seed):
        print(finding, flush=True)
        found[finding.name] = {"real": finding.real, "generated": finding.generated}
    told = {"update": task.number, "samples": count, "compared": compared, "seed": arguments.seed}
    run.write_json("evaluation.json", {**told, "found": found})


def compare(arguments: argparse.Namespace) -> None:
    """Give GANs and auto-encoders the same h, measure and draw what they make of it."""
    from minigan import viz

    out = _file(arguments.out, ".png")
    if arguments.seed < 0:
        raise UsageError(f"--seed {arguments.seed} must be at least 0")
    found = studies.compare(
        [(path, runs.load(path)[1]) for path in arguments.paths], arguments.seed
    )
    print(found)
    viz.draw_comparison(found, out)
    print(f"{out}: what each draws of the same h")


def reconstruct(arguments: argparse.Namespace) -> None:
    """Write what becomes of images in a trained auto-encoder."""
    from minigan import viz

    out = _file(arguments.out, ".npz", ".png")
    _, task = runs.load(arguments.path, kind="autoencoder")
    found = task.reconstruct(arguments.split)
    images, reconstructions = found["images"], found["reconstructions"]
    if out.suffix == ".png":
        note = f"images of {arguments.split}, a reconstruction below each"
        viz.draw_pairs(
            images[:32], reconstructions[:32], out, f"Reconstructions of {arguments.path}", note
        )
    else:
        _write(out, found)
    error = float(((images - reconstructions) ** 2).mean(dtype=np.float64))
    print(f"{out}: {len(images)} images of {arguments.split}, squared error {error:.6f} per pixel")


def interpolate(arguments: argparse.Namespace) -> None:
    """Draw walks through h, between images or, in a GAN, between latent vectors."""
    from minigan import viz

    if arguments.n < 1 or arguments.steps < 2 or arguments.seed < 0:
        given = f"-n {arguments.n}, --steps {arguments.steps}, --seed {arguments.seed}"
        raise UsageError(f"{given}: must be at least 1, 2 and 0")
    run, task = runs.load(arguments.path)
    out = _file(arguments.out or run.path / "walk.png", ".png")
    own = isinstance(task, runs.GANTask)
    if not own and arguments.n > len(task.test):
        raise UsageError(
            f"-n {arguments.n}: only {len(task.test)} images are held out to walk between"
        )
    draw = viz.draw_latent_walk if own else viz.draw_walk
    draw(task, out, arguments.n, arguments.steps, arguments.seed)
    between = "latent vectors, straight and along an arc" if own else "held-out images"
    print(f"{out}: {arguments.n} walks of {arguments.steps} steps between {between}")


def invert(arguments: argparse.Namespace) -> None:
    """Seek the latent vectors that make a GAN draw images."""
    from minigan import viz

    a = arguments
    if min(a.own, a.seed, a.refine) < 0 or min(a.steps, a.restarts) < 1:
        raise UsageError(
            "--own, --seed and --refine must be at least 0, --steps and --restarts at least 1"
        )
    run, task = runs.load(a.path, kind="gan")
    out = _file(a.out or run.path / "inversion.png", ".png")
    settings = {"steps": a.steps, "refinements": a.refine, "restarts": a.restarts, "seed": a.seed}
    found = studies.invert(task, a.images, a.own, **settings)
    print(found)
    viz.inversion_figure(
        out, found.targets, found.found.samples, found.names, f"{run.path.name}: X to h and back"
    )
    print(f"{out}: targets, what G draws at the h found, and the differences")


def explain(arguments: argparse.Namespace) -> None:
    """Explain a convolution with numbers and a picture."""
    from minigan.explain import explain_conv

    a = arguments
    settings = a.kernel, a.stride, a.padding, a.output_padding, a.dilation
    try:
        print(explain_conv(a.size, *settings, a.transposed, a.out))
    except (ValueError, TypeError) as error:
        raise UsageError(str(error)) from error


def theory(arguments: argparse.Namespace) -> int:
    """Climb the proof of the game; returns the exit code, 1 if a step does not hold."""
    from minigan import theory

    out = arguments.plot if arguments.plot is None else _file(arguments.plot, ".png", flag="--plot")
    ladders = [list(theory.ladder(game)) for game in theory.CASES]
    print(
        theory.ladder_text(theory.CASES, ladders), theory.losses_text(theory.losses()), sep="\n\n\n"
    )
    if out is not None:
        from minigan import viz

        trained = studies.trained_discriminators()
        viz.theory_figure(trained, out)
        print(f"\n{out}: both densities, D*, and a D that has learned from samples\n")
        print(theory.losses_table([one.loss for one in trained]))
    return 0 if all(line.holds for lines in ladders for line in lines) else 1


def check(arguments: argparse.Namespace) -> int:
    """Check gradients; returns the exit code, 1 if one is wrong."""
    from minigan import check

    try:
        rows = list(
            check.check_all() if arguments.path is None else check.check_file(arguments.path)
        )
    except (ValueError, TypeError) as error:
        raise UsageError(str(error)) from error
    print(check.format_rows(rows))
    return 0 if all(row.ok for row in rows) else 1


def _file(out: Path, *suffixes: str, flag: str = "--out") -> Path:
    """The file to write, of a kind that is known, in a folder that may be written to: asked before
    any work.
    """
    if out.suffix not in suffixes:
        raise UsageError(f"{flag} {out}: must end in {' or '.join(suffixes)}")
    if not out.parent.is_dir():
        raise UsageError(f"{flag} {out}: there is no folder {out.parent}")
    if out.is_dir():
        raise UsageError(f"{flag} {out}: is a folder; name a file")
    if not os.access(out.parent, os.W_OK):
        raise UsageError(f"{flag} {out}: the folder {out.parent} may not be written to")
    return out


def _write(out: Path, arrays: dict[str, np.ndarray[Any, Any]]) -> None:
    """Write a .npz, whole or not at all."""
    with replacing(out) as file, file.open("wb") as target:
        np.savez_compressed(target, allow_pickle=False, **arrays)
