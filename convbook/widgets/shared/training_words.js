// What a run of the training lab means, and what to do about it, in words. Pure.

import { fixed, number, percent, plural, scientific } from "./format.js";
import { OPTIMISERS, stepsPerEpoch } from "./training_network.js";

/** @typedef {import("./training_network.js").Settings} Settings */
/** @typedef {import("./training_session.js").Point} Point */

/**
 * @typedef {object} Standing of a run
 * @property {Settings} settings
 * @property {number} step
 * @property {Point[]} points
 * @property {number} broken the step whose loss was no number, or 0
 * @property {{ name: string, size: number }[]} gradients of the weights, first layer first
 * @property {number[]} losses of all steps
 */
/** @typedef {{ label: string, settings: Partial<Settings> }} Remedy */
/** @typedef {{ kind: string, text: string, remedies: Remedy[] }} Verdict */

/** Steps after which a network that has learned nothing is said to be stuck. */
const PATIENCE = 60;
const GOAL = 0.97;
/** Root mean square of a first layer's gradient; the networks of the lab have 0.01 to 0.1 while they learn. */
const VANISHED = 1e-3;

const rateOf = (/** @type {number} */ rate, /** @type {number} */ factor) => Number((rate * factor).toPrecision(3));
/** @type {(settings: Settings, factor: number) => Remedy} */
const otherRate = ({ rate }, factor) =>
  ({ label: `Learning rate ${scientific(rateOf(rate, factor))}`, settings: { rate: rateOf(rate, factor) } });
/** @type {Remedy} */
const NORM = { label: "With batch norm", settings: { batch_norm: true } };
/** @type {Remedy} */
const SKIP = { label: "With skips", settings: { skip: true } };

/** @param {Settings} settings */
export function settingsInWords(settings) {
  const { optimiser, rate, batch_size: size, depth, filters, weight_scale: scale, dropout, examples } = settings;
  const name = OPTIMISERS.find(([value]) => value === optimiser)?.[1];
  return [`${name} ${scientific(rate)}`, `batch ${number(size)}`,
    `${plural(depth, "convolution")} of ${plural(filters, "filter")}`,
    scale !== 1 && `first weights × ${number(scale)}`, settings.batch_norm && "batch norm", settings.skip && "skips",
    dropout > 0 && `dropout ${number(dropout)}`, settings.augmentation && "augmentation",
    plural(examples, "digit"), settings.label_noise > 0 && `${percent(settings.label_noise, 0)} wrong labels`,
    settings.seed !== 1 && `seed ${number(settings.seed)}`].filter(Boolean).join(", ");
}

/** @param {Standing} standing @returns {Verdict} */
export function verdictOf(standing) {
  const { points, broken, step } = standing;
  const last = points[points.length - 1];
  if (broken) return notANumber(standing);
  if (step === 0) {
    return { kind: "fresh", remedies: [], text: last.loss < 3
      ? "Not trained yet. Ten classes, all about equally likely: the loss is near ln 10 = 2.30. Press Train."
      : `Not trained yet, and the loss is ${fixed(last.loss, 1)} instead of about ln 10 = 2.30: the first weights ` +
        "are so large that the network errs with conviction. Press Train." };
  }
  const stuck = step >= Math.max(PATIENCE, stepsPerEpoch(standing.settings)) && last.accuracy < 0.2;
  if (last.loss > 4) {
    return { kind: "growing", remedies: [otherRate(standing.settings, 0.1)],
      text: "The loss is far above that of guessing: each step jumps over the valley and lands higher on the other " +
        "side. Lower the learning rate." };
  }
  if (stuck) return stuckAtChance(standing);
  return overfitting(standing, last) ?? going(standing, last);
}

/** @param {Standing} standing @returns {Verdict} */
function notANumber({ broken, settings, losses }) {
  const remedies = [otherRate(settings, 0.1)];
  const before = losses.slice(-3, -1).map((loss) => scientific(loss)).join(", then ");
  if (!settings.batch_norm) remedies.push(NORM);
  return { kind: "nan", remedies,
    text: `At step ${number(broken)} the loss was NaN, “not a number”, and training has stopped. ` +
      `${before ? `Before that it was ${before}: the steps` : "The steps"} were so long that activations grew beyond ` +
      "the largest number that 32 bits hold. Infinity minus infinity is no number, and every weight that it touched " +
      "is lost. Start again with a lower learning rate" +
      `${settings.batch_norm ? "." : ", or with batch norm, which keeps the activations' size."}` };
}

/** @param {Standing} standing @returns {Verdict} */
function stuckAtChance({ settings, gradients }) {
  const first = gradients[0]?.size ?? 0;
  const rightOf = "The loss stays at ln 10 = 2.30, that of guessing.";
  if (first === 0) {
    const remedies = [otherRate(settings, 0.1)];
    if (!settings.batch_norm) remedies.push(NORM);
    return { kind: "dead", remedies,
      text: `${rightOf} The gradient of convolution 1 is exactly 0: a step was so long that ReLUs now give 0 for ` +
        "every image, and where the output is 0, no gradient comes back. They are dead. Start again with a lower " +
        "learning rate." };
  }
  if (first < VANISHED) {
    return { kind: "vanishing", remedies: [NORM, SKIP],
      text: `${rightOf} The gradient of convolution 1 has vanished: ${scientific(first)}, where a network that ` +
        "learns has some hundredths. Every layer makes the activations smaller on their way up and the gradient " +
        "on its way down. Batch norm, skip connections or first weights of the right size help." };
  }
  const low = settings.rate < 0.01;
  return { kind: "stuck", remedies: [otherRate(settings, low ? 10 : 0.1)],
    text: `${rightOf} ${low ? "The steps are very small: raise the learning rate."
      : "The gradients arrive, but the steps undo each other: lower the learning rate."}` };
}

/** @param {Standing} standing @param {Point} last @returns {Verdict | null} */
function overfitting({ settings, points }, last) {
  const best = points.reduce((a, b) => (b.validationLoss < a.validationLoss ? b : a));
  const risen = last.validationLoss > 1.25 * best.validationLoss && last.loss < 0.5 * last.validationLoss;
  const apart = last.accuracy - last.validationAccuracy > 0.08 && last.accuracy > 0.9;
  if (!risen && !apart) return null;
  /** @type {Remedy[]} */
  const remedies = [];
  if (!settings.augmentation) remedies.push({ label: "With augmentation", settings: { augmentation: true } });
  if (settings.dropout === 0) remedies.push({ label: "With dropout 0.3", settings: { dropout: 0.3 } });
  const epoch = best.step / stepsPerEpoch(settings);
  const turn = risen ? ` The validation loss was lowest at epoch ${number(epoch, 1)}, ` +
    `${fixed(best.validationLoss, 2)}, and is ${fixed(last.validationLoss, 2)} now.` : "";
  const why = settings.label_noise > 0 ? " What it learns by heart now are the wrong labels." : "";
  return { kind: "overfitting", remedies,
    text: `It overfits: ${percent(last.accuracy, 0)} of the training digits are right and ` +
      `${percent(last.validationAccuracy, 0)} of those it has not seen.${turn}${why} Stop earlier, show it more ` +
      "examples, or use augmentation or dropout." };
}

const SLOWLY = "The loss falls, slowly and steadily: the steps are small. A higher learning rate gets as far in " +
  "fewer epochs.";
const LEARNING = "It learns: the loss falls for digits that it is trained on and for digits that it has not seen.";

/** @param {Standing} standing @param {Point} last @returns {Verdict} */
function going({ settings, points }, last) {
  const reached = points.find(({ validationAccuracy }) => validationAccuracy >= GOAL);
  if (reached) {
    return { kind: "reached", remedies: [],
      text: `${percent(GOAL, 0)} of the digits that it has not seen were right after ` +
        `${plural(Number((reached.step / stepsPerEpoch(settings)).toFixed(2)), "epoch")} ` +
        `(${plural(reached.step, "step")}). Now ${percent(last.validationAccuracy)} are.` };
  }
  const slow = last.step >= 4 * stepsPerEpoch(settings) && last.accuracy < 0.8 && settings.rate < 0.05;
  return { kind: slow ? "slow" : "learning", remedies: slow ? [otherRate(settings, 10)] : [],
    text: slow ? SLOWLY : LEARNING };
}
