// Asking a worker: it answers { id, call, ... } with { id, answer } or { id, problem }.

/**
 * A function that sends a message to the worker and resolves to its answer.
 * @param {Worker} worker
 * @returns {(message: Record<string, any>, moved?: Transferable[]) => Promise<any>}
 */
export function callsTo(worker) {
  /** @type {Map<number, { resolve: (answer: any) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  let count = 0;
  /** @type {Error | null} */
  let ended = null;
  worker.onmessage = ({ data: { id, answer, problem } }) => {
    const caller = waiting.get(id);
    waiting.delete(id);
    if (problem === undefined) caller?.resolve(answer);
    else caller?.reject(new Error(problem));
  };
  // A Content-Security-Policy without `worker-src blob:` ends here, a moment later.
  worker.onerror = (event) => {
    event.preventDefault();
    ended = new Error("the worker could not start");
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  return (message, moved = []) => new Promise((resolve, reject) => {
    if (ended) {
      reject(ended); // nobody would ever answer
      return;
    }
    count += 1;
    waiting.set(count, { resolve, reject });
    worker.postMessage({ id: count, ...message }, moved);
  });
}

/**
 * The worker's side: answers each call by the function of its name.
 * @param {Record<string, (message: any) => any>} calls
 */
export function answerCalls(calls) {
  self.onmessage = ({ data }) => {
    try {
      self.postMessage({ id: data.id, answer: calls[data.call](data) });
    } catch (error) {
      self.postMessage({ id: data.id, problem: /** @type {Error} */ (error).message });
    }
  };
}
