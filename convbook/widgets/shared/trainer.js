// Training in the page, on the kernels of engine/train.c; what it computes is what convbook.nn computes.
//
// How a widget uses it (training_engine.js opens the machine, in a worker or on the page's thread):
//
//   const { nodes, weights } = newNetwork([{ op: "input", channels: 1, height: 8, width: 8 },
//     { op: "conv", out: 8, size: 3, pad: 1 }, { op: "bn", relu: true }, { op: "pool", size: 2 },
//     { op: "dense", out: 10 }], seed);                      // He's weights, or take Python's
//   const trainer = new Trainer(machine, nodes, weights, { batch: 64, seed });
//   trainer.optimise({ kind: "adam", rate: 0.01 });          // sgd, momentum or adam; any time anew
//   trainer.step(images, labels);                            // { loss, right }: before its step
//   trainer.evaluate(images, labels);                        // { loss, accuracy, losses, guesses }
//   trainer.predict(images);                                 // logits (image, class)
//   trainer.values(index, image)                             // of the last step or prediction
//   trainer.weights(index), trainer.parameters(index)        // as nodes.js orders them
//   trainer.gradientSizes()                                  // of each node's weights, root mean square
//   trainer.save(), trainer.restore(saved)                   // everything that a step changes
//
// `images` are numbers from 0 to 1, (image, channel, row, column), at most `batch` of them in a step;
// `labels` whole numbers. Beside the nodes of nodes.js there are
//   { op: "bn", from, relu, momentum, epsilon, gamma, beta, mean, variance }   lists, a number a channel
//   { op: "dropout", from, rate }
// and a convolution's `bias: false` leaves its bias out. There is no `ceiling` and no `depthwise`.

import { allot, bordersOf, fill8, kernelFrom, panelsOf, placeOf } from "./layout.js";
import { nodeShapes, scaledWeights, weightCount } from "./nodes.js";
import { randomFrom } from "./chance.js";
import { goBack } from "./trainer_back.js";
import { layerForward } from "./trainer_forward.js";

/** @typedef {import("./machine.js").Machine} Machine */
/** @typedef {import("./nodes.js").NodeDescription} NodeDescription */
/** @typedef {import("./layout.js").Place} Place */

/**
 * @typedef {object} Layer
 * @property {NodeDescription & import("./nodes.js").Shape} node
 * @property {number[]} from
 * @property {Place} place
 * @property {Place} gradient
 * @property {Record<string, { at: number, count: number }>} own offsets of its parameters, in floats
 * @property {number} [turned]
 * @property {number} [mask]
 * @property {number} [mean]
 * @property {number} [scale]
 * @property {{ mean: Float32Array, variance: Float32Array }} [moving]
 */

/**
 * @typedef {{ kind: string, rate: number, momentum?: number, beta1?: number, beta2?: number, epsilon?: number,
 *   decay?: number }} Optimiser
 */

export class Trainer {
  /**
   * @param {Machine} machine a new one, with the kernels of train.c
   * @param {NodeDescription[]} nodes
   * @param {Float32Array} weights
   * @param {{ batch?: number, seed?: number }} options `seed` is for dropout
   */
  constructor(machine, nodes, weights, { batch = 32, seed = 1 } = {}) {
    this.machine = machine;
    this.batch = batch;
    this.steps = 0;
    this.draw = randomFrom(seed);
    const shapes = nodeShapes(nodes);
    const backs = nodes.map(({ op, size, stride = 1, pad, padEnd = pad }) =>
      (op === "conv" && stride === 1 ? Math.max(0, size - 1 - pad, size - 1 - padEnd) : 0));
    const borders = bordersOf(nodes, backs);
    /** @type {Layer[]} */
    this.layers = nodes.map((node, i) => {
      const from = [node.from ?? []].flat();
      const step = node.op === "input" ? node.channels : fill8(shapes[i].channels);
      const place = placeOf(shapes[i], step, borders[i]);
      return { node: { ...node, ...shapes[i] }, from, place, gradient: { ...place }, own: {} };
    });
    this.layers.forEach(({ place }) => allot(machine, place, batch));
    this.firstGradient = machine.top;
    this.layers.slice(1).forEach(({ gradient }) => allot(machine, gradient, batch));
    this.gradientSize = (machine.top - this.firstGradient) / 4;
    this.scratch = { at: 0, size: 0 };
    const lines = this.layers.map(({ place: { width, step } }) => width * fill8(step));
    this.none = machine.floats(Math.max(...lines));
    const { count, decayed } = this.reserve();
    this.count = count;
    this.decayed = decayed;
    // All parameters lie in one block, their gradients and what an optimiser remembers in others.
    this.all = machine.floats(count);
    this.slopes = machine.floats(count);
    this.first = machine.floats(count);
    this.second = machine.floats(count);
    this.fillParameters(weights);
    /** @type {Optimiser} */
    this.optimiser = { kind: "sgd", rate: 0.01 };
    this.present = 0;
  }

  /** Says where in their block the parameters lie: kernels first, which alone decay. */
  reserve() {
    let count = 0;
    const take = (/** @type {Layer} */ layer, /** @type {string} */ name, /** @type {number} */ size) => {
      layer.own[name] = { at: count, count: size };
      count += size;
    };
    for (const layer of this.layers) {
      if (layer.node.op !== "conv" && layer.node.op !== "dense") continue;
      take(layer, "kernel", this.taps(layer) * this.layers[layer.from[0]].place.step * layer.place.step);
      layer.turned = this.machine.floats(layer.own.kernel.count);
    }
    const decayed = count;
    for (const layer of this.layers) {
      const { node, place } = layer;
      if (layer.own.kernel && node.bias !== false) take(layer, "bias", place.step);
      if (node.op !== "bn") continue;
      for (const name of ["gamma", "beta"]) take(layer, name, place.step);
      layer.mean = this.machine.floats(place.step);
      layer.scale = this.machine.floats(place.step);
    }
    return { count, decayed };
  }

  /** @param {Layer} layer */
  taps({ node, from }) {
    const source = this.layers[from[0]].node;
    return node.op === "dense" ? source.height * source.width : node.size ** 2;
  }

  /** @param {Float32Array} weights */
  fillParameters(weights) {
    for (const layer of this.layers) {
      const { node, from, own } = layer;
      const set = (/** @type {string} */ name, /** @type {ArrayLike<number>} */ values) =>
        this.machine.view(this.all + 4 * own[name].at, values.length).set(values);
      if (own.kernel) {
        const { place, node: { channels } } = this.layers[from[0]];
        set("kernel", panelsOf(scaledWeights(node, weights), node.out, channels, this.taps(layer), place.step));
      }
      if (own.bias) set("bias", node.bias);
      if (node.op !== "bn") continue;
      const list = (/** @type {string} */ name, /** @type {number} */ value) =>
        Float32Array.from(node[name] ?? Array(node.channels).fill(value));
      set("gamma", list("gamma", 1));
      set("beta", list("beta", 0));
      layer.moving = { mean: list("mean", 0), variance: list("variance", 1) };
    }
  }

  /** @param {Layer} layer @param {string} name */
  parameter(layer, name) {
    return name in layer.own ? this.all + 4 * layer.own[name].at : this.none;
  }

  /** @param {Layer} layer @param {string} name */
  slope(layer, name) {
    return this.slopes + 4 * layer.own[name].at;
  }

  /**
   * Chooses how a gradient becomes a step; what an earlier optimiser remembered is forgotten.
   * @param {Optimiser} optimiser
   */
  optimise(optimiser) {
    this.optimiser = optimiser;
    this.steps = 0;
    for (const block of [this.first, this.second]) this.machine.view(block, this.count).fill(0);
  }

  /**
   * One step of gradient descent. A loss that is not finite changes nothing more: say so.
   * @param {ArrayLike<number>} images
   * @param {ArrayLike<number>} labels
   */
  step(images, labels) {
    this.forward(images, labels.length, true);
    const { loss, right, upstream } = this.loss(labels);
    if (Number.isFinite(loss)) {
      goBack(this, upstream, labels.length);
      this.descend();
    }
    return { loss, right };
  }

  /**
   * @param {ArrayLike<number>} images
   * @param {number} count
   * @param {boolean} training
   */
  forward(images, count, training) {
    if (count > this.batch) throw new RangeError(`${count} images, but this trainer has room for ${this.batch}`);
    this.present = count;
    this.enter(images, count);
    for (const layer of this.layers.slice(1)) layerForward(this, layer, count, training);
  }

  /** @param {ArrayLike<number>} images @param {number} count */
  enter(images, count) {
    const { node: { channels, height, width, scale = 1, offset = 0 }, place } = this.layers[0];
    const to = this.machine.view(place.base, place.size * count);
    const first = (place.at - place.base) / 4;
    let i = 0;
    for (let n = 0; n < count; n += 1) {
      for (let c = 0; c < channels; c += 1) {
        for (let y = 0; y < height; y += 1) {
          const row = n * place.size + first + y * place.row + c;
          for (let x = 0; x < width; x += 1, i += 1) to[row + x * place.step] = images[i] * scale + offset;
        }
      }
    }
  }

  /** Logits (image, class) of the last forward pass. */
  logits() {
    const { node: { channels }, place } = this.layers[this.layers.length - 1];
    const count = this.present;
    const from = this.machine.view(place.at, count * place.size);
    return Float32Array.from({ length: count * channels },
      (_, i) => from[Math.floor(i / channels) * place.size + (i % channels)]);
  }

  /**
   * Cross-entropy of the last forward pass, in nats, and its gradient by the logits.
   * @param {ArrayLike<number>} labels
   */
  loss(labels) {
    const logits = this.logits();
    const classes = logits.length / labels.length;
    const upstream = new Float32Array(logits.length);
    const losses = new Float64Array(labels.length);
    const guesses = new Uint8Array(labels.length);
    for (let n = 0; n < labels.length; n += 1) {
      const row = logits.subarray(n * classes, (n + 1) * classes);
      const most = row.reduce((a, b) => Math.max(a, b), -Infinity);
      const powers = Array.from(row, (v) => Math.exp(v - most));
      const sum = powers.reduce((a, b) => a + b, 0);
      losses[n] = Math.log(sum) - (row[labels[n]] - most);
      guesses[n] = row.indexOf(most);
      powers.forEach((v, k) => {
        upstream[n * classes + k] = (v / sum - Number(k === labels[n])) / labels.length;
      });
    }
    const right = guesses.reduce((sum, guess, n) => sum + Number(guess === labels[n]), 0);
    return { loss: losses.reduce((a, b) => a + b, 0) / labels.length, right, losses, guesses, upstream };
  }

  /** The optimiser's step, on all parameters at once. */
  descend() {
    const { kernels: x } = this.machine;
    const { kind, rate, momentum = kind === "momentum" ? 0.9 : 0, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8,
      decay = 0 } = this.optimiser;
    this.steps += 1;
    for (const [from, to, share] of [[0, this.decayed, decay], [this.decayed, this.count, 0]]) {
      const [w, g, m, v] = [this.all, this.slopes, this.first, this.second].map((block) => block + 4 * from);
      if (kind === "adam") {
        x.adam(w, g, m, v, to - from, rate, 1 - beta1, 1 - beta2, epsilon, 1 - beta1 ** this.steps,
          1 - beta2 ** this.steps, share);
      } else x.sgd(w, g, m, to - from, rate, momentum, share);
    }
  }

  /** @param {ArrayLike<number>} images @param {number} [count] */
  predict(images, count = images.length / this.imageSize()) {
    return this.inBatches(images, count, () => this.logits());
  }

  imageSize() {
    const { channels, height, width } = this.layers[0].node;
    return channels * height * width;
  }

  /**
   * Runs `each(first)` after the forward pass, in inference, of each batch; joins what it returns.
   * @param {ArrayLike<number>} images
   * @param {number} count
   * @param {(first: number, size: number) => Float32Array} each
   */
  inBatches(images, count, each) {
    const size = this.imageSize();
    const all = Float32Array.from(images);
    /** @type {Float32Array[]} */
    const parts = [];
    for (let first = 0; first < count; first += this.batch) {
      const some = Math.min(this.batch, count - first);
      this.forward(all.subarray(first * size, (first + some) * size), some, false);
      parts.push(each(first, some));
    }
    const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  /**
   * Loss and accuracy in inference; the loss and the guess of each image too.
   * @param {ArrayLike<number>} images
   * @param {ArrayLike<number>} labels
   */
  evaluate(images, labels) {
    const given = Array.from(labels);
    const guesses = new Uint8Array(given.length);
    const losses = this.inBatches(images, given.length, (first, size) => {
      const found = this.loss(given.slice(first, first + size));
      guesses.set(found.guesses, first);
      return Float32Array.from(found.losses);
    });
    const right = guesses.reduce((sum, guess, n) => sum + Number(guess === given[n]), 0);
    const loss = losses.reduce((a, b) => a + b, 0) / given.length;
    return { loss, accuracy: right / given.length, losses, guesses };
  }

  /**
   * What a node gave for one image of the last batch, (channel, row, column).
   * @param {number} index
   * @param {number} image
   */
  values(index, image = 0) {
    const { node: { channels, height, width }, place } = this.layers[index];
    const from = this.machine.view(place.at + 4 * image * place.size, (height - 1) * place.row + width * place.step);
    const area = height * width;
    return Float32Array.from({ length: channels * area }, (_, i) =>
      from[Math.floor((i % area) / width) * place.row + (i % width) * place.step + Math.floor(i / area)]);
  }

  /** A node's weights (out, in, row, column). @param {number} index */
  weights(index) {
    const layer = this.layers[index];
    const { place, node } = this.layers[layer.from[0]];
    const panels = this.machine.view(this.parameter(layer, "kernel"), layer.own.kernel.count);
    return kernelFrom(panels, layer.node.out, node.channels, this.taps(layer), place.step);
  }

  /** A node's other parameters, a list each: bias, gamma, beta, mean, variance. @param {number} index */
  parameters(index) {
    const layer = this.layers[index];
    const names = Object.keys(layer.own).filter((name) => name !== "kernel");
    const lists = names.map((name) =>
      [name, [...this.machine.view(this.parameter(layer, name), layer.node.channels)]]);
    const moving = Object.entries(layer.moving ?? {}).map(([name, values]) => [name, [...values]]);
    return /** @type {Record<string, number[]>} */ (Object.fromEntries([...lists, ...moving]));
  }

  /** How large the gradient of each node's weights was in the last step: the root of its mean square. */
  gradientSizes() {
    return this.layers.flatMap((layer, index) => {
      if (!layer.own.kernel) return [];
      const slopes = this.machine.view(this.slope(layer, "kernel"), layer.own.kernel.count);
      const sum = slopes.reduce((total, v) => total + v * v, 0);
      return [{ index, name: layer.node.name ?? layer.node.op, size: Math.sqrt(sum / weightCount(layer.node)) }];
    });
  }

  /** A copy of everything that a step changes. */
  save() {
    const blocks = [this.all, this.first, this.second].map((at) => this.machine.view(at, this.count).slice());
    const moving = this.layers.map((layer) =>
      layer.moving && { mean: layer.moving.mean.slice(), variance: layer.moving.variance.slice() });
    return { blocks, moving, steps: this.steps, optimiser: this.optimiser };
  }

  /** @param {ReturnType<Trainer["save"]>} saved */
  restore({ blocks, moving, steps, optimiser }) {
    [this.all, this.first, this.second].forEach((at, i) => this.machine.view(at, this.count).set(blocks[i]));
    this.layers.forEach((layer, i) => (layer.moving = moving[i] &&
      { mean: moving[i].mean.slice(), variance: moving[i].variance.slice() }));
    Object.assign(this, { steps, optimiser });
  }
}
