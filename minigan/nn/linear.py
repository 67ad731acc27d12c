"""Linear layers: y = x W^T + b, and Embedding, which selects rows of a table."""

from __future__ import annotations

from typing import Any

from minigan.autograd import Tensor
from minigan.backend import Seed
from minigan.checks import boolean, integer
from minigan.nn import functional as F
from minigan.nn import init
from minigan.nn.module import Module
from minigan.nn.parameter import Parameter, new_parameter

__all__ = ["Linear", "Embedding"]


class Linear(Module):
    """y = x W^T + b for x (..., in_features), with W (out_features, in_features) and b.

    The initial weights are drawn from `generator`, uniformly from +-1 / sqrt(in_features). Raises
    ValueError if a size is below 1.

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
        options = {"dtype": dtype, "device": device}
        self.weight = new_parameter("Linear", out_features, in_features, **options)
        has_bias = boolean("Linear", "bias", bias)
        self.register_parameter(
            "bias", new_parameter("Linear", out_features, **options) if has_bias else None
        )
        self.reset_parameters(generator)

    def reset_parameters(self, generator: Seed = None) -> None:
        """Draw new initial weights."""
        init.default_(self.weight, self.bias, generator)

    def forward(self, input: Tensor, negative_slope: float = 1.0) -> Tensor:
        """Return (..., out_features) for an input (..., in_features).

        With a negative_slope below 1 a leaky ReLU follows, in the same op.
        """
        return F.linear_act(input, self.weight, self.bias, negative_slope)

    def extra_repr(self) -> str:
        """Return the arguments as text."""
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )


class Embedding(Module):
    """A table (num_embeddings, embedding_dim) whose rows are selected by integers.

    The table is drawn from N(0, 1), from `generator`. The row `padding_idx` starts as zeros and is
    never learned. Raises ValueError if a size is below 1 or padding_idx is not a row.

    >>> import minigan
    >>> Embedding(10, 3)(minigan.tensor([[1, 2, 9, 9]])).shape
    (1, 4, 3)
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
            if not -K <= integer("Embedding", "padding_idx", padding_idx) < K:
                raise ValueError(
                    f"Embedding: padding_idx={padding_idx} is not a row (legal: {-K}..{K - 1})"
                )
            padding_idx %= K
        self.padding_idx = padding_idx
        self.weight = new_parameter("Embedding", K, embedding_dim, dtype=dtype, device=device)
        self.reset_parameters(generator)

    @classmethod
    def from_pretrained(
        cls, embeddings: Tensor, freeze: bool = True, padding_idx: int | None = None
    ) -> Embedding:
        """Return a layer with this table, which is not learned unless `freeze` is False."""
        K, D = embeddings.shape
        freeze = boolean("Embedding.from_pretrained", "freeze", freeze)
        layer = cls(K, D, padding_idx, dtype=embeddings.dtype, device=embeddings.device)
        layer.weight = Parameter(embeddings, requires_grad=not freeze)
        return layer

    def reset_parameters(self, generator: Seed = None) -> None:
        """Draw a new table."""
        init.normal_(self.weight, generator=generator)
        if self.padding_idx is not None:
            self.weight._data[self.padding_idx] = 0
            self.weight.changed()

    def forward(self, input: Tensor) -> Tensor:
        """Return shape (*input.shape, embedding_dim) for integers of any shape."""
        return F.embedding(input, self.weight, self.padding_idx)

    def extra_repr(self) -> str:
        """Return the arguments as text."""
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}{padding}"
