// Convolution of feature maps, fast: four filters at a time, and Winograd's way for 3×3.
//
// Maps are planar (channel, row, column) in a Float32Array; `from` and `to` are { channels, height,
// width } of what goes in and comes out; stride is 1.

/** @typedef {{ channels: number, height: number, width: number }} Shape */

/**
 * Filters as `packKernel` lays them out.
 * @typedef {object} Filters
 * @property {Float64Array} packed
 * @property {number} size
 * @property {number} pad
 * @property {ArrayLike<number>} [bias]
 * @property {boolean} [relu]
 */

// Four filters at a time share every pixel that is read: their weights lie side by side. They are
// double precision, as all arithmetic is here: no number has to be converted on its way.
const FOUR = 4;

/**
 * @param {Float32Array} kernel
 * @param {number} filters
 * @param {number} channels
 * @param {number} size
 */
export function packKernel(kernel, filters, channels, size) {
  if (size === 3) return packThree(kernel, filters, channels);
  const blocks = Math.ceil(filters / FOUR);
  const taps = channels * size * size;
  const packed = new Float64Array(blocks * taps * FOUR);
  for (let filter = 0; filter < filters; filter += 1) {
    const start = Math.floor(filter / FOUR) * taps * FOUR + (filter % FOUR);
    for (let tap = 0; tap < taps; tap += 1) packed[start + tap * FOUR] = kernel[filter * taps + tap];
  }
  return packed;
}

/**
 * The kernel of the gradient: filters and channels change places, and each is turned by 180°.
 * @param {{ kernel: Float32Array, in: number, out: number, size: number }} node
 */
export function turnedKernel({ kernel, in: channels, out: filters, size }) {
  const area = size * size;
  const turned = new Float32Array(kernel.length);
  for (let f = 0; f < filters; f += 1) {
    for (let c = 0; c < channels; c += 1) {
      for (let k = 0; k < area; k += 1) {
        turned[(c * filters + f) * area + area - 1 - k] = kernel[(f * channels + c) * area + k];
      }
    }
  }
  return packKernel(turned, channels, filters, size);
}

/**
 * @param {Float32Array} maps
 * @param {number} channels
 * @param {number} height
 * @param {number} width
 * @param {number} pad
 */
function padMaps(maps, channels, height, width, pad) {
  // Three columns to spare: the loops read a little past the end of a row, and never use it.
  const wide = width + 2 * pad + 3;
  const padded = new Float64Array(channels * (height + 2 * pad) * wide + 3);
  for (let c = 0; c < channels; c += 1) {
    for (let y = 0; y < height; y += 1) {
      const from = (c * height + y) * width;
      padded.set(maps.subarray(from, from + width), (c * (height + 2 * pad) + y + pad) * wide + pad);
    }
  }
  return { padded, wide, tall: height + 2 * pad };
}

/**
 * @param {Float32Array} maps
 * @param {Shape} from
 * @param {Shape} to
 * @param {Filters} filters
 */
export function convolve(maps, from, to, { packed, bias, size, pad, relu }) {
  if (size === 3) return convolveThree(maps, from, to, { packed, bias, pad, relu });
  const { padded, wide, tall } = padMaps(maps, from.channels, from.height, from.width, pad);
  const out = new Float32Array(to.channels * to.height * to.width);
  const sums = new Float64Array(FOUR * (to.width + 1));
  for (let block = 0; block * FOUR < to.channels; block += 1) {
    for (let y = 0; y < to.height; y += 1) {
      rowOfAny(padded, wide, tall, from.channels, packed, block, y, to.width, size, sums);
      const filters = Math.min(FOUR, to.channels - block * FOUR);
      for (let j = 0; j < filters; j += 1) {
        const filter = block * FOUR + j;
        const base = bias ? bias[filter] : 0;
        const start = (filter * to.height + y) * to.width;
        for (let x = 0; x < to.width; x += 1) {
          const value = sums[x * FOUR + j] + base;
          out[start + x] = relu && value < 0 ? 0 : value;
        }
      }
    }
  }
  return out;
}

/**
 * @param {Float64Array} padded
 * @param {number} wide
 * @param {number} tall
 * @param {number} channels
 * @param {Float64Array} packed
 * @param {number} block
 * @param {number} y
 * @param {number} width
 * @param {number} size
 * @param {Float64Array} sums
 */
function rowOfAny(padded, wide, tall, channels, packed, block, y, width, size, sums) {
  for (let x = 0; x < width; x += 1) {
    let a0 = 0, a1 = 0, a2 = 0, a3 = 0;
    let w = block * channels * size * size * FOUR;
    for (let c = 0; c < channels; c += 1) {
      for (let row = 0; row < size; row += 1) {
        const at = (c * tall + y + row) * wide + x;
        for (let column = 0; column < size; column += 1, w += FOUR) {
          const p = padded[at + column];
          a0 += p * packed[w];
          a1 += p * packed[w + 1];
          a2 += p * packed[w + 2];
          a3 += p * packed[w + 3];
        }
      }
    }
    const i = x * FOUR;
    sums[i] = a0; sums[i + 1] = a1; sums[i + 2] = a2; sums[i + 3] = a3;
  }
}

// --- 3×3 filters -----------------------------------------------------------------------------------
//
// Lavin and Gray's way (2016), after Winograd: four outputs, a tile of 2×2, need 16 products instead
// of 36. Tile and filter are each turned into 4×4 numbers, multiplied place by place and summed over
// the channels, and turned back. What remains is a product of matrices at each of the 16 places.

const PLACES = 16;

/**
 * Each filter's 4×4 numbers: at a place, for a block of four filters, channel after channel.
 * @param {Float32Array} kernel
 * @param {number} filters
 * @param {number} channels
 */
function packThree(kernel, filters, channels) {
  const blocks = Math.ceil(filters / FOUR);
  const packed = new Float64Array(PLACES * blocks * channels * FOUR);
  const half = new Float64Array(12);
  for (let f = 0; f < filters; f += 1) {
    for (let c = 0; c < channels; c += 1) {
      const at = (f * channels + c) * 9;
      for (let x = 0; x < 3; x += 1) filterPart(kernel, at + x, 3, half, x, 3);
      const tile = new Float64Array(PLACES);
      for (let y = 0; y < 4; y += 1) filterPart(half, 3 * y, 1, tile, 4 * y, 1);
      for (let place = 0; place < PLACES; place += 1) {
        packed[((place * blocks + Math.floor(f / FOUR)) * channels + c) * FOUR + (f % FOUR)] = tile[place];
      }
    }
  }
  return packed;
}

/**
 * Three weights, `step` apart, become four numbers, `to` apart.
 * @param {Float32Array | Float64Array} source
 * @param {number} at
 * @param {number} step
 * @param {Float64Array} target
 * @param {number} start
 * @param {number} to
 */
function filterPart(source, at, step, target, start, to) {
  const a = source[at], b = source[at + step], c = source[at + 2 * step];
  target[start] = a;
  target[start + to] = (a + b + c) / 2;
  target[start + 2 * to] = (a - b + c) / 2;
  target[start + 3 * to] = c;
}

/**
 * @param {Float32Array} maps
 * @param {Shape} from
 * @param {Shape} to
 * @param {Omit<Filters, "size">} filters
 */
function convolveThree(maps, from, to, { packed, bias, pad, relu }) {
  const rows = Math.ceil(to.height / 2);
  const columns = Math.ceil(to.width / 2);
  const pairs = Math.ceil((rows * columns) / 2);
  const seen = tilesOf(maps, from, pad, rows, columns, pairs);
  const out = new Float32Array(to.channels * to.height * to.width);
  const blocks = Math.ceil(to.channels / FOUR);
  const sums = new Float64Array(PLACES * pairs * 2 * FOUR);
  for (let block = 0; block < blocks; block += 1) {
    for (let place = 0; place < PLACES; place += 1) {
      multiplyTiles(seen, packed, from.channels, pairs, place, (place * blocks + block) * from.channels * FOUR, sums);
    }
    for (let j = 0; j < Math.min(FOUR, to.channels - block * FOUR); j += 1) {
      const filter = block * FOUR + j;
      writeTiles(sums, j, pairs, columns, to, out, filter, bias ? bias[filter] : 0, relu);
    }
  }
  return out;
}

/**
 * Every tile of 4×4 pixels, turned: at a place, for a pair of tiles, channel after channel.
 * @param {Float32Array} maps
 * @param {Shape} shape
 * @param {number} pad
 * @param {number} rows
 * @param {number} columns
 * @param {number} pairs
 */
function tilesOf(maps, { channels, height, width }, pad, rows, columns, pairs) {
  const wide = 2 * columns + 2;
  const plane = new Float64Array((2 * rows + 2) * wide);
  const seen = new Float64Array(PLACES * pairs * channels * 2);
  const step = pairs * channels * 2;
  for (let c = 0; c < channels; c += 1) {
    for (let y = 0; y < height; y += 1) {
      const start = (c * height + y) * width;
      plane.set(maps.subarray(start, start + width), (y + pad) * wide + pad);
    }
    for (let tile = 0; tile < rows * columns; tile += 1) {
      const corner = 2 * Math.floor(tile / columns) * wide + 2 * (tile % columns);
      const first = ((tile >> 1) * channels + c) * 2 + (tile & 1);
      turnTile(plane, corner, wide, seen, first, step);
    }
  }
  return seen;
}

const PLUS = [0, 1, 2, 1];
const OTHER = [2, 2, 1, 3];

/**
 * @param {Float64Array} plane
 * @param {number} corner
 * @param {number} wide
 * @param {Float64Array} seen
 * @param {number} first
 * @param {number} step
 */
function turnTile(plane, corner, wide, seen, first, step) {
  for (let row = 0, at = first; row < 4; row += 1) {
    // The four turned rows are differences and sums of the tile's own.
    const plus = corner + PLUS[row] * wide;
    const other = corner + OTHER[row] * wide;
    const sign = row === 1 ? 1 : -1;
    const a = plane[plus] + sign * plane[other];
    const b = plane[plus + 1] + sign * plane[other + 1];
    const c = plane[plus + 2] + sign * plane[other + 2];
    const d = plane[plus + 3] + sign * plane[other + 3];
    seen[at] = a - c;
    seen[at + step] = b + c;
    seen[at + 2 * step] = c - b;
    seen[at + 3 * step] = b - d;
    at += 4 * step;
  }
}

/**
 * At one place: four filters times two tiles at once, summed over the channels in registers.
 * @param {Float64Array} seen
 * @param {Float64Array} packed
 * @param {number} channels
 * @param {number} pairs
 * @param {number} place
 * @param {number} weights
 * @param {Float64Array} sums
 */
function multiplyTiles(seen, packed, channels, pairs, place, weights, sums) {
  for (let pair = 0; pair < pairs; pair += 1) {
    let a0 = 0, a1 = 0, a2 = 0, a3 = 0, b0 = 0, b1 = 0, b2 = 0, b3 = 0;
    let w = weights;
    let at = (place * pairs + pair) * channels * 2;
    for (let c = 0; c < channels; c += 1, at += 2, w += FOUR) {
      const p = seen[at], q = seen[at + 1];
      const w0 = packed[w], w1 = packed[w + 1], w2 = packed[w + 2], w3 = packed[w + 3];
      a0 += p * w0; a1 += p * w1; a2 += p * w2; a3 += p * w3;
      b0 += q * w0; b1 += q * w1; b2 += q * w2; b3 += q * w3;
    }
    const i = (place * pairs + pair) * 2 * FOUR;
    sums[i] = a0; sums[i + 1] = a1; sums[i + 2] = a2; sums[i + 3] = a3;
    sums[i + 4] = b0; sums[i + 5] = b1; sums[i + 6] = b2; sums[i + 7] = b3;
  }
}

/**
 * Turns one filter's sums back into 2×2 outputs a tile.
 * @param {Float64Array} sums
 * @param {number} filter
 * @param {number} pairs
 * @param {number} columns
 * @param {Shape} shape
 * @param {Float32Array} out
 * @param {number} map
 * @param {number} base
 * @param {boolean | undefined} relu
 */
function writeTiles(sums, filter, pairs, columns, { height, width }, out, map, base, relu) {
  const step = pairs * 2 * FOUR;
  const put = (/** @type {number} */ y, /** @type {number} */ x, /** @type {number} */ value) => {
    if (y < height && x < width) out[(map * height + y) * width + x] = relu && value < 0 ? 0 : value;
  };
  const tiles = Math.ceil(height / 2) * columns;
  for (let tile = 0; tile < tiles; tile += 1) {
    let upperLeft = base, upperRight = base, lowerLeft = base, lowerRight = base;
    for (let row = 0, i = tile * FOUR + filter; row < 4; row += 1, i += 4 * step) {
      const b = sums[i + step], c = sums[i + 2 * step];
      const left = sums[i] + b + c;
      const right = b - c - sums[i + 3 * step];
      if (row < 3) {
        upperLeft += left;
        upperRight += right;
      }
      if (row > 0) {
        lowerLeft += row === 1 ? left : -left;
        lowerRight += row === 1 ? right : -right;
      }
    }
    const y = 2 * Math.floor(tile / columns);
    const x = 2 * (tile % columns);
    put(y, x, upperLeft);
    put(y, x + 1, upperRight);
    put(y + 1, x, lowerLeft);
    put(y + 1, x + 1, lowerRight);
  }
}
