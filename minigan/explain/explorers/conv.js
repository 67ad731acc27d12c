// Draws the page of the convolution.
"use strict";
{
  const {control, limit, onchange, steps, text, write, html, code, live} = window.explorer;
  const {numbers, views, matrix, grids, law} = window,
    {sizesOf} = law;
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
    matrix.draw(found, settings);
    law.drawCoverage(found, settings);
    const {step: _, size, output_padding, ...common} = settings,
      {picture, weights, draw, ...rest} = common;
    const page = [window.explorer.language, innerWidth, grids.em()];
    once("functions", [transposed], () => codes(transposed));
    once("states", [rest, page], () => law.drawStates(found, settings));
    once("images", [common, page], () => law.drawImages(found, settings));
    once("sizes", [rest, size, output_padding, page], () => law.drawSizes(found, settings));
  }

  // Draw a part of the page only if what it depends on has changed.
  const drawn = {};
  function once(part, depends, draw) {
    const key = JSON.stringify(depends);
    if (drawn[part] !== key) draw();
    drawn[part] = key;
  }

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

  addEventListener("click", event => {
    const step = grids.stepAt(event);
    if (step !== undefined) {
      player.play(false);
      player.go(step);
    }
  });
}
