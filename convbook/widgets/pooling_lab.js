import { resizedRows, withItem } from "./shared/cells.js";
import { choice, result, slider, toggle } from "./shared/controls.js";
import { h, say, scrollBox } from "./shared/dom.js";
import { number, plural } from "./shared/format.js";
import { pictureFrame } from "./shared/frame.js";
import { pointAtCells } from "./shared/keyboard.js";
import { decodePicture, greyPlane, paintPlane } from "./shared/picture.js";
import { pool2dOutputShape } from "./shared/shapes.js";
import { editableTable, numberTable } from "./shared/table.js";
import { planeOf, poolPlane, rowsOf, shiftPlane } from "./shared/tensor.js";
import { defineWidget } from "./shared/view.js";
import cameraUrl from "./shared/camera.webp";

const MOST_WRITTEN_OUT = 25;
// Where the photograph has something to see: the camera in front of a face.
const [SIGHT_ROW, SIGHT_COLUMN] = [84, 126];
const INPUTS = ["source", "numbers", "kind", "everywhere", "pool_size", "stride", "shift_down", "shift_right"];
const POINTED = ["row", "column"];

let photograph = null;

async function build(view) {
  photograph ??= greyPlane(await decodePicture(cameraUrl));
  const lab = { view };
  view.watch(INPUTS, () => Object.assign(lab, pooled(view, lab)));
  const problem = result("problem", { tag: "p", class: "cb-problem" });
  const stage = h("div");
  const outcome = h("div", { class: "cb-panel cb-words" });
  outcome.append(...windowWords(lab), ...shiftWords(lab));
  let shown = "";
  let forget = () => {};
  view.watch(INPUTS, () => {
    problem.show(lab.problem ? `No output: ${lab.problem}.` : "", lab.problem ?? "");
    outcome.hidden = Boolean(lab.problem);
    const key = view.get("source") === "photograph" ? "photograph" : [lab.image.height, lab.image.width].join();
    if (key === shown) return;
    shown = key;
    forget();
    forget = view.scope(() => stage.replaceChildren(key === "photograph" ? pictures(lab) : tables(lab)));
  });
  view.body.append(settings(lab), problem.element, stage, outcome);
}

/** The picture, the same shifted, and both pooled; `problem` instead where no window fits. */
function pooled(view, before) {
  const image = view.get("source") === "photograph" ? photograph : planeOf(view.get("numbers"));
  const shifted = shiftPlane(image, view.get("shift_down"), view.get("shift_right"));
  const everywhere = view.get("everywhere");
  const window = everywhere ? [image.height, image.width] : [view.get("pool_size"), view.get("pool_size")];
  const stride = everywhere ? 1 : view.get("stride");
  try {
    if (!everywhere) pool2dOutputShape([1, image.height, image.width], window, stride);
  } catch {
    return { image, shifted, window, stride, problem: tooLarge(window, image), out: null, still: null };
  }
  const kind = view.get("kind");
  const out = poolPlane(shifted, window, stride, kind);
  // What the picture gave before the shift stays, while only the shift changes.
  const same = image === before.image && before.still && before.kind === kind &&
    before.stride === stride && before.window.join() === window.join();
  const still = same ? before.still : poolPlane(image, window, stride, kind);
  return { image, shifted, window, stride, kind, problem: null, out, still };
}

/** Why there is no output; the twin of `PoolingLab.problem`. */
function tooLarge([size], { height, width }) {
  return `a window of ${size} × ${size} does not fit into a table of ${height} × ${width}; ` +
    "make the window smaller or the table larger";
}

/** The window that is looked into first. */
function openingCell(source, stride) {
  if (source === "numbers") return { row: 0, column: 0 };
  return { row: Math.floor(SIGHT_ROW / stride), column: Math.floor(SIGHT_COLUMN / stride) };
}

function settings({ view }) {
  const size = slider(view, "pool_size", { label: "Window", format: (n) => `${n} × ${n}` });
  const stride = slider(view, "stride", { label: "Stride" });
  const side = slider(view, {
    watch: ["numbers"],
    get: () => view.get("numbers").length,
    set: (n) => view.set({ numbers: resizedRows(view.get("numbers"), n, n) }),
    limit: { maximum: Math.max(...(view.limit("numbers").sizes?.[0] ?? [])) },
  }, { label: "Table", min: 2, format: (n) => `${n} × ${n}` });
  view.watch(["everywhere", "source"], () => {
    size.hidden = view.get("everywhere");
    stride.hidden = view.get("everywhere");
    side.hidden = view.get("source") === "photograph";
  });
  return h("div", { class: "cb-panel" },
    h("div", { class: "cb-row" },
      choice(view, "kind",
        { label: "Reduce each window to its", options: [["max", "maximum"], ["average", "average"]] }),
      choice(view, {
        watch: ["source"],
        get: () => view.get("source"),
        set: (source) => view.set({ source, ...openingCell(source, view.get("stride")) }),
      }, { label: "Picture", options: [["numbers", "numbers"], ["photograph", "photograph"]] }),
      toggle(view, "everywhere", { label: "Global: one window over it all" })),
    h("div", { class: "cb-controls" }, size, stride, side,
      slider(view, "shift_down", { label: "Shift down" }),
      slider(view, "shift_right", { label: "Shift right" })));
}

const sizeOf = (lab) => (lab.out ? [lab.out.height, lab.out.width] : [1, 1]);

function cellOf(lab) {
  const [rows, columns] = sizeOf(lab);
  return [Math.min(lab.view.get("row"), rows - 1), Math.min(lab.view.get("column"), columns - 1)];
}

function pointing(lab, element, hover) {
  pointAtCells(element, { hover, size: () => sizeOf(lab), get: () => cellOf(lab),
    set: ([row, column]) => lab.view.set({ row, column }) });
}

// --- numbers -------------------------------------------------------------------------------------

function tables(lab) {
  const { view } = lab;
  const { height, width } = lab.image;
  const input = editableTable(view, { rows: height, columns: width, caption: "Input",
    at: (row, column) => shiftedCell(view, row, column, height, width) });
  const home = scrollBox();
  const size = result("output-size", { tag: "span", live: false });
  let output = null;
  view.watch([...INPUTS, ...POINTED], () => {
    markWindow(lab, input.cells);
    home.hidden = !lab.out;
    if (!lab.out) {
      size.show("none", "");
      return;
    }
    if (!output || output.cells.length !== lab.out.height || output.cells[0].length !== lab.out.width) {
      output = numberTable(lab.out.height, lab.out.width, "Output");
      output.element.classList.add("cb-map");
      output.element.setAttribute("role", "application");
      output.element.setAttribute("aria-label", "Output; the arrow keys choose a window");
      pointing(lab, output.element, true);
      home.replaceChildren(output.element);
    }
    const [row, column] = cellOf(lab);
    const before = rowsOf(lab.still);
    output.show(rowsOf(lab.out), (value, r, c) => ({
      name: [r === row && c === column && "cb-now", before[r][c] !== value && "cb-different"].filter(Boolean)
        .join(" ") }));
    size.show(`${lab.out.height} × ${lab.out.width}`, [lab.out.height, lab.out.width]);
  });
  return h("div", { class: "cb-tables" },
    h("figure", {}, h("figcaption", {}, "input (edit any number)"), scrollBox(input.element), input.problems),
    h("figure", {}, h("figcaption", {}, "output ", size.element), home));
}

/** A cell of the table as it stands after the shift: editing it changes the number that came here. */
function shiftedCell(view, row, column, height, width) {
  const wrap = (n, side) => ((n % side) + side) % side;
  const from = () => [wrap(row - view.get("shift_down"), height), wrap(column - view.get("shift_right"), width)];
  return {
    watch: ["numbers", "shift_down", "shift_right"],
    get: () => view.get("numbers")[from()[0]]?.[from()[1]] ?? 0,
    set: (value) => view.set({ numbers: withItem(view.get("numbers"), from(), value) }),
    limit: { ...view.limit("numbers"), type: "number" },
  };
}

function windowOf(lab) {
  const [row, column] = cellOf(lab);
  return { top: row * lab.stride, left: column * lab.stride, tall: lab.window[0], wide: lab.window[1] };
}

function markWindow(lab, cells) {
  const { top, left, tall, wide } = windowOf(lab);
  const [row, column] = cellOf(lab);
  const most = lab.out && lab.view.get("kind") === "max" ? lab.out.data[row * lab.out.width + column] : null;
  cells.forEach((line, r) => line.forEach((cell, c) => {
    const inside = lab.out && r >= top && r < top + tall && c >= left && c < left + wide;
    const wins = inside && lab.shifted.data[r * lab.shifted.width + c] === most;
    const name = ["cb-editable", inside && "cb-in-window", wins && "cb-winner"].filter(Boolean).join(" ");
    if (cell.className !== name) cell.className = name;
  }));
}

function windowValues(lab) {
  const { top, left, tall, wide } = windowOf(lab);
  return Array.from({ length: tall }, (_, r) => Array.from(lab.shifted.data.subarray(
    (top + r) * lab.shifted.width + left, (top + r) * lab.shifted.width + left + wide))).flat();
}

// --- photograph ----------------------------------------------------------------------------------

function pictures(lab) {
  const { view } = lab;
  const input = pictureFrame("Input", "Input picture, with the window that the chosen output reads.");
  const output = pictureFrame("Output", "Output picture. Point at it, or use the arrow keys, to choose a window.");
  input.sheet.removeAttribute("role");
  input.sheet.removeAttribute("aria-label");
  view.watch(INPUTS, () => {
    const side = [lab.image.height, lab.image.width];
    input.scale(lab.shifted, side);
    input.size.show(`${side[0]} × ${side[1]}`, side);
    paintPlane(input.canvas, lab.shifted, "grey", 0, 255);
    output.element.hidden = !lab.out;
    if (!lab.out) return;
    paintPlane(output.canvas, lab.out, "grey", 0, 255);
    output.scale(lab.out, side);
    output.size.show(`${lab.out.height} × ${lab.out.width}`, sizeOf(lab));
  });
  view.watch([...INPUTS, ...POINTED], () => {
    if (!lab.out) return;
    const side = [lab.image.height, lab.image.width];
    const [row, column] = cellOf(lab);
    const { top, left, tall, wide } = windowOf(lab);
    input.mark(top / side[0], left / side[1], tall / side[0], wide / side[1]);
    output.mark(row / lab.out.height, column / lab.out.width, 1 / lab.out.height, 1 / lab.out.width);
  });
  pointing(lab, output.sheet, true);
  return h("div", { class: "cb-pictures" }, input.element, output.element);
}

// --- in words ------------------------------------------------------------------------------------

function windowWords(lab) {
  const { view } = lab;
  const heading = h("p", { class: "cb-heading" });
  const words = h("p");
  const value = result("value", { class: "cb-answer" });
  view.watch([...INPUTS, ...POINTED], () => {
    if (!lab.out) return;
    const [row, column] = cellOf(lab);
    const found = lab.out.data[row * lab.out.width + column];
    const values = windowValues(lab);
    const max = view.get("kind") === "max";
    say(heading, `Output (${row}, ${column}): the ${max ? "maximum" : "average"} of ` +
      `${plural(values.length, "number")}`);
    say(words, values.length > MOST_WRITTEN_OUT ? "" : sumOfWindow(values, found, max));
    value.show(number(found), found);
  });
  return [heading, h("div", { class: "cb-row" }, words, value.element)];
}

/** The window's numbers as they are reduced: "max(1, 3, 0, 2) =", "(1 + 3 + 0 + 2) / 4 =". */
function sumOfWindow(values, found, max) {
  const list = values.map((n) => number(n));
  if (max) return `max(${list.join(", ")}) =`;
  const exact = Math.abs(found * 1000 - Math.round(found * 1000)) < 1e-6;
  return `(${list.join(" + ").replaceAll("+ −", "− ")}) / ${values.length} ${exact ? "=" : "≈"}`;
}

/** What the shift did: which outputs stayed (invariance), which moved along (equivariance). */
function shiftWords(lab) {
  const { view } = lab;
  const same = result("unchanged", { tag: "p" });
  const along = result("moved-along", { tag: "p" });
  const hint = h("p", { class: "cb-note" },
    "A shift here wraps around: what leaves on one side comes in on the other.");
  view.watch(INPUTS, () => {
    if (!lab.out) return;
    const [down, right] = [view.get("shift_down"), view.get("shift_right")];
    const total = lab.out.data.length;
    const unchanged = lab.out.data.reduce((count, value, i) => count + (value === lab.still.data[i] ? 1 : 0), 0);
    const moved = down === 0 && right === 0;
    hint.hidden = moved;
    same.show(moved ? "Shift the picture by a pixel and see which outputs notice." : sameWords(unchanged, total),
      unchanged);
    const steps = movedAlong(lab, down, right);
    along.show(moved || view.get("everywhere") ? "" : alongWords(lab, steps, total, [down, right]), steps ?? "");
  });
  return [h("p", { class: "cb-heading" }, "What the shift changes"), same.element, along.element, hint];
}

function sameWords(unchanged, total) {
  const [are, they] = unchanged === 1 ? ["is", "it was"] : ["are", "they were"];
  const some = unchanged === 0 ? "pooling is not invariant to this shift." : "only there is pooling invariant to it.";
  return `${number(unchanged)} of ${plural(total, "output")} ${are} what ${they} before the shift: ` +
    `${unchanged === total ? "invariant to this shift." : some}`;
}

function alongWords({ stride }, steps, total, [down, right]) {
  if (steps === null) {
    return `A shift that is no multiple of the stride ${stride} moves the windows' contents by a fraction of a step: ` +
      "the outputs are new numbers, not the old ones elsewhere.";
  }
  return `${number(steps)} of ${plural(total, "output")} ${steps === 1 ? "is" : "are"} the old ones, moved ` +
    `${number(down / stride)} down and ${number(right / stride)} right: the map moves with the picture (equivariance).`;
}

function movedAlong(lab, down, right) {
  if (lab.view.get("everywhere") || down % lab.stride !== 0 || right % lab.stride !== 0) return null;
  const expected = shiftPlane(lab.still, down / lab.stride, right / lab.stride).data;
  return lab.out.data.reduce((count, value, i) => count + (value === expected[i] ? 1 : 0), 0);
}

export default defineWidget({ name: "pooling-lab", title: "Pooling lab", build });
