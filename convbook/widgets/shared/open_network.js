// Chooses what a page's networks run on: relaxed SIMD, plain SIMD, or plain JavaScript.

import plainModule from "../engine/net.wasm";
import relaxedModule from "../engine/net-relaxed.wasm";
import { EngineNetwork } from "./engine.js";
import { Machine, wasmSupport } from "./machine.js";
import { ScriptNetwork } from "./script_network.js";

/** @typedef {import("./nodes.js").NodeDescription} NodeDescription */
/** @typedef {import("./nodes.js").Weights} Weights */
/** @typedef {EngineNetwork | ScriptNetwork} Network */

/**
 * @typedef {object} Engine
 * @property {string} kind "relaxed", "plain" or "script"
 * @property {string} words what a reader should know of it; "" where all is well
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
  const support = wasmSupport();
  const kind = wanted ?? support.kind;
  let { reason } = support;
  if (kind === "relaxed" || kind === "plain") {
    try {
      const module = await WebAssembly.compile(bytesOfUrl(kind === "relaxed" ? relaxedModule : plainModule));
      const make = () => new Machine(new WebAssembly.Instance(module));
      return { kind, words: "", open: (nodes, weights) => new EngineNetwork(make(), nodes, weights) };
    } catch (error) {
      // A Content-Security-Policy without 'wasm-unsafe-eval' ends here.
      reason = `this site or browser refuses WebAssembly (${/** @type {Error} */ (error).message})`;
    }
  }
  return {
    kind: "script",
    words: `The network runs in plain JavaScript here, with the same results but about ten times as slowly: ${reason}.`,
    open: (nodes, weights) => new ScriptNetwork(nodes, weights),
  };
}

/** The bytes of a data URL in base64. @param {string} url */
function bytesOfUrl(url) {
  const text = atob(url.slice(url.indexOf(",") + 1));
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}
