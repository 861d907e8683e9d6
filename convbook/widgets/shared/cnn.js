// A small convolutional network, run in the page. Feature maps are planar: channel, row, column.
//
// A network is a list of nodes, each naming the nodes it reads, and one array of weights:
//   { op: "input", channels, height, width, scale, offset }        pixel · scale + offset
//   { op: "conv", name, from, in, out, size, pad, relu, bias, scale, at }    stride 1
//   { op: "pool", from, size }                                     maximum, stride = size, floor
//   { op: "add", name, from: [a, b], relu }
//   { op: "mean", from }                                           global average pooling
//   { op: "dense", from, in, out, bias, at }                       the last node: logits
// `at` is where the node's weights begin: a kernel as (out, in, row, column), a matrix as (out, in).
// `bias` has a number for each of `out`; so has `scale`, by which each filter is multiplied.

import { convolve, packKernel, turnedKernel } from "./convolve.js";

/** @typedef {import("./convolve.js").Shape} Shape */

/**
 * A node as `makeNetwork` returns it: what the page was given (above), and its own shape.
 * @typedef {Shape & Record<string, any>} Node
 */

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

/** @param {Float32Array} kernel @param {number[]} scale @param {number} taps */
function scaleFilters(kernel, scale, taps) {
  for (let i = 0; i < kernel.length; i += 1) kernel[i] *= scale[Math.floor(i / taps)];
}

/**
 * A network ready to run: shapes worked out, kernels laid out for the loops below.
 * @param {any[]} nodes
 * @param {Float32Array} weights
 * @returns {Node[]}
 */
export function makeNetwork(nodes, weights) {
  /** @type {Node[]} */
  const made = [];
  for (const node of nodes) {
    /** @type {Node} */
    const source = made[Array.isArray(node.from) ? node.from[0] : node.from];
    /** @type {Node} */
    const item = { ...node, ...shapeOf(node, source) };
    if (node.op === "conv") {
      const taps = node.in * node.size ** 2;
      item.kernel = weights.slice(node.at, node.at + node.out * taps);
      if (node.scale) scaleFilters(item.kernel, node.scale, taps);
      item.packed = packKernel(item.kernel, node.out, node.in, node.size);
    } else if (node.op === "dense") {
      item.matrix = weights.subarray(node.at, node.at + node.out * node.in);
    }
    made.push(item);
  }
  return made;
}

/**
 * @param {any} node
 * @param {Shape} source
 * @returns {Shape}
 */
function shapeOf(node, source) {
  if (node.op === "input") return { channels: node.channels, height: node.height, width: node.width };
  const { channels, height, width } = source;
  if (node.op === "conv") {
    const shrink = 2 * node.pad + 1 - node.size;
    return { channels: node.out, height: height + shrink, width: width + shrink };
  }
  if (node.op === "pool") {
    return { channels, height: Math.floor(height / node.size), width: Math.floor(width / node.size) };
  }
  if (node.op === "mean") return { channels, height: 1, width: 1 };
  if (node.op === "dense") return { channels: node.out, height: 1, width: 1 };
  return { channels, height, width };
}

/**
 * Runs a network on one picture, planar (channel, row, column), 0 to 1. Returns what every node
 * gives, in the order of the nodes; the last is the logits.
 * @param {Node[]} network
 * @param {ArrayLike<number>} pixels
 */
export function runNetwork(network, pixels) {
  /** @type {Float32Array[]} */
  const given = [];
  for (const node of network) given.push(stepForward(network, node, given, pixels));
  return given;
}

/**
 * @param {Node[]} network
 * @param {Node} node
 * @param {Float32Array[]} given
 * @param {ArrayLike<number>} pixels
 * @returns {Float32Array}
 */
function stepForward(network, node, given, pixels) {
  if (node.op === "input") return Float32Array.from(pixels, (v) => v * node.scale + node.offset);
  if (node.op === "add") {
    const [a, b] = [given[node.from[0]], given[node.from[1]]];
    return a.map((v, i) => (node.relu ? Math.max(0, v + b[i]) : v + b[i]));
  }
  const from = network[node.from];
  const maps = given[node.from];
  if (node.op === "conv") return convolve(maps, from, node, filtersOf(node));
  if (node.op === "pool") return poolForward(maps, from, node);
  if (node.op === "mean") return channelMeans(maps, from);
  const out = Float32Array.from(node.bias);
  for (let i = 0; i < node.out; i += 1) {
    for (let j = 0; j < node.in; j += 1) out[i] += node.matrix[i * node.in + j] * maps[j];
  }
  return out;
}

/** @param {Float32Array} maps @param {Shape} shape */
function channelMeans(maps, { channels, height, width }) {
  const area = height * width;
  return Float32Array.from({ length: channels }, (_, c) => {
    let sum = 0;
    for (let i = c * area; i < (c + 1) * area; i += 1) sum += maps[i];
    return sum / area;
  });
}

/**
 * Calls visit(output, input) with the index of each window's largest input.
 * @param {Float32Array} maps
 * @param {Shape} from
 * @param {Shape} to
 * @param {number} size
 * @param {(output: number, input: number) => void} visit
 */
function largest(maps, from, to, size, visit) {
  for (let c = 0; c < to.channels; c += 1) {
    for (let y = 0; y < to.height; y += 1) {
      for (let x = 0; x < to.width; x += 1) {
        let best = (c * from.height + y * size) * from.width + x * size;
        for (let dy = 0; dy < size; dy += 1) {
          for (let dx = 0; dx < size; dx += 1) {
            const i = (c * from.height + y * size + dy) * from.width + x * size + dx;
            if (maps[i] > maps[best]) best = i;
          }
        }
        visit((c * to.height + y) * to.width + x, best);
      }
    }
  }
}

/**
 * @param {Float32Array} maps
 * @param {Shape} from
 * @param {Node} node
 */
function poolForward(maps, from, node) {
  const out = new Float32Array(node.channels * node.height * node.width);
  largest(maps, from, node, node.size, (o, i) => {
    out[o] = maps[i];
  });
  return out;
}

/**
 * The filters of a convolution, for `convolve`.
 * @param {Node} node
 * @returns {import("./convolve.js").Filters}
 */
const filtersOf = (node) => /** @type {any} */ (node);

/**
 * The gradient of one logit with respect to what node `target` gives.
 * @param {Node[]} network
 * @param {Float32Array[]} given
 * @param {number} target
 * @param {number} classIndex
 * @returns {Float32Array}
 */
export function gradientAt(network, given, target, classIndex) {
  const last = network.length - 1;
  /** @type {(Float32Array | null)[]} */
  const gradients = network.map(() => null);
  gradients[last] = Float32Array.from({ length: network[last].out }, (_, i) => (i === classIndex ? 1 : 0));
  const give = (/** @type {number} */ index, /** @type {Float32Array} */ gradient) => {
    gradients[index] = gradients[index]?.map((v, i) => v + gradient[i]) ?? gradient;
  };
  for (let index = last; index > target; index -= 1) {
    const gradient = gradients[index];
    if (gradient) stepBackward(network, index, given, gradient, give);
  }
  return /** @type {Float32Array} */ (gradients[target]);
}

/**
 * @param {Node[]} network
 * @param {number} index
 * @param {Float32Array[]} given
 * @param {Float32Array} gradient
 * @param {(index: number, gradient: Float32Array) => void} give
 */
function stepBackward(network, index, given, gradient, give) {
  const node = network[index];
  const open = node.relu ? gradient.map((v, i) => (given[index][i] > 0 ? v : 0)) : gradient;
  if (node.op === "add") {
    for (const from of node.from) give(from, open);
    return;
  }
  const from = network[node.from];
  const count = from.channels * from.height * from.width;
  if (node.op === "conv") {
    node.turned ??= turnedKernel(/** @type {any} */ (node));
    give(node.from, convolve(open, node, from,
      { packed: node.turned, size: node.size, pad: node.size - 1 - node.pad }));
  } else if (node.op === "pool") {
    const below = new Float32Array(count);
    largest(given[node.from], from, node, node.size, (o, i) => {
      below[i] += open[o];
    });
    give(node.from, below);
  } else if (node.op === "mean") {
    const area = from.height * from.width;
    give(node.from, Float32Array.from({ length: count }, (_, i) => open[Math.floor(i / area)] / area));
  } else if (node.op === "dense") {
    const below = new Float32Array(node.in);
    for (let i = 0; i < node.out; i += 1) {
      for (let j = 0; j < node.in; j += 1) below[j] += open[i] * node.matrix[i * node.in + j];
    }
    give(node.from, below);
  }
}

/**
 * Grad-CAM of one class at one node: { data, height, width }, from 0 to 1; twin of explain.py.
 * @param {Node[]} network
 * @param {Float32Array[]} given
 * @param {number} target
 * @param {number} classIndex
 */
export function gradCamMap(network, given, target, classIndex) {
  const { channels, height, width } = network[target];
  const weights = channelMeans(gradientAt(network, given, target, classIndex), network[target]);
  const area = height * width;
  const data = new Float32Array(area);
  for (let c = 0; c < channels; c += 1) {
    for (let i = 0; i < area; i += 1) data[i] += weights[c] * given[target][c * area + i];
  }
  let most = 0;
  for (let i = 0; i < area; i += 1) {
    data[i] = Math.max(0, data[i]);
    most = Math.max(most, data[i]);
  }
  return { data: data.map((v) => v / (most + 1e-8)), height, width };
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
