import cards from "../items/flashcards.json";
import { shuffled } from "./shared/chance.js";
import { button, result } from "./shared/controls.js";
import { h } from "./shared/dom.js";
import { number, plural } from "./shared/format.js";
import { keepState } from "./shared/memory.js";
import { sectionLink } from "./shared/places.js";
import { prose } from "./shared/prose.js";
import { defineWidget } from "./shared/view.js";

const STATE = ["seed", "card", "flipped", "known"];
const byId = new Map(cards.map((card) => [card.id, card]));

/** What follows from the state; the same rules as `Flashcards` in Python. */
function readState(view) {
  const known = new Set(view.get("known").filter((id) => byId.has(id)));
  const order = shuffled(cards.map(({ id }) => id), view.get("seed"));
  const left = order.filter((id) => !known.has(id));
  const current = byId.get(view.get("card")) ?? byId.get(left[0]) ?? null;
  return { known, order, left, current, flipped: Boolean(view.get("flipped")) };
}

/** The card after this one that is not known; "" where there is none. */
function nextCard({ order, current }, known) {
  const at = order.indexOf(current.id);
  return [...order.slice(at + 1), ...order.slice(0, at + 1)].find((id) => !known.has(id)) ?? "";
}

function build(view) {
  keepState(view, "Flashcards", STATE);
  const bar = h("progress", { max: cards.length, "aria-label": "Cards known" });
  const position = result("position", { tag: "p", class: "cb-label" });
  const front = h("p", { class: "cb-front", role: "status", "data-cb": "front" });
  const back = h("div", { class: "cb-back", role: "status", "data-cb": "back" });
  const actions = h("div", { class: "cb-row cb-actions" });
  let follow = false;
  const act = (values) => {
    follow = true;
    view.set(values);
  };
  const rate = (knewIt) => {
    const state = readState(view);
    const known = new Set(state.known);
    if (knewIt) known.add(state.current.id);
    else known.delete(state.current.id);
    act({ known: [...known], card: nextCard(state, known), flipped: false });
  };
  const startOver = () => {
    const seed = view.get("seed");
    act({ known: [], card: "", flipped: false, seed: seed >= view.limit("seed").maximum ? 0 : seed + 1 });
  };
  view.body.append(
    h("div", { class: "cb-stack" }, position.element, bar),
    h("div", { class: "cb-panel cb-card" }, front, back),
    actions,
    h("p", { class: "cb-note" },
      "Say the answer aloud first, in two or three sentences: reason, number, limit. A card that you did not know " +
      "comes again."));

  view.watch(STATE, () => {
    const { known, left, current, flipped } = readState(view);
    bar.value = known.size;
    position.show(current
      ? `${number(known.size)} of ${plural(cards.length, "card")} known · ${number(left.length)} to go`
      : `All ${plural(cards.length, "card")} known`, known.size);
    front.replaceChildren(
      ...prose(current ? current.front
        : "You knew them all. Come back in a week: what is repeated later stays longer."));
    const open = current && flipped;
    back.replaceChildren(...(open ? [h("p", {}, prose(current.back)),
      h("p", { class: "cb-note" }, "More in ", sectionLink(current.section), ".")] : []));
    const asked = [button("Show the answer", () => act({ flipped: true }), { class: "cb-button cb-primary" }),
      button("Skip", () => act({ card: nextCard(readState(view), known) }))];
    const answered = [button("I knew it", () => rate(true), { class: "cb-button cb-primary" }),
      button("Again", () => rate(false))];
    const here = open ? answered : asked;
    actions.replaceChildren(...(current ? here : [button("Start over", startOver)]));
    if (follow) actions.querySelector("button").focus();
    follow = false;
  });
}

export default defineWidget({ name: "flashcards", title: "Flashcards", build });
