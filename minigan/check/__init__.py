"""Checks of gradients: of one function, of every op of minigan, and of the ops in a user's file."""

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
