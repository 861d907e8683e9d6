// What a filter does at one place of a picture: its patch, its sum, its border. No page in here.

import { number } from "./format.js";

const NEARLY_ZERO = 1e-9; // what a sum of decimal weights may be off

/**
 * The output whose patch has its middle nearest to a place, given in shares of the padded picture.
 * @param {number[]} place
 * @param {number[]} outputs
 * @param {import("./tensor.js").Plane} padded
 * @param {{ stride: number, size: number }} setting
 */
export function nearestOutput([down, across], [rows, columns], padded, { stride, size }) {
  const nearest = (/** @type {number} */ pixel, /** @type {number} */ outputs) =>
    Math.max(0, Math.min(outputs - 1, Math.round((pixel - size / 2) / stride)));
  return [nearest(down * padded.height, rows), nearest(across * padded.width, columns)];
}

/**
 * The outputs that read no padding: rows `top` to `bottom`, columns `left` to `right` (excluded).
 * @param {number[]} outputs
 * @param {import("./tensor.js").Plane} padded
 * @param {{ stride: number, padding: number, size: number }} setting
 */
export function interiorOf([rows, columns], padded, { stride, padding, size }) {
  const first = (/** @type {number} */ outputs) => Math.min(outputs, Math.ceil(padding / stride));
  const end = (/** @type {number} */ side, /** @type {number} */ outputs) => Math.max(first(outputs),
    Math.min(outputs, Math.floor((side - padding - size) / stride) + 1));
  return { top: first(rows), bottom: end(padded.height, rows),
    left: first(columns), right: end(padded.width, columns) };
}

/**
 * The patch under one output, its products with the kernel, and their sum.
 * @param {import("./tensor.js").Plane} padded
 * @param {number[][]} kernel
 * @param {number[]} place
 * @param {{ stride: number, padding: number, divisor: number }} setting
 */
export function lookInto(padded, kernel, [row, column], { stride, padding, divisor }) {
  const top = row * stride;
  const left = column * stride;
  const patch = kernel.map((line, r) => line.map((_, c) => padded.data[(top + r) * padded.width + left + c]));
  const products = patch.map((line, r) => line.map((pixel, c) => pixel * kernel[r][c]));
  const sum = products.flat().reduce((total, product) => total + product, 0);
  /** @type {(position: number, side: number) => boolean} */
  const outside = (position, side) => position < padding || position >= side - padding;
  /** @type {(row: number, column: number) => boolean} */
  const onPadding = (r, c) => outside(top + r, padded.height) || outside(left + c, padded.width);
  return { patch, products, sum, value: sum / divisor, onPadding };
}

/**
 * "=" where numbers that are shown with `digits` decimals add up as shown, "≈" where they don't.
 * @param {number[]} terms
 * @param {number} total
 */
export function sumSign(terms, total, digits = 3) {
  const unit = 10 ** digits;
  const shown = (/** @type {number} */ value) => Math.round(value * unit);
  return terms.reduce((sum, term) => sum + shown(term), 0) === shown(total) ? "=" : "≈";
}

/**
 * Terms as a sum in words: "3 − 4 + 5".
 * @param {number[]} terms
 */
export function termsInWords(terms) {
  const signOf = (/** @type {number} */ term) => (term < 0 ? "−" : "+");
  return terms.map((term, i) => (i === 0 ? number(term) : `${signOf(term)} ${number(Math.abs(term))}`)).join(" ");
}

/**
 * The sum of a patch's products as it is written: "−233 + 81 = −152, divided by 2".
 * @param {number[][]} products
 * @param {number} sum
 * @param {number} divisor
 */
export function sumInWords(products, sum, divisor) {
  const terms = products.flat().filter((product) => product !== 0);
  const shown = terms.length === 0 ? "every product is 0, so the sum" : termsInWords(terms);
  const total = `${shown} ${sumSign(terms, sum)} ${number(sum)}`;
  return divisor === 1 ? total : `${total}, divided by ${number(divisor)}`;
}

/**
 * What a kernel of the reader's own does to a picture, as far as its weights say so.
 * @param {number[][]} kernel
 */
export function kernelInWords(kernel) {
  const weights = kernel.flat();
  const used = weights.filter((weight) => weight !== 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (used.length === 0) return "All weights are 0: every output is 0, and with the picture every edge is gone.";
  if (used.length === 1) return "A single weight hands the picture on, darker, brighter or moved: no edge is lost.";
  if (Math.abs(total) < 1e-9) return "Weights that add up to 0: flat places give 0, and only changes are left.";
  if (used.every((weight) => weight > 0)) return "Weights that are all positive average neighbours: edges soften.";
  return "Your own kernel: it neither averages only nor answers to changes only.";
}

/** What the reader is to find. */
export const UPRIGHT_GOAL = "Change the nine numbers until only upright edges are left.";

/**
 * Whether a kernel leaves nothing of a picture but its upright edges, and what is still in the way.
 *
 * Where a picture changes only from top to bottom, a response is each row's sum times that row's
 * brightness: it is 0 for every such picture if each row adds up to 0.
 * @param {number[][]} kernel
 * @returns {{ solved: boolean, text: string }}
 */
export function uprightOnly(kernel) {
  const nearly = (/** @type {number} */ sum) => (Math.abs(sum) < NEARLY_ZERO ? 0 : sum);
  const sums = kernel.map((row) => nearly(row.reduce((sum, weight) => sum + weight, 0)));
  const total = nearly(sums.reduce((sum, row) => sum + row, 0));
  if (kernel.flat().every((weight) => weight === 0)) {
    return { solved: false, text: "Now everything is gone: some number must differ from 0." };
  }
  if (total !== 0) {
    return { solved: false, text: `Flat areas are still seen: the nine numbers add up to ${number(total)}.` };
  }
  const row = sums.findIndex((sum) => sum !== 0);
  if (row >= 0) {
    return { solved: false, text: "Flat areas are gone, but level edges are still seen: " +
      `row ${row + 1} of the kernel adds up to ${number(sums[row])}.` };
  }
  return { solved: true, text: "Found. Every row adds up to 0, so what does not change from left to right answers 0, " +
    "and only upright edges are left." };
}
