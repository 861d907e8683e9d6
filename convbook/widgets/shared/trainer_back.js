// Backwards through a network in training: the gradients of its parameters for one batch.

import { BIG, spreadOut } from "./layout.js";

/** @typedef {import("./trainer.js").Trainer} Trainer */
/** @typedef {import("./trainer.js").Layer} Layer */
/** @typedef {import("./layout.js").Place} Place */

/**
 * Fills the trainer's block of slopes, after a forward pass in training.
 * @param {Trainer} trainer
 * @param {Float32Array} upstream gradient of the loss by the logits (image, class)
 * @param {number} count
 */
export function goBack(trainer, upstream, count) {
  const { machine, layers } = trainer;
  machine.view(trainer.slopes, trainer.count).fill(0);
  machine.view(trainer.firstGradient, trainer.gradientSize).fill(0);
  const { node: { channels }, gradient } = layers[layers.length - 1];
  const last = machine.view(gradient.at, count * gradient.size);
  upstream.forEach((v, i) => (last[Math.floor(i / channels) * gradient.size + (i % channels)] = v));
  for (const layer of layers.slice(1).reverse()) layerBack(trainer, layer, count);
}

/** @param {Trainer} trainer @param {Layer} layer @param {number} count */
function layerBack(trainer, layer, count) {
  const { kernels: x } = trainer.machine;
  const { node, place, gradient, from } = layer;
  const numbers = count * place.size;
  if (node.relu) x.gate(gradient.base, place.base, BIG, numbers, gradient.base);
  const source = trainer.layers[from[0]];
  const wanted = from[0] > 0; // nobody asks for the gradient by the images
  if (node.op === "dense") denseGradient(trainer, layer, source, count, wanted);
  else if (node.op === "conv") convBack(trainer, layer, source, count, wanted);
  else if (node.op === "bn") normaliseBack(trainer, layer, source, count);
  else if (node.op === "dropout") {
    x.multiply(gradient.base, Number(layer.mask), numbers, gradient.base);
    if (wanted) x.add(gradient.base, source.gradient.base, -BIG, BIG, numbers, source.gradient.base);
  } else if (node.op === "add") {
    for (const i of from) {
      const to = trainer.layers[i].gradient;
      if (i > 0) x.add(gradient.base, to.base, -BIG, BIG, numbers, to.base);
    }
  } else if (wanted) poolBack(layer, source, count, trainer);
}

/** @param {Layer} layer @param {Layer} source @param {number} count @param {Trainer} trainer */
function poolBack({ node, gradient: own }, { place, gradient: to }, count, { machine: { kernels: x } }) {
  for (let n = 0; n < count; n += 1) {
    const [at, into] = [own.at + 4 * n * own.size, to.at + 4 * n * to.size];
    if (node.op === "mean") x.spread(at, 1 / (to.height * to.width), to.height, to.width, to.step, into, to.row);
    else {
      x.unpool(place.at + 4 * n * place.size, place.row, node.size, node.stride ?? node.size, at, own.row, own.height,
        own.width, own.step, into, to.row);
    }
  }
}

/**
 * @param {Trainer} trainer
 * @param {Layer} layer
 * @param {Layer} source
 * @param {number} count
 * @param {boolean} wanted
 */
function denseGradient(trainer, layer, { place, gradient: to }, count, wanted) {
  const { kernels: x } = trainer.machine;
  const own = layer.gradient;
  const line = place.width * place.step;
  x.weights(place.at, place.row, place.size, 0, place.height, line, own.at, own.size, 0, own.step, 1, count,
    trainer.slope(layer, "kernel"));
  if (layer.own.bias) x.sums(own.at, 0, 1, count, own.step, 1, trainer.slope(layer, "bias"));
  if (!wanted) return;
  const turned = Number(layer.turned);
  x.turn(trainer.parameter(layer, "kernel"), 1, place.height * line, own.step, turned);
  for (let y = 0; y < place.height; y += 1) {
    const row = to.at + 4 * y * to.row;
    x.conv(own.at, 0, own.size, 0, 1, own.step, turned + 4 * y * line * own.step, trainer.none, line, -BIG, BIG, 1,
      count, row, row, to.size, 0);
  }
}

/**
 * @param {Trainer} trainer
 * @param {Layer} layer
 * @param {Layer} source
 * @param {number} count
 * @param {boolean} wanted
 */
function convBack(trainer, layer, { place, gradient: to }, count, wanted) {
  const { machine } = trainer;
  const { kernels: x } = machine;
  const { node, gradient: own } = layer;
  const { size, stride = 1 } = node;
  const corner = 4 * node.pad * (place.row + place.step);
  const turned = Number(layer.turned);
  if (wanted) x.turn(trainer.parameter(layer, "kernel"), size, place.step, own.step, turned);
  for (let n = 0; n < count; n += 1) {
    const at = own.at + 4 * n * own.size;
    x.weights(place.at + 4 * n * place.size - corner, place.row, stride * place.step, stride * place.row, size,
      size * place.step, at, own.step, own.row, own.step, own.height, own.width, trainer.slope(layer, "kernel"));
    if (layer.own.bias) x.sums(at, own.row, own.height, own.width, own.step, 1, trainer.slope(layer, "bias"));
    if (!wanted) continue;
    const back = spreadOut(machine, trainer.scratch, node, own, place, own.base + 4 * n * own.size);
    const into = to.at + 4 * n * to.size;
    x.conv(back.corner, back.row, own.step, back.row, size, size * own.step, turned, trainer.none, to.step, -BIG, BIG,
      to.height, to.width, into, into, to.step, to.row);
  }
}

/** @param {Trainer} trainer @param {Layer} layer @param {Layer} source @param {number} count */
function normaliseBack(trainer, layer, { place, gradient: to }, count) {
  const { kernels: x } = trainer.machine;
  const own = layer.gradient;
  const { height, width, step } = own;
  const [mean, scale] = [Number(layer.mean), Number(layer.scale)];
  const [gamma, beta] = [trainer.slope(layer, "gamma"), trainer.slope(layer, "beta")];
  for (let n = 0; n < count; n += 1) {
    x.normalise_sums(place.at + 4 * n * place.size, place.row, own.at + 4 * n * own.size, own.row, height, width, step,
      mean, scale, gamma, beta);
  }
  const share = 1 / (count * height * width);
  for (let n = 0; n < count; n += 1) {
    x.normalise_back(place.at + 4 * n * place.size, place.row, own.at + 4 * n * own.size, own.row, height, width, step,
      mean, scale, trainer.parameter(layer, "gamma"), gamma, beta, share, to.at + 4 * n * to.size, to.row);
  }
}
