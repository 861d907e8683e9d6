// One run of the training lab on the engine: its network, its batches, and what there is to see of it.
// Runs in a worker or on the page's thread. convbook/widgets/_training.py draws the same numbers.

import { randomFrom, shuffled } from "./chance.js";
import { newNetwork } from "./new_network.js";
import { softmax } from "./nodes.js";
import { trainerOn } from "./trainer_on.js";
import { CLASSES, DIGIT_AREA, DIGIT_SIDE, chainOf, stepsPerEpoch } from "./training_network.js";

/** @typedef {import("./training_network.js").Settings} Settings */
/** @typedef {{ images: Uint8Array, labels: Uint8Array, train: number }} Digits */

/**
 * A place of the curves: loss and accuracy in inference mode, of training and validation digits.
 * @typedef {{ step: number, loss: number, accuracy: number, validationLoss: number,
 *   validationAccuracy: number }} Point
 */
/** @typedef {{ digit: number, label: number, guess: number, loss: number }} Mistake */
/** @typedef {{ digit: number, layer: number }} Look which validation digit, which convolution */
/** @typedef {ReturnType<Session["report"]>} Report */

/** Training digits that the curve of the training loss is measured on. */
const MEASURED = 360;
const MISTAKES = 8;
const EVALUATED = 64;

export class Session {
  /**
   * @param {WebAssembly.Module | null} module
   * @param {Settings} settings
   * @param {Digits} digits
   */
  constructor(module, settings, { images, labels, train }) {
    this.settings = settings;
    const pixels = Float32Array.from(images, (v) => v / 255);
    this.images = pixels.subarray(0, settings.examples * DIGIT_AREA);
    this.labels = noisy(labels.subarray(0, settings.examples), settings);
    this.unseen = { images: pixels.subarray(train * DIGIT_AREA), labels: [...labels.subarray(train)] };
    const { nodes, weights } = newNetwork(chainOf(settings), settings.seed);
    this.nodes = nodes;
    const scaled = weights.map((v) => v * settings.weight_scale);
    const batch = Math.max(settings.batch_size, EVALUATED);
    this.trainer = trainerOn(module, nodes, scaled, { batch, seed: settings.seed });
    this.trainer.optimise({ kind: settings.optimiser, rate: settings.rate });
    this.epochSteps = stepsPerEpoch(settings);
    this.every = Math.max(1, Math.round(this.epochSteps / 4));
    this.step = 0;
    /** @type {number[]} */
    this.order = [];
    this.shift = randomFrom(settings.seed + 7919);
    /** The step whose loss was no number, or 0. */
    this.broken = 0;
    /** @type {Mistake[]} */
    this.mistakes = [];
    this.points = [this.measure()];
    /** @type {{ index: number, name: string, size: number }[]} */
    this.gradients = [];
  }

  /**
   * Trains for `steps`, or until `milliseconds` have passed or the loss is no number.
   * @param {number} steps
   * @param {number} milliseconds
   * @param {Look} look
   */
  advance(steps, milliseconds, look) {
    const end = performance.now() + milliseconds;
    /** @type {Point[]} */
    const points = [];
    /** @type {number[]} */
    const losses = [];
    for (let done = 0; done < steps && !this.broken && performance.now() < end; done += 1) {
      const { images, labels } = this.batch();
      const { loss } = this.trainer.step(images, labels);
      this.step += 1;
      losses.push(loss);
      if (!Number.isFinite(loss)) this.broken = this.step;
      else if (this.step % this.every === 0) points.push(this.measure());
    }
    if (losses.length > 0 && !this.broken) this.gradients = this.trainer.gradientSizes();
    return this.report(look, points, losses);
  }

  /** The next batch; each epoch has its own order. */
  batch() {
    const { batch_size: size, seed, augmentation } = this.settings;
    const at = this.step % this.epochSteps;
    if (at === 0) {
      const epoch = this.step / this.epochSteps;
      this.order = shuffled([...this.labels.keys()], seed * 1000 + epoch);
    }
    const chosen = this.order.slice(at * size, (at + 1) * size);
    const images = new Float32Array(chosen.length * DIGIT_AREA);
    chosen.forEach((n, i) => {
      const image = this.images.subarray(n * DIGIT_AREA, (n + 1) * DIGIT_AREA);
      images.set(augmentation ? moved(image, this.shift) : image, i * DIGIT_AREA);
    });
    return { images, labels: chosen.map((n) => this.labels[n]) };
  }

  /** Loss and accuracy now. */
  measure() {
    const count = Math.min(MEASURED, this.labels.length);
    const seen = this.trainer.evaluate(this.images.subarray(0, count * DIGIT_AREA), this.labels.slice(0, count));
    const { labels } = this.unseen;
    const fresh = this.trainer.evaluate(this.unseen.images, labels);
    this.mistakes = labels.map((label, digit) => ({ digit, label, guess: fresh.guesses[digit],
      loss: fresh.losses[digit] }))
      .filter(({ label, guess }) => label !== guess).sort((a, b) => b.loss - a.loss).slice(0, MISTAKES);
    return { step: this.step, loss: seen.loss, accuracy: seen.accuracy, validationLoss: fresh.loss,
      validationAccuracy: fresh.accuracy };
  }

  /**
   * What there is to see now; `points` and `losses` are those since the last report.
   * @param {Look} look
   * @param {Point[]} points
   * @param {number[]} losses
   */
  report({ digit, layer }, points = this.points, losses = /** @type {number[]} */ ([])) {
    const logits = this.trainer.predict(this.unseen.images.subarray(digit * DIGIT_AREA, (digit + 1) * DIGIT_AREA));
    const shown = Math.min(layer, this.settings.depth);
    const node = this.nodes.findIndex(({ gives }) => gives === shown);
    const { height } = this.trainer.layers[node].node;
    return { digit, step: this.step, points, losses, broken: this.broken, mistakes: this.mistakes,
      gradients: this.gradients, kernels: this.trainer.weights(1), layer: shown,
      maps: { data: this.trainer.values(node), side: height }, probabilities: softmax(logits) };
  }
}

/**
 * The labels, of which a share is replaced by another class.
 * @param {Uint8Array} labels
 * @param {Settings} settings
 */
function noisy(labels, { label_noise: share, seed }) {
  const draw = randomFrom(seed + 104729);
  return Array.from(labels, (label) =>
    (draw() < share ? (label + 1 + Math.floor(draw() * (CLASSES - 1))) % CLASSES : label));
}

/**
 * An image moved by at most a pixel each way; black comes in.
 * @param {Float32Array} image
 * @param {() => number} draw
 */
function moved(image, draw) {
  const [down, right] = [Math.floor(draw() * 3) - 1, Math.floor(draw() * 3) - 1];
  const inside = (/** @type {number} */ v) => v >= 0 && v < DIGIT_SIDE;
  return image.map((_, i) => {
    const [row, column] = [Math.floor(i / DIGIT_SIDE) - down, (i % DIGIT_SIDE) - right];
    return inside(row) && inside(column) ? image[row * DIGIT_SIDE + column] : 0;
  });
}
