// Grids of numbered cells, drawn as SVG.
"use strict";
window.grids = (() => {
  const {svg, number} = window.explorer;
  const root = document.documentElement;
  // Sizes in pixels are read once before each drawing: each reading lays out the page.
  const measured = {em: 16, rooms: {}};
  const em = () => measured.em,
    room = id => measured.rooms[id];
  function measure() {
    measured.em = parseFloat(getComputedStyle(root).fontSize);
    for (const node of document.querySelectorAll("#view [id]"))
      measured.rooms[node.id] = node.clientWidth;
  }
  const narrow = () => innerWidth < 820;
  // the size of numbers: never under the size of text, but on a phone
  const least = () => (narrow() ? 0.75 * em() : em());

  // Whether a number of so many digits fits a cell.
  const fits = (cell, digits) => cell >= Math.max(1.15, 0.66 * digits + 0.15) * least();

  // The side of a cell, so that a number of cells fits a width. It is at most 2.2 em.
  const cellFor = (width, across) => Math.floor(Math.min(2.2 * em(), Math.max(3, width / across)));

  const digits = values => Math.max(1, ...values.flat().map(value => number(value).length));

  // One cell: `text` in the middle, and if there is room a letter before it or a weight below it;
  // without room for the weight, a frame marks the cell. `kind` is its look.
  const LOOKS = {
    input: {fill: "var(--input-fill)"},
    weight: {fill: "var(--weight-fill)"},
    output: {fill: "var(--output-fill)"},
    plain: {fill: "var(--paper)"},
    zero: {fill: "var(--panel)", ink: "var(--soft)"},
    mark: {fill: "var(--input)"},
    padding: {fill: "var(--panel)", ink: "var(--soft)", dash: "3 3"},
    count: {fill: "none"},
    cropped: {fill: "none", ink: "var(--soft)", dash: "3 3"},
  };

  function drawCell({
    x,
    y,
    cell,
    text,
    kind = "plain",
    letter,
    weight,
    bold,
    step,
    width = cell,
    height = cell,
  }) {
    const look = LOOKS[kind],
      nodes = [];
    nodes.push(
      svg("rect", {
        x: x + 0.5,
        y: y + 0.5,
        width: width - 1,
        height: height - 1,
        fill: look.fill,
        stroke: "var(--edge)",
        "stroke-width": cell < em() ? 0.4 : 1,
        "stroke-dasharray": look.dash,
      }),
    );
    const size = least(),
      corners = (letter || weight !== undefined) && cell >= 2.1 * size;
    const write = (right, down, words, colour, more) =>
      nodes.push(
        svg(
          "text",
          {
            x: x + right * width,
            y: y + down * height,
            "text-anchor": "middle",
            "dominant-baseline": "central",
            "font-size": size,
            style: colour && `fill: ${colour}`,
            ...more,
          },
          words,
        ),
      );
    const [right, down] = !corners ? [0.5, 0.5] : weight === undefined ? [0.62, 0.6] : [0.3, 0.33];
    if (text !== undefined && text !== "")
      write(right, down, text, look.ink, {"font-weight": bold ? 700 : 400});
    if (corners && letter && weight === undefined)
      write(0.24, 0.28, letter, "var(--soft)", {"font-style": "italic"});
    if (!corners && weight !== undefined)
      nodes.push(
        svg("rect", {
          x: x + 2.5,
          y: y + 2.5,
          width: width - 5,
          height: height - 5,
          fill: "none",
          stroke: "var(--weight)",
          "stroke-width": 1.5,
        }),
      );
    if (corners && weight !== undefined)
      write(0.73, 0.7, weight, "var(--weight)", {"font-weight": 700});
    return svg("g", {"data-step": step}, nodes);
  }

  // A grid with its label above. `look(row, column)` returns what drawCell needs beside the place;
  // rows and columns count from `first`. Cells too small for a number are drawn as one path for
  // each look, which is fast. Returns {node, box(row, column, rows, columns), bottom, right, cell}.
  function grid({at: [x, y], rows, columns, first = 0, cell, label, look}) {
    const top = y + (label ? 1.5 * em() : 0),
      nodes = [],
      paths = new Map(),
      small = !fits(cell, 1);
    if (label)
      nodes.push(svg("text", {x, y: y + 1.05 * em(), class: "label", "font-size": em()}, label));
    const steps = [];
    for (let r = first; r < first + rows; r++) {
      for (let c = first; c < first + columns; c++) {
        const seen = look(r, c),
          [left, up] = [x + (c - first) * cell, top + (r - first) * cell];
        if (!small) nodes.push(drawCell({x: left, y: up, cell, ...seen}));
        else {
          paths.set(
            seen.kind,
            `${paths.get(seen.kind) || ""}M${left} ${up}h${cell}v${cell}h${-cell}z`,
          );
          steps.push(seen.step ?? -1);
        }
      }
    }
    for (const [kind, d] of paths)
      nodes.push(
        svg("path", {d, fill: LOOKS[kind].fill, stroke: "var(--edge)", "stroke-width": 0.4}),
      );
    const box = (row, column, height = 1, width = 1) => ({
      x: x + (column - first) * cell,
      y: top + (row - first) * cell,
      width: width * cell,
      height: height * cell,
    });
    const node = svg("g", {}, nodes);
    if (small) node.steps = {steps, columns, cell, x, top};
    return {node, box, bottom: top + rows * cell, right: x + columns * cell, cell};
  }

  // The step of the cell under the pointer, or undefined.
  function stepAt(event) {
    const cell = event.target.closest?.("[data-step]");
    if (cell) return Number(cell.getAttribute("data-step"));
    const small = event.target.parentNode?.steps;
    if (!small) return undefined;
    const box = event.target.ownerSVGElement.getBoundingClientRect();
    const [row, column] = [
      event.clientY - box.top - small.top,
      event.clientX - box.left - small.x,
    ].map(at => Math.floor(at / small.cell));
    const step = small.steps[row * small.columns + column];
    return step >= 0 ? step : undefined;
  }

  // A frame round a box of a grid.
  function frame({x, y, width, height}, colour, {thick = 3, dash, inset = 0} = {}) {
    return svg("rect", {
      x: x + inset,
      y: y + inset,
      width: width - 2 * inset,
      height: height - 2 * inset,
      fill: "none",
      stroke: colour,
      "stroke-width": thick,
      "stroke-dasharray": dash,
      "pointer-events": "none",
    });
  }

  // Put a drawing into an element; `label` describes it to a screen reader.
  function show(id, width, height, label, ...nodes) {
    const drawn = svg(
      "svg",
      {
        width: Math.ceil(width),
        height: Math.ceil(height),
        viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`,
        role: "img",
        "aria-label": label,
      },
      nodes,
    );
    document.getElementById(id).replaceChildren(drawn);
  }

  return {
    measure,
    em,
    least,
    narrow,
    fits,
    cellFor,
    digits,
    drawCell,
    grid,
    stepAt,
    frame,
    show,
    room,
  };
})();
