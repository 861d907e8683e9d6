// Chooses what a page's networks run on: relaxed SIMD, plain SIMD, or plain JavaScript.

import plain from "../engine/net.wasm";
import relaxed from "../engine/net-relaxed.wasm";
import { compileModule } from "./machine.js";
import { networkOn } from "./network_on.js";

/** @typedef {import("./nodes.js").NodeDescription} NodeDescription */
/** @typedef {import("./nodes.js").Weights} Weights */
/** @typedef {import("./network_on.js").Network} Network */

/**
 * @typedef {object} Engine
 * @property {string} kind "relaxed", "plain" or "script"
 * @property {string} words what a reader should know of it; "" where all is well
 * @property {WebAssembly.Module | null} module
 * @property {(nodes: NodeDescription[], weights: Weights) => Network} open
 */

/** @type {Promise<Engine> | undefined} */
let opened;

/**
 * The engine, the same for all networks of a page. `wanted` asks for a kind, in tests.
 * @param {string} [wanted]
 * @returns {Promise<Engine>}
 */
export function openEngine(wanted) {
  return wanted ? startEngine(wanted) : (opened ??= startEngine());
}

/** @param {string} [wanted] @returns {Promise<Engine>} */
async function startEngine(wanted) {
  const { kind, module, reason } = await compileModule({ relaxed, plain }, wanted);
  const words = module ? ""
    : `The network runs in plain JavaScript here, with the same results but about ten times as slowly: ${reason}.`;
  return { kind, module, words, open: (nodes, weights) => networkOn(module, nodes, weights) };
}
