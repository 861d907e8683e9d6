import { choice, numberField, result, slider } from "./shared/controls.js";
import { h, s, say, scrollBox } from "./shared/dom.js";
import { fixed, number, percent, plural } from "./shared/format.js";
import chartTable from "./shared/transfer_advice.json";
import curveTable from "./shared/transfer_curves.json";
import { defineWidget } from "./shared/view.js";

const INPUTS = /** @type {const} */ (["classes", "per_class", "kind", "compute"]);

/** @typedef {import("./shared/view.js").View<import("../../types/traits").TransferAdvisor>} View */
/** @typedef {{ title: string, ways: string[], steps: string[], reason: string }} Advice */
/**
 * @typedef {object} Chart
 * @property {Record<string, string>} ways
 * @property {number} few_below
 * @property {number} many_from
 * @property {Record<string, Advice>} advice
 * @property {Advice} minutes
 */
/**
 * @typedef {object} Curves
 * @property {Record<string, Record<string, Record<string, number[]>>>} accuracies
 * @property {{ classes: string[] }} backbone
 * @property {Record<string, string[]>} classes
 * @property {Record<string, number>} test_pictures
 * @property {number} seeds
 */
/** @typedef {ReturnType<typeof answer>} Answer */
/** @typedef {import("./shared/reactive.js").Computed<Answer>} Found */

const chart = /** @type {Chart} */ (chartTable);
const curves = /** @type {Curves} */ (/** @type {unknown} */ (curveTable));
const WAYS = Object.keys(chart.ways);
const COUNTS = Object.keys(curves.accuracies.alike.head).map(Number);
// Two accuracies closer than this are called equal: the seeds differ by as much.
const CLOSE = 0.01;

const mean = (/** @type {number[]} */ values) => values.reduce((sum, v) => sum + v, 0) / values.length;
/** @type {(kind: string, way: string, count: number) => number[]} */
const seedsOf = (kind, way, count) => curves.accuracies[kind][way][count];
const exact = (/** @type {number} */ share) => `${fixed(100 * share, 1)}\u00a0%`;
const lower = (/** @type {string} */ text) => text[0].toLowerCase() + text.slice(1);
const both = (/** @type {string[]} */ names) => names.map((way) => `“${chart.ways[way]}”`).join(" and ");

/** @param {number} classes @param {number} perClass @param {string} kind @param {string} compute */
function answer(classes, perClass, kind, compute) {
  const total = classes * perClass;
  const enough = total >= chart.many_from ? "many" : "some";
  const size = total < chart.few_below ? "few" : enough;
  const full = chart.advice[`${size}-${kind}`];
  const short = compute === "minutes" && full.ways.join() !== "head";
  const apart = (/** @type {number} */ count) => Math.max(count, perClass) / Math.min(count, perClass);
  const count = COUNTS.reduce((best, n) => (apart(n) < apart(best) ? n : best));
  const accuracies = Object.fromEntries(WAYS.map((way) => [way, mean(seedsOf(kind, way, count))]));
  const best = Math.max(...Object.values(accuracies));
  const leaders = WAYS.filter((way) => accuracies[way] >= best - CLOSE);
  return { classes, perClass, kind, total, size, full, short, advice: short ? chart.minutes : full, count,
    accuracies, leaders };
}

function build(/** @type {View} */ view) {
  const found = view.computed(INPUTS, answer);
  view.body.append(controls(view), path(view, found), advicePanel(view, found), measured(view, found));
}

/** @param {View} view */
function controls(view) {
  const count = numberField(view, "per_class", { label: "Pictures of each", width: 6 });
  // Ten times as many pictures are one step here, as on the curve's axis.
  const track = slider(view, {
    watch: ["per_class"],
    get: () => Math.round(20 * Math.log10(view.get("per_class"))),
    set: (step) => view.set({ per_class: Math.round(10 ** (step / 20)) }),
  }, { label: "Pictures of each, by a slider", min: 0, max: 80, hidden: true,
    format: () => number(view.get("per_class")) });
  count.classList.add("cb-range-field");
  count.querySelector("label")?.after(track);
  return h("div", { class: "cb-panel cb-questions" },
    h("div", { class: "cb-controls" },
      numberField(view, "classes", { label: "Classes", width: 5 }), count),
    h("div", { class: "cb-row cb-top" },
      choice(view, "kind",
        { label: "Like the backbone's photographs?", options: [["alike", "alike"], ["unlike", "unlike"]] }),
      choice(view, "compute", { label: "Training may take", options: [["minutes", "minutes"], ["hours", "hours"]] })));
}

/**
 * The way through the decision chart, one answer after the other.
 * @param {View} view @param {Found} found
 */
function path(view, found) {
  const total = result("total", { tag: "span" });
  const size = result("size", { tag: "b" });
  const kind = h("b");
  const compute = h("b");
  view.watch([found], () => {
    const { classes, perClass, total: all, size: name } = found.value;
    total.show(`${number(classes)} × ${number(perClass)} = ${plural(all, "picture")}`, all);
    size.show({ few: `few (fewer than ${number(chart.few_below)})`, some: "in between",
      many: `many (${number(chart.many_from)} or more)` }[name], name);
    say(kind, view.get("kind"));
    say(compute, view.get("compute"));
  });
  return h("ol", { class: "cb-path" },
    h("li", {}, h("span", {}, "How many?"), total.element, size.element),
    h("li", {}, h("span", {}, "Like photographs?"), kind),
    h("li", {}, h("span", {}, "Time?"), compute));
}

/** @param {View} view @param {Found} found */
function advicePanel(view, found) {
  const title = result("advice", { class: "cb-answer" });
  const steps = h("ol", { class: "cb-steps" });
  const reason = h("p");
  const later = result("later", { tag: "p", live: false, class: "cb-note" });
  view.watch([found], () => {
    const { advice, full, short } = found.value;
    title.show(advice.title);
    steps.replaceChildren(...advice.steps.map((step) => h("li", {}, step)));
    say(reason, `Why: ${lower(advice.reason)}`);
    later.show(short ? `With more time: ${lower(full.title)}.` : "", short ? full.title : "");
  });
  return h("div", { class: "cb-panel cb-advice" }, title.element, steps, reason, later.element);
}

// --- what was measured -----------------------------------------------------------------------------

/** @param {View} view @param {Found} found */
function measured(view, found) {
  const heading = h("p", { class: "cb-heading" });
  const frame = h("div", { class: "cb-chart" });
  const verdict = result("verdict", { tag: "p" });
  const source = h("p", { class: "cb-note" });
  const beyond = h("p", { class: "cb-note" });
  const values = WAYS.map((way) => ({ way, ...rowOf(way) }));
  let width = 0;
  const draw = () => {
    if (width > 0) frame.replaceChildren(drawing(found.value, width));
  };
  view.watch([found], () => {
    const { kind, count, accuracies, advice, leaders, perClass } = found.value;
    say(heading, `Measured with ${plural(count, "picture")} a class, on pictures ` +
      `${kind === "alike" ? "like" : "unlike"} the backbone's`);
    for (const { way, row, value, range } of values) {
      const seeds = seedsOf(kind, way, count);
      value.show(exact(accuracies[way]), accuracies[way]);
      say(range, `${exact(Math.min(...seeds))} to ${exact(Math.max(...seeds))}`);
      row.classList.toggle("cb-advised", advice.ways.includes(way));
      row.classList.toggle("cb-best", leaders.includes(way));
    }
    verdict.show(inWordsOf(found.value), leaders);
    say(source, sourceOf(kind));
    say(beyond, beyondWords(perClass));
    beyond.hidden = beyond.textContent === "";
    draw();
  });
  const table = h("table", { class: "cb-ways" },
    h("thead", {}, h("tr", {},
      ["Way", "accuracy", `lowest to highest of ${curves.seeds}`].map((text) => h("th", { scope: "col" }, text)))),
    h("tbody", {}, values.map(({ row }) => row)));
  const stack = h("div", { class: "cb-stack" }, heading, frame, scrollBox(table), verdict.element, beyond,
    h("details", {}, h("summary", {}, "Where these numbers come from"), source));
  view.onWidth(stack, (/** @type {number} */ available) => {
    width = available;
    draw();
  });
  return stack;
}

/** @param {string} way */
function rowOf(way) {
  const value = result(`accuracy-${way}`, { tag: "td", live: false });
  const range = h("td", { class: "cb-range" });
  const row = h("tr", {},
    h("th", { scope: "row" }, sample(way), chart.ways[way], h("span", { class: "cb-badge" }, "advised")),
    value.element, range);
  return { row, value, range };
}

const sample = (/** @type {string} */ way) =>
  s("svg", { width: 34, height: 12, viewBox: "0 0 34 12", "aria-hidden": "true", class: "cb-sample" },
  s("line", { x1: 1, x2: 33, y1: 6, y2: 6, class: `cb-curve cb-${way}` }), mark(way, 17, 6));

/**
 * Each way has its own mark: no one has to tell the curves apart by colour.
 * @param {string} way @param {number} x @param {number} y
 * @returns {SVGElement}
 */
function mark(way, x, y) {
  const shape = { class: `cb-mark cb-${way}` };
  if (way === "head") return s("circle", { cx: x, cy: y, r: 4, ...shape });
  if (way === "last") return s("rect", { x: x - 3.6, y: y - 3.6, width: 7.2, height: 7.2, ...shape });
  const corners = way === "all" ? [[0, -5], [4.6, 3.6], [-4.6, 3.6]] : [[0, -5], [5, 0], [0, 5], [-5, 0]];
  return s("polygon", { points: corners.map(([dx, dy]) => `${x + dx},${y + dy}`).join(" "), ...shape });
}

/** @param {Answer} answer @param {number} width */
function drawing({ kind, perClass, count }, width) {
  const [height, left, right, foot, head] = [220, 46, 14, 40, 10];
  const [first, last] = [COUNTS[0], COUNTS[COUNTS.length - 1]];
  /** @type {(count: number) => number} */
  const x = (n) => left + 12 + ((width - left - right - 24) * Math.log(n / first)) / Math.log(last / first);
  const low = Math.floor(10 * Math.min(...WAYS.flatMap((way) => COUNTS.map((n) => mean(seedsOf(kind, way, n)))))) / 10;
  const y = (/** @type {number} */ share) => head + ((1 - share) / (1 - low)) * (height - foot - head);
  const ticks = Array.from({ length: 11 }, (_, i) => i / 10).filter((t) => t >= low - 1e-9);
  /** @type {SVGElement[]} */
  const parts = ticks.flatMap((t) => [
    s("line", { x1: left, x2: width - right, y1: y(t), y2: y(t), class: "cb-rule" }),
    s("text", { x: left - 6, y: y(t) + 4, "text-anchor": "end", class: "cb-tick" }, `${Math.round(100 * t)} %`)]);
  const here = x(Math.min(last, Math.max(first, perClass)));
  parts.push(s("line", { x1: here, x2: here, y1: head, y2: height - foot, class: "cb-here" }),
    s("rect", { x: x(count) - 9, y: head, width: 18, height: height - foot - head, class: "cb-read" }));
  for (const n of COUNTS) {
    parts.push(s("text", { x: x(n), y: height - foot + 16, "text-anchor": "middle", class: "cb-tick" }, n));
  }
  parts.push(s("text", { x: (left + width) / 2, y: height - 6, "text-anchor": "middle", class: "cb-tick" },
    "labelled pictures of each class"));
  for (const way of [...WAYS].reverse()) {
    const points = COUNTS.map((n) => [x(n), y(mean(seedsOf(kind, way, n)))]);
    parts.push(s("polyline",
      { points: points.map((p) => p.map((v) => v.toFixed(1)).join()).join(" "), class: `cb-curve cb-${way}` }),
      ...points.map(([px, py]) => mark(way, px, py)));
  }
  return s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, parts);
}

/** Does the measurement agree with the chart? Said plainly, also where it does not. @param {Answer} answer */
function inWordsOf({ advice, leaders, accuracies, count, short }) {
  const at = `With ${plural(count, "picture")} a class`;
  const top = `${at} ${both(leaders)} ${leaders.length === 1 ? "was" : "were"} ` +
    `best${leaders.length > 1 ? ", within a percentage point" : ""}`;
  const best = Math.max(...WAYS.map((way) => accuracies[way]));
  const advised = Math.max(...advice.ways.map((way) => accuracies[way]));
  if (advised >= best - CLOSE) return `${top}: here the measurement agrees with the advice.`;
  const lost = `${number(100 * (best - advised), 1)} percentage points`;
  if (short) return `${top}. The head alone gives up ${lost}: that is what more time may buy.`;
  return `${top}, ${lost} above what is advised. The chart is a rule of thumb: try both, and let the validation set ` +
    `decide.`;
}

/** What is to be said where the reader's number lies outside the curves. @param {number} perClass */
function beyondWords(perClass) {
  return perClass > COUNTS[COUNTS.length - 1] || perClass < COUNTS[0]
    ? `Your ${plural(perClass, "picture")} a class lie beyond what was measured (${COUNTS[0]} to ${COUNTS.at(-1)}): ` +
      "read the end of the curve with care." : "";
}

/** @param {string} kind */
function sourceOf(kind) {
  const { backbone, classes, test_pictures: pictures, seeds } = curves;
  return `Recorded: the chapter's pocket net learned ${backbone.classes.join(", ")} (CIFAR-10); the new task is ` +
    `${kind === "alike" ? `${classes.alike.join(", ")} (CIFAR-10)`
      : `five handwritten Devanagari letters: ${classes.unlike.join(", ")}`}. ` +
    `Mean of ${seeds} seeds, ${number(pictures[kind])} test pictures, guessing gives ` +
      `${percent(1 / classes[kind].length)}. ` +
    "Other networks and tasks give other numbers.";
}

export default defineWidget({ name: "transfer-advisor", title: "Transfer advisor", build });
