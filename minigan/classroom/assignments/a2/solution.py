# assignment: A2
"""The reference solution of A2: what a student could hand in."""

import numpy as np


def conv2d(x, w, stride=(1, 1), padding=(0, 0)):
    """Return the convolution of x (C, X, X') with w (K, C, k, k'); negative padding crops."""
    (s, t), (p, q) = stride, padding
    x = np.pad(x, ((0, 0), (max(p, 0), max(p, 0)), (max(q, 0), max(q, 0))))
    x = x[:, max(-p, 0) : x.shape[1] - max(-p, 0), max(-q, 0) : x.shape[2] - max(-q, 0)]
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(1, 2))
    return np.einsum("cabij,kcij->kab", windows[:, ::s, ::t], w)


# 2.1


def conv_transpose1d(y, w, stride=1):
    """Return x (C, X): every y[:, o] adds its multiple of the kernel at position stride * o."""
    size, k = y.shape[1], w.shape[2]
    x = np.zeros((w.shape[1], (size - 1) * stride + k))
    for o in range(size):
        x[:, o * stride : o * stride + k] += np.einsum("k,kci->ci", y[:, o], w)
    return x


def conv_transpose2d_scatter(y, w, stride=(1, 1)):
    """Return x (C, X, X'), in two dimensions."""
    (s, t), (k, l) = stride, w.shape[2:]
    _, height, width = y.shape
    x = np.zeros((w.shape[1], (height - 1) * s + k, (width - 1) * t + l))
    for o in range(height):
        for p in range(width):
            x[:, o * s : o * s + k, p * t : p * t + l] += np.einsum("k,kcij->cij", y[:, o, p], w)
    return x


# 2.2


def conv_matrix(w, size, stride=1, padding=0):
    """Return M (Y, size) with M @ x the convolution of x (size,) with w (k,), without a flip."""
    rows = (size + 2 * padding - len(w)) // stride + 1
    M = np.zeros((rows, size))
    for o in range(rows):
        for i, weight in enumerate(w):
            h = stride * o + i - padding
            if 0 <= h < size:
                M[o, h] += weight
    return M


def conv_transpose_by_matrix(y, w, size, stride=1, padding=0):
    """Return x (size,) = M.T @ y."""
    return conv_matrix(w, size, stride, padding).T @ y


# 2.3 and 2.4


def flipped(w):
    """Return the kernel of the backward convolution: taps reversed, channels exchanged."""
    return w[:, :, ::-1, ::-1].transpose(1, 0, 2, 3)


def conv_transpose2d_stride1(y, w, padding=(0, 0)):
    """Return x as a convolution: kernel flipped, channels exchanged, padding k - 1 - p."""
    (p, q), (k, l) = padding, w.shape[2:]
    return conv2d(y, flipped(w), padding=(k - 1 - p, l - 1 - q))


def conv_transpose2d_holes(y, w, stride=(1, 1), padding=(0, 0)):
    """Return x for any stride: stride - 1 zeros between the inputs, then the same convolution."""
    (s, t), (K, height, width) = stride, y.shape
    holes = np.zeros((K, (height - 1) * s + 1, (width - 1) * t + 1))
    holes[:, ::s, ::t] = y
    return conv_transpose2d_stride1(holes, w, padding)


# 2.5


def output_size(size, kernel, stride, padding, output_padding=0, dilation=1):
    """Return the size of the transposed convolution's output."""
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + output_padding + 1


def legal_output_paddings(size, out, kernel, stride, padding, dilation=1):
    """Return the output_paddings that give `out`. Raises ValueError if there is none."""
    found = [
        extra
        for extra in range(max(stride, dilation))
        if output_size(size, kernel, stride, padding, extra, dilation) == out
    ]
    if not found:
        raise ValueError(f"no output_padding gives the size {out}")
    return found


# 2.6


def conv_transpose2d_backward(g, y, w, stride=(1, 1), padding=(0, 0)):
    """Return the gradients of sum(g * x) with respect to y, w and a bias of x's channels."""
    (s, t), (p, q), (k, l) = stride, padding, w.shape[2:]
    wide = np.pad(g, ((0, 0), (p, p), (q, q)))
    windows = np.lib.stride_tricks.sliding_window_view(wide, (k, l), axis=(1, 2))[:, ::s, ::t]
    gy = np.einsum("cabij,kcij->kab", windows, w)
    gw = np.einsum("cabij,kab->kcij", windows, y)
    return gy, gw, g.sum(axis=(1, 2))


# 2.7


def useful_multiplications(size, kernel, stride):
    """Return how many products of the holes view have a true input: each meets each tap once."""
    return size * kernel
