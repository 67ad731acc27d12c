// The picture of the maps from h to x: the exact one, and one that a GAN has learned.
"use strict";
window.map = (() => {
  const {svg, text, number} = explorer,
    {range, title, panel, line, area, resize, pointed} = drawing;
  const HS = [-4, 4],
    XS = [-5, 5],
    POINTS = range(...HS, 160);
  let place = null,
    drawn = {}; // the panel; the exact curve and its settings, which a change of h leaves

  function exactCurve({distance, width}) {
    if (drawn.distance !== distance || drawn.width !== width) {
      drawn = {distance, width, points: POINTS.map(h => [h, numbers.exact({distance, width}, h)])};
    }
    return drawn.points;
  }

  // The density of x on the left, turned upright, and that of h below; both are filled up to the
  // point.
  function densities(group, settings, {left, side, wide, base, Y, reach}, found) {
    const below = panel(group, {
      left,
      top: base - 70,
      width: wide,
      height: 70,
      xs: HS,
      ys: [0, 0.44],
      marks: range(...HS, 4),
      words: "",
    });
    const ofH = POINTS.map(h => [h, numbers.normal(h)]);
    const ofX = range(-reach, reach, 200).map(x => [numbers.density(settings, x), x]),
      highest = Math.max(...ofX.map(([y]) => y));
    const beside = {body: group, X: y => left - 44 - (y * side) / (1.1 * highest), Y};
    const upToH = ofH.filter(([h]) => h <= settings.h),
      upToX = ofX.filter(([, x]) => x <= found.x);
    area(
      below,
      upToH,
      upToH.map(([h]) => [h, 0]),
      {class: "p area"},
    );
    area(
      beside,
      upToX,
      upToX.map(([, x]) => [0, x]),
      {class: "p area"},
    );
    line(below, ofH, "p");
    line(beside, ofX, "p");
    const percent = `${number(100 * found.fraction, 1)} %`;
    group.append(
      title(0, 18, text("legend-p")),
      svg("text", {x: 0, y: 42}, percent),
      svg("text", {x: left + 6, y: base - 44}, percent),
      svg(
        "text",
        {class: "quiet", x: left + wide, y: base + 40, "text-anchor": "end"},
        text("axis-h"),
      ),
    );
  }

  function draw(picture, settings, found) {
    const width = picture.clientWidth,
      narrow = width < 520,
      group = svg("g"),
      height = narrow ? 500 : 560;
    const side = narrow ? 60 : 110,
      left = side + 44,
      wide = width - left - 8,
      tall = height - 190;
    const reach = Math.max(4.5, settings.distance + 4.2 * settings.width);
    const legend = [
      ["exact", text("legend-exact")],
      ...(found.comparable ? [["g", text("legend-learned")]] : []),
    ];
    place = panel(group, {
      left,
      top: 26,
      width: wide,
      height: tall,
      xs: HS,
      ys: [-reach, reach],
      narrow,
      legend,
      words: text("axis-x"),
      ticks: range(-4, 4, 4),
    });
    const {X, Y, body, top} = place,
      base = top + tall + 96;
    if (found.gap) {
      const [low, high] = found.gap.map(Y);
      body.append(
        svg("rect", {class: "gap", x: left, y: high, width: wide, height: low - high}),
        svg(
          "text",
          {class: "quiet", x: left + wide - 6, y: Y(0) + 5, "text-anchor": "end"},
          text("gap-label"),
        ),
      );
    }
    densities(group, settings, {left, side, wide, base, Y, reach}, found);
    const x = X(settings.h),
      y = Y(found.x);
    group.append(svg("path", {class: "guide", d: `M${x} ${base}V${y}H${left - 44}`}));
    line(place, exactCurve(settings), "exact");
    if (found.comparable)
      line(
        place,
        POINTS.map((h, i) => [h, numbers.learned[settings.trained].x[i]]),
        "g",
      );
    body.append(svg("circle", {class: "point exact", cx: x, cy: y, r: 6}));
    if (found.comparable)
      body.append(svg("circle", {class: "point g", cx: x, cy: Y(found.learned.x), r: 5}));
    group.append(svg("rect", {class: "field", x: left, y: top, width: wide, height: base - top}));
    resize(picture, width, height);
    return group;
  }

  function grab(event, picture) {
    const [x, y] = pointed(event, picture);
    return x >= place.left && y <= place.top + place.height + 130;
  }
  function drag(event, picture) {
    explorer.set("h", place.x(pointed(event, picture)[0]));
  }

  return {draw, grab, drag, drop() {}};
})();
