"""Every op on a stand-in for CuPy gives the numbers that it gives on NumPy; and the stand-in is as
strict as CuPy.
"""

import argparse
import json
from itertools import chain

import numpy as np
import pytest
from fake_cupy import installed
from op_suite import CASES, On, orders

import minigan
from benchmarks import gpu_check
from minigan import backend, nn, threads
from minigan.conv import FORMULATIONS


@pytest.fixture
def cupy():
    with installed() as module:
        yield module


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_op(case, cupy):
    there = orders(On(minigan, "cuda"), minigan.grad, case, "float64")
    here = orders(minigan, minigan.grad, case, "float64")
    assert [len(order) for order in there] == [len(order) for order in here]
    for a, b in zip(chain(*there), chain(*here), strict=True):
        assert a.device == "cuda:0" and b.device == "cpu"
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a.detach().cpu().numpy(), b.detach().numpy())


def test_the_stand_in_is_strict(cupy):
    x = cupy.asarray(np.ones(3))
    host = np.ones(3)
    for mistake in (
        lambda: x + host,
        lambda: host + x,
        lambda: np.exp(x),
        lambda: np.asarray(x),
        lambda: np.concatenate([x, x]),
        lambda: cupy.concatenate([x, host]),
        lambda: x[np.array([0, 1])],
        lambda: cupy.maximum(x, host),
    ):
        with pytest.raises(TypeError):
            mistake()
    for refused in (
        lambda: cupy.maximum(x, x, where=x > 0),
        lambda: cupy.sum(x, where=x > 0),
        lambda: x.max(initial=0.0),
        lambda: cupy.add(x, x, casting="unsafe"),
    ):
        with pytest.raises(TypeError, match="unexpected keyword argument"):
            refused()
    for missing in ("broadcast_shapes", "vectorize", "nditer"):
        with pytest.raises(AttributeError):
            getattr(cupy, missing)
    assert isinstance(x.sum(), cupy.ndarray) and x.sum().shape == ()
    assert float((x * 2 + np.float64(1)).sum()) == 9.0


def test_moving(cupy):
    x = minigan.tensor([1.0, 2.0], requires_grad=True)
    y = x.to("cuda")
    assert y.device == "cuda:0" and x.device == "cpu" and y.to("cuda:0") is y and x.to("cpu") is x
    (y * y).sum().backward()
    assert x.grad.device == "cpu" and x.grad.tolist() == [2.0, 4.0]
    assert y.cpu().device == "cpu" and y.detach().numpy().tolist() == [1.0, 2.0]
    assert repr(y.detach()) == "tensor([1., 2.], device='cuda:0')"
    assert minigan.zeros(2, device="cuda").device == "cuda:0"
    assert (
        minigan.randn(2, generator=0, device="cuda").cpu().tolist()
        == minigan.randn(2, generator=0).tolist()
    )
    assert (
        minigan.eye(2, device="cuda").device
        == minigan.linspace(0, 1, 2, device="cuda").device
        == "cuda:0"
    )
    assert (
        minigan.randperm(2, device="cuda").device
        == minigan.randint(2, (3,), device="cuda").device
        == "cuda:0"
    )
    assert (
        minigan.ones_like(x, device="cuda").device
        == minigan.rand_like(x, device="cuda").device
        == "cuda:0"
    )
    assert (
        y.new_tensor([1]).device
        == y.new_zeros(2).device
        == y.detach().bernoulli(0.5).device
        == "cuda:0"
    )
    assert (
        minigan.bernoulli(minigan.rand_like(y)).device == "cuda:0"
        and y.new_ones(1, device="cpu").device == "cpu"
    )
    assert minigan.zeros_like(y).device == minigan.randn_like(y, generator=1).device == "cuda:0"


def test_host_and_device_do_not_mix(cupy):
    x, y = minigan.ones(2, 2), minigan.ones(2, 2, device="cuda")
    for mix in (
        lambda: x + y,
        lambda: y * x,
        lambda: x @ y,
        lambda: minigan.cat([x, y]),
        lambda: x > y,
    ):
        with pytest.raises(RuntimeError, match=r"cpu.*cuda|cuda.*cpu"):
            mix()
    assert (
        y[x > 0].device == (y * minigan.tensor(2.0)).device == "cuda:0"
    )  # but for indices and single numbers
    assert (y + 1).device == "cuda:0" and (2.0 - y).device == "cuda:0"


def test_in_place(cupy):
    m = On(minigan, "cuda")
    x = m.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    y = x * 2
    y[0] += x[1]
    y[:, 1] = 5.0
    y.mul_(2)
    (y**2).sum().backward()
    assert x.grad.device == "cuda:0" and x.grad.cpu().tolist() == [[80.0, 0.0], [136.0, 0.0]]
    with pytest.raises(RuntimeError, match="expanded"):
        m.tensor([1.0]).expand(3).add_(1)


def test_devices_that_are_not_there(cupy):
    with pytest.raises(RuntimeError, match="cuda:7"):
        minigan.zeros(2).to("cuda:7")
    for name in ("gpu", "cuda:x", "cpu:1", "cuda:-1"):
        with pytest.raises(ValueError, match="device"):
            minigan.tensor(1.0, device=name)


def test_backend(cupy):
    x = cupy.asarray(np.ones((2, 3)))
    assert backend.namespace(x) is cupy and backend.namespace(np.ones(2)) is np
    assert backend.is_array(x) and not backend.is_array(3.0) and not backend.is_array(np.float64(3))
    assert (
        backend.default_formulation(x) == "im2col"
        and backend.default_formulation(np.ones(2)) == "blocked"
    )
    assert isinstance(backend.to_numpy(x), np.ndarray) and backend.device_of(x) == "cuda:0"
    assert isinstance(threads.matmul(x, x.T), cupy.ndarray)


def update(device):
    """The weights and losses after two updates of a small DCGAN, every formulation the device's
    own.
    """
    from minigan import nn, optim
    from minigan.models.dcgan import DCGANDiscriminator, DCGANGenerator

    rng = np.random.default_rng(0)
    G = DCGANGenerator(latent=5, features=4, channels=1, size=16, generator=rng).double().to(device)
    D = DCGANDiscriminator(features=4, channels=1, size=16, generator=rng).double().to(device)
    steps = [optim.Adam(m.parameters(), lr=2e-3, betas=(0.5, 0.999)) for m in (G, D)]
    loss, losses = nn.BCEWithLogitsLoss(), []
    for _ in range(2):
        real, z = (
            minigan.tensor(rng.normal(size=s), device=device) for s in ((3, 1, 16, 16), (3, 5))
        )
        fake = G(z)
        for module, optimizer in ((D, steps[1]), (G, steps[0])):
            pairs = ((real, 1.0), (fake.detach(), 0.0)) if module is D else ((fake, 1.0),)
            module.zero_grad()
            total = sum(
                loss(y, minigan.full_like(y, target)) for y, target in ((D(x), t) for x, t in pairs)
            )
            total.backward()
            optimizer.step()
            losses.append(total.item())
    assert all(p.device.startswith(device) for m in (G, D) for p in m.parameters())
    return losses, [v.detach().cpu().numpy() for m in (G, D) for v in m.state_dict().values()]


def test_an_update_of_a_dcgan(cupy):
    here, there = update("cpu"), update("cuda")
    np.testing.assert_allclose(there[0], here[0], rtol=1e-10)
    for a, b in zip(there[1], here[1], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-8, atol=1e-10)


def test_the_check_of_a_gpu_runs_and_compares(cupy, tmp_path, capsys, monkeypatch):
    """`python -m benchmarks gpu_check`, on the stand-in: what it prints, its file, its exit."""
    small = {name: gpu_check.WORKLOADS[name] for name in ("autoencoder", "wgan-gp")}
    monkeypatch.setattr(gpu_check, "WORKLOADS", small)
    monkeypatch.setattr(gpu_check, "EXAMPLES", gpu_check.EXAMPLES[:5])
    parser, file = argparse.ArgumentParser(), tmp_path / "gpu.json"
    gpu_check.options(parser)
    arguments = ["--updates", "1", "--batches", "2", "--json", str(file)]
    gpu_check.main(parser.parse_args(arguments))
    said, found = capsys.readouterr().out, json.loads(file.read_text())
    assert "more than" not in said and found["times"]["2"]["minigan"] > 0
    assert len(found["differences"]) == 19
    for name, off in found["differences"].items():
        assert off <= (1e-2 if "updates" in name and "float32" in name else 1e-4)
    monkeypatch.setattr(gpu_check, "difference", lambda a, b: 1e-3)
    with pytest.raises(SystemExit, match="differs from NumPy: 5 ops"):
        gpu_check.main(parser.parse_args(arguments))
    assert f"  {gpu_check.EXAMPLES[0].op}: 1.0e-03" in capsys.readouterr().out


def test_the_check_of_a_gpu_goes_on_after_an_error(capsys):
    def fails(number):
        raise RuntimeError(f"no kernel for {number}")

    assert gpu_check.attempt("Add", fails, 3) == np.inf
    assert "Add: RuntimeError: no kernel for 3" in capsys.readouterr().out
    assert gpu_check.attempt("Add", abs, -0.5) == 0.5


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_the_check_of_a_gpu_finds_numbers_that_are_not_finite(wrong):
    a, b = np.array([1.0, np.nan, 2.0]), np.array([1.5, wrong, 2.0])
    finite = np.array([1.0, 4.0, 2.0])
    assert gpu_check.difference(a, a) == 0
    assert gpu_check.difference(finite, b) == gpu_check.difference(b, finite) == np.inf
    assert gpu_check.largest(([a[:1], finite], [a[:1], b])) == np.inf
    assert gpu_check.difference(a, b) == (0.25 if np.isnan(wrong) else np.inf)
    assert gpu_check.difference(a, a[:2]) == np.inf


def test_the_check_of_a_gpu_says_that_there_is_none():
    with pytest.raises(SystemExit, match="nothing was run"):
        gpu_check.main(argparse.Namespace(device="cuda", updates=1, batches=[2], json=None))


def test_blocked_is_refused_on_a_gpu(cupy):
    x, w = minigan.ones(1, 1, 5, 5, device="cuda"), minigan.ones(1, 1, 3, 3, device="cuda")
    for function in (nn.functional.conv2d, nn.functional.conv_transpose2d):
        with pytest.raises(ValueError, match=r"by='blocked' .*cuda.* \(legal there: .*im2col"):
            function(x, w, by="blocked")
        for by in FORMULATIONS.keys() - {"blocked"}:
            assert function(x, w, by=by).device == "cuda:0"
