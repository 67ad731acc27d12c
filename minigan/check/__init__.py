"""Checking gradients: `check_grad` and `check_adjoint` for one function, `check_all` and
`check_file` for many ops.
"""

from minigan.check.adjoints import check_adjoint
from minigan.check.gradients import Checked, check_grad
from minigan.check.problem import GradientError
from minigan.check.rows import Row, check_all, check_file, format_rows

__all__ = [
    "Checked",
    "GradientError",
    "Row",
    "check_adjoint",
    "check_all",
    "check_file",
    "check_grad",
    "format_rows",
]
