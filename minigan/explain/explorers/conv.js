// Draws the page of the convolution.
"use strict";
{
  const {control, limit, onchange, steps, text, write, svg, html, code, live, number} =
    window.explorer;
  const {numbers, views, grids} = window,
    {range} = numbers,
    {em, drawCell, show} = grids;
  const byId = id => document.getElementById(id);

  control({
    id: "transposed",
    kind: "choice",
    buttons: true,
    label: "operation",
    value: "yes",
    options: [
      {value: "yes", label: "transposed"},
      {value: "no", label: "ordinary"},
    ],
  });
  const usual = {size: 3, kernel: 3, stride: 2, padding: 1, output_padding: 0, dilation: 1};
  for (const [id, [min, max]] of Object.entries(window.explorer.data.limits))
    control({id, kind: "slider", label: id, min, max, value: usual[id]});
  control({
    id: "picture",
    kind: "choice",
    label: "picture",
    value: "constant",
    into: "image-controls",
    options: [
      {value: "constant", label: "constant"},
      {value: "digit", label: "digit"},
    ],
  });
  control({
    id: "weights",
    kind: "choice",
    label: "weights",
    value: "random",
    into: "image-controls",
    options: [
      {value: "random", label: "random"},
      {value: "equal", label: "equal"},
    ],
  });
  control({
    id: "draw",
    kind: "slider",
    label: "draw",
    min: 0,
    max: 8,
    value: 0,
    into: "image-controls",
  });

  // The settings as `numbers` reads them.
  const plain = (settings, step = window.explorer.step) => ({
    ...settings,
    transposed: settings.transposed === "yes",
    step,
  });
  const outputs = () => {
    const along = numbers.axis(plain(window.explorer.settings()));
    return along.legal
      ? (window.explorer.settings().transposed === "yes" ? along.X : along.Y) ** 2
      : 1;
  };
  let settings = null,
    found = null;

  onchange(changed => {
    const transposed = changed.transposed === "yes";
    changed.output_padding = limit("output_padding", {
      max: Math.max(changed.stride, changed.dilation) - 1 || 1,
      visible: transposed && Math.max(changed.stride, changed.dilation) > 1,
    });
    if (Math.max(changed.stride, changed.dilation) === 1) changed.output_padding = 0;
    limit("draw", {visible: changed.weights === "random"});
    settings = plain(changed);
  });

  const player = steps({count: outputs, at: drawStep, seconds: 1, start: 6});

  function drawStep(step) {
    settings.step = step;
    found = numbers.all(settings);
    const {axis} = found,
      {transposed} = settings;
    byId("made").hidden = !axis.legal;
    byId("problem").hidden = axis.legal;
    grids.measure();
    if (!axis.legal) {
      const problem = transposed
        ? text("problem-transposed", sizesOf(axis))
        : text("problem", {...sizesOf(axis), padded: settings.size + 2 * axis.padding});
      write(byId("problem"), problem);
      write(byId("sizes"), "");
      live(problem);
      return;
    }
    write(byId("sizes"), text(transposed ? "sizes-transposed" : "sizes", sizesOf(axis)));
    words();
    const title = (id, key, values) => write(byId(id), text(key, values));
    const {s} = axis,
      under = underWords();
    title("first-title", transposed ? "scatter-title" : "gather-title");
    title(
      "first-text",
      (transposed ? "scatter-text" : "gather-text") + (found.products.length === 1 ? "-one" : ""),
      {products: found.products.length},
    );
    title(
      "holes-title",
      transposed
        ? s > 1
          ? "holes-title"
          : "no-holes-title"
        : s > 1
          ? "dense-title"
          : "no-dense-title",
    );
    title("holes-text", transposed ? "holes-text" : "dense-text", {under, s});
    title("matrix-title", transposed ? "matrix-title" : "matrix-title-conv");
    title("matrix-text", transposed ? "matrix-text" : "matrix-text-conv");
    transposed ? views.scatter(found) : views.gather(found);
    transposed ? views.holes(found) : views.dense(found);
    views.matrix(found, settings);
    drawCoverage();
    const {step: _, size, output_padding, ...common} = settings,
      {picture, weights, draw, ...rest} = common;
    const page = [window.explorer.language, innerWidth, grids.em()];
    once("functions", [transposed], () => codes(transposed));
    once("states", [rest, page], drawStates);
    once("images", [common, page], drawImages);
    once("sizes", [rest, size, output_padding, page], drawSizes);
  }

  // Draw a part of the page only if what it depends on has changed.
  const drawn = {};
  function once(part, depends, draw) {
    const key = JSON.stringify(depends);
    if (drawn[part] !== key) draw();
    drawn[part] = key;
  }

  const sizesOf = ({X, Y, k, s, d, padding, span, op}) => ({
    X,
    Y,
    k,
    s,
    d,
    p: padding,
    op,
    span,
    gap: s * (Y - 1),
    reach: d * (k - 1),
    room: X + 2 * padding - span,
  });

  function underWords() {
    const {value, hole, padding} = found.under;
    const parts = [text(value === 1 ? "under-value" : "under-values", {count: value})];
    if (hole) parts.push(text(hole === 1 ? "under-hole" : "under-holes", {count: hole}));
    if (padding)
      parts.push(text(padding === 1 ? "under-padding" : "under-paddings", {count: padding}));
    return parts.join(text("comma"));
  }

  // Which output it is, how many products it has, and the products.
  function words() {
    const {
        axis,
        at: [h, v],
        coverage,
        interior,
        products,
        output,
      } = found,
      {transposed} = settings;
    const name = `${transposed ? "x" : "y"}[${h}, ${v}]`;
    let what;
    if (transposed) {
      what = text(products.length === 1 ? "what-one" : "what", {
        name,
        count: products.length,
        rows: coverage[h],
        columns: coverage[v],
      });
      const fewer = [
        ["row", h],
        ["column", v],
      ].filter(([, at]) => coverage[at] < interior[(at + axis.padding) % axis.s]);
      for (const [key, at] of fewer)
        what +=
          " " +
          text(`what-border-${key}`, {
            at,
            inside: interior[(at + axis.padding) % axis.s],
            now: coverage[at],
          });
    } else {
      what = text("what-conv", {name, all: axis.k ** 2, under: underWords()});
      if (products.length < axis.k ** 2) what += " " + text("what-zeros");
    }
    write(byId("what"), what);
    const terms = products.flatMap(({value, weight}, at) => [
      at ? " + " : "",
      html(
        "span",
        {class: "term"},
        products.length > 1 ? html("i", {}, views.LETTERS[at]) : "",
        html("span", {class: "input"}, value),
        "·",
        html("span", {class: "weight"}, weight),
      ),
    ]);
    const result = html("span", {class: "output"}, output[h][v]);
    byId("formula").replaceChildren(
      `${name} = `,
      ...(terms.length ? [...terms, " = "] : []),
      result,
    );
    live(`${what} ${byId("formula").textContent}`);
  }

  function codes(transposed) {
    const conv = transposed ? "conv_transpose" : "conv",
      Axis = "minigan/geometry/axis.py";
    const wanted = [
      ["minigan/conv/loops.py", transposed ? "steps_transpose" : "steps"],
      ["minigan/conv/holes.py", conv],
      ["minigan/conv/matrix.py", conv],
      ["minigan/conv/matrix.py", "matrix"],
      [Axis, `Axis.${conv}`],
      [Axis, "Axis.coverage"],
      [Axis, "Axis.interior_coverage"],
      [Axis, "Axis.is_uniform"],
    ];
    byId("functions").replaceChildren(
      ...wanted.map(([file, name]) => code(html("button", {type: "button"}), file, name)),
    );
  }

  // The coverage of x: the coverage of its rows times that of its columns.
  function drawCoverage() {
    const {
        axis: {X},
        coverage,
        at,
      } = found,
      {transposed} = settings,
      most = Math.max(...coverage, 1) ** 2;
    write(byId("coverage-text"), text(transposed ? "coverage-text" : "coverage-text-conv"));
    const cell = Math.min(2.1 * em(), grids.cellFor(grids.room("coverage"), X + 1.6)),
      length = grids.digits([coverage.map(n => n * n)]);
    const readable = grids.fits(cell, length),
      side = 1.5 * cell,
      nodes = [];
    const strip = (h, x, y) =>
      nodes.push(
        drawCell({x, y, cell, text: readable ? coverage[h] : "", kind: "plain", bold: true}),
      );
    range(X).forEach(h => {
      strip(h, side + h * cell, 0);
      strip(h, 0, side + h * cell);
    });
    nodes.push(
      svg(
        "text",
        {
          x: cell / 2,
          y: cell / 2,
          "text-anchor": "middle",
          "dominant-baseline": "central",
          "font-size": em(),
        },
        "·",
      ),
    );
    const shades = new Map();
    for (const h of range(X)) {
      for (const v of range(X)) {
        const count = coverage[h] * coverage[v],
          [x, y] = [side + v * cell, side + h * cell];
        shades.set(count, `${shades.get(count) || ""}M${x} ${y}h${cell}v${cell}h${-cell}z`);
        if (readable)
          nodes.push(
            drawCell({
              x,
              y,
              cell,
              text: count,
              kind: "count",
              step: transposed ? h * X + v : undefined,
            }),
          );
      }
    }
    for (const [count, d] of shades)
      nodes.unshift(svg("path", {d, fill: "var(--output)", "fill-opacity": (0.5 * count) / most}));
    const [h, v] = at;
    if (transposed)
      nodes.push(
        grids.frame(
          {x: side + v * cell, y: side + h * cell, width: cell, height: cell},
          "var(--output)",
          {thick: 4},
        ),
      );
    show("coverage", side + X * cell + 2, side + X * cell + 2, text("coverage-label"), nodes);
    const {axis, interior} = found,
      near = range(X).filter(at => coverage[at] < interior[(at + axis.padding) % axis.s]);
    write(
      byId("border-text"),
      near.length ? text("border-text", {rows: near.join(", ")}) : text("no-border-text"),
    );
  }

  // What lies under the kernel in each of its states, for this kernel and for another one.
  function drawStates() {
    const {axis} = found,
      other = {...axis, k: numbers.otherKernel(settings)},
      nodes = [];
    write(byId("states-text"), text("states-text", {s: axis.s}));
    const width = grids.room("states"),
      wide = width > 34 * em(),
      column = wide ? width / 2 : width;
    let bottom = 0;
    [axis, other].forEach((along, which) => {
      const left = wide ? which * column : 0;
      let y = wide ? 0 : bottom;
      const span = along.d * (along.k - 1) + 1,
        all = numbers.states(along),
        cell = Math.min(1.7 * em(), (column - em()) / (span + along.s - 1));
      nodes.push(
        svg(
          "text",
          {x: left, y: y + 1.1 * em(), class: "label", "font-weight": 700},
          text("state-kernel", {k: along.k}),
        ),
      );
      y += 1.6 * em();
      all.forEach((taps, r) => {
        const count = taps.filter(Boolean).length;
        // the values of y stand at the multiples of s; the kernel starts at r
        for (const at of range(span + along.s - 1)) {
          const value = at % along.s === 0,
            tap = at >= r && (at - r) % along.d === 0 && at - r < span;
          nodes.push(
            drawCell({
              x: left + at * cell,
              y,
              cell,
              height: 1.5 * em(),
              kind: value ? (tap ? "input" : "plain") : "zero",
              bold: value && tap,
              text: grids.fits(cell, 1) ? (value ? "y" : 0) : "",
            }),
          );
          if (tap)
            nodes.push(
              grids.frame(
                {x: left + at * cell, y, width: cell, height: 1.5 * em()},
                "var(--weight)",
                {inset: 1},
              ),
            );
        }
        nodes.push(
          svg(
            "text",
            {x: left, y: y + 2.55 * em(), class: "label"},
            text(count === 1 ? "state-one" : "state", {now: r + 1, count}),
          ),
        );
        y += 3.1 * em();
      });
      bottom = Math.max(bottom, y);
    });
    show("states", width, bottom, text("states-label"), nodes);
    write(byId("law-text"), lawWords(axis) + " " + text("rule"));
  }

  function lawWords(along) {
    const {k, s, d} = along,
      counts = numbers.interior(along).join(", ");
    if (numbers.uniform(along)) return text("law-even", {k, s, d, counts});
    return text(k % s ? "law-uneven" : "law-dilation", {k, s, d, counts});
  }

  function drawImages() {
    const other = numbers.otherKernel(settings);
    write(byId("image-text"), text(settings.transposed ? "image-text" : "image-text-conv"));
    const figures = [settings.kernel, other].map(kernel => {
      const image = numbers.image({...settings, kernel});
      if (!image) return html("p", {}, text("image-none", {k: kernel}));
      const canvas = html("canvas", {width: image.length, height: image.length, role: "img"});
      const scale = Math.max(
        2,
        Math.floor(Math.min(17 * em(), grids.room("images")) / image.length),
      );
      canvas.style.width = canvas.style.height = `${scale * image.length}px`;
      const context = canvas.getContext("2d"),
        pixels = context.createImageData(image.length, image.length);
      image
        .flat()
        .forEach((value, at) =>
          pixels.data.set([1, 1, 1].map(() => Math.round(255 * value)).concat(255), 4 * at),
        );
      context.putImageData(pixels, 0, 0);
      const middle = image
        .slice(image.length / 3, (2 * image.length) / 3)
        .flatMap(row => row.slice(image.length / 3, (2 * image.length) / 3));
      const law = numbers.uniform({k: kernel, s: settings.stride, d: settings.dilation});
      const caption = text(law ? "image-even" : "image-uneven", {
        k: kernel,
        s: settings.stride,
        least: number(Math.min(...middle), 2),
        most: number(Math.max(...middle), 2),
      });
      canvas.setAttribute("aria-label", caption);
      return html("figure", {}, canvas, html("figcaption", {}, caption));
    });
    byId("images").replaceChildren(...figures);
  }

  // The size as a formula with its numbers.
  function drawSizes() {
    const {axis, sameY} = found,
      {transposed} = settings;
    write(byId("size-text"), text(transposed ? "size-text" : "size-text-conv", sizesOf(axis)));
    const sizes = sameY.join(", ");
    write(
      byId("same-text"),
      text(sameY.length > 1 ? "same-text" : "same-one", {Y: axis.Y, sizes, s: axis.s}) +
        (transposed ? " " + text(sameY.length > 1 ? "same-choice" : "same-nothing") : ""),
    );
  }

  addEventListener("click", event => {
    const step = grids.stepAt(event);
    if (step !== undefined) {
      player.play(false);
      player.go(step);
    }
  });
}
