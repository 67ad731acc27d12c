"""Layers of two inputs: their angle, their distance, and a learned bilinear map."""

from __future__ import annotations

from typing import Any

from minigan.autograd import Tensor
from minigan.backend import Seed, as_generator
from minigan.checks import boolean, integer
from minigan.nn import functional as F
from minigan.nn import init
from minigan.nn.function import Function
from minigan.nn.module import Module
from minigan.nn.parameter import Parameter, new_parameter

__all__ = ["CosineSimilarity", "PairwiseDistance", "Bilinear"]


class CosineSimilarity(Function):
    """<x1, x2> / (|x1| |x2|) along dim; lengths are at least eps.

    >>> import minigan
    >>> CosineSimilarity()(minigan.tensor([[1.0, 0.0]]), minigan.tensor([[3.0, 4.0]]))
    tensor([0.6])
    """

    function, shown = F.cosine_similarity, ()
    dim: int = 1
    eps: float = 1e-8


class PairwiseDistance(Function):
    """|x1 - x2 + eps|_p along the last dimension, with p = norm_type."""

    function, shown = F.pairwise_distance, ()
    p: float = 2.0
    eps: float = 1e-6
    keepdim: bool = False


class Bilinear(Module):
    """y[k] = sum over i, j of x1[i] w[k, i, j] x2[j], plus bias[k], for inputs (..., I), (..., J).

    The initial weights are drawn from `generator`, uniformly from +-1 / sqrt(in1_features). Raises
    ValueError if a size is below 1.

    >>> import minigan
    >>> Bilinear(3, 4, 2)(minigan.ones(5, 3), minigan.ones(5, 4)).shape
    (5, 2)
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        device: str | None = None,
        dtype: Any = None,
        *,
        generator: Seed = None,
    ) -> None:
        super().__init__()
        self.in1_features = integer("Bilinear", "in1_features", in1_features, 1)
        self.in2_features = integer("Bilinear", "in2_features", in2_features, 1)
        self.out_features = integer("Bilinear", "out_features", out_features, 1)
        sizes, options = (out_features, in1_features, in2_features), {"dtype": dtype}
        self.weight = new_parameter("Bilinear", *sizes, **options, device=device)
        self.register_parameter("bias", None)
        if boolean("Bilinear", "bias", bias):
            self.bias = new_parameter("Bilinear", out_features, **options, device=device)
        self.reset_parameters(generator)

    def reset_parameters(self, generator: Seed = None) -> None:
        """Draw new initial weights."""
        rng, bound = as_generator(generator), self.in1_features**-0.5
        init.uniform_(self.weight, -bound, bound, rng)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound, rng)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        """Return (..., out_features) for inputs (..., in1_features) and (..., in2_features)."""
        return F.bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Return the arguments as text."""
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, "
            f"out_features={self.out_features}, bias={self.bias is not None}"
        )
