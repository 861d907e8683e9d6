// The bytes of a network's file: a length, JSON of that length, zeros, weights; twin of _network_file.py.

import { readImagenet } from "./imagenet.js";
import { readHalves, readSingles } from "./nodes.js";

/**
 * What the file says of itself (nodes, labels, pictures, ...) and the network in it, ready to be opened.
 * @param {ArrayBuffer} buffer
 * @returns {{ head: Record<string, any>, nodes: import("./nodes.js").NodeDescription[],
 *   weights: import("./nodes.js").Weights }}
 */
export function readNetworkFile(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const start = Math.ceil((4 + length) / 4) * 4;
  if (!head.form) return { head, ...readImagenet(head.nodes, buffer, start) };
  const numbers = new DataView(buffer, start);
  return { head, nodes: head.nodes, weights: head.form === "f2" ? readHalves(numbers) : readSingles(numbers) };
}
