"""The page of a flight recorder: a template that `minigan.viz.report` fills with words and data.

Its content security policy forbids loading anything. The script draws all pictures as SVG.
"""

PAGE = r"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width"><title>$TITLE</title>
<style>
  body { font: 16px/1.4 "DejaVu Sans", sans-serif; color: #222; margin: 1em auto; padding: 0 1em; max-width: 1000px }
  h1 { font-size: 1.35em; margin: 0 } p { margin: .3em 0 .8em; color: #555 }
  nav { display: flex; gap: .5em; align-items: center; position: sticky; top: 0; background: #fff; padding: .4em 0 }
  button { font: inherit; min-width: 3em } input { flex: 1 } output { min-width: 9em; text-align: right }
  svg { width: 100%; display: block } text { font-size: 13px; fill: #222 }
  .title { font-size: 15px; font-weight: bold } .axis { stroke: #999; fill: none } .grid { stroke: #e5e5e5 }
  table { border-collapse: collapse; margin: .4em 0 } td { padding: .1em 1.4em .1em 0 }
  td + td { font-variant-numeric: tabular-nums; text-align: right }
</style></head><body>
<h1>$TITLE</h1><p>$WORDS</p>
<nav>
  <button id="back" title="one frame back" aria-label="one frame back">&#x25C0;</button>
  <button id="play" title="play or pause">play</button>
  <button id="forth" title="one frame on" aria-label="one frame on">&#x25B6;</button>
  <input id="slider" type="range" min="0" value="0" aria-label="update"><output id="number"></output>
</nav>
<svg id="picture" viewBox="0 0 960 $HEIGHT" role="img" aria-label="$TITLE"></svg>
<table><tbody id="numbers"></tbody></table>
<p>$NOTES</p>
<script>
"use strict";
const run = $DATA;
const at = id => document.getElementById(id), count = run.updates.length;
let now = 0, timer = null;

// an array is base64 of the 16-bit integers of all frames; 0 stands for low, 65535 for high
function unpack({text, low, high, size}) {
  const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0)), view = new DataView(bytes.buffer), frames = [];
  const value = (_, n) => low + (high - low) * view.getUint16(2 * n, true) / 65535;
  const values = Array.from({length: bytes.length / 2}, value);
  for (let n = 0; n < values.length; n += size) frames.push(values.slice(n, n + size));
  return frames;
}
const arrays = Object.fromEntries(Object.entries(run.arrays).map(([name, packed]) => [name, unpack(packed)]));
const sigmoid = values => values.map(v => 1 / (1 + Math.exp(-v)));
const shown = values => run.logistic ? sigmoid(values) : values;
const even = (low, high, n) => Array.from({length: n}, (_, k) => low + (high - low) * k / (n - 1));

const BLUE = "#0072B2", VERMILION = "#D55E00", GREEN = "#009E73", INK = "#222222";
// a panel with axes; X and Y map data to the picture
function panel(left, top, width, height, [x0, x1], [y0, y1], title, xlabel, ylabel, body) {
  const X = x => left + width * (x - x0) / (x1 - x0), Y = y => top + height * (y1 - y) / (y1 - y0);
  let svg = `<text class="title" x="${left}" y="${top - 10}">${title}</text>`;
  for (const v of ticks(y0, y1)) svg += `<path class="grid" d="M${left} ${Y(v)}h${width}"/>`
    + `<text x="${left - 7}" y="${Y(v) + 4}" text-anchor="end">${say(v)}</text>`;
  for (const v of ticks(x0, x1)) svg += `<path class="axis" d="M${X(v)} ${top + height}v4"/>`
    + `<text x="${X(v)}" y="${top + height + 18}" text-anchor="middle">${say(v)}</text>`;
  svg += `<text x="${left + width / 2}" y="${top + height + 36}" text-anchor="middle">${xlabel}</text>`
    + `<text transform="translate(${left - 52} ${top + height / 2}) rotate(-90)" text-anchor="middle">${ylabel}</text>`;
  const clip = `clip${left}-${top}`;
  svg += `<clipPath id="${clip}"><rect x="${left}" y="${top}" width="${width}" height="${height}"/></clipPath>`;
  return svg + `<g clip-path="url(#${clip})">${body(X, Y)}</g>`
    + `<path class="axis" d="M${left} ${top}V${top + height}H${left + width}"/>`;
}
function ticks(low, high) {
  const rough = (high - low) / 5, unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * [1, 2, 5, 10].find(k => k * unit >= rough), first = Math.ceil(low / step - 1e-9);
  return Array.from({length: Math.floor(high / step + 1e-9) - first + 1}, (_, k) => (first + k) * step);
}
const say = v => String(Number(v.toPrecision(6)));
const path = (X, Y, xs, ys) => "M" + xs.map((x, k) => `${X(x).toFixed(1)} ${Y(ys[k]).toFixed(1)}`).join("L");
const line = (d, {color, width = 2, dash = ""}, more = "") =>
  `<path d="${d}" fill="none" stroke="${color}" stroke-width="${width}" stroke-dasharray="${dash}" ${more}/>`;
const circle = (x, y, radius, color) => `<circle cx="${x}" cy="${y}" r="${radius}" fill="${color}"/>`;
const word = (x, y, text) => `<text x="${x}" y="${y}">${text}</text>`;
const cross = (x, y) => `<path d="M${x - 6} ${y}h12m-6 -6v12" stroke="${INK}" fill="none"/>`;
function legend(left, top, items) {
  return items.map(([name, style], k) => line(`M${left} ${top + 19 * k}h26`, style)
    + word(left + 33, top + 19 * k + 4, name)).join("");
}
function range(lists) {
  const all = lists.flat().filter(v => v !== null && isFinite(v)).sort((a, b) => a - b), n = all.length - 1;
  const low = Math.min(0, all[Math.floor(.005 * n)] ?? 0), high = all[Math.ceil(.995 * n)] ?? 1;
  return [low, high > low ? high + .08 * (high - low) : low + 1];
}
// `above`: a value that the quantity cannot exceed; the area between it and the first line is shaded
function curves(left, top, width, height, {title, unit, lines, above}) {
  const spans = [Math.min(run.updates[0], 0), run.updates[count - 1]];
  const used = lines.filter(([key]) => run.numbers[key]?.some(v => v !== null));
  const shade = (X, Y) => {
    if (above === undefined || !used.length) return "";
    const kept = run.updates.map((u, k) => [u, run.numbers[used[0][0]][k]]).filter(p => p[1] !== null);
    const along = kept.map(([u, v]) => `${X(u).toFixed(1)} ${Y(v).toFixed(1)}`).join("L");
    return `<path data-shade="${used[0][0]}" d="M${along}V${Y(above)}H${X(kept[0][0])}Z" fill="${used[0][2].color}" fill-opacity=".18"/>`;
  };
  const body = (X, Y) => shade(X, Y) + used.map(([key, , style]) => {
    const kept = run.updates.map((u, k) => [u, run.numbers[key][k]]).filter(p => p[1] !== null);
    return line(path(X, Y, kept.map(p => p[0]), kept.map(p => p[1])), style, `data-curve="${key}"`)
      + kept.filter(p => p[0] === run.updates[now]).map(([u, v]) => circle(X(u), Y(v), 4.5, style.color)).join("");
  }).join("") + `<path d="M${X(run.updates[now])} ${top}v${height}" stroke="${INK}"/>`;
  const heights = above === undefined ? range(used.map(([key]) => run.numbers[key])) : [0, 1.08 * above];
  return panel(left, top, width, height, spans, heights, title, "update", unit, body)
    + legend(left + width + 18, top + 10, used.map(([, name, style]) => [name, style]));
}

const P = {color: BLUE, width: 2.2}, G = {color: VERMILION, width: 2.2, dash: "7 3"};
const D = {color: GREEN, width: 4}, BEST = {color: INK, width: 1.6, dash: "6 4"};
function drawLine() {
  const xs = even(...run.box, run.density.length), across = [run.box[0], run.box[1]];
  const top = Math.max(...run.density, ...arrays.density[now]) * 1.1, samples = arrays.samples[now];
  let svg = panel(70, 40, 640, 210, across, [-.12 * top, top], "Densities, and samples", "x", "density", (X, Y) => {
    const marks = samples.map(x => `M${X(x).toFixed(1)} ${Y(-.03 * top)}V${Y(-.11 * top)}`);
    return line(path(X, Y, xs, run.density), P, 'data-curve="p"')
      + line(path(X, Y, xs, arrays.density[now]), G, 'data-curve="g"')
      + marks.map(mark => line(mark, {color: VERMILION, width: 1}, 'stroke-opacity=".3"')).join("");
  }) + legend(728, 50, [["p, the data", P], ["g, the model", G]]);
  if (run.notDrawn) return svg;
  const output = shown(arrays.output[now]), best = arrays.best ? shown(arrays.best[now]) : null;
  const high = run.logistic ? [-.03, 1.03] : range([output, best ?? []]);
  svg += panel(70, 340, 640, 210, across, high, run.logistic ? "D(x): the probability that x is data" : "Output of D", "x",
    run.logistic ? "D(x)" : "D's output",
    (X, Y) => line(path(X, Y, xs, output), D, 'data-curve="d"')
    + (best ? line(path(X, Y, xs, best), BEST, 'data-curve="best"') : ""))
    + legend(728, 350, [["D", D], ...(best ? [[run.bestName, BEST]] : [])]);
  return svg;
}
const extremes = () => run.logistic ? [0, 1] : run.outputs;
// blue where D says data, orange where D says model, pale between
function heat(values, side) {
  const board = document.createElement("canvas"), ends = [[213, 94, 0], [247, 247, 247], [0, 114, 178]];
  board.width = board.height = side;
  const pen = board.getContext("2d"), image = pen.createImageData(side, side), [low, high] = extremes();
  values.forEach((v, k) => {
    const t = 2 * Math.min(1, Math.max(0, (v - low) / (high - low))), n = Math.min(1, Math.floor(t)), f = t - n;
    const place = 4 * ((side - 1 - Math.floor(k / side)) * side + k % side);
    for (let c = 0; c < 3; c++) image.data[place + c] = ends[n][c] + f * (ends[n + 1][c] - ends[n][c]);
    image.data[place + 3] = 255;
  });
  pen.putImageData(image, 0, 0);
  return board.toDataURL();
}
function drawPlane() {
  const side = run.side, span = run.box, edge = (span[1] - span[0]) / (side - 1) / 2, points = arrays.samples[now];
  const names = ["first coordinate", "second coordinate"];
  const title = run.notDrawn ? "Samples of G" : "D over the plane, and samples of G";
  let dots = "", outside = 0;
  return panel(70, 40, 560, 560, span, span, title, ...names, (X, Y) => {
    for (let k = 0; k < points.length; k += 2) {
      if (points.slice(k, k + 2).some(v => v < span[0] || v > span[1])) outside++;
      dots += `M${X(points[k]).toFixed(1)} ${Y(points[k + 1]).toFixed(1)}h0`;
    }
    return (run.notDrawn ? "" : image(X(span[0] - edge), Y(span[1] + edge), X(span[1] + edge) - X(span[0] - edge)))
      + run.centers.map(([x, y]) => cross(X(x), Y(y))).join("")
      + line(dots, {color: "#fff", width: 6}, 'stroke-linecap="round"')
      + line(dots, {color: INK, width: 3.6}, 'stroke-linecap="round"');
  }) + (run.notDrawn ? "" : scale()) + circle(676, 260, 3, INK)
    + word(697, 264, `${points.length / 2} samples of G, ${outside} outside`)
    + cross(676, 286) + word(697, 290, `${run.centers.length} modes of the data`);
}
const image = (x, y, width) =>
  `<image href="${heat(shown(arrays.output[now]), run.side)}" x="${x}" y="${y}" width="${width}" height="${width}"/>`;
function scale() {
  const [low, high] = extremes();
  const [data, model] = run.logistic ? ["D is sure it is data", "D is sure it is G's"]
    : ["D's highest output", "D's lowest output"];
  return `<defs><linearGradient id="scale" x2="0" y1="1" y2="0"><stop stop-color="${VERMILION}"/>`
    + `<stop offset=".5" stop-color="#f7f7f7"/><stop offset="1" stop-color="${BLUE}"/></linearGradient></defs>`
    + `<rect x="665" y="60" width="22" height="160" fill="url(#scale)" stroke="#999"/>`
    + word(697, 70, `${say(high)}: ${data}`) + word(697, 220, `${say(low)}: ${model}`);
}
function show(n) {
  now = (n + count) % count;
  let svg = run.side ? drawPlane() : drawLine(), top = run.top;
  if (run.notDrawn) svg += word(70, top - 60, run.notDrawn);
  for (const group of run.panels) { svg += curves(70, top, 640, 170, group); top += 270; }
  at("picture").innerHTML = svg;
  at("numbers").innerHTML = run.table.filter(([key]) => run.numbers[key]?.[now] != null)
    .map(([key, name, digits]) => [name, run.numbers[key][now].toFixed(digits)])
    .map(([name, value]) => `<tr><td>${name}</td><td>${value}</td></tr>`).join("");
  at("slider").value = now;
  at("slider").setAttribute("aria-valuetext", `update ${run.updates[now]}`);
  at("number").textContent = `update ${run.updates[now]}`;
}
function play(on) {
  clearInterval(timer);
  timer = on ? setInterval(() => show(now + 1), 150) : null;
  at("play").textContent = on ? "pause" : "play";
}
at("slider").max = count - 1;
at("slider").oninput = event => { play(false); show(Number(event.target.value)); };
at("back").onclick = () => { play(false); show(now - 1); };
at("forth").onclick = () => { play(false); show(now + 1); };
at("play").onclick = () => play(timer === null);
show(0);
</script></body></html>
"""
