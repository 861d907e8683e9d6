// A small convolutional network, run in the page. Feature maps are planar: channel, row, column.
//
// A network is a list of nodes, each naming the nodes it reads, and one array of weights:
//   { op: "input", channels, height, width, scale, offset }        pixel · scale + offset
//   { op: "conv", name, from, in, out, size, pad, relu, bias, scale, at }    stride 1
//   { op: "pool", from, size }                                     maximum, stride = size, floor
//   { op: "add", name, from: [a, b], relu }
//   { op: "mean", from }                                           global average pooling
//   { op: "dense", from, in, out, bias, at }                       the last node: logits
// `at` is where the node's weights begin: a kernel as (out, in, row, column), a matrix as (out, in).
// `bias` has a number for each of `out`; so has `scale`, by which each filter is multiplied.

/** IEEE half-precision numbers, little-endian, in a DataView: what weights travel as. */
export function readHalves(view) {
  const out = new Float32Array(view.byteLength / 2);
  for (let i = 0; i < out.length; i += 1) {
    const half = view.getUint16(2 * i, true);
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
    out[i] = half & 32768 ? -size : size;
  }
  return out;
}

/** Single-precision numbers, little-endian, in a DataView. */
export function readSingles(view) {
  return Float32Array.from({ length: view.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

/** A network ready to run: shapes worked out, kernels laid out for the loops below. */
export function makeNetwork(nodes, weights) {
  const made = [];
  for (const node of nodes) {
    const source = made[Array.isArray(node.from) ? node.from[0] : node.from];
    const item = { ...node, ...shapeOf(node, source) };
    if (node.op === "conv") {
      const taps = node.in * node.size ** 2;
      item.kernel = weights.slice(node.at, node.at + node.out * taps);
      if (node.scale) item.kernel.forEach((v, i, all) => (all[i] = v * node.scale[Math.floor(i / taps)]));
      item.packed = packKernel(item.kernel, node.out, node.in, node.size);
    } else if (node.op === "dense") {
      item.matrix = weights.subarray(node.at, node.at + node.out * node.in);
    }
    made.push(item);
  }
  return made;
}

function shapeOf(node, source) {
  if (node.op === "input") return { channels: node.channels, height: node.height, width: node.width };
  const { channels, height, width } = source;
  if (node.op === "conv") {
    const shrink = 2 * node.pad + 1 - node.size;
    return { channels: node.out, height: height + shrink, width: width + shrink };
  }
  if (node.op === "pool") {
    return { channels, height: Math.floor(height / node.size), width: Math.floor(width / node.size) };
  }
  if (node.op === "mean") return { channels, height: 1, width: 1 };
  if (node.op === "dense") return { channels: node.out, height: 1, width: 1 };
  return { channels, height, width };
}

// Four filters at a time share every pixel that is read: their weights lie side by side. They are
// double precision, as all arithmetic is here: no number has to be converted on its way.
const FOUR = 4;

function packKernel(kernel, filters, channels, size) {
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

/** The kernel of the gradient: filters and channels change places, and each is turned by 180°. */
function turnedKernel({ kernel, in: channels, out: filters, size }) {
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

function convolve(maps, from, to, { packed, bias, size, pad, relu }) {
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

/** Each filter's 4×4 numbers: at a place, for a block of four filters, channel after channel. */
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

/** Three weights, `step` apart, become four numbers, `to` apart. */
function filterPart(source, at, step, target, start, to) {
  const a = source[at], b = source[at + step], c = source[at + 2 * step];
  target[start] = a;
  target[start + to] = (a + b + c) / 2;
  target[start + 2 * to] = (a - b + c) / 2;
  target[start + 3 * to] = c;
}

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

/** Every tile of 4×4 pixels, turned: at a place, for a pair of tiles, channel after channel. */
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

function turnTile(plane, corner, wide, seen, first, step) {
  for (let row = 0, at = first; row < 4; row += 1) {
    // The four turned rows are differences and sums of the tile's own.
    const plus = corner + (row === 0 ? 0 : row === 2 ? 2 : 1) * wide;
    const other = corner + (row === 0 || row === 1 ? 2 : row === 2 ? 1 : 3) * wide;
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

/** At one place: four filters times two tiles at once, summed over the channels in registers. */
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

/** Turns one filter's sums back into 2×2 outputs a tile. */
function writeTiles(sums, filter, pairs, columns, { height, width }, out, map, base, relu) {
  const step = pairs * 2 * FOUR;
  const put = (y, x, value) => {
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

/**
 * Runs a network on one picture, planar (channel, row, column), 0 to 1. Returns what every node
 * gives, in the order of the nodes; the last is the logits.
 */
export function runNetwork(network, pixels) {
  const given = [];
  for (const node of network) given.push(stepForward(network, node, given, pixels));
  return given;
}

function stepForward(network, node, given, pixels) {
  if (node.op === "input") return Float32Array.from(pixels, (v) => v * node.scale + node.offset);
  if (node.op === "add") {
    const [a, b] = node.from.map((i) => given[i]);
    return a.map((v, i) => (node.relu ? Math.max(0, v + b[i]) : v + b[i]));
  }
  const from = network[node.from];
  const maps = given[node.from];
  if (node.op === "conv") return convolve(maps, from, node, node);
  if (node.op === "pool") return poolForward(maps, from, node);
  if (node.op === "mean") return channelMeans(maps, from);
  const out = Float32Array.from(node.bias);
  for (let i = 0; i < node.out; i += 1) {
    for (let j = 0; j < node.in; j += 1) out[i] += node.matrix[i * node.in + j] * maps[j];
  }
  return out;
}

function channelMeans(maps, { channels, height, width }) {
  const area = height * width;
  return Float32Array.from({ length: channels }, (_, c) => {
    let sum = 0;
    for (let i = c * area; i < (c + 1) * area; i += 1) sum += maps[i];
    return sum / area;
  });
}

/** Calls visit(output, input) with the index of each window's largest input. */
function largest(maps, from, to, size, visit) {
  for (let c = 0; c < to.channels; c += 1) {
    for (let y = 0; y < to.height; y += 1) {
      for (let x = 0; x < to.width; x += 1) {
        let best = (c * from.height + y * size) * from.width + x * size;
        for (let dy = 0; dy < size; dy += 1) {
          for (let dx = 0; dx < size; dx += 1) {
            const i = (c * from.height + y * size + dy) * from.width + x * size + dx;
            if (maps[i] > maps[best]) best = i;
          }
        }
        visit((c * to.height + y) * to.width + x, best);
      }
    }
  }
}

function poolForward(maps, from, node) {
  const out = new Float32Array(node.channels * node.height * node.width);
  largest(maps, from, node, node.size, (o, i) => {
    out[o] = maps[i];
  });
  return out;
}

/** The gradient of one logit with respect to what node `target` gives. */
export function gradientAt(network, given, target, classIndex) {
  const last = network.length - 1;
  const gradients = network.map(() => null);
  gradients[last] = new Float32Array(network[last].out);
  gradients[last][classIndex] = 1;
  const give = (index, gradient) => {
    gradients[index] = gradients[index] ? gradients[index].map((v, i) => v + gradient[i]) : gradient;
  };
  for (let index = last; index > target; index -= 1) {
    if (gradients[index]) stepBackward(network, index, given, gradients[index], give);
  }
  return gradients[target];
}

function stepBackward(network, index, given, gradient, give) {
  const node = network[index];
  const open = node.relu ? gradient.map((v, i) => (given[index][i] > 0 ? v : 0)) : gradient;
  if (node.op === "add") {
    for (const from of node.from) give(from, open);
    return;
  }
  const from = network[node.from];
  const count = from.channels * from.height * from.width;
  if (node.op === "conv") {
    node.turned ??= turnedKernel(node);
    give(node.from, convolve(open, node, from,
      { packed: node.turned, size: node.size, pad: node.size - 1 - node.pad }));
  } else if (node.op === "pool") {
    const below = new Float32Array(count);
    largest(given[node.from], from, node, node.size, (o, i) => {
      below[i] += open[o];
    });
    give(node.from, below);
  } else if (node.op === "mean") {
    const area = from.height * from.width;
    give(node.from, Float32Array.from({ length: count }, (_, i) => open[Math.floor(i / area)] / area));
  } else if (node.op === "dense") {
    const below = new Float32Array(node.in);
    for (let i = 0; i < node.out; i += 1) {
      for (let j = 0; j < node.in; j += 1) below[j] += open[i] * node.matrix[i * node.in + j];
    }
    give(node.from, below);
  }
}

/** Grad-CAM of one class at one node: { data, height, width }, from 0 to 1; twin of explain.py. */
export function gradCamMap(network, given, target, classIndex) {
  const { channels, height, width } = network[target];
  const weights = channelMeans(gradientAt(network, given, target, classIndex), network[target]);
  const area = height * width;
  const data = new Float32Array(area);
  for (let c = 0; c < channels; c += 1) {
    for (let i = 0; i < area; i += 1) data[i] += weights[c] * given[target][c * area + i];
  }
  let most = 0;
  for (let i = 0; i < area; i += 1) {
    data[i] = Math.max(0, data[i]);
    most = Math.max(most, data[i]);
  }
  return { data: data.map((v) => v / (most + 1e-8)), height, width };
}

/** Probabilities from logits. */
export function softmax(logits) {
  const most = Math.max(...logits);
  const powers = Array.from(logits, (v) => Math.exp(v - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((v) => v / sum);
}
