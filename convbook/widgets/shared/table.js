// Small tables of numbers whose cells can be updated without being rebuilt.

import { numberField } from "./controls.js";
import { h, say } from "./dom.js";
import { number } from "./format.js";
import { pointAtCells, roveFields } from "./keyboard.js";

/**
 * @template [T=any]
 * @typedef {import("./view.js").View<T>} View
 */
/** @typedef {{ text?: string, style?: string, name?: string }} Paint */

/**
 * @typedef {object} EditableTable
 * @property {number} rows
 * @property {number} columns
 * @property {string} caption
 * @property {(row: number, column: number) => import("./controls.js").Part | null} at
 */

/**
 * A table for `rows` × `columns` numbers with a caption for screen readers. `show(values, paint)`
 * fills it from rows of numbers; `paint(value, row, column)` may return { text, style, name } to
 * replace a cell's text, its style, or its class.
 * @param {number} rows
 * @param {number} columns
 * @param {string} caption
 */
export function numberTable(rows, columns, caption) {
  const cells = Array.from({ length: rows }, () => Array.from({ length: columns }, () => h("td")));
  const element = h("table", { class: "cb-numbers" },
    h("caption", { class: "cb-hidden-text" }, caption),
    h("tbody", {}, cells.map((row) => h("tr", {}, row))));
  /** @type {(values: number[][], paint?: (value: number, row: number, column: number) => Paint | null) => void} */
  const show = (values, paint = () => ({})) => {
    cells.forEach((row, r) => row.forEach((cell, c) => {
      const { text, style = "", name = "" } = paint(values[r][c], r, c) ?? {};
      say(cell, text ?? number(values[r][c]));
      if (cell.getAttribute("style") !== style) cell.setAttribute("style", style);
      if (cell.className !== name) cell.className = name;
    }));
  };
  return { element, cells, show };
}

/**
 * A table of numbers of which one can be chosen: with the mouse, a finger or the arrow keys. It is
 * made anew where its size has changed; `show()` does the rest.
 * @param {string} caption
 * @param {import("./keyboard.js").Grid} grid
 */
export function choiceTable(caption, grid) {
  const home = h("div");
  /** @type {(ReturnType<typeof numberTable> & { rove: () => void }) | null} */
  let table = null;
  /** @type {(values: number[][], paint?: (value: number, row: number, column: number) => Paint | null) => void} */
  const show = (values, paint) => {
    if (!table || table.cells.length !== values.length || table.cells[0].length !== values[0].length) {
      const made = numberTable(values.length, values[0].length, caption);
      made.element.classList.add("cb-map");
      made.cells.flat().forEach((cell) => cell.setAttribute("tabindex", "-1"));
      table = { ...made, rove: pointAtCells(made.element,
        { label: caption, cell: ([row, column]) => made.cells[row]?.[column] ?? null, ...grid }) };
      home.replaceChildren(made.element);
    }
    table.show(values, paint);
    table.rove();
  };
  return { element: home, show };
}

/**
 * A table whose numbers can be edited: editableTable(view, { rows, columns, caption, at }).
 * `at(row, column)` is the source of a cell (see controls.js), or null for a cell that only shows
 * what `cells[row][column].textContent` is given. Complaints gather in `problems`, to be placed
 * below the table.
 * @param {View} view
 * @param {EditableTable} options
 */
export function editableTable(view, { rows, columns, caption, at }) {
  const problems = h("div", { class: "cb-problems", role: "status" });
  const cells = Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_unused, column) => {
    const source = at(row, column);
    if (!source) return h("td");
    const label = `${caption}, row ${row}, column ${column}`;
    const field = numberField(view, source, { label, hidden: true, width: 2 });
    problems.append(field.querySelector(".cb-problem") ?? "");
    return h("td", { class: "cb-editable" }, field);
  }));
  const element = h("table", { class: "cb-numbers cb-editor" },
    h("caption", { class: "cb-hidden-text" }, caption),
    h("tbody", {}, cells.map((row) => h("tr", {}, row))));
  element.setAttribute("role", "grid");
  element.setAttribute("aria-label", `${caption}; arrow keys left and right go to the next number, up and down ` +
    "change it");
  const fields = cells.map((line) => line.flatMap((cell) => cell.querySelector("input") ?? []))
    .filter((line) => line.length > 0);
  if (fields.length > 0) roveFields(element, () => fields)([0, 0]);
  return { element, cells, problems };
}
