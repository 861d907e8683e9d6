// Pictures as planes of numbers: { data, height, width }, row after row. No canvas in here.

/** @typedef {{ data: Float64Array, height: number, width: number }} Plane */

/**
 * A plane; `data` is filled with zeros unless given.
 * @param {number} height
 * @param {number} width
 * @returns {Plane}
 */
export function plane(height, width, data = new Float64Array(height * width)) {
  return { data, height, width };
}

/**
 * A plane from rows of numbers: planeOf([[1, 2], [3, 4]]).
 * @param {number[][]} rows
 */
export function planeOf(rows) {
  return plane(rows.length, rows[0].length, Float64Array.from(rows.flat()));
}

/**
 * A plane as rows of numbers, for tables.
 * @param {Plane} plane
 */
export function rowsOf({ data, height, width }) {
  return Array.from({ length: height }, (_, row) =>
    Array.from(data.subarray(row * width, (row + 1) * width)));
}

/**
 * A plane with `padding` pixels around it, filled with "zeros" or with a "replicate" of the nearest
 * edge pixel.
 * @param {Plane} source
 * @param {number} padding
 * @param {string} fill
 */
export function padPlane(source, padding, fill = "zeros") {
  const out = plane(source.height + 2 * padding, source.width + 2 * padding);
  const replicate = fill === "replicate";
  for (let row = 0; row < out.height; row += 1) {
    const from = Math.max(0, Math.min(source.height - 1, row - padding));
    if (!replicate && from !== row - padding) continue;
    const start = row * out.width;
    const line = source.data.subarray(from * source.width, (from + 1) * source.width);
    out.data.set(line, start + padding);
    if (replicate) {
      out.data.fill(line[0], start, start + padding);
      out.data.fill(line[source.width - 1], start + padding + source.width, start + out.width);
    }
  }
  return out;
}

/**
 * A kernel turned by 180 degrees: what a mathematician's convolution slides over the picture.
 * @param {number[][]} rows
 * @returns {number[][]}
 */
export function turnKernel(rows) {
  return [...rows].reverse().map((row) => [...row].reverse());
}

/**
 * Cross-correlation of an already padded plane with a square kernel of 3 or 5 rows (other sizes
 * work, more slowly), divided by `divisor`. Sums are in double precision, as in Python. Returns
 * the plane with its `low`, `high` and `total` (the sum of absolute values), found on the way.
 * `reuse` is an earlier result of the same size whose memory may be overwritten.
 * @param {Plane} padded
 * @param {number[][]} rows
 * @param {{ stride?: number, divisor?: number, reuse?: Plane | null }} options
 */
export function correlatePlane(padded, rows, { stride = 1, divisor = 1, reuse = null } = {}) {
  const size = rows.length;
  const height = Math.floor((padded.height - size) / stride) + 1;
  const width = Math.floor((padded.width - rows[0].length) / stride) + 1;
  const fits = reuse && reuse.height === height && reuse.width === width;
  const out = fits ? reuse : plane(height, width);
  const line = new Float64Array(width);
  let low = Infinity;
  let high = -Infinity;
  let total = 0;
  for (let y = 0; y < height; y += 1) {
    line.fill(0);
    for (let tap = 0; tap < size; tap += 1) {
      addRow(line, padded.data, (y * stride + tap) * padded.width, rows[tap], stride);
    }
    const start = y * width;
    for (let x = 0; x < width; x += 1) {
      const value = line[x] / divisor;
      out.data[start + x] = value;
      if (value < low) low = value;
      if (value > high) high = value;
      total += value < 0 ? -value : value;
    }
  }
  return Object.assign(out, { low, high, total });
}

/**
 * Adds one kernel row's share to a row of outputs. The two common widths are written out, and at
 * stride 1 each pixel is read once and handed on from output to output: this loop is most of the
 * time that a filter takes.
 * @param {Float64Array} line
 * @param {Float64Array} data
 * @param {number} start
 * @param {number[]} weights
 * @param {number} stride
 */
function addRow(line, data, start, weights, stride) {
  const width = line.length;
  const [a, b, c, d, e] = weights;
  if (weights.length === 3 && stride === 1) {
    let p = data[start];
    let q = data[start + 1];
    for (let x = 0; x < width; x += 1) {
      const r = data[start + x + 2];
      line[x] += a * p + b * q + c * r;
      p = q;
      q = r;
    }
  } else if (weights.length === 5 && stride === 1) {
    let p = data[start];
    let q = data[start + 1];
    let r = data[start + 2];
    let t = data[start + 3];
    for (let x = 0; x < width; x += 1) {
      const u = data[start + x + 4];
      line[x] += a * p + b * q + c * r + d * t + e * u;
      p = q;
      q = r;
      r = t;
      t = u;
    }
  } else {
    weights.forEach((weight, tap) => {
      for (let x = 0, i = start + tap; x < width; x += 1, i += stride) line[x] += weight * data[i];
    });
  }
}

/**
 * A plane moved down and right; what leaves on one side comes in again on the other.
 * @param {Plane} plane
 * @param {number} down
 * @param {number} right
 */
export function shiftPlane({ data, height, width }, down, right) {
  const out = plane(height, width);
  for (let row = 0; row < height; row += 1) {
    const from = (((row - down) % height) + height) % height;
    for (let column = 0; column < width; column += 1) {
      out.data[row * width + column] = data[from * width + ((((column - right) % width) + width) % width)];
    }
  }
  return out;
}

/**
 * Windows of [height, width] pixels, each reduced to its "max" or its "average".
 * @param {Plane} source
 * @param {number[]} window
 * @param {number} stride
 * @param {string} kind
 */
export function poolPlane(source, [tall, wide], stride, kind) {
  const out = plane(Math.floor((source.height - tall) / stride) + 1, Math.floor((source.width - wide) / stride) + 1);
  for (let row = 0; row < out.height; row += 1) {
    for (let column = 0; column < out.width; column += 1) {
      let most = -Infinity;
      let sum = 0;
      for (let r = 0; r < tall; r += 1) {
        const start = (row * stride + r) * source.width + column * stride;
        for (let c = 0; c < wide; c += 1) {
          const value = source.data[start + c];
          sum += value;
          if (value > most) most = value;
        }
      }
      out.data[row * out.width + column] = kind === "max" ? most : sum / (tall * wide);
    }
  }
  return out;
}
