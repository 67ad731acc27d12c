// What follows from the settings: coverage, states of the kernel, images, the size of the output.
"use strict";
window.law = (() => {
  const {text, write, svg, html, number} = window.explorer;
  const {numbers, grids} = window,
    {range} = numbers,
    {em, drawCell, show} = grids;
  const byId = id => document.getElementById(id);

  // The sizes of an axis by the names that the texts use.
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

  // The coverage of x: the coverage of its rows times that of its columns.
  function drawCoverage(found, settings) {
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
  function drawStates(found, settings) {
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

  // The law of the coverage for these settings: whether it is uniform, and why.
  function lawWords(along) {
    const {k, s, d} = along,
      counts = numbers.interior(along).join(", ");
    if (numbers.uniform(along)) return text("law-even", {k, s, d, counts});
    return text(k % s ? "law-uneven" : "law-dilation", {k, s, d, counts});
  }

  // Two images from random weights: with this kernel, and with another one.
  function drawImages(found, settings) {
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
  function drawSizes(found, settings) {
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

  return {sizesOf, drawCoverage, drawStates, drawImages, drawSizes};
})();
