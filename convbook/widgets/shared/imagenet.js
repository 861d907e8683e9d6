// The ImageNet network's bytes as weights: twin of _imagenet_network.py.

import { weightCount } from "./nodes.js";

/** @typedef {import("./nodes.js").NodeDescription} NodeDescription */

/**
 * Nodes with their scales and biases, and all kernels, from one row of bytes.
 * @param {NodeDescription[]} nodes
 * @param {ArrayBuffer} buffer
 * @param {number} [offset]
 * @returns {{ nodes: NodeDescription[], weights: Int8Array }}
 */
export function readImagenet(nodes, buffer, offset = 0) {
  const count = nodes.reduce((sum, node) => sum + weightCount(node), 0);
  const weights = new Int8Array(buffer, offset, count);
  const singles = new DataView(buffer, offset + Math.ceil(count / 4) * 4);
  let at = 0;
  const next = (/** @type {number} */ length) =>
    Float32Array.from({ length }, () => singles.getFloat32(4 * at++, true));
  const filled = nodes.map((node) =>
    (weightCount(node) ? { ...node, scale: next(node.out), bias: next(node.out) } : node));
  return { nodes: filled, weights };
}
