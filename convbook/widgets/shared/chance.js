// Seeds and orders that Python makes too (convbook/chance.py).

import { randomFrom } from "./tensor.js";

/**
 * A seed made from a text of plain letters, by FNV-1a with 32 bits.
 * @param {string} text
 */
export function seedOf(text) {
  let seed = 0x811c9dc5;
  for (const letter of text) seed = Math.imul(seed ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  return seed;
}

/**
 * The items in an order that the seed decides (Fisher and Yates).
 * @template T
 * @param {T[]} items
 * @param {number} seed
 * @returns {T[]}
 */
export function shuffled(items, seed) {
  const out = [...items];
  const draw = randomFrom(seed);
  for (let last = out.length - 1; last > 0; last -= 1) {
    const other = Math.floor(draw() * (last + 1));
    [out[last], out[other]] = [out[other], out[last]];
  }
  return out;
}
