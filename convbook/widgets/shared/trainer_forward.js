// Forwards through a network in training, one layer for a whole batch.

import { BIG } from "./layout.js";

/** @typedef {import("./trainer.js").Trainer} Trainer */
/** @typedef {import("./trainer.js").Layer} Layer */
/** @typedef {import("./layout.js").Place} Place */

/** @param {Trainer} trainer @param {Layer} layer @param {number} count @param {boolean} training */
export function layerForward(trainer, layer, count, training) {
  const { kernels: x } = trainer.machine;
  const { node, place } = layer;
  const source = trainer.layers[layer.from[0]].place;
  const low = node.relu ? 0 : -BIG;
  const [kernel, bias] = [trainer.parameter(layer, "kernel"), trainer.parameter(layer, "bias")];
  if (node.op === "dense") {
    x.conv(source.at, source.row, source.size, 0, source.height, source.width * source.step, kernel, bias, place.step,
      low, BIG, 1, count, 0, place.at, place.size, 0);
  } else if (node.op === "add") {
    x.add(source.base, trainer.layers[layer.from[1]].place.base, low, BIG, count * place.size, place.base);
  } else if (node.op === "dropout") drop(trainer, layer, source, count, training);
  else if (node.op === "bn") normalise(trainer, layer, source, count, training);
  else {
    for (let n = 0; n < count; n += 1) {
      const [from, to] = [source.at + 4 * n * source.size, place.at + 4 * n * place.size];
      if (node.op === "conv") {
        const stride = node.stride ?? 1;
        x.conv(from - 4 * node.pad * (source.row + source.step), source.row, stride * source.step, stride * source.row,
          node.size, node.size * source.step, kernel, bias, place.step, low, BIG, place.height, place.width, 0, to,
          place.step, place.row);
      } else if (node.op === "pool") {
        x.pool(from, source.row, node.size, node.stride ?? node.size, place.height, place.width, place.step, to,
          place.row);
      } else if (node.op === "mean") {
        trainer.machine.view(to, place.step).fill(0);
        x.sums(from, source.row, source.height, source.width, place.step, 1 / (source.height * source.width), to);
      } else throw new Error(`the page cannot train a network with ${node.op}`);
    }
  }
}

/**
 * @param {Trainer} trainer
 * @param {Layer} layer
 * @param {Place} source
 * @param {number} count
 * @param {boolean} training
 */
function drop(trainer, layer, source, count, training) {
  const { place, node } = layer;
  layer.mask ??= trainer.machine.floats(trainer.batch * place.size);
  const keep = training ? 1 - node.rate : 1;
  const mask = trainer.machine.view(layer.mask, count * place.size);
  if (keep === 1) mask.fill(1);
  else for (let i = 0; i < mask.length; i += 1) mask[i] = trainer.draw() < keep ? 1 / keep : 0;
  trainer.machine.kernels.multiply(source.base, layer.mask, count * place.size, place.base);
}

/**
 * @param {Trainer} trainer
 * @param {Layer} layer
 * @param {Place} source
 * @param {number} count
 * @param {boolean} training
 */
function normalise(trainer, layer, source, count, training) {
  const { kernels: x } = trainer.machine;
  const { node, place } = layer;
  const { height, width } = source;
  const [mean, scale] = [Number(layer.mean), Number(layer.scale)];
  const moving = /** @type {{ mean: Float32Array, variance: Float32Array }} */ (layer.moving);
  const variances = trainer.machine.view(scale, place.step);
  const means = trainer.machine.view(mean, place.step);
  if (training) {
    const share = 1 / (count * height * width);
    means.fill(0);
    variances.fill(0);
    for (let n = 0; n < count; n += 1) {
      x.sums(source.at + 4 * n * source.size, source.row, height, width, place.step, share, mean);
    }
    for (let n = 0; n < count; n += 1) {
      x.squares(source.at + 4 * n * source.size, source.row, height, width, place.step, mean, share, scale);
    }
    const part = 1 - (node.momentum ?? 0.9);
    for (let c = 0; c < node.channels; c += 1) {
      moving.mean[c] += part * (means[c] - moving.mean[c]);
      moving.variance[c] += part * (variances[c] - moving.variance[c]);
    }
  } else {
    means.set(moving.mean);
    variances.set(moving.variance);
  }
  for (let c = 0; c < place.step; c += 1) variances[c] = 1 / Math.sqrt(variances[c] + (node.epsilon ?? 1e-3));
  for (let n = 0; n < count; n += 1) {
    x.normalise(source.at + 4 * n * source.size, source.row, height, width, place.step, mean, scale,
      trainer.parameter(layer, "gamma"), trainer.parameter(layer, "beta"), node.relu ? 0 : -BIG,
      place.at + 4 * n * place.size, place.row);
  }
}
