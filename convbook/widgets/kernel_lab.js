import { colourOf, inkOn } from "./shared/colour.js";
import { choice, numberField, result, select, slider, toggle } from "./shared/controls.js";
import { h, say } from "./shared/dom.js";
import { interiorOf, kernelInWords, lookInto, nearestOutput, sumInWords } from "./shared/filtering.js";
import { fixed, number, percent, plural, signed } from "./shared/format.js";
import { pictureFrame } from "./shared/frame.js";
import { challengeLine, further } from "./shared/kernel_challenge.js";
import { kernelEditor, kernelSize } from "./shared/kernel_editor.js";
import { colourKey, decodePicture, greyPlane, paintPlane, pictureInput } from "./shared/picture.js";
import { sweepOnce } from "./shared/sweep.js";
import { numberTable } from "./shared/table.js";
import { correlatePlane, padPlane, plane, planeOf, turnKernel } from "./shared/tensor.js";
import { defineWidget } from "./shared/view.js";
import cameraUrl from "./shared/camera.webp";
import presetTable from "./shared/kernels.json";

const STEP_EDGE = planeOf(Array.from({ length: 8 }, () => [0, 0, 0, 0, 255, 255, 255, 255]));
const PICTURE = /** @type {const} */ (["source", "image", "image_width"]);

/** @typedef {import("./shared/view.js").View<import("../../types/traits").KernelLab>} View */
/** @typedef {import("./shared/tensor.js").Plane} Plane */
/** @typedef {{ title: string, kernel: number[][], divisor: number, about: string }} Preset */

/** @type {Record<string, Preset>} */
const presets = presetTable;

/** @type {Plane | null} */
let photograph = null;

async function build(/** @type {View} */ view) {
  photograph ??= greyPlane(await decodePicture(cameraUrl));
  const lab = new Lab(view, photograph);
  const [input, output] = [inputPicture(lab), outputPicture(lab)];
  const pictures = h("div", { class: "cb-pictures" }, input.element, output.element);
  const editor = kernelEditor(view);
  if (view.get("challenge")) {
    // The question, both pictures and the nine numbers; everything else waits below.
    view.body.append(challengeLine(view), pictures,
      h("div", { class: "cb-nine" }, h("p", { class: "cb-label" }, "Kernel: ", h("span", {}, "change a number")),
        editor.weights, editor.track, editor.problems),
      further(view, pictureSettings(view), filterSettings(view), colourLine(lab), insideOnePixel(lab, editor.divisor),
        borderLine(lab)));
    sweepOnce(view, pictures, output.canvas, lab.size.value, (cell) => {
      input.place(cell);
      output.place(cell);
    }, () => lab.cell.value);
  } else {
    view.body.append(pictureSettings(view), pictures, filterSettings(view), colourLine(lab),
      insideOnePixel(lab, editor.divisor, editor), borderLine(lab));
  }
  keepPresetInStep(view);
}

/** What follows from the settings of one view, each from what it depends on and no more. */
class Lab {
  /** @param {View} view @param {Plane} camera */
  constructor(view, camera) {
    this.view = view;
    this.picture = view.computed(PICTURE, (source, own, width) => {
      if (source !== "own" || !(own?.byteLength > 0)) return source === "edge" ? STEP_EDGE : camera;
      const bytes = new Uint8Array(own.buffer, own.byteOffset, own.byteLength);
      return plane(Math.floor(bytes.length / width), width, Float64Array.from(bytes));
    });
    this.padded = view.computed([this.picture, "padding", "fill"], padPlane);
    /** The kernel as it is applied. */
    this.kernel = view.computed(["kernel", "operation"], (kernel, operation) =>
      (operation === "convolution" ? turnKernel(kernel) : kernel));
    /** Stride, padding and the kernel's size: what decides which pixels an output reads. */
    this.step = view.computed(["stride", "padding", "kernel", "divisor"], (stride, padding, kernel, divisor) =>
      ({ stride, padding, size: kernel.length, divisor }));
    this.out = view.computed([this.padded, this.kernel, this.step], (padded, kernel, { stride, divisor }, reuse) =>
      correlatePlane(padded, kernel, { stride, divisor, reuse }));
    /** Rows and columns of the output. */
    this.size = view.computed([this.out], ({ height, width }) => [height, width]);
    /** The output pixel looked into: as asked for, or the nearest there is. */
    this.cell = view.computed([this.size, "row", "column"], ([rows, columns], row, column) =>
      [Math.min(row, rows - 1), Math.min(column, columns - 1)]);
    this.brightness = view.computed([this.out, this.kernel, "display"], brightness);
  }

  /** How a reader points at an output. */
  get pointing() {
    return { size: () => this.size.value, get: () => this.cell.value,
      set: (/** @type {number[]} */ [row, column]) => this.view.set({ row, column }) };
  }
}

/** A preset sets the kernel; a kernel edited by hand is "custom", or takes its preset's name. */
function keepPresetInStep(/** @type {View} */ view) {
  const isNow = (/** @type {Preset} */ { kernel, divisor }) => divisor === view.get("divisor") &&
    JSON.stringify(kernel) === JSON.stringify(view.get("kernel"));
  view.watch(["preset", "kernel", "divisor"], (changed) => {
    const preset = presets[view.get("preset")];
    if (preset && isNow(preset)) return;
    if (preset && changed.has("preset")) view.set({ kernel: preset.kernel, divisor: preset.divisor });
    else view.set({ preset: Object.keys(presets).find((name) => isNow(presets[name])) ?? "custom" });
  });
}

// --- the two pictures ----------------------------------------------------------------------------

const share = (/** @type {number} */ value) => `${100 * value}%`;

/** The picture with its padding around it: the window never leaves what it reads. @param {Lab} lab */
function inputPicture(lab) {
  const { view } = lab;
  const { canvas, overlay, size, element, mark, scale, point } = pictureFrame("Input",
    "Input picture. Point at it, or use the arrow keys, to choose the output computed from that place.");
  const ring = h("div", { class: "cb-padding-ring" });
  const rim = h("div", { class: "cb-rim" });
  const padding = h("span", { "data-cb": "input-padding" });
  overlay.prepend(ring, rim);
  const sizes = h("span");
  size.element.replaceWith(sizes);
  sizes.append(size.element, padding);
  view.watch([lab.padded], () => {
    const padded = lab.padded.value;
    const picture = lab.picture.value;
    const around = view.get("padding");
    paintPlane(canvas, padded, "grey", 0, 255);
    scale(padded, [padded.height, padded.width]);
    size.show(`${picture.height} × ${picture.width}`, [picture.height, picture.width]);
    say(padding, around === 0 ? "" : `, padded by ${around}`);
    ring.hidden = around === 0;
    rim.hidden = around === 0;
    const [down, across] = [share(around / padded.height), share(around / padded.width)];
    Object.assign(rim.style, { top: down, bottom: down, left: across, right: across });
    // Everything but the picture: its outline is cut out of the whole.
    ring.style.clipPath = `polygon(evenodd, 0 0, 100% 0, 100% 100%, 0 100%, 0 0, ${across} ${down}, ` +
      `calc(100% - ${across}) ${down}, calc(100% - ${across}) calc(100% - ${down}), ${across} calc(100% - ${down}), ` +
      `${across} ${down})`;
  });
  const show = point({ ...lab.pointing,
    locate: (x, y, box) =>
      nearestOutput([y / box.height, x / box.width], lab.size.value, lab.padded.value, lab.step.value) });
  const place = (/** @type {number[]} */ [row, column]) => {
    const { height, width } = lab.padded.value;
    const { stride, size: kernel } = lab.step.value;
    mark((row * stride) / height, (column * stride) / width, kernel / height, kernel / width);
  };
  view.watch([lab.padded, lab.step, lab.cell], () => {
    place(lab.cell.value);
    show();
  });
  return { element, place };
}

/** @param {Lab} lab */
function outputPicture(lab) {
  const { view } = lab;
  const { canvas, overlay, size, element, mark, scale, point } = pictureFrame("Output",
    "Output picture. Point at it, or use the arrow keys, to look into one output pixel.");
  const ring = h("div", { class: "cb-ring" });
  overlay.prepend(ring);
  view.watch([lab.brightness, lab.padded], () => {
    const { map, low, high, absolute } = lab.brightness.value;
    const [out, padded] = [lab.out.value, lab.padded.value];
    paintPlane(canvas, out, map, low, high, absolute);
    // Both pictures have the same scale, so a stride visibly makes the output smaller.
    scale(out, [padded.height, padded.width]);
    size.show(`${out.height} × ${out.width}`, [out.height, out.width]);
  });
  const show = point(lab.pointing);
  const place = (/** @type {number[]} */ [row, column]) => {
    const [rows, columns] = lab.size.value;
    mark(row / rows, column / columns, 1 / rows, 1 / columns);
  };
  view.watch([lab.cell], () => {
    place(lab.cell.value);
    show();
  });
  view.watch([lab.size, lab.step, "mark_border"], () => {
    ring.hidden = !view.get("mark_border") || view.get("padding") === 0;
    const [rows, columns] = lab.size.value;
    const inside = interiorOf(lab.size.value, lab.padded.value, lab.step.value);
    Object.assign(ring.style, {
      top: share(inside.top / rows), bottom: share(1 - inside.bottom / rows),
      left: share(inside.left / columns), right: share(1 - inside.right / columns), borderWidth: "1px",
    });
  });
  return { element, place, canvas };
}

/**
 * How responses become colours. "auto" shows signs when the weights add up to nothing.
 * @param {Plane & { low: number, high: number }} out
 * @param {number[][]} kernel
 * @param {"auto" | "signed" | "absolute" | "clipped"} wanted
 */
function brightness(out, kernel, wanted) {
  const total = kernel.flat().reduce((sum, weight) => sum + weight, 0);
  const suits = Math.abs(total) < 1e-9 ? "signed" : "clipped";
  const display = wanted === "auto" ? suits : wanted;
  const limit = Math.max(Math.abs(out.low), Math.abs(out.high)) || 1;
  if (display === "signed") return { display, map: "diverging", low: -limit, high: limit };
  if (display === "absolute") return { display, map: "grey", low: 0, high: limit, absolute: true };
  return { display, map: "grey", low: 0, high: 255 };
}

/** @param {Lab} lab */
function colourLine(lab) {
  const line = h("div", { class: "cb-scale" });
  const range = result("range", { tag: "p", live: false, class: "cb-note" });
  let drawn = "";
  lab.view.watch([lab.brightness], () => {
    const { display, map, low, high } = lab.brightness.value;
    const out = lab.out.value;
    const ends = {
      signed: [signed(low, 0), "0", signed(high, 0)],
      clipped: ["0 and below", "255 and above"],
      absolute: ["0", `${number(high, 0)}, either sign`],
    }[display];
    if (drawn !== [map, ...ends].join()) line.replaceChildren(colourKey(map, ...ends));
    drawn = [map, ...ends].join();
    range.show(`Responses run from ${number(out.low, 2)} to ${number(out.high, 2)}.`, [out.low, out.high]);
  });
  const about = h("p", { class: "cb-note cb-about" });
  lab.view.watch(["preset", "kernel"], () =>
    say(about, presets[lab.view.get("preset")]?.about ?? kernelInWords(lab.view.get("kernel"))));
  return h("div", { class: "cb-two" }, about, h("div", {}, line, range.element));
}

// --- settings ------------------------------------------------------------------------------------

/** Which picture, how it is filtered and how the answers are shown. @param {View} view */
function pictureSettings(view) {
  const source = select(view, "source", { label: "Picture",
    options: [["photograph", "photograph"], ["edge", "8×8 step edge"], ["own", "yours"]] });
  const own = /** @type {HTMLOptionElement} */ (source.querySelector("option:last-of-type"));
  view.watch(["image"], () => {
    own.disabled = !view.get("image")?.byteLength;
  });
  return h("div", { class: "cb-row" }, source,
    select(view, "operation", { label: "Operation",
      options: [["cross-correlation", "cross-correlation"], ["convolution", "convolution"]] }),
    select(view, "display", { label: "Show responses as", options: [["auto", "automatic"],
      ["signed", "colour with sign"], ["absolute", "strength, no sign"], ["clipped", "grey, 0 to 255"]] }),
    pictureInput((picture) => useOwn(view, picture), { label: "Your own …" }));
}

/** @param {View} view @param {import("./shared/picture.js").Pixels} picture */
function useOwn(view, picture) {
  const grey = greyPlane(picture);
  view.set({ image: new DataView(Uint8Array.from(grey.data).buffer), image_width: grey.width, source: "own" });
}

/** What slides over the picture, and how: beside the pictures. @param {View} view */
function filterSettings(view) {
  const fill = choice(view, "fill",
    { label: "Padded with", options: [["zeros", "zeros"], ["replicate", "edge"]] });
  view.watch(["padding"], () => {
    fill.hidden = view.get("padding") === 0;
  });
  /** @type {[string, string][]} */
  const options = Object.entries(presets).map(([name, { title }]) => [name, title]);
  options.push(["custom", "Your own"]);
  return h("div", { class: "cb-filter" },
    select(view, "preset", { label: "Kernel", options }),
    choice(view, kernelSize(view), { label: "Size", options: [[3, "3×3"], [5, "5×5"]] }),
    slider(view, "stride", { label: "Stride" }),
    slider(view, "padding", { label: "Padding" }), fill);
}

// --- one output pixel, and the kernel that makes it --------------------------------------------------

/**
 * @param {Lab} lab
 * @param {HTMLElement} divisor
 * @param {ReturnType<typeof kernelEditor> | null} editor where the weights are changed; null: elsewhere
 */
function insideOnePixel(lab, divisor, editor = null) {
  const { view } = lab;
  const patch = h("div");
  const turned = h("figure");
  const products = h("div");
  const equation = result("equation", { tag: "p", class: "cb-equation", live: false });
  const response = result("response", { class: "cb-answer" });
  const heading = h("p", { class: "cb-heading" });
  const sign = (/** @type {string} */ text) => h("span", { class: "cb-sign", "aria-hidden": "true" }, text);
  const figure = (/** @type {string} */ title, /** @type {any[]} */ ...content) =>
    h("figure", {}, h("figcaption", {}, title), content);
  // A sign stays with the table after it.
  const term = (/** @type {string} */ text, /** @type {any[]} */ ...tables) => h("div", { class: "cb-term" },
    sign(text), tables);
  const sums = h("div", { class: "cb-sum" }, figure("patch", patch),
    term("×", editor ? figure("kernel: change it", editor.weights) : "", turned),
    term("=", figure("products", products)),
    h("div", { class: "cb-total" }, divisor, h("span", { class: "cb-label" }, "response"), response.element));
  const caption = h("figcaption");
  const tables = view.computed([view.computed(["kernel"], (kernel) => kernel.length)], (size) => ({
    patch: numberTable(size, size, "Patch of the input"),
    turned: numberTable(size, size, "Kernel as it is applied"),
    products: numberTable(size, size, "Products, pixel times weight") }));
  view.watch([tables], () => {
    patch.replaceChildren(tables.value.patch.element);
    turned.replaceChildren(caption, tables.value.turned.element);
    products.replaceChildren(tables.value.products.element);
    sums.classList.toggle("cb-five", view.get("kernel").length === 5);
  });
  view.watch([tables, lab.out, lab.cell], () => {
    const kernel = lab.kernel.value;
    const cell = lab.cell.value;
    const parts = tables.value;
    const found = lookInto(lab.padded.value, kernel, cell, lab.step.value);
    say(heading, `Inside the output at row ${cell[0]}, column ${cell[1]}`);
    parts.patch.show(found.patch, (pixel, r, c) => (found.onPadding(r, c)
      ? { name: "cb-on-padding" } : { style: swatch(colourOf(pixel, "grey", 0, 255)) }));
    const isTurned = view.get("operation") === "convolution";
    say(caption, isTurned ? "turned by 180°" : "kernel");
    turned.hidden = Boolean(editor) && !isTurned;
    if (!turned.hidden) parts.turned.show(kernel);
    const limit = Math.max(1, ...found.products.flat().map(Math.abs)) * 1.6;
    parts.products.show(found.products,
      (product) => ({ style: swatch(colourOf(product, "diverging", -limit, limit)) }));
    equation.show(sumInWords(found.products, found.sum, view.get("divisor")), found.sum);
    response.show(number(found.value, 3), found.value);
  });
  /** @param {"row" | "column"} trait @param {string} label @param {number} index */
  const place = (trait, label, index) => numberField(view, {
    watch: [lab.cell],
    get: () => lab.cell.value[index],
    set: (value) => view.set({ [trait]: Math.min(value, lab.size.value[index] - 1) }),
  }, { label, min: 0, max: 9999, width: 3 });
  return h("div", { class: "cb-panel cb-inside" },
    h("div", { class: "cb-where" }, heading,
      h("div", { class: "cb-row" }, place("row", "Row", 0), place("column", "Column", 1))),
    sums, ...(editor ? [editor.track, editor.problems] : []), equation.element);
}

const swatch = (/** @type {string} */ colour) => `background:${colour};color:${inkOn(colour)}`;

// --- the border ----------------------------------------------------------------------------------

/** @param {Lab} lab */
function borderLine(lab) {
  const { view } = lab;
  const words = result("border", { tag: "p", class: "cb-note" });
  const mark = toggle(view, "mark_border", { label: "Mark the outputs that read padding" });
  view.watch([lab.out, "fill"], () => {
    const out = lab.out.value;
    const { top, bottom, left, right } = interiorOf(lab.size.value, lab.padded.value, lab.step.value);
    const all = out.height * out.width;
    const inner = (bottom - top) * (right - left);
    mark.hidden = view.get("padding") === 0;
    // Only the border is added up here: the sum over everything is known already.
    let borderTotal = 0;
    for (let y = 0; y < out.height; y += 1) {
      const skip = y >= top && y < bottom && right > left;
      for (let x = 0; x < out.width; x += 1) {
        if (skip && x === left) x = right;
        if (x < out.width) borderTotal += Math.abs(out.data[y * out.width + x]);
      }
    }
    const border = all - inner;
    const strength = [borderTotal / border, (out.total - borderTotal) / inner];
    words.show(borderWords(view, border, all, strength), border);
  });
  return h("div", { class: "cb-panel" }, h("p", { class: "cb-heading" }, "What padding does at the border"),
    words.element, mark);
}

/** @param {View} view @param {number} border @param {number} all @param {number[]} strength */
function borderWords(view, border, all, [atBorder, inside]) {
  if (border === 0) return "No output reads padding: each is made of real pixels only.";
  const head = `${number(border)} of ${plural(all, "output")} (${percent(border / all)}) ` +
    `${border === 1 ? "reads" : "read"} padding.`;
  if (border === all) return head;
  const strengths = ` Mean strength there ${fixed(atBorder, 1)}, elsewhere ${fixed(inside, 1)}`;
  const why = view.get("fill") === "zeros" && atBorder > 1.5 * inside
    ? ": the step from the picture to the zeros is an edge that the photograph never had." : ".";
  return head + strengths + why;
}

export default defineWidget({ name: "kernel-lab", title: "Kernel lab", build, binary: ["image"] });
