// What a heat map is made of: each feature map times its weight α for the class, and the sum of them all.

import { result } from "./controls.js";
import { h, say } from "./dom.js";
import { fixed, number, signedFixed } from "./format.js";
import { colourKey, paintPlane } from "./picture.js";

const WEIGHED_MAPS = 16;
const ALPHA_DIGITS = 3;

/** @typedef {import("./view.js").View<import("../../../types/traits").GradCamViewer>} View */
/** @typedef {import("./looker.js").Looker} Looker */
/** @typedef {import("./picture.js").Pixels} Pixels */

/**
 * The maps of one layer with their weights for one class, those first that change the sum most.
 * @typedef {object} Weighed
 * @property {number} height
 * @property {number} width
 * @property {Float32Array} given (channel, row, column)
 * @property {Float32Array} alpha a weight a channel: the mean of its gradient
 * @property {number[]} order channels
 * @property {Float32Array} total the sum of all maps times their weights
 */

/**
 * @param {Float32Array} given what a layer gave, (channel, row, column)
 * @param {Float32Array} gradient of the class's logit by each of these numbers
 * @param {import("./nodes.js").Shape} shape
 * @returns {Weighed}
 */
export function weighed(given, gradient, { channels, height, width }) {
  const area = height * width;
  const sums = (/** @type {Float32Array} */ values) => Float32Array.from({ length: channels },
    (_, c) => values.subarray(c * area, (c + 1) * area).reduce((sum, v) => sum + v, 0));
  const alpha = sums(gradient).map((sum) => sum / area);
  const share = sums(given).map((sum, c) => Math.abs(sum * alpha[c]));
  const total = new Float32Array(area);
  given.forEach((v, i) => {
    total[i % area] += v * alpha[Math.floor(i / area)];
  });
  return { height, width, given, alpha, total, order: [...share.keys()].sort((a, b) => share[b] - share[a]) };
}

const extentOf = (/** @type {Float32Array} */ values) => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);

/**
 * The maps that count most, each times its weight; one of them can be chosen and is worked out, with the
 * sum of all beside it. Only where the network itself runs here.
 * @param {View} view
 * @param {Looker} looker
 */
export function weightedMaps(view, looker) {
  const title = h("p", { class: "cb-heading" });
  const row = h("div", { class: "cb-maps", role: "group", "aria-label": "Feature maps; choose one to work it out" });
  const key = h("div", { class: "cb-signs" });
  const chain = h("div", { class: "cb-chain" });
  const words = result("weighed", { tag: "p", class: "cb-note" });
  const part = (/** @type {string} */ sign) => {
    const canvas = h("canvas", { role: "img" });
    const caption = h("figcaption", {});
    chain.append(h("span", { class: "cb-sign", "aria-hidden": "true" }, sign), h("figure", {}, canvas, caption));
    return { canvas, caption };
  };
  const [map, product, sum] = ["", "× α =", "… of all:"].map(part);
  const element = h("div", { class: "cb-panel cb-weighed" }, title, row, key, chain, words.element);
  /** @type {{ element: HTMLButtonElement, canvas: HTMLCanvasElement, alpha: HTMLElement, channel: number }[]} */
  const tiles = [];
  /** @type {{ wanted: any[], found: Weighed } | null} */
  let last = null;

  /** @param {import("./network_on.js").Network} network @param {Pixels} colours @param {number} chosen */
  function lookUp(network, colours, chosen) {
    const { at } = looker.layer();
    const wanted = [network, looker.run(network, colours), at, chosen];
    if (!last || last.wanted.some((one, i) => one !== wanted[i])) {
      last = { wanted, found: weighed(network.values(at), network.gradient(at, chosen), network.nodes[at]) };
    }
    return last.found;
  }

  /** @param {Weighed} found @param {number} channel */
  const mapOf = ({ given, height, width }, channel) =>
    ({ data: given.subarray(channel * height * width, (channel + 1) * height * width), height, width });

  /** @param {number} count */
  function makeTiles(count) {
    while (tiles.length < count) {
      const tile = { channel: 0, canvas: h("canvas", {}), alpha: h("span", {}) };
      const made = h("button", { type: "button", class: "cb-map",
        onclick: () => view.set({ feature_map: tiles[index].channel }) }, tile.canvas, tile.alpha);
      const index = tiles.length;
      tiles.push({ ...tile, element: made });
      row.append(made);
    }
  }

  return {
    element,
    /** @param {Pixels} colours @param {number} chosen @param {string} name of the class */
    show(colours, chosen, name) {
      const { network } = looker;
      element.hidden = !network;
      if (!network) return;
      const found = lookUp(network, colours, chosen);
      const { alpha, order, total, height, width } = found;
      const count = Math.min(order.length, WEIGHED_MAPS);
      const wanted = view.get("feature_map");
      const picked = order.includes(wanted) ? wanted : order[0];
      const products = order.slice(0, count).map((c) => mapOf(found, c).data.map((v) => v * alpha[c]));
      const limit = Math.max(...products.map(extentOf)) || 1;
      say(title, `Of the ${number(order.length)} feature maps of this layer (${height} × ${width}), the ${count} ` +
        `that change the score of “${name}” most: each times its weight α`);
      makeTiles(count);
      tiles.forEach((tile, i) => {
        tile.element.hidden = i >= count;
        if (i >= count) return;
        const c = order[i];
        tile.channel = c;
        paintPlane(tile.canvas, { data: products[i], height, width }, "diverging", -limit, limit);
        say(tile.alpha, `α ${signedFixed(alpha[c], ALPHA_DIGITS)}`);
        tile.element.setAttribute("aria-label", `Feature map ${c}, weight ${signedFixed(alpha[c], ALPHA_DIGITS)}`);
        tile.element.setAttribute("aria-pressed", String(c === picked));
      });
      key.replaceChildren(colourKey("diverging", `${fixed(-limit, 2)}: against`, "0", `+${fixed(limit, 2)}: for it`));
      showChain(found, picked, total);
    },
  };

  /** @param {Weighed} found @param {number} c @param {Float32Array} total */
  function showChain(found, c, total) {
    const { alpha, height, width } = found;
    const own = mapOf(found, c);
    const weight = signedFixed(alpha[c], ALPHA_DIGITS);
    const most = extentOf(own.data);
    const times = own.data.map((v) => v * alpha[c]);
    const paint = (/** @type {typeof map} */ { canvas, caption }, /** @type {Float32Array} */ data,
      /** @type {string} */ colours, /** @type {string} */ text) => {
      const limit = extentOf(data) || 1;
      paintPlane(canvas, { data, height, width }, colours, colours === "diverging" ? -limit : 0, limit);
      canvas.setAttribute("aria-label", text);
      say(caption, text);
    };
    paint(map, own.data, "sequential", `map ${c}, up to ${fixed(most, 2)}`);
    paint(product, times, "diverging", `times α = ${weight}`);
    paint(sum, total, "diverging", "the sum of all maps");
    const adds = own.data.reduce((all, v) => all + v, 0) * alpha[c];
    words.show(`Map ${c} ${adds < 0 ? "speaks against" : "speaks for"} the class: its weight α is ${weight}, the ` +
      "mean of the score's derivatives over its positions. Where the sum is above 0, it is the heat map over the " +
      "picture; what lies below is left out.", [c, alpha[c]]);
  }
}
