// Pictures with axes, their legends, and a map of D, for the page of a training.
"use strict";
window.plots = (() => {
  const {svg, html, number, colour} = window.explorer,
    {numbers} = window;

  const stroke = ({colour: name, width, dash}) => ({
    fill: "none",
    stroke: `var(${name})`,
    "stroke-width": width,
    "stroke-dasharray": dash,
  });
  const path = (d, style, more = {}) => svg("path", {d, ...stroke(style), ...more});

  function legend(entries) {
    return html(
      "ul",
      {class: "legend"},
      entries.map(({style, mark, words, value}) =>
        html(
          "li",
          {},
          style
            ? svg("svg", {viewBox: "0 0 28 12", "aria-hidden": "true"}, path("M0 6h28", style))
            : (mark ?? null),
          words,
          value === undefined ? null : " ",
          value === undefined ? null : html("b", {}, value),
        ),
      ),
    );
  }

  // The sizes of all pictures are read before anything is drawn: reading one between two drawings
  // would lay out the page anew each time.
  let sizes = new Map(),
    em = 16;
  function measure() {
    const nodes = [...document.querySelectorAll("#tracks .plot")];
    sizes = new Map(
      nodes.map(node => [node, {width: node.clientWidth || 480, height: node.clientHeight || 200}]),
    );
    em = parseFloat(getComputedStyle(document.documentElement).fontSize);
  }

  // A picture with axes in the size that it has on the page; X and Y map numbers to its pixels.
  function plot(node, {x, y, label, mark = "", square = false, xname}, body) {
    const {width, height} = sizes.get(node),
      size = em;
    const yticks = numbers.ticks(...y, Math.max(2, height / (2.6 * size))),
      labels = yticks.map(v => number(v));
    const left = 0.62 * size * Math.max(3, ...labels.map(words => words.length)) + 10,
      right = 10,
      top = 6,
      bottom = 1.5 * size;
    const across = square
      ? Math.min(width - left - right, height - top - bottom)
      : width - left - right;
    const down = square ? across : height - top - bottom;
    const X = v => left + (across * (v - x[0])) / (x[1] - x[0]),
      Y = v => top + (down * (y[1] - v)) / (y[1] - y[0]);
    const beyond = square ? 0 : 5; // pixels, for a dot at either end
    const xs = numbers.ticks(...x, across / (5 * size)),
      id = `clip-${node.id}`;
    node.setAttribute("viewBox", `0 0 ${width} ${height}`);
    node.setAttribute("aria-label", label);
    node.replaceChildren(
      ...yticks.map((v, k) =>
        svg(
          "g",
          {},
          svg("path", {class: "grid", d: `M${left} ${Y(v)}h${across}`}),
          svg("text", {x: left - 6, y: Y(v) + 0.36 * size, "text-anchor": "end"}, labels[k]),
        ),
      ),
      ...xs.map((v, k) =>
        svg(
          "text",
          {
            x: k || square ? Math.min(X(v), width - 1.2 * size) : Math.max(0, X(v) - 0.6 * size),
            y: top + down + 1.2 * size,
            "text-anchor": k || square ? "middle" : "start",
          },
          k || square ? number(v) : `${xname} ${number(v)}`,
        ),
      ),
      svg(
        "clipPath",
        {id},
        svg("rect", {x: left - beyond, y: top, width: across + 2 * beyond, height: down}),
      ),
      svg("g", {"clip-path": `url(#${id})`}, ...body(X, Y, {left, top, across, down})),
      svg("path", {class: "axis", d: `M${left} ${top}v${down}h${across}`}),
      mark
        ? svg(
            "text",
            {x: left + across - 4, y: top + size, "text-anchor": "end", class: "halo"},
            mark,
          )
        : "",
    );
    return {X, Y};
  }

  const joined = (X, Y, xs, ys) => {
    let d = "",
      pen = "M";
    ys.forEach((v, k) => {
      if (v === null) pen = "M";
      else {
        d += `${pen}${X(xs[k]).toFixed(1)} ${Y(v).toFixed(1)}`;
        pen = "L";
      }
    });
    return d;
  };

  const even = ([low, high], count) =>
    Array.from({length: count}, (_, k) => low + ((high - low) * k) / (count - 1));

  const rgb = hex => [1, 3, 5].map(k => parseInt(hex.slice(k, k + 2), 16));
  // The colour of the model where D says model, of the data where D says data, pale between.
  function heat(values, side, [low, high]) {
    const board = html("canvas", {width: side, height: side}),
      pen = board.getContext("2d"),
      image = pen.createImageData(side, side);
    const mixed = name =>
      rgb(colour(name)).map((v, c) => (v + 2 * rgb(colour(`${name}-fill`))[c]) / 3);
    const ends = [mixed("--model"), rgb(colour("--paper")), mixed("--data")];
    values.forEach((v, k) => {
      const t = 2 * Math.min(1, Math.max(0, (v - low) / (high - low))),
        n = Math.min(1, Math.floor(t)),
        f = t - n;
      const place = 4 * ((side - 1 - Math.floor(k / side)) * side + (k % side));
      for (let c = 0; c < 3; c++)
        image.data[place + c] = ends[n][c] + f * (ends[n + 1][c] - ends[n][c]);
      image.data[place + 3] = 255;
    });
    pen.putImageData(image, 0, 0);
    return board.toDataURL();
  }

  // What is computed once for a track, by name.
  const results = new WeakMap();
  function once(track, name, compute) {
    if (!results.has(track)) results.set(track, new Map());
    const kept = results.get(track);
    if (!kept.has(name)) kept.set(name, compute());
    return kept.get(name);
  }

  return {plot, path, joined, even, legend, heat, measure, once};
})();
