// The arithmetic: one map's numbers and weights, all maps' shares, bias, and what becomes of the sum.

import { colourOf, inkOn } from "./colour.js";
import { button, result } from "./controls.js";
import { h, say, scrollBox } from "./dom.js";
import { fixed, number, percent, signedFixed } from "./format.js";
import { numberTable } from "./table.js";
import { roundedParts } from "./taken_apart.js";

/** @typedef {import("./explorer.js").Explorer} Explorer */
/** @typedef {import("./explorer.js").Place} Place */
/** @typedef {import("./taken_apart.js").Apart} Apart */

const DIGITS = 4;
const PER_ONE = 10 ** DIGITS;
const LISTED = 6;

/** A whole number of units as a number with its sign. @param {number} units */
const inUnits = (units) => signedFixed(units / PER_ONE, DIGITS);

/**
 * @param {Explorer} explorer
 * @param {(place: Partial<import("./explorer.js").Traits>) => void} go
 */
export function sumLevel(explorer, go) {
  const { view, nodes } = explorer;
  const heading = h("p", { class: "cb-heading" });
  const tables = h("div", { class: "cb-tables" });
  const share = result("share", { tag: "p", class: "cb-math" });
  const list = h("div", { class: "cb-terms", role: "group", "aria-label": "Maps that go in; choose one" });
  const sum = result("sum", { tag: "p", class: "cb-math" });
  const end = result("activation", { tag: "p", class: "cb-answer" });
  const onward = button("", () => go(target));
  /** @type {Partial<import("./explorer.js").Traits>} */
  let target = {};
  let built = "";

  /** @param {Apart} apart @param {Place} place */
  function showTables({ terms, largest }, { input, node }, /** @type {number[]} */ products) {
    const { window: seen, kernel, height, width } = terms[input];
    const parts = [{ title: "It reads", values: seen }];
    if (!largest && node.op !== "mean") parts.push({ title: "× weights", values: kernel });
    if (!largest && node.op !== "add" && node.op !== "mean") parts.push({ title: "= products", values: products });
    if (node.op === "add") parts.pop();
    const key = `${height} ${width} ${parts.map(({ title }) => title).join()}`;
    if (built !== key) {
      tables.replaceChildren(...parts.map(({ title }) => {
        const table = numberTable(height, width, title);
        return h("div", { class: "cb-part", "data-part": title },
          h("div", { class: "cb-title-line" }, h("b", {}, title)), scrollBox(table.element));
      }));
      built = key;
    }
    [...tables.querySelectorAll("table")].forEach((table, i) => {
      const { values, title } = parts[i];
      const cells = table.querySelectorAll("td");
      const rounded = title === "= products";
      const limit = i === 0 ? explorer.limits[terms[input].node]
        : Math.max(...values.map((v) => Math.abs(v ?? 0)), 1e-12);
      const low = i > 0 || explorer.signed(terms[input].node) ? -limit : 0;
      const most = Math.max(...seen.map((v) => v ?? -Infinity));
      cells.forEach((cell, k) => {
        const value = values[k];
        cell.className = value === null ? "cb-is-padding" : "";
        const text = rounded ? inUnits(value ?? 0) : fixed(value ?? 0, Number.isInteger(value ?? 0) ? 0 : 3);
        say(cell, text);
        const unsigned = nodes[terms[input].node].op === "input" ? "grey" : "sequential";
        const css = colourOf((value ?? 0), low < 0 ? "diverging" : unsigned, low, limit);
        cell.setAttribute("style", value === null ? "" : `background:${css};color:${inkOn(css)}`);
        if (largest && value === most) cell.classList.add("cb-winner");
      });
    });
  }

  /** @param {Apart} apart @param {Place} place @param {number[]} parts units, the last one is the bias's */
  function showTerms({ terms, bias }, { input, node }, parts) {
    const order = [...terms.keys()].sort((a, b) => Math.abs(terms[b].sum) - Math.abs(terms[a].sum));
    const listed = order.slice(0, LISTED);
    if (!listed.includes(input)) listed.splice(-1, 1, input);
    const rest = order.filter((i) => !listed.includes(i));
    const most = Math.max(...terms.map((term) => Math.abs(term.sum)), Math.abs(bias), 1e-12);
    const restUnits = rest.reduce((a, i) => a + parts[i], 0);
    const hadFocus = list.contains(document.activeElement);
    const line = (/** @type {string} */ label, /** @type {number} */ units, /** @type {number | null} */ i) => {
      const width = Math.min(50, (50 * Math.abs(units)) / PER_ONE / most);
      const bar = h("span", { class: `cb-bar ${units < 0 ? "cb-minus" : "cb-plus"}`, "aria-hidden": "true",
        style: `width:${width.toFixed(2)}%;left:${(units < 0 ? 50 - width : 50).toFixed(2)}%` });
      const inner = [h("span", { class: "cb-name" }, label), h("span", { class: "cb-track" }, bar),
        h("span", { class: "cb-share" }, inUnits(units))];
      return i === null ? h("div", { class: "cb-term" }, inner)
        : h("button", { type: "button", class: "cb-term", "aria-pressed": String(i === input),
          onclick: () => view.set({ input_channel: i }) }, inner);
    };
    const names = new Set(terms.map((term) => term.node)).size > 1;
    list.replaceChildren(...listed.map((i) => line(`${names ? `${nodes[terms[i].node].name}, ` : ""}map ${
      terms[i].channel}`, parts[i], i)),
    ...(rest.length > 0 ? [line(rest.length === 1 ? "the other map" : `the other ${number(rest.length)} maps`,
      restUnits, null)] : []),
    ...(node.bias || node.op === "input" ? [line("bias", parts[terms.length], null)] : []));
    if (hadFocus) /** @type {HTMLElement | null} */ (list.querySelector("[aria-pressed=true]"))?.focus();
  }

  return {
    element: h("div", { class: "cb-level" },
      h("div", { class: "cb-panel" }, heading, tables, share.element),
      h("div", { class: "cb-panel" }, list, sum.element, end.element), h("div", { class: "cb-row" }, onward)),
    /** @param {Place} place */
    async show(place) {
      await explorer.look();
      const apart = await explorer.apart(place);
      if (explorer.passed(place)) return;
      const { terms, bias, before, value, largest } = apart;
      const term = terms[place.input];
      const source = nodes[term.node];
      const parts = largest ? [] : roundedParts([...terms.map((one) => one.sum), bias], before, PER_ONE);
      const products = largest ? [] : roundedParts(term.products, parts[place.input] / PER_ONE, PER_ONE);
      say(heading, `Map ${term.channel} of ${source.name}`);
      showTables(apart, place, products);
      const count = term.products.length;
      if (largest) share.show(`The largest of the ${count} is ${fixed(value, DIGITS)}.`, products);
      else {
        const own = inUnits(parts[place.input]);
        const one = place.node.op === "add" ? "It counts as it is:" : "The product is";
        const many = place.node.op === "mean" ? `The ${count} numbers, each divided by ${count}, add up to`
          : `The ${count} products add up to`;
        share.show(`${count === 1 ? one : many} ${own}.`, products);
      }
      list.hidden = largest;
      if (!largest) showTerms(apart, place, parts);
      const total = Math.round(before * PER_ONE);
      const biased = place.node.bias || place.node.op === "input" ? " and the bias" : "";
      sum.show(largest ? "" : `${number(terms.length)} ${terms.length === 1 ? "share" : "shares"}${biased} add up to ${
        fixed(total / PER_ONE, DIGITS)}.`, parts);
      end.show(endWords(place, before, value), value);
      target = { layer: source.name, channel: term.channel, level: "map",
        row: Math.max(0, Math.min(source.height - 1, term.top + Math.floor(term.height / 2))),
        column: Math.max(0, Math.min(source.width - 1, term.left + Math.floor(term.width / 2))) };
      onward.hidden = place.node.op === "input";
      say(onward, `Where does it come from? Go to map ${term.channel} of ${source.name}`);
    },
    focus: () => {
      const first = /** @type {HTMLElement | null} */ (list.querySelector("[aria-pressed=true]"));
      (list.hidden || !first ? onward : first).focus({ preventScroll: true });
    },
  };

  /** @param {Place} place @param {number} before @param {number} value */
  function endWords({ index, node, channel }, before, value) {
    const text = fixed(value, DIGITS);
    if (index === nodes.length - 1 && explorer.labels[channel]) {
      const likely = explorer.seen?.shares[channel] ?? 0;
      return `Logit of “${explorer.labels[channel]}”: ${text}; softmax makes ${percent(likely)} of it`;
    }
    if (!node.relu) return `Activation ${text}`;
    if (before < 0) return `ReLU makes 0 of ${fixed(before, DIGITS)}: activation 0.0000`;
    if (node.ceiling !== undefined && before > node.ceiling) {
      return `ReLU${node.ceiling} cuts ${fixed(before, DIGITS)} off: activation ${text}`;
    }
    return `ReLU keeps what is above 0: activation ${text}`;
  }
}
