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

// Four filters at a time share every pixel that is read: their weights lie side by side.
const FOUR = 4;

function packKernel(kernel, filters, channels, size) {
  const blocks = Math.ceil(filters / FOUR);
  const taps = channels * size * size;
  const packed = new Float32Array(blocks * taps * FOUR);
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
  const padded = new Float32Array(channels * (height + 2 * pad) * wide + 3);
  for (let c = 0; c < channels; c += 1) {
    for (let y = 0; y < height; y += 1) {
      const from = (c * height + y) * width;
      padded.set(maps.subarray(from, from + width), (c * (height + 2 * pad) + y + pad) * wide + pad);
    }
  }
  return { padded, wide, tall: height + 2 * pad };
}

function convolve(maps, from, to, { packed, bias, size, pad, relu }) {
  const { padded, wide, tall } = padMaps(maps, from.channels, from.height, from.width, pad);
  const out = new Float32Array(to.channels * to.height * to.width);
  const run = size === 3 ? rowOfThree : rowOfAny;
  const sums = new Float64Array(FOUR * (to.width + 1));
  for (let block = 0; block * FOUR < to.channels; block += 1) {
    for (let y = 0; y < to.height; y += 1) {
      run(padded, wide, tall, from.channels, packed, block, y, to.width, size, sums);
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

/** One row of outputs of four 3×3 filters, two pixels at a time, their sums kept in registers. */
function rowOfThree(padded, wide, tall, channels, packed, block, y, width, size, sums) {
  for (let x = 0; x < width; x += 2) {
    let a0 = 0, a1 = 0, a2 = 0, a3 = 0, b0 = 0, b1 = 0, b2 = 0, b3 = 0;
    let w = block * channels * 36;
    for (let c = 0; c < channels; c += 1) {
      let at = (c * tall + y) * wide + x;
      for (let row = 0; row < 3; row += 1, at += wide, w += 12) {
        const p = padded[at], q = padded[at + 1], r = padded[at + 2], s = padded[at + 3];
        a0 += p * packed[w] + q * packed[w + 4] + r * packed[w + 8];
        a1 += p * packed[w + 1] + q * packed[w + 5] + r * packed[w + 9];
        a2 += p * packed[w + 2] + q * packed[w + 6] + r * packed[w + 10];
        a3 += p * packed[w + 3] + q * packed[w + 7] + r * packed[w + 11];
        b0 += q * packed[w] + r * packed[w + 4] + s * packed[w + 8];
        b1 += q * packed[w + 1] + r * packed[w + 5] + s * packed[w + 9];
        b2 += q * packed[w + 2] + r * packed[w + 6] + s * packed[w + 10];
        b3 += q * packed[w + 3] + r * packed[w + 7] + s * packed[w + 11];
      }
    }
    const i = x * FOUR;
    sums[i] = a0; sums[i + 1] = a1; sums[i + 2] = a2; sums[i + 3] = a3;
    sums[i + 4] = b0; sums[i + 5] = b1; sums[i + 6] = b2; sums[i + 7] = b3;
  }
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
    give(node.from, convolve(open, node, from, { packed: node.turned, size: node.size, pad: node.size - 1 - node.pad }));
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
