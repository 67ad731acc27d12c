"""The commands that use trained runs, and that prove; one function for each.

A function reads the parsed arguments, calls the rooms below, and prints what they return.
"""

from __future__ import annotations

import argparse

import numpy as np

from minigan import runs, studies
from minigan.cli.errors import UsageError
from minigan.cli.output import print_text, require_file, write_arrays


def sample(arguments: argparse.Namespace) -> None:
    """Draw new samples from a trained GAN."""
    from minigan import viz

    out = require_file(arguments.out, ".npz", ".png")
    if arguments.n < 1 or arguments.seed < 0:
        raise UsageError(
            f"-n {arguments.n} must be at least 1, and --seed {arguments.seed} at least 0"
        )
    _, task = runs.load(arguments.path, kind="gan", needs_data=False)
    samples = runs.sample(task, arguments.n, arguments.seed, arguments.label)
    if out.suffix == ".png":
        viz.samples(samples, out, title=f"{arguments.n} samples of {arguments.path}")
    else:
        write_arrays(out, {task.data.kind: samples})  # images or points
    print(f"{out}: {arguments.n} samples of shape {samples.shape[1:]}")


def evaluate(arguments: argparse.Namespace) -> None:
    """Measure the samples of a trained GAN beside real ones, and write evaluation.json."""
    from minigan import metrics

    run, task = runs.load(arguments.path, kind="gan")
    count = studies.usual_count(task) if arguments.n is None else arguments.n
    if count < 100 or arguments.seed < 0:
        raise UsageError(f"-n {count} must be at least 100, and --seed {arguments.seed} at least 0")
    require_file(run.path / "evaluation.json", ".json", flag="RUN")
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
        found[finding.name] = {
            "real": finding.real,
            "generated": finding.generated,
            "better": finding.better,
        }
    conditions = {
        "update": task.number,
        "samples": count,
        "compared": compared,
        "seed": arguments.seed,
    }
    run.write_json("evaluation.json", {**conditions, "found": found})


def compare(arguments: argparse.Namespace) -> None:
    """Give the same h to GANs and auto-encoders, and measure and draw their images."""
    from minigan import viz

    out = require_file(arguments.out, ".png")
    if arguments.seed < 0:
        raise UsageError(f"--seed {arguments.seed} must be at least 0")
    tasks = [(path, runs.load(path)[1]) for path in arguments.paths]
    found = studies.compare(tasks, arguments.seed)
    print(found)
    viz.draw_comparison(found, out)
    print(f"{out}: what each draws of the same h")


def reconstruct(arguments: argparse.Namespace) -> None:
    """Write images and their reconstructions by a trained auto-encoder."""
    from minigan import viz

    out = require_file(arguments.out, ".npz", ".png")
    _, task = runs.load(arguments.path, kind="autoencoder")
    found = task.reconstruct(arguments.split)
    images, reconstructions = found["images"], found["reconstructions"]
    if out.suffix == ".png":
        note = f"images of {arguments.split}, a reconstruction below each"
        viz.draw_pairs(
            images[:32], reconstructions[:32], out, f"Reconstructions of {arguments.path}", note
        )
    else:
        write_arrays(out, found)
    error = float(((images - reconstructions) ** 2).mean(dtype=np.float64))
    print(f"{out}: {len(images)} images of {arguments.split}, squared error {error:.6f} per pixel")


def interpolate(arguments: argparse.Namespace) -> None:
    """Draw walks through h: between images, or for a GAN between latent vectors."""
    from minigan import viz

    a = arguments
    if a.n < 1 or a.steps < 2 or a.seed < 0:
        raise UsageError(
            f"-n {a.n}, --steps {a.steps}, --seed {a.seed} must be at least 1, 2 and 0"
        )
    run, task = runs.load(a.path)
    out = require_file(a.out or run.path / "walk.png", ".png")
    if task.kind == "gan":
        viz.draw_latent_walk(task, out, a.n, a.steps, a.seed)
        ends = "latent vectors, straight and along an arc"
    else:
        if a.n > len(task.test):
            raise UsageError(f"-n {a.n}: only {len(task.test)} images are held out to walk between")
        viz.draw_walk(task, out, a.n, a.steps, a.seed)
        ends = "held-out images"
    print(f"{out}: {a.n} walks of {a.steps} steps between {ends}")


def invert(arguments: argparse.Namespace) -> None:
    """Search the latent vectors from which a GAN draws images."""
    from minigan import viz

    a = arguments
    if min(a.own, a.seed, a.refine) < 0 or min(a.steps, a.restarts) < 1:
        raise UsageError(
            "--own, --seed and --refine must be at least 0, --steps and --restarts at least 1"
        )
    run, task = runs.load(a.path, kind="gan")
    out = require_file(a.out or run.path / "inversion.png", ".png")
    settings = {"steps": a.steps, "refinements": a.refine, "restarts": a.restarts, "seed": a.seed}
    found = studies.invert(task, a.images, a.own, **settings)
    print_text(str(found))
    title = f"{run.path.name}: X to h and back"
    viz.inversion_figure(out, found.targets, found.found.samples, found.names, title)
    print(f"{out}: targets, what G draws from the h found, and the differences")


def theory(arguments: argparse.Namespace) -> int:
    """Compute the proof of the game by numbers; return the exit code, 1 if a step fails."""
    from minigan import theory

    out = arguments.plot
    if out is not None:
        require_file(out, ".png", flag="--plot")
    proofs = [list(theory.prove(case)) for case in theory.CASES]
    texts = theory.proof_text(theory.CASES, proofs), theory.losses_text(theory.losses())
    print_text("\n\n\n".join(texts))
    if out is not None:
        from minigan import viz

        trained = studies.trained_discriminators()
        viz.theory_figure(trained, out)
        print(f"\n{out}: both densities, D*, and a D that has learned from samples\n")
        print(theory.losses_table([one.loss for one in trained]))
    return 0 if all(line.holds for lines in proofs for line in lines) else 1
