"""All parameters of a model as one vector, and back."""

from __future__ import annotations

from collections.abc import Iterable

from minigan.autograd import Tensor, no_grad
from minigan.functions.arguments import tensor_of, tensors_of
from minigan.functions.concatenation import cat

__all__ = ["parameters_to_vector", "vector_to_parameters"]


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """Return all numbers of the parameters as one vector, which is part of the graph.

    Raises TypeError if parameters are not Tensors, and ValueError if there are none.

    >>> from minigan.nn import Linear
    >>> parameters_to_vector(Linear(3, 2).parameters()).shape
    (8,)
    """
    several = tensors_of("parameters_to_vector", "parameters", parameters)
    return cat([p.reshape(-1) for p in several])  # shape -> (numel,)


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Write the numbers of such a vector into the parameters, in place.

    Raises ValueError if the sizes differ, and TypeError if vec is not a Tensor.

    >>> import minigan
    >>> from minigan.nn import Linear
    >>> layer = Linear(2, 1)
    >>> vector_to_parameters(minigan.arange(3.0), layer.parameters()); layer.bias.tolist()
    [2.0]
    """
    several = tensors_of("vector_to_parameters", "parameters", parameters)
    tensor_of("vector_to_parameters", "vec", vec)
    sizes = [p.numel() for p in several]
    if vec.shape != (sum(sizes),):
        raise ValueError(
            f"vector_to_parameters: vec has shape {vec.shape}; it must be ({sum(sizes)},)"
        )
    with no_grad():
        for p, part in zip(several, vec.detach().split(sizes), strict=True):
            p.copy_(part.reshape(p.shape))  # (numel,) -> shape
