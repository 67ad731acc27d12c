"""Which settings of a convolution are legal, each checked for all axes at once."""

from __future__ import annotations

from typing import Any

from minigan.checks import Shape, per_axis


def check_settings(
    name: str,
    D: int,
    kernel_size: Any,
    stride: Any = 1,
    dilation: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
) -> tuple[Shape, Shape, Shape, Any, Shape]:
    """Return these five settings of a layer, each for D axes, before any input is known.

    `padding` may be 'same' or 'valid'; it is then returned unchanged. `name` begins the error
    messages. Raises TypeError if a setting is not an integer, and ValueError if it is not legal.

    >>> check_settings("Conv2d", 2, kernel_size=3, stride=(2, 1), padding="valid")
    ((3, 3), (2, 1), (1, 1), 'valid', (0, 0))
    """
    if isinstance(padding, str):
        k, s, d, _ = integer_settings(name, D, kernel_size, stride, dilation, 0)
        check_named_padding(name, padding, s)
        return k, s, d, padding, (0,) * D
    k, s, d, p = integer_settings(name, D, kernel_size, stride, dilation, padding)
    return k, s, d, p, check_output_padding(name, D, output_padding, s, d)


def integer_settings(
    name: str, D: int, kernel_size: Any, stride: Any, dilation: Any, padding: Any
) -> tuple[Shape, Shape, Shape, Shape]:
    """Return these four settings, each for D axes. Raises as `check_settings` does."""
    return (
        per_axis(name, "kernel_size", kernel_size, D),
        per_axis(name, "stride", stride, D),
        per_axis(name, "dilation", dilation, D),
        per_axis(name, "padding", padding, D, least=0),
    )


def check_named_padding(name: str, padding: str, stride: Shape) -> None:
    """Raise ValueError if the padding is not 'valid', or 'same' with stride 1."""
    if padding not in ("same", "valid"):
        raise ValueError(
            f"{name}: padding={padding!r} is not known (legal: 'same', 'valid' or integers)"
        )
    if padding == "same" and max(stride) > 1:
        raise ValueError(f"{name}: padding='same' needs stride=1, not stride={stride!r}")


def check_output_padding(name: str, D: int, value: Any, stride: Shape, dilation: Shape) -> Shape:
    """Return the output_padding for D axes; each must be below the stride or the dilation.

    Raises TypeError if it is not an integer, and ValueError if it is not legal.
    """
    output_padding = per_axis(name, "output_padding", value, D, least=0)
    for op, s, d in zip(output_padding, stride, dilation, strict=True):
        if op >= max(s, d):
            legal = ", ".join(map(str, range(max(s, d))))
            raise ValueError(
                f"{name}: output_padding={op} must be smaller than stride={s} or dilation={d} "
                f"(legal: {legal})"
            )
    return output_padding


def require_half(name: str, taps: int, padding: int) -> None:
    """Raise ValueError if the padding of a pooling is more than half of the kernel's size."""
    if 2 * padding > taps:
        raise ValueError(
            f"{name}: padding={padding} must be at most half of kernel_size={taps} "
            f"(legal: 0..{taps // 2})"
        )


def too_large(name: str, k: int, d: int, X: int, p: int) -> ValueError:
    """Return the error of a kernel that is larger than the padded input."""
    kernel = f"kernel_size={k}"
    if d > 1:
        kernel = f"kernel_size={k} with dilation={d}, {d * (k - 1) + 1} wide,"
    return ValueError(
        f"{name}: {kernel} is larger than the padded input size {X + 2 * p} (input size {X}, "
        f"padding={p})"
    )
