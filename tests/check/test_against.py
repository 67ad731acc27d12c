"""--against: an op must equal a function of the library, not only have the right rules.

Ops of one kind are in one file, which is checked once, and their gradients at order 1 where the
comparison with the function is what a test is about.
"""

from pathlib import Path
from typing import Any

import pytest
from homework_files import examples, op, rows_of, written

from minigan.check import Homework, Row
from minigan.check.reference import Reference


def composed(name: str, inputs: str, plain: str, settings: str = "") -> str:
    """The text of an op with this forward, in minigan's functions, and right rules for that.

    The rules are derived from the forward, whatever it is.
    """
    names = inputs.split(", ")
    tensors = ", ".join(f"Tensor({n})" for n in names)
    leaves = ", ".join(f"Tensor({n}, requires_grad=True)" for n in names)
    return f"""
@dataclass(frozen=True)
class {name}(minigan.autograd.FusedOp):
{settings or "    pass"}
    def plain(self, {inputs}):
        return {plain}
    def forward(self, {inputs}):
        return self.plain({tensors}).numpy()
    def backward(self, g, {inputs}, wanted):
        leaves = [{leaves}]
        with minigan.enable_grad():
            return [t.numpy() for t in minigan.grad(self.plain(*leaves), leaves, Tensor(g))]
"""


def checked(folder: Path, text: str, against: Any, order: int = 2) -> list[Row]:
    text = "from minigan.nn import functional as F\n" + text
    return rows_of(folder, text, against=against, order=order)


def checked_together(
    folder: Path, texts: dict[str, str], against: dict[str, str]
) -> dict[str, list[Row]]:
    """The rows of each op of one file, by the names of their classes."""
    rows = checked(folder, "".join(texts.values()), against, order=1)
    return {name: [row for row in rows if row.op.split(" ")[0] == name] for name in texts}


STRIDES = "    stride: tuple = (1, 1)\n    padding: tuple = (0, 0)\n"
T = "F.conv_transpose2d(y, w, None, self.stride, self.padding)"

RIGHT = {
    "conv_transpose2d": ("y, w", T, STRIDES),
    "conv2d": ("x, w", "F.conv2d(x, w, None, self.stride)", "    stride: int = 1"),
    "conv_transpose1d": ("y, w, b", "F.conv_transpose1d(y, w, b)"),
    "conv3d": ("x, w", "F.conv3d(x, w)"),
    "linear": ("x, w, b", "x @ w.T + b"),
    "matmul": ("a, b", "a @ b"),
    "softplus": ("x", "(1.0 + x.exp()).log()"),
    "log_softmax": ("x", "x - x.logsumexp(1, keepdim=True)", "    dim: int = 1"),
    "maximum": ("a, b", "a.maximum(b)"),
}


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Row]]:
    texts = {f"My_{name}": composed(f"My_{name}", *parts) for name, parts in RIGHT.items()}
    against = {f"My_{name}": name for name in RIGHT}
    return checked_together(tmp_path_factory.mktemp("right"), texts, against)


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_op_is_right(name: str, right: dict[str, list[Row]]) -> None:
    rows = right[f"My_{name}"]
    assert len(rows) >= 2 and all(row.ok for row in rows), rows
    assert rows[1].op.endswith(f" as {name}") and rows[1].inputs == rows[0].inputs


SCATTER = """
@dataclass(frozen=True)
class Scatter(Op):
    stride: tuple = (1, 1)
    def forward(self, y, w):  # one image
        (K, Y, Z), (_, C, k, m), (s, t) = y.shape, w.shape, self.stride
        x = np.zeros((C, s * (Y - 1) + k, t * (Z - 1) + m))
        for o in range(Y):
            for p in range(Z):
                x[:, s*o:s*o + k, t*p:t*p + m] += np.tensordot(y[:, o, p], w, 1)
        return x
    def backward_y(self, g, w):
        return F.conv2d(g, w, stride=self.stride)
    def backward_w(self, g, y):
        y = y.unsqueeze(1)  # (K, 1, Y, Z): g is convolved with y, whose holes are the stride
        return F.conv2d(g.unsqueeze(1), y, dilation=self.stride).transpose(0, 1)
"""


def test_an_op_in_plain_numpy_for_one_image_is_right(tmp_path: Path) -> None:
    rows = checked(tmp_path, SCATTER, "conv_transpose2d")
    assert len(rows) == 4 and all(row.ok for row in rows), rows
    assert rows[0].inputs == "3x2x3 3x2x3x2"


WRONG_FORWARDS = {
    "kernel-not-flipped": T.replace("w,", "w.flip(2, 3),"),
    "kernel-axes-swapped": T.replace("w,", "w.transpose(2, 3),"),
    "stride-axes-swapped": T.replace("self.stride", "self.stride[::-1]"),
    "stride-ignored": T.replace("self.stride", "(1, 1)"),
    "padding-ignored": T.replace("self.padding", "(0, 0)"),
    "crops-one-side-only": "F.conv_transpose2d(y, w, None, self.stride)"
    "[..., self.padding[0]:, self.padding[1]:]",
    "size-off-by-one": T + "[..., :-1, :-1]",
    "padding-added-not-cropped": "F.pad(F.conv_transpose2d(y, w, None, self.stride), "
    "(self.padding[1],) * 2 + (self.padding[0],) * 2)",
    "sign": "-" + T,
    "times": "0.5 * " + T,
    "flipped along the last axis": T + ".flip(-1)",
}


@pytest.fixture(scope="module")
def wrong_forwards(tmp_path_factory: pytest.TempPathFactory) -> list[list[Row]]:
    """The rows of each wrong transposed convolution."""
    plains = enumerate(WRONG_FORWARDS.values())
    texts = {f"T{i}": composed(f"T{i}", "y, w", plain, STRIDES) for i, plain in plains}
    against = dict.fromkeys(texts, "conv_transpose2d")
    return list(checked_together(tmp_path_factory.mktemp("wrong"), texts, against).values())


@pytest.mark.parametrize(("i", "key"), [*enumerate(WRONG_FORWARDS)], ids=WRONG_FORWARDS)
def test_a_wrong_forward_with_its_own_right_rules_is_found_and_named(
    i: int, key: str, wrong_forwards: list[list[Row]]
) -> None:
    rows = wrong_forwards[i]
    assert all(row.ok for row in rows[::2]), rows  # its gradients are those of its own forward
    wrong = [row for row in rows[1::2] if not row.ok]
    assert wrong and all(key in row.verdict for row in wrong), wrong


OTHERS = {
    ("conv2d", "F.conv2d(x, w.flip(2, 3))"): "kernel-flipped",
    ("conv2d", "F.conv2d(x, w.transpose(2, 3))"): "kernel-axes-swapped",
    ("conv1d", "F.conv1d(x, w.flip(2))"): "kernel-flipped",
    ("conv_transpose1d", "F.conv_transpose1d(x, w.flip(2))"): "kernel-not-flipped",
    ("conv3d", "F.conv3d(x, -w)"): "its sign is wrong",
    ("matmul", "w.T @ x.T"): "shape",
    ("maximum", "2.0 * x.maximum(w)"): "2 times what is right",
}


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> list[list[Row]]:
    """The rows of each op of OTHERS."""
    texts = {f"W{i}": composed(f"W{i}", "x, w", plain) for i, (_, plain) in enumerate(OTHERS)}
    against = {f"W{i}": name for i, (name, _) in enumerate(OTHERS)}
    return list(checked_together(tmp_path_factory.mktemp("others"), texts, against).values())


@pytest.mark.parametrize(("i", "key"), [*enumerate(OTHERS.values())], ids=map("-".join, OTHERS))
def test_other_wrong_forwards(i: int, key: str, others: list[list[Row]]) -> None:
    rows = others[i]
    assert rows[0].ok and not rows[1].ok and key in rows[1].verdict, rows


def test_a_wrong_rule_is_compared_too(tmp_path: Path) -> None:
    text = SCATTER.replace("transpose(0, 1)", "transpose(0, 1).flip(2, 3)")
    rows = checked(tmp_path, text, "conv_transpose2d")
    assert not any(row.ok for row in rows)
    assert "the gradient of input 1 (w) differs from that of conv_transpose2d" in rows[1].verdict
    assert "flipped along the last two axes" in rows[1].verdict
    assert rows[1].verdict.endswith("in backward_w)")


def test_an_op_is_compared_on_its_examples_and_on_numbers_that_it_did_not_choose(
    tmp_path: Path,
) -> None:
    ones = examples("[(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)))]")
    text = composed("T", "y, w", "F.conv_transpose2d(y, w.flip(2, 3))") + ones
    rows = checked(tmp_path, text, "conv_transpose2d")
    assert [row.ok for row in rows] == [True, False] and rows[1].inputs == "1x1x3x3 1x1x2x2"


def test_each_op_may_have_a_function_of_its_own(tmp_path: Path) -> None:
    text = op("A", "np.exp(x)", "g * x.exp()") + op("B", "np.sin(x)", "g * x.cos()") + op("C")
    rows = checked(tmp_path, text, {"A": "exp", "B": "cos", "D": "tanh"})
    found = {row.op: row.status for row in rows}
    assert found == {
        "A": "right", "A as exp": "right", "B": "right", "B as cos": "wrong", "C": "right",
        "D": "not checked",
    }  # fmt: skip


def test_a_function_that_does_not_fit_leaves_the_op_unchecked(tmp_path: Path) -> None:
    rows = checked(tmp_path, op("A", more=examples("[np.ones(3)]")), "conv2d")
    assert [row.status for row in rows] == ["right", "not checked"]
    assert "conv2d does not take these inputs" in rows[1].verdict
    rows = checked(tmp_path, op("A"), "conv2d")
    assert [row.status for row in rows] == ["not checked"] and "fit this op, which has 1" in rows[
        0
    ].verdict


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("conv_transpose", "conv_transpose"), ("conv2D", "did you mean conv2d"),
        ("softplsu", "did you mean softplus?"), ("nothing at all", "'nothing at all'"),
        ("Tensor", "'Tensor'"), ("_check", "'_check'"), ("", "''"), ("functional", "functional"),
    ],
)  # fmt: skip
def test_what_is_no_function_is_refused(name: str, hint: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=hint):
        Reference(name)
    with pytest.raises(ValueError, match="no function"):
        Homework(written(tmp_path, op("A")), against={"A": name})


def test_forwards_that_do_not_return_are_rows_here_too(tmp_path: Path) -> None:
    text = (
        op("A", "\n        sys.exit(0)") + op("B", "\n        os._exit(0)") + op("C", "np.exp(x)")
    )
    rows = checked(tmp_path, text, "exp")
    assert [row.op for row in rows] == ["A", "A as exp", "B", "C", "C as exp"]
    assert not any(row.ok for row in rows[:4])
