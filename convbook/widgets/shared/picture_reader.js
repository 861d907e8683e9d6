// The book's own networks, asked about one picture: fetched on the tap that asks.

import { readHalves, readSingles, softmax } from "./nodes.js";
import { openEngine } from "./open_network.js";
import { meanShares, prepareDigit } from "./prepare_digit.js";

/** @typedef {import("./augment.js").Picture} Picture */
/** @typedef {{ nodes: any[], form: "<f2" | "<f4", weights: string, classes: string[] }} Shipped */
/** @typedef {{ name: string, share: number }} Guess */

/**
 * A network as a page has fetched it, with `words` on what it runs on, where a reader should know.
 * @param {string} text JSON of Shipped, its weights in base64
 */
export async function openReader(text) {
  const { nodes, form, weights, classes } = /** @type {Shipped} */ (JSON.parse(text));
  const bytes = new DataView(Uint8Array.from(atob(weights), (c) => c.charCodeAt(0)).buffer);
  const { open, words } = await openEngine();
  const network = open(nodes, form === "<f2" ? readHalves(bytes) : readSingles(bytes));
  const { channels, height } = nodes[0];
  /**
   * Its classes for numbers as it takes them, (channel, row, column), 0 to 1; the likeliest first.
   * @param {ArrayLike<number>} pixels
   * @returns {Guess[]}
   */
  const guessesOf = (pixels) => softmax(network.run(Float32Array.from(pixels)))
    .map((share, i) => ({ name: classes[i], share })).sort((a, b) => b.share - a.share);
  /** The same for a picture of any size, prepared as the network's own were. @param {Picture} picture */
  const guesses = (picture) => guessesOf(channels === 1
    ? prepareDigit(greyOf(picture), picture.height, picture.width) : smaller(picture, height));
  return { words, guesses, guessesOf };
}

/** The mean of the three colours of each pixel. @param {Picture} picture */
const greyOf = ({ data }) => Float64Array.from({ length: data.length / 3 },
  (_, i) => (data[3 * i] + data[3 * i + 1] + data[3 * i + 2]) / 3);

/**
 * A square picture of `side` pixels, (channel, row, column), each pixel the mean of what it covers.
 * @param {Picture} picture
 * @param {number} side
 */
function smaller({ data, height, width }, side) {
  const [down, across] = [meanShares(side, height), meanShares(side, width)];
  const lines = new Float64Array(side * width * 3);
  down.forEach((shares, row) => shares.forEach((share, y) => {
    if (share === 0) return;
    for (let i = 0; i < 3 * width; i += 1) lines[row * 3 * width + i] += share * data[y * 3 * width + i];
  }));
  const out = new Float64Array(3 * side * side);
  across.forEach((shares, column) => shares.forEach((share, x) => {
    if (share === 0) return;
    for (let row = 0; row < side; row += 1) {
      for (let c = 0; c < 3; c += 1) {
        out[(c * side + row) * side + column] += share * lines[(row * width + x) * 3 + c];
      }
    }
  }));
  return out;
}
