"""PyTorch's newer names of spectral norm and weight norm; the numbers in state_dicts are the same.

PyTorch writes the tensors under new names too ("parametrizations.weight.original0"). Here they keep
the names of `spectral_norm` and `weight_norm`, and `load_state_dict` knows both.
"""

from __future__ import annotations

from typing import TypeVar

from minigan.backend import Seed
from minigan.nn.module import Module
from minigan.nn.spectral import spectral_norm as older_spectral_norm
from minigan.nn.weightnorm import weight_norm as weight_norm

M = TypeVar("M", bound=Module)


def spectral_norm(
    module: M,
    name: str = "weight",
    n_power_iterations: int = 1,
    eps: float = 1e-12,
    dim: int | None = None,
    *,
    generator: Seed = None,
) -> M:
    """Let a module divide its weight by the largest singular value, and return the module.

    It differs from `nn.utils.spectral_norm` as in PyTorch: a step of power iteration computes u
    first, and 15 steps are made at the start. Arguments and errors are those of
    `nn.utils.spectral_norm`.

    >>> import minigan
    >>> from minigan.nn import Linear
    >>> layer = spectral_norm(Linear(1, 1, bias=False))  # W / sigma(W) is 1 or -1
    >>> layer(minigan.tensor([[-3.0]])).abs()
    tensor([[3.]], op=Abs)
    """
    settings = name, n_power_iterations, eps, dim
    return older_spectral_norm(module, *settings, generator=generator, _u_first=True)
