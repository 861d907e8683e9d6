// What GradCamViewer shows of a picture: what was recorded, or what the network in the page computes.

import { layerTitle } from "./layer_titles.js";
import { softmax } from "./nodes.js";
import { decodePicture } from "./picture.js";

/** @typedef {import("./view.js").View<import("../../../types/traits").GradCamViewer>} View */
/** @typedef {import("./network_on.js").Network} Network */
/** @typedef {import("./picture.js").Pixels} Pixels */
/** @typedef {import("./heat.js").Heat} Heat */
/**
 * A layer that can be asked, where it is in its list, and the size of its maps.
 * @typedef {import("./layer_titles.js").NamedLayer & { at: number }} LayerPlace
 */
/** @typedef {{ classes: string[], logits: number[], probabilities: number[] }} Answer */

/**
 * A layer's Grad-CAM for every class, as it was recorded: (class, row, column), 0 to 255.
 * @typedef {object} RecordedLayer
 * @property {string} name
 * @property {number} height
 * @property {number} width
 * @property {string} maps in base64
 * @property {Uint8Array} [numbers] the same, once they were needed
 */

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {string} url
 * @property {string[]} classes
 * @property {number[]} logits
 * @property {number} [rest] what the classes that were left out add to the softmax's sum
 * @property {RecordedLayer[]} layers
 * @property {string | null} [truth] a mask in base64 of what should matter
 * @property {[number, number]} truth_size
 */

/** @param {string} text in base64 */
export function numbersIn(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

/** Everything about the picture on show. */
export class Looker {
  /** @param {View} view */
  constructor(view) {
    this.view = view;
    /** @type {Network | null} */
    this.network = null;
    /** @type {Pixels | null} the reader's own picture */
    this.own = null;
    /** @type {Map<string, Pixels>} */
    this.pixels = new Map();
    /** @type {{ key: string | Pixels | null, logits: Float32Array } | null} */
    this.ran = null;
  }

  /** @returns {Case[]} */
  get cases() {
    return this.view.get("record").cases ?? [];
  }

  get index() {
    const wanted = this.view.get("picture_index");
    if (wanted === -1 && this.own && this.network) return -1;
    return Math.min(Math.max(wanted, 0), this.cases.length - 1);
  }

  /**
   * The colours of the picture on show.
   * @returns {Promise<Pixels | null>}
   */
  async colours() {
    if (this.index === -1) return this.own;
    const { url } = this.cases[this.index];
    const kept = this.pixels.get(url) ?? await decodePicture(url);
    this.pixels.set(url, kept);
    return kept;
  }

  /** @returns {LayerPlace[]} */
  layers() {
    if (!this.network) return this.cases[this.index].layers.map((layer, at) => ({ ...layer, at }));
    const all = this.network.nodes.map((node, at) => ({ ...node, name: node.name, op: node.op, relu: node.relu, at }))
      .filter(({ name, op }) => name && ["conv", "depthwise", "pool", "add"].includes(op));
    const chosen = all.filter(({ op, relu }) => (op === "conv" && relu) || op === "add");
    return chosen.length > 0 ? chosen : all;
  }

  /** What a layer is, in words: of a network of the reader's own, its name. @param {LayerPlace} layer */
  words(layer) {
    const { form } = this.view.get("record");
    return layerTitle(layer, form ? null : this.layers());
  }

  layer() {
    const all = this.layers();
    return all.find(({ name }) => name === this.view.get("layer")) ?? all[all.length - 1];
  }

  /**
   * The network holds what the picture on show gave; its logits.
   * @param {Network} network
   * @param {Pixels} colours
   */
  run(network, colours) {
    const key = this.index === -1 ? this.own : this.cases[this.index].url;
    if (this.ran?.key !== key) this.ran = { key, logits: network.runColours(colours.rgba) };
    return this.ran.logits;
  }

  /** @param {Pixels} colours @returns {Answer} */
  answer(colours) {
    const { classes, logits, rest = 0 } = this.cases[Math.max(0, this.index)];
    if (this.network) {
      const computed = [...this.run(this.network, colours)];
      return { classes, logits: computed, probabilities: softmax(computed) };
    }
    const most = Math.max(...logits);
    const powers = logits.map((v) => Math.exp(v - most));
    const sum = powers.reduce((a, b) => a + b, 0) + rest;
    return { classes, logits, probabilities: powers.map((v) => v / sum) };
  }

  /** @param {Pixels} colours @param {number} classIndex @returns {Heat} */
  heat(colours, classIndex) {
    const { at } = this.layer();
    if (this.network) {
      this.run(this.network, colours);
      return this.network.gradCam(at, classIndex);
    }
    const layer = this.cases[this.index].layers[at];
    const area = layer.height * layer.width;
    layer.numbers ??= numbersIn(layer.maps);
    const data = Float32Array.from(layer.numbers.subarray(classIndex * area, (classIndex + 1) * area), (v) => v / 255);
    return { data, height: layer.height, width: layer.width };
  }
}
