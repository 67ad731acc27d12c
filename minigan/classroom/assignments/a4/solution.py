# assignment: A4
"""The reference solution of A4: what a student could hand in."""

import numpy as np

import minigan
from minigan import nn, optim
from minigan.nn import functional as F

# 4.1


def mirror_settings(encoder, size):
    """Return the decoder's layers in the order in which they run."""
    decoder = []
    for c_in, c_out, kernel, stride, padding in encoder:
        out = (size + 2 * padding - kernel) // stride + 1
        extra = size - ((out - 1) * stride - 2 * padding + kernel)
        decoder.append((c_out, c_in, kernel, stride, padding, extra))
        size = out
    return decoder[::-1]


# 4.2


def windows(x, kernel, stride, padding):
    """Return the windows of x (C, X, X') that a convolution reads: (C, Y, Y', k, k')."""
    (s, t), (p, q) = stride, padding
    wide = np.pad(x, ((0, 0), (p, p), (q, q)))
    return np.lib.stride_tricks.sliding_window_view(wide, kernel, axis=(1, 2))[:, ::s, ::t]


def scattered(y, v, stride, padding):
    """Return the transposed convolution of y (K, Y, Y') with v (K, C, k, k')."""
    (s, t), (p, q), (_, Y, Z), (_, C, k, l) = stride, padding, y.shape, v.shape
    x = np.zeros((C, (Y - 1) * s + k, (Z - 1) * t + l))
    for i in range(k):
        for j in range(l):
            part = np.einsum("kop,kc->cop", y, v[:, :, i, j])
            x[:, i : i + (Y - 1) * s + 1 : s, j : j + (Z - 1) * t + 1 : t] += part
    return x[:, p : x.shape[1] - p, q : x.shape[2] - q]


def loss_and_gradients(x, w, v, stride, padding):
    """Return the mean squared error of conv_transpose(conv(x, w), v), and its gradients."""
    seen = windows(x, w.shape[2:], stride, padding)
    y = np.einsum("cabij,kcij->kab", seen, w)
    difference = scattered(y, v, stride, padding) - x
    g = 2 * difference / x.size
    pulled = windows(g, v.shape[2:], stride, padding)
    gv = np.einsum("cabij,kab->kcij", pulled, y)
    gy = np.einsum("cabij,kcij->kab", pulled, v)
    gw = np.einsum("cabij,kab->kcij", seen, gy)
    return np.mean(difference**2), gw, gv


# 4.3


def linear_autoencoder(X, k, generator):
    """Return (encode, decode) of the best linear auto-encoder: projection on k components."""
    mean = X.mean(axis=0)
    components = np.linalg.svd(X - mean, full_matrices=False)[2][:k]

    def encode(X):
        return (X - mean) @ components.T

    def decode(h):
        return h @ components + mean

    return encode, decode


# 4.4


def build_and_train(images, k, generator):
    """Return (encoder, decoder): perceptrons with one hidden layer, trained by Adam."""
    shape, pixels = images.shape[1:], images[0].size
    encoder = nn.Sequential(
        nn.Flatten(),
        nn.Linear(pixels, 128, generator=generator),
        nn.ReLU(),
        nn.Linear(128, k, generator=generator),
    )
    decoder = nn.Sequential(
        nn.Linear(k, 128, generator=generator),
        nn.ReLU(),
        nn.Linear(128, pixels, generator=generator),
        nn.Tanh(),
        nn.Unflatten(1, shape),
    )
    steps, rate = 2500, 3e-3
    optimizer = optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=rate)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = rate * (1 - step / steps)
        x = minigan.tensor(images[generator.integers(len(images), size=64)])
        loss = F.mse_loss(decoder(encoder(x)), x)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return encoder, decoder


# 4.5


def layer_errors(encoder, images, generator):
    """Return each layer's held-out error of a linear decoder, over that of the mean image."""
    order = generator.permutation(len(images))
    cut = len(images) * 3 // 4
    rows = images.reshape(len(images), -1).astype(np.float64)
    train, test = rows[order[:cut]], rows[order[cut:]]
    baseline = ((test - train.mean(axis=0)) ** 2).mean()
    errors = []
    x = minigan.tensor(images)
    with minigan.no_grad():
        for layer in encoder:
            x = layer(x)
            h = x.numpy().reshape(len(images), -1).astype(np.float64)
            h = np.concatenate([h, np.ones((len(h), 1))], axis=1)
            a, b = h[order[:cut]], h[order[cut:]]
            weights = np.linalg.solve(a.T @ a + 1e-3 * np.eye(a.shape[1]), a.T @ train)
            errors.append(float(((b @ weights - test) ** 2).mean() / baseline))
    return errors
