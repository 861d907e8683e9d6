// What every layer makes, as volumes: height and width to one scale, channels to another.

import { h, s } from "./dom.js";
import { pointAtCells } from "./keyboard.js";
import { shapeWords } from "./network.js";
import { chosenIndex, titleOf } from "./network_table.js";

const TALL = 84;
const TOP = 26;
const FOOT = 34;
const LETTER = 7.5; // pixels of a letter of a label, in the widest face that may stand in for ours
// How far a pixel of the width leads to the right and up in the oblique view.
const [ALONG, UP] = [0.28, 0.22];

/** @typedef {{ x: number, thick: number, high: number, deep: number, middle: number, slot: number }} Place */
/** @typedef {import("./view.js").View} View */

/**
 * Where each volume stands, in pixels of a drawing that is `width` wide: it is `thick`, `high` and `deep` from `x` on,
 * in the middle of a slot of its own. The slots share the width.
 * @param {number[][]} shapes
 * @param {number} width
 * @returns {Place[]}
 */
export function placeVolumes(shapes, width) {
  const maps = shapes.filter((shape) => shape.length === 3);
  const side = TALL / Math.max(1, ...maps.flatMap(([height, across]) => [height, across]));
  const longest = Math.max(1, ...shapes.filter((shape) => shape.length === 1).map(([length]) => length));
  const gap = Math.max(1, Math.min(16, (0.35 * width) / shapes.length));
  const bar = Math.max(1, Math.min(6, gap));
  const slants = maps.map(([, across]) => across * side * ALONG);
  // Where there are many layers, a volume may lean over the next.
  const leaning = Math.min(slants.reduce((sum, slant) => sum + slant, 0), Math.max(...slants, 0) + 0.25 * width);
  const room = width - leaning - gap * shapes.length - bar * (shapes.length - maps.length) - 2;
  const channels = Math.max(1, maps.reduce((sum, shape) => sum + shape[2], 0));
  // One volume of few channels shall not fill the drawing: a channel is never wider than a pixel of the map.
  const deepest = Math.min(side, Math.max(0.02, (room - 1.5 * maps.length) / channels));
  const placed = shapes.map((shape) => {
    const flat = shape.length === 1;
    return { thick: flat ? bar : Math.max(1.5, shape[2] * deepest),
      high: flat ? Math.max(1.5, (TALL * shape[0]) / longest) : Math.max(1.5, shape[0] * side),
      deep: flat ? 0 : shape[1] * side };
  });
  const solid = placed.reduce((sum, { thick }) => sum + thick, 0);
  const slant = placed.reduce((sum, { deep }) => sum + deep * ALONG, 0);
  // The last one's slant stays within the drawing, whatever the others lean over.
  const lean = Math.min(1, Math.max(0, (width - 2 - solid - gap * shapes.length) / Math.max(1, slant)));
  const edge = (1 - lean) * placed[placed.length - 1].deep * ALONG;
  const space = Math.max(0, (width - 2 - edge - solid - lean * slant) / shapes.length);
  let left = 1;
  return placed.map((place) => {
    const slot = place.thick + lean * place.deep * ALONG + space;
    const x = left + space / 2;
    left += slot;
    return { ...place, x, slot, middle: x + (place.thick + lean * place.deep * ALONG) / 2 };
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
  const reach = s("g", { class: "cb-reach" });
  /** @returns {number[][]} */
  const drawn = () => [view.get("input_shape"), ...found.value.rows.map(({ shape }) => shape)];
  const mark = () => {
    const chosen = chosenIndex(view) + 1;
    groups.forEach((group, i) => group.classList.toggle("cb-chosen", i === chosen));
    const layer = view.get("layers")[chosen - 1];
    reach.replaceChildren(...(found.value.rows[chosen - 1] && places[chosen]
      ? windowBetween(places[chosen - 1], places[chosen], drawn()[chosen - 1], layer.kernel ?? layer.size) : []));
    show();
  };
  const draw = () => {
    if (width === 0) return;
    places = placeVolumes(drawn(), width);
    const names = ["Input", ...found.value.rows.map((_, i) => titleOf(view.get("layers")[i]))];
    const labels = drawn().map((shape, i) => [names[i], shapeWords(shape)]);
    // A label for each, or, where they don't fit beside one another, for the chosen one alone.
    frame.classList.toggle("cb-labelled", labels.every((lines, i) =>
      Math.max(...lines.map(({ length }) => length)) * LETTER <= places[i].slot));
    groups = drawn().map((_, i) => volume(labels[i], places[i], i, width));
    const high = TOP + TALL + FOOT;
    const size = { width, height: high, viewBox: `0 0 ${width} ${high}`, "aria-hidden": "true" };
    frame.replaceChildren(s("svg", size, groups, reach));
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
      const far = places.slice(1).map((place) => Math.abs(place.middle - x));
      return far.length > 0 ? [0, far.indexOf(Math.min(...far))] : null;
    },
  });
  view.watch([found], draw);
  view.watch(["selected"], mark);
  const words = h("p", { class: "cb-note" },
    "Height and width are drawn to one scale, channels to another; a bar is numbers in a row.");
  const element = h("div", { class: "cb-volumes-and-words" }, frame, words);
  view.onWidth(element, (/** @type {number} */ available) => {
    width = available;
    draw();
  });
  return element;
}

/**
 * The window over the maps that a layer reads, and lines to the maps that it makes.
 * @param {Place} from @param {Place} to @param {number[]} shape of what is read
 * @param {number} [size] of the window
 */
function windowBetween(from, to, shape, size) {
  if (!size || shape.length !== 3 || to.x < from.x + from.thick) return [];
  // Places on the volume's right side: shares of its depth and height.
  const point = (/** @type {number} */ far, /** @type {number} */ up) =>
    [from.x + from.thick + far * from.deep * ALONG, TOP + TALL - up * from.high - far * from.deep * UP];
  const [wide, tall] = [shape[1], shape[0]].map((side) => Math.min(0.5, size / (2 * side)));
  const corners = [[-wide, tall], [wide, tall], [wide, -tall], [-wide, -tall]]
    .map(([far, up]) => point(0.5 + far, 0.5 + up));
  const end = [to.x, TOP + TALL - to.high / 2];
  return [...[1, 2].map((i) => s("line", { x1: corners[i][0], y1: corners[i][1], x2: end[0], y2: end[1] })),
    s("polygon", { points: corners.map((corner) => corner.map((n) => n.toFixed(1)).join()).join(" ") })];
}

/** @param {string[]} label @param {Place} place @param {number} index @param {number} width */
function volume(label, { x, thick, high, deep, middle }, index, width) {
  const floor = TOP + TALL;
  const [dx, dy] = [deep * ALONG, deep * UP];
  const top = floor - high;
  const corner = (/** @type {number[][]} */ ...points) => points
    .map((point) => point.map((n) => n.toFixed(1)).join()).join(" ");
  const half = Math.max(...label.map(({ length }) => length)) * LETTER / 2;
  const centre = Math.max(half, Math.min(width - half, middle));
  return s("g", { class: `cb-volume${index === 0 ? " cb-input" : ""}` },
    s("polygon", { class: "cb-lid", points: corner([x, top], [x + dx, top - dy], [x + thick + dx, top - dy],
      [x + thick, top]) }),
    s("polygon", { class: "cb-flank", points: corner([x + thick, top], [x + thick + dx, top - dy],
      [x + thick + dx, floor - dy], [x + thick, floor]) }),
    s("rect", { x, y: top, width: thick, height: high }),
    s("text", { y: floor + 14, "text-anchor": "middle" },
      label.map((line, i) => s("tspan", { x: centre, dy: 15 * i }, line))));
}
