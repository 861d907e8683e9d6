// The frame around every widget: its root element, its state, and one redraw a frame.

import { h } from "./dom.js";
import { keepFocus } from "./focus.js";
import { admit, fits, readLimits } from "./limits.js";
import { Computed, Graph, sameValue } from "./reactive.js";

/** @typedef {import("./limits.js").Limit} Limit */
/**
 * @template [T=any]
 * @typedef {import("./reactive.js").Source<T>} Source
 */
/**
 * @template T
 * @template {readonly any[]} S
 * @typedef {import("./reactive.js").Values<T, S>} Values
 */

/**
 * The state of a widget, as anywidget gives it: https://anywidget.dev/en/afm/.
 * @typedef {object} Model
 * @property {(trait: string) => any} get
 * @property {(trait: string, value: any) => void} set
 * @property {() => void} save_changes
 * @property {(event: string, heard: (...values: any[]) => void) => void} on
 * @property {(event: string, heard: (...values: any[]) => void) => void} off
 * @property {(trait: string) => Promise<any>} [load] only where a page has no kernel
 * @property {boolean} [keepsItself] its state is kept in the reader's browser, so not in the address
 */

/**
 * What a widget's file exports: export default defineWidget({ name, title, build }).
 *
 * `name` is the widget's name in kebab case; its root is <div class="cb-widget cb-NAME">.
 * `title` stands at its head. `build(view)` appends elements to `view.body`; it runs once for each
 * place that shows the widget, and only when that place comes near the screen; it may be async.
 * `binary` names the traits that hold pictures, so that the reset button can restore them too.
 *
 * A page asks `admit` before it sets what a link asks for: what no trait may hold never gets there.
 * @param {{ name: string, title: string, build: (view: View) => void | Promise<void>, binary?: string[] }} widget
 */
export function defineWidget({ name, title, build, binary = [] }) {
  return {
    /** @param {Model} model @param {Record<string, any>} changes */
    admit: (model, changes) => admit(readLimits(model), changes),
    /** @param {{ model: Model, el: HTMLElement }} place */
    render({ model, el }) {
      const root = h("div", { class: `cb-widget cb-${name}`, role: "group", "aria-label": title });
      // JupyterLab would take arrow keys away from sliders, and letters for its own shortcuts.
      root.addEventListener("keydown", (event) => event.stopPropagation());
      const view = new View(model, root, title, binary);
      el.append(root);
      const letFocusGo = keepFocus(root);
      const forget = whenNear(root, () => view.start(build));
      return () => {
        letFocusGo();
        forget();
        view.close();
      };
    },
  };
}

/**
 * The state that reset goes back to, kept once for a model however many views it has.
 * @type {WeakMap<Model, Record<string, any>>}
 */
const openingStates = new WeakMap();

/** @param {Model} model @param {string[]} binary @returns {Record<string, any>} */
function openingState(model, binary) {
  if (!openingStates.has(model)) {
    const pictures = Object.fromEntries(binary.map((name) => [name, model.get(name)]));
    openingStates.set(model, pictures);
  }
  return { ...openingStates.get(model), ...model.get("_opening") };
}

/**
 * One place on the page that shows a model. Widgets meet it as `view`; `T` says what each trait
 * holds: types/traits.d.ts, written from the Python classes.
 * @template [T=any]
 */
export class View {
  /** @param {Model} model @param {HTMLElement} root @param {string} title @param {string[]} binary */
  constructor(model, root, title, binary = []) {
    this.model = model;
    this.root = root;
    this.limits = readLimits(model);
    this.graph = new Graph((trait) => model.get(trait));
    /** @type {Map<string, () => void>} */
    this.listening = new Map();
    /** @type {(() => void)[]} */
    this.closers = [];
    /** @type {(() => void)[]} */
    this.drawn = [];
    /** @type {(() => void)[]} */
    this.stops = [];
    this.closed = false;
    this.started = false;
    /** Whether what the browser remembers could not be shown, and is to be forgotten. */
    this.afresh = false;
    this.opening = /** @type {Partial<T>} */ (openingState(model, binary));
    this.body = h("div", { class: "cb-body" });
    const reset = h("button", { type: "button", class: "cb-button cb-reset",
      onclick: () => this.reset() }, "Reset");
    this.head = h("div", { class: "cb-head" }, h("div", { class: "cb-title" }, title), reset);
    root.append(this.head, this.body);
  }

  /**
   * Builds the widget. A state that cannot be shown (a link's, or one that was kept) gives way to the
   * one that the page opens with; only if that fails too does the widget give up.
   * @param {(view: View) => void | Promise<void>} build
   */
  async start(build) {
    // Drawings that need to know their width come a frame later: nothing is shown to jump for them.
    this.body.style.visibility = "hidden";
    const show = () => this.body.style.removeProperty("visibility");
    requestAnimationFrame(() => requestAnimationFrame(show));
    try {
      await build(this);
      if (this.closed) return;
      this.started = true;
      this.settle();
    } catch (error) {
      if (this.closed) return; // what it was built in has gone: its state belongs to the other views
      const { fetching } = /** @type {any} */ (error);
      if (fetching || this.afresh || this.isOpening()) {
        this.fail(error, fetching && (() => {
          this.clear();
          this.start(build);
        }));
        return;
      }
      console.error(error);
      this.clear();
      this.afresh = true;
      this.set(this.opening);
      await this.start(build);
      this.body.prepend(h("p", { class: "cb-note", role: "status" },
        "What this widget was to show could not be shown; it starts from the beginning."));
    }
  }

  /** Whether the inputs are what the page opened with. */
  isOpening() {
    return Object.entries(this.opening).every(([trait, value]) =>
      sameValue(this.model.get(trait), value));
  }

  /**
   * The value of a trait.
   * @template {keyof T & string} K
   * @param {K} trait
   * @returns {T[K]}
   */
  get(trait) {
    return this.model.get(trait);
  }

  /** What a trait may hold. @param {keyof T & string} trait @returns {Limit} */
  limit(trait) {
    return this.limits[trait] ?? {};
  }

  /** Whether a trait may hold a value. @param {string} trait @param {any} value */
  admits(trait, value) {
    return trait in this.limits && fits(value, this.limits[trait]);
  }

  /**
   * Changes traits, here and in every other view of the model: view.set({ stride: 2 }).
   * @param {Partial<T>} values
   */
  set(values) {
    for (const [trait, value] of Object.entries(values)) this.model.set(trait, value);
    this.model.save_changes();
  }

  /** Runs `stop` before the inputs are put back: for what goes on by itself. */
  onReset(/** @type {() => void} */ stop) {
    this.stops.push(stop);
  }

  /** Puts every input back to what the page opened with, and stops what goes on by itself. */
  reset() {
    this.stops.forEach((stop) => stop());
    this.root.querySelectorAll("[aria-invalid]").forEach((field) => field.dispatchEvent(new Event("cb-reset")));
    this.set(this.opening);
  }

  /**
   * A value that follows from traits or other computed values; read it as `.value`. `compute` gets
   * the sources' values, and then its own last one:
   * view.computed(["kernel", "operation"], (kernel, operation) => ...).
   * @template {readonly Source<T>[]} const S
   * @template R
   * @param {S} sources
   * @param {(...values: [...Values<T, S>, any]) => R} compute
   * @returns {Computed<R>}
   */
  computed(sources, compute) {
    this.listenTo(sources);
    return new Computed(this.graph, sources, /** @type {any} */ (compute));
  }

  /**
   * Runs `react` now, and again once a frame after any of the named traits or computed values has
   * changed; `react` gets the names of the traits that changed. Returns a function that ends it.
   * @param {readonly Source<T>[]} sources
   * @param {(changed: Set<string>) => void} react
   */
  watch(sources, react) {
    this.listenTo(sources);
    return this.graph.watch(sources, react);
  }

  /**
   * Runs `make()`, which builds something that is replaced later, and returns a function that
   * forgets every reaction added meanwhile.
   * @param {() => void} make
   */
  scope(make) {
    return this.graph.scope(make);
  }

  /** @param {readonly Source<T>[]} sources */
  listenTo(sources) {
    for (const source of sources) if (typeof source === "string") this.listen(source);
  }

  /** @param {string} trait */
  listen(trait) {
    if (this.closed || this.listening.has(trait)) return;
    const note = () => {
      if (this.graph.note(trait)) this.frame = requestAnimationFrame(() => this.redraw());
    };
    this.listening.set(trait, note);
    this.model.on(`change:${trait}`, note);
  }

  redraw() {
    const problems = this.graph.flush();
    if (problems.length > 0) throw problems[0];
    this.settle();
  }

  /** Runs `react` once the widget is built, and after each redraw in which nothing went wrong. */
  onDrawn(/** @type {() => void} */ react) {
    this.drawn.push(react);
  }

  settle() {
    if (this.started) this.drawn.forEach((react) => react());
  }

  /**
   * Runs `react(width)` whenever the width that a drawing in `element` may use has changed.
   * @param {HTMLElement} element
   * @param {(width: number) => void} react
   */
  onWidth(element, react) {
    let last = 0;
    const observer = new ResizeObserver(() => {
      const width = Math.floor(element.clientWidth);
      if (width > 0 && width !== last) react((last = width));
    });
    observer.observe(element);
    this.onClose(() => observer.disconnect());
  }

  /** Runs `undo` when the view goes away: for timers, and listeners outside the root. */
  onClose(/** @type {() => void} */ undo) {
    if (this.closed) undo();
    else this.closers.push(undo);
  }

  close() {
    this.closed = true;
    this.clear();
    this.root.remove();
  }

  /** Ends every reaction, listener and timer of the widget, and empties its body. */
  clear() {
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    for (const [trait, note] of this.listening) this.model.off(`change:${trait}`, note);
    this.listening.clear();
    this.graph = new Graph((trait) => this.model.get(trait));
    for (const undo of this.closers.splice(0)) undo();
    this.drawn = [];
    this.stops = [];
    this.body.replaceChildren();
  }

  /**
   * Says in the widget's place that it could not be shown, and leaves the details to the console. What
   * only did not arrive is asked for again: on a press, and once there is a network.
   * @param {any} error
   * @param {() => void} [again]
   */
  fail(error, again) {
    if (!again) console.error(error);
    this.body.replaceChildren(h("p", { class: "cb-problem", role: "status" },
      `This widget could not start (${error.message}). `,
      again ? h("button", { class: "cb-button", onclick: again }, "Try again") : "Reload the page to try again."));
    if (!again) return;
    window.addEventListener("online", again);
    this.onClose(() => window.removeEventListener("online", again));
  }
}

/**
 * Calls `start` once `element` is within a screen's height of being seen. Returns a cancel.
 * @param {HTMLElement} element
 * @param {() => void} start
 */
export function whenNear(element, start) {
  if (typeof IntersectionObserver === "undefined") {
    start();
    return () => {};
  }
  element.classList.add("cb-waiting");
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    element.classList.remove("cb-waiting");
    start();
  }, { rootMargin: "100% 0px" });
  observer.observe(element);
  return () => observer.disconnect();
}
