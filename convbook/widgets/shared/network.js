// What a network written as a list of layers costs: the twin of convbook/widgets/_network.py.

import { batchNormParameters, conv2dMacs, conv2dOutputShape, conv2dParameters, denseMacs,
  denseParameters, pool2dOutputShape, receptiveField } from "./shapes.js";
import layerKinds from "./layers.json";

/** @typedef {Record<string, any>} Layer its `kind`, and the settings that layers.json gives that kind */

/**
 * @typedef {object} Row
 * @property {number[]} shape
 * @property {number[]} parameters
 * @property {number} macs
 * @property {number} values
 * @property {number | null} view
 * @property {number[][]} steps
 */

/** @type {Record<string, { title: string, fields: Record<string, { default: any }> }>} */
const kindsByName = layerKinds;

/**
 * A layer with every setting of its kind: what is left out takes its default.
 * @param {Layer} layer
 */
export function completeLayer(layer) {
  const { fields } = kindsByName[layer.kind];
  const settings = Object.entries(fields).map(([name, rule]) => [name, layer[name] ?? rule.default]);
  return { kind: layer.kind, ...Object.fromEntries(settings) };
}

/**
 * A shape as "28 × 28 × 6".
 * @param {number[]} shape
 */
export function shapeWords(shape) {
  return shape.map((n) => n.toLocaleString("en-GB")).join(" × ");
}

/**
 * A row for each layer, up to the first that cannot be, and why that one cannot be:
 * { rows: [{ shape, parameters: [trainable, not], macs, values, view, steps }], problem }.
 * `shape` is [height, width, channels] or [length]; `view` the receptive field across, null once
 * every pixel is seen; `values` the numbers that the layer's outputs hold.
 * @param {number[]} inputShape
 * @param {Layer[]} layers
 * @returns {{ rows: Row[], problem: string }}
 */
export function describeNetwork(inputShape, layers) {
  /** @type {Row[]} */
  const rows = [{ shape: inputShape, parameters: [0, 0], macs: 0, values: product(inputShape), view: 1, steps: [] }];
  for (const [index, layer] of layers.entries()) {
    try {
      const row = layerRows[layer.kind](layer, rows[rows.length - 1]);
      rows.push({ parameters: [0, 0], macs: 0, view: null, steps: [], ...row });
    } catch (error) {
      const title = kindsByName[layer.kind].title.toLowerCase();
      return { rows: rows.slice(1), problem: `layer ${index + 1}, ${title}: ${/** @type {Error} */ (error).message}` };
    }
  }
  return { rows: rows.slice(1), problem: "" };
}

/** @param {number[]} numbers */
const product = (numbers) => numbers.reduce((all, n) => all * n, 1);
/** @param {number[]} shape */
const plainSizes = (shape) => shape.join(" × ");

/** @param {Row} before @param {string} what */
function pictureInto(before, what) {
  if (before.shape.length !== 3) {
    throw new RangeError(`${what} needs a picture (height × width × channels), but the layer before ` +
      `gives ${before.shape[0]} numbers in a row; put it before the flattening`);
  }
  const [height, width, channels] = before.shape;
  return [channels, height, width];
}

/**
 * The row of a layer whose windows are `step`, [kernel, stride, dilation].
 * @param {Row} before
 * @param {number[]} shape
 * @param {number[]} step
 * @param {Partial<Row>} costs
 * @returns {Row}
 */
function rowAfter(before, [channels, height, width], step, costs = {}) {
  const steps = [...before.steps, step];
  return { shape: [height, width, channels], parameters: [0, 0], macs: 0, values: channels * height * width,
    view: receptiveField(steps).size, steps, ...costs };
}

/** @param {Row} before */
const sameShape = (before) =>
  ({ shape: before.shape, values: product(before.shape), view: before.view, steps: before.steps });

/** @type {Record<string, (layer: Layer, before: Row) => Pick<Row, "shape" | "values"> & Partial<Row>>} */
const layerRows = {
  conv({ filters, kernel, stride, padding, groups, bias }, before) {
    const incoming = pictureInto(before, "a convolution");
    return convRow(before, incoming, { filters, kernel, stride, padding, groups, bias });
  },
  depthwise({ kernel, stride, padding, bias }, before) {
    pictureInto(before, "a depthwise convolution");
    const incoming = pictureInto(before, "a convolution");
    return convRow(before, incoming, { filters: incoming[0], groups: incoming[0], kernel, stride, padding, bias });
  },
  bn: (_, before) => ({ ...sameShape(before), parameters: batchNormParameters(before.shape[before.shape.length - 1]) }),
  maxpool: poolRow,
  avgpool: poolRow,
  residual: residualRow,
  gap(_, before) {
    const [channels] = pictureInto(before, "global average pooling");
    return { shape: [channels], values: channels };
  },
  flatten: (_, before) => ({ shape: [product(before.shape)], values: product(before.shape) }),
  dense({ units, bias }, before) {
    if (before.shape.length !== 1) {
      throw new RangeError("a dense layer takes numbers in a row, but the layer before gives " +
        `${plainSizes(before.shape)}; put Flatten or Global average pooling before it`);
    }
    const [inputs] = before.shape;
    return { shape: [units], parameters: [denseParameters(inputs, units, bias), 0], macs: denseMacs(inputs, units),
      values: units };
  },
  dropout: (_, before) => sameShape(before),
};

/**
 * @param {Row} before
 * @param {number[]} incoming
 * @param {Layer} layer
 */
function convRow(before, incoming, { filters, kernel, stride, padding, groups, bias }) {
  const weights = conv2dParameters(incoming[0], filters, kernel, bias, groups);
  const shape = conv2dOutputShape(incoming, filters, kernel, stride, padding);
  const macs = conv2dMacs(incoming[0], filters, kernel, shape[1], shape[2], groups);
  return rowAfter(before, shape, [kernel, stride, 1], { parameters: [weights, 0], macs });
}

/** @param {Layer} layer @param {Row} before */
function poolRow({ size, stride, padding }, before) {
  const shape = pool2dOutputShape(pictureInto(before, "pooling"), size, stride, padding);
  return rowAfter(before, shape, [size, stride, 1]);
}

/**
 * Two 3×3 convolutions with batch norm, and a shortcut that projects (1×1) where it has to.
 * @param {Layer} layer
 * @param {Row} before
 */
function residualRow({ filters, stride, shortcut }, before) {
  const incoming = pictureInto(before, "a residual block");
  const shape = conv2dOutputShape(incoming, filters, 3, stride, "same");
  const projects = stride > 1 || incoming[0] !== filters;
  if (projects && shortcut === "identity") {
    throw new RangeError("an identity shortcut adds what goes in to what comes out, but " +
      `${plainSizes(before.shape)} goes in and ${plainSizes([shape[1], shape[2], shape[0]])} comes out; ` +
      "let the shortcut project, or keep filters and stride");
  }
  const convolutions = [[incoming[0], 3], [filters, 3], ...(projects ? [[incoming[0], 1]] : [])];
  const sum = (/** @type {number[]} */ numbers) => numbers.reduce((all, n) => all + n, 0);
  const weights = sum(convolutions.map(([channels, kernel]) => conv2dParameters(channels, filters, kernel, false)));
  const macs = sum(convolutions.map(([channels, kernel]) => conv2dMacs(channels, filters, kernel, shape[1], shape[2])));
  const [scale, moving] = batchNormParameters(filters);
  const norms = convolutions.length;
  return rowAfter(rowAfter(before, shape, [3, stride, 1]), shape, [3, 1, 1], {
    parameters: [weights + norms * scale, norms * moving], macs, values: (2 * norms + 1) * product(shape) });
}
