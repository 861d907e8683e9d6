// MobileNetV2 in the page: photographs, the reader's own picture, a drawing, or the camera.

import { cameraProblem, openCamera } from "./camera.js";
import { classList } from "./class_list.js";
import { button, result, slider } from "./controls.js";
import { h, say } from "./dom.js";
import { drawingField } from "./drawing_field.js";
import { number, percent } from "./format.js";
import { paintHeat } from "./heat.js";
import { layerTitle } from "./layer_titles.js";
import { decodePicture, paintColours, pictureInput } from "./picture.js";

/** @typedef {import("./imagenet_remote.js").Remote} Remote */
/** @typedef {import("./imagenet_remote.js").Look} Look */
/** @typedef {import("./view.js").View} View */

const SIDE = 224;
const SMALL = 192;
const SLOW = 40; // milliseconds a frame, in the median, from which the smaller side is taken
const FRAMES = 15;
const PAST = 150; // frames of confidence that are drawn
const GREY = 127;

/**
 * @param {View} view
 * @param {Remote} remote
 * @param {string} words what is to be said of the engine
 */
export function imagenetPanel(view, remote, words) {
  const { pictures } = remote;
  const state = {
    name: "", side: SIDE, layer: remote.layers[0].name, epsilon: 0, frozen: false, facing: "environment",
    /** @type {Uint8ClampedArray | null} */ clean: null,
    /** @type {Uint8ClampedArray | null} */ covered: null,
    /** @type {number | null} */ pinned: null,
    /** @type {number | null} */ second: null,
    /** @type {Map<number, number>} what the whole picture gave */ before: new Map(),
    /** @type {number} */ truth: -1,
    /** @type {number[]} */ times: [],
    /** @type {number[]} */ past: [],
  };
  let busy = false;
  let again = false;
  const problem = h("p", { class: "cb-problem", role: "status", "data-cb": "camera-problem" });
  const stages = [stage("The network's picture"), stage("The same picture, for the second class")];
  const answers = classList((index) => {
    state.pinned = state.pinned === index ? null : index;
    refresh();
  });
  const where = result("cause", { tag: "p", class: "cb-note" });
  const timing = result("timing", { tag: "p", class: "cb-note", live: false });
  const confidence = h("canvas", { class: "cb-past", width: 300, height: 60, role: "img", hidden: true });

  async function refresh() {
    if (busy) {
      again = true;
      return;
    }
    const rgba = state.covered ?? state.clean;
    if (!rgba || view.closed) return;
    busy = true;
    try {
      const began = performance.now();
      const classes = [state.pinned, state.second].every((one) => one === null) ? undefined
        : [state.pinned ?? (state.truth < 0 ? 0 : state.truth), ...(state.second === null ? [] : [state.second])];
      const wish = { rgba, side: state.side, layer: state.layer, classes, epsilon: state.epsilon, truth: state.truth };
      const look = await remote.look(wish);
      if (state.epsilon === 0 && !state.covered) {
        state.truth = look.top[0].index;
        state.before = new Map([...look.top, ...look.looked].map(({ index, share }) => [index, share]));
      }
      show(look, rgba);
      pace(performance.now() - began, look.milliseconds);
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      problem.textContent = `The network stopped (${message}). Reload the page to try again.`;
    } finally {
      busy = false;
    }
    if (again) {
      again = false;
      refresh();
    }
  }

  /** @param {Look} look @param {Uint8ClampedArray} rgba */
  function show(look, rgba) {
    const shown = look.moved ?? rgba;
    stages.forEach(({ element, picture, heat, caption }, i) => {
      const one = look.looked[i];
      element.hidden = !one;
      if (!one) return;
      paintColours(picture, { rgba: shown, height: state.side, width: state.side });
      paintHeat(heat, one.heat, view.get("opacity"));
      say(caption, `${remote.labels[one.index]} ${percent(one.share)}`);
      picture.setAttribute("aria-label", `${state.name}, with the heat map for ${remote.labels[one.index]}`);
    });
    answers.show(look, remote.labels, state.pinned);
    const target = look.looked[0];
    if (state.covered) {
      const before = state.before.get(target.index);
      where.show(`With this covered the network gives “${remote.labels[target.index]}” ${percent(target.share)}` +
        `${before === undefined ? "" : ` instead of ${percent(before)}`}. If covering what the map points at hardly ` +
        "changes it, the map did not point at the cause.", target.share);
    } else if (look.moved && state.truth >= 0) {
      const same = look.top[0].index === state.truth;
      const now = same ? "still comes first" : `became “${remote.labels[look.top[0].index]}”`;
      where.show(`Each number of the picture moved by at most ${state.epsilon} of 255: ` +
        `“${remote.labels[state.truth]}” ${now}.`, look.top[0].index);
    } else where.show("", "");
    if (camera.running()) {
      state.past = [...state.past, target.share].slice(-PAST);
      paintPast(confidence, state.past, remote.labels[target.index]);
    }
  }

  /** @param {number} clock @param {number} work */
  function pace(clock, work) {
    state.times = [...state.times, clock].slice(-FRAMES);
    const middle = [...state.times].sort((a, b) => a - b)[Math.floor(state.times.length / 2)];
    if (camera.running() && state.side === SIDE && state.times.length === FRAMES && middle > SLOW) {
      state.side = SMALL;
      state.times = [];
    }
    const slow = state.side === SMALL ? ", since 224 took too long here" : "";
    sizesOfMaps();
    timing.show(`${state.side} × ${state.side} pixels${slow}, ${number(work, 0)} ms a picture` +
      `${remote.apart ? ", beside the page's own thread" : ", on the page's own thread: this site refuses workers"}.`,
    [state.side, work]);
  }

  /** @param {Uint8ClampedArray} rgba @param {string} name */
  function take(rgba, name) {
    Object.assign(state, { clean: rgba, covered: null, name, truth: -1, before: new Map() });
    unpin();
    epsilon.value = "0";
    state.epsilon = 0;
    say(epsilonText, "0");
    return refresh();
  }

  function unpin() {
    Object.assign(state, { pinned: null, second: null });
    compare.checked = false;
  }

  // --- where pictures come from ---
  const choose = async (/** @type {{ name: string, url: string }} */ { name, url }) => {
    camera.stop();
    state.side = SIDE;
    const { rgba, height, width } = await decodePicture(url, { longest: SIDE, square: true });
    await take(squared(rgba, height, width), name);
  };
  const thumbs = h("div", { class: "cb-pictures", role: "group", "aria-label": "Photographs" },
    pictures.map((one) => h("button", { type: "button", class: "cb-thumb", "aria-label": one.name, title: one.name,
      onclick: () => choose(one) }, h("img", { src: one.url, alt: "" }))));
  const own = pictureInput(({ rgba, height, width }) => {
    camera.stop();
    state.side = SIDE;
    take(squared(rgba, height, width), "your picture");
  }, { longest: SIDE, square: true });
  const drawing = drawingField(SIDE, (rgba) => {
    camera.stop();
    state.side = SIDE;
    take(rgba, "your drawing");
  });

  // --- the camera ---
  const camera = openCamera(() => {
    cameraState(false);
    say(freeze, "Freeze");
  });
  const begin = async () => {
    problem.textContent = "";
    try {
      if (!await camera.start(state.facing)) return;
      Object.assign(state, { frozen: false, covered: null, past: [], times: [], name: "what the camera sees" });
      unpin();
      cameraState(true);
      tick();
    } catch (error) {
      problem.textContent = cameraProblem(error);
      camera.stop();
    }
  };
  function tick() {
    if (!camera.running() || view.closed) return;
    requestAnimationFrame(tick);
    if (busy || state.frozen) return;
    const frame = camera.frame(state.side);
    if (!frame) return;
    state.clean = frame;
    state.truth = -1;
    refresh();
  }
  const startCamera = button("Camera", begin, { "data-cb-camera": "start" });
  const freeze = button("Freeze", () => {
    state.frozen = !state.frozen;
    state.covered = null;
    say(freeze, state.frozen ? "Go on" : "Freeze");
  }, { "data-cb-camera": "freeze" });
  const turn = button("Other camera", () => {
    state.facing = state.facing === "user" ? "environment" : "user";
    return begin();
  }, { "data-cb-camera": "turn" });
  const end = button("Stop the camera", () => camera.stop(), { "data-cb-camera": "stop" });
  /** @param {boolean} on */
  function cameraState(on) {
    startCamera.hidden = on;
    for (const one of [freeze, turn, end]) one.hidden = !on;
    confidence.hidden = !on;
  }
  cameraState(false);
  const leave = () => document.hidden && camera.stop();
  document.addEventListener("visibilitychange", leave);
  addEventListener("pagehide", camera.stop);
  view.onClose(() => {
    document.removeEventListener("visibilitychange", leave);
    removeEventListener("pagehide", camera.stop);
    camera.stop();
    remote.close();
  });

  // --- cause: cover a part, and watch the class ---
  const spot = { x: 0.5, y: 0.5 };
  const cover = () => {
    if (camera.running() && !state.frozen) return; // a moving picture can be covered with a real finger
    const base = state.covered ?? state.clean;
    if (!base) return;
    state.pinned ??= state.truth < 0 ? null : state.truth;
    state.covered = withSpot(base, state.side, spot, 0.09);
    refresh();
  };
  const box = stages[0].box;
  box.tabIndex = 0;
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", "Cover a part: drag over it, or move the mark with the arrow keys and press Enter");
  box.addEventListener("pointermove", (event) => {
    const area = box.getBoundingClientRect();
    spot.x = (event.clientX - area.left) / area.width;
    spot.y = (event.clientY - area.top) / area.height;
    if (event.buttons) cover();
  });
  box.addEventListener("pointerdown", (event) => {
    box.setPointerCapture(event.pointerId);
    const area = box.getBoundingClientRect();
    Object.assign(spot, { x: (event.clientX - area.left) / area.width, y: (event.clientY - area.top) / area.height });
    cover();
  });
  const mark = h("span", { class: "cb-spot", "aria-hidden": "true" });
  box.append(mark);
  const placeMark = () => {
    mark.style.left = `${100 * spot.x}%`;
    mark.style.top = `${100 * spot.y}%`;
  };
  box.addEventListener("keydown", (event) => {
    const step = /** @type {Record<string, number[]>} */ (
      { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] })[event.key];
    if (step) {
      spot.x = Math.min(1, Math.max(0, spot.x + step[0] / 14));
      spot.y = Math.min(1, Math.max(0, spot.y + step[1] / 14));
      placeMark();
    } else if (event.key === "Enter" || event.key === " ") cover();
    else return;
    event.preventDefault();
  });
  placeMark();
  const uncover = button("Uncover", () => {
    state.covered = null;
    refresh();
  });

  // --- two classes, layers, the smallest change ---
  const compare = h("input", { type: "checkbox" });
  compare.addEventListener("change", () => {
    state.second = compare.checked ? answers.next(state.pinned ?? state.truth) : null;
    state.pinned ??= state.truth < 0 ? null : state.truth;
    refresh();
  });
  const layers = h("select", { "aria-label": "Layer" }, remote.layers.map(({ name }) =>
    h("option", { value: name, title: name })));
  const typed = h("code", {}, state.layer);
  const sizesOfMaps = () => remote.layers.forEach(({ name, height, width }, i) => {
    const [tall, wide] = [height, width].map((n) => (n * state.side) / SIDE);
    say(layers.options[i], layerTitle({ name, height: tall, width: wide }, remote.layers));
  });
  sizesOfMaps();
  layers.addEventListener("change", () => {
    state.layer = layers.value;
    say(typed, state.layer);
    refresh();
  });
  const epsilonText = h("output", {}, "0");
  const epsilon = h("input", { type: "range", min: 0, max: 16, step: 1, value: 0,
    "aria-label": "How far each number of the picture may move against the class, of 255" });
  epsilon.addEventListener("input", () => {
    state.epsilon = Number(epsilon.value);
    state.covered = null;
    say(epsilonText, epsilon.value);
    refresh();
  });
  view.watch(["opacity"], () => void refresh());

  const element = h("div", { class: "cb-imagenet" },
    h("p", { class: "cb-note" }, words || "MobileNetV2, 3.5 million weights (by Google, Apache-2.0), 1,000 classes. " +
      "It runs on this device: no picture, drawing or frame of the camera leaves it."),
    thumbs, h("div", { class: "cb-row" }, own, startCamera, freeze, turn, end), problem,
    h("div", { class: "cb-sides" },
      h("div", { class: "cb-stack" }, h("div", { class: "cb-pair" }, stages.map((one) => one.element)), confidence,
        h("div", { class: "cb-row" }, uncover), where.element),
      h("div", { class: "cb-stack" }, answers.element,
        h("label", { class: "cb-check" }, compare, " Compare with the second class, side by side"),
        h("label", { class: "cb-field" }, h("span", { class: "cb-label" }, "Layer"), layers),
        h("p", { class: "cb-note" }, "In Keras: ", typed),
        slider(view, "opacity", { label: "Strength of the heat map", step: 0.05, format: (v) => percent(v, 0) }),
        h("label", { class: "cb-field" },
          h("span", { class: "cb-label" }, "Move each number against the class, at most ", epsilonText, " of 255"),
          epsilon),
        timing.element)),
    drawing.element,
    h("p", { class: "cb-note cb-warning" }, "It knows 1,000 classes and nothing else: no “none of these”, and no " +
      "class for people, so for a face it names what lies nearest among dogs, hats and musical instruments. A high " +
      "percentage says that one class wins among the thousand, not that it is right."));
  // Who scrolls past all of it has left; who still sees the camera's buttons has not.
  const seen = new IntersectionObserver((entries) => {
    if (!entries[entries.length - 1].isIntersecting) camera.stop();
  });
  seen.observe(element);
  view.onClose(() => seen.disconnect());
  return { element, start: () => choose(pictures[0]) };
}

/** @param {string} label */
function stage(label) {
  const picture = h("canvas", { class: "cb-picture", role: "img", "aria-label": label });
  const heat = h("canvas", { class: "cb-heat", "aria-hidden": "true" });
  const caption = h("div", { class: "cb-caption" });
  const box = h("div", { class: "cb-stage" }, picture, heat);
  return { picture, heat, caption, box, element: h("div", { class: "cb-stack" }, caption, box) };
}

/**
 * A square picture of SIDE pixels, whatever came.
 * @param {ArrayLike<number>} rgba
 * @param {number} height
 * @param {number} width
 */
function squared(rgba, height, width) {
  if (height === SIDE && width === SIDE) return Uint8ClampedArray.from(rgba);
  const [from, to] = [h("canvas", { width, height }), h("canvas", { width: SIDE, height: SIDE })];
  paintColours(from, { rgba, height, width });
  const context = /** @type {CanvasRenderingContext2D} */ (to.getContext("2d"));
  context.drawImage(from, 0, 0, SIDE, SIDE);
  return context.getImageData(0, 0, SIDE, SIDE).data;
}

/**
 * @param {Uint8ClampedArray} rgba
 * @param {number} side
 * @param {{ x: number, y: number }} spot
 * @param {number} reach share of the side
 */
function withSpot(rgba, side, { x, y }, reach) {
  return rgba.map((v, i) => {
    const [row, column] = [Math.floor(i / 4 / side), Math.floor(i / 4) % side];
    const near = Math.hypot(column + 0.5 - x * side, row + 0.5 - y * side) <= reach * side;
    return near && i % 4 !== 3 ? GREY : v;
  });
}

/** @param {HTMLCanvasElement} canvas @param {number[]} past @param {string} label */
function paintPast(canvas, past, label) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  context.strokeStyle = getComputedStyle(canvas).color;
  context.lineWidth = 2;
  context.beginPath();
  past.forEach((share, i) => context.lineTo((i / (PAST - 1)) * width, (1 - share) * (height - 4) + 2));
  context.stroke();
  canvas.setAttribute("aria-label", `Confidence over time; now ${label} ${percent(past[past.length - 1])}`);
}
