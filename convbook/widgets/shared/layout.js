// Where maps and kernels lie in a machine's memory: (row, column, channel), the channels filled up to a
// multiple of 8 with zeros, with a border of zeros as wide as the convolutions that read the map need.

/** @typedef {import("./machine.js").Machine} Machine */
/** @typedef {import("./nodes.js").NodeDescription} NodeDescription */

export const BIG = 3e38;

/**
 * A map in memory: `base` is its first byte, `at` that of its first position, `row` and `step` count
 * floats, `size` is all of them.
 * @typedef {{ height: number, width: number, border: number, step: number, row: number, size: number,
 *   base: number, at: number }} Place
 */

export const fill8 = (/** @type {number} */ channels) => Math.ceil(channels / 8) * 8;

/**
 * @param {import("./nodes.js").Shape} shape
 * @param {number} step
 * @param {number} border
 */
export function placeOf({ height, width }, step, border) {
  const row = (width + 2 * border) * step;
  return { height, width, border, step, row, size: (height + 2 * border) * row, base: 0, at: 0 };
}

/** @param {Machine} machine @param {Place} place @param {number} copies */
export function allot(machine, place, copies = 1) {
  place.base = machine.floats(place.size * copies);
  place.at = place.base + 4 * place.border * (place.row + place.step);
}

/**
 * Filters (filter, channel, tap) in panels of eight: (filter / 8, tap, channel, 8).
 * @param {ArrayLike<number>} kernel
 * @param {number} filters
 * @param {number} channels
 * @param {number} taps
 * @param {number} step floats from tap to tap: the channels of the map, filled up
 */
export function panelsOf(kernel, filters, channels, taps, step) {
  const out = new Float32Array(fill8(filters) * taps * step);
  for (let f = 0; f < filters; f += 1) {
    const panel = (f >> 3) * 8 * taps * step + (f & 7);
    for (let c = 0; c < channels; c += 1) {
      const from = (f * channels + c) * taps;
      for (let t = 0; t < taps; t += 1) out[panel + (t * step + c) * 8] = kernel[from + t];
    }
  }
  return out;
}

/**
 * How wide each node's border is: what its readers need, and the same for both sides of an addition.
 * @param {NodeDescription[]} nodes
 * @param {number[]} least
 */
export function bordersOf(nodes, least = []) {
  const borders = nodes.map((_, i) => least[i] ?? 0);
  for (const { from, pad = 0, padEnd = pad } of nodes) {
    for (const i of [from ?? []].flat()) borders[i] = Math.max(borders[i], pad, padEnd);
  }
  for (let changed = true; changed;) {
    changed = false;
    nodes.forEach(({ op, from }, i) => {
      if (op !== "add" && op !== "dropout") return;
      const all = [i, from].flat();
      const most = Math.max(...all.map((n) => borders[n]));
      changed ||= all.some((n) => borders[n] !== most);
      for (const n of all) borders[n] = most;
    });
  }
  return borders;
}
