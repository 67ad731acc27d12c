"""Wrong solutions of A4 in three styles for each misconception, independent of the detector's."""

from __future__ import annotations

_LOSS = """
def loss_and_gradients(x, w, v, stride, padding):
    (s, t), (p, q) = stride, padding
    K, C, k, l = w.shape
    def conv(x, w):
        z = np.pad(x, ((0, 0), (p, p), (q, q)))
        H, W = (z.shape[1] - k) // s + 1, (z.shape[2] - l) // t + 1
        y = np.zeros((K, H, W))
        for o in range(H):
            for u in range(W):
                y[:, o, u] = (w * z[None, :, o * s:o * s + k, u * t:u * t + l]).sum((1, 2, 3))
        return y
    def back(y, w):
        z = np.zeros((C, x.shape[1] + 2 * p, x.shape[2] + 2 * q))
        for o in range(y.shape[1]):
            for u in range(y.shape[2]):
                z[:, o * s:o * s + k, u * t:u * t + l] += np.tensordot(y[:, o, u], w, 1)
        return z[:, p:z.shape[1] - p, q:z.shape[2] - q]
    def weight(x, y):
        z, g = np.pad(x, ((0, 0), (p, p), (q, q))), np.zeros(w.shape)
        for o in range(y.shape[1]):
            for u in range(y.shape[2]):
                g += y[:, o, u, None, None, None] * z[None, :, o * s:o * s + k, u * t:u * t + l]
        return g
    y = conv(x, w)
    d = back(y, v) - x
    LOSS
"""


def _loss(code: str) -> tuple[str, str]:
    return "4.2", _LOSS.replace("LOSS", code)


WRONG: dict[str, list[tuple[str, str]]] = {
    "no-output-padding": [
        (
            "4.1",
            """
def mirror_settings(encoder, size):
    return [(b, a, k, s, p, 0) for a, b, k, s, p in reversed(encoder)]
""",
        ),
        (
            "4.1",
            """
def mirror_settings(encoder, size):
    out = []
    for layer in encoder[::-1]:
        c_in, c_out, kernel, stride, padding = layer
        out += [[c_out, c_in, kernel, stride, padding, 0]]
    return out
""",
        ),
        (
            "4.1",
            """
class Layer(tuple):
    pass

def mirror_settings(encoder, size):
    return tuple(Layer((l[1], l[0], *l[2:], 0)) for l in sorted(encoder, key=encoder.index)[::-1])
""",
        ),
    ],
    "layers-not-reversed": [
        (
            "4.1",
            """
def mirror_settings(encoder, size):
    out = []
    for a, b, k, s, p in encoder:
        n = (size + 2 * p - k) // s + 1
        out.append((b, a, k, s, p, (size + 2 * p - k) % s))
        size = n
    return out
""",
        ),
        (
            "4.1",
            """
def mirror_settings(encoder, size):
    sizes = [size]
    for _, _, k, s, p in encoder:
        sizes.append((sizes[-1] + 2 * p - k) // s + 1)
    return [(b, a, k, s, p, sizes[i] - ((sizes[i + 1] - 1) * s - 2 * p + k))
            for i, (a, b, k, s, p) in enumerate(encoder)]
""",
        ),
        (
            "4.1",
            """
def mirror_settings(encoder, size):
    if not encoder:
        return []
    (a, b, k, s, p), rest = encoder[0], encoder[1:]
    n, extra = divmod(size + 2 * p - k, s)
    return [(b, a, k, s, p, extra)] + mirror_settings(rest, n + 1)
""",
        ),
    ],
    "channels-not-reversed": [
        (
            "4.1",
            """
def mirror_settings(encoder, size):
    out = []
    for a, b, k, s, p in encoder:
        out.insert(0, (a, b, k, s, p, (size + 2 * p - k) % s))
        size = (size + 2 * p - k) // s + 1
    return out
""",
        ),
        (
            "4.1",
            """
def mirror_settings(encoder, size):
    if not encoder:
        return []
    n, extra = divmod(size + 2 * encoder[0][4] - encoder[0][2], encoder[0][3])
    return mirror_settings(encoder[1:], n + 1) + [(*encoder[0], extra)]
""",
        ),
        (
            "4.1",
            """
def mirror_settings(encoder, size):
    found, n = {}, size
    for i, layer in enumerate(encoder):
        k, s, p = layer[2:]
        m = (n + 2 * p - k) // s + 1
        found[-i] = list(layer) + [n - ((m - 1) * s - 2 * p + k)]
        n = m
    return [found[i] for i in sorted(found)]
""",
        ),
    ],
    "sum-for-mean": [
        _loss("return (d * d).sum(), weight(x, conv(2 * d, v)), weight(2 * d, y)"),
        _loss("return np.mean(d * d), weight(x, conv(2 * d, v)), weight(2 * d, y)"),
        _loss("g = d + d\n    return np.sum(np.square(d)), weight(x, conv(g, v)), weight(g, y)"),
    ],
    "decoder-gradient-missing": [
        _loss(
            "g = 2 * d / d.size\n    return np.mean(d * d), weight(x, conv(g, v)), np.zeros(v.shape)"
        ),
        _loss("g = 2 * d / d.size\n    return (d * d).mean(), weight(x, conv(g, v)), 0 * v"),
        _loss(
            "g = 2 * d / x.size\n    return np.mean(d ** 2), weight(x, conv(g, v)), np.zeros_like(w)"
        ),
    ],
    "uncentred-pca": [
        (
            "4.3",
            """
def linear_autoencoder(X, k, generator):
    U, S, V = np.linalg.svd(X, full_matrices=False)
    return lambda X: X @ V[:k].T, lambda h: h @ V[:k]
""",
        ),
        (
            "4.3",
            """
def linear_autoencoder(X, k, generator):
    values, vectors = np.linalg.eigh(X.T @ X)
    W = vectors[:, ::-1][:, :k]
    def encode(rows): return rows.dot(W)
    def decode(codes): return codes.dot(W.T)
    return encode, decode
""",
        ),
        (
            "4.3",
            """
def linear_autoencoder(X, k, generator):
    W = np.linalg.qr(generator.normal(size=(X.shape[1], k)))[0]
    for _ in range(2000):
        W = np.linalg.qr(X.T @ (X @ W))[0]
    return (lambda X: X @ W), (lambda h: h @ W.T)
""",
        ),
    ],
    "trains-the-encoder-too": [
        (
            "4.5",
            """
def layer_errors(encoder, images, generator, right=layer_errors):
    optimizer = optim.Adam(encoder.parameters(), lr=1e-3)
    loss = (encoder(minigan.tensor(images[:16])) ** 2).mean()
    loss.backward()
    optimizer.step()
    return right(encoder, images, generator)
""",
        ),
        (
            "4.5",
            """
def layer_errors(encoder, images, generator, right=layer_errors):
    errors = right(encoder, images, generator)
    for p in encoder.parameters():
        p.data = minigan.tensor(p.numpy() * np.float32(1.001))
    return errors
""",
        ),
        (
            "4.5",
            """
def layer_errors(encoder, images, generator, right=layer_errors):
    h = encoder(minigan.tensor(images[:32]))
    decoder = nn.Linear(h.shape[1], 64, generator=generator)
    both = optim.SGD([*encoder.parameters(), *decoder.parameters()], lr=0.01)
    loss = ((decoder(h) - minigan.tensor(images[:32].reshape(32, 64))) ** 2).mean()
    both.zero_grad()
    loss.backward()
    both.step()
    return right(encoder, images, generator)
""",
        ),
    ],
}
