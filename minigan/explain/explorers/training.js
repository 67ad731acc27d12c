// Draws the recording of a training: densities or samples, D, and the losses, one column a future.
"use strict";
{
  const {data, control, limit, settings, steps, text, write, svg, html, number, code, live, onchange} = window.explorer;
  const {numbers, plots: {plot, path, joined, even, legend, heat, measure}} = window, {games} = data, names = Object.keys(games);
  const at = id => document.getElementById(id), own = names[0] === "own";
  const isLine = game => game.known !== "plane";
  const points = Math.max(2, ...names.filter(name => isLine(games[name])).map(name => games[name].density.length));

  control(own ? {id: "game", kind: "hidden", value: "own"}
    : {id: "game", kind: "choice", label: "game", value: names[0], options: names.map(value => ({value, label: `game-${value}`}))});
  const others = own ? [] : Object.keys(games[names[0]].tracks).slice(1);
  control(own ? {id: "change", kind: "hidden", value: "own"}
    : {id: "change", kind: "choice", label: "change", value: others[0], buttons: true, options: others.map(value => ({value, label: value}))});
  control(names.some(name => isLine(games[name]))
    ? {id: "place", kind: "slider", label: "place", min: 0, max: points - 1, value: Math.floor(points / 2), show: shownPlace}
    : {id: "place", kind: "hidden", value: 0});

  if (own) at("lead").dataset.text = "lead-own";
  const nameOf = change => own ? games.own.name || text("own") : text(change);

  function shownPlace(place) {
    const game = games[settings().game], [low, high] = game.box;
    return isLine(game) ? `x = ${number(low + (high - low) * place / (game.density.length - 1), 2)}` : "";
  }

  // What is computed once for a track, by name.
  const results = new WeakMap();
  function once(track, name, compute) {
    if (!results.has(track)) results.set(track, new Map());
    const kept = results.get(track);
    if (!kept.has(name)) kept.set(name, compute());
    return kept.get(name);
  }

  // ------------------------------------------------------------------------------ lines

  const D_LOSS = {key: "batch_loss_D", words: "short-D", style: {colour: "--data", width: 2}};
  const G_LOSS = {key: "batch_loss_G", words: "short-G", style: {colour: "--model", width: 2, dash: "6 3"}};
  const LOSSES = {title: "losses", losses: true, lines: [D_LOSS, G_LOSS]};
  const JSD = {title: "jsd-title", lines: [{key: "jsd", words: "is-exact", style: {colour: "--data", width: 2.5}}]};
  const ANGLE = {title: "angle-title", lines: [{key: "angle", words: "is-estimate", digits: 1, style: {colour: "--weight", width: 2}}]};
  const PARTS = {title: "loss-parts", losses: true, lines: [
    {key: "batch_loss_D", words: "short-batch", style: {colour: "--other", width: 1.2}},
    {key: "loss", words: "short-loss", style: {colour: "--output", width: 3.5}},
    {key: "floor", words: "short-floor", style: {colour: "--ink", width: 2, dash: "7 4"}},
    {key: "regret", words: "short-regret", style: {colour: "--model", width: 2, dash: "2 3"}},
  ]};
  const CHARTS = {
    exact: [PARTS, JSD, ANGLE],
    line: [LOSSES, JSD, ANGLE],
    plane: [
      LOSSES,
      {title: "jsd-bound-title", top: Math.log(2), lines: [{key: "jsd_bound", words: "is-bound", style: {colour: "--weight", width: 2.5}}]},
      {title: "modes-title", lines: [{key: "modes", words: "is-count", digits: 0, style: {colour: "--output", width: 2.5}}]},
      {title: "near-title", lines: [{key: "high_quality", words: "is-count", digits: 3, style: {colour: "--data", width: 2}}]},
    ],
  };
  const P = {colour: "--data", width: 2.2}, G = {colour: "--model", width: 2.2, dash: "7 3"};
  const D = {colour: "--output", width: 4}, BEST = {colour: "--ink", width: 1.6, dash: "6 4"}, LEVEL = {colour: "--soft", width: 1.5, dash: "1 4"};
  // ----------------------------------------------------------------------------- states

  // The height that all sides have for the densities: at most 3 times the peak of the data.
  function densityTop(game, tracks) {
    const peak = Math.max(...game.density), tops = tracks.map(track => once(track, "top", () => {
      const peaks = track.arrays.density.map(values => Math.max(...values)).sort((a, b) => a - b);
      return peaks[Math.floor(0.9 * (peaks.length - 1))];
    }));
    return 1.1 * Math.min(3 * peak, Math.max(peak, ...tops));
  }

  function drawLine(game, tracks, track, step, found, nodes) {
    const xs = even(game.box, game.density.length), g = track.arrays.density[step], top = densityTop(game, tracks), {place} = found;
    const cursor = (X, {top: start, down}) => path(`M${X(place.x)} ${start}v${down}`, {colour: "--ink", width: 1});
    plot(nodes.density, {x: game.box, y: [-0.14 * top, top], label: text("density-label", {p: number(place.p), g: number(place.g), x: number(place.x, 2)}), xname: "x =", mark: found.samples.std < xs[1] - xs[0] ? text("narrow") : ""}, (X, Y, area) => [
      path(joined(X, Y, xs, game.density), P, {"data-curve": "p"}), path(joined(X, Y, xs, g), G, {"data-curve": "g"}),
      path(track.arrays.samples[step].map(v => `M${X(v).toFixed(1)} ${Y(-0.03 * top)}V${Y(-0.12 * top)}`).join(""), {colour: "--model", width: 1}, {"stroke-opacity": 0.45}),
      cursor(X, area)]);
    nodes.densityLegend.replaceWith(nodes.densityLegend = legend([
      {style: P, words: text("p"), value: number(place.p)}, {style: G, words: text("g"), value: number(place.g)},
      {words: text(found.samples.outside ? "drawn-outside" : "drawn", {...found.samples, mean: number(found.samples.mean, 2), std: number(found.samples.std)})}]));
    if (!game.single) return;
    const span = game.logistic ? [0, 1] : once(track, "output", () => numbers.range([...track.arrays.output, ...(track.arrays.best ?? [])]));
    plot(nodes.judge, {x: game.box, y: span, label: text("judge-label", {D: number(place.D), x: number(place.x, 2)}), xname: "x ="}, (X, Y, area) => [
      path(joined(X, Y, xs, track.arrays.output[step]), D, {"data-curve": "d"}),
      track.arrays.best ? path(joined(X, Y, xs, track.arrays.best[step]), BEST, {"data-curve": "best"}) : null, cursor(X, area)].filter(Boolean));
    nodes.judgeLegend.replaceWith(nodes.judgeLegend = legend([
      {style: D, words: text(game.logistic ? "D" : "D-output"), value: number(place.D)},
      ...(place.best === undefined ? [] : [{style: BEST, words: text(game.penalty ? "best-unpenalised" : "best"), value: number(place.best)}])]));
  }

  function drawPlane(game, tracks, track, step, found, nodes) {
    const samples = track.arrays.samples[step], {near, counts} = found.samples, middle = (game.box[0] + game.box[1]) / 2;
    const reach = game.logistic ? [0, 1] : once(track, "output", () => numbers.range(track.arrays.output ?? [[0, 1]]));
    plot(nodes.plane, {x: game.box, y: game.box, square: true, label: text("plane-label", {...found.samples, near: near.join(", ")}), mark: found.samples.outside ? text("outside-mark", found.samples) : ""}, (X, Y) => {
      const half = game.map ? (game.map[1] - game.map[0]) / (game.side - 1) / 2 : 0;
      const size = game.map ? X(game.map[1] + half) - X(game.map[0] - half) : 0;
      const dots = [];
      for (let n = 0; n < samples.length; n += 2) dots.push(`M${X(samples[n]).toFixed(1)} ${Y(samples[n + 1]).toFixed(1)}h0`);
      return [
        game.single ? svg("image", {href: heat(track.arrays.output[step], game.side, reach), x: X(game.map[0] - half), y: Y(game.map[1] + half), width: size, height: size}) : null,
        ...game.centers.map(([x, y]) => path(`M${X(x) - 7} ${Y(y)}h14m-7 -7v14`, {colour: "--ink", width: 1})),
        path(dots.join(""), {colour: "--paper", width: 6}, {"stroke-linecap": "round"}),
        path(dots.join(""), {colour: "--ink", width: 3.6}, {"stroke-linecap": "round"}),
        ...(game.centers.length > 9 ? [] : game.centers.map(([x, y], k) => {
          const length = Math.hypot(x - middle, y - middle) || 1, out = 24;
          return svg("text", {class: "halo", x: X(x) - out * (x - middle) / length, y: Y(y) + out * (y - middle) / length + 6, "text-anchor": "middle"}, `${near[k]}`);
        })),
      ].filter(Boolean);
    });
    const dot = svg("svg", {viewBox: "0 0 28 12", "aria-hidden": "true"}, svg("circle", {cx: 14, cy: 6, r: 4, fill: "var(--ink)"}));
    const cross = svg("svg", {viewBox: "0 0 28 12", "aria-hidden": "true"}, path("M8 6h12m-6 -6v12", {colour: "--ink", width: 1.5}));
    nodes.planeLegend.replaceWith(nodes.planeLegend = legend([
      {mark: dot, words: text("samples", found.samples)}, {mark: cross, words: text("mode", {count: counts.length})},
      ...(game.single ? [{mark: html("span", {class: "scale"}), words: ` ${text(game.logistic ? "scale" : "scale-output", {low: number(reach[0], 2), high: number(reach[1], 2)})}`}] : [])]));
  }

  // ----------------------------------------------------------------------------- charts

  // The common axis of all sides; it reaches at most 2.5 times as far as that of the first side.
  function heights({lines, top, losses}, game, tracks) {
    if (top !== undefined) return [0, 1.1 * top];
    const of = track => once(track, `range ${lines.map(({key}) => key)}`, () => numbers.range(lines.map(({key}) => track.numbers[key])));
    const [low, high] = of(tracks[0]), all = tracks.map(of), size = high - low;
    const level = losses && game.cannotTell ? [game.cannotTell.loss_D] : [];
    const ends = [Math.max(low - 1.5 * size, Math.min(...all.map(span => span[0]))), Math.min(high + 1.5 * size, Math.max(...all.map(span => span[1])))];
    return [Math.min(ends[0], ...level), 1.06 * Math.max(ends[1], ...level)];
  }

  function drawChart(chart, game, track, step, y, node) {
    const {updates} = track, x = [0, updates.at(-1)], now = updates[step];
    const high = chart.lines.some(({key}) => track.numbers[key][step] > y[1]) ? text("above") : chart.lines.some(({key}) => track.numbers[key][step] < y[0]) ? text("below") : "";
    const label = `${text(chart.title)}: ${chart.lines.map(({key, digits = 4}) => `${text(key)} ${number(track.numbers[key][step] ?? NaN, digits)}`).join(", ")}`;
    const {X} = plot(node, {x, y, label, mark: high, xname: text("update")}, (X, Y, {top, down}) => {
      const known = chart.lines.some(({key}) => track.numbers[key].some(v => v !== null));
      const shade = chart.top === undefined || !known ? null : svg("path", {"data-shade": chart.lines[0].key, fill: `var(${chart.lines[0].style.colour})`, "fill-opacity": 0.2,
        d: `${joined(X, Y, updates, track.numbers[chart.lines[0].key])}V${Y(chart.top)}H${X(updates[0])}Z`});
      const level = chart.losses && game.cannotTell ? path(`M${X(0)} ${Y(game.cannotTell.loss_D)}H${X(x[1])}`, LEVEL) : null;
      return [shade, level, ...chart.lines.map(({key, style}) => path(joined(X, Y, updates, track.numbers[key]), style, {"data-curve": key})),
        game.fork ? path(`M${X(game.fork + 1)} ${top}v${down}`, {colour: "--soft", width: 1.5, dash: "4 4"}) : null,
        path(`M${X(now)} ${top}v${down}`, {colour: "--ink", width: 1}),
        ...chart.lines.filter(({key}) => track.numbers[key][step] !== null).map(({key, style}) => svg("circle", {cx: X(now), cy: Y(track.numbers[key][step]), r: 4, fill: `var(${style.colour})`}))].filter(Boolean);
    });
    node.onclick = event => {  // the frame whose update is nearest
      const at = event.offsetX * (node.viewBox.baseVal.width / node.clientWidth);
      const gaps = updates.map(update => Math.abs(X(update) - at));
      player.go(gaps.indexOf(Math.min(...gaps)));
    };
  }

  function chartLegend(chart, game, found) {
    const level = chart.losses && game.cannotTell ? [{style: LEVEL, words: text("cannot-tell"), value: number(game.cannotTell.loss_D)}] : [];
    return legend([...chart.lines.map(({key, words, digits = 4, style}) => (
      {style, words: `${text(words, game)}:`, value: number(found.numbers[key] ?? NaN, digits)})), ...level]);
  }

  // ------------------------------------------------------------------------- the columns

  let shape = "", columns = [];
  const picture = id => svg("svg", {class: "plot", role: "img", id});
  function build(game, changes) {
    columns = changes.map((change, k) => {
      const title = html("h2"), state = html("div", {class: "state"}), charts = html("div", {class: "charts"}), nodes = {};
      const add = (key, words, box) => {
        nodes[key] = picture(`${key}-${k}`);
        nodes[`${key}Legend`] = html("ul");
        state.append(html("figure", {}, html("figcaption", {"data-text": words}), box ? html("div", {class: box}, nodes[key], nodes[`${key}Legend`]) : [nodes[`${key}Legend`], nodes[key]]));
      };
      if (isLine(game)) add("density", "densities");
      if (!isLine(game)) add("plane", game.single ? "plane-title" : "samples-title", "plane");
      else if (game.single) add("judge", game.logistic ? "judge-title" : "judge-output-title");
      if (!game.single) state.append(html("p", {"data-text": game.pairs ? "judges-pairs" : "judges-packs"}));
      const kinds = CHARTS[game.known].map((chart, n) => {
        const node = picture(`chart-${n}-${k}`), words = html("ul");
        charts.append(html("figure", {}, html("div", {class: "caption"}, html("figcaption", {"data-text": chart.title}), words), node));
        return {chart, node, words};
      });
      return {box: html("section", {class: k ? "track changed" : "track"}, title, state, charts), title, nodes, kinds};
    });
    at("tracks").className = changes.length > 1 ? "" : "one";
    at("tracks").replaceChildren(...columns.map(column => column.box));
    for (const node of at("tracks").querySelectorAll("[data-text]")) write(node, text(node.dataset.text));
  }

  function table(game, changes, sides) {
    const about = {batch: game.batch, samples: game.samples, error: (sides[0].numbers.error ?? 0).toExponential(0)};
    at("all").querySelector("thead").replaceChildren(html("tr", {}, html("th", {}, text("number")), changes.map(change => html("th", {scope: "col"}, nameOf(change))), html("th", {}, text("how-known"))));
    const rows = Object.entries(KNOWN).filter(([key]) => sides.some(side => side.numbers[key] !== undefined && side.numbers[key] !== null));
    at("all").querySelector("tbody").replaceChildren(...rows.map(([key, [known, digits]]) => html("tr", {}, html("th", {scope: "row"}, text(key)),
      sides.map(({numbers: found}) => html("td", {class: "value"}, number(found[key] ?? NaN, digits))), html("td", {}, text(`known-${known}`, about)))));
  }
  const KNOWN = {
    batch_loss_D: ["estimate", 6], batch_loss_G: ["estimate-G", 6], loss: ["exact", 9], floor: ["exact", 9], regret: ["exact", 9], difference: ["check", 12],
    jsd: ["exact", 9], angle: ["angle", 2], modes: ["count", 0], high_quality: ["count", 3], jsd_bound: ["bound", 4],
  };

  const SOURCES = {
    shared: ["minigan/gan/game.py:Game._update_D", "minigan/gan/game.py:Game._update_G"],
    exact: ["minigan/gan/recorder.py:LineRecorder._look", "minigan/theory/game.py:decompose", "minigan/theory/game.py:optimal_logit"],
    line: ["minigan/gan/recorder.py:LineRecorder._look"],
    plane: ["minigan/gan/recorder.py:PlaneRecorder._look", "minigan/metrics/modes.py:count_modes", "minigan/metrics/jsd_bound.py:JSDBound"],
    "no-detach": ["minigan/explain/explorers/training_recording.py:_WithoutDetach"],
    "labels-swapped": ["minigan/explain/explorers/training_recording.py:_swap_labels"],
    "rate-x10": ["minigan/explain/explorers/training_recording.py:_learn_faster"],
  };

  function words(game, changes, {change}) {
    if (at("place")) limit("place", {visible: isLine(game)});
    const about = own ? game.words : text(`about-${change}-${game.known}`, {first: game.fork + 1});
    write(at("about"), about);
    const keys = ["good", "alone", ...(own ? [] : ["same-start"]), ...(game.known === "exact" ? ["parts"] : []), ...(isLine(game) ? ["angle", "place"] : ["numbers-at-modes", "bound"]), "estimate"];
    at("answers").replaceChildren(...keys.flatMap(key => [write(html("dt"), text(`ask-${key}`)), write(html("dd"), text(`answer-${key}`, {first: game.fork + 1}))]));
    at("programs").replaceChildren(...[...SOURCES.shared, ...SOURCES[game.known], ...(SOURCES[change] ?? [])].map(key => code(html("button", {type: "button"}), ...key.split(":"))));
  }

  function draw(step) {
    const chosen = settings(), game = games[chosen.game], changes = numbers.changes(chosen);
    const tracks = changes.map(change => numbers.track(chosen.game, change)), sides = numbers.all({...chosen, step});
    const wanted = [chosen.game, changes.length, window.explorer.language].join();
    if (wanted !== shape) { shape = wanted; build(game, changes); }
    measure();
    columns.forEach(({title, nodes, kinds}, k) => {
      const found = sides[k];
      title.textContent = text(k && found.update <= game.fork ? "still-equal" : "column", {change: nameOf(changes[k]), update: found.update});
      (isLine(game) ? drawLine : drawPlane)(game, tracks, tracks[k], Math.min(step, tracks[k].updates.length - 1), found, nodes);
      kinds.forEach(kind => {
        kind.words.replaceWith(kind.words = chartLegend(kind.chart, game, found));
        drawChart(kind.chart, game, tracks[k], step, heights(kind.chart, game, tracks), kind.node);
      });
    });
    table(game, changes, sides);
    live(sides.map((side, k) => `${text("column", {change: nameOf(changes[k]), update: side.update})}: ${text("batch_loss_D")} ${number(side.numbers.batch_loss_D)}`).join("; "));
  }

  onchange(chosen => words(games[chosen.game], numbers.changes(chosen), chosen));
  const player = steps({
    count: () => numbers.track(settings().game, numbers.changes(settings())[0]).updates.length,
    at: draw, seconds: matchMedia("(prefers-reduced-motion: reduce)").matches ? 1 : 0.2,
  });
}
