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
    "objective": "what the players minimise: non-saturating or minimax",
    "latent_std": "h is drawn from N(0, S^2)",
    "features": "channels of the convolution next to the image",
    "decay": "of the moving average of G's weights; 0 keeps none",
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

    sample = commands.add_parser("sample", help="draw new samples from a trained GAN")
    sample.add_argument("path", metavar="RUN", help="a run directory")
    sample.add_argument("-n", type=int, default=64, metavar="I", help="how many (default: 64)")
    sample.add_argument("--out", type=Path, required=True, metavar="F", help=".npz (images in [-1, 1]) or .png")
    sample.add_argument("--seed", type=int, default=0, metavar="I", help="of the latent vectors (default: 0)")
    sample.set_defaults(run=_sample)

    evaluate = commands.add_parser("evaluate", help="judge a trained GAN's digits beside real ones")
    evaluate.add_argument("path", metavar="RUN", help="a run directory")
    evaluate.add_argument("-n", type=int, default=1000, metavar="I", help="how many samples (default: 1000)")
    evaluate.add_argument("--seed", type=int, default=0, metavar="I", help="of samples and judge (default: 0)")
    evaluate.set_defaults(run=_evaluate)

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
        of = type(field.default)
        parser.add_argument(
            flag, type=of, metavar=of.__name__.upper()[0], help=f"{_TRAIN_HELP[field.name]} (default: {default})"
        )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help=f"a new run directory (default: the next free runs/{kind}-NNN)"
    )
    parser.add_argument(
        "--resume", type=Path, metavar="RUN", help="continue a run, bit for bit; only --steps may go with it"
    )
    parser.set_defaults(run=_train, kind=kind)


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
    print(f"{run.path}: {task.number} updates, {seconds:.0f} s: samples.png, samples.gif, curves.png, metrics.json")
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
    samples = runs.sample(task, arguments.n, arguments.seed)
    if out.suffix == ".png":
        viz.samples(samples, out, title=f"{arguments.n} samples of {arguments.path}")
    else:
        with replacing(out) as file, file.open("wb") as target:
            np.savez_compressed(target, allow_pickle=False, **{"images" if samples.ndim == 4 else "points": samples})
    print(f"{out}: {arguments.n} samples of shape {samples.shape[1:]}")


def _evaluate(arguments: argparse.Namespace) -> None:
    from minigan import metrics

    if arguments.n < 100 or arguments.seed < 0:
        raise UsageError(f"-n {arguments.n} must be at least 100, and --seed {arguments.seed} at least 0")
    _, task = runs.load(arguments.path, kind="gan")
    samples = runs.sample(task, arguments.n, arguments.seed)
    try:
        print(metrics.report(metrics.judge_digits(samples, task.data, arguments.seed)))
    except ValueError as error:
        raise UsageError(str(error)) from error


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
