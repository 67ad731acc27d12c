// The numbers of a 2-D (transposed) convolution with equal settings on both axes.
// minigan/geometry/axis.py and minigan/conv/ have the same functions in Python.
"use strict";
window.numbers = (() => {
  // Both sizes of an axis: X of x and Y of y.
  function axis({size, kernel: k, stride: s, padding: p, output_padding: op, dilation: d, transposed}) {
    const span = d * (k - 1) + 1;
    const [X, Y] = transposed ? [s * (size - 1) + span - 2 * p + op, size] : [size, Math.floor((size + 2 * p - span) / s) + 1];
    return {X, Y, span};
  }

  // For each position h of x, the number of pairs (o, i) with s*o + d*i - p = h.
  function coverage(settings) {
    const {kernel: k, stride: s, padding: p, dilation: d} = settings, {X, Y} = axis(settings);
    const counts = Array(X).fill(0);
    for (let o = 0; o < Y; o++) {
      for (let i = 0; i < k; i++) {
        const h = s * o + d * i - p;
        if (h >= 0 && h < X) counts[h] += 1;
      }
    }
    return counts;
  }

  function all(settings) {
    const {X, Y} = axis(settings);
    if (X < 1 || Y < 1) return {legal: false, X, Y};
    return {legal: true, ...axis(settings), coverage: coverage(settings)};
  }

  return {axis, coverage, all};
})();
