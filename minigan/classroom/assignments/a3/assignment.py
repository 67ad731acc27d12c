"""The parts of A3 and their points."""

from __future__ import annotations

from minigan.classroom.assignments.a3 import inputs, models, solution
from minigan.classroom.model import Assignment, Function, Part

_COVERAGE = Function(
    "coverage", 20, solution.coverage, inputs.coverage, inputs.small_coverage, models.coverage,
    models.COVERAGE, inputs.probe_coverage,
)  # fmt: skip
_LAW = Function(
    "coverage_law", 25, solution.coverage_law, inputs.law, inputs.small_law, models.law,
    models.LAW, inputs.probe_law,
)  # fmt: skip
_UNIFORM = Function(
    "uniform_padding", 10, solution.uniform_padding, inputs.uniform, inputs.small_uniform,
    models.uniform, models.UNIFORM,
)  # fmt: skip
_SETTINGS = Function(
    "decoder_settings", 15, solution.decoder_settings, inputs.settings, inputs.small_settings,
    models.settings, models.SETTINGS,
)  # fmt: skip
_VARIANCES = Function(
    "phase_variances", 10, solution.phase_variances, inputs.variances, inputs.small_variances,
    models.variances, models.VARIANCES,
)  # fmt: skip

ASSIGNMENT = Assignment(
    id="A3",
    parts=(
        Part("3.1", 20, (_COVERAGE,), difficulty=1, minutes=15),
        Part("3.2", 25, (_LAW,), difficulty=2, minutes=25),
        Part("3.3", 10, (_UNIFORM,), difficulty=2, minutes=20),
        Part("3.3m", 10, difficulty=2, minutes=20, manual=True),
        Part("3.4", 15, (_SETTINGS,), difficulty=2, minutes=25),
        Part("3.5", 10, (_VARIANCES,), difficulty=2, minutes=20),
        Part("3.6", 10, difficulty=2, minutes=30, manual=True),
    ),
    chapters=("t04", "t05"),
    steps={
        "even-kernel-rule": "t05#divides",
        "floor-for-ceiling": "t05#law",
        "padding-not-in-phase": "t05#law",
        "counts-products-outside": "t05#border",
        "border-taken-for-interior": "t05#border",
    },
)
