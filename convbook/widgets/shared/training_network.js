// The networks of the training lab, and how one is described in a line. No engine in here.

/** @typedef {import("./nodes.js").NodeDescription} NodeDescription */

/**
 * What decides a run: the traits of TrainingLab that a run starts anew with.
 * @typedef {object} Settings
 * @property {string} optimiser
 * @property {number} rate
 * @property {number} batch_size
 * @property {number} depth convolutions
 * @property {number} filters of each
 * @property {number} weight_scale times what He's rule gives
 * @property {boolean} batch_norm
 * @property {boolean} skip
 * @property {number} dropout
 * @property {boolean} augmentation
 * @property {number} examples
 * @property {number} label_noise
 * @property {number} seed
 */

export const DIGIT_SIDE = 8;
export const DIGIT_AREA = DIGIT_SIDE * DIGIT_SIDE;
export const CLASSES = 10;

/**
 * Layers for newNetwork: `depth` convolutions, a pooling after half of them, one dense layer. With
 * `skip`, each convolution but the first adds what went into it.
 * @param {Settings} settings
 * @returns {NodeDescription[]}
 */
export function chainOf({ depth, filters, batch_norm: norm, skip, dropout }) {
  /** @type {NodeDescription[]} */
  const chain = [{ op: "input", channels: 1, height: DIGIT_SIDE, width: DIGIT_SIDE }];
  for (let k = 1; k <= depth; k += 1) {
    const before = chain.length - 1;
    const around = skip && k > 1;
    chain.push({ op: "conv", name: `convolution ${k}`, out: filters, size: 3, pad: 1, relu: !norm && !around,
      ...(norm ? { bias: false } : {}) });
    if (norm) chain.push({ op: "bn", relu: !around });
    if (around) chain.push({ op: "add", from: [before, chain.length - 1], relu: true });
    chain[chain.length - 1].gives = k;
    if (k === Math.ceil(depth / 2)) chain.push({ op: "pool", size: 2 });
  }
  if (dropout > 0) chain.push({ op: "dropout", rate: dropout });
  chain.push({ op: "dense", name: "dense", out: CLASSES });
  return chain;
}

/** How many parameters a step can change. @param {Settings} settings */
export function parametersOf({ depth, filters, batch_norm: norm }) {
  const own = norm ? 2 * filters : filters; // gamma and beta, or a bias
  const first = 9 * filters + own;
  const later = (depth - 1) * (9 * filters * filters + own);
  return first + later + (filters * (DIGIT_SIDE / 2) ** 2 + 1) * CLASSES;
}

/** @param {Settings} settings */
export const stepsPerEpoch = ({ examples, batch_size: size }) => Math.ceil(examples / size);

export const OPTIMISERS = /** @type {[string, string][]} */ ([["sgd", "SGD"], ["momentum", "Momentum"],
  ["adam", "Adam"]]);
