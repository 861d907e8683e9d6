import { withItem } from "./shared/cells.js";
import { button, numberField, result, select } from "./shared/controls.js";
import { h, say } from "./shared/dom.js";
import { bytes, inWords, number } from "./shared/format.js";
import { kerasCode } from "./shared/keras_code.js";
import { completeLayer, describeNetwork } from "./shared/network.js";
import { layerTable, sumOf } from "./shared/network_table.js";
import { defineWidget } from "./shared/view.js";
import { volumes } from "./shared/volumes.js";
import networkTable from "./shared/networks.json";

const STATE = /** @type {const} */ (["input_shape", "layers"]);

/** @typedef {import("../../types/traits").NetworkBuilder} Traits */
/** @typedef {import("./shared/view.js").View<Traits>} View */
/** @typedef {import("./shared/network_table.js").Described} Described */

/** @type {Record<string, { title: string, input: Traits["input_shape"], layers: Traits["layers"] }>} */
const networks = /** @type {any} */ (networkTable);

function build(/** @type {View} */ view) {
  const found = view.computed(STATE, describeNetwork);
  keepNameInStep(view);
  view.body.append(head(view), ...totals(view, found), volumes(view, found), layerTable(view, found),
    codePanel(view, found));
}

/** Choosing a ready-made network sets the layers; editing them takes its name away. @param {View} view */
function keepNameInStep(view) {
  const complete = (/** @type {Traits["layers"]} */ layers) => /** @type {Traits["layers"]} */ (
    layers.map(completeLayer));
  const isNow = (/** @type {string} */ name) =>
    JSON.stringify(networks[name].input) === JSON.stringify(view.get("input_shape")) &&
    JSON.stringify(complete(networks[name].layers)) === JSON.stringify(complete(view.get("layers")));
  view.watch(["network", ...STATE], (changed) => {
    const name = view.get("network");
    if (networks[name] && isNow(name)) return;
    if (networks[name] && changed.has("network")) {
      view.set({ input_shape: networks[name].input, layers: complete(networks[name].layers), selected: 0 });
    } else {
      const found = Object.keys(networks).find(isNow) ?? "own";
      if (found !== name) view.set({ network: found });
    }
  });
}

/** @param {View} view */
function head(view) {
  /** @type {[string, string][]} */
  const options = Object.entries(networks).map(([name, { title }]) => [name, title]);
  options.push(["own", "your own"]);
  const side = (/** @type {number} */ index, /** @type {string} */ label) => numberField(view, {
    watch: ["input_shape"],
    get: () => view.get("input_shape")[index],
    set: (value) => view.set({ input_shape: withItem(view.get("input_shape"), [index], value) }),
    limit: view.limit("input_shape").parts?.[index],
  }, { label, width: 4 });
  return h("div", { class: "cb-panel cb-row" },
    select(view, "network", { label: "Network", options }),
    side(0, "Input height"), side(1, "Width"), side(2, "Channels"));
}

// --- totals --------------------------------------------------------------------------------------

/** @param {View} view @param {import("./shared/reactive.js").Computed<Described>} found */
function totals(view, found) {
  const parameters = result("parameters", { class: "cb-answer" });
  const trainable = result("trainable-parameters", { tag: "span", live: false });
  const flops = result("flops", { class: "cb-answer" });
  const memory = result("activation-bytes", { class: "cb-answer" });
  const weights = h("span");
  const problem = result("problem", { tag: "p", class: "cb-problem" });
  view.watch([found], () => {
    const now = found.value;
    const all = sumOf(now.rows, (row) => row.parameters[0] + row.parameters[1]);
    const learns = sumOf(now.rows, (row) => row.parameters[0]);
    const operations = 2 * sumOf(now.rows, (row) => row.macs);
    const held = 4 * sumOf(now.rows, (row) => row.values);
    parameters.show(number(all), all);
    trainable.show(learns === all ? "All are trainable" : `${number(learns)} are trainable`, learns);
    flops.show(inWords(operations), operations);
    memory.show(bytes(held), held);
    say(weights, bytes(4 * all));
    problem.show(now.problem ? `This network breaks at ${now.problem}. The totals count the layers before it.` : "",
      now.problem);
  });
  const box = (/** @type {string} */ label, /** @type {HTMLElement} */ value) =>
    h("div", { class: "cb-total" }, h("span", { class: "cb-label" }, label), value);
  return [
    h("div", { class: "cb-totals-and-problem" },
      h("div", { class: "cb-totals" }, box("parameters", parameters.element),
        box("FLOPs an image", flops.element), box("activations", memory.element)),
      problem.element),
    h("p", { class: "cb-note" }, trainable.element, "; all take ", weights, " as weights. One multiply-accumulate " +
      "counts as 2 FLOPs."),
  ];
}

// --- Keras ---------------------------------------------------------------------------------------

/** @param {View} view @param {import("./shared/reactive.js").Computed<Described>} found */
function codePanel(view, found) {
  const code = h("code", { "data-cb": "keras-code" });
  const block = h("pre", { tabindex: "0", "aria-label": "Keras code" }, code);
  const copied = h("span", { role: "status", class: "cb-note" });
  const copy = button("Copy", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent ?? "");
      say(copied, "Copied.");
    } catch {
      getSelection()?.selectAllChildren(code);
      say(copied, "Selected: press Ctrl+C, or ⌘C on a Mac, to copy.");
    }
  });
  view.watch([found], () => {
    const { problem } = found.value;
    say(copied, "");
    copy.disabled = problem !== "";
    say(code, problem ? "# A network that does not fit together cannot be built."
      : kerasCode(view.get("input_shape"), view.get("layers")));
  });
  return h("details", { class: "cb-code-panel" }, h("summary", {}, "The same in Keras"), block,
    h("div", { class: "cb-row" }, copy, copied));
}

export default defineWidget({ name: "network-builder", title: "Network builder", build });
