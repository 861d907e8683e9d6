// What every layer makes, as volumes: height and width to one scale, channels to another.

import { h, s } from "./dom.js";
import { pointAtCells } from "./keyboard.js";
import { shapeWords } from "./network.js";
import { chosenIndex } from "./network_table.js";

const TALL = 84;
const TOP = 26;
const FOOT = 18;
// How far a pixel of the width leads to the right and up in the oblique view.
const [ALONG, UP] = [0.28, 0.22];

/** @typedef {{ x: number, thick: number, high: number, deep: number }} Place */
/** @typedef {import("./view.js").View} View */

/**
 * Where each volume stands: { x, thick, high, deep } in pixels of a drawing that is `width` wide.
 * @param {number[][]} shapes
 * @param {number} width
 * @returns {Place[]}
 */
export function placeVolumes(shapes, width) {
  const maps = shapes.filter((shape) => shape.length === 3);
  const side = TALL / Math.max(1, ...maps.flatMap(([height, across]) => [height, across]));
  const longest = Math.max(1, ...shapes.filter((shape) => shape.length === 1).map(([length]) => length));
  const gap = Math.max(1, Math.min(16, (0.35 * width) / shapes.length));
  const last = shapes[shapes.length - 1];
  const edge = last.length === 3 ? last[1] * side * ALONG : 0;
  const bar = Math.max(1, Math.min(4, gap));
  const room = width - edge - gap * (shapes.length - 1) - bar * (shapes.length - maps.length) - 2;
  const channels = Math.max(1, maps.reduce((sum, shape) => sum + shape[2], 0));
  // One volume of few channels shall not fill the drawing: a channel is never wider than a pixel of the map.
  const deepest = Math.min(side, Math.max(0.02, (room - 1.5 * maps.length) / channels));
  const placed = shapes.map((shape) => {
    const flat = shape.length === 1;
    return { thick: flat ? bar : Math.max(1.5, shape[2] * deepest),
      high: flat ? Math.max(1.5, (TALL * shape[0]) / longest) : Math.max(1.5, shape[0] * side),
      deep: flat ? 0 : shape[1] * side };
  });
  const used = placed.reduce((sum, { thick }) => sum + thick + gap, edge);
  const space = gap + Math.max(0, Math.min(36, (width - 2 - used) / shapes.length));
  let x = 1;
  return placed.map((place) => {
    const at = x;
    x += place.thick + space;
    return { ...place, x: at };
  });
}

/**
 * The drawing; a tap or the arrow keys choose a layer.
 * @param {View} view
 * @param {import("./network_table.js").Found} found
 */
export function volumes(view, found) {
  const frame = h("div", { class: "cb-volumes" });
  let width = 0;
  /** @type {Place[]} */
  let places = [];
  /** @type {SVGGElement[]} */
  let groups = [];
  /** @returns {number[][]} */
  const drawn = () => [view.get("input_shape"), ...found.value.rows.map(({ shape }) => shape)];
  const mark = () => {
    groups.forEach((group, i) => group.classList.toggle("cb-chosen", i === chosenIndex(view) + 1));
    show();
  };
  const draw = () => {
    if (width === 0) return;
    places = placeVolumes(drawn(), width);
    groups = drawn().map((shape, i) => volume(shape, places[i], i, width));
    const high = TOP + TALL + FOOT;
    const size = { width, height: high, viewBox: `0 0 ${width} ${high}`, "aria-hidden": "true" };
    frame.replaceChildren(s("svg", size, groups));
    mark();
  };
  const show = pointAtCells(frame, {
    label: "What every layer makes, to scale; the arrow keys choose a layer",
    hover: false,
    size: () => [1, Math.max(1, found.value.rows.length)],
    get: () => [0, Math.min(chosenIndex(view), Math.max(0, found.value.rows.length - 1))],
    words: (layer) => {
      const row = found.value.rows[layer];
      return `layer ${layer + 1}${row ? `: ${shapeWords(row.shape)}` : ""}`;
    },
    set: ([, selected]) => view.set({ selected }),
    locate: (x) => {
      const far = places.slice(1).map((place) => Math.abs(place.x + place.thick / 2 - x));
      return far.length > 0 ? [0, far.indexOf(Math.min(...far))] : null;
    },
  });
  view.watch([found], draw);
  view.watch(["selected"], mark);
  const words = h("p", { class: "cb-note" },
    "To scale: height and width to one, channels to another; bars are numbers in a row. The first is the input.");
  const element = h("div", { class: "cb-volumes-and-words" }, frame, words);
  view.onWidth(element, (/** @type {number} */ available) => {
    width = available;
    draw();
  });
  return element;
}

/** @param {number[]} shape @param {Place} place @param {number} index @param {number} width */
function volume(shape, { x, thick, high, deep }, index, width) {
  const floor = TOP + TALL;
  const [dx, dy] = [deep * ALONG, deep * UP];
  const top = floor - high;
  const corner = (/** @type {number[][]} */ ...points) => points
    .map((point) => point.map((n) => n.toFixed(1)).join()).join(" ");
  const words = shapeWords(shape);
  const middle = x + thick / 2;
  const half = words.length * 3.2;
  return s("g", { class: `cb-volume${index === 0 ? " cb-input" : ""}` },
    s("polygon", { class: "cb-lid", points: corner([x, top], [x + dx, top - dy], [x + thick + dx, top - dy],
      [x + thick, top]) }),
    s("polygon", { class: "cb-flank", points: corner([x + thick, top], [x + thick + dx, top - dy],
      [x + thick + dx, floor - dy], [x + thick, floor]) }),
    s("rect", { x, y: top, width: thick, height: high }),
    s("text", { x: Math.max(half, Math.min(width - half, middle)), y: floor + 14, "text-anchor": "middle" }, words));
}
