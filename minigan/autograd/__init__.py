"""The tape: tensors that remember how they were computed, ops with their rules, and backward."""

from minigan.autograd.engine import BackwardStep, grad
from minigan.autograd.fused import FusedOp
from minigan.autograd.modes import enable_grad, is_grad_enabled, no_grad, set_grad_enabled
from minigan.autograd.op import Node, Op
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
    "grad",
    "no_grad",
    "enable_grad",
    "is_grad_enabled",
    "set_grad_enabled",
]
