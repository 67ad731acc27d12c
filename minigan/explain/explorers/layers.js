// Draws the layers of an encoder, and what a decoder makes of the numbers of the chosen layer.
"use strict";
{
  const {
    data,
    control,
    settings,
    set,
    steps,
    text,
    write,
    html,
    number,
    colour,
    code,
    live,
    onchange,
  } = window.explorer;
  const {numbers} = window,
    {size} = data,
    at = id => document.getElementById(id);
  const which = image =>
    text("which", {digit: data.labels[image], now: (image % data.each) + 1, count: data.each});

  control({
    id: "encoder",
    kind: "choice",
    label: "encoder",
    value: "classifier",
    buttons: true,
    options: Object.keys(data.encoders).map(value => ({value, label: value})),
  });
  control({
    id: "image",
    kind: "slider",
    label: "which-image",
    min: 0,
    max: data.images.length - 1,
    value: 7,
    show: which,
  });
  control({id: "row", kind: "slider", label: "row", min: 0, max: size - 1, value: 3});
  control({id: "column", kind: "slider", label: "column", min: 0, max: size - 1, value: 4});

  // ----------------------------------------------------------------------------- pixels

  const rgb = hex => [1, 3, 5].map(k => parseInt(hex.slice(k, k + 2), 16));
  const gray = v => Array(3).fill(255 * Math.min(1, Math.max(0, v)));
  // A number from -1 to 1: the first colour below 0, the second above, paper at 0.
  function signed(below, above) {
    const paper = rgb(colour("--paper")),
      ends = [below, above].map(name => rgb(colour(name)));
    return v => paper.map((c, k) => c + Math.min(1, Math.abs(v)) * (ends[v > 0 ? 1 : 0][k] - c));
  }

  // Write values (rows x columns) into a canvas, one pixel each; null is left transparent.
  function paint(canvas, values, columns, shade) {
    canvas.width = columns;
    canvas.height = values.length / columns;
    const pen = canvas.getContext("2d"),
      picture = pen.createImageData(columns, values.length / columns);
    values.forEach((v, k) => {
      if (v !== null) picture.data.set([...shade(v), 255], 4 * k);
    });
    pen.putImageData(picture, 0, 0);
    return canvas;
  }

  // A large picture in #id; a click chooses a pixel, which is marked in all of them.
  function large(id, values, shade, label) {
    const box = at(id),
      {row, column} = settings();
    if (!box.firstChild) {
      box.append(html("canvas", {role: "img"}), html("i"));
      box.addEventListener("click", event => {
        const rect = box.getBoundingClientRect(),
          place = (v, from, length) =>
            Math.min(size - 1, Math.max(0, Math.floor((size * (v - from)) / length)));
        set({
          row: place(event.clientY, rect.top, rect.height),
          column: place(event.clientX, rect.left, rect.width),
        });
      });
    }
    paint(box.firstChild, values, size, shade).setAttribute("aria-label", label);
    Object.assign(box.lastChild.style, {
      left: `${(100 * column) / size}%`,
      top: `${(100 * row) / size}%`,
      width: `${100 / size}%`,
      height: `${100 / size}%`,
    });
  }

  // The numbers of a layer: bars for ten scores, else tiles, one for each channel.
  function drawOutputs(layer, values) {
    const {shape} = layer,
      box = at("outputs"),
      most = Math.max(...values.map(Math.abs), 1e-12);
    if (shape.length === 1 && shape[0] === 10) {
      box.replaceChildren(
        html(
          "div",
          {class: "bars"},
          values.map((v, digit) => [
            html("b", {}, String(digit)),
            html("span", {
              class: v < 0 ? "minus" : "",
              style: `width: ${(100 * Math.abs(v)) / most}%`,
            }),
            html("b", {}, number(v, 3)),
          ]),
        ),
      );
      return;
    }
    const [C, h, w] =
      shape.length === 3 ? shape : shape.length === 2 ? [1, ...shape] : [1, 8, shape[0] / 8];
    const flat = h * w === 1,
      across = flat ? Math.ceil(Math.sqrt(C)) : C > 1 ? Math.min(8, C) : 1,
      gap = flat ? 0 : 1;
    const columns = across * (w + gap) - gap,
      rows = Math.ceil(C / across) * (h + gap) - gap,
      cells = Array(rows * columns).fill(null);
    values.forEach((v, k) => {
      const c = Math.floor(k / (h * w)),
        i = Math.floor(k / w) % h,
        j = k % w;
      cells[(Math.floor(c / across) * (h + gap) + i) * columns + (c % across) * (w + gap) + j] =
        v / most;
    });
    const shade = layer.name === "image" ? v => gray(v * most) : signed("--model", "--output");
    const canvas = paint(
      html("canvas", {role: "img", "aria-label": at("outputs-title").textContent}),
      cells,
      columns,
      shade,
    );
    canvas.style.aspectRatio = `${columns} / ${rows}`;
    canvas.style.maxWidth = `${Math.min(22, 1.3 * columns, (11 * columns) / rows)}rem`;
    box.replaceChildren(canvas);
  }

  // --------------------------------------------------------------- the chain, other images

  const nameOf = name => {
    const [kind, count = ""] = name.split(" ");
    return text(`layer-${kind}`, {count});
  };
  const shapeOf = shape => shape.join(" × ");
  let chained = "";

  function chain(encoder) {
    const layers = numbers.layers(encoder);
    if (chained !== encoder) {
      chained = encoder;
      at("chain").replaceChildren(
        ...layers.map((_, k) => {
          const button = html(
            "button",
            {type: "button"},
            html("canvas", {"aria-hidden": "true"}),
            html("b"),
            html("span"),
            html("span"),
            html("span", {class: "bar"}, html("i")),
          );
          button.addEventListener("click", () => player.go(k));
          return button;
        }),
      );
    }
    const {image} = settings(),
      now = Math.min(window.explorer.step, layers.length - 1);
    [...at("chain").children].forEach((button, k) => {
      const layer = layers[k],
        [picture, name, shape, error, bar] = button.children;
      paint(picture, layer.images[image], size, gray);
      name.textContent = nameOf(layer.name);
      shape.textContent = text("numbers", {count: layer.shape.reduce((a, b) => a * b, 1)});
      error.textContent = text("short-error", {all: number(layer.ratio, 3)});
      bar.firstChild.style.width = `${100 * Math.min(1, layer.ratio)}%`;
      button.setAttribute("aria-pressed", String(k === now));
    });
  }

  function others(layer) {
    const box = at("others");
    if (!box.firstChild) {
      // column by column: the images of one digit stand below each other
      const order = data.images.map((_, k) => (k % 10) * data.each + Math.floor(k / 10));
      box.replaceChildren(
        ...order.map(image => {
          const button = html(
            "button",
            {type: "button"},
            html("canvas", {"aria-hidden": "true"}),
            html("canvas", {"aria-hidden": "true"}),
          );
          button.dataset.image = image;
          button.addEventListener("click", () => set("image", image));
          return button;
        }),
      );
    }
    for (const button of box.children) {
      const image = Number(button.dataset.image);
      paint(button.firstChild, data.images[image], size, gray);
      paint(button.lastChild, layer.images[image], size, gray);
      button.setAttribute("aria-label", which(image));
      button.setAttribute("aria-pressed", String(image === settings().image));
    }
  }

  const SOURCES = {
    classifier: [
      "minigan/models/classifier.py:Classifier",
      "minigan/models/classifier.py:train_classifier",
    ],
    untrained: ["minigan/models/classifier.py:Classifier"],
    orthonormal: ["minigan/autoencoder/layers.py:orthonormal_bank"],
    shared: [
      "minigan/autoencoder/layers.py:prefixes",
      "minigan/autoencoder/layers.py:decoder_of",
      "minigan/autoencoder/layers.py:Decoders.run",
      "minigan/studies/decoders.py:LayerStudy.run",
      "minigan/autoencoder/pca.py:pca_error",
    ],
  };

  function draw(step) {
    const chosen = settings(),
      {encoder, image} = chosen,
      layers = numbers.layers(encoder),
      layer = layers[Math.min(step, layers.length - 1)];
    const found = numbers.all({...chosen, layer: step}),
      name = nameOf(layer.name),
      rounded = v => number(v, 3);
    const values = {
      name,
      all: rounded(found.all),
      ratio: rounded(found.ratio),
      held: data.heldOut,
      error: number(found.error, 5),
      largest: rounded(found.largest),
      answer: found.answer ?? "",
      digit: found.label,
      low: rounded(found.low),
      high: rounded(found.high),
      zeros: found.zeros,
      count: found.count,
      toMean: rounded(found.toMean),
    };
    chain(encoder);
    write(
      at("about"),
      text(
        step === 0
          ? "about-image"
          : encoder === "classifier"
            ? `about-${layer.name.replace(" ", "-")}`
            : `about-${encoder}`,
        values,
      ),
    );
    at("remembered-title").textContent = text("remembered", values);
    at("mean-title").textContent = text("mean", values);
    at("outputs-title").textContent = text("outputs", {...values, shape: shapeOf(layer.shape)});
    at("others-title").textContent = text("others", values);
    const {pixel} = found,
      remembered = layer.images[image],
      difference = remembered.map((v, k) => v - data.images[image][k]);
    large("original", data.images[image], gray, text("image-label", {name: which(image)}));
    large("remembered", remembered, gray, text("remembered", values));
    large("difference", difference, signed("--data", "--model"), text("difference"));
    large("mean", data.means[found.label], gray, text("mean", values));
    for (const [id, value] of Object.entries({
      original: pixel.original,
      remembered: pixel.remembered,
      difference: pixel.difference,
      mean: pixel.mean,
    })) {
      const shown = {
        value: number(value),
        remembered: number(pixel.remembered),
        original: number(pixel.original),
      };
      at(`${id}-value`).textContent = text(
        id === "difference" ? "pixel-difference" : "pixel",
        shown,
      );
    }
    drawOutputs(layer, layer.outputs[image]);
    at("outputs-value").textContent = text(found.answer === undefined ? "range" : "answer", values);
    write(at("error"), text("error", values));
    others(layer);
    live(`${name}: ${text("error", values)}`);
  }

  onchange(({encoder}) => {
    const keys = ["error", "colours", "better", "deeper", "untrained", "equal", "decoder"];
    at("answers").replaceChildren(
      ...keys.flatMap(key => [
        write(html("dt"), text(`ask-${key}`)),
        write(html("dd"), text(`answer-${key}`)),
      ]),
    );
    at("programs").replaceChildren(
      ...[...SOURCES[encoder], ...SOURCES.shared].map(key =>
        code(html("button", {type: "button"}), ...key.split(":")),
      ),
    );
  });
  const player = steps({
    count: () => numbers.layers(settings().encoder).length,
    at: draw,
    seconds: 1.5,
  });
}
