// The picture of the game, and the handles, bars and fields in it that a pointer or a key moves.
"use strict";
window.game = (() => {
  const {svg, text, number} = explorer,
    {HANDLES} = numbers;
  const {range, hatches, hatched, title, panel, line, area, resize, pointed} = drawing;
  const LEFT = 44,
    SPAN = [-6, 6],
    limited = (value, low, high) => Math.min(Math.max(value, low), high);
  let places = {},
    dragged = null,
    peak = 1; // the panels; what is dragged; the highest density shown

  // ------------------------------------------------------------------------------ the picture

  function draw(picture, settings, found) {
    const width = picture.clientWidth,
      narrow = width < 520,
      wide = settings.scene === "gaussians";
    const points = wide ? numbers.curves(settings, range(...SPAN, 240)) : columns(found),
      group = svg("g");
    const shape = {left: LEFT, width: width - LEFT - 8, xs: wide ? SPAN : [0, 2], narrow};
    const marks = wide ? range(...SPAN, narrow ? 4 : 6) : [],
      shift = narrow ? 22 : 0;
    if (dragged?.kind !== "bell")
      peak = Math.max(0.45, ...points.flatMap(({p, g}) => [1.12 * p, 1.12 * g]));
    group.append(hatches());
    const tops = [26, 192, 328, 494].map((top, row) => top + row * shift);
    const legend = (...names) => names.map(name => [name, text(`legend-${name}`)]);
    places = {
      density: panel(group, {
        ...shape,
        marks,
        top: tops[0],
        height: 118,
        ys: [0, wide ? peak : 1.12],
        legend: legend("p", "g"),
        words: text(wide ? "density-title" : "share-title"),
        ticks: wide ? [0, Number((peak / 1.12).toPrecision(2))] : [0, 0.5, 1],
      }),
      d: panel(group, {
        ...shape,
        top: tops[1],
        height: 104,
        ys: [0, 1.12],
        ticks: [0, 0.5, 1],
        words: text("d-title"),
        legend: legend("d", "best"),
      }),
      loss: panel(group, {
        ...shape,
        marks,
        top: tops[2],
        height: 116,
        ys: [0, highest(points)],
        ticks: [0],
        words: text("loss-title"),
        legend: legend("least", "regret", "js"),
      }),
    };
    drawCurves(points);
    for (const place of wide ? [places.d] : [places.d, places.density]) {
      group.append(
        svg("rect", {
          class: "field",
          x: place.left,
          y: place.top,
          width: place.width,
          height: place.height,
        }),
      );
    }
    let lower = 0;
    if (wide) lower = drawMoves(group, settings, tops[3], shape);
    else {
      const {X, top, height} = places.loss;
      for (const [i, side] of ["heads", "tails"].entries()) {
        group.append(
          svg("text", {x: X(i + 0.5), y: top + height + 20, "text-anchor": "middle"}, text(side)),
        );
      }
    }
    resize(picture, width, (wide ? 552 : 480) + 3 * shift + lower);
    return group;
  }

  function drawCurves(points) {
    const {density, d, loss} = places,
      list = name => points.map(each => [each.x, each[name]]);
    const zero = points.map(({x}) => [x, 0]);
    for (const name of ["p", "g"]) area(density, list(name), zero, {class: `${name} area`});
    for (const name of ["p", "g"]) line(density, list(name), name);
    line(d, list("d"), "d");
    line(d, list("best"), "best");
    area(loss, list("least"), zero, {class: "least"});
    area(loss, list("half"), list("least"), hatched("js"));
    area(loss, list("loss"), list("least"), hatched("regret"));
    line(loss, list("half"), "half");
    line(loss, list("loss"), "loss");
  }
  // The loss may be far higher than that of D = 1/2, or infinite: then its top is cut off.
  function highest(points) {
    const half = Math.max(...points.map(each => each.half)),
      losses = points.map(({loss}) => loss).filter(Number.isFinite);
    return 1.1 * Math.min(Math.max(half, ...losses), 2.5 * half);
  }
  // The outcomes of the coins as steps over x: heads between 0 and 1, tails between 1 and 2. The
  // left half of an outcome has the bar of the data, and its right half that of G.
  function columns({data, model, D, best, losses, leasts, halves}) {
    return [0, 1].flatMap(i => {
      const none = {p: 0, g: 0, least: 0, loss: 0, half: 0, d: D[i], best: best[i]};
      const full = {...none, least: leasts[i], loss: losses[i], half: halves[i]};
      return [
        {...none, x: i + 0.08},
        {...full, x: i + 0.08, p: data[i]},
        {...full, x: i + 0.5, p: data[i]},
        {...full, x: i + 0.5, g: model[i]},
        {...full, x: i + 0.92, g: model[i]},
        {...none, x: i + 0.92},
        {...none, x: i + 1, d: NaN, best: NaN},
      ];
    });
  }

  // Two rows of arrows: where two losses of G move five of its samples. Returns how many pixels
  // lower they stand, because on a narrow page the words about a flat D take a row of their own.
  function drawMoves(group, {gm, gs, ...rest}, top, {width, narrow}) {
    const moved = numbers.curves(
        {gm, gs, ...rest},
        range(-1.6, 1.6, 4).map(h => gm + gs * h),
      ),
      {X} = places.density;
    const largest = Math.max(
      1e-9,
      ...moved.flatMap(({moves}) => Object.values(moves).map(Math.abs)),
    );
    // pixels of the longest arrow, and of a move of 1
    const unit = Math.max(24, 0.6 * gs * (X(1) - X(0))) / largest;
    const flat = largest <= 1e-9,
      lower = flat && narrow ? 22 : 0;
    group.append(title(LEFT - 36, top, text("moves-title")));
    if (flat)
      group.append(
        svg(
          "text",
          {class: "quiet", x: LEFT + width, y: top + lower, "text-anchor": "end"},
          text("moves-none"),
        ),
      );
    for (const [row, name] of ["saturating", "nonSaturating"].entries()) {
      const y = top + lower + 22 + 25 * row;
      group.append(svg("text", {x: LEFT - 36, y: y + 5}, text(`moves-${name}`)));
      for (const {x, moves} of moved) {
        const from = X(x),
          by = flat ? 0 : moves[name] * unit;
        if (from < LEFT + 60 || from > LEFT + width) continue;
        const tip = Math.sign(by) * Math.min(6, Math.abs(by)),
          half = 0.7 * Math.abs(tip);
        group.append(svg("circle", {class: "dot", cx: from, cy: y, r: 2.5}));
        if (Math.abs(by) < 1) continue;
        group.append(
          svg("path", {
            class: "arrow",
            d: `M${from} ${y}h${by}m${-tip} ${-half}l${tip} ${half}l${-tip} ${half}`,
          }),
        );
      }
    }
    return lower;
  }

  // ----------------------------------------------------------- handles: of p, of g, and of D

  function grip(name) {
    const first = ["p", "g", 6].includes(name),
      kind = typeof name === "string" ? name : "d";
    return svg(
      "g",
      {class: "grip", role: "slider", tabindex: first ? 0 : -1, "data-grip": name, "data-keys": ""},
      svg("circle", {class: "reach", r: 16}),
      svg("circle", {class: `line ${kind}`, r: 7}),
    );
  }
  const bells = ["p", "g"].map(grip),
    knots = HANDLES.map((_, i) => grip(i)),
    grips = svg("g", {}, bells, knots);

  // D at the handles in percent: as drawn, or read from the D that is shown.
  const percents = settings =>
    settings.d === "drawn"
      ? numbers.handleValues(settings.drawn)
      : numbers.curves(settings, HANDLES).map(({d}) => limited(Math.round(100 * d), 1, 99));

  function placeGrips(settings) {
    grips.style.display = settings.scene === "gaussians" ? "" : "none";
    if (settings.scene !== "gaussians") return;
    const put = (node, x, y, label, said, now, [min, max]) => {
      node.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
      const names = {label, valuetext: said, valuenow: now, valuemin: min, valuemax: max};
      for (const [name, value] of Object.entries(names)) node.setAttribute(`aria-${name}`, value);
    };
    for (const [i, node] of bells.entries()) {
      const name = "pg"[i],
        mean = settings[`${name}m`],
        std = settings[`${name}s`],
        {X, Y} = places.density;
      const said = text("grip-moments", {mean: number(mean), std: number(std)});
      put(
        node,
        X(mean),
        Y(1 / (std * Math.sqrt(2 * Math.PI))),
        text(`grip-${name}`),
        said,
        mean,
        [-4, 4],
      );
    }
    const values = percents(settings),
      {X, Y} = places.d;
    for (const [i, node] of knots.entries()) {
      put(
        node,
        X(HANDLES[i]),
        Y(values[i] / 100),
        text("grip-d", {x: number(HANDLES[i])}),
        `${values[i]} %`,
        values[i],
        [1, 99],
      );
    }
  }

  function setKnots(changes) {
    const values = percents(explorer.settings());
    for (const [i, value] of changes) values[i] = limited(Math.round(value), 1, 99);
    explorer.set({d: "drawn", drawn: values.join(",")});
  }
  function focusKnot(i) {
    const next = knots[limited(i, 0, knots.length - 1)];
    for (const node of knots) node.setAttribute("tabindex", node === next ? 0 : -1);
    next.focus();
  }
  grips.addEventListener("keydown", event => {
    const name = event.target.dataset.grip,
      settings = explorer.settings(),
      times = event.shiftKey ? 5 : 1;
    const [dx, dy] = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]}[
      event.key
    ] ?? [0, 0];
    const end = {Home: 1, End: 99}[event.key];
    if (name === "p" || name === "g") {
      if (!dx && !dy) return;
      explorer.set({
        [`${name}m`]: settings[`${name}m`] + 0.1 * times * dx,
        [`${name}s`]: settings[`${name}s`] - 0.05 * times * dy,
      });
    } else if (dx) focusKnot(Number(name) + dx);
    else if (dy || end)
      setKnots([[Number(name), end ?? percents(settings)[name] + 2 * times * dy]]);
    else return;
    event.preventDefault();
  });

  // --------------------------------------------------------------------------------- pointers

  const inData = (event, picture, place) => {
    const [x, y] = pointed(event, picture);
    return [place.x(x), place.y(y)];
  };
  const over = (event, picture, {left, top, width, height}) => {
    const [x, y] = pointed(event, picture);
    return x >= left && x <= left + width && y >= top - 8 && y <= top + height + 8;
  };
  // Begin a drag, and return whether there is something to drag.
  function grab(event, picture) {
    const {scene} = explorer.settings(),
      held = event.target.closest?.("[data-grip]"),
      name = held?.dataset.grip;
    dragged = null;
    if (name === "p" || name === "g") dragged = {kind: "bell", name};
    else if (over(event, picture, places.d)) {
      const from = inData(event, picture, places.d);
      dragged =
        scene === "coins"
          ? {kind: "coin", place: "d", name: from[0] < 1 ? "d1" : "d2"}
          : {kind: "curve", from};
    } else if (scene === "coins" && over(event, picture, places.density)) {
      const [x] = inData(event, picture, places.density);
      dragged = {kind: "coin", place: "density", name: x % 1 < 0.5 ? "p" : "g", tails: x > 1};
    }
    if (held) held.focus();
    return dragged !== null;
  }
  function drag(event, picture) {
    const {kind, name, place = {bell: "density", curve: "d"}[kind], tails, from} = dragged;
    const [x, y] = inData(event, picture, places[place]);
    if (kind === "bell")
      explorer.set({
        [`${name}m`]: x,
        [`${name}s`]: 1 / (Math.max(y, 1e-3) * Math.sqrt(2 * Math.PI)),
      });
    else if (kind === "coin") setCoin(place, name, limited(tails ? 1 - y : y, 0, 1));
    else {
      trace(from, [x, y]);
      dragged.from = [x, y];
    }
  }
  function setCoin(place, name, value) {
    const settings = explorer.settings(),
      [d1, d2] = numbers.coins(settings).D;
    explorer.set(place === "density" ? {[name]: value} : {d: "drawn", d1, d2, [name]: value});
  }
  // D follows the way of the pointer, at every handle that it passes, and at the nearest one.
  function trace([x0, y0], [x1, y1]) {
    const passed = [...HANDLES.keys()].filter(
      i => x0 !== x1 && (HANDLES[i] - x0) * (HANDLES[i] - x1) <= 0,
    );
    const nearest = [...HANDLES.keys()].sort(
      (i, j) => Math.abs(HANDLES[i] - x1) - Math.abs(HANDLES[j] - x1),
    )[0];
    setKnots([
      [nearest, 100 * y1],
      ...passed.map(i => [i, 100 * (y0 + ((HANDLES[i] - x0) / (x1 - x0)) * (y1 - y0))]),
    ]);
  }
  function drop() {
    dragged = null;
  }

  return {draw, grips, placeGrips, grab, drag, drop};
})();
