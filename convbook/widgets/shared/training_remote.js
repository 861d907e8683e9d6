// The page's side of the training lab: in a worker, or on this thread where workers are refused.

import trainingSource from "./training_code.js?source";
import { openTraining } from "./training_engine.js";
import { callsTo } from "./worker_calls.js";

/** @typedef {import("./training_session.js").Report} Report */
/** @typedef {import("./training_session.js").Look} Look */

/**
 * @typedef {object} TrainingRemote
 * @property {(settings: import("./training_network.js").Settings, look: Look) => Promise<Report>} start
 * @property {(steps: number, milliseconds: number, look: Look) => Promise<Report>} advance
 * @property {(look: Look) => Promise<Report>} look
 * @property {() => void} close
 * @property {boolean} apart whether it runs beside the page's thread
 * @property {string} words what a reader should know of it; "" where all is well
 */

const NOT_APART = "This site lets no training run beside the page, so it runs on the page's own thread: " +
  "the same results, a little slower.";

/**
 * @param {import("./training_session.js").Digits} digits
 * @returns {Promise<TrainingRemote>}
 */
export async function openTrainingRemote(digits) {
  const { module, words } = await openTraining();
  const text = `${trainingSource}\nexport { trainingCode };`;
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    return { ...await trainingInWorker(module, digits), words };
  } catch {
    /** @type {typeof import("./training_code.js")} */
    const { trainingCode } = await import(url);
    const bench = trainingCode.openBench(module, digits);
    return { apart: false, words: [NOT_APART, words].filter(Boolean).join(" "), close() {},
      start: async (settings, look) => bench.start(settings, look),
      advance: async (steps, milliseconds, look) => bench.advance(steps, milliseconds, look),
      look: async (look) => bench.look(look) };
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * @param {WebAssembly.Module | null} module
 * @param {import("./training_session.js").Digits} digits
 */
async function trainingInWorker(module, digits) {
  // Not a module: on file:// browsers run only plain scripts in workers.
  const url = URL.createObjectURL(new Blob([trainingSource], { type: "text/javascript" }));
  const worker = new Worker(url);
  const ask = callsTo(worker);
  try {
    await ask({ call: "open", module, digits });
  } catch (error) {
    worker.terminate();
    throw error;
  } finally {
    URL.revokeObjectURL(url);
  }
  return { apart: true, close: () => worker.terminate(),
    start: (/** @type {import("./training_network.js").Settings} */ settings, /** @type {Look} */ look) =>
      ask({ call: "start", settings, look }),
    advance: (/** @type {number} */ steps, /** @type {number} */ milliseconds, /** @type {Look} */ look) =>
      ask({ call: "advance", steps, milliseconds, look }),
    look: (/** @type {Look} */ look) => ask({ call: "look", look }) };
}
