// KernelLab with a question: what the reader is to find, how far the kernel is from it, and the rest below.

import { result } from "./controls.js";
import { h } from "./dom.js";
import { UPRIGHT_GOAL, uprightOnly } from "./filtering.js";

const INSIDE = /** @type {const} */ (["source", "operation", "display", "stride", "padding", "fill"]);

/** @typedef {import("./view.js").View<import("../../../types/traits").KernelLab>} View */

/**
 * What is not needed for the question; open where a link or the reader has set something in it.
 * @param {View} view @param {...HTMLElement} parts
 */
export function further(view, ...parts) {
  const fold = /** @type {HTMLDetailsElement} */ (h("details", { class: "cb-further" },
    h("summary", {}, "Look inside one pixel, and change more than the kernel"), h("div", { class: "cb-body" }, parts)));
  view.watch([...INSIDE], () => {
    fold.open ||= INSIDE.some((trait) => view.get(trait) !== view.opening[trait]);
  });
  return fold;
}

/**
 * What the reader is to find and, once the reader has tried, how far the kernel is from it.
 * @param {View} view
 */
export function challengeLine(view) {
  const words = result("challenge", { tag: "p", class: "cb-challenge" });
  view.watch(["kernel", "operation"], () => {
    const kernel = view.get("kernel");
    const tried = JSON.stringify(kernel) !== JSON.stringify(view.opening.kernel);
    const { solved, text } = uprightOnly(kernel);
    words.element.classList.toggle("cb-is-right", solved);
    words.show(solved ? text : [UPRIGHT_GOAL, ...(tried ? [text] : [])].join(" "), solved);
  });
  return words.element;
}
