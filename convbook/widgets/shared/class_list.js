// The best classes of a picture as a list of buttons, each of which keeps its class in view.

import { result } from "./controls.js";
import { h, say } from "./dom.js";
import { percent } from "./format.js";

/** @typedef {import("./imagenet_remote.js").Look} Look */

/** @param {(index: number) => void} pin */
export function classList(pin) {
  const first = result("first", { class: "cb-answer" });
  const list = h("div", { class: "cb-classes", role: "group",
    "aria-label": "Best classes; choose one to keep looking for it" });
  /** @type {number[]} */
  let order = [];
  return {
    element: h("div", { class: "cb-stack" }, h("div", { class: "cb-label" }, "The network says"), first.element, list),
    /** The best class that is not `index`. @param {number} index */
    next: (index) => order.find((one) => one !== index) ?? 0,
    /** @param {Look} look @param {string[]} labels @param {number | null} pinned */
    show({ top, looked }, labels, pinned) {
      first.show(`${labels[top[0].index]} ${percent(top[0].share)}`, labels[top[0].index]);
      const kept = looked.find(({ index }) => index === pinned);
      const rows = kept && top.every(({ index }) => index !== pinned) ? [...top.slice(0, 4), kept] : top;
      order = rows.map(({ index }) => index);
      while (list.children.length < rows.length) {
        list.append(h("button", { type: "button", class: "cb-class" }, h("span", { class: "cb-bar" }), h("span"),
          h("span", { class: "cb-share" })));
      }
      rows.forEach(({ index, share }, i) => {
        const row = /** @type {HTMLButtonElement} */ (list.children[i]);
        const [bar, name, text] = /** @type {HTMLElement[]} */ ([...row.children]);
        bar.style.width = `${(100 * share).toFixed(2)}%`;
        say(name, labels[index]);
        say(text, percent(share));
        row.setAttribute("aria-pressed", String(index === pinned));
        row.onclick = () => pin(index);
      });
    },
  };
}
