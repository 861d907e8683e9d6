// One number of a network taken apart: what it reads, the weights, the products, and what becomes of them.

/** @typedef {import("./nodes.js").NodeDescription} NodeDescription */
/** @typedef {NodeDescription & import("./nodes.js").Shape} PlacedNode */

/**
 * What a position reads of one map, row after row: where it lies in that map, its numbers (null where
 * there is nothing but padding), the weights, and the products.
 * @typedef {object} Term
 * @property {number} node the node that is read
 * @property {number} channel
 * @property {number} top may be outside the map
 * @property {number} left
 * @property {number} height
 * @property {number} width
 * @property {(number | null)[]} window
 * @property {number[]} kernel
 * @property {number[]} products
 * @property {number} sum
 */

/** @typedef {{ terms: Term[], bias: number, before: number, value: number, largest: boolean }} Apart */

/** @typedef {{ top: number, left: number, bottom: number, right: number }} Box ends included */

/** Names for all nodes, whoever has none. @param {NodeDescription[]} nodes @returns {string[]} */
export function nodeNames(nodes) {
  const words = /** @type {Record<string, string>} */ ({ input: "image", mean: "global_average_pooling",
    dense: "logits", pool: "pooling" });
  return nodes.map(({ name, op }, i) => {
    const own = name ?? words[op] ?? op;
    return nodes.findIndex((other) => (other.name ?? words[other.op] ?? other.op) === own) === i ? own : `${own}_${i}`;
  });
}

/** The nodes that a node reads. @param {NodeDescription} node @returns {number[]} */
export const sourcesOf = (node) => (node.op === "input" ? [] : [node.from].flat());

/**
 * Whether a node's numbers may lie below zero.
 * @param {NodeDescription[]} nodes
 * @param {number} index
 * @returns {boolean}
 */
export function isSigned(nodes, index) {
  const node = nodes[index];
  if (node.op === "pool" || node.op === "mean") return isSigned(nodes, node.from);
  return !node.relu;
}

/**
 * The window in the maps that a node reads, for one of its positions.
 * @param {PlacedNode} node
 * @param {PlacedNode} source
 * @param {number} row
 * @param {number} column
 */
function windowAt(node, source, row, column) {
  if (node.op === "mean" || node.op === "dense") return { top: 0, left: 0, height: source.height, width: source.width };
  if (node.op === "add") return { top: row, left: column, height: 1, width: 1 };
  const stride = node.stride ?? (node.op === "pool" ? node.size : 1);
  const pad = node.pad ?? 0;
  return { top: row * stride - pad, left: column * stride - pad, height: node.size, width: node.size };
}

/**
 * The part of the image that a position can see; it may reach over the image's edges.
 * @param {PlacedNode[]} nodes
 * @param {number} index
 * @param {number} row
 * @param {number} column
 * @returns {Box}
 */
export function fieldOf(nodes, index, row, column) {
  /** @type {Map<number, Box>} */
  const seen = new Map([[index, { top: row, left: column, bottom: row, right: column }]]);
  for (let i = index; i > 0; i -= 1) {
    const box = seen.get(i);
    if (!box) continue;
    for (const from of sourcesOf(nodes[i])) {
      const first = windowAt(nodes[i], nodes[from], box.top, box.left);
      const last = windowAt(nodes[i], nodes[from], box.bottom, box.right);
      const here = { top: first.top, left: first.left, bottom: last.top + last.height - 1,
        right: last.left + last.width - 1 };
      const other = seen.get(from) ?? here;
      seen.set(from, { top: Math.min(here.top, other.top), left: Math.min(here.left, other.left),
        bottom: Math.max(here.bottom, other.bottom), right: Math.max(here.right, other.right) });
    }
  }
  return /** @type {Box} */ (seen.get(0));
}

/**
 * One number of a network, taken apart.
 * @param {PlacedNode[]} nodes
 * @param {number} index
 * @param {number} channel
 * @param {number} row
 * @param {number} column
 * @param {(node: number) => ArrayLike<number>} mapsOf what a node gave, (channel, row, column)
 * @param {ArrayLike<number>} weights of the one filter that made the number; empty where there are none
 * @returns {Apart}
 */
export function takenApart(nodes, index, channel, row, column, mapsOf, weights) {
  const node = nodes[index];
  const given = mapsOf(index)[(channel * node.height + row) * node.width + column];
  if (node.op === "input") {
    const pixel = (given - node.offset) / node.scale;
    const term = termOf({ node: index, channel, top: row, left: column, height: 1, width: 1 }, [pixel], [node.scale]);
    return { terms: [term], bias: node.offset, before: given, value: given, largest: false };
  }
  /** @type {Term[]} */
  const terms = [];
  const all = node.op === "conv" || node.op === "dense";
  for (const from of sourcesOf(node)) {
    const source = nodes[from];
    const place = windowAt(node, source, row, column);
    const taps = place.height * place.width;
    const maps = mapsOf(from);
    for (const c of all ? Array(source.channels).keys() : [channel]) {
      const window = Array.from({ length: taps }, (_, t) => {
        const [y, x] = [place.top + Math.floor(t / place.width), place.left + (t % place.width)];
        const outside = y < 0 || x < 0 || y >= source.height || x >= source.width;
        return outside ? null : maps[(c * source.height + y) * source.width + x];
      });
      terms.push(termOf({ node: from, channel: c, ...place }, window, kernelOf(node, taps, all ? c : 0, weights)));
    }
  }
  const bias = node.bias?.[channel] ?? 0;
  if (node.op === "pool") return { terms, bias: 0, before: given, value: given, largest: true };
  const added = terms.reduce((sum, term) => sum + term.sum, bias);
  // The engine adds in single precision: where nothing was cut off, what it gave is the sum.
  const cut = node.relu && (given <= 0 || given >= (node.ceiling ?? Infinity));
  return { terms, bias, before: cut ? added : given, value: given, largest: false };
}

/** @param {NodeDescription} node @param {number} taps @param {number} c @param {ArrayLike<number>} weights */
function kernelOf(node, taps, c, weights) {
  if (node.op === "mean") return Array(taps).fill(1 / taps);
  if (node.op === "add" || node.op === "pool") return Array(taps).fill(1);
  return Array.from({ length: taps }, (_, t) => weights[c * taps + t]);
}

/**
 * @param {Omit<Term, "window" | "kernel" | "products" | "sum">} place
 * @param {(number | null)[]} window
 * @param {number[]} kernel
 */
function termOf(place, window, kernel) {
  const products = window.map((v, i) => (v ?? 0) * kernel[i]);
  return { ...place, window, kernel, products, sum: products.reduce((a, b) => a + b, 0) };
}

/**
 * Parts in whole units (of 0.0001, say) that add up to the total in these units: each is rounded up or
 * down so that a reader who adds what is shown gets what is shown.
 * @param {number[]} parts
 * @param {number} total
 * @param {number} units in 1
 * @returns {number[]}
 */
export function roundedParts(parts, total, units) {
  const out = parts.map((part) => Math.round(part * units));
  let over = out.reduce((a, b) => a + b, 0) - Math.round(total * units);
  const step = Math.sign(over);
  // First those for which the other neighbour was nearly as near.
  const order = parts.map((part, i) => i).sort((a, b) =>
    step * ((out[b] - parts[b] * units) - (out[a] - parts[a] * units)));
  for (let i = 0; over !== 0 && order.length > 0; i = (i + 1) % order.length, over -= step) out[order[i]] -= step;
  return out;
}

/** What a layer does, in words. @param {NodeDescription} node */
export function operationWords(node) {
  const { op, size, relu, ceiling } = node;
  const stride = node.stride ?? (op === "pool" ? size : 1);
  const words = /** @type {Record<string, string>} */ ({
    input: "the image as the network gets it",
    conv: size === 1 ? "1 × 1 convolution" : `${size} × ${size} convolution`,
    depthwise: `${size} × ${size} depthwise convolution`,
    pool: `${size} × ${size} max pooling`,
    add: "addition of the shortcut",
    mean: "global average pooling",
    dense: "fully connected layer",
  })[op];
  const steps = stride > 1 && op !== "pool" ? `, stride ${stride}` : "";
  const after = relu ? `, then ReLU${ceiling === undefined ? "" : ceiling}` : "";
  return `${words}${steps}${after}`;
}

/** The same in a few signs, for a tile. @param {NodeDescription} node */
export function operationSigns({ op, size, stride = 1 }) {
  const steps = stride > 1 ? "/2".replace("2", String(stride)) : "";
  return /** @type {Record<string, string>} */ ({ input: "image", conv: `${size}×${size}${steps}`,
    depthwise: `dw ${size}×${size}${steps}`, pool: `max ${size}×${size}`, add: "add", mean: "mean",
    dense: "dense" })[op];
}
