// A convolutional network in plain JavaScript: the readable reference of the engine (engine.js), which
// takes the same nodes (nodes.js), and what a page runs where WebAssembly is refused. Feature maps are
// planar: channel, row, column.

import { nodeShape, scaledWeights } from "./nodes.js";

/** @typedef {import("./nodes.js").Shape} Shape */
/** @typedef {import("./nodes.js").Weights} Weights */

/**
 * A node as `makeNetwork` returns it: what the page was given (see nodes.js), and its own shape.
 * @typedef {Shape & Record<string, any>} Node
 */

/**
 * A network ready to run: shapes worked out, kernels laid out. `fast` has the quick loops of convolve.js,
 * for a page that can't do without (cnn_fast.js).
 * @param {any[]} nodes
 * @param {Weights} weights
 * @param {Pick<typeof import("./convolve.js"), "convolve" | "packKernel"> | null} fast
 * @returns {Node[]}
 */
export function makeNetwork(nodes, weights, fast = null) {
  /** @type {Node[]} */
  const made = [];
  for (const node of nodes) {
    /** @type {Node} */
    const source = made[Array.isArray(node.from) ? node.from[0] : node.from];
    /** @type {Node} */
    const item = { ...node, ...nodeShape(node, source) };
    if (node.op === "conv" || node.op === "depthwise") {
      item.kernel = scaledWeights(node, weights);
      if (fast && isFast(node)) {
        item.packed = fast.packKernel(item.kernel, node.out, node.in, node.size);
        item.convolve = fast.convolve;
      }
    } else if (node.op === "dense") {
      item.matrix = scaledWeights(node, weights);
    }
    made.push(item);
  }
  return made;
}

/** Whether the quick loops of convolve.js do it: stride 1 and the same zeros on every side. */
const isFast = (/** @type {any} */ node) =>
  node.op === "conv" && (node.stride ?? 1) === 1 && (node.padEnd ?? node.pad) === node.pad;

/** @param {Float32Array} maps @param {any} node */
function cutOff(maps, { relu, ceiling = Infinity }) {
  if (relu) for (let i = 0; i < maps.length; i += 1) maps[i] = Math.min(Math.max(maps[i], 0), ceiling);
  return maps;
}

/**
 * Calls visit(output, input, tap) for every weight of every window, with their indices; `tap` counts
 * in the kernel. A depthwise filter sees its own channel only.
 * @param {Shape} from
 * @param {Node} node
 * @param {(output: number, input: number, tap: number) => void} visit
 */
export function eachProduct(from, node, visit) {
  const { size, stride = 1, pad } = node;
  const own = node.op === "depthwise";
  const channels = own ? 1 : from.channels;
  for (let f = 0; f < node.channels; f += 1) {
    for (let c = 0; c < channels; c += 1) {
      for (let tap = 0; tap < size * size; tap += 1) {
        const [dy, dx] = [Math.floor(tap / size) - pad, (tap % size) - pad];
        const plane = (own ? f : c) * from.height * from.width;
        for (let y = 0; y < node.height; y += 1) {
          const row = y * stride + dy;
          if (row < 0 || row >= from.height) continue;
          for (let x = 0; x < node.width; x += 1) {
            const column = x * stride + dx;
            if (column < 0 || column >= from.width) continue;
            visit((f * node.height + y) * node.width + x, plane + row * from.width + column,
              (f * channels + c) * size * size + tap);
          }
        }
      }
    }
  }
}

/** @param {Float32Array} maps @param {Shape} from @param {Node} node */
function convolveAny(maps, from, node) {
  const area = node.height * node.width;
  const out = Float32Array.from({ length: node.channels * area }, (_, i) => node.bias[Math.floor(i / area)]);
  eachProduct(from, node, (o, i, tap) => {
    out[o] += maps[i] * node.kernel[tap];
  });
  return out;
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
    return cutOff(a.map((v, i) => v + b[i]), node);
  }
  const from = network[node.from];
  const maps = given[node.from];
  if (node.packed) return cutOff(node.convolve(maps, from, node, filtersOf(node)), node);
  if (node.op === "conv" || node.op === "depthwise") return cutOff(convolveAny(maps, from, node), node);
  if (node.op === "pool") return poolForward(maps, from, node);
  if (node.op === "mean") return channelMeans(maps, from);
  const out = Float32Array.from(node.bias);
  for (let i = 0; i < node.out; i += 1) {
    for (let j = 0; j < node.in; j += 1) out[i] += node.matrix[i * node.in + j] * maps[j];
  }
  return cutOff(out, node);
}

/** @param {Float32Array} maps @param {Shape} shape */
export function channelMeans(maps, { channels, height, width }) {
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
 * @param {number} stride
 * @param {(output: number, input: number) => void} visit
 */
export function largest(maps, from, to, size, stride, visit) {
  for (let c = 0; c < to.channels; c += 1) {
    for (let y = 0; y < to.height; y += 1) {
      for (let x = 0; x < to.width; x += 1) {
        let best = (c * from.height + y * stride) * from.width + x * stride;
        for (let dy = 0; dy < size; dy += 1) {
          for (let dx = 0; dx < size; dx += 1) {
            const i = (c * from.height + y * stride + dy) * from.width + x * stride + dx;
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
  largest(maps, from, node, node.size, node.stride ?? node.size, (o, i) => {
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
