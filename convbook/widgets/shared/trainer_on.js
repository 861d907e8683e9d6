// A trainer on what there is: a WebAssembly module, or nothing but JavaScript. Runs in workers too.

import { Machine } from "./machine.js";
import { ScriptMachine } from "./script_kernels.js";
import { Trainer } from "./trainer.js";

/**
 * @param {WebAssembly.Module | null} module
 * @param {import("./nodes.js").NodeDescription[]} nodes
 * @param {Float32Array} weights
 * @param {{ batch?: number, seed?: number }} [options]
 */
export function trainerOn(module, nodes, weights, options) {
  return new Trainer(module ? new Machine(module) : new ScriptMachine(), nodes, weights, options);
}
