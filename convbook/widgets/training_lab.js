import { button, result, select, slider, toggle } from "./shared/controls.js";
import { h, say } from "./shared/dom.js";
import { fixed, number, percent, plural, scientific } from "./shared/format.js";
import { fetched, fetchedCode } from "./shared/fetched.js";
import { sameValue } from "./shared/reactive.js";
import { curves } from "./shared/training_chart.js";
import { digitAndMistakes, filtersAndMaps, gradients } from "./shared/training_inside.js";
import { OPTIMISERS, parametersOf, stepsPerEpoch } from "./shared/training_network.js";
import presets from "./shared/training_presets.json";
import { Runs } from "./shared/training_runs.js";
import { settingsInWords, verdictOf } from "./shared/training_words.js";
import { defineWidget } from "./shared/view.js";

/** @typedef {import("./shared/view.js").View<import("../../types/traits").TrainingLab>} View */
/** @typedef {import("./shared/training_network.js").Settings} Settings */

/** Each of these begins a run anew. */
const SETTINGS = /** @type {const} */ (["optimiser", "rate", "batch_size", "depth", "filters", "weight_scale",
  "batch_norm", "skip", "dropout", "augmentation", "examples", "label_noise", "seed"]);
/** @type {Record<string, { label: string, words: string, steps: number, milliseconds: number, wait: number }>} */
const PACES = {
  slow: { label: "Slow", words: "4 steps a second", steps: 1, milliseconds: 1000, wait: 250 },
  medium: { label: "To watch", words: "about 100 steps a second", steps: 2, milliseconds: 30, wait: 0 },
  fast: { label: "Full speed", words: "at full speed", steps: Infinity, milliseconds: 30, wait: 0 },
};
/** On the page's own thread a round may take no longer. */
const ON_PAGE = 12;
/** Milliseconds between two pictures for readers who want little to move. */
const CALM = 500;

const bytesIn = (/** @type {DataView} */ view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
const settingsOf = (/** @type {View} */ view) =>
  /** @type {Settings} */ (Object.fromEntries(SETTINGS.map((name) => [name, view.get(name)])));

/** @param {View} view @param {Partial<Settings>} settings */
const apply = (view, settings) => view.set(/** @type {any} */ (settings));

async function build(/** @type {View} */ view) {
  /** @type {[DataView, typeof import("./shared/training_remote.js")]} */
  const [images, code] = await Promise.all([fetched(view, "_images"), fetchedCode(view)]);
  if (view.closed) return;
  const digits = { images: bytesIn(images), labels: bytesIn(view.get("_labels")), train: view.get("_train") };
  const remote = code.openTrainingRemote(digits);
  /** @type {(() => void)[]} */
  const drawings = [];
  let frame = 0;
  const draw = () => {
    frame = 0;
    if (!view.closed) drawings.forEach((one) => one());
  };
  const runs = new Runs(remote, () => {
    frame ||= requestAnimationFrame(draw);
  });
  const look = () => ({ digit: view.get("digit"), layer: view.get("layer") });
  const lab = { view, runs, digits, look, remote };
  const parts = [controlsOfRun(lab), curves(view, runs), readings(lab), settingsPanel(lab)];
  const inside = [digitAndMistakes(view, runs, digits), filtersAndMaps(view, runs), gradients(view, runs)];
  const kept = keptRuns(lab);
  drawings.push(...[...parts, ...inside, kept].map((part) => part.draw));
  view.body.append(...parts.map(({ element }) => element),
    h("div", { class: "cb-inside" }, inside.map(({ element }) => element)), kept.element);
  const begin = () => fail(lab, runs.begin(settingsOf(view), view.get("epochs"), look()));
  view.watch(SETTINGS, begin);
  view.onReset(() => runs.step > 0 && begin());
  view.watch(["digit", "layer"], () => {
    draw();
    fail(lab, runs.look(look()));
  });
  view.watch(["epochs"], () => {
    runs.target = Math.max(view.get("epochs"), Math.ceil(runs.step / stepsPerEpoch(settingsOf(view))));
    runs.changed();
  });
  view.onClose(() => {
    runs.version += 1;
    runs.pause();
    cancelAnimationFrame(frame);
    remote.then((opened) => opened.close(), () => {});
  });
}

/**
 * Says so where training itself fails: memory, or a browser that refuses everything.
 * @param {Lab} lab @param {Promise<void>} promise
 */
function fail({ view }, promise) {
  promise.catch((error) => {
    if (!view.closed) view.fail(error);
  });
}

/**
 * @typedef {{ view: View, runs: Runs, digits: import("./shared/training_session.js").Digits,
 *   look: () => import("./shared/training_session.js").Look,
 *   remote: Promise<import("./shared/training_remote.js").TrainingRemote> }} Lab
 */

/** Ideas to try, play, step and restart; and in words how the run stands. @param {Lab} lab */
function controlsOfRun(lab) {
  const { view, runs, look, remote } = lab;
  let apart = true;
  const words = h("p", { class: "cb-note", role: "status" });
  remote.then((opened) => {
    apart = opened.apart;
    say(words, opened.words);
  }, () => {});
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const pace = () => {
    const { steps, milliseconds, wait } = PACES[view.get("pace")];
    const longest = apart ? milliseconds : Math.min(ON_PAGE, milliseconds);
    if (!calm.matches || wait >= CALM) return { steps, milliseconds: longest, wait };
    return { steps: steps * (wait > 0 ? 2 : 30), milliseconds: apart ? CALM : ON_PAGE, wait: CALM };
  };
  const play = button("Train", () => {
    if (runs.running) runs.pause();
    else {
      if (runs.done) runs.target += view.get("epochs");
      fail(lab, runs.play(pace, look, waitFor));
    }
  }, { class: "cb-button cb-primary cb-play" });
  const step = button("One step", () => fail(lab, runs.advance(1, Infinity, look())));
  let restarted = false;
  const again = button("Start again", () => {
    restarted = true;
    fail(lab, runs.begin(settingsOf(view), view.get("epochs"), look()));
  });
  const verdict = result("verdict", { tag: "p", class: "cb-verdict" });
  const remedies = h("div", { class: "cb-row cb-remedies" });
  let heard = "";
  const draw = () => {
    const { report, running, done } = runs;
    const broken = Boolean(report?.broken);
    const onwards = runs.step > 0 && done && !broken ? plural(view.get("epochs"), "more epoch") : "Train";
    say(play, running ? "Pause" : onwards);
    play.disabled = !report || broken;
    step.disabled = !report || broken || running;
    // It stays until there is something else to press: the new run is trained next.
    again.disabled = runs.step === 0 && !restarted;
    if (restarted && report) {
      restarted = false;
      if (document.activeElement === again) play.focus({ preventScroll: true });
      again.disabled = true;
    }
    if (!report || runs.points.length === 0 || !runs.settings) return;
    const { kind, text, remedies: offered } = verdictOf({ settings: runs.settings, step: runs.step, points: runs.points,
      broken: report.broken, gradients: report.gradients, losses: runs.losses });
    // Numbers change all the time: read out is a new state, or the last word of a run.
    const now = `${runs.version} ${kind} ${running}`;
    if (now === heard) return;
    heard = now;
    verdict.show(text, kind);
    remedies.replaceChildren(...offered.map(({ label, settings }) => button(label, () => apply(view, settings))));
  };
  view.body.append(h("div", { class: "cb-row cb-first" }, ideas(view), h("div", { class: "cb-row cb-run" },
    play, step, again)));
  return { element: h("div", { class: "cb-stack" }, h("div", { class: "cb-said" }, verdict.element, remedies), words),
    draw };
}

/** @param {number} wait milliseconds; at least the next frame, so that a hidden page rests */
const waitFor = (wait) => new Promise((/** @type {(value?: any) => void} */ done) => {
  if (wait > 0) setTimeout(() => requestAnimationFrame(done), wait);
  else requestAnimationFrame(done);
});

/** A choice of settings that show one idea each, beside the page's own. @param {View} view */
function ideas(view) {
  const names = /** @type {const} */ ([...SETTINGS, "epochs"]);
  const opening = Object.fromEntries(names.map((name) => [name, view.opening[name]]));
  const all = [{ label: "As this page begins", watch: "", settings: opening },
    ...presets.presets.map(({ settings, ...words }) => ({ ...words, settings: { ...presets.base, ...settings } }))];
  const at = () => all.findIndex(({ settings }) => names.every((name) => sameValue(view.get(name), settings[name])));
  const note = h("p", { class: "cb-note" });
  view.watch(names, () => say(note, all[at()]?.watch ?? ""));
  const chosen = { watch: names, get: at, set: (/** @type {number} */ i) => {
    if (i >= 0) apply(view, all[i].settings);
  } };
  /** @type {[number, string][]} */
  const options = [...all.map(({ label }, i) => /** @type {[number, string]} */ ([i, label])),
    [-1, "Settings of your own"]];
  return h("div", { class: "cb-ideas" }, select(view, chosen, { label: "An idea to try", options }), note);
}

/** Where the run stands, in numbers, and what it trains. @param {Lab} lab */
function readings({ runs }) {
  const training = result("training", { live: false });
  const validation = result("validation", { live: false });
  const place = result("place", { live: false });
  const draw = () => {
    const { points, step, settings } = runs;
    const last = points[points.length - 1];
    if (!last || !settings) return;
    /** @type {(loss: number, accuracy: number) => string} */
    const both = (loss, accuracy) =>
      (Number.isFinite(loss) ? `loss ${fixed(loss, 3)}, ${percent(accuracy)} right` : "loss NaN");
    const broken = Boolean(runs.report?.broken);
    place.show(`Step ${number(step)}, epoch ${number(step / stepsPerEpoch(settings), 1)}`, step);
    training.show(broken ? "loss NaN" : both(last.loss, last.accuracy), broken ? NaN : last.loss);
    validation.show(broken ? "loss NaN" : both(last.validationLoss, last.validationAccuracy), last.validationAccuracy);
  };
  /** @type {(kind: string, words: string, value: { element: HTMLElement }) => HTMLElement} */
  const line = (kind, words, value) =>
    h("span", { class: "cb-reading" }, h("span", { class: `cb-line ${kind}` }), h("span", { class: "cb-label" }, words),
      value.element);
  return { element: h("div", { class: "cb-readings" }, place.element, line("cb-seen", "training", training),
    line("cb-unseen", "validation", validation)), draw };
}

/** The values that a rate steps through: 0.0001, 0.0003, 0.001 and so on. */
const RATES = [1e-4, 3e-4, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100];

/** @param {Lab} lab */
function settingsPanel({ view }) {
  const nearest = () => RATES.reduce((best, rate, i) =>
    (Math.abs(Math.log(rate / view.get("rate"))) < Math.abs(Math.log(RATES[best] / view.get("rate"))) ? i : best), 0);
  const rate = slider(view, { watch: ["rate"], get: nearest, set: (i) => view.set({ rate: RATES[i] }) },
    { label: "Learning rate", min: 0, max: RATES.length - 1, format: () => scientific(view.get("rate")) });
  /** @type {(trait: "batch_size" | "filters" | "weight_scale" | "examples", label: string) => HTMLElement} */
  const few = (trait, label) => select(view, trait,
    { label, options: (view.limit(trait).enum ?? []).map((value) => [value, number(value)]) });
  const group = (/** @type {string} */ title, /** @type {HTMLElement[]} */ ...controls) =>
    h("fieldset", { class: "cb-group" }, h("legend", {}, title), controls);
  const share = (/** @type {number} */ value) => percent(value, 0);
  const made = result("network", { tag: "p", live: false });
  view.watch([...SETTINGS, "epochs", "pace"], () => {
    const settings = settingsOf(view);
    const count = parametersOf(settings);
    made.show(`${settingsInWords(settings)}: ${plural(count, "parameter")}, ` +
      `${plural(view.get("epochs"), "epoch")} of ${plural(stepsPerEpoch(settings), "step")}, ` +
      `${PACES[view.get("pace")].words}`, count);
  });
  const groups = h("div", { class: "cb-settings" },
    group("Optimiser", select(view, "optimiser", { label: "Rule", options: OPTIMISERS }), rate,
      few("batch_size", "Batch size"), slider(view, "epochs", { label: "Epochs" })),
    group("Network", slider(view, "depth", { label: "Convolutions" }), few("filters", "Filters in each"),
      few("weight_scale", "First weights, × He’s")),
    group("Layers that help", toggle(view, "batch_norm", { label: "Batch norm" }),
      toggle(view, "skip", { label: "Skip connections" }),
      slider(view, "dropout", { label: "Dropout", step: 0.1, format: share }),
      toggle(view, "augmentation", { label: "Shifted images" })),
    group("Data and pace", few("examples", "Training digits"),
      slider(view, "label_noise", { label: "Wrong labels", step: 0.1, format: share }),
      slider(view, "seed", { label: "Seed" }),
      select(view, "pace", { label: "Pace",
        options: Object.entries(PACES).map(([value, { label }]) => [value, label]) })));
  return { element: h("div", { class: "cb-panel cb-stack" }, made.element, groups), draw() {} };
}

/** The runs before this one. @param {Lab} lab */
function keptRuns({ view, runs }) {
  const list = h("ul", { class: "cb-kept-runs" });
  const title = h("p", { class: "cb-heading" }, "Runs before this one (validation only, thin lines)");
  const element = h("div", { class: "cb-stack" }, title, list);
  let shown = "";
  const draw = () => {
    const key = runs.kept.map((run) => run.number).join();
    element.hidden = runs.kept.length === 0;
    if (key === shown) return;
    shown = key;
    list.replaceChildren(...runs.kept.map((run) => {
      const last = run.points[run.points.length - 1];
      const best = Math.max(...run.points.map((point) => point.validationAccuracy));
      const end = run.broken ? `NaN at step ${number(run.broken)}` : `${percent(last.validationAccuracy)} at the end`;
      return h("li", {}, h("span", {}, h("b", {}, `${number(run.number)}. `), `${settingsInWords(run.settings)}: `,
        `${plural(run.step, "step")}, ${end}, ${percent(best)} at best. `),
      button("Forget", () => runs.forget(run.number), { "aria-label": `Forget run ${number(run.number)}` }),
      button("Its settings", () => apply(view, run.settings),
        { "aria-label": `Take the settings of run ${number(run.number)}` }));
    }));
  };
  return { element, draw };
}

export default defineWidget({ name: "training-lab", title: "Training lab", build });
