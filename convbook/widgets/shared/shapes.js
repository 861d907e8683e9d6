// The arithmetic of convbook/shapes once more, because a page has no Python.
// Same names in camel case, same rules, same messages; a test runs both on the same thousands of
// settings. Results are exact up to 2^53 and refused beyond.

/** @typedef {number | string | number[]} Padding n, [before, after], "valid" or "same" */
/** @typedef {number | number[]} Pair n, or [height, width] */
/** @typedef {number | string | Padding[]} Padding2d n, "valid", "same", or a padding for each axis */

const PADDING_KINDS = "a whole number, a pair (before, after), 'valid' or 'same'";

/** @param {number} kernelSize */
export function effectiveKernel(kernelSize, dilation = 1) {
  whole("kernel_size", kernelSize, 1);
  whole("dilation", dilation, 1);
  return exact(dilation * (kernelSize - 1) + 1);
}

/**
 * [before, after]: pixels added at each end; padding is n, [before, after], "valid" or "same".
 * @param {number} inputSize
 * @param {number} kernelSize
 * @param {number} stride
 * @param {Padding} padding
 * @returns {[number, number]}
 */
export function padAmounts(inputSize, kernelSize, stride = 1, padding = 0, dilation = 1) {
  whole("input_size", inputSize, 1);
  whole("stride", stride, 1);
  const span = effectiveKernel(kernelSize, dilation);
  if (typeof padding === "string") {
    if (padding.toLowerCase() === "valid") return [0, 0];
    if (padding.toLowerCase() === "same") {
      const outputs = Math.ceil(inputSize / stride);
      const total = Math.max((outputs - 1) * stride + span - inputSize, 0);
      return [Math.floor(total / 2), total - Math.floor(total / 2)];
    }
    throw new RangeError(`padding must be ${PADDING_KINDS}; got '${padding}'`);
  }
  if (Array.isArray(padding)) {
    if (padding.length !== 2) {
      throw new RangeError(`padding must be ${PADDING_KINDS}; got (${padding.join(", ")})`);
    }
    whole("padding before", padding[0], 0);
    whole("padding after", padding[1], 0);
    return [padding[0], padding[1]];
  }
  whole("padding", padding, 0);
  return [padding, padding];
}

/**
 * @param {number} inputSize
 * @param {number} kernelSize
 * @param {number} stride
 * @param {Padding} padding
 */
export function outputSize(inputSize, kernelSize, stride = 1, padding = 0, dilation = 1) {
  return Math.floor(slackBeside(inputSize, kernelSize, stride, padding, dilation) / stride) + 1;
}

/**
 * @param {number} inputSize
 * @param {number} kernelSize
 * @param {number} stride
 * @param {Padding} padding
 */
export function unusedPixels(inputSize, kernelSize, stride = 1, padding = 0, dilation = 1) {
  return slackBeside(inputSize, kernelSize, stride, padding, dilation) % stride;
}

/** @param {number} kernelSize */
export function symmetricSamePadding(kernelSize, dilation = 1) {
  const span = effectiveKernel(kernelSize, dilation);
  if (span % 2 === 0) {
    throw new RangeError(
      `a kernel that spans ${span} pixels, an even number, has no equal padding on both sides ` +
      "that keeps the size; use an odd kernel_size, or padding 'same', which puts the extra " +
      "pixel at the end");
  }
  return (span - 1) / 2;
}

/**
 * @param {number} inputSize
 * @param {number} poolSize
 * @param {number | null} stride
 * @param {Padding} padding
 */
export function poolOutputSize(inputSize, poolSize, stride = null, padding = 0) {
  whole("pool_size", poolSize, 1);
  const step = stride === null ? poolSize : whole("stride", stride, 1);
  const [before, after] = padAmounts(inputSize, poolSize, step, padding);
  const most = Math.max(before, after);
  if (most >= poolSize) {
    throw new RangeError(
      `padding ${most} is as wide as the pooling window (${poolSize}), so a window would hold ` +
      `nothing but padding; use padding below ${poolSize}`);
  }
  const slack = slackBeside(inputSize, poolSize, step, [before, after], 1, "pool_size");
  return Math.floor(slack / step) + 1;
}

/**
 * @param {number} inputSize
 * @param {number} kernelSize
 * @param {number} stride
 * @param {Padding} padding
 * @param {number} dilation
 */
function slackBeside(inputSize, kernelSize, stride, padding, dilation, name = "kernel_size") {
  const [before, after] = padAmounts(inputSize, kernelSize, stride, padding, dilation);
  const span = effectiveKernel(kernelSize, dilation);
  const padded = exact(inputSize + before + after);
  if (span <= padded) return padded - span;
  const dilated = dilation !== 1;
  const what = `${name} ${kernelSize}` +
    (dilated ? ` at dilation ${dilation} spans ${span} pixels and` : "");
  const sides = before === after ? `2·${before}` : `${before} + ${after}`;
  throw new RangeError(
    `${what} is larger than the padded input ${padded} (width ${inputSize} + ${sides}); ` +
    `lower ${name}${dilated ? " or dilation" : ""} or raise padding`);
}

/**
 * [filters, height, width] from [channels, height, width]; sizes are n or [height, width].
 * @param {number[]} inputShape
 * @param {number} filters
 * @param {Pair} kernelSize
 * @param {Pair} stride
 * @param {Padding2d} padding
 * @param {Pair} dilation
 */
export function conv2dOutputShape(inputShape, filters, kernelSize, stride = 1, padding = 0,
  dilation = 1) {
  const [channels, ...size] = inputShape;
  whole("channels", channels, 1);
  whole("filters", filters, 1);
  const kernels = pairOf("kernel_size", kernelSize);
  const strides = pairOf("stride", stride);
  const pads = padding2d(padding);
  const dilations = pairOf("dilation", dilation);
  const out = ["height", "width"].map((axis, i) => {
    try {
      return outputSize(size[i], kernels[i], strides[i], pads[i], dilations[i]);
    } catch (error) {
      throw new RangeError(`along the ${axis}: ${/** @type {Error} */ (error).message}`, { cause: error });
    }
  });
  return [filters, ...out];
}

/**
 * @param {number[]} inputShape
 * @param {Pair} poolSize
 * @param {Pair | null} stride
 * @param {Padding2d} padding
 */
export function pool2dOutputShape(inputShape, poolSize, stride = null, padding = 0) {
  const [channels, height, width] = inputShape;
  whole("channels", channels, 1);
  const sizes = pairOf("pool_size", poolSize);
  const strides = stride === null ? sizes : pairOf("stride", stride);
  const pads = padding2d(padding);
  return [
    channels,
    poolOutputSize(height, sizes[0], strides[0], pads[0]),
    poolOutputSize(width, sizes[1], strides[1], pads[1]),
  ];
}

/**
 * @param {number} inChannels
 * @param {number} filters
 * @param {Pair} kernelSize
 */
export function conv2dParameters(inChannels, filters, kernelSize, bias = true, groups = 1) {
  return exact(conv2dWeights(inChannels, filters, kernelSize, groups) + (bias ? filters : 0));
}

/** @param {number} inChannels @param {Pair} kernelSize */
export function depthwiseConv2dParameters(inChannels, kernelSize, bias = true,
  depthMultiplier = 1) {
  whole("in_channels", inChannels, 1);
  const filters = inChannels * whole("depth_multiplier", depthMultiplier, 1);
  return conv2dParameters(inChannels, filters, kernelSize, bias, inChannels);
}

/**
 * @param {number} inChannels
 * @param {number} filters
 * @param {Pair} kernelSize
 */
export function separableConv2dParameters(inChannels, filters, kernelSize, bias = true,
  depthMultiplier = 1) {
  const depthwise = depthwiseConv2dParameters(inChannels, kernelSize, false, depthMultiplier);
  return exact(depthwise + conv2dParameters(inChannels * depthMultiplier, filters, 1, bias));
}

/** @param {number} inputs @param {number} units */
export function denseParameters(inputs, units, bias = true) {
  whole("inputs", inputs, 1);
  whole("units", units, 1);
  return exact(inputs * units + (bias ? units : 0));
}

/**
 * [trainable, not trainable].
 * @param {number} channels
 * @returns {[number, number]}
 */
export function batchNormParameters(channels) {
  whole("channels", channels, 1);
  return [2 * channels, 2 * channels];
}

/**
 * @param {number} inChannels
 * @param {number} filters
 * @param {Pair} kernelSize
 * @param {number} outputHeight
 * @param {number} outputWidth
 */
export function conv2dMacs(inChannels, filters, kernelSize, outputHeight, outputWidth,
  groups = 1) {
  const weights = conv2dWeights(inChannels, filters, kernelSize, groups);
  whole("output_height", outputHeight, 1);
  whole("output_width", outputWidth, 1);
  return exact(weights * outputHeight * outputWidth);
}

/** @param {Parameters<typeof conv2dMacs>} setting */
export function conv2dFlops(...setting) {
  return exact(2 * conv2dMacs(...setting));
}

/**
 * @param {number} inChannels
 * @param {number} filters
 * @param {Pair} kernelSize
 * @param {number} outputHeight
 * @param {number} outputWidth
 */
export function separableConv2dMacs(inChannels, filters, kernelSize, outputHeight, outputWidth,
  depthMultiplier = 1) {
  whole("in_channels", inChannels, 1);
  const middle = inChannels * whole("depth_multiplier", depthMultiplier, 1);
  return exact(
    conv2dMacs(inChannels, middle, kernelSize, outputHeight, outputWidth, inChannels) +
    conv2dMacs(middle, filters, 1, outputHeight, outputWidth));
}

/** @param {number} inputs @param {number} units */
export function denseMacs(inputs, units) {
  return denseParameters(inputs, units, false);
}

/** @param {number} inputs @param {number} units */
export function denseFlops(inputs, units) {
  return exact(2 * denseMacs(inputs, units));
}

/**
 * { size, effectiveStride, sizes } of a stack of [kernelSize, stride, dilation] layers.
 * @param {number[][]} layers
 */
export function receptiveField(layers) {
  let size = 1;
  let effectiveStride = 1;
  const sizes = [];
  for (const [kernelSize, stride = 1, dilation = 1] of layers) {
    size = exact(size + (effectiveKernel(kernelSize, dilation) - 1) * effectiveStride);
    effectiveStride = exact(effectiveStride * whole("stride", stride, 1));
    sizes.push(size);
  }
  return { size, effectiveStride, sizes };
}

/**
 * [first, last] input pixel that the neuron at `position` of the last layer sees.
 * @param {number} position
 * @param {number[][]} layers
 * @param {number[]} paddings
 */
export function receptiveSpan(position, layers, paddings = []) {
  if (paddings.length > 0 && paddings.length !== layers.length) {
    throw new RangeError(`${layers.length} layers need ${layers.length} paddings, one each; ` +
      `got ${paddings.length}`);
  }
  let first = whole("position", position, 0);
  let last = first;
  for (let i = layers.length - 1; i >= 0; i -= 1) {
    const [kernelSize, stride = 1, dilation = 1] = layers[i];
    const padding = whole("padding", paddings[i] ?? 0, 0);
    first = first * whole("stride", stride, 1) - padding;
    last = last * stride - padding + effectiveKernel(kernelSize, dilation) - 1;
  }
  return [exact(first), exact(last)];
}

/**
 * @param {string} name
 * @param {number} value
 * @param {number} least
 */
function whole(name, value, least) {
  if (!Number.isInteger(value) || value < least) {
    const given = typeof value === "string" ? `'${value}'` : String(value);
    throw new RangeError(`${name} must be a whole number of at least ${least}; got ${given}`);
  }
  return exact(value);
}

/** @param {number} value */
function exact(value) {
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    throw new RangeError("the answer is beyond 9 quadrillion, too large to be counted exactly " +
      "here; use smaller numbers");
  }
  return value;
}

/**
 * @param {string} name
 * @param {Pair} value
 * @returns {number[]}
 */
function pairOf(name, value) {
  if (!Array.isArray(value)) return [whole(name, value, 1), value];
  if (value.length !== 2) {
    throw new RangeError(
      `${name} must be a whole number or a pair (height, width); got (${value.join(", ")})`);
  }
  whole(`${name} (height)`, value[0], 1);
  whole(`${name} (width)`, value[1], 1);
  return value;
}

/** @param {Padding2d} padding @returns {Padding[]} */
function padding2d(padding) {
  if (!Array.isArray(padding)) return [padding, padding];
  if (padding.length === 2 && padding.every(Array.isArray)) return padding;
  throw new RangeError("padding in two dimensions must be a whole number, 'valid', 'same' or " +
    `((top, bottom), (left, right)); got (${padding.join(", ")})`);
}

/**
 * @param {number} inChannels
 * @param {number} filters
 * @param {Pair} kernelSize
 * @param {number} groups
 */
function conv2dWeights(inChannels, filters, kernelSize, groups) {
  whole("in_channels", inChannels, 1);
  whole("filters", filters, 1);
  whole("groups", groups, 1);
  for (const [name, channels] of Object.entries({ in_channels: inChannels, filters })) {
    if (channels % groups !== 0) {
      throw new RangeError(`${name} ${channels} cannot be shared out over ${groups} groups; ` +
        `groups must divide ${channels}`);
    }
  }
  const [height, width] = pairOf("kernel_size", kernelSize);
  return exact(height * width * (inChannels / groups) * filters);
}
