import { button, choice, result } from "./shared/controls.js";
import { h, say } from "./shared/dom.js";
import { Explorer, LEVELS } from "./shared/explorer.js";
import { mapContext } from "./shared/explorer_context.js";
import { firesPanel } from "./shared/explorer_fires.js";
import { layerLevel } from "./shared/explorer_layer.js";
import { overview } from "./shared/explorer_overview.js";
import { positionLevel } from "./shared/explorer_position.js";
import { sumLevel } from "./shared/explorer_sum.js";
import { fetched, fetchedCode, fetchedImagenet } from "./shared/fetched.js";
import { megabytes, percent } from "./shared/format.js";
import { pictureInput } from "./shared/picture.js";
import { defineWidget } from "./shared/view.js";

/** @typedef {import("../../types/traits").NetworkExplorer} Traits */
/** @typedef {import("./shared/view.js").View<import("../../types/traits").NetworkExplorer>} View */
/** @typedef {import("./shared/explorer.js").Place} Place */

/** @type {Record<Traits["network"], string>} */
const TITLES = { "pocket-net": "Pocket net", "mobilenet-v2": "MobileNetV2", own: "Your network" };
const TRAITS = /** @type {const} */ (["picture_index", "level", "layer", "channel", "row", "column", "input_channel",
  "order"]);

async function build(/** @type {View} */ view) {
  const stage = h("div", { class: "cb-stage" });
  const images = h("div", { class: "cb-images" });
  const state = result("network", { tag: "p", class: "cb-note" });
  /** @type {Explorer | null} */
  let explorer = null;
  let turn = 0;
  const own = view.get("network") === "own";
  const networks = choice(view, "network",
    { label: "Network", options: [["pocket-net", TITLES["pocket-net"]], ["mobilenet-v2", TITLES["mobilenet-v2"]]] });
  // Beside the choice that it answers: below the stage it would be off a telephone's screen.
  view.body.append(h("div", { class: "cb-bar-top" }, own ? [] : networks, images), state.element, stage);
  state.element.hidden = true;
  let forget = () => {};
  /** Ends the network that runs, with all that follows it. */
  const leave = () => {
    forget();
    explorer?.close();
    explorer = null;
  };
  view.onClose(leave);

  /** Fetches and opens the chosen network. */
  async function start() {
    const mine = (turn += 1);
    const name = view.get("network");
    state.element.hidden = false;
    state.show(name === "mobilenet-v2" ? "Fetching MobileNetV2 …" : "Fetching the network …", "fetching");
    try {
      const { remote, opened, words } = await openNetwork(view);
      if (mine !== turn || view.closed) {
        remote.close();
        return;
      }
      leave();
      const now = new Explorer(view, remote, opened);
      explorer = now;
      /** @type {Promise<void> | undefined} */
      let drawn;
      forget = view.scope(() => {
        drawn = showExplorer(view, images, stage, now);
      });
      await drawn;
      if (mine !== turn || view.closed) return;
      state.show(words, "running");
      state.element.hidden = words === "";
    } catch (error) {
      if (mine !== turn || view.closed) return;
      console.error(error);
      state.show(`The network could not be opened (${/** @type {Error} */ (error).message}). Try again; if it fails ` +
        "again, reload the page.", "failed");
      close();
    }
  }

  /** The network is not there, or not yet. */
  function close() {
    leave();
    images.replaceChildren();
    stage.replaceChildren(poster(view, start));
  }

  // A kernel has sent the network already; a page asks first.
  const ask = Boolean(view.model.load);
  if (ask) close();
  else await start();
  let last = view.get("network");
  view.watch(["network"], () => {
    if (view.get("network") === last) return;
    last = view.get("network");
    turn += 1;
    // What is large is fetched on a tap that names its size.
    if (ask) {
      state.show("", "");
      state.element.hidden = true;
      close();
    } else void start();
  });
}

/** What stands there until the reader asks for a network. @param {View} view @param {() => Promise<void>} start */
function poster(view, start) {
  const name = view.get("network");
  const size = megabytes(view.get("_sizes")[name]);
  const go = button(`Open ${TITLES[name]} here (${size})`, start,
    { "data-cb-start": name, class: "cb-button cb-primary" });
  const about = name === "mobilenet-v2"
    ? "MobileNetV2 knows ImageNet's 1,000 classes: 3.5 million weights by Google, Apache-2.0, in 8 bits."
    : "The chapter's own network for small images: ten classes, 22 steps, 282,000 weights.";
  return h("div", { class: "cb-poster" }, h("img", { src: view.get("_poster"), alt: "", width: 644, height: 224 }),
    h("p", { class: "cb-note" }, `${about} It runs on this device: no image leaves it.`),
    h("div", { class: "cb-row" }, go));
}

/** @param {View} view */
async function openNetwork(view) {
  const name = view.get("network");
  const large = name === "mobilenet-v2";
  const [{ explorerCode }, file, text, sheet] = await Promise.all([fetchedCode(view),
    large ? fetchedImagenet(view) : fetched(view, "_network"), fetched(view, "_extras"),
    fetched(view, large ? "_exciting_imagenet" : "_exciting")]);
  const { openEngine, openRemote } = explorerCode;
  const engine = await openEngine();
  const buffer = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
  const remote = await openRemote(engine.module, buffer);
  const extras = JSON.parse(text);
  const nodes = await remote.ask("describe");
  const opened = { nodes, labels: remote.labels, pictures: remote.pictures, limits: extras.limits[name],
    exciting: sheet ? JSON.parse(sheet) : undefined, photographs: extras.photographs ?? remote.pictures };
  const apart = remote.apart ? "" : " This site refuses workers, so the network runs on the page's own thread.";
  return { remote, opened, words: `${engine.words}${apart}`.trim() };
}

/** @param {View} view @param {HTMLElement} images @param {HTMLElement} stage @param {Explorer} explorer */
async function showExplorer(view, images, stage, explorer) {
  const answer = result("answer", { tag: "p", class: "cb-answer" });
  const context = mapContext(explorer, enter);
  const fires = firesPanel(explorer);
  const levels = { network: overview(explorer, enter), layer: layerLevel(explorer, enter),
    position: positionLevel(explorer, enter), sum: sumLevel(explorer, go) };
  const trail = trailOf(explorer, (level) => leave(level));
  const place = h("div", { class: "cb-place" }, levels.network.element, levels.layer.element,
    h("div", { class: "cb-focus" }, context.element, levels.position.element, levels.sum.element, fires.element));
  /** @type {boolean} */
  let moved = false;

  /** One level further in. @param {Partial<Traits>} changes */
  async function enter(changes) {
    view.set(changes);
    const now = explorer.place();
    const at = LEVELS.indexOf(now.level);
    if (at === LEVELS.length - 1) return;
    const single = now.node.height * now.node.width === 1;
    const level = now.level === "layer" && single ? "position" : LEVELS[at + 1];
    // A position opens on what counts most in it.
    const input = level === "position" ? { input_channel: await explorer.strongest(now) } : {};
    if (explorer.closed || !samePlace(explorer.place(), now)) return; // the reader has gone elsewhere meanwhile
    go({ level, ...input });
  }

  /** Back to a level. @param {Traits["level"]} level */
  function leave(level) {
    go({ level });
  }

  /** @param {Partial<Traits>} changes */
  function go(changes) {
    moved = true;
    view.set(changes);
  }

  place.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const before = levelAbove(explorer.place());
    if (!before) return;
    event.preventDefault();
    leave(before);
  });

  const draw = async () => {
    const now = explorer.place();
    explorer.drawing = now;
    // What is on the way in is measured, so it has to be there.
    levels.network.element.hidden = now.level !== "network";
    levels.layer.element.hidden = now.level !== "layer";
    const focus = /** @type {HTMLElement} */ (levels.position.element.parentElement);
    focus.hidden = now.level === "network" || now.level === "layer";
    focus.dataset.level = now.level;
    levels.position.element.hidden = now.level !== "position";
    levels.sum.element.hidden = now.level !== "sum";
    fires.element.hidden = now.level !== "map";
    const shown = now.level === "network" || now.level === "layer" ? [levels[now.level]]
      : [context, ...now.level === "map" ? [] : [levels[now.level]]];
    trail.show(now);
    for (const one of shown) {
      await one.show(now);
      if (explorer.passed(now)) return;
    }
    const { shares } = await explorer.look();
    if (explorer.passed(now)) return;
    const best = shares.indexOf(Math.max(...shares));
    answer.show(`${explorer.labels[best]} ${percent(shares[best])}`, best);
    if (now.level === "map") void fires.show(now);
    if (moved) {
      moved = false;
      (now.level === "map" ? context : shown[shown.length - 1]).focus();
      arrive(place, view.root);
    }
    const { level, index, channel, row, column, input } = now;
    place.dataset.cbDrawn = JSON.stringify([explorer.pictureIndex(), level, index, channel, row, column, input]);
  };
  images.replaceChildren(...picturesOf(view, explorer, answer.element, draw));
  stage.replaceChildren(trail.element, place);
  view.watch(TRAITS, () => void draw());
  await draw();
}

const POSITION = /** @type {const} */ (["level", "index", "channel", "row", "column"]);

/** Whether a place is where the reader was. @param {Place} a @param {Place} b */
const samePlace = (a, b) => POSITION.every((part) => a[part] === b[part]);

/** The level to which Escape leads. @param {Place} place @returns {Traits["level"] | null} */
function levelAbove({ level, node }) {
  const at = LEVELS.indexOf(level);
  if (at <= 0) return null;
  return level === "position" && node.height * node.width === 1 ? "layer" : LEVELS[at - 1];
}

/**
 * A short step inwards, for who likes movement, and the widget's head in sight.
 * @param {HTMLElement} place
 * @param {HTMLElement} root
 */
function arrive(place, root) {
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) {
    place.animate([{ opacity: 0.3, transform: "scale(0.985)" }, { opacity: 1, transform: "none" }], 160);
  }
  if (root.getBoundingClientRect().top < 0) root.scrollIntoView({ block: "start" });
}

/**
 * Where the reader is: every level that was passed is a way back.
 * @param {Explorer} explorer
 * @param {(level: Traits["level"]) => void} leave
 */
function trailOf(explorer, leave) {
  const list = h("ol", {});
  const back = button("‹ Back", () => leave(levelAbove(explorer.place()) ?? "network"), { class: "cb-button cb-back" });
  const crumbs = LEVELS.map((level) => {
    const crumb = h("button", { type: "button", class: "cb-crumb", onclick: () => leave(level) });
    const item = h("li", {}, crumb);
    list.append(item);
    return { level, crumb, item };
  });
  return {
    element: h("nav", { class: "cb-trail", "aria-label": "Where you are in the network" }, back, list),
    show(/** @type {Place} */ { level, node, channel, row, column }) {
      const at = LEVELS.indexOf(level);
      const single = node.height * node.width === 1;
      const words = { network: "Network", layer: node.name, map: `map ${channel}`,
        position: single ? `number ${channel}` : `row ${row}, column ${column}`, sum: "sum" };
      crumbs.forEach(({ level: own, crumb, item }, i) => {
        item.hidden = i > at || (own === "map" && single);
        say(crumb, words[own]);
        if (i === at) crumb.setAttribute("aria-current", "location");
        else crumb.removeAttribute("aria-current");
      });
      back.disabled = at === 0;
    },
  };
}

/** @param {View} view @param {Explorer} explorer @param {HTMLElement} answer @param {() => void} draw */
function picturesOf(view, explorer, answer, draw) {
  const row = h("div", { class: "cb-thumbs", role: "group", "aria-label": "Images" },
    explorer.pictures.map(({ name, url }, index) => h("button", { type: "button", class: "cb-thumb", title: name,
      "aria-label": name, onclick: () => view.set({ picture_index: index }) }, h("img", { src: url, alt: "" }))));
  view.watch(["picture_index"], () => [...row.children].forEach((element, i) =>
    element.setAttribute("aria-pressed", String(i === explorer.pictureIndex()))));
  const { height, width } = explorer.nodes[0];
  const input = pictureInput((pixels) => {
    if (explorer.closed) return;
    explorer.own = { ...pixels, name: "your image" };
    view.set({ picture_index: -1 });
    draw();
  }, { label: "Your own …", longest: Math.max(height, width), square: height === width });
  return [row, input, h("div", { class: "cb-says" }, h("span", { class: "cb-label" }, "The network says"), answer)];
}

export default defineWidget({ name: "network-explorer", title: "Network explorer", build });
