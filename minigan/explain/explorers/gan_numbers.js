// The numbers of the game, from settings: no drawing here. Each quantity is a sum or an integral of
// its own, with the same terms as minigan/theory/summands.py. A logarithm of a density is written
// lp (of the data) or lg (of the model), and D enters as log D and log(1 - D), so no ratio
// overflows.
"use strict";
window.numbers = (() => {
  const {nodes, weights, cuts: CUTS, handles: HANDLES, learned, standard} = explorer.data;
  const LN2 = Math.LN2,
    sum = values => values.reduce((total, value) => total + value, 0);
  const softplus = a => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));
  const times = (p, x) => (p > 0 ? p * x : 0); // 0 times infinity is 0
  const logSigmoids = logit => [-softplus(-logit), -softplus(logit)];
  const logRatio = (lp, lg) => (lp === -Infinity && lg === -Infinity ? 0 : lp - lg);

  // ---------------------------------------------------------------- integrals over the whole line

  // The rule of minigan/theory/quadrature.py: the same nodes, panels and halvings.
  function pieces(cuts) {
    const gaps = cuts.slice(1).map((cut, i) => cut - cuts[i]);
    const start = [cuts[0], ...cuts],
      length = [-gaps[0], ...gaps, gaps.at(-1)],
      last = start.length - 1;
    return (f, {piece, left, right}) => {
      const tail = piece === 0 || piece === last,
        half = (right - left) / 2;
      let value = 0,
        size = 0;
      for (let i = 0; i < nodes.length; i++) {
        const t = left + half * (1 + nodes[i]);
        const x = start[piece] + (length[piece] * (tail ? 1 - t : t)) / (tail ? t : 1);
        const part = (weights[i] * half * f(x) * Math.abs(length[piece])) / (tail ? t * t : 1);
        value += part;
        size += Math.abs(part);
      }
      return {value, size};
    };
  }

  function integrate(f, cuts, tolerance = 1e-12) {
    const rule = pieces(cuts),
      PANELS = 4096,
      ROUNDING = 32 * Number.EPSILON;
    let panels = Array.from({length: cuts.length + 1}, (_, piece) => ({piece, left: 0, right: 1}));
    for (const panel of panels) panel.whole = rule(f, panel).value;
    let value = 0,
      error = 0;
    for (let round = 0; panels.length && round < 48; round++) {
      const found = panels.map(panel => {
        const middle = (panel.left + panel.right) / 2;
        const halves = [
          {...panel, right: middle},
          {...panel, left: middle},
        ];
        const parts = halves.map(half => rule(f, half));
        halves.forEach((half, i) => {
          half.whole = parts[i].value;
        });
        const total = parts[0].value + parts[1].value,
          off = Math.abs(total - panel.whole);
        const atEnd = panel.left === 0 && (panel.piece === 0 || panel.piece === cuts.length);
        const q =
          atEnd && off > 0 && panel.whole !== 0 ? Math.abs(parts[0].value / panel.whole) : 0;
        return {
          halves,
          total,
          off: off / (1 - Math.min(q, 1 - 1e-9)),
          size: parts[0].size + parts[1].size,
        };
      });
      const all = sum(found.map(each => each.off));
      const done = error + all <= tolerance || round === 47 || 2 * found.length > PANELS;
      panels = [];
      for (const each of found) {
        if (!done && each.off > tolerance / PANELS + ROUNDING * each.size)
          panels.push(...each.halves);
        else {
          value += each.total;
          error += each.off;
        }
      }
    }
    return value;
  }

  // -------------------------------------------------------------------------- the two players

  const gaussian = (mean, std) => ({
    mean,
    std,
    log: x => {
      const z = (x - mean) / std;
      return (-z * z) / 2 - (Math.log(std) + Math.log(2 * Math.PI) / 2);
    },
    slope: x => -(x - mean) / (std * std), // of the log-density
    cuts: CUTS.map(z => mean + std * z),
  });

  // Values in percent at the handles, as in the setting `drawn`: "50,50,...".
  function handleValues(text) {
    const found = String(text).split(",").map(Number);
    return HANDLES.map((_, i) =>
      Number.isFinite(found[i]) ? Math.min(Math.max(found[i], 1), 99) : 50,
    );
  }

  // The D of the settings, as its logit and the slope of it, and the kinks of the logit.
  const FACTORS = {best: 1, half: 0, sure: 4, wrong: -0.25}; // times the logit of D*
  function discriminator({d, drawn}, P, G) {
    if (d !== "drawn") {
      const factor = FACTORS[d];
      return {
        logit: x => factor * (P.log(x) - G.log(x)),
        slope: x => factor * (P.slope(x) - G.slope(x)),
        kinks: [],
      };
    }
    const logits = handleValues(drawn).map(percent => Math.log(percent / (100 - percent)));
    const slopes = logits
      .slice(1)
      .map((logit, i) => (logit - logits[i]) / (HANDLES[i + 1] - HANDLES[i]));
    const last = HANDLES.length - 1;
    const place = x =>
      x < HANDLES[0]
        ? -1
        : x >= HANDLES[last]
          ? last
          : HANDLES.findLastIndex(handle => handle <= x);
    return {
      logit: x => {
        const i = place(x);
        if (i < 0) return logits[0];
        return i === last ? logits[last] : slopes[i] * (x - HANDLES[i]) + logits[i];
      },
      slope: x => slopes[place(x)] ?? 0,
      kinks: HANDLES,
    };
  }

  // What is summed over outcomes, or integrated over x.
  const terms = {
    value: (lp, lg, logD, logNot) => times(Math.exp(lp), logD) + times(Math.exp(lg), logNot),
    js(lp, lg) {
      const [logBest, logNotBest] = logSigmoids(logRatio(lp, lg));
      return (times(Math.exp(lp), LN2 + logBest) + times(Math.exp(lg), LN2 + logNotBest)) / 2;
    },
    regret(lp, lg, logD, logNot) {
      const [logBest, logNotBest] = logSigmoids(logRatio(lp, lg));
      const best = Math.exp(logBest),
        notBest = Math.exp(logNotBest);
      const entropy = -times(best, logBest) - times(notBest, logNotBest);
      return times(
        Math.exp(lp) + Math.exp(lg),
        -times(best, logD) - times(notBest, logNot) - entropy,
      );
    },
  };

  // ---------------------------------------------------------------------------- two Gaussians

  function gaussians(settings) {
    const P = gaussian(settings.pm, settings.ps),
      G = gaussian(settings.gm, settings.gs);
    const D = discriminator(settings, P, G),
      best = discriminator({d: "best"}, P, G);
    const merged = (...lists) => [...new Set(lists.flat())].sort((a, b) => a - b);
    const total = (f, kinks = []) => integrate(f, merged(P.cuts, G.cuts, kinks));
    const term = (name, by) => x => terms[name](P.log(x), G.log(x), ...logSigmoids(by.logit(x)));
    const sigmoid = x => 1 / (1 + Math.exp(-x));
    // the gradient of a loss of G, with D fixed: E_h[d loss / d logit * d logit / dx * dx / d
    // parameter]
    const pull = (by, side, moved) =>
      total(
        x => -Math.exp(G.log(x)) * sigmoid(side * by.logit(x)) * by.slope(x) * moved(x),
        by.kinks,
      );
    const byMean = () => 1,
      byStd = x => (x - G.mean) / G.std; // x = mean + std h
    return {
      V: total(term("value", D), D.kinks),
      js: total(term("js", D)),
      regret: total(term("regret", D), D.kinks),
      onData: total(x => Math.exp(P.log(x)) * sigmoid(D.logit(x)), D.kinks),
      onModel: total(x => Math.exp(G.log(x)) * sigmoid(D.logit(x)), D.kinks),
      saturating: [pull(D, 1, byMean), pull(D, 1, byStd)],
      nonSaturating: [pull(D, -1, byMean), pull(D, -1, byStd)],
      ofTwiceJs: [pull(best, 1, byMean), pull(best, 1, byStd)],
    };
  }

  // What is drawn over x: densities, D and D*, and the terms of the losses.
  function curves(settings, xs) {
    const P = gaussian(settings.pm, settings.ps),
      G = gaussian(settings.gm, settings.gs);
    const D = discriminator(settings, P, G);
    return xs.map(x => {
      const lp = P.log(x),
        lg = G.log(x),
        logs = logSigmoids(D.logit(x)),
        stars = logSigmoids(lp - lg);
      const slope = D.slope(x),
        p = Math.exp(lp),
        g = Math.exp(lg);
      return {
        x,
        p,
        g,
        d: Math.exp(logs[0]),
        best: Math.exp(stars[0]),
        least: -terms.value(lp, lg, ...stars),
        loss: -terms.value(lp, lg, ...logs),
        half: (p + g) * LN2,
        moves: {saturating: Math.exp(logs[0]) * slope, nonSaturating: Math.exp(logs[1]) * slope},
      };
    });
  }

  // -------------------------------------------------------------------------------- two coins

  function coins({p, g, d, d1, d2}) {
    const shares = heads => {
      const both = [heads, 1 - heads],
        all = sum(both);
      return both.map(each => each / all);
    };
    const data = shares(p),
      model = shares(g),
      last = 1 - Number.EPSILON / 2;
    const best = data.map((_, i) => {
      const all = data[i] + model[i],
        star = all > 0 ? data[i] / all : 0.5;
      return Math.min(star, model[i] > 0 ? last : 1);
    });
    const logits = data.map((_, i) => logRatio(Math.log(data[i]), Math.log(model[i])));
    const logs =
      d === "drawn"
        ? [d1, d2].map(each => [Math.log(each), Math.log1p(-each)])
        : logits.map(logit => logSigmoids(FACTORS[d] ? FACTORS[d] * logit : 0));
    const sides = data.map((_, i) => [Math.log(data[i]), Math.log(model[i]), ...logs[i]]);
    const each = name => sides.map(side => terms[name](...side));
    return {
      data,
      model,
      best,
      D: logs.map(([logD]) => Math.exp(logD)),
      V: sum(each("value")),
      js: Math.min(Math.max(sum(each("js")), 0), LN2),
      regret: Math.max(sum(each("regret")), 0),
      losses: each("value").map(part => -part),
      leasts: sides.map(([lp, lg], i) => -terms.value(lp, lg, ...logSigmoids(logits[i]))),
      halves: data.map((p, i) => (p + model[i]) * LN2),
      onData: sum(logs.map(([logD], i) => data[i] * Math.exp(logD))),
      onModel: sum(logs.map(([logD], i) => model[i] * Math.exp(logD))),
      // the derivative of G's loss in g, its probability of heads
      saturating: [logs[0][1] - logs[1][1]],
      nonSaturating: [logs[1][0] - logs[0][0]],
      ofTwiceJs: [Math.log1p(-best[0]) - Math.log1p(-best[1])],
    };
  }

  // ------------------------------------------------------- the bijection G = F^-1 o Phi on a line

  // erfc, by a series near 0 and by a continued fraction beyond it
  function erfc(z) {
    if (z < 0) return 2 - erfc(-z);
    const scale = Math.exp(-z * z) / Math.sqrt(Math.PI);
    if (z < 1.5) {
      let term = z,
        all = z;
      for (let n = 1; term > 1e-18 * all; n++) all += term *= (2 * z * z) / (2 * n + 1);
      return 1 - 2 * scale * all;
    }
    let fraction = z;
    for (let n = Math.ceil(20 + 240 / (z * z)); n > 0; n--) fraction = z + n / 2 / fraction;
    return scale / fraction;
  }
  const tail = z => erfc(z / Math.SQRT2) / 2; // P(h > z) for h from N(0, 1)
  const modes = ({distance, width}) => [-distance, distance].map(mean => gaussian(mean, width));
  const tailOf = (parts, x, right) =>
    sum(parts.map(({mean, std}) => tail(((right ? 1 : -1) * (x - mean)) / std))) / parts.length;

  // x = G(h), by bisection: the part of the data beyond x equals the part of N(0, 1) beyond h.
  function exact(settings, h) {
    const parts = modes(settings),
      right = h > 0,
      goal = tail(Math.abs(h));
    let low = parts[0].mean - 40 * parts[0].std,
      high = parts[1].mean + 40 * parts[1].std;
    for (let n = 0; n < 80; n++) {
      const middle = (low + high) / 2,
        there = tailOf(parts, middle, right);
      if (right ? there > goal : there < goal) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  }
  const density = (settings, x) => sum(modes(settings).map(part => Math.exp(part.log(x)))) / 2;
  const normal = h => Math.exp(gaussian(0, 1).log(h));

  function bijection(settings) {
    const {h, distance, width, trained} = settings,
      edge = distance - 3 * width,
      parts = modes(settings);
    const x = exact(settings, h),
      record = learned[trained];
    return {
      fraction: h > 0 ? 1 - tail(h) : tail(-h),
      x,
      slope: normal(h) / density(settings, x),
      steepest: normal(0) / density(settings, 0),
      gap: edge > 0 ? [-edge, edge] : null,
      inGap: edge > 0 ? 1 - 2 * tailOf(parts, edge, true) : 0,
      comparable: distance === standard.distance && width === standard.width,
      learned: {
        updates: record.updates,
        x: at(record.x, h),
        steepest: record.steepest,
        inGap: record.inGap,
        left: leftOf0(record.x),
      },
    };
  }

  // A curve recorded at h = -4, ..., 4, read at one h.
  function at(xs, h) {
    const place = ((h + 4) / 8) * (xs.length - 1),
      i = Math.min(Math.floor(place), xs.length - 2);
    return xs[i] + (place - i) * (xs[i + 1] - xs[i]);
  }

  // The part of the samples of a recorded G that lie left of 0: the exact G draws one half there.
  function leftOf0(xs) {
    const mass = xs.map((_, i) => normal(-4 + (8 * i) / (xs.length - 1)));
    return sum(mass.filter((_, i) => xs[i] < 0)) / sum(mass);
  }

  // All numbers of the scene that is shown.
  function all(settings) {
    const found = {gaussians, coins, bijection}[settings.scene](settings);
    return settings.scene === "bijection"
      ? found
      : {...found, loss: -found.V, least: 2 * LN2 - 2 * found.js};
  }

  return {all, coins, curves, exact, density, normal, handleValues, learned, HANDLES};
})();
