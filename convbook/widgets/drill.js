import { button, choice, result, select } from "./shared/controls.js";
import { h, say, uniqueId } from "./shared/dom.js";
import { chooseTemplate, drawProblem, readCount } from "./shared/drill.js";
import { number } from "./shared/format.js";
import { keepState } from "./shared/memory.js";
import { sectionLink } from "./shared/places.js";
import { notePractice, tallied } from "./shared/practice.js";
import { prose } from "./shared/prose.js";
import { defineWidget } from "./shared/view.js";

const WHICH = /** @type {const} */ (["topic", "level", "number"]);
const ANSWER = /** @type {const} */ (["given", "tries", "solution_shown"]);
const FRESH = { given: null, tries: 0, solution_shown: false };

/** @typedef {import("./shared/view.js").View<import("../../types/traits").Drill>} View */
/** @typedef {ReturnType<typeof drawProblem>} Problem */

/** @param {Problem} problem @param {number | null} given */
function judged({ answer, mistakes, solution }, given) {
  if (given === null) return "";
  if (given === answer) return `Right: ${number(answer)}.`;
  return `Not ${number(given)}. ${mistakes.get(given) ?? `Begin like this: ${solution[0]}`}`;
}

function build(/** @type {View} */ view) {
  keepState(view, "Drill", [...WHICH, ...ANSWER, "score"]);
  view.body.append(controls(view), panel(view), scoreLine(view));
}

/** @param {View} view */
function controls(view) {
  // Another kind of problem starts with its first, and the old answer goes.
  const fresh = (/** @type {"topic" | "level"} */ trait) => ({ watch: [trait], get: () => view.get(trait),
    set: (/** @type {any} */ value) => view.set({ [trait]: value, number: 0, ...FRESH }) });
  const topics = ["output size", "parameters", "operations", "receptive field"];
  return h("div", { class: "cb-row" },
    select(view, fresh("topic"), { label: "Topic",
      options: [["", "all topics"], ...topics.map((topic) => /** @type {[string, string]} */ ([topic, topic]))] }),
    choice(view, fresh("level"), { label: "Level", options: [[1, "1"], [2, "2"], [3, "3"], [0, "all"]] }));
}

/** @param {View} view */
function panel(view) {
  const problem = view.computed(WHICH, (topic, level, count) =>
    drawProblem(chooseTemplate(count, topic, level), count));
  const id = uniqueId("cb-answer");
  const position = h("p", { class: "cb-label" });
  const stem = h("label", { class: "cb-stem", "data-cb": "stem", for: id });
  const field = h("input", { type: "text", id, inputmode: "numeric", autocomplete: "off", spellcheck: "false" });
  const enter = h("button", { type: "submit", class: "cb-button cb-check" }, "Check");
  const feedback = result("feedback", { tag: "p", class: "cb-feedback" });
  const solution = h("div", { class: "cb-solution", role: "status" });
  const further = h("div", { class: "cb-row cb-further" });
  /** @type {string | null} */
  let follow = null;
  const goOn = () => {
    if (follow) /** @type {HTMLElement | null} */ (view.root.querySelector(follow))?.focus();
    follow = null;
  };

  const count = (/** @type {boolean} */ right) => {
    if (view.get("tries") > 0) return {};
    const { objective } = problem.value.template;
    notePractice(objective, right);
    return { score: tallied(view.get("score"), objective, right) };
  };
  const check = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (field.readOnly) return; // solved
    const { value, problem: unread } = readCount(field.value);
    field.toggleAttribute("aria-invalid", Boolean(unread));
    if (value === undefined) {
      field.setAttribute("aria-invalid", "true");
      feedback.element.className = "cb-feedback cb-problem";
      feedback.show(unread, "");
      return;
    }
    const { answer } = problem.value;
    follow = value === answer ? ".cb-next" : null;
    view.set({ ...count(value === answer), given: value, tries: view.get("tries") + 1 });
    if (value !== answer) field.select();
  };
  const next = () => {
    follow = "input[type=text]";
    const now = view.get("number");
    view.set({ number: now >= (view.limit("number").maximum ?? Infinity) ? 0 : now + 1, ...FRESH });
  };
  const solve = () => {
    follow = ".cb-next";
    view.set({ ...count(false), tries: Math.max(1, view.get("tries")), solution_shown: true });
  };
  field.addEventListener("cb-reset", () => {
    field.removeAttribute("aria-invalid");
  });

  view.watch([problem], () => {
    const { template, stem: text } = problem.value;
    say(position, `Problem ${number(view.get("number") + 1)} · ${template.topic}, level ${template.level} · ` +
      `objective ${template.objective}`);
    stem.replaceChildren(...prose(text));
    field.value = "";
  });
  view.watch([problem, ...ANSWER], () => {
    const drawn = problem.value;
    const given = view.get("given");
    const right = given === drawn.answer;
    const open = right || view.get("solution_shown");
    if (given !== null && readCount(field.value).value !== given) field.value = number(given);
    field.removeAttribute("aria-invalid");
    field.readOnly = right;
    enter.disabled = right;
    feedback.element.className = `cb-feedback ${right ? "cb-is-right" : "cb-is-wrong"}`;
    feedback.show(judged(drawn, given), given ?? "");
    solution.replaceChildren(...(open ? worked(drawn) : []));
    further.replaceChildren(
      ...(open ? [] : [button("Show the solution", solve)]),
      button(open ? "Next problem" : "Skip it", next, { class: `cb-button cb-next${open ? " cb-primary" : ""}` }));
    goOn();
  });
  return h("div", { class: "cb-panel cb-problem-panel" }, position,
    h("form", { class: "cb-form", onsubmit: check, novalidate: true }, stem,
      h("div", { class: "cb-row" }, field, enter)),
    feedback.element, solution, further);
}

/** @param {Problem} problem */
function worked({ template, solution }) {
  return [h("p", { class: "cb-heading" }, "Worked solution"),
    h("ol", {}, solution.map((step) => h("li", {}, prose(step)))),
    h("p", { class: "cb-note" }, "More in ", sectionLink(template.section), ".")];
}

/** @param {View} view */
function scoreLine(view) {
  const line = result("score", { tag: "p", class: "cb-note", live: false });
  view.watch(["score"], () => {
    const counts = Object.values(view.get("score"));
    const right = counts.reduce((sum, [good]) => sum + good, 0);
    const tried = counts.reduce((sum, [, all]) => sum + all, 0);
    line.show(tried === 0 ? "Thousands may be grouped: 1,728 and 1728 are the same."
      : `${number(right)} of ${number(tried)} right at the first try.`, right);
  });
  return line.element;
}

export default defineWidget({ name: "drill", title: "Drill", build });
