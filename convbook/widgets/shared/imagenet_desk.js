// The ImageNet network at work, in a worker or, where workers are refused, on the page's thread.

import { exploring } from "./exploring.js";
import { readNetworkFile } from "./network_file.js";
import { networkOn } from "./network_on.js";
import { nodeShapes, softmax } from "./nodes.js";

/**
 * @typedef {{ rgba: Uint8ClampedArray, side: number, layer?: string, classes?: number[], epsilon?: number,
 *   truth?: number }} Wish
 */

const MOST = 5;

/**
 * Opens the network from the bytes of its file.
 * @param {WebAssembly.Module | null} module
 * @param {ArrayBuffer} buffer
 */
export function openDesk(module, buffer) {
  const { head: { nodes, labels, pictures }, nodes: filled, weights } = readNetworkFile(buffer);
  /** @type {Map<string, import("./network_on.js").Network>} */
  const networks = new Map();

  /** The network for images of another size: the same weights. @param {number} height @param {number} width */
  function networkFor(height, width = height) {
    const key = `${height} ${width}`;
    let network = networks.get(key);
    if (!network) {
      networks.clear();
      network = networkOn(module, filled.map((node) =>
        (node.op === "input" ? { ...node, height, width } : node)), weights);
      networks.set(key, network);
    }
    return network;
  }

  return {
    labels: /** @type {string[]} */ (labels),
    pictures: /** @type {{ name: string, url: string }[]} */ (pictures),
    /** Layers that give feature maps, the last one first, with the sizes that they have at first. */
    layers: nodeShapes(nodes).map(({ height, width }, i) => ({ ...nodes[i], height, width }))
      .filter(({ relu, op }) => relu || op === "add")
      .map(({ name, height, width }) => /** @type {import("./layer_titles.js").NamedLayer} */ ({ name, height, width }))
      .reverse(),

    /**
     * The five best classes of an image, Grad-CAM of `classes` (or of the best) at `layer`, and how
     * likely those classes are. With `epsilon`, each number first moves by that much, up or down, in
     * the way that makes the class `truth` less likely (the fast gradient sign method).
     * @param {Wish} wish
     */
    look({ rgba, side, layer = "out_relu", classes, epsilon = 0, truth = -1 }) {
      const began = performance.now();
      const network = networkFor(side);
      let logits = network.runColours(rgba);
      let moved = null;
      if (epsilon) {
        const aim = truth < 0 ? logits.indexOf(Math.max(...logits)) : truth;
        moved = movedAgainst(network, rgba, logits, aim, epsilon);
        logits = network.runColours(moved);
      }
      const shares = softmax(logits);
      const top = [...logits.keys()].sort((a, b) => logits[b] - logits[a]).slice(0, MOST);
      const at = filled.findIndex(({ name }) => name === layer);
      const looked = (classes ?? [top[0]]).map((index) =>
        ({ index, share: shares[index], logit: logits[index], heat: network.gradCam(at, index) }));
      const best = top.map((index) => ({ index, share: shares[index], logit: logits[index] }));
      return { top: best, looked, moved, milliseconds: performance.now() - began };
    },

    ...exploring(() => networkFor(filled[0].height, filled[0].width)),
  };
}

/**
 * @param {import("./network_on.js").Network} network
 * @param {ArrayLike<number>} rgba
 * @param {Float32Array} logits
 * @param {number} truth
 * @param {number} epsilon of 255
 */
function movedAgainst(network, rgba, logits, truth, epsilon) {
  const upstream = softmax(logits).map((share, index) => share - Number(index === truth));
  const slope = network.gradient(0, upstream);
  const area = slope.length / 3;
  return Uint8ClampedArray.from(rgba, (v, i) =>
    (i % 4 === 3 ? v : v + epsilon * Math.sign(slope[(i % 4) * area + Math.floor(i / 4)])));
}
