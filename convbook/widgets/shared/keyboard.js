// Pointing at the cells of a grid: with a mouse, a finger, or the arrow keys.

/**
 * @typedef {object} Grid
 * @property {() => number[]} size
 * @property {() => number[]} get
 * @property {(cell: number[], pointed?: boolean) => void} set
 * @property {boolean} [hover]
 * @property {((x: number, y: number, box: DOMRect) => number[] | null) | null} [locate]
 */

/** @type {Record<string, number[]>} */
const STEPS = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/**
 * Where a key moves a cell: moveCell("ArrowUp", [3, 4], [10, 10]) is [2, 4]. Home and End go to the
 * ends of the row, Page Up and Page Down to those of the column; with `far` an arrow makes ten
 * steps. Returns null for a key that moves nothing.
 * @param {string} key
 * @param {number[]} cell
 * @param {number[]} size
 */
export function moveCell(key, [row, column], [rows, columns], far = false) {
  const clamp = (/** @type {number} */ value, /** @type {number} */ size) => Math.max(0, Math.min(size - 1, value));
  if (key === "Home") return [row, 0];
  if (key === "End") return [row, columns - 1];
  if (key === "PageUp") return [0, column];
  if (key === "PageDown") return [rows - 1, column];
  const step = STEPS[key];
  if (!step) return null;
  const stride = far ? 10 : 1;
  return [clamp(row + stride * step[0], rows), clamp(column + stride * step[1], columns)];
}

/**
 * Lets a reader point at cells of `element`, which is divided evenly into a grid.
 *
 * `size()` returns [rows, columns]; `get()` the cell pointed at, [row, column]; `set(cell)` is
 * called with the new one (and with true when it was pointed at, not stepped to). With `hover`, the
 * mouse points without a button pressed. A finger taps or drags sideways; up and down still scroll
 * the page. Where the cells do not fill the element evenly, `locate(x, y)` says which cell lies at a
 * point (in pixels from its corner), or null.
 * @param {HTMLElement} element
 * @param {Grid} grid
 */
export function pointAtCells(element, { size, get, set, hover = true, locate = null }) {
  const evenly = (/** @type {number} */ x, /** @type {number} */ y, /** @type {DOMRect} */ box) => {
    const [rows, columns] = size();
    return [Math.floor((y / box.height) * rows), Math.floor((x / box.width) * columns)];
  };
  element.tabIndex = 0;
  element.style.touchAction = "pan-y pinch-zoom";
  let pressed = false;
  const point = (/** @type {PointerEvent} */ event) => {
    const box = element.getBoundingClientRect();
    const cell = (locate ?? evenly)(event.clientX - box.left, event.clientY - box.top, box);
    const [rows, columns] = size();
    if (!cell || cell[0] < 0 || cell[1] < 0 || cell[0] >= rows || cell[1] >= columns) return;
    const [row, column] = cell;
    const [oldRow, oldColumn] = get();
    if (row !== oldRow || column !== oldColumn) set([row, column], true);
  };
  element.addEventListener("pointerdown", (event) => {
    pressed = true;
    point(event);
  });
  element.addEventListener("pointermove", (event) => {
    if (pressed || (hover && event.pointerType === "mouse")) point(event);
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
    element.addEventListener(end, () => {
      pressed = false;
    });
  }
  element.addEventListener("keydown", (event) => {
    const cell = moveCell(event.key, get(), size(), event.shiftKey);
    if (!cell) return;
    event.preventDefault();
    set(cell);
  });
}
