// The curves of the training lab: loss and accuracy against epochs, of the run and of those kept.

import { h, s } from "./dom.js";
import { number } from "./format.js";
import { stepsPerEpoch } from "./training_network.js";

/** @typedef {import("./training_runs.js").Runs} Runs */
/** @typedef {import("./training_session.js").Point} Point */
/** @typedef {{ settings: import("./training_network.js").Settings, points: Point[] }} Curve */

const HIGH = 150;
const [LEFT, RIGHT, TOP, FOOT] = [34, 16, 8, 20];
/** A loss above this is drawn at the upper edge. */
const MOST_LOSS = 3;

const CHARTS = /** @type {const} */ ([
  { title: "Loss (cross-entropy, nats)", most: MOST_LOSS, ticks: [0, 1, 2, MOST_LOSS], seen: "loss",
    unseen: "validationLoss" },
  { title: "Accuracy (%)", most: 1, ticks: [0, 0.5, 1], seen: "accuracy", unseen: "validationAccuracy" },
]);

/** @param {Runs} runs */
function epochsShown({ target, kept, settings, step }) {
  const ends = kept.map((run) => run.step / stepsPerEpoch(run.settings));
  return Math.max(1, target, settings ? step / stepsPerEpoch(settings) : 0, ...ends);
}

/**
 * Both charts; `draw()` draws them anew.
 * @param {import("./view.js").View} view
 * @param {Runs} runs
 */
export function curves(view, runs) {
  const frames = CHARTS.map(({ title }) => h("div", { class: "cb-chart" }, h("div", { class: "cb-label" }, title)));
  const element = h("div", { class: "cb-charts", "aria-hidden": "true" }, frames);
  const drawings = frames.map((frame) => frame.appendChild(h("div", {})));
  let width = 0;
  const draw = () => {
    if (width === 0) return;
    CHARTS.forEach((chart, i) => drawings[i].replaceChildren(chartOf(runs, chart, width)));
  };
  view.onWidth(frames[0], (/** @type {number} */ available) => {
    width = available;
    draw();
  });
  return { element, draw };
}

/** @param {Runs} runs @param {typeof CHARTS[number]} chart @param {number} width */
function chartOf(runs, { most, ticks, seen, unseen }, width) {
  const end = epochsShown(runs);
  const x = (/** @type {number} */ epoch) => LEFT + ((width - LEFT - RIGHT) * epoch) / end;
  const y = (/** @type {number} */ value) => TOP + (HIGH - TOP - FOOT) * (1 - Math.min(value, most) / most);
  /** @type {(curve: Curve, key: keyof Point) => string} */
  const path = ({ settings, points }, key) => points.filter((point) => Number.isFinite(point[key])).map((point) =>
    `${x(point.step / stepsPerEpoch(settings)).toFixed(1)},${y(point[key]).toFixed(1)}`).join(" ");
  const word = (/** @type {number} */ tick) =>
    (most === 1 ? number(100 * tick) : `${number(tick)}${tick === most ? "+" : ""}`);
  /** @type {SVGElement[]} */
  const parts = ticks.flatMap((tick) => [
    s("line", { x1: LEFT, x2: width - RIGHT, y1: y(tick), y2: y(tick), class: "cb-rule" }),
    s("text", { x: LEFT - 5, y: y(tick) + 4, "text-anchor": "end", class: "cb-tick" }, word(tick))]);
  parts.push(s("text", { x: LEFT, y: HIGH - 5, class: "cb-tick" }, "0"),
    s("text", { x: width - RIGHT, y: HIGH - 5, "text-anchor": "end", class: "cb-tick" },
      `${number(end, 1)} epoch${end === 1 ? "" : "s"}`));
  for (const run of runs.kept) {
    const last = run.points[run.points.length - 1];
    parts.push(s("polyline", { points: path(run, unseen), class: "cb-kept" }),
      s("text", { x: x(last.step / stepsPerEpoch(run.settings)) + 2, y: y(last[unseen]) + 4, class: "cb-tick" },
        number(run.number)));
  }
  const { settings, points } = runs;
  if (settings && points.length > 0) {
    for (const [key, kind] of /** @type {const} */ ([[seen, "cb-seen"], [unseen, "cb-unseen"]])) {
      parts.push(s("polyline", { points: path({ settings, points }, key), class: kind }));
      const last = points[points.length - 1];
      if (Number.isFinite(last[key])) {
        parts.push(s("circle", { cx: x(last.step / stepsPerEpoch(settings)), cy: y(last[key]), r: 3, class: kind }));
      }
    }
  }
  return s("svg", { width, height: HIGH, viewBox: `0 0 ${width} ${HIGH}` }, parts);
}
