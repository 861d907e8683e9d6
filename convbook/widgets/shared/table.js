// Small tables of numbers whose cells can be updated without being rebuilt.

import { h, say } from "./dom.js";
import { number } from "./format.js";

/**
 * A table for `rows` × `columns` numbers with a caption for screen readers. `show(values, paint)`
 * fills it from rows of numbers; `paint(value, row, column)` may return { text, style, name } to
 * replace a cell's text, its style, or its class.
 */
export function numberTable(rows, columns, caption) {
  const cells = Array.from({ length: rows }, () => Array.from({ length: columns }, () => h("td")));
  const element = h("table", { class: "cb-numbers" },
    h("caption", { class: "cb-hidden-text" }, caption),
    h("tbody", {}, cells.map((row) => h("tr", {}, row))));
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
