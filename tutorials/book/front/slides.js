// A step a slide: keys and buttons go forward and back; a slide unfolds its answers before it goes.
const slides = [...document.querySelectorAll(".slide")];
const stage = document.querySelector(".stage");
const counter = document.querySelector(".slide-controls output");
let now = 0;

// The largest type, in one column or in two, with which the slide's content fits. Where the type
// would be small, pictures may be smaller instead.
function fit(slide) {
  const body = slide.querySelector(".body"), room = 720 - 34 - 34, wide = 1280 - 96;
  for (let size = 26; size >= 9; size -= 1) {
    for (const tall of size > 15 ? [520] : [520, 380, 270, 200]) {
      for (const two of [false, true]) {
        slide.classList.toggle("two", two);
        slide.style.setProperty("--tall", `${tall}px`);
        body.style.fontSize = `${size}px`;
        body.style.height = two ? `${room}px` : "auto";
        const fits = body.scrollHeight <= room + 1 && body.scrollWidth <= wide + 1;
        if (fits && slide.scrollHeight <= 720 && slide.scrollWidth <= 1280) return;
      }
    }
  }
}

function show(number) {
  now = Math.min(Math.max(number, 0), slides.length - 1);
  slides.forEach((slide, at) => slide.classList.toggle("now", at === now));
  counter.textContent = `${now + 1} / ${slides.length}`;
  history.replaceState(null, "", `#${slides[now].id}`);
  fit(slides[now]);
}

function go(by) {
  const folds = [...slides[now].querySelectorAll(".answer, .solution, .hint")];
  const next = by > 0 && folds.find(fold => !fold.open);
  if (next) {
    next.open = true;
    fit(slides[now]);
  } else {
    show(now + by);
  }
}

function scale() {
  const height = innerHeight - document.querySelector(".slide-controls").offsetHeight;
  const by = Math.min(innerWidth / 1280, height / 720);
  stage.style.transform = `translate(${(innerWidth - 1280 * by) / 2}px, ${(height - 720 * by) / 2}px) scale(${by})`;
}

addEventListener("keydown", event => {
  if (event.target.tagName === "INPUT" || event.ctrlKey || event.metaKey || event.altKey) return;
  const acts = {
    ArrowRight: () => go(1), PageDown: () => go(1), " ": () => go(1),
    ArrowLeft: () => go(-1), PageUp: () => go(-1),
    Home: () => show(0), End: () => show(slides.length - 1),
    f: () => document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen(),
  };
  const onButton = event.key === " " && ["BUTTON", "SUMMARY", "A"].includes(event.target.tagName);
  if (!(event.key in acts) || onButton) return;
  event.preventDefault();
  acts[event.key]();
});
for (const button of document.querySelectorAll("[data-go]")) {
  button.addEventListener("click", () => go(button.dataset.go === "forward" ? 1 : -1));
}
for (const fold of document.querySelectorAll("details")) {
  fold.addEventListener("toggle", () => fit(slides[now]));
}
addEventListener("beforeprint", () => {
  for (const slide of slides) {
    slide.classList.add("now");
    for (const fold of slide.querySelectorAll(".answer, .solution")) fold.open = true;
    fit(slide);
  }
});
addEventListener("afterprint", () => show(now));
addEventListener("resize", scale);
scale();
const wanted = slides.findIndex(slide => `#${slide.id}` === location.hash);
show(Math.max(wanted, 0));
