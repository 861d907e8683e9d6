// Elements without ceremony. Every widget builds its page with these two functions.

/** @typedef {Record<string, any>} Attributes attribute or "onclick" to its value or listener */

/**
 * An HTML element: h("button", { class: "cb-button", type: "button", onclick: go }, "Go").
 * An attribute that is a function is a listener ("onclick"), `true` is a bare attribute, and
 * `false`, `null` and `undefined` are left out. Children may be nodes, strings, numbers or lists.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} attributes
 * @param {any[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/**
 * The same for SVG: s("circle", { cx: 5, cy: 5, r: 2 }).
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} attributes
 * @param {any[]} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function s(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/**
 * @template {Element} E
 * @param {E} element
 * @param {Attributes} attributes
 * @param {any[]} children
 * @returns {E}
 */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return element;
}

let lastId = 0;

/** An id that no other element of the page has; for `for`, `aria-describedby` and the like. */
export function uniqueId(prefix = "cb") {
  lastId += 1;
  return `${prefix}-${lastId}-${Math.random().toString(36).slice(2, 7)}`;
}

/**
 * Sets the text of an element only when it changes, so that screen readers are not told twice.
 * @param {Element} element
 * @param {string} text
 */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * A box that scrolls sideways where its content is too wide, then by keyboard too.
 * @param {any[]} children
 */
export function scrollBox(...children) {
  const box = h("div", { class: "cb-scroll" }, children);
  const fit = () => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  };
  let shown = false;
  const observer = new ResizeObserver(() => {
    // Leaving the page changes its size too, and nothing that has left comes back.
    if (shown && !box.isConnected) observer.disconnect();
    else fit();
    shown = box.isConnected;
  });
  for (const element of [box, ...box.children]) observer.observe(element);
  return box;
}
