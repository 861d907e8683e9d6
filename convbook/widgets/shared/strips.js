// Which maps of a network pass in strips: a convolution, a depthwise one and a 1×1 one hand rows on to
// each other, and what lies between them is never whole in memory. Otherwise MobileNetV2 writes and
// reads again 27 MB of maps, more than the caches hold, and a tenth of its time goes into that.

/** @typedef {import("./engine.js").Plan} Plan */
/** @typedef {import("./nodes.js").NodeDescription} NodeDescription */

/**
 * @typedef {object} Strips
 * @property {Plan} wide
 * @property {Plan} deep the depthwise one
 * @property {Plan} last
 * @property {number} rows that `deep` gives at a time
 * @property {number} asked the last run after which a map between was wanted: it is whole in the next one
 */

// In floats. Measured: smaller maps gain nothing, and strips of this size stay in a cache of 1 MB, with
// the weights.
const LARGE = 30000;
const STRIP = 60000;
// In positions: weights that are loaded for a strip are used so many times at least.
const LEAST = 48;

/**
 * Makes a plan that such a convolution ends, or the addition after it, the end of strips.
 * @param {Plan[]} plans
 * @param {Plan} plan
 * @param {NodeDescription[][]} uses of each plan
 */
export function joinStrips(plans, plan, uses) {
  const last = plan.joined === undefined ? plan : plans[plan.joined];
  const { op, size, stride = 1 } = last.node;
  if ((plan === last && plan.late) || op !== "conv" || size > 1 || stride > 1) return;
  const deep = plans[last.from[0]];
  const wide = plans[deep.from[0]];
  if (deep.node.op !== "depthwise" || wide.node.op !== "conv" || wide.winograd || wide.place.size < LARGE) return;
  const between = [wide, deep];
  if (between.some((one) => one.strips || one.place.border || uses[plans.indexOf(one)].length > 1)) return;
  const step = deep.node.stride ?? 1;
  const { row, width } = deep.place;
  const rows = Math.max(Math.ceil(LEAST / width), Math.floor(STRIP / (step * wide.place.row + row)));
  wide.strip = { ...wide.place, ring: (rows - 1) * step + deep.node.size };
  deep.strip = { ...deep.place, ring: rows };
  plan.strips = wide.within = deep.within = { wide, deep, last, rows, asked: -1 };
}
