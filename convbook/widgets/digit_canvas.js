import { makeNetwork, runNetwork } from "./shared/cnn.js";
import { readSingles, softmax } from "./shared/nodes.js";
import { button, result } from "./shared/controls.js";
import { inside } from "./shared/digit_inside.js";
import { h, say } from "./shared/dom.js";
import { fetchedCode } from "./shared/fetched.js";
import { percent } from "./shared/format.js";
import { paintPlane } from "./shared/picture.js";
import { SEEN, prepareDigit } from "./shared/prepare_digit.js";
import strokes from "./shared/strokes.json";
import { defineWidget } from "./shared/view.js";

const SIDE = 56;
const BRUSH = 2.4;

/** @typedef {import("./shared/view.js").View<import("../../types/traits").DigitCanvas>} View */
/** @typedef {import("./shared/cnn.js").Node} Node */
/** @typedef {ReturnType<typeof answerTo>} Answer */
/**
 * What follows from the drawing and from what is pointed at.
 * @typedef {object} Lab
 * @property {View} view
 * @property {Node[]} network
 * @property {import("./shared/reactive.js").Computed<Answer>} answer
 * @property {import("./shared/reactive.js").Computed<Place>} place
 */
/** @typedef {{ at: number, node: Node, map: number, row: number, column: number }} Place in a layer's maps */

const bytesOf = (/** @type {DataView} */ ink) => new Uint8Array(ink.buffer, ink.byteOffset, ink.byteLength);

const clamp = (/** @type {number} */ value, /** @type {number} */ most) => Math.max(0, Math.min(most, value));

/**
 * What the network sees of a drawing, and what each of its layers makes of that.
 * @param {(pixels: Float32Array) => Float32Array[]} run
 * @param {DataView} ink
 */
const answerTo = (run, ink) => {
  const seen = prepareDigit(Float64Array.from(bytesOf(ink), (v) => v / 255), SIDE, SIDE);
  const given = run(Float32Array.from(seen));
  return { seen, blank: seen.every((v) => v === 0), given, probabilities: softmax(given[given.length - 1]) };
};

/**
 * Has the network run on the page's engine from the first stroke on; until it is there, and where a
 * browser refuses it, plain JavaScript gives the same numbers, more slowly.
 * @param {View} view
 * @param {(run: (pixels: Float32Array) => Float32Array[]) => void} use
 */
async function fetchEngine(view, use) {
  /** @type {typeof import("./shared/open_network.js")} */
  const { openEngine } = await fetchedCode(view);
  const { kind, open } = await openEngine();
  const nodes = view.get("_nodes");
  const network = open(nodes, readSingles(view.get("_weights")));
  use((pixels) => {
    network.run(pixels);
    return nodes.map((/** @type {any} */ _node, /** @type {number} */ i) => network.values(i));
  });
  view.root.dataset.engine = kind;
}

function build(/** @type {View} */ view) {
  const network = makeNetwork(view.get("_nodes"), readSingles(view.get("_weights")));
  let run = (/** @type {Float32Array} */ pixels) => runNetwork(network, pixels);
  const answer = view.computed(["ink"], (ink) => answerTo(run, ink));
  /** @type {Promise<void> | undefined} */
  let fetched;
  const fetchOnce = () => {
    fetched ??= fetchEngine(view, (next) => {
      run = next;
    }).catch(() => {});
  };
  for (const first of ["pointerdown", "keydown"]) view.body.addEventListener(first, fetchOnce, { once: true });
  const place = view.computed(["node", "feature_map", "row", "column"], (wanted, map, row, column) => {
    const at = ["conv", "pool", "dense"].includes(network[wanted]?.op) ? wanted : 1;
    const node = network[at];
    return { at, node, map: clamp(map, node.channels - 1), row: clamp(row, node.height - 1),
      column: clamp(column, node.width - 1) };
  });
  const lab = { view, network, answer, place };
  view.body.append(
    h("div", { class: "cb-sides" }, drawing(view), answers(lab)),
    ...inside(lab),
    h("p", { class: "cb-note" },
      "The network knows ten digits and nothing else: draw a face, and it still names a digit. Its 7,438 parameters " +
      "were trained on MNIST."));
}

/** @param {View} view */
function drawing(view) {
  const canvas = h("canvas",
    { class: "cb-pad", width: SIDE, height: SIDE, role: "img",
    "aria-label": "Drawing field: draw a digit with mouse, finger or pen" });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(SIDE, SIDE);
  /** @type {number[] | null} */
  let pen = null;
  view.watch(["ink"], () => {
    const bytes = bytesOf(view.get("ink"));
    for (let i = 0; i < bytes.length; i += 1) image.data.set([bytes[i], bytes[i], bytes[i], 255], 4 * i);
    context.putImageData(image, 0, 0);
  });
  const set = (/** @type {Uint8Array} */ bytes) => view.set({ ink: new DataView(bytes.buffer) });
  const at = (/** @type {PointerEvent} */ event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    pen = at(event);
    set(inked(bytesOf(view.get("ink")), [pen, pen]));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!pen) return;
    const next = at(event);
    set(inked(bytesOf(view.get("ink")), [pen, next]));
    pen = next;
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      pen = null;
    });
  }
  /** @type {(digit: string, strokes: number[][][]) => HTMLElement} */
  const example = (digit, lines) => button(digit, () => {
    /** @type {Uint8Array} */
    let bytes = new Uint8Array(SIDE * SIDE);
    for (const stroke of lines) bytes = inked(bytes, stroke.map(([x, y]) => [x * SIDE, y * SIDE]));
    set(bytes);
  }, { "aria-label": `Draw a ${digit} for me` });
  return h("div", { class: "cb-stack" }, canvas,
    h("div", { class: "cb-row" }, button("Clear", () => set(new Uint8Array(SIDE * SIDE)))),
    h("div", { class: "cb-label" }, "Or have one drawn:"),
    h("div", { class: "cb-examples" }, Object.entries(strokes).map(([digit, lines]) => example(digit, lines))));
}

/** A copy of the drawing with a line of ink through the points. @param {Uint8Array} bytes @param {number[][]} points */
function inked(bytes, points) {
  const out = Uint8Array.from(bytes);
  for (let i = 1; i < points.length; i += 1) {
    const [[x0, y0], [x1, y1]] = [points[i - 1], points[i]];
    const steps = Math.floor(Math.hypot(x1 - x0, y1 - y0)) + 1;
    for (let step = 0; step <= steps; step += 1) {
      dab(out, x0 + (step / steps) * (x1 - x0), y0 + (step / steps) * (y1 - y0));
    }
  }
  return out;
}

/** @param {Uint8Array} bytes @param {number} x @param {number} y */
function dab(bytes, x, y) {
  const reach = Math.ceil(BRUSH + 1);
  for (let row = Math.max(0, Math.floor(y) - reach); row <= Math.min(SIDE - 1, y + reach); row += 1) {
    for (let column = Math.max(0, Math.floor(x) - reach); column <= Math.min(SIDE - 1, x + reach); column += 1) {
      const distance = Math.hypot(column + 0.5 - x, row + 0.5 - y);
      const ink = Math.round(255 * clamp(BRUSH + 0.5 - distance, 1));
      bytes[row * SIDE + column] = Math.max(bytes[row * SIDE + column], ink);
    }
  }
}

/** @param {Lab} lab */
function answers({ view, answer: found }) {
  const seen = h("canvas",
    { class: "cb-seen", role: "img", "aria-label": "What the network sees, 28 by 28 pixels" });
  const answer = result("answer", { class: "cb-answer" });
  const bars = h("div", { class: "cb-bars" });
  const rows = Array.from({ length: 10 }, (_, digit) => {
    const bar = h("span", { class: "cb-bar" });
    const share = h("span", { class: "cb-share" });
    const row = h("div", { class: "cb-digit" }, h("span", {}, digit), h("span", { class: "cb-track" }, bar), share);
    bars.append(row);
    return { row, bar, share };
  });
  const all = result("probabilities", { live: false, class: "cb-hidden-text" });
  view.watch([found], () => {
    const now = found.value;
    paintPlane(seen, { data: now.seen, height: SEEN, width: SEEN }, "grey", 0, 1);
    const best = now.probabilities.indexOf(Math.max(...now.probabilities));
    answer.show(now.blank ? "Nothing is drawn yet" : `This is a ${best}: ${percent(now.probabilities[best])}`,
      now.blank ? "" : best);
    all.show(now.probabilities.map((p, digit) => `${digit}: ${percent(p)}`).join(", "), now.probabilities);
    rows.forEach(({ row, bar, share }, digit) => {
      row.classList.toggle("cb-best", digit === best && !now.blank);
      bar.style.width = `${(100 * now.probabilities[digit]).toFixed(2)}%`;
      say(share, percent(now.probabilities[digit]));
    });
  });
  return h("div", { class: "cb-stack" }, answer.element,
    h("div", { class: "cb-seen-row" }, seen,
      h("span", { class: "cb-note" }, "What the network sees: cut out, scaled to 20 pixels, centred by its mass.")),
    bars, all.element);
}

export default defineWidget({ name: "digit-canvas", title: "Digit canvas", build, binary: ["ink"] });
