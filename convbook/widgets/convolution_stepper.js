import { itemOf, resizedRows } from "./shared/cells.js";
import { colourOf, inkOn } from "./shared/colour.js";
import { button, choice, numberField, result, slider } from "./shared/controls.js";
import { h, say, scrollBox } from "./shared/dom.js";
import { sumSign, termsInWords } from "./shared/filtering.js";
import { number } from "./shared/format.js";
import { conv2dOutputShape } from "./shared/shapes.js";
import { choiceTable, editableTable, numberTable } from "./shared/table.js";
import { defineWidget } from "./shared/view.js";

const PAUSE = 1000;

/** @typedef {import("./shared/view.js").View<import("../../types/traits").ConvolutionStepper>} View */
/** @typedef {{ products: number[][][], sums: number[], value: number }} Sums of one output */

/**
 * Everything about a setting: every output, or the problem for which there is none.
 * @typedef {object} Outputs
 * @property {number[][][]} inputs
 * @property {number[][][]} kernel
 * @property {number} bias
 * @property {number} stride
 * @property {number} padding
 * @property {number} size
 * @property {number} height
 * @property {number} width
 * @property {number} rows 0 where there is a problem, and so with the columns
 * @property {number} columns
 * @property {string} problem
 * @property {number[][]} values
 */

/** @typedef {Outputs & { step: number, row: number, column: number }} Now */
/** @typedef {{ view: View, now: import("./shared/reactive.js").Computed<Now> }} Lab */

// What a second and a third channel hold until the reader edits them.
const MORE_INPUT = [[[2, 0, 1, 1], [1, 3, 0, 2], [0, 1, 2, 0], [1, 0, 1, 3]],
  [[0, 1, 0, 2], [2, 0, 1, 0], [1, 1, 3, 1], [0, 2, 0, 1]]];
const MORE_KERNEL = [[[0, 1, 0], [1, -2, 1], [0, 1, 0]], [[1, 1, 1], [0, 0, 0], [-1, -1, -1]]];

/**
 * @param {number[][][]} inputs @param {number[][][]} kernel @param {number} bias @param {number} stride
 * @param {number} padding
 * @returns {Outputs}
 */
function outputsOf(inputs, kernel, bias, stride, padding) {
  const base = { inputs, kernel, bias, stride, padding, size: kernel[0].length,
    height: inputs[0].length, width: inputs[0][0].length };
  const without = (/** @type {string} */ problem) => ({ ...base, problem, rows: 0, columns: 0, values: [] });
  if (inputs.length !== kernel.length) {
    return without(`the filter has ${kernel.length} channels and the input ${inputs.length}; a filter spans all the ` +
      "input's channels");
  }
  try {
    const [, rows, columns] =
      conv2dOutputShape([inputs.length, base.height, base.width], 1, base.size, stride, padding);
    const values = Array.from({ length: rows }, (_, r) =>
      Array.from({ length: columns }, (_unused, c) => sumsAt(base, r, c).value));
    return { ...base, problem: "", rows, columns, values };
  } catch (error) {
    return without(/** @type {Error} */ (error).message);
  }
}

/**
 * Products and sums of the output at (row, column).
 * @param {Pick<Outputs, "inputs" | "kernel" | "bias" | "stride" | "padding">} setting
 * @param {number} row
 * @param {number} column
 * @returns {Sums}
 */
function sumsAt({ inputs, kernel, bias, stride, padding }, row, column) {
  const products = kernel.map((plane, channel) => plane.map((line, r) => line.map((weight, c) =>
    weight * (inputs[channel][row * stride - padding + r]?.[column * stride - padding + c] ?? 0))));
  const sums = products.map((plane) => plane.flat().reduce((total, product) => total + product, 0));
  return { products, sums, value: sums.reduce((total, sum) => total + sum, 0) + bias };
}

function build(/** @type {View} */ view) {
  const outputs = view.computed(["image", "kernel", "bias", "stride", "padding"], outputsOf);
  const now = view.computed([outputs, "step"], (all, wanted) => {
    const step = Math.max(0, Math.min(wanted, all.rows * all.columns - 1));
    return { ...all, step, row: Math.floor(step / (all.columns || 1)), column: step % (all.columns || 1) };
  });
  const lab = { view, now };
  const problem = result("problem", { tag: "p", class: "cb-problem" });
  const channels = h("div", { class: "cb-channels" });
  const map = outputMap(lab);
  const sum = term("sum →", map);
  const flow = h("div", { class: "cb-panel cb-flow" }, channels, sum);
  const outcome = h("div", { class: "cb-panel" });
  view.watch([outputs], () => {
    const { problem: why, width, padding, size, columns } = outputs.value;
    problem.show(why ? `No output: ${why}.` : "", why);
    outcome.hidden = sum.hidden = why !== "";
    // As many cells stand side by side: their size follows (convolution_stepper.css).
    flow.style.setProperty("--cb-input-columns", String(width + 2 * padding));
    flow.style.setProperty("--cb-columns", String(width + 2 * padding + 2 * size + columns));
  });
  const shape = view.computed([outputs], ({ inputs, height, width, kernel, size, padding }) =>
    [inputs.length, height, width, kernel.length, size, padding].join());
  let forget = () => {};
  view.watch([shape], () => {
    forget();
    forget = view.scope(() => channels.replaceChildren(
      ...outputs.value.inputs.map((_, channel) => channelRow(lab, channel))));
  });
  outcome.append(outcomeOf(lab));
  view.body.append(settingsOf(view), problem.element, transport(lab), flow, outcome);
}

/** @param {View} view */
function settingsOf(view) {
  return h("div", { class: "cb-panel cb-controls" },
    choice(view, channelsOf(view), { label: "Input channels", options: [[1, "1"], [2, "2"], [3, "3"]] }),
    slider(view, sideOf(view, "image"), { label: "Input size", min: 2 }),
    slider(view, sideOf(view, "kernel"), { label: "Kernel size", min: 1 }),
    slider(view, "stride", { label: "Stride" }),
    slider(view, "padding", { label: "Padding" }));
}

/** The number of channels of input and filter together: a filter always spans them all. @param {View} view */
function channelsOf(view) {
  /** @type {(planes: number[][][], more: number[][][], count: number) => number[][][]} */
  const grown = (planes, more, count) => Array.from({ length: count }, (_, i) =>
    planes[i] ?? resizedRows(more[i - 1], planes[0].length, planes[0][0].length));
  return {
    watch: ["image"],
    get: () => view.get("image").length,
    set: (/** @type {number} */ count) => view.set({ image: grown(view.get("image"), MORE_INPUT, count),
      kernel: grown(view.get("kernel"), MORE_KERNEL, count) }),
  };
}

/** @param {View} view @param {"image" | "kernel"} trait */
function sideOf(view, trait) {
  return {
    watch: [trait],
    get: () => view.get(trait)[0].length,
    limit: { maximum: Math.max(...view.limit(trait).sizes?.[1] ?? []) },
    set: (/** @type {number} */ side) =>
      view.set({ [trait]: view.get(trait).map((plane) => resizedRows(plane, side, side)) }),
  };
}

/** A sign, which stays with the table after it. @param {string} text @param {HTMLElement} table */
function term(text, table) {
  return h("div", { class: "cb-term" }, h("span", { class: "cb-sign", "aria-hidden": "true" }, text), table);
}

/** @param {Lab} lab @param {number} channel */
function channelRow({ view, now }, channel) {
  const { height, width, size, padding, inputs } = now.value;
  const name = inputs.length > 1 ? ` channel ${channel}` : "";
  /** @type {(r: number, c: number) => boolean} */
  const inside = (r, c) => r >= padding && c >= padding && r < height + padding && c < width + padding;
  const input = editableTable(view, { rows: height + 2 * padding, columns: width + 2 * padding, caption: `Input${name}`,
    at: (r, c) => (inside(r, c) ? itemOf(view, "image", [channel, r - padding, c - padding]) : null) });
  const kernel = editableTable(view, { rows: size, columns: size, caption: `Filter${name}`,
    at: (r, c) => itemOf(view, "kernel", [channel, r, c]) });
  const products = numberTable(size, size, `Products${name}`);
  const figure = (/** @type {string} */ title, /** @type {{ element: Element }} */ table) =>
    h("figure", {}, h("figcaption", {}, title), scrollBox(table.element));
  // Old products say nothing about a setting that has no output.
  const outcome = term("=", figure("products", products));
  view.watch([now], () => {
    markPatch(input.cells, now.value, inside);
    outcome.hidden = now.value.problem !== "";
    if (now.value.problem) return;
    const found = sumsAt(now.value, now.value.row, now.value.column).products[channel];
    if (!found || found.length !== size) return;
    const limit = Math.max(1, ...found.flat().map(Math.abs)) * 1.6;
    products.show(found, (value) => {
      const colour = colourOf(value, "diverging", -limit, limit);
      return { style: `background:${colour};color:${inkOn(colour)}` };
    });
  });
  return h("div", { class: "cb-channel" }, figure(`input${name}`, input), term("×", figure(`filter${name}`, kernel)),
    outcome, input.problems, kernel.problems);
}

/**
 * Outlines the cells under the filter; cells outside the input are padding.
 * @param {HTMLElement[][]} cells @param {Now} now @param {(r: number, c: number) => boolean} inside
 */
function markPatch(cells, now, inside) {
  const top = now.row * now.stride;
  const left = now.column * now.stride;
  cells.forEach((line, r) => line.forEach((cell, c) => {
    const covered = !now.problem && r >= top && r < top + now.size && c >= left && c < left + now.size;
    const names = [!inside(r, c) && "cb-is-padding", inside(r, c) && "cb-editable", covered && "cb-in-patch",
      covered && r === top && "cb-edge-top", covered && r === top + now.size - 1 && "cb-edge-bottom",
      covered && c === left && "cb-edge-left", covered && c === left + now.size - 1 && "cb-edge-right"]
        .filter(Boolean).join(" ");
    if (cell.className !== names) cell.className = names;
    if (!inside(r, c)) say(cell, "0");
  }));
}

/** The outputs found so far, of which each can be chosen. @param {Lab} lab */
function outputMap({ view, now }) {
  const shape = result("output-shape", { tag: "figcaption", live: false });
  const map = choiceTable("Output map; the arrow keys choose a cell", {
    hover: false,
    size: () => [now.value.rows || 1, now.value.columns || 1],
    get: () => [now.value.row, now.value.column],
    set: ([row, column]) => view.set({ step: row * now.value.columns + column }),
  });
  view.watch([now], () => {
    const { problem, step, rows, columns, values } = now.value;
    if (problem) return;
    map.show(values, (_found, r, c) => {
      const index = r * columns + c;
      return index > step ? { text: "?", name: "cb-later" } : { name: index === step ? "cb-now" : "" };
    });
    shape.show(`output, ${rows} × ${columns}`, [rows, columns]);
  });
  return h("figure", { class: "cb-output" }, shape.element, scrollBox(map.element));
}

/** @param {Lab} lab */
function outcomeOf({ view, now }) {
  const words = h("div", { class: "cb-sum-words" });
  const heading = h("p", { class: "cb-heading" });
  const value = result("value", { class: "cb-answer" });
  view.watch([now], () => {
    const { problem, step, rows, columns, row, column } = now.value;
    if (problem) return;
    const found = sumsAt(now.value, row, column);
    say(heading, `Output (${row}, ${column}), step ${step + 1} of ${rows * columns}`);
    words.replaceChildren(...sumLines(now.value, found));
    value.show(number(found.value), found.value);
  });
  return h("div", { class: "cb-result-line" },
    h("div", { class: "cb-sum-words" }, heading, words, h("p", {}, "Value: ", value.element)),
    h("div", { class: "cb-bias" },
      numberField(view, "bias", { label: "Bias", width: 3 })));
}

/** @param {Now} now @param {Sums} found */
function sumLines({ kernel, bias }, { products, sums, value }) {
  /** @param {number[]} terms @param {number} total */
  const sum = (terms, total) => `${termsInWords(terms)} ${sumSign(terms, total)} ${number(total)}`;
  const lines = products.map((plane, channel) => h("div", {},
    kernel.length > 1 ? h("span", { class: "cb-label" }, `channel ${channel}: `) : null,
    sum(plane.flat(), sums[channel])));
  if (kernel.length > 1 || bias !== 0) {
    lines.push(h("div", {},
      h("span", { class: "cb-label" }, kernel.length > 1 ? "all channels" : "sum",
      bias === 0 ? ": " : " and the bias: "),
      sum(bias === 0 ? sums : [...sums, bias], value)));
  }
  return lines;
}

/** Back, play, forward, and a slider over the steps. @param {Lab} lab */
function transport({ view, now }) {
  const last = () => Math.max(0, now.value.rows * now.value.columns - 1);
  const at = () => now.value.step;
  const go = (/** @type {number} */ step) => view.set({ step: Math.max(0, Math.min(last(), step)) });
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    say(play, "Play");
  };
  const play = button("Play", () => {
    if (timer !== undefined) {
      stop();
      return;
    }
    if (at() === last()) go(0);
    say(play, "Pause");
    timer = setInterval(() => {
      go(at() + 1);
      if (at() === last()) stop();
    }, PAUSE);
  });
  const back = button("Back", () => go(at() - 1));
  const forward = button("Forward", () => go(at() + 1), { class: "cb-button cb-primary" });
  const track = slider(view, { watch: [now], get: at, set: go },
    { label: "Step", min: 0, max: view.limit("step").maximum, format: (step) => `${step + 1} of ${last() + 1}` });
  const range = /** @type {HTMLInputElement} */ (track.querySelector("input"));
  view.watch([now], () => {
    range.max = String(last());
    back.disabled = at() === 0;
    forward.disabled = at() === last();
  });
  view.onClose(stop);
  view.onReset(stop);
  return h("div", { class: "cb-transport" }, back, play, forward, track);
}

export default defineWidget({ name: "convolution-stepper", title: "Convolution, step by step", build });
