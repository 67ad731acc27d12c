// Panels with axes, curves, areas and legends, drawn as SVG in pixels of the page.
"use strict";
window.drawing = (() => {
  const {svg, number} = explorer;
  const ruler = document.createElement("canvas").getContext("2d");
  const wide = words => {
    const {fontSize, fontFamily} = getComputedStyle(document.body);
    ruler.font = `${fontSize} ${fontFamily}`;
    return ruler.measureText(words).width;
  };
  const range = (low, high, count) =>
    Array.from({length: count + 1}, (_, i) => low + ((high - low) * i) / count);
  // /// and \\\
  const HATCHES = {regret: "M-2 2l4-4M0 8l8-8M6 10l4-4", js: "M-2 6l4 4M0 0l8 8M6-2l4 4"};
  const hatched = name => ({style: `fill: url(#${name}-lines)`});

  function hatches() {
    return svg(
      "defs",
      {},
      Object.entries(HATCHES).map(([name, d]) =>
        svg(
          "pattern",
          {id: `${name}-lines`, width: 8, height: 8, patternUnits: "userSpaceOnUse"},
          svg("path", {class: `${name}-lines`, d}),
        ),
      ),
    );
  }

  // The sign of a legend: a line, a filled box or a hatched box.
  function sign(name, x, y) {
    const box = {x, y: y - 12, width: 26, height: 13, class: "outline"};
    if (name in HATCHES) return svg("rect", {...box, ...hatched(name)});
    return name === "least"
      ? svg("rect", {...box, class: "least"})
      : svg("path", {class: `line ${name}`, d: `M${x} ${y - 5}h26`});
  }
  // A legend that ends at `right`: pairs of a sign and words.
  function key(right, y, items) {
    return svg(
      "g",
      {},
      [...items].reverse().map(([name, words]) => {
        const x = right - wide(words);
        right = x - 48;
        return [svg("text", {x, y}, words), sign(name, x - 32, y)];
      }),
    );
  }
  const title = (x, y, words) => svg("text", {class: "title", x, y}, words);

  // Add a panel to a group. X and Y map data to pixels, and x and y map pixels back. On a narrow
  // page the legend stands in a row of its own, so the panel begins `shift` lower.
  function panel(
    group,
    {left, top, width, height, xs, ys, words, legend = [], ticks = [], marks = [], narrow},
  ) {
    const shift = narrow && legend.length ? 22 : 0,
      start = top + shift;
    const X = x => left + ((x - xs[0]) / (xs[1] - xs[0])) * width;
    const Y = y => start + height - ((y - ys[0]) / (ys[1] - ys[0])) * height;
    const body = svg("svg", {
      x: left,
      y: start - 2,
      width,
      height: height + 2,
      viewBox: `${left} ${start - 2} ${width} ${height + 2}`,
    });
    const quiet = (x, y, value, anchor) =>
      svg("text", {class: "quiet", x, y, "text-anchor": anchor}, number(value));
    group.append(
      body,
      svg("path", {class: "axis", d: `M${left} ${start}V${start + height}H${left + width}`}),
      ...ticks.map(y => quiet(left - 10, Y(y) + 5, y, "end")),
      ...marks.map(x => svg("path", {class: "axis", d: `M${X(x)} ${start + height}v4`})),
      ...marks.map(x => quiet(X(x), start + height + 19, x, "middle")),
      title(left, top - 8, words),
      key(left + width, start - 8, legend),
    );
    return {
      X,
      Y,
      body,
      left,
      width,
      height,
      top: start,
      x: px => xs[0] + ((px - left) / width) * (xs[1] - xs[0]),
      y: py => ys[0] + ((start + height - py) / height) * (ys[1] - ys[0]),
    };
  }

  // A line through points; it is broken where y is NaN.
  function path({X, Y}, points) {
    let pen = "M";
    return points
      .map(([x, y]) => {
        const stroke = Number.isNaN(y)
          ? ""
          : `${pen}${X(x).toFixed(1)} ${Y(Math.min(y, 1e3)).toFixed(1)}`;
        pen = stroke ? "L" : "M";
        return stroke;
      })
      .join("");
  }
  function line(place, points, name) {
    place.body.append(svg("path", {class: `line ${name}`, d: path(place, points)}));
  }
  function area(place, upper, lower, attributes) {
    if (!upper.length) return;
    place.body.append(
      svg("path", {...attributes, d: `${path(place, [...upper, ...[...lower].reverse()])}Z`}),
    );
  }
  function resize(picture, width, height) {
    picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
    picture.style.height = `${height}px`;
  }
  // The place of a pointer in a picture, in its pixels.
  function pointed(event, picture) {
    const box = picture.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  return {range, hatches, hatched, key, title, panel, line, area, resize, pointed};
})();
