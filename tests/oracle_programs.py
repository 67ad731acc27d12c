"""The programs whose results with PyTorch are kept in oracle.npz: a name for each program."""

from __future__ import annotations

import sys
from itertools import product
from typing import Any

import dtype_suite
import function_suite
import image_suite
import inplace_suite
import more_suite
import numpy as np
import op_suite
from layer_suite import LAYERS, LOSSES, WITH_SIZES
from op_case import Case
from optimizer_suite import METRICS, OPTIMIZERS, PLATEAUS, SCHEDULERS
from oracle import FILE, Program, as_array, attempt, form, outcome, sums


def differentiate(m: Any) -> Any:
    """Return the function `grad` of minigan or of torch."""
    return m.autograd.grad if m.__name__ == "torch" else m.grad


def of_case(case: Case, dtype: str = "float64") -> Program:
    """Return a program: values, gradients and their gradients, up to the last that is not zero."""

    def program(m: Any) -> Any:
        found = op_suite.orders(m, differentiate(m), case, dtype)
        while len(found) > 1 and all(np.allclose(as_array(x), 0, atol=1e-12) for x in found[-1]):
            found.pop()
        return found

    return program


# ------------------------------------------------------------------------------------------ layers


def layer(m: Any, name: str, settings: dict[str, Any]) -> Any:
    """Return a layer in float64 whose parameters are random, the same in both libraries."""
    made = getattr(m.nn, name)(**settings).double()
    rng = np.random.default_rng(5)
    state = dict(made.state_dict())
    for key, _ in made.named_parameters():
        state[key] = m.tensor(rng.standard_normal(tuple(state[key].shape)))
    made.load_state_dict(state)
    return made


def call_layer(m: Any, made: Any, shape: tuple[int, ...], seed: int, **call: Any) -> list[Any]:
    """Return output, all gradients for a random cotangent, and buffers."""
    rng = np.random.default_rng(seed)
    x = m.tensor(rng.standard_normal(shape), requires_grad=True)
    for p in made.parameters():
        p.grad = None
    y = made(x, **call)
    y.backward(m.tensor(rng.standard_normal(tuple(y.shape))))
    found = [y, x.grad, *(p.grad for p in made.parameters()), *made.buffers()]
    return [as_array(part).copy() for part in found]


def of_layer(name: str, settings: dict[str, Any], shape: tuple[int, ...], **call: Any) -> Program:
    def program(m: Any) -> Any:
        made = layer(m, name, settings)
        found = [call_layer(m, made, shape, seed, **call) for seed in (1, 2)]
        return [*found, call_layer(m, made.eval(), shape, 3, **call)]

    return program


def of_loss(name: str, settings: dict[str, Any], reduction: str) -> Program:
    def program(m: Any) -> Any:
        rng = np.random.default_rng(3)
        tensors = {
            key: m.tensor(rng.random(4)) for key in ("weight", "pos_weight") if key in settings
        }
        x = m.tensor(rng.random((5, 4)) * 0.98 + 0.01, requires_grad=True)
        indices = name in ("CrossEntropyLoss", "NLLLoss")
        target = np.array([0, 3, 2, 1, 0]) if indices else rng.random((5, 4))
        y = getattr(m.nn, name)(**settings | tensors, reduction=reduction)(x, m.tensor(target))
        y.sum().backward()
        return [y, x.grad]

    return program


# -------------------------------------------------------------------------------------- optimizers

SHAPES = [(3, 4), (5,), (), (0, 2), (2, 3, 1)]


class Training:
    """Parameters in two groups, and an optimizer that gets random gradients."""

    def __init__(self, m: Any, name: str, settings: dict[str, Any]) -> None:
        self.m, self.rng = m, np.random.default_rng(0)
        self.parameters = [
            m.tensor(self.rng.standard_normal(shape), requires_grad=True) for shape in SHAPES
        ]
        groups = [{"params": self.parameters[:2]}, {"params": self.parameters[2:], "lr": 0.05}]
        self.optimizer = getattr(m.optim, name)(groups, **settings)

    def step(self, skip: list[int]) -> None:
        for i, p in enumerate(self.parameters):
            g = self.rng.standard_normal(tuple(p.shape))
            p.grad = None if i in skip else self.m.tensor(g)
        self.optimizer.step()

    def rates(self) -> list[float]:
        return [group["lr"] for group in self.optimizer.param_groups]


def of_optimizer(name: str, settings: dict[str, Any]) -> Program:
    def program(m: Any) -> Any:
        training, found = Training(m, name, settings), []
        for t in range(20):
            training.step(skip=[i for i in range(4) if (t + i) % 5 == 2])
            if t == 10:
                training.optimizer.param_groups[1]["lr"] *= 0.5
            if t in (0, 1, 4, 19):
                found += [as_array(p).copy() for p in training.parameters]
        state = training.optimizer.state_dict()["state"]
        states = [as_array(state[i][key]) for i in sorted(state) for key in sorted(state[i])]
        return found + [np.asarray(x, np.float64) for x in states]

    return program


def of_scheduler(name: str, settings: dict[str, Any], more: bool) -> Program:
    def program(m: Any) -> Any:
        training, found = Training(m, "SGD", {"lr": 0.2}), []
        kinds = m.optim.lr_scheduler
        chain = [getattr(kinds, name)(training.optimizer, **settings)]
        chain += [kinds.ExponentialLR(training.optimizer, gamma=0.8)] if more else []
        for _ in range(25):
            training.step(skip=[])
            for scheduler in chain:
                scheduler.step()
            found.append([training.rates(), chain[0].get_last_lr()])
        return [np.array(found), *training.parameters]

    return program


def of_plateau(settings: dict[str, Any]) -> Program:
    def program(m: Any) -> Any:
        training, found = Training(m, "SGD", {"lr": 0.2}), []
        scheduler = m.optim.lr_scheduler.ReduceLROnPlateau(training.optimizer, **settings)
        for metric in (*METRICS, *METRICS):
            scheduler.step(metric)
            counts = scheduler.num_bad_epochs, scheduler.cooldown_counter, scheduler.last_epoch
            found.append([*scheduler.get_last_lr(), float(scheduler.best), *counts])
        return np.array(found)

    return program


# ------------------------------------------------------------------------------- dtypes, in place


def of_pairs(name: str, first: str) -> Program:
    """Return a program: a function of two tensors, of dtype `first` and of each other dtype."""
    function = dtype_suite.BINARY[name]

    def program(m: Any) -> Any:
        a = dtype_suite.three(first)
        seconds = [dtype_suite.two(dtype) for dtype in dtype_suite.DTYPES]
        pairs = [pair for b in seconds for pair in ((a, b), (a, b[0]), (a[2], b), (a[2], b[2]))]
        return [attempt(function, m, *map(m.tensor, pair)) for pair in pairs]

    return program


def of_numbers(name: str, first: str) -> Program:
    """Return a program: a function of a tensor and a Python number, of every kind that fits."""
    function = dtype_suite.BINARY[name]
    numbers = [
        number
        for number in dtype_suite.NUMBERS
        if not (first == "uint8" and number in (-3, -0.5))  # PyTorch wraps; minigan refuses
    ]

    def program(m: Any) -> Any:
        a = dtype_suite.three(first)
        return [attempt(function, m, m.tensor(x), number) for number in numbers for x in (a, a[2])]

    return program


def of_unary(name: str) -> Program:
    def program(m: Any) -> Any:
        arrays = [dtype_suite.three(dtype) for dtype in dtype_suite.DTYPES]
        forms = [x for a in arrays for x in (a, a[0], a[:0], a.reshape(3, 1))]
        return [attempt(lambda x=x: getattr(m.tensor(x), name)()) for x in forms]

    return program


def of_extreme(name: str, dtype: str) -> Program:
    def program(m: Any) -> Any:
        found = []
        for a in (dtype_suite.EXTREME, *dtype_suite.EXTREME[:, None]):
            x = m.tensor(a.astype(dtype), requires_grad=True)
            y = getattr(x, name)()
            if y.requires_grad:
                y.backward(m.ones_like(y))
            found.append([y, *([] if x.grad is None else [x.grad])])
        return found

    return program


def of_empty(name: str) -> Program:
    return lambda m: attempt(lambda: dtype_suite.EMPTY[name](m.zeros(0, 3)))


def of_change(name: str, kind: str) -> Program:
    """Return a program: a change in place of a computed tensor, a constant or an unrecorded one."""
    A, change = inplace_suite.A, inplace_suite.PROGRAMS[name]

    def run(m: Any) -> Any:
        x = m.tensor(A, requires_grad=True)
        if kind == "unrecorded":
            with m.no_grad():
                change(m, x, m.tensor(A * 2))
            (x * x).sum().backward()
            return x, x.grad
        y = x if kind == "leaf" else x * 2 if kind == "computed" else m.tensor(A * 2)
        change(m, y, x)
        if not y.requires_grad:
            return y
        (y * m.tensor(A[::-1].copy())).sum().backward()
        return y, *([] if x.grad is None else [x.grad])

    return lambda m: attempt(run, m)


def of_version(name: str) -> Program:
    def run(m: Any) -> Any:
        x = m.tensor(inplace_suite.A, requires_grad=True)
        z = inplace_suite.CONTROL[name](m, x, x * 2)
        z.sum().backward()
        return z, x.grad

    return lambda m: attempt(run, m)


def of_view(name: str, target: str) -> Program:
    A = inplace_suite.A

    def run(m: Any) -> Any:
        x = m.tensor(A, requires_grad=True)
        h = x * 3 if target == "computed" else m.tensor(A * 3)
        before = [h[0], h.T, h.reshape(-1), h[:, 1:]]
        inplace_suite.VIEWS[name](m, h, x)
        y = (h * m.tensor(A[::-1].copy())).sum()
        y = y + sum((i + 2) * (v**2).sum() for i, v in enumerate(before))
        if not y.requires_grad:
            return y
        y.backward()
        return y, x.grad

    return lambda m: attempt(run, m)


def of_shaping(change: Any) -> Program:
    def program(m: Any) -> Any:
        x = m.tensor(inplace_suite.A, requires_grad=True)
        outputs = change(m, x * 2, x)
        sum((y * y).sum() for y in outputs).backward()
        return [*(y.detach() for y in outputs), x.grad]

    return program


# --------------------------------------------------------------------------------------- all of it

CHANGES = ("computed", "constant", "unrecorded", "leaf")
# ours also takes numbers where PyTorch takes tensors only, and compares mixed dtypes
TENSORS_ONLY = (
    *dtype_suite.OF_TENSORS, "maximum", "minimum", "isclose", "isclose inf", "floor", "trunc",
    "logical_and", "logical_or", "logical_xor", "clamp", "clamp max", "pow",
)  # fmt: skip
SMOOTH = [
    name
    for name in dtype_suite.UNARY
    if name not in ("argmax", "argmin", "nonzero", "prod", "amax", "amin", "var", "std")
]

PROGRAMS: dict[str, Program] = (
    {f"more/{name}": program for name, program in more_suite.PROGRAMS.items()}
    | {f"more layers/{name}": program for name, program in more_suite.LAYERS.items()}
    | {f"ops/{i} {case.name}": of_case(case) for i, case in enumerate(op_suite.CASES)}
    | {f"functions/{i} {case.name}": of_case(case) for i, case in enumerate(function_suite.CASES)}
    | {f"images/{i} {case.name}": of_case(case) for i, case in enumerate(image_suite.CASES)}
    | {f"layers/{i} {each[0]}": of_layer(*each) for i, each in enumerate(LAYERS)}
    | {
        f"layers/output_size {size}": of_layer(name, settings, shape, output_size=size)
        for name, settings, shape, sizes in WITH_SIZES
        for size in sizes
    }
    | {
        f"losses/{i} {name} {reduction}": of_loss(name, settings, reduction)
        for i, (name, settings) in enumerate(LOSSES)
        for reduction in ("mean", "sum", "none")
    }
    | {f"optimizers/{i} {each[0]}": of_optimizer(*each) for i, each in enumerate(OPTIMIZERS)}
    | {
        f"schedulers/{i} {name} {more}": of_scheduler(name, settings, more)
        for i, (name, settings) in enumerate(SCHEDULERS)
        for more in (False, True)
    }
    | {f"schedulers/plateau {i}": of_plateau(settings) for i, settings in enumerate(PLATEAUS)}
    | {
        f"dtypes/{name} of two {first}": of_pairs(name, first)
        for name, first in product(dtype_suite.BINARY, dtype_suite.DTYPES)
        if "isclose" not in name
    }
    | {
        f"dtypes/{name} of {first} and numbers": of_numbers(name, first)
        for name, first in product(dtype_suite.BINARY, dtype_suite.DTYPES)
        if name not in TENSORS_ONLY
    }
    | {f"dtypes/{name}": of_unary(name) for name in dtype_suite.UNARY if name not in ("any", "all")}
    | {
        f"dtypes/{name} of extreme {dtype}": of_extreme(name, dtype)
        for name, dtype in product(SMOOTH, ("float32", "float64"))
    }
    | {f"dtypes/{name} of nothing": of_empty(name) for name in dtype_suite.EMPTY}
    | {
        f"changes/{name} of {kind}": of_change(name, kind)
        for name, kind in product(inplace_suite.PROGRAMS, CHANGES)
    }
    | {f"changes/{each.__name__}": of_shaping(each) for each in inplace_suite.SHAPINGS}
    | {f"changes/version {name}": of_version(name) for name in inplace_suite.CONTROL}
    | {
        f"changes/view {name} {target}": of_view(name, target)
        for name, target in product(inplace_suite.VIEWS, ("computed", "constant"))
    }
)


def names(*rooms: str) -> list[str]:
    """Return the names of the programs of some rooms: "ops", "layers" and so on."""
    return [name for name in PROGRAMS if name.partition("/")[0] in rooms]


def write() -> None:
    """Run every program with PyTorch and keep the results."""
    import torch

    results = {name: outcome(program, torch) for name, program in PROGRAMS.items()}
    pairs = [sums(x) for arrays in results.values() for x in arrays if x is not None]
    texts = (
        np.frombuffer("\n".join(lines).encode(), np.uint8)
        for lines in (results, map(form, results.values()))
    )
    names, forms = texts
    np.savez_compressed(FILE, names=names, forms=forms, sums=np.array(pairs))
    print(f"{FILE.name}: {len(results)} programs, {len(pairs)} arrays, {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    sys.exit(write())
