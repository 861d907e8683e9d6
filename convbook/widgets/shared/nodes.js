// A network as a list of nodes and one array of weights: what cnn.js and the engine both run.
//
// Each node names the nodes that it reads (`from`). Feature maps are (channel, row, column).
//   { op: "input", channels, height, width, scale, offset }           pixel · scale + offset
//   { op: "conv", name, from, in, out, size, stride, pad, padEnd, relu, ceiling, bias, scale, at }
//   { op: "depthwise", …, as conv, with in = out }                     a filter a channel
//   { op: "pool", from, size, stride }                                 maximum, no padding
//   { op: "add", name, from: [a, b], relu, ceiling }
//   { op: "mean", from }                                               global average pooling
//   { op: "dense", from, in, out, relu, bias, scale, at }              the last one gives logits
// `pad` zeros lie above and to the left, `padEnd` (or as many) below and to the right; `stride` is 1
// unless given, and a pool's is its size. `relu` cuts off below 0, `ceiling` (6, say) above as well.
// `at` is where the node's weights begin: (out, in, row, column), depthwise (out, row, column), a
// matrix (out, in), where a map that goes in counts as (channel, row, column). `bias` has a number
// for each of `out`; so has `scale`, by which each filter is multiplied.

/** @typedef {{ channels: number, height: number, width: number }} Shape */
/** @typedef {Record<string, any>} NodeDescription */
/** @typedef {Float32Array | Int8Array} Weights */

/**
 * The shape of what a node gives, from the shape of what it reads.
 * @param {NodeDescription} node
 * @param {Shape} source
 * @returns {Shape}
 */
export function nodeShape(node, source) {
  if (node.op === "input") return { channels: node.channels, height: node.height, width: node.width };
  const { channels, height, width } = source;
  if (node.op === "conv" || node.op === "depthwise") {
    const around = node.pad + (node.padEnd ?? node.pad) - node.size;
    const places = (/** @type {number} */ side) => Math.floor((side + around) / (node.stride ?? 1)) + 1;
    return { channels: node.out, height: places(height), width: places(width) };
  }
  if (node.op === "pool") {
    const places = (/** @type {number} */ side) => Math.floor((side - node.size) / (node.stride ?? node.size)) + 1;
    return { channels, height: places(height), width: places(width) };
  }
  if (node.op === "mean") return { channels, height: 1, width: 1 };
  if (node.op === "dense") return { channels: node.out, height: 1, width: 1 };
  return { channels, height, width };
}

/**
 * The shapes of what all nodes give.
 * @param {NodeDescription[]} nodes
 * @returns {Shape[]}
 */
export function nodeShapes(nodes) {
  /** @type {Shape[]} */
  const shapes = [];
  for (const node of nodes) shapes.push(nodeShape(node, shapes[[node.from].flat()[0]]));
  return shapes;
}

/**
 * How many weights a node has, its bias aside.
 * @param {NodeDescription} node
 */
export function weightCount(node) {
  if (node.op === "conv") return node.out * node.in * node.size ** 2;
  if (node.op === "depthwise") return node.out * node.size ** 2;
  return node.op === "dense" ? node.out * node.in : 0;
}

/**
 * A node's weights as they multiply: (out, in, row, column) and so on, its scale included.
 * @param {NodeDescription} node
 * @param {Weights} weights
 */
export function scaledWeights(node, weights) {
  const own = Float32Array.from(weights.subarray(node.at, node.at + weightCount(node)));
  const taps = own.length / node.out;
  if (node.scale) for (let i = 0; i < own.length; i += 1) own[i] *= node.scale[Math.floor(i / taps)];
  return own;
}

/**
 * IEEE half-precision numbers, little-endian, in a DataView: what weights travel as.
 * @param {DataView} view
 */
export function readHalves(view) {
  const out = new Float32Array(view.byteLength / 2);
  for (let i = 0; i < out.length; i += 1) {
    const half = view.getUint16(2 * i, true);
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
    out[i] = half & 32768 ? -size : size;
  }
  return out;
}

/**
 * Single-precision numbers, little-endian, in a DataView.
 * @param {DataView} view
 */
export function readSingles(view) {
  return Float32Array.from({ length: view.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

/**
 * Probabilities from logits.
 * @param {ArrayLike<number>} logits
 */
export function softmax(logits) {
  const most = Math.max(...Array.from(logits));
  const powers = Array.from(logits, (v) => Math.exp(v - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((v) => v / sum);
}
