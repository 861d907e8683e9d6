// What a published page keeps in the reader's own browser, and nowhere else.
//
// Browsers may forbid it (private windows, some settings, a file opened from disk): then every
// function here does nothing and the widget works on, until the page is closed. Where a kernel
// holds the state, nothing is kept here at all.

import { seedOf } from "./chance.js";
import { sameValue } from "./reactive.js";

/** @typedef {import("./view.js").View} View */

const PREFIX = "convbook:";
/** Sent to the window when something kept was changed by a widget of the same page. */
const KEPT = "convbook-kept";

/** The address of the published book's root folder, or null where this is no published page. */
export function siteRoot() {
  const root = document.documentElement.dataset.content_root;
  return root === undefined ? null : new URL(root, location.href);
}

function storage() {
  try {
    return siteRoot() && window.localStorage;
  } catch {
    return null;
  }
}

/**
 * What was kept under a name, or null: never kept, forbidden, or not readable any more.
 * @param {string} name
 */
export function recall(name) {
  try {
    return JSON.parse(storage()?.getItem(PREFIX + name) ?? "null");
  } catch {
    return null;
  }
}

/**
 * Keeps a value, or forgets it if it is null; returns whether the browser did so.
 * @param {string} name
 * @param {any} value
 */
export function keep(name, value) {
  try {
    const here = storage();
    if (!here) return false;
    if (value === null) here.removeItem(PREFIX + name);
    else here.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    return false;
  }
  window.dispatchEvent(new CustomEvent(KEPT, { detail: name }));
  return true;
}

/**
 * Runs `react()` when another page, or another widget of this one, changes what is kept.
 * @param {View} view
 * @param {string} name
 * @param {() => void} react
 */
export function onKept(view, name, react) {
  const here = (/** @type {any} */ { detail }) => detail === name && react();
  const elsewhere = (/** @type {StorageEvent} */ { key }) => (key === null || key === PREFIX + name) && react();
  window.addEventListener(KEPT, here);
  window.addEventListener("storage", elsewhere);
  view.onClose(() => {
    window.removeEventListener(KEPT, here);
    window.removeEventListener("storage", elsewhere);
  });
}

/**
 * Keeps traits of a widget from visit to visit. What a link sets (the URL fragment) goes before
 * what was kept, and a page that opens the widget in another state starts afresh. What was kept is
 * taken up only if the traits may still hold all of it, and a state is kept only once it was drawn.
 * @template [T=any]
 * @param {import("./view.js").View<T>} view
 * @param {string} widget
 * @param {readonly (keyof T & string)[]} traits
 */
export function keepState(view, widget, traits) {
  // A reader's own answers belong in their browser, not into an address that they may hand on.
  view.model.keepsItself = true;
  const opening = traits.map((trait) => view.opening[trait]);
  const name = `${widget}:${siteRoot() && location.pathname}:${seedOf(JSON.stringify(opening))}`;
  const now = () => traits.map((trait) => view.get(trait));
  const kept = view.afresh ? null : recall(name);
  const usable = Array.isArray(kept) && kept.length === traits.length &&
    traits.every((trait, i) => view.admits(trait, kept[i]));
  if (usable && sameValue(now(), opening)) {
    view.set(/** @type {Partial<T>} */ (Object.fromEntries(traits.map((trait, i) => [trait, kept[i]]))));
  }
  let last = usable ? now() : null;
  view.watch(traits, () => {});
  view.onDrawn(() => {
    const state = now();
    if (sameValue(state, last)) return;
    if (!sameValue(state, opening) || recall(name) !== null) keep(name, state);
    last = state;
  });
}

/** Whether this browser keeps anything for this page. */
export function canKeep() {
  try {
    return storage()?.length !== undefined;
  } catch {
    return false;
  }
}
