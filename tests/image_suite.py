"""Convolution, pooling, padding, resizing and folding as a table for minigan and for PyTorch."""

from collections.abc import Iterable
from itertools import islice, product
from typing import Any

from function_suite import call
from op_case import Case, positive, real, ties

SPACES = {1: (7,), 2: (7, 5), 3: (4, 5, 6)}


def label(name: str, settings: dict[str, Any]) -> str:
    return " ".join([name, *(f"{key}={value}" for key, value in settings.items())])


def some(step: int, **choices: Iterable[Any]) -> list[dict[str, Any]]:
    """Return every `step`-th combination; step shares no factor with the numbers of choices."""
    values = islice(product(*choices.values()), 0, None, step)
    return [dict(zip(choices, combination, strict=True)) for combination in values]


def cases(name: str, inputs: tuple[Any, ...], table: list[dict[str, Any]]) -> list[Case]:
    return [Case(label(name, settings), call(name, **settings), inputs) for settings in table]


def fits(settings: dict[str, Any]) -> bool:
    """Return whether the padding is at most half of the kernel size, as pooling requires."""
    kernel, padding = settings["kernel_size"], settings["padding"]
    pairs = zip(kernel, padding, strict=True) if isinstance(kernel, tuple) else [(kernel, padding)]
    return all(2 * p <= k for k, p in pairs)


MAX_POOLS = {
    D: [
        settings
        for settings in some(
            step,
            kernel_size=kernels,
            stride=(None, 1, 2, 3),
            padding=paddings,
            dilation=(1, 2),
            ceil_mode=(False, True),
            return_indices=(False, True),
        )
        if fits(settings)
    ]
    for D, step, kernels, paddings in (
        (1, 7, (2, 3, 4), (0, 1)),
        (2, 7, ((2, 3), (3, 2), (1, 3)), ((0, 0), (0, 1))),
        (3, 13, ((2, 1, 3), (2, 2, 2)), ((0, 0, 0), (1, 0, 1))),
    )
}
AVERAGE_POOLS = {
    D: [
        settings
        for settings in some(
            step,
            kernel_size=kernels,
            stride=(None, 1, 2),
            padding=paddings,
            ceil_mode=(False, True),
            count_include_pad=(True, False),
        )
        if fits(settings)
    ]
    for D, step, kernels, paddings in (
        (1, 5, (2, 3, 4), (0, 1)),
        (2, 5, ((2, 3), (3, 2), (1, 3)), ((0, 0), (0, 1))),
        (3, 7, ((2, 1, 3), (2, 2, 2)), ((0, 0, 0), (1, 0, 1))),
    )
}
POOLING = [
    case
    for D, X in SPACES.items()
    for source in (real(2, 3, *X), real(3, *X))
    for case in (
        *cases(f"max_pool{D}d", (source,), MAX_POOLS[D][source.ndim % 2 :: 2]),
        *cases(f"avg_pool{D}d", (source,), AVERAGE_POOLS[D][source.ndim % 2 :: 2]),
        *cases(f"adaptive_avg_pool{D}d", (source,), [{"output_size": n} for n in (1, 2, 3, 8)]),
        *cases(f"adaptive_max_pool{D}d", (source,), [{"output_size": n} for n in (1, 2, 3)]),
    )
] + [
    *cases("max_pool2d", (ties(2, 3, 7, 5),), MAX_POOLS[2][::3]),
    *cases(
        "avg_pool2d", (real(2, 3, 7, 5),), some(1, kernel_size=(2, 3), divisor_override=(3, -2))
    ),
    *cases("adaptive_avg_pool2d", (real(2, 3, 7, 5),), [{"output_size": (3, None)}]),
    *cases("adaptive_max_pool2d", (ties(2, 3, 7, 5),), [{"output_size": (3, 4)}]),
    *cases("lp_pool1d", (positive(2, 3, 7),), [{"norm_type": 3.0, "kernel_size": 2}]),
    *cases(
        "lp_pool2d",
        (positive(2, 3, 7, 5),),
        some(1, norm_type=(1.0, 2.0, 4.0), kernel_size=((2, 3),), ceil_mode=(False, True)),
    ),
]

PADDING = [
    case
    for D, X in SPACES.items()
    for mode in ("constant", "reflect", "replicate", "circular")
    for case in cases(
        "pad",
        (real(2, 3, *X),),
        [
            {"pad": ((2, 1), (2, 1, 0, 3), (2, 1, 0, 3, 1, 2))[D - 1], "mode": mode},
            {"pad": ((-1, 2), (-1, 2, 3, -2), (-1, 2, 3, -2, 0, 1))[D - 1], "mode": mode},
        ],
    )
] + cases(
    "pad",
    (real(2, 3, 5),),
    [
        {"pad": (1, 2), "value": -1.5},
        {"pad": (1, 0, 2, 1), "value": 2.0},
        {"pad": (0, -1, 0, 0, 1, 1), "mode": "constant", "value": None},
    ],
)

LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}
RESIZING = [
    case
    for D, X in SPACES.items()
    for mode in ("nearest", "nearest-exact", "area", "linear")
    for how in ({"size": 11}, {"size": 3}, {"scale_factor": 2}, {"scale_factor": 0.7}, {
        "scale_factor": 1.3, "recompute_scale_factor": True}, {"scale_factor": 1.3})
    for align in ((None, False, True) if mode == "linear" else (None,))
    for case in cases(
        "interpolate",
        (real(2, 3, *X),),
        [
            how
            | {"mode": LINEAR[D] if mode == "linear" else mode}
            | ({} if align is None else {"align_corners": align})
        ],
    )
] + [
    *cases("interpolate", (real(2, 3, 7, 5),), [{"size": (4, 9)}, {"scale_factor": (3, 0.5)}]),
    *cases("pixel_shuffle", (real(2, 12, 3, 5),), [{"upscale_factor": 2}]),
    *cases("pixel_unshuffle", (real(2, 3, 4, 6),), [{"downscale_factor": 2}]),
]  # fmt: skip

WINDOWS = some(
    5, kernel_size=(2, (3, 2)), dilation=(1, (2, 1)), padding=(0, (1, 2)), stride=(1, 2, (3, 1))
)


def windows(settings: dict[str, Any]) -> int:
    """Return how many windows `settings` have on an image of 6 x 5 pixels."""
    pairs = {key: (v, v) if isinstance(v, int) else v for key, v in settings.items()}
    counts = [
        (X + 2 * p - d * (k - 1) - 1) // s + 1
        for X, k, d, p, s in zip((6, 5), *(pairs[key] for key in pairs), strict=True)
    ]
    return counts[0] * counts[1]


FOLDING = cases("unfold", (real(2, 3, 6, 5),), WINDOWS) + [
    case
    for settings in WINDOWS
    for taps in [4 if settings["kernel_size"] == 2 else 6]
    for case in cases(
        "fold", (real(2, 3 * taps, windows(settings)),), [{"output_size": (6, 5)} | settings]
    )
]


def conv_inputs(D: int, transposed: bool, groups: int, bias: bool) -> tuple[Any, ...]:
    """Return x (2, 4, ...), w and, if wanted, b; the kernels are 3, 2 and 2 taps wide."""
    taps = (3, 2, 2)[:D]
    w = real(4, 6 // groups, *taps) if transposed else real(6, 4 // groups, *taps)
    return (real(2, 4, *SPACES[D]), w / 2, *((real(6),) if bias else ()))


CONVOLUTION = [
    case
    for D in SPACES
    for bias, groups in ((True, 1), (False, 1), (True, 2))
    for stride, padding, dilation in (
        (1, 0, 1), (2, 1, 1), ((3, 1, 2)[:D], (0, 2, 1)[:D], 1), (1, (1, 0, 1)[:D], (2, 1, 1)[:D]),
    )
    for case in (
        *cases(
            f"conv{D}d",
            conv_inputs(D, False, groups, bias),
            [{"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}],
        ),
        *cases(
            f"conv_transpose{D}d",
            conv_inputs(D, True, groups, bias),
            [{"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}],
        ),
    )
] + [
    *cases("conv2d", conv_inputs(2, False, 1, True), [{"padding": "same"}, {"padding": "valid"}]),
    *cases("conv1d", conv_inputs(1, False, 2, True), [{"padding": "same", "groups": 2}]),
    *cases("conv3d", conv_inputs(3, False, 1, False), [{"padding": "same", "dilation": 2}]),
    *cases(
        "conv_transpose2d",
        conv_inputs(2, True, 2, True),
        [
            {"stride": 2, "output_padding": 1, "groups": 2},
            {"stride": (2, 3), "output_padding": (1, 2), "groups": 2, "padding": 1},
            {"stride": 1, "dilation": (2, 3), "output_padding": (1, 2), "groups": 2},
        ],
    ),
    *cases(
        "conv_transpose1d", conv_inputs(1, True, 1, False), [{"stride": 3, "output_padding": 2}]
    ),
    *cases("conv_transpose3d", conv_inputs(3, True, 1, True), [{"stride": 2, "output_padding": 1}]),
]  # fmt: skip

CASES = POOLING + PADDING + RESIZING + FOLDING + CONVOLUTION
