// What a layer remembers of an image, computed from the recording in the page.
// minigan/autoencoder/layers.py has the decoders; minigan/studies/decoders.py measures them.
"use strict";
window.numbers = (() => {
  const {data, unpack} = window.explorer;
  const kept = new Map();

  // The layers of an encoder; the image itself comes first, as layer 0.
  function layers(encoder) {
    if (!kept.has(encoder)) {
      const first = {
        name: "image",
        shape: [data.size, data.size],
        ratio: 0,
        outputs: data.images,
        images: data.images,
      };
      const others = data.encoders[encoder].map(layer => ({
        ...layer,
        outputs: unpack(layer.outputs),
        images: unpack(layer.images),
      }));
      kept.set(encoder, [first, ...others]);
    }
    return kept.get(encoder);
  }

  const mean = values => values.reduce((sum, v) => sum + v, 0) / values.length;

  function all({encoder, image, layer, row, column}) {
    const found = layers(encoder),
      at = found[Math.min(layer, found.length - 1)],
      pixel = data.size * row + column;
    const original = data.images[image],
      remembered = at.images[image],
      outputs = at.outputs[image];
    const differences = remembered.map((v, k) => v - original[k]),
      label = data.labels[image];
    const error = mean(differences.map(v => v * v)),
      classMean = data.means[label];
    const result = {
      name: at.name,
      shape: at.shape,
      count: at.shape.reduce((a, b) => a * b, 1),
      all: at.ratio,
      label,
      error,
      ratio: error / data.meanError,
      largest: Math.max(...differences.map(Math.abs)),
      toMean: mean(remembered.map((v, k) => (v - classMean[k]) ** 2)) / data.meanError,
      pixel: {
        original: original[pixel],
        remembered: remembered[pixel],
        difference: differences[pixel],
        mean: classMean[pixel],
      },
      low: Math.min(...outputs),
      high: Math.max(...outputs),
      zeros: outputs.filter(v => v === 0).length,
    };
    if (at.shape.length === 1 && at.shape[0] === 10)
      result.answer = outputs.indexOf(Math.max(...outputs));
    return result;
  }

  return {all, layers};
})();
