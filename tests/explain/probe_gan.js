// Draws D, drags the players, and moves them with keys; reports the settings that result.
addEventListener("error", event => seen.errors.push(event.message));
const seen = {errors: []};
addEventListener("load", () => {
  const picture = document.getElementById("picture"),
    of = name => explorer.settings()[name];
  const grip = name => picture.querySelector(`[data-grip="${name}"]`);
  const middle = node => {
    const box = node.querySelector("circle").getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  picture.setPointerCapture = () => {};
  const point = (type, [clientX, clientY], target = picture) =>
    target.dispatchEvent(
      new PointerEvent(type, {
        clientX,
        clientY,
        button: 0,
        pointerId: 1,
        bubbles: true,
        cancelable: true,
      }),
    );
  const press = (node, key) =>
    node.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
  // draw a falling line from the first to the last handle of D, by pointer
  const [x0, y0] = middle(grip(0)),
    [x1] = middle(grip(12));
  point("pointerdown", [x0, y0 - 40]);
  point("pointermove", [x1, y0 + 40]);
  point("pointerup", [x1, y0 + 40]);
  seen.d = of("d");
  seen.drawn = of("drawn").split(",").map(Number);
  // one handle by keys
  press(grip(6), "ArrowUp");
  press(grip(6), "ArrowRight");
  seen.focus = document.activeElement.dataset.grip;
  press(grip(7), "End");
  seen.keys = of("drawn").split(",").map(Number).slice(6, 8);
  // the bell of G: keys, then the pointer, which moves it 1 to the left and makes it narrower
  press(grip("g"), "ArrowRight");
  press(grip("g"), "ArrowUp");
  seen.bell = [of("gm"), of("gs")];
  const at = middle(grip("g")),
    one = middle(grip(7))[0] - middle(grip(6))[0];
  point("pointerdown", at, grip("g"));
  point("pointermove", [at[0] - one, at[1] - 15]);
  point("pointerup", [at[0] - one, at[1] - 15]);
  seen.dragged = [of("gm"), of("gs")];
  // a coin
  explorer.set({scene: "coins", d: "best"});
  const field = picture.querySelectorAll(".field")[1].getBoundingClientRect();
  const share = [field.x + 0.1 * field.width, field.bottom - (field.height * 0.25) / 1.12];
  point("pointerdown", share);
  point("pointerup", share);
  seen.p = of("p");
  // h
  explorer.set({scene: "bijection"});
  const axis = picture.querySelector(".axis").getBoundingClientRect();
  point("pointerdown", [axis.x + 0.75 * axis.width, axis.y + 50]);
  point("pointerup", [0, 0]);
  seen.h = of("h");
  seen.verdict = document.getElementById("verdict").textContent;
  setTimeout(() => parent.postMessage(seen, "*"), 300);
});
