import { choice, rangeField, result } from "./shared/controls.js";
import { h, s, say } from "./shared/dom.js";
import { number, plural } from "./shared/format.js";
import { pointAtCells } from "./shared/keyboard.js";
import { effectiveKernel, outputSize, padAmounts, unusedPixels } from "./shared/shapes.js";
import { defineWidget } from "./shared/view.js";

const LARGEST_DRAWN = 1024;
const MOST_ROWS = 14;
const INPUTS = /** @type {const} */ (["input_size", "kernel_size", "stride", "padding", "padding_after", "padding_mode",
  "dilation"]);

/** @typedef {import("./shared/view.js").View<import("../../types/traits").OutputSizeCalculator>} View */
/**
 * Everything the widget shows. Where there is no output, `problem` says why, and it counts as 0.
 * @typedef {object} Answer
 * @property {number} input
 * @property {number} kernel
 * @property {number} stride
 * @property {number} dilation
 * @property {string} mode
 * @property {number} span pixels from the kernel's first to its last
 * @property {number} before pixels of padding
 * @property {number} after
 * @property {number} padded
 * @property {number} output
 * @property {number} unused
 * @property {string} problem
 */
/** @typedef {import("./shared/reactive.js").Computed<Answer>} Found */

/**
 * @param {number} input @param {number} kernel @param {number} stride @param {number} before0
 * @param {number} after0 @param {"equal" | "uneven" | "valid" | "same"} mode @param {number} dilation
 * @returns {Answer}
 */
function answer(input, kernel, stride, before0, after0, mode, dilation) {
  /** @type {number | [number, number] | "valid" | "same"} */
  let padding = before0;
  if (mode === "uneven") padding = [before0, after0];
  else if (mode !== "equal") padding = mode;
  const span = effectiveKernel(kernel, dilation);
  const [before, after] = padAmounts(input, kernel, stride, padding, dilation);
  const all = { input, kernel, stride, mode, dilation, span, before, after, padded: input + before + after };
  try {
    return { ...all, problem: "", output: outputSize(input, kernel, stride, padding, dilation),
      unused: unusedPixels(input, kernel, stride, padding, dilation) };
  } catch (error) {
    // Where no padding is set by hand there is no such field to raise.
    const aim = mode === "valid" ? "choose another way to pad" : "raise padding";
    const problem = /** @type {Error} */ (error).message.replace("raise padding", aim);
    return { ...all, output: 0, unused: 0, problem };
  }
}

function build(/** @type {View} */ view) {
  const now = view.computed(INPUTS, answer);
  view.body.append(controls(view), answers(view, now), drawing(view, now), frameworks(view, now), formula(view, now));
}

/** @param {View} view */
function controls(view) {
  /** @type {(trait: (typeof INPUTS)[number], label: string, reach: number) => HTMLElement} */
  const field = (trait, label, reach) => rangeField(view, trait, { label, reach, width: 3 });
  const padding = field("padding", "Padding P", 8);
  const after = field("padding_after", "Padding after", 8);
  const paddingLabel = /** @type {HTMLElement} */ (padding.querySelector(".cb-label"));
  view.watch(["padding_mode"], () => {
    const mode = view.get("padding_mode");
    padding.hidden = mode === "valid" || mode === "same";
    after.hidden = mode !== "uneven";
    say(paddingLabel, mode === "uneven" ? "Padding before" : "Padding P");
  });
  return h("div", { class: "cb-panel cb-inputs" },
    h("div", { class: "cb-controls" },
      field("input_size", "Input W", 64),
      field("kernel_size", "Kernel F", 11),
      field("stride", "Stride S", 8),
      field("dilation", "Dilation D", 5),
      padding, after),
    choice(view, "padding_mode", { label: "How to pad",
      options: [["equal", "equal"], ["uneven", "uneven"], ["valid", "valid"], ["same", "same"]] }));
}

/** @param {View} view @param {Found} now */
function answers(view, now) {
  const size = result("output-size", { class: "cb-big" });
  const unused = result("unused-pixels");
  const pads = result("pad-amounts");
  const problem = result("problem", { tag: "p", class: "cb-problem" });
  const good = h("div", { class: "cb-answers" },
    h("div", {}, h("span", { class: "cb-label" }, "Output size"), size.element),
    h("div", { class: "cb-sentences" }, pads.element, unused.element));
  view.watch([now], () => {
    const { problem: why, output, before, after, unused: left } = now.value;
    good.hidden = why !== "";
    problem.show(why ? `No output: ${why}.` : "", why);
    size.show(why ? "–" : number(output), why ? "" : output);
    pads.show(paddingWords(now.value), [before, after]);
    unused.show(why ? "" : unusedWords(left), why ? "" : left);
  });
  return h("div", {}, good, problem.element);
}

/** @param {Answer} answer */
function paddingWords({ mode, before, after, padded, input, stride }) {
  if (mode === "valid" || before + after === 0) {
    const what = { valid: "“valid” adds no padding", same: "“same” needs no padding here" }[mode] ?? "No padding";
    return `${what}: the kernel slides over ${plural(input, "pixel")}.`;
  }
  const sides = before === after ? `${number(before)} on each side`
    : `${number(before)} before and ${number(after)} after`;
  const aim = mode === "same" ? `, for an output of ⌈${number(input)} / ${number(stride)}⌉` : "";
  return `${mode === "same" ? "“same” pads" : "Padded"} with ${sides}${aim}: ${number(padded)} pixels.`;
}

/** @param {number} unused */
function unusedWords(unused) {
  return unused === 0 ? "The windows reach the last pixel: nothing is left over."
    : `${plural(unused, "pixel")} at the end ${unused === 1 ? "is" : "are"} never read: ` +
      "a further step would not fit, so the floor rounds it away.";
}

/**
 * The formula, then the same with the numbers put in, one step a line.
 * @param {View} view
 * @param {Found} now
 */
function formula(view, now) {
  const steps = h("div", { class: "cb-steps" });
  view.watch([now], () => steps.replaceChildren(...formulaSteps(now.value)));
  return h("div", { class: "cb-panel" }, h("p", { class: "cb-heading" }, "Step by step"), steps);
}

/** @param {Answer} now */
function formulaSteps(now) {
  const { input, kernel, stride, dilation, span, before, after, padded, output } = now;
  const n = (/** @type {number} */ value) => h("b", {}, number(value));
  const v = (/** @type {string} */ name) => h("i", {}, name);
  const line = (/** @type {any} */ left, /** @type {any[]} */ ...right) => h("div", { class: "cb-step" },
    h("span", {}, left), h("span", {}, "="), h("span", {}, right));
  const equal = before === after;
  const symbolic = dilation === 1 && equal
    ? ["⌊(", v("W"), " − ", v("F"), " + 2", v("P"), ") / ", v("S"), "⌋ + 1"]
    : ["⌊(", v("W"), " − ", dilation === 1 ? v("F") : v("F′"), " + ",
      equal ? ["2", v("P")] : [v("P"), " before + ", v("P"), " after"], ") / ", v("S"), "⌋ + 1"];
  const sides = equal ? ["2·", n(before)] : [n(before), " + ", n(after)];
  const lines = [];
  if (dilation > 1) {
    lines.push(line(["spread kernel ", v("F′")], v("D"), "·(", v("F"), " − 1) + 1 = ", n(dilation), "·(",
      n(kernel), " − 1) + 1 = ", n(span)));
  }
  lines.push(line("output size", symbolic));
  lines.push(line("", "⌊(", n(input), " − ", n(span), " + ", sides, ") / ", n(stride), "⌋ + 1"));
  if (now.problem) {
    lines.push(line("", "⌊", n(padded - span), " / ", n(stride), "⌋ + 1, below zero before the floor: no window fits"));
    return lines;
  }
  lines.push(line("", "⌊", n(padded - span), " / ", n(stride), "⌋ + 1"));
  lines.push(line("", n(output - 1), " + 1 = ", h("b", { class: "cb-final" }, number(output))));
  return lines;
}

/**
 * The padded row of pixels, to scale, and the window in each of its positions below.
 * @param {View} view
 * @param {Found} found
 */
function drawing(view, found) {
  const frame = h("div", { class: "cb-drawing" });
  const words = result("window", { tag: "p", class: "cb-note" });
  const key = h("div", { class: "cb-key" });
  const chosen = view.computed([found, "position"], ({ output }, position) =>
    Math.max(0, Math.min(position, output - 1)));
  let width = 0;
  const show = pointAtCells(frame, {
    label: "The window in its positions; the arrow keys choose one",
    hover: false,
    size: () => [1, found.value.output || 1],
    get: () => [0, chosen.value],
    set: ([, position]) => view.set({ position }),
    locate: (x) => [0, nearest(found.value, x, width)],
    words: (position) => `output ${position}`,
  });
  frame.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const last = Math.max(0, found.value.output - 1);
    if (step) view.set({ position: Math.max(0, Math.min(last, chosen.value + step)) });
  });
  const draw = () => {
    if (width === 0) return;
    const now = found.value;
    const tooWide = now.padded > LARGEST_DRAWN || now.span > LARGEST_DRAWN;
    frame.hidden = tooWide;
    frame.replaceChildren(tooWide ? "" : picture(now, chosen.value, width));
    key.replaceChildren(...(tooWide ? [] : legend(now)));
    words.show(tooWide
      ? `${plural(now.padded, "pixel")} are too many to draw to scale; the numbers above hold.`
      : windowWords(now, chosen.value), now.problem ? "" : chosen.value * now.stride - now.before);
    show();
  };
  view.watch([found, chosen], draw);
  const stack = h("div", { class: "cb-stack" }, frame, key, words.element);
  view.onWidth(stack, (/** @type {number} */ available) => {
    width = available;
    draw();
  });
  return stack;
}

/** @param {Answer} now @param {number} width */
const unitOf = (now, width) => (width - 2) / Math.max(now.padded, now.span);

/**
 * The output whose window has its middle nearest to a point of the drawing.
 * @param {Answer} now @param {number} x @param {number} width
 */
function nearest(now, x, width) {
  const pixel = (x - 1) / unitOf(now, width);
  const position = Math.round((pixel - now.span / 2) / now.stride);
  return Math.max(0, Math.min(now.output - 1, position));
}

/** @param {Answer} now @param {number} position */
function windowWords(now, position) {
  if (now.problem) return "The kernel sticks out of the padded input wherever it is put.";
  const first = position * now.stride - now.before;
  const last = first + now.span - 1;
  const onPadding = Math.max(0, Math.min(0, last + 1) - first) + Math.max(0, last - Math.max(first, now.input) + 1);
  const tail = onPadding > 0 && now.dilation === 1 ? `, ${plural(onPadding, "of them padding", "of them padding")}`
    : "";
  return `Output ${number(position)} (of ${number(now.output)}, counted from 0) reads ` +
    `${plural(now.kernel, "pixel")}, from ${number(first)} to ${number(last)}${tail}.`;
}

/** @param {Answer} now */
function legend({ before, after, unused }) {
  /** @param {string} kind @param {string} text */
  const entry = (kind, text) => h("span", {}, h("i", { class: `cb-swatch cb-${kind}` }), text);
  return [entry("pixel", "input"), before + after > 0 && entry("pad", "padding, zeros"),
    entry("window", "window"), unused > 0 && entry("unread", "never read")].filter((one) => one !== false);
}

/**
 * Which window positions get a row: all of a few, else both ends and the one chosen; null is a gap.
 * @param {number} outputs @param {number} chosen
 * @returns {(number | null)[]}
 */
function rowsToDraw(outputs, chosen) {
  if (outputs <= MOST_ROWS) return Array.from({ length: outputs }, (_, i) => i);
  const ends = [0, 1, 2, 3, 4, outputs - 5, outputs - 4, outputs - 3, outputs - 2, outputs - 1];
  const shown = [...new Set([...ends, chosen])].sort((a, b) => a - b);
  return shown.flatMap((row, i) => (i > 0 && row > shown[i - 1] + 1 ? [null, row] : [row]));
}

/** @param {Answer} now @param {number} chosen @param {number} width */
function picture(now, chosen, width) {
  const rows = now.problem ? [0] : rowsToDraw(now.output, chosen);
  const unit = unitOf(now, width);
  const side = Math.max(16, Math.min(34, unit));
  const rowHeight = 15;
  const x = (/** @type {number} */ pixel) => 1 + pixel * unit;
  const parts = [...pixelRow(now, unit, side, x)];
  let y = side + 12;
  for (const row of rows) {
    if (row === null) {
      parts.push(s("text", { x: width / 2, y: y + 10, class: "cb-gap", "text-anchor": "middle" }, "⋮"));
    } else {
      parts.push(windowRow(now, row, row === chosen, unit, x, y, side));
    }
    y += rowHeight;
  }
  return s("svg", { width, height: y + 2, viewBox: `0 0 ${width} ${y + 2}`, "aria-hidden": "true" }, parts);
}

/** @param {Answer} now @param {number} unit @param {number} side @param {(pixel: number) => number} x */
function pixelRow({ input, before, padded, unused, problem }, unit, side, x) {
  /** @type {(from: number, count: number, kind: string) => SVGElement | false} */
  const bar = (from, count, kind) =>
    count > 0 && s("rect", { x: x(from), y: 1, width: Math.max(count * unit, 2), height: side, class: `cb-${kind}` });
  const parts = [
    bar(0, before, "pad"), bar(before, input, "pixel"),
    bar(before + input, padded - before - input, "pad"),
    !problem && bar(padded - unused, unused, "unread"),
  ];
  for (let i = 1; unit >= 4 && i < padded; i += 1) {
    parts.push(s("line", { x1: x(i), x2: x(i), y1: 1, y2: side + 1, class: "cb-rule" }));
  }
  for (let i = 0; unit >= 17 && i < input; i += 1) {
    parts.push(s("text", { x: x(before + i + 0.5), y: side / 2 + 5, "text-anchor": "middle", class: "cb-index" }, i));
  }
  return parts;
}

/**
 * @param {Answer} now @param {number} row @param {boolean} isChosen @param {number} unit
 * @param {(pixel: number) => number} x @param {number} y @param {number} side
 */
function windowRow({ kernel, dilation, span, stride, problem }, row, isChosen, unit, x, y, side) {
  const start = row * stride;
  const kind = `cb-window${isChosen ? " cb-chosen" : ""}${problem ? " cb-over" : ""}`;
  const parts = [];
  if (isChosen && !problem) {
    parts.push(s("rect", { x: x(start), y: 1, width: span * unit, height: side, class: "cb-outline" }));
  }
  if (dilation > 1) {
    parts.push(s("line", { x1: x(start), x2: x(start + span), y1: y + 5, y2: y + 5, class: "cb-thread" }));
    for (let tap = 0; tap < kernel; tap += 1) {
      parts.push(s("rect",
        { x: x(start + tap * dilation), y, width: Math.max(unit - 1, 1), height: 10, rx: 2, class: kind }));
    }
  } else {
    parts.push(s("rect", { x: x(start), y, width: Math.max(span * unit - 1, 1), height: 10, rx: 2, class: kind }));
  }
  return s("g", {}, parts);
}

/**
 * What the two frameworks make of the setting, as code and as a number.
 * @param {View} view
 * @param {Found} found
 */
function frameworks(view, found) {
  const keras = result("keras", { live: false, class: "cb-answer" });
  const pytorch = result("pytorch", { live: false, class: "cb-answer" });
  const kerasCode = h("code", { class: "cb-code" });
  const pytorchCode = h("code", { class: "cb-code" });
  const remark = h("p", { class: "cb-note" });
  view.watch([found], () => {
    const now = found.value;
    const theirs = framework(now);
    say(kerasCode, theirs.keras);
    say(pytorchCode, theirs.pytorch);
    const kerasRefuses = now.problem || (now.stride > 1 && now.dilation > 1);
    const pytorchRefuses = now.problem || (now.mode === "same" && now.stride > 1);
    keras.show(kerasRefuses ? "refuses" : number(now.output), kerasRefuses ? "" : now.output);
    pytorch.show(pytorchRefuses ? "refuses" : number(now.output), pytorchRefuses ? "" : now.output);
    say(remark, theirs.remark);
  });
  /** @type {(title: string, code: HTMLElement, value: { element: HTMLElement }) => HTMLElement} */
  const box = (title, code, value) => h("div", { class: "cb-framework" },
    h("div", { class: "cb-row" }, h("span", { class: "cb-heading" }, title), value.element), code);
  return h("div", { class: "cb-panel" },
    h("div", { class: "cb-frameworks" }, box("Keras", kerasCode, keras), box("PyTorch", pytorchCode, pytorch)),
    remark);
}

/** @param {Answer} now */
function framework({ mode, input, kernel, stride, dilation, span, before, after, output, problem }) {
  const kerasStep = (stride > 1 ? `, strides=${stride}` : "") + (dilation > 1 ? `, dilation_rate=${dilation}` : "");
  const torchStep = (stride > 1 ? `, stride=${stride}` : "") + (dilation > 1 ? `, dilation=${dilation}` : "");
  const kerasConv = (/** @type {string} */ padding) => `Conv2D(k, ${kernel}${kerasStep}${padding})`;
  const torchConv = (/** @type {string} */ padding) => `Conv2d(c, k, ${kernel}${torchStep}${padding})`;
  let keras = kerasConv("");
  let pytorch = torchConv("");
  if (mode === "same") {
    keras = kerasConv(', padding="same"');
    pytorch = torchConv(', padding="same"');
  } else if (before !== after) {
    keras = `ZeroPadding2D(((${before}, ${after}), (${before}, ${after})))\n${keras}`;
    pytorch = `ZeroPad2d((${before}, ${after}, ${before}, ${after}))\n${pytorch}`;
  } else if (before > 0) {
    keras = `ZeroPadding2D(${before})\n${keras}`;
    pytorch = torchConv(`, padding=${before}`);
  }
  return { keras, pytorch,
    remark: frameworkRemark({ mode, input, stride, dilation, span, before, after, output, problem }) };
}

/** @param {Omit<Answer, "kernel" | "padded" | "unused">} now */
function frameworkRemark({ mode, input, stride, dilation, span, before, after, output, problem }) {
  if (problem) return "Both raise an error for this setting.";
  const remarks = [];
  if (stride > 1 && dilation > 1) remarks.push("Keras refuses a stride together with a dilation.");
  if (mode === "same" && stride > 1) {
    remarks.push("PyTorch accepts “same” only at stride 1.");
    if (span % 2 === 1) {
      const each = (span - 1) / 2;
      const size = outputSize(input, span, stride, each);
      const shifted = before !== each
        ? `its windows start ${plural(each - before, "pixel")} earlier than Keras's (${before} before, ${after} ` +
          `after), so weights carried over see a shifted picture`
        : "and the windows fall where Keras puts them";
      remarks.push(`People write padding=${each} there instead: ${size === output
        ? `also ${number(size)} outputs, but `
        : `${number(size)} outputs, and `}${shifted}.`.replace("but and", "and"));
    }
  } else if (mode === "same" && before !== after) {
    remarks.push("Both put the odd pixel of padding at the end.");
  }
  return remarks.join(" ") || "Both agree here.";
}

export default defineWidget({ name: "output-size-calculator", title: "Output size, step by step", build });
