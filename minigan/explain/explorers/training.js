// Draws the recording of a training: densities or samples, D, and the losses, one column a future.
"use strict";
{
  const {
    data,
    control,
    limit,
    settings,
    steps,
    text,
    write,
    svg,
    html,
    number,
    code,
    live,
    onchange,
  } = window.explorer;
  const {numbers} = window,
    {measure} = window.plots,
    {drawLine, drawPlane} = window.states;
  const {CHARTS, heights, drawChart, chartLegend} = window.progress;
  const {games} = data,
    names = Object.keys(games);
  const at = id => document.getElementById(id),
    own = names[0] === "own";
  const isLine = game => game.known !== "plane";
  const points = Math.max(
    2,
    ...names.filter(name => isLine(games[name])).map(name => games[name].density.length),
  );

  control(
    own
      ? {id: "game", kind: "hidden", value: "own"}
      : {
          id: "game",
          kind: "choice",
          label: "game",
          value: names[0],
          options: names.map(value => ({value, label: `game-${value}`})),
        },
  );
  const others = own ? [] : Object.keys(games[names[0]].tracks).slice(1);
  control(
    own
      ? {id: "change", kind: "hidden", value: "own"}
      : {
          id: "change",
          kind: "choice",
          label: "change",
          value: others[0],
          buttons: true,
          options: others.map(value => ({value, label: value})),
        },
  );
  control(
    names.some(name => isLine(games[name]))
      ? {
          id: "place",
          kind: "slider",
          label: "place",
          min: 0,
          max: points - 1,
          value: Math.floor(points / 2),
          show: shownPlace,
        }
      : {id: "place", kind: "hidden", value: 0},
  );

  if (own) at("lead").dataset.text = "lead-own";
  const nameOf = change => (own ? games.own.name || text("own") : text(change));

  function shownPlace(place) {
    const game = games[settings().game],
      [low, high] = game.box;
    return isLine(game)
      ? `x = ${number(low + ((high - low) * place) / (game.density.length - 1), 2)}`
      : "";
  }

  // ------------------------------------------------------------------------- the columns

  let shape = "",
    columns = [];
  const picture = id => svg("svg", {class: "plot", role: "img", id});
  function build(game, changes) {
    columns = changes.map((change, k) => {
      const title = html("h2"),
        state = html("div", {class: "state"}),
        charts = html("div", {class: "charts"}),
        nodes = {};
      const add = (key, words, box) => {
        nodes[key] = picture(`${key}-${k}`);
        nodes[`${key}Legend`] = html("ul");
        state.append(
          html(
            "figure",
            {},
            html("figcaption", {"data-text": words}),
            box
              ? html("div", {class: box}, nodes[key], nodes[`${key}Legend`])
              : [nodes[`${key}Legend`], nodes[key]],
          ),
        );
      };
      if (isLine(game)) add("density", "densities");
      if (!isLine(game)) add("plane", game.single ? "plane-title" : "samples-title", "plane");
      else if (game.single) add("judge", game.logistic ? "judge-title" : "judge-output-title");
      if (!game.single)
        state.append(html("p", {"data-text": game.pairs ? "judges-pairs" : "judges-packs"}));
      const kinds = CHARTS[game.known].map((chart, n) => {
        const node = picture(`chart-${n}-${k}`),
          words = html("ul");
        charts.append(
          html(
            "figure",
            {},
            html("div", {class: "caption"}, html("figcaption", {"data-text": chart.title}), words),
            node,
          ),
        );
        return {chart, node, words};
      });
      return {
        box: html("section", {class: k ? "track changed" : "track"}, title, state, charts),
        title,
        nodes,
        kinds,
      };
    });
    at("tracks").className = changes.length > 1 ? "" : "one";
    at("tracks").replaceChildren(...columns.map(column => column.box));
    for (const node of at("tracks").querySelectorAll("[data-text]"))
      write(node, text(node.dataset.text));
  }

  function table(game, changes, sides) {
    const about = {
      batch: game.batch,
      samples: game.samples,
      error: (sides[0].numbers.error ?? 0).toExponential(0),
    };
    at("all")
      .querySelector("thead")
      .replaceChildren(
        html(
          "tr",
          {},
          html("th", {}, text("number")),
          changes.map(change => html("th", {scope: "col"}, nameOf(change))),
          html("th", {}, text("how-known")),
        ),
      );
    const rows = Object.entries(KNOWN).filter(([key]) =>
      sides.some(side => side.numbers[key] !== undefined && side.numbers[key] !== null),
    );
    at("all")
      .querySelector("tbody")
      .replaceChildren(
        ...rows.map(([key, [known, digits]]) =>
          html(
            "tr",
            {},
            html("th", {scope: "row"}, text(key)),
            sides.map(({numbers: found}) =>
              html("td", {class: "value"}, number(found[key] ?? NaN, digits)),
            ),
            html("td", {}, text(`known-${known}`, about)),
          ),
        ),
      );
  }
  const KNOWN = {
    batch_loss_D: ["estimate", 6],
    batch_loss_G: ["estimate-G", 6],
    loss: ["exact", 9],
    floor: ["exact", 9],
    regret: ["exact", 9],
    difference: ["check", 12],
    jsd: ["exact", 9],
    angle: ["angle", 2],
    modes: ["count", 0],
    high_quality: ["count", 3],
    jsd_bound: ["bound", 4],
  };

  const SOURCES = {
    shared: ["minigan/gan/game.py:Game._update_D", "minigan/gan/game.py:Game._update_G"],
    exact: [
      "minigan/gan/recorder.py:LineRecorder._look",
      "minigan/theory/game.py:decompose",
      "minigan/theory/game.py:optimal_logit",
    ],
    line: ["minigan/gan/recorder.py:LineRecorder._look"],
    plane: [
      "minigan/gan/recorder.py:PlaneRecorder._look",
      "minigan/metrics/modes.py:count_modes",
      "minigan/metrics/jsd_bound.py:JSDBound",
    ],
    "no-detach": ["minigan/explain/explorers/training_recording.py:_WithoutDetach"],
    "labels-swapped": ["minigan/explain/explorers/training_recording.py:_swap_labels"],
    "rate-x10": ["minigan/explain/explorers/training_recording.py:_learn_faster"],
  };

  function words(game, changes, {change}) {
    if (at("place")) limit("place", {visible: isLine(game)});
    const about = own ? game.words : text(`about-${change}-${game.known}`, {first: game.fork + 1});
    write(at("about"), about);
    const keys = [
      "good",
      "alone",
      ...(own ? [] : ["same-start"]),
      ...(game.known === "exact" ? ["parts"] : []),
      ...(isLine(game) ? ["angle", "place"] : ["numbers-at-modes", "bound"]),
      "estimate",
    ];
    at("answers").replaceChildren(
      ...keys.flatMap(key => [
        write(html("dt"), text(`ask-${key}`)),
        write(html("dd"), text(`answer-${key}`, {first: game.fork + 1})),
      ]),
    );
    at("programs").replaceChildren(
      ...[...SOURCES.shared, ...SOURCES[game.known], ...(SOURCES[change] ?? [])].map(key =>
        code(html("button", {type: "button"}), ...key.split(":")),
      ),
    );
  }

  function draw(step) {
    const chosen = settings(),
      game = games[chosen.game],
      changes = numbers.changes(chosen);
    const tracks = changes.map(change => numbers.track(chosen.game, change)),
      sides = numbers.all({...chosen, step});
    const wanted = [chosen.game, changes.length, window.explorer.language].join();
    if (wanted !== shape) {
      shape = wanted;
      build(game, changes);
    }
    measure();
    columns.forEach(({title, nodes, kinds}, k) => {
      const found = sides[k];
      title.textContent = text(k && found.update <= game.fork ? "still-equal" : "column", {
        change: nameOf(changes[k]),
        update: found.update,
      });
      (isLine(game) ? drawLine : drawPlane)(
        game,
        tracks,
        tracks[k],
        Math.min(step, tracks[k].updates.length - 1),
        found,
        nodes,
      );
      kinds.forEach(kind => {
        kind.words.replaceWith((kind.words = chartLegend(kind.chart, game, found)));
        const y = heights(kind.chart, game, tracks),
          go = player.go;
        drawChart({...kind, game, track: tracks[k], step, y, go});
      });
    });
    table(game, changes, sides);
    const said = sides.map(({update, numbers: found}, k) => {
      const column = text("column", {change: nameOf(changes[k]), update});
      return `${column}: ${text("batch_loss_D")} ${number(found.batch_loss_D)}`;
    });
    live(said.join("; "));
  }

  onchange(chosen => words(games[chosen.game], numbers.changes(chosen), chosen));
  const player = steps({
    count: () => numbers.track(settings().game, numbers.changes(settings())[0]).updates.length,
    at: draw,
    seconds: matchMedia("(prefers-reduced-motion: reduce)").matches ? 1 : 0.2,
  });
}
