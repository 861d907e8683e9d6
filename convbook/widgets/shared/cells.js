// Numbers inside a trait that holds a table: reading one, replacing one, and tables of another size.

/** @typedef {import("./view.js").View} View */

/** A copy of nested lists with the item at a place (row, column, ...) replaced. */
export function withItem(/** @type {any} */ list, /** @type {number[]} */ [at, ...inner], /** @type {any} */ value) {
  return list.map((/** @type {any} */ item, /** @type {number} */ i) => {
    if (i !== at) return item;
    return inner.length > 0 ? withItem(item, inner, value) : value;
  });
}

/**
 * Rows of numbers cut, or filled with zeros, to a new size; with `shift`, the old ones lie that many
 * places further down and to the right.
 * @param {number[][]} rows
 * @param {number} height
 * @param {number} width
 */
export function resizedRows(rows, height, width, shift = 0) {
  return Array.from({ length: height }, (_row, r) =>
    Array.from({ length: width }, (_column, c) => rows[r - shift]?.[c - shift] ?? 0));
}

/**
 * One item of a trait that holds a list, as a source for controls, with the limits of a table's
 * numbers; `otherwise` is shown where the list has become too short.
 * @param {View} view
 * @param {string} trait
 * @param {number[]} place
 */
export function itemOf(view, trait, place, otherwise = 0) {
  const { minimum, maximum } = view.limit(trait);
  return {
    watch: [trait],
    get: () => place.reduce((/** @type {any} */ list, at) => list?.[at], view.get(trait)) ?? otherwise,
    set: (/** @type {any} */ value) => view.set({ [trait]: withItem(view.get(trait), place, value) }),
    limit: { type: /** @type {const} */ ("number"), minimum, maximum },
  };
}
