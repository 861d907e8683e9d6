import { itemOf, resizedRows } from "./shared/cells.js";
import { colourOf, inkOn } from "./shared/colour.js";
import { button, choice, numberField, result, slider } from "./shared/controls.js";
import { h, say, scrollBox } from "./shared/dom.js";
import { sumSign, termsInWords } from "./shared/filtering.js";
import { number } from "./shared/format.js";
import { pointAtCells } from "./shared/keyboard.js";
import { conv2dOutputShape } from "./shared/shapes.js";
import { editableTable, numberTable } from "./shared/table.js";
import { defineWidget } from "./shared/view.js";

const PAUSE = 1000;
const INPUTS = ["image", "kernel", "bias", "stride", "padding"];

// What a second and a third channel hold until the reader edits them.
const MORE_INPUT = [[[2, 0, 1, 1], [1, 3, 0, 2], [0, 1, 2, 0], [1, 0, 1, 3]],
  [[0, 1, 0, 2], [2, 0, 1, 0], [1, 1, 3, 1], [0, 2, 0, 1]]];
const MORE_KERNEL = [[[0, 1, 0], [1, -2, 1], [0, 1, 0]], [[1, 1, 1], [0, 0, 0], [-1, -1, -1]]];

/** Everything about the current step; `problem` instead where there is no output. */
function work(view) {
  const [inputs, kernel, bias, stride, padding] = INPUTS.map((trait) => view.get(trait));
  const base = { inputs, kernel, bias, stride, padding, size: kernel[0].length,
    height: inputs[0].length, width: inputs[0][0].length };
  if (inputs.length !== kernel.length) {
    return { ...base, problem: `the filter has ${kernel.length} channels and the input ` +
      `${inputs.length}; a filter spans all the input's channels` };
  }
  try {
    const [, rows, columns] =
      conv2dOutputShape([inputs.length, base.height, base.width], 1, base.size, stride, padding);
    const step = Math.min(view.get("step"), rows * columns - 1);
    return { ...base, rows, columns, step, row: Math.floor(step / columns), column: step % columns };
  } catch (error) {
    return { ...base, problem: error.message };
  }
}

/** Patches, products and sums of the output at (row, column). */
function compute({ inputs, kernel, bias, stride, padding }, row, column) {
  const products = kernel.map((plane, channel) => plane.map((line, r) => line.map((weight, c) =>
    weight * (inputs[channel][row * stride - padding + r]?.[column * stride - padding + c] ?? 0))));
  const sums = products.map((plane) => plane.flat().reduce((total, product) => total + product, 0));
  return { products, sums, value: sums.reduce((total, sum) => total + sum, 0) + bias };
}

function build(view) {
  const problem = result("problem", { tag: "p", class: "cb-problem" });
  const channels = h("div", { class: "cb-panel" });
  const outcome = h("div", { class: "cb-panel" });
  let shape = "";
  let forget = () => {};
  view.watch([...INPUTS, "step"], () => {
    const now = work(view);
    problem.show(now.problem ? `No output: ${now.problem}.` : "", now.problem ?? "");
    outcome.hidden = Boolean(now.problem);
    const key = [now.inputs.length, now.height, now.width, now.kernel.length, now.size, now.padding].join();
    if (key === shape) return;
    shape = key;
    forget();
    forget = view.scope(() => channels.replaceChildren(
      ...now.inputs.map((_, channel) => channelRow(view, now, channel))));
  });
  outcome.append(outcomeOf(view));
  view.body.append(settingsOf(view), problem.element, transport(view), channels, outcome);
}

function settingsOf(view) {
  return h("div", { class: "cb-panel cb-controls" },
    choice(view, channelsOf(view), { label: "Input channels", options: [[1, "1"], [2, "2"], [3, "3"]] }),
    slider(view, sideOf(view, "image"), { label: "Input size", min: 2 }),
    slider(view, sideOf(view, "kernel"), { label: "Kernel size", min: 1 }),
    slider(view, "stride", { label: "Stride" }),
    slider(view, "padding", { label: "Padding" }));
}

/** The number of channels of input and filter together: a filter always spans them all. */
function channelsOf(view) {
  const grown = (planes, more, count) => Array.from({ length: count }, (_, i) =>
    planes[i] ?? resizedRows(more[i - 1], planes[0].length, planes[0][0].length));
  return {
    watch: ["image"],
    get: () => view.get("image").length,
    set: (count) => view.set({ image: grown(view.get("image"), MORE_INPUT, count),
      kernel: grown(view.get("kernel"), MORE_KERNEL, count) }),
  };
}

function sideOf(view, trait) {
  return {
    watch: [trait],
    get: () => view.get(trait)[0].length,
    limit: { maximum: Math.max(...view.limit(trait).sizes?.[1] ?? []) },
    set: (side) => view.set({ [trait]: view.get(trait).map((plane) => resizedRows(plane, side, side)) }),
  };
}

function channelRow(view, { height, width, size, padding, inputs }, channel) {
  const name = inputs.length > 1 ? ` channel ${channel}` : "";
  const inside = (r, c) => r >= padding && c >= padding && r < height + padding && c < width + padding;
  const input = editableTable(view, { rows: height + 2 * padding, columns: width + 2 * padding, caption: `Input${name}`,
    at: (r, c) => (inside(r, c) ? itemOf(view, "image", [channel, r - padding, c - padding]) : null) });
  const kernel = editableTable(view, { rows: size, columns: size, caption: `Filter${name}`,
    at: (r, c) => itemOf(view, "kernel", [channel, r, c]) });
  const products = numberTable(size, size, `Products${name}`);
  const figure = (title, table) => h("figure", {}, h("figcaption", {}, title), scrollBox(table.element));
  const sign = (text) => h("span", { class: "cb-sign", "aria-hidden": "true" }, text);
  // Old products say nothing about a setting that has no output.
  const outcome = [sign("="), figure("products", products)];
  view.watch([...INPUTS, "step"], () => {
    const now = work(view);
    markPatch(input.cells, now, inside);
    for (const part of outcome) part.hidden = Boolean(now.problem);
    if (now.problem) return;
    const found = compute(now, now.row, now.column).products[channel];
    if (!found || found.length !== size) return;
    const limit = Math.max(1, ...found.flat().map(Math.abs)) * 1.6;
    products.show(found, (value) => {
      const colour = colourOf(value, "diverging", -limit, limit);
      return { style: `background:${colour};color:${inkOn(colour)}` };
    });
  });
  return h("div", { class: "cb-channel" }, figure(`input${name}`, input), sign("×"), figure(`filter${name}`, kernel),
    outcome, input.problems, kernel.problems);
}

/** Outlines the cells under the filter; cells outside the input are padding. */
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

function outcomeOf(view) {
  const words = h("div", { class: "cb-sum-words" });
  const heading = h("p", { class: "cb-heading" });
  const value = result("value", { class: "cb-answer" });
  const map = h("div");
  const shape = result("output-shape", { tag: "figcaption", live: false });
  let table = null;
  view.watch([...INPUTS, "step"], () => {
    const now = work(view);
    if (now.problem) return;
    if (!table || table.cells.length !== now.rows || table.cells[0].length !== now.columns) {
      table = numberTable(now.rows, now.columns, "Output map");
      table.element.classList.add("cb-map");
      table.element.setAttribute("aria-label", "Output map; the arrow keys choose a cell");
      pointAtOutput(view, table.element);
      map.replaceChildren(table.element);
    }
    const all = Array.from({ length: now.rows },
      (_, r) => Array.from({ length: now.columns }, (_unused, c) => compute(now, r, c).value));
    table.show(all, (found, r, c) => {
      const index = r * now.columns + c;
      return index > now.step ? { text: "?", name: "cb-later" } : { name: index === now.step ? "cb-now" : "" };
    });
    const found = compute(now, now.row, now.column);
    say(heading, `Output (${now.row}, ${now.column}), step ${now.step + 1} of ${now.rows * now.columns}`);
    words.replaceChildren(...sumLines(now, found));
    value.show(number(found.value), found.value);
    shape.show(`output, ${now.rows} × ${now.columns}`, [now.rows, now.columns]);
  });
  return h("div", { class: "cb-result-line" },
    h("figure", {}, shape.element, scrollBox(map)),
    h("div", { class: "cb-sum-words" }, heading, words, h("p", {}, "Value: ", value.element)),
    h("div", { class: "cb-bias" },
      numberField(view, "bias", { label: "Bias", width: 3 })));
}

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

function pointAtOutput(view, element) {
  element.setAttribute("role", "application");
  pointAtCells(element, {
    hover: false,
    size: () => [work(view).rows ?? 1, work(view).columns ?? 1],
    get: () => [work(view).row ?? 0, work(view).column ?? 0],
    set: ([row, column]) => view.set({ step: row * work(view).columns + column }),
  });
}

/** Back, play, forward, and a slider over the steps. */
function transport(view) {
  const last = () => {
    const now = work(view);
    return now.problem ? 0 : now.rows * now.columns - 1;
  };
  const at = () => work(view).step ?? 0;
  const go = (step) => view.set({ step: Math.max(0, Math.min(last(), step)) });
  let timer = null;
  const stop = () => {
    clearInterval(timer);
    timer = null;
    say(play, "Play");
  };
  const play = button("Play", () => {
    if (timer !== null) {
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
  const track = slider(view, { watch: [...INPUTS, "step"], get: at, set: go },
    { label: "Step", min: 0, max: view.limit("step").maximum, format: (step) => `${step + 1} of ${last() + 1}` });
  view.watch([...INPUTS, "step"], () => {
    track.querySelector("input").max = last();
    back.disabled = at() === 0;
    forward.disabled = at() === last();
  });
  view.onClose(stop);
  return h("div", { class: "cb-transport" }, back, play, forward, track);
}

export default defineWidget({ name: "convolution-stepper", title: "Convolution, step by step", build });
