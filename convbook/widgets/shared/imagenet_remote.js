// The page's side of the ImageNet network: in a worker, or on this thread where workers are refused.

import { loadNetworkCode, startNetworkWorker } from "./open_network.js";
import { callsTo } from "./worker_calls.js";

/** @typedef {import("./imagenet_desk.js").Wish} Wish */
/** @typedef {ReturnType<ReturnType<typeof import("./imagenet_desk.js").openDesk>["look"]>} Look */

/**
 * @typedef {object} Remote
 * @property {string[]} labels
 * @property {import("./layer_titles.js").NamedLayer[]} layers
 * @property {{ name: string, url: string }[]} pictures
 * @property {(wish: Wish) => Promise<Look>} look
 * @property {(call: string, wish?: any) => Promise<any>} ask any call of the desk
 * @property {() => void} close
 * @property {boolean} apart whether it runs beside the page's thread
 */

/**
 * @param {WebAssembly.Module | null} module
 * @param {ArrayBuffer} buffer handed over: it is empty afterwards
 * @returns {Promise<Remote>}
 */
export async function openRemote(module, buffer) {
  const kept = buffer.slice(0); // a worker may be refused only after it has taken the buffer
  try {
    return await inWorker(module, buffer);
  } catch {
    const { openDesk } = await loadNetworkCode();
    const desk = openDesk(module, kept);
    const calls = /** @type {Record<string, (wish: any) => any>} */ (/** @type {unknown} */ (desk));
    return { ...desk, look: async (wish) => desk.look(wish), ask: async (call, wish) => calls[call](wish), close() {},
      apart: false };
  }
}

/** @param {WebAssembly.Module | null} module @param {ArrayBuffer} buffer @returns {Promise<Remote>} */
async function inWorker(module, buffer) {
  const worker = startNetworkWorker();
  const ask = callsTo(worker);
  try {
    const opened = await ask({ call: "open", module, buffer }, [buffer]);
    return { ...opened, look: (wish) => ask({ call: "look", wish }), ask: (call, wish) => ask({ call, wish }),
      close: () => worker.terminate(), apart: true };
  } catch (error) {
    worker.terminate();
    throw error;
  }
}
