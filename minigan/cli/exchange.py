"""The commands that write the weights of a run for other tools, and take them back."""

from __future__ import annotations

import argparse
from pathlib import Path

from minigan import exchange, runs
from minigan.cli.errors import UsageError
from minigan.cli.output import require_file
from minigan.cli.parsing import add_run

_SUFFIX = ".safetensors"


def add_export(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `export`."""
    add_run(parser)
    parser.add_argument(
        "--out", type=Path, required=True, metavar=f"F{_SUFFIX}", help="the file to write"
    )
    parser.set_defaults(run=_export)


def add_import(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `import`."""
    parser.add_argument(
        "file", type=Path, metavar=f"F{_SUFFIX}", help="a file as `minigan export` writes it"
    )
    add_run(parser)
    parser.set_defaults(run=_import)


def _export(arguments: argparse.Namespace) -> None:
    """Write the weights with which samples are drawn, under PyTorch's names."""
    out = require_file(arguments.out, _SUFFIX)
    _, task = runs.load(arguments.path, needs_data=False)
    try:
        count = exchange.save_weights(task.networks, out)
    except ImportError as error:
        raise UsageError(str(error)) from error
    names = ", ".join(f"{name}.*" for name in task.networks)
    print(f"{out}: {count} arrays of {arguments.path} ({names})")


def _import(arguments: argparse.Namespace) -> None:
    """Replace the weights of a run by those of a file, if every one of them fits."""
    file = arguments.file
    if file.suffix != _SUFFIX:
        raise UsageError(f"{file}: must end in {_SUFFIX}")
    run, task = runs.load(arguments.path, training=True)
    with run.reserved():
        try:
            exchange.load_weights(task.networks, file)
        except (ImportError, ValueError) as error:
            raise UsageError(str(error)) from error
        task.adopt()
        run.save(task.state_dict())
    print(f"{run.path}: has the weights of {file}")
    print(f"next: {_next(task.kind, arguments.path)}")


def _next(kind: str, path: str) -> str:
    """Return a command that uses the weights."""
    if kind == "gan":
        return f"minigan sample {path} --out samples.png"
    return f"minigan reconstruct {path} --out reconstructions.png"
