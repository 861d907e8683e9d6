// Compiles the WebAssembly module that suits a browser.

// The smallest modules that use SIMD, and relaxed SIMD: (v128.const; any_true) and relaxed_madd.
const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15,
  253, 98, 11];
const RELAXED = [0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0,
  32, 0, 32, 1, 32, 2, 253, 133, 2, 11];

/**
 * What this browser can run: "relaxed", "plain", or "" with the reason in words.
 * @returns {{ kind: string, reason: string }}
 */
export function wasmSupport() {
  const valid = (/** @type {number[]} */ bytes) => WebAssembly.validate(new Uint8Array(bytes));
  if (typeof WebAssembly !== "object") return { kind: "", reason: "this browser has WebAssembly switched off" };
  if (valid(RELAXED)) return { kind: "relaxed", reason: "" };
  if (valid(SIMD)) return { kind: "plain", reason: "" };
  return { kind: "", reason: "this browser's WebAssembly has no SIMD instructions" };
}

/**
 * Compiles the module that suits this browser, or says why none does. `module` can be sent to a worker.
 * @param {{ relaxed: string, plain: string }} urls data URLs
 * @param {string} [wanted] asks for a kind, in tests
 * @returns {Promise<Compiled>}
 */
export async function compileModule(urls, wanted) {
  const support = wasmSupport();
  const kind = wanted ?? support.kind;
  if (kind !== "relaxed" && kind !== "plain") return { kind: "script", module: null, reason: support.reason };
  try {
    const text = atob(urls[kind].slice(urls[kind].indexOf(",") + 1));
    return { kind, module: await WebAssembly.compile(Uint8Array.from(text, (c) => c.charCodeAt(0))), reason: "" };
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    const reason = /content security/i.test(message)
      ? "the site that shows this page forbids WebAssembly; whoever runs it can add 'wasm-unsafe-eval' to script-src " +
        "in its Content-Security-Policy"
      : `this browser refuses WebAssembly (${message})`;
    return { kind: "script", module: null, reason };
  }
}

/** @typedef {{ kind: string, module: WebAssembly.Module | null, reason: string }} Compiled */
