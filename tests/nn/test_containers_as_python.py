"""Containers do what Python's list and dict do: random programs of changes on both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minigan
from minigan import nn

MODULES = [nn.Identity() for _ in range(6)]
PARAMETERS = [nn.Parameter(minigan.full((2,), float(i))) for i in range(6)]
LISTS = {
    "ModuleList": (lambda items: nn.ModuleList(items), MODULES),
    "Sequential": (lambda items: nn.Sequential(*items), MODULES),
    "ParameterList": (lambda items: nn.ParameterList(items), PARAMETERS),
}
DICTS = {
    "ModuleDict": (lambda items: nn.ModuleDict(items), MODULES),
    "ParameterDict": (lambda items: nn.ParameterDict(items), PARAMETERS),
}
indices, items, several = st.integers(-4, 4), st.integers(0, 5), st.lists(st.integers(0, 5))


def changed(x: Any, change: str, index: int, item: Any, more: list[Any]) -> Any:
    """Make a change in a container or in a Python list; return what it gives."""
    if change == "append":
        x.append(item)
    elif change == "extend":
        x.extend(more)
    elif change == "iadd":
        x += more
    elif change == "insert":
        x.insert(index, item)
    elif change == "pop":
        return x.pop(index)
    elif change == "pop the last":
        return x.pop()
    elif change == "set":
        x[index] = item
    elif change == "delete":
        del x[index]
    elif change == "delete a part":
        del x[index:]
    elif change == "set a part":
        x[: len(more)] = more[: len(x)]
    elif change == "clear":
        x.clear()
    elif change == "twice":
        x *= 2
    return None


CHANGES = [
    "append", "extend", "iadd", "insert", "pop", "pop the last", "set", "delete",
    "delete a part", "set a part", "clear", "twice",
]  # fmt: skip


def attempt(x: Any, *change: Any) -> Any:
    try:
        return changed(x, *change)
    except IndexError:
        return IndexError


@pytest.mark.parametrize("name", LISTS)
@given(several, st.lists(st.tuples(st.sampled_from(CHANGES), indices, items, several), max_size=5))
def test_lists(name: str, first: list[int], program: list[Any]) -> None:
    make, values = LISTS[name]
    theirs = [values[i] for i in first]
    ours = make(theirs)
    for change, index, item, more in program:
        if change == "insert" and not -len(theirs) <= index <= len(theirs):
            continue  # a list takes any index, PyTorch's containers do not
        arguments = change, index, values[item], [values[i] for i in more]
        a, b = attempt(ours, *arguments), attempt(theirs, *arguments)
        assert a is b
        assert len(ours) == len(theirs) and all(x is y for x, y in zip(ours, theirs, strict=True))
        assert all(x is y for x, y in zip(ours[1:3], theirs[1:3], strict=True))
        assert all(x is y for x, y in zip(reversed(ours), theirs[::-1], strict=True))
        assert all((value in ours) == any(value is x for x in theirs) for value in values)


@pytest.mark.parametrize("name", DICTS)
def test_dicts(name: str) -> None:
    make, values = DICTS[name]
    theirs = {"a": values[0], "b": values[1]}
    ours = make(theirs)

    def same(x: Any, y: dict[str, Any]) -> None:
        assert list(x) == list(x.keys()) == list(y) and len(x) == len(y)
        assert all(p is q for p, q in zip(x.values(), y.values(), strict=True))
        assert all(n == m and p is q for (n, p), (m, q) in zip(x.items(), y.items(), strict=True))
        assert all((key in x) == (key in y) for key in "abcdz")

    same(ours, theirs)
    for d in (ours, theirs):
        d["c"] = values[2]
        d.update({"d": values[3], "a": values[4]})
        del d["b"]
    same(ours, theirs)
    assert ours.pop("c") is theirs.pop("c") and ours["a"] is values[4]
    same(ours, theirs)
    assert ours.get("a") is values[4] and ours.get("z") is None and ours.get("z", 3) == 3
    same(ours | {"e": values[5]}, theirs | {"e": values[5]})
    if name == "ParameterDict":
        assert ours.setdefault("a", values[0]) is theirs.setdefault("a", values[0])
        assert ours.setdefault("f", values[0]) is theirs.setdefault("f", values[0])
        same(ours.copy(), theirs.copy())
        assert ours.popitem()[1] is theirs.popitem()[1]
    with pytest.raises(KeyError, match="'z'"):
        ours.pop("z")
    ours.clear(), theirs.clear()
    same(ours, theirs)


def test_sums_and_products_of_lists() -> None:
    a, b, c = nn.ReLU(), nn.Tanh(), nn.Sigmoid()
    assert list(nn.ModuleList([a, b]) + nn.ModuleList([c])) == [a, b, c]
    assert list(nn.Sequential(a) + nn.Sequential(b)) == [a, b]
    assert list(nn.Sequential(a, b) * 2) == list(2 * nn.Sequential(a, b)) == [a, b, a, b]
    with pytest.raises(ValueError, match="Sequential .*: times=0"):
        nn.Sequential(a) * 0
    with pytest.raises(TypeError):
        nn.ModuleList([a]) + 3
    with pytest.raises(IndexError, match=r"insert: index 5 is out of range for 1 modules"):
        nn.ModuleList([a]).insert(5, b)
    with pytest.raises(ValueError, match="ModuleList: 1 modules cannot replace 2"):
        nn.ModuleList([a, b])[:2] = [c]
    x = minigan.tensor([1.0, -1.0])
    np.testing.assert_array_equal((nn.Sequential(a) * 3)(x).numpy(), [1, 0])
