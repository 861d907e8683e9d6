import { choice, rangeField, result, slider } from "./shared/controls.js";
import { h, s, say, scrollBox } from "./shared/dom.js";
import { bytes, fixed, inWords, number, percent, plural } from "./shared/format.js";
import { paintPlane } from "./shared/picture.js";
import { conv2dOutputShape, conv2dParameters, denseParameters } from "./shared/shapes.js";
import { padPlane, plane, poolPlane } from "./shared/tensor.js";
import { defineWidget } from "./shared/view.js";
import record from "./shared/shuffle_test.json";

const SIZES = /** @type {const} */ (["image_size", "channels", "units", "filters", "kernel_size"]);
const SIDE = 240;
const NAMES = ["dense-in-order", "dense-shuffled", "conv-in-order", "conv-shuffled"];

/** @typedef {import("./shared/view.js").View<import("../../types/traits").FullyConnectedVsConv>} View */
/** @typedef {import("./shared/tensor.js").Plane} Plane */
/** @typedef {"dense" | "conv"} Kind */
/** @typedef {ReturnType<typeof countsOf>} Counts */

function build(/** @type {View} */ view) {
  // A link that asks for something of the shuffle test shows it, whether or not it names the part.
  const part = view.computed(["part", "shuffled", "example"], (wanted, shuffled, example) =>
    wanted || (shuffled || example > 0 ? "shuffle" : "parameters"));
  const parts = {
    parameters: h("div", { class: "cb-part" }, sizes(view), comparison(view)),
    shuffle: h("div", { class: "cb-part" }, shuffleTest(view)),
  };
  view.watch([part], () => {
    for (const [name, element] of Object.entries(parts)) element.hidden = name !== part.value;
  });
  view.body.append(
    choice(view, { watch: [part], get: () => part.value, set: (/** @type {any} */ name) => view.set({ part: name }) },
      { label: "Show", options: [["parameters", "count the parameters"], ["shuffle", "shuffle the pixels"]] }),
    ...Object.values(parts));
}

// --- parameters, to scale ------------------------------------------------------------------------

/** @param {View} view */
function sizes(view) {
  /** @type {(trait: (typeof SIZES)[number], label: string, reach: number, width?: number) => HTMLElement} */
  const field = (trait, label, reach, width = 4) => rangeField(view, trait, { label, reach, width });
  return h("div", { class: "cb-panel" }, h("div", { class: "cb-controls" },
    field("image_size", "Picture side", 512),
    field("units", "Neurons", 2000),
    field("filters", "Filters", 128),
    field("kernel_size", "Filter side", 11),
    choice(view, "channels", { label: "Channels", options: [[1, "1"], [3, "3"]] })));
}

/**
 * @param {number} side @param {number} channels @param {number} units @param {number} filters
 * @param {number} kernel
 */
function countsOf(side, channels, units, filters, kernel) {
  const inputs = side * side * channels;
  const outputs = conv2dOutputShape([channels, side, side], filters, kernel, 1, "same").reduce((all, n) => all * n, 1);
  return { side, channels, units, filters, kernel, inputs, outputs,
    dense: denseParameters(inputs, units), conv: conv2dParameters(channels, filters, kernel),
    equal: denseParameters(inputs, outputs) };
}

/** @param {View} view */
function comparison(view) {
  const counts = view.computed(SIZES, countsOf);
  const drawing = h("div");
  const dense = result("dense-parameters", { class: "cb-answer" });
  const conv = result("conv-parameters", { class: "cb-answer" });
  const denseWords = h("p", { class: "cb-note" });
  const convWords = h("p", { class: "cb-note" });
  const fair = result("equal-dense-parameters", { tag: "p", live: false, class: "cb-note" });
  view.watch([counts], () => {
    const now = counts.value;
    drawing.replaceChildren(squares(now));
    dense.show(number(now.dense), now.dense);
    conv.show(number(now.conv), now.conv);
    say(denseWords, `${plural(now.units, "neuron")}, each with ${plural(now.inputs, "weight")} and a bias; ` +
      `${bytes(4 * now.dense)} as 32-bit numbers.`);
    say(convWords, `${plural(now.filters, "filter")}, each with ${now.kernel}·${now.kernel}·${now.channels} = ` +
      `${plural(now.kernel ** 2 * now.channels, "weight")} and a bias; ${bytes(4 * now.conv)}. The size of the ` +
      "picture does not enter.");
    const made = now.outputs === 1 ? "1 number" : `${inWords(now.outputs)} numbers`;
    fair.show(`Not quite like with like: the dense layer makes ${plural(now.units, "number")}, the convolution a map ` +
      `for each filter, ${made}. ` +
      `A dense layer making as many would have ${inWords(now.equal)} parameters.`, now.equal);
  });
  return h("div", { class: "cb-compare" }, drawing, h("div", { class: "cb-counts" },
    h("div", { class: "cb-count" }, h("span", { class: "cb-label" }, "fully connected layer"), dense.element,
      denseWords),
    h("div", { class: "cb-count cb-of-conv" }, h("span", { class: "cb-label" }, "convolutional layer"), conv.element,
      convWords),
    fair.element));
}

/**
 * Two squares whose areas are the two counts; the small one stands in the corner of the large.
 * @param {Counts} counts
 */
function squares({ dense, conv }) {
  const larger = Math.max(dense, conv);
  const side = (/** @type {number} */ count) => SIDE * Math.sqrt(count / larger);
  const [denseSide, convSide] = [side(dense), side(conv)];
  const convIsSmall = conv <= dense;
  const small = convIsSmall ? convSide : denseSide;
  const tiny = small < 1;
  const name = convIsSmall ? "convolution" : "dense";
  return s("svg", { width: SIDE + 4, height: SIDE + 44, viewBox: `-2 -2 ${SIDE + 4} ${SIDE + 44}`, role: "img",
    "aria-label": `Two squares to scale: dense ${number(dense)}, convolution ${number(conv)} parameters` },
  s("rect", { class: convIsSmall ? "cb-square-dense" : "cb-square-conv", width: SIDE, height: SIDE }),
  s("rect", { class: convIsSmall ? "cb-square-conv" : "cb-square-dense", x: 0, y: SIDE - small,
    width: Math.max(small, 0.25), height: small }),
  s("path", { class: "cb-pointer", d: `M ${Math.min(small / 2, 40)} ${SIDE + 2} V ${SIDE + 12}` }),
  s("text", { class: "cb-square-label", x: 0, y: SIDE + 25 },
    tiny ? `${name}: ${fixed(small, 2)} of a pixel wide here` : name),
  s("text", { class: "cb-square-label", x: 0, y: SIDE + 40 }, "areas to scale"));
}

// --- the shuffle test ----------------------------------------------------------------------------

/** @param {View} view */
function shuffleTest(view) {
  const networks = unpack(view.get("_weights"));
  const canvas = h("canvas", { role: "img" });
  const truth = h("p", { class: "cb-note" });
  const columns = [voteColumn("dense"), voteColumn("conv")];
  const digit = view.computed(["example", "shuffled"], digitOf);
  view.watch([digit], () => {
    const shuffled = view.get("shuffled");
    const pixels = digit.value;
    paintPlane(canvas, plane(8, 8, pixels), "grey", 0, 16);
    const label = record.labels[view.get("example")];
    canvas.setAttribute("aria-label", `A handwritten ${label}${shuffled ? ", its pixels in another order" : ""}`);
    say(truth, `It is a ${label}.`);
    for (const column of columns) {
      column.show(probabilitiesOf(networks[`${column.kind}-${shuffled ? "shuffled" : "in-order"}`], column.kind,
        pixels), label);
    }
  });
  return h("div", { class: "cb-panel" },
    h("p", { class: "cb-note" },
      "Give all 64 pixels of every digit new places, the same for every digit, and train again. Nothing is lost; " +
      "only who is whose neighbour."),
    h("div", { class: "cb-shuffle-controls" },
      choice(view, "shuffled", { label: "Pixels", options: [[false, "in order"], [true, "shuffled"]] }),
      slider(view, "example",
        { label: "Test digit",
        format: (n) => `${n + 1} of ${record.labels.length}` })),
    h("div", { class: "cb-shuffle" }, h("div", {}, canvas, truth), columns.map(({ element }) => element)),
    recordTable());
}

/** @param {number} example @param {boolean} shuffled */
function digitOf(example, shuffled) {
  const pixels = record.examples[example];
  return Float64Array.from(shuffled ? record.order.map((from) => pixels[from]) : pixels);
}

/** @param {Kind} kind */
function voteColumn(kind) {
  const says = result(`${kind}-says`, { tag: "p" });
  const rows = Array.from({ length: 10 }, (_, digit) => ({
    bar: h("div", { class: "cb-vote-bar" }),
      share: h("span", { class: "cb-share", "data-cb": `${kind}-share-${digit}` }), digit }));
  const title = kind === "dense" ? "dense network" : "convolutional network";
  const element = h("div", {}, h("p", { class: "cb-heading" }, title), says.element,
    h("div", { class: "cb-votes" },
      rows.map(({ digit, bar, share }) => [h("span", {}, digit), h("div", {}, bar), share])));
  /** @type {(probabilities: number[], label: number) => void} */
  const show = (probabilities, label) => {
    const top = probabilities.indexOf(Math.max(...probabilities));
    rows.forEach(({ bar, share, digit }) => {
      bar.style.width = `${100 * probabilities[digit]}%`;
      bar.classList.toggle("cb-top", digit === top);
      say(share, percent(probabilities[digit]));
    });
    says.show(`says ${top}: ${top === label ? "right" : "wrong"}`, top);
  };
  return { kind, element, show };
}

function recordTable() {
  /** @type {(kind: Kind, order: "in-order" | "shuffled") => HTMLElement} */
  const cell = (kind, order) => {
    const scores = record.accuracies[`${kind}-${order}`];
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    return h("td", { "data-cb": `accuracy-${kind}-${order}` }, percent(mean),
      h("span", { class: "cb-note" }, ` (${percent(Math.min(...scores))} to ${percent(Math.max(...scores))})`));
  };
  const row = (/** @type {Kind} */ kind, /** @type {string} */ name) =>
    h("tr", {}, h("th", { scope: "row" }, `${name}, ${number(record.parameters[kind])} parameters`),
    cell(kind, "in-order"), cell(kind, "shuffled"));
  return [
    scrollBox(h("table", { class: "cb-record" },
      h("thead", {}, h("tr", {}, h("td", {}, "accuracy on 360 test digits"), h("th", { scope: "col" }, "in order"),
        h("th", { scope: "col" }, "shuffled"))),
      h("tbody", {}, row("dense", "dense"), row("conv", "convolutional")))),
    h("p", { class: "cb-note" },
      "Recorded: mean of five trainings, with the worst and the best. To the dense network one order is as good as " +
      "another. The convolutional one had been using that neighbours belong together."),
  ];
}

// --- the four small networks ---------------------------------------------------------------------

const DENSE_SHAPES = [64 * 28, 28, 28 * 10, 10];
const CONV_SHAPES = [8 * 9, 8, 24 * 8 * 9, 24, 24 * 10, 10];

/** The parameters of each network, in the order in which Python packed them. @param {DataView} buffer */
function unpack(buffer) {
  const end = buffer.byteOffset + buffer.byteLength;
  const weights = new Float32Array(/** @type {ArrayBuffer} */ (buffer.buffer).slice(buffer.byteOffset, end));
  let at = 0;
  return Object.fromEntries(NAMES
    .map((name) => [name, (name.startsWith("dense") ? DENSE_SHAPES : CONV_SHAPES).map((length) => {
    at += length;
    return weights.subarray(at - length, at);
  })]));
}

/** @param {Float32Array[]} parameters @param {Kind} kind @param {Float64Array} pixels */
function probabilitiesOf(parameters, kind, pixels) {
  const input = pixels.map((value) => value / 16);
  const logits = kind === "dense" ? denseNetwork(parameters, input) : convNetwork(parameters, input);
  const most = Math.max(...logits);
  const raised = logits.map((logit) => Math.exp(logit - most));
  const total = raised.reduce((sum, value) => sum + value, 0);
  return raised.map((value) => value / total);
}

/**
 * A dense layer; its weights lie (inputs, units).
 * @param {ArrayLike<number>} input @param {Float32Array} weight @param {Float32Array} bias
 */
function linear(input, weight, bias) {
  return Array.from(bias, (start, unit) => {
    let sum = start;
    for (let i = 0; i < input.length; i += 1) sum += input[i] * weight[i * bias.length + unit];
    return sum;
  });
}

const rectified = (/** @type {number[]} */ values) => values.map((value) => Math.max(0, value));

/** @param {Float32Array[]} parameters @param {Float64Array} input */
function denseNetwork([w1, b1, w2, b2], input) {
  return linear(rectified(linear(input, w1, b1)), w2, b2);
}

/** @param {Float32Array[]} parameters @param {Float64Array} input */
function convNetwork([k1, b1, k2, b2, w, b], input) {
  const first = convolved([plane(8, 8, Float64Array.from(input))], k1, b1);
  const pooled = first.map((map) => poolPlane(map, [2, 2], 2, "max"));
  const second = convolved(pooled, k2, b2);
  const means = second.map(({ data }) => data.reduce((sum, value) => sum + value, 0) / data.length);
  return linear(means, w, b);
}

/**
 * 3×3 filters over all maps, padding 1, then ReLU; kernels lie (filter, channel, row, column).
 * @param {Plane[]} maps @param {Float32Array} kernels @param {Float32Array} biases
 */
function convolved(maps, kernels, biases) {
  const padded = maps.map((map) => padPlane(map, 1));
  const { height, width } = maps[0];
  return Array.from(biases, (bias, filter) => {
    const out = plane(height, width);
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        let sum = bias;
        padded.forEach((map, channel) => {
          for (let tap = 0; tap < 9; tap += 1) {
            sum += map.data[(y + Math.floor(tap / 3)) * map.width + x
              + (tap % 3)] * kernels[(filter * maps.length + channel) * 9 + tap];
          }
        });
        out.data[y * width + x] = Math.max(0, sum);
      }
    }
    return out;
  });
}

export default defineWidget({ name: "fully-connected-vs-conv", title: "Fully connected against convolutional", build });
