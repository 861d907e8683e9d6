// The same calls as the engine's network (engine.js), in plain JavaScript: where WebAssembly is refused.

import { runNetwork } from "./cnn.js";
import { gradCamMap, gradientAt } from "./cnn_back.js";
import { makeFastNetwork } from "./cnn_fast.js";
import { scaledWeights } from "./nodes.js";

/** @typedef {import("./nodes.js").NodeDescription} NodeDescription */
/** @typedef {import("./nodes.js").Weights} Weights */

export class ScriptNetwork {
  /** @param {NodeDescription[]} nodes @param {Weights} weights */
  constructor(nodes, weights) {
    this.all = weights;
    this.nodes = makeFastNetwork(nodes, weights);
    /** @type {Float32Array[]} */
    this.given = [];
  }

  /** @param {ArrayLike<number>} pixels */
  run(pixels) {
    this.given = runNetwork(this.nodes, pixels);
    return this.given[this.given.length - 1].slice();
  }

  /** @param {ArrayLike<number>} rgba */
  runColours(rgba) {
    const { channels, height, width } = this.nodes[0];
    const area = height * width;
    return this.run(Float32Array.from({ length: channels * area },
      (_, i) => rgba[4 * (i % area) + Math.floor(i / area)] / 255));
  }

  /** @param {number} index */
  values(index) {
    return this.given[index].slice();
  }

  /** @param {number} index */
  weights(index) {
    return scaledWeights(this.nodes[index], this.all);
  }

  /** @param {number} index @param {number | ArrayLike<number>} upstream */
  gradient(index, upstream) {
    return gradientAt(this.nodes, this.given, index, upstream);
  }

  /** @param {number} index @param {number} classIndex */
  gradCam(index, classIndex) {
    return gradCamMap(this.nodes, this.given, index, classIndex);
  }
}
