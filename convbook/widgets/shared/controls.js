// Native controls with labels, tied to traits. Each returns an element to append.
//
// `source` is the name of a trait, or { watch: [traits], get: () => value, set: (value) => {} }
// for a value inside one (a cell of a kernel, say). Controls follow the state wherever it changes.

import { h, say, uniqueId } from "./dom.js";
import { number, readNumber } from "./format.js";

function bind(view, source) {
  if (typeof source !== "string") return source;
  return {
    watch: [source],
    get: () => view.get(source),
    set: (value) => view.set({ [source]: value }),
  };
}

/**
 * A field for a number. What does not fit is answered in words below the field, and the state
 * keeps its last good value until the field makes sense again.
 * `name` stands in the message when the label is hidden ("Row 1, column 2").
 */
export function numberField(view, source, options) {
  const { label, hidden = false, min, max, step = 1, whole = true, width = 5 } = options;
  const { watch, get, set } = bind(view, source);
  const messageId = uniqueId("cb-message");
  const input = h("input", { type: "number", min, max, step: whole ? step : "any",
    inputmode: whole && min >= 0 ? "numeric" : "decimal", autocomplete: "off",
    "aria-label": hidden ? label : null, style: `--cb-digits:${width}` });
  const message = h("div", { class: "cb-problem", id: messageId, role: "status" });
  let refused = false;

  const complain = (problem) => {
    refused = Boolean(problem);
    say(message, problem ? `${label}: ${problem}. Still in use: ${number(get())}.` : "");
    input.toggleAttribute("aria-invalid", refused);
    if (refused) input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", refused ? messageId : "");
  };
  const accept = () => {
    const typed = input.validity.badInput ? "these characters" : input.value;
    const { value, problem } = readNumber(typed, { min, max, whole });
    complain(problem);
    if (!problem && value !== get()) set(value);
  };
  const show = () => {
    if (readNumber(input.value, { whole: false }).value !== get()) input.value = get();
  };
  input.addEventListener("input", accept);
  input.addEventListener("cb-reset", () => {
    complain("");
    input.value = get();
  });
  view.watch(watch, () => {
    if (!refused) show();
  });
  if (hidden) return h("div", { class: "cb-cell" }, input, message);
  return h("div", { class: "cb-field" }, h("label", {}, h("span", { class: "cb-label" }, label), input), message);
}

/** A slider that shows its value: slider(view, "stride", { label: "Stride", min: 1, max: 4 }). */
export function slider(view, source, options) {
  const { label, min, max, step = 1, format = number, hidden = false } = options;
  const { watch, get, set } = bind(view, source);
  const input = h("input", { type: "range", min, max, step, "aria-label": hidden ? label : null });
  const output = h("span", { class: "cb-value", "aria-hidden": "true" });
  input.addEventListener("input", () => set(Number(input.value)));
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

/**
 * One of a few, all in sight: choice(view, "mode", { label: "Padding", options: [["same", "Same"],
 * ["valid", "Valid"]] }). Radio buttons, so the arrow keys move between them.
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

/** One of many: select(view, "preset", { label: "Kernel", options: [["identity", "Identity"]] }). */
export function select(view, source, { label, options }) {
  const { watch, get, set } = bind(view, source);
  const input = h("select", { onchange: () => set(options[input.selectedIndex][0]) },
    options.map(([value, text]) => h("option", { value }, text)));
  view.watch(watch, () => {
    input.selectedIndex = options.findIndex(([value]) => value === get());
  });
  return h("label", { class: "cb-field" }, h("span", { class: "cb-label" }, label), input);
}

/** On or off: toggle(view, "show_border", { label: "Mark the border" }). */
export function toggle(view, source, { label }) {
  const { watch, get, set } = bind(view, source);
  const input = h("input", { type: "checkbox", onchange: () => set(input.checked) });
  view.watch(watch, () => {
    input.checked = Boolean(get());
  });
  return h("label", { class: "cb-field cb-toggle" }, input, h("span", {}, label));
}

/** A button: button("Play", () => play()). */
export function button(text, act, attributes = {}) {
  return h("button", { type: "button", class: "cb-button", onclick: act, ...attributes }, text);
}

/**
 * A result that changes, read out by screen readers: const size = result("output-size");
 * append size.element, and call size.show("32", 32). Tests read `data-cb` and `data-value`.
 */
export function result(name, { tag = "output", live = true, ...attributes } = {}) {
  const element = h(tag, { "data-cb": name, role: live ? "status" : null, ...attributes });
  return {
    element,
    show(text, value = text) {
      say(element, String(text));
      element.dataset.value = typeof value === "object" ? JSON.stringify(value) : String(value);
    },
  };
}

/**
 * A number field with a slider below it: quick to drag, exact to type. The slider runs from `min`
 * to `reach` (`max` unless told), the field to `max`.
 */
export function rangeField(view, source, { reach, ...options }) {
  const field = numberField(view, source, options);
  const track = slider(view, source, { ...options, max: reach ?? options.max, hidden: true });
  field.classList.add("cb-range-field");
  field.querySelector("label").after(track);
  return field;
}
