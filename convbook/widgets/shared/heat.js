// Painting of heat maps over pictures.

import { colourMap } from "./colour.js";

/** @typedef {{ data: Float32Array, height: number, width: number }} Heat */

/**
 * The cooler a place, the more of the picture shows through, as in explain.overlay.
 * @param {HTMLCanvasElement} canvas
 * @param {Heat} heat
 * @param {number} strength
 */
export function paintHeat(canvas, { data, height, width }, strength) {
  canvas.width = width;
  canvas.height = height;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(width, height);
  const colours = new Uint8Array(colourMap("sequential").packed.buffer);
  data.forEach((value, i) => {
    const at = 4 * Math.round(255 * value);
    image.data.set([colours[at], colours[at + 1], colours[at + 2], 255 * strength * Math.sqrt(value)], 4 * i);
  });
  context.putImageData(image, 0, 0);
}
