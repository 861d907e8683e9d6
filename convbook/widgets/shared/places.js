// Where in the book something is shown, as links of a published page.

import places from "../../items/places.json";
import { h } from "./dom.js";
import { siteRoot } from "./memory.js";

/** @typedef {{ widget: string, state?: Record<string, any>, section?: string | null }} Look */

/**
 * The address of a page, with a widget of it in a state; null where there is no published book.
 * @param {string} page
 * @param {string | null} widget
 * @param {Record<string, any>} state
 */
function address(page, widget = null, state = {}) {
  const root = siteRoot();
  if (!root) return null;
  const url = new URL(`${page}.html`, root);
  if (widget) {
    const settings = new URLSearchParams(Object.entries(state).map(([k, v]) => [k, JSON.stringify(v)]));
    url.hash = `${widget}?${settings}`;
  }
  return url.href;
}

/**
 * "notebooks/05-..." for the section "5.3": the page where the section is.
 * @param {string} section
 * @returns {string}
 */
export function pageOf(section) {
  /** @type {Record<string, string>} */
  const sections = places.sections;
  return sections[section] ?? sections[section.split(".")[0]];
}

/**
 * A link to a section, in a tab of its own so that nothing here is lost; plain text in a notebook.
 * @param {string} section
 */
export function sectionLink(section) {
  const href = address(pageOf(section));
  if (href && href === location.href.replace(/[?#].*/, "")) return `section ${section}, on this page`;
  return href ? tabLink(href, `section ${section}`) : `section ${section}`;
}

/**
 * The page that shows a widget: the section's own if it has it.
 * @param {string} widget
 * @param {string | null} section
 * @returns {string}
 */
function pageWith(widget, section) {
  const pages = /** @type {Record<string, string[]>} */ (places.widgets)[widget];
  return section && pages.includes(pageOf(section)) ? pageOf(section) : pages[0];
}

/**
 * What shows a widget in a state: a link to its page, or in a notebook the line to run.
 * `look` is { widget, state, section }, as in the practice bank.
 * @param {Look} look
 */
export function widgetLink({ widget, state = {}, section = null }) {
  const href = address(pageWith(widget, section), widget, state);
  if (href) return tabLink(href, `See it happen in the ${wordsOf(widget)}`, "cb-button cb-link");
  const settings = Object.entries(state).map(([name, value]) => `${name}=${pythonOf(value)}`);
  return h("p", { class: "cb-note" }, "See it happen: run ",
    h("code", {}, `${widget}(${settings.join(", ")})`));
}

/**
 * @param {string} href
 * @param {string} text
 * @param {string | null} kind
 */
function tabLink(href, text, kind = null) {
  return h("a", { href, target: "_blank", rel: "noopener", class: kind }, text,
    h("span", { class: "cb-hidden-text" }, " (opens in a new tab)"));
}

/**
 * "output size calculator" for OutputSizeCalculator.
 * @param {string} widget
 */
function wordsOf(widget) {
  return widget.replace(/([a-z])(?=[A-Z])/g, "$1 ").toLowerCase();
}

/** @param {any} value @returns {string} */
function pythonOf(value) {
  if (Array.isArray(value)) return `[${value.map(pythonOf).join(", ")}]`;
  if (value && typeof value === "object") {
    return `{${Object.entries(value).map(([k, v]) => `${JSON.stringify(k)}: ${pythonOf(v)}`).join(", ")}}`;
  }
  const words = new Map([[true, "True"], [false, "False"], [null, "None"]]);
  return words.get(value) ?? JSON.stringify(value);
}

/**
 * A link to another page of the book, perhaps to a widget in a state; plain text in a notebook.
 * @param {string} text
 * @param {{ section?: string | null, widget?: string | null, state?: Record<string, any> }} where
 */
export function bookLink(text, { section = null, widget = null, state = {} }) {
  const page = widget ? pageWith(widget, section) : pageOf(section ?? "1");
  const href = address(page, widget, state);
  return href ? h("a", { href }, text) : text;
}

/** Whether there is a published book to link into. */
export const inBook = () => siteRoot() !== null;
