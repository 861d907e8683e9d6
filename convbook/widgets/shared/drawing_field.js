// A field to draw in with mouse, finger or pen, handed over as colours.

import { button } from "./controls.js";
import { h } from "./dom.js";

/**
 * @param {number} side pixels of the square that `use` gets
 * @param {(rgba: Uint8ClampedArray) => void} use
 */
export function drawingField(side, use) {
  const canvas = h("canvas",
    { width: side, height: side, class: "cb-drawing", "aria-label": "Draw here with mouse or finger" });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  const colour = h("input", { type: "color", value: "#1c4f8a", "aria-label": "Colour of the brush" });
  const clear = () => {
    context.fillStyle = "#dfe7ee";
    context.fillRect(0, 0, side, side);
  };
  clear();
  /** @type {[number, number] | null} */
  let last = null;
  /** @param {PointerEvent} event @returns {[number, number]} */
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * side, ((event.clientY - box.top) / box.height) * side];
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    last = place(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last) return;
    const next = place(event);
    Object.assign(context, { strokeStyle: colour.value, lineWidth: side / 13, lineCap: "round" });
    context.beginPath();
    context.moveTo(...last);
    context.lineTo(...next);
    context.stroke();
    last = next;
    use(context.getImageData(0, 0, side, side).data);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      last = null;
    });
  }
  const element = h("div", { class: "cb-field" }, h("span", { class: "cb-label" }, "Or draw something"), canvas,
    h("div", { class: "cb-row" }, colour, button("Clear", clear)));
  return { element };
}
