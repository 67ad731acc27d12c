// Draws a graph: a box for each number with its value and its gradient, and a line for each use.
"use strict";
window.tapePicture = (() => {
  const {svg, text, number} = explorer,
    LINE = 23,
    GAP = 26; // pixels: of a line of text, between boxes
  const ruler = document.createElement("canvas").getContext("2d");
  const wide = words => ruler.measureText(words).width * 1.06; // some words are bold
  const shown = (list, digits = 2) =>
    list ? list.map(value => number(value, digits)).join("  ") : text("none");

  // Words broken into lines that fit a width.
  function broken(words, width) {
    return words.split("  ").reduce((lines, word) => {
      const longer = lines.length ? `${lines.at(-1)}  ${word}` : word;
      return lines.length && wide(longer) <= width
        ? [...lines.slice(0, -1), longer]
        : [...lines, word];
    }, []);
  }

  // The layer of each number: an op stands behind its inputs, and a leaf just before its first use.
  function layers(nodes) {
    const found = nodes.map(() => 0);
    nodes.forEach(({op, inputs}, i) => {
      if (op) found[i] = 1 + Math.max(...inputs.map(input => found[input]));
    });
    const users = i => [...nodes.keys()].filter(user => nodes[user].inputs?.includes(i));
    nodes.forEach(({op}, i) => {
      if (!op) found[i] = Math.min(...users(i).map(user => found[user])) - 1;
    });
    return found;
  }

  // The lines of text of each box, with the sizes that the widest text of all steps needs.
  function boxes({nodes, values, steps}, step, visits, most) {
    const first = nodes.map((_, i) => (i === nodes.length - 1 ? [1] : null)),
      now = step ? steps[step - 1].gradients : first;
    const again = steps.length > nodes.length ? text("visits", {count: 10}) : "";
    return nodes.map((node, i) => {
      const said = list =>
        broken(node.data ? text("no-grad") : text("grad", {value: shown(list)}), most);
      const ever = [first, ...steps.map(({gradients}) => gradients)].map(gradients =>
        said(gradients[i]),
      );
      const kind = node.op ?? text(node.data ? "data" : "leaf"),
        value = broken(`${node.name} = ${shown(values[i])}`, most);
      const longest = [
        ...value,
        ...ever.flat(),
        `${node.name}   ${kind}`,
        `${node.name}   ${node.op ? again : ""}`,
      ].map(wide);
      const rows = 1 + value.length + Math.max(...ever.map(lines => lines.length));
      return {
        i,
        node,
        kind,
        value,
        gradient: said(now[i]),
        width: Math.max(80, ...longest) + 18,
        height: rows * LINE + 14,
      };
    });
  }

  // Layers from left to right, ops on one line.
  function inColumns(columns, span, page) {
    const total = span.reduce((a, b) => a + b, 0),
      gap = Math.min((page - 4 - total) / Math.max(columns.length - 1, 1), 150);
    let x = Math.max(2, (page - total - gap * (columns.length - 1)) / 2);
    columns.forEach((column, n) => {
      const op = column.find(({node}) => node.op),
        leaves = column.filter(box => box !== op);
      let y = op
        ? op.height / 2 + GAP
        : -leaves.reduce((sum, box) => sum + box.height + GAP, -GAP) / 2;
      if (op) Object.assign(op, {x: x + span[n] / 2, y: 0});
      for (const box of leaves) {
        Object.assign(box, {x: x + span[n] / 2, y: y + box.height / 2});
        y += box.height + GAP;
      }
      x += span[n] + gap;
    });
  }
  // Layers from top to bottom; a layer that is too wide takes several rows. `left` stays free for
  // arches.
  function inRows(columns, page, left) {
    const sum = (row, gap) => row.reduce((used, box) => used + box.width + gap, -gap);
    let y = 0;
    for (const column of columns) {
      const rows = sum(column, 14) <= page - left ? [column] : column.map(box => [box]);
      for (const row of rows) {
        const gap = Math.max(14, (page - left - sum(row, 0)) / (row.length + 1)),
          high = Math.max(...row.map(box => box.height));
        let x = left + (page - left - sum(row, gap)) / 2;
        for (const box of row) {
          Object.assign(box, {x: x + box.width / 2, y: y + high / 2, alone: row !== rows.at(-1)});
          x += box.width + gap;
        }
        y += high + (row === rows.at(-1) ? 46 : 14);
      }
    }
  }

  // Put the boxes into layers from left to right, or from top to bottom where the page is narrow.
  function arranged(all, nodes, page) {
    const layer = layers(nodes),
      count = Math.max(...layer) + 1;
    const columns = Array.from({length: count}, (_, n) => all.filter(({i}) => layer[i] === n));
    const span = columns.map(column => Math.max(...column.map(box => box.width))),
      total = span.reduce((a, b) => a + b, 0);
    const across = total + 56 * (count - 1) <= page;
    const arch = nodes.some(
      ({op, inputs}, i) => op && inputs.some(input => layer[i] - layer[input] > 1),
    );
    if (across) inColumns(columns, span, page);
    else inRows(columns, page, arch ? 34 : 0);
    const top = Math.min(...all.map(box => box.y - box.height / 2)) - (across && arch ? 66 : 26);
    for (const box of all) box.y -= top;
    return {
      across,
      layer,
      height: Math.max(...all.map(box => box.y + box.height / 2)) + (across ? 26 : 6),
    };
  }

  // The line from an input to the op that uses it: its path, where its label stands, and its ends.
  // A line that passes other boxes is an arch above them, or beside them on a narrow page. Of two
  // lines between the same boxes, one has a negative and one a positive shift.
  function route(from, to, across, passes, shift) {
    if (across && passes) {
      const [x0, y0, x1, y1] = [from.x, from.y - from.height / 2, to.x, to.y - to.height / 2],
        up = Math.min(y0, y1) - 62;
      return {
        d: `M${x0} ${y0}C${x0} ${up} ${x1} ${up} ${x1} ${y1}`,
        at: [(x0 + x1) / 2, up + 7, "middle"],
        start: [x0, y0, 0, 1],
        end: [x1, y1, 0, 1],
      };
    }
    if (across) {
      const [x0, y0, x1, y1] = [
          from.x + from.width / 2,
          from.y + shift,
          to.x - to.width / 2,
          to.y + shift,
        ],
        half = (x1 - x0) / 2;
      const at = [(x0 + x1) / 2, (y0 + y1) / 2 + (shift > 0 ? 24 : -9) + shift, "middle"];
      return {
        d: `M${x0} ${y0}C${x0 + half} ${y0 + shift} ${x1 - half} ${y1 + shift} ${x1} ${y1}`,
        at,
        start: [x0, y0, -1, 0],
        end: [x1, y1, 1, 0],
      };
    }
    if (passes) {
      const [x0, x1] = [from, to].map(({x, width}) => x - width / 2),
        left = Math.min(x0, x1) - 60;
      const at = [Math.max(left, 2), (from.y + to.y) / 2 + 6, "start"];
      return {
        d: `M${x0} ${from.y}C${left} ${from.y} ${left} ${to.y} ${x1} ${to.y}`,
        at,
        start: [x0, from.y, 1, 0],
        end: [x1, to.y, 1, 0],
      };
    }
    const [x0, y0, x1, y1] = [
        from.x + shift,
        from.y + from.height / 2,
        to.x + shift,
        to.y - to.height / 2,
      ],
      half = (y1 - y0) / 2;
    const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
    const at =
      Math.abs(x1 - x0) > 40
        ? [x, y - 6, "middle"]
        : shift < 0
          ? [x - 8, y + 6, "end"]
          : [x + 8, y + 6, "start"];
    return {
      d: `M${x0} ${y0}C${x0} ${y0 + half} ${x1} ${y1 - half} ${x1} ${y1}`,
      at,
      start: [x0, y0, 0, -1],
      end: [x1, y1, 0, 1],
    };
  }
  // An arrowhead with its tip at (x, y), in the direction (dx, dy).
  function tip([x, y, dx, dy], kind) {
    return svg("path", {
      class: `tip ${kind}`,
      d: `M${x} ${y}l${-9 * dx - 5 * dy} ${-9 * dy - 5 * dx}l${10 * dy} ${10 * dx}z`,
    });
  }

  function box({x, y, width, height, node, kind, value, gradient, i}, state, visits) {
    const left = x - width / 2 + 9,
      top = y - height / 2 + LINE - 3,
      row = n => top + n * LINE;
    const lines = (words, from, name) =>
      words.map((line, n) => svg("text", {class: name, x: left, y: row(from + n)}, line));
    return svg(
      "g",
      {class: `box ${node.op ? "op" : node.data ? "data leaf" : "leaf"} ${state}`},
      svg("rect", {x: x - width / 2, y: y - height / 2, width, height, rx: node.op ? 4 : 14}),
      svg("text", {class: "name", x: left, y: row(0)}, node.name),
      svg(
        "text",
        {class: "soft", x: x + width / 2 - 9, y: row(0), "text-anchor": "end"},
        visits[i] > 1 ? text("visits", {count: visits[i]}) : kind,
      ),
      lines(value, 1, ""),
      lines(gradient, 1 + value.length, node.data ? "soft" : "grad"),
    );
  }

  // Draw a graph after a number of steps. `slope(node, input)` returns the label of a line.
  function draw(picture, graph, step, slope) {
    const {fontSize, fontFamily} = getComputedStyle(document.body),
      page = picture.clientWidth,
      {nodes, steps} = graph;
    ruler.font = `${fontSize} ${fontFamily}`;
    const current = step ? steps[step - 1] : null,
      visits = nodes.map(() => 0);
    steps.slice(0, step).forEach(({node}, n) => {
      if (n === 0 || graph.order !== "edges" || begins(steps, n)) visits[node]++;
    });
    const part = value =>
      graph.order === "overwriting"
        ? `= ${number(value, 2)}`
        : `+ ${number(value, 2)}`.replace("+ −", "− ");
    const all = boxes(graph, step, visits, page < 560 ? page - 60 : 300),
      {across, layer, height} = arranged(all, nodes, page);
    const group = svg("g"),
      labels = svg("g");
    nodes.forEach((node, i) =>
      (node.inputs ?? []).forEach((input, k) => {
        const same = node.inputs.filter(other => other === input).length,
          nth = node.inputs.slice(0, k).filter(other => other === input).length;
        const shift = same === 1 ? 0 : nth ? 13 : -13,
          line = route(
            all[input],
            all[i],
            across,
            all[input].alone || layer[i] - layer[input] > 1,
            shift,
          );
        const sent =
            current && current.node === i ? current.sent.find(each => each.input === k) : null,
          kind = sent ? "sent" : "";
        group.append(
          svg("path", {class: `edge ${kind}`, d: line.d}),
          tip(sent ? line.start : line.end, kind),
        );
        labels.append(
          svg(
            "text",
            {
              class: `label ${sent ? "sent" : "soft"}`,
              x: line.at[0],
              y: line.at[1],
              "text-anchor": line.at[2],
            },
            sent && sent.part.length === 1 ? part(sent.part[0]) : slope(node, k),
          ),
        );
      }),
    );
    const received = new Set(current ? current.sent.map(({to}) => to) : []);
    for (const each of all)
      group.append(
        box(
          each,
          current?.node === each.i ? "current" : received.has(each.i) ? "received" : "",
          visits,
        ),
      );
    group.append(labels);
    picture.setAttribute("viewBox", `0 0 ${page} ${height}`);
    picture.style.height = `${height}px`;
    picture.replaceChildren(group);
    return visits;
  }
  // Edge by edge, a visit is several steps: this one begins a visit if it sends to the first input.
  const begins = (steps, n) => {
    const first = steps[n].sent[0]?.input,
      earlier = steps.slice(0, n).findLast(({node}) => node === steps[n].node);
    return !earlier || first <= earlier.sent[0].input;
  };

  return {draw, shown};
})();
