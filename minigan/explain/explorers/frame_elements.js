// Elements of SVG and HTML, numbers as text, colours, and packed numbers, for all explorers.
"use strict";
window.elements = (() => {
  // A number as text: at most `digits` digits after the point, and a true minus sign.
  function number(value, digits = 4) {
    if (typeof value !== "number") return String(value);
    if (!Number.isFinite(value)) return Number.isNaN(value) ? "–" : value < 0 ? "−∞" : "∞";
    const rounded = Number(value.toFixed(digits)) || 0;
    return String(rounded).replace("-", "−");
  }

  const maker = namespace =>
    function make(tag, attributes = {}, ...children) {
      const node = namespace
        ? document.createElementNS(namespace, tag)
        : document.createElement(tag);
      for (const [name, value] of Object.entries(attributes)) {
        if (value === undefined || value === null || value === false) continue;
        node.setAttribute(name, value === true ? "" : value);
      }
      node.append(
        ...children
          .flat(Infinity)
          .filter(child => child !== null && child !== undefined)
          .map(child => (typeof child === "number" ? number(child) : child)),
      );
      return node;
    };
  const svg = maker("http://www.w3.org/2000/svg"),
    html = maker("");

  // The value of a custom property such as "--input": canvases need colours as values.
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // Frames of numbers from base64 of integers, as minigan/viz/recording.py packs them: 0 stands for
  // low, the highest integer for high.
  function unpack({text: packed, bytes, low, high, size}) {
    const raw = Uint8Array.from(atob(packed), letter => letter.charCodeAt(0)),
      view = new DataView(raw.buffer);
    const top = 256 ** bytes - 1,
      level = n => (bytes === 1 ? view.getUint8(n) : view.getUint16(2 * n, true));
    const values = Array.from(
      {length: raw.length / bytes},
      (_, n) => low + ((high - low) * level(n)) / top,
    );
    return Array.from({length: values.length / size}, (_, n) =>
      values.slice(n * size, (n + 1) * size),
    );
  }

  return {number, svg, html, colour, unpack};
})();
