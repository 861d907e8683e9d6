// One layer: all its maps.

import { choice, result } from "./controls.js";
import { h, say } from "./dom.js";
import { fixed, number, percent } from "./format.js";
import { mosaic, tilesFor } from "./mosaic.js";
import { colourKey } from "./picture.js";
import { layerInWords } from "./explorer_overview.js";

/** @typedef {import("./explorer.js").Explorer} Explorer */
/** @typedef {import("./explorer.js").Place} Place */

const MAPS_TALL = 400; // pixels that the maps of a layer fill, where they are not too many

/** A number of a layer's colours. @param {Explorer} explorer @param {number} index */
export function limitKey(explorer, index) {
  const limit = number(explorer.limits[index], 2);
  return explorer.signed(index) ? colourKey("diverging", `−${limit}`, "0", limit)
    : colourKey("sequential", "0", limit);
}

/**
 * @param {Explorer} explorer
 * @param {(changes: Partial<import("./explorer.js").Traits>) => void} enter
 */
export function layerLevel(explorer, enter) {
  const { view, nodes } = explorer;
  const title = h("p", { class: "cb-heading" });
  const status = result("map", { tag: "p", class: "cb-note cb-line" });
  const key = h("div", { class: "cb-key" });
  /** @type {ReturnType<typeof measured> | null} */
  let now = null;
  let painted = "";
  /** @type {object | null} */
  let shownImage = null;
  const current = () => now?.places[explorer.place().channel] ?? 0;
  const maps = mosaic("Maps of the layer; the arrow keys choose one, Enter opens it", {
    count: () => explorer.place().node.channels,
    get: current,
    set: (tile) => view.set({ channel: now?.order[tile] ?? tile }),
    open: () => enter({}),
    words: (tile) => wordsOf(now?.order[tile] ?? tile),
  });
  const box = h("div", { class: "cb-scroll cb-maps-box" }, maps.element);
  const order = choice(view, "order",
    { label: "Order", options: [["index", "by number"], ["activity", "most active first"]] });

  /** @param {number} channel */
  function wordsOf(channel) {
    const { node } = explorer.place();
    if (node.height * node.width === 1) {
      const label = node.op === "dense" && nodes[nodes.length - 1] === node ? explorer.labels[channel] : "";
      const share = label ? `, ${percent(explorer.seen?.shares[channel] ?? 0)} after softmax` : "";
      return `Number ${channel}${label ? `, “${label}”` : ""}: ${fixed(now?.most[channel] ?? 0, 2)}${share}`;
    }
    if (!now) return `Map ${channel}`;
    const at = now.where[channel];
    return `Map ${channel}: largest ${fixed(now.most[channel], 2)}, at row ${Math.floor(at / node.width)}, column ${
      at % node.width}; mean ${fixed(now.means[channel], 2)}`;
  }

  return {
    element: h("div", { class: "cb-level" }, h("div", { class: "cb-row" }, h("div", { class: "cb-grow" }, title, key),
      order), box, status.element),
    /** @param {Place} place */
    async show(place) {
      const { index, node } = place;
      const seen = await explorer.look();
      const data = await explorer.maps(index);
      if (explorer.passed(place)) return;
      const width = box.clientWidth || 640;
      const wanted = `${index} ${view.get("order")} ${width}`;
      if (wanted !== painted || seen !== shownImage) {
        const area = node.height * node.width;
        now = measured(data, node, view.get("order"));
        const { order: shown } = now;
        const { columns, side } = tilesFor(node.channels, width - 8, MAPS_TALL);
        maps.show({ count: node.channels, height: node.height, width: node.width, columns,
          at: (t, i) => data[shown[t] * area + i], limit: explorer.limits[index], signed: explorer.signed(index) },
        side);
        say(title, sentence(layerInWords(explorer, index)));
        key.replaceChildren(limitKey(explorer, index));
        [painted, shownImage] = [wanted, seen];
      } else maps.mark();
      scrollWithin(box, maps.box);
      status.show(`${wordsOf(place.channel)}.`, place.channel);
    },
    focus: () => maps.box.focus({ preventScroll: true }),
  };
}

const sentence = (/** @type {string} */ words) => words.charAt(0).toUpperCase() + words.slice(1);

/**
 * Scrolls a box, and not the page, until an element in it is in sight.
 * @param {HTMLElement} box
 * @param {HTMLElement} element
 */
function scrollWithin(box, element) {
  const [outer, inner] = [box.getBoundingClientRect(), element.getBoundingClientRect()];
  box.scrollTop += Math.min(0, inner.top - outer.top - 4) + Math.max(0, inner.bottom - outer.bottom + 4);
}

/** @param {Float32Array} data @param {import("./nodes.js").Shape} shape @param {string} order */
function measured(data, { channels, height, width }, order) {
  const area = height * width;
  const [most, means, where] = [new Float32Array(channels), new Float32Array(channels), new Int32Array(channels)];
  for (let c = 0; c < channels; c += 1) {
    let sum = 0;
    most[c] = -Infinity;
    for (let i = 0; i < area; i += 1) {
      const value = data[c * area + i];
      sum += value;
      if (value > most[c]) [most[c], where[c]] = [value, i];
    }
    means[c] = sum / area;
  }
  const sorted = [...means.keys()];
  if (order === "activity") sorted.sort((a, b) => means[b] - means[a] || a - b);
  /** @type {number[]} */
  const places = [];
  sorted.forEach((channel, tile) => {
    places[channel] = tile;
  });
  return { order: sorted, places, most, means, where };
}
