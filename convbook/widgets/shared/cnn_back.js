// Backwards through a network in plain JavaScript: the gradients of logits, and Grad-CAM.

import { channelMeans, eachProduct, largest } from "./cnn.js";
import { convolve, turnedKernel } from "./convolve.js";

/** @typedef {import("./cnn.js").Node} Node */

/**
 * The gradient of one logit, or of the logits weighed by `upstream`, by what node `target` gives.
 * @param {Node[]} network
 * @param {Float32Array[]} given
 * @param {number} target
 * @param {number | ArrayLike<number>} upstream
 * @returns {Float32Array}
 */
export function gradientAt(network, given, target, upstream) {
  const last = network.length - 1;
  /** @type {(Float32Array | null)[]} */
  const gradients = network.map(() => null);
  gradients[last] = Float32Array.from({ length: network[last].out },
    (_, i) => (typeof upstream === "number" ? Number(i === upstream) : upstream[i]));
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
  const { relu, ceiling = Infinity } = node;
  const open = relu ? gradient.map((v, i) => (given[index][i] > 0 && given[index][i] < ceiling ? v : 0)) : gradient;
  if (node.op === "add") {
    for (const from of node.from) give(from, open);
    return;
  }
  const from = network[node.from];
  const count = from.channels * from.height * from.width;
  if (node.packed) {
    node.turned ??= turnedKernel(/** @type {any} */ (node));
    give(node.from, convolve(open, node, from,
      { packed: node.turned, size: node.size, pad: node.size - 1 - node.pad }));
  } else if (node.op === "conv" || node.op === "depthwise") {
    const below = new Float32Array(count);
    eachProduct(from, node, (o, i, tap) => {
      below[i] += open[o] * node.kernel[tap];
    });
    give(node.from, below);
  } else if (node.op === "pool") {
    const below = new Float32Array(count);
    largest(given[node.from], from, node, node.size, node.stride ?? node.size, (o, i) => {
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
