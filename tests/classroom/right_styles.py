"""Right solutions in many styles: each function several times, written independently."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

RIGHT: dict[str, dict[str, list[str]]] = {
    "A1": {
        "1.1": [
            """
def numerical_gradient(f, x, eps=1e-6):
    basis = eps * np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([(f(x + e) - f(x - e)) / (2 * eps) for e in basis]).reshape(x.shape)
""",
            """
def numerical_gradient(f, x, eps=1e-6):
    g = np.empty_like(x)
    it = np.nditer(x, flags=["multi_index"])
    for value in it:
        i = it.multi_index
        z = np.array(x)
        z[i] = value + eps
        up = f(z)
        z[i] = value - eps
        g[i] = (up - f(z)) / 2 / eps
    return g
""",
            """
def numerical_gradient(f, x, eps=1e-6):
    g = np.zeros(x.shape)
    for i in np.ndindex(*x.shape):
        kept = x[i].copy()
        x[i] = kept + eps
        high = float(f(x))
        x[i] = kept - eps
        low = float(f(x))
        x[i] = kept
        g[i] = (high - low) / (2.0 * eps)
    return g
""",
            """
def numerical_gradient(f, x, eps=1e-6):
    def entry(k):
        if k == x.size:
            return []
        step = np.zeros(x.size)
        step[k] = eps
        step = step.reshape(x.shape)
        return [(f(x + step) - f(x - step)) / (eps + eps)] + entry(k + 1)
    return np.reshape(entry(0), x.shape)
""",
        ],
        "1.2": [
            """
def grad_check(f, gradient, x, eps=1e-6, tolerance=1e-5):
    a, n = gradient(x), numerical_gradient(f, x, eps)
    d = np.abs(a - n)
    index = tuple(int(i) for i in np.argwhere(d == d.max())[0])
    error = d.max() / max(np.abs(a).max(), np.abs(n).max())
    return error <= tolerance, index, error
""",
            """
def grad_check(f, gradient, x, eps=1e-6, tolerance=1e-5):
    a = gradient(x.copy())
    worst, place, largest = 0.0, (0,) * x.ndim, 1e-300
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += eps
        down[i] -= eps
        n = (f(up) - f(down)) / (2 * eps)
        largest = max(largest, abs(a[i]), abs(n))
        if abs(a[i] - n) > worst:
            worst, place = abs(a[i] - n), i
    return [bool(worst / largest <= tolerance), place, float(worst / largest)]
""",
        ],
        "1.4": [
            """
class Value:
    def __init__(self, number):
        self.data, self.grad, self._edges = number, 0.0, []
    @staticmethod
    def _of(v):
        return v if isinstance(v, Value) else Value(v)
    @classmethod
    def _made(cls, data, *edges):
        out = cls(data)
        out._edges = edges
        return out
    def __add__(self, o):
        o = Value._of(o)
        return Value._made(self.data + o.data, (self, 1.0), (o, 1.0))
    def __mul__(self, o):
        o = Value._of(o)
        return Value._made(self.data * o.data, (self, o.data), (o, self.data))
    def __radd__(self, o): return Value._of(o) + self
    def __rmul__(self, o): return Value._of(o) * self
    def tanh(self):
        e = np.exp(2 * self.data)
        t = (e - 1) / (e + 1)
        return Value._made(t, (self, 1 - t ** 2))
    def backward(self, g=1.0):
        self.grad += g
        for v, d in self._edges:
            v.backward(g * d)
""",
            """
import math
class Value:
    count = 0
    def __init__(self, number, rule=None, parents=()):
        self.data, self.grad, self.rule, self.parents = float(number), 0.0, rule, parents
        Value.count += 1
        self.born = Value.count
    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, lambda g: (g, g), (self, other))
    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, lambda g: (g * other.data, g * self.data), (self, other))
    __radd__ = __add__
    __rmul__ = __mul__
    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, lambda g: (g * (1 - t * t),), (self,))
    def backward(self):
        self.grad = 1.0
        found, todo = {}, [self]
        while todo:
            v = todo.pop()
            if v.born not in found:
                found[v.born] = v
                todo.extend(v.parents)
        for born in sorted(found, reverse=True):
            v = found[born]
            for p, g in zip(v.parents, v.rule(v.grad) if v.rule else ()):
                p.grad = p.grad + g
""",
        ],
    },
    "A2": {
        "2.1": [
            """
def conv_transpose1d(y, w, stride=1):
    K, Y = y.shape
    K, C, k = w.shape
    x = np.zeros((C, (Y - 1) * stride + k))
    for n in range(K):
        for c in range(C):
            for o in range(Y):
                for i in range(k):
                    x[c, o * stride + i] += y[n, o] * w[n, c, i]
    return x
""",
            """
def conv_transpose1d(y, w, stride=1):
    Y, k = y.shape[1], w.shape[2]
    x = np.zeros((w.shape[1], (Y - 1) * stride + k))
    places = stride * np.arange(Y)[:, None] + np.arange(k)[None, :]
    np.add.at(x, (slice(None), places), np.einsum("ko,kci->coi", y, w))
    return x
""",
            """
def conv_transpose1d(y, w, stride=1):
    K, Y = y.shape
    z = np.zeros((K, (Y - 1) * stride + 1))
    z[:, ::stride] = y
    return np.array([sum(np.convolve(z[n], w[n, c]) for n in range(K)) for c in range(w.shape[1])])
""",
            """
def conv_transpose1d(y, w, stride=1):
    K, Y = y.shape
    n = (Y - 1) * stride + w.shape[2]
    z = np.zeros((K, n))
    z[:, : (Y - 1) * stride + 1 : stride] = y
    spectrum = np.einsum("kf,kcf->cf", np.fft.rfft(z, n), np.fft.rfft(w, n))
    return np.fft.irfft(spectrum, n)
""",
            """
def conv_transpose2d_scatter(y, w, stride=(1, 1)):
    s, t = stride
    K, H, W = y.shape
    k, l = w.shape[2:]
    x = np.zeros((w.shape[1], (H - 1) * s + k, (W - 1) * t + l))
    for i in range(k):
        for j in range(l):
            x[:, i:i + (H - 1) * s + 1:s, j:j + (W - 1) * t + 1:t] += np.tensordot(w[:, :, i, j], y, (0, 0))
    return x
""",
            """
def conv_transpose2d_scatter(y, w, stride=(1, 1)):
    s, t = stride
    y, w = y.astype(np.float32), w.astype(np.float32)
    K, H, W = y.shape
    x = np.zeros((w.shape[1], (H - 1) * s + w.shape[2], (W - 1) * t + w.shape[3]), np.float32)
    for o, p in np.ndindex(H, W):
        x[:, o * s:o * s + w.shape[2], p * t:p * t + w.shape[3]] += (y[:, o, p, None, None, None] * w).sum(0)
    return x.astype(np.float64)
""",
            """
def conv_transpose2d_scatter(y, w, stride=(1, 1)):
    s, t = stride
    (K, H, W), (_, C, k, l) = y.shape, w.shape
    shape = ((H - 1) * s + k, (W - 1) * t + l)
    columns = np.einsum("kop,kcij->cijop", y, w)
    rows = (np.arange(H) * s)[None, None, :, None] + np.arange(k)[:, None, None, None]
    cols = (np.arange(W) * t)[None, None, None, :] + np.arange(l)[None, :, None, None]
    flat = np.broadcast_to(rows * shape[1] + cols, columns.shape[1:]).ravel()
    return np.stack([np.bincount(flat, c.ravel(), shape[0] * shape[1]).reshape(shape) for c in columns])
""",
            """
class Painter:
    def __init__(self, w, stride):
        self.w, self.stride = w, stride
    def paint(self, y, o=0):
        if o == y.shape[1]:
            k, l = self.w.shape[2:]
            s, t = self.stride
            return np.zeros((self.w.shape[1], (y.shape[1] - 1) * s + k, (y.shape[2] - 1) * t + l))
        x = self.paint(y, o + 1)
        s, t = self.stride
        for p in range(y.shape[2]):
            x[:, o * s:o * s + self.w.shape[2], p * t:p * t + self.w.shape[3]] += np.tensordot(y[:, o, p], self.w, 1)
        return x

def conv_transpose2d_scatter(y, w, stride=(1, 1)):
    return Painter(w, stride).paint(y)
""",
        ],
        "2.2": [
            """
def conv_matrix(w, size, stride=1, padding=0):
    k = w.size
    rows = (size + 2 * padding - k) // stride + 1
    wide = np.zeros((rows, size + 2 * padding))
    for o in range(rows):
        wide[o, o * stride:o * stride + k] = w
    return wide[:, padding:padding + size]
""",
            """
def conv_matrix(w, size, stride=1, padding=0):
    rows = (size + 2 * padding - len(w)) // stride + 1
    tap = np.arange(size)[None, :] - stride * np.arange(rows)[:, None] + padding
    return np.where((tap >= 0) & (tap < len(w)), w[np.clip(tap, 0, len(w) - 1)], 0.0)
""",
            """
def conv_matrix(w, size, stride=1, padding=0):
    columns = []
    for h in range(size):
        unit = np.zeros(size)
        unit[h] = 1.0
        padded = np.pad(unit, padding)
        columns.append([padded[o:o + len(w)] @ w for o in range(0, len(padded) - len(w) + 1, stride)])
    return np.array(columns, dtype=float).T.copy()
""",
            """
def conv_transpose_by_matrix(y, w, size, stride=1, padding=0):
    M = conv_matrix(w, size, stride, padding)
    return np.einsum("oh,o->h", M, y)
""",
            """
def conv_transpose_by_matrix(y, w, size, stride=1, padding=0):
    M = conv_matrix(w, size, stride=stride, padding=padding)
    return np.array([sum(M[o, h] * y[o] for o in range(len(y))) for h in range(size)])
""",
        ],
        "2.3": [
            """
def conv_transpose2d_stride1(y, w, padding=(0, 0)):
    v = np.flip(w, (2, 3)).swapaxes(0, 1)
    return conv2d(y, v, (1, 1), (w.shape[2] - 1 - padding[0], w.shape[3] - 1 - padding[1]))
""",
            """
def conv_transpose2d_stride1(y, w, padding=(0, 0)):
    (p, q), (k, l) = padding, w.shape[2:]
    full = conv2d(np.pad(y, ((0, 0), (k - 1, k - 1), (l - 1, l - 1))), np.rot90(w, 2, (2, 3)).transpose(1, 0, 2, 3))
    return full[:, p:full.shape[1] - p, q:full.shape[2] - q]
""",
            """
def conv_transpose2d_stride1(y, w, padding=(0, 0)):
    import minigan
    import minigan.nn.functional as F
    full = F.conv2d(minigan.tensor(y), minigan.tensor(w[:, :, ::-1, ::-1].transpose(1, 0, 2, 3).copy()),
                    padding=(w.shape[2] - 1, w.shape[3] - 1)).numpy()
    return full[:, padding[0]:full.shape[1] - padding[0], padding[1]:full.shape[2] - padding[1]]
""",
            """
def conv_transpose2d_stride1(y, w, padding=(0, 0)):
    return conv_transpose2d_scatter(y, w)[
        :, padding[0]:y.shape[1] + w.shape[2] - 1 - padding[0], padding[1]:y.shape[2] + w.shape[3] - 1 - padding[1]]
""",
        ],
        "2.4": [
            """
def conv_transpose2d_holes(y, w, stride=(1, 1), padding=(0, 0)):
    (s, t), (p, q), (k, l) = stride, padding, w.shape[2:]
    rows = np.insert(y, np.repeat(np.arange(1, y.shape[1]), s - 1), 0, axis=1)
    z = np.insert(rows, np.repeat(np.arange(1, y.shape[2]), t - 1), 0, axis=2)
    return conv2d(z, w[:, :, ::-1, ::-1].swapaxes(0, 1), (1, 1), (k - 1 - p, l - 1 - q))
""",
            """
def conv_transpose2d_holes(y, w, stride=(1, 1), padding=(0, 0)):
    (s, t), (p, q) = stride, padding
    unit = np.zeros((s, t))
    unit[0, 0] = 1.0
    z = np.stack([np.kron(plane, unit) for plane in y])[:, :(y.shape[1] - 1) * s + 1, :(y.shape[2] - 1) * t + 1]
    full = conv2d(z, w[:, :, ::-1, ::-1].swapaxes(0, 1), padding=(w.shape[2] - 1, w.shape[3] - 1))
    return np.ascontiguousarray(full[:, p:full.shape[1] - p, q:full.shape[2] - q])
""",
            """
def conv_transpose2d_holes(y, w, stride=(1, 1), padding=(0, 0)):
    (s, t), (p, q), (K, H, W), (_, C, k, l) = stride, padding, y.shape, w.shape
    h, v = (H - 1) * s + k, (W - 1) * t + l
    z = np.zeros((K, h, v))
    z[:, :(H - 1) * s + 1:s, :(W - 1) * t + 1:t] = y
    spectrum = np.einsum("kab,kcab->cab", np.fft.fft2(z), np.fft.fft2(w, (h, v)))
    return np.fft.ifft2(spectrum).real[:, p:h - p, q:v - q]
""",
            """
def conv_transpose2d_holes(y, w, stride=(1, 1), padding=(0, 0)):
    (s, t), (p, q), (K, H, W), (_, C, k, l) = stride, padding, y.shape, w.shape
    X, Z = (H - 1) * s + k - 2 * p, (W - 1) * t + l - 2 * q
    x = np.zeros((C, X, Z))
    for h in range(X):
        for v in range(Z):
            for i in range(k):
                for j in range(l):
                    o, a = divmod(h + p - i, s)
                    u, b = divmod(v + q - j, t)
                    if a == 0 and b == 0 and 0 <= o < H and 0 <= u < W:
                        x[:, h, v] += y[:, o, u] @ w[:, :, i, j]
    return x
""",
        ],
        "2.5": [
            """
def output_size(size, kernel, stride, padding, output_padding=0, dilation=1):
    return int(np.int64((size - 1) * stride - 2 * padding + dilation * (kernel - 1) + output_padding + 1))
""",
            """
def output_size(size, kernel, stride, padding, output_padding=0, dilation=1):
    return np.int64(stride * (size - 1) + dilation * (kernel - 1) + 1 + output_padding - padding * 2)
""",
            """
def legal_output_paddings(size, out, kernel, stride, padding, dilation=1):
    extra = out - output_size(size, kernel, stride, padding, 0, dilation)
    if not 0 <= extra < max(stride, dilation):
        raise ValueError(f"{out} cannot be reached")
    return (int(extra),)
""",
            """
class NoSize(ValueError):
    pass

def legal_output_paddings(size, out, kernel, stride, padding, dilation=1):
    extras = np.arange(max(stride, dilation))
    sizes = (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + extras + 1
    if out not in sizes:
        raise NoSize(out)
    return list(extras[sizes == out])
""",
        ],
        "2.6": [
            """
def conv_transpose2d_backward(g, y, w, stride=(1, 1), padding=(0, 0)):
    (s, t), (p, q), (k, l) = stride, padding, w.shape[2:]
    gy = conv2d(g, w, stride, padding)
    wide = np.pad(g, ((0, 0), (p, p), (q, q)))
    gw = np.empty(w.shape)
    for i in range(k):
        for j in range(l):
            part = wide[:, i:i + (y.shape[1] - 1) * s + 1:s, j:j + (y.shape[2] - 1) * t + 1:t]
            gw[:, :, i, j] = np.tensordot(y, part, ((1, 2), (1, 2)))
    return [gy, gw, np.array([plane.sum() for plane in g])]
""",
            """
def conv_transpose2d_backward(g, y, w, stride=(1, 1), padding=(0, 0)):
    def x(y, w):
        full = conv_transpose2d_scatter(y, w, stride)
        return full[:, padding[0]:full.shape[1] - padding[0], padding[1]:full.shape[2] - padding[1]]
    def units(a):
        return np.eye(a.size).reshape(a.size, *a.shape)
    gy = np.array([(g * x(e, w)).sum() for e in units(y)]).reshape(y.shape)
    gw = np.array([(g * x(y, e)).sum() for e in units(w)]).reshape(w.shape)
    return gy, gw, np.einsum("chv->c", g)
""",
        ],
        "2.7": [
            "def useful_multiplications(size, kernel, stride):\n    return kernel * size",
            """
def useful_multiplications(size, kernel, stride):
    holes = np.zeros((size - 1) * stride + 1, int)
    holes[::stride] = 1
    wide = np.pad(holes, kernel - 1)
    return np.lib.stride_tricks.sliding_window_view(wide, kernel).sum()
""",
        ],
    },
    "A3": {
        "3.1": [
            """
def coverage(size, kernel, stride, padding=0):
    painted = np.add.outer(stride * np.arange(size), np.arange(kernel)).ravel()
    counts = np.bincount(painted, minlength=(size - 1) * stride + kernel)
    return counts[padding:len(counts) - padding]
""",
            """
def coverage(size, kernel, stride, padding=0):
    n = (size - 1) * stride + kernel
    return np.array([sum(0 <= h - o * stride < kernel for o in range(size)) for h in range(padding, n - padding)], dtype=np.int32)
""",
            """
from collections import Counter
def coverage(size, kernel, stride, padding=0):
    c = Counter(o * stride + i for o in range(size) for i in range(kernel))
    n = (size - 1) * stride + kernel
    return np.asarray([c[h] for h in range(n)][padding:n - padding])
""",
        ],
        "3.2": [
            "def coverage_law(position, kernel, stride, padding=0):\n    return len(range((position + padding) % stride, kernel, stride))",
            """
import math
def coverage_law(position, kernel, stride, padding=0):
    r = (position + padding) % stride
    return max(0, math.ceil((kernel - r) / stride))
""",
            """
def coverage_law(position, kernel, stride, padding=0):
    full, rest = divmod(kernel, stride)
    return full + ((position + padding) % stride < rest)
""".replace("full + (", "full + int("),
        ],
        "3.3": [
            "def uniform_padding(kernel, stride):\n    if kernel % stride != 0:\n        return None\n    return np.int64(kernel - stride)",
            """
def uniform_padding(kernel, stride):
    for p in range(kernel + 1):
        counts = coverage(40, kernel, stride, p)
        if len(set(counts.tolist())) == 1:
            return p
    return None
""",
        ],
        "3.4": [
            """
def decoder_settings(small, large, stride):
    out = []
    for k in range(1, 9):
        for e in range(stride):
            for p in range(100):
                if (small - 1) * stride - 2 * p + k + e == large and k / stride == k // stride:
                    out.append([k, p, e])
    return sorted(out)
""",
            """
def decoder_settings(small, large, stride):
    def ok(k, p, e):
        even = len({coverage_law(100 + r, k, stride) for r in range(stride)}) == 1
        return even and (small - 1) * stride + k + e - 2 * p == large
    triples = ((k, p, e) for k in range(1, 9) for p in range(60) for e in range(stride))
    return tuple(triple for triple in triples if ok(*triple))
""",
        ],
        "3.5": [
            """
def phase_variances(kernel, stride, channels, weight_std, input_std):
    counts = np.zeros(stride)
    for i in range(kernel):
        counts[i % stride] += 1
    return counts * channels * np.square(weight_std * input_std)
""",
            """
def phase_variances(kernel, stride, channels, weight_std, input_std):
    one = (weight_std * input_std) ** 2 * channels
    return np.array([one * len(range(r, kernel, stride)) for r in range(stride)], dtype=float)
""",
        ],
    },
    "A5": {
        "5.1": [
            "def entropy(p):\n    with np.errstate(all='ignore'):\n        return -np.nansum(p * np.log(p), axis=-1)",
            "def entropy(p):\n    return -np.sum(p * np.log(np.where(p == 0, 1.0, p)), axis=-1)",
            "def entropy(p):\n    return np.sum(-p * np.log(np.clip(p, 1e-300, None)), axis=-1)",
            """
def entropy(p):
    def one(row):
        return -sum(float(v) * np.log(v) for v in row if v > 0)
    return np.apply_along_axis(one, -1, p) if p.ndim > 1 else one(p)
""",
            """
def kl(p, q):
    with np.errstate(all="ignore"):
        terms = np.where(p > 0, p * (np.log(p) - np.log(q)), 0.0)
    return terms.sum(axis=-1)
""",
            """
def kl(p, q):
    ratio = np.ones_like(p)
    np.divide(p, q, out=ratio, where=(p > 0) & (q > 0))
    total = (p * np.log(ratio)).sum(-1)
    return np.where(((p > 0) & (q == 0)).any(-1), np.inf, total)[()]
""",
            "def js(p, q):\n    m = 0.5 * (p + q)\n    return entropy(m) - 0.5 * entropy(p) - 0.5 * entropy(q)",
            "def js(p, q):\n    m = np.mean([p, q], axis=0)\n    return np.mean([kl(p, m), kl(q, m)], axis=0)",
            """
def js(p, q):
    p, q = p.astype(np.float32), q.astype(np.float32)
    m = (p + q) / 2
    with np.errstate(all="ignore"):
        a = np.where(p > 0, p * np.log(p / m), 0).sum(-1)
        b = np.where(q > 0, q * np.log(q / m), 0).sum(-1)
    return ((a + b) / 2).astype(np.float64)
""",
        ],
        "5.2": [
            """
def optimal_discriminator(p, g):
    D = np.full(p.shape, 0.5)
    np.divide(p, p + g, out=D, where=p + g > 0)
    return D
""",
            """
def optimal_discriminator(p, g):
    with np.errstate(all="ignore"):
        D = p / (p + g)
    D[np.isnan(D)] = 0.5
    return D
""",
            """
class Ratio(np.ndarray):
    pass

def optimal_discriminator(p, g):
    t = p + g
    return np.where(t == 0, 0.5, 1 - g / np.where(t == 0, 1.0, t)).view(Ratio)
""",
        ],
        "5.3": [
            """
def proof(p, g):
    keep = p + g > 0
    p, g = p[keep], g[keep]
    m, D = (p + g) / 2, p / (p + g)
    def s(a, b):
        return sum(u * np.log(v) for u, v in zip(a, b) if u > 0)
    V = s(p, D) + s(g, 1 - D)
    ratio = s(p, p / (p + g)) + s(g, g / (p + g))
    both = s(p, p / m) + s(g, g / m)
    H = lambda a: -s(a, a)
    cross = -s(p, m) - H(p) - s(g, m) - H(g)
    J = (s(p, p / m) + s(g, g / m)) / 2
    return ((V, ratio), (ratio, both - np.log(4)), (both, cross), (H(m) - (H(p) + H(g)) / 2, J),
            (V, 2 * J - np.log(4)), (V + np.log(4), 2 * J))
""",
            """
def proof(p, g):
    m = (p + g) / 2
    rows = np.zeros((6, 2))
    V = value(optimal_discriminator(p, g), p, g)
    rows[0] = V, kl(p, m) + kl(g, m) - 2 * np.log(2)
    rows[1] = rows[0, 1], rows[0, 1]
    rows[2] = kl(p, m) + kl(g, m), kl(p, m) + kl(g, m)
    rows[3] = entropy(m) - entropy(p) / 2 - entropy(g) / 2, js(p, g)
    rows[4] = V, 2 * js(p, g) - 2 * np.log(2)
    rows[5] = V - value(np.full(p.shape, 0.5), p, g), 2 * js(p, g)
    return rows
""",
        ],
        "5.4": [
            """
def sp(a):
    return np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a)))
def d_loss(real, fake): return float(np.mean(sp(-real)) + np.mean(sp(fake)))
def g_loss_minimax(fake): return float(-sp(fake).mean())
def g_loss_non_saturating(fake): return float(sp(-fake).mean())
""",
            """
import math
def sp(a):
    return a + math.log1p(math.exp(-a)) if a > 0 else math.log1p(math.exp(a))
def d_loss(real, fake):
    return sum(sp(-a) for a in real.ravel()) / real.size + sum(sp(a) for a in fake.ravel()) / fake.size
def g_loss_minimax(fake): return -sum(map(sp, fake.ravel())) / fake.size
def g_loss_non_saturating(fake): return sum(sp(-a) for a in fake.ravel()) / fake.size
""",
            """
def log_sigmoid(a): return -np.logaddexp(0, -a)
def d_loss(real, fake): return -(log_sigmoid(real).mean() + log_sigmoid(-fake).mean())
def g_loss_minimax(fake): return np.average(log_sigmoid(-fake))
def g_loss_non_saturating(fake): return np.array(-log_sigmoid(fake).mean())
""",
        ],
        "5.5": [
            "def decompose(loss_d, jsd):\n    return loss_d - 2 * (np.log(2) - jsd)",
            "def decompose(loss_d, jsd):\n    return np.float32(loss_d + 2 * jsd - np.log(4)).item()",
            """
def what_is_wrong(loss_d, jsd):
    wrong = [name for name, value in (("G", jsd), ("D", decompose(loss_d, jsd))) if value > 1e-3]
    return {0: "neither", 2: "both"}.get(len(wrong), "".join(wrong))
""",
        ],
    },
}


def mixed(id: str, count: int, seed: int = 0) -> Iterator[str]:
    """Yield code that replaces functions of the reference by others, chosen at random."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        codes = []
        for styles in RIGHT[id].values():
            chosen = rng.permutation(len(styles))[: rng.integers(1, len(styles) + 1)]
            codes += [styles[i] for i in chosen]
        yield "\n".join(codes)
