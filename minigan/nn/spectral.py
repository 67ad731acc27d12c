"""Spectral norm: a layer uses its weight divided by the largest singular value of the weight.

(Miyato et al. 2018.) A linear layer is then 1-Lipschitz. The singular value is u^T W v, for vectors
u and v that power iteration keeps near the singular vectors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from minigan.autograd import Tensor, no_grad
from minigan.backend import Array, Seed, as_generator, namespace
from minigan.checks import integer, number
from minigan.functions import tensor
from minigan.functions.products import dot
from minigan.nn.convolution import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from minigan.nn.functional import normalize
from minigan.nn.module import Module
from minigan.nn.parameter import Parameter
from minigan.threads import matmul

__all__ = ["spectral_norm", "remove_spectral_norm"]

M = TypeVar("M", bound=Module)


@dataclass(frozen=True)
class SpectralNorm:
    """W / sigma(W) for a weight W taken as a matrix, sigma its largest singular value.

    In training mode each call of the module first makes `iterations` steps of power iteration
    (Miyato et al. 2018, algorithm 1). A step computes v from u and then u from v; with `u_first`
    it is the other way round, as in PyTorch's parametrizations.
    """

    name: str
    iterations: int
    eps: float
    dim: int
    u_first: bool = False

    def matrix(self, weight: Tensor) -> Tensor:
        """Return the weight as a matrix: dimension `dim`, then all others as one."""
        return weight.movedim(self.dim, 0).reshape(weight.shape[self.dim], -1)

    def __call__(self, module: Module) -> Tensor:
        """Return the module's normalized weight, after the steps of power iteration."""
        weight, u, v = (getattr(module, self.name + suffix) for suffix in ("_orig", "_u", "_v"))
        W = self.matrix(weight)
        if module.training:
            self.iterate(W._data, u._data, v._data, self.iterations)
        return weight / dot(u.clone(), W @ v.clone())  # type: ignore[no-any-return]

    def iterate(self, W: Array, u: Array, v: Array, iterations: int) -> None:
        """Make steps of power iteration on u and v, in place; on arrays, which is faster."""
        for i in range(2 * iterations):
            if i % 2 == self.u_first:
                v[...] = self._unit(matmul(W.T, u))
            else:
                u[...] = self._unit(matmul(W, v))

    def _unit(self, x: Array) -> Array:
        """Return the vector divided by max(its length, eps)."""
        xp = namespace(x)
        return x / xp.maximum(xp.sqrt((x * x).sum()), xp.asarray(self.eps, x.dtype))


def spectral_norm(
    module: M,
    name: str = "weight",
    n_power_iterations: int = 1,
    eps: float = 1e-12,
    dim: int | None = None,
    *,
    generator: Seed = None,
    _u_first: bool = False,
) -> M:
    """Let a module divide its weight by the largest singular value, and return the module.

    The state has PyTorch's names: weight_orig, weight_u and weight_v; the last two are drawn from
    `generator`. `dim` is the dimension of the output channels. Raises ValueError if there is no
    parameter of this name with 2 or more dimensions, or if it already has a spectral norm.

    >>> import minigan
    >>> from minigan.nn import Linear
    >>> layer = spectral_norm(Linear(1, 1, bias=False))  # W / sigma(W) is 1 or -1
    >>> layer(minigan.tensor([[-3.0]])).abs()
    tensor([[3.]], op=Abs)
    """
    weight = vars(module).get(name)
    if not isinstance(weight, Parameter) or weight.ndim < 2:
        raise ValueError(
            f"spectral_norm: {type(module).__name__} has no matrix of parameters name={name!r}"
        )
    iterations = integer("spectral_norm", "n_power_iterations", n_power_iterations, 1)
    if dim is None:
        transposed = isinstance(module, ConvTranspose1d | ConvTranspose2d | ConvTranspose3d)
        dim = 1 if transposed else 0
    norm = SpectralNorm(name, iterations, number("spectral_norm", "eps", eps), dim, _u_first)
    rng = as_generator(generator)
    delattr(module, name)
    module.register_parameter(name + "_orig", weight)
    for suffix, size in zip(("_u", "_v"), norm.matrix(weight).shape, strict=True):
        vector = tensor(rng.standard_normal(size), dtype=weight.dtype, device=weight.device)
        module.register_buffer(name + suffix, normalize(vector, dim=0, eps=eps))
    if _u_first:
        u, v = (getattr(module, name + suffix)._data for suffix in ("_u", "_v"))
        norm.iterate(norm.matrix(weight)._data, u, v, 15)
    vars(module)[name] = weight.detach()
    module._computed[name] = norm
    return module


def remove_spectral_norm(module: M, name: str = "weight") -> M:
    """Make the module's weight a parameter again, with its present numbers; return the module.

    Raises ValueError if the weight has no spectral norm.
    """
    if not isinstance(module._computed.get(name), SpectralNorm):
        raise ValueError(
            f"remove_spectral_norm: {type(module).__name__} has no spectral norm of name={name!r}"
        )
    with no_grad():
        weight = module._computed.pop(name)(module)
    for suffix in ("", "_orig", "_u", "_v"):
        delattr(module, name + suffix)
    module.register_parameter(name, Parameter(weight))
    return module
