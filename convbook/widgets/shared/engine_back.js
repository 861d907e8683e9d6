// Backwards through the engine's network: the gradient of logits by what any node gave.

import { BIG, allot, fill8, panelsOf, placeOf, spreadOut } from "./layout.js";

/** @typedef {import("./engine.js").EngineNetwork} EngineNetwork */
/** @typedef {import("./engine.js").Plan} Plan */
/** @typedef {import("./layout.js").Place} Place */

/**
 * A kernel as the gradient wants it: filters and channels change places, taps turned by 180 degrees.
 * @param {Float32Array} kernel (filter, channel, tap)
 * @param {number} filters
 * @param {number} channels
 * @param {number} taps
 */
function turned(kernel, filters, channels, taps) {
  const out = new Float32Array(kernel.length);
  for (let f = 0; f < filters; f += 1) {
    for (let c = 0; c < channels; c += 1) {
      const [to, from] = [(c * filters + f + 1) * taps - 1, (f * channels + c) * taps];
      for (let t = 0; t < taps; t += 1) out[to - t] = kernel[from + t];
    }
  }
  return out;
}

/**
 * A function (index, upstream) that returns where the gradient by what node `index` gave lies.
 * Everything that only going backwards needs is made when it is first needed.
 * @param {EngineNetwork} network
 */
export function gradientOf(network) {
  const { machine, plans } = network;
  const { kernels: x } = machine;
  /** @type {(Place | undefined)[]} */
  const gradients = [];
  /** @type {number[]} */
  const kernels = [];
  /** @type {Set<number>} */
  let reached = new Set();
  const most = Math.max(...plans.map(({ place }) => place.size));
  /** @type {number | undefined} */
  let open;
  /** @type {number | undefined} */
  let spare;
  // No biases, for as many filters as a row of the widest map has numbers.
  const none = machine.floats(Math.max(...plans.map(({ place: { width, step } }) => width * fill8(step))));
  const wide = { at: 0, size: 0 };

  /** The place of a node's gradient, and whether something lies there already. @param {number} index */
  function give(index) {
    const { node, place } = plans[index];
    let to = gradients[index];
    if (!to) {
      to = gradients[index] = placeOf(node, fill8(node.channels), place.border);
      allot(machine, to);
    }
    const added = reached.has(index);
    reached.add(index);
    return { to, added };
  }

  /** Where contributions are added up, cleared before the first. @param {number} index */
  function cleared(index) {
    const { to, added } = give(index);
    if (!added) machine.view(to.base, to.size).fill(0);
    return to;
  }

  /** The weights that take gradients back through a node. @param {number} index */
  function kernelOf(index) {
    if (kernels[index]) return kernels[index];
    const { node, place, from } = plans[index];
    const source = plans[from[0]];
    const kernel = network.weights(index);
    if (node.op === "depthwise") {
      const taps = node.size ** 2;
      const out = new Float32Array(taps * place.step);
      for (let c = 0; c < node.out; c += 1) {
        for (let t = 0; t < taps; t += 1) out[(taps - 1 - t) * place.step + c] = kernel[c * taps + t];
      }
      return (kernels[index] = machine.put(out));
    }
    if (node.op === "dense") {
      return (kernels[index] = machine.put(denseBack(kernel, node.out, source.node, place.step)));
    }
    const taps = node.size ** 2;
    const back = turned(kernel, node.out, node.in, taps);
    const packed = machine.put(panelsOf(back, node.in, node.out, taps, place.step));
    if (!plans[index].winograd) return (kernels[index] = packed);
    kernels[index] = machine.floats(16 * place.step * fill8(node.in));
    x.winograd_kernel(packed, place.step, fill8(node.in), kernels[index]);
    return kernels[index];
  }

  /** @param {number} index @param {number} gradient its base, past the node's ReLU */
  function convolveBack(index, gradient) {
    const plan = plans[index];
    const { node, place } = plan;
    const kernel = kernelOf(index);
    if (node.op === "depthwise") {
      depthwiseBack(plan, kernel, gradient);
      return;
    }
    const { corner, row } = spreadOut(machine, wide, node, place, plans[plan.from[0]].place, gradient);
    const { to, added } = give(plan.from[0]);
    const onto = added ? to.at : 0;
    if (plan.winograd) {
      x.winograd(corner, row, place.step, to.height, to.width, kernel, none, to.step, -BIG, BIG, onto, to.at, to.row,
        network.scratch.seen, network.scratch.sums);
    } else {
      x.conv(corner, row, place.step, row, node.size, node.size * place.step, kernel, none, to.step, -BIG, BIG,
        to.height, to.width, onto, to.at, to.step, to.row);
    }
  }

  /** @param {Plan} plan @param {number} kernel @param {number} gradient */
  function depthwiseBack({ node, place, from }, kernel, gradient) {
    const { to, added } = give(from[0]);
    const into = added ? (spare ??= machine.floats(most)) : to.base;
    const at = gradient + 4 * place.border * (place.row + place.step);
    const { size, stride = 1, pad } = node;
    const given = stride === 1 ? { corner: at, row: place.row, height: place.height, width: place.width }
      : spreadOut(machine, wide, node, place, to, gradient);
    x.depthwise(given.corner, given.row, to.ring, given.height, given.width, size, 1, stride === 1 ? size - 1 - pad : 0,
      kernel, none, to.step, 0, to.height, to.width, -BIG, BIG, into + to.at - to.base, to.row);
    if (added) x.add(into, to.base, -BIG, BIG, to.size, to.base);
  }

  /** @param {number} index @param {number} gradient */
  function denseBackward(index, gradient) {
    const { place, from } = plans[index];
    const kernel = kernelOf(index);
    const to = cleared(from[0]);
    const line = to.width * to.step;
    for (let y = 0; y < to.height; y += 1) {
      const row = to.at + 4 * y * to.row;
      x.conv(gradient, 0, 0, 0, 1, place.step, kernel + 4 * y * line * place.step, none, line, -BIG, BIG, 1, 1,
        row, row, line, 0);
    }
  }

  /** One class of the last layer: its weights are the gradient. @param {number} index @param {number} chosen */
  function oneRow(index, chosen) {
    const { node, from } = plans[index];
    const { channels, height, width } = plans[from[0]].node;
    const to = cleared(from[0]);
    const area = height * width;
    const scale = node.scale ? node.scale[chosen] : 1;
    const first = node.at + chosen * node.in;
    const out = machine.view(to.at, (height - 1) * to.row + width * to.step);
    for (let c = 0; c < channels; c += 1) {
      for (let i = 0; i < area; i += 1) {
        out[Math.floor(i / width) * to.row + (i % width) * to.step + c] = network.all[first + c * area + i] * scale;
      }
    }
  }

  /** @param {number} index */
  function stepBack(index) {
    const { node, place, from, high } = plans[index];
    const own = /** @type {Place} */ (gradients[index]);
    let gradient = own.base;
    if (node.relu) {
      network.whole(index);
      open ??= machine.floats(most);
      x.gate(gradient, place.base, high, place.size, open);
      gradient = open;
    }
    const at = gradient + own.at - own.base;
    if (node.op === "conv" || node.op === "depthwise") convolveBack(index, gradient);
    else if (node.op === "dense") denseBackward(index, at);
    else if (node.op === "add") {
      for (const source of from) {
        const to = cleared(source);
        x.add(gradient, to.base, -BIG, BIG, to.size, to.base);
      }
    } else if (node.op === "mean") {
      const to = cleared(from[0]);
      x.spread(at, 1 / (to.height * to.width), to.height, to.width, to.step, to.at, to.row);
    } else if (node.op === "pool") {
      const source = plans[from[0]].place;
      const to = cleared(from[0]);
      x.unpool(source.at, source.row, node.size, node.stride ?? node.size, at, own.row, own.height, own.width, own.step,
        to.at, to.row);
    }
  }

  return (/** @type {number} */ target, /** @type {number | ArrayLike<number>} */ upstream) => {
    const last = plans.length - 1;
    reached = new Set();
    if (typeof upstream === "number" && plans[last].node.op === "dense" && target < last) oneRow(last, upstream);
    else {
      const to = cleared(last);
      if (typeof upstream === "number") machine.view(to.at, to.step)[upstream] = 1;
      else machine.view(to.at, to.step).set(upstream);
      if (target < last) stepBack(last);
    }
    for (let index = last - 1; index > target; index -= 1) if (reached.has(index)) stepBack(index);
    return cleared(target);
  };
}

/**
 * A matrix (out, channel, row, column) in panels for the way back: (row, column, channel) / 8, out, 8.
 * @param {Float32Array} matrix
 * @param {number} outputs
 * @param {import("./nodes.js").Shape} source
 * @param {number} step
 */
function denseBack(matrix, outputs, { channels, height, width }, step) {
  const wide = fill8(channels);
  const area = height * width;
  const out = new Float32Array(area * wide * step);
  for (let o = 0; o < outputs; o += 1) {
    for (let c = 0; c < channels; c += 1) {
      for (let i = 0; i < area; i += 1) {
        const filter = i * wide + c;
        out[(filter >> 3) * 8 * step + o * 8 + (filter & 7)] = matrix[(o * channels + c) * area + i];
      }
    }
  }
  return out;
}
