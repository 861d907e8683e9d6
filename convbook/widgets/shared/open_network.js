// Chooses what a page's networks run on: relaxed SIMD, plain SIMD, or plain JavaScript.

import plain from "../engine/net.wasm";
import relaxed from "../engine/net-relaxed.wasm";
import { compileModule } from "./compile.js";
import source from "./network_code.js?source";

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
/** @type {Promise<typeof import("./network_code.js").networkCode> | undefined} */
let loaded;

const blobUrl = (/** @type {string} */ text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));

/** The network code, in this page. */
export function loadNetworkCode() {
  return (loaded ??= import(blobUrl(`${source}\nexport { networkCode };`)).then((module) => module.networkCode));
}

/** The network code in a worker; throws, or tells `onerror`, where the site refuses. */
export function startNetworkWorker() {
  // Not a module: on file:// browsers run only plain scripts in workers.
  return new Worker(blobUrl(source));
}

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
    : `The network runs in plain JavaScript here, with the same results but much more slowly: ${reason}.`;
  const { networkOn } = await loadNetworkCode();
  return { kind, module, words, open: (nodes, weights) => networkOn(module, nodes, weights) };
}
