import { button, result, slider, toggle } from "./shared/controls.js";
import { h, say } from "./shared/dom.js";
import { drawingField } from "./shared/drawing_field.js";
import { fetched, fetchedCode, fetchedImagenet } from "./shared/fetched.js";
import { megabytes, number, percent } from "./shared/format.js";
import { paintHeat } from "./shared/heat.js";
import { Looker, numbersIn } from "./shared/looker.js";
import { readHalves, readSingles } from "./shared/nodes.js";
import { colourKey, paintColours, pictureInput, pixelsFor } from "./shared/picture.js";
import { bringIntoSight, inSight } from "./shared/sight.js";
import { defineWidget } from "./shared/view.js";
import { weightedMaps } from "./shared/weighted_maps.js";

const DRAWN = 128; // pixels of the field to draw in
const STATE = /** @type {const} */ (["picture_index", "layer", "class_index", "opacity", "show_truth", "record",
  "feature_map"]);

/** @typedef {import("./shared/view.js").View<import("../../types/traits").GradCamViewer>} View */
/** @typedef {import("./shared/heat.js").Heat} Heat */
/** @typedef {import("./shared/looker.js").Answer} Answer */
/** @typedef {import("./shared/picture.js").Pixels} Pixels */

function build(/** @type {View} */ view) {
  const looker = new Looker(view);
  if (looker.cases.length === 0) {
    view.body.append(h("p", { class: "cb-note" },
      "There is no picture to look at: make the viewer with GradCamViewer.of(model, images, classes)."));
    return;
  }
  renamed(view, view.get("record").title);
  const stage = stageOf(view, looker);
  const answers = answersOf(view);
  const maps = weightedMaps(view, looker);
  const layers = h("select", { onchange: () => view.set({ layer: layers.value }) });
  const typed = h("code", {});
  let turn = 0;
  const draw = async () => {
    const mine = (turn += 1);
    const colours = await looker.colours();
    if (mine !== turn || !colours) return;
    const answer = looker.answer(colours);
    const first = answer.logits.indexOf(Math.max(...answer.logits));
    const wanted = view.get("class_index");
    const chosen = wanted >= 0 && wanted < answer.logits.length ? wanted : first;
    const names = looker.layers().map(({ name }) => name);
    if (layers.dataset.names !== names.join()) {
      layers.dataset.names = names.join();
      layers.replaceChildren(...looker.layers().map((layer) =>
        h("option", { value: layer.name, title: layer.name }, looker.words(layer))));
    }
    layers.value = looker.layer().name;
    say(typed, layers.value);
    const heat = looker.heat(colours, chosen);
    stage.show(colours, heat, answer, chosen);
    answers.show(answer, chosen, first);
    maps.show(colours, chosen, answer.classes[chosen]);
  };
  const live = liveOf(view, looker, draw, stage.element);
  const imagenet = h("div", { class: "cb-panel cb-live", hidden: true });
  imagenetOf(view, imagenet);
  view.body.append(
    picturesOf(view, looker),
    h("div", { class: "cb-sides" }, stage.element,
      h("div", { class: "cb-stack" }, answers.element,
        h("label", { class: "cb-field" }, h("span", { class: "cb-label" }, "Layer"), layers),
        h("p", { class: "cb-note" }, "In Keras: ", typed),
        slider(view, "opacity",
          { label: "Strength of the heat map", step: 0.05, format: (v) => percent(v, 0) }),
        h("div", { class: "cb-legend" }, h("span", {}, "The heat map: how much a place raised the score"),
          colourKey("sequential", "not at all", "most")))),
    maps.element, live.element, imagenet,
    h("p", { class: "cb-note cb-warning" }, view.get("record").warning));
  view.watch(STATE, draw);
}

/** @param {View} view @param {string} title */
function renamed(view, title) {
  const head = view.head.querySelector(".cb-title");
  if (head) say(head, title);
}

/** @param {View} view @param {Looker} looker */
function picturesOf(view, looker) {
  const row = h("div", { class: "cb-pictures", role: "group", "aria-label": "Pictures" });
  looker.cases.forEach(({ name, url }, index) => {
    row.append(h("button", { type: "button", class: "cb-thumb", "aria-label": name, title: name,
      onclick: () => view.set({ picture_index: index, class_index: -1 }) }, h("img", { src: url, alt: "" })));
  });
  view.watch(["picture_index"], () => {
    [...row.children].forEach((element, index) => element.setAttribute("aria-pressed", String(index === looker.index)));
  });
  return row;
}

/** @param {View} view @param {Looker} looker */
function stageOf(view, looker) {
  const picture = h("canvas", { class: "cb-picture", role: "img" });
  const heatCanvas = h("canvas", { class: "cb-heat", "aria-hidden": "true" });
  const truth = h("canvas", { class: "cb-truth", "aria-hidden": "true" });
  const words = result("where", { tag: "p", class: "cb-note" });
  const truthToggle = toggle(view, "show_truth", { label: "Outline what is known to matter" });
  const element = h("div", { class: "cb-stack" }, h("div", { class: "cb-stage" }, picture, heatCanvas, truth),
    words.element, truthToggle);
  return {
    element,
    /** @param {Pixels} colours @param {Heat} heat @param {Answer} answer @param {number} chosen */
    show(colours, heat, { classes }, chosen) {
      paintColours(picture, colours);
      picture.classList.toggle("cb-pixels", colours.width <= 96);
      paintHeat(heatCanvas, heat, view.get("opacity"));
      const peak = heat.data.indexOf(Math.max(...heat.data));
      const zero = heat.data[peak] === 0;
      const [row, column] = [Math.floor(peak / heat.width), peak % heat.width];
      const shown = looker.index === -1 ? null : looker.cases[looker.index];
      const name = shown?.name ?? "your picture";
      picture.setAttribute("aria-label", `The picture ${name}, with its heat map for ${classes[chosen]}`);
      words.show(zero ? `Nothing in this layer raised the score of “${classes[chosen]}”: its map is zero everywhere.`
        : `For “${classes[chosen]}” the map of ${heat.height} × ${heat.width} peaks at row ${row + 1}, column ` +
          `${column + 1}.`,
      zero ? "" : [row, column]);
      truthToggle.hidden = !shown?.truth;
      truth.hidden = !shown?.truth || !view.get("show_truth");
      if (shown?.truth && !truth.hidden) paintOutline(truth, numbersIn(shown.truth), shown.truth_size);
    },
  };
}

/**
 * The border of a mask, drawn so that it can be told from any picture: white within black.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} mask
 * @param {[number, number]} size
 */
function paintOutline(canvas, mask, [height, width]) {
  const zoom = Math.max(1, Math.round(320 / width));
  canvas.width = width * zoom;
  canvas.height = height * zoom;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const inside = (/** @type {number} */ y, /** @type {number} */ x) =>
    y >= 0 && x >= 0 && y < height && x < width && mask[y * width + x] > 0;
  const path = new Path2D();
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (!inside(y, x)) continue;
      const edges = [[-1, 0, 0, 0, 1, 0], [1, 0, 0, 1, 1, 1], [0, -1, 0, 0, 0, 1], [0, 1, 1, 0, 1, 1]];
      for (const [dy, dx, x1, y1, x2, y2] of edges) {
        if (inside(y + dy, x + dx)) continue;
        path.moveTo((x + x1) * zoom, (y + y1) * zoom);
        path.lineTo((x + x2) * zoom, (y + y2) * zoom);
      }
    }
  }
  context.strokeStyle = "#000";
  context.lineWidth = 5;
  context.stroke(path);
  context.strokeStyle = "#fff";
  context.lineWidth = 2.5;
  context.stroke(path);
}

/** @param {View} view */
function answersOf(view) {
  const first = result("first", { class: "cb-answer" });
  const list = h("div",
    { class: "cb-classes", role: "group", "aria-label": "Classes; choose one to see where the network looks for it" });
  const top = result("probabilities", { live: false, class: "cb-hidden-text" });
  return {
    element: h("div", { class: "cb-stack" }, h("div", { class: "cb-label" }, "The network says"), first.element,
      list, top.element),
    /** @param {Answer} answer @param {number} chosen @param {number} best */
    show({ classes, logits, probabilities }, chosen, best) {
      first.show(`${classes[best]} ${percent(probabilities[best])}`, classes[best]);
      top.show(probabilities.map((p, i) => `${classes[i]} ${percent(p)}`).join(", "), probabilities);
      top.element.dataset.logits = JSON.stringify(logits);
      const order = classes.map((_, i) => i).sort((a, b) => logits[b] - logits[a]);
      const hadFocus = list.contains(document.activeElement);
      list.replaceChildren(...order.map((i) => h("button", { type: "button", class: "cb-class",
        "aria-pressed": String(i === chosen), onclick: () => view.set({ class_index: i }) },
      h("span", { class: "cb-bar", style: `width:${(100 * probabilities[i]).toFixed(2)}%` }),
      h("span", {}, classes[i]), h("span", { class: "cb-share" }, percent(probabilities[i])))));
      const pressed = /** @type {HTMLElement | null} */ (list.querySelector("[aria-pressed=true]"));
      if (hadFocus) pressed?.focus();
    },
  };
}

/**
 * The button that fetches the weights, and what the reader can do once they are here.
 * @param {View} view
 * @param {Looker} looker
 * @param {() => Promise<void>} draw
 * @param {HTMLElement} stage the picture and its heat map, beside which the network's own controls stand
 */
function liveOf(view, looker, draw, stage) {
  const element = h("div", { class: "cb-panel cb-live" });
  const size = view.get("weights_size");
  if (!size) {
    element.hidden = true;
    return { element };
  }
  const state = result("network", { tag: "p", class: "cb-note" });
  const input = view.get("nodes")[0];
  const read = view.get("record").form === "f4" ? readSingles : readHalves;
  const use = (/** @type {Pixels} */ picture) => {
    looker.own = pixelsFor(input, picture);
    view.set({ picture_index: -1, class_index: -1 });
    draw();
  };
  const start = button(`Run the network here (${megabytes(size)})`, async () => {
    state.show("Fetching the weights …", "fetching");
    const began = performance.now();
    try {
      const [weights, { gradCamCode }] = await Promise.all([fetched(view, "weights"), fetchedCode(view)]);
      const engine = await gradCamCode.openEngine();
      if (view.closed) return;
      looker.network = engine.open(view.get("nodes"), read(weights));
      const watched = inSight(start);
      await draw();
      start.hidden = true;
      tools.hidden = false;
      stage.append(element);
      const took = number(performance.now() - began, 0);
      state.show(`The network runs in this page now; it was ready after ${took} ms. Your pictures stay on your ` +
        `device. ${engine.words}`, "running");
      if (watched) await bringIntoSight(stage);
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      state.show(`The network could not start (${message}). Try again; what was recorded is shown all the same.`,
        "failed");
    }
  }, { "data-cb-start": true });
  const tools = h("div", { class: "cb-row", hidden: true },
    pictureInput(use, { longest: Math.max(input.height, input.width), square: input.height === input.width }),
    drawingField(DRAWN, (rgba) => use({ rgba, height: DRAWN, width: DRAWN })).element);
  element.append(start, state.element, tools);
  return { element };
}

/**
 * The ImageNet network: its bytes are asked for on a tap, and then it takes the widget's place.
 * @param {View} view
 * @param {HTMLElement} element
 */
function imagenetOf(view, element) {
  const size = view.get("_imagenet_size");
  if (!size) return;
  const state = result("imagenet", { tag: "p", class: "cb-note" });
  const start = button(`Run MobileNetV2 here, with 1,000 classes and the camera (${megabytes(size)})`, async () => {
    state.show("Fetching the weights …", "fetching");
    try {
      const [{ gradCamCode }, weights] = await Promise.all([fetchedCode(view), fetchedImagenet(view)]);
      const { openEngine, openRemote, imagenetPanel } = gradCamCode;
      const engine = await openEngine();
      const { buffer: all, byteOffset, byteLength } = weights;
      const buffer = /** @type {ArrayBuffer} */ (all.slice(byteOffset, byteOffset + byteLength));
      const remote = await openRemote(engine.module, buffer);
      if (view.closed) {
        remote.close();
        return;
      }
      const panel = imagenetPanel(view, remote, engine.words);
      state.show("Looking at the first photograph …", "starting");
      await panel.start();
      const watched = inSight(start);
      renamed(view, "What MobileNetV2 sees, in this page");
      view.body.replaceChildren(panel.element);
      panel.element.dataset.cbImagenet = "running";
      if (watched) await bringIntoSight(view.root);
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      state.show(`MobileNetV2 could not start (${message}). Try again; if it fails again, the rest of the ` +
        "widget still works.", "failed");
    }
  }, { "data-cb-imagenet-start": true });
  element.hidden = false;
  element.append(h("div", { class: "cb-row" }, start), state.element);
}

export default defineWidget({ name: "grad-cam-viewer", title: "Grad-CAM viewer", build });
