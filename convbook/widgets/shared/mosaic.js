// Many maps side by side on one canvas, of which one can be pointed at and opened.

import { h } from "./dom.js";
import { pointAtCells } from "./keyboard.js";
import { paintWith } from "./scheme.js";

/**
 * @typedef {object} Tiles
 * @property {number} count
 * @property {number} height of one map
 * @property {number} width
 * @property {number} columns maps in a row
 * @property {(tile: number, place: number) => number | null} at a number of a map; null is left blank
 * @property {number} limit
 * @property {boolean} signed
 * @property {boolean} [image] what the network was given, which is grey
 * @property {number} [gap] blank pixels between two maps
 */

/** @param {Tiles} tiles */
const gapOf = ({ width, gap = Math.max(1, Math.round(width / 14)) }) => gap;

/**
 * Paints maps in rows, one canvas pixel a number.
 * @param {HTMLCanvasElement} canvas
 * @param {Tiles} tiles
 */
export function paintMosaic(canvas, tiles) {
  const unsigned = tiles.image ? "grey" : "sequential";
  paintWith(canvas, tiles.signed ? "diverging" : unsigned, (colours) => putMosaic(canvas, tiles, colours));
}

/** @param {HTMLCanvasElement} canvas @param {Tiles} tiles @param {Uint32Array} colours */
function putMosaic(canvas, tiles, colours) {
  const { count, height, width, columns, at, limit, signed } = tiles;
  const gap = gapOf(tiles);
  const across = Math.min(columns, count);
  const rows = Math.ceil(count / columns);
  canvas.width = across * (width + gap) - gap;
  canvas.height = rows * (height + gap) - gap;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(canvas.width, canvas.height);
  const packed = new Uint32Array(image.data.buffer);
  const low = signed ? -limit : 0;
  const scale = 255 / (limit - low || 1);
  for (let t = 0; t < count; t += 1) {
    const corner = Math.floor(t / columns) * (height + gap) * canvas.width + (t % columns) * (width + gap);
    for (let i = 0; i < height * width; i += 1) {
      const value = at(t, i);
      if (value === null) continue;
      const index = Math.round((value - low) * scale);
      packed[corner + Math.floor(i / width) * canvas.width + (i % width)] = colours[Math.max(0, Math.min(255, index))];
    }
  }
  context.putImageData(image, 0, 0);
}

/**
 * How many maps stand in a row, and the pixels of one, so that all of them fit where there is room.
 * @param {number} count
 * @param {number} width pixels there are
 * @param {number} height
 * @param {number} least pixels of a map's side, so that a finger finds it
 * @param {number} most
 */
export function tilesFor(count, width, height, least = 28, most = 104) {
  let columns = Math.max(1, Math.min(count, Math.ceil(width / most)));
  const side = () => Math.min(most, Math.floor(width / columns));
  const tooTall = () => Math.ceil(count / columns) * side() > height;
  while (columns < count && tooTall() && Math.floor(width / (columns + 1)) >= least) columns += 1;
  return { columns, side: side() };
}

/**
 * @typedef {object} MosaicChoice
 * @property {() => number} count
 * @property {() => number} get the map that is pointed at, as it is numbered in the mosaic
 * @property {(tile: number) => void} set
 * @property {() => void} [open]
 * @property {(tile: number) => string} words
 */

/**
 * A mosaic whose maps can be pointed at. `show(tiles, side)` paints it, `side` being the pixels on the
 * screen for one map with its gap; `mark()` moves the mark.
 * @param {string} label
 * @param {MosaicChoice} choice
 */
export function mosaic(label, { count, get, set, open, words }) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const overlay = h("div", { class: "cb-overlay", role: "row" });
  const box = h("div", { class: "cb-box", role: "gridcell" });
  overlay.append(box);
  const element = h("div", { class: "cb-sheet cb-mosaic" }, canvas, overlay);
  let columns = 1;
  const rows = () => Math.ceil(count() / columns);
  const limited = (/** @type {number[]} */ [row, column]) => Math.min(count() - 1, row * columns + column);
  const show = pointAtCells(element, {
    label, hover: false, cell: () => box,
    size: () => [rows(), Math.min(columns, count())],
    get: () => [Math.floor(get() / columns), get() % columns],
    set: (cell) => set(limited(cell)),
    locate: (x, y, { width, height }) => {
      const cell = [Math.floor((y / height) * rows()), Math.floor((x / width) * Math.min(columns, count()))];
      return cell[0] * columns + cell[1] < count() ? cell : null;
    },
  });
  if (open) {
    element.addEventListener("click", open);
    opensByKey(element, open);
  }
  /** @type {Tiles | null} */
  let painted = null;
  const mark = () => {
    if (!painted) return;
    const [row, column] = [Math.floor(get() / columns), get() % columns];
    const { height, width } = painted;
    const gap = gapOf(painted);
    const [tall, wide] = [rows() * (height + gap) - gap, Math.min(columns, count()) * (width + gap) - gap];
    const share = (/** @type {number} */ part, /** @type {number} */ whole) => `${(100 * part) / whole}%`;
    Object.assign(box.style, { top: share(row * (height + gap), tall), left: share(column * (width + gap), wide),
      height: share(height, tall), width: share(width, wide) });
    overlay.setAttribute("aria-rowindex", String(row + 1));
    box.setAttribute("aria-colindex", String(column + 1));
    box.setAttribute("aria-label", words(get()));
    show();
  };
  return {
    element, box, mark,
    /** @param {Tiles} tiles @param {number} side */
    show(tiles, side) {
      columns = tiles.columns;
      painted = tiles;
      paintMosaic(canvas, tiles);
      element.style.width = `${Math.min(columns, tiles.count) * side}px`;
      element.style.aspectRatio = `${canvas.width} / ${canvas.height}`;
      mark();
    },
  };
}

/** Enter and the space bar open what is pointed at. @param {HTMLElement} element @param {() => void} open */
export function opensByKey(element, open) {
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    open();
  });
}
