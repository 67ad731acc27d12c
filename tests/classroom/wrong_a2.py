"""Wrong solutions of A2 in three styles for each misconception, independent of the detector's."""

from __future__ import annotations

WRONG: dict[str, list[tuple[str, str]]] = {
    "overlap-overwritten": [
        (
            "2.1",
            """
def conv_transpose1d(y, w, stride=1):
    K, Y = y.shape
    _, C, k = w.shape
    x = np.zeros((C, (Y - 1) * stride + k))
    for o in range(Y):
        window = sum(y[c, o] * w[c] for c in range(K))
        x[:, o * stride:o * stride + k] = window
    return x
""",
        ),
        (
            "2.1",
            """
def conv_transpose2d_scatter(y, w, stride=(1, 1)):
    K, H, W = y.shape
    K, C, k, l = w.shape
    x = np.zeros((C, (H - 1) * stride[0] + k, (W - 1) * stride[1] + l))
    for a in range(k):
        for b in range(l):
            part = np.tensordot(w[:, :, a, b].T, y, 1)
            x[:, a:a + H * stride[0]:stride[0], b:b + W * stride[1]:stride[1]][:, :H, :W] = part
    return x
""",
        ),
        (
            "2.1",
            """
def conv_transpose1d(y, w, stride=1):
    K, Y = y.shape
    k = w.shape[2]
    positions = (np.arange(Y) * stride)[:, None] + np.arange(k)
    painted = np.einsum("ko,kci->coi", y, w)
    x = np.zeros((w.shape[1], (Y - 1) * stride + k))
    x[:, positions] += painted
    return x
""",
        ),
        (
            "2.1",
            """
def conv_transpose2d_scatter(y, w, stride=(1, 1)):
    s, t = stride
    x = np.zeros((w.shape[1], (y.shape[1] - 1) * s + w.shape[2], (y.shape[2] - 1) * t + w.shape[3]))
    for n in range(y.shape[0]):
        for o in range(y.shape[1]):
            for p in range(y.shape[2]):
                for c in range(w.shape[1]):
                    for i in range(w.shape[2]):
                        for j in range(w.shape[3]):
                            x[c, o * s + i, p * t + j] = y[n, o, p] * w[n, c, i, j]
    return x
""",
        ),
    ],
    "kernel-not-flipped": [
        (
            "2.3",
            """
def conv_transpose2d_stride1(y, w, padding=(0, 0)):
    k, l = w.shape[2:]
    return conv2d(y, np.swapaxes(w, 0, 1), (1, 1), (k - 1 - padding[0], l - 1 - padding[1]))
""",
        ),
        (
            "2.4",
            """
def conv_transpose2d_holes(y, w, stride=(1, 1), padding=(0, 0)):
    (s, t), (p, q) = stride, padding
    K, C, k, l = w.shape
    z = np.zeros((K, (y.shape[1] - 1) * s + 1, (y.shape[2] - 1) * t + 1))
    z[:, ::s, ::t] = y
    z = np.pad(z, ((0, 0), (k - 1, k - 1), (l - 1, l - 1)))
    H, W = z.shape[1] - k + 1, z.shape[2] - l + 1
    x = np.zeros((C, H, W))
    for i in range(k):
        for j in range(l):
            x += np.einsum("kab,kc->cab", z[:, i:i + H, j:j + W], w[:, :, i, j])
    return x[:, p:H - p, q:W - q]
""",
        ),
        (
            "2.3",
            """
def conv_transpose2d_stride1(y, w, padding=(0, 0)):
    k = np.array(w.shape[2:])
    p = tuple(int(v) for v in k - 1 - np.array(padding))
    v = np.moveaxis(w, 0, 1)
    for a, n in ((2, p[0]), (3, p[1])):
        if n < 0:
            y = y.take(range(-n, y.shape[a - 1] + n), axis=a - 1)
    y = np.pad(y, ((0, 0), (max(p[0], 0),) * 2, (max(p[1], 0),) * 2))
    return conv2d(y, v)
""",
        ),
    ],
    "channels-not-swapped": [
        (
            "2.3",
            """
def conv_transpose2d_stride1(y, w, padding=(0, 0)):
    k, l = w.shape[2:]
    return conv2d(y, w[:, :, ::-1, ::-1], padding=(k - 1 - padding[0], l - 1 - padding[1]))
""",
        ),
        (
            "2.4",
            """
def conv_transpose2d_holes(y, w, stride=(1, 1), padding=(0, 0)):
    (s, t), (p, q) = stride, padding
    a, C, k, l = w.shape
    z = np.zeros((y.shape[0], (y.shape[1] - 1) * s + 1, (y.shape[2] - 1) * t + 1))
    z[:, ::s, ::t] = y
    v = np.flip(w, axis=(2, 3)).reshape(C, a, k, l)
    return conv2d(z, v, padding=(k - 1 - p, l - 1 - q))
""",
        ),
        (
            "2.1",
            """
def conv_transpose1d(y, w, stride=1):
    K, Y = y.shape
    k = w.shape[2]
    x = np.zeros((w.shape[1], (Y - 1) * stride + k))
    for c in range(w.shape[1]):
        for n in range(K):
            for o in range(Y):
                x[c, o * stride:o * stride + k] += y[n, o] * w[c, n]
    return x
""",
        ),
    ],
    "stride-axes-swapped": [
        (
            "2.1",
            """
def conv_transpose2d_scatter(y, w, stride=(1, 1)):
    t, s = stride
    K, H, W = y.shape
    x = np.zeros((w.shape[1], (H - 1) * s + w.shape[2], (W - 1) * t + w.shape[3]))
    for o in range(H):
        for p in range(W):
            for n in range(K):
                x[:, o * s:o * s + w.shape[2], p * t:p * t + w.shape[3]] += y[n, o, p] * w[n]
    return x
""",
        ),
        (
            "2.4",
            """
def conv_transpose2d_holes(y, w, stride=(1, 1), padding=(0, 0)):
    k, l = w.shape[2:]
    for axis in (1, 2):
        s = stride[2 - axis]
        shape = list(y.shape)
        shape[axis] = (shape[axis] - 1) * s + 1
        z = np.zeros(shape)
        index = [slice(None)] * 3
        index[axis] = slice(None, None, s)
        z[tuple(index)] = y
        y = z
    v = w[:, :, ::-1, ::-1].swapaxes(0, 1)
    return conv2d(y, v, padding=(k - 1 - padding[0], l - 1 - padding[1]))
""",
        ),
        (
            "2.1",
            """
def conv_transpose2d_scatter(y, w, stride=(1, 1)):
    K, H, W = y.shape
    K, C, k, l = w.shape
    x = np.zeros((C, (H - 1) * stride[0] + k, (W - 1) * stride[1] + l))
    for o in range(H):
        for p in range(W):
            x[:, o * stride[1]:o * stride[1] + k, p * stride[0]:p * stride[0] + l] += np.tensordot(y[:, o, p], w, 1)
    return x
""",
        ),
    ],
    "kernel-axes-swapped": [
        (
            "2.1",
            """
def conv_transpose2d_scatter(y, w, stride=(1, 1)):
    w = np.transpose(w, (0, 1, 3, 2))
    K, H, W = y.shape
    K, C, k, l = w.shape
    x = np.zeros((C, (H - 1) * stride[0] + k, (W - 1) * stride[1] + l))
    for o in range(H):
        for p in range(W):
            x[:, o * stride[0]:o * stride[0] + k, p * stride[1]:p * stride[1] + l] += np.tensordot(y[:, o, p], w, 1)
    return x
""",
        ),
        (
            "2.3",
            """
def conv_transpose2d_stride1(y, w, padding=(0, 0)):
    v = w[:, :, ::-1, ::-1].transpose(1, 0, 3, 2)
    k, l = v.shape[2:]
    return conv2d(y, v, padding=(k - 1 - padding[0], l - 1 - padding[1]))
""",
        ),
        (
            "2.4",
            """
def conv_transpose2d_holes(y, w, stride=(1, 1), padding=(0, 0)):
    (s, t), (p, q) = stride, padding
    (K, H, W), (_, C, l, k) = y.shape, w.shape
    full = np.zeros((C, (H - 1) * s + k, (W - 1) * t + l))
    for i in range(k):
        for j in range(l):
            full[:, i:i + (H - 1) * s + 1:s, j:j + (W - 1) * t + 1:t] += np.einsum("kab,kc->cab", y, w[:, :, j, i])
    return full[:, p:full.shape[1] - p, q:full.shape[2] - q]
""",
        ),
    ],
    "stride-ignored": [
        (
            "2.1",
            """
def conv_transpose1d(y, w, stride=1):
    K, Y = y.shape
    k = w.shape[2]
    x = np.zeros((w.shape[1], Y - 1 + k))
    for o in range(Y):
        x[:, o:o + k] += np.einsum("k,kci->ci", y[:, o], w)
    return x
""",
        ),
        (
            "2.2",
            """
def conv_matrix(w, size, stride=1, padding=0):
    rows = size + 2 * padding - len(w) + 1
    M = np.zeros((rows, size))
    for o in range(rows):
        for h in range(size):
            i = h - o + padding
            if 0 <= i < len(w):
                M[o, h] = w[i]
    return M
""",
        ),
        (
            "2.4",
            """
def conv_transpose2d_holes(y, w, stride=(1, 1), padding=(0, 0)):
    k, l = w.shape[2:]
    return conv2d(y, w[:, :, ::-1, ::-1].swapaxes(0, 1), padding=(k - 1 - padding[0], l - 1 - padding[1]))
""",
        ),
        (
            "2.5",
            """
def output_size(size, kernel, stride, padding, output_padding=0, dilation=1):
    return size - 1 - 2 * padding + dilation * (kernel - 1) + output_padding + 1
""",
        ),
    ],
    "s-holes-instead-of-s-minus-1": [
        (
            "2.4",
            """
def conv_transpose2d_holes(y, w, stride=(1, 1), padding=(0, 0)):
    (s, t), (p, q), (k, l) = stride, padding, w.shape[2:]
    K, H, W = y.shape
    z = np.zeros((K, H + (H - 1) * s, W + (W - 1) * t))
    z[:, ::s + 1, ::t + 1] = y
    return conv2d(z, w[:, :, ::-1, ::-1].swapaxes(0, 1), padding=(k - 1 - p, l - 1 - q))
""",
        ),
        (
            "2.4",
            """
def dilate(y, n, axis):
    pieces = []
    shape = list(y.shape)
    shape[axis] = n
    for o in range(y.shape[axis]):
        pieces.append(y.take([o], axis=axis))
        if o + 1 < y.shape[axis]:
            pieces.append(np.zeros(shape))
    return np.concatenate(pieces, axis=axis)

def conv_transpose2d_holes(y, w, stride=(1, 1), padding=(0, 0)):
    z = dilate(dilate(y, stride[0], 1), stride[1], 2)
    k, l = w.shape[2:]
    return conv2d(z, np.flip(w, (2, 3)).transpose(1, 0, 2, 3), (1, 1), (k - 1 - padding[0], l - 1 - padding[1]))
""",
        ),
        (
            "2.4",
            """
def conv_transpose2d_holes(y, w, stride=(1, 1), padding=(0, 0)):
    s, t = (n + 1 if n > 1 else 1 for n in stride)
    K, C, k, l = w.shape
    full = np.zeros((C, (y.shape[1] - 1) * s + k, (y.shape[2] - 1) * t + l))
    for o in range(y.shape[1]):
        for p in range(y.shape[2]):
            full[:, o * s:o * s + k, p * t:p * t + l] += np.tensordot(y[:, o, p], w, 1)
    p, q = padding
    return full[:, p:full.shape[1] - p, q:full.shape[2] - q]
""",
        ),
    ],
    "holes-after-the-last": [
        (
            "2.4",
            """
def conv_transpose2d_holes(y, w, stride=(1, 1), padding=(0, 0)):
    (s, t), (p, q), (k, l) = stride, padding, w.shape[2:]
    z = np.zeros((y.shape[0], y.shape[1] * s, y.shape[2] * t))
    z[:, ::s, ::t] = y
    return conv2d(z, w[:, :, ::-1, ::-1].swapaxes(0, 1), padding=(k - 1 - p, l - 1 - q))
""",
        ),
        (
            "2.4",
            """
def conv_transpose2d_holes(y, w, stride=(1, 1), padding=(0, 0)):
    s, t = stride
    unit = np.zeros((s, t))
    unit[0, 0] = 1
    z = np.stack([np.kron(plane, unit) for plane in y])
    k, l = w.shape[2:]
    return conv2d(z, w[:, :, ::-1, ::-1].swapaxes(0, 1), padding=(k - 1 - padding[0], l - 1 - padding[1]))
""",
        ),
        (
            "2.4",
            """
def conv_transpose2d_holes(y, w, stride=(1, 1), padding=(0, 0)):
    (s, t), (p, q) = stride, padding
    K, H, W = y.shape
    z = np.zeros((K, H, s, W, t))
    z[:, :, 0, :, 0] = y
    z = z.reshape(K, H * s, W * t)
    k, l = w.shape[2:]
    x = np.zeros((w.shape[1], z.shape[1] + k - 1, z.shape[2] + l - 1))
    for i in range(k):
        for j in range(l):
            x[:, i:i + z.shape[1], j:j + z.shape[2]] += np.einsum("kab,kc->cab", z, w[:, :, i, j])
    return x[:, p:x.shape[1] - p, q:x.shape[2] - q]
""",
        ),
    ],
    "padding-added-not-cropped": [
        (
            "2.3",
            """
def conv_transpose2d_stride1(y, w, padding=(0, 0)):
    k, l = w.shape[2:]
    return conv2d(y, w[:, :, ::-1, ::-1].swapaxes(0, 1), padding=(k - 1 + padding[0], l - 1 + padding[1]))
""",
        ),
        (
            "2.4",
            """
def conv_transpose2d_holes(y, w, stride=(1, 1), padding=(0, 0)):
    (s, t), (p, q) = stride, padding
    K, C, k, l = w.shape
    full = np.zeros((C, (y.shape[1] - 1) * s + k, (y.shape[2] - 1) * t + l))
    for o in range(y.shape[1]):
        for u in range(y.shape[2]):
            full[:, o * s:o * s + k, u * t:u * t + l] += np.tensordot(y[:, o, u], w, 1)
    return np.pad(full, ((0, 0), (p, p), (q, q)))
""",
        ),
        (
            "2.5",
            """
def output_size(size, kernel, stride, padding, output_padding=0, dilation=1):
    reach = dilation * (kernel - 1) + 1
    return stride * (size - 1) + reach + 2 * padding + output_padding
""",
        ),
    ],
    "padding-p-instead-of-p-prime": [
        (
            "2.3",
            """
def conv_transpose2d_stride1(y, w, padding=(0, 0)):
    return conv2d(y, w[:, :, ::-1, ::-1].swapaxes(0, 1), padding=padding)
""",
        ),
        (
            "2.4",
            """
def conv_transpose2d_holes(y, w, stride=(1, 1), padding=(0, 0)):
    (s, t), (p, q) = stride, padding
    z = np.zeros((y.shape[0], (y.shape[1] - 1) * s + 1, (y.shape[2] - 1) * t + 1))
    z[:, ::s, ::t] = y
    z = np.pad(z, ((0, 0), (p, p), (q, q)))
    k, l = w.shape[2:]
    H, W = z.shape[1] - k + 1, z.shape[2] - l + 1
    if H < 1 or W < 1:
        raise ValueError("kernel larger than input")
    v = np.flip(w, (2, 3))
    x = np.zeros((w.shape[1], H, W))
    for a in range(H):
        for b in range(W):
            x[:, a, b] = np.einsum("kij,kcij->c", z[:, a:a + k, b:b + l], v)
    return x
""",
        ),
        (
            "2.4",
            """
def conv_transpose2d_holes(y, w, stride=(1, 1), padding=(0, 0)):
    s, t = stride
    rows = np.insert(y, np.repeat(np.arange(1, y.shape[1]), s - 1), 0, axis=1)
    z = np.insert(rows, np.repeat(np.arange(1, y.shape[2]), t - 1), 0, axis=2)
    return conv2d(z, np.rot90(w, 2, (2, 3)).transpose(1, 0, 2, 3), (1, 1), padding)
""",
        ),
    ],
    "crops-one-side-only": [
        (
            "2.3",
            """
def conv_transpose2d_stride1(y, w, padding=(0, 0)):
    k, l = w.shape[2:]
    x = conv2d(y, w[:, :, ::-1, ::-1].swapaxes(0, 1), padding=(k - 1, l - 1))
    return x[:, padding[0]:, padding[1]:]
""",
        ),
        (
            "2.4",
            """
def conv_transpose2d_holes(y, w, stride=(1, 1), padding=(0, 0)):
    (s, t), (p, q) = stride, padding
    K, C, k, l = w.shape
    H, W = (y.shape[1] - 1) * s + k, (y.shape[2] - 1) * t + l
    full = np.zeros((C, H, W))
    for o in range(y.shape[1]):
        for u in range(y.shape[2]):
            full[:, o * s:o * s + k, u * t:u * t + l] += np.tensordot(y[:, o, u], w, 1)
    return full[:, :H - 2 * p, :W - 2 * q]
""",
        ),
        (
            "2.5",
            """
def output_size(size, kernel, stride, padding, output_padding=0, dilation=1):
    return (size - 1) * stride + dilation * (kernel - 1) + 1 - padding + output_padding
""",
        ),
    ],
    "output-padding-ignored": [
        (
            "2.5",
            """
def output_size(size, kernel, stride, padding, output_padding=0, dilation=1):
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1
""",
        ),
        (
            "2.5",
            """
def output_size(size, kernel, stride, padding, output_padding=0, dilation=1):
    last = (size - 1) * stride + dilation * (kernel - 1)
    return len(range(padding, last + 1 - padding))
""",
        ),
        (
            "2.5",
            """
def legal_output_paddings(size, out, kernel, stride, padding, dilation=1):
    base = (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1
    legal = [e for e in range(max(stride, dilation)) if base == out]
    if not legal:
        raise ValueError("none")
    return legal
""",
        ),
    ],
    "output-padding-before": [
        (
            "2.5",
            """
def output_size(size, kernel, stride, padding, output_padding=0, dilation=1):
    size = size + output_padding
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1
""",
        ),
        (
            "2.5",
            """
def output_size(size, kernel, stride, padding, output_padding=0, dilation=1):
    return stride * (size + output_padding - 1) + (kernel - 1) * dilation + 1 - padding * 2
""",
        ),
        (
            "2.5",
            """
def legal_output_paddings(size, out, kernel, stride, padding, dilation=1):
    legal = []
    for e in range(max(stride, dilation)):
        if (size + e - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1 == out:
            legal.append(e)
    if len(legal) == 0:
        raise ValueError
    return legal
""",
        ),
    ],
    "dilation-ignored": [
        (
            "2.5",
            """
def output_size(size, kernel, stride, padding, output_padding=0, dilation=1):
    return (size - 1) * stride - 2 * padding + kernel + output_padding
""",
        ),
        (
            "2.5",
            """
def output_size(size, kernel, stride, padding, output_padding=0, dilation=1):
    painted = set()
    for o in range(size):
        for i in range(kernel):
            painted.add(o * stride + i)
    return max(painted) + 1 - 2 * padding + output_padding
""",
        ),
        (
            "2.5",
            """
def legal_output_paddings(size, out, kernel, stride, padding, dilation=1):
    found = [e for e in range(stride) if (size - 1) * stride - 2 * padding + kernel + e == out]
    if found:
        return found
    raise ValueError("no output padding")
""",
        ),
    ],
    "size-off-by-one": [
        (
            "2.5",
            """
def output_size(size, kernel, stride, padding, output_padding=0, dilation=1):
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + output_padding
""",
        ),
        (
            "2.5",
            """
def output_size(size, kernel, stride, padding, output_padding=0, dilation=1):
    return size * stride - 2 * padding + dilation * (kernel - 1) + 1 + output_padding
""",
        ),
        (
            "2.5",
            """
def output_size(size, kernel, stride, padding, output_padding=0, dilation=1):
    effective = dilation * (kernel - 1) + 1
    return (size - 1) * stride + effective + 1 + output_padding - 2 * padding
""",
        ),
    ],
    "only-zero-to-stride": [
        (
            "2.5",
            """
def legal_output_paddings(size, out, kernel, stride, padding, dilation=1):
    found = [e for e in range(stride) if (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + e + 1 == out]
    if not found:
        raise ValueError("none")
    return found
""",
        ),
        (
            "2.5",
            """
def legal_output_paddings(size, out, kernel, stride, padding, dilation=1):
    extra = out - ((size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1)
    if extra < 0 or extra >= stride:
        raise ValueError(f"{extra} is not legal")
    return [extra]
""",
        ),
        (
            "2.5",
            """
def legal_output_paddings(size, out, kernel, stride, padding, dilation=1):
    e, found = 0, []
    while e < stride:
        if output_size(size, kernel, stride, padding, e, dilation) == out:
            found += [e]
        e += 1
    if found == []:
        raise ValueError()
    return tuple(found)
""",
        ),
    ],
    "matrix-not-transposed": [
        (
            "2.2",
            """
def conv_transpose_by_matrix(y, w, size, stride=1, padding=0):
    return conv_matrix(w, size, stride, padding) @ y
""",
        ),
        (
            "2.2",
            """
def conv_transpose_by_matrix(y, w, size, stride=1, padding=0):
    M = conv_matrix(w, len(y), stride, padding)
    return np.dot(M, y)
""",
        ),
        (
            "2.2",
            """
def conv_transpose_by_matrix(y, w, size, stride=1, padding=0):
    rows = (size + 2 * padding - len(w)) // stride + 1
    out = []
    for o in range(rows):
        row = [0.0] * size
        for i in range(len(w)):
            if 0 <= o * stride + i - padding < size:
                row[o * stride + i - padding] = w[i]
        out.append(sum(a * b for a, b in zip(row, y, strict=True)))
    return np.array(out)
""",
        ),
    ],
    "weight-gradient-flipped": [
        ("2.6", "GRADIENTS[:, :, ::-1, ::-1]"),
        ("2.6", "np.flip(GRADIENTS, axis=(2, 3))"),
        ("2.6", "np.rot90(GRADIENTS, 2, axes=(2, 3))"),
    ],
    "bias-gradient-averaged": [
        ("2.6", "BIAS g.mean(axis=(1, 2))"),
        ("2.6", "BIAS np.array([np.average(plane) for plane in g])"),
        ("2.6", "BIAS g.sum((1, 2)) / (g.shape[1] * g.shape[2])"),
    ],
    "input-gradient-without-stride": [
        ("2.6", "INPUT conv2d(g, w, (1, 1), padding)"),
        ("2.6", "INPUT conv2d(g, w, padding=padding)[:, :y.shape[1], :y.shape[2]]"),
        (
            "2.6",
            "INPUT np.einsum('cabij,kcij->kab', np.lib.stride_tricks.sliding_window_view("
            "np.pad(g, ((0, 0), (p, p), (q, q))), (k, l), axis=(1, 2)), w)",
        ),
    ],
    "counts-holes-as-useful": [
        (
            "2.7",
            """
def useful_multiplications(size, kernel, stride):
    return ((size - 1) * stride + 1) * kernel
""",
        ),
        (
            "2.7",
            """
def useful_multiplications(size, kernel, stride):
    count = 0
    holes = (size - 1) * stride + 1
    for position in range(holes + kernel - 1):
        for tap in range(kernel):
            if 0 <= position - tap < holes:
                count += 1
    return count
""",
        ),
        (
            "2.7",
            """
def useful_multiplications(size, kernel, stride):
    return size * kernel + (size - 1) * (stride - 1) * kernel
""",
        ),
    ],
}

_BACKWARD = """
def conv_transpose2d_backward(g, y, w, stride=(1, 1), padding=(0, 0)):
    (s, t), (p, q), (k, l) = stride, padding, w.shape[2:]
    wide = np.pad(g, ((0, 0), (p, p), (q, q)))
    gy, gw = conv2d(g, w, stride, padding), np.zeros(w.shape)
    for i in range(k):
        for j in range(l):
            part = wide[:, i:i + (y.shape[1] - 1) * s + 1:s, j:j + (y.shape[2] - 1) * t + 1:t]
            gw[:, :, i, j] = np.einsum("kab,cab->kc", y, part)
    gb = g.sum(axis=(1, 2))
    return CHANGED
"""
for _key, _place in (
    ("weight-gradient-flipped", "gy, {}, gb"),
    ("bias-gradient-averaged", "gy, gw, {}"),
    ("input-gradient-without-stride", "{}, gw, gb"),
):
    WRONG[_key] = [
        (
            part,
            _BACKWARD.replace(
                "CHANGED",
                _place.format(
                    code.replace("GRADIENTS", "gw").removeprefix("BIAS ").removeprefix("INPUT ")
                ),
            ),
        )
        for part, code in WRONG[_key]
    ]
