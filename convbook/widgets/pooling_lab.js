import { resizedRows, withItem } from "./shared/cells.js";
import { choice, result, slider, toggle } from "./shared/controls.js";
import { h, say, scrollBox } from "./shared/dom.js";
import { number, plural } from "./shared/format.js";
import { pictureFrame } from "./shared/frame.js";
import { decodePicture, greyPlane, paintPlane } from "./shared/picture.js";
import { pool2dOutputShape } from "./shared/shapes.js";
import { shiftTest } from "./shared/shift_test.js";
import { choiceTable, editableTable } from "./shared/table.js";
import { plane, planeOf, poolPlane, rowsOf, shiftPlane } from "./shared/tensor.js";
import { defineWidget } from "./shared/view.js";
import cameraUrl from "./shared/camera.webp";

const MOST_WRITTEN_OUT = 25;
// Where a picture has something to see: the camera in front of a face, the loop of the digit.
const SIGHTS = { photograph: [84, 126], digit: [16, 10], numbers: [0, 0] };
const BEFORE = /** @type {const} */ (["source", "numbers", "kind", "everywhere", "pool_size", "stride"]);

/** @typedef {import("./shared/view.js").View<import("../../types/traits").PoolingLab>} View */
/** @typedef {import("./shared/tensor.js").Plane} Plane */

/**
 * The picture, the same shifted, and both pooled; `problem` instead where no window fits.
 * @typedef {object} Pooled
 * @property {Plane} image
 * @property {Plane} shifted
 * @property {number[]} window
 * @property {number} stride
 * @property {string} kind
 * @property {boolean} everywhere
 * @property {string | null} problem
 * @property {Plane} out of one pixel where there is a problem
 * @property {Plane} still the picture pooled before the shift
 */

/** @typedef {import("./shared/reactive.js").Computed<number[]>} Cell */
/** @typedef {{ view: View, pooled: import("./shared/reactive.js").Computed<Pooled>, cell: Cell }} Lab */

/** @type {Plane | null} */
let photograph = null;

async function build(/** @type {View} */ view) {
  photograph ??= greyPlane(await decodePicture(cameraUrl));
  const pictures = { photograph, digit: digitPlane(view.get("_digit")) };
  const still = view.computed(BEFORE, () => pooledBefore(view, pictures));
  const pooled = view.computed([still, "shift_down", "shift_right"], pooledAfter);
  const cell = view.computed([pooled, "row", "column"], ({ out }, row, column) =>
    [Math.min(row, out.height - 1), Math.min(column, out.width - 1)]);
  const lab = { view, pooled, cell };
  const problem = result("problem", { tag: "p", class: "cb-problem" });
  const stage = h("div");
  const outcome = h("div", { class: "cb-panel cb-words" });
  outcome.append(...windowWords(lab), ...shiftWords(lab));
  const key = view.computed([pooled], ({ image }) =>
    (view.get("source") === "numbers" ? `${image.height} × ${image.width}` : view.get("source")));
  view.watch([pooled], () => {
    const why = pooled.value.problem;
    problem.show(why ? `No output: ${why}.` : "", why ?? "");
    outcome.hidden = Boolean(why);
  });
  let forget = () => {};
  view.watch([key], () => {
    forget();
    forget = view.scope(() =>
      stage.replaceChildren(view.get("source") === "numbers" ? tables(lab) : pictureFrames(lab)));
  });
  view.body.append(settings(view), problem.element, stage, shiftTest(view, pictures.digit), outcome);
}

/** @param {DataView} bytes 28 × 28, row by row */
function digitPlane(bytes) {
  const side = Math.sqrt(bytes.byteLength);
  return plane(side, side, Float64Array.from({ length: side * side }, (_, i) => bytes.getUint8(i)));
}

const NOTHING = planeOf([[0]]);

/** @param {View} view @param {{ photograph: Plane, digit: Plane }} pictures */
function pooledBefore(view, pictures) {
  const source = view.get("source");
  const image = source === "numbers" ? planeOf(view.get("numbers")) : pictures[source];
  const [kind, everywhere] = [view.get("kind"), view.get("everywhere")];
  const window = everywhere ? [image.height, image.width] : [view.get("pool_size"), view.get("pool_size")];
  const stride = everywhere ? 1 : view.get("stride");
  const common = { image, window, stride, kind, everywhere };
  try {
    if (!everywhere) pool2dOutputShape([1, image.height, image.width], window, stride);
  } catch {
    return { ...common, problem: tooLarge(window, image), still: NOTHING };
  }
  return { ...common, problem: null, still: poolPlane(image, window, stride, kind) };
}

/** @param {ReturnType<typeof pooledBefore>} before @param {number} down @param {number} right @returns {Pooled} */
function pooledAfter(before, down, right) {
  const shifted = shiftPlane(before.image, down, right);
  const out = before.problem ? NOTHING : poolPlane(shifted, before.window, before.stride, before.kind);
  return { ...before, shifted, out };
}

/** Why there is no output; the twin of `PoolingLab.problem`. @param {number[]} window @param {Plane} image */
function tooLarge([size], { height, width }) {
  return `a window of ${size} × ${size} does not fit into a table of ${height} × ${width}; ` +
    "make the window smaller or the table larger";
}

/** The window that is looked into first. @param {keyof typeof SIGHTS} source @param {number} stride */
function openingCell(source, stride) {
  const [row, column] = SIGHTS[source];
  return { row: Math.floor(row / stride), column: Math.floor(column / stride) };
}

/** @param {View} view */
function settings(view) {
  const times = (/** @type {number} */ n) => `${n} × ${n}`;
  const size = slider(view, "pool_size", { label: "Window", format: times });
  const stride = slider(view, "stride", { label: "Stride" });
  const side = slider(view, {
    watch: ["numbers"],
    get: () => view.get("numbers").length,
    set: (n) => view.set({ numbers: resizedRows(view.get("numbers"), n, n) }),
    limit: { maximum: Math.max(...(view.limit("numbers").sizes?.[0] ?? [])) },
  }, { label: "Table", min: 2, format: times });
  view.watch(["everywhere", "source"], () => {
    size.hidden = view.get("everywhere");
    stride.hidden = view.get("everywhere");
    side.hidden = view.get("source") !== "numbers";
  });
  return h("div", { class: "cb-panel" },
    h("div", { class: "cb-row" },
      choice(view, "kind",
        { label: "Reduce each window to its", options: [["max", "maximum"], ["average", "average"]] }),
      choice(view, {
        watch: ["source"],
        get: () => view.get("source"),
        set: (source) => view.set({ source, ...openingCell(source, view.get("stride")) }),
      }, { label: "Picture", options: [["numbers", "numbers"], ["photograph", "photograph"], ["digit", "digit"]] }),
      toggle(view, "everywhere", { label: "Global: one window over it all" })),
    h("div", { class: "cb-controls" }, size, stride, side,
      slider(view, "shift_down", { label: "Shift down" }),
      slider(view, "shift_right", { label: "Shift right" })));
}

/** How a reader points at the outputs. @param {Lab} lab */
const pointing = ({ view, pooled, cell }) => ({
  size: () => [pooled.value.out.height, pooled.value.out.width],
  get: () => cell.value,
  set: (/** @type {number[]} */ [row, column]) => view.set({ row, column }),
});

// --- numbers -------------------------------------------------------------------------------------

/** @param {Lab} lab */
function tables(lab) {
  const { view, pooled, cell } = lab;
  const { height, width } = pooled.value.image;
  const input = editableTable(view, { rows: height, columns: width, caption: "Input",
    at: (row, column) => shiftedCell(view, row, column, height, width) });
  const output = choiceTable("Output; the arrow keys choose a window", pointing(lab));
  const home = scrollBox(output.element);
  const size = result("output-size", { tag: "span", live: false });
  view.watch([pooled, cell], () => {
    const { problem, out, still } = pooled.value;
    markWindow(lab, input.cells);
    home.hidden = Boolean(problem);
    size.show(problem ? "none" : `${out.height} × ${out.width}`, problem ? "" : [out.height, out.width]);
    if (problem) return;
    const [row, column] = cell.value;
    output.show(rowsOf(out), (value, r, c) => ({
      name: [r === row && c === column && "cb-now", still.data[r * out.width + c] !== value && "cb-different"]
        .filter(Boolean).join(" ") }));
  });
  return h("div", { class: "cb-tables" },
    h("figure", {}, h("figcaption", {}, "input (edit any number)"), scrollBox(input.element), input.problems),
    h("figure", {}, h("figcaption", {}, "output ", size.element), home));
}

/**
 * A cell of the table as it stands after the shift: editing it changes the number that came here.
 * @param {View} view @param {number} row @param {number} column @param {number} height @param {number} width
 */
function shiftedCell(view, row, column, height, width) {
  const wrap = (/** @type {number} */ n, /** @type {number} */ side) => ((n % side) + side) % side;
  const from = () => [wrap(row - view.get("shift_down"), height), wrap(column - view.get("shift_right"), width)];
  return {
    watch: ["numbers", "shift_down", "shift_right"],
    get: () => view.get("numbers")[from()[0]]?.[from()[1]] ?? 0,
    set: (/** @type {number} */ value) => view.set({ numbers: withItem(view.get("numbers"), from(), value) }),
    limit: { ...view.limit("numbers"), type: /** @type {const} */ ("number") },
  };
}

/** @param {Lab} lab */
function windowOf({ pooled, cell }) {
  const [row, column] = cell.value;
  const { stride, window } = pooled.value;
  return { top: row * stride, left: column * stride, tall: window[0], wide: window[1] };
}

/** @param {Lab} lab @param {HTMLElement[][]} cells */
function markWindow(lab, cells) {
  const { top, left, tall, wide } = windowOf(lab);
  const { shifted, out, kind, problem } = lab.pooled.value;
  const [row, column] = lab.cell.value;
  const most = kind === "max" ? out.data[row * out.width + column] : null;
  cells.forEach((line, r) => line.forEach((cell, c) => {
    const inside = !problem && r >= top && r < top + tall && c >= left && c < left + wide;
    const wins = inside && shifted.data[r * shifted.width + c] === most;
    const name = ["cb-editable", inside && "cb-in-window", wins && "cb-winner"].filter(Boolean).join(" ");
    if (cell.className !== name) cell.className = name;
  }));
}

/** @param {Lab} lab @returns {number[]} */
function windowValues(lab) {
  const { top, left, tall, wide } = windowOf(lab);
  const { data, width } = lab.pooled.value.shifted;
  return Array.from({ length: tall }, (_, r) =>
    Array.from(data.subarray((top + r) * width + left, (top + r) * width + left + wide))).flat();
}

// --- pictures ----------------------------------------------------------------------------------

/** @param {Lab} lab */
function pictureFrames(lab) {
  const { view, pooled, cell } = lab;
  const input = pictureFrame("Input", "Input picture, with the window that the chosen output reads.");
  const output = pictureFrame("Output", "Output picture. Point at it, or use the arrow keys, to choose a window.");
  const show = output.point(pointing(lab));
  view.watch([pooled], () => {
    const { image, shifted, out, problem } = pooled.value;
    const side = [image.height, image.width];
    input.scale(shifted, side);
    input.size.show(`${side[0]} × ${side[1]}`, side);
    paintPlane(input.canvas, shifted, "grey", 0, 255);
    output.element.hidden = Boolean(problem);
    if (problem) return;
    paintPlane(output.canvas, out, "grey", 0, 255);
    output.scale(out, side);
    output.size.show(`${out.height} × ${out.width}`, [out.height, out.width]);
  });
  view.watch([pooled, cell], () => {
    const { image, out, problem } = pooled.value;
    if (problem) return;
    const [row, column] = cell.value;
    const { top, left, tall, wide } = windowOf(lab);
    input.mark(top / image.height, left / image.width, tall / image.height, wide / image.width);
    output.mark(row / out.height, column / out.width, 1 / out.height, 1 / out.width);
    show();
  });
  return h("div", { class: `cb-pictures cb-${view.get("source")}` }, input.element, output.element);
}

// --- in words ------------------------------------------------------------------------------------

/** @param {Lab} lab */
function windowWords(lab) {
  const heading = h("p", { class: "cb-heading" });
  const words = h("p");
  const value = result("value", { class: "cb-answer" });
  lab.view.watch([lab.pooled, lab.cell], () => {
    const { out, kind, problem } = lab.pooled.value;
    if (problem) return;
    const [row, column] = lab.cell.value;
    const found = out.data[row * out.width + column];
    const values = windowValues(lab);
    const max = kind === "max";
    say(heading, `Output (${row}, ${column}): the ${max ? "maximum" : "average"} of ` +
      `${plural(values.length, "number")}`);
    say(words, values.length > MOST_WRITTEN_OUT ? "" : sumOfWindow(values, found, max));
    value.show(number(found), found);
  });
  return [heading, h("div", { class: "cb-row" }, words, value.element)];
}

/**
 * The window's numbers as they are reduced: "max(1, 3, 0, 2) =", "(1 + 3 + 0 + 2) / 4 =".
 * @param {number[]} values @param {number} found @param {boolean} max
 */
function sumOfWindow(values, found, max) {
  const list = values.map((n) => number(n));
  if (max) return `max(${list.join(", ")}) =`;
  const exact = Math.abs(found * 1000 - Math.round(found * 1000)) < 1e-6;
  return `(${list.join(" + ").replaceAll("+ −", "− ")}) / ${values.length} ${exact ? "=" : "≈"}`;
}

/** What the shift did: which outputs stayed (invariance), which moved along (equivariance). @param {Lab} lab */
function shiftWords({ view, pooled }) {
  const same = result("unchanged", { tag: "p" });
  const along = result("moved-along", { tag: "p" });
  const hint = h("p", { class: "cb-note" },
    "A shift here wraps around: what leaves on one side comes in on the other.");
  view.watch([pooled], () => {
    const { out, still, everywhere, stride, problem } = pooled.value;
    if (problem) return;
    const shift = [view.get("shift_down"), view.get("shift_right")];
    const total = out.data.length;
    const unchanged = equalNumbers(out.data, still.data);
    const unmoved = shift[0] === 0 && shift[1] === 0;
    hint.hidden = unmoved;
    same.show(unmoved ? "Shift the picture by a pixel and see which outputs notice." : sameWords(unchanged, total),
      unchanged);
    const steps = movedAlong(pooled.value, shift);
    along.show(unmoved || everywhere ? "" : alongWords(stride, steps, total, shift), steps ?? "");
  });
  return [h("p", { class: "cb-heading" }, "What the shift changes"), same.element, along.element, hint];
}

/** How many numbers of two lists are the same. @param {Float64Array} a @param {Float64Array} b */
const equalNumbers = (a, b) => a.reduce((count, value, i) => count + (value === b[i] ? 1 : 0), 0);

/** @param {number} unchanged @param {number} total */
function sameWords(unchanged, total) {
  const [are, they] = unchanged === 1 ? ["is", "it was"] : ["are", "they were"];
  const some = unchanged === 0 ? "pooling is not invariant to this shift." : "only there is pooling invariant to it.";
  return `${number(unchanged)} of ${plural(total, "output")} ${are} what ${they} before the shift: ` +
    `${unchanged === total ? "invariant to this shift." : some}`;
}

/** @param {number} stride @param {number | null} steps @param {number} total @param {number[]} shift */
function alongWords(stride, steps, total, [down, right]) {
  if (steps === null) {
    return `A shift that is no multiple of the stride ${stride} moves the windows' contents by a fraction of a step: ` +
      "the outputs are new numbers, not the old ones elsewhere.";
  }
  return `${number(steps)} of ${plural(total, "output")} ${steps === 1 ? "is" : "are"} the old ones, moved ` +
    `${number(down / stride)} down and ${number(right / stride)} right: the map moves with the picture (equivariance).`;
}

/** @param {Pooled} pooled @param {number[]} shift */
function movedAlong({ everywhere, stride, still, out }, [down, right]) {
  if (everywhere || down % stride !== 0 || right % stride !== 0) return null;
  return equalNumbers(out.data, shiftPlane(still, down / stride, right / stride).data);
}

export default defineWidget({ name: "pooling-lab", title: "Pooling lab", build });
