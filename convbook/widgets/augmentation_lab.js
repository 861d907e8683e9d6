import { augmentPicture, brightnessSpread, picturePart, shareInFrame, toRgba } from "./shared/augment.js";
import { NETWORKS, askingPanel, saysWords } from "./shared/asking.js";
import { button, choice, result, slider, toggle } from "./shared/controls.js";
import { h } from "./shared/dom.js";
import { fixed, number, percent, signed } from "./shared/format.js";
import { decodePicture, paintColours } from "./shared/picture.js";
import { defineWidget } from "./shared/view.js";
import subjectTable from "./shared/augmentation.json";
import stripUrl from "./shared/augmentation.webp";

const CHANGES = /** @type {const} */ (["flip_horizontal", "flip_vertical", "angle", "zoom", "crop", "crop_top",
  "crop_left", "brightness", "contrast", "saturation", "hue"]);

/** @typedef {import("./shared/view.js").View<import("../../types/traits").AugmentationLab>} View */
/** @typedef {import("./shared/asking.js").Asked} Asked */
/** @typedef {Pick<import("../../types/traits").AugmentationLab, typeof CHANGES[number]>} Changes */
/** @typedef {{ level: "changes" | "doubtful", why: string, when: Record<string, number[]> }} Rule */
/**
 * A picture that one can choose, and what its label stands.
 * @typedef {{ name: string, label: string, free: string, box: number[], rules: Rule[] }} Subject
 */
/** @typedef {ReturnType<typeof changed>} Changed */
/** @typedef {import("./shared/reactive.js").Computed<Changed>} Found */

/** @type {Changes} */
const NO_CHANGE = { flip_horizontal: false, flip_vertical: false, angle: 0, zoom: 1, crop: 1, crop_top: 0.5,
  crop_left: 0.5, brightness: 0, contrast: 1, saturation: 1, hue: 0 };
/** @type {Record<string, string[]>} */
const VERDICTS = {
  keeps: ["✓", "still holds"],
  doubtful: ["?", "holds, with a doubt"],
  changes: ["✗", "no longer holds"],
};
/** @type {Record<string, Subject>} */
const subjects = /** @type {any} */ (subjectTable);
const names = Object.keys(subjects);

/** @type {ReturnType<typeof parts> | null} */
let pictures = null;

async function build(/** @type {View} */ view) {
  pictures ??= parts(await decodePicture(stripUrl));
  const strip = pictures;
  const found = view.computed(["source", ...CHANGES], (source) => changed(view, subjects[source], strip[source]));
  view.body.append(settings(view), sheets(view, found), verdict(view, found), asking(view, found), colours(view));
}

/**
 * The strip's pictures by name, with the bytes that they came as.
 * @param {import("./shared/picture.js").Pixels} strip
 */
function parts(strip) {
  const side = strip.height;
  return Object.fromEntries(names.map((name, i) => {
    const picture = picturePart(strip, i * side, side);
    return [name, { picture, bytes: toRgba(picture) }];
  }));
}

/**
 * A picture after the change, and what that means for its label.
 * @param {View} view @param {Subject} subject @param {ReturnType<typeof parts>[string]} part
 */
function changed(view, subject, { picture, bytes: original }) {
  const changes = /** @type {Changes} */ (Object.fromEntries(CHANGES.map((name) => [name, view.get(name)])));
  const exact = augmentPicture(picture, changes);
  const after = toRgba(exact);
  const others = after.rgba.reduce((count, value, i) => count + (value === original.rgba[i] ? 0 : 1), 0);
  const turn = (((changes.angle + (changes.flip_vertical ? 180 : 0)) % 360) + 360) % 360;
  /** @type {Record<string, number>} */
  const measures = {
    mirrored: changes.flip_horizontal === changes.flip_vertical ? 0 : 1,
    turn: Math.min(turn, 360 - turn),
    hue: Math.abs(changes.hue),
    saturation: changes.saturation,
    kept: shareInFrame(subject.box, [picture.height, picture.width], changes),
    spread: brightnessSpread(exact),
  };
  const problems = subject.rules.filter(({ when }) =>
    Object.entries(when).every(([name, [low, high]]) => low <= measures[name] && measures[name] <= high));
  const level = ["changes", "doubtful"].find((l) => problems.some((rule) => rule.level === l)) ?? "keeps";
  const same = CHANGES.every((name) => changes[name] === NO_CHANGE[name]);
  return { subject, original, after, exact, share: others / picture.data.length, measures, problems, level, same };
}

const degrees = (/** @type {number} */ value) => `${signed(value)}°`;
const whole = (/** @type {number} */ value) => percent(value, 0);
const factor = (/** @type {number} */ value) => `× ${fixed(value, 2)}`;

/** @param {View} view */
function settings(view) {
  const top = slider(view, "crop_top",
    { label: "Crop from the top", step: 0.05, format: whole });
  const left = slider(view, "crop_left",
    { label: "Crop from the left", step: 0.05, format: whole });
  view.watch(["crop"], () => {
    // A crop that keeps everything has no place to be at.
    for (const field of [top, left]) field.hidden = view.get("crop") === 1;
  });
  return h("div", { class: "cb-panel cb-settings" },
    choice(view, "source", { label: "Picture", options: names.map((name) => [name, subjects[name].name]) }),
    h("div", { class: "cb-row" },
      toggle(view, "flip_horizontal", { label: "Flip left to right" }),
      toggle(view, "flip_vertical", { label: "Flip upside down" })),
    h("div", { class: "cb-controls" },
      slider(view, "angle", { label: "Rotate", format: degrees }),
      slider(view, "zoom", { label: "Zoom", step: 0.05, format: factor }),
      slider(view, "crop", { label: "Crop to", step: 0.05, format: whole }),
      top, left));
}

/** @param {View} view */
function colours(view) {
  return h("div", { class: "cb-panel cb-settings" },
    h("div", { class: "cb-controls" },
      slider(view, "brightness", { label: "Brightness", step: 0.05, format: signed }),
      slider(view, "contrast", { label: "Contrast", step: 0.05, format: factor }),
      slider(view, "saturation", { label: "Saturation", step: 0.05, format: factor }),
      slider(view, "hue", { label: "Hue", format: degrees })),
    h("div", { class: "cb-row" },
      button("Draw a change at random", () => view.set(drawn())),
      button("No change", () => view.set(NO_CHANGE))));
}

/** A change as training would draw it: mild in each direction, and another every time. */
function drawn() {
  /** @type {(low: number, high: number, step: number) => number} */
  const within = (low, high, step) =>
    Number((Math.round((low + Math.random() * (high - low)) / step) * step).toFixed(2));
  return {
    flip_horizontal: Math.random() < 0.5, flip_vertical: false, angle: within(-20, 20, 1), zoom: within(0.9, 1.2, 0.05),
    crop: within(0.7, 1, 0.05), crop_top: within(0, 1, 0.05), crop_left: within(0, 1, 0.05),
    brightness: within(-0.2, 0.2, 0.05), contrast: within(0.7, 1.3, 0.05), saturation: within(0.6, 1.4, 0.05),
    hue: within(-15, 15, 1),
  };
}

/** @param {View} view @param {Found} found */
function sheets(view, found) {
  const sheet = (/** @type {string} */ title) => {
    const canvas = h("canvas", { role: "img" });
    return { canvas, element: h("figure", {}, canvas, h("figcaption", {}, title)) };
  };
  const before = sheet("in the training set");
  const after = sheet("as the network sees it");
  view.watch([found], () => {
    const { original, after: made, subject } = found.value;
    paintColours(before.canvas, original);
    paintColours(after.canvas, made);
    before.canvas.setAttribute("aria-label", `${subject.name}, labelled ${subject.label}`);
    after.canvas.setAttribute("aria-label", "the same picture after the change");
  });
  return h("div", { class: "cb-sheets" }, before.element, after.element);
}

/** @param {View} view @param {Found} found */
function verdict(view, found) {
  const sign = h("span", { class: "cb-sign", "aria-hidden": "true" });
  const line = result("verdict", { class: "cb-answer" });
  const reasons = h("div", { class: "cb-reasons" });
  const share = result("changed", { tag: "span", live: false });
  const kept = result("kept", { tag: "span", live: false });
  const keras = result("factor", { tag: "p", live: false, class: "cb-note" });
  const box = h("div", { class: "cb-panel cb-verdict" },
    h("div", { class: "cb-line" }, sign, line.element), reasons,
    h("p", { class: "cb-note" }, share.element, " ", kept.element), keras.element);
  view.watch([found], () => {
    const { subject, level, problems, measures, share: others, same } = found.value;
    box.dataset.level = level;
    sign.textContent = VERDICTS[level][0];
    line.show(same ? `The label is “${subject.label}”.` : `The label “${subject.label}” ${VERDICTS[level][1]}.`, level);
    const texts = problems.length > 0 ? problems
      .map(({ why }) => why) : [same ? "Nothing is changed yet." : subject.free];
    reasons.replaceChildren(...texts.map((text) => h("p", {}, text)));
    share.show(`${percent(others)} of the numbers are others than before.`, others);
    kept.show(`${percent(measures.kept, 0)} of the subject is in the frame.`, measures.kept);
    const angle = Math.abs(view.get("angle"));
    keras.show(angle === 0 ? "" : `In Keras a rotation is a share of a full turn: ${number(angle)}° / 360° = ` +
      `${number(angle / 360, 4)}, so RandomRotation(${number(angle / 360, 4)}) turns by up to ${number(angle)}° ` +
        `either way.`, angle / 360);
  });
  return box;
}

/** The networks that know a picture's classes. @type {Partial<Record<string, Asked>>} */
const KNOWN = { cat: NETWORKS.photo, digit: NETWORKS.digit };

/** What a network that was never told of the change makes of it. @param {View} view @param {Found} found */
function asking(view, found) {
  return askingPanel(view, [found, "source"], {
    network: () => KNOWN[view.get("source")],
    unknown: "No network of this book knows the classes of this picture.",
    question: "What does a network say, and does it still say it as you change the picture?",
    answer: (reader, network) => saysWords(network, reader.guesses(found.value.exact)),
  });
}

export default defineWidget({ name: "augmentation-lab", title: "Augmentation lab", build });
