"""The version of a tensor: one counter for all tensors with the same memory."""

import ast
import copy
import pickle
import re
from pathlib import Path

import numpy as np
import pytest

import minigan
from minigan import tensor

ROOT = Path(minigan.__file__).parent


# `self.memory` may be something else in another class.
WRITTEN = re.compile(r"(?<!^self)\.memory$|\.memory\.version$|\.cell\[.*\]$")


def writers(source: str) -> list[str]:
    """The targets of assignments that set a tensor's memory or raise its version by hand."""
    nodes = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Assign | ast.AugAssign)]
    targets = [t for n in nodes for t in (n.targets if isinstance(n, ast.Assign) else [n.target])]
    parts = [p for t in targets for p in (t.elts if isinstance(t, ast.Tuple) else [t])]
    return [text for text in map(ast.unparse, parts) if WRITTEN.search(text)]


def test_only_tensor_itself_writes_versions():
    users = {
        path.relative_to(ROOT).as_posix(): statements
        for path in ROOT.rglob("*.py")
        if (statements := writers(path.read_text(encoding="utf-8")))
    }
    assert set(users) == {"autograd/tensor.py"}, users
    assert writers("x.memory.version += 1") and writers("x.memory = y.memory")
    assert writers("x.cell[0] -= 1") and not writers("v = x.memory.version")


def test_views_and_detached_tensors_share_the_version():
    x = tensor([[1.0, 2.0], [3.0, 4.0]])
    views = [x[0], x.T, x.reshape(4), x.detach(), x[0][1:]]
    copies = [x.clone(), x[[0, 1]], x + 0]
    x.changed()
    assert [v.memory.version for v in views] == [1] * 5
    assert [c.memory.version for c in copies] == [0] * 3
    views[0].zero_()
    assert x.memory.version == 2 and x.tolist() == [[0.0, 0.0], [3.0, 4.0]]


def test_dead_views_are_forgotten():
    x = minigan.zeros(4)
    kept = [x[:2] for _ in range(3)]
    for _ in range(500):
        x[1:].sum()
    assert len(kept) < len(x.memory.tensors) <= 16


def test_new_data_raise_the_version_and_end_the_sharing():
    x = tensor([1.0, 2.0], requires_grad=True)
    view, loss = x.detach(), (x * x).sum()
    x.data = np.array([5.0, 6.0])
    assert x.memory.version == 1 and view.memory.version == 0 and view.tolist() == [1.0, 2.0]
    with pytest.raises(RuntimeError, match="changed in place"):
        loss.backward()


def test_a_move_to_equal_numbers_keeps_graphs_valid():
    x = tensor([1.0, 2.0], requires_grad=True)
    loss = (x * x).sum()
    x._move_to(np.array([1.0, 2.0], np.float32))
    loss.backward()
    assert x.grad.tolist() == [2.0, 4.0] and x.memory.version == 0


def test_a_tensor_with_views_can_be_pickled_and_copied():
    x = tensor([1.0, 2.0])
    row = x[0:1]
    x.changed()
    for y in (pickle.loads(pickle.dumps(x)), copy.copy(x), copy.deepcopy(x)):
        assert y.tolist() == [1.0, 2.0]
    assert pickle.loads(pickle.dumps(row)).tolist() == [1.0]
    assert copy.copy(x).memory is x.memory and copy.deepcopy(x).memory is not x.memory


def ways_to_write():
    yield "data =", lambda x: setattr(x, "data", np.zeros_like(x.data))
    yield "detach().add_", lambda x: x.detach().add_(1)
    yield "view", lambda x: x.detach()[0].zero_()
    yield "setitem", lambda x: x.detach().__setitem__(0, 5.0)
    yield "no_grad +=", lambda x: minigan.no_grad()(lambda: x.add_(1))()
    yield "optimizer", lambda x: step(x)
    yield "copy_", lambda x: x.detach().copy_(np.zeros(2))
    yield "uniform_", lambda x: x.detach().uniform_(generator=0)


def step(x):
    x.grad = minigan.ones_like(x)
    minigan.optim.SGD([x], lr=0.1).step()


@pytest.mark.parametrize(
    ("name", "write"), list(ways_to_write()), ids=[name for name, _ in ways_to_write()]
)
def test_a_changed_input_is_refused(name, write):
    x = tensor(np.array([1.0, 2.0]), requires_grad=True)
    loss = (x * x).sum()
    write(x)
    with pytest.raises(RuntimeError, match=r"Mul.*input [ab].*\(2,\).*changed"):
        loss.backward()
    loss = (x + x).sum()  # this op keeps nothing
    write(x)
    loss.backward()
