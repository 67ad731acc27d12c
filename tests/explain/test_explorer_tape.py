"""The explorer of the tape: its numbers are those of minigan's tape, and of wrong orders."""

import numpy as np
import pytest
from browser import reported
from explain.explorer_browser import PROBE, computed, kept, needs_browser
from portions import thinned

from minigan import Tape
from minigan.explain.explorers.tape_graphs import GRAPHS
from minigan.explain.explorers.tape_walks import WALKS, walked


def settings_at(rng):
    """A random graph, order, and values of the leaves at the steps of the sliders."""
    graph = str(rng.choice(list(GRAPHS)))
    return {
        "graph": graph,
        "order": str(rng.choice(list(WALKS))),
        **{
            key: int(rng.integers(-12, 13)) / 4
            for name, value in GRAPHS[graph].inputs.items()
            for key in ids(graph, name, value)
        },
    }


def ids(graph, name, value):
    """The settings of a leaf: one for a scalar, one for each entry of an array."""
    if not isinstance(value, list):
        return [f"{graph}-{name}"]
    return [f"{graph}-{name}-{i}" for i in range(len(value))]


def run(settings):
    """The graph, and its numbers for these settings."""
    graph, inputs = GRAPHS[settings["graph"]], {}
    for name, value in graph.inputs.items():
        found = [settings[key] for key in ids(settings["graph"], name, value) if key in settings]
        if found:
            inputs[name] = found if isinstance(value, list) else found[0]
    return graph.run(inputs)


def flat(x):
    return np.ravel(x.detach().numpy())


def expected(settings):
    """The values, the steps with the gradients after each, and the last gradients."""
    numbers = run(settings)
    order = {id(x.node or x): i for i, x in enumerate(numbers.values())}
    gradients = [None] * len(numbers)
    gradients[-1] = [1]
    steps = []
    for step in walked(numbers["L"], settings["order"]):
        sent = []
        for to, part, gradient in step.sent:
            gradients[order[id(to)]] = flat(gradient)
            sent.append({"to": order[id(to)], "part": flat(part), "gradient": flat(gradient)})
        steps.append(
            {"node": order[id(step.node)], "g": flat(step.g), "sent": sent}
            | {"gradients": list(gradients)}
        )
    return {"values": [flat(x) for x in numbers.values()], "steps": steps, "gradients": gradients}


def near(found, wanted, where=""):
    """Equal lists of lists; None is no gradient, and 1 - tanh^2 has the rounding error of 1."""
    if isinstance(wanted, dict):
        for key, value in wanted.items():
            near(found[key], value, f"{where}.{key}")
    elif isinstance(wanted, list):
        assert len(found) == len(wanted), where
        for i, value in enumerate(wanted):
            near(found[i], value, f"{where}[{i}]")
    elif wanted is None:
        assert found is None, where
    else:
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12, err_msg=where)


@needs_browser
def test_two_hundred_settings_give_the_numbers_of_python(tmp_path):
    rng = np.random.default_rng(18)
    settings = [settings_at(rng) for _ in range(200)]
    assert {each["order"] for each in settings} == {*WALKS}
    assert {each["graph"] for each in settings} == {*GRAPHS}
    for one, found in zip(settings, computed("tape", tmp_path, settings), strict=True):
        wanted = expected(one)
        near(found, wanted, str(one))
        if one["order"] == "tape":  # the page's differences agree with its tape
            for slope, gradient in zip(found["measured"], found["gradients"], strict=True):
                if slope is not None and gradient is not None:
                    np.testing.assert_allclose(slope, gradient, rtol=1e-6, atol=1e-6)


@needs_browser
def test_the_wrong_orders_give_8_and_6_and_1(tmp_path):
    settings = [{"graph": graph, "order": order} for graph in ("twice", "four") for order in WALKS]
    found = computed("tape", tmp_path, settings)
    assert [each["gradients"][0] for each in found[:4]] == [[4], [8], [6], [1]]
    assert [each["measured"][0][0] for each in found[:4]] == pytest.approx([4] * 4)
    assert [len(each["steps"]) for each in found] == [2, 3, 6, 3, 4, 15, 30, 15]
    assert found[4]["gradients"][0] == [16]


@pytest.mark.parametrize("name", GRAPHS)
def test_the_first_walk_is_that_of_the_engine(name):
    """Op by op, and at the end in the gradients of the leaves."""
    numbers = GRAPHS[name].run()
    walk = list(walked(numbers["L"], "tape"))
    steps = list(Tape(numbers["L"]).backward())
    assert [step.node for step in walk] == [step.node for step in steps]
    for one, other in zip(walk, steps, strict=True):
        assert np.array_equal(one.g.numpy(), other.g.numpy())
        parts = [part for part in other.gradients if part is not None]
        for sent, part in zip(one.sent, parts, strict=True):
            assert np.array_equal(sent.part.numpy(), part.numpy())
    last = {id(sent.to): sent.gradient for step in walk for sent in step.sent}
    for leaf in GRAPHS[name].inputs:
        if leaf in GRAPHS[name].data:
            assert numbers[leaf].grad is None and id(numbers[leaf]) not in last
        else:
            grad = numbers[leaf].grad
            assert grad is not None
            assert np.array_equal(grad.numpy(), last[id(numbers[leaf])].numpy())


def test_a_line_of_the_source_is_an_op():
    for graph in GRAPHS.values():
        nodes = list(graph.nodes())
        assert [node["name"] for node in nodes] == list(graph.run())
        for node in nodes:
            if "op" in node:
                assert node["line"].startswith(f"{node['name']} = ")
                used = {nodes[i]["name"] for i in node["inputs"]}
                assert all(name in node["line"].split(" = ")[1] for name in used)


@needs_browser
@pytest.mark.parametrize(
    ("graph", "size"), thinned(2, ["four", "neuron", "convolution"], [(1280, 720), (390, 844)])
)
def test_the_other_graphs_are_operated(graph, size, tmp_path):
    script = PROBE.read_text(encoding="utf-8")
    seen = reported(kept("tape"), script, tmp_path, *size, f"#graph={graph}&order=edges")
    assert seen["errors"] == seen["outside"] == seen["overflowOther"] == seen["pale"] == []
    assert seen["overflow"] <= 0 and seen["unfilled"] == [] and seen["numbersKept"]
    if size[0] == 1280:
        assert seen["fold"] <= 720 and min(seen["svgNumbers"]) >= 15.99


WALKED = """
addEventListener("load", () => {
  const press = key => document.body.dispatchEvent(new KeyboardEvent("keydown",
    {key, bubbles: true, cancelable: true}));
  const drawn = name => [...document.querySelectorAll(`#graph-picture ${name}`)];
  const seen = {orders: {}}, text = node => node.textContent;
  for (const order of explorer.data.orders) {
    explorer.set("order", order);
    const states = [];
    press("Home");
    for (let step = 0; ; step++) {
      const lines = [...document.querySelectorAll("#lines [aria-current] code")].map(text);
      states.push({grads: drawn(".grad").map(text), sent: drawn(".label.sent").map(text), lines});
      if (explorer.step < step) break;
      press("ArrowRight");
    }
    states.pop();
    seen.orders[order] = {states, said: text(document.getElementById("said"))};
  }
  seen.signs = [...document.querySelectorAll("#results .sign")].map(text);
  parent.postMessage(seen, "*");
});
"""


@needs_browser
def test_what_is_seen_at_each_step(tmp_path):
    seen = reported(kept("tape"), WALKED, tmp_path, 1280, 720)
    walk = seen["orders"]["tape"]["states"]
    assert [state["grads"] for state in walk] == [
        ["grad –", "grad –", "grad 1"],
        ["grad –", "grad 2", "grad 1"],
        ["grad 4", "grad 2", "grad 1"],
    ]
    assert [state["sent"] for state in walk] == [[], ["+ 1", "+ 1"], ["+ 2", "+ 2"]]
    assert [state["lines"] for state in walk] == [[], ["L = b + b"], ["b = a + a"]]
    last = {order: found["states"][-1]["grads"][0] for order, found in seen["orders"].items()}
    assert list(last.values()) == ["grad 4", "grad 8", "grad 6", "grad 1"]
    assert seen["signs"][:4] == ["✓ right", "✗ wrong", "✗ wrong", "✗ wrong"]
    assert "measure the same" in seen["orders"]["tape"]["said"]
    assert "visit 2 of b" in seen["orders"]["recursion"]["said"]
    assert "measure 4 for a, not 6" in seen["orders"]["edges"]["said"]
    assert "the earlier part is lost" in seen["orders"]["overwriting"]["said"]
