"""Every op of minigan with inputs to check it on; `check_all` runs them.

A test fails if an op is missing. The inputs are away from kinks and ties, where differences of the
function do not show its derivative.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from minigan.autograd import Op, Tensor
from minigan.autograd.dtypes import float64
from minigan.conv import im2col
from minigan.functions.arithmetic import Add, Div, Mul, Neg, Remainder, Sub
from minigan.functions.broadcasting import BroadcastTo, SumTo
from minigan.functions.casting import Cast, Transfer
from minigan.functions.choosing import Clamp, Maximum, Minimum, Where
from minigan.functions.concatenation import Cat
from minigan.functions.copying import Alias, Clone
from minigan.functions.diagonals import Diagonal, DiagonalEmbed
from minigan.functions.elementwise import Erf, Exp, Expm1, Log, Log1p, Sigmoid, Sqrt
from minigan.functions.extrema import Amax, Amin
from minigan.functions.flipping import Flip
from minigan.functions.hyperbolic import Acosh, Asinh, Atanh, Cosh, Sinh, Tanh
from minigan.functions.indexing import PLACE, Index, Scatter
from minigan.functions.powers import Pow, Power
from minigan.functions.products import Matmul
from minigan.functions.reductions import Cumprod, Cumsum, Mean, Prod, Sum
from minigan.functions.rounding import Round
from minigan.functions.shaping import Permute, Reshape
from minigan.functions.signs import Abs, Gate, Relu, Sign
from minigan.functions.softmaxes import LogSoftmax, Softmax
from minigan.functions.special import Erfc, Exp2, Fmod, Logaddexp
from minigan.functions.statistics import Root
from minigan.functions.trigonometry import Acos, Asin, Atan, Atan2, Cos, Hypot, Sin, Tan
from minigan.geometry import Geometry
from minigan.nn.functional.activations import Hardtanh, LeakyGate, LeakyRelu
from minigan.nn.functional.affine import Linear
from minigan.nn.functional.average_pooling import AvgPool, AvgUnpool, window_sizes
from minigan.nn.functional.batchnorm import BatchNorm
from minigan.nn.functional.convolution import Conv, ConvTranspose, ConvWeight
from minigan.nn.functional.crossentropy import SoftCrossEntropy
from minigan.nn.functional.finished_convolution import Finished
from minigan.nn.functional.folding import Fold, Unfold
from minigan.nn.functional.losses import (
    BinaryCrossEntropy,
    BinaryCrossEntropyWithLogits,
    SquaredError,
)
from minigan.nn.functional.max_pooling import MaxPool, PutTaps, TakeTaps
from minigan.nn.functional.max_unpooling import AddAtPlaces, Place, TakePlaces
from minigan.nn.functional.normalization import Standardize
from minigan.nn.functional.padding import Pad
from minigan.nn.functional.smooth_activations import Elu, LogSigmoid, NormalCdf


class Example(NamedTuple):
    """An op and inputs for it; `function` calls the op, if it needs more than the inputs."""

    op: Op
    inputs: tuple[Any, ...]
    function: Callable[..., Any] | None = None


_rng = np.random.default_rng(2014)


def real(*shape: int) -> Any:
    """Return normal numbers, moved away from 0 by 0.1."""
    x = _rng.standard_normal(shape)
    return x + np.copysign(0.1, x)


def positive(*shape: int) -> Any:
    """Return numbers between 0.3 and 0.9."""
    return _rng.uniform(0.3, 0.9, shape)


def distinct(*shape: int) -> Any:
    """Return numbers of which any two are at least 0.05 apart."""
    size = int(np.prod(shape))
    return (0.1 * _rng.permutation(size) + _rng.uniform(0, 0.05, size)).reshape(shape) - 0.05 * size


def indices(below: int, *shape: int) -> Any:
    """Return random integers from 0 to `below` - 1, some of them more than once."""
    return _rng.integers(below, size=shape)


def _normalized(op: BatchNorm) -> Callable[..., Any]:
    """Return batch norm as a function of x, weight and bias only.

    Its mean and variance are computed from x, or are constants; they have no gradient.
    """

    def batch_norm(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        rest = x.detach()
        if op.own:
            return op(x, weight, bias, rest.mean((0, 2)), rest.var((0, 2), unbiased=False))
        constants = (
            Tensor(np.array(numbers), device=x.device) for numbers in ([0.3, -0.2], [0.5, 2.0])
        )
        return op(x, weight, bias, *constants)

    return batch_norm


_conv = Geometry.conv((5, 4), (3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2), groups=2)
_folds = Geometry.conv((4, 3), (2, 3), stride=(2, 1), padding=(1, 1))
_pool = Geometry.pool((5, 4), (3, 2), stride=(2, 1), padding=(1, 0), ceil_mode=True)
_sizes = window_sizes(_pool, False)
_slices = (slice(None), PLACE, slice(0, 3, 2))

EXAMPLES = [
    # one number at a time
    Example(Exp(), (real(3, 4),)),
    Example(Expm1(), (real(3, 4),)),
    Example(Log(), (positive(3, 4),)),
    Example(Log1p(), (positive(3, 4),)),
    Example(Sqrt(), (positive(3, 4),)),
    Example(Root(), (positive(3, 4),)),
    Example(Sin(), (real(3, 4),)),
    Example(Cos(), (real(3, 4),)),
    Example(Tanh(), (real(3, 4),)),
    Example(Erf(), (real(3, 4),)),
    Example(Sigmoid(), (real(3, 4),)),
    Example(Relu(), (real(3, 4),)),
    Example(Gate(), (real(3, 4) > 0, real(3, 4))),
    Example(Abs(), (real(3, 4),)),
    Example(Sign(), (real(3, 4),)),
    Example(Round("floor"), (real(3, 4),)),
    Example(LeakyRelu(0.2), (real(3, 4),)),
    Example(LeakyGate(0.2), (real(3, 4) > 0, real(3, 4))),
    Example(Hardtanh(-0.7, 0.5), (real(3, 4),)),
    Example(Elu(1.5, 1.1), (real(3, 4),)),
    Example(LogSigmoid(), (real(3, 4),)),
    Example(NormalCdf(), (real(3, 4),)),
    Example(Clamp(), (real(3, 4), real(3, 4) - 1.0, real(3, 4) + 1.0)),
    Example(Power(3), (real(3, 4),)),
    Example(Power(-0.5), (positive(3, 4),)),
    # two numbers at a time
    Example(Neg(), (real(3, 4),)),
    Example(Add(), (real(3, 4), real(3, 4))),
    Example(Sub(), (real(3, 4), real(3, 4))),
    Example(Mul(), (real(3, 4), real(3, 4))),
    Example(Div(), (real(3, 4), positive(3, 4))),
    Example(Remainder(), (real(3, 4), positive(3, 4))),
    Example(Pow(), (positive(3, 4), real(3, 4))),
    Example(Maximum(), (real(3, 4), real(3, 4))),
    Example(Minimum(), (real(3, 4), real(3, 4))),
    Example(Where(), (real(3, 4) > 0, real(3, 4), real(3, 4))),
    Example(SquaredError(), (real(3, 4), real(3, 4))),
    Example(BinaryCrossEntropy(), (positive(3, 4), positive(3, 4))),
    Example(BinaryCrossEntropyWithLogits(), (real(3, 4), positive(3, 4), positive(3, 4))),
    Example(BinaryCrossEntropyWithLogits(), (10 * real(3, 4), positive(3, 4), None)),
    # reductions
    Example(Sum((3, 4, 2), (0, 2), False), (real(3, 4, 2),)),
    Example(Mean((3, 4, 2), (0, 2), True), (real(3, 4, 2),)),
    Example(Amax((0, 2)), (distinct(3, 4, 2),)),
    Example(Amin((1,)), (distinct(3, 4),)),
    Example(Prod(1), (real(3, 4),)),
    Example(Prod(0), (np.array([[0.0, 0.7], [1.3, 0.0], [-0.6, 0.0]]),)),
    Example(Cumsum(1), (real(3, 4),)),
    Example(Softmax(1), (real(3, 4),)),
    Example(LogSoftmax(0), (real(3, 4),)),
    Example(SoftCrossEntropy(), (real(3, 4, 2), positive(3, 4, 2))),
    # views and copies
    Example(BroadcastTo((3, 1), (2, 3, 4)), (real(3, 1),)),
    Example(SumTo((2, 3, 4), (3, 1)), (real(2, 3, 4),)),
    Example(Alias(), (real(3, 4),)),
    Example(Clone(), (real(3, 4),)),
    Example(Reshape((3, 4), (2, 6)), (real(3, 4),)),
    Example(Permute((2, 0, 1)), (real(3, 4, 2),)),
    Example(Flip((0, 2)), (real(3, 4, 2),)),
    Example(Cast(float64, float64), (real(3, 4),)),
    Example(Transfer("cpu", "cpu"), (real(3, 4),)),
    Example(Cat(1, (4, 2, 1)), (real(3, 4), real(3, 2), real(3, 1))),
    Example(Index(_slices, (3, 4, 3)), (real(3, 4, 3), indices(4, 6))),
    Example(Scatter(_slices, (3, 4, 3)), (real(3, 6, 2), indices(4, 6))),
    Example(Pad(((1, -1), (-1, 2)), 0.5), (real(3, 4),)),
    # sums of products
    Example(Matmul(), (real(2, 3, 4), real(2, 4, 5))),
    Example(Linear(), (real(3, 4), real(5, 4), real(5))),
    Example(Linear(0.2), (real(3, 4), real(5, 4), None)),
    Example(Conv(_conv, im2col), (real(2, 4, 5, 4), real(6, 2, 3, 2))),
    Example(ConvTranspose(_conv, im2col), (real(2, 6, *_conv.Y), real(6, 2, 3, 2))),
    Example(
        Finished(Conv(_conv, im2col), "conv", 0.2),
        (real(2, 4, 5, 4), real(6, 2, 3, 2), real(6)),
    ),
    Example(ConvWeight(_conv, im2col), (real(2, 4, 5, 4), real(2, 6, *_conv.Y))),
    Example(Unfold(_folds), (real(2, 3, 4, 3),)),
    Example(Fold(_folds), (real(2, 18, int(np.prod(_folds.Y))),)),
    # windows and batches
    Example(MaxPool(_pool), (real(2, 3, 5, 4),)),
    Example(TakeTaps(_pool), (real(2, 3, 5, 4), indices(4, 2, 3, *_pool.Y))),
    Example(PutTaps(_pool), (real(2, 3, *_pool.Y), indices(4, 2, 3, *_pool.Y))),
    Example(TakePlaces((3, 4)), (real(2, 3, 3, 4), indices(12, 2, 3, 2, 2))),
    Example(AddAtPlaces((3, 4)), (real(2, 3, 2, 2), indices(12, 2, 3, 2, 2))),
    Example(AvgPool(_pool, _sizes), (real(2, 3, 5, 4),)),
    Example(AvgUnpool(_pool, _sizes), (real(2, 3, *_pool.Y),)),
    Example(Standardize(1e-5), (real(3, 4),)),
    Example(
        BatchNorm(1e-5, False),
        (real(3, 2, 4), real(2), real(2)),
        _normalized(BatchNorm(1e-5, False)),
    ),
    Example(
        BatchNorm(1e-5, True, 0.2),
        (real(3, 2, 4), real(2), real(2)),
        _normalized(BatchNorm(1e-5, True, 0.2)),
    ),
    # more numbers, one at a time and in pairs
    *(
        Example(op, (positive(3, 4),))
        for op in (Tan(), Asin(), Acos(), Atan(), Sinh(), Cosh(), Asinh(), Atanh())
    ),
    Example(Acosh(), (1.0 + positive(3, 4),)),
    Example(Erfc(), (real(3, 4),)),
    Example(Exp2(), (real(3, 4),)),
    Example(Atan2(), (real(3, 4), real(3, 4))),
    Example(Hypot(), (real(3, 4), real(3, 4))),
    Example(Logaddexp(), (real(3, 4), real(3, 4))),
    Example(Fmod(), (real(3, 4), positive(3, 4))),
    Example(Cumprod(1), (real(3, 4),)),
    Example(Cumprod(0), (np.array([[0.0, 0.7], [1.3, 0.0], [-0.6, 0.0]]),)),
    Example(Diagonal((3, 4, 2), 1, 2, 1), (real(3, 4, 2),)),
    Example(DiagonalEmbed((4, 3, 2), -1, 0, 2), (real(3, 2),)),
    Example(Place((3, 4)), (real(2, 3, 2, 2), np.tile([[0, 5], [11, 2]], (2, 3, 1, 1)))),
]
