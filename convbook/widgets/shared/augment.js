// Changes to a picture that should keep its label: twin of convbook/data/augmentation.py.
//
// A picture is { data, height, width }: red, green and blue of each pixel in turn, from 0 to 1.

/** @typedef {{ data: Float64Array, height: number, width: number }} Picture */
/**
 * @typedef {"angle" | "zoom" | "crop" | "crop_top" | "crop_left" | "brightness" | "contrast" |
 *   "saturation" | "hue"} Amount
 */
/** @typedef {Record<Amount, number> & { flip_horizontal: boolean, flip_vertical: boolean }} Changes */

const LUMA = [0.299, 0.587, 0.114];
const TO_YIQ = [LUMA, [0.595716, -0.274453, -0.321263], [0.211456, -0.522591, 0.311135]];
const FROM_YIQ = inverseOf(TO_YIQ);
const POINTS = 21;

/** @param {number} degrees */
const radians = (degrees) => (degrees * Math.PI) / 180;
/** @param {number} value */
const clip = (value) => Math.min(1, Math.max(0, value));

/** @param {number[][]} matrix @returns {number[][]} */
function inverseOf([[a, b, c], [d, e, f], [g, j, k]]) {
  const determinant = a * (e * k - f * j) - b * (d * k - f * g) + c * (d * j - e * g);
  const cofactors = [
    [e * k - f * j, c * j - b * k, b * f - c * e],
    [f * g - d * k, a * k - c * g, c * d - a * f],
    [d * j - e * g, b * g - a * j, a * e - b * d]];
  return cofactors.map((line) => line.map((v) => v / determinant));
}

/** @param {number[][]} a @param {number[][]} b */
const matrixProduct = (a, b) => a.map((line) => b[0].map((_, j) => line.reduce((sum, v, i) => sum + v * b[i][j], 0)));

/**
 * A picture from { rgba, height, width }, as decodePicture gives it.
 * @param {{ rgba: ArrayLike<number>, height: number, width: number }} pixels
 */
export function picturePart({ rgba, height, width }, left = 0, wide = width) {
  const data = new Float64Array(3 * height * wide);
  for (let y = 0, to = 0; y < height; y += 1) {
    for (let x = 0; x < wide; x += 1, to += 3) {
      const from = 4 * (y * width + left + x);
      for (let c = 0; c < 3; c += 1) data[to + c] = rgba[from + c] / 255;
    }
  }
  return { data, height, width: wide };
}

/**
 * The picture as bytes for a canvas, halves rounded up.
 * @param {Picture} picture
 */
export function toRgba({ data, height, width }) {
  const rgba = new Uint8ClampedArray(4 * height * width).fill(255);
  for (let i = 0, to = 0; i < data.length; i += 3, to += 4) {
    for (let c = 0; c < 3; c += 1) rgba[to + c] = Math.floor(data[i + c] * 255 + 0.5);
  }
  return { rgba, height, width };
}

/**
 * Flip, rotate, zoom and crop, then brightness, contrast, saturation and hue; names as in Python.
 * @param {Picture} picture
 * @param {Changes} settings
 */
export function augmentPicture(picture, settings) {
  const seen = warped(picture, settings);
  const { data } = seen;
  for (let i = 0; i < data.length; i += 1) data[i] = clip(data[i] + settings.brightness);
  const mean = brightnessMean(seen);
  for (let i = 0; i < data.length; i += 1) data[i] = clip(mean + settings.contrast * (data[i] - mean));
  const turn = radians(-settings.hue);
  const plane = [[1, 0, 0], [0, Math.cos(turn), -Math.sin(turn)], [0, Math.sin(turn), Math.cos(turn)]];
  const colours = matrixProduct(matrixProduct(FROM_YIQ, plane), TO_YIQ);
  for (let i = 0; i < data.length; i += 3) {
    const grey = brightnessAt(data, i);
    const [r, g, b] = [0, 1, 2].map((c) => clip(grey + settings.saturation * (data[i + c] - grey)));
    for (let c = 0; c < 3; c += 1) data[i + c] = clip(colours[c][0] * r + colours[c][1] * g + colours[c][2] * b);
  }
  return seen;
}

/** @param {Float64Array} data @param {number} i */
const brightnessAt = (data, i) => LUMA[0] * data[i] + LUMA[1] * data[i + 1] + LUMA[2] * data[i + 2];

/** @param {Picture} picture */
function brightnessMean({ data }) {
  let sum = 0;
  for (let i = 0; i < data.length; i += 3) sum += brightnessAt(data, i);
  return sum / (data.length / 3);
}

/**
 * Standard deviation of the brightness of the pixels.
 * @param {Picture} picture
 */
export function brightnessSpread(picture) {
  const mean = brightnessMean(picture);
  let sum = 0;
  for (let i = 0; i < picture.data.length; i += 3) sum += (brightnessAt(picture.data, i) - mean) ** 2;
  return Math.sqrt(sum / (picture.data.length / 3));
}

/** @param {Picture} picture @param {Changes} settings */
function warped({ data, height, width }, settings) {
  const { crop, zoom, crop_top: top, crop_left: left } = settings;
  const [cos, sin] = [Math.cos(radians(settings.angle)), Math.sin(radians(settings.angle))];
  const out = new Float64Array(data.length);
  for (let row = 0, to = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1, to += 3) {
      const u = (((1 - crop) * left + (crop * (column + 0.5)) / width - 0.5) / zoom) * width;
      const v = (((1 - crop) * top + (crop * (row + 0.5)) / height - 0.5) / zoom) * height;
      const x = u * cos - v * sin;
      const y = u * sin + v * cos;
      between(data, height, width, ((settings.flip_vertical ? -y : y) / height + 0.5) * height - 0.5,
        ((settings.flip_horizontal ? -x : x) / width + 0.5) * width - 0.5, out, to);
    }
  }
  return { data: out, height, width };
}

/**
 * Writes the colour between four pixels; beyond the edge lies the picture mirrored there.
 * @param {Float64Array} data
 * @param {number} height
 * @param {number} width
 * @param {number} y
 * @param {number} x
 * @param {Float64Array} out
 * @param {number} to
 */
function between(data, height, width, y, x, out, to) {
  const row = Math.floor(y);
  const column = Math.floor(x);
  const down = y - row;
  const right = x - column;
  const above = mirrored(row, height) * width;
  const below = mirrored(row + 1, height) * width;
  const before = mirrored(column, width);
  const after = mirrored(column + 1, width);
  for (let c = 0; c < 3; c += 1) {
    const upper = data[3 * (above + before) + c] * (1 - right) + data[3 * (above + after) + c] * right;
    const lower = data[3 * (below + before) + c] * (1 - right) + data[3 * (below + after) + c] * right;
    out[to + c] = upper * (1 - down) + lower * down;
  }
}

/** @param {number} index @param {number} size */
function mirrored(index, size) {
  const i = ((index % (2 * size)) + 2 * size) % (2 * size);
  return i < size ? i : 2 * size - 1 - i;
}

/**
 * The share of a box [top, left, bottom, right] of the picture that is still in the frame.
 * @param {number[]} box
 * @param {number[]} size
 * @param {Changes} settings
 */
export function shareInFrame([top, left, bottom, right], [height, width], settings) {
  const [cos, sin] = [Math.cos(radians(settings.angle)), Math.sin(radians(settings.angle))];
  const { zoom, crop } = settings;
  let inside = 0;
  for (let i = 0; i < POINTS; i += 1) {
    for (let j = 0; j < POINTS; j += 1) {
      const fromX = (left + ((right - left) * (j + 0.5)) / POINTS - 0.5) * width;
      const fromY = (top + ((bottom - top) * (i + 0.5)) / POINTS - 0.5) * height;
      const a = settings.flip_horizontal ? -fromX : fromX;
      const b = settings.flip_vertical ? -fromY : fromY;
      const u = (((a * cos + b * sin) / width) * zoom + 0.5 - (1 - crop) * settings.crop_left) / crop;
      const v = (((b * cos - a * sin) / height) * zoom + 0.5 - (1 - crop) * settings.crop_top) / crop;
      if (Math.min(u, v) >= -1e-9 && Math.max(u, v) <= 1 + 1e-9) inside += 1;
    }
  }
  return inside / POINTS ** 2;
}
