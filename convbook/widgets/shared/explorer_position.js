// One position: its window through all the maps that go in, the filter's slices, and their products.

import { result } from "./controls.js";
import { h, say } from "./dom.js";
import { number, signedFixed } from "./format.js";
import { mosaic, tilesFor } from "./mosaic.js";

/** @typedef {import("./explorer.js").Explorer} Explorer */
/** @typedef {import("./explorer.js").Place} Place */
/** @typedef {import("./taken_apart.js").Apart} Apart */
/** @typedef {import("./taken_apart.js").Term} Term */

/** The largest size among numbers, for colours. @param {Term[]} terms @param {"kernel" | "products"} part */
const sizeOf = (terms, part) => terms.reduce((most, term) =>
  term[part].reduce((a, v) => Math.max(a, Math.abs(v)), most), 0) || 1;

/**
 * What a position does with the maps that go in.
 * @param {import("./taken_apart.js").PlacedNode} node
 * @param {number} inputs
 */
function ruleWords({ op, size }, inputs) {
  const words = /** @type {Record<string, string>} */ ({
    input: "The network gets each pixel, from 0 to 1, times a number plus a number.",
    conv: size === 1 ? `A 1 × 1 convolution reads a single position, and all ${number(inputs)} maps there: it mixes ` +
      "channels and looks at no neighbour." : `The filter has ${size} × ${size} weights for ${inputs === 1
      ? "the one map that goes in" : `each of the ${number(inputs)} maps that go in`}. All products are added up.`,
    depthwise: "A depthwise filter reads its own map only: it looks at neighbours and mixes no channels.",
    pool: "Pooling reads its own map, and keeps the largest number of the window.",
    add: "The shortcut: the same position of two maps is added up.",
    mean: "Global average pooling: the mean of the whole map.",
    dense: `A fully connected layer weighs every number that goes in, ${number(inputs)} maps of them.`,
  });
  return words[op];
}

/**
 * @param {Explorer} explorer
 * @param {(changes: Partial<import("./explorer.js").Traits>) => void} enter
 */
export function positionLevel(explorer, enter) {
  const rule = h("p", { class: "cb-note" });
  const status = result("input", { tag: "p", class: "cb-note cb-line" });
  /** @type {Apart | null} */
  let apart = null;
  const part = (/** @type {string} */ title, /** @type {string} */ label) => {
    const tiles = mosaic(label, {
      count: () => explorer.place().inputs,
      get: () => explorer.place().input,
      set: (tile) => explorer.view.set({ input_channel: tile }),
      open: () => enter({}),
      words: inputWords,
    });
    const ends = h("span");
    return { tiles, ends, element: h("div", { class: "cb-part" },
      h("div", { class: "cb-title-line" }, h("b", {}, title), ends), h("div", { class: "cb-scroll" }, tiles.element)) };
  };
  const parts = [part("What it reads", "What it reads of each map; the arrow keys choose a map, Enter opens its sum"),
    part("× weights", "The weights for each map"), part("= products", "The products for each map")];
  const row = h("div", { class: "cb-three" },
    h("div", { class: "cb-three-parts" }, parts.map(({ element }) => element)));

  /** @param {number} input */
  function inputWords(input) {
    const term = apart?.terms[input];
    if (!term) return `Map ${input}`;
    const { name } = explorer.nodes[term.node];
    const what = apart?.largest ? "its largest is" : "its products add up to";
    const total = apart?.largest ? apart.value : term.sum;
    return `Map ${term.channel} of ${name}: ${what} ${signedFixed(total, 4)}`;
  }

  return {
    element: h("div", { class: "cb-level" }, rule, row, status.element),
    /** @param {Place} place */
    async show(place) {
      await explorer.look();
      const found = await explorer.apart(place);
      if (explorer.passed(place)) return;
      apart = found;
      const { terms } = apart;
      const [{ height, width }] = terms;
      const few = terms.length * height * width <= 81;
      row.classList.toggle("cb-few", few);
      const room = (parts[0].element.clientWidth || 200) - 8;
      const { columns, side } = tilesFor(terms.length, room, 1.5 * room, 6, 84);
      const source = terms[0].node;
      const limits = [explorer.limits[source], sizeOf(terms, "kernel"), sizeOf(terms, "products")];
      const kinds = /** @type {const} */ (["window", "kernel", "products"]);
      parts.forEach(({ tiles, ends, element }, i) => {
        element.hidden = apart?.largest === true && i > 0;
        const both = i > 0 || explorer.signed(source);
        tiles.show({ count: terms.length, height, width, columns, limit: limits[i], signed: both,
          image: explorer.nodes[source].op === "input",
          at: (t, k) => terms[t][kinds[i]][k], gap: height * width === 1 && terms.length > 64 ? 0 : 1 }, side);
        say(ends, both ? `±${number(limits[i], 3)}` : `0 to ${number(limits[i], 3)}`);
      });
      say(rule, ruleWords(place.node, terms.length));
      status.show(`${inputWords(place.input)}.`, place.input);
    },
    focus: () => parts[0].tiles.box.focus({ preventScroll: true }),
  };
}
