// The numbers of a recorded game at one frame, computed from the recording in the page.
// minigan/viz/recording.py packs the arrays; minigan/metrics/modes.py counts the samples in Python.
"use strict";
window.numbers = (() => {
  const {
    data: {games},
    unpack,
  } = window.explorer;
  const kept = new Map();

  // The whole track of a game after a change: the frames before the fork are those of "unchanged".
  function track(name, change) {
    const key = `${name}/${change}`;
    if (!kept.has(key)) {
      const {updates, numbers, arrays} = games[name].tracks[change];
      const own = {
        updates,
        numbers,
        arrays: Object.fromEntries(
          Object.entries(arrays).map(([of, packed]) => [of, unpack(packed)]),
        ),
      };
      const first = Object.keys(games[name].tracks)[0];
      kept.set(key, change === first ? own : after(games[name].fork, track(name, first), own));
    }
    return kept.get(key);
  }

  function after(fork, before, own) {
    const count = before.updates.filter(update => update <= fork).length;
    const join = (a, b) =>
      Object.fromEntries(Object.keys(a).map(key => [key, [...a[key].slice(0, count), ...b[key]]]));
    return {
      updates: [...before.updates.slice(0, count), ...own.updates],
      numbers: join(before.numbers, own.numbers),
      arrays: join(before.arrays, own.arrays),
    };
  }

  // The nearest centre of each sample; `near` counts those within 3 standard deviations.
  function counted({centers, std, box}, samples) {
    const D = centers[0].length,
      counts = Array(centers.length).fill(0),
      near = Array(centers.length).fill(0);
    let outside = 0;
    for (let n = 0; n < samples.length; n += D) {
      const squares = centers.map(center =>
        center.reduce((sum, c, d) => sum + (samples[n + d] - c) ** 2, 0),
      );
      const mode = squares.indexOf(Math.min(...squares));
      counts[mode] += 1;
      if (squares[mode] <= (3 * std) ** 2) near[mode] += 1;
      if (samples.slice(n, n + D).some(value => value < box[0] || value > box[1])) outside += 1;
    }
    const found = {counts, near, outside, drawn: samples.length / D};
    return D === 1 ? {...found, ...moments(samples)} : found;
  }

  // The mean and the standard deviation of samples on a line.
  function moments(samples) {
    const mean = samples.reduce((sum, x) => sum + x, 0) / samples.length;
    return {
      mean,
      std: Math.sqrt(samples.reduce((sum, x) => sum + (x - mean) ** 2, 0) / samples.length),
    };
  }

  // The x of a point of the grid, and the densities and D's output there.
  function placed(game, {arrays}, step, place) {
    const count = game.density.length,
      at = Math.min(place, count - 1),
      [low, high] = game.box;
    const found = {
      x: low + ((high - low) * at) / (count - 1),
      p: game.density[at],
      g: arrays.density[step][at],
    };
    if (arrays.output) found.D = arrays.output[step][at];
    if (arrays.best) found.best = arrays.best[step][at];
    return found;
  }

  // All numbers of one side: those that were recorded, and what the page computes from the arrays.
  function side(name, change, step, place) {
    const game = games[name],
      found = track(name, change),
      at = Math.min(step, found.updates.length - 1);
    const numbers = Object.fromEntries(
      Object.entries(found.numbers).map(([key, values]) => [key, values[at]]),
    );
    if (game.known === "exact")
      numbers.difference = Math.abs(numbers.loss - numbers.floor - numbers.regret);
    const result = {
      update: found.updates[at],
      numbers,
      samples: counted(game, found.arrays.samples[at]),
    };
    if (game.known !== "plane") result.place = placed(game, found, at, place);
    return result;
  }

  // The changes that stand side by side with these settings.
  function changes({game, change}) {
    const [first, ...others] = Object.keys(games[game].tracks);
    return others.length ? [first, others.includes(change) ? change : others[0]] : [first];
  }

  const all = settings =>
    changes(settings).map(change => side(settings.game, change, settings.step, settings.place));

  // The lowest and the highest of numbers, without the outermost 0.5 %; 0 is always inside.
  function range(lists) {
    const values = lists
        .flat()
        .filter(v => v !== null && Number.isFinite(v))
        .sort((a, b) => a - b),
      n = values.length - 1;
    const low = Math.min(0, values[Math.floor(0.005 * n)] ?? 0),
      high = Math.max(0, values[Math.ceil(0.995 * n)] ?? 1);
    return high > low ? [low, high] : [low, low + 1];
  }

  // Round numbers from low to high, about `count` of them.
  function ticks(low, high, count = 4) {
    const rough = (high - low) / count,
      unit = 10 ** Math.floor(Math.log10(rough));
    const step = unit * [1, 2, 5, 10].find(k => k * unit >= rough * (1 - 1e-9)),
      first = Math.ceil(low / step - 1e-9);
    return Array.from({length: Math.floor(high / step + 1e-9) - first + 1}, (_, k) =>
      Number(((first + k) * step).toPrecision(12)),
    );
  }

  return {all, changes, track, range, ticks};
})();
