// Draws the page of the convolution.
"use strict";
{
  const {control, onchange, text, write, svg, live} = window.explorer, {numbers} = window;
  control({id: "transposed", kind: "check", label: "transposed", value: true});
  control({id: "size", kind: "slider", label: "size", min: 1, max: 8, value: 3});
  control({id: "kernel", kind: "slider", label: "kernel", min: 1, max: 6, value: 3});
  control({id: "stride", kind: "slider", label: "stride", min: 1, max: 4, value: 2});
  control({id: "padding", kind: "slider", label: "padding", min: 0, max: 4, value: 1});
  control({id: "output_padding", kind: "slider", label: "output_padding", min: 0, max: 3, value: 0});
  control({id: "dilation", kind: "slider", label: "dilation", min: 1, max: 3, value: 1});

  onchange(settings => {
    const found = numbers.all(settings);
    const words = text(settings.transposed ? "sizes-transposed" : "sizes", found);
    write(document.getElementById("sizes"), words);
    live(words);
    const cells = (found.coverage || []).map((count, h) => svg("g", {transform: `translate(${30 * h} 0)`},
      svg("rect", {width: 30, height: 30, fill: "var(--output-fill)", stroke: "var(--edge)"}),
      svg("text", {x: 15, y: 21, "text-anchor": "middle"}, count)));
    const width = 30 * cells.length;
    document.getElementById("coverage").replaceChildren(svg("svg", {width, height: 30, viewBox: `0 0 ${width} 30`}, cells));
  });
}
