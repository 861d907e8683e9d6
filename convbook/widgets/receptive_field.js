import { itemOf, withItem } from "./shared/cells.js";
import { button, numberField, result, select, slider } from "./shared/controls.js";
import { h, say, scrollBox } from "./shared/dom.js";
import { number, percent, plural } from "./shared/format.js";
import { conv2dParameters, effectiveKernel, receptiveField } from "./shared/shapes.js";
import { POOL, isPool, stackDrawing, stackOf, windowOf } from "./shared/stack_drawing.js";
import { defineWidget } from "./shared/view.js";

const MOST_LAYERS = 8;
/** @type {[string, number][]} */
const COLUMNS = [["kernel", 15], ["stride", 8], ["dilation", 8]];

/** @typedef {import("../../types/traits").ReceptiveField} Traits */
/** @typedef {import("./shared/view.js").View<Traits>} View */

/** @type {Record<string, Pick<Traits, "layers" | "input_size">>} */
const STACKS = {
  "two 3×3": { layers: [[3, 1, 1], [3, 1, 1]], input_size: 15 },
  "one 5×5": { layers: [[5, 1, 1]], input_size: 15 },
  "three 3×3": { layers: [[3, 1, 1], [3, 1, 1], [3, 1, 1]], input_size: 15 },
  "VGG's first block: 3×3, 3×3, pool 2×2": { layers: [[3, 1, 1], [3, 1, 1], [2, 2, 1, POOL]], input_size: 18 },
  "ResNet's first layers: 7×7 stride 2, pool 3×3 stride 2, 3×3": {
    layers: [[7, 2, 1], [3, 2, 1, POOL], [3, 1, 1]], input_size: 35 },
  "dilation 1, 2, 4": { layers: [[3, 1, 1], [3, 1, 2], [3, 1, 4]], input_size: 23 },
};

function build(/** @type {View} */ view) {
  const stack = view.computed(["layers", "input_size", "layer", "neuron"], stackOf);
  view.body.append(controls(view), stackDrawing(view, stack), layerTable(view), comparison(view));
}

/** @param {View} view */
function controls(view) {
  const stackName = () => Object.keys(STACKS).find((name) =>
    JSON.stringify(STACKS[name].layers) === JSON.stringify(view.get("layers"))) ?? "your own";
  return h("div", { class: "cb-panel" }, h("div", { class: "cb-row" },
    select(view, { watch: ["layers"], get: stackName,
      set: (name) => STACKS[name] && view.set({ ...STACKS[name], layer: -1, neuron: -1 }) },
      { label: "Stack", options: [...Object.keys(STACKS), "your own"].map((name) => [name, name]) }),
    slider(view, "input_size", { label: "Pixels drawn" })));
}

// --- the layers ----------------------------------------------------------------------------------

/** @param {View} view */
function layerTable(view) {
  const problems = h("div", { class: "cb-problems", role: "status" });
  const rows = h("tbody");
  const size = result("rf-size", { class: "cb-answer" });
  const step = result("effective-stride");
  const add = button("Add a layer", () =>
    view.set({ layers: [...view.get("layers"), [3, 1, 1]], layer: -1, neuron: -1 }));
  const count = view.computed(["layers"], (layers) => layers.length);
  let forget = () => {};
  view.watch([count], () => {
    forget();
    problems.replaceChildren();
    forget = view.scope(() => rows.replaceChildren(
      ...view.get("layers").map((_, i) => layerRow(view, i, problems))));
  });
  view.watch(["layers"], () => {
    const field = receptiveField(view.get("layers").map(windowOf));
    size.show(`${number(field.size)} × ${number(field.size)}`, field.size);
    step.show(`Neighbours' views begin ${plural(field.effectiveStride, "pixel")} apart.`, field.effectiveStride);
    add.disabled = count.value >= MOST_LAYERS;
  });
  const heads = ["layer", "kind", ...COLUMNS.map(([name]) => name), "sees", "step", ""];
  const head = (/** @type {string} */ text) =>
    h("th", { scope: "col", class: text === "step" ? "cb-step-cell" : null }, text);
  return h("div", { class: "cb-panel" },
    scrollBox(h("table", { class: "cb-layers" },
      h("thead", {}, h("tr", {}, heads.map((text) => (text ? head(text) : h("td"))))), rows)),
    problems, h("div", { class: "cb-row" }, add),
    h("p", {}, "The last layer sees ", size.element, " pixels. ", step.element));
}

/** @param {View} view @param {number} index @param {HTMLElement} problems */
function layerRow(view, index, problems) {
  const fields = COLUMNS.map(([name, max], column) => {
    const field = numberField(view, itemOf(view, "layers", [index, column], 1),
      { label: `Layer ${index + 1}, ${name}`, hidden: true, whole: true, min: 1, max, width: 2 });
    problems.append(field.querySelector(".cb-problem") ?? "");
    if (name === "dilation") {
      const input = /** @type {HTMLInputElement} */ (field.querySelector("input"));
      view.watch(["layers"], () => {
        input.disabled = view.get("layers")[index]?.[3] === POOL;
      });
    }
    return h("td", {}, field);
  });
  const kind = select(view, {
    watch: ["layers"],
    get: () => view.get("layers")[index]?.[3] ?? "",
    set: (value) => {
      const layers = view.get("layers");
      const [size, stride, dilation] = layers[index];
      view.set({ layers: withItem(layers, [index],
        value === POOL ? [size, stride, 1, POOL] : [size, stride, dilation]) });
    },
  }, { label: `Layer ${index + 1}, kind`, options: [["", "conv"], [POOL, "pool"]] });
  kind.firstElementChild?.setAttribute("class", "cb-hidden-text");
  const sees = h("b", { "data-cb": `sees-${index + 1}` });
  const step = h("span");
  const jump = h("span");
  const without = () => view.get("layers").filter((_, i) => i !== index);
  const remove = button("×", () => view.set({ layers: without(), layer: -1, neuron: -1 }),
    { "aria-label": `Remove layer ${index + 1}` });
  view.watch(["layers"], () => {
    const windows = view.get("layers").slice(0, index + 1).map(windowOf);
    const field = receptiveField(windows);
    const before = receptiveField(windows.slice(0, -1));
    const [kernel, , dilation] = windows[windows.length - 1];
    say(sees, number(field.size));
    say(step, `${number(before.size)} + ${effectiveKernel(kernel, dilation) - 1}·${number(before.effectiveStride)} = `);
    say(jump, number(field.effectiveStride));
    remove.disabled = view.get("layers").length === 1;
  });
  return h("tr", {}, h("td", {}, index + 1), h("td", {}, kind), fields,
    h("td", {}, h("span", { class: "cb-label cb-working" }, step), sees),
    h("td", { class: "cb-step-cell" }, jump), h("td", {}, remove));
}

// --- parameters ----------------------------------------------------------------------------------

/** @param {View} view */
function comparison(view) {
  const stackName = h("span");
  const singleName = h("span");
  const stackBar = h("div", { class: "cb-bar" });
  const singleBar = h("div", { class: "cb-bar cb-other" });
  const stackCount = result("stack-parameters", { live: false });
  const singleCount = result("single-parameters", { live: false });
  const verdict = h("p", { role: "status" });
  view.watch(["layers", "channels"], () => {
    const layers = view.get("layers");
    const channels = view.get("channels");
    const { size, effectiveStride } = receptiveField(layers.map(windowOf));
    const convolutions = layers.filter((layer) => !isPool(layer));
    const stack = convolutions.reduce((sum, [kernel]) => sum + conv2dParameters(channels, channels, kernel), 0);
    const single = conv2dParameters(channels, channels, size);
    const most = Math.max(stack, single);
    stackBar.style.width = `${(100 * stack) / most}%`;
    singleBar.style.width = `${(100 * single) / most}%`;
    say(stackName, layers.length === 1 ? "this layer" : `these ${layers.length} layers`);
    say(singleName, `one ${size}×${size} layer${effectiveStride > 1 ? `, stride ${effectiveStride}` : ""}`);
    stackCount.show(number(stack), stack);
    singleCount.show(number(single), single);
    say(verdict, inWordsOf(layers.length, convolutions.length, stack, single));
  });
  return h("div", { class: "cb-panel" },
    h("p", { class: "cb-heading" }, "The same view from one layer"),
    h("div", { class: "cb-inline" }, numberField(view, "channels", {
      label: "As convolutions with biases; channels in and out of each", width: 6 })),
    h("div", { class: "cb-compare" },
      h("div", {}, stackName, ": ", stackCount.element), stackBar,
      h("div", {}, singleName, ": ", singleCount.element), singleBar),
    verdict);
}

/** @param {number} layers @param {number} convolutions @param {number} stack @param {number} single */
function inWordsOf(layers, convolutions, stack, single) {
  const pooling = convolutions < layers ? " Pooling has nothing to train." : "";
  if (convolutions === 0) return "Pooling has nothing to train: no parameters.";
  if (layers === 1) return "They are the same layer.";
  const difference = stack === single ? "as many parameters"
    : `${percent(Math.abs(1 - stack / single))} ${stack < single ? "fewer" : "more"} parameters`;
  return `The stack has ${difference}, and ${plural(convolutions, "place")} for a non-linearity where the single ` +
    `layer has one.${pooling}`;
}

export default defineWidget({ name: "receptive-field", title: "Receptive field", build });
