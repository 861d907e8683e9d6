// One multiple-choice question: as it is asked, and as it looks once it was answered.

import { h, uniqueId } from "./dom.js";

/**
 * An option in the order shown; `at` is its place in the bank, text and reason are what `h` takes.
 * @typedef {{ at: number, right?: boolean, text: any, reason: any }} ShownOption
 */

/** @param {number} place */
const letterOf = (place) => "abcdefgh"[place];

/**
 * The question with its options to choose from; Enter checks the choice.
 * @param {{ stem: any, options: ShownOption[], chosen: number }} question
 * @param {(at: number) => void} choose
 * @param {() => void} check
 */
export function askedQuestion({ stem, options, chosen }, choose, check) {
  const group = uniqueId("cb-option");
  const inputs = options.map((option, place) => {
    const input = h("input", { type: "radio", name: group, onchange: () => choose(option.at),
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        check();
      } });
    input.checked = chosen === option.at;
    return h("label", { class: "cb-option" }, input, h("span", { class: "cb-letter" }, `(${letterOf(place)})`),
      h("span", { class: "cb-text" }, option.text));
  });
  return h("fieldset", { class: "cb-field" },
    h("legend", { class: "cb-stem", "data-cb": "stem" }, stem),
    h("div", { class: "cb-options" }, inputs));
}

/**
 * How an option of an answered question is marked: its class, and the words beside it.
 * @param {ShownOption} option @param {number} given
 */
function markOf(option, given) {
  if (option.right) return ["cb-is-right", "✓ right"];
  return option.at === given ? ["cb-is-wrong", "✗ your choice"] : ["", ""];
}

/**
 * The answered question. Solved, the right option is marked and each has its reason, but for the one
 * given, whose reason `showVerdict` says; until then a reader who missed it can try again.
 * @param {{ stem: any, options: ShownOption[], given: number, solved: boolean }} question
 */
export function answeredQuestion({ stem, options, given, solved }) {
  const items = options.map((option, place) => {
    const [kind, mark] = solved || option.at === given ? markOf(option, given) : ["", ""];
    return h("li", { class: `cb-option ${kind}` },
      h("span", { class: "cb-letter" }, `(${letterOf(place)})`),
      h("span", { class: "cb-text" }, option.text, mark && h("strong", { class: "cb-mark" }, ` ${mark}`),
        solved && option.at !== given && h("span", { class: "cb-reason" }, option.reason)));
  });
  return h("div", {}, h("p", { class: "cb-stem", "data-cb": "stem" }, stem),
    h("ul", { class: "cb-options" }, items));
}

/**
 * Says below a question what its answer was, and why; nothing before there is one.
 * @param {HTMLElement} feedback
 * @param {{ right?: boolean, reason: any } | null} option
 */
export function showVerdict(feedback, option) {
  const kind = option?.right ? "cb-is-right" : "cb-is-wrong";
  feedback.className = `cb-feedback ${option ? kind : ""}`;
  feedback.replaceChildren(...(option
    ? [h("span", {}, `${option.right ? "Right" : "Not right"}. `, option.reason)] : []));
}
