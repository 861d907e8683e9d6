import { makeNetwork, runNetwork } from "./shared/cnn.js";
import { readSingles, softmax } from "./shared/nodes.js";
import { button, result, select } from "./shared/controls.js";
import { h, say, scrollBox } from "./shared/dom.js";
import { fixed, percent, signed } from "./shared/format.js";
import { fetchedCode } from "./shared/fetched.js";
import { pointAtCells } from "./shared/keyboard.js";
import { paintPlane } from "./shared/picture.js";
import { SEEN, prepareDigit } from "./shared/prepare_digit.js";
import strokes from "./shared/strokes.json";
import { numberTable } from "./shared/table.js";
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
    const at = ["conv", "pool"].includes(network[wanted]?.op) ? wanted : 1;
    const node = network[at];
    return { at, node, map: clamp(map, node.channels - 1), row: clamp(row, node.height - 1),
      column: clamp(column, node.width - 1) };
  });
  const lab = { view, network, answer, place };
  view.body.append(
    h("div", { class: "cb-sides" }, drawing(view), answers(lab)),
    layers(lab), oneSum(lab),
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
    for (let i = 0; i < bytes.length; i += 1) image.data.set([255 - bytes[i], 255 - bytes[i], 255 - bytes[i], 255],
      4 * i);
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
  const seen = h("canvas", { class: "cb-seen", role: "img", "aria-label": "What the network sees, 28 by 28 pixels" });
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
    paintInverse(seen, now.seen);
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

/** Dark ink on light paper, as it was drawn. @param {HTMLCanvasElement} canvas @param {Float64Array} seen */
function paintInverse(canvas, seen) {
  paintPlane(canvas, { data: seen.map((v) => 1 - v), height: SEEN, width: SEEN }, "grey", 0, 1);
}

const openable = (/** @type {Node[]} */ network) => network.map((node, at) => ({ node, at }))
  .filter(({ node }) => ["conv", "pool"].includes(node.op));

/** @param {Lab} lab */
function layers({ view, network, answer, place }) {
  /** @type {[number, string][]} */
  const options = openable(network)
    .map(({ node, at }) => [at, `${node.name}: ${node.channels} maps of ${node.height} × ${node.width}`]);
  const row = h("div", { class: "cb-maps" });
  /** @type {{ element: HTMLButtonElement, canvas: HTMLCanvasElement }[]} */
  const maps = [];
  // Which number of a map is pointed at changes none of them.
  const open = view.computed([place], ({ at, map }) => `${at} ${map}`);
  view.watch([answer, open], () => {
    const { at, map, node: { channels, height, width } } = place.value;
    const area = height * width;
    while (maps.length < channels) {
      const index = maps.length;
      const canvas = h("canvas", {});
      const element = h("button", { type: "button", class: "cb-map",
        onclick: () => view.set({ feature_map: index }) }, canvas);
      maps.push({ element, canvas });
      row.append(element);
    }
    maps.forEach(({ element, canvas }, c) => {
      element.hidden = c >= channels;
      if (element.hidden) return;
      const data = answer.value.given[at].subarray(c * area, (c + 1) * area);
      paintPlane(canvas, { data, height, width }, "sequential", 0, Math.max(...data) || 1);
      element.setAttribute("aria-label", `Feature map ${c + 1}, largest value ${fixed(Math.max(...data), 2)}`);
      element.setAttribute("aria-pressed", String(c === map));
    });
  });
  return h("div", { class: "cb-panel" }, select(view, "node", { label: "Open a layer", options }), row);
}

/** One number of the chosen map, taken apart: patch times kernel, summed over all channels. @param {Lab} lab */
function oneSum({ view, network, answer, place }) {
  const map = h("canvas", { class: "cb-large", "aria-hidden": "true" });
  const cell = h("div", { class: "cb-hidden-text", role: "gridcell" });
  const line = h("div", { role: "row" }, cell);
  const grid = h("div", { class: "cb-large-grid" }, map, line);
  const title = h("p", { class: "cb-heading" });
  const sum = result("sum", { tag: "p", class: "cb-math" });
  const tables = h("div", { class: "cb-tables" });
  const show = pointAtCells(grid, {
    label: "The chosen map; the arrow keys choose a number in it",
    hover: false,
    cell: () => cell,
    size: () => [place.value.node.height, place.value.node.width],
    get: () => [place.value.row, place.value.column],
    set: ([row, column]) => view.set({ row, column }),
  });
  view.watch([answer, place], () => {
    const { at, node, map: c, row, column } = place.value;
    const now = answer.value;
    const area = node.height * node.width;
    const data = now.given[at].subarray(c * area, (c + 1) * area);
    paintPlane(map, { data, height: node.height, width: node.width }, "sequential", 0, Math.max(...data) || 1);
    markCell(map, row, column);
    line.setAttribute("aria-rowindex", String(row + 1));
    cell.setAttribute("aria-colindex", String(column + 1));
    cell.setAttribute("aria-label", `row ${row + 1}, column ${column + 1}`);
    show();
    const value = data[row * node.width + column];
    say(title, `${node.name}, map ${c + 1}, row ${row + 1}, column ${column + 1}`);
    tables.replaceChildren();
    if (node.op === "pool") {
      const from = network[node.from];
      const patch = patchOf(now.given[node.from], from, c, row * node.size, column * node.size, node.size);
      tables.append(shownTable(patch, "The window"));
      sum.show(`The largest of the window: ${fixed(value, 3)}`, value);
      return;
    }
    const from = network[node.from];
    /** @type {number[]} */
    const shares = [];
    for (let channel = 0; channel < node.in; channel += 1) {
      const patch = patchOf(now.given[node.from], from, channel, row, column, node.size);
      const kernel = kernelOf(node, c, channel);
      shares.push(patch.flat().reduce((total, v, i) => total + v * kernel.flat()[i], 0));
      if (node.in === 1) {
        tables.append(shownTable(patch, "Patch"), h("span", { class: "cb-sign" }, "×"),
          shownTable(kernel, "Kernel"));
      }
    }
    const before = shares.reduce((a, b) => a + b, 0) + node.bias[c];
    const parts = shares.map((v) => signed(v, 2)).join(" ");
    const lead = node.in === 1 ? `sum of products ${signed(shares[0], 3)}` : `${node.in} channels: ${parts}`;
    const relu = before < 0 ? `${fixed(before, 3)}, below zero, so ReLU gives 0` : fixed(before, 3);
    sum.show(`${lead}; bias ${signed(node.bias[c], 3)}; together ${relu}`, value);
  });
  return h("div", { class: "cb-panel" }, title,
    h("div", { class: "cb-sum" }, grid, h("div", { class: "cb-stack" }, scrollBox(tables), sum.element)));
}

/** @param {number[][]} rows @param {string} caption */
function shownTable(rows, caption) {
  const table = numberTable(rows.length, rows[0].length, caption);
  table.show(rows, (value) => ({ text: fixed(value, 2) }));
  return table.element;
}

/**
 * @param {Float32Array} maps @param {{ height: number, width: number }} shape @param {number} channel
 * @param {number} top @param {number} left @param {number} size
 */
function patchOf(maps, { height, width }, channel, top, left, size) {
  return Array.from({ length: size }, (_y, y) => Array.from({ length: size }, (_x, x) =>
    maps[(channel * height + top + y) * width + left + x]));
}

/** @param {Node} node @param {number} filter @param {number} channel @returns {number[][]} */
function kernelOf(node, filter, channel) {
  const start = (filter * node.in + channel) * node.size ** 2;
  return Array.from({ length: node.size },
    (_, y) => [...node.kernel.subarray(start + y * node.size, start + (y + 1) * node.size)]);
}

/** @param {HTMLCanvasElement} canvas @param {number} row @param {number} column */
function markCell(canvas, row, column) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = "#35c3ff";
  context.fillRect(column, row, 1, 1);
}

export default defineWidget({ name: "digit-canvas", title: "Digit canvas", build, binary: ["ink"] });
