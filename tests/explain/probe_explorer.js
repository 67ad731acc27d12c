// Uses every input and key of an explorer, and reports what it saw.
addEventListener("error", event => seen.errors.push(event.message));
addEventListener("securitypolicyviolation", event => seen.errors.push(event.violatedDirective));
const seen = {errors: []};
addEventListener("load", () => {
  const {explorer} = window,
    root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const shown = node =>
    node.getClientRects().length > 0 && getComputedStyle(node).visibility !== "hidden";
  const press = key =>
    document.body.dispatchEvent(
      new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}),
    );
  const begin = {...explorer.settings()};
  const within = () => {
    const clipped = node => node.closest("#live, [data-scroll], dialog");
    return all("body *")
      .filter(
        node =>
          shown(node) && !clipped(node) && node.getBoundingClientRect().right > innerWidth + 1,
      )
      .map(node => node.outerHTML.slice(0, 120));
  };

  // the first view
  seen.width = innerWidth;
  seen.height = innerHeight;
  seen.title = document.title;
  seen.fold = Math.max(
    ...all("#controls, #player .buttons, #player input")
      .filter(shown)
      .map(node => node.getBoundingClientRect().bottom),
  );
  seen.svgNumbers = all("#view svg text")
    .filter(shown)
    .map(
      node => parseFloat(getComputedStyle(node).fontSize) * (node.getCTM() ? node.getCTM().a : 1),
    );
  seen.font = parseFloat(getComputedStyle(document.body).fontSize);

  // names for a screen reader
  const named = node =>
    node.getAttribute("aria-label") ||
    node.getAttribute("aria-labelledby") ||
    node.labels?.length ||
    node.textContent.trim();
  seen.nameless = all("input, select, button, [role], dialog, svg[role]")
    .filter(
      node =>
        !named(node) &&
        !["status", "alert"].includes(node.getAttribute("role")) &&
        node.id !== "source",
    )
    .map(node => node.outerHTML.slice(0, 120));

  // contrast of each text that is not drawn
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgba = colour => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) =>
    [r, g, b]
      .map(v => v / 255)
      .map(v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
      .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = node => {
    for (; node; node = node.parentElement) {
      const found = rgba(getComputedStyle(node).backgroundColor);
      if (found[3] === 255) return found;
    }
    return [255, 255, 255];
  };
  const pale = () => {
    const texts = all("body *").filter(
      node =>
        shown(node) &&
        !node.closest("svg, #live") &&
        !node.disabled &&
        [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim()),
    );
    return texts
      .map(node => {
        const [a, b] = [light(rgba(getComputedStyle(node).color)), light(behind(node))].sort(
          (x, y) => y - x,
        );
        return [(a + 0.05) / (b + 0.05), node.outerHTML.slice(0, 120)];
      })
      .filter(([ratio]) => ratio < 4.5);
  };
  seen.pale = pale();

  // colours, languages
  const paper = () => getComputedStyle(document.body).backgroundColor,
    before = paper();
  document.getElementById("theme").click();
  seen.theme = paper() !== before;
  seen.paleOther = pale();
  document.getElementById("theme").click();
  const drawn = () =>
    all("#view svg text")
      .map(node => node.textContent)
      .filter(text => /^[−\d.,+·= ]+$/.test(text));
  const words = () =>
      all("header, #page")
        .map(node => node.innerText)
        .join("\n"),
    first = words(),
    numbersFirst = drawn();
  const language = explorer.language,
    other = language === "en" ? "zh" : "en";
  document.querySelector(`button[data-language=${other}]`).click();
  seen.translated = words() !== first && root.lang.startsWith(other);
  seen.numbersKept = JSON.stringify(drawn()) === JSON.stringify(numbersFirst);
  seen.overflowOther = within();
  seen.unfilled = (first + words()).match(/\{[\w-]+\}|undefined|NaN|\[object/g) || [];
  document.querySelector(`button[data-language=${language}]`).click();
  seen.wordsKept = words() === first;

  // the dialogs with source code
  seen.sources = all("[data-code]").map(button => {
    button.click();
    const dialog = document.getElementById("source"),
      text = dialog.querySelector("code").textContent;
    const open = dialog.open;
    dialog.close();
    return {key: button.dataset.code, open, text};
  });

  // every input, at its ends and in the middle; each answer is timed
  seen.milliseconds = 0;
  const told = node => {
    const start = performance.now();
    node.dispatchEvent(new Event("input", {bubbles: true}));
    document.body.getBoundingClientRect();
    seen.milliseconds = Math.max(seen.milliseconds, performance.now() - start);
  };
  seen.changed = {};
  for (const input of all(".control input, .control select").filter(shown)) {
    const id = input.id || input.name,
      values = new Set([String(begin[id])]);
    const keep = () => values.add(String(explorer.settings()[id]));
    if (input.type === "range")
      for (const value of [input.max, input.min, (Number(input.max) + Number(input.min)) / 2]) {
        input.value = value;
        told(input);
        keep();
      }
    else if (input.tagName === "SELECT")
      for (const option of input.options) {
        input.value = option.value;
        told(input);
        keep();
      }
    else {
      input.click();
      told(input);
      keep();
    }
    seen.changed[id] = [...(seen.changed[id] || []), ...values];
    document.getElementById("reset").click();
  }
  seen.reset =
    JSON.stringify(explorer.settings()) ===
    JSON.stringify(
      Object.fromEntries(
        Object.entries(begin).map(([id, value]) => [
          id,
          location.hash ? explorer.settings()[id] : value,
        ]),
      ),
    );

  // keys
  seen.steps = [];
  const player = document.getElementById("player");
  if (!player.hidden) {
    const last = Number(player.querySelector("input").max);
    for (const key of ["Home", "ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight"]) {
      press(key);
      seen.steps.push(explorer.step);
    }
    seen.last = last;
    press("Home");
    press(" ");
    seen.playing = player.dataset.playing === "true";
  }
  seen.focus = all("button, input, select, [tabindex]")
    .filter(shown)
    .slice(0, 40)
    .filter(node => {
      node.focus({focusVisible: true});
      return getComputedStyle(node).outlineStyle === "none";
    })
    .map(node => node.outerHTML.slice(0, 120));

  // printing
  dispatchEvent(new Event("beforeprint"));
  seen.printedLight = root.dataset.theme === "light";
  dispatchEvent(new Event("afterprint"));
  seen.outside = within();
  seen.overflow = root.scrollWidth - innerWidth;
  setTimeout(() => {
    seen.played = explorer.step > 0;
    seen.asked = performance
      .getEntriesByType("resource")
      .map(entry => entry.name)
      .filter(name => !name.startsWith("data:"));
    parent.postMessage(seen, "*");
  }, 2500);
});
