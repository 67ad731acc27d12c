"""The parts of A2 and their points."""

from __future__ import annotations

from minigan.classroom.assignments.a2 import draws, models, probes, solution
from minigan.classroom.model import Assignment, Function, Part

_SCATTER1D = Function(
    "conv_transpose1d", 8, solution.conv_transpose1d, draws.scatter1d, probes.small_scatter1d,
    models.scatter1d, models.SCATTER1D, probes.probe_scatter1d,
)  # fmt: skip
_SCATTER2D = Function(
    "conv_transpose2d_scatter", 8, solution.conv_transpose2d_scatter, draws.scatter2d,
    probes.small_scatter2d, models.scatter, models.SCATTER2D, probes.probe_scatter2d,
)  # fmt: skip
_MATRIX = Function(
    "conv_matrix", 7, solution.conv_matrix, draws.matrix, probes.small_matrix, models.matrix,
    models.MATRIX,
)  # fmt: skip
_BY_MATRIX = Function(
    "conv_transpose_by_matrix", 7, solution.conv_transpose_by_matrix, draws.by_matrix,
    probes.small_by_matrix, models.by_matrix, models.BY_MATRIX,
)  # fmt: skip
_STRIDE1 = Function(
    "conv_transpose2d_stride1", 14, solution.conv_transpose2d_stride1, draws.stride1,
    probes.small_stride1, models.stride1, models.STRIDE1, probes.probe_stride1, probes.negative,
)  # fmt: skip
_HOLES = Function(
    "conv_transpose2d_holes", 18, solution.conv_transpose2d_holes, draws.holes,
    probes.small_holes, models.holes, models.HOLES, probes.probe_holes, probes.negative,
)  # fmt: skip
_SIZE = Function(
    "output_size", 9, solution.output_size, draws.size_of, probes.small_sizes, models.size_of,
    models.SIZE, probes.probe_sizes,
)  # fmt: skip
_LEGAL = Function(
    "legal_output_paddings", 9, solution.legal_output_paddings, draws.legal, probes.small_legal,
    models.legal, models.LEGAL, probes.probe_legal,
)  # fmt: skip
_BACKWARD = Function(
    "conv_transpose2d_backward", 16, solution.conv_transpose2d_backward, draws.backward,
    probes.small_backward, models.backward, models.BACKWARD, probes.probe_backward,
)  # fmt: skip
_COUNT = Function(
    "useful_multiplications", 4, solution.useful_multiplications, draws.count,
    probes.small_count, models.count, models.COUNT,
)  # fmt: skip

ASSIGNMENT = Assignment(
    id="A2",
    parts=(
        Part("2.1", 16, (_SCATTER1D, _SCATTER2D), difficulty=1, minutes=25),
        Part("2.2", 14, (_MATRIX, _BY_MATRIX), difficulty=1, minutes=20),
        Part("2.3", 14, (_STRIDE1,), difficulty=2, minutes=25, conv2d=True),
        Part("2.4", 18, (_HOLES,), difficulty=2, minutes=30, conv2d=True),
        Part("2.5", 18, (_SIZE, _LEGAL), difficulty=2, minutes=25),
        Part("2.6", 16, (_BACKWARD,), difficulty=3, minutes=40),
        Part("2.7", 4, (_COUNT,), difficulty=1, minutes=5),
    ),
    chapters=("t02", "t03", "t04"),
    given=("conv2d",),
    steps={
        "overlap-overwritten": "t03#scatter",
        "kernel-not-flipped": "t03#unflipped",
        "channels-not-swapped": "t03#channels",
        "stride-axes-swapped": "t04#film",
        "kernel-axes-swapped": "t03#film",
        "stride-ignored": "t04#scatter",
        "s-holes-instead-of-s-minus-1": "t04#holes",
        "holes-after-the-last": "t04#holes",
        "padding-added-not-cropped": "t04#crop",
        "padding-p-instead-of-p-prime": "t03#padding",
        "crops-one-side-only": "t04#crop",
        "output-padding-ignored": "t04#output-padding",
        "output-padding-before": "t04#output-padding",
        "dilation-ignored": "t04#dilation",
        "size-off-by-one": "t04#sizes",
        "only-zero-to-stride": "t04#choose",
        "matrix-not-transposed": "t03#matrix",
        "weight-gradient-flipped": "t02#gradient",
        "bias-gradient-averaged": "t02#gradient",
        "input-gradient-without-stride": "t03#gradient",
        "counts-holes-as-useful": "t04#waste",
    },
)
