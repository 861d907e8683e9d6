import cards from "../items/flashcards.json";
import { shuffled } from "./shared/chance.js";
import { button, result } from "./shared/controls.js";
import { h, say } from "./shared/dom.js";
import { number, plural } from "./shared/format.js";
import { keepState } from "./shared/memory.js";
import { sectionLink } from "./shared/places.js";
import { prose } from "./shared/prose.js";
import { defineWidget } from "./shared/view.js";

const STATE = /** @type {const} */ (["seed", "card", "flipped", "known", "schedule"]);
// Days until a card comes again, by its box; the same as in Python.
const WAITS = [0, 1, 3, 7, 21, 60];
const DAY = 86_400_000;
const byId = new Map(cards.map((card) => [card.id, card]));

/** @typedef {import("./shared/view.js").View<import("../../types/traits").Flashcards>} View */
/** @typedef {ReturnType<typeof stateNow>} State */

/** Today in the reader's own time zone, in days since 1 January 1970. */
function dayNow() {
  const now = new Date();
  return Math.floor((now.getTime() - now.getTimezoneOffset() * 60_000) / DAY);
}

const inDays = (/** @type {number} */ days) => (days === 1 ? "tomorrow" : `in ${days} days`);

/** What follows from the state; the same rules as `Flashcards` in Python. @param {View} view */
function stateNow(view) {
  const today = view.get("today") || dayNow();
  const schedule = view.get("schedule");
  const isDue = (/** @type {string} */ id) => id in schedule && schedule[id][1] <= today;
  const known = new Set(view.get("known").filter((id) => byId.has(id) && !isDue(id)));
  const order = shuffled(cards.map(({ id }) => id), view.get("seed"));
  const left = order.filter((id) => !known.has(id));
  const current = byId.get(view.get("card")) ?? byId.get(left[0]) ?? null;
  const again = view.get("known").filter((id) => byId.has(id) && isDue(id)).length;
  return { known, order, left, current, again, schedule, today, flipped: Boolean(view.get("flipped")) };
}

/**
 * The card after this one that is not known; "" where there is none.
 * @param {State} state @param {Set<string>} known
 */
function nextCard({ order, current }, known) {
  const at = current ? order.indexOf(current.id) : -1;
  return [...order.slice(at + 1), ...order.slice(0, at + 1)].find((id) => !known.has(id)) ?? "";
}

/** When the next cards come again, once nothing is left for today. @param {State} state */
function whenAgain({ schedule, today }) {
  const days = Object.values(schedule).map(([, day]) => day - today);
  if (days.length === 0) return "Come back in a week: what is repeated later stays longer.";
  const next = Math.min(...days);
  const count = days.filter((day) => day === next).length;
  return `Next, ${plural(count, "card")} ${count === 1 ? "comes" : "come"} again ${inDays(next)}: ` +
    "what is repeated later stays longer.";
}

function build(/** @type {View} */ view) {
  keepState(view, "Flashcards", STATE);
  const found = view.computed([...STATE, "today"], () => stateNow(view));
  const bar = h("progress", { max: cards.length, "aria-label": "Cards known" });
  const position = result("position", { tag: "p", class: "cb-label" });
  const front = h("p", { class: "cb-front", role: "status", "data-cb": "front" });
  const back = h("div", { class: "cb-back", role: "status", "data-cb": "back" });
  const told = h("p", { class: "cb-note", role: "status", "data-cb": "told" });
  const actions = h("div", { class: "cb-row cb-actions" });
  let follow = false;
  const act = (/** @type {Partial<import("../../types/traits").Flashcards>} */ values) => {
    follow = true;
    view.set(values);
  };
  const rate = (/** @type {boolean} */ knewIt) => {
    const state = found.value;
    if (!state.current) return;
    const known = new Set(state.known);
    const { id } = state.current;
    if (knewIt) known.add(id);
    else known.delete(id);
    const box = knewIt ? Math.min((state.schedule[id]?.[0] ?? 0) + 1, WAITS.length - 1) : 0;
    say(told, knewIt ? `That one comes again ${inDays(WAITS[box])}.` : "That one comes again today.");
    act({ known: [...known], card: nextCard(state, known), flipped: false,
      schedule: { ...state.schedule, [id]: [box, state.today + WAITS[box]] } });
  };
  const startOver = () => {
    const seed = view.get("seed");
    say(told, "");
    act({ known: [], schedule: {}, card: "", flipped: false, 
      seed: seed >= (view.limit("seed").maximum ?? Infinity) ? 0 : seed + 1 });
  };
  view.body.append(
    h("div", { class: "cb-stack" }, position.element, bar),
    h("div", { class: "cb-panel cb-card" }, front, back),
    actions, told,
    h("p", { class: "cb-note" },
      "Say the answer aloud first, in two or three sentences: reason, number, limit. A card that you did not know " +
      "comes again at once; one that you knew after 1 day, then 3, 7, 21 and 60."));

  view.watch([found], () => {
    const state = found.value;
    const { known, left, current, again, flipped } = state;
    bar.value = known.size;
    position.show(current
      ? `${number(known.size)} of ${plural(cards.length, "card")} known · ${number(left.length)} to go` +
        `${again > 0 ? `, ${number(again)} of them for another look` : ""}`
      : `All ${plural(cards.length, "card")} known`, known.size);
    front.replaceChildren(
      ...prose(current ? current.front : `You knew them all. ${whenAgain(state)}`));
    const open = current !== null && flipped;
    back.replaceChildren(...(current && flipped ? [h("p", {}, prose(current.back)),
      h("p", { class: "cb-note" }, "More in ", sectionLink(current.section), ".")] : []));
    const asked = [button("Show the answer", () => act({ flipped: true }), { class: "cb-button cb-primary" }),
      button("Skip", () => act({ card: nextCard(found.value, known) }))];
    const answered = [button("I knew it", () => rate(true), { class: "cb-button cb-primary" }),
      button("Again", () => rate(false))];
    const here = open ? answered : asked;
    actions.replaceChildren(...(current ? here : [button("Start over", startOver)]));
    if (follow) actions.querySelector("button")?.focus();
    follow = false;
  });
}

export default defineWidget({ name: "flashcards", title: "Flashcards", build });
