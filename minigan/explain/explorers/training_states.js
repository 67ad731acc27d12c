// The state of a training in one frame: densities and D on a line, or samples over D in the plane.
"use strict";
window.states = (() => {
  const {text, svg, html, number} = window.explorer;
  const {numbers} = window,
    {plot, path, joined, even, legend, heat, once} = window.plots;

  const P = {colour: "--data", width: 2.2};
  const G = {colour: "--model", width: 2.2, dash: "7 3"};
  const D = {colour: "--output", width: 4};
  const BEST = {colour: "--ink", width: 1.6, dash: "6 4"};

  // The height that all sides have for the densities: at most 3 times the peak of the data.
  function densityTop(game, tracks) {
    const peak = Math.max(...game.density),
      tops = tracks.map(track =>
        once(track, "top", () => {
          const peaks = track.arrays.density
            .map(values => Math.max(...values))
            .sort((a, b) => a - b);
          return peaks[Math.floor(0.9 * (peaks.length - 1))];
        }),
      );
    return 1.1 * Math.min(3 * peak, Math.max(peak, ...tops));
  }

  function drawLine(game, tracks, track, step, found, nodes) {
    const xs = even(game.box, game.density.length),
      g = track.arrays.density[step],
      top = densityTop(game, tracks),
      {place} = found;
    const cursor = (X, {top: start, down}) =>
      path(`M${X(place.x)} ${start}v${down}`, {colour: "--ink", width: 1});
    plot(
      nodes.density,
      {
        x: game.box,
        y: [-0.14 * top, top],
        label: text("density-label", {
          p: number(place.p),
          g: number(place.g),
          x: number(place.x, 2),
        }),
        xname: "x =",
        mark: found.samples.std < xs[1] - xs[0] ? text("narrow") : "",
      },
      (X, Y, area) => [
        path(joined(X, Y, xs, game.density), P, {"data-curve": "p"}),
        path(joined(X, Y, xs, g), G, {"data-curve": "g"}),
        path(
          track.arrays.samples[step]
            .map(v => `M${X(v).toFixed(1)} ${Y(-0.03 * top)}V${Y(-0.12 * top)}`)
            .join(""),
          {colour: "--model", width: 1},
          {"stroke-opacity": 0.45},
        ),
        cursor(X, area),
      ],
    );
    nodes.densityLegend.replaceWith(
      (nodes.densityLegend = legend([
        {style: P, words: text("p"), value: number(place.p)},
        {style: G, words: text("g"), value: number(place.g)},
        {
          words: text(found.samples.outside ? "drawn-outside" : "drawn", {
            ...found.samples,
            mean: number(found.samples.mean, 2),
            std: number(found.samples.std),
          }),
        },
      ])),
    );
    if (!game.single) return;
    const span = game.logistic
      ? [0, 1]
      : once(track, "output", () =>
          numbers.range([...track.arrays.output, ...(track.arrays.best ?? [])]),
        );
    plot(
      nodes.judge,
      {
        x: game.box,
        y: span,
        label: text("judge-label", {D: number(place.D), x: number(place.x, 2)}),
        xname: "x =",
      },
      (X, Y, area) =>
        [
          path(joined(X, Y, xs, track.arrays.output[step]), D, {"data-curve": "d"}),
          track.arrays.best
            ? path(joined(X, Y, xs, track.arrays.best[step]), BEST, {"data-curve": "best"})
            : null,
          cursor(X, area),
        ].filter(Boolean),
    );
    nodes.judgeLegend.replaceWith(
      (nodes.judgeLegend = legend([
        {style: D, words: text(game.logistic ? "D" : "D-output"), value: number(place.D)},
        ...(place.best === undefined
          ? []
          : [
              {
                style: BEST,
                words: text(game.penalty ? "best-unpenalised" : "best"),
                value: number(place.best),
              },
            ]),
      ])),
    );
  }

  function drawPlane(game, tracks, track, step, found, nodes) {
    const samples = track.arrays.samples[step],
      {near, counts} = found.samples,
      middle = (game.box[0] + game.box[1]) / 2;
    const reach = game.logistic
      ? [0, 1]
      : once(track, "output", () => numbers.range(track.arrays.output ?? [[0, 1]]));
    plot(
      nodes.plane,
      {
        x: game.box,
        y: game.box,
        square: true,
        label: text("plane-label", {...found.samples, near: near.join(", ")}),
        mark: found.samples.outside ? text("outside-mark", found.samples) : "",
      },
      (X, Y) => {
        const half = game.map ? (game.map[1] - game.map[0]) / (game.side - 1) / 2 : 0;
        const size = game.map ? X(game.map[1] + half) - X(game.map[0] - half) : 0;
        const dots = [];
        for (let n = 0; n < samples.length; n += 2)
          dots.push(`M${X(samples[n]).toFixed(1)} ${Y(samples[n + 1]).toFixed(1)}h0`);
        return [
          game.single
            ? svg("image", {
                href: heat(track.arrays.output[step], game.side, reach),
                x: X(game.map[0] - half),
                y: Y(game.map[1] + half),
                width: size,
                height: size,
              })
            : null,
          ...game.centers.map(([x, y]) =>
            path(`M${X(x) - 7} ${Y(y)}h14m-7 -7v14`, {colour: "--ink", width: 1}),
          ),
          path(dots.join(""), {colour: "--paper", width: 6}, {"stroke-linecap": "round"}),
          path(dots.join(""), {colour: "--ink", width: 3.6}, {"stroke-linecap": "round"}),
          ...(game.centers.length > 9
            ? []
            : game.centers.map(([x, y], k) => {
                const length = Math.hypot(x - middle, y - middle) || 1,
                  out = 24;
                return svg(
                  "text",
                  {
                    class: "halo",
                    x: X(x) - (out * (x - middle)) / length,
                    y: Y(y) + (out * (y - middle)) / length + 6,
                    "text-anchor": "middle",
                  },
                  `${near[k]}`,
                );
              })),
        ].filter(Boolean);
      },
    );
    const ends = {low: number(reach[0], 2), high: number(reach[1], 2)};
    const dot = svg(
      "svg",
      {viewBox: "0 0 28 12", "aria-hidden": "true"},
      svg("circle", {cx: 14, cy: 6, r: 4, fill: "var(--ink)"}),
    );
    const cross = svg(
      "svg",
      {viewBox: "0 0 28 12", "aria-hidden": "true"},
      path("M8 6h12m-6 -6v12", {colour: "--ink", width: 1.5}),
    );
    nodes.planeLegend.replaceWith(
      (nodes.planeLegend = legend([
        {mark: dot, words: text("samples", found.samples)},
        {mark: cross, words: text("mode", {count: counts.length})},
        ...(game.single
          ? [
              {
                mark: html("span", {class: "scale"}),
                words: ` ${text(game.logistic ? "scale" : "scale-output", ends)}`,
              },
            ]
          : []),
      ])),
    );
  }

  return {drawLine, drawPlane};
})();
