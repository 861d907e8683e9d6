// What makes a channel fire: the image that excites it most, and the patches of photographs that do.

import { result } from "./controls.js";
import { h } from "./dom.js";
import { fixed } from "./format.js";
import { paintColours } from "./picture.js";

/** @typedef {import("./explorer.js").Explorer} Explorer */
/** @typedef {import("./explorer.js").Place} Place */
/** @typedef {import("./picture.js").Pixels} Pixels */

const TAIL = 0.005; // of the numbers at either end, which the contrast leaves out

/** @param {Explorer} explorer */
export function firesPanel(explorer) {
  const made = h("canvas", { role: "img", class: "cb-exciting", "aria-label": "The image that excites the map most" });
  const madeFigure = h("figure", {}, made, h("figcaption", {}, "made by gradient ascent"));
  const row = h("div", { class: "cb-patches" });
  const words = result("fires", { tag: "p", class: "cb-note cb-line", live: false });
  let shown = "";
  return {
    element: h("div", { class: "cb-panel" }, h("p", { class: "cb-heading" }, "What makes this map fire"),
      h("div", { class: "cb-fires" }, madeFigure, row), words.element),
    /** @param {Place} place */
    async show(place) {
      const wanted = `${place.index} ${place.channel}`;
      if (shown === wanted) return;
      shown = wanted;
      const image = await explorer.excitingImage(place);
      if (shown !== wanted) return;
      madeFigure.hidden = !image;
      if (image) {
        paintColours(made, stretched(image));
        made.setAttribute("aria-label", `The image that excites map ${place.channel} most`);
      }
      const start = image ? "First, the image that excites it most, recorded (contrast stretched). " : "";
      if (explorer.photographs.length === 0) {
        words.show(start);
        return;
      }
      words.show(`${start}Looking for the patches of the photographs that excite it most …`, "looking");
      const patches = await explorer.patches(place);
      if (shown !== wanted) return;
      row.replaceChildren(...patches.map(({ value, photograph, pixels }) => {
        const canvas = h("canvas", { role: "img", "aria-label": `Part of the photograph of ${photograph}` });
        paintColours(canvas, pixels);
        canvas.classList.toggle("cb-pixels", pixels.width < 40);
        return h("figure", {}, canvas, h("figcaption", {}, fixed(value, 2)));
      }));
      words.show(`${start}${image ? "Then" : "Here are"} the parts of photographs in which it is largest, as the ` +
        "network got them, with the activation.", patches.map(({ value }) => value));
    },
  };
}

/** The same image with its darkest number black and its lightest white. @param {Pixels} pixels */
function stretched({ rgba, height, width }) {
  const numbers = Array.from(rgba).filter((_, i) => i % 4 !== 3).sort((a, b) => a - b);
  const low = numbers[Math.floor(TAIL * numbers.length)];
  const high = numbers[Math.ceil((1 - TAIL) * numbers.length) - 1];
  return { height, width, rgba: Uint8ClampedArray.from(rgba, (v, i) =>
    (i % 4 === 3 ? 255 : (255 * (v - low)) / Math.max(1, high - low))) };
}
