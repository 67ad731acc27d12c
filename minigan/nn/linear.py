"""Layers that multiply by a matrix: all inputs with all outputs, or a row picked by its number."""

from __future__ import annotations

import math
from typing import Any

from minigan.autograd import Tensor
from minigan.backend import Seed, as_generator
from minigan.checks import integer
from minigan.nn import functional as F
from minigan.nn import init
from minigan.nn.module import Module, Parameter, learned


def start(weight: Parameter, bias: Parameter | None, generator: Seed) -> None:
    """PyTorch's first weights of linear layers and convolutions: all evenly from +-1 / sqrt(fan
    in).
    """
    rng = as_generator(generator)
    init.kaiming_uniform_(weight, a=math.sqrt(5), generator=rng)
    if bias is not None:
        bound = 1 / math.sqrt(init.fans(weight)[0])
        init.uniform_(bias, -bound, bound, generator=rng)


class Linear(Module):
    """y = x W^T + b, W (out_features, in_features), for x (..., in_features).

    First weights are drawn from `generator`, evenly from +-1 / sqrt(in_features). Raises ValueError
    for sizes below 1.

    >>> import minigan
    >>> Linear(3, 2)(minigan.ones(4, 3)).shape
    (4, 2)
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: str | None = None,
        dtype: Any = None,
        *,
        generator: Seed = None,
    ) -> None:
        super().__init__()
        self.in_features = integer("Linear", "in_features", in_features, 1)
        self.out_features = integer("Linear", "out_features", out_features, 1)
        self.weight = learned("Linear", out_features, in_features, dtype=dtype, device=device)
        self.bias = learned("Linear", out_features, dtype=dtype, device=device) if bias else None
        self.reset_parameters(generator)

    def reset_parameters(self, generator: Seed = None) -> None:
        """Draw first weights anew."""
        start(self.weight, self.bias, generator)

    def forward(self, input: Tensor, negative_slope: float = 1.0) -> Tensor:
        """(..., in_features) -> (..., out_features); a slope below 1 adds that leaky ReLU, in the
        same op.
        """
        return F.linear_act(input, self.weight, self.bias, negative_slope)

    def extra_repr(self) -> str:
        """Its arguments."""
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )


class Embedding(Module):
    """A vector of embedding_dim numbers for each of num_embeddings integers: rows of a table, first
    drawn from N(0, 1).

    The row `padding_idx` starts as zeros and is never learned. Raises ValueError for sizes below 1
    or no such row.
    """

    weight: Parameter

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        *,
        device: str | None = None,
        dtype: Any = None,
        generator: Seed = None,
    ) -> None:
        super().__init__()
        self.num_embeddings = K = integer("Embedding", "num_embeddings", num_embeddings, 1)
        self.embedding_dim = integer("Embedding", "embedding_dim", embedding_dim, 1)
        if padding_idx is not None:
            if not -K <= integer("Embedding", "padding_idx", padding_idx, -K) < K:
                raise ValueError(
                    f"Embedding: padding_idx={padding_idx} is not a row (legal: {-K}..{K - 1})"
                )
            padding_idx %= K
        self.padding_idx = padding_idx
        self.weight = learned("Embedding", K, embedding_dim, dtype=dtype, device=device)
        self.reset_parameters(generator)

    @classmethod
    def from_pretrained(
        cls, embeddings: Tensor, freeze: bool = True, padding_idx: int | None = None
    ) -> Embedding:
        """With this table (num_embeddings, embedding_dim), not learned unless `freeze=False`."""
        K, D = embeddings.shape
        layer = cls(K, D, padding_idx, dtype=embeddings.dtype, device=embeddings.device)
        layer.weight = Parameter(embeddings, requires_grad=not freeze)
        return layer

    def reset_parameters(self, generator: Seed = None) -> None:
        """Draw the table anew."""
        init.normal_(self.weight, generator=generator)
        if self.padding_idx is not None:
            self.weight.data[self.padding_idx] = 0

    def forward(self, input: Tensor) -> Tensor:
        """Integers of any shape -> that shape + (embedding_dim,)."""
        return F.embedding(input, self.weight, self.padding_idx)

    def extra_repr(self) -> str:
        """Its arguments."""
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}{padding}"
