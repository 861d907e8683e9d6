// A WebAssembly module and its memory. JavaScript says what lies where; nothing is ever freed, but a
// machine as a whole is, once nothing refers to it.

/** @typedef {Record<string, (...numbers: number[]) => void>} Kernels */

const PAGE = 65536;

export class Machine {
  /** @param {WebAssembly.Module} module */
  constructor(module) {
    const instance = new WebAssembly.Instance(module);
    this.kernels = /** @type {Kernels} */ (/** @type {unknown} */ (instance.exports));
    this.memory = /** @type {WebAssembly.Memory} */ (instance.exports.memory);
    this.top = PAGE; // past the stack, and the module's own zeros
  }

  /**
   * The address of `count` new floats, all 0.
   * @param {number} count
   */
  floats(count) {
    const at = this.top;
    this.top += (4 * count + 63) & ~63;
    // A page to spare: the loops load four numbers at a time.
    const short = this.top + PAGE - this.memory.buffer.byteLength;
    if (short > 0) this.memory.grow(Math.ceil(short / PAGE));
    return at;
  }

  /**
   * Floats as they lie in memory; good until the next call of `floats`.
   * @param {number} at
   * @param {number} count
   */
  view(at, count) {
    return new Float32Array(this.memory.buffer, at, count);
  }

  /**
   * The address of a copy.
   * @param {ArrayLike<number>} numbers
   */
  put(numbers) {
    const at = this.floats(numbers.length);
    this.view(at, numbers.length).set(numbers);
    return at;
  }
}
