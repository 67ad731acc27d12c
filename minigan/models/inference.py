"""Applies a trained model to many inputs: in evaluation mode, without recording, in parts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from minigan import nn
from minigan.autograd import Tensor, no_grad
from minigan.functions import as_tensor

_AT_ONCE = 250  # inputs


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Put a model into evaluation mode for a `with` block; then restore the mode of each module.

    >>> model = nn.Sequential(nn.Dropout(0.5), nn.Linear(2, 1).eval())
    >>> with evaluating(model):
    ...     model.training
    False
    >>> [module.training for module in model.modules()]
    [True, True, False]
    """
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


@no_grad()
def outputs(model: nn.Module, inputs: Tensor | np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the outputs (N, ...) of a model in evaluation mode for inputs (N, ...), as an array.

    Inputs are converted to the dtype and device of the model. The model keeps its mode. Raises
    ValueError if there are no inputs.

    >>> outputs(nn.Dropout(0.5, generator=0), np.ones((2, 3), np.float32)).tolist()
    [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]
    """
    if not len(inputs):
        raise ValueError("outputs: inputs is empty (legal: at least one)")
    like = next(iter(model.parameters()), None)
    parts = []
    with evaluating(model):
        for start in range(0, len(inputs), _AT_ONCE):
            x = as_tensor(inputs[start : start + _AT_ONCE])
            parts.append(model(x if like is None else x.to(like.dtype).to(like.device)).numpy())
    return np.ascontiguousarray(np.concatenate(parts))
