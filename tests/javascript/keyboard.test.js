// Arrow keys in a grid.

import assert from "node:assert/strict";
import { test } from "node:test";
import { moveCell } from "../../convbook/widgets/shared/keyboard.js";

test("keys move to the neighbour, or to the end, and never out of the grid", () => {
  const moves = [["ArrowUp", false, [2, 4]], ["ArrowDown", false, [4, 4]], ["ArrowLeft", true, [3, 0]],
    ["ArrowRight", true, [3, 9]], ["Home", false, [3, 0]], ["End", false, [3, 9]], ["PageUp", false, [0, 4]],
    ["PageDown", false, [9, 4]], ["a", false, null]];
  for (const [key, far, cell] of moves) assert.deepEqual(moveCell(key, [3, 4], [10, 10], far), cell, key);
});
