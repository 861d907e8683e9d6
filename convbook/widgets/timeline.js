import { choice, result, toggle } from "./shared/controls.js";
import { h, s, say } from "./shared/dom.js";
import { number } from "./shared/format.js";
import { pointAtCells } from "./shared/keyboard.js";
import milestones from "./shared/timeline.json";
import { defineWidget } from "./shared/view.js";

// The one trained annotator of Russakovsky and others (2015), in percent.
const ANNOTATOR_ERROR = 5.1;
const CHOICES = ["measure", "ensembles", "single_networks"];
// Half the story happened in the last ten years: the axis is stretched there, and says so.
const BREAK = 2010;
const FIRST = 1957;
const LAST = 2021;
const SHARE_BEFORE_BREAK = 0.3;

const UNITS = {
  error: (value) => `${number(value)}\u00a0%`,
  parameters: (value) => number(value),
  depth: (value) => number(value),
};

const hasValue = (view) => (milestone) => {
  if (milestone[view.get("measure")] === null) return false;
  if (view.get("measure") !== "error") return true;
  return view.get(milestone.error_of === "ensemble" ? "ensembles" : "single_networks");
};

function build(view) {
  view.body.append(controls(view), chart(view), reading(view));
}

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

function chart(view) {
  const frame = h("div", { class: "cb-chart", role: "application",
    "aria-label": "Milestones by year; the left and right arrow keys go from one to the next" });
  const note = h("p", { class: "cb-note" });
  const shown = result("shown", { tag: "p", class: "cb-note" });
  let width = 0;
  let places = [];
  const draw = () => {
    if (width === 0) return;
    const has = hasValue(view);
    const drawn = layout(view, width);
    places = drawn.places;
    frame.replaceChildren(drawn.svg);
    const count = milestones.filter(has).length;
    shown.show(count === 0 ? "No milestone has this value with these switches; switch one kind on."
      : `${number(count)} of ${number(milestones.length)} milestones have a value here; the others stand on the ` +
        `axis.`, count);
    say(note, view.get("measure") === "error"
      ? "ImageNet, each as its own paper reports it. An ensemble averages several networks: never compare one with a " +
        "single network."
      : "A logarithmic scale: each line is ten times the one below. The years after 2010 are stretched.");
  };
  pointAtCells(frame, {
    hover: false,
    size: () => [1, milestones.length],
    get: () => [0, view.get("chosen")],
    set: ([, chosen]) => view.set({ chosen }),
    locate: (x, y) => [0, nearest(places, x, y)],
  });
  view.watch([...CHOICES, "chosen"], draw);
  const stack = h("div", { class: "cb-stack" }, frame, shown.element, note);
  view.onWidth(stack, (available) => {
    width = available;
    draw();
  });
  return stack;
}

function nearest(places, x, y) {
  const far = places.map((p) => (p.x - x) ** 2 + (p.y - y) ** 2);
  return far.indexOf(Math.min(...far));
}

function layout(view, width) {
  const measure = view.get("measure");
  const has = hasValue(view);
  const chosen = view.get("chosen");
  const height = 270;
  const left = 46;
  const foot = 44;
  const room = width - left - 14;
  const year = (value) => left + room * (value < BREAK
    ? (SHARE_BEFORE_BREAK * (value - FIRST)) / (BREAK - FIRST)
    : SHARE_BEFORE_BREAK + ((1 - SHARE_BEFORE_BREAK) * (value - BREAK)) / (LAST - BREAK));
  const ticks = { error: [0, 5, 10, 15], parameters: [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9],
    depth: [1, 10, 100] }[measure];
  const share = measure === "error" ? (v) => v / 17
    : (v) => Math.log10(v / ticks[0]) / Math.log10((measure === "depth" ? 200 : 1e9) / ticks[0]);
  const y = (value) => height - foot - share(value) * (height - foot - 20);
  const parts = [];
  for (const tick of ticks) {
    parts.push(s("line", { x1: left, x2: width - 8, y1: y(tick), y2: y(tick), class: "cb-rule" }),
      s("text", { x: left - 6, y: y(tick) + 4, "text-anchor": "end", class: "cb-tick" },
        measure === "error" ? `${tick} %` : compact(tick)));
  }
  if (measure === "error") {
    parts.push(s("line",
      { x1: left, x2: width - 8, y1: y(ANNOTATOR_ERROR), y2: y(ANNOTATOR_ERROR), class: "cb-human" }),
      s("text", { x: left + 4, y: y(ANNOTATOR_ERROR) - 5, class: "cb-tick" },
        `one trained person: ${ANNOTATOR_ERROR} %`));
  }
  for (const tick of [1960, 1980, 2000, 2010, 2012, 2014, 2016, 2018, 2020]
    .filter((t) => width > 480 || t % 20 === 0 || [2012, 2016].includes(t))) {
    parts.push(s("text", { x: year(tick), y: height - 8, "text-anchor": "middle", class: "cb-tick" }, tick));
  }
  parts.push(s("line", { x1: year(BREAK), x2: year(BREAK), y1: 12, y2: height - foot + 12, class: "cb-break" }));
  const places = milestones.map((m, i) => ({ x: year(m.year), y: has(m) ? y(m[measure]) : height - foot + 14, i }));
  spread(places);
  for (const { x, y: at, i } of [...places].sort((a, b) => (a.i === chosen) - (b.i === chosen))) {
    const m = milestones[i];
    const known = measure === "error" && m.error_of === "ensemble" ? "cb-hollow" : "cb-full";
    const [kind, radius] = has(m) ? [known, 6] : ["cb-none", 3.5];
    parts.push(s("circle", { cx: x, cy: at, r: i === chosen ? 8 : radius,
      class: `cb-point ${kind}${i === chosen ? " cb-chosen" : ""}` }));
    if (has(m) && (i === chosen || width > 560)) {
      const end = x > width - 90;
      const crowded = places.some((p) => p.i < i && has(milestones[p.i]) && x - p.x < 40 && Math.abs(at - p.y) < 14);
      parts.push(s("text",
        { x: end ? x - 10 : x + 10, y: crowded ? at + 18 : at - 9, "text-anchor": end ? "end" : "start",
        class: `cb-name${i === chosen ? " cb-strong" : ""}` }, m.short));
    }
  }
  return { places, svg: s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, parts) };
}

/** Two milestones of one year that would hide each other move apart a little, sideways. */
function spread(places) {
  for (let i = 1; i < places.length; i += 1) {
    const before = places.slice(0, i).find((p) => Math.hypot(p.x - places[i].x, p.y - places[i].y) < 13);
    if (before) places[i].x = before.x + 13;
  }
}

function compact(value) {
  const units = [[1e9, "\u00a0bn"], [1e6, "\u00a0M"], [1e3, "\u00a0k"]];
  const [size, unit] = units.find(([least]) => value >= least) ?? [1, ""];
  return `${value / size}${unit}`;
}

function reading(view) {
  const name = h("span", { class: "cb-answer" });
  const value = result("value", { class: "cb-answer" });
  const what = h("span", { class: "cb-label" });
  const text = h("p", {});
  const source = h("p", { class: "cb-note" });
  view.watch([...CHOICES, "chosen"], () => {
    const milestone = milestones[view.get("chosen")];
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
