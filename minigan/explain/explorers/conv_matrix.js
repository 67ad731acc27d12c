// The matrix of the convolution, with the row of one output times the inputs.
"use strict";
window.matrix = (() => {
  const {svg, text} = window.explorer,
    {matrixRow} = window.numbers;
  const {em, least, drawCell, frame, show, room} = window.grids;

  // The matrix: one row an output, one column an input. The row of this output is drawn tall.
  function draw(found, settings) {
    const {input, w, output, at, axis, row} = found,
      {transposed} = settings,
      width = room("matrix");
    const n = input.length ** 2,
      size = output.length,
      all = size ** 2,
      chosen = at[0] * size + at[1];
    const result = `= ${output[at[0]][at[1]]}`,
      right = (0.6 + 0.75 * result.length) * em(),
      column = Math.min(1.7 * em(), (width - right) / n),
      tall = 1.75 * em();
    const thin = Math.min(0.95 * em(), Math.max(4, (21 * em()) / all)),
      most = Math.floor((21 * em()) / thin);
    const start = Math.max(0, Math.min(chosen - Math.floor(most / 2), all - most)),
      stop = Math.min(all, start + most);
    const nodes = [],
      vector = 1.6 * em(),
      top = vector + tall + 0.35 * em();
    nodes.push(
      svg(
        "text",
        {x: 0, y: 1.05 * em(), class: "label"},
        text(transposed ? "matrix-columns-y" : "matrix-columns-x", {count: n}),
      ),
    );
    const most3 = Math.max(...w.flat());
    const readable = column >= 0.75 * least();
    input
      .flat()
      .forEach((value, at) =>
        nodes.push(
          drawCell({
            x: at * column,
            y: vector,
            cell: column,
            width: column,
            height: tall - 3,
            kind: row[at] ? "input" : "plain",
            bold: row[at] > 0,
            text: readable ? value : "",
          }),
        ),
      );
    let y = top,
      middle = top;
    for (let r = start; r < stop; r++) {
      const here = r === chosen,
        height = here ? tall : thin;
      const entries = here
        ? row
        : matrixRow(input, w, axis, transposed, [Math.floor(r / size), r % size]);
      const cells = [
        svg("rect", {
          x: 0,
          y,
          width: n * column,
          height,
          fill: here ? "var(--paper)" : "var(--panel)",
        }),
      ];
      entries.forEach((value, at) => {
        if (here && readable)
          cells.push(
            drawCell({
              x: at * column,
              y,
              cell: column,
              width: column,
              height,
              kind: value ? "weight" : "zero",
              bold: value > 0,
              text: value,
            }),
          );
        else if (value)
          cells.push(
            svg("rect", {
              x: at * column,
              y,
              width: Math.max(column - 0.5, 1),
              height: Math.max(height - 0.5, 1),
              fill: "var(--weight)",
              "fill-opacity": 0.25 + (0.75 * value) / most3,
            }),
          );
      });
      if (here) middle = y;
      nodes.push(svg("g", {"data-step": r}, cells));
      y += height;
    }
    nodes.push(frame({x: 0, y: middle, width: n * column, height: tall}, "var(--output)"));
    nodes.push(
      svg(
        "text",
        {
          x: n * column + 0.4 * em(),
          y: middle + tall / 2,
          "dominant-baseline": "central",
          "font-size": 1.1 * em(),
          "font-weight": 700,
          style: "fill: var(--output)",
        },
        result,
      ),
    );
    const rows = text(start > 0 || stop < all ? "matrix-some" : "matrix-rows", {
      first: start,
      last: stop - 1,
      count: all,
    });
    nodes.push(svg("text", {x: 0, y: y + 1.2 * em(), class: "label"}, rows));
    show("matrix", width, y + 1.6 * em(), text("matrix-label"), nodes);
  }

  return {draw};
})();
