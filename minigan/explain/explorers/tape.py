"""The explorer of the tape: small recorded graphs, and four orders to walk them backward."""

from __future__ import annotations

from typing import Any

from minigan.autograd import engine
from minigan.autograd.tape import Tape
from minigan.check import check_grad
from minigan.explain.explorers import tape_walks
from minigan.explain.explorers.tape_graphs import GRAPHS
from minigan.functions.arithmetic import Add, Mul, Sub
from minigan.functions.hyperbolic import Tanh
from minigan.functions.reductions import Sum
from minigan.nn.functional.convolution import Conv

OPS = {"Add": Add, "Sub": Sub, "Mul": Mul, "Tanh": Tanh, "Sum": Sum, "Conv": Conv}

CODE = (
    *(graph.compute for graph in GRAPHS.values()),
    *tape_walks.WALKS.values(),
    *OPS.values(),
    *(engine.Walk, Tape.backward, check_grad),
)
"""The functions and classes whose source the page shows."""


def data(source: object = None) -> dict[str, Any]:
    """Return the numbers of each graph with their ops and lines; `source` is not used."""
    return {
        "graphs": {
            name: {"nodes": list(graph.nodes()), "function": graph.compute.__name__}
            for name, graph in GRAPHS.items()
        },
        "ops": {name: op.__module__.replace(".", "/") + ".py" for name, op in OPS.items()},
        "orders": list(tape_walks.WALKS),
    }
