"""The bounds of settings: the least and the largest legal value work, the next one is refused."""

from __future__ import annotations

import pytest

import minigan
from minigan import nn, optim
from minigan.nn import functional as F

X = minigan.arange(2.0 * 4 * 4 * 4).reshape(2, 4, 4, 4)
V = minigan.arange(5.0)
N = minigan.arange(5)
P = [minigan.ones(2, requires_grad=True)]


def schedule(name, **settings):
    return getattr(optim.lr_scheduler, name)(optim.SGD(P), **settings)


# a call with one setting, its legal values at the bounds, and the values beyond them
BOUNDS = {
    "Embedding padding_idx": (lambda k: nn.Embedding(3, 2, padding_idx=k), [-3, 2], [-4, 3]),
    "Embedding num_embeddings": (lambda k: nn.Embedding(k, 2), [1], [0]),
    "Embedding embedding_dim": (lambda k: nn.Embedding(3, k), [1], [0]),
    "Linear in_features": (lambda k: nn.Linear(k, 2), [1], [0]),
    "Linear out_features": (lambda k: nn.Linear(2, k), [1], [0]),
    "PixelShuffle": (lambda k: nn.PixelShuffle(k)(X), [1, 2], [0, 3]),
    "PixelUnshuffle": (lambda k: nn.PixelUnshuffle(k)(X), [1, 4], [0, 3]),
    "ChannelShuffle": (lambda k: nn.ChannelShuffle(k)(X), [1, 4], [0, 3]),
    "Conv2d in_channels": (lambda k: nn.Conv2d(k, 2, 1), [1], [0]),
    "Conv2d out_channels": (lambda k: nn.Conv2d(2, k, 1), [1], [0]),
    "Conv2d kernel_size": (lambda k: nn.Conv2d(4, 2, k)(X), [1, 4], [0, 5]),
    "Conv2d stride": (lambda k: nn.Conv2d(4, 2, 1, stride=k)(X), [1], [0]),
    "Conv2d padding": (lambda k: nn.Conv2d(4, 2, 1, padding=k)(X), [0], [-1]),
    "Conv2d dilation": (lambda k: nn.Conv2d(4, 2, 2, dilation=k)(X), [1, 3], [0, 4]),
    "Conv2d groups": (lambda k: nn.Conv2d(4, 4, 1, groups=k)(X), [1, 4], [0, 3, 8]),
    "ConvTranspose2d output_padding": (
        lambda k: nn.ConvTranspose2d(4, 2, 2, stride=2, output_padding=k)(X), [0, 1], [-1, 2],
    ),
    "MaxPool2d kernel_size": (lambda k: nn.MaxPool2d(k)(X), [1, 4], [0, 5]),
    "MaxPool2d padding": (lambda k: nn.MaxPool2d(2, padding=k)(X), [0, 1], [-1, 2]),
    "AvgPool2d padding": (lambda k: nn.AvgPool2d(2, padding=k)(X), [0, 1], [-1, 2]),
    "AvgPool2d divisor_override": (
        lambda k: nn.AvgPool2d(2, divisor_override=k)(X), [1], [0],
    ),
    "BatchNorm2d num_features": (lambda k: nn.BatchNorm2d(k), [1], [0]),
    "GroupNorm num_groups": (lambda k: nn.GroupNorm(k, 4), [1, 4], [0, 3, 8]),
    "Dropout p": (lambda p: nn.Dropout(p)(X), [0.0, 1.0], [-0.01, 1.01]),
    "adaptive_avg_pool2d": (lambda k: F.adaptive_avg_pool2d(X, k), [1, 9], [-1]),
    "glu dim": (lambda k: F.glu(X, k), [-4, 3], [-5, 4]),
    "pad": (lambda k: F.pad(X, (k, 0)), [0, -3], [-5]),
    "pad reflect": (lambda k: F.pad(X, (k, 0, 0, 0), "reflect"), [0, 3], [4]),
    "pad circular": (lambda k: F.pad(X, (k, 0, 0, 0), "circular"), [0, 4], [5]),
    "label_smoothing": (
        lambda k: F.cross_entropy(X[:, :, 0, 0], N[:2], label_smoothing=k), [0.0, 1.0],
        [-0.01, 1.01],
    ),
    "clip_grad_norm_": (lambda k: nn.utils.clip_grad_norm_(P, k), [0.0], [-1e-9]),
    "ZeroPad2d": (lambda k: nn.ZeroPad2d(k), [-(2**31), 2**31 - 1], [-(2**31) - 1, 2**31]),
    "gaussian_nll_loss eps": (lambda k: F.gaussian_nll_loss(V, V, V, eps=k), [1e-9], [0.0, -1.0]),
    "triplet_margin_loss": (lambda k: F.triplet_margin_loss(V, V, V, k), [1e-9], [0.0, -1.0]),
    "huber_loss": (lambda k: F.huber_loss(V, V, delta=k), [1e-9], [0.0, -1.0]),
    "smooth_l1_loss": (lambda k: F.smooth_l1_loss(V, V, beta=k), [0.0], [-1e-9]),
    "gumbel_softmax": (lambda k: F.gumbel_softmax(V, k), [1e-9], [0.0, -1.0]),
    "trunc_normal_ a": (  # of no numbers: in [8, 9] none would be drawn for years
        lambda a: nn.init.trunc_normal_(minigan.zeros(0), a=a, b=9), [-9.0, 8.0], [8.01, 9.0],
    ),
    "trunc_normal_ b": (
        lambda b: nn.init.trunc_normal_(minigan.zeros(0), a=-9, b=b), [-8.0, 9.0], [-8.01, -9.0],
    ),
    "topk": (lambda k: minigan.topk(V, k), [0, 5], [-1, 6]),
    "narrow length": (lambda k: minigan.narrow(V, 0, 2, k), [0, 3], [-1, 4]),
    "chunk": (lambda k: minigan.chunk(V, k), [1, 9], [0]),
    "split": (lambda k: minigan.split(V, k), [1, 9], [0]),
    "tensor_split": (lambda k: minigan.tensor_split(V, k), [1, 9], [0]),
    "kthvalue": (lambda k: minigan.kthvalue(V, k), [1, 5], [0, 6]),
    "quantile": (lambda q: minigan.quantile(V, q), [0.0, 1.0], [-0.01, 1.01]),
    "eye": (lambda k: minigan.eye(k), [0], [-1]),
    "linspace steps": (lambda k: minigan.linspace(0, 1, k), [0, 1], [-1]),
    "bincount minlength": (lambda k: minigan.bincount(N, minlength=k), [0, 9], [-1]),
    "one_hot": (lambda k: F.one_hot(N, k), [-1, 5], [-2, 4]),
    "repeat_interleave": (lambda k: minigan.repeat_interleave(V, k), [0, 1], [-1]),
    "randint high": (lambda k: minigan.randint(3, k, (2,), generator=0), [4], [3]),
    "flatten end_dim": (lambda k: minigan.flatten(X, 0, k), [0, 3], [4]),
    "SGD lr": (lambda k: optim.SGD(P, lr=k), [0.0], [-1e-9]),
    "SGD momentum": (lambda k: optim.SGD(P, momentum=k), [0.0], [-1e-9]),
    "Adam betas": (lambda k: optim.Adam(P, betas=(k, 0.9)), [0.0], [-1e-9, 1.0]),
    "Adam eps": (lambda k: optim.Adam(P, eps=k), [0.0], [-1e-9]),
    "NAdam momentum_decay": (lambda k: optim.NAdam(P, momentum_decay=k), [0.0], [-1e-9]),
    "Adadelta rho": (lambda k: optim.Adadelta(P, rho=k), [0.0, 1.0], [-1e-9, 1.01]),
    "StepLR": (lambda k: schedule("StepLR", step_size=k), [1], [0]),
    "CosineAnnealingLR": (lambda k: schedule("CosineAnnealingLR", T_max=k), [1], [0]),
    "LinearLR total_iters": (lambda k: schedule("LinearLR", total_iters=k), [1], [0]),
    "LinearLR start": (lambda k: schedule("LinearLR", start_factor=k), [1e-9, 1.0], [0, 1.01]),
    "LinearLR end": (lambda k: schedule("LinearLR", end_factor=k), [0.0, 1.0], [-0.01, 1.01]),
    "ConstantLR": (lambda k: schedule("ConstantLR", total_iters=k), [0], [-1]),
    "ConstantLR factor": (lambda k: schedule("ConstantLR", factor=k), [1e-9, 1.0], [0.0, 1.01]),
    "PolynomialLR": (lambda k: schedule("PolynomialLR", total_iters=k), [1], [0]),
    "ReduceLROnPlateau": (lambda k: schedule("ReduceLROnPlateau", factor=k), [0.99], [1.0]),
    "OneCycleLR": (lambda k: schedule("OneCycleLR", max_lr=1.0, total_steps=k), [1], [0]),
}  # fmt: skip


@pytest.mark.parametrize("name", BOUNDS)
def test_the_bounds_of_a_setting(name):
    call, legal, beyond = BOUNDS[name]
    for value in legal:
        call(value)
    for value in beyond:
        with pytest.raises((ValueError, IndexError)):
            call(value)


LISTS = [nn.ModuleList([nn.ReLU()]), nn.ParameterList([minigan.ones(2)]), nn.Sequential(nn.ReLU())]


@pytest.mark.parametrize("items", LISTS)
def test_operators_of_containers_name_a_wrong_operand(items):
    name = type(items).__name__
    with pytest.raises(TypeError, match=rf"{name} \*=: times='a' must be an integer"):
        items *= "a"
    with pytest.raises(ValueError, match=rf"{name} \*=: times=0 must be at least 1"):
        items *= 0
    with pytest.raises(TypeError, match=rf"{name} \+=: .* must be an iterable"):
        items += 3
    assert len(items) == 1


def test_defaults_of_methods_and_texts_of_lists():
    layers = nn.ModuleList([nn.ReLU(), nn.ReLU(), nn.Tanh()])
    assert "(0-1): 2 x ReLU()" in repr(layers) and "(2): Tanh()" in repr(layers)
    layer = nn.Linear(2, 2, generator=0).requires_grad_(False)
    assert not layer.weight.requires_grad and layer.requires_grad_().weight.requires_grad
