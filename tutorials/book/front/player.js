// Pictures with steps or settings: buttons, sliders and keys choose the frame that is shown.
"use strict";

// An explorer is loaded when it is wanted: it opens below its link, in the colours of the page.
for (const button of document.querySelectorAll("[data-show]")) {
  button.addEventListener("click", () => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const frame = document.createElement("iframe"), [page, settings = ""] = button.dataset.show.split("#");
    const more = `embedded=1&theme=${document.documentElement.dataset.theme || dark}`;
    frame.src = `${page}#${settings && `${settings}&`}${more}`;
    frame.title = button.parentElement.querySelector("a").textContent;
    button.replaceWith(frame);
    frame.focus();
  });
}

for (const player of document.querySelectorAll(".player")) {
  const frames = player.querySelectorAll("img");
  const sliders = [...player.querySelectorAll("input")];
  const buttons = [...player.querySelectorAll("button")];
  const fastest = sliders[sliders.length - 1];
  let timer = null;

  function draw() {
    let at = 0;
    for (const slider of sliders) {
      at = at * (Number(slider.max) + 1) + Number(slider.value);
      slider.nextElementSibling.textContent = slider.dataset.shown.split("|")[slider.value];
    }
    frames.forEach((frame, number) => { frame.hidden = number !== at; });
  }

  // Move the last slider; past its end it carries into the one before, and at last begins anew.
  function step(by) {
    for (const slider of [...sliders].reverse()) {
      const next = Number(slider.value) + by, size = Number(slider.max) + 1;
      slider.value = (next + size) % size;
      if (next >= 0 && next < size) break;
    }
    draw();
  }

  function play(on) {
    clearInterval(timer);
    timer = on ? setInterval(() => step(1), 1000 * player.dataset.seconds) : null;
    player.dataset.playing = on;
    player.querySelector("[data-do=play] path").setAttribute("d", on ? "M7 5h4v14H7zM14 5h4v14h-4z" : "M8 5v14l11-7z");
  }

  function act(name) {
    if (name === "play") return play(timer === null);
    play(false);
    if (name === "back") step(-1);
    if (name === "forward") step(1);
    if (name === "first" || name === "last") {
      sliders.forEach(slider => { slider.value = name === "first" ? 0 : slider.max; });
      draw();
    }
    return undefined;
  }

  const keys = {
    " ": "play", k: "play", ArrowLeft: "back", ArrowRight: "forward", Home: "first", End: "last",
  };
  for (const button of buttons) button.addEventListener("click", () => act(button.dataset.do));
  for (const slider of sliders) slider.addEventListener("input", () => { play(false); draw(); });
  player.addEventListener("keydown", event => {
    const isButton = event.target.tagName === "BUTTON" && event.key === " ";
    const isSlider = event.target.tagName === "INPUT" && event.key !== " " && event.key !== "k";
    if (!(event.key in keys) || isButton || isSlider || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    act(keys[event.key]);
  });
  if (!fastest.dataset.shown.includes("=")) addEventListener("beforeprint", () => act("last"));
  draw();
}
