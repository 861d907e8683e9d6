import objectives from "../items/objectives.json";
import { button, result } from "./shared/controls.js";
import { h, say } from "./shared/dom.js";
import { number, plural } from "./shared/format.js";
import { canKeep, keep, onKept, recall, siteRoot } from "./shared/memory.js";
import { bookLink, inBook } from "./shared/places.js";
import { PROGRESS, cleanRecord } from "./shared/practice.js";
import { defineWidget } from "./shared/view.js";

const FORMAT = "convbook-progress";
const VERSION = 1;
const LARGEST_FILE = 100_000;
const numbers = objectives.map((objective) => objective.number);
/** @typedef {import("./shared/view.js").View<import("../../types/traits").Progress>} View */
/** @typedef {import("../../types/traits").Progress} Kept */

const stateOf = (/** @type {View} */ view) => cleanRecord({ done: view.get("done"), practised: view.get("practised") });
const weight = (/** @type {Kept} */ { done, practised }) => done.length + 2 * Object.keys(practised).length;

function build(/** @type {View} */ view) {
  const shelf = new Shelf(view);
  view.body.append(summary(view), list(view), files(view, shelf));
}

/** The state and its copy in the reader's browser, kept in step; and the state before a loss. */
class Shelf {
  /** @param {View} view */
  constructor(view) {
    this.view = view;
    view.model.keepsItself = true;
    /** @type {Kept | null} */
    this.before = null;
    /** @type {Kept | null} */
    this.last = null;
    const pull = () => {
      const kept = recall(PROGRESS);
      if (kept) view.set(cleanRecord(kept));
    };
    pull();
    onKept(view, PROGRESS, pull);
    view.watch(["done", "practised"], () => {
      const now = stateOf(view);
      if (this.last && weight(now) === 0 && weight(this.last) > 1) this.before = this.last;
      this.last = now;
      if (weight(now) > 0 || recall(PROGRESS)) keep(PROGRESS, now);
    });
  }

  /** Puts another record in the place of this one, which can be had back. */
  replace(/** @type {Kept} */ record) {
    this.before = stateOf(this.view);
    this.view.set(record);
  }

  erase() {
    this.replace({ done: [], practised: {} });
    keep(PROGRESS, null);
  }
}

/** @param {View} view */
function summary(view) {
  const bar = h("progress", { max: numbers.length, "aria-label": "Objectives done" });
  const count = result("done", { tag: "p", class: "cb-answer" });
  const practised = result("practised", { tag: "p", class: "cb-label", live: false });
  view.watch(["done", "practised"], () => {
    const { done, practised: counts } = stateOf(view);
    const tried = Object.values(counts);
    const answers = tried.reduce((sum, [, all]) => sum + all, 0);
    bar.value = done.length;
    count.show(`${done.length} of ${numbers.length} objectives done`, done.length);
    practised.show(tried.length === 0 ? "Nothing practised yet in the quiz or the drill."
      : `${plural(tried.length, "objective")} practised in quiz and drill, ${plural(answers, "answer")} in all.`,
        tried.length);
  });
  return h("div", { class: "cb-stack" }, count.element, bar, practised.element);
}

/** @param {View} view */
function list(view) {
  const rows = objectives.map(({ number: at, text, taught }) => {
    const box = h("input", { type: "checkbox", onchange: () => {
      const others = stateOf(view).done.filter((one) => one !== at);
      view.set({ done: (box.checked ? [...others, at] : others).sort((a, b) => a - b) });
    } });
    const practised = h("span", { class: "cb-practised" });
    view.watch(["done", "practised"], () => {
      const { done, practised: counts } = stateOf(view);
      box.checked = done.includes(at);
      const [right, tried] = counts[at] ?? [0, 0];
      say(practised, tried ? `${number(right)} of ${number(tried)} right` : "");
    });
    const places = taught.flatMap((section, i) => [i ? ", " : "taught in ", bookLink(section, { section })]);
    const quiz = inBook() ? [" · ", bookLink("practise", { widget: "Quiz", state: { objective: at } })] : [];
    return h("li", {}, h("label", {}, box, h("span", {}, `${at}. ${text}`)),
      h("p", { class: "cb-where" }, places, quiz, practised));
  });
  return h("ul", { class: "cb-objectives" }, rows);
}

/** @param {View} view @param {Shelf} shelf */
function files(view, shelf) {
  const said = h("p", { class: "cb-note", role: "status", "data-cb": "said" });
  const problem = h("p", { class: "cb-problem", role: "status" });
  const undo = button("Undo", () => {
    if (shelf.before) view.set(shelf.before);
    shelf.before = null;
    exporting.focus();
  });
  const exporting = button("Export", () => download(stateOf(view)));
  const erase = button("Erase", () => {
    say(problem, "");
    if (weight(stateOf(view)) === 0) say(said, "There is nothing to erase.");
    else shelf.erase();
  });
  const input = h("input", { type: "file", class: "cb-file", accept: ".json,application/json", onchange: async () => {
    const [file] = input.files ?? [];
    input.value = "";
    if (!file) return;
    const { record, words } = await readRecord(file);
    say(problem, words ?? "");
    if (!record) return;
    shelf.replace(record);
    say(said, `Read ${plural(record.done.length, "objective")} from “${file.name}”.`);
    undo.hidden = false;
  } });
  view.watch(["done", "practised"], () => {
    undo.hidden = !shelf.before;
    if (shelf.before && weight(stateOf(view)) === 0) say(said, "Everything is erased.");
    else if (!shelf.before) say(said, whereKept());
  });
  return h("div", { class: "cb-stack" }, said, problem, h("div", { class: "cb-row cb-files" },
    undo, exporting,
    h("div", { class: "cb-picture-input" }, h("label", { class: "cb-button" }, h("span", {}, "Import a file"), input)),
    erase));
}

function whereKept() {
  if (!siteRoot()) return "Kept in this notebook's widget while its kernel runs; export it to keep it longer.";
  return canKeep() ? "Kept in this browser on this device, and sent nowhere."
    : "This browser keeps nothing for this page: export before you close it.";
}

/** { record } from a file that the reader chose, or { words } that say what is wrong with it. @param {File} file */
async function readRecord(file) {
  const name = `“${file.name}”`;
  if (file.size > LARGEST_FILE) return { words: `${name} is too large for a progress file; nothing was changed.` };
  try {
    const found = JSON.parse(await file.text());
    if (found?.format !== FORMAT) return { words: `${name} is not a file that “Export” has written; nothing was ` +
      `changed.` };
    if (found.version !== VERSION) return { words: `${name} has version ${found.version}, this page reads version ` +
      `${VERSION}; nothing was changed.` };
    return { record: cleanRecord(found) };
  } catch {
    return { words: `${name} cannot be read as a progress file; nothing was changed.` };
  }
}

/** @param {Kept} state */
function download(state) {
  const text = JSON.stringify({ format: FORMAT, version: VERSION, ...state }, null, 1);
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  h("a", { href: url, download: "convbook-progress.json" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export default defineWidget({ name: "progress", title: "Your progress", build });
