"""The definition of convolution: one sum with three factors, against which the others are tested.

    T(x, w, y) = sum  S[o, i, h] ...  x[n, c, h, ..]  w[k, c, i, ..]  y[n, k, o, ..]

The sum runs over all indices: images n, channels c of x and k of y, and along each axis a position
h of x, a tap i of the kernel and a position o of y. Each axis has a factor S, an indicator: it is 1
where stride*o + dilation*i - padding == h, and 0 elsewhere.

T is linear in x, in w and in y. It has three faces, and each leaves one array out of the sum. So
each face is the gradient of T in one array: conv(x, w) = dT/dy, conv_transpose(y, w) = dT/dx, and
conv_weight(x, y) = dT/dw.
"""

from __future__ import annotations

from typing import Any

from minigan.backend import Array, namespace
from minigan.geometry import Axis, Geometry
from minigan.threads import one_blas_thread


def conv(x: Array, w: Array, geometry: Geometry) -> Array:
    """Return y[n, k, o, ..] = sum S[o, i, h] ... x[n, c, h, ..] w[k, c, i, ..].

    >>> import numpy as np
    >>> x, w = np.array([[[1, 2, 3, 4]]]), np.array([[[10, 1]]])  # one image, one channel each
    >>> conv(x, w, Geometry.conv((4,), (2,), stride=2))
    array([[[12, 34]]])
    """
    return _contract("y", "x", x, "w", w, geometry)


def conv_transpose(y: Array, w: Array, geometry: Geometry) -> Array:
    """Return x[n, c, h, ..] = sum S[o, i, h] ... y[n, k, o, ..] w[k, c, i, ..].

    >>> import numpy as np
    >>> y, w = np.array([[[1, 2]]]), np.array([[[10, 1]]])
    >>> conv_transpose(y, w, Geometry.conv_transpose((2,), (2,), stride=2))
    array([[[10,  1, 20,  2]]])
    """
    return _contract("x", "y", y, "w", w, geometry)


def conv_weight(x: Array, y: Array, geometry: Geometry) -> Array:
    """Return w[k, c, i, ..] = sum S[o, i, h] ... x[n, c, h, ..] y[n, k, o, ..].

    >>> import numpy as np
    >>> x, y = np.array([[[1, 2, 3, 4]]]), np.array([[[10, 1]]])
    >>> conv_weight(x, y, Geometry.conv((4,), (2,), stride=2))
    array([[[13, 24]]])
    """
    return _contract("w", "x", x, "y", y, geometry)


def indicator(axis: Axis, xp: Any, dtype: Any) -> Array:
    """Return S of shape (Y, taps, X): 1 where tap i sees position h from position o, else 0.

    `xp` is the module that makes the array, NumPy or CuPy.

    >>> import numpy as np
    >>> indicator(Axis(X=3, Y=2, taps=2), np, int)[:, 0]  # tap 0 sees h = o
    array([[1, 0, 0],
           [0, 1, 0]])
    """
    o, i, h = (xp.arange(size) for size in (axis.Y, axis.taps, axis.X))
    return (axis.position(o[:, None, None], i[None, :, None]) == h).astype(dtype)


# g counts groups; c and k count the channels inside one group. h, u, v are the positions of x along
# three axes, i, j, l the taps, o, p, q the positions of y.
_LETTERS = {"x": ("ngc", "huv"), "w": ("gkc", "ijl"), "y": ("ngk", "opq")}
_CHANNEL_AXIS = {"x": 1, "w": 0, "y": 1}  # the axis that groups divide


def _contract(
    result: str, first: str, a: Array, second: str, b: Array, geometry: Geometry
) -> Array:
    """Return the einsum of a, b and the indicators: a meets them axis by axis, then b."""
    D, xp = len(geometry.axes), namespace(a, b)
    S = [indicator(axis, xp, xp.result_type(a, b)) for axis in geometry.axes]
    letters = {name: channels + space[:D] for name, (channels, space) in _LETTERS.items()}
    indicators = ("".join(space[axis] for space in ("opq", "ijl", "huv")) for axis in range(D))
    terms = ",".join([letters[second], letters[first], *indicators]) + "->" + letters[result]
    path = ["einsum_path", *[(1, 2)] * D, (0, 1)]
    a, b = _split(first, a, geometry), _split(second, b, geometry)
    with one_blas_thread:
        found = xp.einsum(terms, b, a, *S, optimize=path)
    at, shape = _CHANNEL_AXIS[result], found.shape
    return found.reshape(*shape[:at], shape[at] * shape[at + 1], *shape[at + 2 :])  # (.., C, ..)


def _split(name: str, a: Array, geometry: Geometry) -> Array:
    """(.., C, ..) -> (.., G, C/G, ..): groups become an axis of their own."""
    at, G = _CHANNEL_AXIS[name], geometry.groups
    return a.reshape(*a.shape[:at], G, a.shape[at] // G, *a.shape[at + 1 :])
