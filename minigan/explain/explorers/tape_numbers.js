// The numbers of a tape: forward, and backward in four orders. A number of the graph is a list, and
// a scalar is a list of one. The rules are those of minigan/functions and minigan/nn/functional.
"use strict";
window.numbers = (() => {
  const {graphs} = explorer.data,
    STRIDE = 2,
    EPS = 1e-5;
  const zip = (a, b, f) => a.map((value, i) => f(value, b[i]));

  // Of each op: the output, and what one input is sent if the output has the gradient g.
  const RULES = {
    Add: {out: (a, b) => zip(a, b, (a, b) => a + b), sends: [g => g, g => g]},
    Sub: {out: (a, b) => zip(a, b, (a, b) => a - b), sends: [g => g, g => g.map(v => -v)]},
    Mul: {
      out: (a, b) => zip(a, b, (a, b) => a * b),
      sends: [(g, [, b]) => zip(g, b, (g, b) => g * b), (g, [a]) => zip(g, a, (g, a) => g * a)],
    },
    Tanh: {
      out: x => x.map(Math.tanh),
      sends: [(g, _, out) => zip(g, out, (g, y) => g * (1 - y * y))],
    },
    Sum: {
      out: x => [x.reduce((sum, value) => sum + value, 0)],
      sends: [(g, [x]) => x.map(() => g[0])],
    },
    Conv: {
      out: conv,
      sends: [(g, [x, w]) => transposed(g, w, x.length), (g, [x, w]) => windows(g, x, w.length)],
    },
  };
  // y[o] = sum of w[i] x[STRIDE o + i]
  function conv(x, w) {
    const size = Math.floor((x.length - w.length) / STRIDE) + 1;
    return Array.from({length: size}, (_, o) =>
      w.reduce((sum, tap, i) => sum + tap * x[STRIDE * o + i], 0),
    );
  }
  // The gradient of x: every g adds its multiple of w where the window lay.
  function transposed(g, w, size) {
    const x = Array(size).fill(0);
    g.forEach((each, o) =>
      w.forEach((tap, i) => {
        x[STRIDE * o + i] += each * tap;
      }),
    );
    return x;
  }
  // The gradient of w: every g adds its multiple of the window.
  const windows = (g, x, size) =>
    Array.from({length: size}, (_, i) =>
      g.reduce((sum, each, o) => sum + each * x[STRIDE * o + i], 0),
    );

  // The setting of a leaf, or of one entry of it: "neuron-w", "convolution-w-0".
  const idsOf = (graph, {name, size}) =>
    size === 1
      ? [`${graph}-${name}`]
      : Array.from({length: size}, (_, i) => `${graph}-${name}-${i}`);

  function forward(nodes, leaves) {
    const values = [];
    nodes.forEach((node, i) =>
      values.push(
        node.op ? RULES[node.op].out(...node.inputs.map(input => values[input])) : leaves[i],
      ),
    );
    return values;
  }
  const leavesOf = ({graph, ...settings}) =>
    graphs[graph].nodes.map(node =>
      node.op ? null : idsOf(graph, node).map((id, i) => settings[id] ?? node.value[i]),
    );

  // -------------------------------------------------------------------------- four walks

  // Whether a gradient is wanted: not of data, nor of what is computed from data alone.
  const wantedOf = nodes =>
    nodes.reduce(
      (wanted, {op, inputs, data}) => [...wanted, op ? inputs.some(i => wanted[i]) : !data],
      [],
    );

  // All steps of a walk: {node, g, sent: [{to, part, gradient}], gradients: of all numbers
  // afterwards}.
  function walk(nodes, values, order) {
    const gradients = nodes.map(() => null),
      steps = [],
      wanted = wantedOf(nodes),
      last = nodes.length - 1;
    gradients[last] = [1];
    const parts = node =>
      nodes[node].inputs
        .map((to, i) => ({
          to,
          input: i,
          part: RULES[nodes[node].op].sends[i](
            gradients[node],
            nodes[node].inputs.map(input => values[input]),
            values[node],
          ),
        }))
        .filter(({to}) => wanted[to]);
    const send = ({to, input, part}) => {
      const before = gradients[to];
      gradients[to] = before && order !== "overwriting" ? zip(before, part, (a, b) => a + b) : part;
      return {to, input, part, before, gradient: gradients[to]};
    };
    const step = (node, g, all) => {
      const sent = all.map(send);
      steps.push({node, g, sent, gradients: [...gradients]});
    };
    const visit = node => {
      const all = parts(node),
        g = gradients[node];
      if (order !== "edges") step(node, g, all);
      for (const each of all) {
        if (order === "edges") step(node, g, [each]);
        if (order !== "tape" && nodes[each.to].op) visit(each.to);
      }
    };
    if (order === "tape")
      for (let node = last; node >= 0; node--) {
        if (nodes[node].op && wanted[node]) visit(node);
      }
    else visit(last);
    return steps;
  }

  // The slopes of L in each leaf by central differences: two values of L for each number.
  function measured(nodes, leaves) {
    const loss = moved => forward(nodes, moved).at(-1)[0];
    return leaves.map(
      (leaf, i) =>
        leaf &&
        leaf.map((_, j) => {
          const at = by =>
            leaves.map((each, k) =>
              k === i ? each.map((value, l) => value + (l === j ? by : 0)) : each,
            );
          return (loss(at(EPS)) - loss(at(-EPS))) / (2 * EPS);
        }),
    );
  }

  function all(settings) {
    const {nodes} = graphs[settings.graph],
      leaves = leavesOf(settings),
      values = forward(nodes, leaves);
    const steps = walk(nodes, values, settings.order);
    return {values, steps, gradients: steps.at(-1).gradients, measured: measured(nodes, leaves)};
  }

  return {all, walk, idsOf};
})();
