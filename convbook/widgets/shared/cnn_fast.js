// A network in plain JavaScript with the quick loops for what most networks are made of.

import { makeNetwork } from "./cnn.js";
import { convolve, packKernel } from "./convolve.js";

/**
 * @param {any[]} nodes
 * @param {import("./nodes.js").Weights} weights
 */
export const makeFastNetwork = (nodes, weights) => makeNetwork(nodes, weights, { convolve, packKernel });
