// Two lines from the window over an input to the output that is made of it, behind the tables.

import { s } from "./dom.js";

/** @typedef {{ left: number, top: number, right: number, bottom: number }} Box */

/**
 * The lines' ends [x1, y1, x2, y2]. One window and the output span two; of several windows side by side with an
 * output each sends one, from its middle; of several above the output only the last sends any.
 * @param {Box[]} windows @param {Box} output
 * @returns {number[][]}
 */
export function linesBetween(windows, output) {
  const beside = windows.filter(({ right }) => output.left >= right);
  const middle = (/** @type {Box} */ { top, bottom }) => (top + bottom) / 2;
  if (beside.length > 1) return beside.map((from) => [from.right, middle(from), output.left, middle(output)]);
  return windows.slice(-1).flatMap((from) => (beside.length > 0
    ? [[from.right, from.top, output.left, output.top], [from.right, from.bottom, output.left, output.bottom]]
    : [[from.left, from.bottom, output.left, output.top], [from.right, from.bottom, output.right, output.top]]));
}

/** @param {Box[]} boxes @returns {Box} */
const around = (boxes) => ({ left: Math.min(...boxes.map(({ left }) => left)),
  top: Math.min(...boxes.map(({ top }) => top)), right: Math.max(...boxes.map(({ right }) => right)),
  bottom: Math.max(...boxes.map(({ bottom }) => bottom)) });

/**
 * Keeps the lines drawn in `home`: from the cells `window` of each of its tables to the cell `output`.
 * @param {import("./view.js").View} view
 * @param {HTMLElement} home
 * @param {any[]} sources what moves the window
 * @param {string} window
 * @param {string} output
 */
export function windowLine(view, home, sources, window, output) {
  const drawing = s("svg", { class: "cb-window-line", "aria-hidden": "true" });
  home.prepend(drawing);
  const draw = () => {
    const corner = home.getBoundingClientRect();
    const within = (/** @type {Element} */ cell) => {
      const { left, top, right, bottom } = cell.getBoundingClientRect();
      return { left: left - corner.left, top: top - corner.top, right: right - corner.left,
        bottom: bottom - corner.top };
    };
    const to = home.querySelector(output);
    const windows = [...home.querySelectorAll("table")].map((table) => [...table.querySelectorAll(window)])
      .filter((cells) => cells.length > 0).map((cells) => around(cells.map(within)));
    drawing.replaceChildren(...(to ? linesBetween(windows, within(to)) : []).map(([x1, y1, x2, y2]) =>
      s("line", { x1, y1, x2, y2 })));
  };
  view.watch(sources, draw);
  view.onWidth(home, draw);
}
