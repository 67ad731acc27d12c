"""float16: numbers far from 1 give what PyTorch gives, in values and gradients, not 0 or inf."""

import numpy as np
import pytest

import minigan

torch = pytest.importorskip("torch")

FUNCTIONS = {
    "normalize": lambda F, x, y: F.normalize(x),
    "normalize, p=1": lambda F, x, y: F.normalize(x, p=1.0),
    "normalize, dim=0": lambda F, x, y: F.normalize(x, dim=0),
    "cosine_similarity": lambda F, x, y: F.cosine_similarity(x, y),
    "cosine_similarity, dim=0": lambda F, x, y: F.cosine_similarity(x, y, dim=0),
    "pairwise_distance": lambda F, x, y: F.pairwise_distance(x, y),
    "layer_norm": lambda F, x, y: F.layer_norm(x, (8,)),
    "group_norm": lambda F, x, y: F.group_norm(x, 2),
    "instance_norm": lambda F, x, y: F.instance_norm(x.reshape(1, 4, 8)),
    "batch_norm": lambda F, x, y: F.batch_norm(x, None, None, training=True),
    "rms_norm": lambda F, x, y: F.rms_norm(x, (8,)),
    "mse_loss": lambda F, x, y: F.mse_loss(x, y),
    "mse_loss, none": lambda F, x, y: F.mse_loss(x, y, reduction="none"),
    "l1_loss, sum": lambda F, x, y: F.l1_loss(x, y, reduction="sum"),
    "smooth_l1_loss": lambda F, x, y: F.smooth_l1_loss(x, y, beta=0.01),
    "huber_loss": lambda F, x, y: F.huber_loss(x, y, delta=300.0),
    "bce_with_logits": lambda F, x, y: F.binary_cross_entropy_with_logits(x, F.sigmoid(y)),
    "cross_entropy": lambda F, x, y: F.cross_entropy(x, F.softmax(y, 1)),
    "kl_div": lambda F, x, y: F.kl_div(x, F.softmax(y, 1), reduction="batchmean"),
    "gelu": lambda F, x, y: F.gelu(x),
    "gelu, tanh": lambda F, x, y: F.gelu(x, approximate="tanh"),
    "silu": lambda F, x, y: F.silu(x),
    "mish": lambda F, x, y: F.mish(x),
    "softplus": lambda F, x, y: F.softplus(x, beta=5),
    "hardswish": lambda F, x, y: F.hardswish(x),
    "celu": lambda F, x, y: F.celu(x, 2.0),
    "softsign": lambda F, x, y: F.softsign(x),
    "avg_pool2d": lambda F, x, y: F.avg_pool2d(x.reshape(1, 1, 4, 8), 2),
    "adaptive_avg_pool2d": lambda F, x, y: F.adaptive_avg_pool2d(x.reshape(1, 1, 4, 8), 1),
}
SUMS_TO_ZERO = ("layer_norm", "group_norm", "instance_norm", "batch_norm")  # no gradient of a sum


@pytest.mark.parametrize("scale", [1.0, 100.0, 3000.0, 15000.0])
@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
def test_large_numbers(name, scale):
    rng = np.random.default_rng(0)
    arrays = [(rng.standard_normal((4, 8)) * scale).astype(np.float16) for _ in range(2)]
    found = []
    for m in (minigan, torch):
        x, y = (m.tensor(array, requires_grad=True) for array in arrays)
        z = FUNCTIONS[name](m.nn.functional, x, y)
        z.sum().backward()
        assert str(z.dtype).endswith("float16")
        found.append([z.detach().numpy(), x.grad.numpy()][: 1 if name in SUMS_TO_ZERO else 2])
    for ours, theirs in zip(*found, strict=True):
        ours, theirs = np.float64(ours), np.float64(theirs)
        finite = np.isfinite(theirs) & (theirs != 0)  # where PyTorch's arithmetic overflows, skip
        size = np.abs(theirs[finite]).max(initial=1e-4)
        np.testing.assert_allclose(ours[finite], theirs[finite], rtol=4e-3, atol=4e-3 * size)


def test_a_gelu_far_from_0_has_the_slope_0_or_1():
    for dtype, far in (("float16", 6e4), ("float32", 1e15)):
        x = minigan.tensor([-far, far], dtype=dtype, requires_grad=True)
        minigan.nn.functional.gelu(x, approximate="tanh").sum().backward()
        assert x.grad.tolist() == [0.0, 1.0], dtype
