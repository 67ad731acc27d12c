"""What a finished model makes of many inputs: nothing recorded, nothing trained, a few hundred at a
time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigan import nn
from minigan.autograd import Tensor, no_grad
from minigan.functions import as_tensor

_AT_A_TIME = 250


@no_grad()
def outputs(model: nn.Module, inputs: Tensor | np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The outputs (N, ...) of a model in evaluation mode for inputs (N, ...), which may be
    elsewhere than the model.

    The model is left in the mode it was in. Raises ValueError for no inputs.

    >>> outputs(nn.Dropout(0.5, generator=0), np.ones((2, 3), np.float32)).tolist()
    [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]
    """
    if not len(inputs):
        raise ValueError("outputs: inputs is empty (legal: at least one)")
    like, mode = next(iter(model.parameters()), None), model.training
    model.eval()
    try:
        parts = []
        for start in range(0, len(inputs), _AT_A_TIME):
            x = as_tensor(inputs[start : start + _AT_A_TIME])
            parts.append(model(x if like is None else x.to(like.dtype).to(like.device)).numpy())
    finally:
        model.train(mode)
    return np.ascontiguousarray(np.concatenate(parts))
