# assignment: A1
"""The reference solution of A1: what a student could hand in."""

import math

import numpy as np

# 1.1


def numerical_gradient(f, x, eps=1e-6):
    """Return the gradient of f at x by central differences; x is not changed."""
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        values = []
        for sign in (1, -1):
            moved = x.copy()
            moved[index] += sign * eps
            values.append(f(moved))
        gradient[index] = (values[0] - values[1]) / (2 * eps)
    return gradient


# 1.2


def grad_check(f, gradient, x, eps=1e-6, tolerance=1e-5):
    """Return (ok, index, error): whether gradient(x) is that of f, and the worst entry."""
    claimed, numerical = gradient(x), numerical_gradient(f, x, eps)
    difference = np.abs(claimed - numerical)
    index = np.unravel_index(difference.argmax(), x.shape)
    largest = max(np.abs(claimed).max(), np.abs(numerical).max())
    error = difference[index] / largest if largest else 0.0
    return bool(error <= tolerance), index, float(error)


# 1.3


def check_conv_transpose2d(conv_transpose2d):
    """Raise AssertionError for a wrong transposed convolution, by the law of the adjoint."""
    rng = np.random.default_rng(0)
    for number in range(24):
        stride, padding = rng.integers(1, 4, 2), rng.integers(0, 4, 2)
        kernel = rng.integers(1, 5, 2)
        K, C = (2, 2) if number % 2 else (2, 3)
        if number % 4 == 3:  # as much alike as can be
            kernel, stride, padding = kernel[[0, 0]], stride[[0, 0]], padding[[0, 0]]
        size = np.array([5, 5]) if number % 4 == 3 else rng.integers(2, 6, 2)
        out = (size - 1) * stride + kernel - 2 * padding
        if (out < 1).any():
            continue
        y, w = rng.normal(size=(K, *size)), rng.normal(size=(K, C, *kernel))
        x = conv_transpose2d(y, w, tuple(map(int, stride)), tuple(map(int, padding)))
        right = scattered(y, w, stride)
        right = right[:, padding[0] : padding[0] + out[0], padding[1] : padding[1] + out[1]]
        assert x.shape == right.shape, f"shape {x.shape} where {right.shape} is right"
        assert np.abs(x - right).max() < 1e-3, "wrong values"


def scattered(y, w, stride):
    """Return the transposed convolution without padding, number by number."""
    (s, t), (_, height, width), (_, C, k, l) = stride, y.shape, w.shape
    x = np.zeros((C, (height - 1) * s + k, (width - 1) * t + l))
    for o in range(height):
        for p in range(width):
            x[:, o * s : o * s + k, p * t : p * t + l] += np.tensordot(y[:, o, p], w, 1)
    return x


# 1.4


class Value:
    """A number that remembers how it was computed."""

    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents  # (parent, local derivative)

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    __radd__, __rmul__ = __add__, __mul__

    def tanh(self):
        """Return the hyperbolic tangent."""
        y = math.tanh(self.data)
        return Value(y, ((self, 1 - y * y),))

    def backward(self):
        """Add to the grad of every value below the derivative of this one."""
        order, seen = [], set()

        def visit(value):
            if id(value) not in seen:
                seen.add(id(value))
                for parent, _ in value.parents:
                    visit(parent)
                order.append(value)

        visit(self)
        self.grad = 1.0
        for value in reversed(order):
            for parent, derivative in value.parents:
                parent.grad += value.grad * derivative
