// The frame of every explorer: texts in two languages, controls, steps, and dialogs with source
// code. The script of an explorer uses `window.explorer` and nothing else of the files frame*.js.
"use strict";
window.explorer = (() => {
  const {number, svg, html, colour, unpack} = window.elements;
  const root = document.documentElement;
  const byId = id => document.getElementById(id);
  const parsed = id => JSON.parse(byId(id).textContent);
  const [data, texts, codes, initial] = ["data", "texts", "codes", "settings"].map(parsed);
  const controls = new Map(); // from id to {kind, value, usual, show, ...}
  const draws = [];
  const LANGUAGES = {en: ["en", "English"], zh: ["zh-CN", "中文"]};
  let language = root.dataset.language,
    player = null,
    started = false;

  // ------------------------------------------------------------------------------ texts

  // The text of a key in the current language, with {name} replaced by the values.
  function text(key, values = {}) {
    const found = texts[language][key];
    if (found === undefined) throw new Error(`there is no text "${key}" in ${language}`);
    return found.replace(/\{([\w-]+)\}/g, (whole, name) =>
      name in values ? number(values[name], 12) : whole,
    );
  }

  // Write a text into an element: `code` and **bold** become elements.
  function write(element, words) {
    const parts = words.split(/(`[^`]+`|\*\*[^*]+\*\*)/).filter(Boolean);
    element.replaceChildren(
      ...parts.map(part => {
        if (part.startsWith("`")) return html("code", {}, part.slice(1, -1));
        return part.startsWith("**") ? html("b", {}, part.slice(2, -2)) : part;
      }),
    );
    return element;
  }

  function translate() {
    root.lang = LANGUAGES[language][0];
    document.title = text("title");
    for (const node of document.querySelectorAll("[data-text]"))
      write(node, text(node.dataset.text));
    for (const node of document.querySelectorAll("[data-label]"))
      node.setAttribute("aria-label", text(node.dataset.label));
    for (const node of document.querySelectorAll("[data-code]")) labelSource(node);
    for (const node of document.querySelectorAll("button[data-language]")) {
      node.setAttribute("aria-pressed", String(node.dataset.language === language));
    }
  }

  function setLanguage(code) {
    if (code in LANGUAGES) language = code;
    translate();
    update();
  }

  // --------------------------------------------------------------------------- settings

  const LIMITED = {
    slider: (control, value) => {
      const {min, max, step} = control,
        number = Number(value);
      if (!Number.isFinite(number) || value === "") return control.value;
      const whole = min + Math.round((number - min) / step) * step;
      return Math.min(Math.max(Number(whole.toPrecision(12)), min), max);
    },
    check: (control, value) => value === true || value === "true",
    choice: (control, value) =>
      control.options.some(option => option.value === String(value))
        ? String(value)
        : control.value,
    hidden: (control, value) =>
      typeof control.usual === "number"
        ? Number.isFinite(Number(value))
          ? Number(value)
          : control.value
        : String(value),
  };

  // Add a setting. `kind` is "slider" (min, max, step), "choice" (options: [{value, label}], with
  // `buttons: true` as radio buttons), "check", or "hidden", which has no input. `show(value)`
  // returns the text that stands for the value of a slider. The input is added to the element with
  // the id `into`: by default the form above the fold.
  function control({
    id,
    kind,
    label,
    min = 0,
    max = 10,
    step = 1,
    value,
    options = [],
    buttons = false,
    show = number,
    into = "controls",
  }) {
    const start = initial[id] ?? value;
    const entry = {id, kind, min, max, step, options, value: start, usual: start, show};
    controls.set(id, entry);
    if (kind === "hidden") return entry;
    const words = html("span", {"data-text": label});
    if (kind === "slider") {
      entry.input = html("input", {type: "range", id, min, max, step});
      entry.output = html("output", {for: id});
      entry.box = html(
        "div",
        {class: "control"},
        html("label", {for: id}, words),
        entry.output,
        entry.input,
      );
    } else if (kind === "check") {
      entry.input = html("input", {type: "checkbox", id});
      entry.box = html(
        "div",
        {class: "control check"},
        entry.input,
        html("label", {for: id}, words),
      );
    } else if (buttons) {
      const choices = options.map(option =>
        html(
          "label",
          {},
          html("input", {type: "radio", name: id, value: option.value}),
          html("span", {"data-text": option.label}),
        ),
      );
      words.id = `${id}-label`;
      entry.box = html(
        "div",
        {class: "control"},
        words,
        html(
          "div",
          {class: "choices", id, role: "radiogroup", "aria-labelledby": words.id},
          choices,
        ),
      );
    } else {
      entry.input = html(
        "select",
        {id},
        options.map(option => html("option", {value: option.value, "data-text": option.label})),
      );
      entry.box = html("div", {class: "control"}, html("label", {for: id}, words), entry.input);
    }
    entry.box.addEventListener("input", event => {
      const node = event.target;
      set(id, kind === "check" ? node.checked : node.value);
    });
    byId(into).append(entry.box);
    return entry;
  }

  function showControl({kind, value, input, output, box, show}) {
    if (kind === "slider") {
      input.value = value;
      output.textContent = show(value);
      input.setAttribute("aria-valuetext", show(value));
    } else if (kind === "check") input.checked = value;
    else if (input) input.value = value;
    else if (box)
      for (const radio of box.querySelectorAll("input")) radio.checked = radio.value === value;
  }

  // Change the limits of a slider, and hide or show a control, while the settings change.
  function limit(id, {min, max, visible}) {
    const entry = controls.get(id);
    if (min !== undefined) entry.min = Number((entry.input.min = min));
    if (max !== undefined) entry.max = Number((entry.input.max = max));
    if (visible !== undefined) entry.box.hidden = !visible;
    entry.value = LIMITED[entry.kind](entry, entry.value);
    showControl(entry);
    return entry.value;
  }

  const settings = () => Object.fromEntries([...controls].map(([id, entry]) => [id, entry.value]));

  // Change one setting, set("kernel", 3), or several, set({kernel: 3, stride: 2}).
  function set(id, value) {
    for (const [name, wanted] of Object.entries(typeof id === "object" ? id : {[id]: value})) {
      const entry = controls.get(name);
      if (!entry) throw new Error(`there is no setting "${name}"`);
      entry.value = LIMITED[entry.kind](entry, wanted);
    }
    update();
  }

  // Call draw(settings) at the start and after every change, also of the language and the colours.
  function onchange(draw) {
    draws.push(draw);
  }

  function update() {
    if (!started) return;
    for (const entry of controls.values()) showControl(entry);
    for (const draw of draws) draw(settings());
    if (player) player.refresh();
    remember();
  }

  function reset() {
    for (const entry of controls.values()) entry.value = entry.usual;
    if (player) player.now = player.start;
    update();
  }

  // ----------------------------------------------------------- the fragment of the address

  let timer = 0;
  function remember() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const changed = new URLSearchParams();
      for (const [id, entry] of controls)
        if (entry.value !== entry.usual) changed.set(id, entry.value);
      if (player && player.now !== player.start) changed.set("step", player.now);
      if (language !== root.dataset.language) changed.set("language", language);
      if (embedded) changed.set("embedded", 1);
      if (chosen) changed.set("theme", chosen);
      const hash = String(changed);
      try {
        if (location.hash.slice(1) !== hash)
          history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
      } catch {
        /* a page inside a frame without an address of its own */
      }
    }, 200);
  }

  let chosen = ""; // light or dark, if the address says it
  let embedded = window !== window.parent && root.dataset.embedded !== undefined;
  function recall() {
    const found = new URLSearchParams(location.hash.slice(1));
    for (const entry of controls.values()) entry.value = entry.usual;
    for (const [id, value] of found) {
      const entry = controls.get(id);
      if (entry) entry.value = LIMITED[entry.kind](entry, value);
    }
    language = found.get("language") in LANGUAGES ? found.get("language") : root.dataset.language;
    embedded = embedded || found.has("embedded");
    chosen = ["light", "dark"].includes(found.get("theme")) ? found.get("theme") : "";
    if (chosen) root.dataset.theme = chosen;
    document.body.classList.toggle("embedded", embedded);
    if (player)
      player.now = Math.max(0, Math.round(Number(found.get("step") ?? player.start)) || 0);
  }

  // Add a player, whose options frame_player.js describes.
  function steps(options) {
    player = window.addPlayer({...options, text, moved: remember});
    return player;
  }

  // ------------------------------------------------------------------------ source code

  // Let an element open a dialog with the source of a function, as of when the page was made.
  function code(element, file, name) {
    element.dataset.code = `${file}:${name}`;
    if (started) labelSource(element);
    return element;
  }

  function labelSource(element) {
    const found = codes[element.dataset.code];
    if (!found) throw new Error(`the page has no source of ${element.dataset.code}`);
    element.classList.add("source");
    const label = element.dataset.text
      ? text(element.dataset.text)
      : `${found.file.replace("minigan/", "")}: ${found.name}`;
    element.textContent = label;
    element.setAttribute("aria-label", text("show-source", found));
    element.setAttribute("aria-haspopup", "dialog");
  }

  function openSource(key) {
    const found = codes[key],
      dialog = byId("source");
    byId("source-name").textContent = text("source", found);
    // docstrings and comments are paler than the code
    const parts = found.text.split(/("""[^]*?"""|#[^\n]*)/);
    dialog
      .querySelector("code")
      .replaceChildren(...parts.map((part, at) => (at % 2 ? html("i", {}, part) : part)));
    dialog.showModal();
    dialog.scrollTop = 0;
  }

  addEventListener("click", event => {
    const opener = event.target.closest?.("[data-code]");
    if (opener) openSource(opener.dataset.code);
    else if (event.target.id === "source") event.target.close(); // a click beside the dialog
  });

  // ------------------------------------------------------------------- tools, and the start

  let saying = 0;
  function live(words) {
    clearTimeout(saying);
    saying = setTimeout(() => {
      byId("live").textContent = words;
    }, 400);
  }

  function setTheme(theme) {
    if (chosen) chosen = theme;
    root.dataset.theme = theme;
    update();
  }

  function tools() {
    for (const [code, [lang, name]] of Object.entries(LANGUAGES)) {
      const button = html("button", {type: "button", "data-language": code, lang}, name);
      button.addEventListener("click", () => setLanguage(code));
      byId("tools").append(button);
    }
    const theme = html("button", {type: "button", id: "theme", "data-label": "theme"}, "◐");
    theme.addEventListener("click", () =>
      setTheme(root.dataset.theme === "dark" ? "light" : "dark"),
    );
    byId("tools").append(theme);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    root.dataset.theme = dark.matches ? "dark" : "light";
    dark.addEventListener("change", () => setTheme(dark.matches ? "dark" : "light"));
    let before = "";
    addEventListener("beforeprint", () => {
      before = root.dataset.theme;
      setTheme("light");
    });
    addEventListener("afterprint", () => setTheme(before));
  }

  addEventListener("DOMContentLoaded", () => {
    tools();
    const button = html("button", {type: "button", id: "reset", "data-text": "reset"});
    button.addEventListener("click", reset);
    if ([...controls.values()].some(entry => entry.kind !== "hidden"))
      byId("controls").append(button);
    byId("controls").addEventListener("submit", event => event.preventDefault());
    recall();
    translate();
    started = true;
    update();
    addEventListener("hashchange", () => {
      recall();
      translate();
      update();
    });
    addEventListener("resize", update);
  });

  return {
    data,
    text,
    write,
    number,
    svg,
    html,
    colour,
    unpack,
    control,
    limit,
    settings,
    set,
    onchange,
    steps,
    code,
    live,
    get language() {
      return language;
    },
    get step() {
      return player ? player.now : 0;
    },
  };
})();
