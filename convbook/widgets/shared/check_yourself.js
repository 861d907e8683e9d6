// The two questions at the end of a page, made answerable: the list that stands there for paper and
// for browsers without scripts becomes what the Quiz widget shows. The page brings everything along.

import { button } from "./controls.js";
import { h } from "./dom.js";
import { keep, recall } from "./memory.js";
import { widgetLink } from "./places.js";
import { notePractice } from "./practice.js";
import { answeredQuestion, askedQuestion, showVerdict } from "./question.js";

/** @typedef {import("./question.js").ShownOption} ShownOption */
/** @typedef {{ id: string, objective: number, section: string, look?: import("./places.js").Look }} About */

/** Copies of the nodes inside an element. @param {Element} element */
const contentOf = (element) => [...element.childNodes].map((node) => node.cloneNode(true));

/**
 * A question as the page's list has it: a stem, options, and the reasons in a fold, the right one bold.
 * @param {Element} stem
 */
function readQuestion(stem) {
  const list = /** @type {Element} */ (stem.nextElementSibling);
  const reasons = [...list.nextElementSibling?.querySelectorAll("li") ?? []];
  /** @type {ShownOption[]} */
  const options = [...list.children].map((item, at) => {
    const right = reasons[at].firstElementChild?.textContent === "Right.";
    const reason = contentOf(reasons[at]).slice(right ? 1 : 0);
    return { at, right, text: contentOf(item), reason };
  });
  // The stem begins with its number, in bold.
  return { stem: contentOf(stem).slice(1), options };
}

/**
 * @param {Element} plain
 * @param {About} about
 * @param {string} where "3 of 10", where there are many
 * @param {() => void} changed called after each answer
 */
function liveQuestion(plain, { id, objective, section, look }, where, changed) {
  const question = readQuestion(plain);
  const name = `check:${id}`;
  const place = h("div", { class: "cb-place" });
  const feedback = h("p", { class: "cb-feedback", role: "status" });
  const actions = h("div", { class: "cb-row cb-actions" });
  const element = h("div", { class: "cb-panel cb-question" },
    where && h("p", { class: "cb-label" }, where), place, feedback, actions);
  let chosen = -1;
  const copied = (/** @type {any} */ nodes) => nodes.map((/** @type {Node} */ node) => node.cloneNode(true));
  const shown = () => ({ stem: copied(question.stem), options: question.options.map((option) =>
    ({ ...option, text: copied(option.text), reason: copied(option.reason) })) });

  const ask = () => {
    chosen = -1;
    place.replaceChildren(askedQuestion({ ...shown(), chosen }, (at) => {
      chosen = at;
    }, check));
    showVerdict(feedback, null);
    actions.replaceChildren(button("Check", check, { class: "cb-button cb-primary" }));
  };
  const answer = (/** @type {number} */ given, solved = Boolean(question.options[given].right)) => {
    const option = question.options[given];
    place.replaceChildren(answeredQuestion({ ...shown(), given, solved }));
    showVerdict(feedback, { ...option, reason: copied(option.reason) });
    const again = button("Try again", () => {
      ask();
      element.querySelector("input")?.focus();
    });
    const show = button("Show the answer", () => {
      answer(given, true);
      actions.querySelector("button")?.focus();
    });
    actions.replaceChildren(again, ...(solved ? [] : [show]),
      ...(!option.right && look ? [widgetLink({ ...look, section })] : []));
  };
  function check() {
    if (!question.options[chosen]) {
      feedback.replaceChildren("Choose one of the options first.");
      return;
    }
    // Only the first answer counts, also after another try.
    if (recall(name) === null) notePractice(objective, Boolean(question.options[chosen].right));
    keep(name, chosen);
    answer(chosen);
    changed();
    actions.querySelector("button")?.focus();
  }
  const kept = recall(name);
  if (question.options[kept]) answer(kept);
  else ask();
  const isRight = () => Boolean(question.options[recall(name)]?.right);
  return { element, isRight, isAnswered: () => Boolean(question.options[recall(name)]) };
}

const FEW = 2; // questions of a page: these need no number and no count
const quizzes = [...document.querySelectorAll(".cb-check[data-questions]")];
/** @type {About[][]} */
const asked = quizzes.map((check) => JSON.parse(check.getAttribute("data-questions") ?? "[]"));
const many = asked.flat().length > FEW ? asked.flat().length : 0;
const count = h("p", { class: "cb-label", role: "status" });
/** @type {ReturnType<typeof liveQuestion>[]} */
const questions = [];
const tally = () => {
  const answered = questions.filter((one) => one.isAnswered()).length;
  const right = questions.filter((one) => one.isRight()).length;
  count.textContent = answered ? `${right} of ${answered} right so far, of ${many} questions` : `${many} questions`;
};
for (const [at, check] of quizzes.entries()) {
  const stems = [...check.querySelectorAll(":scope > p")];
  const here = asked[at].map((one, i) =>
    liveQuestion(stems[i], one, many ? `${questions.length + i + 1} of ${many}` : "", tally));
  questions.push(...here);
  const live = h("div", { class: "cb-widget cb-quiz cb-check-live" },
    h("div", { class: "cb-body" }, here.map(({ element }) => element), many > 0 && at === quizzes.length - 1 && count));
  check.before(live);
  check.classList.add("cb-check-plain");
}
tally();
