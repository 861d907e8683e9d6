// One feature map beside the image: the position that is looked at, and what of the image it can see.

import { result } from "./controls.js";
import { h, say } from "./dom.js";
import { fixed } from "./format.js";
import { pictureFrame } from "./frame.js";
import { limitKey } from "./explorer_layer.js";
import { opensByKey } from "./mosaic.js";
import { paintColours, paintPlane } from "./picture.js";

/** @typedef {import("./explorer.js").Explorer} Explorer */
/** @typedef {import("./explorer.js").Place} Place */

/**
 * @param {Explorer} explorer
 * @param {(changes: Partial<import("./explorer.js").Traits>) => void} enter
 */
export function mapContext(explorer, enter) {
  const { view } = explorer;
  const map = pictureFrame("Feature map", "Positions of the feature map; the arrow keys choose one, Enter opens it");
  const image = pictureFrame("Image", "The image");
  image.canvas.setAttribute("role", "img");
  image.canvas.removeAttribute("aria-hidden");
  const words = result("position", { tag: "p", class: "cb-note cb-line" });
  const key = h("div", { class: "cb-key" });
  const mark = map.point({
    size: () => [explorer.place().node.height, explorer.place().node.width],
    get: () => [explorer.place().row, explorer.place().column],
    set: ([row, column]) => view.set({ row, column }),
    hover: false,
  });
  const open = () => explorer.place().level === "map" && enter({});
  map.sheet.addEventListener("click", open);
  opensByKey(map.sheet, open);
  let painted = "";
  /** @type {object | null} */
  let shownImage = null;
  return {
    element: h("div", { class: "cb-context" },
      h("div", { class: "cb-pictures" }, h("div", {}, map.element, key), image.element), words.element),
    focus: () => /** @type {HTMLElement} */ (map.sheet.querySelector(".cb-box")).focus({ preventScroll: true }),
    /** @param {Place} place */
    async show(place) {
      const { index, node, channel, row, column } = place;
      const seen = await explorer.look();
      const maps = await explorer.maps(index);
      if (explorer.passed(place)) return;
      const { height, width } = node;
      const data = maps.subarray(channel * height * width, (channel + 1) * height * width);
      const limit = explorer.limits[index];
      const wanted = `${index} ${channel}`;
      if (painted !== wanted || shownImage !== seen) {
        const { name, pixels } = seen;
        const signed = explorer.signed(index);
        const plane = { data, height, width };
        paintPlane(map.canvas, plane, signed ? "diverging" : "sequential", signed ? -limit : 0, limit);
        map.scale({ height, width }, [height, width]);
        paintColours(image.canvas, pixels);
        image.scale(pixels, [pixels.height, pixels.width]);
        image.canvas.setAttribute("aria-label", `The image, ${name}`);
        key.replaceChildren(limitKey(explorer, index));
        [painted, shownImage] = [wanted, seen];
      }
      map.size.show(`${height} × ${width}`);
      map.mark(row / height, column / width, 1 / height, 1 / width);
      mark();
      const field = explorer.field(place);
      const [tall, wide] = [explorer.nodes[0].height, explorer.nodes[0].width];
      const [top, left] = [Math.max(0, field.top), Math.max(0, field.left)];
      const [bottom, right] = [Math.min(tall, field.bottom + 1), Math.min(wide, field.right + 1)];
      image.mark(top / tall, left / wide, (bottom - top) / tall, (right - left) / wide);
      const [high, across] = [field.bottom - field.top + 1, field.right - field.left + 1];
      const over = high > bottom - top || across > right - left;
      image.size.show(`sees ${high} × ${across}`);
      const value = data[row * width + column];
      words.show(`Row ${row}, column ${column}: activation ${fixed(value, 4)}. It sees ${high} × ${across} pixels of ` +
        `the image${over ? ", part of them beyond its edge" : ""}.`, value);
      say(/** @type {Element} */ (map.element.querySelector("b")), `Map ${channel}`);
    },
  };
}
