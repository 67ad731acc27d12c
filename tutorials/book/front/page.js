// A chapter's page: the theme, the link to the other language, the contents, keys, printing.
const root = document.documentElement;

function remembered(value) {
  try {
    if (value) localStorage.setItem("theme", value);
    return localStorage.getItem("theme");
  } catch {
    return null;  // a browser may refuse to remember
  }
}

function setTheme(theme) {
  if (theme) root.dataset.theme = theme;
}

setTheme(remembered());
document.getElementById("theme").addEventListener("click", () => {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const now = root.dataset.theme || (dark ? "dark" : "light");
  setTheme(now === "dark" ? "light" : "dark");
  remembered(root.dataset.theme);
});

// The contents stand open beside the text where there is room for them.
const contents = document.querySelector(".contents details");
const wide = matchMedia("(min-width: 68rem)");
const arrange = () => { contents.open = wide.matches; };
wide.addEventListener("change", arrange);
arrange();

const steps = [...document.querySelectorAll("main section")];
function current() {
  const above = steps.filter(step => step.getBoundingClientRect().top < innerHeight / 3);
  return above.length ? steps.indexOf(above[above.length - 1]) : 0;
}

// Mark the step that is being read, and let the other language open at the same step.
function follow() {
  const id = steps.length ? steps[current()].id : "";
  for (const link of document.querySelectorAll(".contents ol a")) {
    link.classList.toggle("here", link.hash === `#${id}`);
  }
  for (const link of document.querySelectorAll("a.language")) link.hash = id === "start" ? "" : id;
}
addEventListener("scroll", follow, {passive: true});
follow();

// J and K go to the next and the last step.
addEventListener("keydown", event => {
  const typing = ["INPUT", "TEXTAREA"].includes(event.target.tagName);
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const by = {j: 1, k: -1}[event.key];
  if (by && steps.length) {
    const to = steps[Math.min(Math.max(current() + by, 0), steps.length - 1)];
    to.scrollIntoView();
    history.replaceState(null, "", `#${to.id}`);
  }
});

// A link may lead into something folded; paper cannot be unfolded.
function unfold() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
}
addEventListener("hashchange", unfold);
unfold();
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("main details:not([open]):not(.claims)")];
  for (const fold of opened) fold.open = true;
});
addEventListener("afterprint", () => { for (const fold of opened) fold.open = false; });
