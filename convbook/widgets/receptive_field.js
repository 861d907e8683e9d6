import { itemOf, withItem } from "./shared/cells.js";
import { button, numberField, result, select, slider } from "./shared/controls.js";
import { h, s, say, scrollBox } from "./shared/dom.js";
import { number, percent, plural } from "./shared/format.js";
import { pointAtCells } from "./shared/keyboard.js";
import { conv2dParameters, effectiveKernel, outputSize, receptiveField, receptiveSpan } from "./shared/shapes.js";
import { defineWidget } from "./shared/view.js";

const MOST_LAYERS = 8;
const COLUMNS = [["kernel", 15], ["stride", 8], ["dilation", 8]];
const STATE = ["layers", "input_size", "layer", "neuron"];
const POOL = "pool";
const GAP = 52;
const PATHS_HEIGHT = 44;

const STACKS = {
  "two 3×3": { layers: [[3, 1, 1], [3, 1, 1]], input_size: 15 },
  "one 5×5": { layers: [[5, 1, 1]], input_size: 15 },
  "three 3×3": { layers: [[3, 1, 1], [3, 1, 1], [3, 1, 1]], input_size: 15 },
  "VGG's first block: 3×3, 3×3, pool 2×2": { layers: [[3, 1, 1], [3, 1, 1], [2, 2, 1, POOL]], input_size: 18 },
  "ResNet's first layers: 7×7 stride 2, pool 3×3 stride 2, 3×3": {
    layers: [[7, 2, 1], [3, 2, 1, POOL], [3, 1, 1]], input_size: 35 },
  "dilation 1, 2, 4": { layers: [[3, 1, 1], [3, 1, 2], [3, 1, 4]], input_size: 23 },
};

const isPool = (layer) => layer[3] === POOL;

/** Neurons of the input and of each layer, as far as the input is wide enough. */
function stackOf(view) {
  const layers = view.get("layers");
  const windows = layers.map((layer) => layer.slice(0, 3));
  const widths = [view.get("input_size")];
  let problem = "";
  for (const [kernel, stride, dilation] of windows) {
    try {
      widths.push(outputSize(widths.at(-1), kernel, stride, 0, dilation));
    } catch {
      problem = tooNarrow(widths.length, effectiveKernel(kernel, dilation), widths.at(-1));
      break;
    }
  }
  const fields = widths.map((_, level) => receptiveField(windows.slice(0, level)));
  const layer = view.get("layer") < 0 ? widths.length - 1 : Math.min(view.get("layer"), widths.length - 1);
  const middle = Math.floor((widths[layer] - 1) / 2);
  const neuron = view.get("neuron") < 0 ? middle : Math.min(view.get("neuron"), widths[layer] - 1);
  return { layers, windows, widths, fields, problem, layer, neuron };
}

/** Why a layer has no neurons; the twin of `ReceptiveField.problem`. */
function tooNarrow(layer, span, width) {
  return `layer ${layer} reads ${plural(span, "neighbour")} at once, but only ${plural(width, "neuron")} ` +
    `${width === 1 ? "lies" : "lie"} below it; draw more pixels, or make a kernel, a stride or a dilation smaller`;
}

function build(view) {
  view.body.append(controls(view), drawing(view), layerTable(view), comparison(view));
}

function controls(view) {
  const nameOf = () => Object.keys(STACKS).find((name) =>
    JSON.stringify(STACKS[name].layers) === JSON.stringify(view.get("layers"))) ?? "your own";
  return h("div", { class: "cb-panel" }, h("div", { class: "cb-row" },
    select(view, { watch: ["layers"], get: nameOf,
      set: (name) => STACKS[name] && view.set({ ...STACKS[name], layer: -1, neuron: -1 }) },
      { label: "Stack", options: [...Object.keys(STACKS), "your own"].map((name) => [name, name]) }),
    slider(view, "input_size", { label: "Pixels drawn" })));
}

// --- the drawing ---------------------------------------------------------------------------------

function drawing(view) {
  const frame = h("div", { class: "cb-stack-drawing", role: "application",
    "aria-label": "Layers of neurons. Arrow keys left and right choose a neuron, up and down a layer." });
  const problem = result("problem", { tag: "p", class: "cb-problem" });
  const words = result("span", { tag: "p" });
  const note = h("p", { class: "cb-note" });
  const picture = stackPicture();
  frame.append(picture.element);
  let width = 0;
  const draw = () => {
    const stack = stackOf(view);
    problem.show(stack.problem ? `Not all layers fit: ${stack.problem}.` : "", stack.problem);
    const span = receptiveSpan(stack.neuron, stack.windows.slice(0, stack.layer));
    const ways = [...reached(stack)[0]].sort(([a], [b]) => a - b).map(([, count]) => count);
    const wide = span[1] - span[0] + 1;
    const gaps = ways.length < wide ? `, though it reads only ${number(ways.length)} of them` : "";
    words.show(stack.layer === 0 ? `Pixel ${stack.neuron} is an input: it sees itself.`
      : `Neuron ${stack.neuron} in layer ${stack.layer} (${rangeWords(stack.widths[stack.layer])}) sees ` +
        `${plural(wide, "pixel")}, ${wide === 1 ? `number ${span[0]}` : `${span[0]} to ${span[1]}`}${gaps}.`, span);
    note.hidden = stack.layer < 2;
    say(note, `Bars: in how many ways a pixel reaches the neuron. ${waysInWords(ways)}`);
    if (width > 0) picture.show(stack, width);
  };
  pointing(view, frame, () => width);
  view.watch(STATE, draw);
  const element = h("div", { class: "cb-figure-words" }, frame, words.element, note, problem.element);
  view.onWidth(element, (available) => {
    width = available;
    draw();
  });
  return element;
}

const rangeWords = (count) => (count === 1 ? "its only neuron" : `neurons 0 to ${number(count - 1)}`);

function waysInWords(ways) {
  if (ways[Math.floor(ways.length / 2)] > ways[0]) return "The middle counts more than the rim.";
  return Math.max(...ways) > Math.min(...ways) ? "Some pixels count more than others."
    : "Here every pixel counts the same.";
}

/** Places in the drawing: x of a neuron is the middle of what it sees. */
function placesOf({ widths, fields }, width) {
  const unit = width / widths[0];
  const top = 30;
  return {
    unit,
    height: top + GAP * (widths.length - 1) + 22 + PATHS_HEIGHT,
    x: (level, place) => (place * fields[level].effectiveStride + fields[level].size / 2) * unit,
    y: (level) => top + GAP * (widths.length - 1 - level),
  };
}

/** Which neurons of each layer the tapped one reaches down to, and in how many ways. */
function reached({ windows, layer, neuron }) {
  const ways = [];
  ways[layer] = new Map([[neuron, 1]]);
  for (let level = layer; level > 0; level -= 1) {
    const [kernel, stride, dilation] = windows[level - 1];
    ways[level - 1] = new Map();
    for (const [place, count] of ways[level]) {
      for (let tap = 0; tap < kernel; tap += 1) {
        const source = place * stride + tap * dilation;
        ways[level - 1].set(source, (ways[level - 1].get(source) ?? 0) + count);
      }
    }
  }
  return ways;
}

/** The drawing: its neurons stay as long as they stand where they stood, and only change colour. */
function stackPicture() {
  const wires = s("path", { class: "cb-wire" });
  const nodes = s("g");
  const labels = s("g");
  const bars = s("g");
  const element = s("svg", { "aria-hidden": "true" }, wires, nodes, labels, bars);
  let places = "";
  let cells = [];
  const lay = (stack, width, { unit, height, x, y }) => {
    const side = Math.max(2, Math.min(18, unit * 0.8));
    for (const [name, value] of [["width", width], ["height", height], ["viewBox", `0 0 ${width} ${height}`]]) {
      element.setAttribute(name, value);
    }
    cells = stack.widths.map((count, level) => Array.from({ length: count }, (_, place) =>
      s("rect", { x: x(level, place) - side / 2, y: y(level) - side / 2, width: side, height: side, rx: 3 })));
    nodes.replaceChildren(...cells.flat());
    labels.replaceChildren(...stack.widths.map((_, level) =>
      s("text", { class: "cb-level", x: 0, y: y(level) - 14 }, level === 0 ? "input"
        : `${isPool(stack.layers[level - 1]) ? "pooling" : "layer"} ${level}`)));
  };
  const show = (stack, width) => {
    const where = placesOf(stack, width);
    const { unit, x, y } = where;
    const key = JSON.stringify([width, stack.widths, stack.layers]);
    if (key !== places) lay(stack, width, where);
    places = key;
    const ways = reached(stack);
    wires.setAttribute("d", wiresOf(stack, ways, where));
    cells.forEach((row, level) => row.forEach((cell, place) => {
      const tapped = level === stack.layer && place === stack.neuron;
      const name = `cb-node${ways[level]?.has(place) ? " cb-seen" : ""}${tapped ? " cb-tapped" : ""}`;
      if (cell.getAttribute("class") !== name) cell.setAttribute("class", name);
    }));
    bars.replaceChildren(...pathBars(ways[0], stack, unit, x, y(0) + Math.max(2, Math.min(18, unit * 0.8)) / 2 + 4));
  };
  return { element, show };
}

/** Every connection from the tapped neuron down, as one path. */
function wiresOf(stack, ways, { x, y }) {
  const moves = [];
  for (let level = stack.layer; level > 0; level -= 1) {
    const [kernel, stride, dilation] = stack.windows[level - 1];
    for (const place of ways[level].keys()) {
      for (let tap = 0; tap < kernel; tap += 1) {
        const source = x(level - 1, place * stride + tap * dilation);
        moves.push(`M${x(level, place).toFixed(1)} ${y(level)}L${source.toFixed(1)} ${y(level - 1)}`);
      }
    }
  }
  return moves.join("");
}

function pathBars(counts, stack, unit, x, top) {
  if (stack.layer < 2) return [];
  const most = Math.max(...counts.values());
  return [...counts].flatMap(([place, count]) => {
    const tall = (PATHS_HEIGHT - 14) * (count / most);
    return [
      s("rect", { class: "cb-path-bar", x: x(0, place) - unit * 0.35, y: top, width: unit * 0.7, height: tall }),
      unit >= 15 && s("text", { class: "cb-path-count", x: x(0, place), y: top + tall + 11,
        "text-anchor": "middle" }, count),
    ];
  });
}

function pointing(view, frame, widthNow) {
  const nearest = (stack, level, middle) => {
    const { effectiveStride, size } = stack.fields[level];
    return Math.max(0, Math.min(stack.widths[level] - 1, Math.round((middle - size / 2) / effectiveStride)));
  };
  const rowOf = (stack, level) => stack.widths.length - 1 - level;
  pointAtCells(frame, {
    hover: false,
    size: () => {
      const stack = stackOf(view);
      return [stack.widths.length, stack.widths[stack.layer]];
    },
    get: () => {
      const stack = stackOf(view);
      return [rowOf(stack, stack.layer), stack.neuron];
    },
    // A step up or down goes to the neuron that lies nearest above or below.
    set: ([row, column], pointed) => {
      const stack = stackOf(view);
      const layer = rowOf(stack, row);
      const field = stack.fields[stack.layer];
      const middle = stack.neuron * field.effectiveStride + field.size / 2;
      view.set({ layer, neuron: layer === stack.layer || pointed ? column : nearest(stack, layer, middle) });
    },
    locate: (left, down) => {
      const stack = stackOf(view);
      const { unit, y } = placesOf(stack, widthNow());
      const levels = stack.widths.map((_, level) => level);
      const level = levels.reduce((best, l) => (Math.abs(y(l) - down) < Math.abs(y(best) - down) ? l : best), 0);
      return [rowOf(stack, level), nearest(stack, level, left / unit)];
    },
  });
}

// --- the layers ----------------------------------------------------------------------------------

function layerTable(view) {
  const problems = h("div", { class: "cb-problems", role: "status" });
  const rows = h("tbody");
  const size = result("rf-size", { class: "cb-answer" });
  const step = result("effective-stride");
  const add = button("Add a layer", () =>
    view.set({ layers: [...view.get("layers"), [3, 1, 1]], layer: -1, neuron: -1 }));
  let count = 0;
  let forget = () => {};
  view.watch(["layers"], () => {
    const layers = view.get("layers");
    if (layers.length !== count) {
      count = layers.length;
      forget();
      problems.replaceChildren();
      forget = view.scope(() => rows.replaceChildren(...layers.map((_, i) => layerRow(view, i, problems))));
    }
    const field = receptiveField(layers.map((layer) => layer.slice(0, 3)));
    size.show(`${number(field.size)} × ${number(field.size)}`, field.size);
    step.show(`Neighbours' views begin ${plural(field.effectiveStride, "pixel")} apart.`, field.effectiveStride);
    add.disabled = layers.length >= MOST_LAYERS;
  });
  const heads = ["layer", "kind", ...COLUMNS.map(([name]) => name), "sees", "step", ""];
  const head = (text) => h("th", { scope: "col", class: text === "step" ? "cb-step-cell" : null }, text);
  return h("div", { class: "cb-panel" },
    scrollBox(h("table", { class: "cb-layers" },
      h("thead", {}, h("tr", {}, heads.map((text) => (text ? head(text) : h("td"))))), rows)),
    problems, h("div", { class: "cb-row" }, add),
    h("p", {}, "The last layer sees ", size.element, " pixels. ", step.element));
}

function layerRow(view, index, problems) {
  const fields = COLUMNS.map(([name, max], column) => {
    const field = numberField(view, itemOf(view, "layers", [index, column], 1),
      { label: `Layer ${index + 1}, ${name}`, hidden: true, whole: true, min: 1, max, width: 2 });
    problems.append(field.querySelector(".cb-problem"));
    if (name === "dilation") {
      view.watch(["layers"], () => {
        field.querySelector("input").disabled = isPool(view.get("layers")[index] ?? []);
      });
    }
    return h("td", {}, field);
  });
  const kind = select(view, {
    watch: ["layers"],
    get: () => view.get("layers")[index]?.[3] ?? "",
    set: (value) => {
      const changed = ([size, stride, dilation]) =>
        (value === POOL ? [size, stride, 1, POOL] : [size, stride, dilation]);
      const layers = view.get("layers");
      view.set({ layers: withItem(layers, [index], changed(layers[index])) });
    },
  }, { label: `Layer ${index + 1}, kind`, options: [["", "conv"], [POOL, "pool"]] });
  kind.firstElementChild.className = "cb-hidden-text";
  const sees = h("b", { "data-cb": `sees-${index + 1}` });
  const step = h("span");
  const jump = h("span");
  const without = () => view.get("layers").filter((_, i) => i !== index);
  const remove = button("×", () => view.set({ layers: without(), layer: -1, neuron: -1 }),
    { "aria-label": `Remove layer ${index + 1}` });
  view.watch(["layers"], () => {
    const windows = view.get("layers").slice(0, index + 1).map((layer) => layer.slice(0, 3));
    const field = receptiveField(windows);
    const before = receptiveField(windows.slice(0, -1));
    const [kernel, , dilation] = windows.at(-1);
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
    const { size, effectiveStride } = receptiveField(layers.map((layer) => layer.slice(0, 3)));
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
