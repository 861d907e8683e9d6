// The weights of a kernel: a grid of fields that is one stop of the Tab key, and one slider.

import { numberField, slider } from "./controls.js";
import { h } from "./dom.js";

const MOST = 1000;

/** The weights: one stop of the Tab key, arrows from weight to weight; one slider for the chosen one. */
export function kernelEditor(view) {
  const weights = h("div", { class: "cb-weights", role: "group",
    "aria-label": "Weights of the kernel; arrow keys left and right go to the next, up and down change it" });
  const problems = h("div", { class: "cb-problems", role: "status" });
  const track = h("div", { class: "cb-track" });
  let chosen = [1, 1];
  let fields = [];
  const choose = ([row, column]) => {
    chosen = [row, column];
    fields.forEach((line, r) => line.forEach((field, c) => {
      field.tabIndex = r === row && c === column ? 0 : -1;
    }));
    forget();
    forget = view.scope(() => track.replaceChildren(slider(view, weightAt(view, row, column),
      { label: `Weight at row ${row + 1}, column ${column + 1}`, min: -8, max: 8, step: 0.5 })));
  };
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
      fields = cells.map((line) => line.map((cell) => cell.querySelector("input")));
      weights.replaceChildren(...cells.flat());
    });
    choose(fields[chosen[0]]?.[chosen[1]] ? chosen : [1, 1]);
  });
  const placeOf = (field) => {
    const at = fields.flat().indexOf(field);
    return at < 0 ? null : [Math.floor(at / fields.length), at % fields.length];
  };
  weights.addEventListener("focusin", ({ target }) => {
    const place = placeOf(target);
    if (place && place.join() !== chosen.join()) choose(place);
  });
  weights.addEventListener("keydown", (event) => {
    const place = placeOf(event.target);
    const up = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    const along = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!place || !(up || along)) return;
    event.preventDefault();
    if (up) {
      const source = weightAt(view, ...place);
      source.set(Math.max(-MOST, Math.min(MOST, source.get() + up)));
      return;
    }
    const all = fields.flat();
    const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(event.target) + along))];
    next.focus();
    next.select();
  });
  const divisor = h("div", { class: "cb-divisor" }, numberField(view, "divisor",
    { label: "divided by", min: 0.01, max: 10000, whole: false, width: 4 }));
  return { weights, problems, track, divisor };
}

function weightCells(view, size, problems) {
  return Array.from({ length: size }, (_, row) => Array.from({ length: size }, (_unused, column) => {
    const label = `Row ${row + 1}, column ${column + 1}`;
    const field = numberField(view, weightAt(view, row, column),
      { label, hidden: true, min: -MOST, max: MOST, whole: false, width: 3 });
    problems.append(field.querySelector(".cb-problem"));
    return h("div", { class: "cb-weight" }, field);
  }));
}

/** One weight of the kernel, as a source for controls. */
function weightAt(view, row, column) {
  return {
    watch: ["kernel"],
    get: () => view.get("kernel")[row]?.[column] ?? 0,
    set: (weight) => view.set({
      kernel: view.get("kernel").map((line, r) =>
        (r === row ? line.map((old, c) => (c === column ? weight : old)) : line)),
    }),
  };
}

/** The kernel's size: growing puts zeros around it, shrinking keeps its middle. */
export function kernelSize(view) {
  return {
    watch: ["kernel"],
    get: () => view.get("kernel").length,
    set: (size) => {
      const old = view.get("kernel");
      const shift = (size - old.length) / 2;
      view.set({
        kernel: Array.from({ length: size }, (_, r) =>
          Array.from({ length: size }, (_unused, c) => old[r - shift]?.[c - shift] ?? 0)),
      });
    },
  };
}
