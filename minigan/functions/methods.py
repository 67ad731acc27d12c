"""The methods and operators of a Tensor: a table that is applied once, at import.

Every function of these families whose first argument is called `input` is also a method of the same
name. OPERATORS, OTHERS and PROPERTIES list what does not follow this rule. After a change run
`python -m minigan.functions.stub`, which writes the table to `autograd/tensor.pyi` for type
checkers and editors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from minigan.autograd import dtypes
from minigan.autograd.engine import backward
from minigan.autograd.tensor import Tensor
from minigan.functions import (
    arithmetic,
    broadcasting,
    casting,
    choosing,
    comparison,
    concatenation,
    copying,
    counting,
    creation,
    creation_like,
    diagonals,
    einstein_summation,
    elementwise,
    extrema,
    flipping,
    gathering,
    hyperbolic,
    indexing,
    inplace,
    inplace_random,
    inplace_shaping,
    metadata,
    order_statistics,
    powers,
    products,
    random,
    reductions,
    repetition,
    rounding,
    scattering,
    shaping,
    signs,
    softmaxes,
    sorting,
    special,
    statistics,
    trigonometry,
)
from minigan.functions.absent import ATTRIBUTES
from minigan.functions.operands import is_operand
from minigan.functions.protocols import PROTOCOLS

FAMILIES = (
    arithmetic,
    powers,
    elementwise,
    trigonometry,
    hyperbolic,
    special,
    rounding,
    signs,
    comparison,
    choosing,
    reductions,
    statistics,
    extrema,
    softmaxes,
    sorting,
    order_statistics,
    counting,
    products,
    einstein_summation,
    copying,
    shaping,
    flipping,
    repetition,
    broadcasting,
    concatenation,
    gathering,
    hyperbolic,
    diagonals,
    inplace,
    inplace_random,
    inplace_shaping,
    scattering,
    creation,
    creation_like,
    random,
    casting,
    metadata,
)


def _methods() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield each function of the families whose first argument is called `input`."""
    for family in FAMILIES:
        for name, function in vars(family).items():
            own = isinstance(function, FunctionType) and function.__module__ == family.__name__
            hidden = name.startswith("_") or name.endswith(("_like", "_method"))
            if own and not hidden:
                code = getattr(function, "__wrapped__", function).__code__
                if code.co_varnames[:1] == ("input",):
                    yield name, function


def _equal(input: Tensor, other: object) -> Any:
    return comparison.eq(input, other) if is_operand(other) else NotImplemented


def _unequal(input: Tensor, other: object) -> Any:
    return comparison.ne(input, other) if is_operand(other) else NotImplemented


def _reversed(input: Tensor) -> Tensor:
    """The tensor with its dimensions in reverse order: the transpose of a matrix."""
    return shaping.permute(input, tuple(reversed(range(input.ndim))))


def _matrices_transposed(input: Tensor) -> Tensor:
    """The tensor with its last two dimensions exchanged."""
    return shaping.transpose(input, -2, -1)


OPERATORS: dict[str, Callable[..., Any]] = {
    "__neg__": arithmetic.neg,
    "__pos__": arithmetic.positive,
    "__abs__": signs.abs,
    "__add__": arithmetic.add,
    "__radd__": arithmetic.add,
    "__sub__": arithmetic.sub,
    "__rsub__": arithmetic._rsub,
    "__mul__": arithmetic.mul,
    "__rmul__": arithmetic.mul,
    "__truediv__": arithmetic.div,
    "__rtruediv__": arithmetic._rdiv,
    "__floordiv__": arithmetic.floor_divide,
    "__rfloordiv__": arithmetic._rfloor_divide,
    "__mod__": arithmetic.remainder,
    "__rmod__": arithmetic._rremainder,
    "__pow__": powers.pow,
    "__rpow__": powers._rpow,
    "__matmul__": products.matmul,
    "__rmatmul__": products._rmatmul,
    "__lt__": comparison.lt,
    "__le__": comparison.le,
    "__gt__": comparison.gt,
    "__ge__": comparison.ge,
    "__eq__": _equal,
    "__ne__": _unequal,
    "__invert__": comparison.bitwise_not,
    "__and__": comparison.bitwise_and,
    "__rand__": comparison.bitwise_and,
    "__or__": comparison.bitwise_or,
    "__ror__": comparison.bitwise_or,
    "__xor__": comparison.bitwise_xor,
    "__rxor__": comparison.bitwise_xor,
    "__iadd__": inplace.add_,
    "__isub__": inplace.sub_,
    "__imul__": inplace.mul_,
    "__itruediv__": inplace.div_,
    "__ipow__": inplace.pow_,
    "__ifloordiv__": inplace.floor_divide_,
    "__imod__": inplace.remainder_,
    "__iand__": inplace.bitwise_and_,
    "__ior__": inplace.bitwise_or_,
    "__ixor__": inplace.bitwise_xor_,
    "__getitem__": indexing.getitem,
    "__setitem__": inplace.setitem,
    **PROTOCOLS,
}
OTHERS: dict[str, Callable[..., Any]] = {
    "backward": backward,
    "clip": choosing.clip,
    "split": concatenation.split,
    "negative": arithmetic.negative,
    "subtract": arithmetic.subtract,
    "multiply": arithmetic.multiply,
    "divide": arithmetic.divide,
    "true_divide": arithmetic.true_divide,
    "absolute": signs.absolute,
    "not_equal": comparison.not_equal,
    "less": comparison.less,
    "less_equal": comparison.less_equal,
    "greater": comparison.greater,
    "greater_equal": comparison.greater_equal,
    "swapaxes": shaping.swapaxes,
    "swapdims": shaping.swapdims,
    "moveaxis": shaping.moveaxis,
    "where": choosing.where_method,
    "float": casting.cast_to(dtypes.float32),
    "double": casting.cast_to(dtypes.float64),
    "half": casting.cast_to(dtypes.float16),
    "long": casting.cast_to(dtypes.int64),
    "int": casting.cast_to(dtypes.int32),
    "bool": casting.cast_to(dtypes.bool_),
    "short": casting.cast_to(dtypes.int16),
    "char": casting.cast_to(dtypes.int8),
    "byte": casting.cast_to(dtypes.uint8),
    **inplace.OTHERS,
    **scattering.OTHERS,
}
METHODS: dict[str, Callable[..., Any]] = {**OPERATORS, **dict(_methods()), **OTHERS}
PROPERTIES: dict[str, Callable[[Tensor], Any]] = {
    "T": _reversed,
    "mT": _matrices_transposed,
    **metadata.PROPERTIES,
}

for _name, _function in METHODS.items():
    setattr(Tensor, _name, _function)
for _name, _function in PROPERTIES.items():
    setattr(Tensor, _name, property(_function))
for _name, _absent in ATTRIBUTES.items():
    setattr(Tensor, _name, _absent)
