"""How an op is written: the names that rules may use, and those that inputs may not have."""

import inspect
from dataclasses import is_dataclass

import numpy as np
import pytest

import minigan
from minigan import Op, tensor
from minigan.autograd import FusedOp
from minigan.check import check_grad

RESERVED = ("g", "out", "saved", "wanted")


def op_with_input(name: str, body: str = "return {}") -> type[Op]:
    """The class of an op whose `forward` has one input of this name."""
    space: dict[str, object] = {}
    exec(f"def forward(self, {name}): {body.format(name.lstrip('*'))}", space)
    return type("Named", (Op,), {"forward": space["forward"]})


@pytest.mark.parametrize("name", RESERVED)
@pytest.mark.parametrize("stars", ["", "*"])
def test_a_reserved_name_of_an_input_is_refused_when_the_class_is_made(name, stars):
    with pytest.raises(TypeError) as found:
        op_with_input(stars + name)
    assert str(found.value) == (
        f"Named.forward: an input cannot be called {name!r}, because rules use this name "
        "(reserved: g, out, saved, wanted)"
    )


def test_a_reserved_name_is_refused_in_a_second_input_and_in_a_fused_op():
    with pytest.raises(TypeError, match=r"Second\.forward: an input cannot be called 'out'"):

        class Second(Op):
            def forward(self, x, out):
                return x

    with pytest.raises(TypeError, match=r"Fused\.forward: an input cannot be called 'g'"):

        class Fused(FusedOp):
            def forward(self, x, g):
                return x


class Rotated(Op):
    """A point (x, y) turned by 90 degrees, to show that an input may be called y."""

    def forward(self, x, y):
        return np.stack([-y, x * y])

    def backward_x(self, g, y):
        return g[1] * y

    def backward_y(self, g, x, out):
        return g[1] * x - g[0] + 0.0 * out[0]


def test_an_input_may_be_called_y_and_its_rule_receives_the_input():
    x, y = (tensor(np.array(v), requires_grad=True) for v in ([2.0, 3.0], [5.0, 7.0]))
    z = Rotated()(x, y)
    gx, gy = minigan.grad(z, [x, y], tensor(np.array([[1.0, 10.0], [100.0, 1000.0]])))
    assert z.tolist() == [[-5.0, -7.0], [10.0, 21.0]]
    assert gx.tolist() == [500.0, 7000.0] and gy.tolist() == [199.0, 2990.0]
    check_grad(Rotated(), [x.detach(), y.detach()])


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def backward_x(self, h): pass", r"backward_x\(self, h\): a rule takes g, then"),
        ("def backward_x(self): pass", r"backward_x\(self\): a rule takes g, then"),
        ("def backward_x(self, g, y): pass", r"names of forward's inputs \('x',\), out, saved"),
        ("def backward(self, x): pass", r"backward\(self, x\): a rule takes g, then"),
    ],
)
def test_a_rule_that_names_something_else_is_refused_when_the_class_is_made(source, words):
    space: dict[str, object] = {}
    exec(source, space)
    rule = next(value for value in space.values() if inspect.isfunction(value))
    with pytest.raises(TypeError, match=words):
        type("Misspelt", (Op,), {"forward": lambda self, x: x, rule.__name__: rule})


class Scaled(Op):
    """y = x * sum(x); `forward` saves the sum for the rule."""

    def forward(self, x):
        total = x.sum()
        return x * total, total

    def backward_x(self, g, x, saved):
        return g * tensor(saved) + (g * x).sum()


def test_saved_values_reach_the_rule_and_are_freed_with_the_graph():
    x = tensor(np.array([1.0, 2.0]), requires_grad=True)
    y = Scaled()(x)
    assert y.node.saved == 3.0
    y.sum().backward()
    assert x.grad.tolist() == [6.0, 6.0] and y.node.saved is None and y.node.kept is None
    with pytest.raises(RuntimeError, match=r"backward through Scaled: this graph was freed"):
        y.sum().backward()
    assert Scaled()(x.detach()).node is None


def test_a_half_precision_output_is_rounded_once():
    x = tensor(np.array([60000.0, 3.0], np.float16), requires_grad=True)
    y = Scaled()(x)  # the sum, 60003, is computed in float32, and the product overflows
    assert y.dtype == np.float16 and y.tolist() == [np.inf, np.inf] and y.node.saved == 60003.0


def test_settings_of_an_op_do_not_change():
    kinds = [Op]
    for kind in kinds:
        kinds += kind.__subclasses__()
    kinds = [kind for kind in kinds if kind.__module__.startswith("minigan.")]
    frozen = {kind: kind.__dataclass_params__.frozen for kind in kinds if is_dataclass(kind)}
    assert len(frozen) > 30 and all(frozen.values())


class Cube(FusedOp):
    """y = x^3, by hand and composed."""

    def plain(self, x):
        return x * x * x

    def forward(self, x):
        return x**3, x**2

    def backward(self, g, saved, wanted):
        return [3 * saved * g]


def test_a_half_precision_gradient_is_rounded_once():
    x = tensor(np.array([200.0], np.float16), requires_grad=True)
    (g,) = minigan.grad(Cube()(x), x, tensor(np.array([0.25], np.float16)))
    assert g.dtype == np.float16 and g.tolist() == [30000.0]  # 3 x^2 is 120000, beyond float16


def test_a_fused_op_has_every_order():
    x = tensor(np.array([2.0, -1.0]), requires_grad=True)
    (g,) = minigan.grad(Cube()(x).sum(), x)
    assert g.tolist() == [12.0, 3.0]
    (g,) = minigan.grad(Cube()(x).sum(), x, create_graph=True)
    (g2,) = minigan.grad(g.sum(), x, create_graph=True)
    assert g2.tolist() == [12.0, -6.0] and minigan.grad(g2.sum(), x)[0].tolist() == [6.0, 6.0]
