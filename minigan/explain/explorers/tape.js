// The explorer of the tape: settings, the sentence about the step that is shown, code and results.
"use strict";
{
  const {html, text, number, write, data} = explorer,
    at = id => document.getElementById(id);
  // A list as text; a list of one number as that number.
  const exact = list => {
    const values = (list ?? []).map(value => number(value, 4));
    return values.length === 1 ? values[0] : `[${values.join(", ")}]`;
  };
  const {orders, ops} = data,
    GRAPHS = Object.keys(data.graphs);

  // ------------------------------------------------------------------------------ settings

  const choice = (id, values) =>
    explorer.control({
      id,
      kind: "choice",
      label: id,
      value: values[0],
      options: values.map(value => ({value, label: `${id}-${value}`})),
    });
  choice("graph", GRAPHS);
  choice("order", orders);
  const sliders = new Map(); // from a setting to its graph
  for (const graph of GRAPHS) {
    for (const node of data.graphs[graph].nodes.filter(({op, fixed}) => !op && !fixed)) {
      numbers.idsOf(graph, node).forEach((id, i) => {
        const label = `s-${id.slice(graph.length + 1)}${node.data ? "-data" : ""}`;
        explorer.control({
          id,
          kind: "slider",
          label,
          min: -3,
          max: 3,
          step: 0.25,
          value: node.value[i],
        });
        sliders.set(id, graph);
      });
    }
  }

  // ---------------------------------------------------------------------------- the sentence

  function sentence({nodes, values, steps, order, measured}, right, step, visits) {
    if (step === 0) return text("say-start", {loss: number(values.at(-1)[0], 4)});
    const {node, g, sent} = steps[step - 1],
      name = nodes[node].name;
    const parts = sent.map(({to, part, before, gradient}) =>
      text(before ? (order === "overwriting" ? "say-lost" : "say-to") : "say-first", {
        to: nodes[to].name,
        part: exact(part),
        before: exact(before),
        gradient: exact(gradient),
      }),
    );
    const said = [text("say-step", {line: nodes[node].line, g: exact(g), sent: parts.join(" ")})];
    if (visits[node] > 1) said.push(text("say-again", {visits: visits[node], node: name}));
    else if (!close(g, right[node]))
      said.push(text("say-early", {node: name, right: exact(right[node])}));
    if (step === steps.length) {
      const found = steps.at(-1).gradients;
      const off = nodes.findIndex(
        ({op, data: isData}, i) => !op && !isData && !close(found[i], right[i]),
      );
      said.push(
        off < 0
          ? text("say-right")
          : text("say-wrong", {
              leaf: nodes[off].name,
              measured: exact(measured[off]),
              found: exact(found[off]),
            }),
      );
    }
    return said.join(" ");
  }
  const close = (a, b) =>
    a.every((value, i) => Math.abs(value - b[i]) <= 1e-6 * Math.max(1, Math.abs(b[i])));

  // The label of a line: the slope of the op in this input, or for arrays the rule in a word.
  function slopes({nodes, values}) {
    return ({op, inputs}, k) => {
      const other = values[inputs[1 - k]];
      if (op === "Conv") return text(k === 0 ? "rule-transposed" : "rule-windows");
      if (op === "Sum") return text("repeat");
      if (op === "Mul")
        return `×${other.length === 1 ? number(other[0], 2) : ` ${nodes[inputs[1 - k]].name}`}`;
      if (op === "Tanh") return `×${number(1 - Math.tanh(values[inputs[0]][0]) ** 2, 2)}`;
      return op === "Sub" && k === 1 ? "×−1" : "×1";
    };
  }

  // ------------------------------------------------------------------------ code and results

  const coded = (file, name, key = "code") =>
    explorer.code(html("button", {type: "button", "data-text": key}), file, name);
  const button = (file, ...rest) => coded(`minigan/explain/explorers/${file}`, ...rest);
  const lists = GRAPHS.map(graph =>
    data.graphs[graph].nodes
      .filter(({op}) => op)
      .map(({line, op}) =>
        html(
          "li",
          {"data-line": line},
          html("span", {class: "mark", "aria-hidden": "true"}),
          html("code", {}, line),
          coded(ops[op], op),
        ),
      ),
  );
  const computations = GRAPHS.map(graph =>
    button("tape_graphs.py", data.graphs[graph].function, "computation"),
  );
  lists.forEach(list => at("lines").append(...list));
  at("computations").append(...computations);
  const cell = () => html("td", {class: "number"});
  const row = (key, ...last) =>
    html(
      "tr",
      {},
      html("th", {scope: "row", "data-text": key}),
      cell(),
      cell(),
      html("td"),
      html("td", {class: "sign"}),
      html("td", {}, ...last),
    );
  const rows = orders.map(order => row(`order-${order}`, button("tape_walks.py", order))),
    truth = row("measured");
  at("results").tBodies[0].append(...rows, truth);
  const heads = [0, 1].map(() => html("th", {scope: "col"}));
  const named = key => html("th", {scope: "col", "data-text": key});
  at("results").tHead.append(
    html("tr", {}, named("by-order"), heads, named("steps"), html("td"), html("td")),
  );

  function writeCode(settings, current) {
    GRAPHS.forEach((graph, i) => {
      computations[i].hidden = graph !== settings.graph;
      for (const item of lists[i]) {
        item.hidden = graph !== settings.graph;
        const here = !item.hidden && item.dataset.line === current;
        item.toggleAttribute("aria-current", here);
        item.querySelector(".mark").textContent = here ? "→" : "";
      }
    });
  }
  function writeResults(settings, graph, walks) {
    const leaves = graph.nodes.flatMap(({op, data: isData}, i) => (op || isData ? [] : [i]));
    heads.forEach((head, k) => {
      head.hidden = k >= leaves.length;
      head.textContent = head.hidden ? "" : `∂L/∂${graph.nodes[leaves[k]].name}`;
    });
    const fill = (row, values) =>
      row.querySelectorAll(".number").forEach((each, k) => {
        each.hidden = k >= leaves.length;
        each.textContent = each.hidden ? "" : exact(values[leaves[k]]);
      });
    orders.forEach((order, i) => {
      const found = walks[order].at(-1).gradients,
        right = leaves.every(leaf => close(found[leaf], graph.measured[leaf]));
      fill(rows[i], found);
      rows[i].toggleAttribute("aria-current", order === settings.order);
      rows[i].cells[3].textContent = walks[order].length;
      rows[i].cells[4].textContent = `${right ? "✓" : "✗"} ${text(right ? "right" : "wrong")}`;
    });
    fill(truth, graph.measured);
  }

  // ------------------------------------------------------------------------- the words below

  const WORDS = [
    ["w-colours", ["minigan/autograd/tape.py", "Tape.backward"]],
    ["w-gradient", null],
    ["w-slope", [ops.Mul, "Mul"]],
    ["w-add", ["minigan/explain/explorers/tape_walks.py", "overwriting"]],
    ["w-order", ["minigan/autograd/engine.py", "Walk"]],
    ["w-measured", ["minigan/check/gradients.py", "check_grad"]],
    ["w-data", null],
    ["w-arrays", [ops.Conv, "Conv"]],
  ];
  for (const [key, source] of WORDS) {
    const code = source ? [" ", coded(...source)] : [];
    at("words")
      .querySelector("dl")
      .append(
        html("dt", {"data-text": key}),
        html("dd", {}, html("span", {"data-text": `${key}-text`}), code),
      );
  }

  // ----------------------------------------------------------------------------------- start

  let graph = null,
    right = null;
  explorer.onchange(settings => {
    for (const [id, where] of sliders) explorer.limit(id, {visible: where === settings.graph});
    const found = numbers.all(settings),
      {nodes} = data.graphs[settings.graph];
    const walks = Object.fromEntries(
      orders.map(order => [order, numbers.walk(nodes, found.values, order)]),
    );
    graph = {...found, nodes, order: settings.order};
    right = walks.tape.at(-1).gradients;
    writeResults(settings, graph, walks);
  });
  explorer.steps({
    count: () => graph.steps.length + 1,
    seconds: 2,
    at(step) {
      const settings = explorer.settings(),
        visits = tapePicture.draw(at("graph-picture"), graph, step, slopes(graph));
      const said = sentence(graph, right, step, visits);
      write(at("said"), said);
      writeCode(settings, step ? graph.nodes[graph.steps[step - 1].node].line : "");
      const plain = said.replaceAll("**", "").replaceAll("`", "");
      at("graph-picture").setAttribute(
        "aria-label",
        text("picture", {graph: text(`graph-${settings.graph}`), said: plain}),
      );
      explorer.live(plain);
    },
  });
}
