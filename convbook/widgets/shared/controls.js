// Native controls with labels, tied to traits. Each returns an element to append.
//
// `source` is the name of a trait, or { watch: [traits], get: () => value, set: (value) => {} }
// for a value inside one (a cell of a kernel, say). Controls follow the state wherever it changes.

import { h, say, uniqueId } from "./dom.js";
import { number, readNumber, typed } from "./format.js";

/**
 * @template [T=any]
 * @typedef {import("./view.js").View<T>} View
 */

/**
 * A value inside a trait, or one that several traits make, as a control sees it.
 * @typedef {object} Part
 * @property {readonly any[]} watch traits and computed values
 * @property {() => any} get
 * @property {(value: any) => void} set
 * @property {import("./limits.js").Limit} [limit]
 */

/** @typedef {{ label: string, options: [any, string][] }} Choice values with the words for them */

/**
 * A source with the limits of its trait: a control that stands for a whole trait needs to be told
 * neither ends nor whether its numbers are whole.
 * @template T
 * @param {View<T>} view
 * @param {(keyof T & string) | Part} source
 * @returns {Part & { limit: import("./limits.js").Limit }}
 */
function bind(view, source) {
  if (typeof source !== "string") return { limit: {}, ...source };
  return {
    watch: [source],
    get: () => view.get(source),
    set: (value) => view.set(/** @type {any} */ ({ [source]: value })),
    limit: view.limit(source),
  };
}

/**
 * @typedef {object} NumberOptions
 * @property {string} label
 * @property {boolean} [hidden] the label is read out, not seen ("Row 1, column 2")
 * @property {number} [min] the limits of the trait, unless told
 * @property {number} [max]
 * @property {number} [step] what the arrow keys add
 * @property {boolean} [whole]
 * @property {number} [width] digits that the field has room for
 */

/**
 * A field for a number. What does not fit is answered in words below the field, and the state
 * keeps its last good value until the field makes sense again.
 *
 * It is a text field that behaves as a spin button: a browser's own number field hides what was
 * typed ("0,5", "1/3") from the page, and changes under the mouse wheel.
 * @template T
 * @param {View<T>} view
 * @param {(keyof T & string) | Part} source
 * @param {NumberOptions} options
 * @returns {HTMLElement}
 */
export function numberField(view, source, options) {
  const { watch, get, set, limit } = bind(view, source);
  const { label, hidden = false, min = limit.minimum, max = limit.maximum, step = 1, width = 5 } = options;
  const { whole = limit.type !== "number" } = options;
  const messageId = uniqueId("cb-message");
  // A telephone's keyboard of digits has no minus.
  const keys = whole ? "numeric" : "decimal";
  const input = h("input", { type: "text", role: "spinbutton", "aria-valuemin": min, "aria-valuemax": max,
    inputmode: min !== undefined && min >= 0 ? keys : "text", autocomplete: "off", spellcheck: "false",
    "aria-label": hidden ? label : null, style: `--cb-digits:${width}` });
  const message = h("div", { class: "cb-problem", id: messageId, role: "status" });
  let refused = false;

  const complain = (/** @type {string | undefined} */ problem) => {
    refused = Boolean(problem);
    say(message, problem ? `${label}: ${problem}. Still in use: ${number(get())}.` : "");
    input.toggleAttribute("aria-invalid", refused);
    if (refused) input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", refused ? messageId : "");
  };
  const accept = () => {
    const { value, problem } = readNumber(input.value, { min, max, whole });
    complain(problem);
    if (!problem && value !== get()) set(value);
  };
  const show = () => {
    if (readNumber(input.value, { whole }).value !== get()) input.value = typed(get());
    input.setAttribute("aria-valuenow", get());
  };
  const nudge = (/** @type {KeyboardEvent} */ event) => {
    const up = { ArrowUp: step, ArrowDown: -step }[event.key];
    if (up === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const next = Number((get() + up).toPrecision(12));
    input.value = typed(Math.min(max ?? Infinity, Math.max(min ?? -Infinity, next)));
    accept();
  };
  input.addEventListener("keydown", nudge);
  input.addEventListener("input", accept);
  input.addEventListener("cb-reset", () => {
    complain("");
    input.value = typed(get());
  });
  view.watch(watch, () => {
    if (!refused) show();
  });
  if (hidden) return h("div", { class: "cb-cell" }, input, message);
  return h("div", { class: "cb-field" }, h("label", {}, h("span", { class: "cb-label" }, label), input), message);
}

/**
 * A slider that shows its value: slider(view, "stride", { label: "Stride" }).
 * @template T
 * @param {View<T>} view
 * @param {(keyof T & string) | Part} source
 * @param {NumberOptions & { format?: (value: number) => string }} options
 * @returns {HTMLElement}
 */
export function slider(view, source, options) {
  const { watch, get, set, limit } = bind(view, source);
  const { label, min = limit.minimum, max = limit.maximum, step = 1, format = number, hidden = false } = options;
  const input = /** @type {HTMLInputElement} */ (h("input", { type: "range", min, max, step,
    "aria-label": hidden ? label : null }));
  const output = h("span", { class: "cb-value", "aria-hidden": "true" });
  const finger = touchGuard(input, () => set(Number(input.value)), () => {
    input.value = get();
  });
  input.addEventListener("input", () => {
    if (!finger.undecided()) set(Number(input.value));
  });
  view.watch(watch, () => {
    // An end of the track is not a limit of the value: a number field may go further.
    const value = get();
    if (Number(input.value) !== value) input.value = value;
    input.setAttribute("aria-valuetext", format(value));
    say(output, format(value));
  });
  if (hidden) return input;
  return h("label", { class: "cb-field cb-slider" },
    h("span", { class: "cb-label" }, label, " ", output), input);
}

/** How far a finger goes before it is clear whether it drags a slider or scrolls the page. */
const DECIDED = 8;

/**
 * Keeps a swipe that only begins on a slider from changing it: a finger's value counts once the
 * finger has gone sideways, or was lifted where it came down.
 * @param {HTMLElement} input
 * @param {() => void} use takes the slider's value
 * @param {() => void} restore shows the old one again
 */
function touchGuard(input, use, restore) {
  /** @type {{ x: number, y: number, gone: boolean } | null} */
  let down = null;
  const end = (/** @type {() => void} */ act) => () => {
    if (down) (down.gone ? restore : act)();
    down = null;
  };
  input.addEventListener("pointerdown", ({ pointerType, clientX, clientY }) => {
    down = pointerType === "touch" ? { x: clientX, y: clientY, gone: false } : null;
  });
  input.addEventListener("pointermove", ({ clientX, clientY }) => {
    if (!down || down.gone) return;
    const [across, along] = [Math.abs(clientX - down.x), Math.abs(clientY - down.y)];
    if (Math.max(across, along) < DECIDED) return;
    if (across > along) end(use)();
    else down.gone = true;
  });
  input.addEventListener("pointerup", end(use));
  input.addEventListener("pointercancel", end(restore));
  return { undecided: () => down !== null };
}

/**
 * One of a few, all in sight: choice(view, "mode", { label: "Padding", options: [["same", "Same"],
 * ["valid", "Valid"]] }). Radio buttons, so the arrow keys move between them.
 * @template T
 * @param {View<T>} view
 * @param {(keyof T & string) | Part} source
 * @param {Choice} options
 * @returns {HTMLElement}
 */
export function choice(view, source, { label, options }) {
  const { watch, get, set } = bind(view, source);
  const group = uniqueId("cb-choice");
  const inputs = options.map(([value, text]) => {
    const input = h("input", { type: "radio", name: group, onchange: () => set(value) });
    return { value, input, element: h("label", {}, input, h("span", {}, text)) };
  });
  view.watch(watch, () => {
    for (const { value, input } of inputs) input.checked = value === get();
  });
  return h("fieldset", { class: "cb-field cb-choice" },
    h("legend", { class: "cb-label" }, label),
    h("div", { class: "cb-segments" }, inputs.map(({ element }) => element)));
}

/**
 * One of many: select(view, "preset", { label: "Kernel", options: [["identity", "Identity"]] }).
 * @template T
 * @param {View<T>} view
 * @param {(keyof T & string) | Part} source
 * @param {Choice} options
 * @returns {HTMLElement}
 */
export function select(view, source, { label, options }) {
  const { watch, get, set } = bind(view, source);
  const input = h("select", { onchange: () => set(options[input.selectedIndex][0]) },
    options.map(([value, text]) => h("option", { value }, text)));
  view.watch(watch, () => {
    input.selectedIndex = options.findIndex(([value]) => value === get());
  });
  return h("label", { class: "cb-field" }, h("span", { class: "cb-label" }, label), input);
}

/**
 * On or off: toggle(view, "show_border", { label: "Mark the border" }).
 * @template T
 * @param {View<T>} view
 * @param {(keyof T & string) | Part} source
 * @param {{ label: string }} options
 * @returns {HTMLElement}
 */
export function toggle(view, source, { label }) {
  const { watch, get, set } = bind(view, source);
  const input = h("input", { type: "checkbox", onchange: () => set(input.checked) });
  view.watch(watch, () => {
    input.checked = Boolean(get());
  });
  return h("label", { class: "cb-field cb-toggle" }, input, h("span", {}, label));
}

/**
 * A button: button("Play", () => play()). While what it began goes on (a promise) it does nothing, but
 * keeps the focus.
 * @param {string} text
 * @param {(event: MouseEvent) => any} act
 * @param {Record<string, any>} attributes
 */
export function button(text, act, attributes = {}) {
  const press = (/** @type {MouseEvent} */ event) => {
    if (element.ariaDisabled === "true") return;
    const going = act(event);
    if (!(going instanceof Promise)) return;
    element.ariaDisabled = "true";
    going.finally(() => element.removeAttribute("aria-disabled"));
  };
  const element = h("button", { type: "button", class: "cb-button", onclick: press, ...attributes }, text);
  return element;
}

/**
 * A result that changes, read out by screen readers: const size = result("output-size");
 * append size.element, and call size.show("32", 32). Tests read `data-cb` and `data-value`.
 * @param {string} name
 * @param {{ tag?: keyof HTMLElementTagNameMap, live?: boolean } & Record<string, any>} options
 */
export function result(name, { tag = "output", live = true, ...attributes } = {}) {
  const element = h(tag, { "data-cb": name, role: live ? "status" : null, ...attributes });
  return {
    element,
    show(/** @type {any} */ text, value = text) {
      say(element, String(text));
      element.dataset.value = typeof value === "object" ? JSON.stringify(value) : String(value);
    },
  };
}

/**
 * A number field with a slider below it: quick to drag, exact to type. The slider runs from `min`
 * to `reach` (`max` unless told), the field to `max`.
 * @template T
 * @param {View<T>} view
 * @param {(keyof T & string) | Part} source
 * @param {NumberOptions & { reach?: number }} options
 */
export function rangeField(view, source, { reach, ...options }) {
  const field = numberField(view, source, options);
  const track = slider(view, source, { ...options, max: reach ?? options.max, hidden: true });
  field.classList.add("cb-range-field");
  field.querySelector("label")?.after(track);
  return field;
}
