"""States that do not fit say why; `assign`; texts of layers; large parameters; recorded sums."""

import numpy as np
import pytest

import minigan
from minigan import nn, optim


def state(prefix=""):
    """Return a state for nn.Linear(2, 1), whose names begin with the prefix."""
    return {prefix + "weight": np.array([[3.0, 4.0]]), prefix + "bias": np.array([5.0])}


@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "model."])
def test_a_prefix_is_named(prefix):
    with pytest.raises(RuntimeError, match=f"the names begin with '{prefix}'"):
        nn.Linear(2, 1).load_state_dict(state(prefix))


def test_a_missing_prefix_and_a_checkpoint_are_named():
    class Wrapper(nn.Module):
        def __init__(self):
            super().__init__()
            self.model = nn.Linear(2, 1)

    with pytest.raises(RuntimeError, match="the names here begin with 'model.'"):
        Wrapper().load_state_dict(state())
    with pytest.raises(RuntimeError, match=r"this is a checkpoint; load checkpoint\['net'\]"):
        nn.Linear(2, 1).load_state_dict({"net": state(), "epoch": minigan.tensor(3)})


def test_assign_puts_the_tensors_themselves_in_place():
    layer = nn.Linear(2, 1)
    layer.load_state_dict(state(), assign=True)
    assert str(layer.weight.dtype) == "float64" and layer.weight.tolist() == [[3, 4]]
    assert layer(minigan.tensor([[1.0, 2.0]], dtype="float64")).tolist() == [[16]]


def test_texts_of_layers():
    texts = {
        nn.RMSNorm(3): "(3,), eps=None, elementwise_affine=True",
        nn.LocalResponseNorm(2): "2, alpha=0.0001, beta=0.75, k=1.0",
        nn.Embedding(4, 3, padding_idx=1): "4, 3, padding_idx=1",
        nn.ConstantPad1d(2, 1.5): "padding=(2, 2), value=1.5",
        nn.Bilinear(2, 3, 4): "in1_features=2, in2_features=3, out_features=4",
        nn.Upsample(size=3): "size=3, mode='nearest'",
        nn.Upsample(scale_factor=(2, 3)): "scale_factor=(2.0, 3.0), mode='nearest'",
        nn.Hardshrink(0.25): "0.25",
    }
    for layer, text in texts.items():
        assert text in repr(layer)
    assert "(2,)" in repr(nn.ParameterDict({"a": minigan.ones(2)}))


def test_large_parameters_are_updated_in_pieces_on_all_threads():
    """A parameter of 361,802 numbers is cut; one number alone has the same steps."""
    for make in (
        lambda p: optim.Adam(p, lr=0.1, amsgrad=True, weight_decay=0.1),
        lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
        lambda p: optim.RMSprop(p, lr=0.1, centered=True),
    ):
        rng = np.random.default_rng(0)
        start, gradients = rng.standard_normal((602, 601)), rng.standard_normal((3, 602, 601))
        places = [(0, 0), (100, 200), (100, 201), (300, 299), (601, 600)]
        large = minigan.tensor(start, requires_grad=True)
        few = [minigan.tensor(start[at], requires_grad=True) for at in places]
        optimizers = make([large]), make(few)
        for g in gradients:
            large.grad = minigan.tensor(g)
            for p, at in zip(few, places, strict=True):
                p.grad = minigan.tensor(g[at])
            for optimizer in optimizers:
                optimizer.step()
        found = [large.detach()[at].item() for at in places]
        np.testing.assert_allclose(found, [p.item() for p in few], rtol=1e-14)
        assert (large.detach().numpy() != start).all()


def test_a_schedule_that_goes_on_needs_the_first_rate():
    optimizer = optim.SGD([minigan.zeros(1, requires_grad=True)], lr=0.5)
    with pytest.raises(ValueError, match="StepLR: last_epoch=3 needs 'initial_lr'"):
        optim.lr_scheduler.StepLR(optimizer, 2, last_epoch=3)
    with pytest.raises(ValueError, match="LinearLR: start_factor=0"):
        optim.lr_scheduler.LinearLR(optimizer, start_factor=0)
    with pytest.raises(NotImplementedError, match="defines no update"):
        p = minigan.zeros(1, requires_grad=True)
        p.grad = minigan.ones(1)
        optim.Optimizer([p], {}).step()


def test_a_plateau_tells_if_it_is_asked(capsys):
    optimizer = optim.SGD([minigan.zeros(1, requires_grad=True)], lr=0.5)
    scheduler = optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=0, verbose=True)
    scheduler.step(1.0), scheduler.step(2.0)
    assert "learning rate of group 0 is now 5.0000e-02" in capsys.readouterr().out


def test_recorded_gradients_are_added_with_their_graph():
    x = minigan.tensor([2.0], requires_grad=True)
    (x**3).sum().backward(create_graph=True)
    (x**2).sum().backward(create_graph=True)
    assert x.grad.tolist() == [16.0] and x.grad.requires_grad  # 3 x^2 + 2 x
    (g,) = minigan.grad(x.grad.sum(), x)
    assert g.tolist() == [14.0]  # 6 x + 2


def test_the_tape_counts_operations():
    x = minigan.ones(2, 3, 6, requires_grad=True)
    w = minigan.ones(4, 3, 2)
    for y, count in (
        (nn.functional.conv1d(x, w), 2 * 2 * 4 * 3 * 2 * 5),  # 2 N K C taps windows
        (nn.functional.conv_transpose1d(x, w.transpose(0, 1)), 2 * 2 * 4 * 3 * 2 * 6),
        (nn.functional.avg_pool1d(x, 2), 2 * 3 * 3 * 3),  # N C windows (taps + 1)
    ):
        (entry,) = minigan.Tape(y)
        assert entry.flops == count
