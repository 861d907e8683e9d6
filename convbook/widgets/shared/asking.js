// A panel that asks one of the book's networks about what a widget shows; the tap fetches it.

import { button, result } from "./controls.js";
import { h } from "./dom.js";
import { fetched, fetchedCode } from "./fetched.js";
import { megabytes, percent } from "./format.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {Awaited<ReturnType<typeof import("./picture_reader.js").openReader>>} Reader */
/** @typedef {import("./picture_reader.js").Guess} Guess */
/** @typedef {{ words: string, trait: string, size: number }} Asked the trait it travels in, bytes of its weights */

export const NETWORKS = {
  photo: { words: "the chapter's network for CIFAR-10", trait: "_photo_network", size: 564_320 },
  digit: { words: "the network of section 10, trained on MNIST", trait: "_digit_network", size: 29_600 },
};

/**
 * What a network says, in a sentence, and the first guess of it as a value.
 * @param {Asked} network
 * @param {Guess[]} guesses the likeliest first
 * @returns {[string, [string, number]]}
 */
export function saysWords({ words }, [first, second]) {
  return [`${words[0].toUpperCase()}${words.slice(1)}, says ${first.name}, ${percent(first.share, 0)}; ` +
    `then ${second.name}, ${percent(second.share, 0)}.`, [first.name, first.share]];
}

/**
 * The panel: a question with a button that names the network and its size, then the answer, anew
 * whenever one of `sources` changes. `network()` is the one that knows what the widget shows; where
 * there is none, the panel says `unknown`. `answer(reader, network)` returns words and their value.
 * @param {View} view
 * @param {readonly any[]} sources traits and computed values
 * @param {object} asked
 * @param {() => Asked | undefined} asked.network
 * @param {string} asked.unknown
 * @param {string} asked.question
 * @param {(reader: Reader, network: Asked) => [string, any]} asked.answer
 */
export function askingPanel(view, sources, { network, unknown, question, answer }) {
  /** @type {Map<Asked, Reader>} */
  const readers = new Map();
  const state = result("network-says", { tag: "p" });
  const note = h("p", { class: "cb-note" });
  const show = () => {
    const known = network();
    const reader = known && readers.get(known);
    ask.hidden = !known || Boolean(reader);
    note.textContent = reader ? reader.words : "";
    if (!known) state.show(unknown, "");
    else if (reader) state.show(...answer(reader, known));
    else {
      state.show(question, "");
      ask.textContent = `Ask ${known.words} (${megabytes(known.size)})`;
    }
  };
  const ask = button("Ask a network", async () => {
    const asked = /** @type {Asked} */ (network());
    try {
      /** @type {[typeof import("./picture_reader.js"), string]} */
      const [{ openReader }, text] = await Promise.all([fetchedCode(view), fetched(view, asked.trait)]);
      readers.set(asked, await openReader(text));
      if (!view.closed) show();
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      if (network() !== asked) show(); // the reader has gone on to another picture
      else state.show(`The network could not start (${message}). Try again; the rest of the widget still works.`,
        "failed");
    }
  });
  view.watch(sources, show);
  return h("div", { class: "cb-panel cb-asking" }, state.element, ask, note);
}
