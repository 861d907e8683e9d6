import { button, choice, numberField, result, select, toggle } from "./shared/controls.js";
import { h, say, scrollBox } from "./shared/dom.js";
import { bytes, inWords, number, percent } from "./shared/format.js";
import { kerasCode } from "./shared/keras_code.js";
import { completeLayer, describeNetwork, shapeWords } from "./shared/network.js";
import { defineWidget } from "./shared/view.js";
import kinds from "./shared/layers.json";
import networks from "./shared/networks.json";

const MOST_LAYERS = 60;
const LARGEST = 4096;
const STATE = ["input_shape", "layers"];
const FIELD_NAMES = { kernel: "kernel size", size: "window" };
const OPTION_WORDS = { relu: "ReLU" };

function build(view) {
  keepNameInStep(view);
  const now = {};
  view.watch(STATE, () => {
    Object.assign(now, describeNetwork(view.get("input_shape"), view.get("layers")));
  });
  view.body.append(head(view), totals(view, now), layerTable(view, now), editor(view, now), codePanel(view, now));
}

/** Choosing a ready-made network sets the layers; editing them takes its name away. */
function keepNameInStep(view) {
  const isNow = (name) => JSON.stringify(networks[name].input) === JSON.stringify(view.get("input_shape")) &&
    JSON.stringify(networks[name].layers.map(completeLayer)) === JSON.stringify(view.get("layers").map(completeLayer));
  view.watch(["network", ...STATE], (changed) => {
    const name = view.get("network");
    if (networks[name] && isNow(name)) return;
    if (networks[name] && changed.has("network")) {
      view.set({ input_shape: networks[name].input, layers: networks[name].layers.map(completeLayer), selected: 0 });
    } else {
      const found = Object.keys(networks).find(isNow) ?? "own";
      if (found !== name) view.set({ network: found });
    }
  });
}

function head(view) {
  const options = [...Object.entries(networks).map(([name, { title }]) => [name, title]), ["own", "your own"]];
  const side = (index, label) => numberField(view, {
    watch: ["input_shape"],
    get: () => view.get("input_shape")[index],
    set: (value) => view.set({ input_shape: view.get("input_shape").map((old, i) => (i === index ? value : old)) }),
  }, { label, min: 1, max: LARGEST, width: 4 });
  return h("div", { class: "cb-panel cb-row" },
    select(view, "network", { label: "Network", options }),
    side(0, "Input height"), side(1, "width"), side(2, "channels"));
}

// --- totals --------------------------------------------------------------------------------------

const sumOf = (rows, pick) => rows.reduce((total, row) => total + pick(row), 0);

function totals(view, now) {
  const parameters = result("parameters", { class: "cb-answer" });
  const trainable = result("trainable-parameters", { live: false, class: "cb-note" });
  const flops = result("flops", { class: "cb-answer" });
  const memory = result("activation-bytes", { class: "cb-answer" });
  const weights = h("span", { class: "cb-note" });
  const problem = result("problem", { tag: "p", class: "cb-problem" });
  view.watch(STATE, () => {
    const all = sumOf(now.rows, (row) => row.parameters[0] + row.parameters[1]);
    const learns = sumOf(now.rows, (row) => row.parameters[0]);
    const operations = 2 * sumOf(now.rows, (row) => row.macs);
    const held = 4 * sumOf(now.rows, (row) => row.values);
    parameters.show(number(all), all);
    trainable.show(learns === all ? "all trainable" : `${number(learns)} trainable`, learns);
    flops.show(inWords(operations), operations);
    memory.show(bytes(held), held);
    say(weights, `weights: ${bytes(4 * all)}`);
    problem.show(now.problem ? `This network breaks at ${now.problem}. The totals count the layers before it.` : "",
      now.problem);
  });
  const box = (label, ...parts) => h("div", { class: "cb-total" }, h("span", { class: "cb-label" }, label), parts);
  return h("div", { class: "cb-totals-and-problem" },
    h("div", { class: "cb-totals" },
      box("parameters", parameters.element, trainable.element),
      box("FLOPs for one image", flops.element, h("span", { class: "cb-note" }, "2 × multiply-accumulates")),
      box("memory of activations", memory.element, h("span", {}, weights))),
    problem.element);
}

// --- the table of layers -------------------------------------------------------------------------

/** A layer in a few words: "Convolution 3×3, 64, stride 2, same, relu". */
function layerWords({ kind, kernel, size, filters, units, stride, padding, groups, bias, activation, shortcut, rate }) {
  const window = kernel ?? size;
  const parts = [
    [kinds[kind].title, window && `${window}×${window}`].filter(Boolean).join(" "),
    filters ?? units, stride > 1 && `stride ${stride}`,
      padding === "same" ? "same" : padding > 0 && `padding ${padding}`,
    groups > 1 && `${groups} groups`, bias === false && "no bias",
      activation && activation !== "none" && (OPTION_WORDS[activation] ?? activation),
    shortcut === "identity" && "identity shortcut", rate,
  ];
  return parts.filter(Boolean).join(", ");
}

function layerTable(view, now) {
  const body = h("tbody");
  const add = h("div", { class: "cb-add" });
  view.watch([...STATE, "selected"], () => {
    const focused = body.contains(document.activeElement);
    const most = ["parameters", "macs"].map((what) => Math.max(1, ...now.rows.map((row) => costOf(row, what))));
    body.replaceChildren(...view.get("layers").map((layer, index) => tableRow(view, now, layer, index, most)));
    if (focused) body.querySelector("[aria-pressed='true']")?.focus();
  });
  const heads = [["layer", ""], ["output", ""], ["parameters", "cb-number"], ["FLOPs", "cb-number cb-wide-only"],
    ["memory", "cb-number cb-wide-only"], ["sees", "cb-number cb-wide-only"]];
  for (const kind of Object.keys(kinds)) {
    add.append(button(kinds[kind].title, () => insert(view, { kind }), { "data-kind": kind }));
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

const costOf = (row, what) => (what === "macs" ? row.macs : row.parameters[0] + row.parameters[1]);

function tableRow(view, now, layer, index, [mostParameters, mostMacs]) {
  const row = now.rows[index];
  const chosen = index === chosenIndex(view);
  const broken = !row && index === now.rows.length;
  const cell = (text, name = "", share = 0) => h("td", { class: name,
    style: share > 0 ? `background:linear-gradient(to left, var(--cb-tint) ${100 * share}%, transparent ` +
      `${100 * share}%)` : null }, text);
  const none = broken ? "does not fit" : "–";
  const parameters = row && costOf(row, "parameters");
  const viewed = row?.view === null ? "all" : `${row?.view}²`;
  return h("tr", { class: [chosen && "cb-chosen", !row && "cb-broken"].filter(Boolean).join(" ") },
    h("td", {}, h("button",
      { type: "button", class: "cb-layer", "aria-pressed": String(chosen),
      onclick: () => view.set({ selected: index }) },
      h("span", { class: "cb-place" }, index + 1), layerWords(layer))),
    cell(row ? shapeWords(row.shape) : none),
    cell(row ? number(parameters) : "–", "cb-number", row ? parameters / mostParameters : 0),
    cell(row ? inWords(2 * row.macs, 1) : "–", "cb-number cb-wide-only", row ? row.macs / mostMacs : 0),
    cell(row ? bytes(4 * row.values) : "–", "cb-number cb-wide-only"),
    cell(row ? viewed : "–", "cb-number cb-wide-only"));
}

const chosenIndex = (view) => Math.min(view.get("selected"), view.get("layers").length - 1);

function insert(view, layer) {
  const at = chosenIndex(view) + 1;
  const layers = [...view.get("layers")];
  layers.splice(at, 0, completeLayer(layer));
  view.set({ layers, selected: at });
}

// --- one layer -----------------------------------------------------------------------------------

function editor(view, now) {
  const panel = h("div", { class: "cb-panel cb-editor-panel" });
  let shown = "";
  let forget = () => {};
  view.watch(["layers", "selected"], () => {
    const index = chosenIndex(view);
    const key = `${index} ${view.get("layers")[index].kind} ${view.get("layers").length}`;
    if (key === shown) return;
    shown = key;
    forget();
    forget = view.scope(() => panel.replaceChildren(...layerEditor(view, now, index)));
  });
  return panel;
}

function layerEditor(view, now, index) {
  const { kind } = view.get("layers")[index];
  const { title, fields } = kinds[kind];
  const controls = Object.entries(fields).map(([name, rule]) => fieldFor(view, index, name, rule));
  const words = h("p", { class: "cb-note" });
  view.watch([...STATE, "selected"], () => say(words, rowWords(now, index)));
  const move = (by) => {
    const layers = [...view.get("layers")];
    const [layer] = layers.splice(index, 1);
    layers.splice(index + by, 0, layer);
    view.set({ layers, selected: index + by });
  };
  const count = view.get("layers").length;
  const act = (text, label, go, off) => button(text, go, { "aria-label": label, disabled: off });
  return [
    h("div", { class: "cb-row cb-editor-head" }, h("p", { class: "cb-heading" }, `Layer ${index + 1}: ${title}`),
      h("div", { class: "cb-row" },
        act("Move up", `Move layer ${index + 1} up`, () => move(-1), index === 0),
        act("Move down", `Move layer ${index + 1} down`, () => move(1), index === count - 1),
        act("Remove", `Remove layer ${index + 1}`, () => view.set({
          layers: view.get("layers").filter((_, i) => i !== index), selected: Math.max(0, index - 1) }), count === 1))),
    controls.length > 0 ? h("div", { class: "cb-row" }, controls) : h("p", { class: "cb-note" }, "It has no settings."),
    words,
  ];
}

/** What a row's numbers say, for small screens too, where the table shows fewer. */
function rowWords({ rows, problem }, index) {
  const row = rows[index];
  if (!row) return index === rows.length ? `It does not fit: ${problem.replace(/^[^:]*: /, "")}.`
    : "A layer before it does not fit.";
  const [learns, moves] = row.parameters;
  const view = row.view === null ? "every pixel of the input" : `${number(row.view)} × ${number(row.view)} pixels`;
  return `Gives ${shapeWords(row.shape)}. ${number(learns)} trainable ` +
    `parameters${moves ? ` and ${number(moves)} that training only tracks` : ""}, ` +
    `${inWords(2 * row.macs)} FLOPs ` +
      `(${percent(row.macs / Math.max(1, sumOf(rows, ({ macs }) => macs)))} of all), ${bytes(4 * row.values)} of ` +
      `activations. Each number sees ${view}.`;
}

function fieldFor(view, index, name, rule) {
  const source = {
    watch: ["layers"],
    get: () => view.get("layers")[index]?.[name] ?? rule.default,
    set: (value) => view.set({ layers: view.get("layers")
      .map((layer, i) => (i === index ? { ...layer, [name]: value } : layer)) }),
  };
  const label = FIELD_NAMES[name] ?? name;
  if (typeof rule.default === "boolean") return toggle(view, source, { label });
  if (rule.options) {
    const options = rule.options.map((value) => [value, OPTION_WORDS[value] ?? String(value)]);
    return options.length <= 2 ? choice(view, source, { label, options }) : select(view, source, { label, options });
  }
  return numberField(view, source,
    { label, min: rule.min, max: rule.max, whole: Number.isInteger(rule.default), width: 4 });
}

// --- Keras ---------------------------------------------------------------------------------------

function codePanel(view, now) {
  const code = h("code", { "data-cb": "keras-code" });
  const block = h("pre", { tabindex: "0", "aria-label": "Keras code" }, code);
  const copied = h("span", { role: "status", class: "cb-note" });
  const copy = button("Copy", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      say(copied, "Copied.");
    } catch {
      getSelection().selectAllChildren(code);
      say(copied, "Selected: press Ctrl+C, or ⌘C on a Mac, to copy.");
    }
  });
  view.watch(STATE, () => {
    say(copied, "");
    copy.disabled = Boolean(now.problem);
    say(code, now.problem ? "# A network that does not fit together cannot be built."
      : kerasCode(view.get("input_shape"), view.get("layers")));
  });
  return h("details", { class: "cb-code-panel" }, h("summary", {}, "The same in Keras"), block,
    h("div", { class: "cb-row" }, copy, copied));
}

export default defineWidget({ name: "network-builder", title: "Network builder", build });
