"""Checks of gradients: of one function, of every op of minigan, and of the ops in a user's file.

`gradients` and `adjoints` check one function, on a `problem`; `examples` lists minigan's own ops.
`homework` checks a user's file: its `session` asks a child process (`process`, `worker`), in which
`submission` runs the file; `reference` compares an op with a function of minigan. `wrong` holds
small wrong convolutions, with the right ones in `right`.
"""

from minigan.check.adjoints import check_adjoint
from minigan.check.gradients import Checked, check_grad
from minigan.check.homework import Homework, check_file
from minigan.check.problem import GradientError
from minigan.check.rows import Row, check_all, format_rows, rows_json
from minigan.check.template import TEMPLATE

__all__ = [
    "TEMPLATE",
    "Checked",
    "GradientError",
    "Homework",
    "Row",
    "check_adjoint",
    "check_all",
    "check_file",
    "check_grad",
    "format_rows",
    "rows_json",
]
