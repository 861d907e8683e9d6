// Photographs in and out of the page: decoding, the reader's own picture, and painting.

import { cssOf } from "./colour.js";
import { h } from "./dom.js";
import { number } from "./format.js";
import { followNoLonger, paintWith } from "./scheme.js";

/** @typedef {{ rgba: ArrayLike<number>, height: number, width: number }} Pixels */
/** @typedef {{ longest?: number, square?: boolean }} Reduced */

// A telephone's camera takes up to 200 megapixels: they are shrunk here, and only a file that would
// fill the memory is refused.
const MOST_BYTES = 100e6;
const MOST_PIXELS = 250e6;

/**
 * The colours of an image file or data URL as { rgba, height, width }, reduced so that its longer
 * side is at most `longest` pixels; `square` cuts it to its middle first.
 * @param {string} url
 * @param {Reduced} options
 */
export async function decodePicture(url, { longest = Infinity, square = false } = {}) {
  const image = new Image();
  image.src = url;
  await image.decode();
  return drawDown(image, longest, square);
}

/** @param {HTMLCanvasElement} canvas @param {CanvasRenderingContext2DSettings} [settings] */
const drawingOn = (canvas, settings) =>
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", settings));

/**
 * @param {HTMLImageElement} image
 * @param {number} longest
 * @param {boolean} square
 */
function drawDown(image, longest, square) {
  const { naturalWidth, naturalHeight } = image;
  const side = Math.min(naturalWidth, naturalHeight);
  const [cutWidth, cutHeight] = square ? [side, side] : [naturalWidth, naturalHeight];
  const scale = Math.min(1, longest / Math.max(cutWidth, cutHeight));
  const width = Math.max(1, Math.round(cutWidth * scale));
  const height = Math.max(1, Math.round(cutHeight * scale));
  const canvas = h("canvas", { width, height });
  const context = drawingOn(canvas, { willReadFrequently: true });
  // A transparent picture lies on white paper.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(image, (naturalWidth - cutWidth) / 2, (naturalHeight - cutHeight) / 2, cutWidth,
    cutHeight, 0, 0, width, height);
  return { rgba: context.getImageData(0, 0, width, height).data, height, width };
}

/**
 * Brightness 0 to 255 of each pixel, whole numbers (ITU-R BT.601), as a plane.
 * @param {Pixels} pixels
 */
export function greyPlane({ rgba, height, width }) {
  const grey = { data: new Float64Array(height * width), height, width };
  for (let i = 0; i < grey.data.length; i += 1) {
    const at = 4 * i;
    grey.data[i] = Math.round(0.299 * rgba[at] + 0.587 * rgba[at + 1] + 0.114 * rgba[at + 2]);
  }
  return grey;
}

/**
 * Reads a file that a person chose. Resolves to a picture as decodePicture gives it, and rejects
 * with an Error whose message says in words what is wrong with the file and what would do.
 * @param {File} file
 * @param {Reduced} [options]
 */
export async function readPictureFile(file, options) {
  const wanted = "choose a photograph as JPEG, PNG or WebP";
  const name = `“${file.name.slice(0, 40)}”`;
  if (file.size === 0) throw new Error(`${name} is empty; ${wanted}`);
  if (file.size > MOST_BYTES) {
    throw new Error(`${name} has ${number(file.size / 1e6, 1)} megabytes; ${wanted}, up to ` +
      `${MOST_BYTES / 1e6} megabytes`);
  }
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = () => reject(new Error(`${name} is not a picture this browser can read; ${wanted}`));
    });
    // Its size is known before its pixels are unpacked: a huge one is never unpacked.
    const pixels = image.naturalWidth * image.naturalHeight;
    if (pixels > MOST_PIXELS) {
      throw new Error(`${name} has ${number(pixels / 1e6, 1)} megapixels; ${wanted}, up to ` +
        `${MOST_PIXELS / 1e6} megapixels`);
    }
    if (pixels === 0) throw new Error(`${name} has no size of its own; ${wanted}`);
    return drawDown(image, options?.longest ?? Infinity, options?.square ?? false);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * A button that takes the reader's own picture and hands it to `use(picture)`. It stays in the
 * reader's browser. What cannot be read is answered in words below the button.
 * @param {(picture: Pixels) => void} use
 * @param {Reduced & { label?: string }} options
 */
export function pictureInput(use, { label = "Your own picture …", longest = 256, square = false } = {}) {
  const message = h("div", { class: "cb-problem", role: "status", "data-cb": "picture-problem" });
  const input = h("input", { type: "file", accept: "image/*", "aria-label": label, class: "cb-file" });
  let turn = 0;
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    if (!file) return;
    const mine = (turn += 1);
    try {
      const picture = await readPictureFile(file, { longest, square });
      if (mine !== turn) return; // a later file was read sooner
      message.textContent = "";
      use(picture);
    } catch (error) {
      if (mine !== turn) return;
      message.textContent = `${/** @type {Error} */ (error).message}.`;
    }
    input.value = ""; // so that the same file can be chosen again
  });
  return h("div", { class: "cb-field cb-picture-input" },
    h("label", { class: "cb-button" }, h("span", {}, label), input), message);
}

/** @type {WeakMap<HTMLCanvasElement, { image: ImageData, packed: Uint32Array }>} */
const imagesOf = new WeakMap();

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} height
 * @param {number} width
 */
function imageOf(canvas, height, width) {
  let kept = imagesOf.get(canvas);
  if (!kept || kept.image.height !== height || kept.image.width !== width) {
    canvas.width = width;
    canvas.height = height;
    const image = drawingOn(canvas).createImageData(width, height);
    kept = { image, packed: new Uint32Array(image.data.buffer) };
    imagesOf.set(canvas, kept);
  }
  return kept;
}

/**
 * Paints a plane on a canvas, one canvas pixel a number, in a colour map ("grey", "sequential",
 * "diverging") that runs from `low` to `high`. With `absolute`, signs are dropped first. What is not
 * a number stays blank.
 * @param {HTMLCanvasElement} canvas
 * @param {{ data: ArrayLike<number>, height: number, width: number }} plane
 * @param {string} map
 * @param {number} low
 * @param {number} high
 */
export function paintPlane(canvas, plane, map, low, high, absolute = false) {
  paintWith(canvas, map, (colours) => putPlane(canvas, plane, colours, low, high, absolute));
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{ data: ArrayLike<number>, height: number, width: number }} plane
 * @param {Uint32Array} colours
 * @param {number} low
 * @param {number} high
 * @param {boolean} absolute
 */
function putPlane(canvas, { data, height, width }, colours, low, high, absolute) {
  const { image, packed } = imageOf(canvas, height, width);
  const scale = high > low ? 255 / (high - low) : 0;
  const offset = high > low ? 0.5 - low * scale : 127.5;
  for (let i = 0; i < data.length; i += 1) {
    const value = absolute && data[i] < 0 ? -data[i] : data[i];
    const index = (value * scale + offset) | 0;
    const most = index > 255 ? 255 : index;
    packed[i] = Number.isNaN(value) ? 0 : colours[most < 0 ? 0 : most];
  }
  drawingOn(canvas).putImageData(image, 0, 0);
}

/**
 * Paints { rgba, height, width } on a canvas, one canvas pixel a pixel.
 * @param {HTMLCanvasElement} canvas
 * @param {Pixels} pixels
 */
export function paintColours(canvas, { rgba, height, width }) {
  followNoLonger(canvas);
  const { image } = imageOf(canvas, height, width);
  image.data.set(rgba);
  drawingOn(canvas).putImageData(image, 0, 0);
}

/**
 * A part of a picture, drawn larger or smaller where another size is asked for.
 * @param {Pixels} pixels
 * @param {number} top
 * @param {number} left
 * @param {number} height
 * @param {number} width
 * @param {number} tall
 * @param {number} wide
 */
export function cutOut(pixels, top, left, height, width, tall = Math.round(height), wide = Math.round(width)) {
  const [from, to] = [h("canvas"), h("canvas", { width: wide, height: tall })];
  paintColours(from, pixels);
  const context = drawingOn(to, { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(from, left, top, width, height, 0, 0, wide, tall);
  return { rgba: context.getImageData(0, 0, wide, tall).data, height: tall, width: wide };
}

/**
 * A picture as a network takes it: of its size, and grey for one that reads a single channel.
 * @param {{ channels: number, height: number, width: number }} input
 * @param {Pixels} pixels
 * @returns {Pixels}
 */
export function pixelsFor({ channels, height, width }, pixels) {
  const fits = pixels.height === height && pixels.width === width;
  const sized = fits ? pixels : cutOut(pixels, 0, 0, pixels.height, pixels.width, height, width);
  if (channels > 1) return sized;
  const { data } = greyPlane(sized);
  return { height, width, rgba: Uint8ClampedArray.from(sized.rgba, (v, i) => (i % 4 === 3 ? v : data[i >> 2])) };
}

/**
 * The colour map as a strip with its ends named: colourKey("diverging", "−765", "0", "+765").
 * @param {string} map
 * @param {string[]} labels
 */
export function colourKey(map, ...labels) {
  const stops = Array.from({ length: 16 }, (_, i) => cssOf(map, 17 * i)).join(",");
  return h("div", { class: "cb-colour-key" },
    h("div", { class: "cb-strip", style: `background:linear-gradient(90deg,${stops})` }),
    h("div", { class: "cb-ends" }, labels.map((label) => h("span", {}, label))));
}
