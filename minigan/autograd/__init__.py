"""The tape: tensors that remember how they were computed, ops with their rules, and backward."""

from minigan.autograd.absent import Variable, no_name
from minigan.autograd.engine import BackwardStep, grad
from minigan.autograd.fused import FusedOp
from minigan.autograd.modes import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    no_grad,
    set_grad_enabled,
)
from minigan.autograd.node import Node
from minigan.autograd.op import Op
from minigan.autograd.tape import Entry, Tape
from minigan.autograd.tensor import Tensor

__all__ = [
    "Tensor",
    "Op",
    "FusedOp",
    "Node",
    "Tape",
    "Entry",
    "BackwardStep",
    "Variable",
    "grad",
    "no_grad",
    "inference_mode",
    "enable_grad",
    "is_grad_enabled",
    "set_grad_enabled",
]

globals()["__getattr__"] = no_name  # type checkers shall still find misspelt names
