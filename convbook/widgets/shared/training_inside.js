// What the training lab shows of the network: filters and maps, gradients, one digit, the mistakes.

import { result } from "./controls.js";
import { h, say } from "./dom.js";
import { number, percent, scientific } from "./format.js";
import { paintPlane } from "./picture.js";
import { DIGIT_AREA, DIGIT_SIDE } from "./training_network.js";

/** @typedef {import("./view.js").View<import("../../../types/traits").TrainingLab>} View */
/** @typedef {import("./training_runs.js").Runs} Runs */
/** @typedef {import("./training_session.js").Digits} Digits */

/** The smallest and the largest gradient that a bar tells apart, as powers of ten. */
const [FAINT, STRONG] = [-8, 1];

/**
 * Grows `list` to `count` items, each made by `make(index)` and appended to `parent`; hides those beyond.
 * @template {{ element: HTMLElement }} T
 * @param {T[]} list @param {number} count @param {HTMLElement} parent @param {(index: number) => T} make
 */
function grow(list, count, parent, make) {
  while (list.length < count) {
    const item = make(list.length);
    list.push(item);
    parent.append(item.element);
  }
  list.forEach(({ element }, i) => {
    element.hidden = i >= count;
  });
}

/** @param {HTMLCanvasElement} canvas @param {Digits} digits @param {number} digit a validation digit */
function paintDigit(canvas, { images, train }, digit) {
  const at = (train + digit) * DIGIT_AREA;
  const data = images.subarray(at, at + DIGIT_AREA);
  paintPlane(canvas, { data, height: DIGIT_SIDE, width: DIGIT_SIDE }, "grey", 0, 255);
}

/** Pixels of a tile, whatever it shows, and between two; tiles in a row. */
const [TILE, GAP, ACROSS] = [24, 3, 8];

/**
 * Square planes side by side on one canvas, each magnified to a tile.
 * @param {HTMLCanvasElement} canvas
 * @param {Float32Array} data (plane, row, column)
 * @param {number} side of a plane
 * @param {string} map
 * @param {number} low
 * @param {number} high
 */
function paintTiles(canvas, data, side, map, low, high) {
  const count = data.length / side ** 2;
  const [rows, columns] = [Math.ceil(count / ACROSS), Math.min(count, ACROSS)];
  const [height, width] = [rows, columns].map((tiles) => tiles * (TILE + GAP) - GAP);
  const sheet = new Float32Array(height * width);
  const between = (/** @type {number} */ at) => at % (TILE + GAP) >= TILE;
  const cell = (/** @type {number} */ at) => Math.floor(((at % (TILE + GAP)) * side) / TILE);
  sheet.forEach((_, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    if (between(y) || between(x)) {
      sheet[i] = NaN; // stays blank
      return;
    }
    const tile = Math.floor(y / (TILE + GAP)) * ACROSS + Math.floor(x / (TILE + GAP));
    sheet[i] = data[(tile * side + cell(y)) * side + cell(x)];
  });
  paintPlane(canvas, { data: sheet, height, width }, map, low, high);
}

/** Filters of convolution 1 and maps of the chosen one. @param {View} view @param {Runs} runs */
export function filtersAndMaps(view, runs) {
  const title = h("p", { class: "cb-heading" });
  // As high from the start as they will be: nothing moves when they are painted.
  const size = { class: "cb-pixels", role: "img", width: ACROSS * (TILE + GAP) - GAP, height: TILE };
  const filters = h("canvas", { ...size, "aria-label": "Filters of convolution 1" });
  const maps = h("canvas", { ...size, "aria-label": "Feature maps" });
  const draw = () => {
    if (!runs.report || !runs.settings) return;
    const { kernels, maps: { data, side }, layer: shown } = runs.report;
    const layer = Math.min(view.get("layer"), runs.settings.depth);
    const high = kernels.reduce((a, v) => Math.max(a, Math.abs(v)), 0);
    const most = data.reduce((a, v) => Math.max(a, v), 0);
    const dead = most > 0 ? "" : "all 0, so it is dead";
    const about = Number.isNaN(most) ? "all NaN" : dead;
    filters.hidden = layer !== 1;
    if (layer === 1) paintTiles(filters, kernels, 3, "diverging", -high, high);
    // The engine's answer comes a moment after the choice.
    maps.classList.toggle("cb-stale", layer !== shown);
    paintTiles(maps, data, side, "sequential", 0, most === 0 ? 1 : most);
    const does = layer === 1 ? "its filters, and what they make of the digit" : "what its filters make of the digit";
    say(title, `Convolution ${number(layer)}: ${does}${about && ` (${about})`}`);
    maps.setAttribute("aria-label", `Feature maps of convolution ${number(layer)}, ` +
      (about || `largest activation ${number(most, 2)}`));
  };
  return { element: h("div", { class: "cb-stack" }, title, filters, maps), draw };
}

/** A bar for each layer; a convolution's chooses whose maps are shown. @param {View} view @param {Runs} runs */
export function gradients(view, runs) {
  const list = h("div", { class: "cb-gradients" });
  /** @type {{ element: HTMLElement, name: HTMLElement, bar: HTMLElement, size: HTMLElement }[]} */
  const bars = [];
  const make = (/** @type {number} */ i) => {
    const [name, size] = [h("span", {}), h("span", { class: "cb-size" })];
    const bar = h("span", { class: "cb-bar" });
    const inside = [name, h("span", { class: "cb-track" }, bar), size];
    const element = h("button", { type: "button", class: "cb-gradient",
      onclick: () => view.set({ layer: Math.min(i + 1, view.get("depth")) }) }, inside);
    return { element, name, bar, size };
  };
  const draw = () => {
    const { report, settings } = runs;
    if (!report || !settings) return;
    grow(bars, settings.depth + 1, list, make);
    bars.slice(0, settings.depth + 1).forEach(({ element, name, bar, size }, i) => {
      const dense = i === settings.depth;
      const value = report.gradients[i]?.size;
      say(name, dense ? "dense" : `convolution ${number(i + 1)}`);
      say(size, value === undefined ? "–" : scientific(value));
      const share = value ? (Math.log10(value) - FAINT) / (STRONG - FAINT) : 0;
      bar.style.width = `${(100 * Math.min(1, Math.max(0, share))).toFixed(1)}%`;
      if (dense) element.setAttribute("disabled", "");
      else element.removeAttribute("disabled");
      element.setAttribute("aria-pressed", String(!dense && i + 1 === report.layer));
    });
  };
  return { element: h("div", { class: "cb-stack" },
    h("p", { class: "cb-heading" }, "Size of the gradient, layer by layer (logarithmic)"), list), draw };
}

/** The chosen validation digit and the worst mistakes. @param {View} view @param {Runs} runs @param {Digits} digits */
export function digitAndMistakes(view, runs, digits) {
  const picture = h("canvas",
    { class: "cb-pixels cb-digit", role: "img", width: DIGIT_SIDE, height: DIGIT_SIDE });
  const answer = result("answer", { tag: "p", live: false });
  const row = h("div", { class: "cb-mistakes" });
  const none = h("p", { class: "cb-note" });
  /** @type {{ element: HTMLElement, canvas: HTMLCanvasElement, words: HTMLElement }[]} */
  const tiles = [];
  const make = (/** @type {number} */ i) => {
    const [canvas, words] = [h("canvas", { class: "cb-pixels" }), h("span", {})];
    const element = h("button", { type: "button", class: "cb-mistake", onclick: () => {
      const chosen = runs.report?.mistakes[i];
      if (chosen) view.set({ digit: chosen.digit });
    } }, canvas, words);
    return { element, canvas, words };
  };
  const draw = () => {
    const { report } = runs;
    if (!report) return;
    const digit = view.get("digit");
    const label = digits.labels[digits.train + digit];
    const { probabilities, mistakes, digit: asked } = report;
    paintDigit(picture, digits, digit);
    picture.setAttribute("aria-label", `Validation digit number ${number(digit + 1)}, label ${label}`);
    const sure = probabilities.every(Number.isFinite);
    const guess = probabilities.indexOf(Math.max(...probabilities));
    const other = guess === label ? ": right." : `, and ${label} with ${percent(probabilities[label], 0)}: wrong.`;
    const says = sure ? `The network says ${guess} with ${percent(probabilities[guess], 0)}${other}`
      : "The network says NaN, ten times.";
    answer.show(`Its label is ${label}. ${asked === digit ? says : ""}`, guess);
    grow(tiles, mistakes.length, row, make);
    mistakes.forEach(({ digit: at, label: right, guess: said }, i) => {
      const { canvas, words, element } = tiles[i];
      paintDigit(canvas, digits, at);
      say(words, `${right} → ${said}`);
      element.setAttribute("aria-label", `Label ${right}, taken for ${said}; show this digit`);
      element.setAttribute("aria-pressed", String(at === digit));
    });
    say(none, mistakes.length > 0 ? "" : "It makes no mistake on the validation digits.");
  };
  return { element: h("div", { class: "cb-stack" },
    h("div", { class: "cb-one" }, picture, answer.element),
    h("p", { class: "cb-heading" }, "Its worst validation digits (label → what it says)"), row, none), draw };
}
