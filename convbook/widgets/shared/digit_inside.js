// Inside DigitCanvas: all layers side by side, one map and what it sees, one number taken apart, softmax.

import { result } from "./controls.js";
import { h, say } from "./dom.js";
import { positionLevel } from "./explorer_position.js";
import { sumLevel } from "./explorer_sum.js";
import { fixed, percent } from "./format.js";
import { pictureFrame } from "./frame.js";
import { mosaic } from "./mosaic.js";
import { paintPlane } from "./picture.js";
import { numberTable } from "./table.js";
import { fieldOf, isSigned, nodeNames, roundedParts, sourcesOf, takenApart } from "./taken_apart.js";

/** @typedef {import("../digit_canvas.js").Lab} Lab */
/** @typedef {import("./explorer.js").Explorer} Explorer */
/** @typedef {import("./explorer.js").Place} Place */
/** @typedef {import("./taken_apart.js").PlacedNode} PlacedNode */

/** Maps in a row of a layer, so that all layers are about equally tall. @type {Record<number, number>} */
const COLUMNS = { 8: 3, 10: 5, 20: 5 };
const IN_ONE = 10_000;
const WIDE = 600; // pixels from which there is room for every number at once

/** @param {Lab} lab */
export function inside(lab) {
  const { view, network, answer, place } = lab;
  const names = nodeNames(network);
  const nodes = /** @type {PlacedNode[]} */ (network.map((node, i) => ({ ...node, name: names[i] })));
  const limits = view.computed([answer], ({ given }) =>
    given.map((values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1));
  const now = view.computed([place, "input_channel"], ({ at, map, row, column }, input) => {
    const inputs = ["conv", "dense"].includes(network[at].op) ? nodes[sourcesOf(nodes[at])[0]].channels : 1;
    return /** @type {Place} */ ({ level: "sum", index: at, node: nodes[at], channel: map, row, column, inputs,
      input: Math.min(inputs - 1, input) });
  });
  /** A network that answers at once, to what asks one that runs elsewhere. */
  const explorer = /** @type {Explorer} */ (/** @type {unknown} */ ({
    view, nodes, labels: [...Array(10).keys()].map(String),
    get limits() {
      return limits.value;
    },
    get seen() {
      return { shares: answer.value.probabilities };
    },
    place: () => now.value,
    look: () => Promise.resolve(),
    passed: (/** @type {Place} */ one) => one !== now.value,
    signed: (/** @type {number} */ index) => index > 0 && isSigned(nodes, index),
    apart: (/** @type {Place} */ { index, channel, row, column }) => Promise.resolve(takenApart(nodes, index, channel,
      row, column, (i) => answer.value.given[i], filterOf(network[index], channel))),
  }));
  const go = goTo(lab, nodes);
  const parts = [positionLevel(explorer, () => {}), sumLevel(explorer, ({ layer, channel = 0, row, column }) =>
    view.set({ node: names.indexOf(layer ?? ""), feature_map: channel, row, column }))];
  view.watch([answer, now], () => parts.forEach((part) => void part.show(now.value)));
  const [numbers, shares, onward] = parts[1].element.children;
  const every = h("input", { type: "checkbox", onchange: () => show(every.checked) });
  const show = (/** @type {boolean} */ on) => {
    /** @type {HTMLElement} */ (numbers).hidden = !on;
  };
  let wide = -1;
  view.onWidth(view.body, (width) => {
    if (wide < 0) every.checked = width >= WIDE; // later the reader decides
    wide = width;
    show(every.checked);
  });
  return [
    h("div", { class: "cb-panel" }, h("p", { class: "cb-heading" }, "All layers side by side"),
      strip(lab, nodes, limits, go)),
    h("div", { class: "cb-focus" }, h("div", { class: "cb-level" }, context(lab, nodes, limits), onward),
      h("div", { class: "cb-level" }, parts[0].element, shares)),
    h("label", { class: "cb-field cb-toggle" }, every, h("span", {}, "Number by number")), numbers, softmaxTable(lab),
  ];
}

/** @param {import("./cnn.js").Node} node @param {number} filter @returns {ArrayLike<number>} */
function filterOf(node, filter) {
  const all = node.kernel ?? node.matrix ?? [];
  const taps = all.length / node.channels;
  return all.slice(filter * taps, (filter + 1) * taps);
}

/**
 * Opens a map, of the same layer or of another one, at the place that sees the same part of the image.
 * @param {Lab} lab @param {PlacedNode[]} nodes
 */
function goTo({ view, place }, nodes) {
  // Where the reader chose to be: the way there and back through coarser layers ends at the same number.
  let chosen = place.value;
  /** @type {{ at: number, row: number, column: number }} */
  let reached = chosen;
  return (/** @type {number} */ at, /** @type {number} */ map) => {
    const here = place.value;
    const moved = here.at !== reached.at || here.row !== reached.row || here.column !== reached.column;
    if (moved && here.node.height > 1) chosen = here;
    const there = nodes[at].height > 1 && chosen.node.height > 1 ? sameSpot(nodes, chosen, at) : null;
    if (there) reached = { at, ...there };
    view.set({ node: at, feature_map: map, ...there });
  };
}

/**
 * The place in another layer whose view of the image has its middle nearest to this one's.
 * @param {PlacedNode[]} nodes @param {{ at: number, row: number, column: number }} from @param {number} to
 */
export function sameSpot(nodes, { at, row, column }, to) {
  if (to === at) return { row, column };
  const middle = (/** @type {number} */ index, /** @type {number} */ y, /** @type {number} */ x) => {
    const { top, left, bottom, right } = fieldOf(nodes, index, y, x);
    return [(top + bottom) / 2, (left + right) / 2];
  };
  const [here, first, next] = [middle(at, row, column), middle(to, 0, 0), middle(to, 1, 1)];
  const [down, across] = here.map((value, axis) => Math.round((value - first[axis]) / (next[axis] - first[axis])));
  const within = (/** @type {number} */ value, /** @type {number} */ size) => Math.max(0, Math.min(size - 1, value));
  return { row: within(down, nodes[to].height), column: within(across, nodes[to].width) };
}

/**
 * @param {Lab} lab @param {PlacedNode[]} nodes @param {import("./reactive.js").Computed<number[]>} limits
 * @param {(at: number, map: number) => void} go
 */
function strip({ view, answer, place }, nodes, limits, go) {
  const element = h("div", { class: "cb-strip-of-layers" });
  /** @type {number[]} the map of each layer that was looked at last */
  const kept = nodes.map(() => 0);
  const layers = nodes.slice(1).map((node, i) => {
    const at = i + 1;
    const { channels, height, width } = node;
    const one = height === 1 ? "Number" : "Map";
    const tiles = mosaic(`${node.name}; the arrow keys choose a ${one.toLowerCase()}`, {
      count: () => channels,
      get: () => kept[at],
      set: (map) => go(at, map),
      open: () => go(at, kept[at]),
      words: (map) => `${one} ${map}`,
    });
    const size = height === 1 ? `${channels} numbers` : `${channels} × ${height} × ${width}`;
    const home = h("div", { class: "cb-layer" }, h("div", { class: "cb-title-line" }, h("b", {}, node.name), size),
      tiles.element);
    element.append(home);
    return { at, node, tiles, home };
  });
  let room = 0;
  const draw = () => layers.forEach(({ at, node: { channels, height, width }, tiles }) => {
    if (room === 0) return;
    const data = answer.value.given[at];
    const columns = COLUMNS[channels] ?? 4;
    tiles.show({ count: channels, height, width, columns, limit: limits.value[at], signed: isSigned(nodes, at),
      at: (t, k) => data[t * height * width + k], ...(height === 1 ? { gap: 0 } : {}) }, Math.floor(room / columns));
  });
  view.watch([answer], draw);
  view.watch([place], () => {
    const { at, map } = place.value;
    kept[at] = map;
    layers.forEach((layer) => {
      layer.home.classList.toggle("cb-is-open", layer.at === at);
      layer.tiles.mark();
    });
  });
  view.onWidth(layers[0].home, (width) => {
    room = width;
    draw();
  });
  return element;
}

/** @param {Lab} lab @param {PlacedNode[]} nodes @param {import("./reactive.js").Computed<number[]>} limits */
function context({ view, answer, place }, nodes, limits) {
  const map = pictureFrame("Map", "The chosen map; point at a number, or use the arrow keys");
  const image = pictureFrame("Image", "");
  image.canvas.setAttribute("role", "img");
  image.canvas.removeAttribute("aria-hidden");
  image.canvas.setAttribute("aria-label", "What the network sees, with the part that the chosen number can see");
  const words = result("position", { tag: "p", class: "cb-note cb-line" });
  const mark = map.point({
    size: () => [place.value.node.height, place.value.node.width],
    get: () => [place.value.row, place.value.column],
    set: ([row, column]) => view.set({ row, column }),
  });
  const open = view.computed([place], ({ at, map: channel }) => `${at} ${channel}`);
  view.watch([answer, open], () => {
    const { at, map: channel, node: { height, width } } = place.value;
    const { seen, given } = answer.value;
    const area = height * width;
    const signed = isSigned(nodes, at);
    paintPlane(map.canvas, { data: given[at].subarray(channel * area, (channel + 1) * area), height, width },
      signed ? "diverging" : "sequential", signed ? -limits.value[at] : 0, limits.value[at]);
    map.scale({ height, width }, [height, width]);
    map.size.show(`${height} × ${width}`);
    const { height: tall, width: wide } = nodes[0];
    paintPlane(image.canvas, { data: seen, height: tall, width: wide }, "grey", 0, 1);
    image.scale({ height: tall, width: wide }, [tall, wide]);
    say(/** @type {Element} */ (map.element.querySelector("b")), area === 1 ? `Number ${channel}` : `Map ${channel}`);
  });
  view.watch([answer, place], () => {
    const { at, row, column, map: channel, node: { height, width } } = place.value;
    map.mark(row / height, column / width, 1 / height, 1 / width);
    mark();
    const { top, left, bottom, right } = fieldOf(nodes, at, row, column);
    const { height: tall, width: wide } = nodes[0];
    image.mark(top / tall, left / wide, (bottom - top + 1) / tall, (right - left + 1) / wide);
    image.size.show(`sees ${bottom - top + 1} × ${right - left + 1}`);
    const value = answer.value.given[at][(channel * height + row) * width + column];
    words.show(`${nodes[at].name}${height === 1 ? "" : `, row ${row}, column ${column}`}: ${fixed(value, 4)}`, value);
  });
  return h("div", { class: "cb-context" }, h("div", { class: "cb-pictures" }, map.element, image.element),
    words.element);
}

/** Softmax, number by number; where the logits are open. @param {Lab} lab */
function softmaxTable({ view, answer, place }) {
  const table = numberTable(10, 4, "Softmax: digit, logit, its power, its share");
  table.element.prepend(h("thead", {}, h("tr", {},
    ["digit", "logit z", "e to the z − m", "share"].map((words) => h("th", { scope: "col" }, words)))));
  const total = result("softmax", { tag: "p", class: "cb-math" });
  const element = h("div", { class: "cb-panel" }, h("p", { class: "cb-heading" }, "Softmax"),
    h("div", { class: "cb-scroll" }, table.element), total.element);
  view.watch([answer, place], () => {
    const { given, probabilities } = answer.value;
    const { node, map } = place.value;
    element.hidden = node.op !== "dense";
    if (element.hidden) return;
    const logits = [...given[given.length - 1]];
    const most = Math.max(...logits);
    const powers = logits.map((logit) => Math.exp(logit - most));
    const sum = powers.reduce((a, b) => a + b, 0);
    const shown = roundedParts(powers, sum, IN_ONE).map((units) => units / IN_ONE);
    table.show(logits.map((logit, digit) => [digit, logit, shown[digit], probabilities[digit]]), (value, digit, i) => ({
      name: digit === map ? "cb-chosen" : "",
      text: [String(value), fixed(value, 4), fixed(value, 4), percent(value)][i] }));
    total.show(`m is the largest logit, ${fixed(most, 4)}. The ten powers add up to ${fixed(sum, 4)}; the share of ` +
      `${map} is ${fixed(shown[map], 4)} / ${fixed(sum, 4)} = ${percent(probabilities[map])}.`, probabilities[map]);
  });
  return element;
}
