// Seeds, random numbers and orders that Python makes too (convbook/chance.py).

/**
 * Random numbers from 0 to 1 that are the same for the same seed (mulberry32).
 * @param {number} seed
 */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Standard normal numbers, the same for the same seed (Box and Muller); twin of `_random.py`.
 * @param {number} seed
 */
export function normalFrom(seed) {
  const uniform = randomFrom(seed);
  return () => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    return radius * Math.cos(2 * Math.PI * uniform());
  };
}

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
