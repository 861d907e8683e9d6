// Where the window is on its way over the opening picture, and what of the output it has left behind.

import assert from "node:assert/strict";
import { test } from "node:test";
import { sweptTo } from "../../convbook/widgets/shared/sweep.js";

test("the window goes from the first column to the last in each of eight bands, and down from band to band", () => {
  const columns = [0, 0.0624, 0.1249].map((share) => sweptTo(share, [256, 257]).cell[1]);
  assert.deepEqual(columns, [0, 128, 256]);
  const rows = [0, 0.3, 0.6, 1].map((share) => sweptTo(share, [256, 257]).cell[0]);
  assert.deepEqual(rows, [...rows].sort((a, b) => a - b));
  assert.ok(rows[3] < 256);
});

test("what is left behind are whole bands and the part of the present one", () => {
  assert.equal(sweptTo(0, [8, 8]).left, "polygon(0 0, 100% 0, 100% 0.00%, 0.00% 0.00%, 0.00% 12.50%, 0 12.50%)");
  assert.match(sweptTo(0.5625, [8, 8]).left, /100% 50\.00%, 50\.00% 50\.00%, 50\.00% 62\.50%/);
});
