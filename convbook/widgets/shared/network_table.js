// A network's layers as a table that is edited in place: each row's settings open below it.

import { button, choice, numberField, select, toggle } from "./controls.js";
import { h, say, scrollBox } from "./dom.js";
import { bytes, inWords, number, percent, plural } from "./format.js";
import { completeLayer, shapeWords } from "./network.js";
import kinds from "./layers.json";

const MOST_LAYERS = 60;
/** @typedef {import("./view.js").View} View */
/** @typedef {import("./network.js").Layer} Layer */
/** @typedef {import("./network.js").Row} Row */
/** @typedef {{ rows: Row[], problem: string }} Described */
/** @typedef {import("./reactive.js").Computed<Described>} Found */

/** @type {Record<string, { title: string, fields: Record<string, any> }>} */
const kindsOf = kinds;
/** @type {Record<string, string>} */
const FIELD_NAMES = { kernel: "kernel size", size: "window" };
/** @type {Record<string, string>} */
const OPTION_WORDS = { relu: "ReLU" };

/** What kind of layer it is, in words. @param {Layer} layer */
export const titleOf = ({ kind }) => kindsOf[kind].title;

/** @param {Row[]} rows @param {(row: Row) => number} pick */
export const sumOf = (rows, pick) => rows.reduce((total, row) => total + pick(row), 0);

/** A layer in a few words: "Convolution 3×3, 64, stride 2, same, relu". @param {Layer} layer */
function layerWords({ kind, kernel, size, filters, units, stride, padding, groups, bias, activation, shortcut, rate }) {
  const window = kernel ?? size;
  const parts = [
    [kindsOf[kind].title, window && `${window}×${window}`].filter(Boolean).join(" "),
    filters ?? units, stride > 1 && `stride ${stride}`,
      padding === "same" ? "same" : padding > 0 && `padding ${padding}`,
    groups > 1 && `${groups} groups`, bias === false && "no bias",
      activation && activation !== "none" && (OPTION_WORDS[activation] ?? activation),
    shortcut === "identity" && "identity shortcut", rate,
  ];
  return parts.filter(Boolean).join(", ");
}

/**
 * The table of a network's layers, with the chosen one's settings in a row below it.
 * @param {View} view
 * @param {Found} found
 */
export function layerTable(view, found) {
  const body = h("tbody");
  const add = h("div", { class: "cb-add" });
  const editor = layerEditorRow(view, found);
  /** @type {ReturnType<typeof tableRow>[]} */
  let rows = [];
  const drag = dragging(view, () => rows.map(({ element }) => element));
  view.watch([found, "selected"], () => {
    const now = found.value;
    /** @type {Layer[]} */
    const layers = view.get("layers");
    const focused = document.activeElement?.classList.contains("cb-layer") && body.contains(document.activeElement);
    if (rows.length !== layers.length) {
      rows = layers.map((_, index) => tableRow(view, index, drag));
      body.replaceChildren(...rows.map(({ element }) => element));
    }
    const most = ["parameters", "macs"].map((what) => Math.max(1, ...now.rows.map((row) => costOf(row, what))));
    rows.forEach((row, index) => row.show(now, layers[index], index === chosenIndex(view), most));
    const { element } = rows[chosenIndex(view)];
    if (element.nextElementSibling !== editor) element.after(editor);
    if (focused) element.querySelector("button")?.focus();
  });
  const heads = [["layer", ""], ["output", ""], ["parameters", "cb-number"], ["FLOPs", "cb-number"],
    ["memory", "cb-number"], ["sees", "cb-number"]];
  for (const kind of Object.keys(kindsOf)) {
    add.append(button(kindsOf[kind].title, () => insert(view, { kind }), { "data-kind": kind }));
  }
  add.append(button("1×1 convolution", () => insert(view, { kind: "conv", kernel: 1 })));
  view.watch(["layers"], () => add.querySelectorAll("button").forEach((b) => {
    b.disabled = view.get("layers").length >= MOST_LAYERS;
  }));
  return h("div", {},
    scrollBox(h("table", { class: "cb-network" },
      h("caption", { class: "cb-hidden-text" }, "Layers; choose one to edit it"),
      h("thead", {}, h("tr", {}, heads.map(([text, name]) => h("th", { scope: "col", class: name }, text)))), body)),
    h("details", { class: "cb-add-panel" }, h("summary", {}, "Add a layer after the chosen one"), add));
}

/** @param {Row} row @param {string} what */
const costOf = (row, what) => (what === "macs" ? row.macs : row.parameters[0] + row.parameters[1]);

/**
 * A layer is carried to another place by its handle; the buttons of its editor do the same. While it is
 * carried, a line shows where it would go, and nothing else moves.
 * @param {View} view @param {() => HTMLElement[]} rows
 */
function dragging(view, rows) {
  /** How many rows have their middle above a point: the place before which the layer would stand. */
  const placeAt = (/** @type {number} */ y) => rows().filter((row) => {
    const { top, bottom } = row.getBoundingClientRect();
    return (top + bottom) / 2 < y;
  }).length;
  const show = (/** @type {number | null} */ place) => rows().forEach((row, i, all) => {
    row.classList.toggle("cb-drop-before", i === place);
    row.classList.toggle("cb-drop-after", i === all.length - 1 && place === all.length);
  });
  return (/** @type {number} */ index) => {
    /** @type {number | null} */
    let place = null;
    const end = (/** @type {boolean} */ use) => () => {
      const to = place !== null && place > index ? place - 1 : place;
      if (use && to !== null && to !== index) moveLayer(view, index, to);
      place = null;
      show(null);
    };
    return h("span", { class: "cb-grip", "aria-hidden": "true", title: "Drag the layer to another place",
      onpointerdown: (/** @type {PointerEvent} */ event) => {
        event.preventDefault();
        /** @type {HTMLElement} */ (event.currentTarget).setPointerCapture(event.pointerId);
        place = index;
      },
      onpointermove: (/** @type {PointerEvent} */ event) => {
        if (place === null) return;
        place = placeAt(event.clientY);
        show(place === index || place === index + 1 ? null : place);
      },
      onpointerup: end(true), onpointercancel: end(false) }, "⠿");
  };
}

/** @param {View} view @param {number} from @param {number} to */
function moveLayer(view, from, to) {
  const layers = [...view.get("layers")];
  layers.splice(to, 0, ...layers.splice(from, 1));
  view.set({ layers, selected: to });
}

/** @param {View} view @param {number} index @param {(index: number) => HTMLElement} drag */
function tableRow(view, index, drag) {
  const name = h("span");
  const choose = h("button", { type: "button", class: "cb-layer", onclick: () => view.set({ selected: index }) },
    h("span", { class: "cb-place" }, index + 1), name);
  const cells = ["output", "parameters", "FLOPs", "memory", "sees"].map((label) =>
    h("td", { "data-label": label, class: label === "output" ? null : "cb-number" }));
  const element = h("tr", {}, h("td", {}, h("div", { class: "cb-layer-cell" }, choose, drag(index))), cells);
  /** @param {Described} now @param {Layer} layer @param {boolean} chosen @param {number[]} most */
  const show = (now, layer, chosen, [mostParameters, mostMacs]) => {
    const row = now.rows[index];
    const [output, parameters, flops, memory, sees] = cells;
    say(name, layerWords(layer));
    choose.setAttribute("aria-pressed", String(chosen));
    element.className = [chosen && "cb-chosen", !row && "cb-broken"].filter(Boolean).join(" ");
    const none = index === now.rows.length ? "does not fit" : "–";
    say(output, row ? shapeWords(row.shape) : none);
    say(parameters, row ? number(costOf(row, "parameters")) : "–");
    say(flops, row ? inWords(2 * row.macs, 1) : "–");
    say(memory, row ? bytes(4 * row.values) : "–");
    say(sees, row ? viewInWords(row) : "–");
    shade(parameters, row ? costOf(row, "parameters") / mostParameters : 0);
    shade(flops, row ? row.macs / mostMacs : 0);
  };
  return { element, show };
}

/** @param {Row} row */
const viewInWords = ({ view }) => (view === null ? "all" : `${view}²`);

/** A bar below a number: its share of the largest. @param {HTMLElement} cell @param {number} share */
function shade(cell, share) {
  const look = share > 0 ? "background:linear-gradient(var(--cb-accent) 0 0) 100% 100% / " +
    `${100 * share}% 2px no-repeat` : "";
  if (cell.getAttribute("style") !== look) cell.setAttribute("style", look);
}

export const chosenIndex = (/** @type {View} */ view) => Math.min(view.get("selected"), view.get("layers").length - 1);

/** @param {View} view @param {Layer} layer */
function insert(view, layer) {
  const at = chosenIndex(view) + 1;
  const layers = [...view.get("layers")];
  layers.splice(at, 0, completeLayer(layer));
  view.set({ layers, selected: at });
}

// --- one layer -----------------------------------------------------------------------------------

/** @param {View} view @param {Found} found */
function layerEditorRow(view, found) {
  const panel = h("div", { class: "cb-panel cb-editor-panel" });
  const key = view.computed(["layers", "selected"], (layers) =>
    `${chosenIndex(view)} ${layers[chosenIndex(view)].kind} ${layers.length}`);
  let forget = () => {};
  view.watch([key], () => {
    forget();
    forget = view.scope(() => panel.replaceChildren(...layerEditor(view, found, chosenIndex(view))));
  });
  return h("tr", { class: "cb-editor-row" }, h("td", { colspan: 6 }, panel));
}

/** @param {View} view @param {Found} found @param {number} index */
function layerEditor(view, found, index) {
  const { kind } = view.get("layers")[index];
  const { title, fields } = kindsOf[kind];
  const controls = Object.entries(fields).map(([name, rule]) => fieldFor(view, index, name, rule));
  const words = h("p", { class: "cb-note" });
  view.watch([found], () => say(words, rowWords(found.value, index)));
  const move = (/** @type {number} */ by) => moveLayer(view, index, index + by);
  const remove = () => view.set({ selected: Math.max(0, index - 1),
    layers: view.get("layers").filter((/** @type {Layer} */ _, /** @type {number} */ i) => i !== index) });
  const count = view.get("layers").length;
  /** @param {string} text @param {string} label @param {() => void} go @param {boolean} off */
  const act = (text, label, go, off) => button(text, go, { "aria-label": label, disabled: off });
  return [
    h("div", { class: "cb-row cb-editor-head" }, h("p", { class: "cb-heading" }, `Layer ${index + 1}: ${title}`),
      h("div", { class: "cb-row" },
        act("Move up", `Move layer ${index + 1} up`, () => move(-1), index === 0),
        act("Move down", `Move layer ${index + 1} down`, () => move(1), index === count - 1),
        act("Remove", `Remove layer ${index + 1}`, remove, count === 1))),
    controls.length > 0 ? h("div", { class: "cb-row" }, controls) : h("p", { class: "cb-note" }, "It has no settings."),
    words,
  ];
}

/** What a row's numbers say, in a sentence. @param {Described} now @param {number} index */
function rowWords({ rows, problem }, index) {
  const row = rows[index];
  if (!row) return index === rows.length ? `It does not fit: ${problem.replace(/^[^:]*: /, "")}.`
    : "A layer before it does not fit.";
  const [learns, moves] = row.parameters;
  const view = row.view === null ? "every pixel of the input" : `${number(row.view)} × ${number(row.view)} pixels`;
  return `Gives ${shapeWords(row.shape)}. ${plural(learns, "trainable parameter")}` +
    `${moves ? ` and ${number(moves)} that training only tracks` : ""}, ` +
    `${inWords(2 * row.macs)} FLOPs ` +
      `(${percent(row.macs / Math.max(1, sumOf(rows, ({ macs }) => macs)))} of all), ${bytes(4 * row.values)} of ` +
      `activations. Each number sees ${view}.`;
}

/** @param {View} view @param {number} index @param {string} name @param {any} rule */
function fieldFor(view, index, name, rule) {
  const source = {
    watch: ["layers"],
    get: () => view.get("layers")[index]?.[name] ?? rule.default,
    set: (/** @type {any} */ value) => view.set({
      layers: view.get("layers").map((/** @type {Layer} */ layer, /** @type {number} */ i) =>
        (i === index ? { ...layer, [name]: value } : layer)) }),
  };
  const label = FIELD_NAMES[name] ?? name;
  if (typeof rule.default === "boolean") return toggle(view, source, { label });
  if (rule.options) {
    const options = rule.options.map((/** @type {string} */ value) => [value, OPTION_WORDS[value] ?? String(value)]);
    return options.length <= 2 ? choice(view, source, { label, options }) : select(view, source, { label, options });
  }
  return numberField(view, source,
    { label, min: rule.min, max: rule.max, whole: Number.isInteger(rule.default), width: 4 });
}
