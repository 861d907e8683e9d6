// A network looked into, map by map: what NetworkExplorer asks for. It runs beside the network.

import { nodeNames } from "./taken_apart.js";

/** @typedef {import("./network_on.js").Network} Network */

const TILE = 28; // pixels of a thumbnail, at most
const THUMBNAILS = 4;
const NUMBERS = 100; // of a layer that gives no maps

/**
 * @param {() => Network} open makes the network, or gives the one that is there
 */
export function exploring(open) {
  /** @type {Uint8ClampedArray | null} */
  let current = null;
  /** @type {ArrayLike<number> | null} */
  let ran = null;

  /** The network, holding what the image on show gave. */
  function network() {
    const one = open();
    if (current && ran !== current) one.runColours((ran = current));
    return one;
  }

  return {
    /** The nodes with their shapes and names, and without weights. */
    describe() {
      const { nodes } = open();
      const names = nodeNames(nodes);
      return nodes.map((node, i) => {
        const { op, from, channels, height, width, size, stride, pad, padEnd, relu, ceiling, offset, bias } = node;
        const scale = op === "input" ? node.scale : undefined;
        return { op, from, channels, height, width, size, stride, pad, padEnd, relu, ceiling, offset, bias, scale,
          name: names[i] };
      });
    },

    /**
     * Runs an image: its logits, and of each node the maps that vary most.
     * @param {{ rgba: Uint8ClampedArray }} wish
     */
    see({ rgba }) {
      current = rgba;
      const one = network();
      const tiles = one.nodes.map((node, i) => thumbnails(one.values(i), node));
      return { logits: one.values(one.nodes.length - 1), tiles };
    },

    /** What a node gave, (channel, row, column). @param {{ index: number }} wish */
    maps({ index }) {
      return network().values(index);
    },

    /** The weights of one filter: (channel, row, column). @param {{ index: number, filter: number }} wish */
    filter({ index, filter }) {
      const one = open();
      const node = one.nodes[index];
      if (!["conv", "depthwise", "dense"].includes(node.op)) return new Float32Array(0);
      const all = one.weights(index);
      const taps = all.length / node.out;
      return all.slice(filter * taps, (filter + 1) * taps);
    },

    /**
     * Of each map of a node, its largest number on another image, and where.
     * @param {{ rgba: Uint8ClampedArray, index: number }} wish
     */
    peaks({ rgba, index }) {
      const one = open();
      one.runColours((ran = rgba));
      const { channels, height, width } = one.nodes[index];
      const maps = one.values(index);
      const area = height * width;
      const [values, places] = [new Float32Array(channels), new Int32Array(channels)];
      for (let c = 0; c < channels; c += 1) {
        let best = c * area;
        for (let i = best + 1; i < (c + 1) * area; i += 1) if (maps[i] > maps[best]) best = i;
        values[c] = maps[best];
        places[c] = best - c * area;
      }
      return { values, places };
    },
  };
}

/**
 * The maps that vary most, made small: each number is the mean of what it covers. Where a layer gives
 * single numbers, the first of them.
 * @param {Float32Array} maps
 * @param {import("./nodes.js").Shape} shape
 */
function thumbnails(maps, { channels, height, width }) {
  const area = height * width;
  const spreads = Array.from({ length: channels }, (_, c) => {
    let [sum, squares] = [0, 0];
    for (let i = c * area; i < (c + 1) * area; i += 1) {
      sum += maps[i];
      squares += maps[i] ** 2;
    }
    return squares / area - (sum / area) ** 2;
  });
  const chosen = area === 1 ? [...spreads.keys()].slice(0, NUMBERS)
    : [...spreads.keys()].sort((a, b) => spreads[b] - spreads[a]).slice(0, THUMBNAILS).sort((a, b) => a - b);
  const step = Math.ceil(Math.max(height, width) / TILE);
  const [rows, columns] = [Math.ceil(height / step), Math.ceil(width / step)];
  const data = new Float32Array(chosen.length * rows * columns);
  chosen.forEach((c, k) => {
    for (let y = 0; y < rows; y += 1) {
      for (let x = 0; x < columns; x += 1) {
        const [bottom, right] = [Math.min(height, (y + 1) * step), Math.min(width, (x + 1) * step)];
        let sum = 0;
        for (let i = y * step; i < bottom; i += 1) {
          for (let j = x * step; j < right; j += 1) sum += maps[c * area + i * width + j];
        }
        data[(k * rows + y) * columns + x] = sum / ((bottom - y * step) * (right - x * step));
      }
    }
  });
  return { channels: chosen, data, height: rows, width: columns };
}
