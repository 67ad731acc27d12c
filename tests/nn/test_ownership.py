"""What a module owns: live dicts of parameters, buffers and children; programs that use them."""

from collections import OrderedDict

import numpy as np
import pytest

import minigan
from minigan import nn
from minigan.nn import functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 3, bias=False)
        self.scale = nn.Parameter(minigan.ones(3))
        self.register_buffer("count", minigan.zeros(1))
        self.register_parameter("nothing", None)
        self.last = nn.Sequential(nn.Linear(3, 1), nn.ReLU())

    def forward(self, x):
        return self.last(self.first(x) * self.scale)


def test_dicts_are_those_of_pytorch():
    net = Net()
    assert list(net._modules) == ["first", "last"]
    assert list(net._parameters) == ["scale", "nothing"] and list(net._buffers) == ["count"]
    assert net._parameters["nothing"] is None and net._modules["first"] is net.first
    assert net.first._parameters.keys() == {"weight", "bias"}
    assert net.first._parameters["bias"] is None and "bias" in net.first._parameters
    assert nn.BatchNorm2d(3, affine=False)._parameters == {"weight": None, "bias": None}
    assert list(nn.BatchNorm1d(3)._buffers) == [
        "running_mean", "running_var", "num_batches_tracked",
    ]  # fmt: skip
    assert isinstance(net._modules, object) and dict(net._modules)["last"] is net.last
    assert repr(net.last._modules) == repr(dict(net.last.named_children()))
    assert list(dict(net.named_parameters())) == [
        "scale",
        "first.weight",
        "last.0.weight",
        "last.0.bias",
    ]


def test_dicts_write_the_module():
    net = Net()
    net._modules["first"] = nn.Linear(2, 3, generator=0)
    assert net.first.bias is not None and "first.bias" in net.state_dict()
    net._parameters["scale"] = nn.Parameter(minigan.zeros(3))
    assert net.scale.tolist() == [0, 0, 0]
    net._buffers["more"] = minigan.ones(2)
    assert net.more.tolist() == [1, 1] and "more" in net.state_dict()
    del net._buffers["count"]
    assert not hasattr(net, "count") and list(net._buffers) == ["more"]
    assert net._modules.pop("last") is not None and not hasattr(net, "last")
    net._modules.update(OrderedDict(last=nn.Identity()))
    assert isinstance(net.last, nn.Identity)
    net._modules = OrderedDict(only=nn.ReLU())
    assert [name for name, _ in net.named_children()] == ["only"] and not hasattr(net, "first")
    net._parameters.clear()
    assert list(net.parameters()) == []


def test_dicts_refuse_other_kinds():
    net = Net()
    with pytest.raises(TypeError, match="Net: scale must be a Parameter or None, not Tensor"):
        net._parameters["scale"] = minigan.ones(3)
    with pytest.raises(TypeError, match="Net: first must be a Module or None, not int"):
        net._modules["first"] = 3
    with pytest.raises(KeyError, match=r"Net has no Module 'scale' \(legal: \['first', 'last'\]\)"):
        net._modules["scale"]
    with pytest.raises(TypeError, match="Net.scale is a Parameter and cannot become a Tensor"):
        net.scale = minigan.ones(3)
    with pytest.raises(TypeError, match="Net.first is a Module and cannot become a function"):
        net.first = lambda x: x
    with pytest.raises(TypeError, match="Net.count is a Tensor and cannot become a int"):
        net.count = 3


def test_a_name_may_change_its_kind_as_in_pytorch():
    net = Net()
    net.first = None
    assert "first" in net._modules and [name for name, _ in net.named_children()] == ["last"]
    net.first = nn.Linear(2, 3)
    net.count = nn.Parameter(minigan.zeros(1))
    assert "count" not in net._buffers and "count" in dict(net.named_parameters())
    net.last = nn.Parameter(minigan.zeros(1))
    assert "last" not in net._modules and "last" in net._parameters
    del net.last
    net.last = nn.ReLU()
    assert list(net._modules) == ["first", "last"]


def test_idioms():
    net = Net()
    names = []

    def weights_init(m):
        classname = m.__class__.__name__
        names.append(classname)
        if classname.find("Linear") != -1:
            nn.init.normal_(m.weight.data, 0.0, 0.02)
            if m.bias is not None:
                nn.init.constant_(m.bias.data, 0)

    assert net.apply(weights_init) is net and names[-1] == "Net"
    assert float(net.first.weight.abs().max()) < 0.2 and net.last[0].bias.item() == 0
    for p in net.parameters():
        p.requires_grad = False
    assert not net(minigan.ones(1, 2)).requires_grad
    for p in net.parameters():
        p.requires_grad = True
    net(minigan.ones(1, 2)).sum().backward()
    net.zero_grad(set_to_none=False)
    assert not any(p.grad.any() for p in net.parameters())
    net.zero_grad(set_to_none=True)
    assert all(p.grad is None for p in net.parameters())
    net.last[0].bias = None
    assert "last.0.bias" not in net.state_dict() and net(minigan.ones(1, 2)).shape == (1, 1)
    net.first.weight = nn.Parameter(minigan.zeros(3, 2))
    assert net(minigan.ones(1, 2)).item() == 0.0
    assert net.train(mode=False).training is False and net.last.training is False
    first = next(net.parameters())
    assert first.is_cuda is False and str(first.device) == "cpu"
    assert [type(m).__name__ for m in net.modules()] == [
        "Net", "Linear", "Sequential", "Linear", "ReLU",
    ]  # fmt: skip
    for name, module in net._modules.items():
        if isinstance(module, nn.Linear):
            net._modules[name] = nn.Identity()
    assert isinstance(net.first, nn.Identity)
    assert net.type("float64").scale.dtype == np.float64 and net.half().scale.dtype == np.float16
    assert net.float().cpu().scale.dtype == np.float32


def test_zero_grad_keeps_the_memory_and_forgets_infinity():
    p = nn.Linear(2, 1)
    p.weight.grad = minigan.tensor([[float("inf"), float("nan")]])
    kept = p.weight.grad
    p.zero_grad(set_to_none=False)
    assert p.weight.grad.tolist() == [[0, 0]] == kept.tolist()
    p.weight.grad = minigan.tensor([[float("inf"), float("nan")]])
    minigan.optim.SGD(p.parameters(), lr=1.0).zero_grad(set_to_none=False)
    assert p.weight.grad.tolist() == [[0, 0]]


ABSENT = [
    (lambda: nn.DataParallel, "nn' has no attribute 'DataParallel': .* use the model itself"),
    (lambda: nn.LSTM(3, 4), "'LSTM': minigan has no recurrent"),
    (lambda: nn.SyncBatchNorm, "use nn.BatchNorm2d"),
    (lambda: nn.Liner, "module 'minigan.nn' has no attribute 'Liner'$"),
    (lambda: F.grid_sample, "'grid_sample': write"),
    (lambda: F.upsample, r"'upsample': write F.interpolate"),
    (lambda: F.relo, "module 'minigan.nn.functional' has no attribute 'relo'$"),
    (lambda: nn.init.xavier_uniform, "write nn.init.xavier_uniform_, with an underscore"),
    (lambda: nn.init.normal, "write nn.init.normal_, with an underscore"),
    (lambda: nn.init.kaiming_normal, "write nn.init.kaiming_normal_, with an underscore"),
    (lambda: nn.utils.clip_grad_norm, "write nn.utils.clip_grad_norm_, with an underscore"),
    (lambda: Net().register_forward_hook(print), "Net has no method .*: there are no hooks"),
    (lambda: Net().register_full_backward_hook(print), "there are no hooks"),
    (lambda: Net().bfloat16(), "write .half"),
    (lambda: Net().frist, "'Net' object has no attribute 'frist'"),
]


@pytest.mark.parametrize(("call", "match"), ABSENT)
def test_a_missing_name_says_what_to_write(call, match):
    with pytest.raises(AttributeError, match=match):
        call()


X, T = minigan.zeros(3, 2), minigan.ones(3, 2)
OLDER = [
    (lambda: F.mse_loss(X, T, size_average=False), "mse_loss: size_average=False .*'sum'"),
    (lambda: F.mse_loss(X, T, False), "mse_loss: size_average=False .* write reduction='sum'"),
    (lambda: F.binary_cross_entropy(T, T, size_average=True), "reduction='mean'"),
    (lambda: F.binary_cross_entropy(T, T, None, False), "reduction='sum'"),
    (lambda: F.cross_entropy(X, T, reduce=False), "cross_entropy: reduce=False .*'none'"),
    (lambda: F.kl_div(X, T, size_average=False), "kl_div: .*'sum'"),
    (lambda: F.l1_loss(X, T, True, False), "size_average=True, reduce=False .*'none'"),
    (lambda: nn.MSELoss(size_average=False), "MSELoss: size_average=False .*'sum'"),
    (lambda: nn.MSELoss(False), "MSELoss: size_average=False .*'sum'"),
    (lambda: nn.BCELoss(None, False), "BCELoss: size_average=False .*'sum'"),
    (lambda: nn.CrossEntropyLoss(reduce=False), "CrossEntropyLoss: reduce=False .*'none'"),
    (lambda: nn.L1Loss(size_average=True), "L1Loss: size_average=True .*'mean'"),
    (lambda: nn.Softmax(), r"Softmax: dim is missing; write nn.Softmax\(dim=1\)"),
    (lambda: nn.LogSoftmax(), r"LogSoftmax: dim is missing; write nn.LogSoftmax\(dim=1\)"),
]


@pytest.mark.parametrize(("call", "match"), OLDER)
def test_an_older_argument_says_what_to_write(call, match):
    with pytest.raises(TypeError, match=match):
        call()
    assert nn.MSELoss(size_average=None, reduce=None).reduction == "mean"
    assert F.mse_loss(X, T, size_average=None, reduce=None).item() == 1.0
    with pytest.raises(TypeError, match="positional"):
        F.mse_loss(X, T, "sum")


@pytest.mark.parametrize(
    "walk", [lambda n: n, lambda n: n.children(), lambda n: n.named_children()]
)
def test_a_walk_sees_what_the_loop_has_changed_behind_it(walk):
    net = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2), nn.Tanh())
    seen = []
    for i, child in enumerate(walk(net)):
        seen.append(type(child[1] if isinstance(child, tuple) else child).__name__)
        if i == 0:
            net._modules["2"] = nn.Sigmoid()
            del net._modules["3"]
    assert seen == ["Linear", "ReLU", "Sigmoid"]
