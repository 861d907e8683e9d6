// The little markup of the practice bank's texts: *emphasis* and `code`.

import { h } from "./dom.js";

/**
 * The nodes of a text of the bank.
 * @param {string} text
 * @returns {(string | HTMLElement)[]}
 */
export function prose(text) {
  return text.split(/(\*[^*\s][^*]*\*|`[^`]+`)/).filter(Boolean).map((part) => {
    if (/^\*[^*\s][^*]*\*$/.test(part)) return h("em", {}, part.slice(1, -1));
    if (/^`[^`]+`$/.test(part)) return h("code", {}, part.slice(1, -1));
    return part;
  });
}
