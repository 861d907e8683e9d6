import { button, choice, result, slider } from "./shared/controls.js";
import { h, s, say, scrollBox } from "./shared/dom.js";
import { fixed, number, plural } from "./shared/format.js";
import { normalFrom } from "./shared/tensor.js";
import { defineWidget } from "./shared/view.js";

const WORKED = [1, 1, 5, 5];
const EPSILON = 1e-3;
const MOMENTUM = 0.9;
const INPUTS = /** @type {const} */ (["source", "mean", "spread", "batch_size", "gamma", "beta", "mode", "seen",
  "seed"]);

/** @typedef {import("./shared/view.js").View<import("../../types/traits").BatchNormLab>} View */
/** @typedef {ReturnType<typeof answer>} Answer */
/** @typedef {import("./shared/reactive.js").Computed<Answer>} Found */

/** @param {View} view @param {number} index @returns {number[]} */
function batchOf(view, index) {
  if (view.get("source") === "worked") return WORKED;
  const normal = normalFrom(1000 * view.get("seed") + index);
  const [mean, spread] = [view.get("mean"), view.get("spread")];
  return Array.from({ length: view.get("batch_size") }, () => mean + spread * normal());
}

/** Mean and variance. @param {number[]} values */
function statistics(values) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return [mean, values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length];
}

/** Everything the widget shows: the batch at its three stages and both kinds of statistics. @param {View} view */
function answer(view) {
  const batch = batchOf(view, 0);
  let moving = [0, 1];
  for (let index = 1; index <= view.get("seen"); index += 1) {
    const now = statistics(batchOf(view, index));
    moving = moving.map((old, i) => MOMENTUM * old + (1 - MOMENTUM) * now[i]);
  }
  const own = statistics(batch);
  const used = view.get("mode") === "training" ? own : moving;
  const normal = batch.map((v) => (v - used[0]) / Math.sqrt(used[1] + EPSILON));
  const outputs = normal.map((v) => view.get("gamma") * v + view.get("beta"));
  return { batch, own, moving, used, normal, outputs };
}

function build(/** @type {View} */ view) {
  const found = view.computed(INPUTS, () => answer(view));
  view.body.append(controls(view), lines(view, found), numbers(view, found));
}

/** @param {View} view */
function controls(view) {
  const two = (/** @type {number} */ v) => fixed(v, 2);
  const drawn = [
    slider(view, "mean", { label: "Mean", step: 0.5, format: two }),
    slider(view, "spread", { label: "Spread", step: 0.1, format: two }),
    slider(view, "batch_size", { label: "Numbers a batch" }),
    button("Draw another batch", () => view.set({ seed: (view.get("seed") + 1) % 10000 })),
  ];
  view.watch(["source"], () => {
    for (const control of drawn) control.hidden = view.get("source") === "worked";
  });
  return h("div", { class: "cb-panel cb-settings" },
    h("div", { class: "cb-row" },
      choice(view, "source",
        { label: "What comes in", options: [["worked", "1, 1, 5, 5"], ["drawn", "drawn at random"]] }),
      choice(view, "mode",
        { label: "The layer is in", options: [["training", "training"], ["inference", "inference"]] })),
    h("div", { class: "cb-controls" }, drawn,
      slider(view, "gamma", { label: "Scale γ", step: 0.1, format: two }),
      slider(view, "beta", { label: "Shift β", step: 0.5, format: two }),
      slider(view, "seen", { label: "Training batches before" })));
}

/** @param {View} view @param {Found} found */
function lines(view, found) {
  const frame = h("div", { class: "cb-lines" });
  const words = result("meaning", { tag: "p", class: "cb-note" });
  let width = 0;
  const draw = () => {
    if (width === 0) return;
    frame.replaceChildren(linesPicture(found.value, width));
  };
  view.watch([found], () => {
    draw();
    words.show(meaning(view, found.value), found.value.outputs.length);
  });
  const stack = h("div", { class: "cb-stack" }, frame, words.element);
  view.onWidth(stack, (/** @type {number} */ available) => {
    width = available;
    draw();
  });
  return stack;
}

/** @param {Answer} answer @param {number} width */
function linesPicture({ batch, normal, outputs }, width) {
  const every = [0, ...batch, ...normal, ...outputs];
  const low = Math.floor(Math.min(...every) - 0.5);
  const high = Math.ceil(Math.max(...every) + 0.5);
  const left = width > 480 ? 108 : 12;
  const x = (/** @type {number} */ value) => left + ((value - low) / (high - low)) * (width - left - 14);
  const rowHeight = width > 480 ? 50 : 64;
  const parts = [];
  /** @type {[string, number[], string][]} */
  const rows = [["comes in", batch, "in"], ["normalised", normal, "mid"], ["scaled, shifted", outputs, "out"]];
  rows.forEach(([name, values, kind], row) => {
    const y = 30 + row * rowHeight + (width > 480 ? 0 : 12);
    parts.push(s("text", { x: 4, y: width > 480 ? y + 4 : y - 16, class: "cb-tick" }, name),
      s("line", { x1: left, x2: width - 8, y1: y, y2: y, class: "cb-rule" }));
    // Dots that would hide each other stand one above the other.
    const heights = new Map();
    for (const value of values) {
      const place = Math.round(x(value) / 3);
      const above = heights.get(place) ?? 0;
      heights.set(place, above + 1);
      parts.push(s("circle",
        { cx: x(value), cy: y - Math.min(above, 5) * 4, r: values.length > 64 ? 3 : 5, class: `cb-dot cb-${kind}` }));
    }
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    parts.push(s("line", { x1: x(mean), x2: x(mean), y1: y - 14, y2: y + 12, class: "cb-mean" }));
  });
  const foot = 30 + 3 * rowHeight;
  const every5 = Math.max(1, Math.ceil((high - low) / 8));
  for (let tick = Math.ceil(low / every5) * every5; tick <= high; tick += every5) {
    parts.push(s("text", { x: x(tick), y: foot, "text-anchor": "middle", class: "cb-tick" }, number(tick)));
  }
  return s("svg", { width, height: foot + 6, viewBox: `0 0 ${width} ${foot + 6}`, "aria-hidden": "true" }, parts);
}

/** @param {View} view @param {Answer} answer */
function meaning(view, { batch, own, used }) {
  if (view.get("mode") === "inference" && view.get("seen") === 0) {
    return "No training batch was seen: the moving statistics are still 0 and 1, and the layer changes next to " +
      "nothing. Load trained statistics with the weights.";
  }
  if (view.get("mode") === "training" && own[1] === 0) {
    const subject = batch.length === 1 ? "A batch of one number has" : "These numbers have";
    return `${subject} variance 0: whatever comes in, β leaves. Too small a batch tells the layer nothing.`;
  }
  if (view.get("mode") === "inference") {
    const off = Math.abs(used[0] - own[0]) / Math.sqrt(own[1] + EPSILON);
    return off > 1 ? `The moving mean is still ${fixed(off, 1)} standard deviations away from this batch: ` +
      `${plural(view.get("seen"), "batch", "batches")} at momentum 0.9 were too few.`
      : "The moving statistics have caught up: one picture at a time gets the same treatment, whatever else is in " +
        "the batch.";
  }
  if (view.get("source") === "drawn" && batch.length <= 8) {
    return "So few numbers estimate mean and variance badly: draw another batch and watch the statistics jump.";
  }
  return "In training each number is measured against its own batch: the dashes mark the means, and γ and β alone " +
    "decide what leaves.";
}

/** @param {View} view @param {Found} found */
function numbers(view, found) {
  /** @type {Record<string, ReturnType<typeof result>>} */
  const cells = {};
  const cell = (/** @type {string} */ name) => (cells[name] = result(name, { live: false })).element;
  const row = (/** @type {string} */ label, /** @type {string[]} */ ...names) =>
    h("tr", {}, h("th", { scope: "row" }, label), names.map((name) => h("td", {}, cell(name))));
  const usedNote = h("span", { class: "cb-note" });
  const table = h("table", { class: "cb-numbers" },
    h("caption", { class: "cb-hidden-text" }, "Means and variances"),
    h("tr", {}, h("td", {}), h("th", { scope: "col" }, "mean"), h("th", { scope: "col" }, "variance")),
    row("this batch", "batch-mean", "batch-variance"),
    row("moving averages", "moving-mean", "moving-variance"),
    row("used to normalise", "used-mean", "used-variance"),
    row("leaves the layer", "output-mean", "output-variance"));
  view.watch([found], () => {
    const { own, moving, used, outputs } = found.value;
    const pairs = { batch: own, moving, used, output: statistics(outputs) };
    for (const [name, [mean, variance]] of Object.entries(pairs)) {
      cells[`${name}-mean`].show(fixed(mean, 2), mean);
      cells[`${name}-variance`].show(fixed(variance, 2), variance);
    }
    const training = view.get("mode") === "training";
    const wanted = view.get("gamma") ** 2;
    const held = pairs.output[1];
    const short = training && used[1] > 0 && fixed(held, 2) !== fixed(wanted, 2);
    const why = ` ε = 0.001 under the root keeps the variance that leaves at ${fixed(held, 2)} instead of γ² = ` +
      `${fixed(wanted, 2)}.`;
    const which = training ? "Training uses this batch's." : "Inference uses the moving averages.";
    say(usedNote, `${which}${short ? why : ""}`);
  });
  return h("div", { class: "cb-panel" }, scrollBox(table), usedNote);
}

export default defineWidget({ name: "batch-norm-lab", title: "Batch norm lab", build });
