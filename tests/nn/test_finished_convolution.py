"""A convolution and the activation after it are one op in Sequential: the same numbers as two."""

import numpy as np
import pytest

import minigan
from minigan import nn

ACTS = [nn.ReLU(), nn.LeakyReLU(0.2)]
LAYERS = {  # every way of `blocked`: blocks, rows of taps, both forms of Winograd, phases, products
    "blocks": (lambda: nn.Conv2d(3, 5, 3, padding=1), (4, 3, 9, 8)),
    "stride": (lambda: nn.Conv2d(5, 6, (3, 2), stride=2), (3, 5, 9, 8)),
    "groups": (lambda: nn.Conv2d(4, 6, 3, groups=2, padding=2), (3, 4, 9, 8)),
    "rows": (lambda: nn.Conv2d(16, 17, 3, padding=1), (3, 16, 33, 40)),
    "threes": (lambda: nn.Conv2d(64, 64, 3, padding=1, bias=False), (16, 64, 16, 18)),
    "pairs": (lambda: nn.Conv2d(32, 32, 4, stride=2, padding=1), (32, 32, 18, 16)),
    "one window": (lambda: nn.Conv2d(4, 6, (3, 2)), (3, 4, 3, 2)),
    "one axis": (lambda: nn.Conv1d(6, 9, 4, by="im2col"), (3, 6, 11)),
    "three axes": (lambda: nn.Conv3d(2, 5, 2), (2, 2, 4, 5, 6)),
    "no batch": (lambda: nn.Conv2d(3, 5, 3), (3, 9, 8)),
    "transposed": (lambda: nn.ConvTranspose2d(5, 7, 4, stride=2, padding=1), (3, 5, 9, 8)),
    "transposed pairs": (lambda: nn.ConvTranspose2d(32, 32, 4, 2, 1), (32, 32, 9, 8)),
    "gaps": (lambda: nn.ConvTranspose2d(5, 7, 2, stride=3, output_padding=2), (3, 5, 9, 8)),
    "few channels": (lambda: nn.ConvTranspose2d(5, 2, 4, stride=2, padding=1), (3, 5, 9, 8)),
    "transposed groups": (lambda: nn.ConvTranspose2d(6, 9, 4, groups=3), (3, 6, 2, 3)),
}


@pytest.mark.parametrize("act", ACTS, ids=repr)
@pytest.mark.parametrize("name", LAYERS)
def test_one_op_gives_the_numbers_of_two(name, act):
    make, shape = LAYERS[name]
    layer = make().double()
    found = []
    for fuse in (True, False):
        net = nn.Sequential(layer, act, fuse=fuse)
        x = minigan.randn(*shape, generator=1).double().requires_grad_()
        y = net(x)
        g = minigan.randn(*y.shape, generator=2).double()
        grads = minigan.grad((y * g).sum(), [x, *net.parameters()], create_graph=True)
        net.zero_grad()
        (sum((gp**2).sum() for gp in grads) + (net(x) * g).sum()).backward()
        found.append([y, *grads, x.grad, *(p.grad for p in net.parameters())])
        length = len(minigan.Tape((y * g).sum()))
        if fuse:
            fused_length = length
    assert fused_length < length
    for fused, plain in zip(*found, strict=True):
        fused, plain = fused.detach().numpy(), plain.detach().numpy()
        np.testing.assert_allclose(fused, plain, rtol=1e-9, atol=1e-9 * np.abs(plain).max())


@pytest.mark.parametrize("act", ACTS, ids=repr)
def test_nan_and_infinity_are_those_of_the_plain_ops(act):
    numbers = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-45, -1e-45, 3e38], np.float32)
    layer = nn.Conv1d(1, 1, 1, bias=False)
    layer.weight.data = np.ones((1, 1, 1), np.float32)
    found = []
    for fuse in (True, False):
        x = minigan.tensor(numbers.reshape(8, 1, 1), requires_grad=True)
        y = nn.Sequential(layer, act, fuse=fuse)(x)
        found.append((y.detach().numpy(), minigan.grad(y, x, minigan.ones(8, 1, 1))[0].numpy()))
    for fused, plain in zip(*found, strict=True):
        np.testing.assert_array_equal(fused, plain)


def test_a_wrong_bias_and_a_replaced_forward():
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU())
    x = minigan.randn(2, 1, 5, 4, generator=0)
    wanted = net(x).numpy()
    net[1].forward = lambda z: nn.functional.relu(z)  # a user's own: it is called
    np.testing.assert_allclose(net(x).numpy(), wanted, rtol=1e-6)
    del net[1].forward
    net[0].bias = nn.Parameter(minigan.zeros(3))
    with pytest.raises(ValueError, match=r"conv2d: bias has shape \(3,\); it must be \(2,\)"):
        net(x)


def test_the_output_may_be_changed_in_place():
    layer = nn.Conv2d(1, 2, 3, generator=0)
    x = minigan.randn(2, 1, 5, 4, generator=0)
    grads = []
    for change in (False, True):
        y = nn.Sequential(layer, nn.LeakyReLU(0.2))(x)
        layer.zero_grad()
        if change:
            y += 1.0
        y.sum().backward()
        grads.append(layer.weight.grad.numpy().copy())
    np.testing.assert_array_equal(*grads)


def test_the_same_bits_at_any_number_of_threads():
    before, found = minigan.get_num_threads(), []
    try:
        for threads in (1, 2, 3):
            minigan.set_num_threads(threads)
            layer = nn.Conv2d(16, 17, 3, padding=1, generator=0)
            x = minigan.randn(5, 16, 33, 40, generator=0).requires_grad_()
            y = nn.Sequential(layer, nn.ReLU())(x)
            (y * y).sum().backward()
            found.append([y.detach(), x.grad, layer.weight.grad, layer.bias.grad])
    finally:
        minigan.set_num_threads(before)
    for other in found[1:]:
        for a, b in zip(found[0], other, strict=True):
            np.testing.assert_array_equal(a.numpy(), b.numpy())
