// The shift test: what a network says of a digit that moves over its image, pixel by pixel.

import { NETWORKS, askingPanel, saysWords } from "./asking.js";
import { result } from "./controls.js";
import { h, s } from "./dom.js";
import { number } from "./format.js";
import { shiftPlane } from "./tensor.js";

/** @typedef {import("./view.js").View<import("../../../types/traits").PoolingLab>} View */
/** @typedef {import("./asking.js").Reader} Reader */
/** @typedef {import("./asking.js").Guess} Guess */
/** @typedef {{ right: number[], down: number[] }} Curves probability of the true digit, shift by shift */

const TRUE_DIGIT = "6";
const CHART_TALL = 150;
const [LEFT, RIGHT, TOP, FOOT] = [34, 16, 8, 20];

/**
 * The panel that asks, with the chart that follows the answer.
 * @param {View} view
 * @param {import("./tensor.js").Plane} digit 28 × 28, 0 to 255
 */
export function shiftTest(view, digit) {
  const end = view.limit("shift_right").maximum ?? 0;
  const shifts = Array.from({ length: 2 * end + 1 }, (_, i) => i - end);
  const guessesAt = readerOf(digit);
  const words = result("shift-curve", { tag: "p", class: "cb-note" });
  const { element: chart, draw } = curveChart(view, shifts);
  const answer = h("div", { class: "cb-shift-test", hidden: true }, chart, words.element, h("p", { class: "cb-note" },
    "The network pools its own feature maps, by windows of 2 at stride 2; the window chosen above is not among them."));
  const panel = askingPanel(view, ["source", "shift_down", "shift_right"], {
    network: () => (view.get("source") === "digit" ? NETWORKS.digit : undefined),
    unknown: "",
    question: `Does a network still read a ${TRUE_DIGIT} when its image moves by a pixel?`,
    answer: (reader, network) => {
      const [down, right] = [view.get("shift_down"), view.get("shift_right")];
      const curves = {
        right: shifts.map((shift) => shareOfTruth(guessesAt(reader, down, shift))),
        down: shifts.map((shift) => shareOfTruth(guessesAt(reader, shift, right))),
      };
      answer.hidden = false;
      draw(curves);
      words.show(curveWords(curves), curves);
      return saysWords(network, guessesAt(reader, down, right));
    },
  });
  panel.append(answer);
  view.watch(["source"], () => {
    panel.hidden = view.get("source") !== "digit";
  });
  return panel;
}

/** A reader's guesses for each shift of the digit, asked once. @param {import("./tensor.js").Plane} digit */
function readerOf(digit) {
  /** @type {Map<string, Guess[]>} */
  const known = new Map();
  /** @type {(reader: Reader, down: number, right: number) => Guess[]} */
  return (reader, down, right) => {
    const key = `${down} ${right}`;
    const guesses = known.get(key) ?? reader.guessesOf(shiftPlane(digit, down, right).data.map((v) => v / 255));
    known.set(key, guesses);
    return guesses;
  };
}

/** @param {Guess[]} guesses */
const shareOfTruth = (guesses) => guesses.find(({ name }) => name === TRUE_DIGIT)?.share ?? 0;

/** What the chart says, in words. @param {Curves} curves */
function curveWords({ right, down }) {
  const kept = (/** @type {number[]} */ curve) =>
    `${number(curve.filter((share) => share > 0.5).length)} of ${number(curve.length)} shifts`;
  return `${TRUE_DIGIT} has more than half of the probability at ${kept(right)} to the right, ` +
    `and at ${kept(down)} down.`;
}

/** @param {View} view @param {number[]} shifts */
function curveChart(view, shifts) {
  const drawing = h("div", { class: "cb-chart" });
  const element = h("div", { "aria-hidden": "true" },
    h("div", { class: "cb-label" }, `Probability of ${TRUE_DIGIT} (%)`), drawing,
    h("div", { class: "cb-row cb-note" }, h("span", { class: "cb-line cb-right" }), "shifted right",
      h("span", { class: "cb-line cb-down" }), "shifted down"));
  let width = 0;
  /** @type {Curves | null} */
  let curves = null;
  const draw = () => {
    if (curves && width > 0) drawing.replaceChildren(shiftChartOf(view, curves, shifts, width));
  };
  view.onWidth(drawing, (/** @type {number} */ available) => {
    width = available;
    draw();
  });
  return {
    element,
    draw(/** @type {Curves} */ found) {
      curves = found;
      draw();
    },
  };
}

/** @param {View} view @param {Curves} curves @param {number[]} shifts @param {number} width */
function shiftChartOf(view, curves, shifts, width) {
  const last = shifts.length - 1;
  const x = (/** @type {number} */ i) => LEFT + ((width - LEFT - RIGHT) * i) / last;
  const y = (/** @type {number} */ share) => TOP + (CHART_TALL - TOP - FOOT) * (1 - share);
  /** @type {SVGElement[]} */
  const parts = [0, 0.5, 1].flatMap((share) => [
    s("line", { x1: LEFT, x2: width - RIGHT, y1: y(share), y2: y(share), class: "cb-rule" }),
    s("text", { x: LEFT - 5, y: y(share) + 4, "text-anchor": "end", class: "cb-tick" }, number(100 * share))]);
  for (const i of [0, last / 2, last]) {
    parts.push(s("text", { x: x(i), y: CHART_TALL - 5, "text-anchor": "middle", class: "cb-tick" }, number(shifts[i])));
  }
  for (const [name, present] of /** @type {const} */ ([["down", "shift_down"], ["right", "shift_right"]])) {
    const here = view.get(present) - shifts[0];
    parts.push(
      s("polyline", { points: curves[name].map((share, i) => `${x(i).toFixed(1)},${y(share).toFixed(1)}`).join(" "),
        class: `cb-${name}` }),
      s("circle", { cx: x(here), cy: y(curves[name][here]), r: 4.5, class: `cb-dot cb-${name}` }));
  }
  return s("svg", { width, height: CHART_TALL, viewBox: `0 0 ${width} ${CHART_TALL}` }, parts);
}
