// What NetworkExplorer knows: one network on one image, and the place in it that is looked at.

import { softmax } from "./nodes.js";
import { cutOut, decodePicture, pixelsFor } from "./picture.js";
import { fieldOf, isSigned, sourcesOf, takenApart } from "./taken_apart.js";

/** @typedef {import("../../../types/traits").NetworkExplorer} Traits */
/** @typedef {import("./view.js").View<Traits>} View */
/** @typedef {import("./picture.js").Pixels} Pixels */
/** @typedef {import("./taken_apart.js").PlacedNode} PlacedNode */
/** @typedef {{ name: string, url: string }} NamedPicture */
/** @typedef {{ channels: number[], data: Float32Array, height: number, width: number }} Thumbnails */
/** @typedef {{ side: number, columns: number, channels: Record<string, number[]>, url: string }} ExcitingSheet */

/**
 * What a network's file and the extras say of it.
 * @typedef {object} Opened
 * @property {PlacedNode[]} nodes
 * @property {string[]} labels
 * @property {NamedPicture[]} pictures
 * @property {number[]} limits of the colours, a node
 * @property {NamedPicture[]} photographs to cut patches from
 * @property {ExcitingSheet | undefined} exciting
 */

/**
 * @typedef {object} Place
 * @property {Traits["level"]} level
 * @property {number} index of the node
 * @property {PlacedNode} node
 * @property {number} channel
 * @property {number} row
 * @property {number} column
 * @property {number} input which of the terms of its sum
 * @property {number} inputs how many there are
 */

/** @typedef {{ value: number, photograph: string, pixels: Pixels }} Patch */
/** @typedef {{ values: Float32Array, places: Int32Array }} Peaks */
/** @typedef {{ pixels: Pixels, name: string, logits: number[], shares: number[], tiles: Thumbnails[] }} Seen */

/** @type {Traits["level"][]} */
export const LEVELS = ["network", "layer", "map", "position", "sum"];

const NODES_KEPT = 8; // nodes whose maps are kept, of the image on show
const PATCHES = 6;

export class Explorer {
  /**
   * @param {View} view
   * @param {import("./imagenet_remote.js").Remote} remote
   * @param {Opened} opened
   */
  constructor(view, remote, opened) {
    this.view = view;
    this.remote = remote;
    const { nodes, labels, pictures, limits, photographs, exciting } = opened;
    this.nodes = nodes;
    this.labels = labels;
    this.pictures = pictures;
    this.limits = limits;
    this.photographs = photographs;
    this.exciting = exciting;
    /** @type {(Pixels & { name: string }) | null} */
    this.own = null;
    /** @type {Seen | null} */
    this.seen = null;
    /** @type {{ wanted: string | Pixels, seen: Promise<Seen> } | null} */
    this.looking = null;
    /** @type {Place | null} the place that is being drawn: what comes for another one comes too late */
    this.drawing = null;
    /** The node whose patches are looked for. */
    this.searched = -1;
    this.closed = false;
    /** @type {Map<number, Promise<Float32Array>>} */
    this.kept = new Map();
    /** @type {Map<string, Promise<Float32Array>>} */
    this.filters = new Map();
    /** @type {Map<number, Promise<Peaks[] | null>>} */
    this.tops = new Map();
    /** @type {Promise<{ photograph: number, pixels: Pixels }[]> | undefined} */
    this.cut = undefined;
  }

  /** Where the reader is, within what there is. @returns {Place} */
  place() {
    const { view, nodes } = this;
    const found = nodes.findIndex(({ name }) => name === view.get("layer"));
    const index = found < 0 ? Math.min(1, nodes.length - 1) : found;
    const node = nodes[index];
    const within = (/** @type {number} */ value, /** @type {number} */ size) => Math.max(0, Math.min(size - 1, value));
    const inputs = this.inputsOf(index);
    let level = view.get("level");
    // A single number has no map to look for a position in.
    if (level === "map" && node.height * node.width === 1) level = "position";
    return { level, index, node, inputs, channel: within(view.get("channel"), node.channels),
      row: within(view.get("row"), node.height), column: within(view.get("column"), node.width),
      input: within(view.get("input_channel"), inputs) };
  }

  /** How many maps go into one number of a node. @param {number} index */
  inputsOf(index) {
    const { op } = this.nodes[index];
    const sources = sourcesOf(this.nodes[index]);
    return op === "conv" || op === "dense" ? this.nodes[sources[0]].channels : Math.max(1, sources.length);
  }

  /** Whether a node's numbers go below zero, and with them its colours. @param {number} index */
  signed(index) {
    return isSigned(this.nodes, index);
  }

  pictureIndex() {
    const wanted = this.view.get("picture_index");
    return wanted === -1 && this.own ? -1 : Math.max(0, Math.min(this.pictures.length - 1, wanted));
  }

  /** The image that is to be on show: its address, or the reader's own pixels. */
  wanted() {
    const at = this.pictureIndex();
    return at === -1 ? /** @type {Pixels} */ (this.own) : this.pictures[at].url;
  }

  /** What the network makes of the image on show; it runs if the image has changed. @returns {Promise<Seen>} */
  look() {
    const wanted = this.wanted();
    if (this.looking?.wanted !== wanted) {
      const looking = { wanted, seen: this.see(wanted) };
      this.looking = looking;
      looking.seen.catch(() => {
        if (this.looking === looking) this.looking = null; // the next one tries again
      });
    }
    return /** @type {{ seen: Promise<Seen> }} */ (this.looking).seen;
  }

  /**
   * The network holds one image at a time: where another one is wanted by now, that one is seen instead.
   * @param {string | Pixels} wanted
   * @returns {Promise<Seen>}
   */
  async see(wanted) {
    const at = this.pictureIndex();
    const { name } = at === -1 ? { name: "your image" } : this.pictures[at];
    const given = typeof wanted === "string" ? await decodePicture(wanted) : wanted;
    if (this.wanted() !== wanted) return this.look();
    const pixels = pixelsFor(this.nodes[0], given);
    const { logits, tiles } = await this.remote.ask("see", { rgba: pixels.rgba });
    if (this.wanted() !== wanted) return this.look();
    this.kept.clear();
    this.seen = { pixels: at === -1 ? given : pixels, name, logits: [...logits], shares: softmax(logits), tiles };
    return this.seen;
  }

  /** Whether the reader has gone on from a place while it was being drawn. @param {Place} place */
  passed(place) {
    return this.closed || this.drawing !== place;
  }

  /** What a node gives for the image on show. @param {number} index */
  maps(index) {
    let maps = this.kept.get(index);
    if (!maps) {
      maps = /** @type {Promise<Float32Array>} */ (this.remote.ask("maps", { index }));
      if (this.kept.size >= NODES_KEPT) this.kept.delete([...this.kept.keys()][0]);
      this.kept.set(index, maps);
    }
    return maps;
  }

  /** The weights of one filter. @param {number} index @param {number} filter */
  filter(index, filter) {
    const key = `${index} ${filter}`;
    let weights = this.filters.get(key);
    if (!weights) {
      weights = /** @type {Promise<Float32Array>} */ (this.remote.ask("filter", { index, filter }));
      if (this.filters.size >= NODES_KEPT) this.filters.delete([...this.filters.keys()][0]);
      this.filters.set(key, weights);
    }
    return weights;
  }

  /** The number at a place, taken apart. @param {Place} place */
  async apart({ index, channel, row, column }) {
    const needed = [index, ...sourcesOf(this.nodes[index])];
    const [weights, ...all] = await Promise.all([this.filter(index, channel), ...needed.map((i) => this.maps(i))]);
    const maps = new Map(needed.map((i, k) => [i, all[k]]));
    return takenApart(this.nodes, index, channel, row, column,
      (i) => /** @type {Float32Array} */ (maps.get(i)), weights);
  }

  /** Of the maps that go into a number, the one with the largest share. @param {Place} place */
  async strongest(place) {
    const sizes = (await this.apart(place)).terms.map(({ sum }) => Math.abs(sum));
    return sizes.indexOf(Math.max(...sizes));
  }

  /** The part of the image that a place can see. @param {Place} place */
  field({ index, row, column }) {
    return fieldOf(this.nodes, index, row, column);
  }

  /** The recorded image that excites a channel most, or null. @param {Place} place @returns {Promise<Pixels | null>} */
  async excitingImage({ node, channel }) {
    const { exciting } = this;
    if (!exciting) return null;
    let number = 0;
    for (const [layer, channels] of Object.entries(exciting.channels)) {
      const at = channels.indexOf(channel);
      if (layer === node.name && at >= 0) {
        const sheet = await decodePicture(exciting.url);
        const { side, columns } = exciting;
        const found = number + at;
        return cutOut(sheet, Math.floor(found / columns) * side, (found % columns) * side, side, side);
      }
      number += channels.length;
    }
    return null;
  }

  /** The pieces of the photographs that are shown to the network: whole, and in parts. */
  pieces() {
    this.cut ??= (async () => {
      const { height, width } = this.nodes[0];
      const parts = height <= 64 ? [1, 2, 4] : [1, 2];
      const pieces = [];
      for (const [photograph, { url }] of this.photographs.entries()) {
        const whole = await decodePicture(url);
        for (const part of parts) {
          const size = whole.width / part;
          for (let i = 0; i < part * part; i += 1) {
            const [top, left] = [Math.floor(i / part) * size, (i % part) * size];
            const pixels = cutOut(whole, top, left, size, size, height, width);
            pieces.push({ photograph, pixels });
          }
        }
      }
      return pieces;
    })();
    return this.cut;
  }

  /**
   * The patches of the photographs that excite a channel most: what each piece's largest number sees.
   * None once the reader looks for those of another layer.
   * @param {Place} place
   * @returns {Promise<Patch[]>}
   */
  async patches({ index, channel, node }) {
    this.searched = index;
    let found = this.tops.get(index);
    if (!found) {
      found = this.findPeaks(index);
      this.tops.set(index, found);
    }
    const [pieces, peaks] = [await this.pieces(), await found];
    if (!peaks) return [];
    const best = [...pieces.keys()].sort((a, b) => peaks[b].values[channel] - peaks[a].values[channel]);
    return best.slice(0, PATCHES).map((i) => {
      const { pixels, photograph } = pieces[i];
      const at = peaks[i].places[channel];
      const { top, left, bottom, right } = fieldOf(this.nodes, index, Math.floor(at / node.width), at % node.width);
      const [y, x] = [Math.max(0, top), Math.max(0, left)];
      const pixelsOfPatch = cutOut(pixels, y, x, Math.min(pixels.height, bottom + 1) - y,
        Math.min(pixels.width, right + 1) - x);
      return { value: peaks[i].values[channel], photograph: this.photographs[photograph].name, pixels: pixelsOfPatch };
    });
  }

  /**
   * For every piece, the largest number of each channel of a node and where it is; null where the
   * reader has gone on to another node, or away.
   * @param {number} index
   */
  async findPeaks(index) {
    const found = [];
    for (const { pixels } of await this.pieces()) {
      if (this.closed || this.searched !== index) {
        this.tops.delete(index);
        return null;
      }
      // Where there is no worker, the page may draw in between.
      if (!this.remote.apart) await new Promise((done) => setTimeout(done));
      found.push(/** @type {Peaks} */ (await this.remote.ask("peaks", { rgba: pixels.rgba, index })));
    }
    return found;
  }

  close() {
    this.closed = true;
    this.remote.close();
  }
}
