"""The same updates as a JAX user writes them, functions of parameters compiled whole; imported only
in its process.
"""

# mypy: disable-error-code="import-not-found"

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

Tree = dict[str, Any]


def dcgan(Z: int, W: int, C: int, SIZE: int, B: int) -> Callable[[], None]:
    """The update of `workloads.dcgan`, without batch norm's running averages; each call waits for
    its result.
    """
    rng = np.random.default_rng(0)
    widths = [
        W * SIZE // 8 >> level for level in range((SIZE // 4).bit_length() - 1)
    ]  # at 4, 8, .., SIZE / 2 pixels
    pairs = list(zip(widths, [*widths[1:], C], strict=True))
    real = jnp.asarray(rng.standard_normal((B, C, SIZE, SIZE), np.float32))
    noise = jnp.asarray(rng.standard_normal((B, Z, 1, 1), np.float32))

    def player(sizes: Sequence[tuple[int, int]], normed: Sequence[int]) -> Tree:
        kernels = [
            jnp.asarray(0.02 * rng.standard_normal((k, c, 4, 4), np.float32)) for k, c in sizes
        ]
        p = {"kernels": kernels, "norms": [(jnp.ones(width), jnp.zeros(width)) for width in normed]}
        zeros = jax.tree.map(jnp.zeros_like, p)
        return {"p": p, "m": zeros, "v": zeros, "t": 0}

    def both(G: Tree, D: Tree) -> tuple[Tree, Tree]:
        fake = _generate(G["p"], noise)
        D = _adam(
            D, jax.grad(lambda p: _bce(_judge(p, real), 1) + _bce(_judge(p, fake), 0))(D["p"])
        )
        return _adam(G, jax.grad(lambda p: _bce(_judge(D["p"], _generate(p, noise)), 1))(G["p"])), D

    compiled = jax.jit(both)
    players = (
        player([(Z, widths[0]), *pairs], widths),
        player([*pairs[::-1], (1, widths[0])], widths[-2::-1]),
    )

    def update() -> None:
        nonlocal players
        players = jax.block_until_ready(compiled(*players))

    return update


def _generate(p: Tree, x: Any) -> Any:
    *kernels, last = p["kernels"]
    for level, (w, norm) in enumerate(zip(kernels, p["norms"], strict=True)):
        x = jax.nn.relu(_batch_norm(_conv_transpose(x, w, *((2, 1) if level else (1, 0))), *norm))
    return jnp.tanh(_conv_transpose(x, last, 2, 1))


def _judge(p: Tree, x: Any) -> Any:
    first, *kernels, last = p["kernels"]
    x = jax.nn.leaky_relu(_conv(x, first, 2, 1), 0.2)
    for w, norm in zip(kernels, p["norms"], strict=True):
        x = jax.nn.leaky_relu(_batch_norm(_conv(x, w, 2, 1), *norm), 0.2)
    return _conv(x, last, 1, 0).ravel()


def _conv(x: Any, w: Any, stride: int, padding: int) -> Any:
    return lax.conv_general_dilated(x, w, (stride, stride), [(padding, padding)] * 2)


def _conv_transpose(y: Any, w: Any, stride: int, padding: int) -> Any:
    before = w.shape[-1] - 1 - padding
    flipped = jnp.flip(w, (2, 3)).swapaxes(0, 1)
    return lax.conv_general_dilated(
        y, flipped, (1, 1), [(before, before)] * 2, lhs_dilation=(stride, stride)
    )


def _batch_norm(x: Any, scale: Any, shift: Any) -> Any:
    x = (x - x.mean((0, 2, 3), keepdims=True)) * lax.rsqrt(x.var((0, 2, 3), keepdims=True) + 1e-5)
    return x * scale[:, None, None] + shift[:, None, None]


def _bce(logits: Any, target: int) -> Any:
    return jnp.mean(jax.nn.softplus(-logits if target else logits))


def _adam(state: Tree, gradient: Tree) -> Tree:
    t = state["t"] + 1
    m = jax.tree.map(lambda m, g: 0.5 * m + 0.5 * g, state["m"], gradient)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, state["v"], gradient)
    rate = 2e-4 * jnp.sqrt(1 - 0.999**t) / (1 - 0.5**t)
    p = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-8), state["p"], m, v)
    return {"p": p, "m": m, "v": v, "t": t}
