// The kernels of engine/net.c and train.c that training needs, in plain JavaScript: the reference, and
// what a page trains with where WebAssembly is refused. Same arguments, same memory; read the C for them.

/**
 * Memory and kernels as a Machine has them.
 * @implements {Pick<import("./machine.js").Machine, "kernels" | "floats" | "view" | "put" | "top">}
 */
export class ScriptMachine {
  constructor() {
    this.top = 64; // 0 is no address
    this.all = new Float32Array(1 << 16);
    this.memory = /** @type {any} */ (null);
    this.kernels = kernelsOn(() => this.all);
  }

  /** @param {number} count */
  floats(count) {
    const at = this.top;
    this.top += (4 * count + 63) & ~63;
    if (this.top / 4 > this.all.length) {
      const more = new Float32Array(2 ** Math.ceil(Math.log2(this.top / 4)));
      more.set(this.all);
      this.all = more;
    }
    return at;
  }

  /** @param {number} at @param {number} count */
  view(at, count) {
    return this.all.subarray(at / 4, at / 4 + count);
  }

  /** @param {ArrayLike<number>} numbers */
  put(numbers) {
    const at = this.floats(numbers.length);
    this.view(at, numbers.length).set(numbers);
    return at;
  }
}

/**
 * @param {() => Float32Array} memory
 * @returns {import("./machine.js").Kernels}
 */
function kernelsOn(memory) {
  const cut = (/** @type {number} */ v, /** @type {number} */ low, /** @type {number} */ high) =>
    Math.min(Math.max(v, low), high);
  /** Every position of a map and every channel there: index in it, row, column, channel. */
  const each = (/** @type {number} */ rows, /** @type {number} */ width, /** @type {number} */ channels,
    /** @type {(y: number, x: number, c: number) => void} */ visit) => {
    for (let y = 0; y < rows; y += 1) {
      for (let x = 0; x < width; x += 1) for (let c = 0; c < channels; c += 1) visit(y, x, c);
    }
  };
  return {
    conv(input, runStep, step, rowStep, runs, length, kernel, bias, filters, low, high, rows, width, add, output,
      outStep, outRow) {
      const m = memory();
      const [i, w, b, a, o] = [input, kernel, bias, add, output].map((at) => at / 4);
      const taps = runs * length;
      each(rows, width, filters, (y, x, f) => {
        let sum = m[b + f];
        let place = w + (f >> 3) * 8 * taps + (f & 7);
        for (let run = 0; run < runs; run += 1) {
          const from = i + y * rowStep + x * step + run * runStep;
          for (let k = 0; k < length; k += 1, place += 8) sum += m[from + k] * m[place];
        }
        const to = y * outRow + x * outStep + f;
        m[o + to] = cut(add ? sum + m[a + to] : sum, low, high);
      });
    },
    weights(input, runStep, step, rowStep, runs, length, gradient, gStep, gRow, filters, rows, width, output) {
      const m = memory();
      const [i, g, o] = [input, gradient, output].map((at) => at / 4);
      for (let f = 0; f < filters; f += 1) {
        let to = o + (f >> 3) * 8 * runs * length + (f & 7);
        for (let run = 0; run < runs; run += 1) {
          for (let k = 0; k < length; k += 1, to += 8) {
            let sum = 0;
            for (let y = 0; y < rows; y += 1) {
              for (let x = 0; x < width; x += 1) {
                sum += m[i + y * rowStep + x * step + run * runStep + k] * m[g + y * gRow + x * gStep + f];
              }
            }
            m[to] += sum;
          }
        }
      }
    },
    turn(input, size, channels, filters, output) {
      const m = memory();
      const [i, o] = [input / 4, output / 4];
      const taps = size * size;
      each(filters, taps, channels, (f, t, c) => {
        m[o + ((c >> 3) * taps * filters + (taps - 1 - t) * filters + f) * 8 + (c & 7)] =
          m[i + ((f >> 3) * taps * channels + t * channels + c) * 8 + (f & 7)];
      });
    },
    pool(input, row, size, stride, rows, width, channels, output, outRow) {
      const m = memory();
      each(rows, width, channels, (y, x, c) => {
        const from = input / 4 + y * stride * row + x * stride * channels + c;
        let most = m[from];
        for (let t = 1; t < size * size; t += 1) {
          most = Math.max(most, m[from + Math.floor(t / size) * row + (t % size) * channels]);
        }
        m[output / 4 + y * outRow + x * channels + c] = most;
      });
    },
    unpool(value, row, size, stride, gradient, gRow, rows, width, channels, output, outRow) {
      const m = memory();
      each(rows, width, channels, (y, x, c) => {
        let best = 0;
        const at = (/** @type {number} */ t, /** @type {number} */ line) =>
          (y * stride + Math.floor(t / size)) * line + (x * stride + (t % size)) * channels + c;
        for (let t = 1; t < size * size; t += 1) if (m[value / 4 + at(t, row)] > m[value / 4 + at(best, row)]) best = t;
        m[output / 4 + at(best, outRow)] += m[gradient / 4 + y * gRow + x * channels + c];
      });
    },
    sums(input, row, rows, width, channels, scale, output) {
      const m = memory();
      const totals = new Float64Array(channels);
      each(rows, width, channels, (y, x, c) => {
        totals[c] += m[input / 4 + y * row + x * channels + c];
      });
      totals.forEach((v, c) => (m[output / 4 + c] += v * scale));
    },
    squares(input, row, rows, width, channels, mean, scale, output) {
      const m = memory();
      const totals = new Float64Array(channels);
      each(rows, width, channels, (y, x, c) => {
        totals[c] += (m[input / 4 + y * row + x * channels + c] - m[mean / 4 + c]) ** 2;
      });
      totals.forEach((v, c) => (m[output / 4 + c] += v * scale));
    },
    spread(gradient, scale, rows, width, channels, output, row) {
      const m = memory();
      each(rows, width, channels, (y, x, c) => {
        m[output / 4 + y * row + x * channels + c] += m[gradient / 4 + c] * scale;
      });
    },
    copy(input, row, rows, width, channels, output, step, outRow) {
      const m = memory();
      each(rows, width, channels, (y, x, c) => {
        m[output / 4 + y * outRow + x * step + c] = m[input / 4 + y * row + x * channels + c];
      });
    },
    normalise(input, row, rows, width, channels, mean, scale, gamma, beta, low, output, outRow) {
      const m = memory();
      each(rows, width, channels, (y, x, c) => {
        const n = (m[input / 4 + y * row + x * channels + c] - m[mean / 4 + c]) * m[scale / 4 + c];
        m[output / 4 + y * outRow + x * channels + c] = cut(m[gamma / 4 + c] * n + m[beta / 4 + c], low, Infinity);
      });
    },
    normalise_sums(input, row, gradient, gRow, rows, width, channels, mean, scale, gamma, beta) {
      const m = memory();
      each(rows, width, channels, (y, x, c) => {
        const g = m[gradient / 4 + y * gRow + x * channels + c];
        m[gamma / 4 + c] += g * (m[input / 4 + y * row + x * channels + c] - m[mean / 4 + c]) * m[scale / 4 + c];
        m[beta / 4 + c] += g;
      });
    },
    normalise_back(input, row, gradient, gRow, rows, width, channels, mean, scale, gamma, dGamma, dBeta, share, output,
      outRow) {
      const m = memory();
      each(rows, width, channels, (y, x, c) => {
        const n = (m[input / 4 + y * row + x * channels + c] - m[mean / 4 + c]) * m[scale / 4 + c];
        const g = m[gradient / 4 + y * gRow + x * channels + c] - share * (m[dBeta / 4 + c] + m[dGamma / 4 + c] * n);
        m[output / 4 + y * outRow + x * channels + c] += g * m[gamma / 4 + c] * m[scale / 4 + c];
      });
    },
    add(a, b, low, high, count, output) {
      const m = memory();
      for (let i = 0; i < count; i += 1) m[output / 4 + i] = cut(m[a / 4 + i] + m[b / 4 + i], low, high);
    },
    multiply(a, b, count, output) {
      const m = memory();
      for (let i = 0; i < count; i += 1) m[output / 4 + i] = m[a / 4 + i] * m[b / 4 + i];
    },
    gate(gradient, value, high, count, output) {
      const m = memory();
      for (let i = 0; i < count; i += 1) {
        const v = m[value / 4 + i];
        m[output / 4 + i] = v > 0 && v < high ? m[gradient / 4 + i] : 0;
      }
    },
    sgd(w, g, v, count, rate, momentum, decay) {
      const m = memory();
      for (let i = 0; i < count; i += 1) {
        m[v / 4 + i] = momentum * m[v / 4 + i] - rate * (m[g / 4 + i] + decay * m[w / 4 + i]);
        m[w / 4 + i] += m[v / 4 + i];
      }
    },
    adam(w, g, mean, square, count, rate, part1, part2, epsilon, first, second, decay) {
      const m = memory();
      for (let i = 0; i < count; i += 1) {
        const now = m[g / 4 + i] + decay * m[w / 4 + i];
        m[mean / 4 + i] += part1 * (now - m[mean / 4 + i]);
        m[square / 4 + i] += part2 * (now * now - m[square / 4 + i]);
        m[w / 4 + i] -= ((rate / first) * m[mean / 4 + i]) / (Math.sqrt(m[square / 4 + i] / second) + epsilon);
      }
    },
  };
}
