// A network written as a list of layers, as Keras code that runs and has the same counts.

const RESIDUAL = `def residual_block(x, filters, stride):
    """Two 3×3 convolutions, and a shortcut that projects where shapes differ."""
    shortcut = x
    if stride > 1 or x.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 1, strides=stride, use_bias=False)(x)
        shortcut = layers.BatchNormalization()(shortcut)
    x = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.ReLU()(layers.Add()([x, shortcut]))
`;

/**
 * The whole program; after it has run, `model` is the network.
 * @param {number[]} inputShape
 * @param {Record<string, any>[]} layers
 */
export function kerasCode(inputShape, layers) {
  const lines = layers.flatMap(kerasLines).map((call) => `x = ${call}`);
  const blocks = layers.some(({ kind }) => kind === "residual") ? `\n\n${RESIDUAL}` : "";
  return `import keras\nfrom keras import layers\n${blocks}${blocks ? "\n" : ""}\n` +
    `inputs = keras.Input((${inputShape.join(", ")}))\nx = inputs\n${lines.join("\n")}\n` +
    "model = keras.Model(inputs, x)\nmodel.summary()\n";
}

/** @param {any[]} settings */
const named = (settings) => settings.filter(Boolean).join(", ");

/**
 * "same" and "valid" are Keras's own; a number becomes zeros around the picture first.
 * @param {any} padding
 */
function padLines(padding) {
  return typeof padding === "number" && padding > 0 ? [`layers.ZeroPadding2D(${padding})(x)`] : [];
}

/** @param {Record<string, any>} layer @returns {string[]} */
function kerasLines(layer) {
  const { kind, filters, kernel, stride, padding, groups, bias, activation, size, units, rate } = layer;
  const step = stride > 1 && `strides=${stride}`;
  const pad = padding === "same" && 'padding="same"';
  const noBias = bias === false && "use_bias=False";
  const active = activation && activation !== "none" && `activation="${activation}"`;
  const grouped = groups > 1 && `groups=${groups}`;
  switch (kind) {
    case "conv":
      return [...padLines(padding),
        `layers.Conv2D(${named([filters, kernel, step, pad, grouped, noBias, active])})(x)`];
    case "depthwise":
      return [...padLines(padding), `layers.DepthwiseConv2D(${named([kernel, step, pad, noBias, active])})(x)`];
    case "bn":
      return ["layers.BatchNormalization()(x)", ...(active ? [`layers.Activation("${activation}")(x)`] : [])];
    case "maxpool":
    case "avgpool": {
      const name = kind === "maxpool" ? "MaxPooling2D" : "AveragePooling2D";
      return [...padLines(padding), `layers.${name}(${named([size, stride !== size && `strides=${stride}`, pad])})(x)`];
    }
    case "residual":
      return [`residual_block(x, ${filters}, ${stride})`];
    case "gap":
      return ["layers.GlobalAveragePooling2D()(x)"];
    case "flatten":
      return ["layers.Flatten()(x)"];
    case "dense":
      return [`layers.Dense(${named([units, noBias, active])})(x)`];
    default:
      return [`layers.Dropout(${rate})(x)`];
  }
}
