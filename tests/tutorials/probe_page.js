// Presses every button and key of a page, and writes what it saw into the page.
{
  const seen = {errors: [], players: [], width: innerWidth};
  addEventListener("error", event => seen.errors.push(event.message));
  addEventListener("securitypolicyviolation", event => seen.errors.push(event.violatedDirective));
  const shown = player => [...player.querySelectorAll("img")].findIndex(image => !image.hidden);
  const press = (target, key) => target.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
  for (const player of document.querySelectorAll(".player")) {
    const count = player.querySelectorAll("img").length, part = name => player.querySelector(`[data-do=${name}]`);
    const slider = player.querySelector("input"), at = [];
    press(player, "Home"); at.push(shown(player));
    part("forward").click(); at.push(shown(player));
    press(player, "ArrowRight"); at.push(shown(player));
    part("back").click(); at.push(shown(player));
    press(player, "ArrowLeft"); at.push(shown(player));
    press(player, "ArrowLeft"); at.push(shown(player) - count);
    press(player, "Home");
    slider.value = slider.max; slider.dispatchEvent(new Event("input", {bubbles: true}));
    const all = [...player.querySelectorAll("input")].length;
    seen.players.push({at, count, all, scrubbed: shown(player), words: player.innerText, visible: [...player.querySelectorAll("img:not([hidden])")].length});
    }
  const root = document.documentElement;
  if (document.getElementById("theme")) {
    const paper = () => getComputedStyle(document.body).backgroundColor, before = paper();
    document.getElementById("theme").click();
    seen.theme = paper() !== before;
    document.getElementById("theme").click();
    seen.themeBack = paper() === before;
  }
  const controls = "button, summary, input, a[href], .player";
  seen.unreachable = [...document.querySelectorAll(controls)].filter(node => node.tabIndex < 0).map(node => node.outerHTML.slice(0, 90));
  seen.stuck = [...document.querySelectorAll("summary")].filter(node => {
    const before = node.parentElement.open;
    node.click();
    const changed = node.parentElement.open !== before;
    node.click();
    return !changed || node.parentElement.open !== before;
  }).map(node => node.textContent);
  seen.folded = document.querySelectorAll(".answer:not([open])").length;
  dispatchEvent(new Event("beforeprint"));
  seen.printed = document.querySelectorAll(".answer:not([open])").length;
  dispatchEvent(new Event("afterprint"));
  for (const fold of document.querySelectorAll("main details")) fold.open = true;
  seen.overflow = root.scrollWidth - innerWidth;
  const wide = node => node.closest(".table, pre, .math, .contents") === null;
  seen.outside = [...document.querySelectorAll("main *")].filter(node => wide(node) && node.getBoundingClientRect().right > innerWidth + 1).map(node => node.outerHTML.slice(0, 90));
  seen.anchors = [...document.querySelectorAll("main section[id]")].map(node => node.id);
  seen.broken = [...document.querySelectorAll("a[href^='#']")].map(node => node.hash.slice(1)).filter(id => id && !document.getElementById(id));
  seen.images = [...document.images].filter(image => !image.alt || !image.complete || !image.naturalWidth).length;
  seen.math = document.querySelectorAll("math").length;
  seen.proved = document.querySelectorAll(".proved").length;
  seen.words = document.querySelector("main").textContent;
  seen.languages = [...document.querySelectorAll("a.language")].map(node => node.getAttribute("href"));
  for (const player of document.querySelectorAll(".player")) {
    press(player, "Home");
    press(player, " ");
  }
  setTimeout(() => {
    const playing = player => shown(player) > 0 && player.dataset.playing === "true";
    seen.played = [...document.querySelectorAll(".player")].map(playing);
    const loaded = performance.getEntriesByType("resource").map(entry => entry.name);
    seen.asked = loaded.filter(name => !name.startsWith("data:"));
    parent.postMessage(seen, "*");
  }, 2500);
}
