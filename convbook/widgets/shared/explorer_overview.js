// The whole network: a tile for every layer, in rows of maps of one size.

import { result } from "./controls.js";
import { h } from "./dom.js";
import { number } from "./format.js";
import { opensByKey, paintMosaic } from "./mosaic.js";
import { colourKey, paintColours } from "./picture.js";
import { operationSigns, operationWords } from "./taken_apart.js";

/** @typedef {import("./explorer.js").Explorer} Explorer */
/** @typedef {import("./explorer.js").Place} Place */

/** @type {Record<string, number>} */
const ACROSS = { ArrowLeft: -1, ArrowRight: 1 };

/** A layer in words. @param {Explorer} explorer @param {number} index */
export function layerInWords({ nodes }, index) {
  const { channels, height, width } = nodes[index];
  const maps = channels === 1 ? "1 map" : `${number(channels)} maps`;
  const shape = height * width === 1 ? `${number(channels)} numbers` : `${maps} of ${height} × ${width}`;
  return `${operationWords(nodes[index])}: ${shape}`;
}

/**
 * @param {Explorer} explorer
 * @param {(changes: Partial<import("./explorer.js").Traits>) => void} enter
 */
export function overview(explorer, enter) {
  const { nodes, view } = explorer;
  const status = result("layer", { tag: "p", class: "cb-note cb-line" });
  const grid = h("div", { class: `cb-layers${nodes.length > 32 ? " cb-many" : ""}`, role: "grid",
    "aria-label": "Layers of the network; the arrow keys choose one, Enter opens it" });
  /** @type {{ element: HTMLElement, canvas: HTMLCanvasElement }[]} */
  const tiles = [];
  /** @type {HTMLElement | null} */
  let line = null;
  nodes.forEach((node, index) => {
    const before = nodes[index - 1];
    const single = node.height * node.width === 1;
    if (!line || before.height !== node.height || before.width !== node.width) {
      line = h("div", { class: "cb-stage-row", role: "row" }, h("div", { class: "cb-size", role: "rowheader" },
        single ? "1 × 1" : `${node.height} × ${node.width}`));
      grid.append(line);
    }
    const canvas = h("canvas", { "aria-hidden": "true" });
    const element = h("div", { class: "cb-tile", role: "gridcell", tabindex: "-1", title: node.name,
      "aria-label": `${node.name}, ${layerInWords(explorer, index)}` }, canvas,
    h("span", { class: "cb-signs", "aria-hidden": "true" }, operationSigns(node)));
    element.addEventListener("click", () => enter({ layer: node.name }));
    tiles.push({ element, canvas });
    line.append(element);
  });
  grid.addEventListener("keydown", (event) => {
    const next = neighbour(tiles.map(({ element }) => element), explorer.place().index, event.key);
    if (next < 0) return;
    event.preventDefault();
    view.set({ layer: nodes[next].name });
    stopAt(next);
    tiles[next].element.focus();
  });
  opensByKey(grid, () => enter({ layer: nodes[explorer.place().index].name }));

  function stopAt(/** @type {number} */ index) {
    tiles.forEach(({ element }, i) => {
      element.tabIndex = i === index ? 0 : -1;
      element.classList.toggle("cb-chosen", i === index);
    });
  }

  /** @type {object | null} */
  let painted = null;
  return {
    element: h("div", { class: "cb-level" }, grid, status.element,
      h("div", { class: "cb-legend" },
        h("span", {}, "Each tile: the four maps of a layer that vary most. Bright is more; each layer's colours end " +
          "at one number, the same for all images."),
        colourKey("sequential", "0", "more"), colourKey("diverging", "below 0", "0", "above"))),
    /** @param {Place} place */
    async show(place) {
      const { index } = place;
      const seen = await explorer.look();
      if (explorer.passed(place)) return;
      if (painted !== seen) {
        seen.tiles.forEach(({ channels, data, height, width }, i) => {
          if (nodes[i].op === "input") return paintColours(tiles[i].canvas, seen.pixels);
          const area = height * width;
          const count = channels.length;
          const look = area === 1 ? { columns: Math.ceil(Math.sqrt(count)), gap: 0 } : { columns: 2 };
          return paintMosaic(tiles[i].canvas, { count, height, width, at: (t, k) => data[t * area + k],
            limit: explorer.limits[i], signed: explorer.signed(i), ...look });
        });
        painted = seen;
      }
      stopAt(index);
      const { name } = nodes[index];
      status.show(`${name} · ${layerInWords(explorer, index)}. A tap or Enter opens it.`, name);
    },
    focus: () => tiles[explorer.place().index].element.focus({ preventScroll: true }),
  };
}

/**
 * The tile that a key leads to, or -1: rows wrap, so up and down go by what lies above and below.
 * @param {HTMLElement[]} elements
 * @param {number} at
 * @param {string} key
 */
function neighbour(elements, at, key) {
  if (key in ACROSS) return Math.max(0, Math.min(elements.length - 1, at + ACROSS[key]));
  if (key === "Home") return 0;
  if (key === "End") return elements.length - 1;
  if (key !== "ArrowUp" && key !== "ArrowDown") return -1;
  const boxes = elements.map((element) => element.getBoundingClientRect());
  const way = key === "ArrowDown" ? 1 : -1;
  const away = boxes.map((box) => way * (box.top - boxes[at].top));
  const beyond = [...boxes.keys()].filter((i) => away[i] > 1);
  const nearest = Math.min(...beyond.map((i) => away[i]));
  return beyond.filter((i) => away[i] < nearest + 1).sort((a, b) =>
    Math.abs(boxes[a].left - boxes[at].left) - Math.abs(boxes[b].left - boxes[at].left))[0] ?? at;
}
