// A network with fresh weights, for training in the page.

import { nodeShapes, weightCount } from "./nodes.js";
import { normalFrom } from "./chance.js";

/** @typedef {import("./nodes.js").NodeDescription} NodeDescription */

/**
 * A network from a chain of layers: where a layer names no `from`, it reads the one before. Weights are
 * drawn by He's rule (by Glorot's for a last dense layer, which no ReLU follows), biases are 0.
 * @param {NodeDescription[]} chain
 * @param {number} seed
 * @returns {{ nodes: NodeDescription[], weights: Float32Array }}
 */
export function newNetwork(chain, seed) {
  const normal = normalFrom(seed);
  /** @type {NodeDescription[]} */
  const nodes = [];
  /** @type {number[]} */
  const weights = [];
  chain.forEach((given, i) => {
    const from = given.op === "input" ? {} : { from: given.from ?? i - 1 };
    /** @type {NodeDescription} */
    const node = { pad: given.op === "conv" ? 0 : undefined, ...given, ...from };
    nodes.push(node);
    if (node.op !== "conv" && node.op !== "dense") return;
    const { channels, height, width } = nodeShapes(nodes.slice(0, -1))[node.from];
    node.in = node.op === "dense" ? channels * height * width : channels;
    node.at = weights.length;
    node.bias ??= Array(node.out).fill(0);
    const fan = weightCount(node) / node.out;
    const spread = Math.sqrt(2 / (i === chain.length - 1 ? fan + node.out : fan));
    for (let k = weightCount(node); k > 0; k -= 1) weights.push(normal() * spread);
  });
  return { nodes, weights: Float32Array.from(weights) };
}
