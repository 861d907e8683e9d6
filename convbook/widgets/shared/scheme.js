// Drawings on a canvas whose colours depend on whether the page is light or dark.

import { colourMap, mapFor } from "./colour.js";

/** How each canvas is painted: the last way counts. @type {WeakMap<HTMLCanvasElement, (dark: boolean) => void>} */
const painters = new WeakMap();
/** Asked once, because the answer makes a browser lay out the page. @type {boolean | null} */
let darkPage = null;

/** Whether widgets stand on a dark page: what their style sheet makes of its theme (base.css). */
function askPage() {
  const widget = document.querySelector(".cb-widget");
  if (!widget) return null;
  const schemes = getComputedStyle(widget).colorScheme.split(" ");
  return schemes.includes("dark") &&
    (!schemes.includes("light") || matchMedia("(prefers-color-scheme: dark)").matches);
}

/** Paints everything again that is still on the page, if the page has become light or dark. */
function follow() {
  const now = askPage();
  if (now === null || now === darkPage) return;
  darkPage = now;
  for (const canvas of document.querySelectorAll("canvas")) painters.get(canvas)?.(now);
}

function listen() {
  const themes = { attributes: true, attributeFilter: ["data-theme", "data-jp-theme-light", "class"] };
  const observer = new MutationObserver(follow);
  for (const element of [document.documentElement, document.body]) observer.observe(element, themes);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", follow);
}

/**
 * Runs `paint` with the colours of a map now, and again when the page turns dark or light.
 * @param {HTMLCanvasElement} canvas
 * @param {string} map
 * @param {(colours: Uint32Array) => void} paint
 */
export function paintWith(canvas, map, paint) {
  followNoLonger(canvas);
  if (mapFor(map, true) === map) {
    paint(colourMap(map).packed);
    return;
  }
  if (darkPage === null) {
    darkPage = askPage();
    if (darkPage !== null) listen();
  }
  painters.set(canvas, (dark) => paint(colourMap(mapFor(map, dark)).packed));
  painters.get(canvas)?.(darkPage ?? false);
}

/** What is painted on a canvas next is the same on every page. @param {HTMLCanvasElement} canvas */
export function followNoLonger(canvas) {
  painters.delete(canvas);
}
