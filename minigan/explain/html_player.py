"""A film as one HTML file, with buttons to play, pause and step, and a slider; it loads nothing."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from html import escape
from io import BytesIO

from minigan.files import replacing
from minigan.viz.canvas import Path_, Pixels, in_one_palette

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>$TITLE</title>
<style>
  body { font: 16px "DejaVu Sans", sans-serif; color: #222; margin: 1em auto; max-width: $WIDTHpx }
  img { width: 100%; display: block }
  nav { display: flex; gap: .5em; align-items: center }
  button { font: inherit; min-width: 3em } input { flex: 1 }
</style></head><body>
<img id="picture" alt="$TITLE">
<nav>
  <button id="back" title="one step back">&#x25C0;</button>
  <button id="play" title="play or pause">pause</button>
  <button id="forth" title="one step on">&#x25B6;</button>
  <input id="slider" type="range" min="0" value="0" aria-label="step"><output id="number"></output>
</nav>
<script>
  const frames = $FRAMES, at = id => document.getElementById(id);
  let now = 0, timer = null;
  function show(n) {
    now = (n + frames.length) % frames.length;
    at("picture").src = "data:image/png;base64," + frames[now];
    at("slider").value = now;
    at("number").textContent = (now + 1) + " / " + frames.length;
  }
  function play(on) {
    clearInterval(timer);
    timer = on ? setInterval(() => show(now + 1), $MILLISECONDS) : null;
    at("play").textContent = on ? "pause" : "play";
  }
  at("slider").max = frames.length - 1;
  at("slider").oninput = event => { play(false); show(Number(event.target.value)); };
  at("back").onclick = () => { play(false); show(now - 1); };
  at("forth").onclick = () => { play(false); show(now + 1); };
  at("play").onclick = () => play(timer === null);
  show(0); play(true);
</script></body></html>
"""


def save_html(frames: Sequence[Pixels], path: Path_, seconds: float, title: str) -> None:
    """Write a page that plays the frames, `seconds` each; the file appears whole or not at all."""
    encoded = []
    for image in in_one_palette(frames):
        buffer = BytesIO()
        image.save(buffer, format="PNG")
        encoded.append(b64encode(buffer.getvalue()).decode("ascii"))
    page = _PAGE.replace("$TITLE", escape(title)).replace("$WIDTH", str(frames[0].shape[1]))
    page = page.replace("$MILLISECONDS", str(round(1000 * seconds))).replace(
        "$FRAMES", json.dumps(encoded)
    )
    with replacing(path) as file:
        file.write_text(page, encoding="utf-8")
