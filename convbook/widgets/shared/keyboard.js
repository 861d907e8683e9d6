// Pointing at the cells of a grid: with a mouse, a finger, or the arrow keys.

/**
 * @typedef {object} Grid
 * @property {string} [label] what the cells are, for who does not see them
 * @property {() => number[]} size rows and columns
 * @property {() => number[]} get the cell pointed at
 * @property {(cell: number[], pointed?: boolean) => void} set
 * @property {boolean} [hover] the mouse points without a button pressed
 * @property {((x: number, y: number, box: DOMRect) => number[] | null) | null} [locate]
 * @property {((cell: number[]) => Element | null) | null} [cell] the element of a cell: makes it a grid
 * @property {((column: number) => string) | null} [words] a column in words: makes the row a slider
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
 * `set(cell)` is called with the new cell (and with true when it was pointed at, not stepped to). A
 * finger taps or drags sideways; up and down still scroll the page. Where the cells do not fill the
 * element evenly, `locate(x, y)` says which one lies at a point (in pixels from its corner), or null.
 *
 * To who does not see it, `element` is a grid whose cells take the keyboard in turn (`cell`), or,
 * where there is one row, a slider (`words`). Returns a function to call after each redraw.
 * @param {HTMLElement | SVGElement} element
 * @param {Grid} grid
 */
export function pointAtCells(element, grid) {
  const { label, size, get, set, hover = true, locate = null, cell = null, words = null } = grid;
  const evenly = (/** @type {number} */ x, /** @type {number} */ y, /** @type {DOMRect} */ box) => {
    const [rows, columns] = size();
    return [Math.floor((y / box.height) * rows), Math.floor((x / box.width) * columns)];
  };
  const roles = cell ? gridRoles(element, size, get, cell) : sliderRoles(element, size, get, words);
  if (label) element.setAttribute("aria-label", label);
  element.style.touchAction = "pan-y pinch-zoom";
  let pressed = false;
  const point = (/** @type {PointerEvent} */ event) => {
    const box = element.getBoundingClientRect();
    const found = (locate ?? evenly)(event.clientX - box.left, event.clientY - box.top, box);
    const [rows, columns] = size();
    if (!found || found[0] < 0 || found[1] < 0 || found[0] >= rows || found[1] >= columns) return;
    const [row, column] = found;
    const [oldRow, oldColumn] = get();
    if (row !== oldRow || column !== oldColumn) set([row, column], true);
  };
  const listen = (/** @type {string} */ type, /** @type {(event: any) => void} */ heard) =>
    element.addEventListener(type, heard);
  listen("pointerdown", (event) => {
    pressed = true;
    point(event);
    roles.stepped();
    // Only then: the browser itself moves the focus once this event is over.
    requestAnimationFrame(roles.show);
  });
  listen("pointermove", (event) => {
    if (pressed || (hover && event.pointerType === "mouse")) point(event);
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
    listen(end, () => {
      pressed = false;
    });
  }
  listen("keydown", (event) => {
    const next = moveCell(event.key, get(), size(), event.shiftKey);
    if (!next) return;
    event.preventDefault();
    roles.stepped();
    set(next);
  });
  return roles.show;
}

/**
 * A grid: of its cells the one pointed at is the stop of the Tab key, and the keys carry it along.
 * @param {Element} element
 * @param {() => number[]} size
 * @param {() => number[]} get
 * @param {(cell: number[]) => Element | null} cell
 */
function gridRoles(element, size, get, cell) {
  element.setAttribute("role", "grid");
  /** @type {Element | null} */
  let current = null;
  let follow = false;
  const show = () => {
    const [rows, columns] = size();
    setOnce(element, "aria-rowcount", rows);
    setOnce(element, "aria-colcount", columns);
    const next = cell(get());
    const focused = follow || (current !== null && current === document.activeElement);
    follow = false;
    if (next !== current) {
      current?.setAttribute("tabindex", "-1");
      next?.setAttribute("tabindex", "0");
      current = next;
    }
    if (focused && next instanceof HTMLElement) next.focus({ preventScroll: true });
    else if (focused && next instanceof SVGElement) next.focus({ preventScroll: true });
  };
  const stepped = () => {
    follow = true;
  };
  return { show, stepped };
}

/**
 * One row of cells: a slider that says in words where it stands.
 * @param {HTMLElement | SVGElement} element
 * @param {() => number[]} size
 * @param {() => number[]} get
 * @param {((column: number) => string) | null} words
 */
function sliderRoles(element, size, get, words) {
  element.tabIndex = 0;
  if (words) element.setAttribute("role", "slider");
  const show = () => {
    if (!words) return;
    const column = get()[1];
    setOnce(element, "aria-valuemin", 1);
    setOnce(element, "aria-valuemax", size()[1]);
    setOnce(element, "aria-valuenow", column + 1);
    setOnce(element, "aria-valuetext", words(column));
  };
  return { show, stepped: () => {} };
}

/** @param {Element} element @param {string} name @param {any} value */
function setOnce(element, name, value) {
  if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}

/**
 * Makes fields in rows one stop of the Tab key: the arrows to the left and right lead to the next
 * field, Enter down and Shift+Enter up a column; up and down stay the number's own. `chosen` hears
 * which field was entered. Returns a function that makes a field the stop.
 * @param {HTMLElement} element
 * @param {() => HTMLInputElement[][]} fields
 * @param {(cell: number[]) => void} chosen
 */
export function roveFields(element, fields, chosen = () => {}) {
  const placeOf = (/** @type {EventTarget | null} */ target) => {
    const rows = fields();
    const row = rows.findIndex((line) => line.some((field) => field === target));
    return row < 0 ? null : [row, rows[row].findIndex((field) => field === target)];
  };
  const stopAt = (/** @type {number[]} */ [row, column]) => fields().forEach((line, r) => line.forEach((field, c) => {
    field.tabIndex = r === row && c === column ? 0 : -1;
  }));
  element.addEventListener("focusin", ({ target }) => {
    const place = placeOf(target);
    if (!place || fields()[place[0]][place[1]].tabIndex === 0) return;
    stopAt(place);
    chosen(place);
  });
  element.addEventListener("keydown", (event) => {
    const place = placeOf(event.target);
    if (!place) return;
    const rows = fields();
    const down = event.shiftKey ? -1 : 1;
    const along = { ArrowLeft: -1, ArrowRight: 1, Enter: down * rows[0].length }[event.key];
    if (!along) return;
    event.preventDefault();
    const next = rows.flat()[place[0] * rows[0].length + place[1] + along];
    next?.focus();
    next?.select();
  });
  return stopAt;
}
