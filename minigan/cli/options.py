"""The parser of the whole command line, and the options of the commands that do not train."""

from __future__ import annotations

import argparse
from inspect import signature
from pathlib import Path

from minigan import __version__, runs, studies
from minigan.cli import commands
from minigan.cli.checking import add_check
from minigan.cli.classroom import add_classroom
from minigan.cli.exchange import add_export, add_import
from minigan.cli.explain import add_explain
from minigan.cli.parsing import Parser, add_integer, add_run, commands_of, count
from minigan.cli.training_options import add_train


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line.

    `run` among the parsed arguments is the function that carries the command out.
    """
    whole = Parser(
        "minigan",
        description="Transposed convolutions, auto-encoders and GANs from scratch in NumPy.",
    )
    whole.add_argument("--version", action="version", version=f"minigan {__version__}")
    choices = commands_of(whole, "command", required=False)
    whole.set_defaults(run=lambda _: whole.print_help())
    for name, add, text in (
        ("train", add_train, "train a GAN, an auto-encoder, or decoders"),
        ("sample", _sample, "draw new samples from a trained GAN"),
        ("evaluate", _evaluate, "measure the samples of a trained GAN beside real ones"),
        ("compare", _compare, "give the same h to GANs and auto-encoders, and compare the images"),
        ("reconstruct", _reconstruct, "reconstruct images with a trained auto-encoder"),
        ("interpolate", _interpolate, "draw the images between two images or latent vectors"),
        ("invert", _invert, "search the latent vector from which a GAN draws an image"),
        ("explain", add_explain, "explain an operation with numbers, pictures and pages"),
        ("export", add_export, "write the weights of a run for PyTorch and other tools"),
        ("import", add_import, "give a run weights that were trained elsewhere"),
        ("theory", _theory, "compute the proof of the GAN game, and take losses apart"),
        ("check", add_check, "check the gradients of all ops, or of those in a file, to order two"),
        ("classroom", add_classroom, "assignments, with a check for students and a grader"),
    ):
        add(choices.add_parser(name, help=text))
    return whole


def _sample(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    add_integer(parser, "-n", 64, "how many samples to draw")
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="F",
        help="the file to write: .npz (`images` in [-1, 1], or `points`) or .png",
    )
    add_integer(parser, "--seed", 0, "the seed of the latent vectors")
    parser.add_argument(
        "--label",
        metavar="L",
        help="the class of the samples, as the data name it, if the run was trained with "
        "--conditional (default: all)",
    )
    parser.set_defaults(run=commands.sample)


def _evaluate(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    usual = ", ".join(f"{number} {what}" for what, number in studies.USUAL_COUNTS.items())
    parser.add_argument(
        "-n", type=count, metavar="I", help=f"how many samples to draw (default: {usual})"
    )
    add_integer(parser, "--seed", 0, "the seed of the samples and of the judge")
    parser.set_defaults(run=commands.evaluate)


def _compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="+", metavar="RUN", help="run directories, trained on the same data"
    )
    add_integer(parser, "--seed", 0, "the seed of h and of the judge")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("comparison.png"),
        metavar="F.png",
        help="the picture to draw (default: comparison.png)",
    )
    parser.set_defaults(run=commands.compare)


def _reconstruct(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument(
        "--split",
        choices=runs.SPLITS,
        default="test",
        help="the part of the data to reconstruct (default: test, which is held out)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="F",
        help="the file to write: .npz (images, reconstructions, indices) or .png (the first 32)",
    )
    parser.set_defaults(run=commands.reconstruct)


def _interpolate(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    add_integer(parser, "-n", 4, "how many walks to draw")
    add_integer(parser, "--steps", 9, "how many images each walk has")
    add_integer(parser, "--seed", 0, "the seed of the ends")
    parser.add_argument(
        "--out", type=Path, metavar="F.png", help="the picture to draw (default: RUN/walk.png)"
    )
    parser.set_defaults(run=commands.interpolate)


def _invert(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument(
        "images",
        nargs="*",
        metavar="IMAGE",
        help="an image to search for: a picture file, or its number in the data of the run",
    )
    usual = {name: value.default for name, value in signature(studies.invert).parameters.items()}
    add_integer(parser, "--own", 8, "how many samples of G to search for; their h is known")
    add_integer(parser, "--steps", usual["steps"], "how many steps of gradient descent to make")
    add_integer(
        parser, "--refine", usual["refinements"], "how many second-order steps to make after that"
    )
    add_integer(
        parser, "--restarts", usual["restarts"], "how many starts to make; the best one counts"
    )
    add_integer(parser, "--seed", 0, "the seed of the samples and of the starts")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="F.png",
        help="the picture of targets, results and differences (default: RUN/inversion.png)",
    )
    parser.set_defaults(run=commands.invert)


def _theory(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--plot", type=Path, metavar="F.png", help="draw D*, a trained D and both densities"
    )
    parser.set_defaults(run=commands.theory)
