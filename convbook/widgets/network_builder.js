import { withItem } from "./shared/cells.js";
import { button, numberField, result, select } from "./shared/controls.js";
import { h, say } from "./shared/dom.js";
import { bytes, inWords, number } from "./shared/format.js";
import { kerasCode } from "./shared/keras_code.js";
import { completeLayer, describeNetwork } from "./shared/network.js";
import { layerTable, sumOf } from "./shared/network_table.js";
import { defineWidget } from "./shared/view.js";
import { volumes } from "./shared/volumes.js";
import networks from "./shared/networks.json";

const STATE = ["input_shape", "layers"];

function build(view) {
  keepNameInStep(view);
  const now = {};
  view.watch(STATE, () => {
    Object.assign(now, describeNetwork(view.get("input_shape"), view.get("layers")));
  });
  view.body.append(head(view), totals(view, now), volumes(view, now), layerTable(view, now), codePanel(view, now));
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
    set: (value) => view.set({ input_shape: withItem(view.get("input_shape"), [index], value) }),
    limit: view.limit("input_shape").parts?.[index],
  }, { label, width: 4 });
  return h("div", { class: "cb-panel cb-row" },
    select(view, "network", { label: "Network", options }),
    side(0, "Input height"), side(1, "width"), side(2, "channels"));
}

// --- totals --------------------------------------------------------------------------------------

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
