// One item of a list, replaced; and tables of another size.

import assert from "node:assert/strict";
import { test } from "node:test";
import { itemOf, resizedRows, withItem } from "../../convbook/widgets/shared/cells.js";

test("a replaced item leaves the list it came from as it was", () => {
  const before = [[1, 2], [3, 4]];
  assert.deepEqual(withItem(before, [1, 0], 9), [[1, 2], [9, 4]]);
  assert.deepEqual(before, [[1, 2], [3, 4]]);
});

test("a table grows with zeros and keeps its corner, or its middle", () => {
  assert.deepEqual(resizedRows([[1, 2], [3, 4]], 2, 3), [[1, 2, 0], [3, 4, 0]]);
  assert.deepEqual(resizedRows([[5]], 3, 3, 1), [[0, 0, 0], [0, 5, 0], [0, 0, 0]]);
  assert.deepEqual(resizedRows([[0, 0, 0], [0, 5, 0], [0, 0, 0]], 1, 1, -1), [[5]]);
});

test("an item of a trait knows its place and the trait's limits", () => {
  const state = { kernel: [[1, 2], [3, 4]] };
  const view = { get: (trait) => state[trait], set: (values) => Object.assign(state, values),
    limit: () => ({ type: "table", minimum: -5, maximum: 5 }) };
  const item = itemOf(view, "kernel", [0, 1]);
  item.set(7);
  assert.deepEqual([item.get(), state.kernel, item.limit.maximum], [7, [[1, 7], [3, 4]], 5]);
  assert.equal(itemOf(view, "kernel", [8, 0]).get(), 0);
});
