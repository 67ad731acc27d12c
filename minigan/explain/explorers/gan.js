// The explorer of the game: its settings, the numbers beside the picture, and the words below it.
"use strict";
{
  const {svg, html, text, number, write, data} = explorer,
    at = id => document.getElementById(id);
  const LN4 = 2 * Math.LN2,
    SMALL = 5e-7,
    shown = value => number(value, Math.abs(value) < 100 ? 6 : 2);
  const rounded = value =>
    Number.isFinite(value)
      ? `${value < -0.0005 ? "−" : ""}${Math.abs(value).toFixed(3)}`
      : number(value);

  // ------------------------------------------------------------------------------ settings

  const SCENES = {
    gaussians: ["d", "pm", "ps", "gm", "gs"],
    coins: ["d", "p", "g", "d1", "d2"],
    bijection: ["h", "distance", "width", "trained"],
  };
  const choice = (id, values, value, prefix = "") =>
    explorer.control({
      id,
      kind: "choice",
      label: id,
      value,
      options: values.map(each => ({value: each, label: prefix + each})),
    });
  const slider = (id, min, max, step, value, more) =>
    explorer.control({id, kind: "slider", label: id, min, max, step, value, ...more});
  choice("scene", Object.keys(SCENES), "gaussians");
  choice("d", ["best", "half", "sure", "wrong", "drawn"], "half", "d-");
  for (const [id, value] of Object.entries({pm: 0, gm: 2})) slider(id, -4, 4, 0.05, value);
  for (const [id, value] of Object.entries({ps: 1, gs: 1})) slider(id, 0.3, 2.5, 0.05, value);
  for (const [id, value] of Object.entries({p: 0.5, g: 0.75, d1: 0.5, d2: 0.5}))
    slider(id, 0, 1, 0.01, value);
  slider("h", -4, 4, 0.05, 1);
  slider("distance", 0, 3, 0.25, data.standard.distance);
  slider("width", 0.4, 1, 0.05, data.standard.width);
  const last = data.learned.length - 1;
  slider("trained", 0, last, 1, last, {show: i => String(data.learned[i].updates)});
  explorer.control({id: "drawn", kind: "hidden", value: numbers.HANDLES.map(() => 50).join(",")});

  function showControls({scene, d}) {
    for (const id of new Set(Object.values(SCENES).flat())) {
      explorer.limit(id, {
        visible: SCENES[scene].includes(id) && (d === "drawn" || !/^d[12]$/.test(id)),
      });
    }
  }

  // ------------------------------------------------------------------------------- numbers

  const button = (file, name) =>
    explorer.code(html("button", {type: "button", "data-text": "code"}), `minigan/${file}`, name);
  const VALUE = ["theory/game.py", "value"],
    JS = ["theory/divergences.py", "js"],
    MAP = ["gan/bijection.py", "exact_generator"];
  const LEARNED = ["studies/bijection.py", "learned_bijection"],
    PULL = ["explain/explorers/gan.py", "gradient"];
  const both = ["gaussians", "coins"],
    line = ["bijection"];
  const ROWS = [
    // a text, the scenes, the source, the number
    ["n-loss", both, VALUE, ({loss}) => loss],
    ["n-least", both, ["theory/loss.py", "Loss.floor"], ({least}) => least],
    ["n-regret", both, ["theory/game.py", "regret"], ({regret}) => regret],
    ["n-js", both, JS, ({js}) => js],
    ["n-V", both, VALUE, ({V}) => V],
    ["n-onData", both, ["theory/families.py", "Distribution.expectation"], ({onData}) => onData],
    ["n-onModel", both, ["theory/families.py", "Distribution.expectation"], ({onModel}) => onModel],
    ["n-fraction", line, MAP, ({fraction}) => fraction],
    ["n-x", line, MAP, ({x}) => x],
    ["n-slope", line, MAP, ({slope}) => slope],
    ["n-steepest", line, MAP, ({steepest}) => steepest],
    ["n-in-gap", line, LEARNED, ({gap, inGap}) => (gap ? inGap : NaN)],
    [
      "n-learned-x",
      line,
      ["studies/bijection.py", "train_generator"],
      ({comparable, learned}) => (comparable ? learned.x : NaN),
    ],
    [
      "n-learned-steepest",
      line,
      LEARNED,
      ({comparable, learned}) => (comparable ? learned.steepest : NaN),
    ],
    ["n-learned-gap", line, LEARNED, ({comparable, learned}) => (comparable ? learned.inGap : NaN)],
    ["n-learned-left", line, LEARNED, ({comparable, learned}) => (comparable ? learned.left : NaN)],
  ];
  const GRADIENTS = [
    ["g-saturating", PULL, ({saturating}) => saturating],
    ["g-non", PULL, ({nonSaturating}) => nonSaturating],
    ["g-js", JS, ({ofTwiceJs}) => ofTwiceJs],
  ];
  const row = (key, source, count) =>
    html(
      "tr",
      {},
      html("th", {scope: "row", "data-text": key}),
      Array.from({length: count}, () => html("td", {class: "number"})),
      html("td", {}, button(...source)),
    );
  const rows = ROWS.map(([key, , source]) => row(key, source, 1)),
    slopes = GRADIENTS.map(([key, source]) => row(key, source, 2));
  at("figures").tBodies[0].append(...rows);
  at("gradients").tBodies[0].append(...slopes);
  const heads = ["by-mean", "by-std", "by-heads"].map(key =>
    html("th", {scope: "col", "data-text": key}),
  );
  at("gradients").tHead.append(html("tr", {}, html("td"), heads, html("td")));

  function writeNumbers({scene}, found) {
    write(at("figures").caption, text(scene === "bijection" ? "map-title" : "figures-title"));
    for (const [i, [, scenes, , value]] of ROWS.entries()) {
      rows[i].hidden = !scenes.includes(scene);
      if (!rows[i].hidden) rows[i].querySelector(".number").textContent = shown(value(found));
    }
    for (const id of ["gradients", "bars"]) at(id).toggleAttribute("hidden", scene === "bijection");
    if (scene === "bijection") return;
    for (const [i, node] of heads.entries()) node.hidden = (i === 2) !== (scene === "coins");
    for (const [i, [, , values]] of GRADIENTS.entries()) {
      const cells = slopes[i].querySelectorAll(".number");
      cells.forEach((cell, j) => {
        cell.hidden = j >= values(found).length;
        cell.textContent = cell.hidden ? "" : number(values(found)[j], 4);
      });
    }
  }

  // Two bars on one scale: 2 ln 2 and the loss of D, each with the lowest loss as its first part.
  function drawBars({least, js, regret, loss}) {
    const width = at("bars").clientWidth,
      most = 1.25 * Math.max(LN4, Math.min(loss, 3 * LN4));
    const X = value => Math.min(value / most, 1) * width;
    const bars = [
      ["bar-half", 2 * js, "js", LN4],
      ["bar-loss", regret, "regret", loss],
    ].map(([words, part, sign, all], i) => {
      const y = 26 + 62 * i,
        box = {y, height: 26, class: "outline"};
      return [
        svg("text", {class: "title", x: 0, y: y - 8}, text(words)),
        svg("rect", {...box, x: 0, width: X(least), class: "outline least"}),
        svg("rect", {
          ...box,
          x: X(least),
          width: Math.max(X(least + part) - X(least), 0),
          ...drawing.hatched(sign),
        }),
        svg("text", {x: Math.min(X(all) + 6, width - 48), y: y + 19}, number(all, 3)),
      ];
    });
    at("bars").replaceChildren(
      ...bars.flat(),
      svg("path", {class: "guide", d: `M${X(LN4)} 22V56M${X(LN4)} 84V118`}),
    );
    at("bars").setAttribute(
      "aria-label",
      text("bars-label", {least: shown(least), twice: shown(2 * js), regret: shown(regret)}),
    );
    drawing.resize(at("bars"), width, 120);
  }

  // ---------------------------------------------------------------------- the answer in words

  function verdict({scene, h}, found) {
    if (scene === "bijection") return verdictOfMap(h, found);
    const {loss, least, js, regret} = found;
    const pairs = Object.entries({loss, least, js, regret, twice: 2 * js});
    const values = Object.fromEntries(pairs.map(([name, value]) => [name, rounded(value)]));
    const which =
      loss === Infinity
        ? "infinite"
        : js < SMALL
          ? regret < SMALL
            ? "perfect-best"
            : "perfect"
          : regret < SMALL
            ? "best"
            : Math.abs(loss - LN4) < 5e-4
              ? "same"
              : "both";
    explorer.live(text("live-game", values));
    return text(`v-${which}`, values);
  }
  function verdictOfMap(h, {x, fraction, steepest, gap, inGap, comparable, learned}) {
    const percent = part => `${number(100 * part, part < 1e-3 ? 4 : 2)} %`,
      times = value => number(value, value < 100 ? 1 : 0);
    const first = text("v-map", {h: number(h), x: number(x, 3), fraction: percent(fraction)});
    const steep = gap ? text("v-steep", {steepest: times(steepest)}) : "";
    const parts = {gap: percent(learned.inGap), exact: percent(inGap)};
    const second = text("v-learned", {
      updates: learned.updates,
      learned: times(learned.steepest),
      ...parts,
    });
    explorer.live(first.replaceAll("**", ""));
    return `${first} ${steep} ${comparable ? second : text("v-not-comparable")}`;
  }

  // ------------------------------------------------------------------------- the words below

  const WORDS = [
    ["w-loss", both, VALUE],
    ["w-D", both, ["nn/functional/smooth_activations.py", "logsigmoid"]],
    ["w-best", both, ["theory/game.py", "optimal_discriminator"]],
    ["w-js", both, JS],
    ["w-regret", both, ["theory/game.py", "regret"]],
    ["w-area", both, ["theory/quadrature.py", "integrate"]],
    ["w-moves", both, PULL],
    ["w-slope-js", both, ["theory/game.py", "optimal_logit"]],
    ["w-map", line, MAP],
    ["w-steep", line, MAP],
    ["w-learned", line, ["studies/bijection.py", "train_generator"]],
  ];
  const words = WORDS.map(([key, scenes, source]) => {
    const parts = [
      html("dt", {"data-text": key}),
      html("dd", {}, html("span", {"data-text": `${key}-text`}), " ", button(...source)),
    ];
    at("words")
      .querySelector("dl")
      .append(...parts);
    return [parts, scenes];
  });

  // ----------------------------------------------------------------------------------- start

  const picture = at("picture"),
    scenes = {gaussians: game, coins: game, bijection: map};
  let held = null;
  picture.append(svg("g"), game.grips);

  explorer.onchange(settings => {
    const found = numbers.all(settings),
      {scene} = settings;
    showControls(settings);
    write(at("verdict"), verdict(settings, found));
    writeNumbers(settings, found);
    write(at("hint"), text(`hint-${scene}`));
    for (const [parts, where] of words)
      for (const part of parts) part.hidden = !where.includes(scene);
    picture.firstChild.replaceWith(scenes[scene].draw(picture, settings, found));
    game.placeGrips(settings);
    if (scene !== "bijection") drawBars(found);
  });

  picture.addEventListener("pointerdown", event => {
    const scene = scenes[explorer.settings().scene];
    if (event.button || !scene.grab(event, picture)) return;
    held = scene;
    picture.setPointerCapture(event.pointerId);
    event.preventDefault();
    held.drag(event, picture);
  });
  picture.addEventListener("pointermove", event => held?.drag(event, picture));
  for (const end of ["pointerup", "pointercancel"])
    picture.addEventListener(end, () => {
      held?.drop();
      held = null;
      explorer.set({});
    });
}
