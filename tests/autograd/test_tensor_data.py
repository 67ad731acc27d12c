"""`.data` is a tensor with the same memory outside the graph, as in PyTorch."""

import numpy as np
import pytest

import minigan
from minigan import Tensor, nn, optim, tensor


def leaf(*numbers):
    return tensor(np.array(numbers), requires_grad=True)


def test_data_is_a_constant_leaf_with_the_same_memory():
    x = leaf(1.0, 2.0)
    for y in (x, x * 2, nn.Parameter([1.0, 2.0]), x.detach()):
        data = y.data
        assert type(data) is Tensor and data.is_leaf and not data.requires_grad
        assert np.shares_memory(data.numpy(), y.numpy()) and data.memory is y.memory
        assert data.shape == y.shape and data.dtype == y.dtype and data.grad is None
        assert (data * 3).requires_grad is False


WRITES = {
    "index": lambda x: x.data.__setitem__(0, 9.0),
    "ellipsis": lambda x: x.data.__setitem__(Ellipsis, 9.0),
    "add_": lambda x: x.data.add_(1),
    "chain": lambda x: x.data.mul_(0.9).add_(x.detach(), alpha=0.1),
    "copy_": lambda x: x.data.copy_(tensor([3.0, 4.0])),
    "fill_": lambda x: x.data.fill_(7.0),
    "clamp_": lambda x: x.data.clamp_(-0.01, 0.01),
    "view": lambda x: x.data[1:].zero_(),
    "view of a view": lambda x: x.data.reshape(2, 1)[0].zero_(),
    "normal_": lambda x: x.data.normal_(0, 0.02, generator=0),
    "init": lambda x: nn.init.constant_(x.data, 0.5),
    "assignment": lambda x: setattr(x, "data", x.data - 1.0),
    "assigned array": lambda x: setattr(x, "data", np.array([5.0, 6.0])),
}


@pytest.mark.parametrize("name", WRITES)
def test_a_write_through_data_is_seen_and_refused_by_backward(name):
    x = leaf(1.0, 2.0)
    loss, before = (x * x).sum(), x.tolist()
    WRITES[name](x)
    assert x.tolist() != before and x.requires_grad and x.is_leaf
    with pytest.raises(RuntimeError, match=r"Mul.*input [ab].*changed"):
        loss.backward()
    (x * x).sum().backward()
    assert x.grad.tolist() == (2 * x.detach()).tolist()


def test_data_augmented_in_place_keeps_the_memory():
    x = leaf(1.0, 2.0)
    array, view = x.numpy(), x.detach()[0:1]
    x.data += 1
    x.data *= 2
    x.data -= leaf(1.0, 1.0).detach()
    x.data /= 1.5
    assert x.numpy() is array and view.tolist() == [x.tolist()[0]] == [2.0]


def test_an_assigned_tensor_is_shared_and_an_array_copied():
    p, q, array = leaf(1.0), tensor(np.array([5.0, 6.0])), np.array([7.0])
    p.data = q
    assert p.shape == (2,) and p.requires_grad
    q.zero_()
    assert p.tolist() == [0.0, 0.0]
    loss = (p * p).sum()
    q.add_(1)  # writes into p's memory
    with pytest.raises(RuntimeError, match="changed"):
        loss.backward()
    p.data = array
    array[:] = 0
    assert p.tolist() == [7.0] and q.tolist() == [1.0, 1.0]


def test_data_put_back_makes_an_old_graph_right_again():
    x = leaf(3.0)
    loss, kept = (x * x).sum(), x.data
    x.data = tensor(np.array([9.0]))
    with pytest.raises(RuntimeError, match="changed"):
        loss.backward(retain_graph=True)
    x.data = kept
    loss.backward()
    assert x.grad.tolist() == [6.0]


def test_data_of_a_view_stays_a_view():
    x = tensor(np.zeros((2, 3)))
    row = x[1]
    row.data += 5.0
    row.data = row.data
    row.add_(1.0)
    assert x.tolist() == [[0, 0, 0], [6, 6, 6]]


def test_lines_of_training_programs():
    net = nn.Linear(3, 2, generator=0)
    w = net.weight
    nn.init.normal_(w.data, 0.0, 0.02, generator=0)
    assert 0 < w.data.std() < 0.1 and w.data.abs().max() < 0.2
    (net(minigan.ones(4, 3)) ** 2).sum().backward()
    lr, before, g = 0.1, w.numpy().copy(), w.grad.numpy().copy()
    w.data += -lr * w.grad
    np.testing.assert_allclose(w.numpy(), before - np.float32(0.1) * g, rtol=1e-6)
    w.data.add_(w.grad, alpha=lr)
    np.testing.assert_allclose(w.numpy(), before, atol=1e-7)
    w.data = w.data - lr * w.grad
    np.testing.assert_allclose(w.numpy(), before - np.float32(0.1) * g, rtol=1e-6)
    w.grad.data.zero_()
    assert not w.grad.any()
    for p in net.parameters():
        p.data.clamp_(-0.01, 0.01)
    assert max(p.data.abs().max().item() for p in net.parameters()) == np.float32(0.01)


def test_lines_that_read_outputs():
    out = tensor([[1.0, 3.0, 2.0], [5.0, 4.0, 0.0]], requires_grad=True) * 1
    loss = out.mean()
    assert out.data.max(1)[1].tolist() == [1, 0]
    assert out.data.max(1, keepdim=True)[1].tolist() == [[1], [0]]
    assert loss.data.item() == 2.5 and f"{loss.data:.2f}" == "2.50"
    assert out.data.std() == pytest.approx(1.8708287)
    assert out.data.repeat(2, 1).shape == (4, 3)
    assert out.data.sort(1)[1].tolist() == [[0, 2, 1], [2, 1, 0]]
    assert isinstance(out.data.cpu().numpy(), np.ndarray) and out.data[:1].shape == (1, 3)
    assert out.data.sort(1, True)[0].tolist() == [[3.0, 2.0, 1.0], [5.0, 4.0, 0.0]]


def test_an_average_of_weights():
    p, ema = leaf(4.0, 8.0), leaf(0.0, 0.0)
    ema.data.mul_(0.75).add_(p.data, alpha=1 - 0.75)
    assert ema.tolist() == [1.0, 2.0] and p.tolist() == [4.0, 8.0]


KINDS = {
    "SGD": lambda params: optim.SGD(params, lr=0.5),
    "SGD momentum": lambda params: optim.SGD(params, lr=0.5, momentum=0.9),
    "Adam": lambda params: optim.Adam(params, lr=0.5),
    "AdamW": lambda params: optim.AdamW(params, lr=0.5),
    "RMSprop": lambda params: optim.RMSprop(params, lr=0.5),
}
VIEWS = {
    "data": lambda p: p.data,
    "detach": lambda p: p.detach(),
    "row": lambda p: p.detach()[0],
    "transposed": lambda p: p.data.T,
    "numpy": lambda p: tensor_around(p.numpy()),
    "state_dict": lambda p: {"p": p.data}["p"],
}


def tensor_around(array):
    return minigan.from_numpy(array)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("kind", KINDS)
def test_views_taken_before_and_after_the_optimizer_follow_its_steps(kind, view):
    sizes = [(3, 2), (200, 200), (1, 1), (5, 4)]  # small, large, small neighbours
    params = [minigan.ones(*size, requires_grad=True) for size in sizes]
    before = [VIEWS[view](p) for p in params]
    optimizer = KINDS[kind](params)
    after = [VIEWS[view](p) for p in params]
    for t in range(3):
        for p in params:
            p.grad = minigan.full(p.shape, 1.0 + t)
        optimizer.step()
        for p, a, b in zip(params, before, after, strict=True):
            np.testing.assert_array_equal(a.numpy(), VIEWS[view](p).numpy())
            np.testing.assert_array_equal(b.numpy(), VIEWS[view](p).numpy())
            assert not (p.detach() == 1).any()
    for a, p in zip(before, params, strict=True):
        a.fill_(3.0)  # and a write into a view is the optimizer's number
        p.grad = minigan.zeros_like(p)
    assert all((p.detach() == 3).any() for p in params)


def test_state_dict_taken_before_the_optimizer_is_live():
    net = nn.Linear(2, 2, generator=0)
    state = net.state_dict()
    optimizer = optim.Adam(net.parameters(), lr=0.5)
    net(minigan.ones(1, 2)).sum().backward()
    optimizer.step()
    assert all((state[n] == p.detach()).all() for n, p in net.named_parameters())


def test_a_parameter_that_cannot_be_written_is_refused_by_name():
    p = minigan.zeros(1).expand(3).requires_grad_()
    p.grad = minigan.ones(3)
    with pytest.raises(RuntimeError, match=r"SGD.step: the memory of a tensor of shape \(3,\)"):
        optim.SGD([p], lr=0.1).step()
