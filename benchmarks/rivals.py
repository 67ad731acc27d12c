"""The libraries that are measured: how each is imported, and which text it understands.

minigan and PyTorch execute the same text; a rival of another dialect has a text of its own, or
none.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from benchmarks import count


@dataclass(frozen=True)
class Rival:
    """A library: what must be installed, the dialect of its texts, and what is executed around
    them.

    `prelude` comes first and gives the names that a text starts from; `finish` follows the text's
    setup; `settings` is an expression that says how many threads there are.
    """

    name: str
    module: str
    dialect: str
    prelude: str
    settings: str
    finish: str = ""

    @property
    def installed(self) -> bool:
        return find_spec(self.module) is not None


_MINIGAN = """
import minigan
from minigan import from_numpy, grad, nn, optim, tensor
from minigan.nn import functional as F
minigan.set_num_threads(THREADS)
"""

_TORCH = """
import torch
from torch import from_numpy, nn, optim, tensor
from torch.autograd import grad
from torch.nn import functional as F
torch.set_num_threads(THREADS)
"""

_LAYOUT = """
for name, value in list(globals().items()):
    if isinstance(value, nn.Module):
        value.to(memory_format=torch.{0})
    elif isinstance(value, torch.Tensor) and value.ndim == 4:
        laid = value.detach().to(memory_format=torch.{0})
        globals()[name] = laid.requires_grad_(value.requires_grad)
"""

_THREADS = 'f"{torch.get_num_threads()} threads, {torch.backends.cpu.get_cpu_capability()}"'

RIVALS = {
    rival.name: rival
    for rival in (
        Rival("minigan", "minigan", "common", _MINIGAN, 'f"{minigan.get_num_threads()} threads"'),
        Rival("torch", "torch", "common", _TORCH, _THREADS, _LAYOUT.format("contiguous_format")),
        Rival(
            "torch-channels-last",
            "torch",
            "common",
            _TORCH,
            _THREADS,
            _LAYOUT.format("channels_last"),
        ),
        Rival(
            "dezero",
            "dezero",
            "dezero",
            "import benchmarks.dezero_texts as texts",
            '"threads of BLAS"',
        ),
        Rival(
            "jax",
            "jax",
            "jax",
            "import benchmarks.jax_texts as texts",
            '"threads as XLA takes them"',
        ),
        Rival(
            "autograd",
            "autograd",
            "autograd",
            "import autograd.numpy as np; from autograd import make_vjp",
            '"threads of BLAS"',
        ),
    )
}

DIALECTS = {rival.dialect for rival in RIVALS.values()}


def options(
    parser: argparse.ArgumentParser, against: tuple[str, ...] = ("torch", "torch-channels-last")
) -> None:
    """The arguments that every measurement beside rivals has."""
    others = [name for name in RIVALS if name != "minigan"]
    parser.add_argument(
        "--against",
        nargs="*",
        choices=others,
        default=list(against),
        metavar="RIVAL",
        help=str(others),
    )
    parser.add_argument("--threads", type=count, default=cores(), help="of minigan and PyTorch")
    parser.add_argument("--json", metavar="F", help="keep every figure there")


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def present(names: Sequence[str], dialects: Collection[str] = DIALECTS) -> list[Rival]:
    """minigan and those of the named rivals that are installed and know a dialect; the others are
    named with why.
    """
    asked = [RIVALS[name] for name in dict.fromkeys(["minigan", *names])]
    for rival in asked:
        if not rival.installed:
            print(f"{rival.name}: absent ({rival.module} is not installed)")
        elif rival.dialect not in dialects:
            print(f"{rival.name}: no text for this measurement")
    return [rival for rival in asked if rival.installed and rival.dialect in dialects]
