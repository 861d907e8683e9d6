// A picture with a title, its size, and a mark that shows where the reader points.

import { result } from "./controls.js";
import { h } from "./dom.js";
import { pointAtCells } from "./keyboard.js";

/**
 * The parts of a picture: `element` to append; `canvas` to paint; `sheet`, which takes the pointer;
 * `size`, a result for "256 × 256"; `mark(top, left, height, width)`, which outlines a rectangle
 * given in shares of the picture; `scale(plane, [height, width])`, which shows a plane in the same
 * scale as one of the given size, so that a stride visibly makes a picture smaller; and `point(grid)`,
 * which lets a reader point at its pixels: of that grid only the cell pointed at, the mark, is there.
 * @param {string} title
 * @param {string} label
 */
export function pictureFrame(title, label) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const overlay = h("div", { class: "cb-overlay" });
  const box = h("div", { class: "cb-box" });
  const across = h("div", { class: "cb-line-h" });
  const down = h("div", { class: "cb-line-v" });
  overlay.append(across, down, box);
  const sheet = h("div", { class: "cb-sheet" }, canvas, overlay);
  const frame = h("div", { class: "cb-frame" }, sheet);
  const size = result(`${title.toLowerCase()}-size`, { tag: "span", live: false });
  const element = h("div", {}, h("div", { class: "cb-title-line" }, h("b", {}, title), size.element), frame);
  /**
   * Marks a rectangle, given in shares of the picture.
   * @type {(top: number, left: number, height: number, width: number) => void}
   */
  const mark = (top, left, height, width) => {
    const share = (/** @type {number} */ value) => `${100 * value}%`;
    Object.assign(box.style, { top: share(top), left: share(left), height: share(height), width: share(width) });
    across.style.top = share(top + height / 2);
    down.style.left = share(left + width / 2);
  };
  const scale = (/** @type {{ height: number, width: number }} */ plane, /** @type {number[]} */ [height, width]) => {
    sheet.style.width = `${Math.min(100, (100 * plane.width) / width)}%`;
    frame.style.aspectRatio = `${width} / ${height}`;
    canvas.classList.toggle("cb-big-pixels", plane.width <= 64);
  };
  const point = (/** @type {import("./keyboard.js").Grid} */ grid) => {
    overlay.setAttribute("role", "row");
    box.setAttribute("role", "gridcell");
    const show = pointAtCells(sheet, { label, ...grid, cell: () => box });
    return () => {
      const [row, column] = grid.get();
      overlay.setAttribute("aria-rowindex", String(row + 1));
      box.setAttribute("aria-colindex", String(column + 1));
      box.setAttribute("aria-label", `row ${row}, column ${column}`);
      show();
    };
  };
  return { canvas, overlay, sheet, frame, size, element, mark, scale, point };
}
