"""A claim holds or raises; a claim of literals is refused."""

import numpy as np
import pytest
from small_chapters import write

from lesson import ClaimError, claim, stage
from minigan import tensor
from tutorials.book.code_rules import literal_claims


@pytest.fixture
def claims(monkeypatch):
    made = []
    monkeypatch.setattr(stage.current, "claim", made.append, raising=False)
    return made


@pytest.mark.parametrize(
    ("value", "expected", "tolerance"),
    [
        (1.5, 1.5, 0),
        (1.5, 1.4, 0.11),
        (np.float32(0.25), 0.25, 0),
        ([1, 2], [1.0, 2.0], 0),
        (np.ones((2, 3)), 1, 0),
        (np.eye(2), [[1, 0], [0, 1]], 0),
        (tensor([1.0, 2.0], requires_grad=True), [1, 2], 0),
        (np.array([1, 2], np.uint8), [2, 1], 1),
        (True, True, 0),
        (np.bool_(True), True, 0),
        ("im2col", "im2col", 0),
        (np.inf, np.inf, 0),
        ((2, 3), (2, 3), 0),
    ],
)
def test_what_holds(claims, value, expected, tolerance):
    claim("it", value, expected, tolerance)
    assert len(claims) == 1 and claims[0].what == "it"


@pytest.mark.parametrize(
    ("value", "expected", "tolerance"),
    [
        (1.5, 1.6, 0),
        (1.5, 1.4, 0.09),
        ([1, 2], [1, 3], 0),
        ([1, 2], [1, 2, 3], 0),
        (np.ones((2, 3)), np.ones((3, 2)), 0),
        (1.0, np.ones(2), 0),
        (tensor([1.0]), [2], 0),
        (np.nan, np.nan, 1),
        (np.nan, 1, 9),
        (np.inf, -np.inf, 1),
        (np.array([1, 2], np.uint8), [2, 1], 0.5),
        (True, False, 0),
        ("a", "b", 0),
    ],
)
def test_what_does_not_hold(claims, value, expected, tolerance):
    with pytest.raises(ClaimError, match="'it'"):
        claim("it", value, expected, tolerance)
    assert claims == []


def test_a_range_is_closed(claims):
    claim("a", [0.5, 0.7], between=(0.5, 0.7))
    assert claims[0].expected == (0.5, 0.7)
    with pytest.raises(ClaimError, match="between"):
        claim("b", [0.5, 0.71], between=(0.5, 0.7))
    with pytest.raises(ClaimError):
        claim("c", np.nan, between=(0, 1))


@pytest.mark.parametrize("arguments", [(), (None,), (1, 0.0)], ids=["nothing", "none", "too much"])
def test_something_must_be_expected(arguments):
    between = {"between": (0, 2)} if len(arguments) == 2 else {}
    with pytest.raises(TypeError, match="either"):
        claim("it", 1.0, *arguments, **between)


@pytest.mark.parametrize("value", [[], np.array([]), object(), None, np.array(["a"])])
def test_nothing_can_be_claimed_of_other_things(value):
    with pytest.raises(TypeError, match="numbers or a string"):
        claim("it", value, 1)


def test_a_script_prints_its_claims(capsys):
    claim("the half", 0.5 * 1, 0.5)
    claim("it is so", np.bool_(True), True)
    claim("a vector", [1, 2], [1, 2])
    assert capsys.readouterr().out.splitlines() == [
        "  ok  the half: 0.5",
        "  ok  it is so",
        "  ok  a vector",
    ]


COMPUTED = [
    "claim('a', np.sum([1, 2]), 3)",
    "x = np.sum([1, 2])\nclaim('a', x, 3)",
    "x = np.sum([1, 2])\ny = x + 1\nclaim('a', y, 4)",
    "x, y = np.divmod(7, 2)\nclaim('a', [x, y], [3, 1])",
    "for k in (1, 2):\n    y = np.square(k)\n    claim('a', y, k * k)",
    "for k in range(2):\n    claim('a', k, k)",
    "with np.errstate() as z:\n    claim('a', np.exp(0), 1)",
    "claim('a', value=np.exp(0), expected=1)",
    "x = np.exp(0)\nclaim('a', x == 1, True)",
    "claim('a', [np.exp(k) for k in (0, 1)], [1, np.e])",
]
LITERALS = [
    "claim('a', 3, 3)",
    "claim('a', 1 + 2, 3)",
    "claim('a', -0.5, -0.5)",
    "claim('a', 3, np.sum([1, 2]))",
    "x = 3\nclaim('a', x, 3)",
    "x = 3\ny = x + 1\nclaim('a', y, 4)",
    "claim('a', float(3), 3)",
    "claim('a', np.array([1, 2]), [1, 2])",
    "x = tensor([1.0])\nclaim('a', x, [1])",
    "claim('a', [1, 2], [1, 2])",
    "claim('a', value=3, expected=3)",
    "for k in (1, 2):\n    claim('a', k, k)",
    "claim('a', 'b', 'b')",
    "x: int = 3\nclaim('a', x, 3)",
]


def found(tmp_path, code):
    head = "\n# %%\nimport numpy as np\nfrom minigan import tensor\nfrom lesson import claim\n"
    return list(literal_claims(write(tmp_path, head + code + "\n")))


@pytest.mark.parametrize("code", COMPUTED)
def test_computed_values_may_be_claimed(tmp_path, code):
    assert found(tmp_path, code) == []


@pytest.mark.parametrize("code", LITERALS)
def test_literals_may_not(tmp_path, code):
    assert found(tmp_path, code) == ["step start: claim 'a' has a value that is not computed"]
