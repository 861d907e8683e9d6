// Layers of neurons one above the other, and what the one pointed at sees of the input.

import { result } from "./controls.js";
import { h, s, say } from "./dom.js";
import { number, plural } from "./format.js";
import { pointAtCells } from "./keyboard.js";
import { effectiveKernel, outputSize, receptiveField, receptiveSpan } from "./shapes.js";

export const POOL = "pool";
const GAP = 52;
const PATHS_HEIGHT = 44;

/** @typedef {import("../../../types/traits").ReceptiveField} Traits */
/** @typedef {import("./view.js").View<Traits>} View */
/** @typedef {Traits["layers"][number]} Layer */
/**
 * Neurons of the input and of each layer, as far as the input is wide enough.
 * @typedef {object} Stack
 * @property {Layer[]} layers
 * @property {[number, number, number][]} windows kernel, stride and dilation of each layer
 * @property {number[]} widths
 * @property {{ size: number, effectiveStride: number }[]} fields
 * @property {string} problem
 * @property {number} layer the one pointed at
 * @property {number} neuron
 */
/** @typedef {import("./reactive.js").Computed<Stack>} Found */
/**
 * @typedef {object} Places
 * @property {number} unit pixels of the drawing that an input pixel takes
 * @property {number} height
 * @property {(level: number, place: number) => number} x
 * @property {(level: number) => number} y
 */

export const isPool = (/** @type {Layer} */ layer) => layer[3] === POOL;
export const windowOf = (/** @type {Layer} */ [kernel, stride, dilation]) =>
  /** @type {[number, number, number]} */ ([kernel, stride, dilation]);

/**
 * @param {Layer[]} layers @param {number} inputSize @param {number} atLayer @param {number} atNeuron
 * @returns {Stack}
 */
export function stackOf(layers, inputSize, atLayer, atNeuron) {
  const windows = layers.map(windowOf);
  const widths = [inputSize];
  let problem = "";
  for (const [kernel, stride, dilation] of windows) {
    const below = widths[widths.length - 1];
    try {
      widths.push(outputSize(below, kernel, stride, 0, dilation));
    } catch {
      problem = tooNarrow(widths.length, effectiveKernel(kernel, dilation), below);
      break;
    }
  }
  const fields = widths.map((_, level) => receptiveField(windows.slice(0, level)));
  const layer = atLayer < 0 ? widths.length - 1 : Math.min(atLayer, widths.length - 1);
  const middle = Math.floor((widths[layer] - 1) / 2);
  const neuron = atNeuron < 0 ? middle : Math.min(atNeuron, widths[layer] - 1);
  return { layers, windows, widths, fields, problem, layer, neuron };
}

/**
 * Why a layer has no neurons; the twin of `ReceptiveField.problem`.
 * @param {number} layer @param {number} span @param {number} width
 */
function tooNarrow(layer, span, width) {
  return `layer ${layer} reads ${plural(span, "neighbour")} at once, but only ${plural(width, "neuron")} ` +
    `${width === 1 ? "lies" : "lie"} below it; draw more pixels, or make a kernel, a stride or a dilation smaller`;
}

/** @param {View} view @param {Found} found */
export function stackDrawing(view, found) {
  const problem = result("problem", { tag: "p", class: "cb-problem" });
  const words = result("span", { tag: "p" });
  const note = h("p", { class: "cb-note" });
  const picture = stackPicture();
  const frame = h("div", { class: "cb-stack-drawing" }, picture.element);
  let width = 0;
  const show = pointing(view, found, picture, () => width);
  const draw = () => {
    const stack = found.value;
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
    if (width === 0) return;
    picture.show(stack, width);
    show();
  };
  view.watch([found], draw);
  const element = h("div", { class: "cb-figure-words" }, frame, words.element, note, problem.element);
  view.onWidth(element, (/** @type {number} */ available) => {
    width = available;
    draw();
  });
  return element;
}

const rangeWords = (/** @type {number} */ count) =>
  (count === 1 ? "its only neuron" : `neurons 0 to ${number(count - 1)}`);

/** @param {number[]} ways */
function waysInWords(ways) {
  if (ways[Math.floor(ways.length / 2)] > ways[0]) return "The middle counts more than the rim.";
  return Math.max(...ways) > Math.min(...ways) ? "Some pixels count more than others."
    : "Here every pixel counts the same.";
}

/**
 * Places in the drawing: x of a neuron is the middle of what it sees.
 * @param {Stack} stack @param {number} width
 * @returns {Places}
 */
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

/**
 * Which neurons of each layer the tapped one reaches down to, and in how many ways.
 * @param {Stack} stack
 */
function reached({ windows, layer, neuron }) {
  /** @type {Map<number, number>[]} */
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
  for (const part of [wires, labels, bars]) part.setAttribute("aria-hidden", "true");
  const element = s("svg", {}, wires, nodes, labels, bars);
  let places = "";
  /** @type {SVGRectElement[][]} */
  let cells = [];
  /** @type {(stack: Stack, width: number, places: Places) => void} */
  const lay = (stack, width, { unit, height, x, y }) => {
    const side = Math.max(2, Math.min(18, unit * 0.8));
    for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) {
      element.setAttribute(name, String(value));
    }
    cells = stack.widths.map((count, level) => Array.from({ length: count }, (_, place) =>
      s("rect", { x: x(level, place) - side / 2, y: y(level) - side / 2, width: side, height: side, rx: 3,
        role: "gridcell", tabindex: -1,
        "aria-label": `${levelName(stack, level)}, ${level ? "neuron" : "pixel"} ${place}` })));
    // The last layer stands at the top.
    nodes.replaceChildren(...cells.map((row) => s("g", { role: "row" }, row)).reverse());
    labels.replaceChildren(...stack.widths.map((_, level) =>
      s("text", { class: "cb-level", x: 0, y: y(level) - 14 }, levelName(stack, level))));
  };
  const show = (/** @type {Stack} */ stack, /** @type {number} */ width) => {
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
  const cell = (/** @type {number} */ level, /** @type {number} */ place) => cells[level]?.[place] ?? null;
  return { element, show, cell };
}

/** @param {Stack} stack @param {number} level */
function levelName({ layers }, level) {
  if (level === 0) return "input";
  return `${isPool(layers[level - 1]) ? "pooling" : "layer"} ${level}`;
}

/**
 * Every connection from the tapped neuron down, as one path.
 * @param {Stack} stack @param {Map<number, number>[]} ways @param {Places} places
 */
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

/**
 * @param {Map<number, number>} counts @param {Stack} stack @param {number} unit @param {Places["x"]} x
 * @param {number} top
 */
function pathBars(counts, stack, unit, x, top) {
  if (stack.layer < 2) return [];
  const most = Math.max(...counts.values());
  return [...counts].flatMap(([place, count]) => {
    const tall = (PATHS_HEIGHT - 14) * (count / most);
    return [
      s("rect", { class: "cb-path-bar", x: x(0, place) - unit * 0.35, y: top, width: unit * 0.7, height: tall }),
      ...(unit >= 15 ? [s("text", { class: "cb-path-count", x: x(0, place), y: top + tall + 11,
        "text-anchor": "middle" }, count)] : []),
    ];
  });
}

/**
 * @param {View} view @param {Found} found @param {ReturnType<typeof stackPicture>} picture
 * @param {() => number} widthNow
 */
function pointing(view, found, picture, widthNow) {
  /** @type {(stack: Stack, level: number, middle: number) => number} */
  const nearest = (stack, level, middle) => {
    const { effectiveStride, size } = stack.fields[level];
    return Math.max(0, Math.min(stack.widths[level] - 1, Math.round((middle - size / 2) / effectiveStride)));
  };
  const rowOf = (/** @type {Stack} */ stack, /** @type {number} */ level) => stack.widths.length - 1 - level;
  return pointAtCells(picture.element, {
    label: "Layers of neurons. Arrow keys left and right choose a neuron, up and down a layer.",
    hover: false,
    cell: ([row, column]) => picture.cell(rowOf(found.value, row), column),
    size: () => [found.value.widths.length, found.value.widths[found.value.layer]],
    get: () => [rowOf(found.value, found.value.layer), found.value.neuron],
    // A step up or down goes to the neuron that lies nearest above or below.
    set: ([row, column], pointed) => {
      const stack = found.value;
      const layer = rowOf(stack, row);
      const field = stack.fields[stack.layer];
      const middle = stack.neuron * field.effectiveStride + field.size / 2;
      view.set({ layer, neuron: layer === stack.layer || pointed ? column : nearest(stack, layer, middle) });
    },
    locate: (left, down) => {
      const stack = found.value;
      const { unit, y } = placesOf(stack, widthNow());
      const levels = stack.widths.map((_, level) => level);
      const level = levels.reduce((best, l) => (Math.abs(y(l) - down) < Math.abs(y(best) - down) ? l : best), 0);
      return [rowOf(stack, level), nearest(stack, level, left / unit)];
    },
  });
}
