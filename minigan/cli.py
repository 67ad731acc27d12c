"""The command line: one thin function a command; what they do lives in the rooms below.

Errors of use and of files are one line on stderr and exit code 2; Ctrl-C ends with 130, after the state is saved.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import NoReturn

from minigan import __version__, runs


class UsageError(ValueError):
    """What the user asked for cannot be done, in one line."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")


_TRAIN_HELP = {
    "data": "mnist5k, digits8, ring8, grid25, ...; or an .npz or IDX file, or a folder of images",
    "latent": "numbers in h",
    "steps": "updates in all",
    "batch": "samples in an update",
    "lr": "Adam's learning rate; in a GAN, G's",
    "lr_d": "D's learning rate: G learns faster, so that D does not run away",
    "seed": "of all randomness: the same seed gives the same bits",
    "device": "cpu, cuda or cuda:N",
    "objective": f"what the players minimise: {', '.join(runs.OBJECTIVES)}",
    "critic_steps": "updates of D before each one of G",
    "penalty": "weight of the penalty of wgan-gp or r1",
    "clip": "bound of D's weights in wgan-clip",
    "spectral_norm": "divide each weight of D by its largest singular value",
    "pack": "samples that D sees at once (PacGAN); must divide the batch",
    "conditional": "G and D are given the class of each sample",
    "bigan": "an encoder learns with G: D judges pairs of sample and h",
    "latent_std": "h is drawn from N(0, S^2)",
    "features": "channels of the convolution next to the image",
    "decay": "of the moving average of G's weights; 0 keeps none",
    "hidden": "units of a fully connected layer before h, half as many of a second; 0: none, unless h has at most 8",
    "tied": "the decoder shares the encoder's weights",
    "denoise": "add noise of this standard deviation to what the encoder sees",
    "variational": "draw h from a normal distribution; B, by default 0.1, weighs its divergence from N(0, I)",
    "repeats": "sets of decoders, each from its own seed",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    try:
        arguments = _parser().parse_args(argv)
        code = int(arguments.run(arguments) or 0)
        sys.stdout.flush()  # what cannot be written is an error here, not a complaint of Python's at exit
        return code
    except KeyboardInterrupt:
        print("minigan: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        _give_up_stdout()
        return 0
    except (UsageError, runs.RunError, OSError, MemoryError) as error:
        _give_up_stdout()
        print(f"minigan: error: {_text(error)}", file=sys.stderr)
        return 2


def _text(error: BaseException) -> str:
    """An error in one line, with the file that it is about."""
    text = str(error)
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    elif isinstance(error, MemoryError):
        text = f"not enough memory: {error}"
    return " ".join(text.split())


def _give_up_stdout() -> None:
    """Close standard output if nothing can be written to it."""
    try:
        sys.stdout.flush()
    except OSError:
        with suppress(OSError):
            sys.stdout.close()


def _parser() -> argparse.ArgumentParser:
    parser = _Parser("minigan", description="Transposed convolutions, auto-encoders and GANs from scratch in NumPy.")
    parser.add_argument("--version", action="version", version=f"minigan {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=_Parser)

    train = commands.add_parser("train", help="train a gan or an autoencoder").add_subparsers(
        title="models", required=True, metavar="MODEL", parser_class=_Parser
    )
    for kind, text in (("gan", "a generator and a discriminator"), ("autoencoder", "an encoder and a decoder")):
        _train_options(train.add_parser(kind, help=text, description=f"Train {text}."), kind)
    _decoders_options(train.add_parser("decoders", help="for every layer of a frozen encoder, a decoder"))

    sample = commands.add_parser("sample", help="draw new samples from a trained GAN")
    sample.add_argument("path", metavar="RUN", help="a run directory")
    sample.add_argument("-n", type=int, default=64, metavar="I", help="how many (default: 64)")
    sample.add_argument("--out", type=Path, required=True, metavar="F", help=".npz (images in [-1, 1]) or .png")
    sample.add_argument("--seed", type=int, default=0, metavar="I", help="of the latent vectors (default: 0)")
    sample.add_argument("--label", type=int, metavar="I", help="their class, of a run trained with --conditional")
    sample.set_defaults(run=_sample)

    evaluate = commands.add_parser("evaluate", help="measure a trained GAN's samples beside real ones")
    evaluate.add_argument("path", metavar="RUN", help="a run directory")
    evaluate.add_argument("-n", type=int, metavar="I",
                          help="how many samples (default: 1000 images, 2500 points, 26000 stacks)")  # fmt: skip
    evaluate.add_argument("--seed", type=int, default=0, metavar="I", help="of samples and judge (default: 0)")
    evaluate.set_defaults(run=_evaluate)

    compare = commands.add_parser("compare", help="give GANs and auto-encoders the same h, and measure what they draw")
    compare.add_argument("paths", nargs="+", metavar="RUN", help="run directories of the same data")
    compare.add_argument("--seed", type=int, default=0, metavar="I", help="of h and judge (default: 0)")
    compare.add_argument("--out", type=Path, default=Path("comparison.png"), metavar="F.png",
                         help="where to draw it (default: comparison.png)")  # fmt: skip
    compare.set_defaults(run=_compare)

    reconstruct = commands.add_parser("reconstruct", help="what becomes of images in a trained auto-encoder")
    reconstruct.add_argument("path", metavar="RUN", help="a run directory")
    reconstruct.add_argument("--split", choices=runs.SPLITS, default="test", help="of the data (default: test)")
    reconstruct.add_argument("--out", type=Path, required=True, metavar="F",
                             help=".npz (images, reconstructions, indices) or .png (the first 32)")  # fmt: skip
    reconstruct.set_defaults(run=_reconstruct)

    interpolate = commands.add_parser("interpolate", help="walk through h, from one image to another")
    interpolate.add_argument("path", metavar="RUN", help="a run directory")
    interpolate.add_argument("-n", type=int, default=4, metavar="I", help="how many walks (default: 4)")
    interpolate.add_argument("--steps", type=int, default=9, metavar="I", help="images in each (default: 9)")
    interpolate.add_argument("--seed", type=int, default=0, metavar="I", help="of the choice of images (default: 0)")
    interpolate.add_argument("--out", type=Path, metavar="F.png", help="where to draw them (default: RUN/walk.png)")
    interpolate.set_defaults(run=_interpolate)

    invert = commands.add_parser("invert", help="seek the latent vector that makes a GAN draw an image")
    invert.add_argument("path", metavar="RUN", help="a run directory")
    invert.add_argument("images", nargs="*", metavar="IMAGE", help="a picture file, or a number in the run's data")
    for flag, default, text in (
        ("own", 8, "samples of the GAN itself, whose latent vectors are known"),
        ("steps", 300, "of gradient descent"),
        ("refine", 100, "steps after that, with the curvature"),
        ("restarts", 8, "starts for each image, the best of which counts"),
        ("seed", 0, "of samples and starts"),
    ):
        invert.add_argument(f"--{flag}", type=int, default=default, metavar="I", help=f"{text} (default: {default})")
    invert.add_argument("--out", type=Path, metavar="F.png", help="targets, finds, differences (default: in RUN)")
    invert.set_defaults(run=_invert)

    explain = commands.add_parser("explain", help="explain an operation with numbers and pictures").add_subparsers(
        title="operations", required=True, metavar="OPERATION", parser_class=_Parser
    )
    conv = explain.add_parser("conv", help="convolution, or with --transposed its transpose")
    for name, default in (
        ("size", 5),
        ("kernel", 3),
        ("stride", 2),
        ("padding", 1),
        ("output-padding", 0),
        ("dilation", 1),
    ):
        text = f"an integer, or HxW (default: {default})"
        conv.add_argument(f"--{name}", type=_pair, default=(default, default), metavar="N", help=text)
    conv.add_argument("--transposed", action="store_true", help="the transposed convolution: scatter and holes")
    conv.add_argument("--out", type=Path, default=Path("explain-conv.gif"), metavar="F",
                      help="where to draw it: .gif, .html or .png (default: explain-conv.gif)")  # fmt: skip
    conv.set_defaults(run=_explain)

    theory = commands.add_parser("theory", help="climb the proof of the game by numbers, and take losses apart")
    theory.add_argument("--plot", type=Path, metavar="F.png", help="draw D*, a trained D and both densities")
    theory.set_defaults(run=_theory)

    check = commands.add_parser("check", help="check the gradients of all ops, or of those in a file, to order two")
    check.add_argument("path", nargs="?", type=Path, metavar="FILE.py", help="a file that defines Op classes")
    check.set_defaults(run=_check)
    return parser


def _train_options(parser: argparse.ArgumentParser, kind: str) -> None:
    for field in fields(runs.KINDS[kind].config):
        flag = "--" + field.name.replace("_", "-")
        default = runs.default_text(kind, field.name)
        of, text = type(field.default), f"{_TRAIN_HELP[field.name]} (default: {default})"
        if of is bool:
            parser.add_argument(flag, action="store_true", default=None, help=text)
            continue
        if field.name == "variational":
            parser.add_argument(flag, type=of, nargs="?", const=0.1, metavar="B", help=text)
            continue
        parser.add_argument(flag, type=of, metavar=of.__name__.upper()[0], help=text)
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help=f"a new run directory (default: the next free runs/{kind}-NNN)"
    )
    parser.add_argument(
        "--resume", type=Path, metavar="RUN", help="continue a run, bit for bit; only --steps may go with it"
    )
    parser.set_defaults(run=_train, kind=kind)


def _decoders_options(parser: argparse.ArgumentParser) -> None:
    parser.description = "Train decoders from every layer of frozen encoders, and measure what each layer remembers."
    known = f"runs of auto-encoders, or of {', '.join(runs.ENCODERS)} (default: these four)"
    parser.add_argument("encoders", nargs="*", metavar="ENCODER", default=runs.ENCODERS, help=known)
    for field in fields(runs.DecodersConfig):
        if field.name != "encoder":
            of, flag = type(field.default), "--" + field.name.replace("_", "-")
            text = f"{_TRAIN_HELP[field.name]} (default: {field.default})"
            parser.add_argument(flag, type=of, metavar=of.__name__.upper()[0], help=text)
    parser.add_argument("--out", type=Path, metavar="DIR", help="a new directory (default: the next free "
                        "runs/decoders-NNN); with several encoders, of one directory each")  # fmt: skip
    parser.set_defaults(run=_decoders)


def _pair(text: str) -> tuple[int, int]:
    try:
        height, width = map(int, text.lower().split("x") if "x" in text.lower() else (text, text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is neither an integer nor HxW, as in 5x7") from None
    return height, width


def _train(arguments: argparse.Namespace) -> int:
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
        raise UsageError(f"{_text(error)}; the last checkpoint is kept: continue with --resume {run.path}") from error
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
        raise UsageError(f"--resume continues with the run's own settings; only --steps may go with it, not {flag}")
    return runs.load(arguments.resume, given.get("steps"), arguments.kind)


def _sample(arguments: argparse.Namespace) -> None:
    import numpy as np

    from minigan import viz
    from minigan.files import replacing

    out = arguments.out
    if out.suffix not in (".npz", ".png"):
        raise UsageError(f"--out {out}: must end in .npz or .png")
    if arguments.n < 1 or arguments.seed < 0:
        raise UsageError(f"-n {arguments.n} must be at least 1, and --seed {arguments.seed} at least 0")
    if not out.parent.is_dir():
        raise UsageError(f"--out {out}: there is no folder {out.parent}")
    _, task = runs.load(arguments.path, kind="gan")
    samples = runs.sample(task, arguments.n, arguments.seed, arguments.label)
    if out.suffix == ".png":
        viz.samples(samples, out, title=f"{arguments.n} samples of {arguments.path}")
    else:
        with replacing(out) as file, file.open("wb") as target:
            np.savez_compressed(target, allow_pickle=False, **{"images" if samples.ndim == 4 else "points": samples})
    print(f"{out}: {arguments.n} samples of shape {samples.shape[1:]}")


def _evaluate(arguments: argparse.Namespace) -> None:
    from minigan import metrics

    run, task = runs.load(arguments.path, kind="gan")
    count = runs.usual_count(task) if arguments.n is None else arguments.n
    if count < 100 or arguments.seed < 0:
        raise UsageError(f"-n {count} must be at least 100, and --seed {arguments.seed} at least 0")
    print(f"{run.path}, update {task.number}: {count} samples, seed {arguments.seed}", metrics.HEAD, sep="\n")
    found = {}
    for finding in runs.evaluate(task, count, arguments.seed):
        print(finding, flush=True)
        found[finding.name] = {"real": finding.real, "generated": finding.generated}
    told = {"update": task.number, "samples": count, "seed": arguments.seed}
    run.write_json("evaluation.json", {**told, "found": found})


def _compare(arguments: argparse.Namespace) -> None:
    from minigan import viz

    out = _file(arguments.out, ".png")
    if arguments.seed < 0:
        raise UsageError(f"--seed {arguments.seed} must be at least 0")
    found = runs.compare([(path, runs.load(path)[1]) for path in arguments.paths], arguments.seed)
    print(found)
    viz.draw_comparison(found, out)
    print(f"{out}: what each draws of the same h")


def _reconstruct(arguments: argparse.Namespace) -> None:
    import numpy as np

    from minigan import viz
    from minigan.files import replacing

    out = _file(arguments.out, ".npz", ".png")
    _, task = runs.load(arguments.path, kind="autoencoder")
    found = task.reconstruct(arguments.split)
    images, reconstructions = found["images"], found["reconstructions"]
    if out.suffix == ".png":
        note = f"images of {arguments.split}, a reconstruction below each"
        viz.draw_pairs(images[:32], reconstructions[:32], out, f"Reconstructions of {arguments.path}", note)
    else:
        with replacing(out) as file, file.open("wb") as target:
            np.savez_compressed(target, allow_pickle=False, **found)
    error = float(((images - reconstructions) ** 2).mean(dtype=np.float64))
    print(f"{out}: {len(images)} images of {arguments.split}, squared error {error:.6f} per pixel")


def _interpolate(arguments: argparse.Namespace) -> None:
    from minigan import viz

    if arguments.n < 1 or arguments.steps < 2 or arguments.seed < 0:
        given = f"-n {arguments.n}, --steps {arguments.steps}, --seed {arguments.seed}"
        raise UsageError(f"{given}: must be at least 1, 2 and 0")
    run, task = runs.load(arguments.path)
    out = _file(arguments.out or run.path / "walk.png", ".png")
    own = isinstance(task, runs.GANTask)
    draw = viz.draw_latent_walk if own else viz.draw_walk
    draw(task, out, arguments.n, arguments.steps, arguments.seed)
    between = "latent vectors, straight and along an arc" if own else "held-out images"
    print(f"{out}: {arguments.n} walks of {arguments.steps} steps between {between}")


def _decoders(arguments: argparse.Namespace) -> None:
    from minigan import viz

    names = {field.name for field in fields(runs.DecodersConfig)}
    given = {name: value for name, value in vars(arguments).items() if name in names and value is not None}
    for encoder in arguments.encoders:
        several = arguments.out is not None and len(arguments.encoders) > 1
        out = arguments.out / Path(encoder).name if several else arguments.out
        run, study = runs.study_layers({**given, "encoder": encoder}, out)
        viz.draw_layers(study, run.path / "layers.png")
        print(f"{runs.layers_table(study)}\n{run.path}: layers.png, layers.npz, metrics.json", flush=True)


def _file(out: Path, *suffixes: str) -> Path:
    """The file to write, of a kind that is known, in a folder that is there."""
    if out.suffix not in suffixes:
        raise UsageError(f"--out {out}: must end in {' or '.join(suffixes)}")
    if not out.parent.is_dir():
        raise UsageError(f"--out {out}: there is no folder {out.parent}")
    return out


def _invert(arguments: argparse.Namespace) -> None:
    from minigan import viz

    a = arguments
    if min(a.own, a.seed, a.refine) < 0 or min(a.steps, a.restarts) < 1:
        raise UsageError("--own, --seed and --refine must be at least 0, --steps and --restarts at least 1")
    run, task = runs.load(a.path, kind="gan")
    out = _file(a.out or run.path / "inversion.png", ".png")
    settings = {"steps": a.steps, "refinements": a.refine, "restarts": a.restarts, "seed": a.seed}
    found = runs.invert(task, a.images, a.own, **settings)
    print(found)
    viz.inversion_figure(out, found.targets, found.found.samples, found.names, f"{run.path.name}: X to h and back")
    print(f"{out}: targets, what G draws at the h found, and the differences")


def _explain(arguments: argparse.Namespace) -> None:
    from minigan import viz

    a = arguments
    try:
        print(viz.explain(a.size, a.kernel, a.stride, a.padding, a.output_padding, a.dilation, a.transposed, a.out))
    except (ValueError, TypeError) as error:
        raise UsageError(str(error)) from error


def _theory(arguments: argparse.Namespace) -> int:
    from minigan import theory

    out = arguments.plot
    if out is not None and (out.suffix != ".png" or not out.parent.is_dir()):
        raise UsageError(f"--plot {out}: must end in .png, in a folder that is there")
    ladders = [list(theory.ladder(game)) for game in theory.GAMES]
    print(theory.ladder_text(theory.GAMES, ladders), theory.losses_text(theory.losses()), sep="\n\n\n")
    if out is not None:
        from minigan import viz

        trained = viz.theory_figure(out)
        print(f"\n{out}: both densities, D*, and a D that has learned from samples\n")
        print(theory.losses_table(trained))
    return 0 if all(line.holds for lines in ladders for line in lines) else 1


def _check(arguments: argparse.Namespace) -> int:
    from minigan import check

    try:
        rows = list(check.check_all() if arguments.path is None else check.check_file(arguments.path))
    except (ValueError, TypeError) as error:
        raise UsageError(str(error)) from error
    print(check.format_rows(rows))
    return 0 if all(row.ok for row in rows) else 1
