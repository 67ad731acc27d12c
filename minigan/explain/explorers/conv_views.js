// Two views of one output: scatter or gather, and stride 1 with zeros put in.
"use strict";
window.views = (() => {
  const {text} = window.explorer,
    {range} = window.numbers;
  const {em, fits, cellFor, digits, grid, frame, show, room} = window.grids;
  const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ";
  const letterOf = (products, key, [r, c]) => {
    const at = products.findIndex(product => product[key][0] === r && product[key][1] === c);
    return at < 0 || products.length < 2 ? undefined : LETTERS[at];
  };
  const isOf = (products, key, [r, c]) =>
    products.some(product => product[key][0] === r && product[key][1] === c);
  const shape = size => `${size}×${size}`;
  const textIf = (cell, length, value) => (fits(cell, length) ? value : "");

  // The kernel as a grid, with the taps that are used now.
  function kernel(found, w, at, cell, label, key) {
    const tap = (i, j) => (key === "flipped" ? [w.length - 1 - i, w.length - 1 - j] : [i, j]);
    return grid({
      at,
      rows: w.length,
      columns: w.length,
      cell,
      label,
      look: (i, j) => ({
        text: textIf(cell, 1, w[i][j]),
        bold: isOf(found.products, "tap", tap(i, j)),
        kind: isOf(found.products, "tap", tap(i, j)) ? "weight" : "plain",
        letter: letterOf(found.products, "tap", tap(i, j)),
      }),
    });
  }

  // Scatter: each input puts a stamp, itself times the kernel, into the output.
  function scatter(found) {
    const {
      axis: {X, Y, k, s, d, padding, span},
      input,
      w,
      output,
      at,
      products,
    } = found;
    const full = Math.max(X, s * (Y - 1) + span - padding) + padding,
      width = room("first");
    const cell = cellFor(width, full),
      above = cellFor(width, Y + k + 1),
      length = digits(output);
    const I = grid({
      at: [0, 0],
      rows: Y,
      columns: Y,
      cell: above,
      label: text("input-y", {size: shape(Y)}),
      look: (o, p) => ({
        text: textIf(above, 1, input[o][p]),
        bold: isOf(products, "from", [o, p]),
        kind: isOf(products, "from", [o, p]) ? "input" : "plain",
        letter: letterOf(products, "from", [o, p]),
      }),
    });
    const W = kernel(
      found,
      w,
      [Math.max(I.right + above, 6.7 * em()), 0],
      above,
      text("kernel-w", {size: shape(k)}),
    );
    const O = grid({
      at: [0, Math.max(I.bottom, W.bottom) + 0.3 * em()],
      rows: full,
      columns: full,
      first: -padding,
      cell,
      label: text("output-x", {size: shape(X)}),
      look: (h, v) => {
        if (Math.min(h, v) < 0 || Math.max(h, v) >= X) return {kind: "cropped"};
        const here = h === at[0] && v === at[1];
        return {
          text: textIf(cell, length, output[h][v]),
          kind: here ? "output" : "plain",
          bold: here,
          step: h * X + v,
        };
      },
    });
    const stamps = products
      .slice(0, 9)
      .map(({from: [o, p]}, number) =>
        frame(O.box(s * o - padding, s * p - padding, span, span), "var(--input)", {
          thick: 2,
          dash: ["", "7 3", "2 3", "9 3 2 3"][number % 4],
          inset: 2 + 2 * (number % 4),
        }),
      );
    const chosen = frame(O.box(...at), "var(--output)", {thick: 4});
    show(
      "first",
      width,
      O.bottom + 3,
      text("scatter-label"),
      I.node,
      W.node,
      O.node,
      stamps,
      chosen,
    );
  }

  // Gather: the kernel lies over the input with its padding.
  function gather(found) {
    const {
      axis: {X, Y, k, s, d, padding, span},
      input,
      w,
      output,
      at,
      products,
    } = found;
    const last = Math.max(X, s * (Y - 1) + span - padding),
      full = last + padding,
      width = room("first");
    const cell = cellFor(width, Math.max(full, k + 1 + Y)),
      length = digits(output);
    const I = grid({
      at: [0, 0],
      rows: full,
      columns: full,
      first: -padding,
      cell,
      label: text("input-x", {size: shape(X)}),
      look: (h, v) => {
        if (Math.min(h, v) < 0 || Math.max(h, v) >= X)
          return Math.max(h, v) < X + padding
            ? {text: textIf(cell, 1, 0), kind: "padding"}
            : {kind: "cropped"};
        const used = isOf(products, "from", [h, v]);
        return {
          text: textIf(cell, 1, input[h][v]),
          bold: used,
          kind: used ? "input" : "plain",
          letter: letterOf(products, "from", [h, v]),
        };
      },
    });
    const below = I.bottom + 0.3 * em(),
      W = kernel(found, w, [0, below], cell, text("kernel-w", {size: shape(k)}));
    const O = grid({
      at: [Math.max(W.right + cell, 7.5 * em()), below],
      rows: Y,
      columns: Y,
      cell,
      label: text("output-y", {size: shape(Y)}),
      look: (o, p) => {
        const here = o === at[0] && p === at[1];
        return {
          text: textIf(cell, length, output[o][p]),
          kind: here ? "output" : "plain",
          bold: here,
          step: o * Y + p,
        };
      },
    });
    const window_ = frame(
      I.box(s * at[0] - padding, s * at[1] - padding, span, span),
      "var(--weight)",
    );
    show(
      "first",
      width,
      Math.max(W.bottom, O.bottom) + 3,
      text("gather-label"),
      I.node,
      W.node,
      O.node,
      window_,
      frame(O.box(...at), "var(--output)", {thick: 4}),
    );
  }

  // Transposed: y with zeros put in, and the flipped kernel over it, moved by 1.
  function holes(found) {
    const {
        axis: {X, Y, k, s, d, span, flipped},
        holes: z,
        at,
      } = found,
      width = room("holes");
    const first = Math.min(0, -flipped),
      last = Math.max(z.length, X - 1 + span - flipped),
      full = last - first;
    const cell = cellFor(width, full);
    const taps = new Map();
    for (const i of range(k))
      for (const j of range(k))
        taps.set(`${at[0] + d * i - flipped} ${at[1] + d * j - flipped}`, found.flipped[i][j]);
    const read = h => h >= -flipped && h < X - 1 + span - flipped;
    const Z = grid({
      at: [0, 0],
      rows: full,
      columns: full,
      first,
      cell,
      label: text(s > 1 ? "holes-grid" : "no-holes-grid", {size: shape(z.length)}),
      look: (h, v) => {
        const weight = taps.get(`${h} ${v}`),
          inside = Math.min(h, v) >= 0 && Math.max(h, v) < z.length;
        if (!read(h) || !read(v))
          return {kind: "cropped", text: inside ? textIf(cell, 1, z[h][v]) : ""};
        if (!inside) return {kind: "padding", text: textIf(cell, 1, 0), weight};
        if (h % s || v % s) return {kind: "zero", text: textIf(cell, 1, 0), weight};
        const used = weight !== undefined,
          [chosen, other] = fits(cell, 1) ? ["input", "plain"] : ["mark", "input"];
        return {kind: used ? chosen : other, bold: used, text: textIf(cell, 1, z[h][v]), weight};
      },
    });
    const window_ = frame(Z.box(at[0] - flipped, at[1] - flipped, span, span), "var(--weight)");
    const W = kernel(
      found,
      found.flipped,
      [0, Z.bottom + 0.3 * em()],
      cell,
      text("flipped-w"),
      "flipped",
    );
    show("holes", width, W.bottom + 3, text("holes-label"), Z.node, W.node, window_);
  }

  // Not transposed: the outputs of stride 1, of which every s-th is kept.
  function dense(found) {
    const {
        axis: {s, Y},
        dense: all,
        at,
      } = found,
      width = room("holes");
    const cell = cellFor(width, all.length),
      length = digits(all);
    const D = grid({
      at: [0, 0],
      rows: all.length,
      columns: all.length,
      cell,
      label: text("dense-grid", {size: shape(all.length)}),
      look: (o, p) => {
        const kept = o % s === 0 && p % s === 0,
          here = o === s * at[0] && p === s * at[1];
        return {
          kind: here ? "output" : kept ? "plain" : "zero",
          text: textIf(cell, length, all[o][p]),
          bold: here,
          step: kept ? (o / s) * Y + p / s : undefined,
        };
      },
    });
    const kept =
      s > 1
        ? range(Y).flatMap(o =>
            range(Y).map(p => frame(D.box(s * o, s * p), "var(--output)", {thick: 2, inset: 1})),
          )
        : [];
    show(
      "holes",
      width,
      D.bottom + 3,
      text("dense-label"),
      D.node,
      kept,
      frame(D.box(s * at[0], s * at[1]), "var(--output)", {thick: 4}),
    );
  }

  return {scatter, gather, holes, dense, LETTERS};
})();
