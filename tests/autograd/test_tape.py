"""The tape: what it counts, prints, steps and draws."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

import minigan
from minigan import Tape, nn, tensor
from minigan.nn import functional as F


def leaf(*numbers):
    return tensor(np.array(numbers), requires_grad=True)


def test_tape_counts():
    a = minigan.randn(3, 4, generator=0, requires_grad=True)
    b = minigan.randn(4, 5, generator=1)
    tape = Tape((a @ b).relu().sum())
    assert [str(e.op) for e in tape] == [
        "Matmul",
        "Relu",
        "Sum(shape=(3, 5), dims=(0, 1), keepdim=False)",
    ]
    assert [e.flops for e in tape] == [2 * 3 * 4 * 5, 15, 15] and tape.flops == 150
    assert [e.output for e in tape] == [(3, 5), (3, 5), ()]
    assert tape[0].inputs == ((3, 4), (4, 5)) and [e.nbytes for e in tape] == [60, 60, 4]
    assert [e.kept for e in tape] == [4 * 5 * 4, 60, 0] and tape.kept == 140
    assert len(tape) == 3 and str(tape).splitlines()[-1].split() == [
        "3",
        "ops",
        "150",
        "124",
        "140",
    ]


def test_tape_counts_shared_memory_once():
    x = minigan.ones(10, dtype="float64", requires_grad=True)
    assert Tape((x * x).sum()).kept == 80
    assert Tape((x * x + x.log()).sum()).kept == 80


def test_tape_steps_backward():
    a = tensor(1.0, requires_grad=True)
    b = a + a
    tape = Tape(b + b)
    seen = []
    for step_ in tape.backward():
        assert a.grad is None
        seen.append((str(step_.node.op), step_.g.item(), [g.item() for g in step_.gradients]))
    assert seen == [("Add", 1.0, [1.0, 1.0]), ("Add", 2.0, [2.0, 2.0])]
    assert a.grad.item() == 4.0
    with pytest.raises(RuntimeError, match="freed"):
        list(Tape(b.exp() + b.exp()).backward()) and list(Tape(b).backward()) and list(
            tape.backward()
        )


def test_tape_stepped_and_backward_agree():
    def loss(x):
        return ((x @ x.T).tanh() * x.sum(1)).softmax(0).log().mean()

    x, y = (minigan.randn(3, 3, generator=0, dtype="float64", requires_grad=True) for _ in range(2))
    for _ in Tape(loss(x)).backward():
        pass
    loss(y).backward()
    assert x.grad.tolist() == y.grad.tolist()


def test_tape_of_twenty_thousand_ops():
    x = leaf(1.0)
    y = x
    for _ in range(20_000):
        y = y + 1.0
    tape = Tape(y)
    assert len(tape) == 20_000 and str(tape).count("\n") == 20_001
    assert sum(1 for _ in tape.backward()) == 20_000 and x.grad.item() == 1.0


def test_tape_draws_itself():
    x = minigan.ones(2, 3, requires_grad=True)
    h = (x * 2).tanh()
    svg = Tape((h * h + x).sum()).draw("a & b <c>")
    root = ET.fromstring(svg)
    text = ["".join(t.itertext()) for t in root.iter() if t.tag.endswith("text")]
    assert text[0] == "a & b <c>" and text.count("leaf (2,3)") == 1 and "Tanh → (2,3)" in text
    arrows = [p for p in root.iter() if p.tag.endswith("path") and p.get("marker-end")]
    assert len(arrows) == 7 - 1  # h twice into one op is one arrow
    assert Tape(x.sum())._repr_svg_().startswith("<svg")


X, W, B = minigan.ones(2, 3, 6, requires_grad=True), minigan.ones(4, 3, 2), minigan.ones(4)
LAYER = nn.Sequential(nn.Conv1d(3, 4, 2), nn.ReLU())  # one op
GX = minigan.grad(F.avg_pool1d(X, 2).square().sum(), X, create_graph=True)[0]
FLOPS = {  # a multiplication and an addition count as two
    "linear": (F.linear(X.transpose(1, 2), W[:, :, 0], B), 2 * 2 * 6 * 3 * 4),
    "conv1d": (F.conv1d(X, W), 2 * 2 * 3 * 4 * 2 * 5),
    "conv1d with relu": (LAYER(X), 2 * 2 * 3 * 4 * 2 * 5),
    "conv_transpose1d": (F.conv_transpose1d(X, W.transpose(0, 1)), 2 * 2 * 3 * 4 * 2 * 6),
    "avg_pool1d": (F.avg_pool1d(X, 2), 2 * 3 * 3 * (2 + 1)),
    "avg_pool1d, gradient": (GX, 2 * 3 * 3 * (2 + 1)),
    "fold": (F.fold(X, (1, 8), (1, 3)), 2 * 3 * 6),
    "matmul": (X @ minigan.ones(6, 5), 2 * 2 * 3 * 6 * 5),
    "sum": (X.sum(1), 2 * 3 * 6),
    "exp": (X.exp(), 2 * 3 * 6),
    "view": (X.transpose(0, 1), 0),
}


@pytest.mark.parametrize("name", FLOPS)
def test_flops_of_an_op(name):
    result, flops = FLOPS[name]
    assert max(entry.flops for entry in Tape(result)) == flops


def test_tape_mistakes():
    with pytest.raises(TypeError, match="loss"):
        Tape(3.0)
    with pytest.raises(RuntimeError, match="does not require grad"):
        Tape(tensor(3.0))


def test_boxes_and_arrows_of_the_picture():
    """Boxes lie in the picture and do not overlap; arrows join the middles of their borders."""
    x = tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    root = ET.fromstring(Tape(((y + 1) * y).sum()).draw("four ops, one used twice"))
    name = "{http://www.w3.org/2000/svg}"
    width, height = int(root.get("width")), int(root.get("height"))
    boxes = [
        [int(rect.get(key)) for key in ("x", "y", "width", "height")]
        for rect in root.iterfind(f"{name}g/{name}rect")
    ]
    assert len(boxes) == 5  # four ops and a leaf
    assert all(a >= 0 and b > 28 and a + w <= width and b + h <= height for a, b, w, h in boxes)
    assert max(b + h for _, b, _, h in boxes) > height - 30  # no empty rows below
    for i, (a, b, w, h) in enumerate(boxes):
        assert all(a + w <= c or c + v <= a or b + h <= d or d + u <= b for c, d, v, u in boxes[:i])
    arrows = [path.get("d") for path in root.iterfind(f"{name}path")]
    assert len(arrows) == 5  # x -> y -> + -> * -> sum, and y -> *
    around = 0
    for arrow in arrows:
        numbers = [int(n) for n in arrow.replace("M", "").replace("C", "").split()]
        ends = [tuple(numbers[:2]), tuple(numbers[-2:])]
        assert len(numbers) == 8 and ends[0] != ends[1]
        for p, q in ends:
            assert any(
                (p in (a, a + w) and q == b + h // 2) or (q in (b, b + h) and p == a + w // 2)
                for a, b, w, h in boxes
            )
        around += max(numbers[2], numbers[4]) > max(a + w for a, _, w, _ in boxes)
        assert max(numbers[2], numbers[4]) <= width
    assert around == 1
