// A few blocks of a deep stack, with what each multiplies a gradient by on its way down.

import { s } from "./dom.js";
import { scientific } from "./format.js";

const [BOX, GAP, ARC] = [36, 24, 9];
const HEAD = 18;

/**
 * A chain to draw: its name, what stands in a block, whether a shortcut goes around it.
 * @typedef {object} Chain
 * @property {"plain" | "residual"} kind
 * @property {number[]} lengths of the gradient below each block, block 1 first
 * @property {(block: number) => string} formula
 */

/**
 * What block `i` (from 0) multiplies the gradient's length by; null where none arrives.
 * @param {number[]} lengths
 * @param {number} i
 */
export function factorOf(lengths, i) {
  const above = lengths[i + 1] ?? 1;
  return above === 0 ? null : lengths[i] / above;
}

/**
 * Which blocks are drawn: `count` of them, `middle` among them.
 * @param {number} middle
 * @param {number} depth
 * @param {number} count
 */
export function blocksAround(middle, depth, count) {
  const shown = Math.min(count, depth);
  const first = Math.max(0, Math.min(middle - Math.floor(shown / 2), depth - shown));
  return Array.from({ length: shown }, (_, i) => first + i);
}

/**
 * The blocks as boxes, one row a chain; the gradient goes from right to left. A block that lets
 * nothing through is struck out, and what would have come after it is faint.
 * @param {Chain[]} chains
 * @param {number[]} blocks
 * @param {{ width: number, chosen: number, special: number }} looks `special`: the block that is replaced
 */
export function chainPicture(chains, blocks, { width, chosen, special }) {
  const wide = width > 480;
  const left = wide ? 66 : 4;
  const column = (width - left - 16) / blocks.length;
  const rowHeight = BOX + GAP + (wide ? 0 : 18);
  const height = HEAD + chains.length * rowHeight;
  /** @type {SVGElement[]} */
  const parts = blocks.map((block, i) => s("text", { x: left + 8 + (i + 0.5) * column, y: 12, "text-anchor": "middle",
    class: block === chosen ? "cb-tick cb-chosen-block" : "cb-tick" }, `block ${block + 1}`));
  chains.forEach(({ kind, lengths, formula }, row) => {
    const top = HEAD + row * rowHeight + (wide ? 12 : 30);
    const middle = top + BOX / 2;
    parts.push(s("text", { x: 4, y: wide ? middle + 4 : top - 15, class: "cb-tick" }, kind));
    const line = (/** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ length) =>
      parts.push(s("path", { d: `M ${from} ${middle} H ${to + 1} m 4 -4 l -5 4 l 5 4`,
        class: `cb-flow cb-${kind}${length === 0 ? " cb-none" : ""}` }));
    blocks.forEach((block, i) => {
      const [start, end] = [left + 8 + i * column + 10, left + 8 + (i + 1) * column - 10];
      const factor = factorOf(lengths, block);
      const [x, centre] = [end - start, (start + end) / 2];
      line(end + (i === blocks.length - 1 ? 16 : 20), end, lengths[block + 1] ?? 1);
      if (i === 0) line(start, start - 14, lengths[block]);
      if (kind === "residual") {
        parts.push(s("path", { d: `M ${end + 5} ${middle} V ${top - ARC} H ${start - 5} V ${middle}`,
          class: `cb-flow cb-residual${lengths[block + 1] === 0 ? " cb-none" : ""}` }));
      }
      parts.push(s("rect", { x: start, y: top, width: x, height: BOX, rx: 4,
        class: block === special ? "cb-box cb-replaced" : "cb-box" }));
      const text = (/** @type {number} */ y, /** @type {string} */ words, look = "cb-tick") => parts.push(
        s("text", { x: centre, y: top + y, "text-anchor": "middle", class: look }, words));
      if (factor === 0) {
        parts.push(s("path", { d: `M ${start - 4} ${top - 4} L ${end + 4} ${top + BOX + 4} M ${start - 4} ` +
          `${top + BOX + 4} L ${end + 4} ${top - 4}`, class: "cb-struck" }));
      }
      text(14, formula(block));
      text(29, factor === null ? "nothing" : `× ${scientific(factor)}`, "cb-factor");
    });
  });
  return s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, parts);
}

/** The same in words, for who does not see it. @param {Chain[]} chains @param {number[]} blocks */
export function chainInWords(chains, blocks) {
  const times = (/** @type {Chain} */ { kind, lengths }, /** @type {number} */ block) => {
    const factor = factorOf(lengths, block);
    return `${kind} ${factor === null ? "nothing comes" : `times ${scientific(factor)}`}`;
  };
  const words = (/** @type {number} */ block) => chains.map((chain) => times(chain, block)).join(", ");
  return blocks.map((block) => `Block ${block + 1}: ${words(block)}.`).join(" ");
}
