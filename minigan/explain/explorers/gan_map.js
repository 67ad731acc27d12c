// The picture of the maps from h to x: the exact one, and one that a GAN has learned.
"use strict";
window.map = (() => {
  const {svg, text, number} = explorer, {range, key, title, panel, line, area, resize, pointed} = drawing;
  const HS = [-4, 4], XS = [-5, 5], POINTS = range(...HS, 160);
  let place = null, drawn = {};  // the panel; the exact curve and its settings, which a change of h leaves

  function exactCurve({distance, width}) {
    if (drawn.distance !== distance || drawn.width !== width) {
      drawn = {distance, width, points: POINTS.map(h => [h, numbers.exact({distance, width}, h)])};
    }
    return drawn.points;
  }

  function draw(picture, settings, found) {
    const width = picture.clientWidth, narrow = width < 520, group = svg("g"), height = narrow ? 500 : 560;
    const side = narrow ? 60 : 110, left = side + 44, wide = width - left - 8, tall = height - 190;
    const legend = [["exact", text("legend-exact")], ...found.comparable ? [["g", text("legend-learned")]] : []];
    place = panel(group, {left, top: 26, width: wide, height: tall, xs: HS, ys: XS, narrow, legend, words: text("axis-x"), ticks: range(-4, 4, 4)});
    const {X, Y, body, top} = place, bottom = top + tall;
    if (found.gap) body.append(svg("rect", {class: "gap", x: left, y: Y(found.gap[1]), width: wide, height: Y(found.gap[0]) - Y(found.gap[1])}));
    // densities: of h below the map, of x on its left
    const below = panel(group, {left, top: bottom + 26, width: wide, height: 70, xs: HS, ys: [0, 0.44], marks: range(...HS, 4), words: ""});
    const highest = Math.max(...range(...XS, 200).map(x => numbers.density(settings, x))), reach = side / (1.1 * highest);
    const beside = {body: group, X: y => left - 44 - y * reach, Y};
    const hs = POINTS.map(h => [h, numbers.normal(h)]), xs = range(...XS, 200).map(x => [numbers.density(settings, x), x]);
    const upTo = (points, last, at) => points.filter(point => point[at] <= last);
    const zeros = (points, at) => points.map(point => at ? [0, point[1]] : [point[0], 0]);
    const shaded = [upTo(hs, settings.h, 0), upTo(xs, found.x, 1)];
    area(below, shaded[0], zeros(shaded[0], 0), {class: "p area"});
    area(beside, shaded[1], zeros(shaded[1], 1), {class: "p area"});
    line(below, hs, "p");
    line(beside, xs, "p");
    line(place, exactCurve(settings), "exact");
    if (found.comparable) line(place, POINTS.map((h, i) => [h, numbers.learned[settings.trained].x[i]]), "g");
    const x = X(settings.h), y = Y(found.x), [edge, base] = [left - 44, bottom + 96];
    group.append(svg("path", {class: "guide", d: `M${x} ${base}V${y}H${edge}`}), svg("circle", {class: "point exact", cx: x, cy: y, r: 6}));
    if (found.comparable) group.append(svg("circle", {class: "point g", cx: x, cy: Y(found.learned.x), r: 5}));
    if (found.gap) group.append(svg("text", {class: "quiet", x: left + wide - 6, y: Y(0) + 5, "text-anchor": "end"}, text("gap-label")));
    const share = `${number(100 * found.fraction, 1)} %`;
    group.append(title(0, 18, text("legend-p")), svg("text", {x: 0, y: 42}, share), svg("text", {x: left + 6, y: bottom + 52}, share),
      svg("text", {class: "quiet", x: left + wide, y: base + 40, "text-anchor": "end"}, text("axis-h")));
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
