// The charts of a training over its updates: which lines they have, their axes, and their legends.
"use strict";
window.progress = (() => {
  const {text, svg, number} = window.explorer;
  const {numbers} = window,
    {plot, path, joined, legend, once} = window.plots;

  const D_LOSS = {key: "batch_loss_D", words: "short-D", style: {colour: "--data", width: 2}};
  const G_LOSS = {
    key: "batch_loss_G",
    words: "short-G",
    style: {colour: "--model", width: 2, dash: "6 3"},
  };
  const LOSSES = {title: "losses", losses: true, lines: [D_LOSS, G_LOSS]};
  const JSD = {
    title: "jsd-title",
    lines: [{key: "jsd", words: "is-exact", style: {colour: "--data", width: 2.5}}],
  };
  const ANGLE = {
    title: "angle-title",
    lines: [{key: "angle", words: "is-estimate", digits: 1, style: {colour: "--weight", width: 2}}],
  };
  const PARTS = {
    title: "loss-parts",
    losses: true,
    lines: [
      {key: "batch_loss_D", words: "short-batch", style: {colour: "--other", width: 1.2}},
      {key: "loss", words: "short-loss", style: {colour: "--output", width: 3.5}},
      {key: "floor", words: "short-floor", style: {colour: "--ink", width: 2, dash: "7 4"}},
      {key: "regret", words: "short-regret", style: {colour: "--model", width: 2, dash: "2 3"}},
    ],
  };
  const CHARTS = {
    exact: [PARTS, JSD, ANGLE],
    line: [LOSSES, JSD, ANGLE],
    plane: [
      LOSSES,
      {
        title: "jsd-bound-title",
        top: Math.log(2),
        lines: [{key: "jsd_bound", words: "is-bound", style: {colour: "--weight", width: 2.5}}],
      },
      {
        title: "modes-title",
        lines: [
          {key: "modes", words: "is-count", digits: 0, style: {colour: "--output", width: 2.5}},
        ],
      },
      {
        title: "near-title",
        lines: [
          {key: "high_quality", words: "is-count", digits: 3, style: {colour: "--data", width: 2}},
        ],
      },
    ],
  };
  const LEVEL = {colour: "--soft", width: 1.5, dash: "1 4"};

  // The common axis of all sides; it reaches at most 2.5 times as far as that of the first side.
  function heights({lines, top, losses}, game, tracks) {
    if (top !== undefined) return [0, 1.1 * top];
    const of = track =>
      once(track, `range ${lines.map(({key}) => key)}`, () =>
        numbers.range(lines.map(({key}) => track.numbers[key])),
      );
    const [low, high] = of(tracks[0]),
      all = tracks.map(of),
      size = high - low;
    const level = losses && game.cannotTell ? [game.cannotTell.loss_D] : [];
    const ends = [
      Math.max(low - 1.5 * size, Math.min(...all.map(span => span[0]))),
      Math.min(high + 1.5 * size, Math.max(...all.map(span => span[1]))),
    ];
    return [Math.min(ends[0], ...level), 1.06 * Math.max(ends[1], ...level)];
  }

  // Draw a chart; a click on it calls go(step) with the frame whose update is nearest.
  function drawChart({chart, game, track, step, y, node, go}) {
    const {updates} = track,
      x = [0, updates.at(-1)],
      now = updates[step];
    const high = chart.lines.some(({key}) => track.numbers[key][step] > y[1])
      ? text("above")
      : chart.lines.some(({key}) => track.numbers[key][step] < y[0])
        ? text("below")
        : "";
    const values = chart.lines.map(({key, digits = 4}) => {
      return `${text(key)} ${number(track.numbers[key][step] ?? NaN, digits)}`;
    });
    const label = `${text(chart.title)}: ${values.join(", ")}`;
    const {X} = plot(
      node,
      {x, y, label, mark: high, xname: text("update")},
      (X, Y, {top, down}) => {
        const known = chart.lines.some(({key}) => track.numbers[key].some(v => v !== null));
        const bound = track.numbers[chart.lines[0].key];
        const shade =
          chart.top === undefined || !known
            ? null
            : svg("path", {
                "data-shade": chart.lines[0].key,
                fill: `var(${chart.lines[0].style.colour})`,
                "fill-opacity": 0.2,
                d: `${joined(X, Y, updates, bound)}V${Y(chart.top)}H${X(updates[0])}Z`,
              });
        const level =
          chart.losses && game.cannotTell
            ? path(`M${X(0)} ${Y(game.cannotTell.loss_D)}H${X(x[1])}`, LEVEL)
            : null;
        return [
          shade,
          level,
          ...chart.lines.map(({key, style}) =>
            path(joined(X, Y, updates, track.numbers[key]), style, {"data-curve": key}),
          ),
          game.fork
            ? path(`M${X(game.fork + 1)} ${top}v${down}`, {
                colour: "--soft",
                width: 1.5,
                dash: "4 4",
              })
            : null,
          path(`M${X(now)} ${top}v${down}`, {colour: "--ink", width: 1}),
          ...chart.lines
            .filter(({key}) => track.numbers[key][step] !== null)
            .map(({key, style}) =>
              svg("circle", {
                cx: X(now),
                cy: Y(track.numbers[key][step]),
                r: 4,
                fill: `var(${style.colour})`,
              }),
            ),
        ].filter(Boolean);
      },
    );
    node.onclick = event => {
      const at = event.offsetX * (node.viewBox.baseVal.width / node.clientWidth);
      const gaps = updates.map(update => Math.abs(X(update) - at));
      go(gaps.indexOf(Math.min(...gaps)));
    };
  }

  function chartLegend(chart, game, found) {
    const level =
      chart.losses && game.cannotTell
        ? [{style: LEVEL, words: text("cannot-tell"), value: number(game.cannotTell.loss_D)}]
        : [];
    return legend([
      ...chart.lines.map(({key, words, digits = 4, style}) => ({
        style,
        words: `${text(words, game)}:`,
        value: number(found.numbers[key] ?? NaN, digits),
      })),
      ...level,
    ]);
  }

  return {CHARTS, heights, drawChart, chartLegend};
})();
