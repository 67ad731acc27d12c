"""A real GPU through CuPy beside NumPy, number by number, and its speed beside PyTorch on CUDA.

Compared are every op with its gradients, the formulations of convolution, and updates of a DCGAN,
an auto-encoder and a WGAN-GP from the same weights: to 1e-10 in float64 and 1e-4 in float32
(1e-2 for updates), relative to the largest number. Then updates are timed. Takes under four
minutes; the exit status is 1 if a difference is larger.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import minigan
from benchmarks import count
from benchmarks.workloads import WORKLOADS, Text, Workload, dcgan
from minigan import Tensor, cuda, grad, nn
from minigan.check.examples import EXAMPLES, Example
from minigan.conv import FORMULATIONS
from minigan.geometry import Geometry
from minigan.nn.functional.convolution import Conv, ConvTranspose, ConvWeight

TOLERANCES = {"float64": 1e-10, "float32": 1e-4}
# Where the input of a LeakyReLU is 0 up to rounding, its slope may be another one. In 25 updates of
# the auto-encoder from random weights this changed a gradient by 2e-3 of the largest.
UPDATES_IN_FLOAT32 = 1e-2
BATCHES = (64, 256, 1024)
_GEOMETRIES = (
    Geometry.conv((9, 8), (3, 2), (2, 1), (1, 0)),
    Geometry.conv((12, 12), (4, 4), 2, 1),
    Geometry.conv((11, 7), (3, 3), 1, 2, dilation=2),
)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--updates", type=count, default=30, help="to time, for each batch")
    parser.add_argument("--batches", type=count, nargs="*", default=BATCHES, metavar="B")
    parser.add_argument("--json", type=Path, metavar="F", help="keep every figure there")


def main(arguments: argparse.Namespace) -> None:
    try:
        Tensor(0.0).to(arguments.device)
    except RuntimeError as error:
        sys.exit(f"nothing was run: {error}")
    start, found = time.perf_counter(), dict[str, Any]()
    found["device"] = cuda.get_device_name() if hasattr(cuda, "get_device_name") else "cuda"
    print(f"{found['device']}: largest difference from NumPy, relative to the largest number")
    found["differences"], wrong = {}, []
    for name, off in _differences(arguments.device):
        found["differences"][name], most = off, tolerance(name)
        if off > most:
            wrong.append(name)
        verdict = "ok" if off <= most else f"more than {most:.0e}"
        print(f"  {name:44} {off:9.1e}   {verdict}", flush=True)
    print("\nmilliseconds an update, float32")
    found["times"] = {}
    for batch in arguments.batches:
        found["times"][batch] = _times(batch, arguments)
    found["seconds"] = time.perf_counter() - start
    print(f"\n{found['seconds']:.0f} s in all")
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    if wrong:
        sys.exit(f"differs from NumPy: {', '.join(wrong)}")


# ------------------------------------------------------------------------------------ differences


def _differences(device: str) -> Iterator[tuple[str, float]]:
    """Yield what is compared, with its dtype, and the largest relative difference."""
    ops = max(attempt(str(example.op), _op, example, device) for example in EXAMPLES)
    yield f"{len(EXAMPLES)} ops and their gradients, float64", ops
    for dtype in TOLERANCES:
        for by in sorted(FORMULATIONS.keys() - {"blocked"}):  # it is for CPUs
            name = f"convolution by {by}, {dtype}"
            yield name, max(attempt(name, _formulation, by, g, device, dtype) for g in _GEOMETRIES)
        for workload in (dcgan(B=8, W=8), WORKLOADS["autoencoder"], WORKLOADS["wgan-gp"]):
            name = f"updates, {workload.name}, {dtype}"
            yield name, attempt(name, _updates, workload, device, dtype)


def attempt(what: str, compare: Callable[..., float], *arguments: Any) -> float:
    """The difference that `compare` returns; infinite if it raises an error, which is printed.

    So one op that fails on the device does not hide the others.
    """
    try:
        return compare(*arguments)
    except Exception as error:  # whatever CuPy raises
        print(f"  {what}: {type(error).__name__}: {error}", flush=True)
        return float("inf")


def _op(example: Example, device: str) -> float:
    """The largest difference of an op and its gradients; its name is printed if it is too large."""
    off = largest((outcome(example, "cpu"), outcome(example, device)))
    if off > TOLERANCES["float64"]:
        print(f"  {example.op}: {off:.1e}", flush=True)
    return off


def _formulation(by: str, geometry: Geometry, device: str, dtype: str) -> float:
    """The largest difference of the three faces of a convolution."""
    return largest((_faces(by, geometry, "cpu", dtype), _faces(by, geometry, device, dtype)))


def tolerance(name: str) -> float:
    """The largest legal difference of a comparison; its name ends in the dtype."""
    dtype = name.rpartition(" ")[2]
    updates = name.startswith("updates") and dtype == "float32"
    return UPDATES_IN_FLOAT32 if updates else TOLERANCES[dtype]


def outcome(example: Example, device: str) -> list[np.ndarray[Any, Any]]:
    """The value of an op and its gradients for a cotangent that is the same everywhere."""
    inputs = [None if x is None else Tensor(x, device=device) for x in example.inputs]
    floats = [x.requires_grad_() for x in inputs if x is not None and x.is_floating_point()]
    y = (example.function or example.op)(*inputs)
    u = Tensor(np.random.default_rng(0).standard_normal(y.shape), device=device, dtype=y.dtype)
    gradients = grad(y, floats, u, allow_unused=True) if y.requires_grad else ()
    return [part.numpy() for part in (y.detach(), *gradients) if part is not None]


def largest(pair: tuple[list[np.ndarray[Any, Any]], list[np.ndarray[Any, Any]]]) -> float:
    """The largest of the differences of arrays, each relative to its largest number."""
    return max((difference(a, b) for a, b in zip(*pair, strict=True)), default=0.0)


def difference(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> float:
    """The largest difference relative to the largest number of a.

    It is infinite if the shapes differ, or if NaN or infinite numbers lie at different places.
    """
    finite = np.isfinite(a)
    if a.shape != b.shape or not np.array_equal(a[~finite], b[~finite], equal_nan=True):
        return float("inf")
    a, b = a[finite].astype(float), b[finite].astype(float)
    if not np.isfinite(b).all():
        return float("inf")
    return float(np.abs(a - b).max(initial=0) / max(1e-300, np.abs(a).max(initial=0)))


def _faces(by: str, geometry: Geometry, device: str, dtype: str) -> list[np.ndarray[Any, Any]]:
    """The three faces of a convolution, of arrays that are the same everywhere."""
    rng, N, C, K = np.random.default_rng(0), 3, 4, 5
    shapes = (N, C, *geometry.X), (K, C, *geometry.taps), (N, K, *geometry.Y)
    x, w, y = (Tensor(rng.standard_normal(s), dtype=dtype, device=device) for s in shapes)
    formulation = FORMULATIONS[by]
    return [
        Conv(geometry, formulation)(x, w).numpy(),
        ConvTranspose(geometry, formulation)(y, w).numpy(),
        ConvWeight(geometry, formulation)(x, y).numpy(),
    ]


def _updates(workload: Workload, device: str, dtype: str) -> float:
    """The largest difference of losses, and of a model's gradients, in an update or two.

    Gradients are compared relative to the largest one of their model. Weights are not compared in
    float32 after the first update: Adam divides each gradient by its own size, so the step of a
    gradient that is zero up to rounding is a whole step in either direction.
    """
    text = workload.texts["common"]
    here, there = (_prepared(text, place, dtype) for place in ("cpu", device))
    for name, module in _modules(here):
        there[name].load_state_dict(module.state_dict())
    worst = 0.0
    for _ in range(2 if dtype == "float64" else 1):
        for names in (here, there):
            exec(text.update, names)
        for name in here:
            if name.startswith("loss"):
                worst = max(worst, difference(here[name].numpy(), there[name].cpu().numpy()))
        for name, module in _modules(here):
            worst = max(worst, difference(_gradients(module), _gradients(there[name])))
    return worst


def _gradients(module: nn.Module) -> np.ndarray[Any, Any]:
    """All gradients of a model, one after the other."""
    found = [p.grad.cpu().numpy().reshape(-1) for p in module.parameters() if p.grad is not None]
    return np.concatenate(found) if found else np.empty(0)


def _prepared(text: Text, device: str, dtype: str) -> dict[str, Any]:
    """The names of a text after its setup, with models and data on a device."""

    def tensor(array: np.ndarray[Any, Any]) -> Tensor:
        floats = array.dtype.kind == "f"
        return minigan.tensor(array, dtype=dtype if floats else None, device=device)

    names: dict[str, Any] = {
        "nn": nn,
        "optim": minigan.optim,
        "F": nn.functional,
        "np": np,
        "grad": grad,
        "tensor": tensor,
        "rng": np.random.default_rng(0),
    }
    exec(text.setup, names)
    weights = np.random.default_rng(1)  # the same in each run
    for _, module in _modules(names):
        for layer in module.modules():
            if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
                layer.reset_parameters(weights)
        module.to(device, dtype)
    return names


def _modules(names: dict[str, Any]) -> list[tuple[str, nn.Module]]:
    return [(name, value) for name, value in names.items() if isinstance(value, nn.Module)]


# ------------------------------------------------------------------------------------------ speed


def _times(batch: int, arguments: argparse.Namespace) -> dict[str, float | None]:
    """The median milliseconds of a DCGAN's update: minigan on the device, and PyTorch on CUDA."""
    text = dcgan(B=batch).texts["common"]
    names = _prepared(text, arguments.device, "float32")
    ours = _median(text, names, cuda.synchronize, arguments.updates)
    theirs = _torch(text, arguments.updates)
    beside = "PyTorch CUDA is not here" if theirs is None else f"{theirs:.2f}  {ours / theirs:.2f}"
    print(f"  DCGAN 32x32, batch {batch:5}   minigan {ours:8.2f}   PyTorch {beside}", flush=True)
    return {"minigan": ours, "torch": theirs}


def _median(
    text: Text, names: dict[str, Any], synchronize: Callable[[], None], updates: int
) -> float:
    """The median milliseconds of an update, after three that are not counted."""
    code, seconds = compile(text.update, "update", "exec"), []
    for number in range(updates + 3):
        synchronize()
        start = time.perf_counter()
        exec(code, names)
        synchronize()
        if number >= 3:
            seconds.append(time.perf_counter() - start)
    return 1e3 * statistics.median(seconds)


def _torch(text: Text, updates: int) -> float | None:
    """The same for PyTorch; None where it or its GPU is missing."""
    try:
        import torch
    except ImportError:
        return None
    if not torch.cuda.is_available():
        return None
    names: dict[str, Any] = {
        "nn": torch.nn,
        "optim": torch.optim,
        "F": torch.nn.functional,
        "np": np,
        "grad": torch.autograd.grad,
        "rng": np.random.default_rng(0),
        "tensor": lambda array: torch.as_tensor(array).cuda(),
    }
    exec(text.setup, names)
    for value in names.values():
        if isinstance(value, torch.nn.Module):
            value.cuda()
    return _median(text, names, torch.cuda.synchronize, updates)
