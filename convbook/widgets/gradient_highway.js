import { blocksAround, chainInWords, chainPicture, factorOf } from "./shared/block_chain.js";
import { result, select, slider } from "./shared/controls.js";
import { h, s } from "./shared/dom.js";
import { fixed, number, scientific } from "./shared/format.js";
import { pointAtCells } from "./shared/keyboard.js";
import { normalFrom } from "./shared/chance.js";
import { defineWidget } from "./shared/view.js";

const WIDTH = 8;
const INPUTS = /** @type {const} */ (["depth", "scale", "activation", "cancel_block", "cancel", "seed"]);
// Below this a length is drawn at the foot of the picture; its number is still read out.
const LOWEST = -30;
// A gradient is said to explode beyond ten times its length, and to vanish below a hundredth.
const GROWN = 10;
const VANISHED = 0.01;

/** @typedef {import("./shared/view.js").View<import("../../types/traits").GradientHighway>} View */
/** @typedef {import("../../types/traits").GradientHighway} Traits */
/** @typedef {{ depth: number, plain: number[], residual: number[] }} Lengths of the gradient below each block */
/** @typedef {import("./shared/reactive.js").Computed<Lengths>} Found */
/** @typedef {import("./shared/reactive.js").Computed<number>} Chosen the block that is read out, from 0 */

/** @type {Record<Traits["activation"], [(z: number) => number, (z: number) => number]>} */
const ACTIVATIONS = {
  linear: [(z) => z, () => 1],
  relu: [(z) => Math.max(z, 0), (z) => (z > 0 ? 1 : 0)],
  tanh: [Math.tanh, (z) => 1 - Math.tanh(z) ** 2],
};

/** @param {number} value @param {number} low @param {number} high */
const within = (value, low, high) => Math.min(high, Math.max(low, value));
const lengthOf = (/** @type {number[]} */ vector) => Math.sqrt(vector.reduce((sum, v) => sum + v * v, 0));

/** @param {() => number} normal */
function unitVector(normal) {
  const vector = Array.from({ length: WIDTH }, normal);
  const length = lengthOf(vector);
  return vector.map((v) => v / length);
}

/**
 * Length of the gradient below each block, block 1 first. `shortcut` is 1 with it, 0 without.
 * @param {Omit<Traits, "block">} setting
 * @param {0 | 1} shortcut
 */
function gradientLengths(setting, shortcut) {
  const { depth, scale, activation, cancel_block: cancelBlock, cancel, seed } = setting;
  const [act, derivative] = ACTIVATIONS[activation];
  const normal = normalFrom(seed);
  let signal = unitVector(normal);
  let gradient = unitVector(normal);
  const slopes = [];
  for (let block = 1; block <= depth; block += 1) {
    const weights = Array.from({ length: WIDTH * WIDTH }, () => (normal() * scale) / Math.sqrt(WIDTH));
    const slope = new Float64Array(WIDTH * WIDTH);
    /** @type {number[]} */
    const next = new Array(WIDTH);
    for (let i = 0; i < WIDTH; i += 1) {
      if (block === cancelBlock) {
        slope[i * WIDTH + i] = -cancel;
        next[i] = -cancel * signal[i];
      } else {
        let before = 0;
        for (let j = 0; j < WIDTH; j += 1) before += weights[i * WIDTH + j] * signal[j];
        const factor = derivative(before);
        for (let j = 0; j < WIDTH; j += 1) slope[i * WIDTH + j] = factor * weights[i * WIDTH + j];
        next[i] = act(before);
      }
      slope[i * WIDTH + i] += shortcut;
      next[i] += shortcut * signal[i];
    }
    slopes.push(slope);
    signal = next;
  }
  const lengths = [];
  for (const slope of slopes.reverse()) {
    const below = new Array(WIDTH).fill(0);
    for (let i = 0; i < WIDTH; i += 1) {
      for (let j = 0; j < WIDTH; j += 1) below[j] += slope[i * WIDTH + j] * gradient[i];
    }
    gradient = below;
    lengths.push(lengthOf(gradient));
  }
  return lengths.reverse();
}

/** @returns {Lengths} */
function answer(/** @type {View} */ view) {
  const depth = within(view.get("depth"), 1, 100);
  const setting = { depth, scale: view.get("scale"), activation: view.get("activation"), seed: view.get("seed"),
    cancel_block: view.get("cancel_block"), cancel: view.get("cancel") };
  return { depth, plain: gradientLengths(setting, 0), residual: gradientLengths(setting, 1) };
}

function build(/** @type {View} */ view) {
  const found = view.computed(INPUTS, () => answer(view));
  const chosen = view.computed([found, "block"], ({ depth }, block) => within(block, 1, depth) - 1);
  view.body.append(controls(view), readings(view, found), chain(view, found, chosen), chart(view, found, chosen));
}

/** @param {View} view */
function controls(view) {
  const two = (/** @type {number} */ value) => fixed(value, 2);
  const cancel = slider(view, "cancel", { label: "c", step: 0.01, format: two });
  const block = slider(view, "cancel_block", { label: "Block with F(x) = −c·x",
    format: (v) => (v === 0 ? "none" : number(v)) });
  const track = /** @type {HTMLInputElement} */ (block.querySelector("input"));
  view.watch(["depth"], () => {
    track.max = String(view.get("depth"));
  });
  view.watch(["cancel_block"], () => {
    cancel.hidden = view.get("cancel_block") === 0;
  });
  return h("div", { class: "cb-panel cb-controls" },
    slider(view, "depth", { label: "Blocks" }),
    slider(view, "scale", { label: "Scale of the weights", step: 0.05, format: two }),
    select(view, "activation",
      { label: "Activation", options: [["relu", "ReLU"], ["tanh", "tanh"], ["linear", "none"]] }),
    slider(view, "seed", { label: "Draw of the weights" }),
    block, cancel);
}

/** @param {View} view @param {Found} found */
function readings(view, found) {
  const plain = result("plain-first", { class: "cb-answer" });
  const residual = result("residual-first", { class: "cb-answer" });
  const meaning = result("meaning", { tag: "p", class: "cb-note" });
  view.watch([found], () => {
    const { depth, plain: p, residual: r } = found.value;
    plain.show(scientific(p[0]), p[0]);
    residual.show(scientific(r[0]), r[0]);
    const block = view.get("cancel_block");
    const c = block >= 1 && block <= depth ? view.get("cancel") : null;
    meaning.show(inWordsOf(p[0], r[0], c, block), [p[0], r[0]]);
  });
  /** @type {(kind: string, title: string, value: { element: HTMLElement }) => HTMLElement} */
  const box = (kind, title, value) => h("div", { class: "cb-reading" },
    h("span", { class: `cb-line cb-${kind}` }), h("span", { class: "cb-label" }, title), value.element);
  return h("div", { class: "cb-readings" },
    h("p", { class: "cb-heading" }, "A gradient of length 1 enters at the top. At block 1 it has length"),
    h("div", { class: "cb-row" }, box("plain", "plain, y = F(x)", plain),
      box("residual", "residual, y = F(x) + x", residual)),
    meaning.element);
}

/** @param {number} plain @param {number} residual @param {number | null} c @param {number} block */
function inWordsOf(plain, residual, c, block) {
  if (c === 1) {
    return `In block ${number(block)} the branch is F(x) = −x. With the shortcut its Jacobian is −I + I = 0: ` +
      "no gradient passes, so the “+1” guarantees nothing. Without the shortcut it passes in full.";
  }
  if (c === 0) {
    return `In block ${number(block)} the branch is F(x) = 0. Without the shortcut nothing passes; with it the ` +
      "Jacobian is 0 + I, and the gradient passes as it came.";
  }
  if (residual > GROWN) {
    const both = plain > GROWN ? `, and without it to ${scientific(plain)}: both explode` : ": it explodes";
    return `With the shortcut the gradient grows on its way down, to ${scientific(residual)} times its ` +
      `length${both}. ` +
      "One reason why residual networks normalise inside the branch.";
  }
  if (plain > GROWN) {
    return `Without the shortcut the gradient explodes; with it, it comes to ${scientific(residual)} times its length.`;
  }
  if (residual < VANISHED) {
    return plain < VANISHED ? "Both gradients have all but vanished: a shortcut is no guarantee."
      : "Here the shortcut does harm: its gradient has all but vanished, the plain one has not.";
  }
  if (plain < VANISHED) {
    return "The plain gradient has all but vanished; the shortcut's identity term carries the other one through.";
  }
  return "At this depth and scale the plain stack does well enough without a shortcut.";
}

/**
 * The block that is replaced, or the one that is chosen, between its neighbours.
 * @param {View} view @param {Found} found @param {Chosen} chosen
 */
function chain(view, found, chosen) {
  const frame = h("div", { class: "cb-chain" });
  const words = result("chain", { live: false, class: "cb-hidden-text" });
  let width = 0;
  const draw = () => {
    if (width === 0) return;
    const { depth, plain, residual } = found.value;
    const special = view.get("cancel_block") - 1;
    const c = view.get("cancel");
    const branch = c === 0 ? "0" : `−${c === 1 ? "" : `${fixed(c, 2)}·`}x`;
    const branchOf = (/** @type {number} */ i) => (i === special ? branch : "F(x)");
    const isThere = special >= 0 && special < depth;
    const blocks = blocksAround(isThere ? special : chosen.value, depth, width > 480 ? 5 : 3);
    /** @type {import("./shared/block_chain.js").Chain[]} */
    const chains = [
      { kind: "plain", lengths: plain, formula: branchOf },
      { kind: "residual", lengths: residual, formula: (i) => `${branchOf(i)} + x` }];
    frame.replaceChildren(chainPicture(chains, blocks, { width, chosen: chosen.value, special }));
    words.show(chainInWords(chains, blocks), blocks.map((i) => [i + 1, factorOf(plain, i), factorOf(residual, i)]));
  };
  view.watch([found, chosen], draw);
  const stack = h("div", { class: "cb-stack" }, frame, words.element,
    h("p", { class: "cb-note" }, "The gradient comes from the right: each block multiplies its length."));
  view.onWidth(stack, (/** @type {number} */ available) => {
    width = available;
    draw();
  });
  return stack;
}

/** @param {View} view @param {Found} found @param {Chosen} chosen */
function chart(view, found, chosen) {
  const frame = h("div", { class: "cb-chart" });
  const words = result("here", { tag: "p", class: "cb-note" });
  let width = 0;
  const left = 52;
  const x = (/** @type {number} */ i) => left + ((width - left - 12) * (i + 0.5)) / found.value.depth;
  const show = pointAtCells(frame, {
    label: "Length of the gradient at each block; the arrow keys choose a block",
    size: () => [1, found.value.depth],
    get: () => [0, chosen.value],
    set: ([, i]) => view.set({ block: i + 1 }),
    locate: (px) => {
      const { depth } = found.value;
      return [0, within(Math.floor(((px - left) / (width - left - 12)) * depth), 0, depth - 1)];
    },
    words: (i) => `block ${i + 1}`,
  });
  const draw = () => {
    if (width === 0) return;
    const i = chosen.value;
    const { plain, residual } = found.value;
    frame.replaceChildren(chartPicture(found.value, view.get("cancel_block") - 1, i, width, x, left));
    words.show(`Below block ${number(i + 1)}: plain ${scientific(plain[i])}, residual ${scientific(residual[i])}.`,
      [plain[i], residual[i]]);
    show();
  };
  view.watch([found, chosen], draw);
  const stack = h("div", { class: "cb-stack" }, frame, words.element);
  view.onWidth(stack, (/** @type {number} */ available) => {
    width = available;
    draw();
  });
  return stack;
}

/**
 * The block whose branch takes the signal back, as a band with its formula.
 * @param {number} middle
 * @param {number} blockWidth
 * @param {number} width
 * @param {number} floor
 */
function cancelledBlock(middle, blockWidth, width, floor) {
  const wide = Math.max(6, Math.min(blockWidth, 40));
  const onRight = middle > width / 2;
  return [s("rect", { x: middle - wide / 2, y: 8, width: wide, height: floor - 8, class: "cb-cancelled" }),
    s("text", { x: middle + (onRight ? -1 : 1) * (wide / 2 + 5), y: 20, "text-anchor": onRight ? "end" : "start",
      class: "cb-tick" }, "F(x) = −c·x")];
}

/**
 * @param {Lengths} lengths @param {number} cancelled @param {number} chosen @param {number} width
 * @param {(block: number) => number} x @param {number} left
 */
function chartPicture({ plain, residual, depth }, cancelled, chosen, width, x, left) {
  const height = 230;
  const foot = 28;
  const logs = [...plain, ...residual].filter((v) => v > 0).map((v) => Math.max(LOWEST, Math.log10(v)));
  const low = Math.floor(Math.min(0, ...logs));
  const high = Math.max(1, Math.ceil(Math.max(...logs)));
  // A logarithmic axis has no zero: where one occurs, it gets a line of its own below the axis.
  const zero = [...plain, ...residual].includes(0) ? 22 : 0;
  const span = height - foot - 8 - zero;
  const y = (/** @type {number} */ value) => (value === 0 ? height - foot
    : 8 + ((high - Math.max(low, Math.log10(value))) / (high - low)) * span);
  const every = Math.max(1, Math.ceil((high - low) / 6));
  const parts = [];
  for (let power = high; power >= low; power -= every) {
    parts.push(s("line",
      { x1: left, x2: width - 8, y1: y(10 ** power), y2: y(10 ** power), class: power === 0 ? "cb-one" : "cb-rule" }),
      s("text", { x: left - 6, y: y(10 ** power) + 4, "text-anchor": "end", class: "cb-tick" },
        scientific(10 ** power)));
  }
  if (zero) {
    parts.push(s("line", { x1: left, x2: width - 8, y1: y(0), y2: y(0), class: "cb-zero" }),
      s("text", { x: left - 6, y: y(0) + 4, "text-anchor": "end", class: "cb-tick" }, "0"));
  }
  if (cancelled >= 0 && cancelled < depth) {
    parts.push(...cancelledBlock(x(cancelled), x(1) - x(0), width, height - foot));
  }
  parts.push(s("line", { x1: x(chosen), x2: x(chosen), y1: 8, y2: height - foot, class: "cb-here" }));
  for (const [name, values] of Object.entries({ plain, residual })) {
    parts.push(s("polyline",
      { points: values.map((v, i) => `${x(i).toFixed(1)},${y(v).toFixed(1)}`).join(" "), class: `cb-${name}` }),
      s("circle", { cx: x(chosen), cy: y(values[chosen]), r: 4.5, class: `cb-dot cb-${name}` }));
  }
  const labels = depth === 1 ? [0] : [...new Set([0, chosen, depth - 1])];
  /** @type {Record<number, string>} */
  const anchors = { [depth - 1]: "end", 0: "start" };
  for (const i of labels.filter((at) => at === chosen || Math.abs(x(at) - x(chosen)) > 60)) {
    parts.push(s("text", { x: x(i), y: height - 8, "text-anchor": anchors[i] ?? "middle",
      class: "cb-tick" }, `block ${i + 1}`));
  }
  return s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, parts);
}

export default defineWidget({ name: "gradient-highway", title: "Gradient highway", build });
