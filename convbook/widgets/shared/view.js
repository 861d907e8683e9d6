// The frame around every widget: its root element, its state, and one redraw a frame.

import { h } from "./dom.js";

/**
 * What a widget's file exports: export default defineWidget({ name, title, build }).
 *
 * `name` is the widget's name in kebab case; its root is <div class="cb-widget cb-NAME">.
 * `title` stands at its head. `build(view)` appends elements to `view.body`; it runs once for each
 * place that shows the widget, and only when that place comes near the screen; it may be async.
 * `binary` names the traits that hold pictures, so that the reset button can restore them too.
 */
export function defineWidget({ name, title, build, binary = [] }) {
  return {
    render({ model, el }) {
      const root = h("div", { class: `cb-widget cb-${name}`, role: "group", "aria-label": title });
      // JupyterLab would take arrow keys away from sliders, and letters for its own shortcuts.
      root.addEventListener("keydown", (event) => event.stopPropagation());
      const view = new View(model, root, title, binary);
      el.append(root);
      const forget = whenNear(root, async () => {
        try {
          await build(view);
        } catch (error) {
          view.fail(error);
        }
      });
      return () => {
        forget();
        view.close();
      };
    },
  };
}

/** The state that reset goes back to, kept once for a model however many views it has. */
const openingStates = new WeakMap();

function openingState(model, binary) {
  if (!openingStates.has(model)) {
    const pictures = Object.fromEntries(binary.map((name) => [name, model.get(name)]));
    openingStates.set(model, pictures);
  }
  return { ...openingStates.get(model), ...model.get("_opening") };
}

/** One place on the page that shows a model. Widgets meet it as `view`. */
export class View {
  constructor(model, root, title, binary = []) {
    this.model = model;
    this.root = root;
    this.watchers = [];
    this.changed = new Set();
    this.listening = new Map();
    this.closers = [];
    this.opening = openingState(model, binary);
    this.body = h("div", { class: "cb-body" });
    const reset = h("button", { type: "button", class: "cb-button cb-reset",
      onclick: () => this.reset() }, "Reset");
    this.head = h("div", { class: "cb-head" }, h("div", { class: "cb-title" }, title), reset);
    root.append(this.head, this.body);
  }

  /** The value of a trait. */
  get(trait) {
    return this.model.get(trait);
  }

  /** Changes traits, here and in every other view of the model: view.set({ stride: 2 }). */
  set(values) {
    for (const [trait, value] of Object.entries(values)) this.model.set(trait, value);
    this.model.save_changes();
  }

  /** Puts every input back to what the page opened with. */
  reset() {
    this.root.querySelectorAll("[aria-invalid]").forEach((field) => field.dispatchEvent(new Event("cb-reset")));
    this.set(this.opening);
  }

  /**
   * Runs `react` now, and again once a frame after any of the named traits has changed; `react`
   * gets the set of names that changed. Reactions run in the order in which they were added.
   */
  watch(traits, react) {
    this.watchers.push({ traits, react });
    for (const trait of traits) this.listen(trait);
    react(new Set(traits));
  }

  /**
   * Runs `make()`, which builds something that is replaced later, and returns a function that
   * forgets every reaction added meanwhile.
   */
  scope(make) {
    const before = this.watchers.length;
    make();
    const mine = new Set(this.watchers.slice(before));
    return () => {
      this.watchers = this.watchers.filter((watcher) => !mine.has(watcher));
    };
  }

  listen(trait) {
    if (this.listening.has(trait)) return;
    const note = () => {
      if (this.changed.size === 0) this.frame = requestAnimationFrame(() => this.redraw());
      this.changed.add(trait);
    };
    this.listening.set(trait, note);
    this.model.on(`change:${trait}`, note);
  }

  redraw() {
    const changed = this.changed;
    this.changed = new Set();
    for (const { traits, react } of this.watchers) {
      if (traits.some((trait) => changed.has(trait))) react(changed);
    }
  }

  /** Runs `react(width)` whenever the width that a drawing in `element` may use has changed. */
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
  onClose(undo) {
    this.closers.push(undo);
  }

  close() {
    cancelAnimationFrame(this.frame);
    for (const [trait, note] of this.listening) this.model.off(`change:${trait}`, note);
    this.closers.forEach((undo) => undo());
    this.root.remove();
  }

  /** Says in the widget's place that it could not be shown, and leaves the details to the console. */
  fail(error) {
    console.error(error);
    this.body.replaceChildren(h("p", { class: "cb-problem", role: "status" },
      `This widget could not start (${error.message}). Reload the page to try again.`));
  }
}

/** Calls `start` once `element` is within a screen's height of being seen. Returns a cancel. */
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
