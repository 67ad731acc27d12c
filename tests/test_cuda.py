"""Devices and `minigan.cuda`: the same lines run with a GPU (the stand-in for CuPy) and without."""

import copy
import json
import pickle

import pytest
from fake_cupy import installed

import minigan
from minigan import nn


@pytest.fixture
def gpu():
    with installed() as module:
        yield module


def has_cupy():
    try:
        import cupy  # noqa: F401
    except ImportError:
        return False
    return True


without_gpu = pytest.mark.skipif(has_cupy(), reason="this machine has CuPy")

# of torch.device: arguments, text, type, index, repr
PARTS = [
    (("cpu",), "cpu", "cpu", None, "device(type='cpu')"),
    (("cuda",), "cuda", "cuda", None, "device(type='cuda')"),
    (("cuda:1",), "cuda:1", "cuda", 1, "device(type='cuda', index=1)"),
    (("cpu:0",), "cpu:0", "cpu", 0, "device(type='cpu', index=0)"),
    (("cuda", 2), "cuda:2", "cuda", 2, "device(type='cuda', index=2)"),
    ((3,), "cuda:3", "cuda", 3, "device(type='cuda', index=3)"),
]


@pytest.mark.parametrize(("args", "text", "kind", "index", "shown"), PARTS)
def test_a_device_has_the_parts_of_pytorchs(args, text, kind, index, shown):
    ours = minigan.device(*args)
    assert (str(ours), ours.type, ours.index, repr(ours), f"{ours}") == (
        text,
        kind,
        index,
        shown,
        text,
    )
    assert type(str(ours)) is str and type(ours.type) is str
    if args != (3,):  # PyTorch looks for a GPU
        torch = pytest.importorskip("torch")
        theirs = torch.device(*args)
        assert (str(theirs), theirs.type, theirs.index, repr(theirs)) == (text, kind, index, shown)


def test_devices_are_equal_to_their_texts_and_hashable():
    cpu = minigan.device("cpu")
    assert cpu == "cpu" and cpu == minigan.device(cpu) and (cpu != "cpu") is False
    assert minigan.device("cuda") != minigan.device("cuda:0") and cpu != "cuda" and cpu != 0
    assert {cpu: 1}["cpu"] == 1 and {"cuda:1": 2}[minigan.device("cuda", 1)] == 2
    assert isinstance(cpu, minigan.device) and not isinstance("cpu", minigan.device)
    for same in (pickle.loads(pickle.dumps(cpu)), copy.deepcopy(cpu), copy.copy(cpu)):
        assert same == cpu and same.type == "cpu"
    assert json.loads(json.dumps({"device": cpu})) == {"device": "cpu"}


@pytest.mark.parametrize("wrong", [
    ("gpu",), ("mps",), ("cuda:x",), ("cuda:",), ("cuda:-1",), ("cpu:1",), ("",), (None,), (True,),
    (1.0,), ("cuda:1", 1), ("cpu", 2), ("CPU",), (-1,),
])  # fmt: skip
def test_no_other_name_is_a_device(wrong):
    with pytest.raises(ValueError, match=r"device=.*is not a device \(legal: 'cpu', 'cuda'"):
        minigan.device(*wrong)


def test_a_device_is_accepted_wherever_a_device_is():
    cpu = minigan.device("cuda:0" if minigan.cuda.is_available() else "cpu")
    x = minigan.randn(2, 3, generator=0, device=cpu)
    assert x.device == cpu and x.device.type == cpu.type and isinstance(x.device, minigan.device)
    made = [
        minigan.tensor([1.0], device=cpu), minigan.zeros(2, device=cpu),
        minigan.full((2,), 1.0, device=cpu), minigan.arange(3, device=cpu),
        minigan.ones(2, device=cpu), minigan.eye(2, device=cpu),
        minigan.linspace(0, 1, 3, device=cpu), minigan.rand(2, generator=0, device=cpu),
        minigan.zeros_like(x, device=cpu), minigan.Tensor([1.0], device=cpu), x.new_zeros(2),
        minigan.as_tensor([1.0], device=cpu), x.to(cpu), x.to(device=cpu),
        x.to(cpu, minigan.float64),
        x.to(cpu, dtype=minigan.float32, non_blocking=True), x.cpu().to(x),
    ]  # fmt: skip
    assert all(y.device == cpu for y in made)
    assert x.to(cpu) is x and x.to(cpu, non_blocking=True) is x and x.to("cpu") is x
    layers = [
        nn.Linear(3, 2, device=cpu),
        nn.Conv2d(1, 1, 3, device=cpu),
        nn.BatchNorm2d(2, device=cpu),
    ]
    for layer in layers:
        assert layer.to(cpu) is layer and layer.to(device=cpu, non_blocking=True) is layer
        assert next(layer.parameters()).device == cpu and not next(layer.parameters()).is_cuda


def test_flags_of_transfers_are_bools():
    x, layer = minigan.zeros(2), nn.Linear(2, 2)
    for call in (
        lambda: x.to("cpu", non_blocking="False"), lambda: x.to("cpu", copy=1),
        lambda: layer.to("cpu", non_blocking="yes"), lambda: x.to(True), lambda: layer.to(True),
    ):  # fmt: skip
        with pytest.raises(TypeError, match=r"non_blocking|copy|True is not a dtype, a device"):
            call()


@without_gpu
def test_without_cupy_there_is_no_gpu_and_the_errors_say_what_to_do():
    assert minigan.cuda.is_available() is False and minigan.cuda.device_count() == 0
    assert minigan.cuda.synchronize() is None and minigan.cuda.empty_cache() is None
    assert minigan.cuda.memory_allocated() == 0 and not minigan.zeros(1).is_cuda
    x, layer = minigan.zeros(2), nn.Linear(2, 2)
    for call in (
        x.cuda, layer.cuda, lambda: x.cuda(0), lambda: x.cuda(non_blocking=True),
        lambda: x.to("cuda"),
        lambda: layer.to(minigan.device("cuda:0")), lambda: minigan.zeros(1, device="cuda"),
        lambda: x.to(0), lambda: layer.cuda(0),
    ):  # fmt: skip
        with pytest.raises(RuntimeError, match=r"needs CuPy: pip install .*leave \.cuda\(\) out"):
            call()
    for call in (
        minigan.cuda.current_device, minigan.cuda.get_device_name,
        lambda: minigan.cuda.set_device(0),
    ):  # fmt: skip
        with pytest.raises(RuntimeError, match=r"there is no GPU .*is_available\(\) first"):
            call()


def test_a_cpu_is_not_a_gpu():
    for call in (lambda: minigan.zeros(1).cuda("cpu"), lambda: nn.Linear(1, 1).cuda("cpu")):
        with pytest.raises(ValueError, match=r"cuda: device='cpu' is not a GPU"):
            call()


def test_with_a_gpu_the_same_lines_use_it(gpu):
    assert minigan.cuda.is_available() and minigan.cuda.device_count() == 1
    device = minigan.device("cuda" if minigan.cuda.is_available() else "cpu")
    x, layer = minigan.ones(2, 3).to(device), nn.Linear(3, 2).to(device)
    assert x.is_cuda and x.device == "cuda:0" and x.device.index == 0 and layer.weight.is_cuda
    assert minigan.ones(1).cuda().is_cuda and minigan.ones(1).to(0).device == "cuda:0"
    assert minigan.ones(1).cuda(0, non_blocking=True).device == minigan.device("cuda:0")
    assert nn.Linear(1, 1).cuda().weight.is_cuda and not layer.cpu().weight.is_cuda
    assert minigan.cuda.current_device() == 0
    minigan.cuda.synchronize()
    minigan.cuda.empty_cache()
    assert minigan.cuda.get_device_name() == minigan.cuda.get_device_name(0) == "stand-in"
    with minigan.cuda.device("cuda:0"):
        pass
    with pytest.raises(ValueError, match=r"is not a GPU here \(legal: 'cuda:0'\)"):
        minigan.cuda.set_device(1)


def test_a_driver_that_finds_no_gpu_counts_none(gpu):
    def fail():
        raise gpu.cuda.runtime.CUDARuntimeError("cudaErrorNoDevice: no CUDA-capable device")

    gpu.cuda.runtime.getDeviceCount = fail
    assert not minigan.cuda.is_available() and minigan.cuda.device_count() == 0
    minigan.cuda.synchronize()
    minigan.cuda.empty_cache()


@pytest.mark.parametrize(("name", "instead"), [
    ("manual_seed", "generator=SEED"), ("manual_seed_all", "generator=SEED"),
    ("amp", "leave it out"),
    ("FloatTensor", r"x\.float\(\)"), ("LongTensor", r"x\.long\(\)"), ("Event", "perf_counter"),
])  # fmt: skip
def test_what_is_not_there_says_what_to_write(name, instead):
    with pytest.raises(
        AttributeError, match=rf"module 'minigan\.cuda' has no attribute '{name}': .*{instead}"
    ):
        getattr(minigan.cuda, name)
    assert not hasattr(minigan.cuda, name) and not hasattr(minigan.cuda, "nothing")
