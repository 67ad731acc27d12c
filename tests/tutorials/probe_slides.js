// Steps through all slides, forward to the end and back, and writes what it saw into the page.
{
  const seen = {errors: [], slides: 0, overflows: [], small: []};
  addEventListener("error", event => seen.errors.push(event.message));
  const press = key => dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
  const now = () => document.querySelectorAll(".slide.now");
  const look = () => {
    const [slide] = now(), body = slide.querySelector(".body");
    if (slide.scrollHeight > 721 || slide.scrollWidth > 1281) seen.overflows.push(`${slide.id} ${slide.scrollWidth} x ${slide.scrollHeight}`);
    if (parseFloat(body.style.fontSize) < 11) seen.small.push(slide.id + " " + body.style.fontSize);
  };
  press("Home");
  seen.first = now()[0].id;
  seen.one = now().length;
  for (let n = 0; n < 200 && !seen.last; n += 1) {
    look();
    const before = now()[0].id, folds = now()[0].querySelectorAll("details[open]").length;
    press("ArrowRight");
    if (now()[0].id === before && now()[0].querySelectorAll("details[open]").length === folds) seen.last = before;
  }
  seen.hash = location.hash;
  seen.folded = document.querySelectorAll(".answer:not([open])").length;
  document.querySelector("[data-go=back]").click();
  seen.back = now()[0].id !== seen.last;
  document.querySelector("[data-go=forward]").click();
  seen.forth = now()[0].id === seen.last;
  press("End");
  seen.end = now()[0].id;
  seen.counter = document.querySelector(".slide-controls output").textContent;
  const box = document.querySelector(".stage").getBoundingClientRect();
  seen.ratio = box.width / box.height;
  seen.fits = box.width <= innerWidth + 1 && box.height <= innerHeight + 1;
  parent.postMessage(seen, "*");
}
