// Where maps and kernels lie in a machine's memory: (row, column, channel), the channels filled up to a
// multiple of 8 with zeros, with a border of zeros as wide as the convolutions that read the map need.

/** @typedef {import("./machine.js").Machine} Machine */
/** @typedef {import("./nodes.js").NodeDescription} NodeDescription */

// No limit: what is not finite stays so, and shows.
export const BIG = Infinity;

/**
 * A map in memory: `base` is its first byte, `at` that of its first position, `row` and `step` count
 * floats, `size` is all of them. Of a map that passes in strips only the last `ring` rows are there,
 * row y at y % ring.
 * @typedef {{ height: number, width: number, border: number, step: number, row: number, size: number,
 *   ring: number, base: number, at: number }} Place
 */

export const fill8 = (/** @type {number} */ channels) => Math.ceil(channels / 8) * 8;

/**
 * @param {import("./nodes.js").Shape} shape
 * @param {number} step
 * @param {number} border
 */
export function placeOf({ height, width }, step, border) {
  const row = (width + 2 * border) * step;
  return { height, width, border, step, row, size: (height + 2 * border) * row, ring: 2 ** 30, base: 0, at: 0 };
}

/** The address of a row of a map. @param {Place} place @param {number} y */
export const rowAt = ({ at, ring, row }, y) => at + 4 * (y % ring) * row;

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
 * A depthwise convolution needs none.
 * @param {NodeDescription[]} nodes
 * @param {number[]} least
 */
export function bordersOf(nodes, least = []) {
  const borders = nodes.map((_, i) => least[i] ?? 0);
  for (const { op, from, pad = 0, padEnd = pad } of nodes) {
    if (op === "depthwise") continue;
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

/**
 * Room that grows as it has to.
 * @typedef {{ at: number, size: number }} Scratch
 */

/**
 * A node's gradient with zeros around it and, where it strode, between its positions, so that a
 * convolution of stride 1 takes it back: the address of its corner, its row and its size.
 * @param {Machine} machine
 * @param {Scratch} scratch
 * @param {NodeDescription} node
 * @param {Place} place
 * @param {Place} source where what the node read lies
 * @param {number} gradient its base; it lies as `place` does
 */
export function spreadOut(machine, scratch, node, place, source, gradient) {
  const { size, stride = 1, pad, padEnd = pad } = node;
  const before = size - 1 - pad;
  if (stride === 1 && place.border >= Math.max(before, size - 1 - padEnd)) {
    return { ...place, corner: gradient + 4 * (place.border - before) * (place.row + place.step) };
  }
  const [height, width] = [source.height + size - 1, source.width + size - 1];
  const row = width * place.step;
  if (scratch.size < height * row) Object.assign(scratch, { at: machine.floats(height * row), size: height * row });
  machine.view(scratch.at, height * row).fill(0);
  machine.kernels.copy(gradient + 4 * place.border * (place.row + place.step), place.row, place.height, place.width,
    place.step, scratch.at + 4 * before * (row + place.step), stride * place.step, stride * row);
  return { corner: scratch.at, row, height, width };
}

/**
 * Panels of eight back to filters (filter, channel, tap).
 * @param {ArrayLike<number>} panels
 * @param {number} filters
 * @param {number} channels
 * @param {number} taps
 * @param {number} step
 */
export function kernelFrom(panels, filters, channels, taps, step) {
  const out = new Float32Array(filters * channels * taps);
  for (let i = 0; i < out.length; i += 1) {
    const [f, c, t] = [Math.floor(i / (channels * taps)), Math.floor(i / taps) % channels, i % taps];
    out[i] = panels[(f >> 3) * 8 * taps * step + (t * step + c) * 8 + (f & 7)];
  }
  return out;
}
