// The player: buttons, a slider and keys that go through the steps of an explorer.
"use strict";
window.addPlayer = (() => {
  const {svg, html} = window.elements;
  const ICONS = {
    back: "M15 5 8 12l7 7",
    on: "m9 5 7 7-7 7",
    play: "M8 5v14l11-7z",
    pause: "M8 5v14M16 5v14",
  };
  const icon = name =>
    svg("svg", {viewBox: "0 0 24 24", "aria-hidden": "true"}, svg("path", {d: ICONS[name]}));

  // Add the player to the page and return it. count() is the number of steps with the current
  // settings, at(i) draws step i (it is called after every change too), `seconds` is the time of
  // one step when it plays, and `start` the first step that is shown. text(key, values) returns a
  // text, and moved() is called after each step.
  return ({count, at, seconds = 1, start = 0, text, moved}) => {
    const box = document.getElementById("player"),
      part = {};
    for (const name of ["back", "play", "on"]) {
      part[name] = html(
        "button",
        {type: "button", "data-do": name, "data-label": name},
        icon(name),
      );
    }
    const scrubber = html("input", {type: "range", min: 0, value: 0, "data-label": "scrub"}),
      output = html("output");
    let playing = 0;
    const player = {
      now: start,
      start,
      count,
      seconds,
      go(step) {
        player.now = Math.min(Math.max(step, 0), Math.max(count() - 1, 0));
        player.refresh();
        moved();
      },
      refresh() {
        const last = Math.max(count() - 1, 0);
        player.now = Math.min(player.now, last);
        scrubber.max = last;
        scrubber.value = player.now;
        output.textContent = text("step", {now: player.now + 1, count: last + 1});
        scrubber.setAttribute("aria-valuetext", output.textContent);
        // `disabled` would lose the focus
        part.back.setAttribute("aria-disabled", player.now === 0);
        part.on.setAttribute("aria-disabled", player.now === last);
        at(player.now);
      },
      play(on) {
        clearInterval(playing);
        playing = on
          ? setInterval(
              () => (player.now < count() - 1 ? player.go(player.now + 1) : player.play(false)),
              1000 * player.seconds,
            )
          : 0;
        if (on && player.now >= count() - 1) player.go(0);
        box.dataset.playing = String(Boolean(on));
        part.play.replaceChildren(icon(on ? "pause" : "play"));
        part.play.dataset.label = on ? "pause" : "play";
        part.play.setAttribute("aria-label", text(part.play.dataset.label));
      },
      get playing() {
        return Boolean(playing);
      },
    };
    const jump = step => {
      player.play(false);
      player.go(step);
    };
    part.back.addEventListener("click", () => jump(player.now - 1));
    part.on.addEventListener("click", () => jump(player.now + 1));
    part.play.addEventListener("click", () => player.play(!player.playing));
    scrubber.addEventListener("input", () => jump(Number(scrubber.value)));
    box.append(
      html("div", {class: "buttons"}, part.back, part.play, part.on),
      scrubber,
      output,
      html("p", {class: "keys", "data-text": "keys"}),
    );
    box.hidden = false;
    // The keys work wherever the focus is, except in inputs that have a use for them.
    addEventListener("keydown", event => {
      const busy = event.target.closest?.("input, select, textarea, dialog, [data-keys]");
      if (
        event.defaultPrevented ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        (busy && !box.contains(busy))
      )
        return;
      if (event.key === " " && event.target.closest?.("button, a, summary, [role=button]")) return;
      const to = {ArrowRight: player.now + 1, ArrowLeft: player.now - 1, Home: 0, End: count() - 1}[
        event.key
      ];
      if (event.key === " ") player.play(!player.playing);
      else if (to === undefined) return;
      else jump(to);
      event.preventDefault();
    });
    return player;
  };
})();
