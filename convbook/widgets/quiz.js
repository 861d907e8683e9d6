import bank from "../items/questions.json";
import objectives from "../items/objectives.json";
import { randomFrom, seedOf, shuffled } from "./shared/chance.js";
import { button, result, select } from "./shared/controls.js";
import { h } from "./shared/dom.js";
import { plural } from "./shared/format.js";
import { keepState } from "./shared/memory.js";
import { sectionLink, widgetLink } from "./shared/places.js";
import { notePractice } from "./shared/practice.js";
import { prose } from "./shared/prose.js";
import { answeredQuestion, askedQuestion, showVerdict } from "./shared/question.js";
import { defineWidget } from "./shared/view.js";

const STATE = /** @type {const} */ (["objective", "seed", "question", "answers"]);

// Where the keyboard goes on: the first option, or what can be done now.
const FIRST = ".cb-options input";
const ACTION = ".cb-actions :is(a, button)";
const MAIN = { class: "cb-button cb-primary" };

/** @typedef {import("../../types/traits").Quiz} Traits */
/** @typedef {import("./shared/view.js").View<Traits>} View */
/** @typedef {{ text: string, right?: boolean, reason: string }} Option */
/**
 * An entry of convbook/items/questions.json.
 * @typedef {object} Question
 * @property {string} id
 * @property {string} family
 * @property {number} objective
 * @property {string} section
 * @property {string} stem
 * @property {Option[]} options
 * @property {import("./shared/places.js").Look} [look]
 */
/** @typedef {ReturnType<typeof stateNow>} State */
/** @typedef {(values: Partial<Traits>, follow: string | null) => void} Act changes the state, then the focus */

/** @type {Question[]} */
const questions = /** @type {any} */ (bank);
const byId = new Map(questions.map((question) => [question.id, question]));
const familyOf = (/** @type {Question} */ question) => questions.filter(({ family }) => family === question.family);

/** What follows from the state; the same rules as `Quiz` in Python. @param {View} view */
function stateNow(view) {
  const seed = view.get("seed");
  const objective = view.get("objective");
  const answers = Object.fromEntries(Object.entries(view.get("answers"))
    .filter(([id, at]) => byId.get(id)?.options[at]));
  const deck = deckOf(objective, seed);
  const current = byId.get(view.get("question")) ?? byId.get(deck.find((id) => !(id in answers)) ?? "");
  const isRight = (/** @type {string} */ id) => Boolean(byId.get(id)?.options[answers[id]]?.right);
  const lastSeed = view.limit("seed").maximum ?? Infinity;
  return { objective, seed, lastSeed, answers, deck, current, isRight, right: deck.filter(isRight).length };
}

/** @param {number} objective @param {number} seed @returns {string[]} */
function deckOf(objective, seed) {
  /** @type {Map<string, string[]>} */
  const families = new Map();
  for (const { id, family } of questions) families.set(family, [...(families.get(family) ?? []), id]);
  const draw = randomFrom(seed);
  const oneEach = [...families.values()].map((ids) => ids[Math.floor(draw() * ids.length)]);
  const wanted = questions.filter((question) => question.objective === objective);
  return shuffled(wanted.length ? wanted.map(({ id }) => id) : oneEach, seed);
}

/** The question after this one that has no answer yet, in the order of the round; or none. @param {State} state */
function nextOf({ deck, current, answers }) {
  if (!current) return null;
  const family = familyOf(current).map(({ id }) => id);
  const at = deck.includes(current.id) ? deck.indexOf(current.id) : deck.findIndex((id) => family.includes(id));
  return [...deck.slice(at + 1), ...deck.slice(0, at + 1)].find((id) => !(id in answers)) ?? null;
}

/** @param {State} state */
function siblingOf({ current, answers }) {
  if (!current) return null;
  const ids = familyOf(current).map(({ id }) => id);
  const at = ids.indexOf(current.id);
  return [...ids.slice(at + 1), ...ids.slice(0, at)].find((id) => !(id in answers)) ?? null;
}

function build(/** @type {View} */ view) {
  keepState(view, "Quiz", STATE);
  const found = view.computed(STATE, () => stateNow(view));
  const position = result("position", { class: "cb-label", tag: "p", live: false });
  const place = h("div", { class: "cb-place" });
  const feedback = h("p", { class: "cb-feedback", role: "status", "data-cb": "feedback" });
  const actions = h("div", { class: "cb-row cb-actions" });
  // Where the keyboard goes after a button has been pressed that is no longer there.
  /** @type {string | null} */
  let follow = null;
  const goOn = () => {
    if (follow) /** @type {HTMLElement | null} */ (view.root.querySelector(follow))?.focus();
    follow = null;
  };
  /** @type {Act} */
  const act = (values, where) => {
    follow = where;
    view.set({ chosen: -1, ...values });
  };
  const topic = select(view, {
    watch: ["objective"],
    get: () => view.get("objective"),
    set: (objective) => act({ objective, question: "", answers: {} }, null),
  }, { label: "Questions on", options: [[0, "everything, one of each kind"],
    ...objectives.map(({ number: at, short }) =>
      /** @type {[number, string]} */ ([at, `objective ${at}: ${short}`]))] });
  view.body.append(topic, h("div", { class: "cb-panel cb-question" }, position.element, place, feedback, actions));
  // After a wrong answer: the option of another try (-1 while it is chosen), or that the answer was asked
  // for. The first answer is what counts, and what is kept.
  /** @type {{ id: string, given: number, solved?: boolean } | null} */
  let more = null;
  const draw = () => {
    const state = found.value;
    const { current, answers } = state;
    if (more?.id !== current?.id || !(current && current.id in answers)) more = null;
    const given = current && (more?.given ?? answers[current.id]);
    position.show(positionText(state), state.right);
    const option = given === undefined ? undefined : current?.options[given];
    const solved = Boolean(option?.right || more?.solved);
    if (!current) place.replaceChildren(summary(state));
    else place.replaceChildren(questionOf(current, option && given, solved));
    showVerdict(feedback, option ? { ...option, reason: prose(option.reason) } : null);
    if (!current) actions.replaceChildren(...atTheEnd(state, act));
    else if (!option) actions.replaceChildren(button("Check", check, MAIN));
    else if (solved) actions.replaceChildren(...after(state, current, option, act));
    else actions.replaceChildren(...afterAMiss(current, option));
    goOn();
  };
  view.watch([found], draw);
  /** @param {Question} question @param {Option} option */
  function afterAMiss(question, option) {
    const go = (/** @type {number} */ given, /** @type {boolean} */ solved, /** @type {string} */ where) => () => {
      more = { id: question.id, given, solved };
      act({}, where);
      draw();
    };
    return [
      button("Try again", go(-1, false, FIRST), MAIN),
      button("Show the answer", go(question.options.indexOf(option), true, ACTION)), ...lookAt(question),
    ];
  }
  /** @param {Question} question @param {number | undefined} given @param {boolean} solved */
  function questionOf(question, given, solved) {
    const shown = { stem: prose(question.stem), options: optionsOf(question, view.get("seed")) };
    if (given !== undefined) return answeredQuestion({ ...shown, given, solved });
    return askedQuestion({ ...shown, chosen: view.get("chosen") }, (chosen) => view.set({ chosen }), check);
  }
  function check() {
    const { current, answers } = found.value;
    const chosen = view.get("chosen");
    if (!current || !current.options[chosen]) {
      feedback.replaceChildren("Choose one of the options first.");
      return;
    }
    if (current.id in answers) {
      more = { id: current.id, given: chosen };
      act({}, ACTION);
      return draw();
    }
    notePractice(current.objective, Boolean(current.options[chosen].right));
    act({ question: current.id, answers: { ...answers, [current.id]: chosen } }, ACTION);
  }
}

/** @param {State} state */
function positionText({ deck, current, answers, right }) {
  const done = deck.filter((id) => id in answers).length;
  const score = done ? ` · ${right} of ${done} right so far` : "";
  if (!current) return `${plural(deck.length, "question")} answered`;
  const at = deck.indexOf(current.id);
  const where = at >= 0 ? `Question ${at + 1} of ${deck.length}` : "A sibling, for another try";
  return `${where} · objective ${current.objective}${score}`;
}

/**
 * The options in the order shown, with their places in the bank.
 * @param {Question} question @param {number} seed
 */
function optionsOf({ id, options }, seed) {
  const shown = options.map(({ text, reason, right }, at) =>
    ({ at, right: Boolean(right), text: prose(text), reason: prose(reason) }));
  return shuffled(shown, seedOf(`${id} ${seed}`));
}

/** The widget that shows a question's case, if there is one. @param {Question} question */
function lookAt({ look, section }) {
  return look?.widget ? [widgetLink({ ...look, section: look.section ?? section })] : [];
}

/**
 * What can be done after an answer: after a wrong one, first see why, then try a sibling.
 * @param {State} state @param {Question} current @param {Option} option @param {Act} act
 */
function after(state, current, option, act) {
  const next = nextOf(state);
  const sibling = siblingOf(state);
  /** @type {(id: string | null, text: string, main: boolean) => HTMLButtonElement} */
  const go = (id, text, main) =>
    button(text, () => act({ question: id ?? "" }, id ? FIRST : ACTION),
    { class: `cb-button${main ? " cb-primary" : ""}` });
  const forward = go(next, next ? "Next question" : "To the result", option.right || !sibling);
  const reading = h("p", { class: "cb-note" }, "More in ", sectionLink(current.look?.section ?? current.section), ".");
  if (option.right) return [forward, reading];
  return [
    ...lookAt(current), ...(sibling ? [go(sibling, "Try a sibling of this question", true)] : []), forward, reading,
  ];
}

/** @param {State} state */
function summary({ objective, deck, right, answers, isRight }) {
  const extra = Object.keys(answers).filter((id) => !deck.includes(id));
  const mended = extra.filter(isRight).length;
  return h("div", { class: "cb-summary" },
    h("p", { class: "cb-answer" }, `${right} of ${deck.length} right at the first try`),
    extra.length > 0 && h("p", {}, `${mended} of ${plural(extra.length, "sibling")} right.`),
    right === deck.length
      ? h("p", {}, `Nothing to repeat. Another round asks ` +
      `${objective ? "these in another order" : "siblings of these"}.`)
      : h("p", {}, "The wrong ones are the useful ones: repeat them, tomorrow once more."));
}

/** @param {State} state @param {Act} act */
function atTheEnd({ deck, seed, answers, isRight, lastSeed }, act) {
  const wrong = deck.filter((id) => !isRight(id));
  const again = Object.fromEntries(Object.entries(answers).filter(([id]) => isRight(id) && deck.includes(id)));
  const other = seed >= lastSeed ? 0 : seed + 1;
  return [
    ...(wrong.length > 0 ? [button(`Repeat the wrong ${wrong.length === 1 ? "one" : wrong.length}`,
      () => act({ question: "", answers: again }, FIRST), MAIN)] : []),
    button("Another round", () => act({ question: "", answers: {}, seed: other }, FIRST)),
  ];
}

export default defineWidget({ name: "quiz", title: "Quiz", build });
