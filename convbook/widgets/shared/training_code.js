// The training code that a page and its worker share: delivered once, as a text (training_remote.js).

import { Session } from "./training_session.js";
import { answerCalls } from "./worker_calls.js";

/** @typedef {import("./training_session.js").Look} Look */
/** @typedef {import("./training_session.js").Report} Report */

/**
 * What answers a page: a session at a time, on data that it was given once.
 * @param {WebAssembly.Module | null} module
 * @param {import("./training_session.js").Digits} digits
 */
function openBench(module, digits) {
  /** @type {Session} */
  let session;
  return {
    /** @param {import("./training_network.js").Settings} settings @param {Look} look @returns {Report} */
    start(settings, look) {
      session = new Session(module, settings, digits);
      return session.report(look);
    },
    /** @param {number} steps @param {number} milliseconds @param {Look} look @returns {Report} */
    advance: (steps, milliseconds, look) => session.advance(steps, milliseconds, look),
    /** @param {Look} look @returns {Report} */
    look: (look) => session.report(look, []),
  };
}

/** What a page imports. */
export const trainingCode = { openBench };

/** @type {ReturnType<typeof openBench>} */
let bench;

if (typeof document === "undefined") {
  answerCalls({
    open({ module, digits }) {
      bench = openBench(module, digits);
    },
    start: ({ settings, look }) => bench.start(settings, look),
    advance: ({ steps, milliseconds, look }) => bench.advance(steps, milliseconds, look),
    look: ({ look }) => bench.look(look),
  });
}
