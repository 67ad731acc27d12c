"""What may be asked for: a parser a command; the options of training are the settings of a run's
config.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import Field, fields
from pathlib import Path
from typing import Any, NoReturn

from minigan import __version__, runs, studies
from minigan.cli import commands
from minigan.cli.errors import UsageError

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
    "no_norm": "leave out batch norm (and D's layer norm): nets that need a penalty",
    "pack": "samples that D sees at once (PacGAN); must divide the batch",
    "conditional": "G and D are given the class of each sample",
    "bigan": "an encoder learns with G: D judges pairs of sample and h",
    "latent_std": "h is drawn from N(0, S^2)",
    "features": "channels of the convolution next to the image",
    "decay": "of the moving average of G's weights; 0 keeps none",
    "hidden": (
        "units of a fully connected layer before h, half as many of a second; 256 if h has "
        "at most 8 numbers"
    ),
    "tied": "the decoder shares the encoder's weights",
    "denoise": (
        "standard deviation of noise added to what the encoder sees; 0.1 for digits8 if h "
        "has at most 8 numbers"
    ),
    "variational": (
        "draw h from a normal distribution; B, by default 0.1, weighs its divergence from N(0, I)"
    ),
    "repeats": "sets of decoders, each from its own seed",
}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")


def parser() -> argparse.ArgumentParser:
    """The whole command line's; `run` among what it has parsed is the command to call with that."""
    whole = _Parser(
        "minigan",
        description="Transposed convolutions, auto-encoders and GANs from scratch in NumPy.",
    )
    whole.add_argument("--version", action="version", version=f"minigan {__version__}")
    choices = _choices(whole, "command")
    for name, add, text in (
        ("train", _train, "train a gan or an autoencoder"),
        ("sample", _sample, "draw new samples from a trained GAN"),
        ("evaluate", _evaluate, "measure a trained GAN's samples beside real ones"),
        ("compare", _compare, "give GANs and auto-encoders the same h, and measure what they draw"),
        ("reconstruct", _reconstruct, "what becomes of images in a trained auto-encoder"),
        ("interpolate", _interpolate, "walk through h, from one image to another"),
        ("invert", _invert, "seek the latent vector that makes a GAN draw an image"),
        ("explain", _explain, "explain an operation with numbers and pictures"),
        ("theory", _theory, "climb the proof of the game by numbers, and take losses apart"),
        ("check", _check, "check the gradients of all ops, or of those in a file, to order two"),
    ):
        add(choices.add_parser(name, help=text))
    return whole


def _choices(parser: argparse.ArgumentParser, kind: str) -> Any:
    """What the parsers of a command, or of what it is about, are added to."""
    return parser.add_subparsers(
        title=f"{kind}s", required=True, metavar=kind.upper(), parser_class=_Parser
    )


def _run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="RUN", help="a run directory")


def _integer(parser: argparse.ArgumentParser, flag: str, default: int, text: str) -> None:
    kind = int if flag == "--seed" else _count
    parser.add_argument(
        flag, type=kind, default=default, metavar="I", help=f"{text} (default: {default})"
    )


def _count(text: str) -> int:
    """An integer that may be the size of an array: beyond 2^40 NumPy has errors of its own, other
    than of memory.
    """
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"invalid int value: {text!r}") from None
    if abs(number) >= 2**40:
        raise argparse.ArgumentTypeError(f"{text} is too large (legal: less than 2^40)")
    return number


def _train(parser: argparse.ArgumentParser) -> None:
    models = _choices(parser, "model")
    for kind, text in (
        ("gan", "a generator and a discriminator"),
        ("autoencoder", "an encoder and a decoder"),
    ):
        _model(models.add_parser(kind, help=text, description=f"Train {text}."), kind)
    _decoders(models.add_parser("decoders", help="for every layer of a frozen encoder, a decoder"))


def _model(parser: argparse.ArgumentParser, kind: str) -> None:
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
        parser.add_argument(flag, type=_type(field), metavar=of.__name__.upper()[0], help=text)
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help=f"a new run directory (default: the next free runs/{kind}-NNN)",
    )
    parser.add_argument(
        "--resume",
        type=Path,
        metavar="RUN",
        help="continue a run, bit for bit; only --steps may go with it",
    )
    parser.set_defaults(run=commands.train, kind=kind)


def _type(field: Field[Any]) -> Callable[[str], Any]:
    """What reads a setting: all integers but the seed are sizes and counts."""
    of: type[Any] = type(field.default)
    return _count if of is int and field.name != "seed" else of


def _decoders(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Train decoders from every layer of frozen encoders, and measure what each layer remembers."
    )
    known = f"runs of auto-encoders, or of {', '.join(studies.ENCODERS)} (default: these four)"
    parser.add_argument(
        "encoders", nargs="*", metavar="ENCODER", default=studies.ENCODERS, help=known
    )
    for field in fields(runs.DecodersConfig):
        if field.name != "encoder":
            of, flag = type(field.default), "--" + field.name.replace("_", "-")
            text = f"{_TRAIN_HELP[field.name]} (default: {field.default})"
            parser.add_argument(flag, type=_type(field), metavar=of.__name__.upper()[0], help=text)
    parser.add_argument("--out", type=Path, metavar="DIR", help="a new directory (default: the "
"next free "
                        "runs/decoders-NNN); with several encoders, of "
"one directory each")  # fmt: skip
    parser.set_defaults(run=commands.decoders)


def _sample(parser: argparse.ArgumentParser) -> None:
    _run(parser)
    _integer(parser, "-n", 64, "how many")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="F", help=".npz (images in [-1, 1]) or .png"
    )
    _integer(parser, "--seed", 0, "of the latent vectors")
    parser.add_argument(
        "--label", type=_count, metavar="I", help="their class, of a run trained with --conditional"
    )
    parser.set_defaults(run=commands.sample)


def _evaluate(parser: argparse.ArgumentParser) -> None:
    _run(parser)
    parser.add_argument(
        "-n",
        type=_count,
        metavar="I",
        help="how many samples (default: 1000 images, 2500 points, 26000 stacks)",
    )
    _integer(parser, "--seed", 0, "of samples and judge")
    parser.set_defaults(run=commands.evaluate)


def _compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="RUN", help="run directories of the same data")
    _integer(parser, "--seed", 0, "of h and judge")
    parser.add_argument("--out", type=Path, default=Path("comparison.png"), metavar="F.png",
                        help="where to draw it (default: comparison.png)")  # fmt: skip
    parser.set_defaults(run=commands.compare)


def _reconstruct(parser: argparse.ArgumentParser) -> None:
    _run(parser)
    parser.add_argument(
        "--split", choices=runs.SPLITS, default="test", help="of the data (default: test)"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="F",
                        help=(".npz (images, reconstructions, indices) or "
".png (the first 32)"))  # fmt: skip
    parser.set_defaults(run=commands.reconstruct)


def _interpolate(parser: argparse.ArgumentParser) -> None:
    _run(parser)
    _integer(parser, "-n", 4, "how many walks")
    _integer(parser, "--steps", 9, "images in each")
    _integer(parser, "--seed", 0, "of the choice of images")
    parser.add_argument(
        "--out", type=Path, metavar="F.png", help="where to draw them (default: RUN/walk.png)"
    )
    parser.set_defaults(run=commands.interpolate)


def _invert(parser: argparse.ArgumentParser) -> None:
    _run(parser)
    parser.add_argument(
        "images", nargs="*", metavar="IMAGE", help="a picture file, or a number in the run's data"
    )
    _integer(parser, "--own", 8, "samples of the GAN itself, whose latent vectors are known")
    _integer(parser, "--steps", 300, "of gradient descent")
    _integer(parser, "--refine", 100, "steps after that, with the curvature")
    _integer(parser, "--restarts", 8, "starts for each image, the best of which counts")
    _integer(parser, "--seed", 0, "of samples and starts")
    parser.add_argument(
        "--out", type=Path, metavar="F.png", help="targets, finds, differences (default: in RUN)"
    )
    parser.set_defaults(run=commands.invert)


def _explain(parser: argparse.ArgumentParser) -> None:
    text = "convolution, or with --transposed its transpose"
    conv = _choices(parser, "operation").add_parser("conv", help=text)
    defaults = {
        "size": 5,
        "kernel": 3,
        "stride": 2,
        "padding": 1,
        "output-padding": 0,
        "dilation": 1,
    }
    for name, default in defaults.items():
        text = f"an integer, or HxW (default: {default})"
        conv.add_argument(
            f"--{name}", type=_pair, default=(default, default), metavar="N", help=text
        )
    conv.add_argument(
        "--transposed", action="store_true", help="the transposed convolution: scatter and holes"
    )
    conv.add_argument("--out", type=Path, default=Path("explain-conv.gif"), metavar="F",
                      help=("where to draw it: .gif, .html or .png (default: "
"explain-conv.gif)"))  # fmt: skip
    conv.set_defaults(run=commands.explain)


def _pair(text: str) -> tuple[int, int]:
    try:
        height, width = map(int, text.lower().split("x") if "x" in text.lower() else (text, text))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither an integer nor HxW, as in 5x7"
        ) from None
    return height, width


def _theory(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--plot", type=Path, metavar="F.png", help="draw D*, a trained D and both densities"
    )
    parser.set_defaults(run=commands.theory)


def _check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path", nargs="?", type=Path, metavar="FILE.py", help="a file that defines Op classes"
    )
    parser.set_defaults(run=commands.check)
