import { colourOf, inkOn } from "./shared/colour.js";
import { choice, numberField, result, select, slider, toggle } from "./shared/controls.js";
import { h, say } from "./shared/dom.js";
import { fixed, number, percent, plural, signed } from "./shared/format.js";
import { pictureFrame } from "./shared/frame.js";
import { pointAtCells } from "./shared/keyboard.js";
import { colourKey, decodePicture, greyPlane, paintPlane, pictureInput } from "./shared/picture.js";
import { numberTable } from "./shared/table.js";
import { correlatePlane, padPlane, plane, planeOf, turnKernel } from "./shared/tensor.js";
import { defineWidget } from "./shared/view.js";
import cameraUrl from "./shared/camera.webp";
import presets from "./shared/kernels.json";

const STEP_EDGE = planeOf(Array.from({ length: 8 }, () => [0, 0, 0, 0, 255, 255, 255, 255]));
const PICTURE = ["source", "image", "image_width"];
const PADDED = [...PICTURE, "padding", "fill"];
const FILTERED = [...PADDED, "kernel", "divisor", "operation", "stride"];
const POINTED = ["row", "column"];

let photograph = null;

async function build(view) {
  photograph ??= greyPlane(await decodePicture(cameraUrl));
  const lab = new Lab(view);
  view.body.append(h("div", { class: "cb-pictures" }, inputPicture(lab), outputPicture(lab)),
    colourLine(lab), h("div", { class: "cb-bench" }, kernelEditor(view), settingsPanel(lab)),
    insideOnePixel(lab), borderLine(lab));
  keepPresetInStep(view);
}

/** What the parts of one view share: the picture, its padded form, and the responses. */
class Lab {
  constructor(view) {
    this.view = view;
    view.watch(PADDED, () => {
      this.padded = padPlane(this.picture(), view.get("padding"), view.get("fill"));
    });
    view.watch(FILTERED, () => {
      this.out = correlatePlane(this.padded, this.kernel, {
        stride: view.get("stride"), divisor: view.get("divisor"), reuse: this.out });
    });
  }

  get kernel() {
    const kernel = this.view.get("kernel");
    return this.view.get("operation") === "convolution" ? turnKernel(kernel) : kernel;
  }

  picture() {
    const { view } = this;
    const own = view.get("image");
    if (view.get("source") === "own" && own?.byteLength > 0) {
      const bytes = new Uint8Array(own.buffer, own.byteOffset, own.byteLength);
      const width = view.get("image_width");
      return plane(Math.floor(bytes.length / width), width, Float64Array.from(bytes));
    }
    return view.get("source") === "edge" ? STEP_EDGE : photograph;
  }

  /** Rows and columns of the output. */
  size() {
    return [this.out.height, this.out.width];
  }

  /** The output pixel looked into: as asked for, or the nearest there is. */
  cell() {
    const [rows, columns] = this.size();
    return [Math.min(this.view.get("row"), rows - 1), Math.min(this.view.get("column"), columns - 1)];
  }

  point([row, column]) {
    this.view.set({ row, column });
  }

  /** Height and width of the picture without its padding. */
  get side() {
    const padding = this.view.get("padding");
    return [this.padded.height - 2 * padding, this.padded.width - 2 * padding];
  }
}

/** A preset sets the kernel; a kernel edited by hand is "custom", or takes its preset's name. */
function keepPresetInStep(view) {
  const isNow = ({ kernel, divisor }) => divisor === view.get("divisor") &&
    JSON.stringify(kernel) === JSON.stringify(view.get("kernel"));
  view.watch(["preset", "kernel", "divisor"], (changed) => {
    const preset = presets[view.get("preset")];
    if (preset && isNow(preset)) return;
    if (preset && changed.has("preset")) view.set({ kernel: preset.kernel, divisor: preset.divisor });
    else view.set({ preset: Object.keys(presets).find((name) => isNow(presets[name])) ?? "custom" });
  });
}

// --- the two pictures ----------------------------------------------------------------------------

function inputPicture(lab) {
  const { canvas, sheet, size, element, mark, scale } = pictureFrame("Input",
    "Input picture. Point at it, or use the arrow keys, to choose the output computed from that place.");
  lab.view.watch(PICTURE, () => {
    const picture = lab.picture();
    paintPlane(canvas, picture, "grey", 0, 255);
    scale(picture, [picture.height, picture.width]);
    size.show(`${picture.height} × ${picture.width}`, [picture.height, picture.width]);
  });
  lab.view.watch([...FILTERED, ...POINTED], () => {
    const [row, column] = lab.cell();
    const [height, width] = lab.side;
    const { stride, padding, kernel } = settings(lab.view);
    mark((row * stride - padding) / height, (column * stride - padding) / width,
      kernel.length / height, kernel.length / width);
  });
  pointAtCells(sheet, {
    size: () => lab.size(),
    get: () => lab.cell(),
    set: (cell) => lab.point(cell),
    locate: (x, y, box) => nearestOutput(lab, y / box.height, x / box.width),
  });
  return element;
}

function settings(view) {
  return { stride: view.get("stride"), padding: view.get("padding"), kernel: view.get("kernel") };
}

/** The output whose patch has its middle nearest to a place, given in shares of the input. */
function nearestOutput(lab, down, across) {
  const { stride, padding, kernel } = settings(lab.view);
  const [height, width] = lab.side;
  const [rows, columns] = lab.size();
  const nearest = (pixel, outputs) => Math.max(0, Math.min(outputs - 1,
    Math.round((pixel + padding - kernel.length / 2) / stride)));
  return [nearest(down * height, rows), nearest(across * width, columns)];
}

function outputPicture(lab) {
  const { view } = lab;
  const { canvas, overlay, sheet, size, element, mark, scale } = pictureFrame("Output",
    "Output picture. Point at it, or use the arrow keys, to look into one output pixel.");
  const ring = h("div", { class: "cb-ring" });
  overlay.prepend(ring);
  lab.view.watch([...FILTERED, "display"], () => {
    const { map, low, high, absolute } = brightness(lab);
    paintPlane(canvas, lab.out, map, low, high, absolute);
    const [height, width] = lab.side;
    // Both pictures have the same scale, so a stride visibly makes the output smaller.
    scale(lab.out, [height, width]);
    size.show(`${lab.out.height} × ${lab.out.width}`, [lab.out.height, lab.out.width]);
  });
  lab.view.watch([...FILTERED, ...POINTED], () => {
    const [row, column] = lab.cell();
    const [rows, columns] = lab.size();
    mark(row / rows, column / columns, 1 / rows, 1 / columns);
  });
  lab.view.watch([...FILTERED, "mark_border"], () => {
    ring.hidden = !view.get("mark_border") || view.get("padding") === 0;
    const [rows, columns] = lab.size();
    const inside = interior(lab);
    const share = (value) => `${100 * value}%`;
    Object.assign(ring.style, {
      top: share(inside.top / rows), bottom: share(1 - inside.bottom / rows),
      left: share(inside.left / columns), right: share(1 - inside.right / columns), borderWidth: "1px",
    });
  });
  pointAtCells(sheet, { size: () => lab.size(), get: () => lab.cell(), set: (cell) => lab.point(cell) });
  return element;
}

/** How responses become colours. "auto" shows signs when the weights add up to nothing. */
function brightness({ view, out, kernel }) {
  const total = kernel.flat().reduce((sum, weight) => sum + weight, 0);
  const suits = Math.abs(total) < 1e-9 ? "signed" : "clipped";
  const display = view.get("display") === "auto" ? suits : view.get("display");
  const limit = Math.max(Math.abs(out.low), Math.abs(out.high)) || 1;
  if (display === "signed") return { display, map: "diverging", low: -limit, high: limit };
  if (display === "absolute") return { display, map: "grey", low: 0, high: limit, absolute: true };
  return { display, map: "grey", low: 0, high: 255 };
}

function colourLine(lab) {
  const line = h("div", { class: "cb-scale" });
  const range = result("range", { tag: "p", live: false, class: "cb-note" });
  let drawn = "";
  lab.view.watch([...FILTERED, "display"], () => {
    const { display, map, low, high } = brightness(lab);
    const ends = {
      signed: [signed(low, 0), "0", signed(high, 0)],
      clipped: ["0 and below", "255 and above"],
      absolute: ["0", `${number(high, 0)}, either sign`],
    }[display];
    if (drawn !== [map, ...ends].join()) line.replaceChildren(colourKey(map, ...ends));
    drawn = [map, ...ends].join();
    range.show(`Responses run from ${number(lab.out.low, 2)} to ${number(lab.out.high, 2)}.`,
      [lab.out.low, lab.out.high]);
  });
  return h("div", { class: "cb-pictures" }, range.element, line);
}

// --- kernel and settings -------------------------------------------------------------------------

function kernelEditor(view) {
  const weights = h("div", { class: "cb-weights", role: "group", "aria-label": "Weights of the kernel" });
  const problems = h("div", { class: "cb-problems", role: "status" });
  const about = h("p", { class: "cb-note cb-about" });
  let size = 0;
  view.watch(["kernel"], () => {
    if (view.get("kernel").length === size) return;
    size = view.get("kernel").length;
    weights.style.setProperty("--cb-size", size);
    problems.replaceChildren();
    weights.replaceChildren(...weightCells(view, size, problems));
  });
  view.watch(["preset"], () => say(about, presets[view.get("preset")]?.about ?? "Your own kernel."));
  const options = [...Object.entries(presets).map(([name, { title }]) => [name, title]), ["custom", "Your own"]];
  return h("div", { class: "cb-panel cb-kernel-side" },
    h("div", { class: "cb-row cb-which" },
      select(view, "preset", { label: "Kernel", options }),
      choice(view, sizeOf(view), { label: "Size", options: [[3, "3×3"], [5, "5×5"]] })),
    weights, problems,
    h("div", { class: "cb-divisor" },
      numberField(view, "divisor", { label: "The sum is divided by", min: 0.01, max: 10000, whole: false, width: 5 })),
    about);
}

function weightCells(view, size, problems) {
  const cells = [];
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const source = weightAt(view, row, column);
      const label = `Row ${row + 1}, column ${column + 1}`;
      const field = numberField(view, source, { label, hidden: true, min: -1000, max: 1000, whole: false, width: 3 });
      const message = field.querySelector(".cb-problem");
      problems.append(message);
      cells.push(h("div", { class: "cb-weight" }, field,
        slider(view, source, { label: `${label}, slider`, min: -8, max: 8, step: 0.5, hidden: true })));
    }
  }
  return cells;
}

/** One weight of the kernel, as a source for controls. */
function weightAt(view, row, column) {
  return {
    watch: ["kernel"],
    get: () => view.get("kernel")[row]?.[column] ?? 0,
    set: (weight) => view.set({
      kernel: view.get("kernel").map((line, r) =>
        (r === row ? line.map((old, c) => (c === column ? weight : old)) : line)),
    }),
  };
}

/** The kernel's size: growing puts zeros around it, shrinking keeps its middle. */
function sizeOf(view) {
  return {
    watch: ["kernel"],
    get: () => view.get("kernel").length,
    set: (size) => {
      const old = view.get("kernel");
      const shift = (size - old.length) / 2;
      view.set({
        kernel: Array.from({ length: size }, (_, r) =>
          Array.from({ length: size }, (_unused, c) => old[r - shift]?.[c - shift] ?? 0)),
      });
    },
  };
}

function settingsPanel(lab) {
  const { view } = lab;
  const source = choice(view, "source", { label: "Picture",
    options: [["photograph", "photograph"], ["edge", "8×8 step edge"], ["own", "yours"]] });
  view.watch(["image"], () => {
    source.querySelector("label:last-of-type").hidden = !view.get("image")?.byteLength;
  });
  const fill = choice(view, "fill",
    { label: "Padding is filled with", options: [["zeros", "zeros"], ["replicate", "the edge pixel"]] });
  view.watch(["padding"], () => {
    fill.hidden = view.get("padding") === 0;
  });
  const turned = h("p", { class: "cb-note" });
  view.watch(["operation"], () => say(turned, view.get("operation") === "convolution"
    ? "The kernel is turned by 180° first, as in mathematics."
      : "The kernel is used as it is written, as in deep learning."));
  return h("div", { class: "cb-panel cb-settings" },
    choice(view, "operation",
      { label: "Operation", options: [["cross-correlation", "cross-correlation"], ["convolution", "convolution"]] }),
    turned,
    h("div", { class: "cb-row" },
      slider(view, "stride", { label: "Stride", min: 1, max: 4 }),
      slider(view, "padding", { label: "Padding", min: 0, max: 8 })),
    fill,
    select(view, "display", { label: "Show responses as", options: [["auto", "what suits the kernel"],
      ["signed", "colour with sign"], ["absolute", "strength, sign dropped"],
        ["clipped", "brightness, cut at 0 and 255"]] }),
    source, pictureInput((picture) => useOwn(view, picture)));
}

function useOwn(view, picture) {
  const grey = greyPlane(picture);
  view.set({ image: new DataView(Uint8Array.from(grey.data).buffer), image_width: grey.width, source: "own" });
}

// --- one output pixel ----------------------------------------------------------------------------

function insideOnePixel(lab) {
  const { view } = lab;
  const tables = h("div", { class: "cb-sum" });
  const equation = result("equation", { tag: "p", class: "cb-equation", live: false });
  const response = result("response", { class: "cb-answer" });
  const heading = h("p", { class: "cb-heading" });
  let parts = null;
  lab.view.watch([...FILTERED, ...POINTED], () => {
    const { kernel } = lab;
    if (parts?.size !== kernel.length) parts = sumTables(tables, kernel.length);
    const [row, column] = lab.cell();
    const { patch, products, onPadding, value, sum } = lookInto(lab, row, column);
    say(heading, `Inside the output at row ${row}, column ${column}`);
    parts.patch.show(patch, (pixel, r, c) => (onPadding(r, c)
      ? { name: "cb-on-padding" } : { style: swatch(colourOf(pixel, "grey", 0, 255)) }));
    parts.kernel.show(kernel);
    const limit = Math.max(1, ...products.flat().map(Math.abs)) * 1.6;
    parts.products.show(products, (product) => ({ style: swatch(colourOf(product, "diverging", -limit, limit)) }));
    const divisor = view.get("divisor");
    equation.show(sumInWords(products, sum, divisor), sum);
    response.show(number(value, 3), value);
  });
  const place = (trait, label, index) => numberField(view, {
    watch: [...POINTED, ...FILTERED],
    get: () => lab.cell()[index],
    set: (value) => view.set({ [trait]: Math.min(value, lab.size()[index] - 1) }),
  }, { label, min: 0, max: 9999, width: 3 });
  return h("div", { class: "cb-panel" },
    h("div", { class: "cb-where" }, heading,
      h("div", { class: "cb-row" }, place("row", "Row", 0), place("column", "Column", 1))),
    h("div", { class: "cb-sum-row" }, tables,
      h("figure", { class: "cb-total" }, h("figcaption", {}, "response"), response.element)),
    equation.element);
}

const swatch = (colour) => `background:${colour};color:${inkOn(colour)}`;

function sumTables(home, size) {
  const patch = numberTable(size, size, "Patch of the input");
  const kernel = numberTable(size, size, "Kernel as applied");
  const products = numberTable(size, size, "Products, pixel times weight");
  const figure = (table, title) => h("figure", {}, h("figcaption", {}, title), table.element);
  home.classList.toggle("cb-five", size === 5);
  home.replaceChildren(figure(patch, "patch"), h("span", { class: "cb-sign", "aria-hidden": "true" }, "×"),
    figure(kernel, "kernel"), h("span", { class: "cb-sign", "aria-hidden": "true" }, "="),
      figure(products, "products"));
  return { size, patch, kernel, products };
}

/** The patch under one output, its products with the kernel, and their sum. */
function lookInto(lab, row, column) {
  const { padded, kernel, view } = lab;
  const { stride, padding } = settings(view);
  const [height, width] = lab.side;
  const top = row * stride;
  const left = column * stride;
  const patch = kernel.map((line, r) => line.map((_, c) => padded.data[(top + r) * padded.width + left + c]));
  const products = patch.map((line, r) => line.map((pixel, c) => pixel * kernel[r][c]));
  const sum = products.flat().reduce((total, product) => total + product, 0);
  const outside = (position, side) => position < padding || position >= padding + side;
  return { patch, products, sum, value: sum / view.get("divisor"),
    onPadding: (r, c) => outside(top + r, height) || outside(left + c, width) };
}

function sumInWords(products, sum, divisor) {
  const terms = products.flat().filter((product) => product !== 0);
  const shown = terms.map((product, i) => (i === 0 ? number(product)
    : `${product < 0 ? "−" : "+"} ${number(Math.abs(product))}`)).join(" ");
  const total = `${terms.length === 0 ? "every product is 0, so the sum" : shown} = ${number(sum)}`;
  return divisor === 1 ? total : `${total}, divided by ${number(divisor)}`;
}

// --- the border ----------------------------------------------------------------------------------

/** The outputs that read no padding: rows `top` to `bottom`, columns `left` to `right` (excluded). */
function interior(lab) {
  const { stride, padding, kernel } = settings(lab.view);
  const [rows, columns] = lab.size();
  const [height, width] = lab.side;
  const first = (outputs) => Math.min(outputs, Math.ceil(padding / stride));
  const end = (side, outputs) => Math.max(first(outputs),
    Math.min(outputs, Math.floor((side + padding - kernel.length) / stride) + 1));
  return { top: first(rows), bottom: end(height, rows), left: first(columns), right: end(width, columns) };
}

function borderLine(lab) {
  const { view } = lab;
  const words = result("border", { tag: "p", class: "cb-note" });
  const mark = toggle(view, "mark_border", { label: "Mark the outputs that read padding" });
  lab.view.watch(FILTERED, () => {
    const { out } = lab;
    const { top, bottom, left, right } = interior(lab);
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

function borderWords(view, border, all, [atBorder, inside]) {
  if (border === 0) return "No output reads padding: each is made of real pixels only.";
  const head = `${number(border)} of ${plural(all, "output")} (${percent(border / all)}) ${border === 1 ? "reads" : "read"} padding.`;
  if (border === all) return head;
  const strengths = ` Mean strength there ${fixed(atBorder, 1)}, elsewhere ${fixed(inside, 1)}`;
  const why = view.get("fill") === "zeros" && atBorder > 1.5 * inside
    ? ": the step from the picture to the zeros is an edge that the photograph never had." : ".";
  return head + strengths + why;
}

export default defineWidget({ name: "kernel-lab", title: "Kernel lab", build, binary: ["image"] });
