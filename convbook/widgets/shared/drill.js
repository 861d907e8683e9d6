// Calculation problems made from templates with drawn numbers: convbook/items/drill.py once more.

import drillTemplates from "../../items/drill.json";
import { randomFrom, seedOf, shuffled } from "./chance.js";
import { number } from "./format.js";
import {
  conv2dFlops, conv2dMacs, conv2dParameters, denseFlops, denseMacs, denseParameters,
  depthwiseConv2dParameters, effectiveKernel, outputSize, poolOutputSize, receptiveField, separableConv2dMacs,
  separableConv2dParameters,
} from "./shapes.js";

/** @typedef {{ function: string, arguments: any[], part?: string, add?: number }} Call */

/**
 * An entry of convbook/items/drill.json.
 * @typedef {object} Template
 * @property {string} id
 * @property {string} topic
 * @property {number} level
 * @property {number} objective
 * @property {string} section
 * @property {Record<string, any>} variables
 * @property {Call} answer
 * @property {Record<string, Call>} [also]
 * @property {(Call & { why: string })[]} mistakes
 * @property {string} stem
 * @property {string[]} solution
 */

const TRIES = 200;
/** @type {Record<string, (...given: any[]) => any>} */
const FUNCTIONS = {
  output_size: outputSize, pool_output_size: poolOutputSize, effective_kernel: effectiveKernel,
  conv2d_parameters: conv2dParameters, dense_parameters: denseParameters,
  depthwise_conv2d_parameters: depthwiseConv2dParameters,
  separable_conv2d_parameters: separableConv2dParameters,
  conv2d_macs: conv2dMacs, conv2d_flops: conv2dFlops, dense_macs: denseMacs,
  dense_flops: denseFlops, separable_conv2d_macs: separableConv2dMacs,
  receptive_field: receptiveField,
};

/**
 * The template of the problem with this number, of a topic ("": any) and a level (0: any).
 * @param {number} count
 * @returns {string}
 */
export function chooseTemplate(count, topic = "", level = 0) {
  const fits = drillTemplates.filter((one) => ["", one.topic].includes(topic) && [0, one.level].includes(level));
  const fitting = fits.length ? fits : drillTemplates;
  const lap = Math.floor(count / fitting.length);
  const order = shuffled(fitting.map(({ id }) => id), seedOf(`${topic} ${level} ${lap}`));
  return order[count % fitting.length];
}

/**
 * The problem that belongs to a seed: { template, values, stem, answer, mistakes, solution }, where
 * `mistakes` is a Map from each wrong answer that is foreseen to its reason.
 * @param {string} id
 * @param {number} seed
 */
export function drawProblem(id, seed) {
  const template = /** @type {any} */ (drillTemplates.find((one) => one.id === id));
  const chance = randomFrom(seed);
  for (let tried = 0; tried < TRIES; tried += 1) {
    const values = drawValues(template.variables, chance);
    const answer = evaluated(template.answer, values);
    if (answer === null) continue;
    const mistakes = mistakesOf(template, values, answer);
    if (mistakes.size > 0) return problemOf(template, values, answer, mistakes);
  }
  throw new Error(`${id}: no possible setting in ${TRIES} tries`);
}

/** @param {Record<string, any>} variables @param {() => number} chance */
function drawValues(variables, chance) {
  /** @type {Record<string, any>} */
  const values = {};
  for (const [name, choice] of Object.entries(variables)) {
    if (Array.isArray(choice)) values[name] = choice[Math.floor(chance() * choice.length)];
    else if (choice.product) {
      const factors = /** @type {string[]} */ (choice.product);
      values[name] = factors.reduce((all, factor) => all * values[factor], 1);
    } else {
      const steps = Math.floor((choice.to - choice.from) / choice.step) + 1;
      values[name] = choice.from + choice.step * Math.floor(chance() * steps);
    }
  }
  return values;
}

/**
 * The number that a call gives, or null for a setting that no layer could have.
 * @param {Call} call
 * @param {Record<string, any>} values
 * @returns {number | null}
 */
function evaluated(call, values) {
  try {
    const result = FUNCTIONS[call.function](...filled(call.arguments, values));
    const part = call.part === "effective_stride" ? "effectiveStride" : call.part;
    return (part === undefined ? result : result[part]) + (call.add ?? 0);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/**
 * @param {any} argument
 * @param {Record<string, any>} values
 * @returns {any}
 */
function filled(argument, values) {
  if (Array.isArray(argument)) return argument.map((item) => filled(item, values));
  return typeof argument === "string" ? values[argument] ?? argument : argument;
}

/**
 * @param {Template} template
 * @param {Record<string, any>} values
 * @param {number} answer
 */
function mistakesOf(template, values, answer) {
  const found = new Map();
  for (const mistake of template.mistakes) {
    const wrong = evaluated(mistake, values);
    if (wrong !== null && wrong !== answer && wrong > 0 && !found.has(wrong)) found.set(wrong, mistake.why);
  }
  return found;
}

/**
 * @param {Template} template
 * @param {Record<string, any>} values
 * @param {number} answer
 * @param {Map<number, string>} mistakes
 */
function problemOf(template, values, answer, mistakes) {
  const also = Object.fromEntries(Object.entries(template.also ?? {})
    .map(([name, call]) => [name, evaluated(call, values)]));
  /** @type {Record<string, any>} */
  const shown = { ...values, ...also, answer };
  const put = (/** @type {string} */ text) => text.replace(/\{(\w+)\}/g, (_, name) => number(shown[name]));
  return { template, values, answer, mistakes, stem: put(template.stem), solution: template.solution.map(put) };
}

const UNITS = /\s*(?:px|pixels?|param(?:eter)?s?|weights?|numbers?|outputs?|macs?|flops?)\.?$/i;
// Groups of three, or of two before the last as in India.
const GROUPED = /^\+?\d{1,3}(?:,\d{2,3})*,\d{3}$/;
const SPACES = /[\s\u00a0\u2009\u202f'’]/g;

/**
 * Reads a count that a person typed: 1728, "1,728", "1 728", "17,28,000", with or without a unit,
 * in Devanagari digits too. Returns { value } or { problem }, a sentence about what was typed.
 * @param {string} text
 * @returns {{ value: number, problem?: undefined } | { value?: undefined, problem: string }}
 */
export function readCount(text) {
  const typed = text.trim();
  if (typed === "") return { problem: "Type a number first." };
  const said = `“${typed.slice(0, 24)}”`;
  const bare = typed.replace(UNITS, "").replace(/[०-९]/g, (digit) => String(digit.charCodeAt(0) - 0x966))
    .replace(SPACES, "").replace(/\.0+$/, "");
  const plain = GROUPED.test(bare) ? bare.replaceAll(",", "") : bare;
  if (/^\+?\d+$/.test(plain)) {
    const value = Number(plain);
    if (Number.isSafeInteger(value)) return { value };
    return { problem: `${said} is far too large for a layer; count its digits again.` };
  }
  if (/^\d+(?:[x×*·]\d+)+$/i.test(plain)) {
    return { problem: `${said} is more than one number: give one side only, or work the product out.` };
  }
  if (/^[-−]\d/.test(plain)) return { problem: `${said} is negative; a count never is.` };
  if (/^\d*[.,]\d+$/.test(plain)) {
    return { problem: `${said} is not a whole number. Sizes are rounded down; thousands are grouped as in 1,728.` };
  }
  if (/^[\d.,]+(?:e\d+|[kmb]|thousand|million|billion|lakhs?|crores?)$/i.test(plain)) {
    return { problem: `${said} is short for a count: write every digit.` };
  }
  return { problem: `${said} is not a number; give a whole number such as 1,728.` };
}
