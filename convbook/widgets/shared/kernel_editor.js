// The weights of a kernel: a grid of fields that is one stop of the Tab key, and one slider.

import { itemOf, resizedRows } from "./cells.js";
import { numberField, slider } from "./controls.js";
import { h } from "./dom.js";
import { roveFields } from "./keyboard.js";

/** @typedef {import("./view.js").View} View */

/**
 * The weights: one stop of the Tab key, arrows from weight to weight; one slider for the chosen one.
 * @param {View} view
 */
export function kernelEditor(view) {
  const weights = h("div", { class: "cb-weights", role: "group",
    "aria-label": "Weights of the kernel; arrow keys left and right go to the next, up and down change it" });
  const problems = h("div", { class: "cb-problems", role: "status" });
  const track = h("div", { class: "cb-track" });
  let chosen = [1, 1];
  /** @type {HTMLInputElement[][]} */
  let fields = [];
  const choose = (/** @type {number[]} */ [row, column]) => {
    chosen = [row, column];
    forget();
    forget = view.scope(() => track.replaceChildren(slider(view, itemOf(view, "kernel", [row, column]),
      { label: `Weight at row ${row + 1}, column ${column + 1}`, min: -8, max: 8, step: 0.5 })));
  };
  const stopAt = roveFields(weights, () => fields, choose);
  let forget = () => {};
  let forgetCells = () => {};
  view.watch(["kernel"], () => {
    const size = view.get("kernel").length;
    if (fields.length === size) return;
    weights.style.setProperty("--cb-size", size);
    problems.replaceChildren();
    forgetCells();
    forgetCells = view.scope(() => {
      const cells = weightCells(view, size, problems);
      fields = cells.map((line) => line.map((cell) => /** @type {HTMLInputElement} */ (cell.querySelector("input"))));
      weights.replaceChildren(...cells.flat());
    });
    choose(fields[chosen[0]]?.[chosen[1]] ? chosen : [1, 1]);
    stopAt(chosen);
  });
  const divisor = h("div", { class: "cb-divisor" }, numberField(view, "divisor",
    { label: "divided by", width: 4 }));
  return { weights, problems, track, divisor };
}

/**
 * @param {View} view
 * @param {number} size
 * @param {HTMLElement} problems
 */
function weightCells(view, size, problems) {
  return Array.from({ length: size }, (_, row) => Array.from({ length: size }, (_unused, column) => {
    const label = `Row ${row + 1}, column ${column + 1}`;
    const field = numberField(view, itemOf(view, "kernel", [row, column]), { label, hidden: true, width: 3 });
    problems.append(field.querySelector(".cb-problem") ?? "");
    return h("div", { class: "cb-weight" }, field);
  }));
}

/**
 * The kernel's size: growing puts zeros around it, shrinking keeps its middle.
 * @param {View} view
 */
export function kernelSize(view) {
  return {
    watch: ["kernel"],
    get: () => view.get("kernel").length,
    set: (/** @type {number} */ size) => {
      const old = view.get("kernel");
      view.set({ kernel: resizedRows(old, size, size, (size - old.length) / 2) });
    },
  };
}
