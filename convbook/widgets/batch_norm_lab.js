import { button, choice, result, slider } from "./shared/controls.js";
import { h, s, say, scrollBox } from "./shared/dom.js";
import { fixed, number, plural } from "./shared/format.js";
import { normalFrom } from "./shared/chance.js";
import { defineWidget } from "./shared/view.js";

const WORKED = [1, 1, 5, 5];
const EPSILON = 1e-3;
const MOMENTUM = 0.9;
const REACH = 30; // how far from 0 a number can be dragged; the same in Python
const NEAR = 24; // pixels from a dot at which a finger has it
const DRAWN = /** @type {const} */ (["source", "mean", "spread", "batch_size", "seed"]);

/** @typedef {import("./shared/view.js").View<import("../../types/traits").BatchNormLab>} View */
/** @typedef {ReturnType<typeof answer>} Answer */
/** @typedef {import("./shared/reactive.js").Computed<Answer>} Found */

/** A batch as it was drawn; 0 is the one on show. @param {View} view @param {number} index @returns {number[]} */
function batchOf(view, index) {
  if (view.get("source") === "worked") return WORKED;
  const normal = normalFrom(1000 * view.get("seed") + index);
  const [mean, spread] = [view.get("mean"), view.get("spread")];
  return Array.from({ length: view.get("batch_size") }, () => mean + spread * normal());
}

/** Mean and variance. @param {number[]} values */
function statistics(values) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return [mean, values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length];
}

/** Moving mean and variance after the batches seen. @param {View} view */
function movingOf(view) {
  let moving = [0, 1];
  for (let index = 1; index <= view.get("seen"); index += 1) {
    const now = statistics(batchOf(view, index));
    moving = moving.map((old, i) => MOMENTUM * old + (1 - MOMENTUM) * now[i]);
  }
  return moving;
}

/**
 * Everything the widget shows: the batch at its three stages and both kinds of statistics.
 * @param {View} view @param {number[]} drawn @param {number[]} moving
 */
function answer(view, drawn, moving) {
  const places = new Map(view.get("moved"));
  const batch = drawn.map((value, i) => places.get(i) ?? value);
  const own = statistics(batch);
  const used = view.get("mode") === "training" ? own : moving;
  const normal = batch.map((v) => (v - used[0]) / Math.sqrt(used[1] + EPSILON));
  const outputs = normal.map((v) => view.get("gamma") * v + view.get("beta"));
  return { batch, own, moving, used, normal, outputs };
}

function build(/** @type {View} */ view) {
  const drawn = view.computed(DRAWN, () => batchOf(view, 0));
  const moving = view.computed([...DRAWN, "seen"], () => movingOf(view));
  const found = view.computed([drawn, moving, "moved", "gamma", "beta", "mode"], () =>
    answer(view, drawn.value, moving.value));
  view.body.append(controls(view), lines(view, found), numbers(view, found));
}

/** @param {View} view */
function controls(view) {
  const two = (/** @type {number} */ v) => fixed(v, 2);
  // Another batch comes as it was drawn, wherever the dots of this one were dragged to.
  const afresh = (/** @type {(typeof DRAWN)[number]} */ trait) => ({ watch: [trait], get: () => view.get(trait),
    set: (/** @type {any} */ value) => view.set({ [trait]: value, moved: [] }), limit: view.limit(trait) });
  const drawn = [
    slider(view, afresh("mean"), { label: "Mean", step: 0.5, format: two }),
    slider(view, afresh("spread"), { label: "Spread", step: 0.1, format: two }),
    slider(view, afresh("batch_size"), { label: "Numbers a batch" }),
    button("Draw another batch", () => afresh("seed").set((view.get("seed") + 1) % 10000)),
  ];
  view.watch(["source"], () => {
    for (const control of drawn) control.hidden = view.get("source") === "worked";
  });
  return h("div", { class: "cb-panel cb-settings" },
    h("div", { class: "cb-row" },
      choice(view, afresh("source"),
        { label: "What comes in", options: [["worked", "1, 1, 5, 5"], ["drawn", "drawn at random"]] }),
      choice(view, "mode",
        { label: "The layer is in", options: [["training", "training"], ["inference", "inference"]] })),
    h("div", { class: "cb-controls" }, drawn,
      slider(view, "gamma", { label: "Scale γ", step: 0.1, format: two }),
      slider(view, "beta", { label: "Shift β", step: 0.5, format: two }),
      slider(view, "seen", { label: "Training batches before" })));
}

/** @typedef {ReturnType<typeof scaleOf>} Scale */

/** @param {View} view @param {Found} found */
function lines(view, found) {
  const picture = h("div");
  const frame = h("div", { class: "cb-lines" }, picture);
  const words = result("meaning", { tag: "p", class: "cb-note" });
  const back = button("Put the numbers back", () => view.set({ moved: [] }));
  let width = 0;
  const draw = () => {
    if (width === 0) return;
    const scale = scaleOf(found.value, width, handle.held());
    picture.replaceChildren(linesPicture(found.value, scale));
    handle.show(scale);
  };
  const handle = handleOf(view, found, frame, draw);
  view.watch([found], () => {
    draw();
    words.show(meaning(view, found.value), found.value.outputs.length);
    back.hidden = view.get("moved").length === 0;
  });
  const stack = h("div", { class: "cb-stack" }, frame, back, words.element);
  view.onWidth(stack, (/** @type {number} */ available) => {
    width = available;
    draw();
  });
  return stack;
}

/**
 * Where numbers lie in the picture. While a dot is held, its ends stay at least where they were.
 * @param {Answer} answer @param {number} width @param {{ low: number, high: number } | null} held
 */
function scaleOf({ batch, normal, outputs }, width, held) {
  const every = [0, ...batch, ...normal, ...outputs];
  const low = Math.min(held?.low ?? 0, Math.floor(Math.min(...every) - 0.5));
  const high = Math.max(held?.high ?? 0, Math.ceil(Math.max(...every) + 0.5));
  const wide = width > 480;
  const left = wide ? 108 : 12;
  const [first, between] = wide ? [30, 50] : [42, 64];
  const step = (width - left - 14) / (high - low);
  return { width, wide, left, low, high, step, foot: 30 + 3 * between,
    x: (/** @type {number} */ value) => left + (value - low) * step,
    y: (/** @type {number} */ row) => first + row * between };
}

/** The dots of a row; those that would hide each other stand one above the other.
 * @param {number[]} values @param {number} row @param {Scale} scale */
function dotsOf(values, row, { x, y }) {
  const heights = new Map();
  return values.map((value) => {
    const place = Math.round(x(value) / 3);
    const above = heights.get(place) ?? 0;
    heights.set(place, above + 1);
    return [x(value), y(row) - Math.min(above, 5) * 4];
  });
}

/**
 * The ring around one of the dots that come in: a pointer drags it, left and right move it, up and
 * down choose another one.
 * @param {View} view @param {Found} found @param {HTMLElement} frame @param {() => void} draw
 */
function handleOf(view, found, frame, draw) {
  let chosen = 0;
  /** @type {Scale} */
  let scale;
  /** @type {{ off: number, before: View["opening"]["moved"] } | null} */
  let held = null;
  const element = h("span", { class: "cb-handle", role: "slider", tabindex: 0, "aria-valuemin": -REACH,
    "aria-valuemax": REACH });
  const move = (/** @type {number} */ value) => {
    const to = Math.min(REACH, Math.max(-REACH, Number(value.toFixed(1))));
    view.set({ moved: [...view.get("moved").filter(([i]) => i !== chosen), [chosen, to]] });
  };
  const show = (/** @type {Scale} */ now) => {
    scale = now;
    const { batch } = found.value;
    chosen = Math.min(chosen, batch.length - 1);
    const [x, y] = dotsOf(batch, 0, scale)[chosen];
    element.style.translate = `${x}px ${y}px`;
    element.setAttribute("aria-valuenow", String(batch[chosen]));
    element.setAttribute("aria-valuetext", fixed(batch[chosen], 2));
    element.setAttribute("aria-label", `Number ${chosen + 1} of ${batch.length} that come in; left and right move ` +
      "it, up and down choose another one");
  };
  const at = (/** @type {PointerEvent} */ event) => {
    const box = frame.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const release = (/** @type {boolean} */ keep) => () => {
    if (!held) return;
    if (!keep) view.set({ moved: held.before });
    held = null;
    draw();
  };
  frame.append(element);
  frame.addEventListener("pointerdown", (event) => {
    const [x, y] = at(event);
    const dots = dotsOf(found.value.batch, 0, scale);
    const away = dots.map(([cx, cy]) => Math.hypot(cx - x, cy - y));
    const nearest = away.indexOf(Math.min(...away));
    if (away[nearest] > NEAR) return;
    chosen = nearest;
    held = { off: dots[nearest][0] - x, before: view.get("moved") };
    frame.setPointerCapture(event.pointerId);
    show(scale);
    // Only then: the browser itself moves the focus once this event is over.
    requestAnimationFrame(() => element.focus({ preventScroll: true }));
  });
  frame.addEventListener("pointermove", (event) => {
    if (!held) return;
    const value = scale.low + (at(event)[0] + held.off - scale.left) / scale.step;
    move(Math.min(scale.high - 0.5, Math.max(scale.low + 0.5, value)));
  });
  frame.addEventListener("pointerup", release(true));
  // A finger that went up or down scrolls the page and was not meant for the dot.
  frame.addEventListener("pointercancel", release(false));
  element.addEventListener("keydown", (event) => {
    const { batch } = found.value;
    const along = (event.shiftKey ? 5 : 0.5) * ({ ArrowLeft: -1, ArrowRight: 1, Home: -1e3, End: 1e3 }[event.key] ?? 0);
    const other = { ArrowUp: -1, ArrowDown: 1 }[event.key] ?? 0;
    if (!along && !other) return;
    event.preventDefault();
    if (along) move(batch[chosen] + along);
    chosen = Math.min(batch.length - 1, Math.max(0, chosen + other));
    show(scale);
  });
  return { show, held: () => held && scale };
}

/** @param {Answer} answer @param {Scale} scale */
function linesPicture({ batch, normal, outputs }, scale) {
  const { width, wide, left, low, high, foot, x } = scale;
  const parts = [];
  /** @type {[string, number[], string][]} */
  const rows = [["comes in", batch, "in"], ["normalised", normal, "mid"], ["scaled, shifted", outputs, "out"]];
  rows.forEach(([name, values, kind], row) => {
    const y = scale.y(row);
    parts.push(s("text", { x: 4, y: wide ? y + 4 : y - 16, class: "cb-tick" }, name),
      s("line", { x1: left, x2: width - 8, y1: y, y2: y, class: "cb-rule" }));
    if (row === 0) {
      parts.push(s("text", { x: wide ? 4 : 60, y: wide ? y + 18 : y - 16, class: "cb-tick cb-how" }, "(drag a dot)"));
    }
    const size = values.length > 64 ? 3 : 5;
    for (const [cx, cy] of dotsOf(values, row, scale)) {
      parts.push(s("circle", { cx, cy, r: size, class: `cb-dot cb-${kind}` }));
    }
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    parts.push(s("line", { x1: x(mean), x2: x(mean), y1: y - 14, y2: y + 12, class: "cb-mean" }));
  });
  const every5 = Math.max(1, Math.ceil((high - low) / 8));
  for (let tick = Math.ceil(low / every5) * every5; tick <= high; tick += every5) {
    parts.push(s("text", { x: x(tick), y: foot, "text-anchor": "middle", class: "cb-tick" }, number(tick)));
  }
  return s("svg", { width, height: foot + 6, viewBox: `0 0 ${width} ${foot + 6}`, "aria-hidden": "true" }, parts);
}

/** @param {View} view @param {Answer} answer */
function meaning(view, { batch, own, used }) {
  if (view.get("mode") === "inference" && view.get("seen") === 0) {
    return "No training batch was seen: the moving statistics are still 0 and 1, and the layer changes next to " +
      "nothing. Load trained statistics with the weights.";
  }
  if (view.get("mode") === "training" && own[1] === 0) {
    const subject = batch.length === 1 ? "A batch of one number has" : "These numbers have";
    return `${subject} variance 0: whatever comes in, β leaves. Too small a batch tells the layer nothing.`;
  }
  if (view.get("mode") === "inference") {
    const off = Math.abs(used[0] - own[0]) / Math.sqrt(own[1] + EPSILON);
    return off > 1 ? `The moving mean is still ${fixed(off, 1)} standard deviations away from this batch: ` +
      `${plural(view.get("seen"), "batch", "batches")} at momentum 0.9 were too few.`
      : "The moving statistics have caught up: one picture at a time gets the same treatment, whatever else is in " +
        "the batch.";
  }
  if (view.get("source") === "drawn" && batch.length <= 8) {
    return "So few numbers estimate mean and variance badly: draw another batch and watch the statistics jump.";
  }
  return "In training each number is measured against its own batch: the dashes mark the means, and γ and β alone " +
    "decide what leaves.";
}

/** @param {View} view @param {Found} found */
function numbers(view, found) {
  /** @type {Record<string, ReturnType<typeof result>>} */
  const cells = {};
  const cell = (/** @type {string} */ name) => (cells[name] = result(name, { live: false })).element;
  const row = (/** @type {string} */ label, /** @type {string[]} */ ...names) =>
    h("tr", {}, h("th", { scope: "row" }, label), names.map((name) => h("td", {}, cell(name))));
  const usedNote = h("span", { class: "cb-note" });
  const table = h("table", { class: "cb-numbers" },
    h("caption", { class: "cb-hidden-text" }, "Means and variances"),
    h("tr", {}, h("td", {}), h("th", { scope: "col" }, "mean"), h("th", { scope: "col" }, "variance")),
    row("this batch", "batch-mean", "batch-variance"),
    row("moving averages", "moving-mean", "moving-variance"),
    row("used to normalise", "used-mean", "used-variance"),
    row("leaves the layer", "output-mean", "output-variance"));
  view.watch([found], () => {
    const { own, moving, used, outputs } = found.value;
    const pairs = { batch: own, moving, used, output: statistics(outputs) };
    for (const [name, [mean, variance]] of Object.entries(pairs)) {
      cells[`${name}-mean`].show(fixed(mean, 2), mean);
      cells[`${name}-variance`].show(fixed(variance, 2), variance);
    }
    const training = view.get("mode") === "training";
    const wanted = view.get("gamma") ** 2;
    const held = pairs.output[1];
    const short = training && used[1] > 0 && fixed(held, 2) !== fixed(wanted, 2);
    const why = ` ε = 0.001 under the root keeps the variance that leaves at ${fixed(held, 2)} instead of γ² = ` +
      `${fixed(wanted, 2)}.`;
    const which = training ? "Training uses this batch's." : "Inference uses the moving averages.";
    say(usedNote, `${which}${short ? why : ""}`);
  });
  return h("div", { class: "cb-panel" }, scrollBox(table), usedNote);
}

export default defineWidget({ name: "batch-norm-lab", title: "Batch norm lab", build });
