import { choice, result, toggle } from "./shared/controls.js";
import { h, s, say } from "./shared/dom.js";
import { number } from "./shared/format.js";
import { pointAtCells } from "./shared/keyboard.js";
import milestoneTable from "./shared/timeline.json";
import { defineWidget } from "./shared/view.js";

// The one trained annotator of Russakovsky and others (2015), in percent.
const ANNOTATOR_ERROR = 5.1;
const CHOICES = /** @type {const} */ (["measure", "ensembles", "single_networks"]);
// Half the story happened in the last ten years: the axis is stretched there, and says so.
const BREAK = 2010;
const FIRST = 1957;
const LAST = 2021;
const SHARE_BEFORE_BREAK = 0.3;
const HEIGHT = 290;
const LEFT = 46;
const FOOT = 44;
// Pixels that a year needs on the axis, with the space to the next one.
const YEAR_WIDTH = 34;

/** @typedef {import("./shared/view.js").View<import("../../types/traits").Timeline>} View */
/** @typedef {import("../../types/traits").Timeline["measure"]} Measure */
/**
 * @typedef {object} Milestone
 * @property {string} short
 * @property {string} name
 * @property {number} year
 * @property {number | null} error
 * @property {string | null} error_of
 * @property {number | null} parameters
 * @property {number | null} depth
 * @property {string} new
 * @property {string} source
 */
/** @typedef {{ x: number, y: number, i: number, shown: boolean }} Place */
/** @typedef {{ left: number, right: number, top: number, bottom: number }} Box */
/** @typedef {(words: string, bold?: boolean) => number} Measured width of a text */

/** @type {Milestone[]} */
const milestones = milestoneTable;

/** @type {Record<Measure, (value: number) => string>} */
const UNITS = {
  error: (value) => `${number(value)}\u00a0%`,
  parameters: (value) => number(value),
  depth: (value) => number(value),
};

/** @type {Record<Measure, number[]>} */
const TICKS = { error: [0, 5, 10, 15], parameters: [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9], depth: [1, 10, 100] };

/** The value of a milestone as it is shown now; null where it has none. @param {View} view */
const valueIn = (view) => (/** @type {Milestone} */ milestone) => {
  const measure = view.get("measure");
  const kind = milestone.error_of === "ensemble" ? "ensembles" : "single_networks";
  return measure !== "error" || view.get(kind) ? milestone[measure] : null;
};

function build(/** @type {View} */ view) {
  view.body.append(controls(view), chart(view), reading(view));
}

/** @param {View} view */
function controls(view) {
  const kinds = h("div", { class: "cb-row" },
    toggle(view, "ensembles", { label: "ensembles (hollow)" }),
    toggle(view, "single_networks", { label: "single networks (filled)" }));
  view.watch(["measure"], () => {
    kinds.hidden = view.get("measure") !== "error";
  });
  return h("div", { class: "cb-row" }, choice(view, "measure", { label: "Show",
    options: [["error", "top-5 error"], ["parameters", "parameters"], ["depth", "depth"]] }), kinds);
}

/** @param {View} view */
function chart(view) {
  const frame = h("div", { class: "cb-chart" });
  const note = h("p", { class: "cb-note" });
  const shown = result("shown", { tag: "p", class: "cb-note" });
  const chosen = view.computed(["chosen"], (short) => milestones.findIndex((m) => m.short === short));
  let width = 0;
  /** @type {Place[]} */
  let places = [];
  const show = pointAtCells(frame, {
    label: "Milestones by year; the left and right arrow keys go from one to the next",
    hover: false,
    size: () => [1, milestones.length],
    get: () => [0, chosen.value],
    set: ([, at]) => view.set({ chosen: milestones[at].short }),
    locate: (x, y) => [0, nearest(places, x, y)],
    words: (at) => `${milestones[at].year}, ${milestones[at].name}`,
  });
  const draw = () => {
    if (width === 0) return;
    const drawn = layout(view, chosen.value, width);
    places = drawn.places;
    frame.replaceChildren(drawn.svg);
    show();
    const count = milestones.map(valueIn(view)).filter((value) => value !== null).length;
    shown.show(count === 0 ? "No milestone has this value with these switches; switch one kind on."
      : `${number(count)} of ${number(milestones.length)} milestones ${count === 1 ? "has" : "have"} a value here; ` +
        "the others stand on the axis.", count);
    say(note, view.get("measure") === "error"
      ? "ImageNet, each as its own paper reports it. An ensemble averages several networks: never compare one with a " +
        "single network."
      : "A logarithmic scale: each line is ten times the one below. The years after 2010 are stretched.");
  };
  view.watch([...CHOICES, chosen], draw);
  const stack = h("div", { class: "cb-stack" }, frame, shown.element, note);
  view.onWidth(stack, (/** @type {number} */ available) => {
    width = available;
    draw();
  });
  return stack;
}

/** @param {Place[]} places @param {number} x @param {number} y */
function nearest(places, x, y) {
  const far = places.map((p) => (p.x - x) ** 2 + (p.y - y) ** 2);
  return far.indexOf(Math.min(...far));
}

/**
 * What the axes are: x of a year, y of a value, and where both are marked.
 * @param {Measure} measure @param {number} width
 */
function axesOf(measure, width) {
  const room = width - LEFT - 14;
  const ticks = TICKS[measure];
  /** @type {(value: number) => number} */
  const share = measure === "error" ? (v) => v / 17
    : (v) => Math.log10(v / ticks[0]) / Math.log10((measure === "depth" ? 200 : 1e9) / ticks[0]);
  const x = (/** @type {number} */ year) => LEFT + room * (year < BREAK
    ? (SHARE_BEFORE_BREAK * (year - FIRST)) / (BREAK - FIRST)
    : SHARE_BEFORE_BREAK + ((1 - SHARE_BEFORE_BREAK) * (year - BREAK)) / (LAST - BREAK));
  /** @type {number[]} those that stand clear of the one before */
  const years = [];
  for (const year of [1960, 1980, 2000, 2010, 2012, 2014, 2016, 2018, 2020]) {
    if (years.length === 0 || x(year) - x(years[years.length - 1]) >= YEAR_WIDTH) years.push(year);
  }
  return { ticks, years, x,
    y: (/** @type {number} */ value) => HEIGHT - FOOT - share(value) * (HEIGHT - FOOT - 20) };
}

/** @param {View} view @param {number} chosen @param {number} width */
function layout(view, chosen, width) {
  const measure = view.get("measure");
  const { ticks, years, x, y } = axesOf(measure, width);
  /** @type {SVGElement[]} */
  const parts = ticks.flatMap((tick) => [
    s("line", { x1: LEFT, x2: width - 8, y1: y(tick), y2: y(tick), class: "cb-rule" }),
    s("text", { x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end", class: "cb-tick" },
      measure === "error" ? `${tick} %` : compact(tick))]);
  parts.push(...years.map((tick) =>
    s("text", { x: x(tick), y: HEIGHT - 8, "text-anchor": "middle", class: "cb-tick" }, tick)),
    s("line", { x1: x(BREAK), x2: x(BREAK), y1: 12, y2: HEIGHT - FOOT + 12, class: "cb-break" }));
  const places = milestones.map((milestone, i) => {
    const value = valueIn(view)(milestone);
    return { x: x(milestone.year), y: value === null ? HEIGHT - FOOT + 14 : y(value), i, shown: value !== null };
  });
  spread(places);
  const text = textWidths(view.root);
  const boxAt = (/** @type {Place} */ p) => ({ left: p.x - 8, right: p.x + 8, top: p.y - 8, bottom: p.y + 8 });
  const taken = places.filter(({ shown }) => shown).map(boxAt);
  /** @type {Box[]} */
  const lines = [];
  if (measure === "error") {
    const at = y(ANNOTATOR_ERROR);
    const words = `one trained person: ${ANNOTATOR_ERROR} %`;
    parts.push(s("line", { x1: LEFT, x2: width - 8, y1: at, y2: at, class: "cb-human" }),
      s("text", { x: LEFT + 4, y: at + 14, class: "cb-tick" }, words));
    taken.push({ left: LEFT + 4, right: LEFT + 4 + text(words), top: at + 3, bottom: at + 18 });
    lines.push({ left: LEFT, right: width, top: at - 1, bottom: at + 1 });
  }
  const last = (/** @type {Place} */ a, /** @type {Place} */ b) => Number(a.i === chosen) - Number(b.i === chosen);
  const order = places.filter((p) => p.shown || p.i === chosen).sort((a, b) => last(b, a) || a.x - b.x);
  const names = order.map((place) => nameAt(place, place.i === chosen, text, taken, lines, width));
  for (const { x: at, y: high, i, shown } of [...places].sort(last)) {
    const hollow = measure === "error" && milestones[i].error_of === "ensemble";
    const [kind, r] = shown ? [hollow ? "cb-hollow" : "cb-full", 6] : ["cb-none", 3.5];
    parts.push(s("circle", { cx: at, cy: high, r: i === chosen ? 8 : r,
      class: `cb-point ${kind}${i === chosen ? " cb-chosen" : ""}` }));
  }
  const frame = { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, "aria-hidden": "true" };
  return { places, svg: s("svg", frame, parts, names) };
}

/** Widths of names in the widget's own type. @param {HTMLElement} root @returns {Measured} */
function textWidths(root) {
  const context = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  const family = getComputedStyle(root).fontFamily;
  return (words, bold = false) => {
    context.font = `${bold ? "700 " : ""}11px ${family}`;
    return context.measureText(words).width;
  };
}

/** @type {(a: Box, b: Box) => boolean} */
const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;

/**
 * The name of a point at the nearest place that is free of points, other names and, if that can be,
 * lines; where it had to move away from its point, a thin line leads there. Adds its box to `taken`.
 * @param {Place} place @param {boolean} strong @param {Measured} text @param {Box[]} taken @param {Box[]} lines
 * @param {number} width
 */
function nameAt({ x, y, i }, strong, text, taken, lines, width) {
  const words = milestones[i].short;
  const wide = text(words, strong) + 4;
  const tall = 14;
  const spots = [0, 12, 24, 36, 48, 60, 76, 92].flatMap((away) => [
    [x + 10 + away / 3, y - 7 - away], [x - 10 - away / 3 - wide, y - 7 - away], [x + 10 + away / 3, y - 7 + away],
    [x - 10 - away / 3 - wide, y - 7 + away], [x - wide / 2, y - 24 - away], [x - wide / 2, y + 10 + away]])
    .map(([left, top]) => ({ left, right: left + wide, top, bottom: top + tall }))
    .filter((box) => box.left >= LEFT && box.right <= width && box.top >= 0 && box.bottom <= HEIGHT - 18);
  /** @type {(box: Box, others: Box[]) => boolean} */
  const free = (box, others) => others.every((other) => apart(box, other));
  const box = spots.find((spot) => free(spot, [...taken, ...lines])) ?? spots.find((spot) => free(spot, taken)) ??
    spots[0];
  taken.push(box);
  const [toX, toY] = [Math.max(box.left, Math.min(box.right, x)), Math.max(box.top, Math.min(box.bottom, y))];
  const far = Math.hypot(toX - x, toY - y) > 14;
  return [
    far && s("line", { x1: x, y1: y, x2: toX, y2: toY, class: "cb-leader" }),
    s("text", { x: box.left + 2, y: box.top + 11, class: `cb-name${strong ? " cb-strong" : ""}` }, words)];
}

/** Two milestones of one year that would hide each other move apart a little, sideways. @param {Place[]} places */
function spread(places) {
  for (let i = 1; i < places.length; i += 1) {
    const before = places.slice(0, i).find((p) => Math.hypot(p.x - places[i].x, p.y - places[i].y) < 13);
    if (before) places[i].x = before.x + 13;
  }
}

/** @param {number} value */
function compact(value) {
  /** @type {[number, string][]} */
  const units = [[1e9, "\u00a0bn"], [1e6, "\u00a0M"], [1e3, "\u00a0k"]];
  const [size, unit] = units.find(([least]) => value >= least) ?? [1, ""];
  return `${value / size}${unit}`;
}

/** @param {View} view */
function reading(view) {
  const name = h("span", { class: "cb-answer" });
  const value = result("value", { class: "cb-answer" });
  const what = h("span", { class: "cb-label" });
  const text = h("p", {});
  const source = h("p", { class: "cb-note" });
  view.watch([...CHOICES, "chosen"], () => {
    const milestone = milestones.find((m) => m.short === view.get("chosen")) ?? milestones[0];
    const measure = view.get("measure");
    say(name, `${milestone.year} · ${milestone.name}`);
    const known = milestone[measure];
    value.show(known === null ? "–" : UNITS[measure](known), known ?? "");
    say(what, known === null ? `no ${measure === "error" ? "ImageNet error" : measure} in the source`
      : { error: milestone.error_of === "ensemble" ? "top-5 error of an ensemble" : "top-5 error of one network",
        parameters: "parameters", depth: "layers with weights" }[measure]);
    say(text, milestone.new);
    say(source, `Source: ${milestone.source}.`);
  });
  return h("div", { class: "cb-panel cb-reading", role: "status" }, name,
    h("div", { class: "cb-row" }, value.element, what), text, source);
}

export default defineWidget({ name: "timeline", title: "Timeline", build });
