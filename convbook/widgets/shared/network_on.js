// A network on what there is: a WebAssembly module, or nothing but JavaScript. Runs in workers too.

import { EngineNetwork } from "./engine.js";
import { Machine } from "./machine.js";
import { ScriptNetwork } from "./script_network.js";

/** @typedef {EngineNetwork | ScriptNetwork} Network */

/**
 * @param {WebAssembly.Module | null} module
 * @param {import("./nodes.js").NodeDescription[]} nodes
 * @param {import("./nodes.js").Weights} weights
 * @returns {Network}
 */
export function networkOn(module, nodes, weights) {
  return module ? new EngineNetwork(new Machine(module), nodes, weights) : new ScriptNetwork(nodes, weights);
}
