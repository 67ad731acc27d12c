"""What is done to the parameters of a whole model: clipping gradients, spectral norm, all numbers
as one vector.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from minigan.autograd import Tensor, no_grad
from minigan.backend import Array, Seed, as_generator, namespace
from minigan.checks import number
from minigan.functions import tensor
from minigan.functions.arguments import tensor_of
from minigan.functions.concatenation import cat
from minigan.functions.products import dot
from minigan.nn.convolution import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from minigan.nn.functional import normalize
from minigan.nn.module import Module, Parameter
from minigan.threads import matmul

M = TypeVar("M", bound=Module)


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
) -> Tensor:
    """Scale all gradients together so that their norm, as one vector, is at most max_norm; returns
    the norm before.

    Raises RuntimeError for a norm that is not finite, if asked to.
    """
    most, p = number("clip_grad_norm_", "max_norm", max_norm, 0.0), float(norm_type)
    if not p > 0:
        raise ValueError(f"clip_grad_norm_: norm_type={norm_type} must be > 0 or inf")
    with no_grad():
        gradients = _gradients("clip_grad_norm_", parameters)
        norms = [g.detach().norm(p) for g in gradients]
        total = (norms[0] if len(norms) == 1 else _joined(norms).norm(p)) if norms else tensor(0.0)
        if error_if_nonfinite and not math.isfinite(total.item()):
            raise RuntimeError(f"clip_grad_norm_: the gradients' norm is {total.item()}")
        factor = (
            min(1.0, most / (total.item() + 1e-6)) if not math.isnan(total.item()) else math.nan
        )
        for g in gradients:
            g.mul_(factor)
    return total


def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float) -> None:
    """Put every number of the gradients into [-clip_value, clip_value]."""
    most = number("clip_grad_value_", "clip_value", clip_value, 0.0)
    with no_grad():
        for g in _gradients("clip_grad_value_", parameters):
            g.clamp_(-most, most)


def _gradients(function: str, parameters: Tensor | Iterable[Tensor]) -> list[Tensor]:
    several = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    return [p.grad for p in several if tensor_of(function, "parameters", p).grad is not None]  # type: ignore[misc]


def _joined(numbers: list[Tensor]) -> Tensor:
    return cat([x.reshape(1) for x in numbers])  # () -> (1,)


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All numbers of the parameters as one vector, in the graph."""
    return cat([p.reshape(-1) for p in parameters])  # shape -> (numel,)


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Write such a vector back, in place. Raises ValueError if their sizes differ."""
    several = list(parameters)
    sizes = [p.numel() for p in several]
    if vec.shape != (sum(sizes),):
        raise ValueError(
            f"vector_to_parameters: vec has shape {vec.shape}; it must be ({sum(sizes)},)"
        )
    with no_grad():
        for p, part in zip(several, vec.detach().split(sizes), strict=True):
            p.copy_(part.reshape(p.shape))  # (numel,) -> shape


# ------------------------------------------------------------------------------------ spectral norm


@dataclass(frozen=True)
class SpectralNorm:
    """W / sigma(W), sigma the largest singular value of W as a matrix: u^T W v, u and v found by
    power iteration.

    In training mode each call of the module does `iterations` more steps of it (Miyato et al. 2018,
    algorithm 1).
    """

    name: str
    iterations: int
    eps: float
    dim: int

    def matrix(self, weight: Tensor) -> Tensor:
        """The weight with dimension `dim` first and all others as one: (size, rest)."""
        return weight.movedim(self.dim, 0).reshape(weight.shape[self.dim], -1)

    def __call__(self, module: Module) -> Tensor:
        """The module's normalized weight, after a few more steps of power iteration."""
        weight, u, v = (getattr(module, self.name + suffix) for suffix in ("_orig", "_u", "_v"))
        W = self.matrix(weight)
        if module.training:
            for _ in range(
                self.iterations
            ):  # on arrays: two products and two norms cost less than their tape would
                v._data[...] = self._unit(matmul(W._data.T, u._data))
                u._data[...] = self._unit(matmul(W._data, v._data))
        return weight / dot(u.clone(), W @ v.clone())  # type: ignore[no-any-return]

    def _unit(self, x: Array) -> Array:
        """The vector over its length, or over eps if it is shorter."""
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
) -> M:
    """Let the module use its weight over the weight's largest singular value, so that it is
    1-Lipschitz.

    The state has PyTorch's names: weight_orig, weight_u, weight_v, the last two first drawn from
    `generator`. Raises ValueError where there is no such parameter, or it has it already.
    """
    weight = vars(module).get(name)
    if not isinstance(weight, Parameter) or weight.ndim < 2:
        raise ValueError(
            f"spectral_norm: {type(module).__name__} has no matrix of parameters name={name!r}"
        )
    if (
        isinstance(n_power_iterations, bool)
        or not isinstance(n_power_iterations, int)
        or n_power_iterations < 1
    ):
        raise ValueError(
            f"spectral_norm: n_power_iterations={n_power_iterations!r} must be an integer of at "
            "least 1"
        )
    transposed = isinstance(module, ConvTranspose1d | ConvTranspose2d | ConvTranspose3d)
    norm = SpectralNorm(
        name, n_power_iterations, eps, (1 if transposed else 0) if dim is None else dim
    )
    rng = as_generator(generator)
    delattr(module, name)
    module.register_parameter(name + "_orig", weight)
    for suffix, size in zip(("_u", "_v"), norm.matrix(weight).shape, strict=True):
        start = tensor(rng.standard_normal(size), dtype=weight.dtype, device=weight.device)
        module.register_buffer(name + suffix, normalize(start, dim=0, eps=eps))
    vars(module)[name] = weight.detach()
    module._computed[name] = norm
    return module


def remove_spectral_norm(module: M, name: str = "weight") -> M:
    """Let the module's weight be a parameter again, with the numbers that it has now."""
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
