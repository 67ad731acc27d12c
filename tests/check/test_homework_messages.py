"""What a row says of an op that crashes: the place, and the usual cause."""

from itertools import accumulate
from pathlib import Path

import pytest
from homework_files import HEAD, examples, op, rows_of

from minigan.check import Row

# ----------------------------------------------------------------------------------------- messages


CRASHES = [
    (op("A", "np.sin(x)", "g * np.cos(x)"), "write x.cos(), not np.cos(x)"),
    (op("A", "np.exp(x)", "np.exp(x) * g"), "write x.exp(), not np.exp(x)"),
    (op("A", "np.sin(x)", "g * math.cos(x)"), "write x.cos(), not math.cos(x)"),
    (op("A", rule="np.nextafter(g, x)"), "use a function of minigan, not np.nextafter"),
    (op("A", rule="np.where(x > 0, g, 0.0)"), "rules return tensors"),
    (op("A", rule="g.numpy() * x.numpy()"), "rules return tensors"),
    (op("A", rule="(g * x).astype('f8')"), "write x.to(...)"),
    (op("A", "x.cos()"), "forward receives NumPy arrays: write np.cos(x), not x.cos()"),
    (op("A", "minigan.cos(x)"), "forward receives NumPy arrays, not tensors: write np.cos(x)"),
    (op("A", rule="out * g"), "write def backward_x(self, g, out)"),
    (op("A", rule="g * linspace(0, 1)"), "from minigan import linspace"),
    (op("A", "numpy.sin(x)"), "import numpy"),
    (op("A", "\n        y = x * x"), "forward lacks a return"),
    (op("A", "[x, x]"), "write np.asarray"),
    (op("A", rule="\n        y = g * x"), "backward_x lacks a return"),
    (op("A", rule="(g * x).sum(0)"), "returned a gradient of shape (4,)"),
    (op("A", "\n        raise NotImplementedError"), "this part is not written yet"),
    (op("A", "x.astype('f4')", "g"), "returns float32 for float64 inputs"),
    (op("A", "\n        x *= 2\n        return x"), "changes input 0 in place"),
    (op("A", "x * np.random.rand()"), "two results for the same inputs"),
    ("class A(Op):\n    def forward(self, x): return x * 1.0", "lacks a method backward_x"),
    (op("A", more=examples("[(np.ones(2), np.ones(2))]")),
     "forward takes 1 inputs, and the example has 2"),
]  # fmt: skip


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Row, int]]:
    """The row of each op of CRASHES, which are in one file, and the line of its class."""
    texts = [text.replace("class A(", f"class A{i}(") + "\n" for i, (text, _) in enumerate(CRASHES)]
    rows = rows_of(tmp_path_factory.mktemp("crashes"), "".join(texts))
    assert [row.op for row in rows] == [f"A{i}" for i in range(len(texts))]
    lines = accumulate((text.count("\n") for text in texts), initial=HEAD.count("\n") + 1)
    return list(zip(rows, lines, strict=False))


@pytest.mark.parametrize(("i", "match"), [(i, match) for i, (_, match) in enumerate(CRASHES)])
def test_a_crash_names_the_place_and_the_usual_cause(
    i: int, match: str, crashed: list[tuple[Row, int]]
) -> None:
    row, line = crashed[i]
    assert row.status == "wrong" and match in row.verdict
    if "write" in match and "asarray" not in match:
        assert f"(my-ops.py, line {line + 2}, in forward)" in row.verdict or (
            f"(my-ops.py, line {line + 4}, in backward_x)" in row.verdict
        )


def test_a_helper_that_fails_is_named_by_its_line_and_the_rule(tmp_path: Path) -> None:
    text = "def helper(g):\n    return g.nothing()\n" + op("A", rule="helper(g)")
    (row,) = rows_of(tmp_path, text)
    assert "(my-ops.py, line 8, in backward_x)" in row.verdict


def test_a_wrong_rule_is_named_only_if_it_must_be_that_one(tmp_path: Path) -> None:
    text = """
class Two(Op):
    def forward(self, a, b): return a * b
    def backward_a(self, g, b): return {}
    def backward_b(self, g, a): return g * a
"""
    (row,) = rows_of(tmp_path, text.format("g * b * 2.0"))
    assert "order 1" in row.verdict and "(my-ops.py, line 10, in backward_a)" in row.verdict
    (row,) = rows_of(tmp_path, text.format("g * b.detach()"))
    assert "order 2" in row.verdict and "my-ops.py" not in row.verdict
    (row,) = rows_of(tmp_path, op("A", rule="g.detach() * x * 2.0"))
    assert "order 2" in row.verdict and "in backward_x)" in row.verdict
