"""Names of torch.autograd that are not here, each with what to write in its place."""

from __future__ import annotations

from typing import Any, NoReturn

from minigan.autograd.tensor import Tensor
from minigan.checks import absent, boolean

_NAMES = {
    "Function": (
        "write a minigan.Op: forward on arrays, and a rule backward_x(self, g, ...) on tensors for "
        "each input (README, How to add an op)"
    ),
    "backward": "write loss.backward(gradient), and (loss1 + loss2).backward() for two losses",
    "gradcheck": "write minigan.check.check_grad(function, *inputs)",
    "gradgradcheck": "write minigan.check.check_grad(function, *inputs, order=2)",
    "functional": "use minigan.grad(outputs, inputs, create_graph=True)",
    "profiler": "minigan.Tape(loss) lists every op with its FLOPs and bytes",
    "detect_anomaly": "step through minigan.Tape(loss).backward() and look at each gradient",
    "set_detect_anomaly": "step through minigan.Tape(loss).backward() and look at each gradient",
    "graph": "minigan.Tape(loss) lists and draws the recorded ops",
}


class _VariableType(type):
    """The type of Variable: every Tensor is an instance of Variable."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, Tensor)


class Variable(metaclass=_VariableType):
    """An older name: `Variable(x, requires_grad=False)` returns a tensor with x's memory, a leaf.

    Raises TypeError if x is not a Tensor or requires_grad is not a bool. `volatile` has no effect,
    as in PyTorch; use `no_grad()`.

    >>> Variable(Tensor([1.0]), requires_grad=True)
    tensor([1.], requires_grad=True)
    """

    def __new__(cls, data: Any, requires_grad: bool = False, volatile: Any = None) -> Any:
        """Return the tensor."""
        if not isinstance(data, Tensor):
            raise TypeError(
                f"Variable: data must be a Tensor, not {type(data).__name__} (write "
                "minigan.tensor(data))"
            )
        x = data.detach()
        x.requires_grad = boolean("Variable", "requires_grad", requires_grad)
        return x


def no_name(name: str) -> NoReturn:
    """Raise AttributeError for a name that minigan.autograd does not have."""
    raise absent("minigan.autograd", name, _NAMES)
