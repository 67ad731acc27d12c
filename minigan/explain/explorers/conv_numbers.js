// The numbers of a 2-D (transposed) convolution with equal settings on both axes. The same
// functions in Python stand in minigan/geometry/axis.py and minigan/conv/; a test compares them.
// Letters: h, v positions in x, i, j taps, o, p positions in y; k taps, s stride, d dilation.
"use strict";
window.numbers = (() => {
  const {data} = window.explorer;
  const range = count => Array.from({length: Math.max(count, 0)}, (_, index) => index);
  const filled = (rows, columns, value) =>
    range(rows).map(h => range(columns).map(v => value(h, v)));
  const gcd = (a, b) => (b ? gcd(b, a % b) : a);

  // One axis: the sizes X of x and Y of y. `legal` is false where there is no such convolution.
  function axis({
    size,
    kernel: k,
    stride: s,
    padding,
    output_padding: op,
    dilation: d,
    transposed,
  }) {
    const span = d * (k - 1) + 1;
    const least = s * (size - 1) + span - 2 * padding,
      room = size + 2 * padding - span;
    const [X, Y] = transposed ? [least + op, size] : [size, Math.floor(room / s) + 1];
    const legal = transposed ? X >= 1 && op < Math.max(s, d) : room >= 0;
    return {
      X,
      Y,
      k,
      s,
      d,
      padding,
      span,
      op: transposed ? op : 0,
      legal,
      flipped: span - 1 - padding,
    };
  }

  // The pairs (o, i) with s*o + d*i - padding = h: what a position h of x is joined with.
  function pairsOfX({Y, k, s, d, padding}, h) {
    const found = [];
    for (const i of range(k)) {
      const at = h + padding - d * i,
        o = at / s;
      if (Number.isInteger(o) && o >= 0 && o < Y) found.push({o, i, h});
    }
    return found.sort((a, b) => a.o - b.o);
  }

  // The pairs (i, h) that position o of y is joined with.
  function pairsOfY({X, k, s, d, padding}, o) {
    return range(k)
      .map(i => ({o, i, h: s * o + d * i - padding}))
      .filter(({h}) => h >= 0 && h < X);
  }

  const coverage = along => range(along.X).map(h => pairsOfX(along, h).length);
  const interior = ({k, s, d}) => range(s).map(r => range(k).filter(i => (d * i) % s === r).length);
  const uniform = ({k, s, d}) => k % s === 0 && gcd(s, d) === 1;

  // The sizes of x that a convolution takes to the same y: output padding chooses among them.
  function sameY(along) {
    const least = along.s * (along.Y - 1) + along.span - 2 * along.padding;
    return range(along.s)
      .map(more => least + more)
      .filter(size => size >= 1);
  }

  // ------------------------------------------------------------------------------ arrays

  const cut = (array, size) => array.slice(0, size).map(row => row.slice(0, size));

  function conv(x, w, along) {
    const links = range(along.Y).map(o => pairsOfY(along, o));
    return filled(along.Y, along.Y, (o, p) => {
      let sum = 0;
      for (const row of links[o])
        for (const column of links[p]) sum += x[row.h][column.h] * w[row.i][column.i];
      return sum;
    });
  }

  function convTranspose(y, w, along) {
    const links = range(along.X).map(h => pairsOfX(along, h));
    return filled(along.X, along.X, (h, v) => {
      let sum = 0;
      for (const row of links[h])
        for (const column of links[v]) sum += y[row.o][column.o] * w[row.i][column.i];
      return sum;
    });
  }

  // y with s - 1 zeros put in between its values.
  function withHoles(y, s) {
    const size = s * (y.length - 1) + 1;
    return filled(size, size, (h, v) => (h % s || v % s ? 0 : y[h / s][v / s]));
  }

  const flipped = w => w.map(row => [...row].reverse()).reverse();
  const outputOf = (input, w, along, transposed) =>
    transposed ? convTranspose(input, w, along) : conv(input, w, along);

  // The products that make one output, in the order of the inputs.
  function products(input, w, along, transposed, [h, v]) {
    const pairs = at => (transposed ? pairsOfX(along, at) : pairsOfY(along, at));
    return pairs(h).flatMap(row =>
      pairs(v).map(column => {
        const from = transposed ? [row.o, column.o] : [row.h, column.h],
          tap = [row.i, column.i];
        const value = input[from[0]][from[1]],
          weight = w[tap[0]][tap[1]];
        return {from, tap, value, weight, product: value * weight};
      }),
    );
  }

  // What lies under the kernel of one output in the view of stride 1: values of the input, zeros
  // put in between them, and zeros of the padding. Along an axis: "value", "hole" or "padding".
  function kindsUnder(along, transposed, at) {
    const {X, Y, k, s, d, padding} = along;
    if (!transposed)
      return range(k)
        .map(i => s * at + d * i - padding)
        .map(h => (h >= 0 && h < X ? "value" : "padding"));
    const places = range(k).map(i => at + d * i - along.flipped);
    return places.map(h => (h < 0 || h > s * (Y - 1) ? "padding" : h % s ? "hole" : "value"));
  }

  function under(along, transposed, [h, v]) {
    const [rows, columns] = [h, v].map(at => kindsUnder(along, transposed, at));
    const counts = {value: 0, hole: 0, padding: 0};
    for (const row of rows) {
      for (const column of columns) {
        const kind = [row, column].includes("padding") ? "padding" : row === column ? row : "hole";
        counts[kind] += 1;
      }
    }
    return counts;
  }

  // The row of the matrix (M, or its transpose) that makes one output: one number for each input.
  function matrixRow(input, w, along, transposed, at) {
    const row = Array(input.length ** 2).fill(0);
    for (const {from, weight} of products(input, w, along, transposed, at))
      row[from[0] * input.length + from[1]] = weight;
    return row;
  }

  // The states of a kernel over y with holes, far from the borders: which taps lie on values.
  const states = ({k, s, d}) =>
    range(s).map(r => range(k).map(i => ((r + d * i) % s === 0 ? 1 : 0)));

  // ------------------------------------------------------------------------------- image

  // An image of random weights: the transposed convolution of an image, divided by its maximum.
  function image({picture, weights, draw, kernel, ...settings}) {
    const y = picture === "constant" ? data.image.map(row => row.map(() => 1)) : data.image;
    const w =
      weights === "equal" ? filled(kernel, kernel, () => 1) : cut(data.weights[draw], kernel);
    const along = axis({...settings, kernel, size: y.length, output_padding: 0, transposed: true});
    if (!along.legal) return null;
    const x = convTranspose(y, w, along),
      most = Math.max(...x.flat(), 0) || 1;
    return x.map(row => row.map(value => value / most));
  }

  // The kernel size to compare with: the next one that covers evenly, or one that does not.
  function otherKernel({kernel: k, stride: s, dilation: d}) {
    if (s === 1 || gcd(s, d) > 1) return k + 1;
    return k % s ? s * Math.ceil(k / s) : k + 1;
  }

  // ---------------------------------------------------------------------------- everything

  const setting = settings => ({
    input: cut(data.input, settings.size),
    w: cut(data.kernel, settings.kernel),
  });

  function all(settings) {
    const along = axis(settings),
      {transposed, step = 0} = settings;
    if (!along.legal) return {axis: along};
    const {input, w} = setting(settings);
    const output = outputOf(input, w, along, transposed),
      size = output.length;
    const at = [Math.floor(step / size) % size, step % size];
    return {
      axis: along,
      input,
      w,
      output,
      at,
      coverage: coverage(along),
      interior: interior(along),
      uniform: uniform(along),
      sameY: sameY(along),
      states: states(along),
      dense: transposed ? null : conv(input, w, {...along, s: 1, Y: along.s * (along.Y - 1) + 1}),
      holes: transposed ? withHoles(input, along.s) : null,
      flipped: flipped(w),
      products: products(input, w, along, transposed, at),
      under: under(along, transposed, at),
      row: matrixRow(input, w, along, transposed, at),
      image: image(settings),
    };
  }

  return {all, axis, interior, uniform, states, image, otherKernel, matrixRow, kindsUnder, range};
})();
